"""The heat map: steps by magnitude, cells that break told apart without colour, cells without a run too."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from teiden.files.source import InputError
from teiden.language.say import speaking
from teiden.plots import heat, timeline
from teiden.plots.cells import cells, rule
from teiden.plots.steps import steps
from tests.pictures import assert_readable, patches, said
from tests.swept import runs

TABLE = pd.DataFrame(list(runs(missing=("10m", "20m"))))
"""Two runs a cell; one cell was not played."""


@pytest.fixture(scope="module")
def picture() -> Figure:
    return heat.draw(TABLE, "flush", "confirm")


def test_values_are_ordered_by_magnitude_and_stay_as_written(picture: Figure) -> None:
    assert said(picture, "x-label") == ["120s", "5m", "400s", "10m"]
    assert said(picture, "y-label") == ["700s", "900s", "20m"]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["90%", "100%", "9%"], ["9%", "90%", "100%"]),
        (["1GiB", "512MiB"], ["512MiB", "1GiB"]),
        ([3, 1, 2], ["1", "2", "3"]),
        (["ups3", "ups1"], ["ups3", "ups1"]),
        (["5m", "none"], ["5m", "none"]),
    ],
)
def test_quantities_are_sorted_and_names_are_not(values: list[object], labels: list[str]) -> None:
    assert list(steps(pd.Series(values), "x").labels) == labels


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ([f"{60 * k}s" for k in range(1, 61)], "0s", "1h"),
        ([f"{40 + k}%" for k in range(61)], "40%", "100%"),
        ([f"{k}s" for k in range(3601)], "0s", "1h"),
        ([k / 100 for k in range(100)], "0", "1"),
    ],
)
def test_many_values_share_round_bins_that_hold_every_run(
    values: list[object], first: str, last: str
) -> None:
    found = steps(pd.Series(values), "x")
    assert found.binned
    assert (found.labels[0], found.labels[-1]) == (first, last)
    assert len(found.labels) <= 14
    assert set(found.place) == set(range(len(found.labels) - 1)), "no bin is empty, none is beyond the last"
    assert list(found.place) == sorted(found.place)


def test_a_cell_holds_the_share_that_broke_or_the_smallest_margin() -> None:
    share = cells(TABLE, "flush", "confirm")
    assert share.cells[3, 0].value == 1.0
    assert share.cells[0, 0].value == 0.0
    margin = cells(TABLE, "flush", "confirm", "margin.linked_stop_s")
    assert margin.cells[1, 1].value == 150.0
    assert margin.cells[1, 0].value == -50.0
    lowest = cells(TABLE, "flush", "confirm", "lowest_charge")
    assert lowest.cells[0, 0].value == 54.0, "of two runs the lower"
    of = cells(TABLE, "flush", "confirm", "broken.S2")
    assert {cell.broken for cell in of.cells.values()} == {0}


def test_cells_that_break_are_hatched_numbered_in_bold_and_fenced_off(picture: Figure) -> None:
    found = cells(TABLE, "flush", "confirm")
    bad = {place for place, cell in found.cells.items() if cell.broken}
    hatched = [patch for patch in picture.axes[0].patches if patch.get_hatch() == "///"]
    assert len(hatched) == len(bad) + 1, "those that break, and one in the legend"
    bold = {
        t.get_gid()
        for t in picture.findobj()
        if str(t.get_gid()).startswith("value-") and t.get_weight() == "bold"
    }
    assert bold == {f"value-{x}-{y}" for x, y in bad}
    edges = [line for line in picture.findobj(Line2D) if line.get_gid() == "edge"]
    assert len(edges) == 4, "120s|5m and above 5m and 400s at 700s, 400s|10m at 900s; nothing beside a gap"


def test_a_cell_without_a_run_says_so(picture: Figure) -> None:
    assert "legend-not played" in {t.get_gid() for t in picture.findobj() if t.get_gid()}
    assert len(patches(picture, "cell-3-2")) == 1
    assert "value-3-2" not in {t.get_gid() for t in picture.findobj() if t.get_gid()}


def test_how_many_runs_a_cell_has_is_told_where_it_differs(picture: Figure) -> None:
    assert "2 runs a cell" in said(picture, "number")
    assert not said(picture, "n-")
    uneven = heat.draw(TABLE.iloc[1:], "flush", "confirm")
    assert said(uneven, "n-")[0] == "n=1"


def test_the_title_names_the_edge_where_one_value_alone_decides() -> None:
    assert heat._title(cells(TABLE, "flush", "confirm")) == "Breaks in 4 of 11 cells of flush by confirm"
    one = TABLE[TABLE["confirm"] == "900s"].assign(other=["1", "2"] * 4)
    assert rule(cells(one, "flush", "other")) == ("flush", "10m", True)
    assert heat._title(cells(one, "flush", "other")) == "Breaks where flush is 10m or more, and nowhere else"
    assert rule(cells(one.assign(holds=True), "flush", "other")) is None


def test_the_darker_the_worse_in_grey_too() -> None:
    greys = []
    for k in range(11):
        red, green, blue = to_rgb(heat.RAMP(k / 10))
        greys.append(0.299 * red + 0.587 * green + 0.114 * blue)
    assert greys == sorted(greys, reverse=True)


@pytest.mark.long
def test_many_narrow_cells_stay_readable() -> None:
    many = [dict(run, back=f"{60 * (k % 60)}s", length=f"{k}m") for k, run in enumerate(runs(per_cell=20))]
    assert_readable(heat.draw(pd.DataFrame(many), "back", "length"))


@pytest.mark.parametrize(
    ("x", "y", "value", "told"),
    [
        ("flash", "confirm", "broken", r"no parameter 'flash' was varied\n   varied: flush, confirm"),
        ("flush", "flush", "broken", "'flush' cannot be on both axes"),
        ("flush", "confirm", "margin.x", "no value 'margin.x' can be drawn\n   one of broken, broken.ID"),
        ("flush", "confirm", "broken.", "no value"),
        ("flush", "confirm", "flush", "no value 'flush'"),
    ],
)
def test_what_was_not_varied_is_refused_with_what_was(x: str, y: str, value: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        heat.draw(TABLE, x, y, value)


def test_a_table_that_is_no_sweep_and_an_axis_of_too_many_names_are_refused() -> None:
    with pytest.raises(InputError, match="no column holds, broken"):
        heat.draw(TABLE.drop(columns=["holds", "broken"]), "flush", "confirm")
    with pytest.raises(InputError, match="there is no run"):
        heat.draw(TABLE.iloc[:0], "flush", "confirm")
    with pytest.raises(InputError, match="x has 50 different values"):
        steps(pd.Series([f"name{k}" for k in range(50)]), "x")


def test_nothing_overlaps_and_the_bytes_are_always_the_same(picture: Figure, tmp_path: Path) -> None:
    timeline.save(picture, str(tmp_path / "one.svg"))
    timeline.save(heat.draw(TABLE, "flush", "confirm"), str(tmp_path / "two.svg"))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert_readable(picture)


def test_the_title_is_said_in_japanese() -> None:
    with speaking("ja"):
        assert heat._title(cells(TABLE, "flush", "confirm")) == "flush × confirm の 11 区画中 4 区画で違反"
