"""The control nodes of an emulated room: as a machine changes its state, its service begins or dies.

What `sim.node.Node` does with a pretend service is done here with a process: it is there from the
moment the system is up until it has halted, is forced, or loses power.
"""

from __future__ import annotations

from collections.abc import Callable

from sequencer.requests import Request
from sim.server import Server, State
from teiden.emulator.process import ServiceProcess


class ProcessLife:
    """A `sim.node.Life`. `asked` carries a request to the service's socket, if it is up."""

    def __init__(
        self, server: Server, process: ServiceProcess, asked: Callable[[str, Request], None]
    ) -> None:
        self._server = server
        self._process = process
        self._asked = asked
        self._lives = False
        server.listen(self._changed)

    @property
    def lives(self) -> bool:
        """Its system works; its service runs, or is about to be started again."""
        return self._lives

    def begin(self) -> None:
        if not self._lives:
            self._lives = True
            self._process.begin()

    def hear(self, request: Request) -> None:
        if self._lives:
            self._asked(self._server.name, request)

    def came_to_its_end(self) -> None:
        """The service ended by itself; whoever starts services on this machine starts it again."""
        if self._lives:
            self._process.begin()

    def _changed(self, server: Server) -> None:
        if server.works and server.state is State.UP:
            self.begin()
        elif server.state is State.BOOTING:
            self._process.prepare()
        elif not server.works and self._lives:
            self._lives = False
            self._process.kill()
