"""Control nodes and the service on them: C1 to C12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.faults.fault import Fault, Kind, Turn

if TYPE_CHECKING:
    from sim.room import Room


def _crashes(room: Room, node: str, turn: Turn) -> None:
    if turn.on:
        room.servers[node].crash()


def _hangs(room: Room, node: str, turn: Turn) -> None:
    room.servers[node].freeze(turn.on)


NODE_CRASHES = Fault(
    ("C2",), "node_crashes", Kind.NODE, "its system dies, and its power stays", _crashes, ends=False
)

NODE_HANGS = Fault(("C7",), "node_hangs", Kind.NODE, "its system is there and does nothing", _hangs)

FAULTS = (NODE_CRASHES, NODE_HANGS)
