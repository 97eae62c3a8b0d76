"""The batteries of two runs: those that differ, the first run drawn through, the second dashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from teiden.language.say import t
from teiden.plots import charge
from teiden.plots.style import FAINT, INK, MUTED, SERIES, fitted, height_in
from teiden.plots.time_axis import TimeAxis

HEIGHT_IN = 1.95
LABEL_ROOM_IN = 2.15
SIZE = 8.5
MOST = 5
APART_PCT = 1.0
"""Closer than this two curves are the same."""
DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = ("-", (0, (4.5, 2)))


@dataclass(frozen=True, slots=True)
class Curves:
    """Batteries that fared alike in both runs."""

    upses: tuple[str, ...]
    a: pd.DataFrame
    b: pd.DataFrame

    @property
    def lowest(self) -> tuple[float, float]:
        return float(self.a["charge_pct"].min()), float(self.b["charge_pct"].min())


def curves(a: pd.DataFrame, b: pd.DataFrame) -> list[Curves]:
    """Those that differ most first; none where a run tells no charge, or nothing differs."""
    if a.empty or b.empty:
        return []
    end = min(a["t"].max(), b["t"].max())
    at = np.linspace(max(a["t"].min(), b["t"].min()), end, 240)
    found: dict[bytes, tuple[float, Curves]] = {}
    theirs = dict(list(b.groupby("ups", sort=False)))
    for ups, ours in a.groupby("ups", sort=False):
        if ups not in theirs:
            continue
        both = [np.interp(at, f["t"], f["charge_pct"]) for f in (ours, theirs[ups])]
        apart = float(np.abs(both[0] - both[1]).max())
        if apart < APART_PCT:
            continue
        key = np.round(np.concatenate(both) / APART_PCT).tobytes()
        before = found.get(key)
        upses = (str(ups),) if before is None else (*before[1].upses, str(ups))
        found[key] = (apart, Curves(upses, ours, theirs[ups]))
    ranked = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].upses))
    return [curve for _, curve in ranked[:MOST]]


def draw(axes: Axes, found: Sequence[Curves], axis: TimeAxis, names: tuple[str, str]) -> None:
    axes.set_ylim(0, 105)
    axes.set_yticks([0, 20, 40, 60, 80, 100])
    axes.tick_params(axis="y", labelsize=SIZE, length=3, color=INK)
    axes.set_ylabel(t("Battery charge %"), size=SIZE, color=MUTED, labelpad=4)
    for number, curve in reversed(list(enumerate(found))):
        for frame, dash in zip((curve.a, curve.b), DASHES, strict=True):
            for line in charge.lines(frame, axis):
                for part in line.parts:
                    xs, ys = zip(*part, strict=True)
                    axes.plot(xs, ys, color=SERIES[number], ls=dash, lw=1.6, zorder=3)
    _labels(axes, found, axis.width)
    x = axis.width + 0.08
    for k, (name, dash) in enumerate(zip(names, DASHES, strict=True)):
        y = 100 - k * height_in(SIZE) * 105 / HEIGHT_IN
        axes.plot([x, x + 0.3], [y, y], color=FAINT, ls=dash, lw=1.6, clip_on=False)
        text = fitted(name, LABEL_ROOM_IN - 0.6, SIZE)
        axes.text(x + 0.36, y, text, size=SIZE, color=MUTED, va="center_baseline", gid="run")


def _labels(axes: Axes, found: Sequence[Curves], width: float) -> None:
    """Below the names of the runs, in the order of how low they fell."""
    apart = height_in(SIZE) * 105 / HEIGHT_IN * 1.05
    y = 100 - 3.2 * apart
    head = t("lowest %")
    axes.text(width + 0.08, y, head, size=SIZE - 0.5, color=MUTED, va="center_baseline")
    for number, curve in sorted(enumerate(found), key=lambda pair: -pair[1].lowest[0]):
        y -= apart
        a, b = curve.lowest
        upses = curve.upses[0] if len(curve.upses) == 1 else f"{curve.upses[0]} +{len(curve.upses) - 1}"
        if len(curve.upses) == 2:
            upses = " ".join(curve.upses)
        text = fitted(f"{upses}  {a:.0f} → {b:.0f}", LABEL_ROOM_IN - 0.2, SIZE, bold=True)
        axes.text(
            width + 0.08,
            y,
            text,
            size=SIZE,
            weight="bold",
            color=SERIES[number],
            va="center_baseline",
            gid=f"end-{number}",
        )
