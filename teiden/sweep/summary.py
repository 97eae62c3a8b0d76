"""What a sweep found: one pass over its journal, in memory that does not grow with the runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from teiden.sweep.folder import RUNS
from teiden.sweep.interval import Share
from teiden.sweep.telling import Telling
from teiden.sweep.worst import Worsts

MOST_REPLAYS = 100
"""So many of the first broken runs get a file of their own, and the worst ones after them."""
MOST_ERRORS = 10
JUDGED = "judged"
"""The one column of the journal that is for this pass only: tables leave it out."""


@dataclass(slots=True)
class Summary:
    parameters: tuple[str, ...]
    """Columns of what was varied."""
    runs: int = 0
    """Runs that were played and judged."""
    broken: int = 0
    """Of these, those that do not hold."""
    checksum: str = ""
    """SHA-256 of the journal: the same for any number of workers, size of chunks and engine."""
    judged: Counter[str] = field(default_factory=Counter)
    """By invariant: runs in which it had something to judge."""
    invariants: Counter[str] = field(default_factory=Counter)
    """By invariant: runs in which it broke; `not-S18` where it held and was declared to break."""
    unmet: Counter[str] = field(default_factory=Counter)
    """By place in the scenario file: runs in which this expectation was not met."""
    first_unmet: dict[str, int] = field(default_factory=dict)
    """By the same: the first of these runs."""
    worst: Worsts = field(default_factory=Worsts)
    telling: list[Telling] = field(default_factory=list)
    errors: int = 0
    """Runs that could not be played."""
    first_errors: list[tuple[int, str]] = field(default_factory=list)
    first_broken: list[int] = field(default_factory=list)
    columns: dict[str, type] = field(default_factory=dict)
    """Every column of the journal in the order of a table, and what its values are."""

    @property
    def share(self) -> Share:
        return Share(self.broken, self.runs)

    @property
    def holds(self) -> bool:
        return not self.broken and not self.errors

    def of_invariant(self, name: str) -> Share:
        return Share(self.invariants[name], self.runs)

    def replays(self) -> list[int]:
        """The runs that get a file of their own: the first that broke, and the worst that broke."""
        worst = {w.run for w in self.worst.found.values()} & self._broken_worst
        return sorted({*self.first_broken, *worst, *(run for run, _ in self.first_errors)})

    _broken_worst: set[int] = field(default_factory=set)
    """Broken runs that were the worst of something when they were read."""

    def take(self, row: Mapping[str, Any]) -> None:
        for key, value in row.items():
            if self.columns.get(key) in (None, type(None), int):
                self.columns[key] = type(value)
        if "error" in row:
            self._could_not(row)
            return
        self.runs += 1
        broken = not row["holds"]
        parameters = {name: row[name] for name in self.parameters if name in row}
        self.judged.update(row[JUDGED].split())
        self.worst.take(row, parameters)
        for telling in self.telling:
            if telling.name in parameters:
                telling.take(str(parameters[telling.name]), broken)
        if broken:
            self._broke(row)

    def _could_not(self, row: Mapping[str, Any]) -> None:
        self.errors += 1
        if len(self.first_errors) < MOST_ERRORS:
            self.first_errors.append((row["run"], row["error"]))

    def _broke(self, row: Mapping[str, Any]) -> None:
        run = row["run"]
        self.broken += 1
        self.invariants.update(row["broken"].split())
        for place in row["unmet"].split():
            self.unmet[place] += 1
            self.first_unmet.setdefault(place, run)
        if len(self.first_broken) < MOST_REPLAYS:
            self.first_broken.append(run)
        worst = {w.run for w in self.worst.found.values()}
        self._broken_worst = (self._broken_worst & worst) | ({run} & worst)


def summed_up(folder: Path, parameters: Iterable[str]) -> Summary:
    """Read the journal from its first line to its last."""
    names = tuple(parameters)
    summary = Summary(names, telling=[Telling(name) for name in names])
    digest = sha256()
    with (folder / RUNS).open("rb") as file:
        for line in file:
            digest.update(line)
            summary.take(json.loads(line))
    for telling in summary.telling:
        telling.finish()
    summary.checksum = digest.hexdigest()
    summary.columns = in_order(summary.columns, names)
    return summary


def in_order(columns: Mapping[str, type], parameters: tuple[str, ...]) -> dict[str, type]:
    """What a run is, what it was given, what came out; errors at the end, if there are any."""
    first = ("run", "seed", "holds", "broken", "unmet", *parameters)
    last = ("error",)
    hidden = (JUDGED, *first, *last)
    order = (*first, *(name for name in columns if name not in hidden), *last)
    return {name: columns[name] for name in order if name in columns}
