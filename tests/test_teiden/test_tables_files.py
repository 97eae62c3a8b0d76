"""Tables as files: the same bytes each time, and back again with the same types."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from pandas.testing import assert_frame_equal

from teiden import tables
from teiden.cli import main
from teiden.files.source import InputError
from teiden.tables.files import NeedsPyarrow
from tests.streams import OUTAGE, fact

SITE = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "reference.yaml"
KINDS = ("events", "states", "charges")


def saved(frame: pd.DataFrame, path: Path) -> bytes:
    tables.save(frame, path)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_saved_is_loaded_with_its_types(tmp_path: Path, kind: str, suffix: str) -> None:
    frame = getattr(tables, kind)(OUTAGE)
    tables.save(frame, tmp_path / f"a{suffix}")
    back = tables.load(tmp_path / f"a{suffix}")
    if kind == "events" and suffix == ".csv":
        assert back.dtypes.astype(str).drop("time").tolist() == frame.dtypes.astype(str).drop("time").tolist()
        assert (back.time == frame.time).all()  # a CSV knows offsets and no zones
        back = back.assign(
            **{
                name: frame[name].cat.set_categories(frame[name].cat.categories)
                for name in ("event", "subject", "by", "source")
                if list(back[name]) == list(frame[name])
            },
            time=frame.time,
        )
    assert_frame_equal(back, frame)


@pytest.mark.parametrize("table", ["margins", "lowest_charge", "invariants"])
def test_tables_of_the_judge_come_back_from_a_csv(tmp_path: Path, table: str) -> None:
    frame = getattr(tables, table)({"a": OUTAGE, "b": OUTAGE}, site=SITE)
    tables.save(frame, tmp_path / "a.csv")
    assert_frame_equal(tables.load(tmp_path / "a.csv"), frame)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_same_run_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    first = saved(tables.events(OUTAGE), tmp_path / f"a{suffix}")
    assert first == saved(tables.events(OUTAGE), tmp_path / f"b{suffix}")


def test_a_csv_is_what_every_reader_of_csv_reads(tmp_path: Path) -> None:
    events = [fact(0.1 + 0.2, "alarm.raised", "ups1", text='say "連動", twice\nover')]
    data = saved(tables.events(events, details=["text"]), tmp_path / "a.csv")
    assert b"\r" not in data
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert header == ["t", "time", "event", "subject", "by", "source", "text"]
    assert row == ["0.3", "", "alarm.raised", "ups1", "room", "fact", 'say "連動", twice\nover']


def test_times_in_a_csv_are_those_of_the_event_file(tmp_path: Path) -> None:
    tables.save(tables.events(OUTAGE), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        times = [row["time"] for row in csv.DictReader(file)]
    assert times == [line.split('"')[5] for line in OUTAGE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("zone", "text"), [("America/St_Johns", "02:00:00.250-03:30"), ("UTC", "05:30:00.250+00:00")]
)
def test_offsets_of_every_kind_are_written(tmp_path: Path, zone: str, text: str) -> None:
    details = {"start": "2026-11-20T05:30:00+00:00", "time_zone": zone}
    frame = tables.events([fact(0.25, "run.started", "x", **details)], details=[])
    assert saved(frame, tmp_path / "a.csv").decode().splitlines()[1].startswith(f"0.25,2026-11-20T{text},")


def test_a_byte_order_mark_is_there_only_if_it_is_asked_for(tmp_path: Path) -> None:
    frame = tables.charges(OUTAGE)
    tables.save(frame, tmp_path / "a.csv", bom=True)
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbf" + saved(frame, tmp_path / "b.csv")
    assert_frame_equal(tables.load(tmp_path / "a.csv"), frame)


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.csv.gz"])
def test_a_table_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    for work in (lambda path: tables.save(pd.DataFrame(), path), tables.load):
        with pytest.raises(InputError, match=r"end its name in .csv or .parquet"):
            work(tmp_path / name)


def test_without_pyarrow_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NeedsPyarrow, match=r"teiden\[parquet\]"):
        tables.save(pd.DataFrame({"t": [1.0]}), tmp_path / "a.parquet")
    with pytest.raises(NeedsPyarrow, match=r"teiden\[parquet\]"):
        tables.load(tmp_path / "a.parquet")
    result = CliRunner().invoke(main, ["table", str(OUTAGE), "-o", str(tmp_path / "a.parquet")])
    assert result.exit_code == 3
    assert "teiden[parquet]" in result.output
    assert not (tmp_path / "a.parquet").exists()
