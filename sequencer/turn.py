"""The turn-round rule: when the way down may be reversed from where it stands (DESIGN §2).

A declared outage stays declared and armed cuts complete; but with the mains stable, nothing armed
and nothing stopping, there is nothing left to insist on. Nobody is left stranded.
"""

from __future__ import annotations

import simpy

from sequencer import conditions as when
from sequencer.ports import ClusterState, Flush, Os, Steps
from sequencer.proof import cluster_is, falls_at_s, still_to_fall
from sequencer.run import Run
from sequencer.site import Ups
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.wants import control_wanted_down
from sequencer.watch import is_back, is_lost, others_on_its_feed, stable_at_s


def turned(run: Run) -> Steps[None]:
    """Wait until the way down may be reversed."""
    while (blocker := in_the_way(run)) is not None:
        words, events, by_s = blocker
        run.tell_once("step.waiting", run.site.name, f"turn {run.facts.epoch} {words}", step=words)
        yield from run.wait(*events, by_s=by_s)


Blocker = tuple[str, tuple[simpy.Event, ...], float | None]
"""What speaks against turning round now: in words, what to wait for, and until when at most."""


def in_the_way(run: Run) -> Blocker | None:
    return not_stable(run) or still_armed(run) or still_stopping(run)


def not_stable(run: Run) -> Blocker | None:
    site, ports = run.site, run.ports
    for name in sorted(run.facts.confirmed):
        ups = site.upses[name]
        if not is_back(run, ups):
            port = ports.upses[name]
            told = run.news() if is_lost(port.seen()) else port.until(when.MAINS_BACK)
            return f"mains of {name} are away", (told,), None
    if control_wanted_down(run):
        return "the control side is to stop anyway", (run.news(),), None
    if not run.facts.confirmed and not run.facts.stop:
        return "no outage is confirmed", (run.news(),), None
    for name in sorted(run.facts.confirmed):
        at_s = as_told_stable_at_s(run, site.upses[name])
        if at_s is None or run.now < at_s:
            words = f"mains of {name} are back, not yet stable"
            by_s = at_s or run.now + site.polling.on_line_s
            return words, (ports.upses[name].until(when.ON_BATTERY),), by_s
    return None


def as_told_stable_at_s(run: Run, ups: Ups) -> float | None:
    """When its mains will have been good long enough; of a silent one, as the others of its feed tell."""
    if not is_lost(run.ports.upses[ups.name].seen()):
        return stable_at_s(run, ups)
    told = [stable_at_s(run, other) for other, _ in others_on_its_feed(run, ups)]
    return None if None in told else max((at_s for at_s in told if at_s is not None), default=None)


def still_armed(run: Run) -> Blocker | None:
    for ups in run.site.upses.values():
        if still_to_fall(run, ups):
            by_s = (falls_at_s(run, ups) or run.now) + EVIDENCE_EXTRA_S
            answer = run.ports.upses[ups.name].until(when.OUTPUT_OFF, eager=True)
            return f"{ups.name} is still to go off", (answer,), by_s if by_s > run.now else None
    return None


def still_stopping(run: Run) -> Blocker | None:
    site, ports = run.site, run.ports
    for server in site.servers.values():
        if server.name in run.given_up:
            continue  # past its limit nobody waits for it any more (H1)
        seen = ports.servers[server.name].seen()
        if seen.fresh and seen.status is not None and seen.status.os is Os.SHUTTING_DOWN:
            answer_os = ports.servers[server.name].until(when.HALTED, eager=True)
            return f"{server.name} is shutting down", (answer_os, run.news()), None
    for array in site.linked_arrays:
        if array.name in run.facts.flush_settled:
            continue  # past its limit nobody waits for a flush any more (A2)
        seen_array = ports.arrays[array.name].seen()
        if seen_array.fresh and seen_array.status and seen_array.status.flush is Flush.UNDER_WAY:
            answer_flush = ports.arrays[array.name].until(when.NOT_FLUSHING, eager=True)
            return f"{array.name} is flushing", (answer_flush, run.news()), None
    if cluster_is(run, ClusterState.STOPPING):
        return "the cluster is stopping", (ports.cluster.until(when.NOT_STOPPING),), None
    return None
