"""The table of events: the same from a rehearsal and from its file, small in memory, and right about time."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from teiden import events_file, tables
from teiden.files.source import InputError
from teiden.files.story_file import load_stories
from teiden.rehearsal import Rehearsal, rehearse
from teiden.tables.schemas import EVENTS, SCHEMAS, names
from tests.streams import OUTAGE, fact, recorded, seen

START = datetime.fromisoformat("2026-11-20T14:00:00+09:00")
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    return rehearse(load_stories(SCENARIOS / "server-hangs.yaml")[0])


@pytest.fixture(scope="module")
def file(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("events") / "run.jsonl"
    events_file.write(rehearsal.told, rehearsal.story.start, str(path))
    return path


@pytest.mark.parametrize("table", ["events", "states", "charges"])
def test_a_rehearsal_its_events_its_file_and_its_recording_give_the_same_table(
    rehearsal: Rehearsal, file: Path, table: str
) -> None:
    make = getattr(tables, table)
    wanted = make(rehearsal)
    assert len(wanted) > 40
    assert tuple(wanted.columns) == tuple(names(SCHEMAS[table]))
    for source in (list(rehearsal.told), file, str(file), events_file.read(str(file))):
        assert_frame_equal(make(source), wanted)


def test_the_outage_is_told_event_by_event() -> None:
    frame = tables.events(OUTAGE)
    assert len(frame) == 275
    lost = frame[frame.event == "mains.lost"].iloc[0]
    assert (lost.t, lost.subject, lost.by, lost.source) == (600.0, "utility", "room", "fact")
    assert lost.time == pd.Timestamp("2026-11-20T14:10:00+09:00")
    assert json.loads(frame.details[1]) == {"charge_pct": 100.0, "runtime_s": 3600.0}
    assert lost.details == "{}"


def test_every_row_is_the_line_of_the_file() -> None:
    lines = [json.loads(line) for line in OUTAGE.read_text(encoding="utf-8").splitlines()]
    for row, line in zip(tables.events(OUTAGE).itertuples(index=False), lines, strict=True):
        assert (row.t, row.time.isoformat(timespec="milliseconds")) == (line.pop("t"), line.pop("time"))
        for name in ("event", "subject", "by", "source"):
            assert getattr(row, name) == line.pop(name)
        assert json.loads(row.details) == line


def test_types_are_those_that_are_documented() -> None:
    frame = tables.events(OUTAGE)
    assert frame.t.dtype == "float64"
    for column in EVENTS:
        assert isinstance(frame[column.name].dtype, pd.CategoricalDtype) == (column.type == "category")
    assert list(frame.event.cat.categories[:3]) == ["run.started", "run.ended", "mains.lost"]
    assert list(frame.subject.cat.categories[:3]) == ["utility", "ups1", "ups2"]  # as in the site file
    assert set(frame.subject.cat.categories) == set(frame.subject)


def test_times_are_on_the_clock_of_the_site_where_it_is_told(rehearsal: Rehearsal) -> None:
    assert str(tables.events(rehearsal).time.dt.tz) == "Asia/Tokyo"
    assert tables.events(OUTAGE).time.dt.tz.utcoffset(None).total_seconds() == 9 * 3600
    assert tables.events([seen(1, "ups.on_line", "u")]).time.isna().all()  # nobody tells when it began


def test_a_clock_change_in_the_middle_of_a_run_is_right_in_the_table() -> None:
    details = {"start": "2026-10-25T02:30:00+02:00", "time_zone": "Europe/Berlin"}
    events = [fact(0, "run.started", "x", **details), fact(3600, "run.ended", "x")]
    assert [time.isoformat() for time in tables.events(events).time] == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    ]


@pytest.mark.parametrize("zone", ["Moon/Tranquillity", "../../etc", "", 7])
def test_a_zone_that_nobody_knows_leaves_the_offset_of_the_start(zone: object) -> None:
    details = {"start": "2026-10-25T02:30:00+02:00", "time_zone": zone}
    [time] = tables.events([fact(0, "run.started", "x", **details)]).time
    assert time.isoformat() == "2026-10-25T02:30:00+02:00"


def test_chosen_details_get_columns_of_one_kind_each() -> None:
    events = [
        seen(1, "command.sent", "ups1", command="off", delay_s=30, armed=True),
        seen(2, "command.refused", "ups2", reason="S1", delay_s=12.34567, upses=["ups2", "連動"]),
        seen(3, "ups.on_line", "ups1"),
    ]
    frame = tables.events(events, details=["command", "delay_s", "armed", "upses", "nowhere"])
    assert list(frame.columns[-5:]) == ["command", "delay_s", "armed", "upses", "nowhere"]
    assert "details" not in frame
    assert frame.command.fillna("-").tolist() == ["off", "-", "-"]
    assert frame.delay_s.fillna(-1).tolist() == [30.0, 12.346, -1.0]
    assert frame.armed.dtype == "boolean"
    assert frame.upses[1] == '["ups2", "連動"]'
    assert frame.nowhere.isna().all()


def test_several_runs_become_one_table_with_the_name_of_each(rehearsal: Rehearsal) -> None:
    frame = tables.events({"recorded": OUTAGE, "played": rehearsal})
    assert list(frame.run.cat.categories) == ["recorded", "played"]
    assert frame.groupby("run", observed=True).size().to_dict() == {
        "recorded": 275,
        "played": len(rehearsal.told),
    }
    assert isinstance(frame.subject.dtype, pd.CategoricalDtype)
    assert str(frame.time.dt.tz) == "UTC"  # one is told in Asia/Tokyo, the other in +09:00
    assert frame.columns[0] == "run"
    with pytest.raises(ValueError, match="no run"):
        tables.events({})


def test_an_empty_stream_gives_empty_tables_with_their_columns_and_types() -> None:
    for table in ("events", "states", "charges"):
        frame = getattr(tables, table)([])
        assert tuple(frame.columns) == tuple(names(SCHEMAS[table]))
        for column in SCHEMAS[table]:
            assert (frame[column.name].dtype == "float64") == (column.type == "float64")


def test_a_bad_line_is_named_and_no_half_table_is_made(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(OUTAGE.read_text(encoding="utf-8") + "{}\n", encoding="utf-8")
    for table in (tables.events, tables.states, tables.charges):
        with pytest.raises(InputError, match=r"bad.jsonl:276:1"):
            table(path)


def test_a_million_events_fit_well_into_the_memory_allowed(tmp_path: Path) -> None:
    """What an event takes at the peak, in blocks as of a long run, times a million: 1.5 GB is the limit."""
    path = tmp_path / "long.jsonl"
    nights = [e for e in recorded() if not e.name.startswith("run.")]
    with path.open("w", encoding="utf-8") as file:
        for night in range(10):
            later = (replace(e, t=e.t + 14400 * night, details={**e.details, "night": night}) for e in nights)
            file.writelines(events_file.dumps_line(event, START) + "\n" for event in later)
    tables.events(OUTAGE)  # what is imported is not counted
    for work in (tables.events, tables.states, events_file.read):
        tracemalloc.start()
        work(str(path))
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak_bytes / (10 * len(nights)) < 1500, work
