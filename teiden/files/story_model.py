"""A story as pydantic reads it, once the parameters of `vary:` stand in their places.

For editors every value may also be a parameter in braces, `"{back}"`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from sequencer.requests import MANAGERS, Wish
from sim.faults import catalogue
from sim.story import Manager
from teiden.files import field_types as types
from teiden.files import units
from teiden.files.field_types import Entry, given, needed, wrong
from teiden.files.offsets import OFFSET, Step
from teiden.files.vary_model import VaryEntry
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t

SCHEMA = "teiden/story/1"
START = "2026-11-20 14:00"
"""A fixed date, so that logs are the same tomorrow."""
TOLERANCE = "10s"

FAULTS = [*catalogue.BY_NAME, *catalogue.BY_ID]
"""What a fault may be called: its name, or its id in the catalogue."""
WISHES = [wish.value for wish in Wish if wish not in MANAGERS]
"""What may be asked for; of the others the cluster's manager tells by itself."""
DEEDS = [deed.value for deed in Manager]
GOES = ("off", "on")
PLACEHOLDER = r"\{[a-z_][a-z0-9_]*\}"
REQUIREMENT = r"[A-Z]{1,2}(-[0-9]{2}|[0-9]{1,2}(-[0-9]{1,3})?)"
TAG = r"[a-z][a-z0-9_-]*"
STARTED = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?"


def _or_parameter(pattern: str, example: str) -> WithJsonSchema:
    return types.text_schema(f"({pattern}|.*{PLACEHOLDER}.*)", example)


def _start(value: Any) -> datetime:
    """A wall time; the site's time zone is added later."""
    try:
        started = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise wrong(f"{quoted(value)} is not a date and time", f"e.g. {START}") from None
    if started.tzinfo is not None:
        raise wrong(f"{quoted(value)} names a time zone", f"the site's is meant; e.g. {START}")
    return started


def _fault(value: Any) -> str:
    if value not in FAULTS:
        raise wrong(
            f"no fault is called {quoted(value)}",
            did_you_mean(str(value), FAULTS) + f"known: {listed(list(catalogue.BY_NAME))}",
        )
    return str(value)


def _wish(value: Any) -> str:
    if value in {wish.value for wish in MANAGERS}:
        hint = t("e.g. manager: shutdown, of: NAME; it tells the nodes itself")
        raise wrong(t("{value} is told by the cluster's manager", value=quoted(value)), hint)
    if value not in WISHES:
        known = t("known: {names}", names=listed(WISHES))
        message = t("nobody can ask for {value}", value=quoted(value))
        raise wrong(message, did_you_mean(str(value), WISHES) + known)
    return str(value)


def _one_of(values: list[str]) -> PlainValidator:
    def parse(value: Any) -> str:
        if value not in values:
            known = t("one of: {names}", names=listed(values))
            message = t("{value} is not allowed here", value=quoted(value))
            raise wrong(message, did_you_mean(str(value), values) + known)
        return str(value)

    return PlainValidator(parse)


def _names(value: Any) -> tuple[str, ...]:
    """One name or a list of names; whose they are is for the events themselves."""
    names = value if isinstance(value, list) else [value]
    if not names:
        raise wrong(t("nobody is named"), t("leave `of` out where everything is meant"))
    for name in names:
        if not isinstance(name, str):
            raise wrong(t("{value} is not a name", value=quoted(name)), t("e.g. ups1, or [blade1, blade2]"))
    return tuple(names)


def _words(values: list[str]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"enum": values}, {"type": "string", "pattern": PLACEHOLDER}]})


def _checked(pattern: str, what: str, hint: str) -> PlainValidator:
    parse: Callable[[Any], str] = types.matching(pattern, what, hint)
    return PlainValidator(parse)


Duration = Annotated[types.Duration, _or_parameter(units.DURATION, "10m")]
Share = Annotated[types.Fraction, _or_parameter(units.PERCENT, "20%")]
Start = Annotated[datetime, PlainValidator(_start), _or_parameter(STARTED, START)]
Requirement = Annotated[
    str,
    _checked(REQUIREMENT, "the id of a requirement", "e.g. R6-13, S3"),
    types.text_schema(REQUIREMENT, "R6-13"),
]
Tag = Annotated[str, _checked(TAG, "a tag", "small letters, digits, _ and -"), types.text_schema(TAG, "slow")]
Invariant = Annotated[
    str,
    _checked(r"[A-Z][0-9]{1,2}", "the id of an invariant", "e.g. S1, S18, L2"),
    types.text_schema(r"[A-Z][0-9]{1,2}", "S1"),
]
FaultName = Annotated[
    str,
    PlainValidator(_fault),
    _words(FAULTS),
]
WishName = Annotated[str, PlainValidator(_wish), _words(WISHES)]
Deed = Annotated[str, _one_of(DEEDS), _words(DEEDS)]
Goes = Annotated[str, _one_of(list(GOES)), _words(list(GOES))]
ClockStep = Annotated[Step, _or_parameter(OFFSET, "-300s")]
Of = Annotated[
    tuple[str, ...],
    PlainValidator(_names),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
Number = Annotated[
    Annotated[int, Field(ge=0)],
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": f"^{PLACEHOLDER}$"}]}
    ),
]


