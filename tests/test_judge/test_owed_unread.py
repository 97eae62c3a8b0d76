"""Whom a word wants up that who commands cannot read is owed by nobody as long as that lasts (C8, C9, N2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults import catalogue
from sim.story import Asked, ClockStep, FaultChange, Pressed, Wish
from teiden.files.site_file import load_site
from teiden.judge.excuses import judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import Owed, beyond, is_silent, undelayed
from teiden.judge.struck import struck
from teiden.judge.verdict import judge
from tests.excused import holds
from tests.worlds import fault, out, play

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"


def test_c8_c4_whom_a_word_wants_up_that_who_commands_cannot_read_nobody_owes_while_he_cannot(
    site: Site,
) -> None:
    asked = {"wish": "power_on", "id": "r1", "of": "blade1"}
    word = Event(20.0, "request.accepted", "blade1", "control2", Source.SEEN, asked)
    taken = Event(30.0, "lease.taken", "reference", "control1", Source.SEEN, {})

    def kept(name: str, *changes: tuple[float, bool]) -> frozenset[str] | None:
        story = [FaultChange(t, catalogue.named(name), "control2", on, 20.0) for t, on in changes]
        return beyond("L3", struck(story, site), site, [word, taken])

    assert kept("service_upgraded", (10.0, True)) == {"blade1"}, "it has ended, and they differ yet"
    assert kept("site_file_differs", (10.0, True)) == {"blade1"}
    assert kept("peers_apart", (10.0, True)) == {"blade1"}
    assert kept("peers_apart", (10.0, True), (25.0, False)) == frozenset()


def test_n2_nor_once_they_could_as_long_as_who_was_told_is_not_up_again(site: Site) -> None:
    asked = {"wish": "power_on", "id": "r1", "of": "blade1"}
    word = Event(20.0, "request.accepted", "blade1", "control2", Source.SEEN, asked)
    taken = Event(30.0, "lease.taken", "reference", "control1", Source.SEEN, {})
    gone = Event(31.0, "server.halted", "control2", "room", Source.FACT, {})

    def owed(*events: Event, at_s: float = 10.0, until_s: float = 40.0, name: str = "blade1") -> bool:
        parts = catalogue.named("peers_apart")
        story = [FaultChange(t, parts, "control2", t == at_s, 20.0) for t in (at_s, until_s)]
        late = Owed(Breach("L3", 100.0, name, ""), 60.0, 100.0)
        told = [word, taken, *events]
        return bool(undelayed([late], struck(story, site), site, told))

    assert not owed(gone)
    assert owed(), "he is up, and tells it"
    assert owed(gone, Event(50.0, "server.up", "control2", "room", Source.FACT, {}))
    assert owed(gone, name="rack1"), "nobody wants it"
    assert owed(gone, at_s=61.0, until_s=62.0), "that came later"


def test_n3_whose_ups_took_no_off_is_kept_on_by_a_network_only_that_lets_hardly_anything_through(
    site: Site,
) -> None:
    facts = [Event(20.0 + n, "server.halted", f"control{n}", "room", Source.FACT, {}) for n in (1, 2)]
    untaken = Event(20.0, "command.failed", "ups1", "control1", Source.SEEN, {"command": "off"})
    for lost_pct, kept in ((76.0, True), (75.0, False)):
        loses = catalogue.named("network_loses")
        story = [FaultChange(t, loses, "network", t == 10.0, lost_pct) for t in (10.0, 30.0)]
        names = beyond("L3", struck(story, site), site, [untaken, *facts])
        assert names is not None
        assert ("control1" in names, "control2" in names) == (kept, False)


@pytest.mark.parametrize(("until_s", "closes"), [(None, False), (3600.0, True)])
def test_a3_l1_an_incident_waits_for_a_disk_that_works_and_answers_nobody(
    until_s: float | None, closes: bool
) -> None:
    """For good: the cluster ran all the time, on its other feed; nobody was down (two-feeds, seed 60032)."""
    file = load_site(SITES / "two-feeds.yaml")
    unheard = fault("array_unreachable", "controldisk", 100.0, until_s)
    tale = play(out(0, 4100, "ups3"), unheard, site=file.site, model=file.model, until_s=6 * 3600.0)
    breaches = [b for r in judge(tale.events, file.site).invariants for b in r.breaches]
    assert [b.id for b in breaches] == ([] if closes else ["L1"])
    assert judged(breaches, tale.events, tale.happenings, file.site)[1] == []
    silent = [e for e in tale.events if (e.name, e.details.get("rule")) != ("alarm.raised", "A8")]
    assert judged(breaches, silent, tale.happenings, file.site)[1] == breaches, "it is to be said"


@pytest.mark.parametrize("hung_till_s", [2400.0, 6600.0])
def test_l1_l3_c7_who_hung_when_all_were_told_to_go_and_is_up_alone_since_brings_back_nobody(
    hung_till_s: float,
) -> None:
    """Nobody who is up knows of that stop (S28). Had it been well by then, it would have heard."""
    tale = play(
        fault("node_hangs", "control1", -600.0, hung_till_s),
        Asked(1200.0, Wish.HOLD, ("ups3",)),
        Asked(3000.0, Wish.POWER_OFF),
        Pressed(6600.0, "ups1"),
        ClockStep(18_000.0, "rackpool", 1.0),  # a last word, long after
        until_s=18_010.0,
    )
    assert tale.times("server.up control1")
    assert (tale.times("server.up blade1") == []) is (hung_till_s > 3000)
    holds(tale, "node_hangs")


def test_l1_a3_an_incident_waits_for_a_disk_that_answers_nobody_though_it_is_up() -> None:
    """Nobody can see that, and has said so (S11)."""
    tale = play(
        fault("array_unreachable", "linkeddisk", -600.0),
        out(0, 1400, "ups2"),
        ClockStep(15_000.0, "rackpool", 1.0),  # a last word, long after
        until_s=15_010.0,
    )
    assert not tale.all("incident.closed *")
    holds(tale, "array_unreachable")


def test_l1_a3_a_disk_is_silent_from_the_alarm_that_says_so_until_a_node_sees_it_ready() -> None:
    late = Event(20.0, "alarm.raised", "linkeddisk", "control1", Source.SEEN, {"rule": "A8", "text": ""})
    other = replace(late, details={"rule": "S25", "text": ""})
    ready = Event(30.0, "array.ready", "linkeddisk", "control2", Source.SEEN, {})
    assert is_silent([late], "linkeddisk")
    assert is_silent([late, replace(ready, source=Source.FACT), other], "linkeddisk")
    assert is_silent([ready, late], "linkeddisk")
    assert not is_silent([late, ready], "linkeddisk")
    assert not is_silent([other], "linkeddisk")
    assert not is_silent([late], "controldisk")


@pytest.mark.parametrize("for_good", [True, False])
def test_l1_c4_an_incident_waits_for_a_cluster_of_which_who_commands_never_hears_that_it_runs(
    for_good: bool,
) -> None:
    """It restarts while the service on that node begins to say the same for ever (seed 189855)."""
    ends_s = None if for_good else 9000.0
    tale = play(
        fault("enclosures_cut", "controldisk", 600.0, 3000.0),
        out(0, 36),
        fault("cluster_mistaken", "control1", 2324.0, ends_s),
        ClockStep(30_000.0, "rackpool", 1.0),  # a last word, long after
        until_s=30_010.0,
    )
    assert bool(tale.all("incident.closed *")) is not for_good
    breaches = [b for r in judge(tale.events, tale.room.site).invariants for b in r.breaches if b.id == "L1"]
    assert bool(breaches) is for_good
    assert judged(breaches, tale.events, tale.happenings, tale.room.site)[1] == []
    told = [e for e in tale.events if (e.name, e.details.get("rule")) != ("alarm.raised", "L8")]
    assert judged(breaches, told, tale.happenings, tale.room.site)[1] == breaches, "it is to be said"


@pytest.mark.parametrize(
    ("of", "rule", "told_s", "kept"),
    [
        ("ups1", "L1", 30.0, True),
        ("control1", "L1", 30.0, True),
        ("control2", "L1", 30.0, False),
        ("control1", "H1", 30.0, False),
        ("control1", "L1", 5.0, False),
    ],
)
def test_l1_p14_a_person_is_told_to_boot_the_node_on_a_ups_that_is_off_since_it_was_repaired(
    site: Site, of: str, rule: str, told_s: float, kept: bool
) -> None:
    """What it has gone for no journal tells, and nobody switches it on. Where it is on again that tells of
    something else."""
    told = Event(told_s, "alarm.raised", of, "control2", Source.SEEN, {"rule": rule, "text": ""})
    end = Event(40.0, "run.ended", "reference", "room", Source.FACT, {})
    off = Event(10.0, "ups.output_off", "ups1", "room", Source.FACT, {})
    on = replace(off, t=26.0, name="ups.output_on")
    trips = catalogue.named("inrush_trips")
    story = [FaultChange(t, trips, "ups1", t == 10.0, 1.0) for t in (10.0, 25.0)]

    def keeps(*power: Event) -> bool:
        events = sorted([told, end, *power], key=lambda e: e.t)
        names = beyond("L1", struck(story, site), site, events)
        assert names is not None
        return "control1" in names

    assert keeps() is keeps(off) is keeps(off, replace(on, subject="ups2")) is kept
    assert not keeps(off, on)


@pytest.mark.parametrize(("name", "while_up"), [("node_hangs", False), ("service_upgraded", True)])
def test_c7_c8_l3_a_hang_that_is_over_parts_nobody_from_who_is_up_and_knows(
    site: Site, name: str, while_up: bool
) -> None:
    """Two versions do, for good. Who took the command would have heard of the incident, and has not."""
    opened = Event(20.0, "incident.opened", "reference", "control2", Source.SEEN, {"epoch": 1})
    taken = Event(30.0, "lease.taken", "reference", "control1", Source.SEEN, {})
    gone = Event(22.0, "server.halted", "control2", "room", Source.FACT, {})
    of = catalogue.named(name)
    story = [FaultChange(10.0, of, "control1", True, 20.0), FaultChange(25.0, of, "control1", False, 20.0)]
    faults = struck(story, site)
    late = Owed(Breach("L3", 100.0, "blade1", ""), 60.0, 100.0)

    def excused(*events: Event) -> tuple[bool, bool]:
        told = sorted([opened, taken, *events], key=lambda e: e.t)
        return beyond("L3", faults, site, told) is None, not undelayed([late], faults, site, told)

    assert excused(gone) == (True, True)
    assert excused() == (while_up, while_up)
    assert excused(gone, replace(gone, t=50.0, name="server.up")) == (while_up, while_up)
