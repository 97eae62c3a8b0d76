"""Mains and batteries: P1 to P14."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.faults.fault import Fault, Kind, Turn

if TYPE_CHECKING:
    from sim.room import Room


def _collapse(room: Room, ups: str, turn: Turn) -> None:
    if turn.on:
        room.upses[ups].collapse()


BATTERY_COLLAPSES = Fault(
    ("P6",),
    "battery_collapses",
    Kind.UPS,
    "its battery has hardly any charge left, at once",
    _collapse,
    ends=False,
)

FAULTS = (BATTERY_COLLAPSES,)
