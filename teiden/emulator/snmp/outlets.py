"""One outlet group that feeds every load, as the models with a display have it (PowerNet upsOutletGroup).

Its delays are whole seconds, not ticks. Unlike the UPS as a whole it says that a command is pending, and
it can forget one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sequencer.ports import Off
from sim.settings import LCD_MAX_S
from teiden.emulator.snmp.card import SnmpCard
from teiden.emulator.snmp.objects import Entry, Kind, Oid, Value, constant, one_of, within

GROUP = 1
NAME = "Outlet Group 1"
COMMAND_READS = 8
"""upsOutletGroupControlCommand always reads "unknown"."""


def outlet_group(card: SnmpCard, below: Oid) -> dict[Oid, Entry]:
    return _status(card, below) | _config(card, below) | _control(card, below)


def _status(card: SnmpCard, below: Oid) -> dict[Oid, Entry]:
    row = (*below, 1, 2, 1)
    return {
        (*below, 1, 1, 0): constant(Kind.INTEGER, 1),
        (*row, 1, GROUP): constant(Kind.INTEGER, GROUP),
        (*row, 2, GROUP): constant(Kind.STRING, NAME),
        (*row, 3, GROUP): Entry(Kind.INTEGER, lambda: 1 if card.view.output else 2),
        (*row, 4, GROUP): Entry(Kind.INTEGER, lambda: 2 if card.view.falls_in_s is None else 1),
        (*row, 5, GROUP): constant(Kind.INTEGER, 2),
    }


def _config(card: SnmpCard, below: Oid) -> dict[Oid, Entry]:
    row = (*below, 2, 2, 1)

    def write_on(value: Value) -> None:
        assert isinstance(value, int)
        card.set(replace(card.settings, return_delay_s=float(value)))

    def write_off(value: Value) -> None:
        assert isinstance(value, int)
        card.set(replace(card.settings, power_off_delay_s=float(value)))

    longest = within(0, int(LCD_MAX_S))
    return {
        (*row, 1, GROUP): constant(Kind.INTEGER, GROUP),
        (*row, 2, GROUP): constant(Kind.STRING, NAME),
        (*row, 3, GROUP): Entry(Kind.INTEGER, lambda: int(card.settings.return_delay_s), write_on, longest),
        (*row, 4, GROUP): Entry(
            Kind.INTEGER, lambda: int(card.settings.power_off_delay_s), write_off, longest
        ),
    }


def _control(card: SnmpCard, below: Oid) -> dict[Oid, Entry]:
    """1 on, 2 off, 4 on and 5 off after their delays, 7 cancel; 9, 10: off until the mains are good."""
    deeds: dict[int, Callable[[], None]] = {
        1: card.on,
        2: lambda: card.off(Off.NOW),
        4: lambda: card.on_in(card.settings.return_delay_s),
        5: lambda: card.off(Off.GRACEFUL),
        7: card.cancel,
        9: lambda: card.off(Off.UNTIL_MAINS, delay_s=0.0),
        10: lambda: card.off(Off.UNTIL_MAINS),
    }

    def write(value: Value) -> None:
        assert isinstance(value, int)
        deeds[value]()

    row = (*below, 3, 2, 1)
    return {
        (*row, 1, GROUP): constant(Kind.INTEGER, GROUP),
        (*row, 2, GROUP): constant(Kind.STRING, NAME),
        (*row, 3, GROUP): Entry(Kind.INTEGER, lambda: COMMAND_READS, write, one_of(*deeds)),
    }
