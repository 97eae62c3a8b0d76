"""What a host port promises: a watched host of the LAN answers or does not; nothing else is known of it."""

from __future__ import annotations

import pytest

from sequencer.ports import Condition, HostPort, HostStatus, Unreachable
from tests.contract.rooms import HOST, PretendRoom

ANSWERS = Condition[HostStatus]("answers", lambda s: True)


def watched(room: PretendRoom) -> HostPort:
    """Polled for a while."""
    port = room.ports.hosts[HOST]
    port.seen()
    room.wait(23.3)
    return port


def test_every_host_that_the_site_watches_has_a_port(room: PretendRoom) -> None:
    assert set(room.ports.hosts) == {HOST}


def test_nothing_is_known_before_the_first_poll(room: PretendRoom) -> None:
    seen = room.ports.hosts[HOST].seen()
    assert seen.status is None
    assert not seen.fresh


@pytest.mark.quick
def test_a_host_that_answers_is_seen_freshly(room: PretendRoom) -> None:
    port = watched(room)
    assert port.seen().fresh
    assert port.until(ANSWERS).triggered
    assert room.value(port.look(), within_s=room.answer_s) == HostStatus()


def test_r8_04_a_silent_host_turns_stale(room: PretendRoom) -> None:
    port = watched(room)
    room.host_goes(on=False)
    stale_s = port.seen().at_s + room.polling.stale_after_s(room.polling.on_line_s)
    room.wait(stale_s - 0.1 - room.slack_s - room.now)
    assert port.seen().fresh
    room.wait(0.2 + 2 * room.slack_s)
    assert not port.seen().fresh
    assert isinstance(room.value(port.look(), within_s=3 * room.polling.timeout_s), Unreachable)


def test_until_tells_when_it_answers_again(room: PretendRoom) -> None:
    port = watched(room)
    room.host_goes(on=False)
    room.wait(30.0)
    answer = port.until(ANSWERS)
    assert not room.comes(answer, within_s=30.0)
    room.host_goes(on=True)
    assert room.value(answer, within_s=room.polling.on_line_s + room.answer_s).fresh


def test_s11_without_the_lan_a_host_is_unknown_and_not_silent(room: PretendRoom) -> None:
    """Everything else falls silent with it: that is how the two are told apart."""
    port, ups = watched(room), room.ports.upses["ups3"]
    ups.seen()
    room.wait(10.0)
    room.cut_lan()
    room.wait(30.0)
    assert not port.seen().fresh
    assert not ups.seen().fresh
    room.cut_lan(up=True)
    room.wait(room.polling.on_line_s + room.answer_s)
    assert port.seen().fresh


def test_a_life_that_ended_hears_nothing_more(room: PretendRoom) -> None:
    port = watched(room)
    room.host_goes(on=False)
    room.wait(30.0)
    waiting, looking = port.until(ANSWERS), port.look()
    room.end_life()
    room.host_goes(on=True)
    assert not room.comes(waiting, within_s=60.0)
    assert not looking.triggered
