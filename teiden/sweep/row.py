"""What is kept of one run: what it drew, whether it held, what broke, and how close it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sequencer.events import Event
from teiden.judge.charge import Charges
from teiden.judge.verdict import ExpectationResult, InvariantResult, Status, Verdict, judge
from teiden.language.say import speaking
from teiden.play import play
from teiden.story import Story
from teiden.sweep.work import Played, Points, Row, Value


def rehearsed(story: Story) -> tuple[list[Event], Verdict]:
    """Play and judge, in English, without anything that only a reader of one run needs."""
    with speaking("en"):
        room = play(story, seed=story.seed)
        events = room.stream.events
        return events, judge(events, story.site, story.expectations, story.breaks)


def played(run: int, story: Story, parameters: Mapping[str, str], *, charges: bool) -> Played:
    events, verdict = rehearsed(story)
    row = row_of(run, story.seed, verdict, parameters)
    return Played(row, points(events, verdict.zero_s) if charges else None)


def row_of(run: int, seed: int, verdict: Verdict, given: Mapping[str, Value]) -> Row:
    return {
        "run": run,
        "seed": seed,
        "holds": verdict.holds,
        "broken": " ".join(invariant_ids(verdict)),
        "unmet": " ".join(unmet(verdict)),
        **given,
        **verdict.margins.properties(),
        "judged": " ".join(judged(verdict)),
    }


def invariant_ids(verdict: Verdict) -> Iterator[str]:
    """`S18`; one that the story says must break, and did not: `not-S18`."""
    for result in verdict.invariants:
        if not result.ok:
            yield f"not-{result.id}" if result.declared else result.id


def unmet(verdict: Verdict) -> Iterator[str]:
    """Where the expectations stand that were not met: `18:7`, line and column of the scenario file."""
    places = (place_of(result) for result in verdict.expectations if not result.ok)
    return iter(dict.fromkeys(places))


def place_of(result: ExpectationResult) -> str:
    return f"{result.place.line}:{result.place.col}"


def judged(verdict: Verdict) -> Iterator[str]:
    """Invariants that had something to judge: of the others a run proves nothing."""
    return (result.id for result in verdict.invariants if _was_judged(result))


def _was_judged(result: InvariantResult) -> bool:
    return bool(result.put_to_test) or result.status is Status.BROKEN


def points(events: list[Event], zero_s: float) -> Points:
    """Every battery's charge at its changes of slope, from the loss of mains on; 0 is that loss itself."""
    lines = Charges(event for event in events if event.name == "ups.charge")
    found: dict[str, list[tuple[float, float]]] = {}
    for ups, line in lines.of.items():
        at_loss = lines.charge_pct(ups, zero_s)
        first = [] if at_loss is None else [(0.0, round(at_loss, 1))]
        later = zip(line.at_s, line.charge_pct, strict=True)
        found[ups] = first + [(round(t - zero_s, 3), round(pct, 1)) for t, pct in later if t > zero_s]
    return found
