"""What an array port promises: its service, the progress of a flush, and receipts for it."""

from __future__ import annotations

import pytest

from sequencer.ports import Accepted, ArrayPort, ArrayStatus, Condition, Flush, Service
from sim.faults.arrays import ARRAY_UNREACHABLE
from tests.contract.looking import Looking
from tests.contract.rooms import PretendRoom

FLUSH_S = 600.0
"""Any flush or start of the reference site is over by then."""

FLUSHED = Condition[ArrayStatus]("flushed", lambda s: s.flush is Flush.DONE)
READY = Condition[ArrayStatus]("ready", lambda s: s.service is Service.READY)


class TestLookingAtAnArray(Looking):
    before = Condition[ArrayStatus]("not asked to flush", lambda s: s.flush is Flush.NOT_ASKED)
    changed = Condition[ArrayStatus]("flushing", lambda s: s.flush is Flush.UNDER_WAY)

    def port(self, room: PretendRoom) -> ArrayPort:
        return room.ports.arrays["linkeddisk"]

    def change(self, room: PretendRoom) -> None:
        room.act(room.array("linkeddisk").flush)

    def silence(self, room: PretendRoom) -> None:
        room.fault(ARRAY_UNREACHABLE, "linkeddisk")


@pytest.fixture
def array(room: PretendRoom) -> ArrayPort:
    """The linked disk in use, polled for a while."""
    port = room.ports.arrays["linkeddisk"]
    port.seen()
    room.wait(12.1)
    return port


def status(room: PretendRoom, port: ArrayPort) -> ArrayStatus:
    told = room.value(port.look(), within_s=room.answer_s)
    assert isinstance(told, ArrayStatus)
    return told


def test_a_flush_is_accepted_then_under_way_then_done(room: PretendRoom, array: ArrayPort) -> None:
    assert room.value(array.flush(), within_s=room.answer_s).ok
    assert status(room, array).flush is Flush.UNDER_WAY
    assert room.value(array.until(FLUSHED), within_s=FLUSH_S).fresh
    assert status(room, array).service is Service.READY, "a flushed array still works"


def test_a_flush_asked_twice_is_accepted_and_takes_no_longer(room: PretendRoom, array: ArrayPort) -> None:
    begun_s = room.now
    room.value(array.flush(), within_s=room.answer_s)
    room.wait(150.0)
    assert room.value(array.flush(), within_s=room.answer_s).ok
    room.value(array.until(FLUSHED), within_s=FLUSH_S)
    once_s = 192.0  # 12 GiB at 64 MiB/s
    assert room.now - begun_s <= once_s + room.polling.on_line_s + room.answer_s


def test_an_array_that_is_starting_refuses_a_flush_with_its_reason(
    room: PretendRoom, array: ArrayPort
) -> None:
    room.cut("ups4")
    room.act(room.ups("ups4").switch_on)
    receipt = room.value(array.flush(), within_s=room.answer_s)
    assert receipt.accepted is Accepted.NO
    assert receipt.reason == "not ready"
    assert status(room, array).service is Service.STARTING


def test_an_array_that_got_its_power_back_turns_ready(room: PretendRoom, array: ArrayPort) -> None:
    room.cut("ups4")
    room.wait(60.0)
    assert not array.seen().fresh
    room.act(room.ups("ups4").switch_on)
    assert room.value(array.until(READY), within_s=FLUSH_S).fresh


@pytest.mark.parametrize("how", ["unreachable", "without power"])
def test_an_array_that_does_not_answer_gives_no_receipt(
    room: PretendRoom, array: ArrayPort, how: str
) -> None:
    if how == "unreachable":
        room.fault(ARRAY_UNREACHABLE, "linkeddisk")
    else:
        room.cut("ups4")
    asked_s = room.now
    receipt = room.value(array.flush(), within_s=room.receipt_s)
    assert receipt.accepted is Accepted.UNKNOWN
    assert receipt.reason
    assert room.now - asked_s == pytest.approx(room.polling.timeout_s, abs=0.1 + room.slack_s)
    assert room.array("linkeddisk").flush_state is Flush.NOT_ASKED


def test_u6_a_flush_whose_reply_is_lost_is_under_way_and_unknown(room: PretendRoom) -> None:
    with room.replies_lost() as ports:
        receipt = room.value(ports.arrays["linkeddisk"].flush(), within_s=room.receipt_s)
    assert receipt.accepted is Accepted.UNKNOWN
    assert status(room, room.ports.arrays["linkeddisk"]).flush is Flush.UNDER_WAY


def test_a_life_that_ended_sends_nothing(room: PretendRoom, array: ArrayPort) -> None:
    room.end_life()
    with pytest.raises(AssertionError, match="ended"):
        array.flush()
    room.wait(10.0)
    assert room.array("linkeddisk").flush_state is Flush.NOT_ASKED
