"""What the pretend room plays is judged as it should be: nights, requests, jobs, starts by hand.

A rule that breaks in a run that is in order is wrong; so is one that holds when a bug is planted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.requests import Wish
from sequencer.schedules import Cause, Schedule
from sequencer.site import Job, Site
from sim.room import START
from sim.story import Asked, Booted, ClockStep, Managed, Manager, Pressed
from teiden.judge.excuses import judged
from teiden.judge.language import DETAILS
from teiden.judge.verdict import Verdict, judge
from tests.nights import TEN, control_nights, night_site, nightly, tonight
from tests.tale import Tale
from tests.worlds import CALM_S, LINKED, NODES, fault, out, play, reference_model, reference_site

HOUR_S = 3600.0
STOP = (Job("dump", ("/opt/dump",), 60.0),)
BUTTONS = (Pressed(5000, "ups1"), Pressed(5000, "ups2"))


def whole(tale: Tale, start: datetime = START) -> list[Event]:
    """The stream as `teiden run` makes it, its header and its end included."""
    site = tale.room.site
    states = dict.fromkeys((*LINKED, *NODES), "up")
    head = {
        "start": start.isoformat(),
        "initial": states | dict.fromkeys(("bladepool", "rackpool"), "halted"),
    }
    begin = Event(0.0, "run.started", site.name, "room", Source.FACT, head)
    for ups in tale.room.upses.values():
        ups.tell_charge()
    end = Event(float(tale.room.env.now), "run.ended", site.name, "room", Source.FACT, {})
    return [begin, *tale.events, end]


def night(*happenings: Any, **settings: Any) -> tuple[list[Event], Site]:
    tale = tonight(*happenings, **settings)
    return whole(tale, TEN - timedelta(seconds=CALM_S)), tale.room.site


def day(*happenings: Any, **settings: Any) -> tuple[list[Event], Site]:
    tale = play(*happenings, **settings)
    return whole(tale), tale.room.site


def broken(events: Sequence[Event], site: Site) -> list[str]:
    verdict: Verdict = judge(events, site)
    return [r.id for r in verdict.invariants if r.breaches]


BOTH = night_site(nightly("07:00"), control_nights())
LATE = {"until_s": 11 * HOUR_S}
RESTART = Schedule("control", NODES, off="22:00", on="22:01")
NO_RESTORE = nightly(off="23:30", on="23:59", on_by=(Cause.SCHEDULE,))

IN_ORDER: dict[str, Callable[[], tuple[list[Event], Site]]] = {
    "the document's night": lambda: night(),
    "a night too short for the disk": lambda: night(site=night_site(nightly("22:39:59"))),
    "a night of three servers of four": lambda: night(site=night_site(nightly(servers=LINKED[:3]))),
    "a restart": lambda: night(site=night_site(nightly("22:01"))),
    "a restart of the control side": lambda: night(site=night_site(RESTART)),
    "the control side's own night": lambda: night(site=BOTH, **LATE),
    "a control off that comes too early": lambda: night(
        site=night_site(nightly("07:00"), control_nights("22:05")), **LATE
    ),
    "an outage into the control side's night": lambda: night(out(-300, 6900), site=BOTH, until_s=20 * HOUR_S),
    "an outage that ends in the night": lambda: night(out(-300, 1500), until_s=4 * HOUR_S),
    "an outage over the on": lambda: night(out(2860, 6000), until_s=8 * HOUR_S),
    "a clock that is set back": lambda: night(ClockStep(30, "control1", -900), until_s=4 * HOUR_S),
    "a clock that is set far ahead": lambda: night(ClockStep(-100, "control1", 1200), until_s=4 * HOUR_S),
    "a clock that is slow": lambda: night(model=reference_model(control1__clock_skew_s=-90.0)),
    "servers that no outage brings back": lambda: night(
        out(0, 1200), site=night_site(NO_RESTORE), until_s=4 * HOUR_S
    ),
    "power off of everything": lambda: day(Asked(0, Wish.POWER_OFF, by="backup")),
    "power off and the buttons": lambda: day(Asked(0, Wish.POWER_OFF, by="backup"), BUTTONS),
    "power off and on again": lambda: day(Asked(0, Wish.POWER_OFF), Asked(300, Wish.POWER_ON)),
    "blades off and on": lambda: day(
        Asked(0, Wish.POWER_OFF, LINKED[:2]), Asked(3000, Wish.POWER_ON, LINKED[:2])
    ),
    "a shutdown by the manager": lambda: day(Managed(0, Manager.SHUTDOWN, "ssccluster"), BUTTONS),
    "a reboot by the manager": lambda: day(Managed(0, Manager.REBOOT, "ssccluster")),
    "one node by the manager": lambda: day(
        Managed(0, Manager.SHUTDOWN, "control1"), Asked(3000, Wish.POWER_ON, ("control1",))
    ),
    "a node that nobody tells us of": lambda: day(
        Managed(0, Manager.SHUTDOWN, "control2"), site=reference_site(cluster__ac_mode=False)
    ),
    "a hold that is released": lambda: day(
        Asked(-60, Wish.HOLD, ("blade1",)), out(0, 7200), Asked(400, Wish.RELEASE, ("blade1",))
    ),
    "jobs": lambda: day(
        out(0, 7200),
        site=reference_site(blade1__stop_jobs=STOP, control1__stop_jobs=STOP),
        until_s=5 * HOUR_S,
    ),
    "a start by hand": lambda: day(
        out(0, 7200),
        (Pressed(7300, "ups1"), Pressed(7300, "ups2"), Pressed(7700, "ups3"), Pressed(9000, "ups4")),
        (Pressed(9300, "ups5"), Pressed(9310, "ups6")),
        site=reference_site(start__auto=False),
    ),
    "a start by hand that is asked for": lambda: day(
        out(0, 7200),
        (Pressed(7300, "ups1"), Pressed(7300, "ups2"), Asked(8000, Wish.POWER_ON, by="operator")),
        site=reference_site(start__auto=False),
    ),
}


@pytest.mark.parametrize("what", IN_ORDER)
def test_what_is_in_order_breaks_nothing(what: str) -> None:
    assert broken(*IN_ORDER[what]()) == []


def test_r10_05_a_button_that_is_pressed_too_early_breaks_s8() -> None:
    early = (Pressed(7300, "ups1"), Pressed(7300, "ups2"), Pressed(7700, "ups3"), Pressed(9000, "ups4"))
    late = (Pressed(9010, "ups5"), Pressed(9310, "ups6"))

    assert broken(*day(out(0, 7200), early, late, site=reference_site(start__auto=False))) == ["S8"]


def test_o1_a_server_that_is_booted_before_its_disk_breaks_s8_and_nothing_else() -> None:
    assert broken(*night(Pressed(1550, "ups5"), Booted(1560, "blade1"))) == ["S8"]


# Bugs planted in what the room told


def change(events: Sequence[Event], name: str, subject: str, **details: Any) -> list[Event]:
    """The first such event told otherwise."""
    place = next(i for i, e in enumerate(events) if e.name == name and e.subject == subject)
    event = events[place]
    told = replace(event, details={**event.details, **details})
    return [*events[:place], told, *events[place + 1 :]]


def plus(events: Sequence[Event], s: float, name: str, subject: str, **details: Any) -> list[Event]:
    """One more, from control1, this long after 22:00 or after the loss of the mains."""
    event = Event(CALM_S + s, name, subject, "control1", Source.SEEN, details)
    return sorted([*events, event], key=lambda e: e.t)


def test_planted_bugs_in_a_night_are_found_by_the_rule_they_break() -> None:
    events, site = night()
    fired = next(e for e in events if e.name == "schedule.fired")

    assert broken(plus(events, 60, "schedule.fired", "nightly", **fired.details), site) == ["S35"]
    assert "L6" in broken([e for e in events if e is not fired], site)
    assert "S9" in broken([e for e in events if e is not fired], site)
    short = replace(site, schedules={"nightly": nightly("22:39")})
    assert "S22" in broken(events, short)
    three = change(events, "schedule.fired", "nightly", servers=", ".join(LINKED[:3]))
    assert "S9" in broken(three, site)
    assert "S15" in broken(plus(events, 300, "command.sent", "ups5", command="off"), site)
    assert "S27" in broken(plus(events, -60, "hold.set", "rack1", asked_by="operator"), site)
    assert "S28" in broken(plus(events, 2000, "command.sent", "ups5", command="on"), site)


def test_planted_bugs_in_an_outage_are_found_by_the_rule_they_break() -> None:
    events, site = day(out(0, 7200), site=reference_site(control1__stop_jobs=STOP), until_s=5 * HOUR_S)
    confirmed = [e for e in events if e.name == "outage.confirmed" or e.details.get("kind") == "confirmed"]

    assert broken(events, site) == []
    assert "S9" in broken([e for e in events if e not in confirmed], site)
    only = [e for e in events if e not in confirmed or e.subject == "ups5"]
    assert "S31" in broken(only, site)
    job = next(e for e in events if e.name == "job.started")
    sooner = [replace(e, t=CALM_S + 910) if e is job else e for e in events]
    assert "R2-07" in broken(sorted(sooner, key=lambda e: e.t), site)
    again = plus(events, 8200, "command.sent", "ssccluster", command="restart")
    assert "S31" in broken(again, site)
    soon = [replace(e, t=CALM_S + 7990) if e.name == "incident.closed" else e for e in events]
    assert "L8" in broken(sorted(soon, key=lambda e: e.t), site)


@pytest.mark.parametrize("what", ["the control side's own night", "a hold that is released", "jobs"])
def test_every_detail_that_is_told_may_be_expected(what: str) -> None:
    """`DETAILS` is a closed list: what it lacks no story could ask for."""
    events, _ = IN_ORDER[what]()
    told = {(e.name, key) for e in events if not e.name.startswith("run.") for key in e.details}

    assert {(name, key) for name, key in told if key not in DETAILS.get(name, {})} == set()


def test_s22_c10_an_array_of_an_outage_that_was_left_open_is_cut_however_short_the_night_is() -> None:
    """That row counts, and brings it down with the outage that is there; the word alone would not."""
    left_open = fault("incident_left_open", "control1", 1890.0)
    off, site = Asked(1800.0, Wish.POWER_OFF, (), "me"), night_site(nightly("23:04", off="22:24"))
    events, _ = night(out(0, 3600, "ups5"), off, left_open, site=site, until_s=2400)
    breaches = [b for r in judge(events, site).invariants for b in r.breaches if b.id == "S22"]
    assert [b.subject for b in breaches] == ["linkeddisk"]
    assert judged(breaches, events, left_open, site)[1] == []
