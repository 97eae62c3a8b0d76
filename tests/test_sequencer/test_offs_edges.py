"""What an OFF finds when it comes: told already, in somebody's hands, silent, refused, without a journal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.guards import Refusal
from sequencer.journal import Kind, Row
from sequencer.ports import Accepted, Off, Os, Receipt
from sequencer.power_off import (
    LISTENED_S,
    arm,
    cut,
    is_news,
    note_off,
    note_what_it_took,
)
from sequencer.run import Run
from sequencer.site import OffMode, Site
from sequencer.task import Task
from sequencer.timing import CARD_REBOOT_S
from tests.hands import LATENCY_S, NO, NO_ANSWER, TIMEOUT_S, YES, HandRoom, HandUps, no_look
from tests.worlds import with_settings

POLL_S = 2.0
DELAY_S = 420.0
BLADES = ("blade1", "blade2", "bladepool")


def room_of(site: Site) -> HandRoom:
    """ups5 is out, in a declared outage, and its machines have halted."""
    room = HandRoom(site)
    room.upses["ups5"].lose_mains()
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )
    for name in BLADES:
        room.servers[name].show(os=Os.HALTED)
    return room


@pytest.fixture
def room(site: Site) -> HandRoom:
    return room_of(site)


def goes_dark(room: HandRoom, ups5: HandUps) -> None:
    """It says that it is off, and then nobody there says anything any more."""
    ups5.show(output_on=False)
    ups5.fall_silent()
    for name in BLADES:
        room.servers[name].fall_silent()


def armed(run: Run, how: Off = Off.GRACEFUL, sleep_s: float = 0.0) -> Task:
    loads = list(run.site.servers_on("ups5"))
    return run.spawn(arm(run, run.site.upses["ups5"], how, loads, sleep_s=sleep_s))


def cut_now(run: Run, name: str = "ups5") -> Task:
    return run.spawn(cut(run, run.site.upses[name], lambda: None, no_look))


def sent(room: HandRoom) -> list[dict[str, Any]]:
    return [e for e in room.told("command.sent", "ups5") if e["command"] == "off"]


def written(room: HandRoom) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is Kind.OFF_ARMED]


def words(room: HandRoom) -> list[str]:
    """The rules of all refusals and alarms."""
    return [e["rule"] for name in ("command.refused", "alarm.raised") for e in room.told(name)]


# Written down before it is time


def noted(room: HandRoom) -> Run:
    room.run.spawn(note_off(room.run, room.site.upses["ups5"], Off.GRACEFUL))
    room.until(room.run.now + 1)
    return room.run


def test_s30_what_is_written_down_is_still_to_be_told_until_it_is(room: HandRoom, ups5: HandUps) -> None:
    run = noted(room)
    assert (run.to_be_told, written(room), ups5.sent) == ({"ups5"}, ["ups5"], [])
    armed(run)
    room.until(2.0)
    assert (run.to_be_told, ups5.sent) == (set(), ["off graceful"])


def test_s2_what_another_page_has_just_sent_is_not_still_to_be_told(room: HandRoom, ups5: HandUps) -> None:
    """Its card shows nothing yet; and as one that is still to be told it would take who hangs there, for
    nobody forces him before that (five-control-disks, hard seed 60139)."""
    armed(room.run)
    room.until(2.0)
    run = noted(room)
    assert (run.to_be_told, written(room), ups5.sent) == (set(), ["ups5"], ["off graceful"])
    room.until(run.facts.armed["ups5"].falls_at_s - 0.5)
    assert noted(room).to_be_told == set()
    assert noted(room).to_be_told == {"ups5"}, "it was not carried out"


def test_s30_what_is_written_down_anew_after_it_was_sent_is_still_to_be_told(room: HandRoom) -> None:
    """Also where another life has written that row, or it was noted once more: its time begins with it."""
    armed(room.run)
    room.until(2.0)
    details = {"falls_in_s": DELAY_S}
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control2/1", 0.0, details))
    assert noted(room).to_be_told == {"ups5"}
    assert noted(room).to_be_told == {"ups5"}
    assert written(room) == ["ups5", "ups5", "ups5"]


@pytest.mark.parametrize(("at_s", "news"), [(0.0, True), (14.5, True), (15.0, False), (16.0, False)])
def test_s30_what_was_written_down_longer_ago_than_a_card_is_listened_to_is_no_news(
    run: Run, room: HandRoom, at_s: float, news: bool
) -> None:
    """By it the UPS would fall too soon."""
    ups = room.site.upses["ups5"]
    assert not is_news(run, ups, Off.GRACEFUL, DELAY_S), "there is nothing written down"
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": DELAY_S}))
    if at_s:
        room.until(at_s)
    assert is_news(run, ups, Off.GRACEFUL, DELAY_S) is news


@pytest.mark.parametrize(("other_s", "news"), [(0.5, True), (-0.5, True), (0.6, False), (-0.6, False)])
def test_s29_u8_nor_what_was_written_down_with_another_delay_than_its_card_tells_by_now(
    run: Run, room: HandRoom, other_s: float, news: bool
) -> None:
    """It was put right in that moment, and sent so (five-control-disks, crowded seed 66131)."""
    details = {"falls_in_s": DELAY_S + other_s}
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, details))
    assert is_news(run, room.site.upses["ups5"], Off.GRACEFUL, DELAY_S) is news


def test_s30_what_was_written_down_too_long_ago_is_written_down_anew(room: HandRoom, ups5: HandUps) -> None:
    run = noted(room)
    room.until(LISTENED_S + 1)
    armed(run)
    room.until(LISTENED_S + 2)
    assert (written(room), ups5.sent) == (["ups5", "ups5"], ["off graceful"])


def test_s30_what_counts_down_already_is_not_written_down_as_still_to_be_told(
    room: HandRoom, ups5: HandUps
) -> None:
    ups5.show(off_armed=True)
    assert noted(room).to_be_told == set()
    assert written(room) == []


def test_s30_what_was_off_as_its_last_word_is_not_written_down_either(room: HandRoom, ups5: HandUps) -> None:
    goes_dark(room, ups5)
    assert noted(room).to_be_told == set()
    assert written(room) == []


def test_s30_what_has_been_written_down_is_sent_without_writing_and_written_anew_when_it_is_refused(
    room: HandRoom, ups5: HandUps
) -> None:
    """After a refusal its time counts from the second attempt on."""
    ups5.replies = [NO, YES]
    armed(noted(room))
    room.until(2.0)
    assert len(sent(room)) == 1
    assert written(room) == ["ups5"]
    room.until(10.0)
    assert len(sent(room)) == 2
    assert written(room) == ["ups5", "ups5"]


# Told already


def test_s15_a_second_page_is_done_at_once_with_what_counts_down_as_it_was_told(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    armed(run)
    room.until(0.5)
    ups5.show(off_armed=True)
    second = armed(run)
    room.until(0.5 + 2 * LATENCY_S)
    assert second.over
    assert (len(sent(room)), words(room)) == (1, [])


def test_s15_a_second_page_tells_nothing_to_a_card_that_has_fallen_silent_since(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    armed(run)
    room.until(0.1)
    ups5.fall_silent()
    second = armed(run)
    room.until(CARD_REBOOT_S + LISTENED_S)
    assert second.over
    assert (len(sent(room)), written(room), words(room)) == (1, ["ups5"], [])


@pytest.mark.parametrize("left_s", [0.0, LATENCY_S])
def test_s15_what_should_have_fallen_by_now_is_told_again_at_once(
    run: Run, room: HandRoom, left_s: float
) -> None:
    armed(run)
    room.until(3.0)
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 3.0, {"falls_in_s": left_s}))
    armed(run)
    room.until(3.1)
    assert len(sent(room)) == 2


def test_s33_what_was_told_in_an_outage_is_told_at_once_in_the_next(run: Run, room: HandRoom) -> None:
    armed(run)
    room.until(DELAY_S + 10)
    run.hear(Row(Kind.DECLARED, "reference", 2, "control1/1", run.now, {"was_running": []}))
    assert "ups5" not in run.facts.armed
    armed(run)
    room.until(DELAY_S + 11)
    assert len(sent(room)) == 2


# Its loads


def stops_in(site: Site, blade1_s: float, blade2_s: float, **settings: Any) -> Site:
    return with_settings(
        site, blade1__shutdown_limit_s=blade1_s, blade2__shutdown_limit_s=blade2_s, **settings
    )


@pytest.mark.parametrize(
    ("limits_s", "up", "tells"),
    [
        ((180.0, 500.0), ("blade1", "blade2"), False),
        ((500.0, 180.0), ("blade1", "blade2"), False),
        ((180.0, 500.0), ("blade1",), True),
        ((180.0, 500.0), ("blade2",), False),
        ((420.0, 500.0), ("blade1",), True),
    ],
    ids=["the second", "the first", "the longest is down", "only it is up", "just in time"],
)
def test_s1_it_falls_no_sooner_than_the_slowest_that_still_runs_may_take(
    site: Site, limits_s: tuple[float, float], up: tuple[str, ...], tells: bool
) -> None:
    room = room_of(stops_in(site, *limits_s))
    for name in up:
        room.servers[name].show(os=Os.SHUTTING_DOWN)
        room.run.asked_to_stop.add(name)
    armed(room.run)
    room.until(1)
    assert (len(sent(room)), words(room)) == ((1, []) if tells else (0, ["S1"]))


def test_r10_27_one_that_is_told_only_after_the_halt_leaves_nobody_any_time(site: Site) -> None:
    """That they have halted stands before it; who has been given up meanwhile has had his time."""
    room = room_of(stops_in(site, 500.0, 500.0, ups5__off=OffMode.AFTER_HALT))
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.run.asked_to_stop.add("blade1")
    armed(room.run)
    room.until(1)
    assert len(sent(room)) == 1


@pytest.mark.parametrize("off", OffMode)
def test_s29_a_card_whose_delay_is_nothing_is_told_when_all_have_halted(site: Site, off: OffMode) -> None:
    room = room_of(with_settings(site, ups5__off=off))
    room.upses["ups5"].show(graceful_off_s=0.0)
    armed(room.run)
    room.until(1)
    assert len(sent(room)) == 1


# A cut looks first


def test_s15_c12_a_cut_of_what_counts_down_by_the_look_before_it_tells_it_nothing_and_remembers_its_fall(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    cut_now(run)
    room.until(LATENCY_S / 2)
    ups5.show(off_armed=True)
    room.until(10)
    assert (ups5.sent, written(room), words(room)) == ([], ["ups5"], ["C12"])
    room.until(DELAY_S)
    assert "ups5" not in run.settled, "its fall is waited for, not overdue"


def test_x_07_a_cut_of_what_was_off_as_its_last_word_tells_it_nothing(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    goes_dark(room, ups5)
    task = cut_now(run)
    room.until(10)
    assert task.over
    assert (ups5.sent, written(room), words(room)) == ([], [], [])


@pytest.mark.parametrize(("rule", "again"), [("S2", True), ("S9", True), ("S3", False)])
def test_s2_s9_a_cut_that_is_refused_is_tried_anew_where_its_cause_may_return_else_waited_for(
    run: Run, room: HandRoom, ups5: HandUps, rule: str, again: bool
) -> None:
    outcomes: list[Refusal | None] = []

    def steps() -> Any:
        outcomes.append((yield from cut(run, room.site.upses["ups5"], lambda: Refusal(rule, "so"), no_look)))

    run.spawn(steps())
    room.until(1)
    assert outcomes == ([Refusal(rule, "so")] if again else [])
    assert (ups5.sent, written(room)) == ([], [])
    ups5.show(output_on=False)
    room.until(2)
    assert outcomes[-1] == (Refusal(rule, "so") if again else None)


def test_s27_an_off_waits_until_nobody_holds_its_ups(run: Run, room: HandRoom, ups5: HandUps) -> None:
    def held(held: bool, wall_s: float) -> Row:
        return Row(
            Kind.HELD, "ups5", 0, "control1/1", 0.0, {"held": held, "wall_s": wall_s, "cause": f"{held}"}
        )

    run.hear(held(True, 1.0))
    armed(run)
    room.until(60)
    assert (ups5.sent, written(room), words(room)) == ([], [], [])
    run.hear(held(False, 2.0))
    room.until(61)
    assert ups5.sent == ["off graceful"]


# Sent


def test_s1_who_waits_for_the_fall_of_a_ups_knows_of_it_before_the_card_has_answered(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    """A hung system is forced in time before its cut."""
    knows = run.spawn(run.until(lambda: "ups5" in run.facts.armed, "ups5"))
    ups5.replies = [NO_ANSWER]
    armed(run)
    room.until(TIMEOUT_S / 2)
    assert len(sent(room)) == 1
    assert knows.over


def test_r10_51_only_an_off_that_ends_by_itself_tells_how_long_it_sleeps_in_milliseconds(
    run: Run, room: HandRoom
) -> None:
    armed(run, Off.SLEEP, sleep_s=12.34567)
    room.until(1)
    assert [e["sleep_s"] for e in sent(room)] == [12.346]
    other = room_of(room.site)
    armed(other.run)
    other.until(1)
    assert ["sleep_s" in e for e in sent(other)] == [False]


def test_s15_an_off_whose_answer_was_lost_is_done_when_a_look_shows_it_counting_down(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    ups5.replies = [NO_ANSWER]
    task = armed(run)
    room.until(TIMEOUT_S + POLL_S)
    ups5.status = replace(ups5.status, off_armed=True)
    room.until(TIMEOUT_S + POLL_S + 0.1)
    assert task.over
    assert (len(sent(room)), words(room)) == (1, [])


def test_s15_a_refused_off_is_not_sent_again_to_what_has_gone_off_meanwhile(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    ups5.replies = [NO]
    armed(run)
    room.until(1)
    ups5.show(output_on=False)
    room.until(60)
    assert (len(sent(room)), words(room)) == (1, [])


@pytest.mark.parametrize(
    ("took_s", "anew"), [(417.0, False), (416.9, True), (300.0, True), (421.0, False), (421.1, True)]
)
def test_s29_what_is_left_of_a_countdown_may_be_less_by_what_the_answer_took_and_a_second(
    run: Run, room: HandRoom, took_s: float, anew: bool
) -> None:
    room.until(128)
    ups, took = room.site.upses["ups5"], Receipt(Accepted.YES, falls_in_s=took_s)
    run.spawn(note_what_it_took(run, ups, Off.GRACEFUL, DELAY_S, took, asked_at_s=126.0))
    room.until(129)
    assert (written(room), words(room)) == ((["ups5"], ["S29"]) if anew else ([], []))
