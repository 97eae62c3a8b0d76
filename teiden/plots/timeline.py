"""The timeline of a run: one picture for a report, drawn from the event stream alone.

Top to bottom: what was played and how it ended, the numbers that matter, the legend, flags at the moments
that count, one row per device, the batteries. The layout is made in inches before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sequencer.events import Event
from teiden.files.source import InputError, Place, Problem
from teiden.garbage import few_collections
from teiden.judge.history import History
from teiden.language.say import t
from teiden.plots import bars, charge, flags, fold, head, lanes, marks, panels
from teiden.plots.asked import SEEN
from teiden.plots.batteries import Line
from teiden.plots.fonts import in_words_that_print, only
from teiden.plots.headline import FULL_PCT, Number, headline
from teiden.plots.margins import margins
from teiden.plots.moments import moments
from teiden.plots.outages import outages
from teiden.plots.planned import meant_off, planned
from teiden.plots.rows import rows
from teiden.plots.style import paper as paper_settings
from teiden.plots.time_axis import TimeAxis, time_axis
from teiden.plots.zero import Clock, caption, zero_of
from teiden.states import charges, span

SUFFIXES = (".png", ".svg", ".pdf")
WIDTH_IN = 14.0
DPI = 144
RIGHT_IN = 0.45
"""Right of the panels where no battery is named there; half a tick label needs it."""
BETWEEN_IN = 0.12
"""Between the rows and the battery panel."""


def draw(
    events: Sequence[Event],
    *,
    title: str | None = None,
    verdict: str | None = None,
    holds: bool | None = None,
    breaks: bool = True,
    fonts: Collection[str] | None = None,
) -> Figure:
    """Draw a run. What is not given is taken from the stream: the story's sentence, the verdict of its end.

    `breaks=False` keeps the time axis whole, however long nothing happens. `fonts`: the installed ones.
    """
    with only(fonts), in_words_that_print(), paper_settings(), few_collections():
        return _draw(events, head.texts(events, title, verdict, holds), breaks)


def save(figure: Figure, path: str) -> None:
    """Write the picture as PNG, SVG or PDF, by the name of the file; the same picture gives the same bytes.

    A path that cannot be written raises `OSError`, as `open()` does.
    """
    suffix = PurePath(path).suffix.lower()
    if suffix not in SUFFIXES:
        what = t("cannot draw a {suffix} file", suffix=repr(suffix))
        if not suffix:
            what = t("does not say which kind of picture to draw")
        hint = t("end its name in {kinds}", kinds=", ".join(SUFFIXES))
        raise InputError([Problem(Place(path), what, hint)])
    metadata: dict[str, dict[str, Any]] = {  # no dates, no versions: nothing that differs from day to day
        ".png": {"Software": None},
        ".svg": {"Date": None, "Creator": "Teiden"},
        ".pdf": {"CreationDate": None, "Creator": "Teiden", "Producer": None},
    }
    with paper_settings():
        figure.savefig(path, format=suffix[1:], dpi=DPI, metadata=metadata[suffix])


@dataclass(frozen=True, slots=True)
class _Layout:
    """Inches from the paper's lower left corner."""

    high: float
    left: float
    width: float
    rows_top: float
    rows_low: float
    charge_low: float
    """Equal to `rows_low` where nothing is known of the batteries."""
    legend: float
    """Middle of the legend's line."""


