"""What the stream of a run tells, looked up once for all parts of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.events import Event
from teiden.judge.history import History
from teiden.plots import batteries
from teiden.plots.asked import SEEN
from teiden.plots.beside import Command, Stretch, by_row, commands, stretches
from teiden.plots.fold import folded
from teiden.plots.headline import FULL_PCT, Number, headline
from teiden.plots.moments import Moment, moments
from teiden.plots.outages import Darkness, Outage, darknesses, outages
from teiden.plots.planned import meant_off, planned
from teiden.plots.rows import Row, rows
from teiden.plots.time_axis import TimeAxis, time_axis
from teiden.plots.zero import Clock, caption, zero_of
from teiden.rehearsal import Rehearsal
from teiden.reports import clock as on_clock
from teiden.reports.room import RIGHT, WIDTH, Left, left_of
from teiden.states import span

PX = 100.0
"""Pixels of one unit of the time axis."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`every`: all rows; `rows`: those shown, like ones of a large hall put together."""

    every: list[Row]
    rows: list[Row]
    left: Left
    darks: list[Outage]
    shades: list[Darkness]
    stretches: list[Stretch]
    sent: list[Command]
    moments: list[Moment]
    charges: dict[str, list[tuple[float, float]]]
    clock: Clock
    since: str
    """What the times count from, in words."""
    axis: TimeAxis
    run: tuple[float, float]
    numbers: list[Number]

    def u(self, t: float) -> float:
        """Pixels from the left edge of the panel, not zoomed."""
        return round(PX * self.axis.x(t), 2)

    def after(self, t: float) -> str:
        """`15:03` after the zero."""
        return on_clock.since(self.clock, t)

    def shown(self, t0: float, t1: float) -> list[tuple[float, float]]:
        """The parts of a stretch that are not cut out, in the same pixels."""
        return [(round(PX * a, 2), round(PX * b, 2)) for a, b in self.axis.shown(t0, t1)]


def scene(rehearsal: Rehearsal) -> Scene:
    events = rehearsal.told
    history = History(events)
    every = rows(events)
    darks = outages(events)
    clock = Clock(rehearsal.story.start, zero_of(history, darks))
    beside = stretches(history, every)
    charges = batteries.reported(events)
    shown = folded(every, by_row(beside))
    left = left_of(shown)
    return Scene(
        every,
        shown,
        left,
        darks,
        darknesses(events),
        beside,
        commands(events),
        moments(events, every, clock),
        _worth_showing(charges, darks),
        clock,
        caption(history, darks, clock),
        _axis(events, every, beside, WIDTH - left.whole - RIGHT),
        span(events),
        headline(
            darks, every, _lowest(charges), planned(history, every, darks), meant_off(history, every), clock
        ),
    )


def _lowest(charges: dict[str, list[tuple[float, float]]]) -> tuple[str, float] | None:
    """The UPS with the least charge of the whole run, and that charge."""
    least = [(min(pct for _, pct in points), ups) for ups, points in charges.items()]
    return None if not least else min((ups, pct) for pct, ups in least if pct == min(least)[0])


def _worth_showing(
    charges: dict[str, list[tuple[float, float]]], darks: Sequence[Outage]
) -> dict[str, list[tuple[float, float]]]:
    """Nothing where all are full from the beginning to the end: a flat line tells nobody anything."""
    lowest = _lowest(charges)
    return {} if lowest is None or (lowest[1] >= FULL_PCT and not darks) else charges


def _axis(events: Sequence[Event], every: Sequence[Row], beside: Sequence[Stretch], width: float) -> TimeAxis:
    """Every change of a row and every command sent is something to see; what only drifts is not."""
    run = span(events)
    changes = {t for row in every for bar in row.bars for t in (bar.t0, bar.t1) if run[0] < t < run[1]}
    changes |= {t for s in beside for t in (s.t0, s.t1) if run[0] < t < run[1]}
    told = {event.t for event in events if event.name in SEEN}
    return time_axis(changes | told, run, width / PX)
