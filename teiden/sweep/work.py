"""What a sweep does many times: one run, played and judged, told in a line of plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

Value = str | int | float | bool | None
Row = dict[str, Value]
"""One run: `run`, `seed`, `holds`, `broken` and what it drew and measured. Never an event."""
Points = Mapping[str, list[tuple[float, float]]]
"""By UPS: seconds after the loss of mains, and per cent."""


@dataclass(frozen=True, slots=True)
class Played:
    """What is kept of one run."""

    row: Row
    charges: Points | None = field(default=None)
    """Only where they were asked for."""


class Work(Protocol):
    """Picklable, and small: it is sent along with every chunk."""

    def play(self, run: int) -> Played:
        """The run with this number: the same wherever, and in whatever order, it is played."""
        ...


def row_line(row: Row) -> str:
    """One line of `runs.jsonl`, without its newline: the same bytes on every machine."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False)


def charges_line(run: int, charges: Points) -> str:
    """One line of `charges.jsonl`, without its newline."""
    return json.dumps({"run": run, "charges": charges}, ensure_ascii=False, allow_nan=False)


def failed(run: int, error: Exception) -> Played:
    """A run that could not be played: that is our mistake, or a value that was drawn too wildly.

    The others go on; it counts neither as held nor as broken.
    """
    problems = getattr(error, "problems", ())
    first = str(problems[0]).splitlines()[0] if problems else str(error)
    return Played({"run": run, "error": f"{type(error).__name__}: {first}".rstrip(": ")})
