"""A clock that is wrong at boot fires nothing; clocks that differ are an alarm (T4, T3, R12-02)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.asked import hear
from sequencer.asleep import wake_up
from sequencer.clocks import SANE_S
from sequencer.facts import Facts
from sequencer.journal import Goal, Kind, Row
from sequencer.late import RESTARTS_S, look_for_who_restarted
from sequencer.planned import STALE_REBOOT_S, is_stale
from sequencer.ports import Off, Os
from sequencer.requests import Request, Wish
from sequencer.schedule import CATCH_UP_S, keep_schedules, look_back
from sequencer.schedules import Cause, Combine
from sequencer.timing import graceful_off_s
from sequencer.wants import control_off, wants
from tests.hands import HandRoom
from tests.nights import control_nights, night_site, nightly
from tests.worlds import LINKED, NODES

TEN_S = 8 * 3600.0
"""22:00 in Tokyo, counted from where a hand-moved room begins (14:00)."""
SIX_TOKYO_S = 21 * 3600.0
"""06:00 in Tokyo, which has no summer time, of any day in the world's time."""


def booted(behind_s: float) -> HandRoom:
    """A node whose clock shows so much less than its journal was last written to."""
    room = HandRoom(night_site())
    row = Row(Kind.WATCHED, "control1", 1, "control1/0", 0.0, {"wall_s": room.run.wall_s() + behind_s})
    room.run.facts.apply(row, 0.0)
    room.run.spawn(keep_schedules(room.run))
    room.until(TEN_S + 60)
    return room


def test_t4_a_clock_far_behind_the_journal_fires_nothing_and_says_so() -> None:
    """Its battery is empty, say: what it takes for 22:00 was long ago."""
    room = booted(TEN_S + 3600)
    (alarm,) = room.told("alarm.raised")
    assert (alarm["rule"], alarm["subject"]) == ("T4", "control1")
    assert room.told("schedule.fired") == []


OFFS = {"nightly/2026-11-20/off", "nightly/2026-11-21/off"}
ONS = ["nightly/2026-11-20/on", "nightly/2026-11-21/on"]


@pytest.mark.parametrize(
    ("behind_s", "more", "told", "fired"),
    [
        (2 * SANE_S, {}, OFFS | {ONS[0]}, ONS[1:]),
        (2 * SANE_S, {"off_by": (Cause.SCHEDULE, Cause.LAN), "off_when": Combine.ALL}, {ONS[0]}, ONS[1:]),
        (SANE_S / 2, {}, OFFS, ONS),
        (-60.0, {}, OFFS, ONS),
    ],
    ids=["it waits", "and for the LAN as well", "not long enough to be wrong", "it was right"],
)
def test_t4_l6_what_fell_due_until_a_clock_was_right_fires_or_is_told(
    behind_s: float, more: dict[str, Any], told: set[str], fired: list[str]
) -> None:
    """Set right, it shows two nights later at once; only the last word of them is still brought about."""
    room = HandRoom(night_site(nightly(**more)))
    row = Row(Kind.WATCHED, "control1", 1, "control1/0", 0.0, {"wall_s": room.run.wall_s() + behind_s})
    room.run.facts.apply(row, 0.0)
    room.run.spawn(keep_schedules(room.run))
    room.until(1)
    room.wall.step(TEN_S + 86400.0 + SANE_S)
    room.until(2)
    missed = [alarm for alarm in room.told("alarm.raised", "nightly") if alarm["rule"] == "L6"]
    assert {alarm["text"].split()[0] for alarm in missed} == told
    assert [event["id"] for event in room.told("schedule.fired")] == fired


@pytest.mark.parametrize(("hours", "fired"), [(0.5, ["off"]), (1.0, ["on"])])
def test_t1_s31_a_night_that_a_clock_was_set_forward_over_in_an_incident_brings_nobody_down(
    hours: float, fired: list[str]
) -> None:
    """The cluster was stopped for it, in the moment between its two words (two-feeds, crowded, 69057)."""
    room = HandRoom(night_site())
    room.run.facts.apply(
        Row(Kind.WATCHED, "control1", 1, "control1/0", 0.0, {"wall_s": room.run.wall_s()}), 0.0
    )
    room.run.spawn(keep_schedules(room.run))
    room.until(1)
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.wall.step(TEN_S + hours * 3600.0)
    room.until(2)
    told = [event["id"] for event in room.told("schedule.fired")]
    assert told == [f"nightly/2026-11-20/{word}" for word in fired]
    assert bool(room.told("alarm.raised", "nightly")) is (fired == ["on"])


