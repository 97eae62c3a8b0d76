"""`teiden sweep`: its files and its report, what it refuses, and the runs that broke, played again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from teiden.cli import main
from teiden.files.story_file import load_stories
from teiden.rehearsal import rehearse
from teiden.sweep.chunk import Chunk
from teiden.sweep.progress import LINE_S, Count, lines
from tests.sweep_works import GRID, OUTAGE, SITE, WEAK

pytestmark = pytest.mark.usefixtures("left_before_is_frozen")

RUNS = 12


def sweep(*args: object) -> Result:
    result = CliRunner().invoke(main, ["sweep", *map(str, args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "weak.yaml"
    path.write_text(WEAK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def out(weak: Path) -> Path:
    return weak.parent / "out"


@pytest.fixture(scope="module")
def swept(weak: Path, out: Path) -> Result:
    """The first runs of which some break."""
    return sweep(weak, "-o", out, "--runs", RUNS, "--seed", 7, "--workers", 1, "--charges")


def summary(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return found


def rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "runs.jsonl").read_text(encoding="utf-8").splitlines()]


# What it writes and says


def test_a_sweep_writes_its_folder(swept: Result, out: Path) -> None:
    assert swept.exit_code == 1
    written = {path.name for path in out.iterdir()}
    assert written == {
        "sweep.json", "runs.jsonl", "runs.csv", "charges.jsonl", "summary.json", "broken",
    }  # fmt: skip
    assert [row["run"] for row in rows(out)] == list(range(RUNS))
    assert (out / "runs.csv").read_text(encoding="utf-8").count("\n") == RUNS + 1


def test_the_report_says_what_broke_how_often_and_how_sure_that_is(swept: Result, out: Path) -> None:
    text, found = swept.stdout, summary(out)
    k, s18 = found["runs"]["broken"], found["invariants"]["S18"]
    assert 0 < s18["broken"] < k < RUNS
    assert re.search(
        rf"broken +S18 +{s18['broken']} of 12 runs +[\d.]+ % \(.* \.\. \d+ %\) +every battery", text
    )
    assert re.search(r"unmet .*weak\.yaml:11 +\d+ of 12 runs .* never ups.exhausted", text)
    assert re.search(r"worst +linked disk cut -> control stop +-?\d+ s +run +\d+ +length=", text)
    assert re.search(r"lowest +ups3 0 % in run \d+", text)
    assert re.search(rf"^BROKEN  {k} of 12 runs break: .*   seed 7   ", text, re.MULTILINE)
    assert found["checksum"] in text


def test_expectations_are_counted_apart_from_invariants(swept: Result, out: Path) -> None:
    unmet = summary(out)["expectations"]
    assert {one["expected"] for one in unmet} == {
        "never ups.exhausted", "ups.output_off ups4 within 800s after mains.lost",
    }  # fmt: skip
    for one in unmet:
        places = [row for row in rows(out) if one["place"] in row["unmet"].split()]
        assert (one["broken"], one["first_run"]) == (len(places), places[0]["run"])


def test_every_run_that_broke_plays_the_same_again_from_its_file(swept: Result, out: Path) -> None:
    broken = [row for row in rows(out) if not row["holds"]]
    assert [f"broken/run-{row['run']:06d}.yaml" for row in broken] == summary(out)["replays"]["files"]
    for row, file in zip(broken, summary(out)["replays"]["files"], strict=True):
        (story,) = load_stories(out / file)
        verdict = rehearse(story).verdict
        found = {r.id for r in verdict.invariants if not r.ok}
        assert (verdict.holds, found) == (False, set(row["broken"].split()))
        properties = verdict.margins.properties()
        assert properties == {key: row[key] for key in properties}


def test_charges_count_from_the_loss_of_mains(swept: Result, out: Path) -> None:
    lines_ = [json.loads(line) for line in (out / "charges.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["run"] for line in lines_] == list(range(RUNS))
    for line, row in zip(lines_, rows(out), strict=True):
        for ups, points in line["charges"].items():
            assert points[0] == [0.0, 100.0]
            assert [t for t, _ in points] == sorted(t for t, _ in points)
            assert min(pct for _, pct in points) == pytest.approx(row[f"lowest_charge.{ups}_pct"], abs=0.1)


def test_more_runs_go_on_from_those_that_are_there(
    swept: Result, weak: Path, out: Path, tmp_path: Path
) -> None:
    alone = "--seed", 7, "--workers", 1
    whole = sweep(weak, "-o", tmp_path / "whole", "--runs", 3, *alone, "--json")
    sweep(weak, "-o", tmp_path / "parts", "--runs", 1, *alone)
    parts = sweep(weak, "-o", tmp_path / "parts", "--runs", 3, *alone, "--resume", "--json")
    assert parts.stdout == whole.stdout
    assert json.loads(whole.stdout) == summary(tmp_path / "whole")
    first = (out / "runs.jsonl").read_bytes().splitlines()[:3]
    assert (tmp_path / "parts" / "runs.jsonl").read_bytes().splitlines() == first


def test_a_grid_is_played_once_and_its_shares_are_no_probabilities(tmp_path: Path) -> None:
    story = tmp_path / "grid.yaml"
    story.write_text(GRID, encoding="utf-8")
    copies = "--csv", tmp_path / "copy.csv", "--parquet", tmp_path / "copy.parquet"
    result = sweep(story, "-o", tmp_path / "out", *copies)
    assert result.exit_code == 0
    assert re.search(r"^HOLDS  all 2 runs   seed 0   ", result.stdout, re.MULTILINE)
    assert [row["length"] for row in rows(tmp_path / "out")] == ["20s", "5m"]
    assert (tmp_path / "copy.csv").read_bytes() == (tmp_path / "out" / "runs.csv").read_bytes()
    assert (tmp_path / "copy.parquet").stat().st_size > 0
    assert not (tmp_path / "out" / "broken").exists()


def test_a_run_that_could_not_be_played_is_told_and_ends_in_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tmp_path / "grid.yaml"
    story.write_text(GRID, encoding="utf-8")
    monkeypatch.setattr("teiden.play.IN_CIRCLES", 1)
    monkeypatch.setattr("teiden.play.run_until", _in_circles)
    result = sweep(story, "-o", tmp_path / "out")
    assert result.exit_code == 3
    assert "errors    run 0: AssertionError: the sequencer runs in circles" in result.stdout
    assert re.search(r"^BROKEN  2 runs could not be played, the other 0 hold", result.stdout, re.MULTILINE)
    assert summary(tmp_path / "out")["errors"]["n"] == 2


def _in_circles(*args: object) -> None:
    raise AssertionError("the sequencer runs in circles")


# What it refuses


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--workers", 2, "--scheduler", "tcp://127.0.0.1:1"), "exclude each other"),
        (("--resume", "--overwrite"), "exclude each other"),
        (("--workers", 0), "0 is not in the range"),
        (("--runs", 0), "0 is not in the range"),
        (("--every", "1s"), "go with --restore"),
        (("--restore", "--every", "5"), "has no unit"),
        (("--restore", "--every", "0s"), "longer than nothing"),
        (("--restore", "--runs", 5), "--restore takes neither --runs nor --charges"),
        (("--tls-ca", SITE), "go together"),
        (("--tls-ca", "nowhere.pem"), "does not exist"),
        (("--tls-ca", SITE, "--tls-cert", SITE, "--tls-key", SITE), "go with --scheduler"),
        (("--scheduler", "127.0.0.1:8786"), "is no address"),
        (("--scheduler", "tls://127.0.0.1:8786"), "needs --tls-ca, --tls-cert and --tls-key"),
        (
            ("--scheduler", "tcp://127.0.0.1:8786", "--tls-ca", SITE, "--tls-cert", SITE, "--tls-key", SITE),
            "the address begins with tls://",
        ),
        (("--item", "nobody"), "no story here is called `nobody`"),
        (("--restore", "--item", "nobody"), "no story here is called `nobody`"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_is_written(
    options: tuple[object, ...], told: str, tmp_path: Path
) -> None:
    result = sweep(OUTAGE, "-o", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_and_one_that_cannot_be_written_are_told(
    swept: Result, weak: Path, out: Path
) -> None:
    again = sweep(weak, "-o", out, "--runs", RUNS, "--seed", 7)
    assert (again.exit_code, "holds a sweep already" in again.stderr) == (2, True)
    other = sweep(weak, "-o", out, "--runs", RUNS, "--seed", 8, "--resume")
    assert (other.exit_code, "seed is 8, was 7" in other.stderr) == (2, True)
    nowhere = sweep(weak, "-o", "/proc/nowhere", "--runs", 1)
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (3, True)


def test_a_missing_extra_is_named(weak: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, options in (
        ("pyarrow", ("--parquet", tmp_path / "runs.parquet")),
        ("distributed", ("--scheduler", "tcp://127.0.0.1:8786")),
    ):
        monkeypatch.setitem(__import__("sys").modules, module, None)
        result = sweep(weak, "-o", tmp_path / "out", "--runs", 3, *options)
        assert result.exit_code == 3
        assert "needs the extra teiden[" in result.stderr


# Progress


def test_progress_is_a_line_every_ten_seconds_with_rate_and_rest() -> None:
    now = [0.0]
    said: list[str] = []
    count = Count(1000, kept=100, clock=lambda: now[0])
    with lines(count, said.append, clock=lambda: now[0]) as told:
        for n in range(4):
            now[0] += LINE_S / 2
            told(Chunk(100 + 50 * n, 50, b"", b"", broken=1, errors=0, took_s=1.0))
    assert said == [
        "200 of 1,000 runs, 10 a second, 80 s left, 2 broken",
        "300 of 1,000 runs, 10 a second, 70 s left, 4 broken",
    ]


# The restore sweep


def test_a_restore_sweep_says_what_it_is_for_and_draws_it(tmp_path: Path) -> None:
    pytest.importorskip("teiden.plots.strip")
    out = tmp_path / "out"
    result = sweep(OUTAGE, "-o", out, "--restore", "--every", "10m", "--up-to", "20m", "--workers", 1)
    assert result.exit_code == 0
    assert "Of 3 returns none strands anybody, and none cuts anything unsafely." in result.stdout
    assert [row["outcome"] for row in rows(out)] == [one["outcome"] for one in summary(out)["returns"]]
    assert [row["back_s"] for row in rows(out)] == [0.0, 600.0, 1200.0]
    assert (out / "restore.svg").read_text(encoding="utf-8").count("<svg") == 1
