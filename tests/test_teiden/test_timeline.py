"""The timeline: nothing overlaps, nothing leaves the paper, every number is the stream's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from teiden.files.source import InputError
from teiden.plots import fonts, timeline
from teiden.plots.rows import rows
from tests.streams import Stream, calm_after_a_blip, only_seen, recorded, twice, with_forty_servers
from tests.thinned import thinned


@pytest.fixture(scope="module")
def outage() -> Stream:
    """The reference outage, with the times of the worked example."""
    return recorded()


@pytest.fixture(scope="module")
def picture(outage: Stream) -> Figure:
    """It, drawn."""
    return timeline.draw(outage)


def texts(figure: Figure, gid: str = "") -> list[Text]:
    """Every text of the picture, or those of one kind."""
    found = [t for t in figure.findobj(Text) if isinstance(t, Text) and t.get_visible() and t.get_text()]
    return [t for t in found if t.get_gid() and str(t.get_gid()).startswith(gid)] if gid else found


def said(figure: Figure, gid: str = "") -> list[str]:
    return [text.get_text() for text in texts(figure, gid)]


def boxes(figure: Figure, gid: str) -> list[Bbox]:
    """Where the texts of one kind stand on the paper, in pixels."""
    return [text.get_window_extent() for text in texts(figure, gid)]


def names(stream: Stream) -> set[str]:
    return {row.name for row in rows(stream)}


def test_the_headline_tells_the_numbers_of_the_outage(picture: Figure) -> None:
    assert said(picture, "title") == [
        "The mains of the whole site fail for two hours; everything stops in order and comes back."
    ]
    assert said(picture, "badge") == ["HOLDS"]
    assert said(picture, "verdict") == ["22 of 22 expectations, 18 of 18 invariants"]
    assert said(picture, "number") == [
        "control site stopped 18:03 after mains lost",
        "all off at 24:03",
        "lowest battery ups3 55 %",
        "service restored 20:56 after mains return",
    ]


def test_every_device_has_a_row_and_the_switch_that_has_no_state_has_none(
    picture: Figure, outage: Stream
) -> None:
    announced = outage[0].details["devices"]
    assert set(said(picture, "row-")) == set(announced) - {"utility", "lan1"}


def test_the_flags_are_those_of_the_runbook(picture: Figure) -> None:
    assert said(picture, "flag-") == [
        "Mains lost  0:00",
        "Outage confirmed, servers stop  0:32",
        "Flush linkeddisk  7:34",
        "linkeddisk off  10:46",
        "Control stop  15:03",
        "All off  24:03",
        "Mains back  2:00:00",
        "Control up  2:05:00",
        "Cluster restart  2:08:04",
        "linkeddisk ready  2:17:36",
        "All up  2:20:56",
    ]


@pytest.mark.parametrize(
    "change",
    thinned([lambda s: s, twice, only_seen, with_forty_servers], 4),
    ids=["once", "twice", "only seen", "forty servers"],
)
def test_no_text_covers_another_and_none_leaves_the_paper(
    outage: Stream, change: Callable[[Stream], Stream]
) -> None:
    figure = timeline.draw(change(outage))
    figure.draw_without_rendering()
    assert set(said(figure, "row-")) == names(change(outage))
    for kind in ("flag-", "row-", "legend-", "tick", "end-", "number"):
        for one, other in combinations(boxes(figure, kind), 2):
            assert not one.overlaps(other), f"{kind}: two texts overlap"
    poles = [
        line for line in figure.findobj(matplotlib.lines.Line2D) if str(line.get_gid()).startswith("pole-")
    ]
    for text in texts(figure, "flag-"):
        for pole in poles:
            assert not text.get_window_extent().overlaps(pole.get_window_extent()), text.get_text()
    paper = figure.bbox
    for text in texts(figure):
        box = text.get_window_extent()
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= paper.x1 and box.y1 <= paper.y1
        assert inside, f"{text.get_text()!r} leaves the paper"
    assert len({round(box.y0 + box.y1) for box in boxes(figure, "legend-")}) <= 2, "the legend takes one line"


def test_the_lowest_point_is_marked_where_the_stream_has_its_minimum(picture: Figure) -> None:
    panel = next(axes for axes in picture.axes if axes.get_label() == "charge")
    ring = next(line for line in panel.lines if line.get_marker() == "o")
    drawn = [y for line in panel.lines if line is not ring and line.get_clip_on() for y in line.get_ydata()]
    assert float(ring.get_ydata()[0]) == min(drawn) == 55
    assert "lowest: ups3  55 %" in said(picture)


def test_batteries_that_never_differ_share_a_line_and_different_ones_do_not_look_alike(
    picture: Figure,
) -> None:
    assert "ups1 ups2 78 %" in said(picture, "end-")
    panel = next(axes for axes in picture.axes if axes.get_label() == "charge")
    looks = {(line.get_color(), line.get_linestyle()) for line in panel.lines if line.get_linewidth() == 1.7}
    assert len(looks) == len(said(picture, "end-")) == 5


def test_a_long_quiet_night_is_cut_out_and_said_so_unless_told_not_to(
    outage: Stream, picture: Figure
) -> None:
    assert said(picture, "cut") == ["1:29:39 cut out, nothing happens"]
    assert not said(timeline.draw(outage, breaks=False), "cut")


def test_a_short_blip_is_told_as_nothing(outage: Stream) -> None:
    figure = timeline.draw(calm_after_a_blip(outage))
    assert said(figure, "flag-") == ["Mains lost  0:00", "Mains back  0:25"]
    assert said(figure, "number") == ["mains away 0:25, nothing is stopped"]


def test_an_empty_stream_still_gives_a_page() -> None:
    assert said(timeline.draw([]), "title") == ["Timeline"]


ODD = {"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "path"}


@pytest.fixture(scope="module")
def oddly_drawn(outage: Stream) -> Figure:
    """It again, by somebody with settings of his own."""
    with matplotlib.rc_context(ODD):
        return timeline.draw(outage)


@pytest.mark.parametrize(
    "suffix", [pytest.param(s, marks=[pytest.mark.long] if s != ".svg" else []) for s in timeline.SUFFIXES]
)
def test_the_same_stream_gives_the_same_bytes_whatever_the_users_settings(
    picture: Figure, oddly_drawn: Figure, tmp_path: Path, suffix: str
) -> None:
    timeline.save(picture, str(tmp_path / f"one{suffix}"))
    with matplotlib.rc_context(ODD):
        timeline.save(oddly_drawn, str(tmp_path / f"two{suffix}"))
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_an_svg_holds_real_text_and_no_date(picture: Figure, tmp_path: Path) -> None:
    timeline.save(picture, str(tmp_path / "outage.svg"))
    svg = (tmp_path / "outage.svg").read_text(encoding="utf-8")
    assert "control site stopped 18:03" in svg
    assert "DejaVu Sans" in svg
    assert "<dc:date>" not in svg


@pytest.mark.parametrize("name", ["outage.gif", "outage", "outage.svgz"])
def test_a_kind_of_picture_we_do_not_draw_is_refused_with_those_we_do(
    picture: Figure, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf"):
        timeline.save(picture, str(tmp_path / name))


@pytest.mark.long
def test_a_label_without_a_font_is_left_out_and_never_drawn_as_boxes(outage: Stream, tmp_path: Path) -> None:
    """A missing glyph is a warning, and warnings are errors here."""
    figure = timeline.draw(outage, title="連動端末の共有ディスクだけが停電する", fonts=[fonts.LATIN])
    timeline.save(figure, str(tmp_path / "latin.png"))
    assert said(figure, "title")[0].startswith("The mains of the whole site")
    assert not any("制御端末" in text for text in said(figure))


@pytest.mark.skipif(fonts.japanese_font() is None, reason="no Japanese font is installed here")
def test_japanese_labels_are_drawn_where_there_is_a_font(picture: Figure, tmp_path: Path) -> None:
    timeline.save(picture, str(tmp_path / "japanese.png"))
    assert "連動端末の共有ディスク" in said(picture)


def test_a_dollar_in_a_title_is_a_dollar(outage: Stream) -> None:
    assert said(timeline.draw(outage[:1], title="It costs $5 \n or $6 🙂"), "title") == ["It costs $5 or $6"]
