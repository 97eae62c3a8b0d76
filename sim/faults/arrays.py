"""Arrays: A1 to A9. (A10, a journal on an array, is a fault of the nodes.)"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from sequencer.site import ArrayRole
from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit
from sim.faults.mains import as_planned

if TYPE_CHECKING:
    from sequencer.site import Site
    from sim.room import Room


def _slow(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].faults.flush_times = turn.amount if turn.on else 1.0


def _never_ends(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].hang_flush(turn.on)


def _unreachable(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].fall_silent(turn.on)


def _writes(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].faults.writes_after_s = turn.amount if turn.on else None


def _controller_dead(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].faults.controller_dead = turn.on


def _enclosures_first(room: Room, array: str, turn: Turn) -> None:
    """A hand at the UPSes of its enclosures, off and on again."""
    for name in room.arrays[array].settings.enclosures:
        room.upses[name].press(on=not turn.on)


def _told_ready(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].tell_ready(turn.amount if turn.on else None)


def _late(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].start_late(turn.amount if turn.on else None)


def _no_mains(room: Room, array: str, turn: Turn) -> None:
    room.change_mains(room.arrays[array].settings.upses[-1], present=not turn.on)


def _refuses(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].faults.flush_refused = turn.on


FLUSH_SLOW = Fault(
    ("A1",),
    "flush_slow",
    Kind.ARRAY,
    "a flush takes longer",
    _slow,
    excuses=(
        Excuse(
            "L2",
            Reach.SUBJECT,
            "no battery lasts for a flush that takes far too long",
            said="S25",
            above=as_planned,
        ),
    ),
    amount=Amount("as long as usual", Unit.TIMES, 1.5, 1.0, 100.0),
)

FLUSH_NEVER_ENDS = Fault(
    ("A2",),
    "flush_never_ends",
    Kind.ARRAY,
    "a flush never ends",
    _never_ends,
    excuses=(Excuse("L2", Reach.SUBJECT, "no battery lasts for a flush that never ends", said="S25"),),
)

ARRAY_UNREACHABLE = Fault(
    ("A3",),
    "array_unreachable",
    Kind.ARRAY,
    "it answers nobody on the network, and works",
    _unreachable,
    excuses=(
        Excuse("L2", Reach.SUBJECT, "nobody can empty its cache before its power ends", said="S25"),
        Excuse("L1", Reach.DEPENDING, "unknown is not ready, and who needs it waits (S11)", fed=True),
        Excuse("L3", Reach.DEPENDING, "unknown is not ready, and who needs it waits (S11)", fed=True),
    ),
)

WRITTEN_AFTER_FLUSH = Fault(
    ("A4",),
    "written_after_flush",
    Kind.ARRAY,
    "somebody writes to it once more after every flush",
    _writes,
    amount=Amount("after the flush was answered", Unit.SECONDS, 1.0, 0.0, 3600.0),
    excuses=(
        Excuse(
            "S2",
            Reach.SUBJECT,
            "what is written when the OFF has been sent cannot be flushed any more",
            emptied=True,
        ),
        Excuse("L2", Reach.SUBJECT, "after its last flush, too, whenever that is", begun=True),
    ),
)

CONTROLLER_DEAD = Fault(
    ("A5",),
    "array_controller_dead",
    Kind.ARRAY,
    "one of its two controllers is dead; the other writes both caches to disk",
    _controller_dead,
)

ENCLOSURES_CUT = Fault(
    ("A6",),
    "enclosures_cut",
    Kind.ARRAY,
    "a hand switches off the UPSes of its enclosures, controllers or not",
    _enclosures_first,
    excuses=tuple(
        excuse
        for rule in ("L1", "L3")
        for excuse in (
            Excuse(rule, Reach.DEPENDING, "what a hand has switched off is for a hand to switch on (O1)"),
            Excuse(
                rule, Reach.LOADS, "a cluster whose disk a hand took is for a hand to restart", stays=True
            ),
        )
    ),
)


def _held_s(site: Site, _: str) -> float:
    """So long it must stay ready to be believed (A7)."""
    return site.start.ready_hold_s


def _held_by_control_s(site: Site, array: str) -> float:
    """Of a control array; the cluster waits for no other."""
    return site.start.ready_hold_s if site.arrays[array].role is ArrayRole.CONTROL else inf


READY_TOLD_EARLY = Fault(
    ("A7",),
    "ready_told_early",
    Kind.ARRAY,
    "it says that it is ready as soon as it starts, and takes it back",
    _told_ready,
    excuses=tuple(
        Excuse(
            rule,
            Reach.LOADS,
            "it says that it is ready for longer than is waited to see, and nothing tells otherwise",
            above=held_s,
        )
        for rule, held_s in (("S8", _held_s), ("S6", _held_by_control_s))
    ),
    amount=Amount("until it takes that back", Unit.SECONDS, 6.0, 1.0, 600.0),
)


def array_limit_s(site: Site, _: str) -> float:
    """So long the way up may wait for it by the site file."""
    return site.start.array_limit_s


READY_LATE = Fault(
    ("A8",),
    "ready_late",
    Kind.ARRAY,
    "its cache batteries charge before it is ready",
    _late,
    amount=Amount("from power to ready", Unit.SECONDS, 7200.0, 1.0, 86400.0),
    excuses=(
        Excuse(
            "L3",
            Reach.SUBJECT,
            "it takes longer than the site file says",
            above=array_limit_s,
            fed=True,
        ),
        Excuse(
            "L1",
            Reach.DEPENDING,
            "it takes longer than the site file says, and they wait for it",
            above=array_limit_s,
            late=True,
        ),
    ),
)

MAINS_MISSING = Fault(
    ("A9",), "mains_missing", Kind.ARRAY, "the last of its UPSes has no mains of its own", _no_mains
)

FLUSH_REFUSED = Fault(
    ("R4-03",),
    "flush_refused",
    Kind.ARRAY,
    "it was not set up to let us flush it",
    _refuses,
    excuses=(Excuse("L2", Reach.SUBJECT, "nobody can empty its cache before its power ends", said="S25"),),
)

FAULTS = (
    FLUSH_SLOW,
    FLUSH_NEVER_ENDS,
    ARRAY_UNREACHABLE,
    WRITTEN_AFTER_FLUSH,
    CONTROLLER_DEAD,
    ENCLOSURES_CUT,
    READY_TOLD_EARLY,
    READY_LATE,
    MAINS_MISSING,
    FLUSH_REFUSED,
)
