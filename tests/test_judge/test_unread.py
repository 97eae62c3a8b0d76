"""Whether who commands knows of the incident that was opened last, as the stream tells it (C6, C8, C9)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.events import Event, Source
from teiden.judge.invariants.invariant import TICK_S
from teiden.judge.unread import met_again, missed, unread


def said(t: float, name: str, by: str, **details: Any) -> Event:
    return Event(t, name, "reference", by, Source.SEEN, details)


def begins(t: float, node: str, name: str = "service.begun", source: Source = Source.FACT) -> Event:
    return Event(t, name, node, "room", source, {})


OPENED = said(5.0, "incident.opened", "control2", epoch=2)
TAKEN = said(10.0, "lease.taken", "control1")
AGAIN = said(10.0, "lease.taken", "control2")
READS = said(9.0, "journal.heard", "control1", epoch=2)


def test_who_commands_and_has_told_of_nothing_since_has_not_read_it() -> None:
    assert unread([OPENED, TAKEN], 20.0)
    assert not unread([OPENED, READS, TAKEN], 20.0)
    assert unread([OPENED, said(9.0, "journal.heard", "control2", epoch=2), TAKEN], 20.0)
    assert unread([OPENED, said(9.0, "journal.heard", "control1", epoch=1), TAKEN], 20.0)
    assert unread([OPENED, said(9.0, "journal.committed", "control1", epoch=2), TAKEN], 20.0)


@pytest.mark.parametrize("events", [[], [OPENED], [TAKEN], [OPENED, AGAIN]])
def test_where_nobody_commands_or_nothing_was_opened_or_he_has_opened_it_there_is_nothing_to_read(
    events: list[Event],
) -> None:
    assert not unread(events, 20.0)


def test_only_what_is_told_by_then_counts() -> None:
    assert unread([OPENED, TAKEN, said(20.5, "journal.heard", "control1", epoch=2)], 20.0)
    assert not unread([OPENED, TAKEN, said(20.0 + TICK_S, "journal.heard", "control1", epoch=2)], 20.0)
    assert not unread([OPENED, said(20.5, "lease.taken", "control1")], 20.0)


def test_what_is_heard_in_the_moment_in_which_it_is_opened_has_been_read() -> None:
    for at_s, read in ((5.0 - TICK_S, True), (4.9, False)):
        heard = said(at_s, "journal.heard", "control1", epoch=2)
        assert unread([heard, OPENED, TAKEN], 20.0) is not read


def test_a_life_that_begins_has_read_what_it_tells_itself() -> None:
    """Its journal, or what the other node knows; what an earlier life had read is lost with that (C6)."""
    early = said(6.0, "journal.heard", "control1", epoch=2)
    assert unread([OPENED, early, begins(8.0, "control1"), TAKEN], 20.0)
    assert not unread([OPENED, begins(8.0, "control1"), READS, TAKEN], 20.0)
    assert not unread([OPENED, begins(9.0, "control1"), READS, TAKEN], 20.0)
    assert not unread([OPENED, early, begins(8.0, "control1", source=Source.SEEN), TAKEN], 20.0)
    assert not unread([OPENED, early, begins(8.0, "control1", "server.halted"), TAKEN], 20.0)
    assert not unread([OPENED, early, begins(8.0, "control2"), TAKEN], 20.0)
    last = [begins(5.5, "control1"), early, begins(8.0, "control1", "server.up")]
    assert unread([OPENED, *last, TAKEN], 20.0)


@pytest.mark.parametrize(
    ("own", "read_s", "is_unread"),
    [
        ({"kind": "declared", "epoch": 2}, 8.0, True),
        ({"kind": "declared", "epoch": 2}, 8.5, False),  # what it reads later another tells it
        ({"kind": "declared", "epoch": 1}, 8.0, False),
        ({"kind": "closed", "epoch": 2}, 8.0, False),
        ({}, 8.0, False),
    ],
)
def test_n2_c4_of_another_incident_of_a_number_that_it_had_itself_a_life_reads_nothing_in_its_own_journal(
    own: dict[str, Any], read_s: float, is_unread: bool
) -> None:
    """Nodes that do not hear each other count for themselves (seed 235632)."""
    its = said(3.0, "journal.committed", "control1", **own)
    events = [its, OPENED, begins(8.0, "control1"), said(read_s, "journal.heard", "control1", epoch=2), TAKEN]
    assert unread(events, 20.0) is is_unread
    another = said(3.0, "journal.committed", "control3", **own)
    assert not unread([another, *events[1:]], 20.0)
    late = said(6.0, "journal.committed", "control1", **own)
    assert not unread([OPENED, late, *events[2:]], 20.0)


def test_who_has_opened_it_himself_has_forgotten_it_only_in_a_life_that_began_since() -> None:
    assert unread([OPENED, begins(8.0, "control2"), AGAIN], 20.0)
    assert not unread([begins(5.0, "control2"), OPENED, AGAIN], 20.0)
    heard = said(9.0, "journal.heard", "control2", epoch=2)
    assert not unread([OPENED, begins(8.0, "control2"), heard, AGAIN], 20.0)
    first = said(0.5, "incident.opened", "control2", epoch=2)
    assert not unread([first, AGAIN], 20.0)


def test_where_who_commanded_has_gone_it_is_unread_when_nobody_who_is_up_has_read_it() -> None:
    """One that came up with a torn journal is at work before it takes the command (C6; seed 934610)."""
    gone, comes = begins(12.0, "control2", "server.halted"), begins(15.0, "control1", "server.up")
    early = said(1.0, "lease.taken", "control1")
    room = [early, OPENED, AGAIN, said(11.0, "journal.heard", "control1", epoch=2)]
    assert not unread([*room, gone], 20.0), "the other one is up, and has heard of it"
    assert unread([*room, gone, comes], 20.0)
    assert not unread([*room, comes], 20.0), "who opened it commands yet"
    assert not unread([*room, gone, comes], 14.9), "nor has the other one gone by then"
    assert not unread([*room, gone, comes, said(16.0, "journal.heard", "control1", epoch=2)], 20.0)
    third = said(11.0, "journal.heard", "control3", epoch=2)
    assert not unread([*room, third, gone, comes], 20.0), "one more is up, and knows it"
    asleep = begins(11.5, "control1", "server.halted")
    assert not unread([*room, asleep, gone], 20.0), "of nobody who is up it was who opened it"


@pytest.mark.parametrize("name", ["journal.committed", "journal.heard"])
@pytest.mark.parametrize(
    ("t", "by", "epoch", "old"),
    [
        (4.0, "control1", 3, True),
        (4.0, "control1", 2, False),
        (4.0, "control2", 3, False),
        (5.0 - TICK_S, "control1", 3, False),
        (6.0, "control1", 3, False),
    ],
)
def test_c6_c9_to_whom_had_counted_further_before_it_was_opened_it_is_an_old_story(
    name: str, t: float, by: str, epoch: int, old: bool
) -> None:
    """Whatever he reads then, he takes no row of that one; unless he forgot, and reads of just that."""
    events = [said(t, name, by, epoch=epoch), OPENED, said(9.0, "journal.heard", "control1", epoch=3), TAKEN]
    assert unread(sorted(events, key=lambda e: e.t), 20.0) is old
    assert not unread(sorted([*events, READS], key=lambda e: e.t), 20.0)
    assert not unread([said(4.0, "lease.taken", "control1", epoch=3), *events[1:]], 20.0)
    assert not unread([said(4.0, name, "control1"), *events[1:]], 20.0)


@pytest.mark.parametrize(
    ("t", "kind", "epoch", "tells_nothing"),
    [
        (8.0, "planned", 2, True),
        (5.0, "planned", 2, False),
        (8.0, "declared", 2, False),
        (8.0, "planned", 3, False),
    ],
)
def test_c5_c6_the_number_of_a_stop_that_was_planned_since_tells_nothing_of_it(
    t: float, kind: str, epoch: int, tells_nothing: bool
) -> None:
    """Whoever plans one knows of no incident that is open, and has counted on from what he had read."""
    row = said(t, "journal.committed", "control2", kind=kind, epoch=epoch)
    assert unread([OPENED, row, READS, TAKEN], 20.0) is tells_nothing


@pytest.mark.parametrize(
    ("by", "kind", "heard", "tells_nothing"),
    [
        ("control1", "planned", said(4.0, "journal.heard", "control2", epoch=1), True),
        ("control1", "planned", said(5.0, "journal.heard", "control2", epoch=2), False),
        ("control1", "planned", said(5.1, "journal.heard", "control2", epoch=2), True),
        ("control1", "planned", said(4.0, "journal.heard", "control1", epoch=2), True),
        ("control1", "planned", said(4.0, "journal.committed", "control2", epoch=2), True),
        ("control2", "planned", said(4.0, "journal.heard", "control2", epoch=1), False),
        ("control1", "declared", said(4.0, "journal.heard", "control2", epoch=1), False),
    ],
)
def test_c9_nor_does_that_of_a_stop_of_which_whoever_opened_it_had_not_heard(
    by: str, kind: str, heard: Event, tells_nothing: bool
) -> None:
    """Both counted on from the same number: who had planned that stop reads of it, and of nothing else."""
    row = said(3.0, "journal.committed", by, kind=kind, epoch=2)
    assert unread(sorted([row, heard, OPENED, READS, TAKEN], key=lambda e: e.t), 20.0) is tells_nothing


def asked(t: float, by: str, n: int = 1, of: str = "", wish: str = "power_on") -> Event:
    return said(t, "request.accepted", by, wish=wish, id=f"request-{n}", of=of)


def fired(t: float, by: str, goal: str, servers: str = "blade1, rack1") -> Event:
    return said(t, "schedule.fired", by, id=f"night/{goal}", goal=goal, servers=servers)


@pytest.mark.parametrize(
    ("events", "is_missed"),
    [
        ([], False),
        ([TAKEN], False),
        ([asked(6.0, "control2")], False),  # nobody commands
        ([asked(6.0, "control2"), TAKEN], True),
        ([asked(6.0, "control2", of="rack1, blade1"), TAKEN], True),
        ([asked(6.0, "control2", of="rack1, blade10"), TAKEN], False),  # about others
        ([asked(6.0, "control2"), AGAIN], False),  # to whom it was said
        ([asked(6.0, "control2"), asked(7.0, "control1"), TAKEN], False),  # he was told, too
        ([asked(6.0, "control2", of="blade1"), asked(7.0, "control2", of="rack1"), TAKEN], True),  # one word
        ([asked(6.0, "control2"), TAKEN, asked(20.5, "control1")], True),  # later
        ([asked(6.0, "control2"), TAKEN, asked(20.0 + TICK_S, "control1")], False),
        ([asked(6.0, "control2", wish="power_off"), TAKEN], False),
        ([asked(6.0, "control2", wish="release"), TAKEN], False),
        ([asked(6.0, "control2"), asked(7.0, "control1", 2, wish="power_off"), TAKEN], False),
        ([asked(6.0, "control2"), asked(7.0, "control1", 2, wish="hold"), TAKEN], True),
        (
            [fired(5.0, "control2", "down"), asked(6.0, "control2"), TAKEN, fired(12.0, "control1", "down")],
            True,
        ),
        ([asked(6.0, "control2"), TAKEN, fired(12.0, "control1", "down")], False),
        ([asked(6.0, "control2"), TAKEN, fired(12.0, "control1", "down", "rack1")], True),  # about another
        ([fired(5.0, "control2", "up"), asked(6.0, "control1", 2, wish="power_off"), TAKEN], False),
        ([fired(6.0, "control2", "up"), TAKEN], True),
        ([fired(6.0, "control2", "up", "rack1"), TAKEN], False),
        ([fired(6.0, "control2", "down"), TAKEN], False),
    ],
)
def test_a_word_is_missed_if_who_commands_has_never_told_of_it_and_nothing_was_said_since(
    events: list[Event], is_missed: bool
) -> None:
    """An instant that is fired once more, by who had not heard of it, is as old as its first firing."""
    assert missed(events, "blade1", 20.0) is is_missed


def refused(t: float, by: str) -> Event:
    return said(t, "request.refused", by, id="request-1", wish="power_on", of="")


def test_who_has_refused_a_word_has_missed_it() -> None:
    """He may not command, and says so: asked again he would take it, and by then he has forgotten."""
    assert missed([asked(6.0, "control2"), refused(7.0, "control1"), TAKEN], "blade1", 20.0)
    assert not missed([refused(7.0, "control2"), TAKEN], "blade1", 20.0), "nobody has taken it"


@pytest.mark.parametrize(("parted_s", "is_missed"), [(6.0, True), (6.1, False)])
def test_what_was_said_before_they_were_parted_he_has_heard(parted_s: float, is_missed: bool) -> None:
    assert missed([asked(6.0, "control2"), TAKEN], "blade1", 20.0, parted_s) is is_missed
    down = Event(5.0, "server.halted", "control1", "room", Source.FACT, {})
    up = Event(5.5, "server.up", "control1", "room", Source.FACT, {})
    assert missed([down, asked(6.0, "control2"), TAKEN], "blade1", 20.0, parted_s), "he was down"
    assert missed([down, up, asked(6.0, "control2"), TAKEN], "blade1", 20.0, parted_s) is is_missed


def test_whom_he_keeps_down_by_a_word_that_he_has_heard_he_does_not_owe_what_he_has_not() -> None:
    told = [asked(5.0, "control2", 2, wish="power_off"), asked(6.0, "control2"), TAKEN]
    assert missed([*told, ran(12.0, "server.up")], "blade1", 20.0, 5.5)
    assert not missed([*told, ran(12.0, "server.up")], "blade1", 20.0, 5.0), "an outage has stopped it"


@pytest.mark.parametrize(
    ("events", "has_met"),
    [
        ((begins(5.0, "control2", "server.halted"),), False),
        ((), True),
        ((begins(5.0, "control2", "server.halted"), begins(13.0, "control2", "server.up")), True),
        ((begins(5.0, "control2", "server.halted"), begins(12.0, "control2", "server.up")), True),
        ((begins(12.0, "control2", "server.halted"), begins(13.0, "control1", "server.up")), False),
        ((begins(5.0, "control2", "server.halted"), begins(21.0, "control2", "server.up")), False),
        ((begins(5.0, "control2", "server.halted"), begins(13.0, "rack1", "server.up")), False),
    ],
)
def test_who_is_up_when_nothing_parts_them_any_more_tells_who_commands(
    events: tuple[Event, ...], has_met: bool
) -> None:
    told = sorted([TAKEN, *events], key=lambda e: e.t)
    assert met_again(told, ("control1", "control2"), 12.0, 20.0) is has_met
    assert not met_again(told, ("control1", "control2"), 20.5, 20.0), "they are parted yet"


def ran(t: float, name: str, device: str = "blade1", source: Source = Source.FACT) -> Event:
    return Event(t, name, device, "room", source, {})


@pytest.mark.parametrize(
    ("events", "is_missed"),
    [
        ([ran(12.0, "server.up")], False),
        ([ran(12.0, "server.shutting_down")], False),  # it was up when that was said
        ([ran(12.0, "server.up"), ran(15.0, "server.halted")], False),
        ([ran(12.0, "server.halted")], True),
        ([ran(6.0, "server.up")], True),
        ([ran(6.1, "server.up")], False),
        ([ran(20.5, "server.up")], True),  # later
        ([ran(12.0, "server.up", "rack1")], True),
        ([ran(12.0, "server.up", source=Source.SEEN)], True),
        ([fired(5.0, "control1", "down"), ran(12.0, "server.up")], True),
        ([fired(5.0, "control2", "down"), ran(12.0, "server.up")], False),
        ([fired(5.0, "control1", "down", "rack1"), ran(12.0, "server.up")], False),
        ([asked(5.0, "control1", 2, wish="power_off"), ran(12.0, "server.up")], True),
        ([fired(4.0, "control1", "down"), asked(5.0, "control1", 2), ran(12.0, "server.up")], False),
        (
            [
                fired(4.0, "control1", "up"),
                asked(5.0, "control1", 2, wish="power_off"),
                ran(12.0, "server.up"),
            ],
            True,
        ),
    ],
)
def test_a_word_that_has_come_about_is_not_missed_by_who_stops_him_since_unless_by_his_own_last_word(
    events: list[Event], is_missed: bool
) -> None:
    """Whom an outage stops he owes the return, whatever another was told before that (L1, L3)."""
    told = sorted([asked(6.0, "control2"), TAKEN, *events], key=lambda e: e.t)
    assert missed(told, "blade1", 20.0) is is_missed


@pytest.mark.parametrize(("name", "is_missed"), [("ready", False), ("flushing", False), ("off", True)])
def test_so_it_is_with_a_disk(name: str, is_missed: bool) -> None:
    told = [asked(6.0, "control2"), TAKEN, ran(12.0, f"array.{name}", "linkeddisk")]
    assert missed(told, "linkeddisk", 20.0) is is_missed


GONE = Event(12.0, "server.halted", "control2", "room", Source.FACT, {})
COMES = (begins(19.0, "control1", "server.up"), said(22.0, "lease.taken", "control1"))


def test_n2_c4_where_who_commanded_is_down_it_is_asked_of_who_takes_the_command_next() -> None:
    """He is up a moment before he does (ten-arrays, hard seeds 60018, 60087)."""
    took = said(4.0, "lease.taken", "control2")
    assert unread([took, OPENED, GONE, *COMES], 20.0)
    assert not unread([took, OPENED, *COMES], 20.0), "he is up"
    assert not unread([took, OPENED, GONE], 20.0), "nobody does"
    back = begins(13.0, "control2", "server.up"), said(14.0, "journal.heard", "control2", epoch=2)
    assert not unread([took, OPENED, GONE, *back, *COMES], 20.0)
    seen = Event(12.0, "server.halted", "control2", "control1", Source.SEEN, {})
    assert not unread([took, OPENED, seen, *COMES], 20.0)
    late = Event(20.5, "server.halted", "control2", "room", Source.FACT, {})
    assert not unread([took, OPENED, late, *COMES], 20.0)
    heard = said(19.5, "journal.heard", "control1", epoch=2)
    assert not unread([took, OPENED, GONE, COMES[0], heard, COMES[1]], 20.0)
