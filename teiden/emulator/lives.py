"""The control nodes of an emulated room: as a machine changes its state, its service begins or dies.

What `sim.node.Node` does with a pretend service is done here with a process. It begins when the system is
up. As the system goes down it is told to stop, as systemd does it, and may see to what is left; what is
still there when the system has halted, is forced or loses power is killed.
"""

from __future__ import annotations

from collections.abc import Callable

from sequencer.requests import Request
from sim.server import Server, State
from teiden.emulator.process import ServiceProcess


class ProcessLife:
    """A `sim.node.Life`. `asked` carries a request to the service's socket; `stop` tells the process to."""

    def __init__(
        self,
        server: Server,
        process: ServiceProcess,
        *,
        asked: Callable[[str, Request], None],
        stop: Callable[[str], None],
    ) -> None:
        self._server = server
        self._process = process
        self._asked = asked
        self._stop = stop
        self._lives = False
        self._goes_down = False
        server.listen(self._changed)

    @property
    def lives(self) -> bool:
        """Its service runs, or is about to be started again, which a system that goes down does not do."""
        return self._lives and (self._process.wanted or not self._goes_down)

    @property
    def is_awaited(self) -> bool:
        """It should be running and does not yet."""
        return self._lives and not self._goes_down and not self._process.begun

    def begin(self) -> None:
        if not self._lives:
            self._lives, self._goes_down = True, False
            self._process.begin()

    def hear(self, request: Request) -> None:
        if self.lives:
            self._asked(self._server.name, request)

    def came_to_its_end(self) -> bool:
        """The service ended by itself; whoever starts services on this machine starts it again.

        Whether anybody does: not on a machine that is down, or on its way there.
        """
        begins = self._lives and not self._goes_down
        if begins:
            self._process.begin()
        return begins

    def _changed(self, server: Server) -> None:
        if server.works and server.state is State.UP:
            self.begin()
        elif server.state is State.BOOTING:
            self._process.prepare()
        elif not server.works:
            self._lives = False
            self._process.kill()
        elif self._lives and not self._goes_down:
            self._goes_down = True
            self._stop(server.name)
