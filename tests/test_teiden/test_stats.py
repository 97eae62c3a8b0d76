"""`teiden stats`: what it says of each UPS from the samples of a service, and what it does not know."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from realtime.contacts import Live
from realtime.samples.schema import FILE
from realtime.samples.stretches import Stretch
from teiden.cli import main
from teiden.commands.stats import FOLDER
from teiden.files.site_file import SiteFile, load_site
from teiden.stats.health import health, new_battery
from teiden.stats.samples import kept
from teiden.stats.summary import Summary, summaries
from teiden.stats.trend import trend
from tests.sampled import Room, on_battery, seen, silent

SITE = Path("scenarios/sites/reference.yaml")


def stats(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["stats", "--events", str(folder), *arguments])


@pytest.fixture
def now() -> datetime:
    """The command asks this machine's clock. At a whole five minutes, so that rows are the same each time."""
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() // 300 * 300, UTC)


@pytest.fixture
def room(tmp_path: Path, now: datetime) -> Room:
    """Twenty minutes: ups1 ran on its battery for five of them, ups2 was silent for ten."""
    room = Room(tmp_path, now=now - timedelta(minutes=20, seconds=10))
    room.upses["ups2"] = silent("ups2")
    room.take(60)
    room.upses["ups2"] = seen("ups2", load_pct=None)
    for n in range(30):
        room.upses["ups1"] = on_battery("ups1", charge_pct=100.0 - n, runtime_s=2700.0 - 27 * n)
        room.take()
    room.upses["ups1"] = seen("ups1", charge_pct=71.0, runtime_s=1900.0, load_pct=60.0)
    room.take(30)
    room.store.close()
    return room


def told(room: Room, **wants: object) -> list[Summary]:
    with kept(room.folder) as found:
        return summaries(found, room.ago(days=7), **wants)  # type: ignore[arg-type]


# What is reckoned


def test_r2_10_the_readings_of_all_upses_stand_in_one_place(room: Room) -> None:
    ups1, ups2 = (one.as_json() for one in told(room))
    assert (ups1["readings"], ups1["heard"], ups1["on_battery"], ups1["output_on"]) == (120, 120, 30, 120)
    assert (ups1["outages"], ups1["outage_s"], ups1["transfers"], ups1["battery_s"]) == (1, 300, 1, 290)
    assert (ups1["charge_pct_least"], ups1["charge_pct_last"], ups1["runtime_s_last"]) == (71.0, 71.0, 1900)
    assert (ups1["load_pct_mean"], ups1["load_pct_most"], ups1["load_pct_last"]) == (45.0, 60.0, 60.0)
    assert (ups2["readings"], ups2["heard"], ups2["outages"], ups2["load_pct_mean"]) == (120, 60, 0, None)


def test_hours_say_what_samples_say(room: Room) -> None:
    assert [one.as_json() for one in told(room)] == [one.as_json() for one in told(room, quick=True)]


def test_an_outage_that_began_before_counts_with_what_lies_within(room: Room) -> None:
    with kept(room.folder) as found:
        (ups1, _) = summaries(found, room.ago(minutes=7))
    assert (len(ups1.outages), ups1.outage_s) == (1, 120 + 10)


def test_a_battery_that_ages_shows_in_its_runtime_at_full_charge(tmp_path: Path, now: datetime) -> None:
    room = Room(tmp_path, now=now - timedelta(days=60))
    for day in range(60):
        room.upses["ups1"] = seen("ups1", runtime_s=3000.0 - 10 * day + (7 if day % 2 else -7))
        room.upses["ups2"] = seen("ups2", runtime_s=3000.0 + (7 if day % 2 else -7), charge_pct=99.6)
        room.take(every=timedelta(days=1))
    ups1, ups2 = told(room)
    assert ups1.full_runtime is not None
    assert ups1.full_runtime.sure
    assert abs(ups1.full_runtime.per_month + 300) < ups1.full_runtime.error < 20
    assert ups2.full_runtime is not None
    assert not ups2.full_runtime.sure
    assert ups1.full_runtime.days >= 59


