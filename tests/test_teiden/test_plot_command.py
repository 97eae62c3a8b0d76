"""`teiden plot --as`: every kind from the command line; what does not fit is refused with what does."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from teiden.cli import main
from tests.swept import returns, runs, written

ROOT = Path(__file__).parents[2]
SITE = str(ROOT / "scenarios/sites/reference.yaml")
EVENTS = str(ROOT / "tests/fixtures/reference-outage.jsonl")


def plot(*args: object) -> Result:
    return CliRunner().invoke(main, ["plot", *map(str, args)])


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("swept") / "out", list(runs()), curves=True)


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = returns((453,), last=600).to_dict("records")
    return written(
        tmp_path_factory.mktemp("restored") / "out", [{**row, "run": k} for k, row in enumerate(rows)]
    )


@pytest.mark.long
def test_each_kind_is_drawn_and_says_its_conclusion(swept: Path, restored: Path, tmp_path: Path) -> None:
    for args, told in (
        ([SITE, EVENTS, "--as", "waterfall"], "The linked side needs 750 s of the 900 s: 150 s to spare"),
        ([EVENTS, EVENTS, "--as", "comparison", "--names", "a,b"], "a and b agree in all 17 devices"),
        ([swept, "--as", "band", "--reserve", "15%"], "ups1 runs empty in 4.2 % of 24 runs"),
        ([swept, "--as", "heat", "--x", "flush", "--y", "confirm"], "Breaks in 4 of 12 cells"),
        ([restored, SITE, "--as", "strip"], "1 of 601 return times break something"),
    ):
        output = tmp_path / "x.svg"
        result = plot(*args, "-o", output)
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith(f"{output}: {told}")
        assert output.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["--as", "waterfall", SITE, EVENTS, EVENTS],
            "--as waterfall takes SITE.yaml [EVENTS]; files given: 3",
        ),
        (["--as", "comparison", EVENTS], "--as comparison takes EVENTS EVENTS; files given: 1"),
        ([EVENTS, EVENTS], "--as timeline takes EVENTS; files given: 2"),
        ([EVENTS, "--x", "flush"], "--as timeline has no --x; it goes with --as heat"),
        ([EVENTS, EVENTS, "--as", "comparison", "--reserve", "1%"], "it goes with --as band"),
        ([EVENTS, EVENTS, "--as", "comparison", "--names", "a"], "--names takes two names"),
        ([SITE], "is no EVENTS: --as waterfall draws a site"),
        (["{swept}"], "is a folder: of a sweep --as band, heat, strip can be drawn"),
        (["{swept}", "--as", "heat", "--x", "flush"], "--as heat needs --x and --y; varied: flush, confirm"),
        (["{swept}", "--as", "band", "--reserve", "15"], "--reserve: `15` has no unit"),
        (["{swept}", "--as", "strip"], "no column back_s, outcome"),
        (["{swept}", "--as", "heat", "--x", "flush", "--y", "no"], "no parameter 'no' was varied"),
        (["gone", "--as", "band"], "there is no such folder"),
        (["gone.yaml", "--as", "waterfall"], "no such file"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(
    args: list[str], told: str, swept: Path, tmp_path: Path
) -> None:
    result = plot(*[arg.format(swept=swept) for arg in args], "-o", tmp_path / "x.svg")
    assert result.exit_code == 2
    assert told in " ".join(result.output.split()), result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "x.svg").exists()


def test_a_place_that_cannot_be_written_is_not_carried_out(tmp_path: Path) -> None:
    result = plot(SITE, "--as", "waterfall", "-o", tmp_path / "no" / "x.svg")
    assert result.exit_code == 3
    assert "cannot be written" in result.output
