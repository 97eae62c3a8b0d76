"""The outcome of a restore sweep by the moment of the mains' return: stretches, and what broke.

Whoever draws them must lose none: a single second among an hour is less than a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from sequencer.site import Site
from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.plots.budget import Kind, budget

NEEDED = ("back_s", "holds", "outcome")
Phase = tuple[float, float, str]
"""From, until, what: seconds after mains lost."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the first return time of it to where the next one begins."""

    t0: float
    t1: float
    what: str
    n: int


@dataclass(frozen=True)
class Returns:
    frame: pd.DataFrame
    """In the order of `back_s`."""
    step_s: float
    """Between two return times."""

    @property
    def span(self) -> tuple[float, float]:
        return float(self.frame["back_s"].iloc[0]), float(self.frame["back_s"].iloc[-1]) + self.step_s

    @property
    def bad(self) -> pd.DataFrame:
        return self.frame[~self.frame["holds"]]

    def outcomes(self) -> dict[str, int]:
        """How often each came, in the order in which they first do."""
        return {str(k): int(v) for k, v in self.frame.groupby("outcome", sort=False).size().items()}

    def stretches(self) -> list[Stretch]:
        return self._of([str(what) for what in self.frame["outcome"]])

    def broken(self) -> list[Stretch]:
        """Of neighbours that do not hold."""
        told = ["" if holds else "broken" for holds in self.frame["holds"]]
        return [stretch for stretch in self._of(told) if stretch.what]

    def _of(self, told: Sequence[str]) -> list[Stretch]:
        """A gap between two return times, where nothing was played, parts them too."""
        times = [float(at) for at in self.frame["back_s"]]
        found: list[Stretch] = []
        begin = 0
        for k in range(1, len(told) + 1):
            last = times[k - 1] + self.step_s
            if k == len(told) or told[k] != told[begin] or times[k] > last + self.step_s / 2:
                end = min(last, times[k]) if k < len(told) else last
                found.append(Stretch(times[begin], end, told[begin], k - begin))
                begin = k
        return found


def returns(frame: pd.DataFrame) -> Returns:
    """Columns `back_s, holds, outcome`, perhaps `broken` and `up_again_s`; InputError names what is wrong."""
    missing = [column for column in NEEDED if column not in frame.columns]
    if missing:
        what = t("the table of return times has no column {names}", names=", ".join(missing))
        hint = t("it is what a restore sweep writes: {names}", names=", ".join(NEEDED))
        raise InputError([Problem(Place("runs"), what, hint)])
    if frame.empty:
        raise InputError([Problem(Place("runs"), t("there is no run in this sweep"))])
    back = pd.to_numeric(frame["back_s"], errors="coerce")
    if back.isna().any():
        wrong = frame["back_s"][back.isna()].iloc[0]
        what = t("back_s: {value} is no number of seconds", value=repr(wrong))
        raise InputError([Problem(Place("runs"), what)])
    if back.duplicated().any():
        what = t("back_s: {value} stands there more than once", value=f"{back[back.duplicated()].iloc[0]:g}")
        raise InputError([Problem(Place("runs"), what, t("one run for each return time"))])
    told = frame.assign(back_s=back.astype(float), holds=frame["holds"].astype(bool)).sort_values("back_s")
    steps = [b - a for a, b in pairwise(told["back_s"])]
    return Returns(told.reset_index(drop=True), float(np.median(steps)) if steps else 1.0)


def phases(site: Site) -> list[Phase]:
    """What would be going on had the mains not returned, by the site's limits."""
    found = budget(site)
    shown = (*(step for step in found.linked if step.kind is not Kind.HALT_FIRST), *found.control)
    return [(step.t0, step.t1, step.what) for step in shown if step.t1 > step.t0]
