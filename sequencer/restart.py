"""Mains back: the operator's runbook for the way up.

Control before linked, enclosures before controllers, arrays before servers; each only when its
power is safe. It too is entered again from the top after every boot: the cluster's own restart
boots the nodes we run on.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.journal import Kind
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus, Steps
from sequencer.power import dumb, is_stable, power_on
from sequencer.proof import cluster_is, still_to_fall
from sequencer.run import Run
from sequencer.site import Array, ArrayRole, Server, Ups
from sequencer.step import Ask, Outcome, step


def restart(run: Run) -> Steps[None]:
    """Power before loads, arrays before servers, the cluster as soon as it has its disks."""
    site = run.site
    if not site.start.auto:
        run.tell_once("step.waiting", site.name, f"manual {run.facts.epoch}", step="the operator's start")
        yield from run.until(lambda: False)
    yield from start_arrays(run, site.control_arrays)
    yield from start_cluster(run)
    order = sorted(site.server_upses, key=lambda u: (u.warm_up_rank, u.number))
    turns = Turns(run, order)
    yield from run.together(
        start_arrays(run, site.linked_arrays),
        *(start_servers_ups(run, ups, turns) for ups in order),
        *(start_server(run, server) for server in site.linked_servers),
        *(start_node(run, node, site.start.server_limit_s) for node in site.control_nodes),
    )
    yield from run.commit(Kind.CLOSED, site.name)
    run.tell("incident.closed", site.name)


# Arrays


def start_arrays(run: Run, arrays: tuple[Array, ...]) -> Steps[None]:
    """Warm-up rank by rank, strictly: the next rank waits even while this one has no mains (R9-26)."""
    for rank in sorted({rank_of(run, a) for a in arrays}):
        yield from run.together(*(start_array(run, a) for a in arrays if rank_of(run, a) == rank))


def rank_of(run: Run, array: Array) -> int:
    return min((run.site.upses[u].warm_up_rank for u in array.upses), default=1)


def start_array(run: Run, array: Array) -> Steps[None]:
    """All its UPSes must have mains (R10-19); enclosures, then controllers; then wait until ready."""
    unit = [run.site.upses[name] for name in array.upses]
    feeds = unit if array.role is ArrayRole.LINKED else [*unit, *run.site.node_upses]
    order = (*array.enclosures, *(u for u in array.controllers if u not in array.enclosures))
    for name in order:
        yield from power_on(run, run.site.upses[name], unit, feeds)
    port = run.ports.arrays[array.name]
    limit_s = run.site.start.array_limit_s
    outcome = yield from step(run, array.name, port, when.READY, limit_s=limit_s)
    if not outcome.met:
        run.alarm(array.name, f"{array.name} is not ready after {limit_s:g} s", "A8")
    while not guards.ready(port.seen()):
        yield from run.wait(port.until(when.READY, eager=True))


def held_ready(run: Run, array: Array) -> Steps[None]:
    """Ready, and still ready `ready_hold` later (A7)."""
    port = run.ports.arrays[array.name]
    while True:
        yield from run.wait(port.until(when.READY, eager=True))
        if not guards.ready(port.seen()):
            continue  # it has fallen silent
        since_s = run.ready_since.setdefault(array.name, run.now)
        yield from run.pause(since_s + run.site.start.ready_hold_s - run.now)
        yield from port.look()
        if guards.ready(port.seen()):
            return
        run.ready_since.pop(array.name, None)


# The cluster


def start_cluster(run: Run) -> Steps[None]:
    """One restart once the control disks are there (R9-23); a mere start if the nodes never lost them."""
    site, cluster = run.site, run.ports.cluster
    name = site.cluster.name
    yield from cluster.look()
    if cluster_is(run, ClusterState.RUNNING):
        return
    if not cluster_is(run, ClusterState.STARTING):
        yield from all_nodes_up(run)
    limit_s = site.start.cluster_limit_s
    outcome = yield from step(run, name, cluster, when.RUNNING, limit_s=limit_s, ask=cluster_start(run))
    if not outcome.met:
        run.alarm(name, f"{name} is not running after {limit_s:g} s", "L8")
        yield from run.wait(cluster.until(when.RUNNING))


def cluster_start(run: Run) -> Ask[ClusterStatus]:
    cluster, name = run.ports.cluster, run.site.cluster.name
    stopped = cluster_is(run, ClusterState.STOPPED)
    return Ask(
        "start" if stopped else "restart",
        cluster.start if stopped else cluster.restart,
        lambda: refusal_to_start(run),
        under_way=lambda status: status.state is ClusterState.STARTING,
        before=None if stopped else lambda: run.commit(Kind.CLUSTER_RESTART_ASKED, name),
    )


def refusal_to_start(run: Run) -> guards.Refusal | None:
    arrays = {a.name: run.ports.arrays[a.name].seen() for a in run.site.control_arrays}
    return guards.restart_cluster(arrays, run.ports.cluster.seen())


def all_nodes_up(run: Run) -> Steps[None]:
    """All nodes take part in the restart (R9-23); one that does not come is not waited for for ever."""
    limit_s = run.site.start.peer_limit_s
    yield from run.together(*(start_node(run, node, limit_s) for node in run.site.control_nodes))


def start_node(run: Run, node: Server, limit_s: float) -> Steps[None]:
    """A node boots when its power returns. One that has power and stays halted is woken (L3)."""
    if node.name == run.me:
        return
    port = run.ports.servers[node.name]
    yield from run.wait(port.until(when.STARTS, eager=True), by_s=run.now + run.site.start.wake_after_s)

    upses = [run.site.upses[u] for u in node.upses]

    def refusal() -> guards.Refusal | None:
        steady = {u.name: is_stable(run, u) or dumb(run, u) for u in upses}
        return guards.start_node(node, port.seen(), steady, {u.name: still_to_fall(run, u) for u in upses})

    ask = Ask("wake", port.wake, refusal, under_way=boots)
    outcome = yield from step(run, node.name, port, when.UP, limit_s=limit_s, ask=ask)
    if not outcome.met:
        run.alarm(node.name, f"{node.name} is not up; the cluster starts without it", "L1")


# Servers


class Turns:
    """Servers' UPSes go on one after the other, by rank and number, not all at once (R10-26, P14)."""

    def __init__(self, run: Run, order: list[Ups]) -> None:
        self._run = run
        self._order = [ups.name for ups in order]
        self._free_at_s = run.now

    def turn(self, ups: Ups) -> Steps[None]:
        """Wait for one's turn, and take it. One that must wait for mains or charge holds up no other."""
        run = self._run
        earlier = self._order[: self._order.index(ups.name)]
        yield from run.until(lambda: (run.powered | run.held_up).issuperset(earlier))
        while run.now < self._free_at_s:
            yield from run.pause(self._free_at_s - run.now)
        self._free_at_s = run.now + run.site.start.gap_s


