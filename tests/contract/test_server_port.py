"""What a server port promises: its management controller answers while there is power, up or halted."""

from __future__ import annotations

import pytest

from sequencer.ports import Accepted, Condition, Os, ServerPort, ServerStatus
from tests.contract.looking import Looking
from tests.contract.rooms import PretendRoom

SETTLES_S = 600.0
"""Any shutdown or boot of the reference site is over by then."""


def is_os(os: Os) -> Condition[ServerStatus]:
    return Condition(os.value, lambda s: s.os is os)


class TestLookingAtAServer(Looking):
    before = is_os(Os.UP)
    changed = is_os(Os.HALTED)

    def port(self, room: PretendRoom) -> ServerPort:
        return room.ports.servers["rack1"]

    def change(self, room: PretendRoom) -> None:
        room.act(room.server("rack1").force)

    def silence(self, room: PretendRoom) -> None:
        room.cut("ups6")


@pytest.fixture
def server(room: PretendRoom) -> ServerPort:
    """A linked server, polled for a while."""
    port = room.ports.servers["rack1"]
    port.seen()
    room.wait(12.1)
    return port


def os(room: PretendRoom, port: ServerPort) -> Os:
    told = room.value(port.look(), within_s=room.answer_s)
    assert isinstance(told, ServerStatus)
    return told.os


def test_a_shutdown_is_accepted_long_before_it_is_done(room: PretendRoom, server: ServerPort) -> None:
    assert room.value(server.shut_down(), within_s=room.answer_s).ok
    assert os(room, server) is Os.SHUTTING_DOWN
    seen = room.value(server.until(is_os(Os.HALTED)), within_s=SETTLES_S)
    assert seen.fresh


def test_a_shutdown_asked_twice_is_accepted_and_takes_no_longer(
    room: PretendRoom, server: ServerPort
) -> None:
    room.value(server.shut_down(), within_s=room.answer_s)
    room.value(server.until(is_os(Os.HALTED)), within_s=SETTLES_S)
    once_s = room.now
    other = room.ports.servers["rack2"]
    other.seen()
    begun_s = room.now
    room.value(other.shut_down(), within_s=room.answer_s)
    room.wait(60.0)
    assert room.value(other.shut_down(), within_s=room.answer_s).ok
    room.value(other.until(is_os(Os.HALTED)), within_s=SETTLES_S)
    assert room.now - begun_s <= once_s + room.polling.on_line_s + room.answer_s


def test_a_shutdown_of_a_halted_server_is_refused_with_its_reason(room: PretendRoom) -> None:
    receipt = room.value(room.ports.servers["rackpool"].shut_down(), within_s=room.answer_s)
    assert receipt.accepted is Accepted.NO
    assert "halted" in receipt.reason


def test_force_halts_it_whatever_it_does(room: PretendRoom, server: ServerPort) -> None:
    room.value(server.shut_down(), within_s=room.answer_s)
    assert room.value(server.force(), within_s=room.answer_s).ok
    assert os(room, server) is Os.HALTED


def test_force_of_a_halted_server_is_accepted(room: PretendRoom) -> None:
    assert room.value(room.ports.servers["rackpool"].force(), within_s=room.answer_s).ok


def test_wake_boots_a_halted_server(room: PretendRoom, server: ServerPort) -> None:
    room.act(room.server("rack1").force)
    assert room.value(server.wake(), within_s=room.answer_s).ok
    assert os(room, server) is Os.BOOTING
    room.value(server.until(is_os(Os.UP)), within_s=SETTLES_S)


def test_wake_does_nothing_to_a_server_that_is_up(room: PretendRoom, server: ServerPort) -> None:
    assert room.value(server.wake(), within_s=room.answer_s).ok
    assert os(room, server) is Os.UP


@pytest.mark.parametrize("command", ["shut_down", "force", "wake"])
def test_a_server_without_power_gives_no_receipt(room: PretendRoom, server: ServerPort, command: str) -> None:
    """Where not even a connection comes about it is known that nothing was sent, which is a no."""
    room.cut("ups6")
    asked_s = room.now
    receipt = room.value(getattr(server, command)(), within_s=room.receipt_s)
    assert receipt.accepted in (Accepted.UNKNOWN, *room.known_unsent)
    assert receipt.reason
    assert room.now - asked_s <= room.polling.timeout_s + 0.1 + room.slack_s


def test_u6_a_shutdown_whose_reply_is_lost_is_under_way_and_unknown(room: PretendRoom) -> None:
    with room.replies_lost() as ports:
        receipt = room.value(ports.servers["rack1"].shut_down(), within_s=room.receipt_s)
    assert receipt.accepted is Accepted.UNKNOWN
    assert os(room, room.ports.servers["rack1"]) is Os.SHUTTING_DOWN


@pytest.mark.parametrize("command", ["shut_down", "force", "wake"])
def test_a_life_that_ended_sends_nothing(room: PretendRoom, server: ServerPort, command: str) -> None:
    room.end_life()
    with pytest.raises(AssertionError, match="ended"):
        getattr(server, command)()
    room.wait(10.0)
    assert room.server("rack1").running
