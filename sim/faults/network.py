"""The network: N1 to N7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.faults.fault import Fault, Kind, Turn

if TYPE_CHECKING:
    from sim.room import Room


def _dies(room: Room, switch: str, turn: Turn) -> None:
    room.switches[switch].die(turn.on)


SWITCH_DIES = Fault(("N1",), "switch_dies", Kind.SWITCH, "it carries nothing, whatever its power does", _dies)

FAULTS = (SWITCH_DIES,)
