"""Mains and batteries: P1 to P14.

Where a fault is made of mains that go and come back, its switch does just that, from when it is thrown.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit
from sim.faults.returns import BACK_UNHEARD, GOES_EARLY, TOO_EARLY, boots_with_it
from sim.inrush import Inrush
from sim.later import after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sequencer.site import Site
    from sim.room import Room

    Stays = Callable[[Room, str, float], Iterable[float]]
    Switch = Callable[[Room, str, Turn], None]

SHORTEST_S = 5.0
"""Mains that flap stay away, or there, this long at least (the catalogue's 5 to 60 s)."""

LAST_NODE = (
    *(
        Excuse(
            rule,
            Reach.ALL,
            "the last control node has lost its power with it, and nobody is left to tell them to go off",
            stays=True,
            last=True,
            due=True,
        )
        for rule in ("S18", "L2")
    ),
    Excuse(
        "S1",
        Reach.ALL,
        "the last control node has lost its power with it, and nobody forces who boots or hangs meanwhile",
        told=True,
        last=True,
    ),
)
"""Of what takes the power of a control node, and warns too late or not at all."""

TOO_SHORT = (
    Excuse("S18", Reach.LOADS, "its battery lasts for less than was planned with", begun=True),
    Excuse("L2", Reach.LOADS, "its battery lasts for less than was planned with", begun=True),
    boots_with_it("an emptied UPS comes back by itself with all its loads"),
    *(replace(excuse, falls="exhausted") for excuse in LAST_NODE),
    *GOES_EARLY,
)


def shorter_than(
    *, below: Callable[[Site, str], float] | None = None, above: Callable[[Site, str], float] | None = None
) -> tuple[Excuse, ...]:
    """Of an amount: as strong as this at least. A battery that lasts as it was planned excuses nothing."""
    return tuple(replace(excuse, below=below, above=above) for excuse in TOO_SHORT)


def as_new(_: Site, __: str) -> float:
    """Per cent of what the battery held."""
    return 100.0


def as_planned(_: Site, __: str) -> float:
    """Times the load."""
    return 1.0


NO_OUTPUT = (
    Excuse("S18", Reach.UNIT, "all that hung on two of them hangs on the other alone", begun=True),
    Excuse("L2", Reach.LOADS, "no warning comes before its output is gone", begun=True),
    boots_with_it("its loads boot when its output is back, whatever their arrays do"),
    BACK_UNHEARD,
    *(replace(excuse, falls="fault") for excuse in LAST_NODE),
)

NOBODY_SWITCHES_ON = (
    Excuse("L1", Reach.DEPENDING, "nothing switches it on"),
    Excuse("L3", Reach.DEPENDING, "nothing switches it on"),
    *(
        Excuse(
            rule,
            Reach.DEPENDING,
            "repaired it is off until somebody switches it on, and no control node is up",
            stays=True,
            dark=True,
        )
        for rule in ("L1", "L3")
    ),
    *(
        Excuse(
            rule,
            Reach.DEPENDING,
            "repaired it is off until somebody switches it on, and no journal tells of it: he is told so",
            stays=True,
            said="L1",
        )
        for rule in ("L1", "L3")
    ),
)

ENDS = "it says that its battery cannot wait, and nothing tells otherwise"
TRUSTED = (
    *(Excuse(rule, reach, ENDS, drains=True) for rule, reach in TOO_EARLY),
    *(replace(excuse, then=True) for excuse in GOES_EARLY),
)
"""Of a card that shows too little: whoever believes it is early, and safe."""


def _plays(why: str, stays: Stays) -> Switch:
    """Away for the first of these times, there for the second, and so on."""

    def switch(room: Room, of: str, turn: Turn) -> None:
        if turn.on:
            room.grid.play(of, why, stays(room, of, turn.amount))
        else:
            room.grid.end(of, why)

    return switch


def _once(_: Room, __: str, amount_s: float) -> Iterable[float]:
    return (amount_s,)


def _twice(_: Room, __: str, amount_s: float) -> Iterable[float]:
    return (amount_s, amount_s, amount_s)


def _now_and_then(room: Room, of: str, longest_s: float) -> Iterable[float]:
    draws = room.grid.draws(of, "flapping")
    return (draws.between(n, SHORTEST_S, longest_s) for n in count(round(1000 * room.env.now)))


def _one_only(room: Room, of: str, turn: Turn) -> None:
    room.grid.change(of, present=not turn.on, why="P11")


def _ages(room: Room, ups: str, turn: Turn) -> None:
    device = room.upses[ups]
    device.battery.age(device.now, turn.amount / 100.0 if turn.on else None)
    device.turned()
    device.tell_charge()  # its curve has a bend here


def _collapse(room: Room, ups: str, turn: Turn) -> None:
    if turn.on:
        room.upses[ups].collapse()


def _feeds_more(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].quirks.load_times = turn.amount if turn.on else 1.0
    room.upses[ups].turned()


def _never_low(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].quirks.never_low = turn.on
    room.upses[ups].turned()


def _false_low(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].quirks.false_low = turn.on
    room.upses[ups].turned()


def _bypassed(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].quirks.bypassed = turn.on
    room.upses[ups].turned()


def _boosts(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].quirks.boosts = turn.on
    room.upses[ups].turned()


def _tests(room: Room, name: str, turn: Turn) -> None:
    """A UPS that has no mains, or gives no power, begins none."""
    ups = room.upses[name]
    quirks = ups.quirks
    quirks.testing, quirks.tests = turn.on and ups.mains and ups.output, quirks.tests + 1
    tests = quirks.tests
    ups.turned()

    def end() -> None:
        if tests == quirks.tests:
            _tests(room, name, Turn(on=False))

    if turn.on:
        after(room.env, turn.amount, end)


def _fails(room: Room, name: str, turn: Turn) -> None:
    """Whoever repairs it switches it on if it was on; without mains, so that it comes on with them."""
    ups = room.upses[name]
    quirks = ups.quirks
    if turn.on and not quirks.broken:
        quirks.ran = ups.output
    quirks.broken = turn.on
    if turn.on:
        ups.drop()
    elif quirks.ran:
        ups.press()
        ups.returns = not ups.output


def _trips(room: Room, name: str, turn: Turn) -> None:
    ups = room.upses[name]
    ups.quirks.inrush = Inrush(ups.outlet, ups.loads, int(turn.amount)) if turn.on else None


MAINS_BLIP = Fault(
    ("P1",),
    "mains_blip",
    Kind.INPUT,
    "its mains are away once, for less than anybody's confirm time",
    _plays("P1", _once),
    amount=Amount("how long they are away", Unit.SECONDS, 10.0, 0.1, 600.0),
)

MAINS_RETURN = Fault(
    ("P2",),
    "mains_return",
    Kind.INPUT,
    "its mains go, and are back in the middle of the shutdown",
    _plays("P2", _once),
    amount=Amount("how long they are away", Unit.SECONDS, 300.0, 1.0, 86400.0),
)

MAINS_FLAP = Fault(
    ("P3",),
    "mains_flap",
    Kind.INPUT,
    "its mains go and come back again and again, until it ends",
    _plays("P3", _now_and_then),
    amount=Amount("the longest that they are away, or there", Unit.SECONDS, 60.0, 2 * SHORTEST_S, 3600.0),
)

SECOND_OUTAGE = Fault(
    ("P4",),
    "second_outage",
    Kind.INPUT,
    "its mains are away twice, the second time while batteries are still charging",
    _plays("P4", _twice),
    amount=Amount(
        "how long they are away, there between, and away again", Unit.SECONDS, 1200.0, 1.0, 86400.0
    ),
)

BATTERY_AGED = Fault(
    ("P5",),
    "battery_aged",
    Kind.UPS,
    "its battery holds only a part of what it held when it was new",
    _ages,
    excuses=shorter_than(below=as_new),
    amount=Amount("what it still holds", Unit.PERCENT, 40.0, 10.0, 100.0),
)

BATTERY_COLLAPSES = Fault(
    ("P6",),
    "battery_collapses",
    Kind.UPS,
    "its battery has hardly any charge left, at once",
    _collapse,
    excuses=TOO_SHORT,
    ends=False,
)

LOAD_ADDED = Fault(
    ("P7",),
    "load_added",
    Kind.UPS,
    "it feeds more than it was planned for",
    _feeds_more,
    excuses=shorter_than(above=as_planned),
    amount=Amount("its load, by what was planned", Unit.TIMES, 1.5, 1.0, 5.0),
)

LOW_FLAG_MISSING = Fault(
    ("P8",), "low_flag_missing", Kind.UPS, "it never says that its battery is low", _never_low
)

LOW_FLAG_FALSE = Fault(
    ("P9",),
    "low_flag_false",
    Kind.UPS,
    "it says that its battery is low and lasts for 0 s, whatever that holds",
    _false_low,
    excuses=(
        *TRUSTED,
        Excuse(
            "S10", Reach.SUBJECT, "on battery a low one counts at once (X-02); who can tell that it is not?"
        ),
    ),
)

UPS_BYPASSED = Fault(
    ("P10",),
    "ups_bypassed",
    Kind.UPS,
    "it is in bypass: its loads hang on the mains themselves, without a battery",
    _bypassed,
    excuses=NO_OUTPUT,
)

UPS_BOOSTS = Fault(
    ("P10",),
    "ups_boosts",
    Kind.UPS,
    "its mains sag, and it makes up for that without its battery",
    _boosts,
)

ONE_FEED_FAILS = Fault(
    ("P11",),
    "one_feed_fails",
    Kind.INPUT,
    "it alone has no mains; the other of its pair has them",
    _one_only,
)

SELF_TEST = Fault(
    ("P12",),
    "self_test",
    Kind.UPS,
    "it tests its battery, and tells that as if its mains were away",
    _tests,
    excuses=(
        Excuse(
            "S9",
            Reach.OUTAGE,
            "a test longer than the confirm time cannot be told from an outage",
            above=lambda site, ups: site.upses[ups].confirm_s,
        ),
        Excuse(
            "S9", Reach.OUTAGE, "nor can one of a battery that is too short to wait", short=True, drains=True
        ),
        Excuse("S17", Reach.SUBJECT, "what it tells of its mains is wrong"),
    ),
    amount=Amount("how long the test takes", Unit.SECONDS, 20.0, 1.0, 3600.0),
)

UPS_FAILS = Fault(
    ("P13",),
    "ups_fails",
    Kind.UPS,
    "its output is off at once, and nothing switches it on",
    _fails,
    excuses=(
        Excuse("S1", Reach.LOADS, "no warning comes before its output is gone", told=True),
        *NO_OUTPUT,
        *NOBODY_SWITCHES_ON,
    ),
)

INRUSH_TRIPS = Fault(
    ("P14",),
    "inrush_trips",
    Kind.UPS,
    "it trips when more of its loads than it bears start within 10 s",
    _trips,
    excuses=(*NO_OUTPUT, *(replace(e, tripped=not e.stays) for e in NOBODY_SWITCHES_ON)),
    amount=Amount("how many may start together", Unit.TIMES, 1.0, 0.0, 100.0),
)

FAULTS = (
    MAINS_BLIP,
    MAINS_RETURN,
    MAINS_FLAP,
    SECOND_OUTAGE,
    BATTERY_AGED,
    BATTERY_COLLAPSES,
    LOAD_ADDED,
    LOW_FLAG_MISSING,
    LOW_FLAG_FALSE,
    UPS_BYPASSED,
    UPS_BOOSTS,
    ONE_FEED_FAILS,
    SELF_TEST,
    UPS_FAILS,
    INRUSH_TRIPS,
)
