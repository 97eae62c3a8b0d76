"""An incident that another node, which had not heard of it, has planned stops over is opened anew (L1)."""

from __future__ import annotations

import pytest

from sequencer.duty import duty
from sequencer.forgotten import open_again
from sequencer.journal import Kind, Row
from sequencer.ports import Answer, Receipt
from tests.hands import NO, NO_ANSWER, YES, HandRoom

DECLARED = Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["rack1", "blade1"]})
PLANNED = Row(Kind.PLANNED, "nightly/off", 2, "control2/1", 0.0)
CLOSED = Row(Kind.CLOSED, "reference", 1, "control2/1", 0.0)


def opened(room: HandRoom) -> list[tuple[int, list[str]]]:
    return [(r.epoch, r.details["was_running"]) for r in room.journal.kept if r.kind is Kind.DECLARED]


@pytest.fixture
def left_open(by_hand: HandRoom) -> HandRoom:
    by_hand.run.spawn(open_again(by_hand.run))
    by_hand.run.hear(DECLARED)
    by_hand.until(10)
    by_hand.run.hear(PLANNED)
    return by_hand


def test_l1_it_is_opened_anew_for_whoever_ran_then_once_it_was_asked_whether_it_is_over(
    left_open: HandRoom,
) -> None:
    left_open.until(20)
    assert left_open.peers["control2"].sent == ["fetch"]
    assert opened(left_open) == [(3, ["blade1", "rack1"])]
    assert left_open.run.facts.open
    (told,) = left_open.told("incident.opened", "reference")
    assert told["epoch"] == 3, "as whoever reads the stream has to know (C5)"
    left_open.until(100)
    assert len(opened(left_open)) == 1


def test_n3_s28_not_when_the_other_one_says_that_it_was_closed(
    left_open: HandRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That copy was lost, and what he has written down later was heard."""
    peer = left_open.peers["control2"]
    fetched = peer.fetch

    def tells() -> Answer[Receipt]:
        left_open.run.hear(CLOSED)
        return fetched()

    monkeypatch.setattr(peer, "fetch", tells)
    left_open.until(20)
    assert peer.sent == ["fetch"]
    assert opened(left_open) == []


def test_n3_s28_who_is_heard_is_asked_again_when_his_answer_is_lost(
    left_open: HandRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = left_open.peers["control2"]
    peer.replies = [NO_ANSWER, YES]
    fetched = peer.fetch

    def tells() -> Answer[Receipt]:
        if peer.sent:
            left_open.run.hear(CLOSED)
        return fetched()

    monkeypatch.setattr(peer, "fetch", tells)
    left_open.until(30)
    assert peer.sent == ["fetch", "fetch"]
    assert opened(left_open) == []


@pytest.mark.parametrize("lost", [NO_ANSWER, NO])
def test_l1_c8_nobody_is_waited_for_who_is_silent_or_is_not_read(left_open: HandRoom, lost: Receipt) -> None:
    peer = left_open.peers["control2"]
    peer.replies = [lost]
    if lost is NO_ANSWER:
        peer.fall_silent()
    left_open.until(30)
    assert peer.sent == ["fetch"]
    assert opened(left_open) == [(3, ["blade1", "rack1"])]


def test_l1_who_boots_and_reads_of_it_comes_to_its_end(by_hand: HandRoom) -> None:
    by_hand.journal.kept += [DECLARED, PLANNED]
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(300)
    (closed,) = (row for row in by_hand.journal.kept if row.kind is Kind.CLOSED)
    assert (closed.epoch, closed.details) == (3, {"opened_by": [by_hand.run.life]})
