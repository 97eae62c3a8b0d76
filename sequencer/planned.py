"""Scheduled running: the operator's runbook for nights, and for servers that somebody wants off or on.

The same pages as in an outage, read for other reasons: servers stop and their UPSes go off; an array
whose users are all off for long enough is flushed and cut; before they are wanted again it is
switched on, and they follow at their time (R10-40..R10-56). Read from the top whenever a want
changes; what is done passes at once.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sequencer import conditions as when
from sequencer import guards
from sequencer.array_off import flush_and_cut
from sequencer.array_start import start_array
from sequencer.asleep import looks_round
from sequencer.clocks import now_at_least_s
from sequencer.cluster_start import falling_under_nodes, note_restart
from sequencer.control_stop import stop_node
from sequencer.force import boots, force_when_stuck
from sequencer.jobs import stop_jobs
from sequencer.journal import WANTS, Goal, Kind, Want
from sequencer.last_call import attended, may_fall
from sequencer.late import note_still_to_come, stayed_away
from sequencer.left_to_force import given_up_anew, linked_side
from sequencer.node_start import power_node, start_node
from sequencer.outage import note_what_is_off, switch_off
from sequencer.ports import Accepted, Os, Steps
from sequencer.power_falls import is_about_to_fall
from sequencer.proof import halted, without_power
from sequencer.reboots import note_reached, note_restarted
from sequencer.restart import nothing_falls, start_linked, wake
from sequencer.run import OUTAGE, Run
from sequencer.safe_mode import without_a_journal
from sequencer.site import Array, Server
from sequencer.step import Ask, step
from sequencer.systems import down_before_the_cut, forget_its_stop, note_stopping, stop_system
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.uptime import booted_since_wanted
from sequencer.wants import (
    awake_arrays,
    goes_up,
    lead_at_s,
    planned_scope,
    sleeps,
    still_wants,
    wakes_at_s,
    wants,
)


def planned(run: Run) -> Steps[None]:
    """Never returns."""
    while True:
        wanted = dict(run.facts.wants)

        def changed(wanted: dict[str, Want] = wanted) -> bool:
            return run.facts.wants != wanted

        if wanted:
            yield from run.race(as_wanted(run), run.until(changed))
        yield from run.until(changed)


def as_wanted(run: Run) -> Steps[None]:
    """Down those that are wanted down, up those that are wanted up.

    Not on a word that a peer tells together with an incident of its own: a page of ours would be later than
    that, and our next life would read that it is over (L1).
    """
    site = run.site
    yield from run.until(lambda: not run.facts.open)
    yield from begin(run)
    run.scope = planned_scope(run)
    run.asked_to_stop.clear()
    run.on_their_way.clear()
    given_up_anew(run)
    run.settled.clear()
    run.powered.clear()
    run.held_up.clear()
    yield from note_what_is_off(run)
    yield from run.together(
        *(
            attended(run, s, stop_as_wanted(run, s))
            for s in site.servers.values()
            if s.name in run.scope.servers
        ),
        *(switch_off(run, ups) for ups in site.server_upses if ups.name in run.scope.server_upses),
        *(night(run, array) for array in site.linked_arrays if array.name in run.scope.arrays),
        *(stop_node(run, node) for node in site.control_nodes if node.name in run.scope.nodes),
        restarts(run),
        *(power_node(run, node) for node in site.control_nodes if still_wants(run, node.name, Goal.UP)),
        start_as_wanted(run),
    )


def start_as_wanted(run: Run) -> Steps[None]:
    """While the cluster is being restarted, nothing of the linked side is started (S6)."""
    if awake_arrays(run):
        yield from cluster_runs(run)
        yield from start_linked(run)


def cluster_runs(run: Run) -> Steps[None]:
    site, cluster = run.site, run.ports.cluster
    limit_s = site.start.cluster_limit_s
    outcome = yield from step(run, site.cluster.name, cluster, when.RUNNING, limit_s=limit_s)
    if not outcome.met:
        run.alarm(site.cluster.name, f"{site.cluster.name} is not running after {limit_s:g} s", "L8")
        yield from run.until_seen(cluster, when.RUNNING)


def begin(run: Run) -> Steps[None]:
    """A stop that is not written down yet opens a page of its own: an earlier flush does not count."""
    facts, site = run.facts, run.site
    down = [name for name in facts.wants if wants(run, name, Goal.DOWN)]
    if not down or (
        all(facts.reached(name) for name in down)
        and not any(sleeps(run, array) for array in site.linked_arrays)
    ):
        return
    last = max((facts.wants[name] for name in down), key=lambda want: (want.at_s, want.cause))
    if facts.planned != last.cause:
        yield from run.commit(Kind.PLANNED, last.cause)
        run.used_again.clear()
        run.say_anew()


def stop_as_wanted(run: Run, server: Server) -> Steps[None]:
    """Stopped once for each want: who boots it by hand afterwards is not fought (O1)."""
    if wants(run, server.name, Goal.DOWN) and run.facts.reached(server.name):
        if halted(run, server) or without_power(run, server):
            note_stopping(run, server)
    else:
        yield from stop_system(run, server)
        yield from note_reached(run, server.name)
    yield from left_alone(run, server)


def left_alone(run: Run, server: Server) -> Steps[None]:
    """Who boots it by hand is not fought, nor his power taken (O1), unless that counts down already (S1)."""
    port = run.ports.servers[server.name]
    while server.upses:
        yield from run.until_seen(port, when.STARTS)
        if is_about_to_fall(run, server):
            yield from down_before_the_cut(run, server)
        else:
            forget_its_stop(run, server)
            yield from run.until_seen(port, when.HALTED)
            note_stopping(run, server)


def night(run: Run, array: Array) -> Steps[None]:
    """Flushed and cut when its users are off; for good while nobody knows when it is to be on again."""
    wakes_s = wakes_at_s(run, array)
    return flush_and_cut(run, array) if wakes_s is None else night_until(run, array, wakes_s)


def night_until(run: Run, array: Array, wakes_s: float) -> Steps[None]:
    """On again at its lead, whether it was cut or not."""
    lead = datetime.fromtimestamp(lead_at_s(run.site, array, wakes_s), UTC)
    yield from run.race(flush_and_cut(run, array), too_late(run, array, lead))
    yield from until_wall(run, lead)
    run.scope = planned_scope(run)
    run.announce(OUTAGE)
    run.settled.difference_update((array.name, *array.upses))
    yield from cluster_runs(run)
    yield from start_array(run, array, wakes_s=wakes_s)


def too_late(run: Run, array: Array, lead: datetime) -> Steps[None]:
    """Its lead has come before it was cut. A flush that has begun is waited for; it is not cut after that.

    One that nobody could ask for, since its users were not seen down, is given up, and that is said (L4).
    """
    yield from until_wall(run, lead)
    facts = run.facts
    while array.name in facts.flush_asked and array.name not in facts.flush_settled:
        yield run.news(array.name)
    if run.pages.ends(array.name, when.FLUSHED.words):
        limit_s = run.site.linkage.flush_limit_s
        run.tell("step.timed_out", array.name, step=when.FLUSHED.words, limit_s=limit_s)


def until_wall(run: Run, instant: datetime) -> Steps[None]:
    yield from run.wait(run.ports.wall.until(instant))


STALE_REBOOT_S = 900.0
"""A reboot that could not be done for so long, because of an outage, is not done any more."""


def reboot(run: Run, server: Server) -> Steps[None]:
    """Off and on one minute apart: restarted, and nothing is switched (R10-41, R10-42, S21)."""
    want = run.facts.wants[server.name]
    if goes_up(run, server):
        return  # it is off, and only to be started
    yield from nothing_falls(run, server)  # else it would boot onto that (S16)
    if goes_up(run, server):
        yield from note_still_to_come(run, server)
        return
    if not is_stale(run, want):
        yield from stop_jobs(run, server)
        port = run.ports.servers[server.name]
        yield from port.look()
        if guards.is_seen(port.seen(), Os.UP) and booted_since_wanted(run, server.name):
            yield from note_restarted(run, server.name)  # another life has told it, or a hand booted it
            return
        status = yield from step(
            run,
            server.name,
            port,
            when.GOES_DOWN,
            limit_s=server.stop_limit_s,
            ask=Ask("restart", port.reboot, lambda: refusal_to_reboot(run, server)),
        )
        if status.met:
            run.rebooting.add(server.name)
            yield from force_when_stuck(run, server, lambda: still_wants(run, server.name, Goal.REBOOT))
            if halted(run, server):  # it hung on its way down, and was forced (H1)
                yield from wake(run, server, restarts=True)
            else:
                yield from step(run, server.name, port, when.UP, limit_s=run.site.start.server_limit_s)
            run.rebooting.discard(server.name)
        if (yield from stayed_away(run, server)):
            return
    yield from run.commit(Kind.REACHED, server.name, wall_s=want.at_s)


def refusal_to_reboot(run: Run, server: Server) -> guards.Refusal | None:
    """It would come up without its disks (S8)."""
    return guards.start_loads({a: guards.ready(run.ports.arrays[a].seen()) for a in server.arrays})


def is_stale(run: Run, want: Want) -> bool:
    return now_at_least_s(run) > want.at_s + STALE_REBOOT_S


def restarts(run: Run) -> Steps[None]:
    """The control nodes last: their restart ends our life, and the next one might not know of the others'."""
    nodes = [name for name in run.site.cluster.nodes if still_wants(run, name, Goal.REBOOT)]
    too_late = bool(nodes) and is_stale(run, run.facts.wants[nodes[0]])
    linked = [s for s in run.site.linked_servers if still_wants(run, s.name, Goal.REBOOT)]
    yield from run.together(*(reboot(run, server) for server in linked))
    if too_late:
        yield from note_all_restarted(run, nodes)
    elif nodes:
        yield from reboot_cluster(run, nodes)
    run.announce(WANTS)  # of who has stayed away, and is to be started


