"""What a rule says: a margin, something broken, and what to set instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from teiden.plan.arithmetic import Amount, KeyPath


class Severity(Enum):
    ERROR = "error"
    """Data or servers are lost, or nothing comes back, in an outage the site should survive."""
    WARNING = "warning"
    """It may go well; nothing in the file proves it."""
    NOTE = "note"
    """Worth knowing."""

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a number is from breaking its rule."""

    title: str
    """What must hold: "control outlives the linked stop"."""
    needs: Amount
    has: Amount
    brief: str
    """The arithmetic in figures, for a column: "30 + 420 + 300"."""
    unit: str = "s"
    headline: bool = True
    """False: shown only in the full list. Recommendations and worst-case lines of another rule."""

    @property
    def left(self) -> float:
        return self.has.total - self.needs.total

    @property
    def short(self) -> float:
        return max(0.0, -self.left)


@dataclass(frozen=True, slots=True)
class Change:
    """One value of the site file, set to something else."""

    at: KeyPath
    value: float | str | bool | tuple[str, ...]
    bound: str = ""
    """ "or less", "or more", "or later" behind the value."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to set instead. With changes it is applied and checked again before anybody reads it."""

    changes: tuple[Change, ...] = ()
    remark: str = ""
    """What else to know; the whole text where nothing can be set."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where a site does not keep a rule."""

    message: str
    path: KeyPath
    """The value in the file that this points to."""
    margin: Margin | None = None
    remedies: tuple[Remedy, ...] = ()
    severity: Severity | None = None
    """Where it differs from the rule's own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A `Broken` with the rule that found it."""

    rule: str
    severity: Severity
    title: str
    """The rule in one sentence."""
    message: str
    path: KeyPath
    margin: Margin | None = None
    remedies: tuple[Remedy, ...] = ()

    @property
    def key(self) -> tuple[str, KeyPath]:
        """The same thing, before and after a change of some values."""
        return self.rule, self.path

    @property
    def counts(self) -> bool:
        return self.severity is not Severity.NOTE


Found = Broken | Margin
"""What a rule's function yields: every margin it computes, and what is broken."""
