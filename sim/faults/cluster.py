"""The cluster as a whole: C3, C11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.faults.fault import Fault, Kind, Turn

if TYPE_CHECKING:
    from sim.room import Room


def _stop_hangs(room: Room, _: str, turn: Turn) -> None:
    room.cluster.stop_hangs = turn.on


CLUSTER_STOP_HANGS = Fault(
    ("C11",), "cluster_stop_hangs", Kind.CLUSTER, "a stop of it never ends", _stop_hangs
)

FAULTS = (CLUSTER_STOP_HANGS,)
