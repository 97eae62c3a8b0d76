"""A battery of which nobody is told what it holds, and that could not wait for its confirm time (U18, P4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Array, ArrayRole, FlushOrder, Site, Ups
from sequencer.timing import battery_need_s, followed_s, last_call_s, late_looks_s, own_stop_s
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from tests.worlds import with_more

LOST_S = 700.0
EMPTY_S = 1500.0


STOPPED = Event(1400.0, "command.sent", "ssccluster", "control1", Source.SEEN, {"command": "stop"})


def lost(
    left_s: float | None, t: float = LOST_S, ups: str = "ups3", source: Source = Source.FACT
) -> list[Event]:
    return [
        Event(t, "ups.on_battery", ups, "", source),
        Event(t, "ups.charge", ups, "", source, {"charge_pct": 30.0, "runtime_s": left_s}),
    ]


@pytest.mark.parametrize("rule", ["S18", "L2"])
def test_u18_p4_only_where_its_outage_began_with_less_than_its_confirm_time_and_its_stop_need(
    site: Site, rule: str
) -> None:
    need_s = battery_need_s(site, site.upses["ups3"])
    subject = "ups3" if rule == "S18" else "controldisk"
    broken = [Breach(rule, EMPTY_S, subject, "it was empty", ())]

    def left(*events: Event, fault: str = "battery_not_told", of: str = "ups3") -> list[Breach]:
        return excused(broken, [FaultChange(0.0, named(fault), of)], site, events)[1]

    short, enough = [*lost(need_s - 1), STOPPED], lost(need_s)
    assert left(*short) == []
    assert left(*enough) == broken
    assert left() == broken
    assert left(*lost(need_s - 1, t=EMPTY_S)) == [], "at once"
    assert left(*lost(None)) == broken
    assert left(*enough, *lost(need_s - 1, t=EMPTY_S + 1)) == broken, "later"
    assert left(*short, *lost(need_s, t=LOST_S + 1)) == broken, "it had been charged since"
    assert left(*enough, *lost(need_s - 1, t=LOST_S + 1), STOPPED) == []
    assert left(*enough, *lost(need_s - 1, t=LOST_S + 60)[1:]) == broken, "by then, of course"
    assert left(*lost(need_s - 1, ups="ups2")) == broken
    assert left(*lost(need_s - 1, source=Source.SEEN)) == broken
    assert left(*short, of="ups2") == broken
    assert left(*short, fault="low_flag_missing") == broken


@pytest.mark.parametrize(
    ("ups", "told", "others"),
    [
        ("ups3", ("ssccluster", "ups3", "control1", "controldisk"), ("rack1", "ups4", "linkeddisk")),
        ("ups4", ("linkeddisk", "ups4", "rack1"), ("ssccluster", "ups5", "control1")),
        ("ups6", ("rack1", "ups6"), ("ssccluster", "blade1", "linkeddisk")),
    ],
)
def test_u18_who_is_told_nothing_though_his_outage_counted_was_not_short_of_time(
    site: Site, ups: str, told: tuple[str, ...], others: tuple[str, ...]
) -> None:
    need_s, own_s = battery_need_s(site, site.upses[ups]), own_stop_s(site, site.upses[ups])
    counts_s = LOST_S + need_s - own_s + late_looks_s(site)

    def holds(*events: Event, at_s: float = counts_s + 50) -> bool:
        broken = [Breach("S18", at_s, ups, "it was empty", ())]
        changes = [FaultChange(0.0, named("battery_not_told"), ups)]
        return excused(broken, changes, site, [*lost(need_s - 1, ups=ups), *events])[1] == []

    def sent(subject: str, command: str = "stop", t: float = counts_s + 1) -> Event:
        return Event(t, "command.sent", subject, "control1", Source.SEEN, {"command": command})

    assert holds(at_s=counts_s)
    assert not holds(at_s=counts_s + 1)
    assert all(holds(sent(name)) for name in told)
    assert not any(holds(sent(name)) for name in others)
    assert not holds(sent(ups, "on"))
    assert not holds(sent(ups, t=LOST_S - 1)), "that was another outage's"
    assert not holds(sent(ups, t=counts_s + 51)), "after its end"


@pytest.mark.parametrize("order", FlushOrder)
def test_u5_p6_an_array_that_is_flushed_in_series_was_not_left_alone_while_those_before_it_were(
    site: Site, order: FlushOrder
) -> None:
    """Its servers were down when the mains went, and its turn came after half an hour (ten-arrays, hard seed
    60006)."""
    after = Array("otherdisk", ArrayRole.LINKED, ("ups7",), ("ups7",))
    both = with_more(site, Ups("ups7", 7, "utility", 30.0), after)
    both = replace(both, linkage=replace(both.linkage, flush_order=order))
    late_s = LOST_S + 1900.0

    def holds(ups: str, *flushes: Event) -> bool:
        broken = [Breach("S18", LOST_S + 5000.0, ups, "it was empty", ())]
        changes = [FaultChange(0.0, named("off_ignored"), ups)]
        return excused(broken, changes, both, [*lost(None, ups=ups), *flushes])[1] == []

    own, before = told("otherdisk", late_s, "flush"), told("linkeddisk", LOST_S + 90.0, "flush")
    assert not holds("ups7", own)
    assert holds("ups7", before, own) is (order is FlushOrder.SERIAL)
    assert not holds("ups7", replace(before, t=LOST_S - 1), own), "of another outage"
    assert not holds("ups4", replace(before, subject="otherdisk")), "it waits for none after it"


TOLD_S, GONE_S = LOST_S + 2000.0, LOST_S + 3000.0


def alarm(t: float = TOLD_S, upses: str = "ups2, ups3", rule: str = "S5") -> Event:
    return Event(t, "alarm.raised", "ssccluster", "control1", Source.SEEN, {"rule": rule, "upses": upses})


def told(subject: str, t: float = TOLD_S - 1, command: str = "stop") -> Event:
    return Event(t, "command.sent", subject, "control1", Source.SEEN, {"command": command})


def goes_early(site: Site, *events: Event, of: str = "ups4", rule: str = "S18", at_s: float = GONE_S) -> bool:
    """Whether the battery of ups2, for which the nodes have gone, excuses what is lost then."""
    changes = [FaultChange(0.0, named("load_added"), "ups2", amount=2.0)]
    run = sorted(events, key=lambda e: e.t)
    return excused([Breach(rule, at_s, of, "it was empty", ())], changes, site, run)[1] == []


@pytest.mark.parametrize(("rule", "of"), [("S18", "ups4"), ("L2", "linkeddisk")])
def test_s5_who_was_told_nothing_long_before_the_nodes_went_is_not_lost_by_that(
    site: Site, rule: str, of: str
) -> None:
    """Nobody has told ups4, its disk or its servers anything for 2000 s, and then the nodes go for ups2."""
    lost_mains = lost(None, ups="ups4")

    def holds(*events: Event) -> bool:
        return goes_early(site, *lost_mains, *events, of=of, rule=rule)

    assert not holds(alarm())
    assert not holds(alarm(), alarm(LOST_S - 1), alarm(GONE_S + 1)), "of an outage before, or too late"
    assert not holds(alarm(), alarm(LOST_S + 1, "ups1"), alarm(LOST_S + 1, rule="L3"))
    assert not holds(alarm(), told("ups5"), told("ssccluster"), told("ups4", command="on"))
    assert not holds(alarm(), told("linkeddisk", LOST_S - 1), told("linkeddisk", TOLD_S + 1))
    assert all(holds(alarm(), told(name)) for name in ("rack1", "ups4", "linkeddisk"))
    assert holds(alarm(), alarm(LOST_S + 60)), "the nodes had gone before"


def test_s5_whose_outage_had_hardly_counted_or_was_over_or_who_waits_for_the_linked_side_was_not_neglected(
    site: Site,
) -> None:
    counts_s = LOST_S + site.upses["ups4"].confirm_s + late_looks_s(site) + followed_s(site)
    back = Event(TOLD_S + 1, "ups.on_line", "ups4", "room", Source.FACT, {})
    seen_back = replace(back, source=Source.SEEN)
    lost_mains, down, up = lost(None, ups="ups4"), [], []
    for node in site.cluster.nodes:
        down.append(Event(LOST_S + 1, "server.crashed", node, "room", Source.FACT, {}))
        up.append(Event(TOLD_S - followed_s(site), "server.up", node, "room", Source.FACT, {}))
    assert goes_early(site, *lost_mains, alarm(counts_s), at_s=counts_s + 500)
    assert not goes_early(site, *lost_mains, alarm(counts_s + 1), at_s=counts_s + 500)
    assert goes_early(site, alarm()), "it had mains"
    assert goes_early(site, *lost_mains, alarm(), back), "this is another outage, of which nothing is told"
    assert not goes_early(site, *lost_mains, alarm(), seen_back)
    assert not goes_early(site, *lost_mains, alarm(), replace(back, t=GONE_S + 1))
    assert goes_early(site, *lost_mains, *down, *up, alarm()), "nobody was there to tell it"
    assert not goes_early(site, *lost_mains, *down, *[replace(e, t=e.t - 1) for e in up], alarm())
    assert goes_early(site, *lost(None, ups="ups3"), alarm(), of="ups3")
    assert goes_early(site, *lost_mains, alarm(), of="ssccluster")


@pytest.mark.parametrize(
    ("fault", "on", "cause"),
    [
        ("management_down", "network", ""),
        ("switch_dies", "lan1", ""),
        ("network_loses", "network", ""),
        ("card_silent", "ups4", ""),
        ("node_crashes", "control1", "fault"),
        ("ups_bypassed", "ups1", "power"),
    ],
)
def test_l2_who_was_told_nothing_long_before_it_struck_is_not_lost_by_that(
    site: Site, fault: str, on: str, cause: str
) -> None:
    """His outage had counted for so long that whoever commands, or another, had time to see it and to act."""
    due_s = LOST_S + site.upses["ups4"].confirm_s + late_looks_s(site) + followed_s(site)

    def holds(struck_s: float, *events: Event) -> bool:
        """A card's fault loses no linked disk, which can be flushed."""
        changes = [FaultChange(struck_s, named(fault), on, amount=96.0)]
        other = Event(LOST_S - 99, "server.halted", "control2", "room", Source.FACT, {})
        last = Event(struck_s, "server.crashed", "control1", "room", Source.FACT, {"cause": cause})
        gone = [other, last] if cause else []
        run = sorted([*lost(None, ups="ups4"), *gone, *events], key=lambda e: e.t)
        lost_by_it = [("S18", "ups4"), *([] if on == "ups4" else [("L2", "linkeddisk")])]
        broken = [Breach(rule, GONE_S, of, "it was empty", ()) for rule, of in lost_by_it]
        left = excused(broken, changes, site, run)[1]
        assert left in ([], broken)
        return left == []

    assert holds(due_s)
    assert not holds(due_s + 1)
    assert holds(due_s + 1, told("rack1", due_s)), "he was on his way"
    assert not holds(due_s + 1, told("rack1", due_s + 2)), "too late"
    assert holds(LOST_S - 50)
    assert not holds(due_s + 1, alarm(LOST_S + 1, on)), "it is asked of no alarm"


