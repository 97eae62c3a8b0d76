"""Whom an incident had stopped that no journal has kept, when another one was opened over it (C5, C6)."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from sequencer.events import Event, Source
from sim.faults import catalogue
from sim.story import FaultChange
from teiden.judge.invariants.invariant import Breach
from teiden.judge.last_node import LastNode
from teiden.judge.lost_incident import heard_again, is_known, stopped_by_the_lost
from teiden.judge.owed import beyond
from teiden.judge.struck import Struck, struck
from tests.owing import is_delayed
from tests.worlds import reference_site


def said(t: float, name: str, by: str, **details: Any) -> Event:
    return Event(t, name, "reference", by, Source.SEEN, details)


def begins(t: float, node: str, name: str = "service.begun") -> Event:
    return fact(t, name, node)


def fact(t: float, name: str, device: str) -> Event:
    return Event(t, name, device, "room", Source.FACT, {})


FIRST = said(5.0, "incident.opened", "control2", epoch=2)
DOWN = (fact(6.0, "server.halted", "rack1"), fact(6.5, "array.off", "disk"), fact(6.5, "server.up", "blade1"))
ANEW = begins(8.0, "control2", "server.up")
OVER = said(10.0, "incident.opened", "control2", epoch=1)
LOST = (FIRST, *DOWN, ANEW, OVER)


def test_c5_who_was_down_when_another_was_opened_over_it_is_found_until_he_comes_up() -> None:
    assert stopped_by_the_lost(LOST, 9.9) == set()
    assert stopped_by_the_lost(LOST, 10.0) == {"rack1", "disk"}
    later = (*LOST, fact(12.0, "array.ready", "disk"), fact(13.0, "array.off", "disk"))
    assert stopped_by_the_lost(later, 11.9) == {"rack1", "disk"}
    assert stopped_by_the_lost(later, 20.0) == {"rack1"}
    seen = Event(12.0, "server.up", "rack1", "control2", Source.SEEN, {})
    assert stopped_by_the_lost((*LOST, seen), 20.0) == {"rack1", "disk"}


TAKES = said(11.0, "lease.taken", "control1")
GOES = fact(11.0, "server.halted", "control2")
"""It had opened the incident, and knows it."""


@pytest.mark.parametrize(
    ("events", "heard"),
    [
        ((FIRST, TAKES), True),
        ((FIRST, GOES, TAKES), False),
        ((FIRST, GOES, TAKES, begins(20.0, "control2", "server.up")), True),
        ((FIRST, GOES, TAKES, begins(20.5, "control2", "server.up")), True),
        ((FIRST, GOES, TAKES, begins(30.0, "control2", "server.up")), True),
        ((FIRST, GOES, TAKES, begins(30.5, "control2", "server.up")), False),
        ((FIRST, GOES, TAKES, begins(25.0, "control1", "server.up")), False),
        ((FIRST, GOES, TAKES, fact(25.0, "server.booting", "control2")), False),
        ((FIRST, GOES, TAKES, said(25.0, "server.up", "control2")), False),
        ((FIRST, said(11.0, "lease.taken", "control2")), False),
        ((FIRST, GOES, said(12.0, "journal.heard", "control3", epoch=2), TAKES), True),
        ((FIRST, GOES), False),
        ((TAKES,), False),
        ((*LOST, GOES, TAKES), False),
    ],
)
def test_c8_who_commands_hears_of_it_from_who_is_up_when_they_are_parted_no_more(
    events: tuple[Event, ...], heard: bool
) -> None:
    assert heard_again(events, 20.0, 30.0) is heard
    assert not heard_again(events, 30.5, 30.0), "they are parted yet"


@pytest.mark.parametrize(("came_s", "heard"), [(2.0, True), (20.5, True), (24.0, False), (31.0, True)])
def test_c4_he_hears_of_it_only_when_he_is_up_himself(came_s: float, heard: bool) -> None:
    """Who knew was up when they were parted no more, and died at 22; who commands had been down since before
    that, or came at 31 only, after the time that is asked of (ten-arrays, hard seed 60087)."""
    died = fact(22.0, "server.crashed", "control2")
    run = sorted((FIRST, begins(came_s, "control1", "server.up"), died, TAKES), key=lambda e: e.t)
    assert heard_again(run, 20.0, 30.0) is heard


def test_c8_until_then_he_is_excused_and_from_then_on_no_more() -> None:
    fault = catalogue.named("peers_apart")
    story = [FaultChange(4.0, fault, "control1"), FaultChange(20.0, fault, "control1", present=False)]
    for gone, excuses in (((GOES,), True), ((), False)):
        events, site = (FIRST, *gone, TAKES), reference_site()
        late = Breach("L3", 2000.0, "rack1", "late", ())
        faults = struck(story, site, events)
        assert is_delayed(late, 30.0, faults, site, events) is excuses


def test_what_else_is_told_of_him_or_seen_of_him_changes_nothing() -> None:
    odd = (fact(7.0, "clock.stepped", "rack1"), fact(7.0, "array.flushed", "disk"))
    seen = Event(7.5, "server.up", "rack1", "control2", Source.SEEN, {})
    later = (fact(12.0, "clock.stepped", "rack1"), fact(12.0, "array.dirty", "disk"))
    assert stopped_by_the_lost((FIRST, *DOWN, *odd, seen, ANEW, OVER, *later), 20.0) == {"rack1", "disk"}


def test_nor_of_a_node_that_has_heard_of_it() -> None:
    heard = said(6.0, "journal.heard", "control1", epoch=2)
    seen = Event(9.0, "server.shutting_down", "control1", "control2", Source.SEEN, {})
    for told in (seen, fact(9.0, "clock.stepped", "control1")):
        assert stopped_by_the_lost((FIRST, heard, *DOWN, ANEW, told, OVER), 20.0) == {"rack1", "disk"}


def test_who_goes_down_after_that_is_not() -> None:
    assert stopped_by_the_lost((*LOST, fact(12.0, "server.halted", "blade1")), 20.0) == {"rack1", "disk"}
    again = (FIRST, *DOWN, fact(7.0, "server.up", "rack1"), ANEW, OVER)
    assert stopped_by_the_lost(again, 20.0) == {"disk"}


def test_one_that_was_closed_or_is_known_to_who_opens_the_next_is_not_lost() -> None:
    closed = said(7.0, "incident.closed", "control2")
    assert stopped_by_the_lost((FIRST, *DOWN, closed, ANEW, OVER), 20.0) == set()
    assert stopped_by_the_lost((FIRST, *DOWN, OVER), 20.0) == set()
    read = said(9.0, "journal.heard", "control2", epoch=2)
    assert stopped_by_the_lost((FIRST, *DOWN, ANEW, read, OVER), 20.0) == set()
    assert stopped_by_the_lost((FIRST, *DOWN, ANEW), 20.0) == set()


@pytest.mark.parametrize("epoch", [2, 3])
@pytest.mark.parametrize("heard_s", [5.0, 6.0])
@pytest.mark.parametrize(
    "goes", ["server.shutting_down", "server.halted", "server.crashed", "service.died", None]
)
def test_nor_is_one_that_a_node_which_is_down_had_heard_of(
    goes: str | None, heard_s: float, epoch: int
) -> None:
    """Its journal may have kept it; where it is up it would have said so."""
    heard = said(heard_s, "journal.heard", "control1", epoch=epoch)
    gone = () if goes is None else (fact(9.0, goes, "control1"),)
    found = stopped_by_the_lost((FIRST, heard, *DOWN, ANEW, *gone, OVER), 20.0)
    assert found - {"control1"} == (set() if goes else {"rack1", "disk"})


BACK = begins(12.0, "control1", "server.up")
RUNS = said(11.0, "lease.taken", "control2")
KNOWS = said(12.0, "journal.heard", "control1", epoch=2)


@pytest.mark.parametrize(
    ("since", "is_lost"),
    [
        ((RUNS, BACK), True),
        ((RUNS, begins(10.0, "control1")), True),
        ((RUNS, BACK, fact(14.0, "server.halted", "control1")), True),  # it has had its time
        ((RUNS,), False),
        ((RUNS, begins(12.0, "control3", "server.up")), False),
        ((RUNS, fact(12.0, "server.booting", "control1")), False),
        ((RUNS, replace(BACK, source=Source.SEEN)), False),
        ((RUNS, BACK, said(13.0, "journal.heard", "control2", epoch=2)), False),  # it is read
        ((RUNS, BACK, KNOWS, said(13.0, "lease.taken", "control1")), False),  # who commands knows it
    ],
)
def test_c8_one_that_a_node_knows_which_has_come_up_since_and_is_not_read_is_lost(
    since: tuple[Event, ...], is_lost: bool
) -> None:
    """It was down when the other one, of another version, opened his own over it (seed 684683)."""
    first = said(5.0, "incident.opened", "control1", epoch=2)
    gone = fact(7.0, "server.halted", "control1")
    found = stopped_by_the_lost((first, *DOWN, gone, ANEW, OVER, *since), 20.0)
    assert found - {"control1"} == ({"rack1", "disk"} if is_lost else set())


@pytest.mark.parametrize("knows", [False, True])
def test_c6_what_a_journal_has_lost_is_not_where_who_is_back_knows_it_and_is_read(knows: bool) -> None:
    """control2, who commands, has heard nothing of what control1 tells: nothing parts them."""
    first, gone = said(5.0, "incident.opened", "control1", epoch=2), fact(7.0, "server.halted", "control1")
    back = [said(12.5, "journal.heard", "control1", epoch=2)] if knows else []
    events, site = (first, *DOWN, gone, ANEW, OVER, RUNS, BACK, *back), reference_site()
    for name, kept in (("journal_torn", not knows), ("service_upgraded", True)):
        faults = struck([FaultChange(4.0, catalogue.named(name), "control2", amount=10.0)], site, events)
        assert ("rack1" in (beyond("L3", faults, site, events) or ())) is kept
        late = Breach("L3", 2000.0, "rack1", "late", ())
        assert is_delayed(late, 30.0, faults, site, events) is kept


def test_c8_all_who_knew_of_it_have_to_be_back() -> None:
    first, heard = (
        said(5.0, "incident.opened", "control1", epoch=2),
        said(5.5, "journal.heard", "control3", epoch=2),
    )
    gone = [fact(7.0, "server.halted", node) for node in ("control1", "control3")]
    begun = [begins(5.8, node) for node in ("control1", "control3")]
    before = first, heard, *begun, *DOWN, *gone, ANEW, OVER, RUNS
    assert "rack1" not in stopped_by_the_lost(before, 20.0), "that it was up before says nothing"
    assert "rack1" not in stopped_by_the_lost((*before, BACK), 20.0)
    both = *before, BACK, begins(12.0, "control3", "server.up")
    assert "rack1" in stopped_by_the_lost(both, 20.0)


def test_c5_what_was_lost_when_all_were_up_is_lost_whatever_who_commands_reads_later() -> None:
    read = said(13.0, "journal.heard", "control2", epoch=2)
    assert stopped_by_the_lost((*LOST, RUNS, read), 20.0) == {"rack1", "disk"}


def test_c8_who_is_found_so_is_kept_down_by_what_parts_them_as_long_as_that_lasts() -> None:
    first, gone = said(5.0, "incident.opened", "control1", epoch=2), fact(7.0, "server.halted", "control1")
    events, site = (first, *DOWN, gone, ANEW, OVER, RUNS, BACK), reference_site()
    for name, until_s, kept in (
        ("service_upgraded", None, True),
        ("peers_apart", None, True),
        ("peers_apart", 9.0, False),
    ):
        fault = catalogue.named(name)
        story = [FaultChange(4.0, fault, "control1")]
        story += [] if until_s is None else [FaultChange(until_s, fault, "control1", present=False)]
        assert ("rack1" in (beyond("L3", struck(story, site, events), site, events) or ())) is kept


@pytest.mark.parametrize(
    "words", [("journal.heard", 1, 6.0), ("journal.heard", 2, 4.0), ("journal.committed", 2, 6.0)]
)
def test_who_has_heard_of_another_one_is_not_asked(words: tuple[str, int, float]) -> None:
    name, epoch, at_s = words
    heard = said(at_s, name, "control1", epoch=epoch)
    events = sorted(
        (FIRST, heard, *DOWN, ANEW, OVER, begins(9.0, "control1", "service.died")), key=lambda e: e.t
    )
    assert stopped_by_the_lost(events, 20.0) == {"rack1", "disk"}


@pytest.mark.parametrize("comes", ["server.up", "service.begun"])
def test_one_who_is_back_since_says_what_he_knows(comes: str) -> None:
    heard = said(6.0, "journal.heard", "control1", epoch=2)
    moves = (begins(7.0, "control1", "server.halted"), begins(9.0, "control1", comes))
    assert stopped_by_the_lost((FIRST, heard, *DOWN, *moves, ANEW, OVER), 20.0) >= {"rack1", "disk"}
    other = begins(9.5, "rack2", "server.halted")
    assert stopped_by_the_lost((FIRST, heard, *DOWN, *moves, other, ANEW, OVER), 20.0) >= {"rack1", "disk"}


def test_each_of_them_is_looked_at() -> None:
    """The next outage is known to all, and what it stops is owed; who is down since the first stays found."""
    third = said(30.0, "incident.opened", "control2", epoch=3)
    assert stopped_by_the_lost((*LOST, third), 40.0) == {"rack1", "disk"}
    ends = (said(20.0, "incident.closed", "control2"), third)
    assert stopped_by_the_lost((*LOST, *ends), 40.0) == {"rack1", "disk"}


TAKEN = said(9.0, "lease.taken", "control2")
LOST_AND_ANEW = (FIRST, DOWN[0], ANEW, TAKEN, OVER)


def broken(*, to_s: float | None = None) -> list[Struck]:
    kind = catalogue.named("journal_broken")
    happenings = [FaultChange(1.0, kind, "control2", True, 1.0)]
    if to_s is not None:
        happenings.append(FaultChange(to_s, kind, "control2", False, 1.0))
    return struck(happenings, reference_site())


def test_c5_whom_it_had_stopped_is_owed_by_nobody_nor_is_the_end_of_the_next() -> None:
    site = reference_site()
    assert beyond("L1", broken(), site, LOST_AND_ANEW) == {"rack1", site.name}
    up = fact(12.0, "server.up", "rack1")
    assert beyond("L1", broken(), site, (*LOST_AND_ANEW, up)) == frozenset()
    other = struck([FaultChange(1.0, catalogue.named("card_slow"), "ups1", True, 1.0)], site)
    assert beyond("L1", other, site, LOST_AND_ANEW) == frozenset()
    dead = struck([FaultChange(1.0, catalogue.named("ups_fails"), "ups5", True, 1.0)], site)
    kept = beyond("L1", dead, site, LOST_AND_ANEW)
    assert kept is not None
    assert "blade1" in kept
    assert "rack1" not in kept, "that one has lost no journal"


@pytest.mark.parametrize(("who", "late"), [("rack1", True), ("rack2", False)])
def test_c5_nor_is_he_late(who: str, late: bool) -> None:
    site = reference_site()
    owed = Breach("L3", 1192.0, who, "late", ())
    assert is_delayed(owed, 12.0, broken(to_s=3.0), site, LOST_AND_ANEW) is late


WENT = (
    fact(100.0, "server.halted", "control1"),
    said(150.0, "incident.opened", "control2", epoch=2),
    fact(200.0, "server.halted", "control2"),
    fact(850.0, "ups.output_on", "ups2"),
    fact(900.0, "server.up", "control1"),
)
"""control1 was down as wanted when control2 opened it, and went for it (seed 880218)."""
COMMANDS = said(901.0, "lease.taken", "control1")
WANTED = said(950.0, "schedule.fired", "control1", id="n/1/on", goal="up", servers="control2")


@pytest.mark.parametrize(
    ("more", "unknown"),
    [
        ((), False),  # nobody has taken the command
        ((COMMANDS,), True),
        ((said(900.5, "journal.heard", "control1", epoch=2), COMMANDS), False),
        ((COMMANDS, said(950.0, "journal.heard", "control1", epoch=2)), False),
        ((COMMANDS, WANTED), False),
        ((COMMANDS, said(950.0, "incident.closed", "control1")), False),
    ],
)
def test_h8_s28_who_has_never_heard_of_the_incident_in_which_a_node_went_does_not_wake_it(
    more: tuple[Event, ...], unknown: bool
) -> None:
    last = LastNode([*WENT, *more], reference_site())
    assert last.nobody_wakes("control2", 0.0, inf, 1000.0) is unknown


BACK_UP = begins(12.0, "control2", "server.up")


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ((FIRST,), True),
        ((FIRST, GOES), False),
        ((FIRST, GOES, BACK_UP), False),  # its journal has lost it
        ((FIRST, GOES, BACK_UP, said(13.0, "journal.heard", "control2", epoch=2)), True),
        ((FIRST, GOES, BACK_UP, said(13.0, "journal.heard", "control2", epoch=1)), False),
        ((FIRST, GOES, BACK_UP, said(20.5, "journal.heard", "control2", epoch=2)), False),
        ((FIRST, GOES, said(13.0, "journal.heard", "control1", epoch=2)), True),
        ((FIRST, GOES, said(13.0, "incident.opened", "control1", epoch=3)), True),
        (
            (FIRST, said(20.5, "incident.opened", "control1", epoch=3), fact(11.0, "server.halted", "rack1")),
            True,
        ),
        ((), False),
    ],
)
def test_c6_who_is_up_and_has_read_of_the_last_incident_knows_of_it(
    events: tuple[Event, ...], known: bool
) -> None:
    assert is_known(events, 20.0) is known


@pytest.mark.parametrize("up", [True, False])
def test_c6_what_a_journal_has_lost_is_owed_where_another_node_is_up_that_knows_it(up: bool) -> None:
    """Nothing parts them; a node with another version reads nothing of it though (C8)."""
    events, site = (FIRST, *(() if up else (GOES,)), TAKES), reference_site()
    late = Breach("L3", 2000.0, "rack1", "late", ())
    for name, excuses in (("journal_torn", not up), ("service_upgraded", True)):
        faults = struck([FaultChange(4.0, catalogue.named(name), "control1", amount=10.0)], site, events)
        assert (beyond("L3", faults, site, events) is None) is excuses
        assert is_delayed(late, 30.0, faults, site, events) is excuses
