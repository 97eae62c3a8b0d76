"""What a fault excuses because nobody else was there: no node who follows, none who comes back."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.faults.fault import Excuse, Fault, Kind, Reach
from sim.story import FaultChange
from teiden.judge.alone import whole_stop_s
from teiden.judge.excuses import excused, judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.verdict import judge
from tests.worlds import fault, out, play


def breach(rule: str, subject: str, t: float) -> Breach:
    return Breach(rule, t, subject, "it broke")


FOLLOWED = Excuse("L5", Reach.SUBJECT, "who hangs follows nobody", alone=True)
HANGS = Fault(("C7",), "hangs", Kind.NODE, "it hangs", lambda *_: None, (FOLLOWED,))


@pytest.mark.parametrize(
    ("down_s", "back_s", "holds"),
    [(700.0, 2000.0, True), (700.0, 995.0, False), (900.0, 2000.0, False), (700.0, 1000.0, True)],
)
def test_l5_who_hangs_need_follow_nobody_where_the_other_has_been_down_all_that_time(
    site: Site, down_s: float, back_s: float, holds: bool
) -> None:
    events = [
        Event(down_s, "server.halted", "control1", "room", Source.FACT),
        Event(back_s, "server.up", "control1", "room", Source.FACT),
    ]
    hangs = FaultChange(500.0, HANGS, "control2", True)
    found, _ = excused([breach("L5", "control2", 1000.0)], [hangs], site, events)
    assert bool(found) is holds


def test_u2_l3_the_alarm_that_the_nodes_stay_up_counts_for_the_upses_that_it_names(site: Site) -> None:
    """And no other alarm of that rule."""
    stays = Excuse("S18", Reach.WAITING, "the nodes stay up", said="L3")
    dead = FaultChange(500.0, Fault(("U2",), "dead", Kind.UPS, "", lambda *_: None, (stays,)), "ups2", True)
    empty = [breach("S18", "ups3", 1000.0)]

    def told(subject: str, **details: str) -> bool:
        event = Event(600.0, "alarm.raised", subject, "control1", Source.SEEN, {"rule": "L3", **details})
        return bool(excused(empty, [dead], site, [event])[0])

    assert told("ssccluster", upses="ups1, ups2")
    assert not told("ssccluster", upses="ups1")
    assert not told("ups2")


def test_c10_who_ran_by_an_old_row_may_be_started_again(site: Site) -> None:
    broken = [breach("S28", "blade1", 701.0), breach("S28", "ups5", 701.0), breach("S27", "blade1", 701.0)]
    found, left = excused(broken, [FaultChange(700.0, named("C10"), "control1")], site)
    assert [e.breach for e in found] == broken[:2], "by the UPS of his, too"
    assert left == broken[2:]


@pytest.mark.parametrize("rule", ["S9", "S10", "S28", "S31", "L10"])
def test_c10_an_outage_that_is_written_down_counts_whatever_is_planned(site: Site, rule: str) -> None:
    broken = [breach(rule, "linkeddisk", 710.0)]

    def left(*happens: tuple[float, str]) -> list[Breach]:
        events = [Event(t, name, "reference", "control2", Source.SEEN) for t, name in happens]
        return excused(broken, [FaultChange(700.0, named("C10"), "control1")], site, events)[1]

    assert left() == left((700.0, "incident.closed"), (710.0, "incident.closed")) == []
    assert left((705.0, "incident.opened")) == []
    assert left((709.0, "incident.closed")) == broken, "that one is over"


# Nobody follows whoever idles, and the others idle too


IDLES = Fault(("C7",), "idles", Kind.NODE, "", lambda *_: None, idles=True)
HOLDS = Fault(
    ("C4",),
    "holds",
    Kind.NODE,
    "it holds the group",
    lambda *_: None,
    (Excuse("S18", Reach.ALL, "nobody may follow it", said="L5"),),
    idles=True,
)


def empties(site: Site, *idle: FaultChange, told: tuple[Event, ...] = ()) -> bool:
    """Whether it is excused that a battery ends, with no alarm about control1, whom nobody may follow."""
    holds = FaultChange(0.0, HOLDS, "control1", True)
    found, _ = excused([breach("S18", "ups5", 2000.0)], [holds, *idle], site, told)
    return bool(found)


def idle(at_s: float, *, ends: bool = False) -> FaultChange:
    return FaultChange(at_s, IDLES, "control2", not ends)


def system(t: float, what: str, node: str = "control2", by: str = "room", **details: str) -> Event:
    source = Source.FACT if by == "room" else Source.SEEN
    return Event(t, f"server.{what}", node, by, source, details)


def test_s18_c7_from_which_moment_the_other_is_not_there(site: Site) -> None:
    assert empties(site, idle(2000.0))
    assert empties(site, told=(system(2000.0, "halted"),))
    assert not empties(site, told=(system(2000.1, "halted"),))
    assert empties(site, told=(system(0.0, "crashed", cause="power"),)), "with the fault, or before it"
    assert not empties(site, told=(system(0.1, "crashed", cause="power"),)), (
        "he was there, and had to see to it"
    )


def test_s18_c7_only_the_rooms_word_of_the_nodes_systems_counts(site: Site) -> None:
    assert not empties(site, told=(system(1000.0, "halted", by="control1"),))
    assert not empties(site, told=(system(1000.0, "forced"),)), "that it has halted is told for itself"
    assert empties(site, told=(system(1000.0, "halted"), system(1100.0, "up", "rack1")))


def test_s18_c7_where_the_other_idles_nobody_is_there_to_raise_an_alarm(site: Site) -> None:
    assert empties(site, idle(100.0))
    assert not empties(site), "the other is there"
    assert not empties(site, idle(2000.1)), "he was there then"
    harmless = Fault(("C1",), "harmless", Kind.NODE, "", lambda *_: None)
    assert not empties(site, FaultChange(100.0, harmless, "control2", True))


@pytest.mark.parametrize(("ends_s", "holds"), [(530.0, True), (529.9, False)])
def test_s18_c7_who_has_been_there_again_for_a_whole_stop_had_to_see_to_it(
    site: Site, ends_s: float, holds: bool
) -> None:
    assert whole_stop_s(site) == 1470
    assert empties(site, idle(100.0), idle(ends_s, ends=True)) is holds


@pytest.mark.parametrize(("boots_s", "holds"), [(530.0, True), (529.9, False)])
def test_s18_c7_a_service_that_idles_begins_anew_with_its_system(
    site: Site, boots_s: float, holds: bool
) -> None:
    told = (
        system(100.0, "up"),
        system(250.0, "up", "control1"),
        system(boots_s, "up"),
        system(1000.0, "up", "control1"),
    )
    assert empties(site, idle(100.0), told=told) is holds
    assert empties(site, idle(600.0), told=told), "it has not been up since"


UNSEEN = Excuse("S1", Reach.SUBJECT, "nobody is up when it boots", unseen=True)
COMES_BACK = Fault(("H5",), "comes", Kind.LINKED, "it boots again", lambda *_: None, (UNSEEN,))


@pytest.mark.parametrize(
    ("last_s", "boots_s", "back_s", "counts"),
    [
        (700.0, 800.0, 2000.0, True),
        (700.0, 700.0, 2000.0, True),
        (700.0, 695.0, 2000.0, True),  # no poll has shown it
        (700.0, 694.9, 2000.0, False),  # it was there to be seen
        (700.0, 800.0, 950.0, False),  # somebody is up again, and sees it
        (700.0, None, 2000.0, False),  # it has not booted
        (1100.0, 1050.0, 2000.0, False),
    ],
)
def test_h5_s1_nobody_sees_who_boots_when_no_node_is_at_work_any_more(
    site: Site, last_s: float, boots_s: float | None, back_s: float, counts: bool
) -> None:
    events = [
        Event(500.0, "server.halted", "control1", "room", Source.FACT),
        Event(last_s, "server.halted", "control2", "room", Source.FACT),
        Event(back_s, "server.up", "control1", "room", Source.FACT),
        Event(1200.0, "server.booting", "rack1", "room", Source.FACT),  # once it has crashed
    ]
    if boots_s is not None:
        events.append(Event(boots_s, "server.booting", "rack1", "room", Source.FACT))
    events.append(Event(600.0, "server.booting", "rack2", "room", Source.FACT))
    comes = FaultChange(400.0, COMES_BACK, "rack1", True)
    found, _ = excused([breach("S1", "rack1", 1000.0)], [comes], site, sorted(events, key=lambda e: e.t))
    assert bool(found) is counts


DEAF = Excuse("S2", Reach.ALL, "nobody hears who uses it", deaf=True)
LOST = Fault(("N3",), "lost", Kind.NETWORK, "nothing is answered", lambda *_: None, (DEAF,))


def seen(t: float, name: str, subject: str, by: str = "control1", **details: str) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


def cut_unheard(site: Site, *events: Event, booted: tuple[str, ...] = ("blade1",)) -> bool:
    """linkeddisk is cut at 1000 s by what control1 told at 950 s; blade1 has booted at 800 s."""
    told = seen(950.0, "command.sent", "ups4", command="off")
    down = ("blade1", "blade2", "rack1", "rack2")
    facts = [Event(500.0, "server.halted", name, "room", Source.FACT) for name in down]
    facts += [Event(800.0, "server.booting", name, "room", Source.FACT) for name in booted]
    run = sorted((*facts, told, *events), key=lambda e: e.t)
    broken = Breach("S2", 1000.0, "linkeddisk", "it was cut", (seen(900.0, "command.sent", "x"), told))
    return bool(excused([broken], [FaultChange(400.0, LOST, "network", True)], site, run)[0])


def test_n3_o1_s2_nobody_is_to_blame_for_a_cut_under_who_has_booted_unheard(site: Site) -> None:
    assert cut_unheard(site)
    assert cut_unheard(site, booted=("blade1", "rack1"))
    assert cut_unheard(site, seen(700.0, "server.halted", "blade1")), "before"
    assert cut_unheard(site, seen(960.0, "server.up", "blade1")), "too late"
    assert cut_unheard(site, seen(900.0, "server.up", "blade1", by="control2")), "another node"
    assert cut_unheard(site, seen(900.0, "server.halted", "rack2")), "somebody else"
    assert cut_unheard(site, seen(900.0, "journal.committed", "blade1")), "of itself"


def test_s2_who_was_heard_or_has_run_all_the_time_is_known(site: Site) -> None:
    assert not cut_unheard(site, seen(800.0, "server.booting", "blade1"))
    assert not cut_unheard(site, seen(950.0, "server.up", "blade1"))
    assert not cut_unheard(site, booted=()), "nobody uses it"
    ran = Event(960.0, "server.up", "pool", "room", Source.FACT)
    assert cut_unheard(site, ran)
    told = seen(950.0, "command.sent", "ups4", command="off")
    changes = [FaultChange(400.0, LOST, "network", True)]
    broken = Breach("S2", 1000.0, "linkeddisk", "it was cut", (told,))
    assert not excused([broken], changes, site, [told])[0], "they have run since the beginning"
    asleep = [Event(500.0, "server.halted", n, "room", Source.FACT) for n in ("blade2", "rack1", "rack2")]
    boots = Event(800.0, "server.booting", "blade1", "room", Source.FACT)
    untold = Breach("S2", 1000.0, "linkeddisk", "it was cut", (boots,))
    assert not excused([untold], changes, site, [*asleep, boots])[0], "nobody has told its OFF"


def test_s2_who_has_crashed_or_boots_with_the_cut_does_not_use_it(site: Site) -> None:
    crashed = Event(870.0, "server.crashed", "blade1", "room", Source.FACT)
    assert not cut_unheard(site, crashed)
    boots = Event(1000.0, "server.booting", "blade1", "room", Source.FACT)
    assert not cut_unheard(site, boots, booted=())


LEFT = {"rule": "S5", "upses": "ups1"}


def left_behind(
    site: Site,
    *,
    rule: str = "S1",
    subject: str = "control2",
    hangs_s: float = 400.0,
    says: tuple[str, str, dict[str, str]] | None = ("control1", "control1", LEFT),
    says_s: float = 500.0,
    systems: tuple[tuple[float, str, str], ...] = (),
) -> bool:
    """control2 hangs at its stop, and control1's battery ends; at 1000 s power falls that it had told."""
    facts = [(500.0, "shutting_down", "control2"), (500.0, "shutting_down", "control1")]
    facts += [(520.0, "crashed", "control1"), *systems, (1000.0, "crashed", "control2")]
    events = [Event(t, f"server.{what}", node, "room", Source.FACT) for t, what, node in facts]
    if says is not None:
        node, of, details = says
        events.append(Event(says_s, "alarm.raised", of, node, Source.SEEN, details))
    events.sort(key=lambda event: event.t)
    hangs = FaultChange(hangs_s, named("node_hangs"), "control2", True)
    return bool(excused([breach(rule, subject, 1000.0)], [hangs], site, events)[0])


