"""The table of a run: the clock, the marks, folded reasons; and the words for durations."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sequencer.events import Event, Source
from teiden.narrate import Importance, Row, main_rows, narrate
from teiden.narration.table import table
from teiden.narration.words import duration

EVENTS = [
    Event(0.0, "mains.lost", "utility", "room", Source.FACT),
    Event(0.1, "outage.suspected", "ups1", "control1", Source.SEEN),
    Event(30.0, "server.halted", "blade1", "room", Source.FACT),
    Event(90.0, "ups.output_off", "ups1", "room", Source.FACT),
]


def rows_at(*times: float) -> list[Row]:
    return [Row(t, f"row {n}", "because", Importance.MAIN) for n, t in enumerate(times)]


def test_the_clock_shows_the_date_when_a_run_passes_midnight() -> None:
    start = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    lines = table(rows_at(0.0, 120.0), 0.0, start)
    assert [line.split()[2:4] for line in lines[1:]] == [["11-20", "23:59:00"], ["11-21", "00:01:00"]]


def test_the_clock_is_the_sites_own_when_its_clocks_change() -> None:
    start = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    lines = table(rows_at(0.0, 3600.0), 0.0, start)
    assert [line.split()[2] for line in lines[1:]] == ["02:30:00", "02:30:00"]


def test_rows_that_show_what_broke_carry_a_mark() -> None:
    lines = table(main_rows(narrate(EVENTS)), 0.0, marked=[EVENTS[2]])
    assert [line.startswith("  > ") for line in lines] == [False, False, True, False]


def test_a_detail_that_shows_what_broke_gets_into_the_table() -> None:
    rows = narrate(EVENTS)
    assert len(main_rows(rows)) == 3
    assert len(main_rows(rows, also=[EVENTS[1]])) == 4


def test_a_narrow_terminal_folds_reasons_below_themselves() -> None:
    row = Row(1.0, "ups1 output off", "word " * 20, Importance.MAIN)
    lines = table([row], 0.0, datetime(2026, 1, 1, tzinfo=UTC), wide=80)
    assert len(lines) > 2
    assert all(len(line) <= 80 for line in lines)
    assert len({line.index("word") for line in lines[1:]}) == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (1256, "20 min 56 s"),
        (14460, "4 h 1 min"),
        (190000, "2 d 4 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, words: str) -> None:
    assert duration(seconds) == words