def reboot_cluster(run: Run, nodes: list[str]) -> Steps[None]:
    """The control nodes restart together, as one cluster (R10-41); held, or without its disks, not at all."""
    name, cluster = run.site.cluster.name, run.ports.cluster
    left_s = run.facts.wants[nodes[0]].at_s + STALE_REBOOT_S - now_at_least_s(run)
    yield from run.race(may_restart(run), run.pause(left_s))
    if (refusal := refusal_to_restart(run)) is not None:
        run.refused(name, "restart", refusal)
        yield from note_all_restarted(run, nodes)
        return
    yield from wake_who_sleeps(run, nodes)
    yield from note_restart(run)  # before it is asked: the restart ends our life
    receipt = yield from run.command(name, "restart", cluster.restart, lambda: refusal_to_restart(run))
    if receipt.accepted is Accepted.NO:  # who goes down from here on goes for another reason
        run.rebooting.difference_update(run.site.cluster.nodes)


def wake_who_sleeps(run: Run, nodes: list[str]) -> Steps[None]:
    """Who is off when he is to restart is only to be on again (R10-41); the cluster's restart boots none."""
    limit_s = run.site.start.server_limit_s
    sleep = [n for n in map(run.site.servers.__getitem__, nodes) if halted(run, n) or without_power(run, n)]
    if sleep:
        woken = run.together(*(start_node(run, node, limit_s) for node in sleep))
        yield from run.race(woken, run.pause(limit_s))


