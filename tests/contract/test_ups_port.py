"""What a UPS port promises: readings, thresholds that drift, and receipts for OFF and ON."""

from __future__ import annotations

import pytest

from sequencer.ports import Accepted, Condition, Off, UpsPort, UpsStatus
from sequencer.timing import delayed_off_s, graceful_off_s, immediate_off_s
from sim.faults import catalogue
from tests.contract.looking import Looking
from tests.contract.rooms import PretendRoom
from tests.worlds import reference_site

ON_BATTERY = Condition[UpsStatus]("on battery", lambda s: s.on_battery)
SETTINGS = reference_site().upses["ups4"]

CARD_SILENT = catalogue.named("card_silent")


class TestLookingAtAUps(Looking):
    before = Condition[UpsStatus]("on line", lambda s: s.mains and not s.on_battery)
    changed = ON_BATTERY

    def port(self, room: PretendRoom) -> UpsPort:
        return room.ports.upses["ups4"]

    def change(self, room: PretendRoom) -> None:
        room.lose_mains("ups4")

    def silence(self, room: PretendRoom) -> None:
        room.fault(CARD_SILENT, "ups4")


@pytest.fixture
def ups(room: PretendRoom) -> UpsPort:
    """The linked disk's UPS, polled for a while."""
    port = room.ports.upses["ups4"]
    port.seen()
    room.wait(12.1)
    return port


def status(room: PretendRoom, port: UpsPort) -> UpsStatus:
    told = room.value(port.look(), within_s=room.answer_s)
    assert isinstance(told, UpsStatus)
    return told


def unwatched(room: PretendRoom, for_s: float) -> UpsPort:
    """The port of another life, after a time in which nobody has asked the card anything."""
    room.end_life()
    room.wait(for_s)
    room.ports = room.new_life()
    return room.ports.upses["ups4"]


# What a look tells


def test_a_ups_tells_its_delays_as_the_card_has_them(room: PretendRoom, ups: UpsPort) -> None:
    told = status(room, ups)
    assert told.graceful_off_s == graceful_off_s(SETTINGS)
    assert told.delayed_off_s == delayed_off_s(SETTINGS)
    assert told.immediate_off_s == immediate_off_s(SETTINGS)


def test_a_ups_that_is_off_on_the_mains_still_tells_so(room: PretendRoom, ups: UpsPort) -> None:
    room.cut("ups4")
    told = status(room, ups)
    assert (told.mains, told.output_on, told.on_battery) == (True, False, False)


def test_a_card_that_booted_tells_a_short_uptime(room: PretendRoom, ups: UpsPort) -> None:
    assert status(room, ups).card_uptime_s > 3600
    room.lose_mains("ups4")
    room.cut("ups4")
    room.wait(60.0)
    room.regain_mains("ups4")
    room.wait(30.0)
    assert status(room, ups).card_uptime_s <= 31.0 + room.slack_s


def test_on_battery_the_runtime_falls_by_a_second_each_second(room: PretendRoom, ups: UpsPort) -> None:
    room.lose_mains("ups4")
    before, asked_s = status(room, ups), room.now
    room.wait(100.0)
    later = status(room, ups)
    assert before.runtime_s is not None
    assert later.runtime_s == pytest.approx(before.runtime_s - (room.now - asked_s), abs=room.answer_s)


# Thresholds


def runtime_below(runtime_s: float) -> Condition[UpsStatus]:
    return Condition(
        f"runtime at most {runtime_s:g} s",
        lambda s: s.on_battery and s.runtime_s is not None and s.runtime_s <= runtime_s,
        runtime_below_s=runtime_s,
    )


def charge_above(charge_pct: float) -> Condition[UpsStatus]:
    return Condition(
        f"charge at least {charge_pct:g} %",
        lambda s: s.charge_pct is not None and s.charge_pct >= charge_pct,
        charge_above_pct=charge_pct,
    )


def test_a_runtime_threshold_is_told_at_the_poll_after_its_crossing(room: PretendRoom, ups: UpsPort) -> None:
    room.lose_mains("ups4")
    left_s, asked_s = status(room, ups).runtime_s, room.now
    assert left_s is not None
    answer = ups.until(runtime_below(left_s - 333.3))
    seen = room.value(answer, within_s=400.0)
    crossed_s = asked_s + 333.3
    assert seen.fresh
    assert seen.status is not None
    assert seen.status.runtime_s is not None
    assert seen.status.runtime_s <= left_s - 333.3
    assert crossed_s - room.answer_s <= room.now <= crossed_s + room.polling.on_battery_s + room.answer_s


def test_a_runtime_threshold_waits_through_the_calm_before_the_outage(
    room: PretendRoom, ups: UpsPort
) -> None:
    answer = ups.until(runtime_below(900.0))
    assert not room.comes(answer, within_s=room.long_s)
    room.lose_mains("ups4")
    left_s = status(room, ups).runtime_s
    assert left_s is not None
    crossed_s = room.now + left_s - 900.0
    room.value(answer, within_s=left_s)
    assert crossed_s - room.answer_s <= room.now <= crossed_s + room.polling.on_battery_s + room.answer_s


def test_a_runtime_threshold_is_not_told_when_the_mains_return_before(
    room: PretendRoom, ups: UpsPort
) -> None:
    room.lose_mains("ups4")
    left_s = status(room, ups).runtime_s
    assert left_s is not None
    answer = ups.until(runtime_below(left_s - 300.0))
    room.wait(290.0)
    room.regain_mains("ups4")
    assert not room.comes(answer, within_s=room.long_s)


