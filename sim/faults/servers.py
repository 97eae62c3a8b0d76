"""Servers: H1 to H11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.faults.fault import Fault, Kind, Turn

if TYPE_CHECKING:
    from sim.room import Room


def _hangs(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].hangs = turn.on


def _refuses(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].refuses = turn.on


def _does_not_boot(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].boots = not turn.on


SERVER_HANGS = Fault(("H1",), "server_hangs", Kind.SERVER, "its shutdown never ends", _hangs)

SHUTDOWN_REFUSED = Fault(
    ("H3",), "shutdown_refused", Kind.SERVER, "whoever asks it to shut down is not let in", _refuses
)

SERVER_DOES_NOT_BOOT = Fault(
    ("H9",), "server_does_not_boot", Kind.SERVER, "it never gets through its boot", _does_not_boot
)

FAULTS = (SERVER_HANGS, SHUTDOWN_REFUSED, SERVER_DOES_NOT_BOOT)
