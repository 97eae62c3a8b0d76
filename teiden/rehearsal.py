"""One story, played in the pretend room and judged: what the command line and the tests report on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter

from sequencer.events import Event, Stream
from teiden.judge.verdict import Verdict, judge
from teiden.language.say import language, speaking
from teiden.narrate import Past, Row, narrate
from teiden.opening import versions
from teiden.play import play
from teiden.story import Story


@dataclass(frozen=True)
class Rehearsal:
    story: Story
    seed: int
    events: tuple[Event, ...]
    """The stream, as the room and its nodes told it."""
    verdict: Verdict
    """In English, whatever is spoken: it goes into the stream and into what scripts read."""
    spoken: Verdict
    """The same in the language of this run."""
    took_s: float
    """Wall seconds that playing took, without judging."""
    played_with: tuple[str, ...] = ()
    """Options of `teiden run` that another room needs."""
    notes: tuple[str, ...] = ()
    """What went wrong with the playing itself and is no part of the story."""

    @cached_property
    def told(self) -> tuple[Event, ...]:
        """The stream with what the judge says: `rule.broken` in its place, the verdict at the end."""
        with speaking("en"):
            return self._with(self.verdict)

    def _with(self, verdict: Verdict) -> tuple[Event, ...]:
        ending = {"holds": verdict.holds, "verdict": verdict.summary()}
        run = [replace(e, details={**e.details, **ending}) if _ends(e) else e for e in self.events]
        broken = [_with_declared(e, self.story.breaks) for e in verdict.rule_events()]
        return tuple(sorted((*run, *broken), key=lambda event: (event.t, _ends(event))))

    @cached_property
    def past(self) -> Past:
        return Past(self.told if self.spoken is self.verdict else self._with(self.spoken))

    @cached_property
    def rows(self) -> list[Row]:
        return narrate(self.past.told, self.past)


def _with_declared(event: Event, declared: tuple[str, ...]) -> Event:
    """A story may say that it breaks a rule; then it is told, and is no alarm."""
    if event.details.get("rule") not in declared:
        return event
    return replace(event, details={**event.details, "declared": True})


def _ends(event: Event) -> bool:
    return event.name == "run.ended"


def rehearse(story: Story, *, seed: int | None = None, stream: Stream | None = None) -> Rehearsal:
    """`seed`: None is the story's own. `stream`: your own, with somebody listening to it."""
    seed = story.seed if seed is None else seed
    stream = stream if stream is not None else Stream()
    versions()  # read once per process, and no part of playing
    began = perf_counter()
    play(story, seed=seed, stream=stream)
    took_s = perf_counter() - began
    with speaking("en"):
        verdict = spoken = judge(stream.events, story.site, story.expectations, story.breaks)
    if language() != "en":
        spoken = judge(stream.events, story.site, story.expectations, story.breaks)
    return Rehearsal(story, seed, tuple(stream.events), verdict, spoken, took_s)
