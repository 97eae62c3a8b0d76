"""What a fault excuses: which rules, for whom, and from when on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.faults.fault import Excuse, Fault, Kind, Reach
from sim.story import FaultChange, MainsChange
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
    """The alarm is about whom it makes go: the cluster, or a node."""
    fault = named("load_added")
    broken = [breach("S18", "ups4", STRUCK_S + 900), breach("L2", "linkeddisk", STRUCK_S + 900)]

    def left(ups: str, text: str, rule: str = "S5") -> list[Breach]:
        alarm = Event(
            STRUCK_S, "alarm.raised", "ssccluster", "control1", Source.SEEN, {"rule": rule, "text": text}
        )
        return excused(broken, [FaultChange(STRUCK_S, fault, ups, amount=2.0)], site, [alarm])[1]

    assert left("ups2", "ups2 holds no longer; not waiting for ups5") == []
    assert left("ups1", "ups2 holds no longer; not waiting for ups5") == broken
    assert left("ups2", "ups2 is silent", "X-09") == broken


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
    hangs = replace(DIES, excuses=(replace(EVERYBODY, said="L5"),))
    broken = [breach("L1", "rack1")]

    def left(*told: tuple[float, str], at: str = "control1", by: str = "control2") -> list[Breach]:
        events = [
            Event(t=t, name=f"server.{state}", subject=by, by="room", source=Source.FACT) for t, state in told
        ]
        return excused(broken, [FaultChange(STRUCK_S, hangs, at, True)], site, events)[1]

    assert left() == broken
    assert left((STRUCK_S - 9, "shutting_down"), (STRUCK_S + 90, "up")) == []
    assert left((STRUCK_S, "crashed")) == []
    assert left((STRUCK_S - 9, "halted"), (STRUCK_S + 1, "up")) == broken
    assert left((STRUCK_S - 9, "halted"), (STRUCK_S + 0.5, "up"), (STRUCK_S + 2, "crashed")) == broken
    assert left((STRUCK_S - 9, "halted"), (STRUCK_S - 5, "booting"), (STRUCK_S - 3, "up")) == broken
    assert left((STRUCK_S + 0.5, "shutting_down")) == broken
    assert left((STRUCK_S - 9, "halted"), by="rack1") == broken
    assert left((STRUCK_S - 9, "halted"), at="ups5") == broken


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
