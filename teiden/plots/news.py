"""Flags for what somebody decided or did: schedules, requests, holds, clocks, buttons, failovers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sequencer.events import Event
from teiden.judge.history import History
from teiden.language.say import t
from teiden.plots.asked import decisions
from teiden.plots.moment import Moment
from teiden.plots.zero import Clock, wanted

TOGETHER_S = 90.0
"""Buttons pressed one after the other are one round through the room."""


def news(history: History, clock: Clock) -> list[Moment]:
    """In the order of time."""
    found = [*_decisions(history, clock), *_holds(history), *_clocks(history)]
    found += [*_failovers(history), *_buttons(history)]
    return sorted(found, key=lambda m: (m.t, m.rank))


def _decisions(history: History, clock: Clock) -> Iterator[Moment]:
    """A hold says itself what was asked."""
    for event in decisions(history):
        what = wanted(event, clock)
        if event.name == "schedule.fired":
            yield Moment(event.t, _capital(what), 0)
        elif event.name == "request.refused":
            yield Moment(event.t, _capital(t("{what} refused", what=what)), 0)
        elif event.details.get("wish") not in ("hold", "release"):
            who = event.details.get("asked_by")
            asked = t("{what} asked by {who}", what=what, who=who) if who else t("{what} asked", what=what)
            yield Moment(event.t, _capital(asked), 0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _holds(history: History) -> Iterator[Moment]:
    for moment in history.of("hold.set"):
        yield Moment(moment.event.t, t("{names} held", names=moment.event.subject), 1)
    for moment in history.of("hold.released"):
        yield Moment(moment.event.t, t("{names} released", names=moment.event.subject), 1)


def _clocks(history: History) -> Iterator[Moment]:
    for moment in history.of("clock.stepped"):
        event, by_s = moment.event, moment.event.details.get("by_s")
        step = t("{n} s", n=f"{by_s:+g}") if isinstance(by_s, int | float) else ""
        text = t("Clock of {names} set {step}", names=event.subject, step=step)
        yield Moment(event.t, " ".join(text.split()), 1)


def _failovers(history: History) -> Iterator[Moment]:
    for moment in history.of("cluster.failed_over"):
        event = moment.event
        holder = event.details.get("holder")
        text = t("{cluster} fails over", cluster=event.subject)
        if holder:
            text = t("{cluster} fails over to {node}", cluster=event.subject, node=holder)
        yield Moment(event.t, text, 1)


def _buttons(history: History) -> Iterator[Moment]:
    """The operator's hand on a UPS: `Button: ups1 ups2 on`."""
    for name, template in (
        ("ups.output_on", t("Button: {names} on")),
        ("ups.output_off", t("Button: {names} off")),
    ):
        pressed = [m.event for m in history.of(name) if m.event.details.get("cause") == "button"]
        for round_ in _rounds(pressed):
            names = list(dict.fromkeys(event.subject for event in round_))
            some = " ".join(names) if len(names) <= 3 else t("{n} devices", n=len(names))
            yield Moment(round_[0].t, template.format(names=some), 1)


def _rounds(events: Sequence[Event]) -> Iterator[list[Event]]:
    found: list[Event] = []
    for event in events:
        if found and event.t - found[-1].t > TOGETHER_S:
            yield found
            found = []
        found.append(event)
    if found:
        yield found
