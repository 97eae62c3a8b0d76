"""Plays stories in both rooms, one after the other, and says whether the same happens in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from time import perf_counter

from sequencer import timing
from sequencer.events import Event
from sim.battery import KNEE
from teiden.emulator.comparison import Bound, Comparison, compare, quiet_after_s
from teiden.emulator.fitness import unfit
from teiden.emulator.rehearsal import DidNotStart, rehearse
from teiden.judge.charge import Charges
from teiden.judge.expectations import At, Before, Expectation, Within
from teiden.rehearsal import Rehearsal
from teiden.rehearsal import rehearse as in_virtual_time
from teiden.story import Story

LOOKING_S = 10.0
"""What looking may add to the linked stop: two polls and a time-out of each of its steps (DESIGN §3: 9 s)."""
ON_THE_WALL_S = 0.8
"""What programs, logins and the start of a service add, seconds of wall time, at the end of a long chain."""
AFTERWARDS_S = 60.0


def bound_s(rate: float) -> float:
    """How far the same event may lie apart in the two rooms, seconds of the story."""
    return LOOKING_S + ON_THE_WALL_S * rate


def bound_of(story: Story, pretend: Sequence[Event], rate: float) -> Bound:
    """Wider from the first wait for charge on: by how much longer a battery charges than it lasts."""
    waits = [e for e in pretend if e.name == "step.waiting" and e.details.get("rule") == "S17"]
    waits += just_enough(story, pretend, bound_s(rate))
    models = [story.model.upses[e.subject] for e in waits if e.subject in story.model.upses]
    slower = max((model.recharge_s / (KNEE * model.runtime_s) for model in models), default=1.0)
    began_s = min((e.t for e in waits), default=inf)
    return Bound(bound_s(rate), max(1.0, slower) * bound_s(rate), began_s)


def just_enough(story: Story, pretend: Sequence[Event], late_s: float) -> list[Event]:
    """Starts of a UPS that held enough, and would not have, had it been on battery for `late_s` longer."""
    charges = Charges(pretend)
    found = []
    for event in pretend:
        ups, model = story.site.upses.get(event.subject), story.model.upses.get(event.subject)
        if event.name != "command.sent" or event.details.get("command") != "on" or not ups or not model:
            continue
        has_pct = charges.charge_pct(ups.name, event.t)
        needs_pct = timing.return_charge_pct(story.site, ups)
        if has_pct is not None and has_pct - 100.0 * late_s / model.runtime_s < needs_pct:
            found.append(event)
    return found


def play_both(
    story: Story, *, rate: float, folder: Path | None, progress: Callable[[float, float], None]
) -> Comparison:
    """`progress`: how far it is over sockets, and how far it goes. A story unfit for sockets says why."""
    if why := unfit(story):
        return Comparison(story.name, Bound(bound_s(rate)), (), notes=(why,))
    pretend = in_virtual_time(story)
    bound = bound_of(story, pretend.events, rate)
    quiet_s = max([quiet_after_s(pretend.events), *(happening.at_s for happening in story.happenings)])
    until_s = min(story.until_s, quiet_s + bound.at(quiet_s) + AFTERWARDS_S)
    began = perf_counter()
    try:
        real = rehearse(
            lenient(story, bound.at(quiet_s)),
            rate=rate,
            until_s=until_s,
            folder=folder,
            progress=lambda t: progress(t, until_s),
        )
    except DidNotStart as error:
        return Comparison(story.name, bound, (), verdict=str(error))
    found = compare(story.name, pretend.events, real.events, bound=bound, until_s=until_s)
    notes = (f"{until_s:.0f} s in {perf_counter() - began:.0f} s", *real.notes)
    return replace(found, verdict=differing_verdict(pretend, real), notes=notes)


def lenient(story: Story, late_s: float) -> Story:
    """Where the two rooms may lie apart, so may the run over sockets and what the story expects of it."""

    def widened(expected: Expectation) -> Expectation:
        match expected:
            case At():
                return replace(expected, tolerance_s=expected.tolerance_s + late_s)
            case Before():
                return replace(expected, gap_s=expected.gap_s - late_s)
            case Within():
                return replace(expected, limit_s=expected.limit_s + late_s)
            case _:
                return expected

    return replace(story, expectations=tuple(map(widened, story.expectations)))


def differing_verdict(pretend: Rehearsal, real: Rehearsal) -> str:
    """What the judge said of the run over sockets, if it did not hold and the pretend one did."""
    return real.verdict.summary() if pretend.verdict.holds and not real.verdict.holds else ""


def lines(found: Comparison) -> Iterator[str]:
    """One story in a few lines."""
    furthest = found.furthest
    if furthest is None:
        word = "FAILED" if found.verdict else "passed over"
        yield f"{word:<12}{found.story}: {found.verdict or found.notes[0]}"
        return
    word = "SAME" if found.holds else "DIFFERS"
    far = f"furthest apart {furthest.by_s:+.1f} s: {furthest.key}"
    yield f"{word:<12}{found.story:<42} {len(found.same):>4} events; {far}; {'; '.join(found.notes)}"
    for what, keys in (("only in virtual time", found.missing), ("only over sockets", found.more)):
        for key in keys:
            yield f"    {what}: {key}"
    for first, second in found.swapped:
        yield f"    over sockets {second} came before {first}"
    for apart in found.late:
        yield f"    {apart.by_s:+.1f} s apart: {apart.key} at {apart.pretend_s:.1f} s"
    if found.verdict:
        yield f"    the judge of the run over sockets: {found.verdict}"


def report(found: Sequence[Comparison], rate: float) -> str:
    """All stories as Markdown, with the distribution of the differences."""
    played = [one for one in found if one.same]
    same = sum(one.holds for one in played)
    apart = sorted(abs(a.by_s) for one in played for a in one.same)
    head = [
        "# The same stories in virtual time and over sockets",
        "",
        f"{same} of {len(played)} stories: the same commands and facts in the same partial order.",
        f"Rate {rate:g} at most; events may lie {bound_s(rate):g} s apart, and change places within that;",
        "more after a wait for charge, by as much as a battery charges longer than it lasts.",
        "",
    ]
    if apart:
        quantiles = ", ".join(
            f"{q:.0%} within {apart[round(q * (len(apart) - 1))]:.1f} s" for q in (0.5, 0.9, 1.0)
        )
        head += [f"Of {len(apart)} events {quantiles}.", ""]
    return "\n".join([*head, "```", *(line for one in found for line in lines(one)), "```", ""])


def all_hold(found: Iterable[Comparison]) -> bool:
    return all(one.holds for one in found)
