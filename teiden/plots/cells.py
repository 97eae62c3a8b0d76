"""The runs of a sweep by two of their parameters: how many there were, how many broke, what the value was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.plots.steps import Steps, steps

BROKEN = "broken"
LOWEST = "lowest_charge"
NEEDED = ("holds", "broken")


@dataclass(frozen=True)
class Cell:
    column: int
    row: int
    n: int
    broken: int
    value: float | None
    """None: no run of this cell has such a number."""


@dataclass(frozen=True)
class Cells:
    x: Steps
    y: Steps
    value: str
    cells: dict[tuple[int, int], Cell]
    shape: tuple[int, int]
    """Columns and rows."""

    @property
    def is_share(self) -> bool:
        return self.value == BROKEN or self.value.startswith(f"{BROKEN}.")

    def breaks(self, column: int, row: int) -> bool | None:
        """None: it was not played."""
        cell = self.cells.get((column, row))
        return None if cell is None else cell.broken > 0


def cells(runs: pd.DataFrame, x: str, y: str, value: str = BROKEN) -> Cells:
    """`value`: `broken`, `broken.S2`, `lowest_charge` (of all UPSes) or a column, whose minimum counts."""
    _refuse(runs, x, y, value)
    across, up = steps(runs[x], x), steps(runs[y], y)
    bad = ~runs["holds"].astype(bool)
    counted = _counted(runs, value)
    table = pd.DataFrame(
        {"x": across.place, "y": up.place, "bad": bad.to_numpy(), "value": counted.to_numpy()}
    )
    found: dict[tuple[int, int], Cell] = {}
    for place, part in table.groupby(["x", "y"]):
        column, row = _place(place)
        values = part["value"].dropna()
        share = value == BROKEN or value.startswith(f"{BROKEN}.")
        number = None if values.empty else float(values.mean() if share else values.min())
        broken = int(part["value"].sum()) if value.startswith(f"{BROKEN}.") else int(part["bad"].sum())
        found[column, row] = Cell(column, row, len(part), broken, number)
    shape = tuple(len(of.labels) - (1 if of.binned else 0) for of in (across, up))
    return Cells(across, up, value, found, (shape[0], shape[1]))


def _place(key: Any) -> tuple[int, int]:
    return int(key[0]), int(key[1])


def _counted(runs: pd.DataFrame, value: str) -> pd.Series[float]:
    """The number of each run that a cell sums up."""
    if value == BROKEN:
        return (~runs["holds"].astype(bool)).astype(float)
    if value.startswith(f"{BROKEN}."):
        rule = value.partition(".")[2]
        told = runs["broken"].fillna("").astype(str).str.split()
        return pd.Series([float(rule in ids) for ids in told], index=runs.index)
    if value == LOWEST:
        return runs[list(_charges(runs))].min(axis=1).astype(float)
    return runs[value].astype(float)


def _charges(runs: pd.DataFrame) -> Iterator[str]:
    yield from (name for name in runs.columns if str(name).startswith(f"{LOWEST}."))


def _refuse(runs: pd.DataFrame, x: str, y: str, value: str) -> None:
    """All at once: a column that is missing, a value that is no number, no runs at all."""
    problems = []
    missing = [name for name in NEEDED if name not in runs.columns]
    if missing:
        what = t("the table of runs has no column {names}", names=", ".join(missing))
        problems.append(Problem(Place("runs"), what, t("give the runs of a sweep")))
    if runs.empty:
        problems.append(Problem(Place("runs"), t("there is no run in this sweep")))
    varied = ", ".join(parameters(runs)) or t("none")
    for name in dict.fromkeys((x, y)):
        if name not in runs.columns:
            what = t("no parameter {name} was varied", name=repr(name))
            problems.append(Problem(Place("runs"), what, t("varied: {names}", names=varied)))
    if x == y:
        what = t("{name} cannot be on both axes", name=repr(x))
        problems.append(Problem(Place("runs"), what, t("varied: {names}", names=varied)))
    if not _is_value(runs, value):
        what = t("no value {name} can be drawn", name=repr(value))
        problems.append(Problem(Place("runs"), what, t("one of {names}", names=", ".join(values(runs)))))
    if problems:
        raise InputError(problems)


def _is_value(runs: pd.DataFrame, value: str) -> bool:
    if value == BROKEN or (value.startswith(f"{BROKEN}.") and value != f"{BROKEN}."):
        return True
    if value == LOWEST:
        return any(_charges(runs))
    return value in runs.columns and pd.api.types.is_numeric_dtype(runs[value])


OUTCOMES = frozenset(
    (
        *("run", "seed", "holds", "broken", "unmet", "judged", "error"),
        *("outcome", "up_again_s", "stranded", "unsafe"),
    )
)
"""Columns of what became of a run: nobody varied them."""
PREFIXES = ("margin.", f"{LOWEST}.")


def parameters(runs: pd.DataFrame) -> list[str]:
    """The columns that say what was varied."""
    names = [str(name) for name in runs.columns]
    return [n for n in names if n not in OUTCOMES and not n.startswith(PREFIXES)]


def values(runs: pd.DataFrame) -> list[str]:
    """What can be drawn in a cell."""
    names = [str(n) for n in runs.columns if str(n).startswith(PREFIXES)]
    more = [n for n in ("up_again_s",) if n in runs.columns]
    return [BROKEN, f"{BROKEN}.ID", *([LOWEST] if any(_charges(runs)) else []), *names, *more]


def rule(found: Cells) -> tuple[str, str, bool] | None:
    """The parameter, the value and the side that parts breaking cells from holding ones exactly, if one does.

    `("flush", "400s", True)`: breaks where flush is 400s or more; False: less than that. Cells that were
    not played prove nothing.
    """
    for index, axis in ((0, found.x), (1, found.y)):
        bad = {place[index] for place, cell in found.cells.items() if cell.broken}
        good = {place[index] for place, cell in found.cells.items() if not cell.broken}
        if bad and good and max(good) < min(bad):
            return axis.name, axis.labels[min(bad)], True
        if bad and good and max(bad) < min(good):
            return axis.name, axis.labels[min(good)], False
    return None
