"""Runs of a sweep, played again to be told: a journal keeps numbers, not words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from teiden.judge.invariants.catalogue import SENTENCES
from teiden.judge.verdict import judge
from teiden.language.say import said, t
from teiden.play import play
from teiden.sweep.interval import Share
from teiden.sweep.subject import Subject
from teiden.sweep.summary import Summary
from teiden.sweep.worst import CHARGE, MARGIN, Worst


class Broken(NamedTuple):
    """An invariant or an expectation that broke in some runs."""

    name: str
    """`S18`, `not-S18`; of an expectation `18:7`, its line and column."""
    text: str
    share: Share
    first_run: int | None = None
    """Of an expectation."""


class Labelled(NamedTuple):
    key: str
    label: str
    worst: Worst


class Examples:
    """In the language that is spoken when they are asked."""

    def __init__(self, subject: Subject, summary: Summary) -> None:
        self._subject = subject
        self._summary = summary

    def invariants(self) -> list[Broken]:
        """Those that broke, the most often broken first."""
        return _most_first(self._invariants())

    def expectations(self) -> list[Broken]:
        """Those that were not met, in the same order."""
        return _most_first(self._expectations())

    def _invariants(self) -> Iterator[Broken]:
        for name in self._summary.invariants:
            sentence = SENTENCES.get(name.removeprefix("not-"), "")
            text = said(sentence) if sentence else ""
            if name.startswith("not-"):
                text = t("the story declares that this breaks, and it held")
            yield Broken(name, text, self._summary.of_invariant(name))

    def _expectations(self) -> Iterator[Broken]:
        texts: dict[str, str] = {}
        for place, k in self._summary.unmet.items():
            first = self._summary.first_unmet[place]
            if place not in texts:
                texts |= self._texts_of(first)
            yield Broken(place, texts.get(place, ""), Share(k, self._summary.runs), first)

    def _texts_of(self, run: int) -> dict[str, str]:
        expectations = self._subject.story(run).expectations
        return {f"{e.place.line}:{e.place.col}": e.text for e in reversed(expectations)}

    def margins(self) -> list[Labelled]:
        """The worst of each, with what it is called."""
        worsts = {key: w for key, w in self._summary.worst.found.items() if not key.startswith(CHARGE)}
        return [Labelled(key, self._labels.get(key, key), worst) for key, worst in worsts.items()]

    @cached_property
    def _labels(self) -> dict[str, str]:
        """Play as many of the worst runs as it takes to have seen every margin."""
        labels = {"up_again_s": t("mains back -> everything up")}
        for key, worst in self._summary.worst.of(MARGIN).items():
            if key not in labels:
                labels |= self._labels_of(worst.run)
        return labels

    def _labels_of(self, run: int) -> dict[str, str]:
        story = self._subject.story(run)
        events = play(story, seed=story.seed).stream.events
        margins = judge(events, story.site).margins.margins
        return {f"{MARGIN}{margin.key}": margin.label for margin in margins}


def _most_first(found: Iterable[Broken]) -> list[Broken]:
    return sorted(found, key=lambda broken: -broken.share.k)


def never_judged(summary: Summary) -> list[str]:
    """Invariants that no run put to the test: of these a sweep proves nothing."""
    return [name for name in SENTENCES if not summary.judged[name]]


def parameters_of(given: Iterable[tuple[str, object]], most: int) -> str:
    """`length=1834s health.ups1=71% and 5 more`."""
    pairs = [f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}" for key, value in given]
    if len(pairs) > most + 1:
        return t("{names} and {n} more", names=" ".join(pairs[:most]), n=len(pairs) - most)
    return " ".join(pairs)