def test_t4_s35_s28_with_a_new_journal_a_clock_that_shows_1970_fires_nothing_of_all_the_years_since() -> None:
    """Set right, it was ahead of 1970 by twenty thousand nights: each of them wanted the servers up anew."""
    room = HandRoom(night_site())
    right_s = room.run.wall_s()
    room.wall.step(-right_s)
    room.run.spawn(keep_schedules(room.run))
    room.until(TEN_S + 60)
    (alarm,) = room.told("alarm.raised")
    assert (alarm["rule"], alarm["subject"], room.told("schedule.fired")) == ("T4", "control1", [])
    room.wall.step(right_s - TEN_S)
    room.until(2 * TEN_S + 60)
    assert [event["id"] for event in room.told("schedule.fired")] == ["nightly/2026-11-20/off"]
    assert len(room.told("alarm.raised")) == 1


@pytest.mark.parametrize(("ago_s", "is_old"), [(RESTARTS_S + 1, True), (STALE_REBOOT_S + 1, False)])
def test_t4_s28_a_clock_that_shows_1970_makes_no_old_restart_new(ago_s: float, is_old: bool) -> None:
    """Whom somebody has switched off since would be woken; and what was not restarted then, restarted now."""
    room = HandRoom(night_site())
    run, now_s = room.run, room.run.wall_s()
    word = {"servers": list(NODES), "goal": "reboot", "wall_s": now_s - ago_s}
    run.hear(Row(Kind.WANTED, "r1", 1, "control1/0", 0.0, word))
    run.hear(Row(Kind.WATCHED, "control2", 1, "control2/0", 0.0, {"wall_s": now_s}))
    room.servers["control2"].show(os=Os.HALTED)
    room.wall.step(-now_s)
    assert is_stale(run, run.facts.wants["control2"])
    look_for_who_restarted(run)
    room.until(run.site.start.server_limit_s + 60)
    assert wants(run, "control2", Goal.UP) is not is_old


def test_t4_nobody_else_waits_for_a_clock_that_is_behind() -> None:
    """Nor for a LAN whose hosts do not answer: an outage goes on all the same."""
    room = HandRoom(night_site())
    row = Row(Kind.WATCHED, "control1", 1, "control1/0", 0.0, {"wall_s": room.run.wall_s() + 2 * SANE_S})
    room.run.facts.apply(row, 0.0)
    looking = room.run.spawn(look_back(room.run))
    room.until(CATCH_UP_S - 1)
    assert not looking.over
    room.until(CATCH_UP_S + 1)
    assert looking.over
    assert not room.run.caught_up


@pytest.mark.parametrize("ahead_s", [-60.0, 3 * 365 * 86400.0])
def test_t4_s27_what_is_asked_later_counts_also_by_a_clock_that_is_behind(ahead_s: float) -> None:
    """Its battery is empty, and another node had written down what was wanted before."""
    room = HandRoom(night_site())
    run, at_s = room.run, room.run.wall_s() + ahead_s
    down = {"servers": ["blade1", "control1", "control2"], "goal": "down", "wall_s": at_s}
    held = {"held": True, "cause": "r2", "wall_s": at_s}
    run.hear(Row(Kind.WANTED, "r1", 0, "control2/1", 0.0, down), Row(Kind.HELD, "ups5", 0, "c", 0.0, held))
    run.spawn(hear(run))
    room.until(1)
    room.mailbox.deliver(Request("r3", Wish.POWER_ON, ("blade1",), "operator"))
    room.mailbox.deliver(Request("r4", Wish.RELEASE, ("ups5",), "operator"))
    room.until(2)
    assert wants(run, "blade1", Goal.UP)
    assert run.facts.held == set()
    room.mailbox.deliver(Request("r5", Wish.HOLD, ("ups5",), "operator"))
    room.until(3)
    assert run.facts.held == {"ups5"}


def test_t4_r2_05_who_has_slept_or_was_switched_on_by_hand_is_wanted_up_also_by_a_clock_that_is_behind() -> (
    None
):
    room = HandRoom(night_site())
    at_s = room.run.wall_s() + 3600.0
    down = {"servers": ["control1", "control2"], "goal": "down", "wall_s": at_s}
    rows = [Row(Kind.WANTED, "r1", 0, "control1/0", 0.0, down)]
    rows += [Row(Kind.REACHED, "control1", 0, "control1/0", 0.0, {"wall_s": at_s})]
    room.run.hear(*rows)
    room.run.spawn(wake_up(room.run))
    room.until(1)
    assert wants(room.run, "control2", Goal.UP)