def _draw(events: Sequence[Event], texts: head.Texts, breaks: bool) -> Figure:
    story = _Story(events, texts.start)
    stack = lanes.stacked(fold.folded(story.rows, marks.by_row(story.stretches)))
    clock = story.clock
    since = caption(story.history, story.darks, clock)
    left = max(1.5, lanes.names_width(stack) + 0.2, panels.caption_room_in(since))
    batteries = story.batteries
    right = RIGHT_IN if batteries.empty else charge.LABEL_ROOM_IN
    axis = _axis(story, WIDTH_IN - left - right, breaks)

    told = moments(events, story.rows, clock, history=story.history, darks=story.darks)
    raised = flags.place(told, axis.x, lambda t: t - clock.zero, WIDTH_IN - left - 0.1)
    top = head.Head(texts, story.numbers(clock), WIDTH_IN)
    layout = _layout(top, stack, raised, axis.width, left, not batteries.empty)

    figure = Figure(figsize=(WIDTH_IN, layout.high), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    below = _sheet(figure, layout.high, "ground")
    panel = panels.Panel(axis, layout.left, layout.rows_top, layout.rows_low, layout.charge_low)
    poles = [flag.x for flag in raised]
    panels.ground(below, panel, events, stack, poles, clock.zero)
    shown = _rows(figure, layout, story, stack, axis, poles)
    if not batteries.empty:
        _charge(figure, layout, charge.lines(batteries, axis), axis)
    above = _sheet(figure, layout.high, "words", zorder=5)
    panels.cuts(above, panel)
    panels.ticks(above, panel, clock, since)
    lanes.names(above, stack, layout.left, layout.rows_top)
    flags.draw(above, raised, layout.left, layout.rows_top)
    top.draw(above, layout.high, layout.legend, shown)
    return figure


class _Story:
    """What the stream tells, looked up once for all parts of the picture."""

    def __init__(self, events: Sequence[Event], start: datetime | None) -> None:
        self.events = events
        self.start = start
        self.history = History(events)
        self.rows = rows(events)
        self.darks = outages(events)
        self.stretches = marks.stretches(self.history, self.rows)
        self.sent = marks.commands(events)
        charged = charges(events)
        self.lowest = charge.lowest(charged)
        full = self.lowest is not None and self.lowest[1] >= FULL_PCT and not self.darks
        self.batteries = charged.iloc[:0] if full else charged
        """Nothing where they are full from the beginning to the end: a flat line tells nobody anything."""

    @property
    def clock(self) -> Clock:
        return Clock(self.start, zero_of(self.history, self.darks))

    def numbers(self, clock: Clock) -> list[Number]:
        plans = planned(self.history, self.rows, self.darks)
        off = meant_off(self.history, self.rows)
        lowest = None if self.lowest is None else self.lowest[:2]
        return headline(self.darks, self.rows, lowest, plans, off, clock)


def _axis(story: _Story, width: float, breaks: bool) -> TimeAxis:
    """Every change of a row and every command sent is something to see; what only drifts is not."""
    run = span(story.events)
    changes = {t for row in story.rows for bar in row.bars for t in (bar.t0, bar.t1) if run[0] < t < run[1]}
    changes |= {t for s in story.stretches for t in (s.t0, s.t1) if run[0] < t < run[1]}
    told = {e.t for e in story.events if e.name in SEEN}
    return time_axis(changes | told, run, width, breaks)


def _layout(
    top: head.Head,
    stack: lanes.Lanes,
    raised: Sequence[flags.Flag],
    width: float,
    left: float,
    batteries: bool,
) -> _Layout:
    above = top.height + head.LEGEND_IN + flags.height(raised)
    battery = BETWEEN_IN + charge.HEIGHT_IN if batteries else 0.0
    high = above + stack.height + battery + panels.TICKS_IN + head.FOOT_IN
    rows_top = high - above
    rows_low = rows_top - stack.height
    legend = high - top.height - head.LEGEND_IN / 2
    return _Layout(high, left, width, rows_top, rows_low, rows_low - battery, legend)


def _sheet(figure: Figure, high: float, name: str, zorder: float = 0) -> Axes:
    """Axes over the whole paper that count in inches and show nothing of themselves."""
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), label=name, zorder=zorder, facecolor="none")
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH_IN)
    axes.set_ylim(0, high)
    axes.set_autoscale_on(False)
    return axes


def _panel(figure: Figure, layout: _Layout, low: float, top: float, name: str) -> Axes:
    wide, high = WIDTH_IN, layout.high
    box = (layout.left / wide, low / high, layout.width / wide, (top - low) / high)
    axes = figure.add_axes(box, label=name, zorder=2, facecolor="none")
    axes.set_xlim(0, layout.width)
    axes.set_xticks([])
    axes.set_autoscale_on(False)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    return axes


def _rows(
    figure: Figure,
    layout: _Layout,
    story: _Story,
    stack: lanes.Lanes,
    axis: TimeAxis,
    poles: Sequence[float],
) -> set[str]:
    axes = _panel(figure, layout, layout.rows_low, layout.rows_top, "rows")
    axes.set_ylim(stack.height, 0)
    axes.set_axis_off()
    spare = [margin for outage in story.darks for margin in margins(story.rows, outage)]
    shown = bars.draw(axes, stack, axis, spare, story.sent, poles)
    shown |= marks.draw(axes, stack, axis, story.stretches)
    return shown | marks.triangles(axes, stack, axis, story.sent)


def _charge(figure: Figure, layout: _Layout, found: Sequence[Line], axis: TimeAxis) -> None:
    top = layout.charge_low + charge.HEIGHT_IN
    axes = _panel(figure, layout, layout.charge_low, top, "charge")
    charge.draw(axes, found, axis)