@pytest.mark.parametrize(("rule", "subject"), [("S1", "control2"), ("S2", "controldisk")])
def test_c7_p6_s1_s2_a_node_that_hangs_is_left_to_the_fall_when_the_others_battery_ends(
    rule: str, subject: str, site: Site
) -> None:
    """Who was to force it says that he waits no longer, and is dark by then; it sees to nothing itself."""
    assert left_behind(site, rule=rule, subject=subject)
    assert left_behind(site, rule=rule, subject=subject, hangs_s=500.0)
    assert not left_behind(site, rule=rule, subject=subject, hangs_s=501.0), "it hung later"
    assert not left_behind(site, rule=rule, subject=subject, says=None)
    assert not left_behind(site, rule=rule, subject=subject, says_s=1000.1), "it said so when that was over"


@pytest.mark.parametrize(
    "says",
    [
        ("control1", "control1", {"rule": "L3", "upses": "ups1"}),
        ("control1", "control1", {"rule": "S5"}),  # somebody else shut it down: it was not the battery
        ("control1", "ssccluster", LEFT),  # of the linked side
        ("control2", "control2", LEFT),  # its own word
    ],
)
def test_c7_s1_nor_is_it_by_another_word(says: tuple[str, str, dict[str, str]], site: Site) -> None:
    assert not left_behind(site, says=says)


