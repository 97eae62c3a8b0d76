"""Finding the events that a pattern means: the first one, the first of each, all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sequencer.events import Event
from teiden.judge.expectations import Pattern
from teiden.judge.history import History, Moment
from teiden.judge.names import Names


class Firsts:
    """The first event of a pattern; with `every` the first of each device, by its name."""

    def __init__(self, pattern: Pattern, of: Mapping[str, Moment | None]) -> None:
        self.pattern = pattern
        self.moments = {label: moment for label, moment in of.items() if moment is not None}
        self._never = [label for label, moment in of.items() if moment is None]

    @property
    def missing(self) -> str:
        """What never happened, as a pattern of its own; empty: nothing is missing."""
        if not self._never:
            return ""
        p = self.pattern
        return str(Pattern(p.event, self._never[0], "", p.details)) if p.every else str(p)

    @property
    def earliest(self) -> Moment:
        return min(self.moments.values(), key=lambda moment: moment.place)

    @property
    def latest(self) -> Moment:
        return max(self.moments.values(), key=lambda moment: moment.place)

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(moment.event for moment in self.moments.values())


class Search:
    def __init__(self, history: History, names: Names) -> None:
        self.history = history
        self.names = names

    def subjects(self, pattern: Pattern) -> tuple[str, ...]:
        """One for each device that `every` means, else the one subject, empty for any."""
        return self.names.each(pattern.event, pattern.every) if pattern.every else (pattern.subject,)

    def firsts(self, pattern: Pattern, after: int = -1) -> Firsts:
        """From the zero on, and after this place in the stream."""
        found: dict[str, Moment | None] = dict.fromkeys(self.subjects(pattern))
        waiting = len(found)
        for moment in self.all(pattern, self.history.zero_s):
            label = moment.event.subject if pattern.every else pattern.subject
            if moment.place > after and found[label] is None:
                found[label] = moment
                waiting -= 1
                if not waiting:
                    break
        return Firsts(pattern, found)

    def all(self, pattern: Pattern, since_s: float) -> Iterator[Moment]:
        """Every event that the pattern means, from a time on."""
        wanted = frozenset(self.subjects(pattern)) if pattern.every or pattern.subject else None
        for moment in self.history.of(pattern.event, since_s=since_s):
            if wanted is not None and moment.event.subject not in wanted:
                continue
            if not pattern.details or has_details(moment.event, pattern.details):
                yield moment


def has_details(event: Event, wanted: Mapping[str, str]) -> bool:
    """`by=control1` asks who told it; numbers are compared as numbers: `limit_s=300` is 300.0."""
    for key, value in wanted.items():
        told = event.by if key == "by" else event.details.get(key)
        if isinstance(told, bool):
            told = str(told).lower()
        if isinstance(told, int | float):
            try:
                if float(value) != float(told):
                    return False
            except ValueError:
                return False
        elif told is None or str(told) != value:
            return False
    return True
