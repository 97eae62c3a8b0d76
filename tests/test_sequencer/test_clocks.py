"""A clock that is wrong at boot fires nothing; clocks that differ are an alarm (T4, T3, R12-02)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.schedule import SANE_S, keep_schedules
from tests.hands import HandRoom
from tests.nights import night_site

TEN_S = 8 * 3600.0
"""22:00 in Tokyo, counted from where a hand-moved room begins (14:00)."""


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


@pytest.mark.parametrize(("behind_s", "alarms"), [(SANE_S - 1, 0), (SANE_S + 1, 1)])
def test_t4_an_hour_is_the_limit_and_schedules_go_on_when_the_clock_is_right(
    behind_s: float, alarms: int
) -> None:
    room = booted(behind_s)
    assert len(room.told("alarm.raised")) == alarms
    (fired,) = room.told("schedule.fired")
    assert fired["id"] == "nightly/2026-11-20/off"
