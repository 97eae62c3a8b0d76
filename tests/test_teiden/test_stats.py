"""A week of readings: what a service writes down, what is thrown away, and what `teiden stats` says of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from realtime.contacts import Live
from realtime.readings import Readings, files
from realtime.status import UpsView
from teiden.cli import main
from teiden.commands.stats import FOLDER
from teiden.stats import readings, summaries

BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Room:
    """Two UPSes, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.now = BEGAN
        self.upses = {name: seen(name) for name in ("ups1", "ups2")}
        self.troubles: list[str] = []
        self.kept = Readings(
            str(folder),
            lambda: tuple(self.upses.values()),
            lambda: self.now,
            every_s=0.001,
            told=self.troubles.append,
        )

    def take(self, *, after: timedelta = timedelta(minutes=5)) -> None:
        self.now += after
        self.kept.take()


def seen(name: str, **told: object) -> UpsView:
    good = {"mains": True, "output_on": True, "on_battery": False, "charge_pct": 100.0, "runtime_s": 2700.0}
    return UpsView(name, **{**good, "fresh": True, **told})  # type: ignore[arg-type]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def stats(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["stats", "--events", str(folder), *arguments])


def test_r2_10_the_readings_of_all_upses_stand_in_one_place(tmp_path: Path, room: Room) -> None:
    room.take()
    room.upses["ups1"] = seen("ups1", mains=False, on_battery=True, charge_pct=80.0, runtime_s=1200.0)
    room.take()
    room.upses["ups1"] = seen("ups1", charge_pct=90.0)
    room.take()
    ups1, ups2 = (one.as_json() for one in summaries(readings(str(tmp_path), days=7, now=room.now)))
    assert ups1 == {
        "ups": "ups1",
        "readings": 3,
        "heard": 3,
        "on_battery": 1,
        "charge_pct_least": 80.0,
        "charge_pct_last": 90.0,
        "runtime_s_least": 1200.0,
        "runtime_s_last": 2700.0,
    }
    assert (ups2["ups"], ups2["readings"], ups2["on_battery"]) == ("ups2", 3, 0)


def test_r2_10_the_eighth_day_evicts_the_first(tmp_path: Path, room: Room) -> None:
    for _ in range(12):
        room.take(after=timedelta(days=1))
    days = [day.day for day, _ in files(str(tmp_path))]
    assert days == [6, 7, 8, 9, 10, 11, 12, 13], "seven whole days, and the one that is under way"
    told = list(readings(str(tmp_path), days=7, now=room.now))
    assert {one.at.day for one in told} == {6, 7, 8, 9, 10, 11, 12, 13}
    assert {one.at.day for one in readings(str(tmp_path), days=1.5, now=room.now)} == {12, 13}


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path, room: Room) -> None:
    for name in ("events-20200101T000000Z.jsonl", "readings-20200101.jsonl.old", "readings-2020.jsonl"):
        (tmp_path / name).touch()
    room.take()
    assert len(list(tmp_path.iterdir())) == 4


def test_s11_what_is_too_old_to_act_on_is_no_reading(tmp_path: Path, room: Room) -> None:
    room.upses["ups1"] = seen("ups1", fresh=False)
    room.upses["ups2"] = seen("ups2", charge_pct=None, runtime_s=None)
    room.take()
    ups1, ups2 = summaries(readings(str(tmp_path), days=7, now=room.now))
    assert (ups1.readings, ups1.heard, ups1.charges) == (1, 0, [])
    assert (ups2.readings, ups2.heard, ups2.charges) == (1, 1, [])


def test_half_a_line_and_garbage_are_passed_over(tmp_path: Path, room: Room) -> None:
    room.take()
    (_, path), *_ = files(str(tmp_path))
    text = Path(path).read_text(encoding="utf-8")
    naive = text.replace("+00:00", "").splitlines()[0]
    odd = ["{}", "[]", "null", "\x00", '{"time": 3, "ups": "ups1"}', naive, text.splitlines()[0][:40]]
    Path(path).write_text(text + "\n".join(odd), encoding="utf-8")
    assert len(list(readings(str(tmp_path), days=7, now=room.now))) == 2


def test_a_full_disk_is_told_once_and_leaves_no_half_line(
    tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.take()
    (_, path), *_ = files(str(tmp_path))
    whole, write = Path(path).read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda file, text: write(file, text[:10]))
    room.take()
    room.take()
    assert Path(path).read_bytes() == whole
    (trouble,) = room.troubles
    assert "bytes too few on the disk" in trouble
    monkeypatch.setattr(os, "write", write)
    room.take()
    assert len(Path(path).read_bytes()) > len(whole)


def test_it_goes_on_taking_until_it_is_ended(tmp_path: Path) -> None:
    failures = 2

    def look() -> tuple[UpsView, ...]:
        nonlocal failures
        if failures:
            failures -= 1
            raise KeyError("ups9")
        return (seen("ups1"),)

    kept = Readings(str(tmp_path), look, lambda: BEGAN, every_s=0.001)

    async def run() -> None:
        keeping = asyncio.create_task(kept.keep())
        while not files(str(tmp_path)):
            await asyncio.sleep(0.001)
        assert failures == 0, "a fault in looking has not ended it"
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    asyncio.run(asyncio.wait_for(run(), 10))


# The command


def test_it_looks_where_a_service_keeps_them() -> None:
    assert Live().events == FOLDER


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """Of today: the command asks this machine's clock."""
    room = Room(tmp_path)
    room.now = datetime.now(UTC) - timedelta(minutes=11)
    room.take()
    room.upses["ups1"] = seen("ups1", fresh=False)
    room.upses["ups2"] = seen("ups2", charge_pct=71.0, runtime_s=600.0, mains=False, on_battery=True)
    room.take()
    return tmp_path


def test_the_table_says_it_of_each_ups(week: Path) -> None:
    result = stats(week)
    assert result.exit_code == 0
    assert [re.split("  +", line) for line in result.stdout.splitlines()[1:]] == [
        ["ups1", "50 %", "100 %", "100 %", "45 min", "45 min", "0 of 2"],
        ["ups2", "100 %", "71 %", "71 %", "10 min", "10 min", "1 of 2"],
    ]
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "応答" in stats(week, "--lang", "ja").stdout


def test_scripts_and_spreadsheets_have_it_too(week: Path) -> None:
    told = json.loads(stats(week, "--json").stdout)
    assert [(one["ups"], one["heard"], one["charge_pct_least"]) for one in told] == [
        ("ups1", 1, 100.0),
        ("ups2", 2, 71.0),
    ]
    head, *lines = stats(week, "--csv").stdout.splitlines()
    assert head == "time,ups,mains,output_on,on_battery,charge_pct,runtime_s"
    assert [line.split(",", 1)[1] for line in lines] == [
        "ups1,true,true,false,100.0,2700.0",
        "ups2,true,true,false,100.0,2700.0",
        "ups1,,,,,",
        "ups2,false,true,true,71.0,600.0",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--csv", "--json"), 2, "not both"),
        (("--days", "0"), 2, "--days"),
        (("--days", "9"), 2, "--days"),
        ((), 3, "no readings of these days"),
        (("--events", "/no/such/folder"), 3, "/no/such/folder: No such file or directory"),
    ],
)
def test_what_it_cannot_show_it_says(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = stats(tmp_path, *arguments)
    assert result.exit_code == code
    assert words in result.output
    assert "Traceback" not in result.output
