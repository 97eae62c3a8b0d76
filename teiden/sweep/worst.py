"""The worst of every number over a sweep, and the run it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MARGIN, CHARGE = "margin.", "lowest_charge."
DURATIONS = ("margin.restore_s", "margin.flush.", "up_again_s")
"""Of these the longest is the worst; of all others, which say what was left, the smallest."""


def is_duration(key: str) -> bool:
    return key.startswith(DURATIONS)


@dataclass(slots=True)
class Worst:
    value: float
    run: int
    parameters: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return {"value": self.value, "run": self.run, "parameters": dict(self.parameters)}


@dataclass(slots=True)
class Worsts:
    """By column: margins, durations, lowest charges. The first run of equal ones counts."""

    found: dict[str, Worst] = field(default_factory=dict)

    def take(self, row: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        for key, value in row.items():
            if not key.startswith((MARGIN, CHARGE, *DURATIONS)) or value is None:
                continue
            known = self.found.get(key)
            if known is None or (value > known.value if is_duration(key) else value < known.value):
                self.found[key] = Worst(value, row["run"], parameters)

    def of(self, prefix: str) -> dict[str, Worst]:
        return {key: worst for key, worst in self.found.items() if key.startswith(prefix)}
