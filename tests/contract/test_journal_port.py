"""What a journal port promises: a committed row is there when it is answered, and in every later life."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import JournalPort
from tests.contract.rooms import PretendRoom

LEASE = Row(Kind.LEASE, "control1", 1, "control1/1", 3.0)
DECLARED = Row(Kind.DECLARED, "reference", 1, "control1/1", 40.0, {"was_running": ["blade1"]})
ARMED = Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 41.0, {"how": "graceful", "falls_in_s": 420.0})


@pytest.fixture
def journal(room: PretendRoom) -> JournalPort:
    return room.ports.journal


def rows(room: PretendRoom, journal: JournalPort) -> tuple[Row, ...]:
    return room.value(journal.rows(), within_s=room.answer_s)


def test_a_new_node_s_journal_is_empty(room: PretendRoom, journal: JournalPort) -> None:
    assert rows(room, journal) == ()


def test_a_commit_takes_as_long_as_a_durable_write(room: PretendRoom, journal: JournalPort) -> None:
    least_s, most_s = room.commit_s
    answer = journal.commit(LEASE)
    assert not (least_s and room.comes(answer, within_s=least_s))
    assert room.comes(answer, within_s=most_s - least_s)


def test_a_row_is_not_there_before_its_commit_is_answered(room: PretendRoom, journal: JournalPort) -> None:
    answer = journal.commit(LEASE)
    before = journal.rows()
    assert before.value == ()
    if least_s := room.commit_s[0]:
        room.wait(least_s)
        assert rows(room, journal) == ()
    room.value(answer, within_s=room.commit_s[1])
    assert rows(room, journal) == (LEASE,)


def test_rows_keep_the_order_of_their_commits_and_all_their_details(
    room: PretendRoom, journal: JournalPort
) -> None:
    answers = [journal.commit(row) for row in (LEASE, DECLARED, ARMED)]
    for answer in answers:
        room.value(answer, within_s=1.0)
    assert rows(room, journal) == (LEASE, DECLARED, ARMED)
    assert rows(room, journal)[2].details["falls_in_s"] == 420.0


@pytest.mark.quick
def test_rows_survive_the_life_that_wrote_them(room: PretendRoom, journal: JournalPort) -> None:
    for row in (LEASE, DECLARED):
        room.value(journal.commit(row), within_s=1.0)
    room.end_life()
    room.wait(3600.0)
    later = room.new_life().journal
    assert rows(room, later) == (LEASE, DECLARED)
    room.value(later.commit(ARMED), within_s=1.0)
    assert rows(room, later) == (LEASE, DECLARED, ARMED)


def test_what_was_read_does_not_change_afterwards(room: PretendRoom, journal: JournalPort) -> None:
    before = rows(room, journal)
    room.value(journal.commit(LEASE), within_s=1.0)
    assert before == ()


def test_it_needs_no_lan(room: PretendRoom, journal: JournalPort) -> None:
    room.cut_lan()
    room.value(journal.commit(LEASE), within_s=2 * room.commit_s[1])
    assert rows(room, journal) == (LEASE,)
