"""A switch of the catalogue thrown by hand, at the room's present moment."""

from __future__ import annotations

from sim.faults import catalogue
from sim.faults.fault import Turn
from sim.room import Room


def throw(room: Room, what: str, subject: str, amount: float | None = None) -> None:
    fault = catalogue.named(what)
    much = catalogue.default_amount(fault) if amount is None else amount
    fault.switch(room, subject, Turn(on=True, amount=much))


def set_back(room: Room, what: str, subject: str) -> None:
    fault = catalogue.named(what)
    fault.switch(room, subject, Turn(on=False, amount=catalogue.default_amount(fault)))