def start_servers_ups(run: Run, ups: Ups, turns: Turns) -> Steps[None]:
    """A servers' UPS on, when every array its servers use has been ready long enough (S8, R10-26)."""
    servers = [s for s in run.site.servers_on(ups.name) if s.name in run.facts.was_running]
    arrays = sorted({a for s in servers for a in s.arrays})
    run.held_up.add(ups.name)
    for name in arrays:
        yield from run.wait(run.ports.arrays[name].until(when.READY, eager=True))
    run.held_up.discard(ups.name)
    for name in arrays:
        yield from held_ready(run, run.site.arrays[name])

    def refusal() -> guards.Refusal | None:
        return guards.start_loads({a: is_held_ready(run, a) for a in arrays})

    feeds = [run.site.upses[u] for a in arrays for u in run.site.arrays[a].upses]
    while (
        yield from power_on(run, ups, [ups], [ups, *feeds], also=refusal, turn=lambda: turns.turn(ups))
    ) is Outcome.TIMED_OUT:
        run.alarm(ups.name, f"{ups.name} did not go on", "L3")
        run.powered.add(ups.name)  # nobody else waits for it
        run.announce()
    run.powered.add(ups.name)
    run.announce()


def is_held_ready(run: Run, array: str) -> bool:
    """Ready now, and without a break for `ready_hold` (S8)."""
    since_s = run.ready_since.get(array)
    seen = run.ports.arrays[array].seen()
    return guards.ready(seen) and since_s is not None and run.now >= since_s + run.site.start.ready_hold_s


def start_server(run: Run, server: Server) -> Steps[None]:
    """It boots by AC-Link, or is woken over the LAN when it does not (R9-35)."""
    if server.name not in run.facts.was_running:
        return
    port = run.ports.servers[server.name]
    start = run.site.start
    yield from run.until(lambda: has_power(run, server))
    yield from run.wait(port.until(when.STARTS, eager=True), by_s=run.now + start.wake_after_s)
    outcome = yield from step(
        run,
        server.name,
        port,
        when.UP,
        limit_s=start.server_limit_s,
        ask=Ask(
            "wake",
            port.wake,
            lambda: guards.start_server(
                server,
                {a: is_held_ready(run, a) for a in server.arrays},
                ran=server.name in run.facts.was_running,
                armed={u: still_to_fall(run, run.site.upses[u]) for u in server.upses},
            ),
            under_way=boots,
        ),
    )
    if not outcome.met:
        run.alarm(server.name, f"{server.name} is not up after {start.server_limit_s:g} s", "H9")


def has_power(run: Run, server: Server) -> bool:
    """Enough of its UPSes have been switched on, or would not go on; then its own limit counts."""
    return len(run.powered.intersection(server.upses)) >= server.minimum_supplies


def boots(status: ServerStatus) -> bool:
    return status.os is Os.BOOTING
