"""A planted bug: one rule, a small patch of the real sequencer that breaks it, and the story that shows it.

The story is played in the pretend room with the patch and without it; the judge, which the patch never
touches, must find the one and have nothing to say of the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from sequencer.site import Site
from sim.model import Model
from sim.room import START
from sim.story import Happening
from teiden.judge.verdict import judge
from teiden.play import play
from teiden.story import Story
from tests.told_well import told_well
from tests.worlds import CALM_S, HOUR_S, reference_model, reference_site

Patch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Plant:
    """One bug. `rule` is the invariant that must find it; the bug may break others along with it."""

    rule: str
    name: str
    """In kebab-case: `off-before-the-shutdown`."""
    says: str
    """What the mutant does wrong, as an operator would say it; where two defences stand before the rule,
    that both are down."""
    patch: Patch
    story: Callable[[], Story]
    told: Callable[[Story], Story] = lambda story: story
    """How the story is told with the bug, where it lies in the site and not in the sequencer."""

    def __str__(self) -> str:
        return f"{self.rule}-{self.name}"


@dataclass(frozen=True)
class Found:
    """What the judge says of the story, with the bug and without it: ids of broken invariants, in order."""

    plant: Plant
    with_it: tuple[str, ...]
    without_it: tuple[str, ...]

    @property
    def is_found(self) -> bool:
        return self.plant.rule in self.with_it and not self.without_it


def found(plant: Plant) -> Found:
    """Play it both ways and judge both."""
    story = plant.story()
    mutant = plant.told(story)
    with plant.patch():
        events = play(mutant).stream.events
    return Found(plant, broken(mutant, events), sound(story))


def broken(story: Story, events: Sequence[Any]) -> tuple[str, ...]:
    verdict = told_well(judge(events, story.site), story.site)
    return tuple(result.id for result in verdict.invariants if result.breaches)


_sound: dict[str, tuple[str, ...]] = {}


def sound(story: Story) -> tuple[str, ...]:
    """What the sequencer as it is breaks in this story. One that several bugs share is played once."""
    if story.site_hash not in _sound:
        _sound[story.site_hash] = broken(story, play(story).stream.events)
    return _sound[story.site_hash]


# Stories


def story(
    sentence: str,
    *happenings: Happening | Iterable[Happening],
    until_s: float = 3 * HOUR_S,
    site: Site | None = None,
    model: Model | None = None,
    start: datetime = START,
) -> Story:
    """All times count from the zero, `CALM_S` after the start of the run."""
    flat: list[Happening] = []
    for h in happenings:
        flat.extend([h] if isinstance(h, Happening) else h)
    shifted = tuple(replace(h, at_s=CALM_S + h.at_s) for h in flat)
    site, model = site or reference_site(), model or reference_model()
    told = repr((site, model, start, until_s, shifted))
    return Story(
        name=sentence.lower().replace(" ", "-"),
        sentence=sentence,
        site=site,
        model=model,
        site_file="",
        site_hash=hashlib.sha256(told.encode()).hexdigest(),
        start=start,
        until_s=CALM_S + until_s,
        happenings=shifted,
        expectations=(),
    )


def at_night(sentence: str, *happenings: Any, zero: datetime, **more: Any) -> Story:
    """The same, with a zero that a wall clock shows."""
    return story(sentence, *happenings, start=zero - timedelta(seconds=CALM_S), **more)


# Patches


def instead(module: Any, name: str, mutant: Any) -> Patch:
    """`module.name` is the mutant. A function that others have imported is patched where they call it."""
    return lambda: patch.object(module, name, mutant)


def all_of(*patches: Patch) -> Patch:
    @contextmanager
    def patched() -> Iterator[None]:
        with ExitStack() as stack:
            for one in patches:
                stack.enter_context(one())
            yield

    return patched


def allows(*args: Any, **details: Any) -> None:
    """A guard that says yes, always."""


def no_steps(*args: Any, **details: Any) -> Iterator[Any]:
    """A page of the runbook that is left out."""
    yield from ()


def endless(run: Any, *more: Any) -> Iterator[Any]:
    """A page of the runbook that never comes to its end."""
    yield run.env.event()


def twice(real: Any) -> Any:
    """A page of the runbook, and at once again."""

    def mutant(*args: Any, **more: Any) -> Iterator[Any]:
        yield from real(*args, **more)
        return (yield from real(*args, **more))

    return mutant