def test_a_charge_threshold_is_told_at_the_poll_after_its_crossing(room: PretendRoom, ups: UpsPort) -> None:
    room.lose_mains("ups4")
    room.wait(300.0)
    room.regain_mains("ups4")
    low_pct = status(room, ups).charge_pct
    assert low_pct is not None
    room.wait(100.0)
    per_s = ((status(room, ups).charge_pct or 0.0) - low_pct) / 100.0
    seen = room.value(ups.until(charge_above(low_pct + 2.0)), within_s=4 * 3600.0)
    assert seen.status is not None
    assert seen.status.charge_pct is not None
    late_pct = per_s * (room.polling.on_line_s + room.answer_s)
    assert low_pct + 2.0 <= seen.status.charge_pct <= low_pct + 2.0 + late_pct


def test_a_charge_threshold_that_holds_is_told_at_once(room: PretendRoom, ups: UpsPort) -> None:
    assert ups.until(charge_above(90.0)).triggered


def test_who_withdraws_from_a_threshold_is_forgotten(room: PretendRoom, ups: UpsPort) -> None:
    room.lose_mains("ups4")
    answer = ups.until(runtime_below(1200.0))
    answer.withdraw()
    assert not room.comes(answer, within_s=400.0)


# Commands


@pytest.mark.parametrize(
    ("how", "falls_in_s"),
    [
        (Off.GRACEFUL, graceful_off_s(SETTINGS)),
        (Off.UNTIL_MAINS, graceful_off_s(SETTINGS)),
        (Off.SLEEP, graceful_off_s(SETTINGS)),
        (Off.DELAYED, delayed_off_s(SETTINGS)),
        (Off.NOW, 0.0),
        (Off.CONSERVE, 0.0),
    ],
)
def test_the_receipt_of_an_off_says_when_the_output_falls(
    room: PretendRoom, ups: UpsPort, how: Off, falls_in_s: float
) -> None:
    room.lose_mains("ups4")
    receipt = room.value(ups.switch_off(how), within_s=room.answer_s)
    assert receipt.accepted is Accepted.YES
    assert receipt.falls_in_s == falls_in_s
    if falls_in_s > 10.0:
        ups = unwatched(room, falls_in_s - 5.0 - room.slack_s)
        told = status(room, ups)
        assert told.output_on, "accepted is not done"
        assert told.off_armed
    room.wait(6.0 + room.slack_s)
    assert not status(room, ups).output_on, "the card is held up for a while"


def test_r10_56_a_sleep_ends_by_itself_in_whole_steps_and_never_early(
    room: PretendRoom, ups: UpsPort
) -> None:
    asked_s = 1300.0  # the card makes 1440 s of it
    receipt = room.value(ups.switch_off(Off.SLEEP, sleep_s=asked_s), within_s=room.answer_s)
    assert receipt.falls_in_s is not None
    ups = unwatched(room, receipt.falls_in_s + 1430.0)
    assert not status(room, ups).output_on
    room.wait(20.0 + SETTINGS.return_delay_s)
    assert status(room, ups).output_on


def test_conserve_is_refused_on_line_with_its_reason(room: PretendRoom, ups: UpsPort) -> None:
    receipt = room.value(ups.switch_off(Off.CONSERVE), within_s=room.answer_s)
    assert receipt.accepted is Accepted.NO
    assert "badValue" in receipt.reason
    assert status(room, ups).output_on


def test_on_is_refused_without_mains_with_its_reason(room: PretendRoom, ups: UpsPort) -> None:
    room.lose_mains("ups4")
    room.cut("ups4")
    receipt = room.value(ups.switch_on(), within_s=room.answer_s)
    assert receipt.accepted is Accepted.NO
    assert "badValue" in receipt.reason


def test_on_is_accepted_with_mains_and_the_output_comes(room: PretendRoom, ups: UpsPort) -> None:
    room.cut("ups4")
    assert room.value(ups.switch_on(), within_s=room.answer_s).ok
    room.wait(1.0)
    assert status(room, ups).output_on


def test_u2_a_silent_card_gives_no_receipt_and_does_nothing(room: PretendRoom, ups: UpsPort) -> None:
    room.fault(CARD_SILENT, "ups4")
    asked_s = room.now
    receipt = room.value(ups.switch_off(Off.NOW), within_s=room.receipt_s)
    assert receipt.accepted is Accepted.UNKNOWN
    assert receipt.reason
    assert room.now - asked_s >= room.polling.timeout_s - 0.1 - room.slack_s
    assert room.ups("ups4").output


def test_u6_a_command_whose_reply_is_lost_is_done_and_unknown(room: PretendRoom, ups: UpsPort) -> None:
    with room.replies_lost() as ports:
        receipt = room.value(ports.upses["ups4"].switch_off(Off.NOW), within_s=room.receipt_s)
    assert receipt.accepted is Accepted.UNKNOWN
    assert not room.ups("ups4").output


def test_without_the_lan_no_command_arrives(room: PretendRoom, ups: UpsPort) -> None:
    room.cut_lan()
    receipt = room.value(ups.switch_off(Off.NOW), within_s=room.receipt_s)
    assert receipt.accepted is Accepted.UNKNOWN
    assert room.ups("ups4").output


def test_a_life_that_ended_sends_nothing(room: PretendRoom, ups: UpsPort) -> None:
    room.end_life()
    with pytest.raises(AssertionError, match="ended"):
        ups.switch_off(Off.NOW)
    with pytest.raises(AssertionError, match="ended"):
        ups.switch_on()
    room.wait(10.0)
    assert room.ups("ups4").output
