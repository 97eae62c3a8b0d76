"""Where nobody is there who would see to it: by a node that hangs, one that is turned away, or one that knows
nothing (C7, C12, H7, L1, L3); see `test_owed.py`."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from sequencer.events import Event, Source
from sim.faults import catalogue
from sim.story import Booted, ClockStep, FaultChange, Happening
from teiden.judge.excuses import judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.said import Said
from teiden.judge.struck import struck
from teiden.judge.verdict import judge
from tests.owing import is_delayed
from tests.worlds import fault, out, play, reference_site


def change(name: str, subject: str, at_s: float, present: bool = True) -> FaultChange:
    return FaultChange(at_s, catalogue.named(name), subject, present)


HUNG = ("control1", 1107.0)
"""It waits for control2, which hangs on its way down, and would go itself then."""


@pytest.mark.parametrize("booted", [(), (Booted(9000.0, "control2"),)])
def test_c7_nobody_is_owed_by_who_hangs_while_nobody_is_there_to_say_so(booted: tuple[Booted, ...]) -> None:
    """control2 halts with its power on, and is booted by hand in the end, or never."""
    other = [change("node_hangs", "control2", 700.0), change("node_hangs", "control2", 7000.0, False)]
    hangs = change("node_hangs", *HUNG)
    afterwards = ClockStep(9 * 3600.0, "rackpool", 1.0)
    tale = play(out(0, 1700), other, hangs, *booted, afterwards, until_s=10 * 3600.0)
    site, tellings = reference_site(), [h for h in tale.happenings if isinstance(h, FaultChange)]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert breaches
    assert not tale.all("alarm.raised * rule=L5")
    assert judged(breaches, tale.events, tellings, site)[1] == []
    assert judged(breaches, tale.events, [h for h in tellings if h.subject == "control2"], site)[1]
    ended = replace(hangs, at_s=7650.0, present=False)
    assert judged(breaches, tale.events, [*tellings, ended], site)[1], "it is owed what it is there for again"
    faults = struck(tellings[-1:], site, tale.events)
    for breach in breaches[-1:]:
        for rule, begun_s, late in (("L3", 9000.0, True), ("L8", 9000.0, False), ("L3", 100.0, False)):
            due = replace(breach, id=rule, t=9100.0)
            assert is_delayed(due, begun_s, faults, site, tale.events) is late
        due, parted = replace(breach, id="L3", t=9100.0), change("nodes_parted", *HUNG)
        assert not is_delayed(due, 9000.0, struck([parted], site), site, tale.events), "that one works"


@pytest.mark.parametrize(
    ("name", "begun_s", "other_up", "is_late"),
    [
        ("node_hangs", 100.0, False, True),
        ("node_hangs", 99.0, False, False),
        ("node_hangs", 500.0, False, False),
        ("node_hangs", 500.1, False, False),
        ("node_hangs", 300.0, True, False),
        ("nodes_parted", 300.0, False, False),
    ],
)
def test_c7_it_is_there_when_their_time_begins_and_nobody_else_is(
    name: str, begun_s: float, other_up: bool, is_late: bool
) -> None:
    site = reference_site()
    ends_s = 500.0 if begun_s >= 500.0 else 1e6
    boots = [Event(60.0, "server.up", "control2", "room", Source.FACT, {})] if other_up else []
    events = [Event(50.0, "server.halted", "control2", "room", Source.FACT, {}), *boots]
    told = [change(name, "control1", 100.0), change(name, "control1", ends_s, False)]
    faults = [replace(f, until_s=inf) if ends_s == 1e6 else f for f in struck(told, site)]
    due = Breach("L3", begun_s + 1000.0, "control2", "it was halted")
    assert is_delayed(due, begun_s, faults, site, events) is is_late


def test_c7_l3_a_cluster_is_started_by_nobody_while_the_only_node_that_has_power_hangs() -> None:
    """control1 hears no card and dies with its battery, for its mains never return; control2 hangs, and the
    control disk goes and comes back (seed 50314)."""
    deaf, hangs = fault("network_slow", "network", -600.0, 10_000.0), fault("node_hangs", "control2", 100.0)
    no_mains, disk = fault("one_feed_fails", "ups1", 100.0), fault("one_feed_fails", "ups3", 2400.0, 8000.0)
    tale = play(deaf, hangs, no_mains, disk, until_s=7 * 3600.0)
    site = reference_site()
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert [(b.id, b.subject) for b in breaches] == [("L3", "ssccluster")]
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    untold = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "control2")]
    assert judged(breaches, tale.events, untold, site)[1] == breaches
    goes_on = [*tale.happenings, change("node_hangs", "control2", 12_000.0, False)]
    (late,) = judged(breaches, tale.events, goes_on, site)[1]
    assert late.text.startswith("ssccluster was stopped at the end of the run, though nothing"), late.text
    assert late.t - 12_000.0 == pytest.approx(2520.0), "it is owed from then on"


def test_c12_l3_who_died_is_owed_nothing_where_the_only_one_who_came_up_was_turned_away() -> None:
    """control1 dies at its boot, and its power stays; control2 boots onto an OFF that counts down, and goes
    again: neither of them is the last that was at work (seed 622421). That it is halted for the whole way up
    after that is seen when control1 goes for the restart of the cluster."""
    turned_away, dies = fault("foreign_off", "ups2", 2030.0), fault("node_crashes", "control1", 2153.0)
    booted = Booted(4122.0, "control1")
    tale = play(out(0, 1879), out(1990, 2695), turned_away, dies, booted, until_s=5 * 3600.0)
    site = reference_site()
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert [(b.id, b.subject) for b in breaches] == [("L3", "control1"), ("L3", "control2")]
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    untold = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "ups2")]
    assert judged(breaches, tale.events, untold, site)[1] == breaches


@pytest.mark.parametrize(
    "deaf",
    [
        fault("card_silent", "ups1", 1000.0, 1200.0),
        fault("card_reboots", "ups1", 1000.0, amount=120.0),
        fault("cards_swizzled", "network", 1000.0, 2000.0),
        fault("management_down", "network", 1022.95, 1600.0),
    ],
)
def test_u1_n5_n6_whose_ups_took_no_off_is_kept_on_whether_its_card_or_the_network_was_to_blame(
    deaf: list[Happening],
) -> None:
    """The other node, which would wake him, does not boot with its mains (seed 682658)."""
    ac_link = fault("ac_link_last_state", "control2")
    tale = play(out(0, 7200), deaf, ac_link, until_s=12 * 3600.0)
    site = reference_site()
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert {b.subject for b in breaches} == {"control1", "control2"}
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    untold = [h for h in tale.happenings if not isinstance(h, FaultChange) or h.subject == "control2"]
    assert {b.subject for b in judged(breaches, tale.events, untold, site)[1]} == {"control1"}


def test_h8_who_has_to_be_woken_waits_for_the_charge_of_who_wakes_him() -> None:
    """Its power is there long before the other one's battery holds enough to come back with the mains."""
    ac_link, empty = fault("ac_link_last_state", "control2"), fault("battery_collapses", "ups1", 1010.0)
    tale = play(out(0, 7200), ac_link, empty, until_s=8 * 3600.0)
    site = reference_site()
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert [(b.id, b.subject) for b in breaches] == [("L3", "control2")]
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    untold = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "control2")]
    assert judged(breaches, tale.events, untold, site)[1] == breaches


