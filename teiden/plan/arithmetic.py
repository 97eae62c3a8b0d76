"""Sums that can tell what they are made of: `30 (ups4 confirm) + 420 (ups5, ups6 off)`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from teiden.language.say import t

KeyPath = tuple[str | int, ...]
"""Keys from the top of the site file: ("upses", "ups3", "confirm")."""

LineOf = Callable[[KeyPath], int | None]
"""Where a key path stands in the file; None where there is no file."""


@dataclass(frozen=True, slots=True)
class Term:
    """One summand and what it is, in words; `times` when it counts more than once."""

    value: float
    words: str
    path: KeyPath = ()
    """Set where the reader is led to its line: limits that stand far from the finding."""
    times: int = 1

    @property
    def total(self) -> float:
        return self.value * self.times

    @property
    def figure(self) -> str:
        return number(self.value) if self.times == 1 else f"{self.times} x {number(self.value)}"


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of terms, usually seconds."""

    terms: tuple[Term, ...] = ()

    @property
    def total(self) -> float:
        return sum(term.total for term in self.terms)

    @property
    def brief(self) -> str:
        """The figures alone: `30 + 420 + 300`."""
        return " + ".join(term.figure for term in self.terms) or "0"

    def plus(self, value: float, words: str, path: KeyPath = ()) -> Amount:
        """One more term. The same thing once more counts twice; nothing at all leaves no trace."""
        if not value:
            return self
        last = self.terms[-1] if self.terms else None
        if last and (last.value, last.words) == (value, words):
            return Amount((*self.terms[:-1], replace(last, times=last.times + 1)))
        return Amount((*self.terms, Term(value, words, path)))

    def in_words(self, line_of: LineOf = lambda path: None) -> str:
        return " + ".join(f"{t.figure} ({t.words}{_line(t, line_of)})" for t in self.terms)


def amount(value: float, words: str, path: KeyPath = ()) -> Amount:
    """A sum of one term; zero stays a term, so that it can be read."""
    return Amount((Term(value, words, path),))


def latest(amounts: Iterable[Amount]) -> Amount:
    """The largest sum, the first of equals; an empty sum when there is none."""
    return max(amounts, key=lambda a: a.total, default=Amount())


def number(value: float) -> str:
    """`900`, `2.5`: no digits that say nothing."""
    return f"{round(value, 3):.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def names(items: Iterable[str], *, most: int = 4, joint: str = ", ") -> str:
    """`ups5, ups6`; a long list shows its ends: `ups5 .. ups40`."""
    listed = list(items)
    return joint.join(listed) if len(listed) <= most else f"{listed[0]} .. {listed[-1]}"


def _line(term: Term, line_of: LineOf) -> str:
    line = line_of(term.path) if term.path else None
    return t(", line {n}", n=line) if line else ""