@pytest.mark.parametrize(
    ("fault", "on"),
    [("switch_dies", "lan1"), ("management_down", "network"), ("network_loses", "network")],
)
def test_n1_p4_a_battery_that_drained_while_nobody_heard_it_is_not_there_for_the_next_outage(
    site: Site, fault: str, on: str
) -> None:
    """The fault is over for long, everybody runs, and nobody could do more about it than to wait."""
    floor_s = last_call_s(site, site.upses["ups4"]) + site.polling.on_battery_s

    def holds(
        *events: Event,
        struck_s: float = LOST_S,
        ends_s: float = 2000.0,
        back_s: float = 2000.0,
        pct: float = 100,
    ) -> bool:
        changes = [FaultChange(struck_s, named(fault), on, amount=pct)]
        changes.append(FaultChange(2000.0, named(fault), on, present=False))
        back = Event(back_s, "ups.on_line", "ups4", "", Source.FACT)
        run = sorted([*lost(1500.0, ups="ups4"), back, *events], key=lambda e: e.t)
        broken = [Breach(rule, 9200.0, of, "", ()) for rule, of in (("S18", "ups4"), ("L2", "linkeddisk"))]
        left = excused(broken, changes, site, run)[1]
        assert left in ([], broken)
        return left == []

    again, more = lost(floor_s, 9000.0, "ups4"), lost(floor_s + 1, 9000.0, "ups4")
    assert holds(*again)
    assert not holds(*more), "it could have been stopped in time"
    assert not holds(*lost(None, 9000.0, "ups4"))
    polled_s = site.polling.on_line_s
    assert holds(*again, struck_s=LOST_S + polled_s, back_s=2000.0 + polled_s)
    assert not holds(*again, struck_s=LOST_S + polled_s + 1), "its mains had been seen to go"
    assert not holds(*again, back_s=2001.0 + polled_s), "it was heard on its battery"
    back = Event(5060.0, "ups.on_line", "ups4", "", Source.FACT)
    assert holds(*lost(floor_s, 5000.0, "ups4"), back, *again)
    assert not holds(*lost(floor_s + 1, 5000.0, "ups4"), back, *again), "it had been charged by then"
    assert holds(*again, pct=96.0)
    assert holds(*again, pct=94.0) is (fault != "network_loses")


