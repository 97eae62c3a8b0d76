"""The strip chart: no second that breaks is lost, however narrow; the curve breaks where nobody came up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from teiden.files.site_file import load_site
from teiden.files.source import InputError
from teiden.language.say import speaking
from teiden.plots import strip, timeline
from teiden.plots.scale import Scale
from teiden.plots.stretches import Stretch, phases, returns
from tests.pictures import assert_readable, patches, said, title
from tests.swept import returns as swept

BAD = (453, 454, 902)
NEVER = (902, 903)
REFERENCE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"


@pytest.fixture(scope="module")
def picture() -> Figure:
    """An hour by the second, three seconds of which break something."""
    return strip.draw(swept(BAD, NEVER), phases=phases(load_site(REFERENCE).site))


@pytest.fixture(scope="module")
def good() -> Figure:
    """Whenever the mains return, all is well; every fiftieth second only."""
    return strip.draw(swept().iloc[::50])


def test_neighbours_of_one_outcome_are_one_stretch_and_a_gap_parts_them() -> None:
    found = returns(swept(BAD))
    assert found.step_s == 1.0
    assert found.stretches() == [
        Stretch(0, 33, "nothing stopped", 33),
        Stretch(33, 452, "turned round", 419),
        Stretch(452, 3601, "stopped and started again", 3149),
    ]
    assert [(s.t0, s.t1) for s in found.broken()] == [(453, 455), (902, 903)]
    gap = returns(swept().drop(index=range(100, 200)))
    assert [(s.t0, s.t1) for s in gap.stretches()][1:3] == [(33, 100), (200, 452)]


def test_a_second_among_an_hour_is_never_lost(picture: Figure) -> None:
    marks = patches(picture, "broken")
    assert len(marks) == 2
    assert all(box.width * 144 >= 3 for box in marks), "three dots at the least"
    first, second = sorted(marks, key=lambda box: box.x0)
    strip_boxes = patches(picture, "outcome")
    per_s = (max(b.x1 for b in strip_boxes) - min(b.x0 for b in strip_boxes)) / 3601
    assert (second.x0 + second.x1 - first.x0 - first.x1) / 2 == pytest.approx((902.5 - 454) * per_s, abs=0.01)
    axis = Scale(0.0, 3601.0, 1.75, 13.5)
    x0, x1 = strip._wide(axis, Stretch(1800.0, 1801.0, "an outcome of one second", 1))
    assert (x1 - x0) * 144 >= 3
    assert (x0 + x1) / 2 == pytest.approx(axis.x(1800.5))


def test_the_title_counts_what_breaks_and_the_numbers_say_when(picture: Figure) -> None:
    assert title(picture) == "3 of 3,601 return times break something"
    assert said(picture, "number") == [
        "at 7:33–7:34, 15:02",
        "broken: S2 ×3, S5 ×3",
        "everybody up again at most 16:00 after the mains",
    ]


def test_the_legend_counts_every_outcome(picture: Figure) -> None:
    assert said(picture, "legend-") == [
        "nothing stopped  33".replace("  ", " "),
        "turned round 419",
        "stopped and started again 3,149",
        "breaks something 3",
        "not everybody up again 2",
    ]


def test_the_curve_is_broken_where_not_everybody_came_up(picture: Figure) -> None:
    axes = next(a for a in picture.axes if a.get_label() == "up-again")
    curve = next(line for line in axes.lines if line.get_gid() == "up-again")
    values = np.asarray(curve.get_ydata(), dtype=float)
    assert set(np.flatnonzero(np.isnan(values))) == set(NEVER)
    never = next(line for line in axes.lines if line.get_gid() == "never")
    assert list(never.get_xdata()) == list(NEVER)


def test_phases_of_the_sequence_stand_above_at_their_limits(picture: Figure) -> None:
    assert {"outage confirmed", "flush", "control side waits"} <= set(said(picture, "phase-name"))
    assert (450.0, 750.0, "flush") in phases(load_site(REFERENCE).site)


def test_where_nothing_breaks_the_title_says_so(good: Figure) -> None:
    assert title(good) == "Whenever the mains return, nothing breaks: 73 return times from 0:00 to 1:00:00"
    assert said(good, "no-breaks") == ["never"]
    assert not patches(good, "broken")


def test_an_outcome_that_never_holds_looks_like_it() -> None:
    frame = swept((3600,)).assign(outcome=["stranded" if k == 3600 else "well" for k in range(3601)])
    looks = strip._looks(returns(frame))
    assert looks["stranded"] == strip.BAD
    assert looks["well"] != strip.BAD


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.drop(columns="outcome"), "no column outcome"),
        (lambda f: f.iloc[:0], "there is no run"),
        (lambda f: f.assign(back_s=["x", *f["back_s"][1:]]), "back_s: 'x' is no number"),
        (lambda f: f.assign(back_s=5.0), "back_s: 5 stands there more than once"),
    ],
)
def test_a_table_of_another_shape_is_refused(change: object, told: str) -> None:
    assert callable(change)
    with pytest.raises(InputError, match=told):
        strip.draw(change(swept(last=3)))


def test_nothing_overlaps_and_the_bytes_are_always_the_same(
    picture: Figure, good: Figure, tmp_path: Path
) -> None:
    timeline.save(good, str(tmp_path / "one.svg"))
    timeline.save(strip.draw(swept().iloc[::50]), str(tmp_path / "two.svg"))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert_readable(picture)
    assert_readable(good)


def test_the_title_is_said_in_japanese() -> None:
    with speaking("ja"):
        assert strip._title(returns(swept(BAD))) == "復電時刻 3,601 通り中 3 通りで違反"
