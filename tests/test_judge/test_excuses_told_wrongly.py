"""What is cut by one who was told wrongly, or could not know: only where he was, or could not (S1, S2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, fact, left, seen

CUT_S = STRUCK_S + 800.0


def off(t: float, ups: str = "ups6") -> Event:
    return seen(t, "command.sent", ups, command="off")


def falls(ups: str = "ups6") -> Event:
    return Event(CUT_S, "ups.output_off", ups, "room", Source.FACT, {"cause": "command"})


def test_h2_s1_who_says_too_early_that_he_is_halted_must_have_been_heard_to_say_so(site: Site) -> None:
    """Whoever cut him without having asked at all was excused."""
    breach = Breach("S1", CUT_S, "rack1", "", (off(CUT_S - 180.0), falls()))
    heard = seen(CUT_S - 300.0, "server.halted", "rack1")

    def counts(*events: Event) -> bool:
        return left(site, breach, "down_told_early", "rack1", *events, ends=False)

    assert counts()
    assert not counts(heard)
    assert counts(seen(CUT_S - 300.0, "server.halted", "rack2"))
    assert counts(replace(heard, source=Source.FACT)), "nobody has seen it"
    assert counts(replace(heard, name="server.up"))
    assert counts(replace(heard, t=STRUCK_S - 1.0)), "that was true"
    assert counts(replace(heard, t=CUT_S + 1.0))
    assert counts(heard, fact(CUT_S - 200.0, "server.booting", "rack1")), "it has booted since"
    assert not counts(fact(CUT_S - 400.0, "server.booting", "rack1"), heard)


@pytest.mark.parametrize(("rule", "subject"), [("S2", "linkeddisk"), ("S5", "ssccluster")])
def test_h2_s2_s5_so_must_each_who_runs_on_where_a_disk_is_cut_or_the_cluster_stops(
    site: Site, rule: str, subject: str
) -> None:
    """His UPS's card is silent, so nobody sees that he has power yet (seed 7000482)."""
    deed = off(CUT_S, "ups4") if rule == "S2" else seen(CUT_S, "command.sent", "ssccluster", command="stop")
    down = [fact(CUT_S - 400.0, "server.halted", s.name) for s in site.linked_servers if s.name != "rack1"]
    heard = seen(CUT_S - 300.0, "server.halted", "rack1")

    def counts(*events: Event, of: str = "rack1", at: str = subject) -> bool:
        run = sorted(events, key=lambda e: e.t)
        return left(site, Breach(rule, CUT_S, at, "", (deed,)), "down_told_early", of, *run, ends=False)

    assert not counts(*down, heard)
    assert counts(*down)
    assert counts(*down[1:], heard), "another one runs on, and says so"
    assert counts(*down, heard, fact(CUT_S - 350.0, "server.halted", "rack1")), "nobody runs on"
    assert counts(*down, heard, fact(CUT_S - 200.0, "server.booting", "rack1"))
    assert counts(*down, heard, of="blade1"), "he is down"
    assert counts(*down, heard, at="controldisk" if rule == "S2" else "ups3")


def test_p13_s1_a_ups_whose_output_is_gone_makes_up_for_no_off_that_was_told_after_that(site: Site) -> None:
    """Whoever lived on it has another feed left, and that can be seen."""

    def counts(told_s: float) -> bool:
        breach = Breach("S1", CUT_S, "rack1", "", (off(told_s), falls()))
        return left(site, breach, "ups_fails", "ups6", ends=False)

    assert not counts(STRUCK_S)
    assert counts(STRUCK_S + 1.0)


@pytest.mark.parametrize(
    ("fault", "of"), [("written_after_flush", "linkeddisk"), ("array_undeclared", "control2")]
)
def test_a4_h10_s2_what_somebody_writes_after_every_flush_excuses_nobody_who_has_not_flushed(
    fault: str, of: str, site: Site
) -> None:
    """Or who uses it, and the site file does not say so: that it has been flushed was heard late (99599)."""
    asked = seen(CUT_S - 400.0, "command.sent", "linkeddisk", command="flush")
    users = [fact(CUT_S - 500.0, "server.halted", s.name) for s in site.users_of("linkeddisk")]
    flushed = fact(CUT_S - 300.0, "array.flushed", "linkeddisk")

    def counts(*events: Event, shown: tuple[Event, ...] = (asked,)) -> bool:
        breach = Breach("S2", CUT_S, "linkeddisk", "", (*shown, off(CUT_S - 200.0, "ups4"), falls("ups4")))
        run = sorted(events, key=lambda e: e.t)
        return left(site, breach, fault, of, *run, ends=False)

    assert not counts(*users, flushed)
    assert counts(*users, flushed, shown=()), "it was never flushed"
    assert counts(*users), "it has not been flushed yet"
    assert counts(*users, replace(flushed, t=CUT_S - 401.0)), "that was another flush"
    assert counts(*users, replace(flushed, t=CUT_S + 1.0))
    assert counts(*users, replace(flushed, subject="controldisk"))
    assert counts(*users, replace(flushed, source=Source.SEEN)), "the room tells of none"
    assert counts(*users[1:], flushed), "one of them runs yet"
    assert counts(*users, flushed, fact(CUT_S - 350.0, "server.booting", "rack1")), "he uses it again"
    assert not counts(*users, flushed, fact(CUT_S - 350.0, "server.booting", "control1"))


@pytest.mark.parametrize(("rule", "of"), [("S18", "ups4"), ("L2", "linkeddisk")])
def test_u10_s5_the_nodes_that_believe_a_card_which_tells_too_little_are_gone_when_others_end(
    site: Site, rule: str, of: str
) -> None:
    """As an alarm says while the card does so; one that tells too much sends nobody away (213638, 218269)."""
    alarm = seen(STRUCK_S + 300.0, "alarm.raised", "ssccluster", rule="S5", upses="ups2")
    gone = [fact(CUT_S - 0.5, "server.halted", node) for node in site.cluster.nodes]

    def counts(*events: Event, amount: float = 0.001, on: str = "ups2") -> bool:
        breach = Breach(rule, CUT_S, of, "", (off(CUT_S - 180.0), falls()))
        return left(site, breach, "runtime_unit_wrong", on, *events, *gone, ends=False, amount=amount)

    assert not counts(alarm)
    assert counts()
    assert counts(alarm, amount=60.0), "it holds longer than that: nobody goes for it"
    assert counts(alarm, on="ups1"), "they go for another one"
    assert counts(replace(alarm, t=STRUCK_S - 1.0))


def test_u18_s5_what_nobody_tells_is_reckoned_and_the_nodes_may_go_early_for_that(site: Site) -> None:
    """As an alarm says, while its card does so (P4)."""
    alarm = seen(STRUCK_S + 300.0, "alarm.raised", "ssccluster", rule="S5", upses="ups3")

    def counts(*events: Event, on: str = "ups3", subject: str = "ssccluster") -> bool:
        deed = seen(CUT_S, "command.sent", subject, command="stop")
        return left(site, Breach("S5", CUT_S, subject, "", (deed,)), "battery_not_told", on, *events, deed)

    assert not counts(alarm)
    assert not counts(alarm, subject="ups1")
    assert counts(), "they go for nothing"
    assert counts(alarm, on="ups2"), "for another one"
    assert counts(replace(alarm, t=STRUCK_S - 1.0))