@pytest.mark.parametrize(
    ("of", "armed_s", "source", "more_s"),
    [
        ("ups5", LOST_S, Source.FACT, 400.0),
        ("ups5", LOST_S + 1, Source.FACT, 0.0),
        ("ups5", LOST_S - 20, Source.SEEN, 0.0),
        ("ups1", LOST_S - 20, Source.FACT, 0.0),
        ("ups4", LOST_S - 20, Source.FACT, 0.0),
    ],
)
def test_l2_t7_an_array_whose_users_powers_counted_down_as_its_mains_went_has_its_turn_when_they_are_off(
    site: Site, of: str, armed_s: float, source: Source, more_s: float
) -> None:
    """Its servers were told for a word, before that; and then the switch died."""
    counts_s = LOST_S + site.upses["ups4"].confirm_s
    falls_at = {"falls_at": counts_s + 400.0}
    run = [*lost(None, ups="ups4"), Event(armed_s, "ups.off_armed", of, "room", source, falls_at)]
    due_s = counts_s + more_s + late_looks_s(site) + followed_s(site)
    for struck_s, holds in ((due_s, True), (due_s + 1, False)):
        broken = [Breach("L2", GONE_S, "linkeddisk", "it was empty", ())]
        died = [FaultChange(struck_s, named("switch_dies"), "lan1")]
        assert (excused(broken, died, site, sorted(run, key=lambda e: e.t))[1] == []) is holds


