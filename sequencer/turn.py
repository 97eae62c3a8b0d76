"""The turn-round rule: when the way down may be reversed from where it stands (DESIGN §2).

A declared outage stays declared and armed cuts complete; but with the mains stable, nothing armed
and nothing stopping, there is nothing left to insist on. Nobody is left stranded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import simpy

from sequencer import conditions as when
from sequencer import guards
from sequencer.beside import beside, off_beside
from sequencer.feeds import as_told_stable_at_s, is_back, mains_on_its_feed
from sequencer.held_ups import still_to_flush
from sequencer.journal import Goal
from sequencer.on_unheard import is_on_unheard
from sequencer.ports import ClusterState, Flush, Os, Steps
from sequencer.proof import cluster_is, falls_at_s, halted, is_up, seen_off, still_to_fall
from sequencer.run import Run
from sequencer.scope import array_fails, scope, server_fails
from sequencer.site import Server, Site, Ups
from sequencer.timing import EVIDENCE_EXTRA_S, graceful_off_s
from sequencer.wants import control_goes_first, control_wanted_down, goes_up, planned_scope, wants
from sequencer.watch import RETURNS, gives_output


def turned(run: Run) -> Steps[None]:
    """Wait until the way down may be reversed."""
    since_s: dict[str, float] = {}
    while (blocker := in_the_way(run, since_s)) is not None:
        words, events, by_s = blocker
        run.tell_once("step.waiting", run.site.name, f"turn {run.facts.epoch} {words}", step=words)
        yield from run.wait(*events, by_s=by_s)


Blocker = tuple[str, tuple[simpy.Event, ...], float | None]
"""What speaks against turning round now: in words, what to wait for, and until when at most."""


def in_the_way(run: Run, since_s: dict[str, float]) -> Blocker | None:
    if (blocker := not_stable(run) or still_armed(run)) is not None:
        since_s.clear()  # whoever is at it when that is over may have begun anew
        return blocker
    return still_stopping(run, since_s) or still_on(run)


def not_stable(run: Run) -> Blocker | None:
    site, ports = run.site, run.ports
    away = are_away(run)
    if away and not may_be_left(run, away):
        port = ports.upses[away[0]]
        told = run.news() if is_on_unheard(run, site.upses[away[0]]) else port.until(when.MAINS_BACK)
        halt = (*nodes_halt(run), *servers_halt(run, away))
        return (
            f"mains of {away[0]} are away",
            (told, run.news(RETURNS), *halt, *cluster_turns(run, away)),
            None,
        )
    if control_goes_first(run):
        return "the control side is to stop anyway", (run.news(),), None
    if not (run.facts.confirmed or run.facts.stop or may_be_left(run, away) or is_done(run)):
        return "no outage is confirmed", (run.news(),), None
    for name in sorted(run.facts.confirmed.difference(away)):
        at_s = as_told_stable_at_s(run, site.upses[name])
        if at_s is None or run.now < at_s:
            words = f"mains of {name} are back, not yet stable"
            by_s = at_s or run.now + site.polling.on_line_s
            return words, (ports.upses[name].until(when.MAINS_AWAY),), by_s
    return None


def are_away(run: Run) -> list[str]:
    return [name for name in sorted(run.facts.confirmed) if not is_back(run, run.site.upses[name])]


def is_still_on(run: Run, ups: Ups) -> bool:
    """It says so, and nobody holds what it feeds, nor is it about to fall."""
    status = run.ports.upses[ups.name].seen().status
    on = status is not None and status.output_on
    return on and not held_under(run, ups) and not still_to_fall(run, ups)


def is_done(run: Run) -> bool:
    """All that is wanted down, beside somebody who is waited for: nothing is left to be stopped (L1).

    Nor is anything where the word has been taken back that an incident was to be opened for.
    """
    stop = planned_scope(run)
    down = all(name in run.given_up or halted(run, run.site.servers[name]) for name in stop.servers)
    return not stop.nodes and down and run.settled.issuperset(stop.server_upses | stop.arrays)


def still_armed(run: Run) -> Blocker | None:
    for ups in run.site.upses.values():
        if still_to_fall(run, ups) and not falls_late(run, ups):
            by_s = (falls_at_s(run, ups) or run.now) + EVIDENCE_EXTRA_S
            answer = run.ports.upses[ups.name].until(when.OUTPUT_OFF, eager=True)
            return f"{ups.name} is still to go off", (answer,), by_s if by_s > run.now else None
    return None


def falls_late(run: Run, ups: Ups) -> bool:
    """Its card has made far more of the delay than was planned (U8): who lives on it waits alone (S16)."""
    at_s = falls_at_s(run, ups) or run.now
    return ups.name in run.site.names_of_server_upses and at_s > run.now + graceful_off_s(ups)


def still_on(run: Run) -> Blocker | None:
    """Whoever is left behind must be off: nobody watches over its battery any more (S18).

    One that somebody holds is not told to, and holds up nobody else once those on it are down that can be
    stopped, and its disk is flushed (L2); nor does one that has been told, and
    whose card makes far more of the delay, nor one without mains that was given up, loudly, and whose card
    is silent: nobody could watch over it (L3). But who has been booted on it, and answers, is stopped first:
    afterwards nobody would, and its battery's end takes him (L2, H6).
    """
    away = are_away(run)
    servers = scope(run.site, set(away)).servers
    for name in sorted(goes_off_with(run, away)):
        ups = run.site.upses[name]
        held, unwatched = held_under(run, ups), goes_unwatched(run, ups)
        if (held or unwatched) and (runs := sorted(still_to_stop(run, ups) & servers)):
            halts = run.ports.servers[runs[0]].until(when.HALTED, eager=True)
            return f"{runs[0]} is to stop first", (halts, run.news()), None
        if held:
            if unflushed := still_to_flush(run, ups, away):
                return f"{unflushed} is to be flushed first", (run.news(),), None
        elif not (unwatched or seen_off(run, ups, [])):
            told = run.ports.upses[name].until(when.OUTPUT_OFF, eager=True)
            return f"{name} is to go off first", (told, run.news()), None
    return None


def still_to_stop(run: Run, ups: Ups) -> set[str]:
    """Who runs on it yet. Past its limit one that answers is asked again when its battery ends (O2, L2), as
    long as its card tells of that."""
    told = run.ports.upses[ups.name].seen().fresh
    late = run.given_up.intersection(run.site.servers)
    lost = {name for name in late if not (told and run.ports.servers[name].seen().fresh)}
    return live_on(run, ups) - lost


def goes_unwatched(run: Run, ups: Ups) -> bool:
    """It counts down for far longer than it was told, or is without mains, given up, and nobody hears it."""
    out = ups.name in run.facts.confirmed and not is_back(run, ups)
    silent = out and not run.ports.upses[ups.name].seen().fresh
    lost = silent and (ups.name in run.given_up or took_nothing(run, ups))
    return lost or (still_to_fall(run, ups) and falls_late(run, ups))


def took_nothing(run: Run, ups: Ups) -> bool:
    """It is a node's, was told, and its time is over: it took that, unheard, or nobody can tell it any more.

    Who is halted on it may answer, so it has power yet. No page of the runbook gives such a one up: a node
    waits for nobody to see its UPS off. Or we have booted on it since, and all others on its feed have mains:
    we would not go, for halted we would not come back.
    """
    told = ups in run.site.node_upses and falls_at_s(run, ups) is not None and not still_to_fall(run, ups)
    runs, mains = still_to_stop(run, ups), list(mains_on_its_feed(run, ups))
    may_run = {run.me} if mains and all(mains) else set[str]()
    return told and runs <= may_run


def held_under(run: Run, ups: Ups) -> frozenset[str]:
    """What somebody holds of it and what it feeds: nobody tells it to go off; he watches over it (S27)."""
    servers, arrays = run.site.servers_on(ups.name), run.site.arrays_on(ups.name)
    return run.facts.held & {ups.name, *(s.name for s in servers), *(a.name for a in arrays)}


def goes_off_with(run: Run, away: list[str]) -> set[str]:
    """UPSes that go off because these have no mains."""
    if not away:
        return set()
    site, left = run.site, scope(run.site, {*away, *off_beside(run, set(away), beside(run.site))})
    arrays = {ups for name in left.arrays for ups in site.arrays[name].upses}
    nodes = {ups for name in left.nodes for ups in site.servers[name].upses}
    control = {ups.name for ups in site.control_upses} if left.control else set()
    return {*left.server_upses, *arrays, *nodes, *control}


def may_be_left(run: Run, away: list[str]) -> bool:
    """Somebody is to come up who has mains, though these UPSes have none; and the cluster is there (L3).

    Whoever lives on them is brought back later; another outage meanwhile is declared like any other.
    A cluster that was stopped with its disks is there again without a node, or the linked side, that has no
    mains: nobody of the control side waits for those. Nor where that has kept all it needs, on other mains.
    """
    site, out = run.site, set(away)
    runs = cluster_is(run, ClusterState.RUNNING)
    unfed = out | off_beside(run, out, beside(site)) if runs else out  # it lives on what is on now
    if not control_side_lives(site, unfed):
        return False
    if not runs:
        waits = cluster_is(run, ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK)
        back = all(is_back(run, ups) for ups in site.control_array_upses)
        return waits and (back or not scope(site, without_mains(run)).control)
    if any(stays_halted(run, node) for node in site.control_nodes):
        return True
    failed = {a.name for a in site.linked_arrays if array_fails(a, unfed)}
    return any(
        not server_fails(s, out)
        and failed.isdisjoint(s.arrays)
        and goes_up(run, s)
        and not (is_up(run, s.name) and has_its_disks(run, s))
        for s in site.linked_servers
    )


def control_side_lives(site: Site, unfed: set[str]) -> bool:
    """With its disks, and a node."""
    disks = not any(array_fails(array, unfed) for array in site.control_arrays)
    return disks and not all(server_fails(node, unfed) for node in site.control_nodes)


def without_mains(run: Run) -> set[str]:
    """UPSes of the control side that are not on, with their mains."""
    upses = run.site.control_upses
    return {u.name for u in upses if not (gives_output(run.ports.upses[u.name]) and is_back(run, u))}


def is_spared(run: Run) -> bool:
    """The control side lives on what counted as off, as far as anybody knew, and is heard to be on, with its
    mains: what is out does not concern it after all (X-04, S31)."""
    lives = run.off_beside - run.facts.confirmed - without_mains(run)
    if not lives or run.facts.stop or control_wanted_down(run):
        return False
    return not scope(run.site, run.facts.confirmed | run.off_beside - lives).control


def has_its_disks(run: Run, server: Server) -> bool:
    """None of them is seen off: booted by a hand in mid-outage, it runs, and waits for what was cut (H6)."""
    off = {ups.name for ups in run.site.linked_array_upses if seen_off(run, ups, [])}
    return not any(array_fails(run.site.arrays[name], off) for name in server.arrays)


def cluster_turns(run: Run, away: list[str]) -> list[simpy.Event]:
    """Until it runs, where it can without these: its nodes may have restarted, and it was only about to start
    when the mains of others came back. Or until our own stop of it is over, that was called for before they
    did, or before it was taken back. Its manager's is no such news: its nodes go in that moment, too (S6)."""
    if cluster_is(run, ClusterState.RUNNING) or not control_side_lives(run.site, set(away)):
        return []
    cluster, stops = run.ports.cluster, cluster_is(run, ClusterState.STOPPING)
    ends = [cluster.until(when.STOPPED)] if stops and run.cluster.took_our_stop else []
    return [cluster.until(when.RUNNING), *ends]


