"""What a fault excuses: which rules, for whom, and from when on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.faults.fault import Excuse, Fault, Kind, Reach
from sim.story import FaultChange, MainsChange
from teiden.judge.alone import whole_stop_s
from teiden.judge.excuses import Excused, excused
from teiden.judge.invariants.invariant import Breach

STRUCK_S = 700.0
OWN = Excuse("S18", Reach.SUBJECT, "it gives no warning")
LOADS = Excuse("S1", Reach.LOADS, "what it feeds falls with it")
EVERYBODY = Excuse("L1", Reach.ALL, "nobody can be brought up")
DIES = Fault(("P13",), "ups_dies", Kind.UPS, "it is dead", lambda *_: None, (OWN, LOADS, EVERYBODY))


def struck(subject: str = "ups5", at_s: float = STRUCK_S, present: bool = True) -> FaultChange:
    return FaultChange(at_s, DIES, subject, present)


def breach(rule: str, subject: str, t: float = STRUCK_S + 1) -> Breach:
    return Breach(rule, t, subject, "it broke")


def test_a_breach_is_excused_by_the_fault_that_names_its_rule(site: Site) -> None:
    of_ups, of_load = breach("S18", "ups5"), breach("S1", "blade1")

    found, left = excused([of_ups, of_load], [MainsChange(0.0, "utility", True), struck()], site)

    assert found == [Excused(of_ups, struck(), OWN), Excused(of_load, struck(), LOADS)]
    assert found[1].why == "what it feeds falls with it"
    assert left == []


def test_another_rule_is_not_excused(site: Site) -> None:
    broken = breach("S2", "ups5")

    assert excused([broken], [struck()], site) == ([], [broken])


@pytest.mark.parametrize("subject", ["rack1", "ups6", "linkeddisk", "reference"])
def test_nobody_else_is_excused(site: Site, subject: str) -> None:
    broken = [breach("S1", subject), breach("S18", subject)]

    assert excused(broken, [struck()], site) == ([], broken)


def test_an_excuse_for_everybody_is_one_for_everybody(site: Site) -> None:
    found, left = excused([breach("L1", "rack1"), breach("L1", "reference")], [struck()], site)

    assert len(found) == 2
    assert not left


def test_what_broke_before_the_fault_struck_is_not_excused(site: Site) -> None:
    early, just = breach("S1", "blade1", STRUCK_S - 1), breach("S1", "blade1", STRUCK_S)

    found, left = excused([early, just], [struck()], site)

    assert [e.breach for e in found] == [just]
    assert left == [early]


def test_a_fault_that_has_been_mended_still_excuses_what_it_did(site: Site) -> None:
    mended = struck(at_s=STRUCK_S + 5, present=False)

    assert not excused([breach("S1", "blade1", STRUCK_S + 900)], [struck(), mended], site)[1]


def test_setting_a_fault_back_is_no_fault(site: Site) -> None:
    assert not excused([breach("S1", "blade1")], [struck(present=False)], site)[0]


def test_the_first_fault_that_excuses_is_named_in_whatever_order_the_story_tells(site: Site) -> None:
    later, first = struck(at_s=STRUCK_S + 10), struck()

    found, _ = excused([breach("S1", "blade1", STRUCK_S + 20)], [later, first], site)

    assert [e.by for e in found] == [first]


def test_a_fault_elsewhere_does_not_hide_the_one_that_excuses(site: Site) -> None:
    found, _ = excused([breach("S1", "blade1")], [struck("ups6", STRUCK_S - 50), struck()], site)

    assert [e.by.subject for e in found] == ["ups5"]


def test_an_excuse_that_needs_an_alarm_counts_only_where_it_was_raised_about_the_one_at_fault(
    site: Site,
) -> None:
    said = replace(EVERYBODY, said="L5")
    happened = [FaultChange(STRUCK_S, replace(DIES, excuses=(said,)), "ups5", True)]
    broken = [breach("L1", "rack1")]

    def alarm(subject: str, rule: str) -> Event:
        return Event(
            t=STRUCK_S,
            name="alarm.raised",
            subject=subject,
            by="control2",
            source=Source.SEEN,
            details={"rule": rule},
        )

    assert excused(broken, happened, site)[1] == broken
    assert excused(broken, happened, site, [alarm("ups6", "L5"), alarm("ups5", "L1")])[1] == broken
    assert excused(broken, happened, site, [alarm("ups5", "L5")])[1] == []


def test_s5_an_excuse_that_needs_word_of_a_batterys_end_counts_only_where_that_ups_was_named(
    site: Site,
) -> None:
    """The alarm is about whom it makes go: the cluster, or a node. Another of S5 names no UPS so."""
    fault = named("load_added")
    broken = [breach("S18", "ups4", STRUCK_S + 900), breach("L2", "linkeddisk", STRUCK_S + 900)]

    def left(ups: str, rule: str = "S5", at_s: float = STRUCK_S, **details: str) -> list[Breach]:
        alarm = Event(at_s, "alarm.raised", "ssccluster", "control1", Source.SEEN, {"rule": rule, **details})
        return excused(broken, [FaultChange(STRUCK_S, fault, ups, amount=2.0)], site, [alarm])[1]

    assert left("ups2", upses="ups2") == []
    assert left("ups2", upses="ups1, ups2") == []
    assert left("ups1", upses="ups2") == broken
    assert left("ups2", text="ups2 is heard again, and is still on; it is told to go off once more") == broken
    assert left("ups2", "X-09", upses="ups2") == broken
    assert left("ups2", at_s=STRUCK_S + 900, upses="ups2") == []
    assert left("ups2", at_s=STRUCK_S - 1, upses="ups2") == broken, "of an earlier outage"
    assert left("ups2", at_s=STRUCK_S + 901, upses="ups2") == broken, "too late to be why"


def test_a7_an_array_that_says_ready_for_longer_than_it_must_hold_excuses_its_own_users(site: Site) -> None:
    fault, hold_s = named("ready_told_early"), site.start.ready_hold_s
    early = [breach("S8", "blade1"), breach("S6", "ssccluster")]

    def left(array: str, amount_s: float) -> list[Breach]:
        return excused(early, [FaultChange(STRUCK_S, fault, array, amount=amount_s)], site)[1]

    assert left("linkeddisk", hold_s) == early
    assert left("controldisk", hold_s) == early
    assert left("linkeddisk", hold_s + 0.1) == early[1:]
    assert left("controldisk", hold_s + 0.1) == early[:1]
    woken = breach("S6", "blade1")
    of_linked = [FaultChange(STRUCK_S, fault, "linkeddisk", amount=600.0)]
    assert excused([woken], of_linked, site)[1] == [woken], "the cluster does not wait for it"


def test_a8_an_array_that_takes_longer_than_the_way_up_waits_for_it_excuses_whoever_needs_it(
    site: Site,
) -> None:
    fault, limit_s = named("ready_late"), site.start.array_limit_s
    down = [breach("L1", "ssccluster"), breach("L1", "blade1")]

    def left(array: str, amount_s: float) -> list[Breach]:
        starts = Event(STRUCK_S, "array.starting", array, "room", Source.FACT)
        return excused(down, [FaultChange(STRUCK_S, fault, array, amount=amount_s)], site, [starts])[1]

    assert left("controldisk", limit_s) == down, "the stages of the way up hold that"
    assert left("controldisk", limit_s + 0.1) == []
    assert left("linkeddisk", limit_s + 0.1) == down[:1]


def test_a_boot_excuses_only_an_off_that_was_told_before(site: Site) -> None:
    own = Excuse("S1", Reach.SUBJECT, "its power counts down already", told=True)
    runs = Fault(("H11",), "boots", Kind.POOL, "it is booted", lambda *_: None, (own,))
    boots = FaultChange(STRUCK_S, runs, "bladepool")

    def off(at_s: float, command: str = "off") -> Breach:
        sent = Event(at_s, "command.sent", "ups5", "control1", Source.SEEN, {"command": command})
        return Breach("S1", STRUCK_S + 9, "bladepool", "it crashed", (sent,))

    found, left = excused([off(STRUCK_S - 1), off(STRUCK_S + 1), off(STRUCK_S - 1, "on")], [boots], site)
    assert [e.breach for e in found] == [off(STRUCK_S - 1)]
    assert len(left) == 2


def test_an_excuse_for_what_nobody_could_have_seen_in_time_ends_soon(site: Site) -> None:
    soon = replace(EVERYBODY, within_s=10.0)
    boots = FaultChange(STRUCK_S, replace(DIES, excuses=(soon,)), "ups5")
    in_time, later = breach("L1", "rack1", STRUCK_S + 10.0), breach("L1", "rack1", STRUCK_S + 10.001)
    assert excused([in_time, later], [boots], site)[1] == [later]


def test_where_no_other_node_is_up_to_raise_it_no_alarm_is_needed(site: Site) -> None:
    hangs = replace(DIES, excuses=(replace(EVERYBODY, said="L5"),), idles=True)
    broken = [breach("L1", "rack1")]

    def left(
        *told: tuple[float, str],
        at: str = "control1",
        by: str = "control2",
        cause: str = "fault",
        sent: tuple[Event, ...] = (),
    ) -> list[Breach]:
        events = [
            *sent,
            *(Event(t, f"server.{state}", by, "room", Source.FACT, {"cause": cause}) for t, state in told),
        ]
        return excused(broken, [FaultChange(STRUCK_S, hangs, at, True)], site, events)[1]

    assert left() == broken
    assert left((STRUCK_S - 9, "shutting_down"), (STRUCK_S + 90, "up")) == []
    assert left((STRUCK_S, "crashed")) == []
    assert left((STRUCK_S - 9, "halted"), (STRUCK_S + 0.5, "up")) == [], "too late for a whole stop"
    assert left((STRUCK_S - 9, "halted"), (STRUCK_S + 0.5, "up"), (STRUCK_S + 2, "crashed")) == []
    assert left((STRUCK_S - 9, "halted"), (STRUCK_S - 5, "booting"), (STRUCK_S - 3, "up")) == broken
    assert left((STRUCK_S + 0.5, "shutting_down")) == [], "somebody else told it"
    stops = [
        said_to(STRUCK_S + 0.4, "command.sent", "control2", subject, command=command)
        for subject, command in (("control2", "shutdown"), ("ssccluster", "restart"))
    ]
    for ours in stops:
        assert left((STRUCK_S + 0.5, "shutting_down"), sent=(ours,)) == broken, "it was there until then"
        again = (STRUCK_S + 0.45, "up"), (STRUCK_S + 0.5, "shutting_down")
        assert left(*again, sent=(ours,)) == [], "told before"
    other = said_to(STRUCK_S + 0.4, "command.sent", "control2", "control1", command="shutdown")
    wake = said_to(STRUCK_S + 0.4, "command.sent", "control1", "control2", command="wake")
    assert left((STRUCK_S + 0.5, "shutting_down"), sent=(other, wake)) == []
    assert left((STRUCK_S + 0.5, "crashed")) == []
    assert left((STRUCK_S + 0.5, "crashed"), cause="power") == broken, "it had to see to that itself"
    assert left((STRUCK_S - 0.5, "crashed"), cause="power") == []
    before = said_to(STRUCK_S - 10, "command.sent", "control2", "control2", command="shutdown")
    assert left((STRUCK_S - 9, "shutting_down"), sent=(before,)) == [], "gone before"
    assert left((STRUCK_S - 9, "halted"), by="rack1") == broken
    assert left((STRUCK_S - 9, "halted"), at="ups5") == broken


@pytest.mark.parametrize(("up_s", "counts"), [(0.0, False), (-0.1, True)])
def test_who_comes_up_and_finds_it_hanging_has_the_time_of_a_whole_stop(
    site: Site, up_s: float, counts: bool
) -> None:
    hangs = replace(DIES, excuses=(replace(EVERYBODY, said="L5"),), idles=True)
    up_s += STRUCK_S + 9
    broken = [breach("L1", "rack1", STRUCK_S + 9 + whole_stop_s(site))]
    events = [
        Event(t, f"server.{state}", "control2", "room", Source.FACT)
        for t, state in ((STRUCK_S - 9, "halted"), (up_s, "up"))
    ]
    left = excused(broken, [FaultChange(STRUCK_S, hangs, "control1", True)], site, events)[1]
    assert left == (broken if counts else [])


def test_whoever_takes_the_last_node_is_excused_for_what_nobody_tells_to_go_off_then(site: Site) -> None:
    last = replace(EVERYBODY, last=True)
    empty = replace(DIES, excuses=(last,))
    broken = [breach("L1", "linkeddisk", STRUCK_S + 900)]

    def fact(t: float, name: str, node: str) -> Event:
        return Event(t, name, node, "room", Source.FACT, {"cause": "power"})

    first, second = (
        fact(STRUCK_S, "server.halted", "control1"),
        fact(9 + STRUCK_S, "server.crashed", "control2"),
    )
    for ups, events, left in (
        ("ups2", [first, second], []),
        ("ups1", [first, second], broken),
        ("ups2", [second], broken),
        ("ups2", [first, second, fact(STRUCK_S + 800, "server.up", "control1")], broken),
    ):
        assert excused(broken, [FaultChange(STRUCK_S, empty, ups)], site, events)[1] == left


def said_to(t: float, name: str, by: str, subject: str = "reference", **details: str) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


@pytest.mark.parametrize("fault", ["site_file_differs", "service_upgraded"])
def test_c8_c9_nobody_is_brought_back_by_who_commands_and_reads_nothing_of_who_stopped_him(
    site: Site, fault: str
) -> None:
    def event(t: float, name: str, by: str, epoch: int = 2) -> Event:
        return Event(STRUCK_S + t, name, "reference", by, Source.SEEN, {"epoch": epoch})

    opened, taken = event(10, "incident.opened", "control2"), event(20, "lease.taken", "control1")
    broken = [breach("L1", "rack1", STRUCK_S + 90), breach("L3", "linkeddisk", STRUCK_S + 90)]

    def left(*events: Event) -> list[Breach]:
        story = [FaultChange(STRUCK_S, named(fault), "control2", amount=0.5)]
        return excused(broken, story, site, events)[1]

    assert left(opened, taken) == []
    assert left(opened, taken, event(30, "lease.taken", "control2")) == broken, "it commands itself"
    assert left(opened) == left(taken) == broken
    heard = event(15, "journal.heard", "control1")
    assert left(opened, heard, taken) == broken
    for other in (event(15, "journal.heard", "control2"), event(15, "journal.heard", "control1", epoch=1)):
        assert left(opened, other, taken) == []
    assert left(event(5, "journal.heard", "control1"), opened, taken) == [], "of another one"
    assert left(opened, taken, event(95, "lease.taken", "control2")) == [], "later"


def test_n2_what_was_no_word_of_anybody_is_not_excused(site: Site) -> None:
    deed = said_to(STRUCK_S + 60, "command.sent", "control1", "blade1", command="wake")
    for events in ((deed,), (said_to(STRUCK_S + 9, "server.up", "control2"), deed)):
        broken = [Breach("S28", deed.t, "blade1", "it had not run", events)]
        assert excused(broken, [FaultChange(STRUCK_S, named("N2"), "control1")], site, events)[1] == broken


@pytest.mark.parametrize("fault", ["journal_broken", "journal_full", "journal_torn", "journal_on_array"])
def test_c5_what_no_journal_kept_is_forgotten_once_nobody_lives_who_heard_it(site: Site, fault: str) -> None:
    told = said_to(STRUCK_S + 10, "hold.set", "control1", "ups5")
    deed = said_to(STRUCK_S + 90, "command.sent", "control1", "ups5", command="off")
    broken = [Breach("S27", deed.t, "ups5", "it is held", (told, deed))]
    on_array = fault == "journal_on_array"
    subject = "linkeddisk" if on_array else "control1"

    def left(*begun: tuple[float, str, str], by: Source = Source.FACT) -> list[Breach]:
        begun = (*((8.0, "array.off", subject),) * on_array, *begun)
        events = [Event(STRUCK_S + t, name, node, "room", by, {}) for t, name, node in begun]
        return excused(broken, [FaultChange(STRUCK_S, named(fault), subject)], site, [told, *events, deed])[1]

    both = (20.0, "server.up", "control1"), (90.0, "service.died", "control2")
    assert left(*both) == []
    assert left(both[0]) == broken, "control2 knows it"
    assert left(both[0], (10.0, "server.up", "control2")) == broken, "not since"
    assert left(both[0], (90.5, "server.up", "control2")) == broken, "not yet"
    for name in ("server.halted", "server.forced", "server.crashed"):
        assert left(both[0], (50.0, name, "control2")) == [], name
    kept = [] if on_array else broken
    assert left(both[0], (50.0, "server.up", "control2")) == kept, "and has read it in a journal that is well"
    died = (50.0, "service.died", "control2")
    assert left(both[0], died) == []
    assert left(both[0], died, (60.0, "server.up", "control2")) == kept
    assert left(both[0], died, (60.0, "server.up", "rack1")) == []
    assert left(both[0], (50.0, "server.shutting_down", "control2")) == broken, "its service is there yet"
    assert left(both[0], (50.0, "server.up", "rack1")) == broken
    assert left(*both, by=Source.SEEN) == broken
    down = (5.0, "server.crashed", "control2")
    assert left(both[0], down) == [], "it was down then, and is"
    assert left(both[0], (10.0, *down[1:])) == [], "in that instant"
    assert left(both[0], (1.0, "server.up", "control2"), down) == []
    for name in ("server.halted", "server.booting"):
        assert left(both[0], (5.0, name, "control2")) == [], name
    assert left(both[0], down, (50.0, "server.booting", "control2")) == []
    assert left(both[0], down, (50.0, "server.up", "control2")) == [], "and so it has ended what it knew"
    assert left(both[0], down, (8.0, "server.up", "control2")) == broken, "it was up then"
    assert left(both[0], down, (90.0, "server.up", "control2")) == []
    assert left(both[0], (5.0, "server.crashed", "rack1")) == broken
    ended = [Event(deed.t - 1, "server.halted", node, "room", Source.FACT) for node in site.cluster.nodes]
    says = [Event(deed.t - 0.5, "lease.taken", "reference", "control2", Source.SEEN)]
    struck = [FaultChange(STRUCK_S, named(fault), subject)]
    off = [Event(told.t, "array.off", subject, "room", Source.FACT)] * on_array
    assert excused(broken, struck, site, [*off, told, *ended, deed])[1] == []
    assert excused(broken, struck, site, [*off, told, *ended, *says, deed])[1] == kept, "it is there again"
    no_word = [Breach("S27", deed.t, "ups5", "it is held", (replace(told, name="card.silent"), deed))]
    assert excused(no_word, struck, site, [*off, told, *ended, deed])[1] == no_word
    deed_alone = [Breach("S28", deed.t, "blade1", "it had not run", (deed,))]
    assert excused(deed_alone, struck, site, [*off, *ended, deed])[1] == deed_alone


@pytest.mark.parametrize(("name", "subject", "is_one"), [("N6", "network", True), ("U2", "ups5", False)])
def test_s17_while_no_card_at_all_answers_a_node_is_woken_on_mains_that_nobody_can_see(
    site: Site, name: str, subject: str, is_one: bool
) -> None:
    """As somebody says who waits no longer. The dead card of another UPS is no reason."""
    woken, said = breach("S17", "control2"), said_to(STRUCK_S, "alarm.raised", "control1", "ups2", rule="S17")
    found, left = excused([woken], [FaultChange(STRUCK_S, named(name), subject)], site, [said])
    assert ([e.breach for e in found], left) == (([woken], []) if is_one else ([], [woken]))


@pytest.mark.parametrize("fault", ["card_silent", "card_silent_on_battery", "authentication_fails"])
def test_u2_u16_a_card_that_nobody_waits_for_any_more_may_hide_that_its_mains_are_away(
    site: Site, fault: str
) -> None:
    """Silence on a feed that has mains is that of a dead card, or of one that is silent on its battery."""
    broken = [breach("S17", "control2")]
    alarm = said_to(STRUCK_S, "alarm.raised", "control1", "ups2", rule="S17")

    def left(*events: Event, ups: str = "ups2") -> list[Breach]:
        return excused(broken, [FaultChange(STRUCK_S, named(fault), ups)], site, events)[1]

    assert left(alarm) == []
    assert left() == broken, "it was to be waited for"
    assert left(said_to(STRUCK_S, "alarm.raised", "control1", "ups5", rule="S17"), ups="ups5") == broken
