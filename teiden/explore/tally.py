"""What all runs together come to: kinds of failures, rare states, faults, rules, years."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sequencer.site import Site
from teiden.explore.ground import Ground
from teiden.explore.shrink import role_of
from teiden.explore.sometimes import SOMETIMES, possible

YEAR_S = 365.25 * 86400.0


@dataclass(slots=True)
class Kind:
    """One kind of failure: a rule, broken at devices of one role."""

    rule: str
    role: str
    runs: int
    first_run: int
    seed: int
    subject: str
    seeds: list[int] = field(default_factory=list)
    """The first few."""


MOST_SEEDS = 10


class Tally:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.runs = self.broken = 0
        self.simulated_s = 0.0
        self.events = 0
        self.kinds: dict[tuple[str, str], Kind] = {}
        self.reached: Counter[str] = Counter()
        self.judged: Counter[str] = Counter()
        self.excused: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.errors: list[str] = []
        self._hash = sha256()

    def take(self, lines: bytes) -> None:
        """Some rows, in the order of their runs."""
        self._hash.update(lines)
        for line in lines.splitlines():
            self._row(json.loads(line))

    def _row(self, row: Mapping[str, Any]) -> None:
        self.runs += 1
        if "error" in row:
            self.errors.append(f"{row['run']}: {row['error']}")
            return
        self.simulated_s += row["until_s"]
        self.events += row["events"]
        self.reached.update(filter(None, row["reached"].split("; ")))
        for counter, key in ((self.judged, "judged"), (self.excused, "excused"), (self.faults, "faults")):
            counter.update(row[key].split())
        self.broken += not row["holds"]
        first: dict[tuple[str, str], str] = {}
        for kind in row["broken"].split():
            rule, _, subject = kind.partition(":")
            first.setdefault((rule, role_of(subject, self._ground)), subject)
        for (rule, role), subject in first.items():
            self._count(rule, role, subject, row)

    def _count(self, rule: str, role: str, subject: str, row: Mapping[str, Any]) -> None:
        kind = self.kinds.setdefault((rule, role), Kind(rule, role, 0, row["run"], row["seed"], subject))
        kind.runs += 1
        if len(kind.seeds) < MOST_SEEDS:
            kind.seeds.append(row["seed"])

    @property
    def checksum(self) -> str:
        """Of all rows in order, each with the hash of its stream: equal wherever they were played."""
        return self._hash.hexdigest()[:16]

    @property
    def years(self) -> float:
        return self.simulated_s / YEAR_S

    def coverage(self, site: Site) -> dict[str, int]:
        """Runs that reached each rare state that the site can reach."""
        return {name: self.reached[name] for name in SOMETIMES if possible(name, site)}

    def worst_first(self) -> list[Kind]:
        return sorted(self.kinds.values(), key=lambda kind: (-kind.runs, kind.rule, kind.role))
