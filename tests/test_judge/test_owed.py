"""Who is owed his return: whom no fault keeps down; and from when on."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from sequencer.events import Event, Source
from sequencer.requests import Wish
from sequencer.site import Site
from sim.faults import catalogue
from sim.story import Asked, Booted, FaultChange, Happening, Managed, Manager, Pressed
from teiden.judge.excuses import judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import beyond
from teiden.judge.struck import calm_s, struck
from teiden.judge.verdict import judge
from tests.excused import holds
from tests.owing import is_delayed
from tests.worlds import fault, out, play, reference_site


def change(name: str, subject: str, at_s: float, present: bool = True) -> FaultChange:
    return FaultChange(at_s, catalogue.named(name), subject, present)


def owed(*happenings: Happening) -> list[str]:
    """Of L1 and L3 after the reference outage, in the words of the judge."""
    site = reference_site()
    tale = play(out(0, 7200), *happenings, until_s=12 * 3600.0)
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    return [b.text for b in judged(breaches, tale.events, tale.happenings, site)[1]]


def test_a_fault_ends_when_it_is_set_back_and_one_that_cannot_end_lasts() -> None:
    site = reference_site()
    on, off = change("card_silent", "ups5", 10.0), change("card_silent", "ups5", 20.0, False)
    other = change("card_silent", "ups6", 15.0, False)
    done = change("foreign_off", "ups5", 5.0)
    assert [(s.by, s.until_s) for s in struck([off, other, on, done], site)] == [(done, inf), (on, 20.0)]
    assert calm_s(struck([off, on, done], site)) == 20.0
    assert calm_s(struck([done], site)) == 5.0
    assert calm_s([]) == 0.0


def test_c12_anothers_off_is_undone_when_its_ups_is_on_again() -> None:
    site, done = reference_site(), change("foreign_off", "ups5", 5.0)

    def until_s(*told: tuple[float, str, str], by: Source = Source.FACT) -> float:
        armed = Event(5.0, "ups.off_armed", "ups5", "room", Source.FACT, {})
        events = [armed, *(Event(t, name, ups, "room", by, {}) for t, name, ups in told)]
        return struck([done], site, events)[0].until_s

    assert until_s((400.0, "ups.output_off", "ups5"), (900.0, "ups.output_on", "ups5")) == 900.0
    assert until_s((5.0, "ups.output_on", "ups5"), (900.0, "ups.output_on", "ups6")) == inf
    assert until_s((900.0, "ups.output_on", "ups5"), by=Source.SEEN) == inf
    lasts = change("card_silent", "ups5", 5.0)
    assert (
        struck([lasts], site, [Event(9.0, "ups.output_on", "ups5", "room", Source.FACT, {})])[0].until_s
        == inf
    )


def test_c1_a_service_that_is_begun_anew_by_itself_is_dead_until_then_at_the_latest() -> None:
    dies = FaultChange(10.0, catalogue.named("service_dies"), "control1", True, 300.0)
    back = FaultChange(20.0, catalogue.named("service_dies"), "control1", False)
    assert calm_s(struck([dies], reference_site())) == 310.0
    assert calm_s(struck([dies, back], reference_site())) == 20.0


def test_u17_l3_an_array_whose_card_takes_nothing_is_owed_when_both_sides_agree_again() -> None:
    """Its UPS was off, as its battery had ended: nobody could switch it on until then."""
    refuses = FaultChange(10.0, catalogue.named("authentication_fails"), "ups3", True, 2700.0)
    site = reference_site()
    assert calm_s(struck([refuses], site)) == 2710.0
    assert beyond("L3", struck([refuses], site), site) == frozenset()
    tale = play(out(0, 1600), fault("authentication_fails", "ups3", 1590, amount=3000), until_s=3 * 3600.0)
    holds(tale, "authentication_fails")
    assert tale.at("array.ready controldisk") > 1590 + 3000


def test_c7_a_service_that_goes_on_by_itself_has_stood_still_until_then() -> None:
    """What it kept from coming back is owed from then on; one that exchanges no rows ever after says so."""
    site = reference_site()
    stalls = FaultChange(10.0, catalogue.named("service_stalls"), "control1", True, 60.0)
    upgraded = FaultChange(10.0, catalogue.named("service_upgraded"), "control1", True, 60.0)
    (one,), (other,) = struck([stalls], site), struck([upgraded], site)
    assert (one.until_s, other.until_s) == (70.0, 70.0)
    assert beyond("L1", [one], site) == beyond("L3", [one], site) == frozenset()
    assert "control1" in (beyond("L1", [other], site) or ())


def test_n6_cards_that_come_back_one_by_one_are_away_until_the_last_of_them_is_there() -> None:
    dark, back = (FaultChange(t, catalogue.named("N6"), "network", t < 20, 60.0) for t in (10.0, 20.0))
    assert calm_s(struck([dark, back], reference_site())) == 20.0 + 5 * 60.0


def test_a_fault_that_lasts_keeps_down_whom_it_says_and_one_that_ended_nobody(site: Site) -> None:
    dead, well = change("card_silent", "ups6", 10.0), change("card_silent", "ups6", 20.0, False)
    assert beyond("L1", struck([dead], site), site) == {"ups6", "rack1", "rack2", "rackpool", site.name}
    assert beyond("L1", struck([dead, well], site), site) == frozenset()
    assert beyond("L1", struck([change("traps_lost", "ups3", 10.0)], site), site) == frozenset()


def test_what_it_did_may_stay_done(site: Site) -> None:
    ignores = [change("off_ignored", "ups1", 10.0), change("off_ignored", "ups1", 20.0, False)]
    assert beyond("L1", struck(ignores, site), site) == {"control1", site.name}


def test_a8_what_is_ready_within_its_limit_keeps_nobody_down(site: Site) -> None:
    limit_s, array = site.start.array_limit_s, "linkeddisk"
    late, just = (FaultChange(10.0, catalogue.named("A8"), array, amount=s) for s in (limit_s + 1, limit_s))
    starts = [Event(20.0, "array.starting", array, "room", Source.FACT)]
    assert array in (beyond("L1", struck([late], site), site, starts) or ())
    assert beyond("L1", struck([just], site), site, starts) == frozenset()
    for begun, kept in ((late, True), (just, False)):
        ended = [begun, replace(begun, at_s=5000.0, present=False)]
        not_up = Breach("L1", 6000.0, "rack1", "")
        assert is_delayed(not_up, 4000.0, struck(ended, site), site, starts) is kept


def test_everybody_is_everybody(site: Site) -> None:
    assert beyond("L3", struck([change("management_down", "network", 10.0)], site), site) is None


def test_who_hangs_on_a_ups_that_never_gives_power_again_is_not_owed_and_others_are() -> None:
    assert owed(*fault("ups_fails", "ups5", 960)) == []
    assert owed(*fault("ups_fails", "ups3", 960)) == []  # the control disk, and so everybody


def test_c2_nobody_is_owed_while_the_last_node_is_dead_though_it_is_booted_by_hand_in_the_end() -> None:
    """Its power stays on; the other one was shut down by the manager of the cluster."""
    site = reference_site()
    shut = Managed(-200.0, Manager.SHUTDOWN, "control2")
    dies, booted = fault("node_crashes", "control1", 2000), Booted(9000.0, "control1")
    tale = play(out(0, 100), out(300, 12000, "ups6"), shut, dies, booted, until_s=6 * 3600.0)
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert {b.subject for b in breaches} == {"control1"}
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    untold = [h for h in tale.happenings if not isinstance(h, FaultChange)]
    assert judged(breaches, tale.events, untold, site)[1] == breaches
    (died,) = struck([h for h in tale.happenings if isinstance(h, FaultChange)], site, tale.events)
    for breach in breaches:
        assert is_delayed(breach, breach.t - 1030.0, [died], site, tale.events)
        after = replace(breach, t=breach.t + 12000.0)
        assert not is_delayed(after, after.t - 1030.0, [died], site, tale.events), "it is up again"
        other = replace(breach, id="L8")
        assert not is_delayed(other, other.t - 1030.0, [died], site, tale.events)


def test_c12_nobody_is_owed_while_no_node_is_left_who_would_start_him() -> None:
    """Another manager has told the UPS of either node to stay off, one after the other."""
    ups1, ups2 = change("foreign_off", "ups1", 2700.0), change("foreign_off", "ups2", 2700.0)
    assert owed(ups1, ups2) == []


def test_who_is_kept_down_by_no_fault_is_owed_though_no_node_is_up() -> None:
    """The one that is told of is over; that neither node boots, the judge is not told."""
    site = reference_site()
    silent = [change("card_silent", "ups1", 1560.0), change("card_silent", "ups1", 1800.0, False)]
    stuck = [fault("server_does_not_boot", node) for node in site.cluster.nodes]
    tale = play(out(0, 7200), *silent, *stuck, until_s=12 * 3600.0)
    told = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject in site.servers)]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    left = {b.id: b.text for b in judged(breaches, tale.events, told, site)[1]}
    assert set(left) == {"L1", "L3"}
    assert left["L1"].startswith("control1, control2, blade1")


def test_h7_who_has_to_be_woken_is_owed_by_nobody_who_is_down_himself() -> None:
    """Of the fault that keeps the other one down the judge is told first, and then not."""
    ac_link, stuck = fault("ac_link_unset", "control2"), fault("server_does_not_boot", "control1")
    tale = play(out(0, 7200), ac_link, stuck, until_s=12 * 3600.0)
    site = reference_site()
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    told = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "control1")]
    left = judged(breaches, tale.events, told, site)[1]
    assert {b.subject for b in left} == {"control1"}


RELEASE = Asked(3330.0, Wish.RELEASE, ("ups2",), "somebody")
"""The other one is up, for a minute: nobody wakes anybody in so short a time."""


@pytest.mark.parametrize("then", [[], [RELEASE]], ids=["held", "released"])
def test_c12_s27_nor_while_the_other_one_is_in_somebodys_hands_or_was_when_it_halted(
    then: list[Happening],
) -> None:
    """Its UPS is not told to go off; the first one is by another, as soon as it has come back."""
    site = reference_site()
    off, hold = change("foreign_off", "ups1", 3065.0), Asked(100.0, Wish.HOLD, ("ups2",), "somebody")
    tale = play(out(0, 3000), off, hold, then, until_s=12 * 3600.0)
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert breaches
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []
    untold = [h for h in tale.happenings if not isinstance(h, FaultChange)]
    assert judged(breaches, tale.events, untold, site)[1], "that other one is owed"


@pytest.mark.long
def test_c12_they_are_owed_as_soon_as_one_is_up_again() -> None:
    """Somebody has pressed its button; and rack1 does not boot, by a fault of which the judge is not told."""
    site = reference_site()
    ups1, ups2 = change("foreign_off", "ups1", 2700.0), change("foreign_off", "ups2", 2700.0)
    back, stuck = Pressed(9000.0, "ups1"), fault("server_does_not_boot", "rack1")
    tale = play(out(0, 7200), ups1, ups2, back, stuck, until_s=12 * 3600.0)
    told = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "rack1")]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    left = judged(breaches, tale.events, told, site)[1]
    assert {b.id for b in left} == {"L1", "L3"}
    assert all("rack1" in b.text for b in left)


@pytest.mark.long
def test_another_device_that_stays_down_beside_it_is_still_found() -> None:
    """rack1 does not boot, by a fault of which the judge is not told."""
    site = reference_site()
    tale = play(
        out(0, 7200),
        fault("ups_fails", "ups5", 960),
        fault("server_does_not_boot", "rack1"),
        until_s=12 * 3600.0,
    )
    told = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "rack1")]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    left = judged(breaches, tale.events, told, site)[1]
    assert {b.id for b in left} == {"L1", "L3"}
    assert all("rack1" in b.text and "blade" not in b.text for b in left)


def test_c9_whoever_goes_by_longer_times_waits_for_more_charge_and_nobody_for_more_than_that() -> None:
    site = reference_site()
    longer = FaultChange(0.0, catalogue.named("site_file_differs"), "control1", True, 10.0)
    tale = play(out(0, 1500), longer, fault("server_does_not_boot", "rack1"), until_s=12 * 3600.0)
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert {b.subject for b in breaches} >= {"linkeddisk", "rack1"}
    told = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "rack1")]
    left = judged(breaches, tale.events, told, site)[1]
    assert {b.subject for b in left} == {"rack1"}
    shorter = [replace(h, amount=0.5) if isinstance(h, FaultChange) else h for h in told]
    left = judged(breaches, tale.events, shorter, site)[1]
    assert {b.subject for b in left} >= {"linkeddisk", "rack1"}, "not by less charge"


def test_an_unexcused_return_is_left_as_it_is(site: Site) -> None:
    late = Breach("L1", 50.0, "rack1", "rack1 not up")
    assert judged([late], [], [change("traps_lost", "ups3", 10.0)], site) == ([], [late])


@pytest.mark.parametrize("command", ["control1", "control2"])
def test_c9_whom_a_node_stopped_that_nobody_reads_is_owed_while_it_commands(site: Site, command: str) -> None:
    """For good: `beyond` says whom a fault keeps down when the run ends."""
    change = FaultChange(0.0, catalogue.named("site_file_differs"), "control2", True, 0.5)
    events = [
        Event(t, name, "reference", by, Source.SEEN, {"epoch": 1})
        for t, name, by in ((5.0, "incident.opened", "control2"), (9.0, "lease.taken", command))
    ]
    kept = beyond("L3", struck([change], site, events), site, events)
    assert kept == (None if command == "control1" else frozenset())


def test_c12_r9_01_a_cluster_whose_last_node_went_before_anothers_off_fell_needs_its_operator() -> None:
    """The other one boots still: it leads nothing, and nobody but the operator starts the cluster."""
    site = reference_site()
    tale = play(out(-600, 5000, "ups2"), fault("foreign_off", "ups1", 5150), until_s=8 * 3600.0)
    (stopped,) = tale.all("cluster.stopped ssccluster")
    assert "it needs the operator" in stopped.details["cause"]
    assert [t for t in tale.times("server.up control2") if t > 5150]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    assert judged(breaches, tale.events, tale.happenings, site)[1] == []


def by_word(subject: str, rule: str = "L5", t: float = 5.0) -> list[Event]:
    return [Event(t, "alarm.raised", subject, "control1", Source.SEEN, {"rule": rule, "text": ""})]


def test_n2_parted_nodes_that_say_that_nobody_commands_owe_nobody(site: Site) -> None:
    parted = struck([change("nodes_parted", "control2", 5.0)], site)

    def kept(events: list[Event]) -> frozenset[str] | None:
        return beyond("L3", parted, site, events)

    assert kept(by_word("control2")) is None
    assert kept(by_word("control2", t=4.9)) is None, "nobody is told twice of what stands already"
    assert kept(by_word("control1")) == frozenset()
    assert kept(by_word("control2", rule="L3")) == kept([]) == frozenset()
    other = Event(5.0, "step.waiting", "control2", "control1", Source.SEEN, {"rule": "L5"})
    assert kept([other]) == frozenset()


def test_p13_who_hangs_on_a_ups_that_nobody_is_there_to_switch_on_is_not_owed(site: Site) -> None:
    repaired = struck([change("ups_fails", "ups1", 10.0), change("ups_fails", "ups1", 90.0, False)], site)
    facts = [
        Event(t, name, subject, "room", Source.FACT, {})
        for t, name, subject in (
            (5.0, "server.halted", "control1"),
            (10.0, "ups.output_off", "ups1"),
            (20.0, "server.halted", "control2"),
            (200.0, "run.ended", "reference"),
        )
    ]
    assert beyond("L1", repaired, site, facts) == {"ups1", "control1", site.name}
    assert beyond("L1", repaired, site, [e for e in facts if e.subject != "control2"]) == frozenset()
    later = [replace(e, t=150.0) if e.subject == "ups1" else e for e in facts]
    assert beyond("L1", repaired, site, later) == frozenset(), "it went off when it had been repaired"


@pytest.mark.parametrize("opened_by", ["control1", "control2"])
@pytest.mark.parametrize(
    ("begins", "heard", "forgot"),
    [
        ("server.up", None, True),
        ("service.begun", None, True),
        ("server.halted", None, False),
        ("server.up", 1, True),
        ("server.up", 2, False),
        ("server.up", 3, False),
    ],
)
def test_c6_what_a_torn_journal_has_lost_is_owed_by_nobody(
    site: Site, begins: str, heard: int | None, forgot: bool, opened_by: str
) -> None:
    """Who knew of the incident begins anew, and reads of nothing, or of an earlier one."""
    torn = struck([FaultChange(1.0, catalogue.named("journal_torn"), "control1", True, 9.0)], site)
    opened = Event(5.0, "incident.opened", "reference", opened_by, Source.SEEN, {"epoch": 2})
    before = Event(5.0, "journal.heard", "reference", "control1", Source.SEEN, {"epoch": 2})
    anew = Event(9.0, begins, "control1", "room", Source.FACT, {})
    other = Event(9.2, "server.up", "control2", "room", Source.FACT, {})
    reads = Event(9.5, "journal.heard", "reference", "control1", Source.SEEN, {"epoch": heard})
    lease = Event(10.0, "lease.taken", "reference", "control1", Source.SEEN, {})
    events = [before, opened, anew, other, *([] if heard is None else [reads]), lease]
    assert beyond("L1", torn, site, events) == (None if forgot else frozenset())


def test_c6_a_return_is_delayed_where_who_commanded_had_heard_of_nothing_when_its_time_began() -> None:
    """control2 opens the incident, and goes; control1, its journal broken, commands, and hears at 300 s."""
    site = reference_site()
    events = [
        Event(100.0, "incident.opened", "reference", "control2", Source.SEEN, {"epoch": 2}),
        Event(150.0, "server.halted", "control2", "room", Source.FACT, {}),
        Event(200.0, "lease.taken", "reference", "control1", Source.SEEN, {}),
        Event(300.0, "journal.heard", "reference", "control1", Source.SEEN, {"epoch": 2}),
    ]

    def is_late(begun_s: float, rule: str = "L3", broken_s: float = 50.0, name: str = "journal_torn") -> bool:
        faults = struck([change(name, "control1", broken_s), change(name, "control1", 150.0, False)], site)
        breach = Breach(rule, begun_s + 1980.0, "linkeddisk", "late", ())
        return is_delayed(breach, begun_s, faults, site, events)

    assert is_late(250.0)
    assert not is_late(310.0), "it knew"
    assert not is_late(250.0, rule="L8")
    assert not is_late(250.0, broken_s=260.0), "the disk was well then"
    assert not is_late(250.0, name="card_slow")


@pytest.mark.parametrize(
    ("at_s", "name", "cause", "kept"),
    [
        (900.0, "server.crashed", "power", True),
        (899.0, "server.crashed", "power", False),
        (901.0, "server.crashed", "power", False),
        (900.0, "server.crashed", "system", False),
        (900.0, "server.halted", "power", False),
    ],
)
def test_u19_who_is_plugged_right_again_and_dies_of_that_is_owed_nothing(
    at_s: float, name: str, cause: str, kept: bool
) -> None:
    """His own UPS was off, since he lived on another; whoever has his plug in his hand sees to it."""
    site, mixed = reference_site(), fault("loads_mixed_up", "ups6", 100.0, 900.0)
    events = [Event(at_s, name, "rack1", "room", Source.FACT, {"cause": cause})]
    for rule in ("L1", "L3"):
        assert beyond(rule, struck(mixed, site, events), site, events) == ({"rack1"} if kept else set())
