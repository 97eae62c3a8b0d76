"""What became of a site in one run, read from its events: how far it went down, and who came back when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from sequencer.events import NAMES, Event, Source
from sequencer.site import Site
from teiden.judge.verdict import Status, Verdict
from teiden.language.say import later


class Outcome(Enum):
    """From the mildest to the worst."""

    NOTHING = later("nothing stopped")
    BEFORE_OFF = later("turned round before an output fell")
    BEFORE_CUT = later("turned round before an array was cut")
    BEFORE_STOP = later("turned round before the cluster stopped")
    AGAIN = later("stopped and started again")
    STILL_DOWN = later("still down at the end")
    """And nobody was to bring them up: pool servers, or a site that is started by hand."""
    UNSAFE = later("cut unsafely")
    STRANDED = later("stranded")


class Stage(IntEnum):
    """How far down it went."""

    NOTHING = 0
    SERVERS = 1
    """Systems shut down."""
    OFF = 2
    """A UPS of servers was off."""
    CUT = 3
    """A UPS of an array was off."""
    CLUSTER = 4
    """The cluster stopped, and not only to be started again with its disks."""


BEFORE = {Stage.SERVERS: Outcome.BEFORE_OFF, Stage.OFF: Outcome.BEFORE_CUT, Stage.CUT: Outcome.BEFORE_STOP}
"""What comes next, where the mains return in time."""
UNSAFE_CUT = ("S1", "S2", "S4", "S24", "S25")
"""Invariants about what a fall of output takes the power from."""
DAMAGE = ("server.crashed", "array.lost_data")
A_FAULT = "fault"
"""A crash with this cause is of the story's making; its power stayed."""
ASPECTS = ("os", "service", "cluster", "output")
RESTART_S = 1.0
"""A cluster that stops so soon after its restart was asked for is on its way up."""


@dataclass(frozen=True, slots=True)
class Fate:
    outcome: Outcome
    up_again_s: float | None
    """From the mains' return to the last device that is up again; 0: none went down; None: not all are up."""
    stranded: tuple[str, ...]
    """Who was left down, though nothing stood in its way."""
    unsafe: tuple[str, ...]
    """Who lost its power while it ran, or before it was flushed."""


def fate(events: Sequence[Event], site: Site, verdict: Verdict, back_s: float, whole: Stage) -> Fate:
    """`back_s`: when the mains returned, from the start of the run. `whole`: how far down it would go."""
    facts = [event for event in events if event.source is Source.FACT]
    down, up_s = _down_at_end(facts)
    stranded, unsafe = _stranded(verdict, down), _unsafe(facts, verdict)
    up_again_s = None if down else round(max(0.0, up_s - back_s), 3) if up_s is not None else 0.0
    stage = reached(events, site)
    if stranded:
        outcome = Outcome.STRANDED
    elif unsafe:
        outcome = Outcome.UNSAFE
    elif down:
        outcome = Outcome.STILL_DOWN
    elif stage is Stage.NOTHING:
        outcome = Outcome.NOTHING
    else:
        outcome = BEFORE[stage] if stage < whole else Outcome.AGAIN
    return Fate(outcome, up_again_s, stranded, unsafe)


def _down_at_end(facts: Sequence[Event]) -> tuple[tuple[str, ...], float | None]:
    """Who ran at the start and does not at the end; and when the last of all that went down was up again."""
    ran = _states(facts[0].details.get("initial", {}))
    now = dict(ran)
    down: set[tuple[str, str]] = set()
    up_s: float | None = None
    for event in facts:
        meaning = NAMES[event.name]
        key = event.subject, meaning.aspect or ""
        if key not in ran:
            continue
        now[key] = meaning.state
        if meaning.state != ran[key]:
            down.add(key)
        elif key in down:
            down.remove(key)
            up_s = event.t
    names = dict.fromkeys(name for name, aspect in ran if (name, aspect) in down)
    return tuple(names), up_s


WELL = {"os": "up", "service": "ready", "cluster": "running", "output": "on"}


def _states(initial: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Every side of a device that was well at the start, in the order of the devices."""
    return {
        (name, aspect): WELL[aspect]
        for name, states in initial.items()
        for aspect, state in states.items()
        if WELL.get(aspect) == state
    }


def _stranded(verdict: Verdict, down: tuple[str, ...]) -> tuple[str, ...]:
    broken = {result.id: result for result in verdict.invariants if result.status is Status.BROKEN}
    found = dict.fromkeys(b.subject for b in broken["L3"].breaches) if "L3" in broken else {}
    if "L1" in broken:
        found |= dict.fromkeys(down or [b.subject for b in broken["L1"].breaches])
    return tuple(found)


def _unsafe(facts: Sequence[Event], verdict: Verdict) -> tuple[str, ...]:
    """By what was seen of the device itself, and by the rules about falls of output."""
    hurt = (e for e in facts if e.name in DAMAGE and e.details.get("cause") != A_FAULT)
    found = dict.fromkeys(event.subject for event in hurt)
    for result in verdict.invariants:
        if result.id in UNSAFE_CUT and result.status is Status.BROKEN:
            found |= dict.fromkeys(breach.subject for breach in result.breaches)
    return tuple(found)


def reached(events: Sequence[Event], site: Site) -> Stage:
    """The last of the stages that was seen."""
    arrays = {ups for array in site.arrays.values() for ups in array.upses}
    facts = [event for event in events if event.source is Source.FACT]
    off = {event.subject for event in facts if event.name == "ups.output_off"}
    if _cluster_stopped(events):
        return Stage.CLUSTER
    if off:
        return Stage.CUT if off & arrays else Stage.OFF
    stopped = any(event.name in ("server.shutting_down", "server.halted") for event in facts)
    return Stage.SERVERS if stopped else Stage.NOTHING


def _cluster_stopped(events: Sequence[Event]) -> bool:
    """For an outage; not only to be started again with its disks."""
    restarts = [e.t for e in events if e.name == "command.sent" and e.details.get("command") == "restart"]
    stops = [e.t for e in events if e.name == "cluster.stopping" and e.source is Source.FACT]
    return any(not any(0 <= at_s - asked <= RESTART_S for asked in restarts) for at_s in stops)
