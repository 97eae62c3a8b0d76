"""What a story does to the pretend room: mains, faults, clocks, hands, and what people ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sequencer.requests import Request, Wish
from sim.later import after
from sim.story import (
    Asked,
    Booted,
    ClockStep,
    Fault,
    FaultChange,
    Happening,
    HostChange,
    MainsChange,
    Managed,
    Manager,
    Pressed,
)

if TYPE_CHECKING:
    from sim.room import Room

MANAGER = "cluster manager"
"""Who asks, where the cluster's manager tells what it is doing itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a node answered to a request."""

    t: float
    node: str
    request: Request
    refusal: str
    """Empty: accepted."""


class Deeds:
    """Done to one room, in the order of the story."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._requests = 0

    def schedule(self, happenings: Iterable[Happening]) -> None:
        for happening in happenings:
            after(self._room.env, happening.at_s, partial(self._happen, happening))

    def _happen(self, happening: Happening) -> None:
        room = self._room
        match happening:
            case MainsChange(_, of, lost):
                room.change_mains(of, present=not lost)
            case FaultChange(_, fault, subject, present):
                self._fault(fault, subject, present)
            case ClockStep(_, server, by_s):
                self._step_clock(server, by_s)
            case Asked(_, wish, of, by, to):
                self._ask(wish, of, by, (to,) if to else tuple(room.lives))
            case Managed(_, deed, of):
                self._manage(deed, of)
            case Pressed(_, ups):
                room.upses[ups].press()
            case Booted(_, server):
                room.servers[server].wake()
            case HostChange(_, address, answers):
                room.hosts[address].go(on=answers)

    # Requests

    def _ask(self, wish: Wish, of: tuple[str, ...], by: str, nodes: tuple[str, ...]) -> None:
        """One request, the same for all who hear it; requests of a run are numbered."""
        self._requests += 1
        request = Request(f"request-{self._requests}", wish, of, by)
        for name in nodes:
            self._room.lives[name].hear(request)

    def _manage(self, deed: Manager, of: str) -> None:
        """The manager acts by itself; with its AC mode on, it tells the sequencer first (R2-08, R7-08)."""
        room, cluster = self._room, self._room.cluster
        whole, reboot = of == cluster.name, deed is Manager.REBOOT
        if deed is Manager.START:
            cluster.start_by_hand()
            return
        if not (cluster.runs if whole else room.servers[of].works):
            return  # nobody is there to be told
        if room.site.cluster.ac_mode:
            wishes = (
                (Wish.CLUSTER_SHUTDOWN, Wish.CLUSTER_REBOOT)
                if whole
                else (Wish.SERVER_SHUTDOWN, Wish.SERVER_REBOOT)
            )
            self._ask(wishes[reboot], () if whole else (of,), MANAGER, tuple(room.lives))
        if whole:
            cluster.shut_down(reboot=reboot)
        elif reboot:
            room.servers[of].boot_again()
        else:
            room.servers[of].stop()

    # Clocks and faults

    def _step_clock(self, server: str, by_s: float) -> None:
        clock = self._room.clocks[server]
        skew_s = round(clock.skew_s + by_s, 3)
        self._room.stream.fact(float(self._room.env.now), "clock.stepped", server, by_s=by_s, skew_s=skew_s)
        clock.step(by_s)

    def _fault(self, fault: Fault, subject: str, present: bool) -> None:
        room = self._room
        match fault:
            case Fault.FLUSH_NEVER_ENDS | Fault.ARRAY_UNREACHABLE | Fault.FLUSH_REFUSED:
                self._array_fault(fault, subject, present)
            case Fault.SERVER_HANGS | Fault.SHUTDOWN_REFUSED | Fault.SERVER_DOES_NOT_BOOT:
                self._server_fault(fault, subject, present)
            case Fault.NODE_CRASHES | Fault.NODE_HANGS:
                self._node_fault(fault, subject, present)
            case Fault.CARD_SILENT | Fault.OFF_IGNORED | Fault.BATTERY_COLLAPSES:
                self._ups_fault(fault, subject, present)
            case Fault.CLUSTER_STOP_HANGS:
                room.cluster.stop_hangs = present
            case Fault.SWITCH_DIES:
                room.switches[subject].die(present)

    def _array_fault(self, fault: Fault, subject: str, present: bool) -> None:
        array = self._room.arrays[subject]
        if fault is Fault.FLUSH_REFUSED:
            array.flush_refused = present
        elif fault is Fault.FLUSH_NEVER_ENDS:
            array.flush_never_ends = present
        else:
            array.unreachable = present
            array.changed()

    def _server_fault(self, fault: Fault, subject: str, present: bool) -> None:
        server = self._room.servers[subject]
        match fault:
            case Fault.SERVER_HANGS:
                server.hangs = present
            case Fault.SHUTDOWN_REFUSED:
                server.refuses = present
            case _:
                server.boots = not present

    def _node_fault(self, fault: Fault, subject: str, present: bool) -> None:
        server = self._room.servers[subject]
        if fault is Fault.NODE_HANGS:
            server.freeze(present)
        elif present:
            server.crash()

    def _ups_fault(self, fault: Fault, subject: str, present: bool) -> None:
        ups = self._room.upses[subject]
        match fault:
            case Fault.CARD_SILENT:
                ups.card.silence(present)
            case Fault.OFF_IGNORED:
                ups.ignores_off = present
            case _ if present:
                ups.collapse()