def test_a_runtime_while_it_charges_says_nothing_of_the_battery(tmp_path: Path, now: datetime) -> None:
    room = Room(tmp_path, now=now - timedelta(days=20))
    room.upses["ups1"] = seen("ups1", charge_pct=80.0, runtime_s=1000.0)
    room.take(20, every=timedelta(days=1))
    ups1, ups2 = told(room)
    assert ups1.full_runtime is None
    assert ups2.full_runtime is not None


def test_six_days_are_no_trend() -> None:
    points = [(float(day), 3000.0 - day) for day in range(7)]
    assert trend(points[:6]) is None
    found = trend(points)
    assert found is not None
    assert found.per_month == pytest.approx(-30.0)
    assert found.error == pytest.approx(0.0, abs=1e-9)


# Batteries against the model


@pytest.fixture
def site_file(tmp_path: Path) -> SiteFile:
    """The reference site, with runtimes that it states."""
    text = SITE.read_text(encoding="utf-8")
    path = tmp_path / "site.yaml"
    path.write_text(
        text.replace("\nmodel:", "\nmodel:\n  upses: {ups1: {runtime: 20m}}", 1), encoding="utf-8"
    )
    return load_site(path)


def discharge(*, for_s: int, drop: float, load: int | None = 500, ups: str = "ups1") -> Stretch:
    loads = (0, 0) if load is None else (load * 10, 10)
    return Stretch(ups, "battery", 0, for_s, True, 1000, round(1000 * (1 - drop)), *loads)


def test_a_battery_that_loses_twice_as_much_as_a_new_one_has_half_its_health(site_file: SiteFile) -> None:
    new_s = new_battery(site_file, "ups1").full_runtime_s(0.5)
    as_new = health(site_file, "ups1", [discharge(for_s=600, drop=600 / new_s)])
    half = health(site_file, "ups1", [discharge(for_s=600, drop=1200 / new_s)] * 2)
    assert as_new is not None
    assert as_new.ratio == pytest.approx(1.0, abs=0.01)
    assert half is not None
    assert half.ratio == pytest.approx(0.5, abs=0.01)
    assert half.discharges == 2
    assert half.error < as_new.error


def test_a_load_that_fell_on_the_way_counts_with_each_of_its_values(site_file: SiteFile) -> None:
    full_s, idle_s = map(new_battery(site_file, "ups1").full_runtime_s, (1.0, 0.05))
    one = discharge(for_s=600, drop=300 / full_s + 300 / idle_s, load=525)
    found = health(site_file, "ups1", [one], lambda one: [(1.0, 5), (0.05, 5)])
    by_mean = health(site_file, "ups1", [one], lambda one: [(1.0, 1)])  # the others are no longer kept
    assert found is not None
    assert found.ratio == pytest.approx(1.0, abs=0.01)
    assert by_mean is not None
    assert by_mean.ratio < 0.95


@pytest.mark.parametrize(
    "one",
    [
        discharge(for_s=30, drop=0.2),
        discharge(for_s=600, drop=0.02),
        discharge(for_s=600, drop=0.3, load=None),
        Stretch("ups1", "battery", 0, 600, True, None, None, 5000, 10),
    ],
    ids=["too short", "too shallow", "no load told", "no charge told"],
)
def test_a_discharge_that_says_too_little_says_nothing(site_file: SiteFile, one: Stretch) -> None:
    assert health(site_file, "ups1", [one]) is None


def test_a_site_that_states_no_battery_has_none_to_compare_with(tmp_path: Path) -> None:
    path = tmp_path / "silent.yaml"
    path.write_text(re.sub(r", runtime: \w+", "", SITE.read_text(encoding="utf-8")), encoding="utf-8")
    assert health(load_site(path), "ups1", [discharge(for_s=600, drop=0.3)]) is None


# The command


def test_it_looks_where_a_service_keeps_them() -> None:
    assert Live().events == FOLDER


