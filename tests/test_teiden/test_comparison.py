"""Two runs compared: what moved is marked with how far, what did not is left out and named."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from teiden.files.source import InputError
from teiden.language.say import speaking
from teiden.plots import comparison, timeline
from teiden.plots.compared import Compared
from teiden.plots.measures import Measure, measures, signed
from teiden.plots.paired import pairs, sides
from teiden.plots.two_charges import curves
from tests.pictures import assert_readable, said, title
from tests.streams import LOST_S, Stream, fact, never_restored, only_seen, recorded, with_forty_servers

LATER_S = 98.0


def later_control_stop(stream: Stream) -> Stream:
    """The control side and its UPSes stop 98 s later than they did."""
    who = re.compile(r"(ssccluster|control[12]|ups[123]|controldisk)$")
    window = (LOST_S + 890, LOST_S + 2000)
    moved = [
        replace(e, t=e.t + LATER_S) if who.match(e.subject) and window[0] < e.t < window[1] else e
        for e in stream
    ]
    return sorted(moved, key=lambda e: e.t)


@pytest.fixture(scope="module")
def moved() -> Stream:
    return later_control_stop(recorded())


@pytest.fixture(scope="module")
def picture(moved: Stream) -> Figure:
    return comparison.draw(recorded(), moved)


def test_the_title_says_what_moved_and_how_many_devices_differ(picture: Figure) -> None:
    assert (
        title(picture)
        == "Actual against planned: control stop after mains lost +98 s; 7 of 17 devices differ"
    )


def test_only_devices_that_differ_have_rows_and_the_others_are_named(picture: Figure) -> None:
    assert {gid.get_gid() for gid in picture.findobj() if str(gid.get_gid()).startswith("row-")} == {
        *("row-ups1", "row-ups3", "row-controldisk", "row-control1", "row-ssccluster"),
    }
    assert said(picture, "note") == [
        "alike within 5 s: ups4, ups5, ups6, linkeddisk, blade1, blade2, rack1, rack2, bladepool, rackpool"
    ]


def test_every_change_that_moved_is_drawn_from_the_one_to_the_other_with_its_seconds(
    picture: Figure, moved: Stream
) -> None:
    shifts = [shift for pair in pairs(*sides(recorded(), moved)) for shift in pair.shifts]
    assert {round(shift.seconds) for shift in shifts} == {98}
    drawn = [line for line in picture.findobj(Line2D) if line.get_gid() == "shift"]
    assert len(drawn) == len(shifts)
    assert set(said(picture, "shift-label")) == {"+98 s"}
    for line in drawn:
        x0, x1 = line.get_xdata()
        assert x1 > x0, "later lies to the right"


def test_the_table_holds_both_runs_and_the_difference(picture: Figure, moved: Stream) -> None:
    assert said(picture, "measure")[0] == "control stop after mains lost"
    assert said(picture, "figure")[:3] == ["15:03", "16:41", "+98 s"]
    found = {m.what: m for m in measures(*sides(recorded(), moved))}
    assert found["linked disks off → control stop"].change == pytest.approx(98)
    assert found["servers halted → their UPS off"].change == 0


def test_equal_runs_agree_and_draw_no_row() -> None:
    compared = Compared(*sides(recorded(), recorded()), None, 5.0, False)
    assert compared.title() == "Planned and actual agree in all 17 devices, within 5 s"
    assert compared.shown == []
    assert curves(compared.a.charges, compared.b.charges) == []
    assert len(Compared(*sides(recorded(), recorded()), None, 5.0, True).shown) > 10


def test_a_live_run_is_held_against_what_the_commanders_of_the_other_saw(moved: Stream) -> None:
    live = only_seen(recorded())
    same = Compared(*sides(recorded(), live), None, 5.0, False)
    assert [pair.names for pair in same.differing] == []
    late = Compared(*sides(recorded(), only_seen(moved)), ("planned", "live"), 5.0, False)
    assert ("ssccluster",) in [pair.names for pair in late.differing]
    assert late.title().startswith("live against planned")


def test_what_comes_after_the_shorter_run_is_no_difference() -> None:
    cut = Compared(*sides(recorded(), never_restored(recorded())), None, 5.0, False)
    assert [pair.names for pair in cut.differing] == []


def test_what_went_wrong_in_one_run_only_is_said_first() -> None:
    stream = [*recorded()]
    lost = next(k for k, e in enumerate(stream) if e.name == "array.off" and e.subject == "linkeddisk")
    stream.insert(lost, fact(stream[lost].t, "array.lost_data", "linkeddisk"))
    compared = Compared(*sides(recorded(), stream), None, 5.0, False)
    assert compared.numbers()[0].text == "actual: linkeddisk lost data"
    assert compared.numbers()[0].trouble


def test_batteries_that_fell_lower_are_drawn_and_alike_ones_share_a_colour() -> None:
    lower = [
        replace(e, details={**e.details, "charge_pct": e.details["charge_pct"] * 0.9})
        if e.name == "ups.charge" and e.subject in ("ups1", "ups2", "ups4")
        else e
        for e in recorded()
    ]
    a, b = sides(recorded(), lower)
    found = curves(a.charges, b.charges)
    assert {curve.upses for curve in found} == {("ups1", "ups2"), ("ups4",)}
    low = next(curve.lowest for curve in found if curve.upses == ("ups4",))
    assert low[1] == pytest.approx(0.9 * low[0], abs=0.1)


def test_devices_without_a_partner_are_named_and_foreign_streams_refused() -> None:
    compared = Compared(*sides(with_forty_servers(recorded()), recorded()), ("a", "b"), 5.0, False)
    assert any(note.startswith("only in a: rack2-0, rack2-1") for note in compared.notes())
    other = [replace(e, subject=f"x{e.subject}", details={}) for e in recorded() if e.name != "run.started"]
    with pytest.raises(InputError, match="no device in common"):
        comparison.draw([e for e in recorded() if e.name != "run.started"], other)


@pytest.mark.long
def test_long_names_of_runs_and_an_axis_without_cuts_stay_readable(moved: Stream) -> None:
    names = ("before the change of Friday", "after it")
    assert_readable(comparison.draw(recorded(), moved, names, breaks=False, everybody=True))


@pytest.mark.long
def test_no_text_covers_another_and_the_bytes_are_always_the_same(
    picture: Figure, moved: Stream, tmp_path: Path
) -> None:
    timeline.save(picture, str(tmp_path / "one.svg"))
    timeline.save(comparison.draw(recorded(), moved), str(tmp_path / "two.svg"))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert_readable(picture)


@pytest.mark.parametrize(
    ("seconds", "text"), [(98, "+98 s"), (-98.4, "−98 s"), (0.3, "±0"), (-1800, "−30:00")]
)
def test_a_change_is_told_with_its_sign(seconds: float, text: str) -> None:
    assert signed(seconds) == text
    assert Measure("x", 100.0, 100.0 + seconds).change_text == text


def test_the_conclusion_is_said_in_japanese(moved: Stream) -> None:
    with speaking("ja"):
        compared = Compared(*sides(recorded(), moved), None, 5.0, False)
        assert compared.title() == "計画に対する実績: 停電から制御側停止開始まで +98 秒、17 台中 7 台が相違"
