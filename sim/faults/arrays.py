"""Arrays: A1 to A10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.faults.fault import Fault, Kind, Turn

if TYPE_CHECKING:
    from sim.room import Room


def _never_ends(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].flush_never_ends = turn.on


def _unreachable(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].unreachable = turn.on
    room.arrays[array].changed()


def _refuses(room: Room, array: str, turn: Turn) -> None:
    room.arrays[array].flush_refused = turn.on


FLUSH_NEVER_ENDS = Fault(("A2",), "flush_never_ends", Kind.ARRAY, "a flush never ends", _never_ends)

ARRAY_UNREACHABLE = Fault(
    ("A3",), "array_unreachable", Kind.ARRAY, "it answers nobody on the network, and works", _unreachable
)

FLUSH_REFUSED = Fault(
    ("R4-03",), "flush_refused", Kind.ARRAY, "it was not set up to let us flush it", _refuses
)

FAULTS = (FLUSH_NEVER_ENDS, ARRAY_UNREACHABLE, FLUSH_REFUSED)