@pytest.mark.parametrize(
    ("silent_s", "answers_s", "others_s", "counts"),
    [
        (LOST_S, None, None, False),  # silence alone is no outage
        (LOST_S + 5.1, None, None, True),  # it had told
        (LOST_S, LOST_S + 50.0, None, True),  # and so it has since
        (LOST_S, None, LOST_S + 20.0, True),  # silent beside others without mains it counts as out (U16)
        (LOST_S, None, 4900.0, False),  # which nobody had the time to see
    ],
)
def test_s12_l2_n1_nobody_is_neglected_whose_card_told_nobody_of_his_outage_before_the_lan_died(
    site: Site, silent_s: float, answers_s: float | None, others_s: float | None, counts: bool
) -> None:
    """And when those on his feed lost theirs nobody was heard any more (crowded, 7300157)."""
    run = [*lost(1000.0, ups="ups6"), Event(silent_s, "card.silent", "ups6", "room", Source.FACT)]
    if answers_s is not None:
        run.append(Event(answers_s, "card.answering", "ups6", "room", Source.FACT))
    if others_s is not None:
        run += [e for name in site.upses if name != "ups6" for e in lost(1000.0, others_s, name)]
    broken = [Breach("L2", 6000.0, "rack1", "", ())]
    dies = FaultChange(5000.0, named("switch_dies"), "lan1")
    assert (excused(broken, [dies], site, sorted(run, key=lambda e: e.t))[1] == broken) is counts


def test_s9_p12_a_test_of_a_battery_that_is_too_short_to_wait_cannot_be_told_from_an_outage(
    site: Site,
) -> None:
    """However long it takes: it counts at once (P7; two-feeds, crowded seed 65119)."""
    need_s, at_s = battery_need_s(site, site.upses["ups3"]), LOST_S + 5
    change = FaultChange(0.0, named("self_test"), "ups3", amount=20.0)

    def left(*events: Event, subject: str = "ups3", t: float = at_s) -> list[Breach]:
        return excused([Breach("S9", t, subject, "it had mains", ())], [change], site, events)[1]

    assert left(*lost(need_s - 1)) == []
    assert left(*lost(need_s - 1), subject="controldisk") == [], "whom its outage stops"
    assert left(*lost(need_s - 1), subject="ups5")
    assert left(*lost(need_s)), "it could wait"
    back = Event(LOST_S + 1, "ups.on_line", "ups3", "", Source.FACT)
    assert left(*lost(need_s - 1), back, t=LOST_S + 60), "it is over, and they have seen that"
