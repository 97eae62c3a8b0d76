"""Which columns each table has, in which units and types: the one place that says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NUMBER, COUNT, TRUTH, TEXT, CATEGORY, TIME = "float64", "int64", "bool", "text", "category", "time"
"""Numbers that are missing are NaN. A category is a text that repeats itself, kept once."""


class Column(NamedTuple):
    name: str
    type: str
    meaning: str


RUN = Column("run", CATEGORY, "where several runs are given by name: that name")

EVENTS = (
    Column("t", NUMBER, "seconds since the start of the run"),
    Column("time", TIME, "the same instant on the site's clock, to the millisecond"),
    Column("event", CATEGORY, "`ups.on_battery`; the vocabulary stands in `sequencer/events.py`"),
    Column("subject", CATEGORY, "the device it is about, in the order of the site file"),
    Column("by", CATEGORY, "who tells it: a control node, or `room`"),
    Column("source", CATEGORY, "`fact`: the room's own truth; `seen`: what a node observed or did"),
    Column("details", TEXT, "everything else, as a JSON object"),
)
STATES = (
    Column("t0", NUMBER, "when the state begins, seconds since the start of the run"),
    Column("t1", NUMBER, "when it ends; the run's end where it lasts"),
    Column("subject", TEXT, "the device"),
    Column("group", TEXT, "`UPS`, `ARRAYS`, `SERVERS`, `CONTROL`, `LAN` or `FEEDS`"),
    Column("aspect", TEXT, "which side of the device: a UPS has `supply`, `output` and `card`"),
    Column("state", TEXT, "`on battery`, `off`, `flushing`, `shutting down` ..."),
)
CHARGES = (
    Column("t", NUMBER, "seconds since the start of the run"),
    Column("ups", TEXT, "the UPS"),
    Column("charge_pct", NUMBER, "charge of its battery, 0 to 100; straight lines between the rows"),
    Column("runtime_s", NUMBER, "how long it would last at the load of that moment; missing: not told"),
)
CHARGES_AT = CHARGES[:3]
MARGINS = (
    Column("key", TEXT, "`linked_stop_s`: the name that JUnit and JSON use, with the unit last"),
    Column("label", TEXT, "the same in words"),
    Column("value_s", NUMBER, "what was left, or how long it took; negative: too late"),
    Column("plan_s", NUMBER, "the same if every step takes as long as it may; missing: not planned"),
    Column("limit_s", NUMBER, "how long it may take; missing: it is a margin and no duration"),
)
LOWEST_CHARGE = (
    Column("ups", TEXT, "the UPS"),
    Column("charge_pct", NUMBER, "the lowest charge from the loss of mains on"),
)
INVARIANTS = (
    Column("id", TEXT, "`S1`"),
    Column("sentence", TEXT, "what must hold"),
    Column("status", TEXT, "`held`, `broken` or `not applicable`"),
    Column("ok", TRUTH, "broken exactly if the story declares it"),
    Column("declared", TRUTH, "the story says that it breaks this one"),
    Column(
        "put_to_test", COUNT, "how often there was something to judge; 0: the run proves nothing about it"
    ),
    Column("happened", TEXT, "what broke it first, or `held`, or why it does not apply"),
)
EXPECTATIONS = (
    Column("file", TEXT, "the story's file"),
    Column("line", COUNT, "where the expectation stands in it"),
    Column("kind", TEXT, "`before`, `within`, `at`, `never`, `count`, `finally`"),
    Column("expected", TEXT, "what was expected"),
    Column("status", TEXT, "`held`, `broken` or `not applicable`"),
    Column("ok", TRUTH, "not broken"),
    Column("happened", TEXT, "what happened instead, or when; times count from the loss of mains"),
)

SCHEMAS: Mapping[str, tuple[Column, ...]] = {
    "events": EVENTS,
    "states": STATES,
    "charges": CHARGES,
    "charges_at": CHARGES_AT,
    "margins": MARGINS,
    "lowest_charge": LOWEST_CHARGE,
    "invariants": INVARIANTS,
    "expectations": EXPECTATIONS,
}
"""By the name of the function that makes it."""


def names(schema: tuple[Column, ...]) -> list[str]:
    return [column.name for column in schema]