@pytest.mark.parametrize(
    ("name", "device", "at_s", "up_s", "is_late"),
    [
        ("ac_link_unset", "control2", 10.0, 2000.0, True),
        ("ac_link_unset", "control2", 1300.0, 2000.0, True),
        ("ac_link_unset", "control2", 1301.0, 2000.0, False),  # it should have booted by then
        ("ac_link_unset", "control2", 10.0, 1200.0, False),  # somebody was there to wake it
        ("ac_link_unset", "control1", 10.0, 2000.0, False),
        ("server_does_not_boot", "control2", 10.0, 2000.0, False),
        ("card_silent", "ups2", 10.0, 2000.0, False),  # who is kept on has no time of its own until then
    ],
)
def test_h7_he_waits_so_as_long_as_no_node_is_up(
    name: str, device: str, at_s: float, up_s: float, is_late: bool
) -> None:
    site = reference_site()
    opened = Event(20.0, "incident.opened", "reference", "control1", Source.SEEN, {"epoch": 1})
    off = Event(40.0, "command.failed", "ups2", "control1", Source.SEEN, {"command": "off"})
    sent = replace(off, name="command.sent")
    halted = [Event(50.0, "server.halted", f"control{n}", "room", Source.FACT, {}) for n in (1, 2)]
    back = Event(60.0, "ups.output_on", "ups2", "room", Source.FACT, {})
    events = [opened, sent, off, *halted, back, Event(up_s, "server.up", "control1", "room", Source.FACT, {})]
    due = Breach("L3", 1300.0, "control2", "it was halted")
    faults = struck([change(name, device, at_s)], site)
    assert is_delayed(due, 270.0, faults, site, events) is is_late
    if "ac_link" in name:
        kept_on = [e for e in events if e is not back]
        assert not is_delayed(due, 270.0, faults, site, kept_on), "it kept its power, and needs a wake anyway"