def may_restart(run: Run) -> Steps[None]:
    """Not before the linked side is down that is to go: our next life may come too late to force who hangs
    on power that counts down (H1, S1). Nor before another node is up that boots: it may do so by that word,
    and tell us when it has looked round (S31, R9-23)."""
    while going := [server for server in linked_side(run) if still_goes(run, server)]:
        yield from run.wait(run.news(), *(run.ports.servers[s.name].until(when.HALTED) for s in going))
    yield from run.released(run.site.cluster.name)
    for array in run.site.control_arrays:
        yield from run.until_seen(run.ports.arrays[array.name], when.READY)
    yield from run.all_of(*(run.ports.servers[node].look() for node in run.site.cluster.nodes))
    for node in [name for name in run.ports.peers if boots(run, name)]:
        yield from looks_round(run, node)
    while falling := falling_under_nodes(run):
        fallen = run.until_seen(run.ports.upses[falling[0]], when.NOTHING_ARMED)
        yield from run.race(fallen, run.pause(EVIDENCE_EXTRA_S))


def still_goes(run: Run, server: Server) -> bool:
    if halted(run, server) or without_power(run, server) or run.in_other_hands(server.name) is not None:
        return False
    return still_wants(run, server.name, Goal.DOWN) or may_fall(run, server)


def refusal_to_restart(run: Run) -> guards.Refusal | None:
    name = run.site.cluster.name
    disks = {a.name: run.ports.arrays[a.name].seen() for a in run.site.control_arrays}
    refusal = run.in_other_hands(name) or guards.restart_nodes(disks, falling_under_nodes(run))
    return refusal or without_a_journal(run, name, "restart")


def note_all_restarted(run: Run, nodes: list[str]) -> Steps[None]:
    for name in nodes:
        yield from note_restarted(run, name)
