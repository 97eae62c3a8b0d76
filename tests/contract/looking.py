"""What `seen`, `look` and `until` promise, whatever is looked at. Each port's suite says what changes."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.ports import Condition, Looker, Unreachable
from tests.contract.rooms import PretendRoom


class Looking:
    """Inherited by the suite of each port that polls. `change` turns `before` false and `changed` true."""

    before: Condition[Any]
    changed: Condition[Any]

    def prepare(self, room: PretendRoom) -> None:
        """What must run before anything is looked at."""

    def port(self, room: PretendRoom) -> Looker[Any]:
        raise NotImplementedError

    def change(self, room: PretendRoom) -> None:
        raise NotImplementedError

    def silence(self, room: PretendRoom) -> None:
        raise NotImplementedError

    @pytest.fixture
    def port_seen(self, room: PretendRoom) -> Looker[Any]:
        """The port of a device that has been polled for a while."""
        self.prepare(room)
        port = self.port(room)
        port.seen()
        room.wait(23.3)
        return port

    # seen

    def test_nothing_is_known_before_the_first_poll(self, room: PretendRoom) -> None:
        self.prepare(room)
        seen = self.port(room).seen()
        assert seen.status is None
        assert not seen.fresh

    def test_the_first_poll_tells_within_a_period(self, room: PretendRoom) -> None:
        self.prepare(room)
        port = self.port(room)
        port.seen()
        room.wait(room.polling.on_line_s + room.answer_s)
        assert port.seen().fresh
        assert self.before.met(port.seen().status)

    def test_seen_is_never_older_than_a_period_while_the_device_answers(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        for _ in range(20):
            room.wait(1.7)
            seen = port_seen.seen()
            assert seen.fresh
            assert 0 <= room.now - seen.at_s <= room.polling.on_line_s + room.answer_s

    def test_seen_knows_a_change_only_from_the_next_poll(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        self.change(room)
        room.wait(room.polling.on_line_s + room.answer_s)
        assert self.changed.met(port_seen.seen().status)
        assert not self.before.met(port_seen.seen().status)

    def test_s11_a_silent_device_turns_stale_after_two_periods_and_a_time_out(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        self.silence(room)
        last = port_seen.seen()
        stale_s = last.at_s + room.polling.stale_after_s(room.polling.on_line_s)
        room.wait(stale_s - 0.1 - room.slack_s - room.now)
        assert port_seen.seen().fresh
        room.wait(0.2 + 2 * room.slack_s)
        assert not port_seen.seen().fresh
        assert port_seen.seen().at_s == last.at_s
        assert self.before.met(port_seen.seen().status), "what it said last is still known, and is old"

    # look

    @pytest.mark.quick
    def test_a_look_is_a_fresh_reading(self, room: PretendRoom, port_seen: Looker[Any]) -> None:
        self.change(room)
        asked_s = room.now
        status = room.value(port_seen.look(), within_s=room.answer_s)
        assert self.changed.met(status)
        assert self.changed.met(port_seen.seen().status)
        assert port_seen.seen().at_s >= asked_s

    def test_a_look_at_a_silent_device_is_unreachable_after_its_time_outs(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        self.silence(room)
        asked_s = room.now
        answer = port_seen.look()
        assert isinstance(room.value(answer, within_s=3 * room.polling.timeout_s), Unreachable)
        assert room.now - asked_s >= 2 * room.polling.timeout_s

    def test_s11_after_a_failed_look_the_last_reading_is_no_longer_fresh(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        self.silence(room)
        room.value(port_seen.look(), within_s=3 * room.polling.timeout_s)
        assert not port_seen.seen().fresh

    # until

    def test_until_answers_at_once_what_holds_freshly(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        answer = port_seen.until(self.before)
        assert answer.triggered
        assert answer.value.fresh

    def test_until_answers_at_the_next_poll_after_the_change(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        answer = port_seen.until(self.changed)
        assert not room.comes(answer, within_s=17.9), "nothing has changed yet"
        self.change(room)
        changed_s = room.now
        seen = room.value(answer, within_s=room.polling.on_line_s + room.answer_s)
        assert seen.fresh
        assert self.changed.met(seen.status)
        assert seen.at_s >= changed_s - room.answer_s

    def test_until_answers_sooner_to_whom_it_matters(self, room: PretendRoom, port_seen: Looker[Any]) -> None:
        answer = port_seen.until(self.changed, eager=True)
        room.wait(11.3)
        self.change(room)
        assert room.comes(answer, within_s=room.polling.on_battery_s + room.answer_s)

    def test_until_answers_once_when_the_reading_turns_stale(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        answer = port_seen.until(self.changed)
        self.silence(room)
        seen = room.value(answer, within_s=room.polling.stale_after_s(room.polling.on_line_s) + 0.1)
        assert not seen.fresh
        assert room.now - seen.at_s >= room.polling.stale_after_s(room.polling.on_line_s) - 0.01

    def test_s11_until_takes_no_old_reading_for_an_answer(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        self.silence(room)
        room.wait(30.0)
        assert not room.comes(port_seen.until(self.before), within_s=30.0)

    def test_who_withdraws_is_forgotten(self, room: PretendRoom, port_seen: Looker[Any]) -> None:
        gone, other = port_seen.until(self.changed), port_seen.until(self.changed)
        gone.withdraw()
        self.change(room)
        assert room.comes(other, within_s=room.polling.on_line_s + room.answer_s)
        assert not room.comes(gone, within_s=30.0)

    def test_withdrawing_what_has_been_answered_changes_nothing(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        answer = port_seen.until(self.before)
        answer.withdraw()
        assert answer.value.fresh

    def test_a_life_that_ended_hears_nothing_more(self, room: PretendRoom, port_seen: Looker[Any]) -> None:
        waiting, looking = port_seen.until(self.changed), port_seen.look()
        room.end_life()
        self.change(room)
        assert not room.comes(waiting, within_s=30.0)
        assert not room.comes(looking, within_s=10.0)

    def test_the_next_life_begins_with_knowing_nothing(
        self, room: PretendRoom, port_seen: Looker[Any]
    ) -> None:
        room.end_life()
        room.ports = room.new_life()
        assert self.port(room).seen().status is None
        room.wait(room.polling.on_line_s + room.answer_s)
        assert self.port(room).seen().fresh
