"""Rules of the UPS cards: each UPS has its own, and it is set on purpose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sequencer.site import Site, Timing
from teiden.plan.arithmetic import names
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import rule

FACTORY_LOW_BATTERY_S = 120.0
"""APC's factory low-battery duration, 2 minutes (requirements §1.1)."""

FACTORY_OFF_DELAY_S = 90.0
"""Factory turn-off delay of outlet groups, SMX series (requirements §1.6)."""


@rule(
    "R1-08",
    Severity.ERROR,
    "every UPS has a card of its own",
    why="""
    A UPS is read and switched through its network card. Two UPSes behind one address, or two with one
    number, mean that an OFF for one reaches the other.
    """,
    also=("R4-02",),
)
def every_ups_has_its_own_card(site: Site) -> Iterator[Found]:
    cards: dict[str, list[str]] = defaultdict(list)
    numbers: dict[int, list[str]] = defaultdict(list)
    for ups in site.upses.values():
        cards[ups.card].append(ups.name)
        numbers[ups.number].append(ups.name)
    silent = cards.pop("", [])
    if silent:
        yield Broken(
            f"no card is stated for {names(silent)}: nobody can read or switch it",
            ("upses", silent[0], "card"),
            remedies=(Remedy(remark="card: the address of its network card"),),
            severity=Severity.WARNING,
        )
    for card, who in cards.items():
        if len(who) > 1:
            yield Broken(f"{names(who)} have the same card, {card}", ("upses", who[-1], "card"))
    for number, who in numbers.items():
        if len(who) > 1:
            yield Broken(f"{names(who)} have the same number, {number}", ("upses", who[-1], "number"))


@rule(
    "R6-24",
    Severity.NOTE,
    "no UPS is left at its factory values",
    why="""
    Ranges and factory values differ from model to model, and after a firmware change a card may come
    back with them. Values chosen on purpose and written here can be compared with what the card is
    really set to.
    """,
    also=("R6-23", "R6-26"),
)
def factory_values_are_not_kept(site: Site) -> Iterator[Found]:
    factory = [
        ("low_battery_runtime", FACTORY_LOW_BATTERY_S, [
            u.name
            for u in site.upses.values()
            if u.timing is Timing.LEGACY and u.low_battery_runtime_s == FACTORY_LOW_BATTERY_S
        ]),
        ("power_off_delay", FACTORY_OFF_DELAY_S, [
            u.name
            for u in site.upses.values()
            if u.timing is Timing.LCD and u.power_off_delay_s == FACTORY_OFF_DELAY_S
        ]),
    ]  # fmt: skip
    for key, value_s, who in factory:
        if who:
            yield Broken(
                f"{key} {value_s:g}s is the factory value; set one on purpose on the card of {names(who)}",
                ("upses", who[0], key),
            )
