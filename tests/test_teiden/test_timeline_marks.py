"""What is drawn over the bars: silent cards, holds, jobs; and rows of a hall put together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from teiden.judge.history import History
from teiden.plots import fold, marks, timeline
from teiden.plots.bars import LEAST_LAG_S
from teiden.plots.rows import Row, rows
from tests.streams import LOST_S, Stream, fact, recorded, seen, with_forty_servers


def parts(figure: Figure, gid: str) -> int:
    return len(figure.findobj(lambda artist: artist.get_gid() == gid))


def legend(figure: Figure) -> list[str]:
    return [
        text.get_text()
        for text in figure.findobj(Text)
        if isinstance(text, Text) and str(text.get_gid()).startswith("legend-")
    ]


def stretches(stream: Stream, kind: str) -> list[tuple[str, float, float]]:
    found = marks.stretches(History(stream), rows(stream))
    return [(s.row, s.t0, s.t1) for s in found if s.kind == kind]


def test_a_silent_card_hatches_its_ups_until_the_output_is_off() -> None:
    """N4; the card of a UPS that goes off falls silent with it, and that is no news."""
    off = next(e.t for e in recorded() if e.name == "ups.output_off" and e.subject == "ups4")
    cards = [fact(LOST_S + 5, "card.silent", "ups4"), fact(off + 1, "card.silent", "ups5")]
    stream = sorted([*recorded(), *cards], key=lambda event: event.t)
    silent = stretches(stream, marks.SILENT)
    assert (silent[0][:2], silent[-1]) == (("ups4", LOST_S + 5), ("ups4", LOST_S + 5, off))
    figure = timeline.draw(stream)
    assert parts(figure, "silent") >= 1
    assert "card silent" in legend(figure)


def test_a_device_in_somebodys_hands_is_framed_until_it_is_released() -> None:
    """S27."""
    hold = [
        *(seen(LOST_S - 50, "hold.set", "blade1", by) for by in ("control1", "control2")),
        seen(LOST_S + 60, "hold.released", "blade1"),
        seen(LOST_S + 70, "hold.set", "rack1"),
    ]
    stream = sorted([*recorded(), *hold], key=lambda event: event.t)
    end = max(e.t for e in recorded())
    assert stretches(stream, marks.HELD_BY_HAND) == [
        *(("blade1", LOST_S - 50, LOST_S + 60), ("rack1", LOST_S + 70, end)),
    ]
    figure = timeline.draw(stream)
    assert parts(figure, "held") >= 2
    assert "on hold" in legend(figure)


def test_a_job_is_a_line_below_its_servers_bar_and_a_bad_end_is_told_apart() -> None:
    """R2-06."""
    jobs = [
        seen(LOST_S + 1, "job.started", "blade1", job="dump"),
        seen(LOST_S + 2, "job.started", "blade2", job="dump"),
        seen(LOST_S + 21, "job.finished", "blade1", job="dump", result="done"),
        seen(LOST_S + 31, "job.finished", "blade2", job="dump", result="timed out"),
    ]
    stream = [*recorded(), *jobs]
    assert stretches(stream, marks.JOB) == [("blade1", LOST_S + 1, LOST_S + 21)]
    assert stretches(stream, marks.JOB_FAILED) == [("blade2", LOST_S + 2, LOST_S + 31)]
    figure = timeline.draw(stream)
    assert parts(figure, "job") == 2
    assert "job" in legend(figure)


def test_nothing_beside_the_state_leaves_the_legend_as_it_was() -> None:
    assert not {"card silent", "on hold", "job"} & set(legend(timeline.draw(recorded())))


# A hall


def many(n: int, apart_s: float) -> list[Row]:
    """The reference site with so many more servers, each booted a while after the one before."""
    found = rows(recorded())
    model = next(row for row in found if row.name == "rack2")
    return [*found, *(later(model, k, k * apart_s) for k in range(n))]


def later(row: Row, number: int, by_s: float) -> Row:
    bars = [replace(bar, t0=bar.t0 + by_s, t1=bar.t1 + by_s) for bar in row.bars]
    bars[0] = replace(bars[0], t0=row.bars[0].t0)
    return Row(replace(row.device, name=f"node{number:03}"), tuple(bars))


def test_few_rows_are_never_put_together() -> None:
    found = rows(with_forty_servers(recorded()))
    assert len(found) <= fold.MOST_ROWS
    assert fold.folded(found, {}) == found


@pytest.mark.long
def test_a_hall_fits_on_a_sheet_and_every_device_is_in_exactly_one_row() -> None:
    found = many(600, 1.0)
    put = fold.folded(found, {})
    assert len(put) <= fold.MOST_ROWS
    assert sorted(name for row in put for name in row.names) == sorted(row.name for row in found)
    ranges = [row for row in put if ".." in row.name]
    assert len(ranges) > 5
    assert all(row.name.endswith(f"({len(row.names)})") for row in ranges)


def test_a_folded_row_spans_from_its_first_device_to_its_last() -> None:
    found = many(600, 1.0)
    row = next(row for row in fold.folded(found, {}) if "node300" in row.names)
    single = {r.name: r for r in found}
    for k, bar in enumerate(row.bars):
        starts = [single[name].bars[k].t0 for name in row.names]
        assert (bar.t0, bar.t0 + bar.lag0) == (min(starts), max(starts))
    assert max(bar.lag0 for bar in row.bars) >= LEAST_LAG_S


def test_who_fared_differently_or_is_marked_keeps_a_row_of_its_own() -> None:
    found = many(600, 0.0)
    crashed = found[300]
    found[300] = replace(crashed, bars=(*crashed.bars[:-1], replace(crashed.bars[-1], trouble="crashed")))
    put = fold.folded(found, {found[400].name: frozenset({marks.HELD_BY_HAND})})
    alone = {row.name for row in put if not row.members}
    assert {crashed.name, found[400].name} <= alone
    rest = next(row for row in put if "node000" in row.names)
    assert rest.name == f"{rest.names[0]} +{len(rest.names) - 1}", "there are holes: no range may be claimed"


def test_cards_behind_a_dark_switch_are_hatched_while_a_node_listens_in_vain() -> None:
    """N1: the cards themselves are well, and the room has no fact to tell of them."""
    start = recorded()[0]
    stream = [
        start,
        seen(60.0, "card.silent", "ups1"),
        seen(61.0, "card.silent", "ups1", "control2"),
        seen(62.0, "card.silent", "ups2", "control2"),
        fact(90.0, "server.halted", "control2"),
        seen(120.0, "card.answering", "ups1"),
        fact(200.0, "run.ended", "reference"),
    ]
    assert sorted(stretches(stream, marks.SILENT)) == [("ups1", 60.0, 120.0), ("ups2", 62.0, 90.0)]
