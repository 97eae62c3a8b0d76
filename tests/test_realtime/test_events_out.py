"""The stream of a live run in files: each is whole by itself, and a full disk loses as little as it can."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from realtime.events_out import EventsOut
from sequencer.events import Event, Source
from teiden.cli import main
from teiden.events_file import dumps_line, read
from teiden.states import intervals
from tests.test_realtime.small_disks import change, disk_of

START = datetime(2026, 11, 20, 14, 0, tzinfo=timezone(timedelta(hours=9)))
HEAD = Event(
    0.0,
    "run.started",
    "reference",
    "control1",
    Source.SEEN,
    {
        "site": "reference",
        "initial": {"ups4": {"supply": "on line", "output": "on"}, "rack1": {"os": "up"}},
        "devices": {"ups4": {"kind": "ups", "group": "UPS"}, "rack1": {"kind": "server", "group": "SERVERS"}},
    },
)
DAY_S = 86_400.0


def seen(t: float, name: str, subject: str = "ups4", **details: object) -> Event:
    return Event(t, name, subject, "control1", Source.SEEN, details)


STORY = [
    seen(10.0, "ups.on_battery"),
    seen(40.0, "outage.confirmed", because="on battery 30 s"),
    seen(41.5, "server.shutting_down", "rack1"),
    seen(100.0, "server.halted", "rack1"),
    seen(160.0, "ups.output_off", cause="command"),
]


def out(folder: Path, **settings: Any) -> EventsOut:
    return EventsOut(str(folder), HEAD, START, **{"line": dumps_line, **settings})


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("events-*.jsonl"))


def test_the_file_is_what_teiden_run_writes_and_reads(tmp_path: Path) -> None:
    with out(tmp_path) as its:
        for event in STORY:
            its.add(event)
            assert Path(its.path).read_text().endswith(dumps_line(event, START) + "\n")  # at once
    (path,) = files(tmp_path)
    assert path.name == "events-20261120T050000Z.jsonl"
    recording = read(str(path))
    assert recording.events == (HEAD, *STORY)
    assert recording.start == START


@pytest.mark.long
def test_it_is_drawn_by_teiden_plot(tmp_path: Path) -> None:
    with out(tmp_path) as its:
        for event in STORY:
            its.add(event)
    picture = tmp_path / "outage.svg"
    done = CliRunner().invoke(main, ["plot", its.path, "-o", str(picture)])
    assert done.exit_code == 0, done.output
    assert "rack1" in picture.read_text(encoding="utf-8")


def test_a_new_day_of_the_site_begins_a_file_that_says_how_everything_is_by_then(tmp_path: Path) -> None:
    with out(tmp_path) as its:
        for event in STORY:
            its.add(event)
        its.add(seen(10 * 3600.0 - 1, "ups.output_on"))  # 23:59:59 at the site, 14:59:59 UTC
        assert len(files(tmp_path)) == 1
        its.add(seen(10 * 3600.0, "ups.on_line"))
    first, second = files(tmp_path)
    head, event = read(str(second)).events
    assert read(str(second)).start == START
    assert head.t == 36_000.0
    assert head.details["initial"] == {
        "ups4": {"supply": "on battery", "output": "on"},
        "rack1": {"os": "halted"},
    }
    assert event.name == "ups.on_line"
    states = {(i.subject, i.aspect): i.state for i in intervals([head, event, seen(40_000.0, "run.ended")])}
    assert states["rack1", "os"] == "halted"
    assert len(read(str(first)).events) == 7


def test_a_large_file_is_followed_by_another(tmp_path: Path) -> None:
    with out(tmp_path, large=700) as its:
        for event in STORY:
            its.add(event)
    found = files(tmp_path)
    assert len(found) > 1
    told = [event for path in found for event in read(str(path)).events if event.name != "run.started"]
    assert told == STORY
    assert all(path.stat().st_size < 1200 for path in found)


def test_files_of_one_second_stay_apart_and_the_oldest_go(tmp_path: Path) -> None:
    other = tmp_path / "events-by-hand.jsonl"
    other.write_text("somebody else's")
    with out(tmp_path, large=1, files=3) as its:
        for number in range(12):
            its.add(seen(1.0, "step.started", step=f"{number}"))
    found = [path for path in files(tmp_path) if path != other]
    steps = [event.details["step"] for path in found for event in read(str(path)).events[1:]]
    assert sorted(steps, key=int) == ["9", "10", "11"]
    assert other.exists()


def test_a_life_that_starts_again_overwrites_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with out(tmp_path) as its:
            its.add(STORY[0])
    assert len(files(tmp_path)) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk_of(32 * 1024, tmp_path / "small") as folder:
        yield folder


def test_a_full_disk_is_told_once_and_written_later_without_half_a_line(small_disk: Path) -> None:
    told: list[str] = []
    with out(small_disk, told=told.append, ring=1000) as its:
        events = [seen(float(number), "step.started", step="x" * 500) for number in range(100)]
        for event in events:
            its.add(event)
        assert len(told) == 1
        assert told[0].startswith(f"events are kept in memory only: {small_disk}: ")
        before = read(its.path)
        assert not before.cut_short
        assert 10 < len(before.events) < 100
        change(small_disk, "size=1m")
        its.add(seen(100.0, "run.ended"))
        assert read(its.path).events[1:] == (*events, seen(100.0, "run.ended"))
    assert len(told) == 1


def test_what_does_not_fit_into_memory_either_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "later"
    told: list[str] = []
    with out(folder, told=told.append, ring=3) as its:
        for event in STORY:
            its.add(event)
        assert len(told) == 1
        folder.mkdir()
        caplog.set_level("WARNING")
        its.add(seen(200.0, "ups.output_on"))
        assert read(its.path).events[1:] == (*STORY[3:], seen(200.0, "ups.output_on"))
    assert "3 are lost" in caplog.text


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    with out(tmp_path / "nowhere", told=told.append) as its:
        for event in STORY:
            its.add(event)
    assert len(told) == 1
    assert os.listdir(tmp_path) == []


def test_facts_do_not_belong_into_what_a_node_saw(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="nobody knows facts"):
        EventsOut(str(tmp_path), Event(0.0, "run.started", "x", "room", Source.FACT), START, line=dumps_line)
