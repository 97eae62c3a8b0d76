"""What a story expects, as values. `language.py` reads them, `verdict.py` judges them."""

from __future__ import annotations

from dataclasses import dataclass, field

from teiden.files.source import Place


@dataclass(frozen=True, slots=True)
class Pattern:
    """`EVENT [SUBJECT | every ROLE] [key=value ...]`: which events are meant."""

    event: str
    subject: str = ""
    """Empty: any subject."""
    every: str = ""
    """`linked`, `control`, `pool`, `server`, `ups`, `array`: each of them, one by one."""
    details: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        who = f" every {self.every}" if self.every else f" {self.subject}" if self.subject else ""
        return self.event + who + "".join(f" {k}={v}" for k, v in self.details.items())


@dataclass(frozen=True, slots=True)
class At:
    """The first such event happens at this time after the zero (mains.lost), give or take."""

    what: Pattern
    at_s: float
    tolerance_s: float
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Before:
    """The first `first` comes at least `gap_s` before any `second`; both must happen."""

    first: Pattern
    second: Pattern
    gap_s: float
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Within:
    """The first `what` after `after` comes no later than `limit_s` after it."""

    what: Pattern
    limit_s: float
    after: Pattern
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Never:
    what: Pattern
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    what: Pattern
    n: int
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Finally:
    """At the end of the run the subject is in the state that this event sets."""

    what: Pattern
    place: Place
    text: str


Expectation = At | Before | Within | Never | Count | Finally
