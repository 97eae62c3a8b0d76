"""Battery charge with its uncertainty over a sweep: median, half and nine tenths of all runs.

One panel a battery; those whose bands never differ share one. The tightest come first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.plots import legend
from teiden.plots.fonts import in_words_that_print, only
from teiden.plots.head import MARGIN_IN
from teiden.plots.headline import Number
from teiden.plots.legend import Entry
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.quantiles import COLUMNS, QUANTILES
from teiden.plots.scale import scale
from teiden.plots.style import ALARM, GRID, INK, MUTED, Look
from teiden.plots.style import paper as paper_settings
from teiden.plots.time_axis import told

ACROSS = 3
LEFT_IN = 0.62
GUTTER_IN = 0.52
PANEL_IN = 1.75
HEAD_IN = 0.46
TICKS_IN = 0.36
MOST = 12
ALIKE_PCT = 1.0
"""Bands that never differ by more share a panel."""
OUTER, INNER, MEDIAN = "#C6DCEC", "#7FB2D6", "#003F66"
"""Light to dark, so that they stay apart in grey."""


@dataclass(frozen=True, slots=True)
class Panel:
    upses: tuple[str, ...]
    frame: pd.DataFrame
    empty: float
    """The largest share of runs in which one of them ran empty."""

    of_runs: Mapping[str, float] | None = None
    """Quantiles of how low it fell in a run; None: not known, then those of every moment must do."""

    @property
    def lowest(self) -> tuple[float, float]:
        """How low it fell: the median, and what 95 % of the runs did not fall below."""
        if self.of_runs is not None:
            return self.of_runs["p50"], self.of_runs["p5"]
        return float(self.frame["p50"].min()), float(self.frame["p5"].min())


def draw(
    charges: pd.DataFrame,
    *,
    runs: int | None = None,
    empty: Mapping[str, float] | None = None,
    lowest: Mapping[str, Mapping[str, float]] | None = None,
    reserve: Mapping[str, float] | float | None = None,
    provenance: str = "",
    fonts: Collection[str] | None = None,
) -> Figure:
    """Draw a frame of quantiles (`teiden.plots.quantiles`), times counted from the loss of mains.

    `runs`: how many were played. `empty`: by UPS, the share of runs in which it ran empty. `lowest`: by
    UPS, `p5` and `p50` of how low it fell in each run. `reserve`: percent that must stay, of each UPS or of
    all. A frame of another shape raises InputError.
    """
    _refuse(charges)
    with only(fonts), in_words_that_print(), paper_settings():
        return _draw(_panels(charges, empty or {}, lowest or {}), runs, empty, reserve, provenance)


def _refuse(charges: pd.DataFrame) -> None:
    missing = [column for column in COLUMNS if column not in charges.columns]
    if missing:
        what = t("the table of charges has no column {names}", names=", ".join(missing))
        raise InputError([Problem(Place("charges"), what, t("it has {names}", names=", ".join(COLUMNS)))])
    if charges.empty:
        what = t("the table of charges is empty: no run tells what its batteries held")
        raise InputError([Problem(Place("charges"), what)])


def _panels(
    charges: pd.DataFrame, empty: Mapping[str, float], lowest: Mapping[str, Mapping[str, float]]
) -> list[Panel]:
    found: list[Panel] = []
    for ups, frame in charges.groupby("ups", sort=False):
        name = str(ups)
        panel = Panel((name,), frame.sort_values("t"), empty.get(name, 0.0), lowest.get(name))
        twin = next((k for k, other in enumerate(found) if _alike(panel, other)), None)
        if twin is None:
            found.append(panel)
        else:
            other = found[twin]
            lower = min(panel, other, key=lambda one: one.lowest[1])
            upses = (*other.upses, name)
            found[twin] = replace(lower, upses=upses, empty=max(other.empty, panel.empty))
    return sorted(found, key=lambda panel: (-panel.empty, panel.lowest[1], panel.lowest[0]))


def _alike(panel: Panel, other: Panel) -> bool:
    if len(panel.frame) != len(other.frame) or abs(panel.empty - other.empty) > 0.005:
        return False
    apart = panel.frame[list(QUANTILES)].to_numpy() - other.frame[list(QUANTILES)].to_numpy()
    return bool(abs(apart).max() <= ALIKE_PCT)


def _draw(
    panels: Sequence[Panel],
    runs: int | None,
    empty: Mapping[str, float] | None,
    reserve: Mapping[str, float] | float | None,
    provenance: str,
) -> Figure:
    shown = panels[:MOST]
    lines = -(-len(shown) // ACROSS)
    across = min(ACROSS, len(shown))
    keys = _keys(reserve is not None)
    more = 0.2 if len(panels) > MOST else 0.0
    body = legend.height(keys) + lines * (HEAD_IN + PANEL_IN + TICKS_IN) + 0.16 + more
    page = Page(_title(panels, runs, empty), _numbers(panels, empty), body, provenance=provenance)
    legend.draw(page, keys, page.top)
    wide = (RIGHT_IN - MARGIN_IN - LEFT_IN - GUTTER_IN * (across - 1)) / across
    t0, t1 = float(min(p.frame["t"].min() for p in shown)), float(max(p.frame["t"].max() for p in shown))
    for k, panel in enumerate(shown):
        left = MARGIN_IN + LEFT_IN + (k % across) * (wide + GUTTER_IN)
        low = page.top - legend.height(keys) - (k // across + 1) * (HEAD_IN + PANEL_IN + TICKS_IN) + TICKS_IN
        axes = page.panel(f"band-{panel.upses[0]}", left, low, wide, PANEL_IN)
        _panel(axes, panel, (t0, t1), _reserve(reserve, panel), k % across == 0)
        _head(page, panel, left, low + PANEL_IN, wide, empty is not None)
        axis = scale(t0, t1, left, left + wide)
        page.ticks([(axis.x(at), told(at)) for at in axis.ticks(0.7)], low)
    page.text(MARGIN_IN + LEFT_IN, page.low + 0.08, t("since mains lost"), color=MUTED, size=8, gid="caption")
    if more:
        n = sum(len(panel.upses) for panel in panels[MOST:])
        page.text(
            RIGHT_IN, page.low + 0.08, t("and {n} UPSes that fall less low", n=n), ha="right", color=MUTED
        )
    return page.figure


def _panel(axes: Axes, panel: Panel, window: tuple[float, float], reserve: float | None, first: bool) -> None:
    axes.set_xlim(*window)
    axes.set_ylim(0, 104)
    axes.set_yticks([0, 20, 40, 60, 80, 100])
    axes.tick_params(axis="y", labelsize=8, length=3, color=INK, labelleft=first)
    axes.spines["bottom"].set_visible(True)
    axes.grid(axis="y", color=GRID, lw=0.7)
    axes.set_axisbelow(True)
    if first:
        axes.set_ylabel(t("Battery charge %"), size=8, color=MUTED, labelpad=3)
    frame = panel.frame
    at = frame["t"]
    axes.fill_between(at, frame["p5"], frame["p95"], color=OUTER, lw=0, zorder=2)
    axes.fill_between(at, frame["p25"], frame["p75"], color=INNER, lw=0, zorder=2.1)
    for edge in ("p5", "p95"):
        axes.plot(at, frame[edge], color=MEDIAN, lw=0.5, ls=(0, (2, 2)), zorder=2.2)
    axes.plot(at, frame["p50"], color=MEDIAN, lw=1.8, zorder=3, gid="median")
    axes.axvline(0.0, color=INK, lw=0.9, zorder=1.5)
    if reserve is not None:
        axes.axhline(reserve, color=ALARM, lw=1.0, ls=(0, (5, 2)), zorder=3.1, gid="reserve")


def _head(page: Page, panel: Panel, left: float, top: float, wide: float, known: bool) -> None:
    upses = ", ".join(panel.upses[:4])
    if len(panel.upses) > 4:
        upses = f"{panel.upses[0]} +{len(panel.upses) - 1}"
    page.text(left, top + 0.27, upses, weight="bold", size=9.5, room=wide, gid=f"panel-{panel.upses[0]}")
    median, low = panel.lowest
    if panel.of_runs is None:
        text = t(
            "at the lowest: median {median} %, 95 % of the runs above {low} %",
            median=_pct(median),
            low=_pct(low),
        )
    else:
        text = t(
            "lowest of a run: median {median} %, in 95 % {low} % or more", median=_pct(median), low=_pct(low)
        )
    page.text(left, top + 0.11, text, size=8, color=MUTED, room=wide, gid="lowest")
    if known:
        told_ = t("ran empty: {share}", share=_share(panel.empty))
        bad = panel.empty > 0
        colour, weight = (ALARM, "bold") if bad else (MUTED, "normal")
        page.text(left + wide, top + 0.27, told_, ha="right", color=colour, weight=weight, gid="empty")


def _reserve(reserve: Mapping[str, float] | float | None, panel: Panel) -> float | None:
    if reserve is None or isinstance(reserve, int | float):
        return reserve
    return max((reserve[ups] for ups in panel.upses if ups in reserve), default=None)


def _title(panels: Sequence[Panel], runs: int | None, empty: Mapping[str, float] | None) -> str:
    worst = panels[0]
    ups = worst.upses[0]
    played = t("of {n} runs", n=f"{runs:,}") if runs is not None else t("of the runs")
    if worst.empty > 0:
        share = _share(worst.empty)
        return t("{ups} runs empty in {share} {played}", ups=ups, share=share, played=played)
    low = _pct(worst.lowest[1])
    if worst.of_runs is None:
        return t("At any time {ups} holds {low} % or more in 95 % {played}", played=played, low=low, ups=ups)
    stays = t("the lowest, {ups}, keeps {low} % or more in 95 % {played}", played=played, low=low, ups=ups)
    return stays if empty is None else t("No battery runs empty; {stays}", stays=stays)


def _numbers(panels: Sequence[Panel], empty: Mapping[str, float] | None) -> list[Number]:
    numbers = []
    bad = sorted(((share, ups) for ups, share in (empty or {}).items() if share > 0), reverse=True)
    if len(bad) > 1:
        shown = ", ".join(f"{ups} {_share(share)}" for share, ups in bad[:5]) + (
            ", ..." if len(bad) > 5 else ""
        )
        numbers.append(Number(t("ran empty: {share}", share=shown), trouble=True))
    median = min(panels, key=lambda panel: panel.lowest[0])
    lowest = t("lowest median: {ups} {pct} %", ups=median.upses[0], pct=_pct(median.lowest[0]))
    return [*numbers, Number(lowest)]


def _share(share: float) -> str:
    """Never rounded to none of the runs, nor to all of them."""
    if share <= 0 or share >= 1:
        return f"{100 * share:.0f} %"
    if share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 or share > 0.99 else f"{100 * share:.0f} %"


def _pct(value: float) -> str:
    return f"{value:g}"


def _keys(reserve: bool) -> list[Entry]:
    keys = [
        Entry(t("median"), line={"color": MEDIAN, "lw": 1.8}),
        Entry(t("half of the runs"), Look(INNER)),
        Entry(t("90 % of the runs"), Look(OUTER)),
    ]
    if reserve:
        keys.append(Entry(t("must stay"), line={"color": ALARM, "lw": 1.0, "ls": (0, (5, 2))}))
    return keys
