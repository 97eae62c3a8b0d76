"""What a peer port promises: whether the other node's service commands, and copies sent to it."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Condition, PeerPort, PeerStatus
from tests.contract.looking import Looking
from tests.contract.rooms import PretendRoom

ROW = Row(Kind.DECLARED, "reference", 1, "control1/1", 40.0, {"was_running": ["blade1"]})
NEXT = Row(Kind.CONFIRMED, "ups4", 1, "control1/1", 41.0)


class TestLookingAtAPeer(Looking):
    before = Condition[PeerStatus]("stands by", lambda s: not s.commands)
    changed = Condition[PeerStatus]("commands", lambda s: s.commands)

    def prepare(self, room: PretendRoom) -> None:
        room.start_service()

    def port(self, room: PretendRoom) -> PeerPort:
        return room.ports.peers[room.peer]

    def change(self, room: PretendRoom) -> None:
        room.start_service(commands=True)

    def silence(self, room: PretendRoom) -> None:
        room.end_service()


@pytest.fixture
def peer(room: PretendRoom) -> PeerPort:
    room.start_service()
    return room.ports.peers[room.peer]


def kept(room: PretendRoom) -> list[Row]:
    """What the other node's journal holds a little later."""
    room.wait(1.0)
    return room.kept(room.peer)


def test_a_peer_about_to_command_says_so_already(room: PretendRoom, peer: PeerPort) -> None:
    room.run_of_peer().stand(claims=True)
    assert room.value(peer.look(), within_s=room.answer_s) == PeerStatus(commands=True)


def test_copies_arrive_in_their_order(room: PretendRoom, peer: PeerPort) -> None:
    room.act(lambda: peer.copy(ROW, NEXT))
    assert kept(room) == [ROW, NEXT]


def test_a_copy_that_comes_twice_is_kept_once(room: PretendRoom, peer: PeerPort) -> None:
    room.act(lambda: peer.copy(ROW))
    room.wait(1.0)
    room.act(lambda: peer.copy(ROW, NEXT))
    assert kept(room) == [ROW, NEXT]


def test_what_arrives_is_known_to_the_peer_s_life(room: PretendRoom, peer: PeerPort) -> None:
    room.act(lambda: peer.copy(ROW))
    kept(room)
    assert room.run_of_peer().facts.open


def test_a_copy_to_a_service_that_is_down_is_missed(room: PretendRoom, peer: PeerPort) -> None:
    room.end_service()
    room.act(lambda: peer.copy(ROW))
    assert kept(room) == []


def test_a_copy_without_the_lan_is_missed_and_not_sent_later(room: PretendRoom, peer: PeerPort) -> None:
    room.cut_lan()
    room.act(lambda: peer.copy(ROW))
    room.wait(1.0)
    room.cut_lan(up=True)
    assert kept(room) == []


def test_without_the_lan_a_peer_is_silent(room: PretendRoom, peer: PeerPort) -> None:
    peer.seen()
    room.wait(12.1)
    room.cut_lan()
    room.wait(room.polling.stale_after_s(room.polling.on_line_s))
    assert not peer.seen().fresh


def test_a_life_that_ended_copies_nothing(room: PretendRoom, peer: PeerPort) -> None:
    room.end_life()
    room.act(lambda: peer.copy(ROW))
    assert kept(room) == []


def test_x_07_what_a_peer_knows_can_be_fetched(room: PretendRoom, peer: PeerPort) -> None:
    """A node that boots asks before it takes the command: what happened while it was down is there."""
    room.own_service()
    room.remember(room.peer, ROW, NEXT)
    assert room.value(peer.fetch(), within_s=room.answer_s).ok
    assert room.kept(room.me) == [ROW, NEXT]


def test_a_peer_that_is_down_answers_nothing_and_is_not_waited_for_long(
    room: PretendRoom, peer: PeerPort
) -> None:
    room.end_service()
    assert not room.value(peer.fetch(), within_s=room.polling.timeout_s + room.answer_s).ok
