"""A room moved by hand: the linked disk lives on its battery, and its servers are on their way down."""

from __future__ import annotations

from sequencer.ports import Os
from sequencer.site import Site
from tests.hands import HandRoom
from tests.worlds import LINKED


def room_of(site: Site) -> HandRoom:
    """ups4, under the linked disk, runs on its battery; 100 s have gone by."""
    room = HandRoom(site)
    room.upses["ups4"].lose_mains()
    for name in LINKED:
        room.servers[name].show(os=Os.SHUTTING_DOWN)
    room.until(100)
    return room


def halt(room: HandRoom, *servers: str) -> None:
    """These of its servers; else all."""
    for name in servers or LINKED:
        room.servers[name].show(os=Os.HALTED)


def on(room: HandRoom, for_s: float = 1.0) -> None:
    """So much time goes by."""
    room.until(room.run.now + for_s)