def nodes_halt(run: Run) -> list[simpy.Event]:
    """Until one of the others is seen halted that is not now."""
    ports = [run.ports.servers[node.name] for node in run.site.control_nodes if node.name != run.me]
    return [port.until(when.HALTED) for port in ports if not guards.is_seen(port.seen(), Os.HALTED)]


def servers_halt(run: Run, away: list[str]) -> list[simpy.Event]:
    """Until one is down that has mains, and is to come up again: booted in mid-outage it went once more.

    While all of them run, none has gone down yet.
    """
    up = [s for s in run.site.linked_servers if is_up(run, s.name)]
    if len(up) == len(run.site.linked_servers):
        return []
    fed = [s for s in up if not server_fails(s, set(away)) and goes_up(run, s)]
    return [run.ports.servers[s.name].until(when.HALTED) for s in fed]


def stays_halted(run: Run, node: Server) -> bool:
    """A node that died with its power and its mains there, and is in nobody's hands: only a wake boots it.

    Or one whose UPS is off though it has its mains, and was not told to return with them: only the way up
    switches that on.
    """
    if run.in_other_hands(node.name) is not None or wants(run, node.name, Goal.DOWN):
        return False
    upses = [run.site.upses[name] for name in node.upses]
    off = {ups.name for ups in upses if seen_off(run, ups, [])}
    if not all(is_back(run, ups) for ups in upses):
        return False
    if not off:
        return guards.is_seen(run.ports.servers[node.name].seen(), Os.HALTED)
    return server_fails(node, off) and not any(returns(run, name) for name in off)


