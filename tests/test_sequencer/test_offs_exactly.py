"""An OFF to the second: what it waits for, when it is sent again, and what is remembered of it."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.guards import Refusal
from sequencer.journal import Kind, Row
from sequencer.ports import Accepted, Off, Os, Receipt
from sequencer.power_off import LISTENED_S, arm, cut, see_off
from sequencer.run import Run
from sequencer.timing import CARD_REBOOT_S, EVIDENCE_EXTRA_S
from tests.hands import LATENCY_S, NO, NO_ANSWER, TIMEOUT_S, YES, HandRoom, HandUps, no_look

POLL_S = 2.0
"""`polling.on_battery`: between two polls of a card whose UPS is on battery."""
DELAY_S = 420.0


@pytest.fixture
def run(by_hand: HandRoom) -> Run:
    """ups5 is out, in a declared outage, and its machines have halted."""
    by_hand.upses["ups5"].lose_mains()
    by_hand.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )
    for name in ("blade1", "blade2", "bladepool"):
        by_hand.servers[name].show(os=Os.HALTED)
    return by_hand.run


@pytest.fixture
def ups5(by_hand: HandRoom) -> HandUps:
    return by_hand.upses["ups5"]


def armed(run: Run, ups: str = "ups5") -> None:
    run.spawn(arm(run, run.site.upses[ups], Off.GRACEFUL, list(run.site.servers_on(ups))))


def sent_at(room: HandRoom) -> list[float]:
    return [round(e["t"], 2) for e in room.told("command.sent", "ups5") if e["command"] == "off"]


def written(room: HandRoom, kind: Kind) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is kind]


def test_s15_a_countdown_that_no_poll_has_told_yet_is_seen_by_the_look_before_the_off(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    armed(run)
    by_hand.until(LATENCY_S / 2)
    assert ups5.sent == [], "it is looked at first"
    ups5.show(off_armed=True)
    by_hand.until(60)
    assert ups5.sent == []
    assert written(by_hand, Kind.OFF_ARMED) == ["ups5"], "but it is remembered (C12)"


def test_s33_a_second_page_tells_it_again_a_poll_later_and_no_sooner(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    """The card took the first OFF, as it said, and counts nothing down."""
    armed(run)
    by_hand.until(0.1)
    armed(run)
    by_hand.until(60)
    first, second = sent_at(by_hand)
    assert POLL_S <= second - first < POLL_S + 0.2


def test_s33_a_page_that_comes_later_than_a_poll_does_not_wait(run: Run, by_hand: HandRoom) -> None:
    armed(run)
    by_hand.until(30)
    armed(run)
    by_hand.until(31)
    assert sent_at(by_hand)[1] < 30.1


def test_s15_what_was_told_and_should_have_fallen_is_told_again_at_once(run: Run, by_hand: HandRoom) -> None:
    armed(run)
    by_hand.until(3.0)
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 3.0, {"falls_in_s": 0.0}))
    armed(run)
    by_hand.until(4.0)
    assert len(sent_at(by_hand)) == 2


@pytest.mark.parametrize(("silent_from_s", "times"), [(0.005, 1), (DELAY_S + 60, 2)])
def test_s1_s15_what_has_not_been_heard_since_it_was_told_is_not_told_again_when_its_time_is_over(
    run: Run, by_hand: HandRoom, ups5: HandUps, silent_from_s: float, times: int
) -> None:
    """It is off; or a hand has switched it on since, and who boots there would be cut off by that OFF."""
    armed(run)
    by_hand.until(silent_from_s)
    ups5.fall_silent()
    by_hand.until(2 * DELAY_S)
    armed(run)
    by_hand.until(3 * DELAY_S)
    assert len(sent_at(by_hand)) == times


def test_s1_s15_nor_is_it_cut_again(run: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    cuts = []

    def told() -> None:
        cuts.append(run.spawn(cut(run, run.site.upses["ups5"], lambda: None, no_look)))
        by_hand.until(run.now + 200)

    ups5.replies = [NO_ANSWER]
    ups5.fall_silent()
    told()
    told()
    assert [task.over for task in cuts] == [True, True]
    assert len(sent_at(by_hand)) == 1
    ups5.show()
    ups5.fall_silent()
    told()
    assert len(sent_at(by_hand)) == 2, "it was heard in between, and is still on"


@pytest.mark.parametrize("os", [Os.UP, Os.BOOTING])
def test_s1_s27_power_on_which_somebody_runs_whom_a_hand_holds_is_told_when_he_is_let_go_or_halts(
    run: Run, by_hand: HandRoom, ups5: HandUps, os: Os
) -> None:
    """He was down when it began, and has been booted since: he could be neither told nor forced."""
    details = {"held": True, "cause": "a request", "wall_s": 1.0}
    run.hear(Row(Kind.HELD, "bladepool", 1, "control1/1", 0.0, details))
    run.asked_to_stop.update(("blade1", "blade2", "bladepool"))
    by_hand.servers["bladepool"].show(os=os)
    armed(run)
    by_hand.until(600)
    assert ups5.sent == []
    by_hand.servers["bladepool"].show(os=Os.HALTED)
    by_hand.until(601)
    assert ups5.sent == ["off graceful"]


def test_s11_a_countdown_as_its_last_word_is_no_countdown_of_a_card_that_is_silent_now(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    """It may have fallen out of it with its network card; what another life has told is told once more."""
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 1.0}))
    ups5.show(off_armed=True)
    by_hand.until(5)
    ups5.fall_silent()
    ups5.replies = [YES]
    armed(run)
    by_hand.until(20)
    assert ups5.sent == ["off graceful"]


@pytest.mark.parametrize(
    ("read_back_s", "told"), [(420.5, False), (420.6, True), (419.5, False), (419.4, True)]
)
def test_s29_half_a_second_is_the_same_setting(
    run: Run, by_hand: HandRoom, ups5: HandUps, read_back_s: float, told: bool
) -> None:
    ups5.show(graceful_off_s=read_back_s)
    armed(run)
    by_hand.until(1)
    assert bool(by_hand.told("alarm.raised", "ups5")) is told


@pytest.mark.parametrize(("took_s", "anew"), [(421.0, False), (421.1, True), (418.0, True)])
def test_s29_what_the_card_answers_counts_when_it_is_more_than_a_second_off(
    run: Run, by_hand: HandRoom, ups5: HandUps, took_s: float, anew: bool
) -> None:
    ups5.replies = [Receipt(Accepted.YES, falls_in_s=took_s)]
    armed(run)
    by_hand.until(1)
    rows = [row.details["falls_in_s"] for row in by_hand.journal.kept if row.kind is Kind.OFF_ARMED]
    assert rows == ([DELAY_S, took_s] if anew else [DELAY_S])


def test_x_09_a_refused_off_is_sent_again_a_poll_later(run: Run, by_hand: HandRoom, ups5: HandUps) -> None:
    ups5.replies = [NO, YES]
    armed(run)
    by_hand.until(60)
    first, second = sent_at(by_hand)
    assert POLL_S <= second - first < POLL_S + 0.2


def test_s15_an_off_without_an_answer_from_a_card_that_stays_silent_is_sent_once_and_told(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    """It may count down already. A card that reboots is waited for."""
    ups5.replies = [NO_ANSWER]
    armed(run)
    by_hand.until(LATENCY_S + TIMEOUT_S / 2)
    ups5.fall_silent()
    by_hand.until(CARD_REBOOT_S - 5)
    assert by_hand.told("alarm.raised", "ups5") == []
    by_hand.until(CARD_REBOOT_S + LISTENED_S)
    assert ups5.sent == ["off graceful"]
    assert [alarm["rule"] for alarm in by_hand.told("alarm.raised", "ups5")] == ["X-09"]


@pytest.mark.parametrize(
    ("reply", "falls_silent", "permit", "text"),
    [
        (NO, False, None, "ups5 did not take its OFF"),
        (NO, True, None, "ups5 did not take its OFF"),
        (NO_ANSWER, False, None, "ups5 did not take its OFF"),
        (NO_ANSWER, True, None, "ups5 is silent; whether it took its OFF is not known"),
        (NO_ANSWER, True, Refusal("X-12", "not armed"), "ups5 was not told to go off: not armed"),
        (YES, False, Refusal("S13", "nothing proves it"), "ups5 was not told to go off: nothing proves it"),
    ],
)
def test_x09_the_alarm_tells_an_off_that_was_refused_from_one_of_which_nothing_is_known_and_from_none(
    run: Run, by_hand: HandRoom, ups5: HandUps, reply: Receipt, falls_silent: bool, permit: Any, text: str
) -> None:
    ups5.replies = [reply] * 10
    run.permit = lambda device, command: permit
    armed(run)
    by_hand.until(LATENCY_S + TIMEOUT_S / 2)
    if falls_silent:
        ups5.fall_silent()
    by_hand.until(CARD_REBOOT_S + LISTENED_S + 10)
    assert [a["text"] for a in by_hand.told("alarm.raised", "ups5") if a["rule"] == "X-09"] == [text]


def test_s15_one_that_has_been_silent_for_long_is_listened_to_for_a_quarter_of_a_minute(
    run: Run, by_hand: HandRoom, ups5: HandUps
) -> None:
    ups5.fall_silent()
    by_hand.until(300)
    ups5.replies = [NO_ANSWER]
    armed(run)
    by_hand.until(600)
    (alarm,) = by_hand.told("alarm.raised", "ups5")
    (sent,) = sent_at(by_hand)
    assert LISTENED_S <= alarm["t"] - (sent + TIMEOUT_S + POLL_S) <= LISTENED_S + 2 * TIMEOUT_S


# Seen off


def seen(run: Run, room: HandRoom, name: str, **facts: Any) -> None:
    """It was to fall at 10 s, and does."""
    run.hear(Row(Kind.OFF_ARMED, name, 1, "control1/1", 0.0, {"falls_in_s": 10.0}))
    run.spawn(see_off(run, run.site.upses[name], []))
    room.until(10)
    room.upses[name].show(output_on=False)
    room.until(11)


def test_x_07_that_a_servers_ups_was_seen_off_is_remembered_in_an_outage(run: Run, by_hand: HandRoom) -> None:
    seen(run, by_hand, "ups5")
    assert written(by_hand, Kind.SEEN_OFF) == ["ups5"]
    assert "ups5" in run.settled
    run.spawn(see_off(run, run.site.upses["ups5"], []))
    by_hand.until(12)
    assert written(by_hand, Kind.SEEN_OFF) == ["ups5"], "once"


def test_x_07_nobody_waits_for_the_last_ups_of_a_disk_nor_in_a_night(run: Run, by_hand: HandRoom) -> None:
    seen(run, by_hand, "ups4")
    assert written(by_hand, Kind.SEEN_OFF) == []
    other = HandRoom(by_hand.site)
    seen(other.run, other, "ups5")
    assert written(other, Kind.SEEN_OFF) == []


def test_s3_o1_a_ups_that_a_hand_switches_on_as_it_is_to_be_told_is_off_no_more_while_it_counts_down(
    run: Run, by_hand: HandRoom
) -> None:
    """Whoever boots there is waited for, and his disk is flushed when it has fallen."""
    run.settled.add("ups5")
    by_hand.upses["ups5"].show(off_armed=True)
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 10.0}))
    run.spawn(see_off(run, run.site.upses["ups5"], []))
    by_hand.until(9)
    assert run.settled == set()
    by_hand.upses["ups5"].show(output_on=False)
    by_hand.until(11)
    assert run.settled == {"ups5"}


def test_s5_u5_nor_is_the_disk_on_it_until_it_has_fallen(run: Run, by_hand: HandRoom) -> None:
    """It came on by itself; its OFF was acknowledged, and did nothing (seed 7700536)."""
    run.settled |= {"ups4", "linkeddisk", "ups5"}
    run.hear(Row(Kind.OFF_ARMED, "ups4", 1, "control1/1", 0.0, {"falls_in_s": 0.0}))
    run.spawn(see_off(run, run.site.upses["ups4"], []))
    by_hand.until(9)
    assert run.settled == {"ups5"}
    by_hand.upses["ups4"].show(output_on=False)
    by_hand.until(11)
    assert run.settled == {"ups4", "linkeddisk", "ups5"}


def test_s3_the_alarm_says_how_long_after_its_time_it_was_given_up(run: Run, by_hand: HandRoom) -> None:
    limit_s = by_hand.site.linkage.seen_off_limit_s
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 100.0}))
    run.spawn(see_off(run, run.site.upses["ups5"], []))
    by_hand.until(100 + max(limit_s, EVIDENCE_EXTRA_S) + 1)
    (alarm,) = by_hand.told("alarm.raised", "ups5")
    assert alarm["text"] == f"ups5 not seen off {limit_s:.0f} s after it should be"
    assert run.given_up == {"ups5"}
    assert written(by_hand, Kind.SEEN_OFF) == []
