"""Margin waterfall: what uses up the time until the control side stops, and what is left of it.

One row a step, from where the step before it ends; the control side's own stop below. With a run's events
its actual times stand under the limits. The second panel holds what each battery must last against what it
does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from matplotlib.figure import Figure

from sequencer.events import Event
from sequencer.site import Site
from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.plan.arithmetic import names, number
from teiden.plots import held, legend, step_rows
from teiden.plots.budget import Budget, Kind, Step, budget, title
from teiden.plots.fonts import in_words_that_print, only
from teiden.plots.head import MARGIN_IN
from teiden.plots.headline import Number
from teiden.plots.legend import Entry
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.scale import Scale, scale
from teiden.plots.step_rows import (
    BAR_IN,
    COLUMN_IN,
    COUNTDOWN,
    HOLDING,
    LATE,
    LEFT_IN,
    RUN,
    SHORT,
    SLIM_IN,
    SPARE,
    WAITING,
    Row,
    named,
    slim,
    stairs,
)
from teiden.plots.style import ALARM, GOOD, GRID, INK, LOOKS, MUTED, Look, width_in
from teiden.plots.style import paper as paper_settings
from teiden.plots.taken import Run

PITCH_IN = 0.44
GAP_IN = 0.2
"""Between the linked and the control side."""
FLAG_IN = 0.27


class SiteFile(Protocol):
    @property
    def site(self) -> Site: ...


def draw(
    site: SiteFile | Site,
    events: Sequence[Event] | None = None,
    *,
    batteries: bool = True,
    fonts: Collection[str] | None = None,
) -> Figure:
    """Draw a site's stop at its limits; with a run of this site, what it took.

    `batteries=False` leaves out the second panel. Events of another site raise InputError.
    """
    of = site if isinstance(site, Site) else site.site
    _refuse_another(of, events or ())
    with only(fonts), in_words_that_print(), paper_settings():
        run = Run(events, str(getattr(site, "hash", ""))) if events else None
        return _draw(of, run, batteries, _provenance(site, of))


def _provenance(site: SiteFile | Site, of: Site) -> str:
    parts = [t("site {name}", name=of.name), of.product, str(getattr(site, "hash", ""))[:23]]
    return "  ·  ".join(part for part in parts if part)


def _refuse_another(site: Site, events: Sequence[Event]) -> None:
    told = next((str(e.details.get("site") or "") for e in events if e.name == "run.started"), "")
    if told and told != site.name:
        what = t("the run is of site {run}, this is {site}", run=told, site=site.name)
        raise InputError([Problem(Place(site.name), what, t("give the site file that was played"))])


def _draw(site: Site, run: Run | None, batteries: bool, provenance: str) -> Figure:
    found = budget(site)
    lines = held.lines(site) if batteries else []
    steps = len(found.linked) + (1 if found.needs_s else 0) + len(found.control)
    groups = 2 if found.needs_s else 1
    rows_in = PITCH_IN * steps + GAP_IN * (groups - 1)
    keys = _keys(found, run)
    right = RIGHT_IN - COLUMN_IN * (3 if run else 2)
    axis = scale(0.0, _end(found, run), LEFT_IN, right)
    flags_in = FLAG_IN * (1 + max(level for _, _, level, _ in _flags(axis, found))) + 0.07
    body = legend.height(keys) + flags_in + rows_in + 0.42 + held.height(lines)
    page = Page(title(found), _numbers(site, found, run), body, provenance=provenance)
    legend.draw(page, keys, page.top)
    top = page.top - legend.height(keys) - flags_in
    low = top - rows_in
    _ground(page, axis, low, top)
    _limits(page, axis, found, low, top)
    y = top
    if found.needs_s:
        y = _linked(page, axis, site, found, run, top) - GAP_IN
    _control(page, axis, found, run, y)
    _columns(page, right, top, run is not None)
    if lines:
        held.draw(page, lines, low - 0.42, LEFT_IN)
    return page.figure


def _end(found: Budget, run: Run | None) -> float:
    times = [found.end_s]
    if run is not None:
        times += [taken.t1 for step in (*found.linked, *found.control) if (taken := run.taken(step))]
    return max(times)


def _numbers(site: Site, found: Budget, run: Run | None) -> list[Number]:
    numbers = []
    if found.needs_s:
        numbers.append(Number(f"{number(found.needs_s)} = {t('{n} s', n=found.terms)}"))
        late_s = found.margin_s - found.late_s
        if late_s >= 0:
            numbers.append(Number(t("{n} s to spare when every look comes late", n=number(late_s))))
        elif found.margin_s >= 0:
            short = t("{n} s short when every look comes late", n=number(-late_s))
            numbers.append(Number(short, trouble=True))
    told = _of_run(site, run) if run is not None else None
    numbers += [told] if told is not None else []
    numbers += [Number(t("flush of {disk} timed out", disk=d), trouble=True) for d in _timed_out(found, run)]
    if run is not None and run.other_settings:
        numbers.append(Number(t("the run was played with other settings than these"), trouble=True))
    return numbers


def _timed_out(found: Budget, run: Run | None) -> list[str]:
    steps = [step for step in found.linked if step.kind is Kind.FLUSH] if run is not None else []
    bad = [taken for step in steps if (taken := run.taken(step)) and taken.trouble] if run is not None else []
    return [names(name for taken in bad for name in taken.bad)] if bad else []


def _of_run(site: Site, run: Run) -> Number | None:
    """How it went: linked side off, control stop, and what was between them."""
    done = run.last_off([u.name for u in site.linked_array_upses or site.server_upses])
    stop = run.taken(Step(Kind.WAIT, "", (), 0.0, 0.0))
    if done is None or stop is None:
        return None
    text = t(
        "this run: linked side off after {done} s, control stop {n} s later",
        done=f"{done:.0f}",
        n=f"{stop.t1 - done:.0f}",
    )
    return Number(text, trouble=stop.t1 < done)


def _ground(page: Page, axis: Scale, low: float, top: float) -> None:
    ticks = axis.ticks(0.75)
    for at in ticks:
        page.line([axis.x(at)] * 2, [low, top], color=GRID, lw=0.7, zorder=0.5)
    page.line([axis.x0, axis.x1], [low, low], zorder=1)
    caption = t("seconds after mains lost")
    page.ticks([(axis.x(at), number(at)) for at in ticks], low, (axis.x0 - 0.3, caption))


def _limits(page: Page, axis: Scale, found: Budget, low: float, top: float) -> None:
    """Two uprights: the linked side is done at the latest; the control side begins to stop."""
    has, needs = axis.x(found.has_s), axis.x(found.needs_s)
    short = found.margin_s < 0
    if found.needs_s:
        look = Look("#F6D5C5") if short else Look("#EAF6F0")
        page.box(min(has, needs), max(has, needs), low, top, look, zorder=0.2, linewidth=0, gid="margin")
    for x, text, level, side in _flags(axis, found):
        page.line([x, x], [low, top + FLAG_IN * (1 + level) - 0.06], lw=1.6, color=INK, zorder=1.5)
        shift = 0.06 if side == "left" else -0.06
        y = top + 0.13 + FLAG_IN * level
        page.text(x + shift, y, text, ha=side, weight="bold", size=9, gid="flag")


def _flags(axis: Scale, found: Budget) -> list[tuple[float, str, int, str]]:
    """Where, what, on which level, and on which side: the earlier one's left of it, the other's right."""
    marks = [(found.has_s, t("control side begins to stop"))]
    if found.needs_s:
        marks.append((found.needs_s, t("linked side done")))
    flags = []
    for at, what in marks:
        x, text = axis.x(at), f"{what}  {t('{n} s', n=number(at))}"
        last = at == max(mark[0] for mark in marks)
        beside = last and x + width_in(text, 9, bold=True) + 0.15 < axis.x1
        # Without room at the right it stands above the other, left of its own line.
        level = 1 if last and not beside and len(marks) > 1 else 0
        flags.append((x, text, level, "left" if beside else "right"))
    return flags


def _linked(page: Page, axis: Scale, site: Site, found: Budget, run: Run | None, top: float) -> float:
    rows = [
        Row(step, top - PITCH_IN * (k + 0.5), run.taken(step) if run else None)
        for k, step in enumerate(found.linked)
    ]
    for row in rows:
        step_rows.draw(page, axis, row, run is not None)
    stairs(page, axis, [row for row in rows if row.step.spare_s is None])
    y = top - PITCH_IN * len(rows)
    _rest(page, axis, found, y - PITCH_IN / 2, run, site)
    y -= PITCH_IN
    _group(page, t("LINKED SIDE"), top, y)
    return y


def _rest(page: Page, axis: Scale, found: Budget, y: float, run: Run | None, site: Site) -> None:
    """What is left, or what is missing: the number this picture is for."""
    t0, t1 = sorted((found.has_s, found.needs_s))
    short = found.margin_s < 0
    ink = ALARM if short else GOOD
    note = t("{n} s of it for late looks", n=number(found.late_s)) if found.late_s and not short else ""
    what = t("too late by") if short else t("time to spare")
    rest = Step(Kind.HELD if short else Kind.WAIT, what, (note,) if note else (), t0, t1)
    named(page, rest, y, ink)
    low, high = y - BAR_IN / 2 + (SLIM_IN + 0.02 if run else 0.0), y + BAR_IN / 2
    page.box(axis.x(t0), axis.x(t1), low, high, SHORT if short else SPARE, edge=ink, gid="bar-rest")
    if note:
        page.box(axis.x(t0), axis.x(t0 + found.late_s), low, high, LATE, edge=MUTED, zorder=2.5)
    text = t("{n} s short", n=number(t1 - t0)) if short else t("{n} s", n=number(t1 - t0))
    wide = width_in(text, 10, bold=True) + 0.1
    x0, x1 = axis.x(t0 + (found.late_s if note else 0.0)), axis.x(t1)
    inside = wide < x1 - x0
    x = (x0 + x1) / 2 if inside else x1 + 0.04 + wide / 2
    if not inside and x1 + wide > axis.x1:
        x = axis.x(t0) - 0.04 - wide / 2
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.5} if short and inside else None
    page.text(
        x, (low + high) / 2, text, ha="center", weight="bold", size=10, color=ink, bbox=ground, gid="rest"
    )
    right = axis.x1 + COLUMN_IN
    page.text(right, y, number(t1 - t0), ha="right", weight="bold", size=9.5, color=ink, gid="limit")
    if run is not None and (spare := _spare_of_run(site, run)) is not None:
        done, stop = spare
        late = stop < done
        slim(page, axis, min(done, stop), max(done, stop), y, late)
        told = f"{stop - done:.0f}".replace("-", "−")
        colour = ALARM if late else INK
        page.text(RIGHT_IN, y, told, ha="right", weight="bold", size=9.5, color=colour, gid="run")


def _spare_of_run(site: Site, run: Run) -> tuple[float, float] | None:
    done = run.last_off([u.name for u in site.linked_array_upses or site.server_upses])
    stop = run.taken(Step(Kind.WAIT, "", (), 0.0, 0.0))
    return None if done is None or stop is None else (done, stop.t1)


def _control(page: Page, axis: Scale, found: Budget, run: Run | None, top: float) -> None:
    rows = [
        Row(step, top - PITCH_IN * (k + 0.5), run.taken(step) if run else None)
        for k, step in enumerate(found.control)
    ]
    for row in rows:
        step_rows.draw(page, axis, row, run is not None)
    stairs(page, axis, [row for row in rows if row.step.kind in (Kind.WAIT, Kind.HELD, Kind.CLUSTER)])
    _group(page, t("CONTROL SIDE"), top, top - PITCH_IN * len(rows))


def _columns(page: Page, right: float, top: float, run: bool) -> None:
    heads = [t("limit s"), t("until s"), *([t("took s")] if run else [])]
    for k, head in enumerate(heads):
        x = right + COLUMN_IN * (k + 1)
        page.text(x, top + 0.13, head, ha="right", size=8.5, color=MUTED, gid="column")


def _group(page: Page, name: str, top: float, low: float) -> None:
    x = MARGIN_IN + 0.16
    page.line([x + 0.1, x + 0.1], [low + 0.06, top - 0.06], lw=2.2)
    page.text(
        x - 0.06, (top + low) / 2, name, weight="bold", rotation=90, ha="center", va="center", gid="group"
    )


def _keys(found: Budget, run: Run | None) -> list[Entry]:
    steps = (*found.linked, *found.control)
    kinds = {step.kind for step in steps}
    keys = [Entry(t("waits"), WAITING)]
    if kinds & {Kind.SHUTDOWN, Kind.CLUSTER}:
        keys.append(Entry(t("shutting down"), LOOKS["shutting down"]))
    delays = {p.words: k for s in steps if s.kind is Kind.OFF for k, p in enumerate(s.parts)}
    keys += [Entry(words, COUNTDOWN[k % 3]) for words, k in sorted(delays.items(), key=lambda pair: pair[1])]
    if Kind.FLUSH in kinds:
        keys.append(Entry(t("flushing"), LOOKS["flushing"]))
    if found.needs_s and found.margin_s >= 0:
        keys += [Entry(t("time to spare"), SPARE, edge=GOOD), Entry(t("late looks"), LATE, edge=MUTED)]
    if Kind.HELD in kinds:
        keys.append(Entry(t("held for the linked side"), HOLDING))
    if found.margin_s < 0:
        keys.append(Entry(t("too late"), SHORT))
    if run is not None:
        keys.append(Entry(t("what the run took"), line={"color": RUN.fill, "lw": 5}))
    return keys
