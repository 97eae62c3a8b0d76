"""One server, reached by whatever ways the site file names for it, in a fixed order of preference.

A look: the site's own `state` command; else its controller; else its SSH port. A server without a
controller is up or unreachable, and never proven halted; nor can it be forced.
A command: the site's own; else SSH; else the controller (to wake: the controller, else a magic packet).
Where a way cannot carry a command to the other side, the next one is tried; what was refused there, or
may have arrived, is not asked for again by another way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from realtime.contacts import ServerContact
from realtime.extra import ExtraMissing
from realtime.secret import Secret
from realtime.secret import secret_at as read_secret
from realtime.servers import wake as magic
from realtime.servers.banner import silence
from realtime.servers.clock import RemoteClock
from realtime.servers.command import Commands
from realtime.servers.controller import Controller
from realtime.servers.state import Asked, by_port, by_power, without_port
from realtime.servers.way import Told, refused, unknown
from sequencer.ports import Accepted, JobResult, Os, Receipt, ServerStatus, Unreachable
from sequencer.site import AcLink, Job, Server

if TYPE_CHECKING:
    from realtime.servers.redfish import Redfish
    from realtime.servers.ssh import Ssh

SHARE = 0.8
"""Of a limit that one way may take: its own reason comes before we lose patience with it."""

Ways = list[tuple[str, Callable[[], Awaitable[Told]]]]


class ServerDriver:
    """`limit_s`: of a look; `command_limit_s`: of a command, the same if not said. Raises ExtraMissing.

    The site's own commands have their own limit, and a job has its own. `clock` tells seconds that pass
    as they do for the server: a rehearsal at another rate hands its own.
    """

    def __init__(
        self,
        contact: ServerContact,
        server: Server,
        *,
        limit_s: float,
        command_limit_s: float | None = None,
        secret_at: Callable[[str], Secret] = read_secret,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._contact = contact
        self._limit_s = limit_s
        self._command_limit_s = limit_s if command_limit_s is None else command_limit_s
        self._commands = Commands(contact.command, server) if contact.command is not None else None
        self._bmc = _redfish(contact, SHARE * limit_s, SHARE * self._command_limit_s, secret_at)
        self._ssh = _ssh(contact, SHARE * self._command_limit_s)
        self._asked = Asked(clock, server.shutdown_limit_s)
        self._clock = RemoteClock(self._ssh, clock)
        self._port_decides = self._bmc is None
        """At the last look the controller alone could not tell: look at the port at the same time."""
        self._dumb: set[str] = set()
        """Ways that carried nothing last time: the others are tried first."""

    async def close(self) -> None:
        if self._bmc is not None:
            await self._bmc.close()

    @property
    def bmc(self) -> Redfish | None:
        """Its controller, for whoever takes stock."""
        return self._bmc

    @property
    def ssh(self) -> Ssh | None:
        return self._ssh

    # Looking

    async def read(self) -> ServerStatus | Unreachable:
        began_s = time.monotonic()
        os = await self._os()
        if isinstance(os, Unreachable):
            return os
        left_s = self._limit_s - (time.monotonic() - began_s)
        return ServerStatus(os, await self._clock.beside(os, left_s))

    async def _os(self) -> Os | Unreachable:
        if self._commands is not None and self._commands.knows("state"):
            return await self._commands.state()
        if self._bmc is None:
            return await self._os_by_port()
        port = asyncio.create_task(self._silence(self._limit_s)) if self._port_decides else None
        began_s = time.monotonic()
        try:
            told = await self._bmc.read()
            if isinstance(told, Unreachable):
                return told
            os = by_power(told, self._asked)
            self._port_decides = os is None and self._contact.ssh is not None
            if os is not None:
                return os
            if self._contact.ssh is None:
                return without_port(told, self._asked)
            left_s = self._limit_s - (time.monotonic() - began_s)
            return await self._on(told, port, left_s)
        finally:
            if port is not None:
                port.cancel()

    async def _on(self, told: Controller, port: asyncio.Task[str] | None, left_s: float) -> Os | Unreachable:
        """The machine is on, and its port must tell the rest."""
        silent = await (port if port is not None else self._silence(left_s))
        if silent and port is None and left_s < self._limit_s / 2:
            return Unreachable(f"its controller took too long to look at its port as well; {silent}")
        return by_port(told, self._asked, greets=not silent) or Unreachable(silent)

    async def _os_by_port(self) -> Os | Unreachable:
        if self._contact.ssh is None:
            return Unreachable("nothing that could tell its state is set up: no state command, bmc or ssh")
        silent = await self._silence(self._limit_s)
        return by_port(None, self._asked, greets=not silent) or Unreachable(silent)

    async def _silence(self, limit_s: float) -> str:
        assert self._contact.ssh is not None
        return await silence(self._contact.ssh.host, self._contact.ssh.port, max(limit_s, 0.01))

    async def ac_link(self) -> AcLink | Unreachable | None:
        """What it does when its power comes back, as its controller tells; None: it does not tell."""
        told = await self._bmc.read() if self._bmc is not None else Unreachable("it has no controller set up")
        return told.ac_link if isinstance(told, Controller) else told

    async def set_ac_link(self, policy: AcLink) -> Receipt:
        if self._bmc is None:
            return refused("it has no controller set up")
        told = await self._bmc.set_ac_link(policy)
        return told if isinstance(told, Receipt) else refused(told.reason)

    # Commands

    async def shut_down(self) -> Receipt:
        return self._goes_down(await self._tell("shutdown", self._over_ssh("shutdown", "GracefulShutdown")))

    async def reboot(self) -> Receipt:
        return self._goes_down(await self._tell("reboot", self._over_ssh("reboot", "GracefulRestart")))

    async def force(self) -> Receipt:
        return await self._tell("force", self._by_controller("ForceOff"))

    async def wake(self) -> Receipt:
        ways, contact = self._by_controller("On"), self._contact.wake
        if contact is not None:
            ways.append(("wake", lambda: magic.wake(contact)))
        return await self._tell("wake", ways)

    async def run(self, job: Job) -> JobResult | Unreachable:
        if self._commands is not None and self._commands.knows("job"):
            return await self._commands.run(job)
        if self._ssh is not None:
            return await self._ssh.run(job)
        return Unreachable("nothing that could run a job is set up: no job command, no ssh")

    def _goes_down(self, receipt: Receipt) -> Receipt:
        if receipt.accepted is Accepted.YES:
            self._asked.note()
        return receipt

    def _over_ssh(self, verb: str, kind: str) -> Ways:
        ssh, ways = self._ssh, self._by_controller(kind)
        if ssh is not None:
            ways.insert(0, ("ssh", ssh.shut_down if verb == "shutdown" else ssh.reboot))
        return ways

    def _by_controller(self, kind: str) -> Ways:
        bmc = self._bmc
        return [] if bmc is None else [("bmc", lambda: bmc.reset(kind))]

    async def _tell(self, word: str, ways: Ways) -> Receipt:
        """By the first way that carries it."""
        reasons: list[str] = []
        if self._commands is not None and self._commands.knows(word):
            told = await self._commands.tell(word)
            if isinstance(told, Receipt):
                return told
            reasons.append(told.reason)
        ends_s = time.monotonic() + self._command_limit_s
        for name, ask in sorted(ways, key=lambda way: way[0] in self._dumb):
            left_s = ends_s - time.monotonic()
            if left_s < (1 - SHARE) * self._command_limit_s:
                reasons.append(f"no time left for {name}; it comes first next time")
                break
            try:
                async with asyncio.timeout(left_s):
                    told = await ask()
            except TimeoutError:
                return unknown(f"{name}: no answer in {left_s:.3g} s")
            if isinstance(told, Receipt):
                self._dumb.discard(name)
                return told
            self._dumb.add(name)
            reasons.append(told.reason)
        return refused("; ".join(reasons) or f"nothing that could {word} it is set up")


def _redfish(
    contact: ServerContact, limit_s: float, command_limit_s: float, secret_at: Callable[[str], Secret]
) -> Redfish | None:
    if contact.bmc is None:
        return None
    try:
        from realtime.servers.redfish import Redfish
    except ModuleNotFoundError as error:
        raise ExtraMissing("redfish", error.name) from None
    return Redfish(contact.bmc, limit_s=limit_s, command_limit_s=command_limit_s, secret=secret_at)


def _ssh(contact: ServerContact, limit_s: float) -> Ssh | None:
    if contact.ssh is None:
        return None
    try:
        from realtime.servers.ssh import Ssh
    except ModuleNotFoundError as error:
        raise ExtraMissing("ssh", error.name) from None
    return Ssh(contact.ssh, limit_s=limit_s)
