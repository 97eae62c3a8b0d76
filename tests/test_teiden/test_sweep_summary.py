"""What a sweep sums up: shares and how sure they are, worst values, parameters that tell, tables."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from teiden.files.story_file import load_stories
from teiden.judge.margin import Margin
from teiden.judge.verdict import judge
from teiden.play import play
from teiden.sweep.interval import Share
from teiden.sweep.summary import MOST_REPLAYS, Summary, summed_up
from teiden.sweep.table import write_csv, write_parquet
from teiden.sweep.telling import SAMPLE, Telling, number
from teiden.sweep.where import Where
from teiden.sweep.worst import MARGIN, Worsts, is_duration
from tests.sweep_works import OUTAGE, Numbers

pytestmark = pytest.mark.usefixtures("left_before_is_frozen")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of a thousand numbers, two of which could not be played."""
    path = tmp_path_factory.mktemp("sweep")
    work = Numbers(wrong=frozenset({0, 500}))
    chunks = Where(workers=1).plays(work, range(1000))
    (path / "runs.jsonl").write_bytes(b"".join(chunk.lines for chunk in chunks))
    return path


@pytest.fixture(scope="module")
def summary(folder: Path) -> Summary:
    return summed_up(folder, ["u"])


def of(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for line in lines if "error" not in (row := json.loads(line))]


# Intervals


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 1000, 0.0, 0.003827),
        (10, 100, 0.055229, 0.174366),
        (50, 100, 0.403832, 0.596168),
        (7, 7, 0.645668, 1.0),
    ],
)
def test_wilsons_interval_is_the_one_of_the_tables(k: int, n: int, low: float, high: float) -> None:
    share = Share(k, n)
    assert (share.low, share.high) == pytest.approx((low, high), abs=2e-6)
    assert share.low <= share.share <= share.high


def test_no_runs_say_nothing() -> None:
    assert Share(0, 0).as_dict() == {"n": 0, "broken": 0, "probability": 0.0, "low": 0.0, "high": 1.0}


# Counts


def test_runs_are_counted_and_those_that_could_not_be_played_are_no_runs(
    folder: Path, summary: Summary
) -> None:
    found = of(folder)
    assert (summary.runs, summary.errors) == (998, 2)
    assert summary.broken == sum(not row["holds"] for row in found) > 50
    assert summary.first_errors[1] == (500, "AssertionError: run 500 runs in circles")
    assert summary.of_invariant("S1") == Share(summary.broken, 998)
    assert (summary.judged["S2"], summary.judged["S3"]) == (998, 0)
    assert not summary.holds


def test_the_checksum_is_that_of_the_journal(folder: Path, summary: Summary) -> None:
    assert summary.checksum == sha256((folder / "runs.jsonl").read_bytes()).hexdigest()


def test_the_worst_margin_comes_with_its_run_and_what_it_drew(folder: Path, summary: Summary) -> None:
    row = min(of(folder), key=lambda row: row["margin.linked_stop_s"])
    worst = summary.worst.found["margin.linked_stop_s"]
    assert (worst.value, worst.run) == (row["margin.linked_stop_s"], row["run"])
    assert worst.parameters == {"u": row["u"]}


def test_a_file_of_their_own_get_the_first_that_broke_the_worst_and_the_failed(
    folder: Path, summary: Summary
) -> None:
    broken = [row["run"] for row in of(folder) if not row["holds"]]
    worst = summary.worst.found["margin.linked_stop_s"].run
    assert len(broken) > MOST_REPLAYS - 20
    assert summary.replays() == sorted({0, 500, worst, *broken[:MOST_REPLAYS]})


def test_a_duration_is_worst_when_it_is_longest() -> None:
    worsts = Worsts()
    for run, value in enumerate((5.0, 9.0, 9.0, 7.0)):
        worsts.take({"run": run, "margin.restore_s": value, "lowest_charge.ups1_pct": value}, {})
    assert worsts.found["margin.restore_s"].run == 1
    assert worsts.found["lowest_charge.ups1_pct"].run == 0


def test_which_margins_are_durations_agrees_with_what_the_judge_says_of_them() -> None:
    """A margin has a plan of what is left; a duration has none."""
    margins: list[Margin] = []
    for path in (OUTAGE, OUTAGE.with_name("scheduled-night.yaml")):
        story = load_stories(path)[0]
        margins += judge(play(story).stream.events, story.site).margins.margins
    assert len(margins) > 5
    for margin in margins:
        assert is_duration(f"{MARGIN}{margin.key}") == (margin.plan_s is None), margin.key


# What tells


def test_quantities_are_compared_in_their_unit() -> None:
    assert [number(text) for text in ("1h30m", "71%", "12GiB", "300W", "2.5", "-4C", "ups1")] == [
        5400.0, 71.0, 12 * 2**30, 300.0, 2.5, -4.0, None,
    ]  # fmt: skip


def test_a_parameter_that_decides_tells_and_one_that_does_not_is_silent() -> None:
    health, colour = Telling("health"), Telling("colour")
    for run in range(300):
        pct = run % 100
        health.take(f"{pct}%", pct < 10)
        colour.take(("red", "green")[run % 2], pct < 10)
    for telling in (health, colour):
        telling.finish()
    assert [(g.first, g.last, g.broken) for g in health.groups] == [
        ("0%", "32%", 30),
        ("33%", "65%", 0),
        ("66%", "99%", 0),
    ]
    assert health.tells
    assert health.most.share == Share(30, 99)
    assert [(group.first, group.n) for group in colour.groups] == [("green", 150), ("red", 150)]
    assert not colour.tells


def test_thirds_are_cut_once_and_every_further_run_is_counted() -> None:
    telling = Telling("x")
    for run in range(2 * SAMPLE):
        telling.take(str(run % 3000), False)
    telling.finish()
    assert [group.n for group in telling.groups] == [2000, 2000, 2000]
    assert not telling._first


def test_many_values_without_an_order_say_nothing() -> None:
    telling = Telling("x")
    for run in range(20):
        telling.take(f"server{run}", run == 3)
    telling.finish()
    assert telling.groups == []
    assert not telling.tells


# Tables


def test_the_csv_has_a_row_a_run_and_a_column_for_all_that_any_run_tells(
    folder: Path, summary: Summary, tmp_path: Path
) -> None:
    path = tmp_path / "runs.csv"
    write_csv(folder, summary.columns, path)
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["run", "seed", "holds", "broken", "unmet", "u", "margin.linked_stop_s", "error"]
    assert [row["run"] for row in table] == [str(n) for n in range(1000)]
    assert table[0]["holds"] == table[0]["u"] == ""
    assert {row["holds"] for row in table[1:500]} == {"true", "false"}


def test_parquet_has_the_same_with_types(folder: Path, summary: Summary, tmp_path: Path) -> None:
    path = tmp_path / "runs.parquet"
    write_parquet(folder, summary.columns, path)
    table = pyarrow.parquet.read_table(path)
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert types == {
        "run": "int64", "seed": "int64", "holds": "bool", "broken": "string", "unmet": "string",
        "u": "string", "margin.linked_stop_s": "double", "error": "string",
    }  # fmt: skip
    assert table.num_rows == 1000
    assert table.column("holds").null_count == 2
