"""Moves an emulated room while it runs: mains, faults, fingers on buttons, in a line of words each.

The same lines come from the keyboard of `teiden emulate` and from `teiden emulate --tell`, over a Unix
socket in the room's folder.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from sim.faults import catalogue
from sim.faults.fault import Kind
from sim.story import Booted, FaultChange, Happening, MainsChange, Managed, Manager, Pressed
from teiden.emulator.room import EmulatedRoom
from teiden.emulator.snmp.objects import Refusal
from teiden.language.say import t

SOCKET = "control.sock"
MOST_BYTES = 4096
CARD = ("silent", "no_comm", "set_ignored", "set_refused")
"""Faults of a card itself, beside those that stories know."""

HELP = """\
lose FEED|UPS              its mains go
restore FEED|UPS           they come back
fault NAME DEVICE [end]    a fault as in stories: {faults}
card UPS NAME [end]        its card only: {card}
reboot UPS [SECONDS]       its card starts anew, silent so long (30)
press UPS | boot SERVER    a finger on its button
manager shutdown|reboot|start [NODE]   the cluster's own manager
state                      every device
quit                       the room is gone
"""


class NotUnderstood(ValueError):
    """What is wrong with a line, in words."""


class Control:
    """`obey` one line; what it answers is for a person."""

    def __init__(self, room: EmulatedRoom, stop: Callable[[], None]) -> None:
        self._room = room
        self._stop = stop

    def obey(self, line: str) -> str:
        """Raises NotUnderstood."""
        words = line.split()
        if not words:
            return ""
        verb, *rest = words
        known = {
            "help": self._help,
            "lose": self._lose,
            "restore": self._restore,
            "fault": self._fault,
            "card": self._card,
            "reboot": self._reboot,
            "press": self._press,
            "boot": self._boot,
            "manager": self._manager,
            "state": self._state,
            "quit": self._quit,
        }
        if verb not in known:
            raise NotUnderstood(t("{verb}? one of: {known}", verb=verb, known=", ".join(sorted(known))))
        return known[verb](rest)

    def _help(self, _: list[str]) -> str:
        faults = ", ".join(catalogue.BY_NAME)
        return HELP.format(faults=faults, card=", ".join(CARD)).rstrip()

    def _happens(self, happening: Happening) -> str:
        self._room.act(lambda: self._room.room.happen([happening]))
        return ""

    def _lose(self, rest: list[str]) -> str:
        return self._happens(MainsChange(0.0, self._mains(rest), lost=True))

    def _restore(self, rest: list[str]) -> str:
        return self._happens(MainsChange(0.0, self._mains(rest), lost=False))

    def _fault(self, rest: list[str]) -> str:
        name, device, *end = [*rest, "", ""][: max(2, len(rest))]
        fault = catalogue.known(name)
        if fault is None:
            known = ", ".join(catalogue.BY_NAME)
            raise NotUnderstood(t("{verb}? one of: {known}", verb=name, known=known))
        subject = self._mains([device]) if fault.of is Kind.INPUT else self._device(device)
        return self._happens(
            FaultChange(0.0, fault, subject, end != ["end"], catalogue.default_amount(fault))
        )

    def _card(self, rest: list[str]) -> str:
        ups, name, *end = [*rest, "", ""][: max(2, len(rest))]
        if name not in CARD:
            raise NotUnderstood(t("{verb}? one of: {known}", verb=name, known=", ".join(CARD)))
        faults, thrown = self._room.agents[self._ups(ups)].faults, end != ["end"]
        if name == "set_refused":
            faults.set_refused = Refusal.NO_ACCESS if thrown else None
        else:
            setattr(faults, name, thrown)
        return ""

    def _reboot(self, rest: list[str]) -> str:
        ups, *seconds = rest or [""]
        try:
            silent_s = float(seconds[0]) if seconds else 30.0
        except ValueError:
            raise NotUnderstood(t("{words} is no number of seconds", words=seconds[0])) from None
        self._room.act(lambda: self._room.cards[self._ups(ups)].reboot(silent_s))
        return ""

    def _press(self, rest: list[str]) -> str:
        return self._happens(Pressed(0.0, self._ups("".join(rest[:1]))))

    def _boot(self, rest: list[str]) -> str:
        return self._happens(Booted(0.0, self._server("".join(rest[:1]))))

    def _manager(self, rest: list[str]) -> str:
        deed, *node = rest or [""]
        try:
            manager = Manager(deed)
        except ValueError:
            known = ", ".join(manager.value for manager in Manager)
            raise NotUnderstood(t("{verb}? one of: {known}", verb=deed, known=known)) from None
        of = self._server(node[0]) if node else self._room.site.cluster.name
        return self._happens(Managed(0.0, manager, of))

    def _state(self, _: list[str]) -> str:
        return self._room.act(lambda: "\n".join(states(self._room)))

    def _quit(self, _: list[str]) -> str:
        self._stop()
        return ""

    # Names

    def _mains(self, rest: list[str]) -> str:
        site = self._room.site
        return self._one("".join(rest[:1]), [*site.feeds, *site.upses])

    def _ups(self, name: str) -> str:
        return self._one(name, [*self._room.site.upses])

    def _server(self, name: str) -> str:
        return self._one(name, [*self._room.site.servers])

    def _device(self, name: str) -> str:
        site = self._room.site
        devices = [*site.upses, *site.servers, *site.arrays, *site.switches, site.cluster.name]
        return self._one(name, devices)

    def _one(self, name: str, known: list[str]) -> str:
        if name not in known:
            raise NotUnderstood(t("{verb}? one of: {known}", verb=name, known=", ".join(known)))
        return name


def states(room: EmulatedRoom) -> list[str]:
    """A line for each device: what it really is."""
    inside = room.room
    lines = [f"{float(room.clock.now):9.1f} s"]
    for ups in inside.upses.values():
        supply = "off" if not ups.output else "on line" if ups.mains else "on battery"
        charge_pct = 100 * ups.battery.charge_at(float(room.clock.now))
        lines.append(f"{ups.name:<16} {supply:<12} {charge_pct:5.1f} %")
    for server in inside.servers.values():
        lines.append(f"{server.name:<16} {server.state.value}")
    for array in inside.arrays.values():
        service = "off" if array.service is None else array.service.value
        lines.append(f"{array.name:<16} {service:<12} {array.flush_state.value}")
    lines.append(f"{inside.cluster.name:<16} {inside.cluster.state.value:<12} {inside.cluster.holder or '-'}")
    return lines


class ControlSocket:
    """Lines in, answers out; mode 0600 and in the room's own folder."""

    def __init__(self, control: Control, folder: Path) -> None:
        self._control = control
        self.path = folder / SOCKET
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=MOST_BYTES)
        os.chmod(self.path, 0o600)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = (await reader.readline()).decode("utf-8", "replace")
            try:
                answer = f"0\n{self._control.obey(line)}"
            except NotUnderstood as error:
                answer = f"2\n{error}"
            writer.write(answer.encode())
            await writer.drain()
        except (OSError, ValueError):
            pass  # whoever called has gone, or says too much
        finally:
            writer.close()


async def tell(folder: Path, line: str) -> tuple[int, str]:
    """Exit code and answer of a room that runs. OSError: no room runs there."""
    reader, writer = await asyncio.open_unix_connection(folder / SOCKET)
    writer.write(line.encode() + b"\n")
    answer = (await reader.read()).decode()
    writer.close()
    code, _, text = answer.partition("\n")
    return int(code or 3), text