@pytest.mark.parametrize(
    "systems",
    [
        ((990.0, "up", "control1"),),  # somebody is there who could force it
        ((450.0, "up", "control2"), (501.0, "up", "control2")),  # it does not go down
        ((999.0, "halted", "control2"), (999.5, "booting", "control2")),
    ],
)
def test_c7_s1_nor_where_a_node_is_up_or_it_does_not_go_down(
    systems: tuple[tuple[float, str, str], ...], site: Site
) -> None:
    assert not left_behind(site, systems=systems)


@pytest.mark.parametrize(("rule", "subject"), [("S1", "rack1"), ("S2", "linkeddisk"), ("S1", "control1")])
def test_c7_s1_s2_nor_is_anybody_beside_it(rule: str, subject: str, site: Site) -> None:
    assert not left_behind(site, rule=rule, subject=subject)


@pytest.mark.parametrize(
    ("fault", "of", "struck_s", "ended_s", "holds"),
    [
        ("ups_bypassed", "ups1", 900.0, None, True),
        ("ups_bypassed", "ups1", 901.0, None, False),  # something else had taken it
        ("ups_bypassed", "ups1", 700.0, 900.0, True),
        ("ups_bypassed", "ups1", 700.0, 899.0, False),
        ("ups_bypassed", "ups2", 900.0, None, False),  # of another's UPS
        ("loads_mixed_up", "ups6", 900.0, None, True),  # the next one of the site is ups1
        ("loads_mixed_up", "ups2", 900.0, None, False),
        ("card_silent", "ups1", 700.0, None, False),  # that takes nobody's power
        ("node_crashes", "control1", 700.0, None, False),
    ],
)
@pytest.mark.parametrize("idle", ["service_stalls", "node_hangs"])
def test_c7_p10_who_loses_his_power_by_a_fault_leaves_who_stands_still_alone(
    idle: str, fault: str, of: str, struck_s: float, ended_s: float | None, holds: bool, site: Site
) -> None:
    """For want of power he has seen it come, and had to tell them before he went (seed 862331)."""
    gone = Event(900.0, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})
    stands = FaultChange(500.0, named(idle), "control2", True, 25_000.0)
    taken = [FaultChange(struck_s, named(fault), of, True)]
    taken += [] if ended_s is None else [FaultChange(ended_s, named(fault), of, False)]
    empty = breach("S18", "ups4", 2400.0)
    assert excused([empty], [stands], site, [gone])[1] == [empty]
    assert bool(excused([empty], [stands, *taken], site, [gone])[0]) is holds
    told = Event(800.0, "command.sent", "control1", "control2", Source.SEEN, {"command": "shutdown"})
    assert not excused([empty], [stands, *taken], site, [told, gone])[0], "he was told to go"


