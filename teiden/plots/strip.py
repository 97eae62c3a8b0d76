"""Strip chart of the outcome against the moment at which the mains return; every second that breaks is seen.

Top to bottom: what would be going on at that moment, marks at every return time that breaks something, the
strip of outcomes, and how long it took until everybody was up again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from teiden.language.say import said, t
from teiden.plots import legend
from teiden.plots.fonts import in_words_that_print, only
from teiden.plots.headline import Number
from teiden.plots.legend import Entry
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.scale import Scale, scale
from teiden.plots.stretches import Phase, Returns, Stretch, returns
from teiden.plots.style import ALARM, FAINT, GRID, INK, MUTED, Look, width_in
from teiden.plots.style import paper as paper_settings
from teiden.plots.time_axis import told

LEFT_IN = 1.75
RIGHT_GAP_IN = 0.3
RIBBON_IN = 0.235
STRIP_IN = 0.62
MARKS_IN = 0.3
CURVE_IN = 2.1
TICKS_IN = 0.42
LEAST_IN = 0.022
"""The narrowest stretch is three dots wide, however short it is."""
MOST_LANES = 4
MOST_NAMED = 12

OUTCOMES = (
    Look("#DCE3E9", ink="#44515c"),
    Look("#56B4E9"),
    Look("#009E73", ink="white"),
    Look("#E69F00", "/", lines="#B87B00"),
    Look("#CC79A7", "...."),
    Look("#0072B2", "////", "white"),
    Look("#F0E442", "--", lines="#8a8200"),
    Look("#8C5A00", "xxxx", "white"),
)
RIBBON = Look("#E9EDF1", ink="#44515c")
BAD = Look(ALARM, "xxxx", "white", "#F3C9B5")
"""Of an outcome that never holds."""


def draw(
    frame: pd.DataFrame,
    *,
    phases: Sequence[Phase] = (),
    provenance: str = "",
    fonts: Collection[str] | None = None,
) -> Figure:
    """Draw a restore sweep: `back_s, holds, outcome`, perhaps `broken` and `up_again_s` (NaN: never).

    `phases`: from, until and what, in seconds after mains lost (`stretches.phases` has those of a site).
    A table of another shape raises InputError.
    """
    with only(fonts), in_words_that_print(), paper_settings():
        return _draw(returns(frame), phases, provenance)


def _draw(found: Returns, phases: Sequence[Phase], provenance: str) -> Figure:
    looks = _looks(found)
    keys = _keys(found, looks)
    axis = scale(*found.span, LEFT_IN, RIGHT_IN - RIGHT_GAP_IN)
    lanes = _lanes(phases, axis)
    curve = "up_again_s" in found.frame.columns and found.frame["up_again_s"].notna().any()
    ribbon = RIBBON_IN * (max((lane for lane, *_ in lanes), default=-1) + 1) + (0.1 if lanes else 0.0)
    below = TICKS_IN + (CURVE_IN + 0.22 if curve else 0.0)
    body = legend.height(keys) + 0.08 + ribbon + MARKS_IN + STRIP_IN + below
    page = Page(_title(found), _numbers(found), body, provenance=provenance)
    legend.draw(page, keys, page.top)
    top = page.top - legend.height(keys) - 0.08
    low = page.low + TICKS_IN
    strip_top = top - ribbon - MARKS_IN
    _ground(page, axis, low, strip_top)
    _ribbon(page, axis, lanes, top, low)
    _strip(page, axis, found, looks, strip_top)
    _marks(page, axis, found, strip_top, low)
    if curve:
        _curve(page, axis, found, low)
    page.line([axis.x0, axis.x1], [low, low])
    ticks = [(axis.x(at), told(at)) for at in axis.ticks(0.78)]
    page.ticks(ticks, low, (axis.x0 - 0.34, t("mains return after")))
    return page.figure


def _looks(found: Returns) -> dict[str, Look]:
    """In the order in which they come; what never holds looks like it."""
    held = set(found.frame["outcome"][found.frame["holds"]])
    good = [what for what in found.outcomes() if what in held]
    looks = {what: OUTCOMES[k % len(OUTCOMES)] for k, what in enumerate(good)}
    return {what: looks.get(what, BAD) for what in found.outcomes()}


def _ground(page: Page, axis: Scale, low: float, top: float) -> None:
    for at in axis.ticks(0.78):
        page.line([axis.x(at)] * 2, [low, top], color=GRID, lw=0.7, zorder=0.5)


def _lanes(phases: Sequence[Phase], axis: Scale) -> list[tuple[int, float, float, str]]:
    """Each phase on the first lane where it and its label are free."""
    taken: list[float] = []
    found = []
    for t0, t1, what in sorted(phases):
        if t1 <= axis.a or t0 >= axis.b:
            continue
        x0, x1 = axis.x(t0), axis.x(t1)
        wide = width_in(what, 8) + 0.12
        end = x1 if wide <= x1 - x0 else x1 + wide
        lane = next((k for k, until in enumerate(taken) if until <= x0 + 0.01), len(taken))
        if lane >= MOST_LANES:
            continue
        taken[lane : lane + 1] = [end]
        found.append((lane, x0, x1, what))
    return found


def _ribbon(
    page: Page, axis: Scale, lanes: Sequence[tuple[int, float, float, str]], top: float, low: float
) -> None:
    for lane, x0, x1, what in lanes:
        y = top - RIBBON_IN * (lane + 0.5)
        page.box(x0, x1, y - 0.09, y + 0.09, RIBBON, edge=FAINT, gid="phase")
        page.line([x1, x1], [low, y - 0.09], color=FAINT, lw=0.7, ls=(0, (1, 2)), zorder=0.6)
        if width_in(what, 8) + 0.06 <= x1 - x0:
            page.text((x0 + x1) / 2, y, what, ha="center", size=8, color=RIBBON.ink, gid="phase-name")
        else:
            page.text(x1 + 0.06, y, what, size=8, color=RIBBON.ink, gid="phase-name", room=axis.x1 - x1 + 0.2)
    if lanes:
        page.text(LEFT_IN - 0.12, top - RIBBON_IN / 2, t("without return"), ha="right", color=MUTED, size=8)


def _strip(page: Page, axis: Scale, found: Returns, looks: dict[str, Look], top: float) -> None:
    """The rarest outcome last, so that nothing covers it."""
    counts = found.outcomes()
    y = top - STRIP_IN / 2
    page.text(LEFT_IN - 0.12, y, t("what became of it"), ha="right", weight="bold", size=9)
    for stretch in sorted(found.stretches(), key=lambda s: -counts[s.what]):
        x0, x1 = _wide(axis, stretch)
        look = looks[stretch.what]
        short = x1 - x0 < 0.06
        page.box(
            x0,
            x1,
            top - STRIP_IN,
            top,
            Look(look.fill) if short else look,
            linewidth=0 if short else 0.5,
            zorder=2.5 if short else 2.0,
            gid="outcome",
        )
        text = said(stretch.what)
        if width_in(text, 8.5) + 0.16 < x1 - x0:
            ground = {"facecolor": look.fill, "edgecolor": "none", "pad": 1.0} if look.hatch else None
            page.text((x0 + x1) / 2, y, text, ha="center", color=look.ink, bbox=ground, gid="stretch")


def _wide(axis: Scale, stretch: Stretch) -> tuple[float, float]:
    x0, x1 = axis.x(stretch.t0), axis.x(stretch.t1)
    missing = max(0.0, LEAST_IN - (x1 - x0)) / 2
    return x0 - missing, x1 + missing


def _marks(page: Page, axis: Scale, found: Returns, top: float, low: float) -> None:
    """A box over every stretch that breaks, and a line down through everything below it."""
    page.text(LEFT_IN - 0.12, top + 0.1, t("breaks"), ha="right", size=8, color=MUTED)
    broken = found.broken()
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    if not broken:
        page.text(LEFT_IN, top + 0.1, t("never"), size=8, color=MUTED, bbox=ground, gid="no-breaks")
    for stretch in broken:
        x0, x1 = _wide(axis, stretch)
        page.box(x0, x1, top + 0.02, top + 0.17, Look(ALARM), linewidth=0, zorder=3, gid="broken")
        page.line([(x0 + x1) / 2], [top + 0.215], marker="v", ms=5, color=ALARM, ls="", mec="white", mew=0.4)
        for x in {x0, x1} if x1 - x0 > 0.05 else {(x0 + x1) / 2}:
            page.line([x, x], [low, top], color=ALARM, lw=0.7, ls=(0, (2, 2)), zorder=3)


def _curve(page: Page, axis: Scale, found: Returns, low: float) -> None:
    axes = page.panel("up-again", axis.x0, low, axis.x1 - axis.x0, CURVE_IN)
    axes.set_xlim(axis.a, axis.b)
    frame = found.frame
    known = frame["up_again_s"].astype(float)
    most = float(known.max())
    axes.set_ylim(0, most * 1.14 or 1.0)
    ticks = Scale(0.0, most * 1.14 or 1.0, 0.0, CURVE_IN).ticks(0.3)
    axes.set_yticks(ticks, [told(at) for at in ticks], size=8)
    axes.tick_params(axis="y", length=3, color=INK)
    axes.grid(axis="y", color=GRID, lw=0.7)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylabel(t("everybody up again after"), size=8, color=MUTED, labelpad=4)
    times = frame["back_s"].to_numpy(dtype=float)
    gaps = np.concatenate([[False], np.diff(times) > 1.5 * found.step_s])
    axes.plot(
        np.where(gaps, np.nan, times), known, color="#003F66", lw=1.5, drawstyle="steps-post", gid="up-again"
    )
    never = frame[known.isna()]
    if len(never):
        axes.plot(
            never["back_s"], [most * 1.08] * len(never), ls="", marker="x", ms=4, color=ALARM, gid="never"
        )
    top = int(known.to_numpy().argmax()) if known.notna().all() else int(np.nanargmax(known))
    _longest(page, axis, times[top], most, low + CURVE_IN * most / (most * 1.14 or 1.0))


def _longest(page: Page, axis: Scale, at: float, most: float, y: float) -> None:
    page.over()
    x = axis.x(at)
    page.line([x], [y], marker="o", ms=6, mfc="white", mec="#003F66", mew=1.6, ls="")
    text = t("longest: {time}", time=told(most))
    right = x + 0.1 + width_in(text, 8.5, bold=True) < axis.x1
    shift, side = (0.1, "left") if right else (-0.1, "right")
    page.text(x + shift, y + 0.13, text, ha=side, weight="bold", color="#003F66", gid="longest")


def _keys(found: Returns, looks: dict[str, Look]) -> list[Entry]:
    keys = [Entry(f"{said(what)}  {n:,}", looks[what]) for what, n in found.outcomes().items()]
    bad = len(found.bad)
    if bad:
        mark = {"marker": "v", "ms": 6, "color": ALARM, "ls": ""}
        keys.append(Entry(f"{t('breaks something')}  {bad:,}", line=mark))
    if _never(found):
        cross = {"marker": "x", "ms": 5, "color": ALARM, "ls": ""}
        keys.append(Entry(f"{t('not everybody up again')}  {_never(found):,}", line=cross))
    return keys


def _never(found: Returns) -> int:
    frame = found.frame
    return int(frame["up_again_s"].isna().sum()) if "up_again_s" in frame.columns else 0


def _title(found: Returns) -> str:
    n, bad = len(found.frame), len(found.bad)
    first, last = told(found.span[0]), told(float(found.frame["back_s"].iloc[-1]))
    if bad:
        return t("{bad} of {n} return times break something", bad=f"{bad:,}", n=f"{n:,}")
    if _never(found):
        never = f"{_never(found):,}"
        return t(
            "Nothing breaks, but for {bad} of {n} return times not everybody is up again",
            bad=never,
            n=f"{n:,}",
        )
    return t(
        "Whenever the mains return, nothing breaks: {n} return times from {a} to {b}",
        n=f"{n:,}",
        a=first,
        b=last,
    )


def _numbers(found: Returns) -> list[Number]:
    numbers = []
    broken = found.broken()
    if broken:
        named = [
            told(s.t0) if s.n == 1 else f"{told(s.t0)}–{told(s.t1 - found.step_s)}"
            for s in broken[:MOST_NAMED]
        ]
        more = ", ..." if len(broken) > MOST_NAMED else ""
        numbers.append(Number(t("at {times}", times=", ".join(named) + more), trouble=True))
        if ids := _ids(found):
            numbers.append(Number(t("broken: {ids}", ids=", ".join(ids)), trouble=True))
    if "up_again_s" in found.frame.columns and found.frame["up_again_s"].notna().any():
        known = found.frame["up_again_s"].astype(float)
        longest = told(float(known.max()))
        numbers.append(Number(t("everybody up again at most {time} after the mains", time=longest)))
    return numbers


def _ids(found: Returns) -> list[str]:
    """What broke, each with how often."""
    if "broken" not in found.frame.columns:
        return []
    told_ = found.bad["broken"].fillna("").astype(str).str.split()
    counts: dict[str, int] = {}
    for ids in told_:
        for name in ids:
            counts[name] = counts.get(name, 0) + 1
    return [f"{name} ×{n}" for name, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
