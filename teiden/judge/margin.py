"""One number that an engineer asks for after a run: how much was left, or how long it took."""

from __future__ import annotations

from dataclasses import dataclass

from teiden.judge.words import minutes, seconds
from teiden.language.say import t


@dataclass(frozen=True, slots=True)
class Margin:
    key: str
    """For JUnit's properties and JSON: `linked_stop_s`."""
    label: str
    """`linked disk cut -> control stop`."""
    value_s: float
    plan_s: float | None = None
    """The same by the site's limits: what is left when every step takes as long as it may."""
    limit_s: float | None = None
    """Where it is a duration and not a margin: how long it may take."""

    def __str__(self) -> str:
        value = minutes(self.value_s) if self.value_s >= 600 else seconds(self.value_s)
        text = f"{self.label} {value}"
        if self.plan_s is not None:
            text = t("{text} (plan {n})", text=text, n=f"{self.plan_s:.0f}")
        if self.limit_s is not None:
            text = t("{text} (limit {n})", text=text, n=f"{self.limit_s:.0f}")
        return text
