"""A story played twice, in virtual time and over sockets: the same commands and facts, in the same order?

Two runs never agree to the millisecond: a poll comes a little sooner or later, a packet takes its time.
So what is compared is what happened, how often, and in which order, as far as the order was not left to
chance: two events nearer to each other than what looking may take may change places.

What was late by a second on battery is late by several once a battery must be charged for it, since charging
takes longer than discharging; so after the first wait for charge, or a start that had only just enough of it,
the bound is that much wider. And how often a command is repeated to somebody silent depends on how soon
silence is noticed: that is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from sequencer.events import Event

DECISIONS = (
    "command.sent",
    "outage.confirmed",
    "incident.opened",
    "incident.closed",
    "step.timed_out",
    "array.flush_timed_out",
    "alarm.raised",
    "schedule.fired",
    "request.refused",
)
"""What nodes decide, beside the facts of the room."""
DRIFTING = ("ups.charge", "run.started", "run.ended", "server.clock")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """The nth time that this happened to this device."""

    name: str
    subject: str
    what: str = ""
    nth: int = 1

    def __str__(self) -> str:
        words = [self.subject, self.name, *([self.what] if self.what else [])]
        return " ".join(words) + (f" (time {self.nth})" if self.nth > 1 else "")


@dataclass(frozen=True, slots=True)
class Apart:
    """The same event at two times, seconds since the start."""

    key: Key
    pretend_s: float
    sockets_s: float

    @property
    def by_s(self) -> float:
        return self.sockets_s - self.pretend_s


@dataclass(frozen=True, slots=True)
class Bound:
    """Two events nearer than this in virtual time may change places; none may differ by more."""

    s: float
    wide_s: float = inf
    """From the first wait for charge on."""
    charging_s: float = inf
    """When that was in virtual time; inf: nobody waited for charge."""

    def at(self, t: float) -> float:
        return self.s if t < self.charging_s else self.wide_s


@dataclass(frozen=True)
class Comparison:
    story: str
    bound: Bound
    same: tuple[Apart, ...]
    missing: tuple[Key, ...] = ()
    """In virtual time only."""
    more: tuple[Key, ...] = ()
    """Over sockets only."""
    swapped: tuple[tuple[Key, Key], ...] = ()
    """First, then second in virtual time; the other way round over sockets."""
    verdict: str = ""
    """What the judge said of the run over sockets, when it was not that of the pretend run."""
    notes: tuple[str, ...] = field(default=())

    @property
    def late(self) -> tuple[Apart, ...]:
        return tuple(a for a in self.same if abs(a.by_s) > self.bound.at(a.pretend_s))

    @property
    def holds(self) -> bool:
        return not (self.missing or self.more or self.swapped or self.late or self.verdict)

    @property
    def furthest(self) -> Apart | None:
        return max(self.same, key=lambda apart: abs(apart.by_s), default=None)


def compare(
    story: str, pretend: Iterable[Event], sockets: Iterable[Event], *, bound: Bound, until_s: float
) -> Comparison:
    """`until_s`: what happens later in either run is left out; just before it, what may be late is too."""
    ours, theirs = dict(keyed(pretend)), dict(keyed(sockets))
    end_s = until_s - bound.at(until_s)
    missing = [key for key, t in ours.items() if t <= end_s and key not in theirs]
    more = [key for key, t in theirs.items() if t <= end_s and key not in ours]
    both = [Apart(key, t, theirs[key]) for key, t in ours.items() if key in theirs]
    both.sort(key=lambda apart: (apart.pretend_s, apart.key))
    return Comparison(story, bound, tuple(both), tuple(missing), tuple(more), tuple(swaps(both, bound)))


def keyed(events: Iterable[Event]) -> Iterator[tuple[Key, float]]:
    """Every fact and decision with its time, numbered by how often it has happened."""
    seen: Counter[tuple[str, str, str]] = Counter()
    failed: set[tuple[str, str]] = set()
    for event in events:
        asked = event.subject, str(event.details.get("command"))
        if event.name == "command.failed":
            failed.add(asked)
        elif event.name == "command.sent" and asked in failed:
            failed.discard(asked)
            continue  # the same once more
        if event.name in DRIFTING or not (event.is_fact or event.name in DECISIONS):
            continue
        what = str(
            event.details.get("command") or event.details.get("step") or event.details.get("rule") or ""
        )
        seen[event.name, event.subject, what] += 1
        yield Key(event.name, event.subject, what, seen[event.name, event.subject, what]), event.t


def swaps(both: Sequence[Apart], bound: Bound) -> Iterator[tuple[Key, Key]]:
    """Pairs further apart than the bound that changed places. `both`: in the order of the pretend run.

    For each event it is enough to hold it against the latest, over sockets, of all that were before it.
    """
    latest: Apart | None = None
    waiting = list(both)
    ripe = 0
    for apart in both:
        by_s = apart.pretend_s - bound.at(apart.pretend_s)
        while ripe < len(waiting) and waiting[ripe].pretend_s < by_s:
            if latest is None or waiting[ripe].sockets_s > latest.sockets_s:
                latest = waiting[ripe]
            ripe += 1
        if latest is not None and latest.sockets_s > apart.sockets_s:
            yield latest.key, apart.key


def quiet_after_s(events: Iterable[Event]) -> float:
    """When the last fact or decision of a run was: after it there is nothing left to compare."""
    return max((t for _, t in keyed(events)), default=0.0)
