"""What is drawn over the bars: commands, silent cards, devices in somebody's hands, jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sequencer.events import Event
from teiden.judge.history import History
from teiden.plots.lanes import Lanes
from teiden.plots.rows import Row
from teiden.plots.style import ALARM, COMMAND, HAND, HELD, MUTED
from teiden.plots.time_axis import TimeAxis

DOWN = ("shutdown", "force", "off", "flush", "stop")
UP = ("on", "start", "restart", "wake")
APART_IN = 0.085
"""Triangles closer than this would smear into one: the first of them stands for all."""
SILENT, HELD_BY_HAND, JOB, JOB_FAILED = "card silent", "on hold", "job", "job failed"
WELL = ("done", "")
"""How a job ends when it ends well; without an end it still runs."""


@dataclass(frozen=True, slots=True)
class Command:
    """A triangle over a row: `kind` is matplotlib's name of the marker."""

    row: str
    t: float
    kind: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something beside its state that is so with a device from `t0` to `t1`."""

    row: str
    t0: float
    t1: float
    kind: str


def commands(events: Sequence[Event]) -> list[Command]:
    """Every command sent, once, however many nodes sent it."""
    found: dict[tuple[str, int, str], Command] = {}
    for event in events:
        command = str(event.details.get("command", ""))
        kind = "v" if command in DOWN else "^" if command in UP else ""
        if event.name == "command.sent" and kind:
            found.setdefault((event.subject, round(event.t), kind), Command(event.subject, event.t, kind))
    return list(found.values())


def triangles(axes: Axes, stack: Lanes, axis: TimeAxis, sent: Sequence[Command]) -> set[str]:
    """A triangle on top of the bar where a command was sent; answers which kinds there were."""
    shown: set[str] = set()
    at = stack.heights
    last: dict[tuple[float, str], float] = {}
    for c in sorted(sent, key=lambda command: command.t):
        if c.row not in at or not axis.shown(c.t - 0.5, c.t + 0.5):
            continue
        y, x = at[c.row] - stack.bar_in / 2, axis.x(c.t)
        if x - last.get((y, c.kind), float("-inf")) < APART_IN:
            continue
        last[y, c.kind] = x
        shown.add(c.kind)
        look: dict[str, Any] = {"ms": 5.5, "mfc": COMMAND, "mec": "white", "mew": 0.6, "clip_on": False}
        axes.add_artist(Line2D([x], [y], marker=c.kind, ls="", zorder=6, gid=f"command-{c.row}", **look))
    return shown


def stretches(history: History, rows: Sequence[Row]) -> list[Stretch]:
    """Silent cards of UPSes that are on, holds, jobs."""
    end = history.end_s
    found = [Stretch(*s, HELD_BY_HAND) for s in _pairs(history, "hold.set", "hold.released", end)]
    by_name = {row.name: row for row in rows}
    told = history.has_facts("card")
    silent = list(_pairs(history, "card.silent", "card.answering", end)) if told else []
    for who, t0, t1 in [*silent, *_unheard(history, silent)]:
        if who in by_name:
            found += [Stretch(who, a, b, SILENT) for a, b in _while_on(by_name[who], t0, t1)]
    return [*found, *_jobs(history)]


def _unheard(
    history: History, silent: Sequence[tuple[str, float, float]]
) -> Iterator[tuple[str, float, float]]:
    """Cards that no node hears, be it that their network is dark, until they fall silent themselves."""
    own: dict[str, list[float]] = {}
    for who, t0, _ in silent:
        own.setdefault(who, []).append(t0)
    for who, t0, t1 in _listened_in_vain(history):
        end = min([t1, *(at_s for at_s in own.get(who, ()) if at_s < t1)])
        if end > t0:
            yield who, t0, end


def _listened_in_vain(history: History) -> Iterator[tuple[str, float, float]]:
    """From the first node that hears nothing to the first that hears it, or until that node is down."""
    since: dict[str, tuple[float, str]] = {}
    for event in history.events:
        over = []
        if event.name == "card.silent" and not event.is_fact:
            since.setdefault(event.subject, (event.t, event.by))
        elif event.name == "card.answering" and event.subject in since:
            over = [event.subject]
        elif event.name in ("server.halted", "server.crashed"):
            over = [ups for ups, (_, node) in since.items() if node == event.subject]
        yield from ((ups, since.pop(ups)[0], event.t) for ups in over)
    yield from ((ups, t0, history.end_s) for ups, (t0, _) in since.items())


def _pairs(history: History, begin: str, over: str, end: float) -> Iterator[tuple[str, float, float]]:
    since: dict[str, float] = {}
    for event in history.told:
        if event.name == begin:
            since.setdefault(event.subject, event.t)
        elif event.name == over and event.subject in since:
            yield event.subject, since.pop(event.subject), event.t
    yield from ((who, t0, end) for who, t0 in since.items())


def _while_on(row: Row, t0: float, t1: float) -> Iterator[tuple[float, float]]:
    """Up to the moment when the output goes off. A card that goes down with its UPS is no news."""
    for bar in row.bars:
        if bar.t1 <= t0:
            continue
        if bar.state == "off" or bar.t0 >= t1:
            return
        yield max(t0, bar.t0), min(t1, bar.t1)


def _jobs(history: History) -> Iterator[Stretch]:
    running: dict[tuple[str, str], float] = {}
    for event in history.told:
        key = (event.subject, str(event.details.get("job")))
        if event.name == "job.started":
            running.setdefault(key, event.t)
        elif event.name == "job.finished":
            well = str(event.details.get("result") or "") in WELL
            yield Stretch(event.subject, running.pop(key, event.t), event.t, JOB if well else JOB_FAILED)
    yield from (Stretch(who, t0, history.end_s, JOB) for (who, _), t0 in running.items())


def by_row(found: Sequence[Stretch]) -> Mapping[str, object]:
    """Which kinds each row carries, so that only like rows are folded."""
    kinds: dict[str, frozenset[str]] = {}
    for stretch in found:
        kinds[stretch.row] = kinds.get(stretch.row, frozenset()) | {stretch.kind}
    return kinds


def draw(axes: Axes, stack: Lanes, axis: TimeAxis, found: Sequence[Stretch]) -> set[str]:
    """Draw all of them over their rows; answers which kinds there were, for the legend."""
    shown: set[str] = set()
    at = stack.heights
    for stretch in found:
        parts = axis.shown(stretch.t0, stretch.t1) if stretch.row in at else []
        for x0, x1 in parts:
            _LOOKS[stretch.kind](axes, stack, at[stretch.row], x0, x1)
        if parts:
            shown.add(JOB if stretch.kind == JOB_FAILED else stretch.kind)
    return shown


def _silent(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    box = Rectangle((x0, y - stack.bar_in / 2), x1 - x0, stack.bar_in, fill=False, lw=0, zorder=2.3)
    box.set(edgecolor=MUTED, hatch="xxx", gid="silent")
    axes.add_patch(box)


def _held(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    """Behind the bar and out over it, so that it is seen whether the device runs or not."""
    box = Rectangle((x0, y - stack.pitch * 0.47), x1 - x0, stack.pitch * 0.94, zorder=1.2)
    box.set(facecolor=HELD, edgecolor="none", gid="held")
    axes.add_patch(box)
    frame = Rectangle((x0, y - stack.pitch * 0.47), x1 - x0, stack.pitch * 0.94, fill=False, zorder=2.4)
    frame.set(edgecolor=HAND, linewidth=1.8)
    axes.add_patch(frame)


def _job(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    _job_line(axes, stack, y, x0, x1, COMMAND)


def _failed_job(axes: Axes, stack: Lanes, y: float, x0: float, x1: float) -> None:
    _job_line(axes, stack, y, x0, x1, ALARM)


def _job_line(axes: Axes, stack: Lanes, y: float, x0: float, x1: float, colour: str) -> None:
    """A line below the bar with a tick at either end."""
    low = y + stack.bar_in / 2
    axes.plot([x0, x1], [low, low], color=colour, lw=2.2, solid_capstyle="butt", zorder=5, gid="job")
    for x in (x0, x1):
        axes.plot([x, x], [low - 0.045, low + 0.02], color=colour, lw=1.0, zorder=5)


_LOOKS = {SILENT: _silent, HELD_BY_HAND: _held, JOB: _job, JOB_FAILED: _failed_job}
