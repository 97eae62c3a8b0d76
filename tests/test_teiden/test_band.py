"""Charge bands: quantiles that are right, in memory that does not grow, drawn with what ran empty."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

from teiden.files.source import InputError
from teiden.language.say import speaking
from teiden.plots import band, timeline
from teiden.plots.quantiles import BIN_PCT, COLUMNS, Spread, reach, spread
from tests.pictures import assert_readable, said, title
from tests.swept import charges


@pytest.fixture(scope="module")
def found() -> Spread:
    return spread(charges(101), 0.0, 1200.0)


@pytest.fixture(scope="module")
def picture(found: Spread) -> Figure:
    return band.draw(found.charges, runs=found.runs, empty=found.empty, lowest=found.lowest, reserve=15.0)


def test_quantiles_are_those_of_the_runs_to_half_a_bin(found: Spread) -> None:
    """At 600 s and later the charges of ups1 are 0, 1 ... 100 %."""
    of = found.charges[found.charges["ups"] == "ups1"].set_index("t")
    for name, expected in (("p5", 5), ("p25", 25), ("p50", 50), ("p75", 75), ("p95", 95)):
        assert of[name][600.0] == pytest.approx(expected, abs=1 + BIN_PCT / 2)
    assert of["p50"][300.0] == pytest.approx(75, abs=1), "straight between two points"
    assert list(found.charges.columns) == list(COLUMNS)


def test_who_ran_empty_is_counted_exactly(found: Spread) -> None:
    assert found.empty == {"ups1": pytest.approx(1 / 101), "ups2": 0.0, "ups3": 0.0}


def test_how_low_each_run_fell_is_counted_run_by_run() -> None:
    """Two runs that are low at different times: at every moment half of them are full, but none stays so."""
    early = {"u": [(0.0, 100.0), (10.0, 20.0), (20.0, 100.0), (100.0, 100.0)]}
    late = {"u": [(0.0, 100.0), (80.0, 100.0), (90.0, 30.3), (100.0, 100.0)]}
    found = spread([early, late], 0.0, 100.0)
    assert found.charges["p95"].min() == 100.0
    assert found.lowest["u"] == {"p5": 20.0, "p25": 20.0, "p50": 20.0, "p75": 30.0, "p95": 30.0}


def test_a_run_that_ends_early_is_not_counted_afterwards() -> None:
    told = spread([{"u": [(0.0, 100.0), (50.0, 60.0)]}, {"u": [(0.0, 100.0), (100.0, 0.0)]}], 0.0, 200.0)
    of = told.charges.set_index("t")
    assert of.index.max() == 100.0
    assert of["p95"][100.0] == 0.0
    assert of["p95"][50.0] == 60.0


def test_memory_does_not_grow_with_the_number_of_runs() -> None:
    def peak(n: int) -> int:
        tracemalloc.start()
        spread(charges(n), 0.0, 1200.0)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak(10)
    assert peak(120) < 1.05 * peak(20)


def test_the_reach_goes_to_the_last_moment_of_any_run() -> None:
    assert reach(charges(3)) == (pytest.approx(-36.0), 1200.0)
    assert reach([]) == (0.0, 1.0)


def test_the_tightest_battery_comes_first_and_alike_ones_share_a_panel(picture: Figure) -> None:
    assert said(picture, "panel-") == ["ups1", "ups2, ups3"]
    assert said(picture, "empty") == ["ran empty: 1.0 %", "ran empty: 0 %"]
    assert title(picture) == "ups1 runs empty in 1.0 % of 101 runs"


def test_the_median_is_drawn_where_the_table_has_it(picture: Figure, found: Spread) -> None:
    axes = next(a for a in picture.axes if a.get_label() == "band-ups1")
    line = next(line for line in axes.lines if line.get_gid() == "median")
    table = found.charges[found.charges["ups"] == "ups1"]
    assert list(line.get_ydata()) == list(table["p50"])
    reserve = next(line for line in axes.lines if line.get_gid() == "reserve")
    assert set(reserve.get_ydata()) == {15.0}


def test_without_a_battery_that_runs_empty_the_title_says_how_low_they_fall(found: Spread) -> None:
    table = found.charges[found.charges["ups"] != "ups1"]
    empty = {"ups2": 0.0, "ups3": 0.0}
    told = band._title(band._panels(table, empty, found.lowest), 1000, empty)
    assert told == "No battery runs empty; the lowest, ups2, keeps 100 % or more in 95 % of 1,000 runs"
    told = band._title(band._panels(found.charges, {}, {}), None, None)
    assert told == "At any time ups1 holds 5 % or more in 95 % of the runs"


def test_no_share_is_rounded_to_nothing() -> None:
    assert [band._share(s) for s in (0.0, 0.0004, 0.004, 0.25, 0.998, 1.0)] == [
        *("0 %", "< 0.1 %", "0.4 %", "25 %", "99.8 %", "100 %"),
    ]


def test_a_table_of_another_shape_is_refused(found: Spread) -> None:
    with pytest.raises(InputError, match="no column p5, p95"):
        band.draw(found.charges.drop(columns=["p5", "p95"]))
    with pytest.raises(InputError, match="empty"):
        band.draw(pd.DataFrame(columns=list(COLUMNS)))


def test_nothing_overlaps_and_the_bytes_are_always_the_same(
    picture: Figure, found: Spread, tmp_path: Path
) -> None:
    timeline.save(picture, str(tmp_path / "one.svg"))
    again = band.draw(found.charges, runs=found.runs, empty=found.empty, lowest=found.lowest, reserve=15.0)
    timeline.save(again, str(tmp_path / "two.svg"))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert_readable(picture)


def test_the_title_is_said_in_japanese(found: Spread) -> None:
    with speaking("ja"):
        told = band._title(band._panels(found.charges, found.empty, found.lowest), 101, found.empty)
    assert told == "ups1 は 101 回の試行の 1.0 % でバッテリ切れ"


def torn() -> Iterator[dict[str, list[tuple[float, float]]]]:
    yield {"ups1": []}


def test_a_battery_without_points_is_nothing() -> None:
    assert spread(torn(), 0.0, 10.0).charges.empty
