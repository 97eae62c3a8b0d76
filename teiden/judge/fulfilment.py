"""Whether one expectation of a story came true, and what happened instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sequencer.events import NAMES, Event
from teiden.judge.expectations import At, Before, Count, Expectation, Finally, Never, Pattern, Within
from teiden.judge.history import History, Moment
from teiden.judge.names import Names
from teiden.judge.search import Firsts, Search
from teiden.judge.words import names as in_a_row
from teiden.judge.words import seconds
from teiden.language.retell import retold
from teiden.language.say import t

TICK_S = 0.0015
"""Times are told in milliseconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one expectation."""

    held: bool
    happened: str
    """`754 s, then 756 s: 2 s apart, 98 s too close`."""
    events: tuple[Event, ...] = ()
    applies: bool = True
    """False: `every ROLE` of a site that has nobody in that role."""


class Fulfilment:
    """Asks one history. Everything counts from the zero, but `never`, which means the whole run."""

    def __init__(self, history: History, names: Names) -> None:
        self.history = history
        self.search = Search(history, names)
        self._judges: dict[type, Callable[[Any], Outcome]] = {
            At: self._at,
            Before: self._before,
            Within: self._within,
            Never: self._never,
            Count: self._count,
            Finally: self._finally,
        }

    def of(self, expectation: Expectation) -> Outcome:
        if any(p.every and not self.search.subjects(p) for p in _patterns(expectation)):
            return Outcome(True, t("nobody has this role here"), applies=False)
        return self._judges[type(expectation)](expectation)

    # One kind of expectation each

    def _at(self, expected: At) -> Outcome:
        firsts = self.search.firsts(expected.what)
        if firsts.missing:
            return Outcome(False, t("{what} never happened", what=firsts.missing), firsts.events)
        allowed_s = expected.tolerance_s + TICK_S
        off = {
            label: moment
            for label, moment in firsts.moments.items()
            if abs(self._t(moment) - expected.at_s) > allowed_s
        }
        shown = off or firsts.moments
        times = [self._at_s(m) + (f" ({label})" if expected.what.every else "") for label, m in shown.items()]
        return Outcome(
            not off, t("was {times}", times=in_a_row(times)), tuple(m.event for m in shown.values())
        )

    def _before(self, expected: Before) -> Outcome:
        firsts, seconds_ = self.search.firsts(expected.first), self.search.firsts(expected.second)
        missing = firsts.missing or seconds_.missing
        if missing:
            never = t("{what} never happened", what=missing)
            return Outcome(False, never, firsts.events + seconds_.events)
        a, b = firsts.latest, seconds_.earliest
        apart_s = b.event.t - a.event.t
        if a.place > b.place:
            return Outcome(False, self._wrong_way_round(a, b), (b.event, a.event))
        then = {"first": self._at_s(a) + _who(firsts, a), "second": self._at_s(b) + _who(seconds_, b)}
        happened = t("{first}, then {second}: {time} apart", **then, time=seconds(apart_s))
        held = apart_s >= expected.gap_s - TICK_S
        if not held:
            close = seconds(expected.gap_s - apart_s)
            happened = t("{happened}, {time} too close", happened=happened, time=close)
        return Outcome(held, happened, (a.event, b.event))

    def _wrong_way_round(self, late: Moment, early: Moment) -> str:
        behind_s = late.event.t - early.event.t
        if behind_s:
            how = t("{time} too late", time=seconds(behind_s))
        else:
            how = t("in the same instant, but after it")
        return t(
            "{early} came first: {early_s}, {late} only at {late_s}: {how}",
            early=_what(early),
            early_s=self._at_s(early),
            late=_what(late),
            late_s=self._at_s(late),
            how=how,
        )

    def _within(self, expected: Within) -> Outcome:
        starts = self.search.firsts(expected.after)
        if starts.missing:
            return Outcome(False, t("{what} never happened", what=starts.missing), starts.events)
        outcomes = [self._follows(expected, start) for start in starts.moments.values()]
        return next((outcome for outcome in outcomes if not outcome.held), outcomes[0])

    def _follows(self, expected: Within, start: Moment) -> Outcome:
        followers = self.search.firsts(expected.what, after=start.place)
        if followers.missing:
            never = t(
                "{what} never happened after {since} at {time}",
                what=followers.missing,
                since=_what(start),
                time=self._at_s(start),
            )
            return Outcome(False, never, (start.event,))
        last = followers.latest
        took_s = last.event.t - start.event.t
        late_s = took_s - expected.limit_s
        then = {"first": self._at_s(start), "second": self._at_s(last) + _who(followers, last)}
        happened = t("{first}, then {second}: {time} later", **then, time=seconds(took_s))
        if late_s > TICK_S:
            late = t("{happened}, {time} too late", happened=happened, time=seconds(late_s))
            return Outcome(False, late, (start.event, last.event))
        return Outcome(True, happened, (start.event, last.event))

    def _never(self, expected: Never) -> Outcome:
        found = list(self.search.all(expected.what, float("-inf")))
        if not found:
            return Outcome(True, t("never"))
        happened = t("{what} at {time}", what=_what(found[0]), time=self._at_s(found[0]))
        if len(found) > 1:
            happened = t("{happened}, and {n} more", happened=happened, n=len(found) - 1)
        return Outcome(False, happened, tuple(moment.event for moment in found))

    def _count(self, expected: Count) -> Outcome:
        found = list(self.search.all(expected.what, self.history.zero_s))
        events = tuple(moment.event for moment in found)
        if not expected.what.every:
            return Outcome(
                len(found) == expected.n,
                t("{n} instead of {wanted}", n=len(found), wanted=expected.n),
                events,
            )
        times = dict.fromkeys(self.search.subjects(expected.what), 0)
        for event in events:
            times[event.subject] += 1
        wrong = [t("{n} of {name}", n=n, name=name) for name, n in times.items() if n != expected.n]
        counted = t("{counts} instead of {wanted} of each", counts=in_a_row(wrong), wanted=expected.n)
        return Outcome(not wrong, counted, events)

    def _finally(self, expected: Finally) -> Outcome:
        meaning = NAMES[expected.what.event]
        assert meaning.aspect is not None, "the language lets only events with a state through"
        wrong: list[str] = []
        events: list[Event] = []
        for subject in self.search.subjects(expected.what):
            state, event = self.history.state_at_end(subject, meaning.aspect)
            if state != meaning.state:
                wrong.append(self._is(subject, state, event))
                events += [event] if event else []
        return Outcome(not wrong, in_a_row(wrong) if wrong else retold(meaning.state), tuple(events))

    def _is(self, subject: str, state: str, event: Event | None) -> str:
        if not state:
            return t("{name} is never told of", name=subject)
        if event is None:
            return t("{name} is {state}", name=subject, state=retold(state))
        since = self._at_s(Moment(0, event))
        return t("{name} is {state} since {time}", name=subject, state=retold(state), time=since)

    # Words

    def _t(self, moment: Moment) -> float:
        return moment.event.t - self.history.zero_s

    def _at_s(self, moment: Moment) -> str:
        return seconds(self._t(moment))


def _patterns(expectation: Expectation) -> tuple[Pattern, ...]:
    match expectation:
        case Before(first=first, second=second):
            return first, second
        case Within(what=what, after=after):
            return what, after
        case _:
            return (expectation.what,)


def _what(moment: Moment) -> str:
    return f"{moment.event.name} {moment.event.subject}"


def _who(firsts: Firsts, moment: Moment) -> str:
    """Which of the devices it was, where the expectation speaks of `every`."""
    return f" ({moment.event.subject})" if firsts.pattern.every else ""