def returns(run: Run, ups: str) -> bool:
    """It was told to go off until its mains return, and comes on by itself."""
    armed = run.facts.armed.get(ups)
    return armed is not None and armed.returns


def live_on(run: Run, ups: Ups) -> set[str]:
    """Who runs with the power of this one alone, and is in nobody's hands."""
    return who_run(run, [s.name for s in run.site.servers_on(ups.name) if server_fails(s, {ups.name})])


def who_run(run: Run, servers: Iterable[str]) -> set[str]:
    """Of these, who is up and in nobody's hands."""
    return {name for name in servers if is_up(run, name) and run.in_other_hands(name) is None}


def still_stopping(run: Run, since_s: dict[str, float]) -> Blocker | None:
    """Whoever is on its way down is waited for, as long as that may take and no longer (H1, L3).

    Perhaps somebody else told it, or another life, and no page of the runbook gives it up (A2, C11).
    `since_s`: when each was first found at it.
    """
    found = list(on_the_way_down(run))
    for name in set(since_s).difference(name for name, *_ in found):
        del since_s[name]
    blockers = [
        (words, wait, since_s.setdefault(name, run.now) + limit_s) for name, words, limit_s, wait in found
    ]
    for words, wait, by_s in blockers:
        if run.now < by_s:
            return words, (wait(), run.news()), by_s
    return None