@pytest.mark.parametrize(
    ("fault", "cause", "holds"),
    [
        ("ups_bypassed", "fault", True),
        ("ups_bypassed", "exhausted", False),
        ("inrush_trips", "exhausted", False),
        ("battery_aged", "exhausted", True),
        ("battery_aged", "command", False),
    ],
)
@pytest.mark.parametrize("idles", [False, True])
def test_l2_p10_p14_a_fault_that_took_nobodys_power_excuses_no_battery_that_ran_empty_under_the_last_node(
    fault: str, cause: str, holds: bool, idles: bool, site: Site
) -> None:
    """It was there, and did nothing: whoever stayed up until the battery was empty had time to command. The
    other one was down before, or stands still."""
    fell = Event(900.0, "ups.output_off", "ups1", "room", Source.FACT, {"cause": cause})
    gone = Event(900.0, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})
    before = Event(300.0, "server.halted", "control2", "room", Source.FACT)
    stands = FaultChange(500.0, named("service_stalls"), "control2", True, 25_000.0)
    story = [*([stands] if idles else []), FaultChange(600.0, named(fault), "ups1", True, 50.0)]
    events = [*([] if idles else [before]), fell, gone]
    for rule, of in (("S18", "ups4"), ("L2", "linkeddisk")):
        assert bool(excused([breach(rule, of, 2400.0)], story, site, events)[0]) is holds


