"""A restore sweep in a few lines: from when until when the mains returned with the same outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from teiden.sweep.restore import BACK


@dataclass(slots=True)
class Interval:
    """Returns one after the other with one outcome, of the same devices."""

    from_s: float
    to_s: float
    outcome: str
    who: str
    """Who was stranded or cut unsafely, joined by spaces."""
    holds: bool
    broken: str
    first_run: int
    runs: int = 0
    up_again_s: tuple[float, float] | None = None
    """Shortest and longest time until everything was up again; None: not everything was."""

    def take(self, row: Mapping[str, Any]) -> None:
        self.to_s = row[BACK]
        self.runs += 1
        up_s = row["up_again_s"]
        if up_s is not None:
            low, high = self.up_again_s or (up_s, up_s)
            self.up_again_s = min(low, up_s), max(high, up_s)

    def as_dict(self) -> dict[str, Any]:
        return {
            "from_s": self.from_s,
            "to_s": self.to_s,
            "runs": self.runs,
            "outcome": self.outcome,
            "devices": self.who.split(),
            "holds": self.holds,
            "broken": self.broken.split(),
            "up_again_s": list(self.up_again_s) if self.up_again_s else None,
        }


def intervals(rows: Iterable[Mapping[str, Any]]) -> list[Interval]:
    """Runs that could not be played end an interval and begin none."""
    found: list[Interval] = []
    before: tuple[Any, ...] | None = None
    for row in rows:
        if "error" in row:
            before = None
            continue
        who = " ".join(filter(None, (row["stranded"], row["unsafe"])))
        now = row["outcome"], who, row["holds"], row["broken"]
        if now != before:
            found.append(
                Interval(row[BACK], row[BACK], row["outcome"], who, row["holds"], row["broken"], row["run"])
            )
            before = now
        found[-1].take(row)
    return found