def on_the_way_down(run: Run) -> Iterator[tuple[str, str, float, Callable[[], simpy.Event]]]:
    """Who, in words, how long it may take, and what to wait for."""
    site, ports = run.site, run.ports
    for server in site.servers.values():
        if server.name in run.given_up:
            continue  # past its limit nobody waits for it any more (H1)
        seen = ports.servers[server.name].seen()
        if seen.fresh and seen.status is not None and seen.status.os is Os.SHUTTING_DOWN:
            halts = partial(ports.servers[server.name].until, when.HALTED, eager=True)
            yield server.name, f"{server.name} is shutting down", server.stop_limit_s, halts
    for array in site.linked_arrays:
        if array.name in run.facts.flush_settled:
            continue  # past its limit nobody waits for a flush any more (A2)
        seen_array = ports.arrays[array.name].seen()
        if seen_array.fresh and seen_array.status and seen_array.status.flush is Flush.UNDER_WAY:
            ends = partial(ports.arrays[array.name].until, when.NOT_FLUSHING, eager=True)
            yield array.name, f"{array.name} is flushing", site.linkage.flush_limit_s, ends
    if cluster_is(run, ClusterState.STOPPING):
        limit_s = site.cluster.shutdown_limit_s
        yield (
            site.cluster.name,
            "the cluster is stopping",
            limit_s,
            partial(ports.cluster.until, when.NOT_STOPPING),
        )