class EventEntry(Entry):
    """Mains that go or come back, a fault, a clock that is set, a request, or the hand of an operator."""

    at_s: Duration = needed("at", "When, from the start of the run.")
    mains: str = given(
        "mains", "A feed or a UPS whose mains go for `lost_for`; or `lost` or `restored`, with `of`."
    )
    of: Of = given(
        "of",
        "With mains lost or restored: the feed, or the UPS whose input it is. With a request: the servers, "
        "or for hold and release any devices; left out: everything. With manager: the cluster or one node.",
    )
    lost_for_s: Duration = given("lost_for", "They come back after this.")
    fault: FaultName = given("fault", "What is wrong with `subject` from then on.")
    subject: str = given("subject", "The device with the fault.")
    until_s: Duration = given("until", "When the fault ends, from the start of the run.")
    amount: str | int | float = given("amount", "Of a fault that has one: how long or how much.")
    clock: str = given("clock", "A server whose own clock is set, by `step` (R12-03).")
    step_s: ClockStep = given("step", "How far the clock is set: 300s forward, -300s back.")
    request: WishName = given("request", "What is asked of the sequencer (R2-05).")
    by: types.Label = given("by", "Who asks, for the record.")
    to: str = given("to", "The one control node that is asked; left out: every node that is up.")
    manager: Deed = given("manager", "What the cluster's own manager does, with `of` (R2-08, R2-09).")
    press: str = given("press", "A UPS whose button the operator presses: on, if it has mains (R10-05).")
    boot: str = given("boot", "A server whose button the operator presses (H6).")
    host: str = given("host", "A watched host of the LAN, by its address (R8-04).")
    goes: Goes = given("goes", "Whether the host goes off or on.")
    chance: Share = given(
        "chance", "It happens in this part of the runs; in the middle run only if that is more than half."
    )
    as_: types.Name = given("as", "What tables call an event that has a chance, e.g. card4.")


class ExpectationsEntry(Entry):
    """What must hold, in events: EVENT [SUBJECT | every ROLE] [key=value ...]."""

    tolerance_s: Duration = given("tolerance", "How far `at` may be off, either way.", TOLERANCE)
    at: list[dict[str, Duration]] = given("at", "- EVENT: TIME, counted from the first mains.lost.")
    before: list[str] = given(
        "before", "- a < b: the first a before any b; a < 100s < b: at least 100 s before."
    )
    within: list[dict[str, str]] = given("within", "- EVENT: 10s after EVENT.")
    never: list[str] = given("never", "Events that must not happen.")
    count: dict[str, Number] = given("count", "EVENT: how many times, exactly.")
    finally_: list[str] = given("finally", "The state at the end: EVENT is the last that changed it.")


class WhenEntry(ExpectationsEntry):
    """Further expectations of the items whose parameters fit."""

    if_: str = needed("if", "A comparison of parameters, e.g. back < 30s and dirty == 12GiB.")
    breaks: list[Invariant] = given("breaks", "Invariants that these items are expected to break.")


class ExpectEntry(ExpectationsEntry):
    when: list[WhenEntry] = given("when", "Expectations that hold for some values of `vary:` only.")


class StoryEntry(Entry):
    """A story: what happens to a site, and what is expected of it."""

    schema_: Literal["teiden/story/1"] = needed("schema", "First key of the file: what it is.")
    story: str = needed("story", "The story in one sentence.")
    name: types.Name = given("name", "Of a further document in one file; the first is called like its file.")
    site: str = needed("site", "The site file, from this file's directory.")
    with_: dict[str, Any] = given(
        "with", "Settings of the site that differ here, nested or as dotted keys; null takes one out."
    )
    start: Start = given("start", "Date and time in the site's time zone.", START)
    until_s: Duration = needed("until", "How long the run lasts.")
    covers: list[Requirement] = given("covers", "Requirements that this story shows.")
    tags: list[Tag] = given("tags", "Marks to select stories by.")
    events: list[EventEntry] = given("events", "What happens to the room, and when.")
    seed: Annotated[int, Field(ge=0)] = given("seed", "Of all chance in the room.", 0)
    vary: dict[str, Annotated[list[Any], Field(min_length=1)] | VaryEntry] = given(
        "vary",
        "Parameters: lists, each combination of which is one item, and distributions, which are drawn in "
        "each run of a sweep. {name} stands for a value.",
    )
    breaks: list[Invariant] = given("breaks", "Invariants this story is expected to break: exactly these.")
    expect: ExpectEntry = given("expect", "What must hold; the invariants are always checked.")