def test_h7_nor_does_anybody_wake_him_who_went_long_after_he_could_have_done_so() -> None:
    """Whoever is up tells a UPS that keeps a node on; this one needs a wake, and nobody is there."""
    site = reference_site()
    halted = [
        Event(at_s, "server.halted", f"control{n}", "room", Source.FACT, {})
        for n, at_s in ((2, 5.0), (1, 3e4))
    ]
    back = Event(20.0, "ups.output_on", "ups2", "room", Source.FACT, {})
    opened = Event(1.0, "incident.opened", "reference", "control1", Source.SEEN, {"epoch": 1})
    events = [
        opened,
        halted[0],
        back,
        halted[1],
        Event(4e4, "server.up", "control1", "room", Source.FACT, {}),
    ]
    faults = struck(fault("ac_link_unset", "control2", 10.0, 30.0), site)
    assert is_delayed(Breach("L3", 3.2e4, "control2", ""), 3.1e4, faults, site, events)


def test_h7_s28_whose_power_came_is_woken_by_nobody_who_has_booted_since_and_knows_of_no_incident() -> None:
    """No card was heard until all batteries were empty, and nobody has declared anything (seed 701218)."""
    site = reference_site()
    ac_link = fault("ac_link_unset", "control2", 2000.0, 9000.0)
    deaf = fault("management_down", "network", -600.0, 4400.0)
    tale = play(out(0, 4454), deaf, ac_link, until_s=8 * 3600.0)
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert {b.subject for b in breaches} == {"control2"}
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    untold = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "control2")]
    assert judged(breaches, tale.events, untold, site)[1] == breaches


@pytest.mark.parametrize(
    ("power", "alone"),
    [
        ([(60.0, "ups.off_armed", "ups1", 200.0)], True),
        ([(60.0, "ups.off_armed", "ups1", 199.9)], False),
        ([(60.0, "ups.off_armed", "ups2", 500.0)], False),
        ([(60.0, "ups.off_armed", "ups1", 500.0), (70.0, "ups.output_on", "ups1", None)], False),
        ([(60.0, "ups.output_off", "ups1", None)], True),
        ([(200.0, "ups.off_armed", "ups1", 500.0)], False),
        ([], False),
    ],
)
def test_c7_s16_who_comes_up_onto_power_that_counts_down_is_nobody_who_would_see_to_it(
    power: list[tuple[float, str, str, float | None]], alone: bool
) -> None:
    """He goes down again at once; as of the last node that was at work."""
    site, hangs = reference_site(), change("node_hangs", "control2", 100.0)
    nodes = [
        Event(t, name, "control1", "room", Source.FACT, {})
        for t, name in ((50.0, "server.halted"), (200.0, "server.up"))
    ]
    told = [
        Event(t, name, ups, "room", Source.FACT, {} if falls_s is None else {"falls_at": falls_s})
        for t, name, ups, falls_s in power
    ]
    events = sorted([*told, *nodes], key=lambda e: e.t)
    assert Said(events, site, struck([hangs], site, events)).was_alone(hangs, 9000.0) is alone


@pytest.mark.parametrize(
    ("cause", "boots", "alone"), [("fault", True, True), ("fault", False, False), ("power", True, False)]
)
def test_c2_c7_who_dies_in_his_boot_leaves_who_hangs_alone_though_he_had_been_told_to_go_before(
    cause: str, boots: bool, alone: bool
) -> None:
    """He has begun anew since: that he had to see to it before he went is long over (78422)."""
    site, hangs = reference_site(), change("node_hangs", "control2", 0.0)
    told = [
        Event(50.0, "command.sent", "control1", "control1", Source.SEEN, {"command": "shutdown"}),
        Event(50.1, "server.shutting_down", "control1", "room", Source.FACT, {}),
        Event(110.0, "server.halted", "control1", "room", Source.FACT, {}),
        *([Event(900.0, "server.booting", "control1", "room", Source.FACT, {})] if boots else []),
        Event(1000.0, "server.crashed", "control1", "room", Source.FACT, {"cause": cause}),
    ]
    assert Said(told, site, struck([hangs], site, told)).was_alone(hangs, 9000.0) is alone
