"""What a story does to the pretend room: mains, faults, clocks, hands, and what people ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sequencer.requests import Request, Wish
from sim.faults.fault import Turn
from sim.later import after
from sim.story import (
    Asked,
    Booted,
    ClockStep,
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
            case FaultChange(_, fault, subject, present, amount):
                fault.switch(room, subject, Turn(present, amount))
            case ClockStep(_, server, by_s):
                self._step_clock(server, by_s)
            case Asked(_, wish, of, by, to):
                self.ask(wish, of, by, (to,) if to else tuple(room.lives))
            case Managed(_, deed, of):
                self._manage(deed, of)
            case Pressed(_, ups):
                room.upses[ups].press()
            case Booted(_, server):
                room.servers[server].wake()
            case HostChange(_, address, answers):
                room.hosts[address].go(on=answers)

    # Requests

    def ask(self, wish: Wish, of: tuple[str, ...], by: str, nodes: tuple[str, ...]) -> None:
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
            self.ask(wishes[reboot], () if whole else (of,), MANAGER, tuple(room.lives))
        if whole:
            cluster.shut_down(reboot=reboot)
        elif reboot:
            room.servers[of].boot_again()
        else:
            room.servers[of].stop()

    # Clocks

    def _step_clock(self, server: str, by_s: float) -> None:
        clock = self._room.clocks[server]
        skew_s = round(clock.skew_s + by_s, 3)
        self._room.stream.fact(float(self._room.env.now), "clock.stepped", server, by_s=by_s, skew_s=skew_s)
        clock.step(by_s)