@pytest.mark.parametrize(
    ("wanted_s", "watched_s", "slept_through_s"),
    [
        (20 * 365 * 86400.0, None, 0.0),
        (20 * 365 * 86400.0, 20 * 365 * 86400.0 + 600.0, 600.0),
        (SANE_S + 1.0, None, 0.0),
        (SANE_S - 1.0, None, 1.0 - SANE_S),
    ],
)
def test_t4_r10_51_a_node_whose_clock_shows_1970_sleeps_from_what_was_written_down_last(
    wanted_s: float, watched_s: float | None, slept_through_s: float
) -> None:
    """By its own clock it would sleep for decades, and be left off. `slept_through_s`: since that word."""
    room = HandRoom(night_site(control_nights("22:30", "06:00")))
    run, day_s = room.run, 86400.0
    at_s = run.wall_s() + wanted_s
    down = {"servers": list(NODES), "goal": "down", "wall_s": at_s}
    run.hear(Row(Kind.WANTED, "control/off", 1, "control2/0", 0.0, down))
    if watched_s is not None:
        run.hear(Row(Kind.WATCHED, "control2", 1, "control2/0", 0.0, {"wall_s": run.wall_s() + watched_s}))
    ups = room.site.upses["ups1"]
    to_six_s = (SIX_TOKYO_S - at_s) % day_s
    how, sleep_s = control_off(run, ups)
    assert how is Off.SLEEP
    assert sleep_s == pytest.approx(to_six_s - slept_through_s - graceful_off_s(ups) - ups.return_delay_s)


def test_two_words_of_the_same_moment_stay_so() -> None:
    """Of those the one that wants a server up counts."""
    facts = Facts()
    facts.apply(
        Row(Kind.WANTED, "r1", 0, "c", 0.0, {"servers": ["blade1"], "goal": "up", "wall_s": 9.0}), 0.0
    )
    assert facts.later_s(9.0, ["blade1", "blade2"]) == 9.0
    assert facts.later_s(8.0, ["blade1", "blade2"]) > 9.0
    assert facts.later_s(8.0, ["blade2"]) == 8.0


@pytest.mark.parametrize(("behind_s", "alarms"), [(SANE_S - 1, 0), (SANE_S + 1, 1)])
def test_t4_an_hour_is_the_limit_and_schedules_go_on_when_the_clock_is_right(
    behind_s: float, alarms: int
) -> None:
    room = booted(behind_s)
    assert len(room.told("alarm.raised")) == alarms
    (fired,) = room.told("schedule.fired")
    assert fired["id"] == "nightly/2026-11-20/off"


def night_room(*, at_s: float) -> HandRoom:
    """A node whose clock shows so many seconds after the beginning of a night of the linked side, 22:00."""
    room = HandRoom(night_site())
    room.wall.step(TEN_S + at_s)
    return room


NIGHT_S = 48 * 60.0


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize(("at_s", "fires"), [(NIGHT_S + 60, True), (NIGHT_S - 60, False)])
def test_c5_s9_who_is_wanted_down_for_a_night_that_was_over_before_anybody_watched_is_wanted_up(
    late: bool, at_s: float, fires: bool
) -> None:
    """Its journal had lost that word, and a peer tells it late; whoever watched at 22:48 knew of none."""
    room = night_room(at_s=at_s)
    wanted = {"servers": list(LINKED), "goal": Goal.DOWN.value, "wall_s": room.run.wall_s() - at_s}
    word = Row(Kind.WANTED, "nightly/2026-11-20/off", 0, "control2/1", 0.0, wanted)
    watched = Row(Kind.WATCHED, "control1", 0, "control1/1", 0.0, {"wall_s": room.run.wall_s() - 1})
    room.run.hear(watched, *([] if late else [word]))
    room.run.spawn(keep_schedules(room.run))
    room.until(10)
    room.run.hear(word)
    room.until(20)
    fired = [e["id"] for e in room.told("schedule.fired")]
    assert fired == ["nightly/2026-11-20/on"] * fires
    assert wants(room.run, "blade1", Goal.UP) is fires


def test_s35_an_on_that_has_been_heard_is_not_fired_anew_for_an_older_off() -> None:
    """Somebody has wanted them down since; that is another word than the night's."""
    room = night_room(at_s=NIGHT_S + 120)
    wall_s = room.run.wall_s()
    words = (("nightly/2026-11-20/on", Goal.UP, -120.0), ("r1", Goal.DOWN, -180.0))
    for cause, goal, at_s in words:
        details = {"servers": list(LINKED), "goal": goal.value, "wall_s": wall_s + at_s}
        room.run.hear(Row(Kind.WANTED, cause, 0, "control2/1", 0.0, details))
    watched = {"wall_s": wall_s - 1}
    room.run.hear(Row(Kind.WATCHED, "control1", 0, "control1/1", 0.0, watched))
    room.run.spawn(keep_schedules(room.run))
    room.until(10)
    assert room.told("schedule.fired") == []
