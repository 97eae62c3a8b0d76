"""The SSH server of a pretend server: the verbs of `packaging/teiden-answer`, moving the pretend machine.

It answers only while the machine's system works, on its way down too; else its port refuses. Whoever
has the authorised key gets these verbs and nothing else: no shell, no forwarding, no files.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import asyncssh

from sequencer.ports import Receipt
from sim.server import Server, State
from teiden.emulator.door import BACKLOG, Door
from teiden.emulator.pretend_job import run_job


def new_host_key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


class SshServer:
    """`act` carries out what reads or moves the pretend room, at the wall's now."""

    def __init__(
        self,
        server: Server,
        act: Callable[[Callable[[], Any]], Any],
        *,
        authorized_key: str,
        host_key: asyncssh.SSHKey | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """`authorized_key`: a line of authorized_keys."""
        self._server = server
        self._act = act
        self._key = host_key or new_host_key()
        self._door = Door(self._answer_at, self._leave, host=host, port=port)
        self._authorized = asyncssh.import_authorized_keys(authorized_key)
        self.runs_anything = False
        """Fault: nothing is forced upon the key; whatever is asked for is run."""
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._open: set[asyncssh.SSHServerConnection] = set()

    @property
    def port(self) -> int:
        return self._door.port

    @property
    def host_key(self) -> str:
        """As a contact pins it."""
        return " ".join(self._key.export_public_key().decode().split()[:2])

    async def start(self) -> None:
        self._server.listen(lambda _: self.refresh())
        self._act(self.refresh)
        await self._door.settled()

    async def close(self) -> None:
        await self._door.close()

    async def settled(self) -> None:
        """The port is as the machine's last change leaves it."""
        await self._door.settled()

    def refresh(self) -> None:
        """The machine has changed."""
        self._door.be(self._server.works)

    # The port

    async def _answer_at(self, listener: socket.socket) -> None:
        self._acceptor = await asyncssh.listen(
            sock=listener,
            config=None,
            backlog=BACKLOG,
            server_factory=lambda: _Caller(self._open),
            server_host_keys=[self._key],
            authorized_client_keys=self._authorized,
            process_factory=self._serve,
            encoding="utf-8",
            errors="replace",
            allow_pty=False,
            agent_forwarding=False,
        )

    async def _leave(self) -> None:
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is not None:
            acceptor.close()
        for connection in list(self._open):
            connection.abort()
        if acceptor is not None:
            await acceptor.wait_closed()  # from Python 3.12 on it waits for its connections too

    # The verbs

    async def _serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        try:
            line, code = await self._said_to(process.command or "")
            process.stdout.write(f"{line}\n")
            process.exit(code)
        except (asyncssh.Error, OSError):
            pass  # whoever asked has gone, or the machine has

    async def _said_to(self, asked: str) -> tuple[str, int]:
        server = self._server
        word, _, name = asked.partition(" ")
        match word, name:
            case "shutdown", "":
                return _taken(self._act(server.shut_down))
            case "reboot", "":
                return _taken(self._act(server.reboot))
            case "state", "":
                return self._act(lambda: "up" if server.state is State.UP else "shutting_down"), 0
            case "clock", "":
                return self._act(self._clock), 0
            case "job", _:
                return await run_job(self._server, self._act, name)
        if self.runs_anything:
            return f"{word} was run", 0
        return "refused: only shutdown, reboot, state, clock and job NAME", 1

    def _clock(self) -> str:
        status = self._server.read()
        return "" if status is None or status.clock_s is None else f"{status.clock_s:.0f}"


class _Caller(asyncssh.SSHServer):
    """Kept, so that the connections of a machine that goes down die with it."""

    def __init__(self, open_: set[asyncssh.SSHServerConnection]) -> None:
        self._all = open_
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._all.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._all.discard(self._connection)


def _taken(receipt: Receipt) -> tuple[str, int]:
    return ("accepted", 0) if receipt.ok else (f"refused: {receipt.reason}", 1)