def test_the_tables_say_it_of_each_ups(room: Room) -> None:
    result = stats(room.folder)
    assert result.exit_code == 0, result.output
    cells = [re.split("  +", line) for line in result.stdout.splitlines()]
    assert cells[1:3] == [
        ["ups1", "100 %", "100 %", "1 (5 min)", "1 (4 min 50 s)", "45 %", "60 %"],
        ["ups2", "50 %", "100 %", "0", "0", "?", "?"],
    ]
    assert cells[5:7] == [
        ["ups1", "71 %", "71 %", "32 min", "32 min", "?", "?"],
        ["ups2", "100 %", "100 %", "45 min", "45 min", "?", "?"],
    ]
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "停電" in stats(room.folder, "--lang", "ja").stdout


def test_with_a_site_it_holds_batteries_against_its_model(room: Room, site_file: SiteFile) -> None:
    result = stats(room.folder, site_file.path, "--json")
    ups1, _ = json.loads(result.stdout)
    assert ups1["battery_health"]["discharges"] == 1
    assert 0.2 < ups1["battery_health"]["ratio"] < 1.0


def test_a_service_that_writes_may_be_asked_at_the_same_time(tmp_path: Path, now: datetime) -> None:
    room = Room(tmp_path, now=now - timedelta(minutes=2))
    room.take(3)
    assert stats(tmp_path).exit_code == 0
    room.upses["ups1"] = on_battery("ups1")
    room.take(3)
    assert room.troubles == []
    ups1, _ = json.loads(stats(tmp_path, "--json").stdout)
    assert (ups1["outages"], ups1["outage_s"]) == (1, 20), "what has changed is there at once"


def test_scripts_and_spreadsheets_have_it_too(room: Room) -> None:
    head, *lines = stats(room.folder, "--csv").stdout.splitlines()
    assert head == "time,ups,mains,output_on,on_battery,low_battery,charge_pct,runtime_s,load_pct,times"
    assert lines[0].split(",", 1)[1] == "ups1,true,true,false,false,100.0,2700,40.0,30"
    silent_lines = [line for line in lines if ",ups2,,,,,,,," in line]
    assert sum(int(line.rsplit(",", 1)[1]) for line in silent_lines) == 60
    assert sum(int(line.rsplit(",", 1)[1]) for line in lines) == 240


def test_parquet_has_the_same_rows(room: Room, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "readings.parquet"
    assert stats(room.folder, "--parquet", str(path)).exit_code == 0
    rows = parquet.read_table(path).to_pylist()
    assert sum(row["times"] for row in rows) == 240
    assert rows[0]["load_pct"] == 40.0
    assert len(rows) == len(stats(room.folder, "--csv").stdout.splitlines()) - 1


def test_a_parquet_file_that_cannot_be_written_is_said(room: Room) -> None:
    pytest.importorskip("pyarrow")
    result = stats(room.folder, "--parquet", "/no/such/folder/readings.parquet")
    assert result.exit_code == 3
    assert "/no/such/folder/readings.parquet" in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--csv", "--json"), 2, "one of"),
        (("--csv", "--parquet", "x.parquet"), 2, "one of"),
        (("--days", "0"), 2, "--days"),
        (("--days", "401"), 2, "--days"),
        ((), 3, "statistics.db: No such file or directory"),
        (("--events", "/no/such/folder"), 3, "/no/such/folder: No such file or directory"),
        (("no-such-site.yaml",), 2, "no-such-site.yaml"),
    ],
)
def test_what_it_cannot_show_it_says(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = stats(tmp_path, *arguments)
    assert result.exit_code == code
    assert words in result.output
    assert "Traceback" not in result.output


def test_samples_that_are_all_older_are_none_of_these_days(tmp_path: Path, now: datetime) -> None:
    room = Room(tmp_path, now=now - timedelta(days=30))
    room.take(3)
    result = stats(tmp_path)
    assert result.exit_code == 3
    assert "no readings of these days" in result.output
    assert stats(tmp_path, "--days", "60").exit_code == 0


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"garbage" * 1000)
    result = stats(tmp_path)
    assert result.exit_code == 3
    assert "not a database" in result.output
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("PRAGMA user_version = 7")
    db.close()
    (tmp_path / "other.db").replace(tmp_path / FILE)
    assert "format 7" in stats(tmp_path).output
