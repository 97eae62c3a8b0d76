"""Rules of the UPS cards: each UPS has its own, and it is set on purpose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from realtime.contacts import Contacts, NutContact
from sequencer.site import Site, Timing
from sim.settings import differences, effective
from teiden.language.say import t
from teiden.plan.arithmetic import names
from teiden.rules.finding import Broken, Change, Found, Remedy, Severity
from teiden.rules.registry import contact_rule, rule

FACTORY_LOW_BATTERY_S = 120.0
"""APC's factory low-battery duration, 2 minutes (requirements §1.1)."""

FACTORY_OFF_DELAY_S = 90.0
"""Factory turn-off delay of outlet groups, SMX series (requirements §1.6)."""

KEYS = {
    "shutdown_delay_s": "shutdown_delay",
    "power_off_delay_s": "power_off_delay",
    "low_battery_runtime_s": "low_battery_runtime",
    "return_delay_s": "return_delay",
    "min_return_charge_pct": "min_return_charge",
}
"""How the site file calls the settings of a card."""


@contact_rule(
    "R1-08",
    Severity.ERROR,
    "every UPS has a card of its own",
    why="""
    A UPS is read and switched through its network card. Two UPSes behind one address, or two with one
    number, mean that an OFF for one reaches the other. A UPS that a NUT server knows needs no card here.
    """,
    also=("R4-02",),
)
def every_ups_has_its_own_card(site: Site, contacts: Contacts) -> Iterator[Found]:
    cards: dict[str, list[str]] = defaultdict(list)
    numbers: dict[int, list[str]] = defaultdict(list)
    for ups in site.upses.values():
        if not isinstance(contacts.upses.get(ups.name), NutContact):
            cards[ups.card].append(ups.name)
        numbers[ups.number].append(ups.name)
    silent = cards.pop("", [])
    if silent:
        yield Broken(
            t("no card is stated for {silent}: nobody can read or switch it", silent=names(silent)),
            ("upses", silent[0], "card"),
            remedies=(Remedy(remark=t("card: the address of its network card")),),
            severity=Severity.WARNING,
        )
    for card, who in cards.items():
        if len(who) > 1:
            yield Broken(
                t("{who} have the same card, {card}", who=names(who), card=card), ("upses", who[-1], "card")
            )
    for number, who in numbers.items():
        if len(who) > 1:
            yield Broken(
                t("{who} have the same number, {number}", who=names(who), number=number),
                ("upses", who[-1], "number"),
            )


@rule(
    "R6-24",
    Severity.NOTE,
    "no UPS is left at its factory values",
    why="""
    Ranges and factory values differ from model to model, and after a firmware change a card may come
    back with them. Values chosen on purpose and written here can be compared with what the card is
    really set to.
    """,
    also=("R6-26", "U9"),
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
                t(
                    "{key} {value_s:g}s is the factory value; set one on purpose on the card of {who}",
                    key=key,
                    value_s=value_s,
                    who=names(who),
                ),
                ("upses", who[0], key),
            )


@rule(
    "R6-23",
    Severity.WARNING,
    "every UPS is set to values that its card knows",
    why="""
    A card keeps only the values it knows and corrects the others: to the next higher one, or to its
    largest. What is computed here then differs from what happens. `timing: legacy` cards know shutdown
    delays of 20, 180, 300 and 600 s, low-battery runtimes of 120, 300, 420 and 600 s, return delays of
    0, 60, 180 and 300 s and minimum charges of 0, 15, 50 and 90 %. Some models know more (R6-24);
    `teiden doctor` reads back what the card really keeps.
    """,
    also=("U8", "S29"),
)
def cards_know_their_values(site: Site) -> Iterator[Found]:
    corrected: dict[tuple[str, float, float], list[str]] = defaultdict(list)
    for ups in site.upses.values():
        for change in differences(ups, effective(ups)):
            corrected[change.setting, change.asked, change.got].append(ups.name)
    for (setting, asked, got), who in corrected.items():
        key = KEYS[setting]
        unit = "%" if setting.endswith("_pct") else "s"
        changes = tuple(Change(("upses", name, key), got) for name in who)
        yield Broken(
            t(
                "{key} {asked:g}{unit} is no value that the cards of {upses} know; they keep {got:g}{unit}",
                key=key,
                asked=asked,
                unit=unit,
                upses=names(who),
                got=got,
            ),
            ("upses", who[0], key),
            remedies=(Remedy(changes),),
        )
