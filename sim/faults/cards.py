"""UPSes and their cards: U1 to U20."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.faults.fault import Fault, Kind, Turn

if TYPE_CHECKING:
    from sim.room import Room


def _silent(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].card.silence(turn.on)


def _ignores_off(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].ignores_off = turn.on


CARD_SILENT = Fault(("U2",), "card_silent", Kind.UPS, "its SNMP card answers nobody", _silent)

OFF_IGNORED = Fault(
    ("U5",), "off_ignored", Kind.UPS, "it acknowledges an OFF and does not carry it out", _ignores_off
)

FAULTS = (CARD_SILENT, OFF_IGNORED)
