"""What a request port promises: every request once, in order, and an answer to whoever asked."""

from __future__ import annotations

import pytest

from sequencer.ports import RequestPort
from sequencer.requests import Request, Wish
from tests.contract.rooms import PretendRoom

OFF = Request("1", Wish.POWER_OFF, ("blade1",), "backup job")
HOLD = Request("2", Wish.HOLD, ("ups5",), "duty engineer")
AT_ONCE_S = 0.01


@pytest.fixture
def requests(room: PretendRoom) -> RequestPort:
    return room.ports.requests


def test_r2_05_it_hears_who_asks_for_what(room: PretendRoom, requests: RequestPort) -> None:
    answer = requests.next()
    assert not room.comes(answer, within_s=room.long_s)
    room.ask(OFF)
    assert room.value(answer, within_s=AT_ONCE_S) == room.heard(OFF)


def test_what_comes_while_nobody_listens_waits_in_its_order(room: PretendRoom, requests: RequestPort) -> None:
    room.ask(OFF)
    room.ask(HOLD)
    room.wait(60.0)
    assert room.value(requests.next(), within_s=AT_ONCE_S) == room.heard(OFF)
    assert room.value(requests.next(), within_s=AT_ONCE_S) == room.heard(HOLD)


def test_each_is_heard_once(room: PretendRoom, requests: RequestPort) -> None:
    room.ask(OFF)
    room.value(requests.next(), within_s=AT_ONCE_S)
    assert not room.comes(requests.next(), within_s=room.long_s)


def test_who_withdraws_leaves_the_request_to_the_next_who_asks(
    room: PretendRoom, requests: RequestPort
) -> None:
    gone = requests.next()
    gone.withdraw()
    room.ask(OFF)
    assert room.value(requests.next(), within_s=AT_ONCE_S) == room.heard(OFF)
    assert not gone.triggered


def test_withdrawing_late_takes_nothing_from_the_next_who_asks(
    room: PretendRoom, requests: RequestPort
) -> None:
    gone, waits = requests.next(), requests.next()
    gone.withdraw()
    room.ask(OFF)
    assert room.value(waits, within_s=AT_ONCE_S) == room.heard(OFF)


def test_whoever_asked_is_answered(room: PretendRoom, requests: RequestPort) -> None:
    for request, refusal in ((OFF, ""), (HOLD, "no device is called ups5")):
        room.ask(request)
        requests.reply(room.value(requests.next(), within_s=AT_ONCE_S), refusal=refusal)
    room.wait(1.0)
    assert room.replies == [(OFF, ""), (HOLD, "no device is called ups5")]


def test_a_life_that_ended_hears_nothing_and_answers_nobody(room: PretendRoom, requests: RequestPort) -> None:
    answer = requests.next()
    room.end_life()
    room.ask(OFF)
    assert not room.comes(answer, within_s=60.0)
    with pytest.raises(AssertionError, match="ended"):
        requests.reply(OFF)


@pytest.mark.quick
def test_the_next_life_does_not_hear_what_was_asked_of_the_last(
    room: PretendRoom, requests: RequestPort
) -> None:
    room.ask(OFF)
    room.end_life()
    room.wait()
    assert room.replies == room.unread(OFF)
    assert not room.comes(room.new_life().requests.next(), within_s=60.0)
