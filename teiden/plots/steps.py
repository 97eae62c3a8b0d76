"""The steps of a parameter on an axis: its values as they are written, by magnitude; many of them in bins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from teiden.files.source import InputError, Place, Problem
from teiden.files.units import Scalar, quantity, written_s
from teiden.language.say import t
from teiden.plots.scale import STEPS_S

MOST_VALUES = 24
"""More values than this share bins ..."""
BINS = 12
"""... of which there are at most so many."""
MOST_TEXTS = 40
WRITTEN = {
    "a percentage": "%",
    "a size": "GiB",
    "a rate": "MiB/s",
    "a power": "W",
    "a temperature": "C",
}
FACTOR = {"GiB": 2.0**30, "MiB/s": 2.0**20}


@dataclass(frozen=True, slots=True)
class Steps:
    name: str
    labels: tuple[str, ...]
    place: tuple[int, ...]
    """Of each run: at which step it is."""
    binned: bool = False
    """Then a label is where its bin begins, and the last one where the last bin ends."""

    def at_least(self, step: int) -> str:
        return self.labels[step]


def steps(column: pd.Series[str], name: str) -> Steps:
    """Of one column of a sweep's runs. Texts that are no quantities stay in the order in which they come."""
    values: list[Scalar] = [_plain(value) for value in column]
    found = [quantity(value) for value in values]
    kinds = {kind for kind, _ in (pair for pair in found if pair is not None)}
    if None in found or len(kinds) != 1:
        return _texts([str(value) for value in values], name)
    numbers = [pair[1] for pair in found if pair is not None]
    distinct = sorted(set(numbers))
    if len(distinct) > MOST_VALUES:
        return _bins(numbers, kinds.pop(), name)
    written: dict[float, str] = {}
    for number, value in zip(numbers, values, strict=True):
        written.setdefault(number, str(value))
    place = {number: k for k, number in enumerate(distinct)}
    return Steps(name, tuple(written[n] for n in distinct), tuple(place[n] for n in numbers))


def _plain(value: object) -> Scalar:
    """A number of numpy's is a number; what is missing is an empty text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return ""
    return value if isinstance(value, str | int | float | bool) else str(value)


def _texts(values: Sequence[str], name: str) -> Steps:
    labels = list(dict.fromkeys(values))
    if len(labels) > MOST_TEXTS:
        what = t("{name} has {n} different values, which are no quantities", name=name, n=len(labels))
        hint = t("at most {n} fit on an axis; quantities of one kind are put into bins", n=MOST_TEXTS)
        raise InputError([Problem(Place(name), what, hint)])
    return Steps(name, tuple(labels), tuple(labels.index(value) for value in values))


def _bins(numbers: Sequence[float], kind: str, name: str) -> Steps:
    """Of one round width, from a round value on."""
    unit = WRITTEN.get(kind, "")
    factor = FACTOR.get(unit, 1.0)
    low, high = min(numbers) / factor, max(numbers) / factor
    width = _round_width((high - low) / BINS, kind)
    first = math.floor(low / width + 1e-9)
    last = max(math.ceil(high / width - 1e-9), first + 1)
    place = tuple(min(math.floor(n / factor / width + 1e-9), last - 1) - first for n in numbers)
    edges = [k * width for k in range(first, last + 1)]
    labels = [written_s(e) if kind == "a duration" else f"{e:g}{unit}" for e in edges]
    return Steps(name, tuple(labels), place, binned=True)


def _round_width(least: float, kind: str) -> float:
    if kind == "a duration" and least > 1.0:
        return float(next((s for s in STEPS_S if s >= least), STEPS_S[-1]))
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    return next((power * s for s in (1.0, 2.0, 5.0, 10.0) if power * s >= least * (1 - 1e-9)), power * 10)
