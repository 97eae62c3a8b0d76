"""The turn-round rule: when the way down may be reversed from where it stands (DESIGN §2).

A declared outage stays declared and armed cuts complete; but with the mains stable, nothing armed
and nothing stopping, there is nothing left to insist on. Nobody is left stranded.
"""

from __future__ import annotations

import simpy

from sequencer import conditions as when
from sequencer.beside import beside, off_beside
from sequencer.ports import ClusterState, Flush, Os, Steps
from sequencer.proof import cluster_is, falls_at_s, fed_alone, gives_power, is_up, seen_off, still_to_fall
from sequencer.run import OUTAGE, Run
from sequencer.scope import array_fails, scope, server_fails
from sequencer.site import Ups
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.wants import control_goes_first, goes_up
from sequencer.watch import RETURNS, feed_is_out, is_back, is_lost, others_on_its_feed, stable_at_s


def turned(run: Run) -> Steps[None]:
    """Wait until the way down may be reversed."""
    stopping_s: dict[str, float] = {}
    while (blocker := in_the_way(run, stopping_s)) is not None:
        words, events, by_s = blocker
        run.tell_once("step.waiting", run.site.name, f"turn {run.facts.epoch} {words}", step=words)
        yield from run.wait(*events, by_s=by_s)


Blocker = tuple[str, tuple[simpy.Event, ...], float | None]
"""What speaks against turning round now: in words, what to wait for, and until when at most."""


def in_the_way(run: Run, stopping_s: dict[str, float]) -> Blocker | None:
    """`stopping_s`: who is on his way down, and since when that has been seen here."""
    return not_stable(run) or still_armed(run) or still_stopping(run, stopping_s) or still_on(run)


def not_stable(run: Run) -> Blocker | None:
    site, ports = run.site, run.ports
    away = [name for name in sorted(run.facts.confirmed) if not is_back(run, site.upses[name])]
    if away and not may_be_left(run, away):
        port = ports.upses[away[0]]
        told = run.news() if is_lost(port.seen()) else port.until(when.MAINS_BACK)
        return f"mains of {away[0]} are away", (told, run.news(RETURNS)), None
    if control_goes_first(run):
        return "the control side is to stop anyway", (run.news(),), None
    if not run.facts.confirmed and not run.facts.stop:
        return "no outage is confirmed", (run.news(),), None
    for name in sorted(run.facts.confirmed.difference(away)):
        at_s = as_told_stable_at_s(run, site.upses[name])
        if at_s is None or run.now < at_s:
            words = f"mains of {name} are back, not yet stable"
            by_s = at_s or run.now + site.polling.on_line_s
            return words, (ports.upses[name].until(when.MAINS_AWAY),), by_s
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


def still_on(run: Run) -> Blocker | None:
    """Whoever is left behind must be off: nobody watches over its battery any more (S18)."""
    away = [name for name in sorted(run.facts.confirmed) if not is_back(run, run.site.upses[name])]
    for name in sorted(goes_off_with(run, away)):
        ups = run.site.upses[name]
        if not seen_off(run, ups, []):
            told = run.ports.upses[name].until(when.OUTPUT_OFF, eager=True)
            return f"{name} is to go off first", (told, run.news(RETURNS)), None
    return None


def goes_off_with(run: Run, away: list[str]) -> set[str]:
    """UPSes that go off because these have no mains."""
    if not away:
        return set()
    site, left = run.site, scope(run.site, {*away, *off_beside(run, set(away), beside(run.site))})
    arrays = {ups for name in left.arrays for ups in site.arrays[name].upses}
    return {*left.server_upses, *arrays, *(ups for name in left.nodes for ups in site.servers[name].upses)}


def may_be_left(run: Run, away: list[str]) -> bool:
    """Somebody is to come up who has mains, though these UPSes have none; and the cluster is there (L3).

    Whoever lives on them is brought back later; another outage meanwhile is declared like any other.
    A cluster that was stopped with its disks is there again without a node that alone has no mains.
    """
    site, out = run.site, set(away)
    runs = cluster_is(run, ClusterState.RUNNING)
    unfed = out | off_beside(run, out, beside(site)) if runs else out  # it lives on what is on now
    if any(array_fails(a, unfed) for a in site.control_arrays):
        return False
    if all(server_fails(node, unfed) for node in site.control_nodes):
        return False
    if not runs:
        waits = cluster_is(run, ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK)
        disks = all(is_back(run, ups) for ups in site.control_array_upses)
        return waits and disks and out <= site.names_of_node_upses
    failed = {a.name for a in site.linked_arrays if array_fails(a, out)}
    return any(
        not server_fails(s, out)
        and failed.isdisjoint(s.arrays)
        and goes_up(run, s)
        and not is_up(run, s.name)
        for s in site.linked_servers
    )


def leave_behind(run: Run, *, unseen: bool = False) -> None:
    """From here on these are waited for by those who live on them, and are no news (L3).

    `unseen`: another life has turned round. Then only those that are off for want of mains, as they, their
    whole feed or our journal tell: one on its battery may have come back meanwhile and gone again, and is
    declared anew.
    """
    for name in run.facts.confirmed:
        ups, seen = run.site.upses[name], run.ports.upses[name].seen()
        if seen.fresh and seen.status is not None:
            out = not seen.status.mains and not (unseen and seen.status.output_on)
        else:
            out = (feed_is_out(run, ups) or went_off(run, ups)) if unseen else not is_back(run, ups)
        run.mains[name].left = out
        if out and unseen:
            run.spawn(is_on_after_all(run, ups))


def went_off(run: Run, ups: Ups) -> bool:
    """We told it to go off until its mains return; it is silent, and so are those who live on it alone."""
    armed = run.facts.armed.get(ups.name)
    return armed is not None and armed.returns and not gives_power(run, ups)


def is_on_after_all(run: Run, ups: Ups) -> Steps[None]:
    """It gives power, as its card says or who lives on it: should its mains be away, that is news again."""
    card = run.ports.upses[ups.name]
    servers, arrays = fed_alone(run, ups)
    while not card.seen().fresh and not gives_power(run, ups):
        fed = [port.until(when.SERVER_ANSWERS) for port in servers]
        disks = [port.until(when.ARRAY_ANSWERS) for port in arrays]
        yield from run.wait(card.until(when.ANSWERS), *fed, *disks)
    seen = card.seen()
    if not seen.fresh or (seen.status is not None and seen.status.output_on):
        run.mains[ups.name].left = False
        run.announce(OUTAGE, RETURNS)


def still_stopping(run: Run, stopping_s: dict[str, float]) -> Blocker | None:
    site, ports = run.site, run.ports
    for server in site.servers.values():
        if server.name in run.given_up:
            continue  # past its limit nobody waits for it any more (H1)
        seen = ports.servers[server.name].seen()
        if not (seen.fresh and seen.status is not None and seen.status.os is Os.SHUTTING_DOWN):
            stopping_s.pop(server.name, None)
            continue
        # One that nobody of us has told, and that hangs, is given up by nobody else.
        by_s = stopping_s.setdefault(server.name, run.now) + server.stop_limit_s
        if run.now < by_s:
            answer_os = ports.servers[server.name].until(when.HALTED, eager=True)
            return f"{server.name} is shutting down", (answer_os, run.news()), by_s
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