@pytest.mark.parametrize(("late_s", "holds"), [(0.0, True), (1.0, False)])
def test_l2_p10_nor_does_one_that_was_over_long_before(late_s: float, holds: bool, site: Site) -> None:
    """What it held up takes as long as a whole stop."""
    story = [FaultChange(t, named("ups_bypassed"), "ups1", t == 100.0) for t in (100.0, 200.0)]
    gone_s = 200.0 + whole_stop_s(site) + late_s
    before = Event(50.0, "server.halted", "control2", "room", Source.FACT)
    gone = Event(gone_s, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})
    assert bool(excused([breach("L2", "linkeddisk", 9e4)], story, site, [before, gone])[0]) is holds


@pytest.mark.parametrize(("amount", "holds"), [(1.0, False), (3.0, True)])
def test_c7_p7_nor_where_that_fault_is_as_weak_as_none(amount: float, holds: bool, site: Site) -> None:
    """His battery lasts as it was planned: whoever let it run empty had to see to it."""
    gone = Event(900.0, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})
    stands = FaultChange(500.0, named("service_stalls"), "control2", True, 25_000.0)
    added = FaultChange(600.0, named("load_added"), "ups1", True, amount)
    assert bool(excused([breach("S18", "ups4", 2400.0)], [stands, added], site, [gone])[0]) is holds


def test_c7_p10_a_node_without_a_battery_and_one_that_stands_still_lose_every_battery_and_are_not_blamed(
    site: Site,
) -> None:
    """Nobody commands while the mains are away (seed 862331)."""
    stands = fault("service_stalls", "control2", -100.0, amount=25_000.0)
    tale = play(out(0, 1800), stands, fault("ups_bypassed", "ups1", -50.0))
    lost = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("S18", "L2")]
    assert {"ups5", "ups6", "ups4", "rack1", "linkeddisk"} <= {b.subject for b in lost}
    assert judged(lost, tale.events, tale.happenings, site)[1] == []
    for alone in ("control2", "ups1"):
        told = [h for h in tale.happenings if isinstance(h, FaultChange) and h.subject == alone]
        assert judged(lost, tale.events, told, site)[1], "one of them is not enough"
