"""The cluster as a whole, and who else has a say in the room: C3, C11, C12."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sequencer import timing
from sequencer.ports import Off
from sim.faults.fault import Excuse, Fault, Kind, Reach, Turn
from sim.faults.hands import LEFT
from sim.faults.mains import LAST_NODE

if TYPE_CHECKING:
    from sequencer.site import Site
    from sim.room import Room


def _moves(room: Room, _: str, turn: Turn) -> None:
    if turn.on:
        room.cluster.move()


def _stop_hangs(room: Room, _: str, turn: Turn) -> None:
    room.cluster.stop_hangs = turn.on


def _foreign_off(room: Room, ups: str, turn: Turn) -> None:
    if turn.on and room.upses[ups].card.answers:
        room.upses[ups].switch_off(Off.GRACEFUL)


def _foreign_shutdown(room: Room, server: str, turn: Turn) -> None:
    if turn.on and room.servers[server].works:
        room.servers[server].stop()


ANOTHERS = "it is another's command, and a countdown cannot be stopped"


def _until_it_falls_s(site: Site, ups: str) -> float:
    """What we had told it ourselves by then counts anew with it (U13), and two polls see the end of it."""
    return timing.graceful_off_s(site.upses[ups]) + 2 * site.polling.on_line_s


GROUP_MOVES = Fault(
    ("C3",),
    "group_moves",
    Kind.CLUSTER,
    "its group moves to another node, though nothing is wrong with the one that holds it",
    _moves,
    ends=False,
)

CLUSTER_STOP_HANGS = Fault(
    ("C11",), "cluster_stop_hangs", Kind.CLUSTER, "a stop of it never ends", _stop_hangs
)

FOREIGN_OFF = Fault(
    ("C12",),
    "foreign_off",
    Kind.UPS,
    "another manager, which knows nothing of us, tells it to go off",
    _foreign_off,
    excuses=(
        *(
            Excuse(rule, Reach.LOADS, ANOTHERS, lasts=_until_it_falls_s)
            for rule in ("S1", "S2", "S4", "S15", "S16", "S25", "S29")
        ),
        Excuse("L10", Reach.LOADS, ANOTHERS),
        *(
            Excuse(
                rule,
                Reach.LOADS,
                "whoever has told it to stay off has to switch it on again, and start whom it stopped",
                stays=True,
            )
            for rule in ("L1", "L3", "L8")
        ),
        *(
            Excuse(rule, Reach.DEPENDING, "until then nobody comes up who waits for it (S8)")
            for rule in ("L1", "L3")
        ),
        *(
            Excuse(
                rule,
                Reach.ALL,
                "the only node that would come up goes again with it, or stays off; nobody wakes the others",
                turned_away=True,
            )
            for rule in ("L1", "L3")
        ),
        Excuse("S31", Reach.WAITING, "a cluster whose nodes were cut amid its restart is restarted again"),
        *(replace(excuse, falls="command") for excuse in LAST_NODE),
    ),
    ends=False,
    done_by="ups.off_armed",
    undone_by="ups.output_on",
)

FOREIGN_SHUTDOWN = Fault(
    ("C12",),
    "foreign_shutdown",
    Kind.SERVER,
    "another manager, which knows nothing of us, shuts it down",
    _foreign_shutdown,
    excuses=(
        *(
            Excuse(rule, Reach.SUBJECT, "whoever has shut it down has to start it again")
            for rule in ("L1", "L3")
        ),
        *LEFT,
    ),
    ends=False,
    done_by="server.shutting_down",
    undone_by="server.up",
)

FAULTS = (GROUP_MOVES, CLUSTER_STOP_HANGS, FOREIGN_OFF, FOREIGN_SHUTDOWN)
