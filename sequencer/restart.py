"""Mains back: the operator's runbook for the way up.

Control before linked, enclosures before controllers, arrays before servers; each only when its
power is safe. It too is entered again from the top after every boot: the cluster's own restart
boots the nodes we run on.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.array_start import held_ready, is_held_ready, start_arrays
from sequencer.cards import dumb, is_off
from sequencer.fitness import (
    cluster_runs,
    fit_to_start,
    is_fit,
    look_under,
    powered_to_start,
    unfit,
    without_cluster,
)
from sequencer.force import force_when_stuck
from sequencer.jobs import start_jobs
from sequencer.journal import Goal, Kind
from sequencer.manual import watch_the_hands
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus, Steps
from sequencer.power_off import ATTEMPTS, one_at_a_time
from sequencer.power_on import AGAIN_S, is_stable, note_powered, power_on
from sequencer.proof import cluster_is, still_to_fall
from sequencer.run import TURNS, Run
from sequencer.scope import server_fails
from sequencer.site import Server, Ups
from sequencer.standstill import kept_running
from sequencer.step import RETRY_S, Ask, Outcome, step
from sequencer.systems import note_restarted
from sequencer.wants import awake_arrays, goes_up, stays_off, still_wants, wants
from sequencer.watch import RETURNS, is_left


def restart(run: Run) -> Steps[None]:
    """Power before loads, arrays before servers, the cluster as soon as it has its disks."""
    site = run.site
    if not site.start.auto and not run.facts.start_asked:
        yield from run.race(start_by_hand(run), run.until(lambda: run.facts.start_asked))
    if site.start.auto or run.facts.start_asked:
        yield from start_arrays(run, site.control_arrays)
        yield from start_cluster(run)
        yield from run.race(start_others(run), kept_running(run, start_cluster))
    yield from run.until(lambda: not any(is_left(run, ups) for ups in site.upses), RETURNS)
    if not run.rebooting.isdisjoint(site.cluster.nodes):  # its manager reboots it just now (L8)
        yield from run.until_seen(run.ports.cluster, when.RUNNING)
    yield from run.commit(Kind.CLOSED, site.name)
    run.tell("incident.closed", site.name)


def start_others(run: Run) -> Steps[None]:
    yield from run.together(start_linked(run), *(power_node(run, n) for n in run.site.control_nodes))


def start_by_hand(run: Run) -> Steps[None]:
    """The operator presses the buttons; the cluster's restart is ours all the same (R10-05)."""
    yield from run.together(cluster_by_hand(run), watch_the_hands(run))


def cluster_by_hand(run: Run) -> Steps[None]:
    for array in run.site.control_arrays:
        port = run.ports.arrays[array.name]
        while not guards.ready(port.seen()):
            yield from run.wait(port.until(when.READY))
    yield from start_cluster(run)


def start_linked(run: Run) -> Steps[None]:
    """Arrays, then the UPSes of the servers that go up, one after the other, then these servers."""
    site = run.site
    upses = [ups for ups in site.server_upses if is_to_go_on(run, ups)]
    order = sorted(upses, key=lambda u: (u.warm_up_rank, u.number))
    turns = Turns(run, order)
    yield from run.together(
        start_arrays(run, awake_arrays(run)),
        *(start_servers_ups(run, ups, turns) for ups in order),
        *(start_server(run, server) for server in site.linked_servers if goes_up(run, server)),
    )


def is_to_go_on(run: Run, ups: Ups) -> bool:
    """After an outage every servers' UPS that nobody wants off; else only those of servers that go up."""
    if run.facts.open:
        return not stays_off(run, ups)
    return any(goes_up(run, s) for s in run.site.servers_on(ups.name))


# The cluster


def start_cluster(run: Run) -> Steps[None]:
    """One restart once the control disks are there (R9-23); a mere start if the nodes never lost them.

    There is what has stayed ready: one that takes it back would leave the cluster without its disks (A7).
    """
    site, cluster = run.site, run.ports.cluster
    name = site.cluster.name
    yield from cluster.look()
    if cluster_is(run, ClusterState.RUNNING):
        return
    if not cluster_is(run, ClusterState.STARTING):
        yield from all_nodes_up(run)
        yield from run.together(*(held_ready(run, array) for array in site.control_arrays))
    limit_s, retry_s = site.start.cluster_limit_s, CLUSTER_RETRY_S
    while not (
        yield from step(run, name, cluster, when.RUNNING, limit_s=limit_s, ask=cluster_start(run, retry_s))
    ).met:
        run.alarm(name, f"{name} is not running after {limit_s:g} s", "L8")
        retry_s = AGAIN_S


CLUSTER_RETRY_S = 60.0
"""A cluster that cannot start says so at once, and what it lacks does not come within seconds."""


def cluster_start(run: Run, retry_s: float) -> Ask[ClusterStatus]:
    cluster = run.ports.cluster
    stopped = cluster_is(run, ClusterState.STOPPED)
    run.stops_cluster = run.stops_cluster and not stopped
    return Ask(
        "start" if stopped else "restart",
        cluster.start if stopped else cluster.restart,
        lambda: refusal_to_start(run),
        under_way=lambda status: status.state is ClusterState.STARTING,
        retry_s=retry_s,
        rests_on=tuple(run.ports.arrays[a.name] for a in run.site.control_arrays),
        before=None if stopped else lambda: note_restart(run),
    )


def note_restart(run: Run) -> Steps[None]:
    """Whatever it is for, nodes that were to be restarted are so with it."""
    run.stops_cluster = False
    run.rebooting.update(run.site.cluster.nodes)
    for name in run.site.cluster.nodes:
        yield from note_restarted(run, name)
    yield from run.commit(Kind.CLUSTER_RESTART_ASKED, run.site.cluster.name)


def refusal_to_start(run: Run) -> guards.Refusal | None:
    arrays = {a.name: run.ports.arrays[a.name].seen() for a in run.site.control_arrays}
    return guards.restart_cluster(arrays, run.ports.cluster.seen())


def all_nodes_up(run: Run) -> Steps[None]:
    """All nodes take part in the restart (R9-23); one that does not come is not waited for for ever.

    Nor is one that somebody holds, whom nobody may wake (S27).
    """
    limit_s = run.site.start.peer_limit_s
    yield from run.together(*(comes_in_time(run, node, limit_s) for node in run.site.control_nodes))


def comes_in_time(run: Run, node: Server, limit_s: float) -> Steps[None]:
    """One that somebody holds is woken when it is released; the others wait for that no longer (S27, L3)."""
    if run.in_other_hands(node.name) is not None:
        up = run.until_seen(run.ports.servers[node.name], when.UP)
        yield from run.race(run.released(node.name), up, run.pause(limit_s))
    if run.in_other_hands(node.name) is None:
        yield from start_node(run, node, limit_s)


def power_node(run: Run, node: Server) -> Steps[None]:
    """A node that was switched off for good needs its UPS first; in an outage it comes back by itself."""
    site = run.site
    if wants(run, node.name, Goal.DOWN):
        return
    if still_wants(run, node.name, Goal.UP):
        for name in node.upses:
            yield from nodes_power_on(run, site.upses[name])
    yield from run.until(lambda: not server_fails(node, {u for u in node.upses if is_left(run, u)}), RETURNS)
    if node.name != run.me:
        yield from force_when_stuck(run, node, lambda: not wants(run, node.name, Goal.DOWN))
    taken: list[float] = []
    yield from start_node(run, node, site.start.server_limit_s, patiently=taken)
    while lacks_its_power(run, node):  # it trips over what starts there, or would not go on (P14)
        yield from run.pause(AGAIN_S if len(taken) < ATTEMPTS else SELDOM_S)
        yield from start_node(run, node, site.start.server_limit_s, patiently=taken)
    yield from start_jobs(run, node)
    yield from note_up(run, node)


def lacks_its_power(run: Run, node: Server) -> bool:
    """It is to be up, and the UPSes that it cannot do without say that they are off."""
    off = {name for name in node.upses if is_off(run, run.site.upses[name])}
    return node.name != run.me and server_fails(node, off) and not wants(run, node.name, Goal.DOWN)


def note_up(run: Run, server: Server, *, came: bool = False) -> Steps[None]:
    """It is up as somebody wanted it; from here on nobody is fought over it (O1).

    `came`: it was down, and has booted. Who was to be restarted meanwhile has been (R10-41, S9).
    """
    seen = run.ports.servers[server.name].seen()
    is_up = seen.fresh and seen.status is not None and seen.status.os is Os.UP
    if is_up and (
        still_wants(run, server.name, Goal.UP) or (came and still_wants(run, server.name, Goal.REBOOT))
    ):
        yield from run.commit(Kind.REACHED, server.name, wall_s=run.facts.wants[server.name].at_s)


def start_node(
    run: Run, node: Server, limit_s: float, *, patiently: list[float] | None = None
) -> Steps[None]:
    """A node boots when its power returns. One that has power and stays halted is woken (L3).

    Unless it is halted because somebody has shut it down (S28, R2-09). `patiently`: it waits for its charge
    as long as that takes (S17), and when its UPSes took an ON is put there.
    """
    if node.name == run.me or wants(run, node.name, Goal.DOWN):
        return
    port = run.ports.servers[node.name]
    yield from run.until_seen(port, when.STARTS, by_s=run.now + run.site.start.wake_after_s, eager=True)
    if any(is_off(run, run.site.upses[u]) for u in node.upses) and not wants(run, node.name, Goal.DOWN):
        yield from run.race(power_back(run, node, patiently), run.pause(limit_s))
    if patiently is not None and lacks_its_power(run, node):
        return
    seen = port.seen()
    if unfit(run, node) and (seen.status is None or not when.STARTS.met(seen.status)):
        waits = [powered_to_start(run, node), run.until_seen(port, when.STARTS, eager=True)]
        yield from run.race(*waits, *((run.pause(limit_s),) if patiently is None else ()))
        if wants(run, node.name, Goal.DOWN):
            return
    upses = [run.site.upses[u] for u in node.upses]

    def refusal() -> guards.Refusal | None:
        steady = {u.name: is_stable(run, u) or dumb(run, u) for u in upses}
        falling = {u.name: still_to_fall(run, u) for u in upses}
        return guards.start_node(node, port.seen(), steady, falling, unfit(run, node))

    ask = Ask("wake", port.wake, refusal, under_way=boots, rests_on=(port,))
    outcome = yield from step(run, node.name, port, when.UP, limit_s=limit_s, ask=ask)
    if not outcome.met:
        run.alarm(node.name, f"{node.name} is not up; the cluster starts without it", "L1")


def power_back(run: Run, node: Server, taken: list[float] | None = None) -> Steps[None]:
    """A node's UPS comes back by itself. One that has its mains and does not is switched on (L3)."""
    for ups in (run.site.upses[name] for name in node.upses):
        by_s = run.now + ups.return_delay_s + run.site.start.mains_stable_s
        while is_off(run, ups) and run.now < by_s:
            yield from run.wait(run.ports.upses[ups.name].until(when.OUTPUT_ON), by_s=by_s)
        if is_off(run, ups):
            yield from nodes_power_on(run, ups, taken)


def nodes_power_on(run: Run, ups: Ups, taken: list[float] | None = None) -> Steps[None]:
    """Each node has its page, and two of them may live on one UPS: it is told once (S33)."""
    times = [] if taken is None else taken
    on = power_on(run, ups, [ups], [ups], taken=lambda: times.append(run.now))
    yield from one_at_a_time(run, ups, on)


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
        yield from run.until(lambda: (run.powered | run.held_up).issuperset(earlier), TURNS)
        while run.now < self._free_at_s:
            yield from run.pause(self._free_at_s - run.now)
        self.taken()

    def taken(self) -> None:
        """From now on, at least: told again when the UPS is told, since a look comes between."""
        self._free_at_s = self._run.now + self._run.site.start.gap_s


def start_servers_ups(run: Run, ups: Ups, turns: Turns) -> Steps[None]:
    """A servers' UPS on, when every array its servers use has been ready long enough (S8, R10-26).

    Of all its servers: one that is not to go up may boot with its power all the same (H7).
    """
    servers = run.site.servers_on(ups.name)
    arrays = sorted({a for s in servers for a in s.arrays})
    run.held_up.add(ups.name)
    for name in arrays:
        yield from run.wait(run.ports.arrays[name].until(when.READY, eager=True))
    run.held_up.discard(ups.name)
    for name in arrays:
        yield from held_ready(run, run.site.arrays[name])

    def refusal() -> guards.Refusal | None:
        turns.taken()
        return without_cluster(run) or guards.start_loads({a: is_held_ready(run, a) for a in arrays})

    feeds = [run.site.upses[u] for a in arrays for u in run.site.arrays[a].upses]
    retry_s, taken = RETRY_S, list[float]()
    while True:
        outcome = yield from power_on(
            run,
            ups,
            [ups],
            [ups, *feeds],
            refusal,
            lambda: in_turn(run, ups, turns),
            retry_s=retry_s,
            taken=lambda: taken.append(run.now),
        )
        if outcome.met:
            run.settled.discard(ups.name)
        note_powered(run, ups)  # on or not: nobody else waits for it
        if outcome.met and (yield from stays_on(run, ups)):
            return
        if outcome.met:
            run.alarm(ups.name, f"{ups.name} went off again after it was switched on", "P14")
        else:
            run.alarm(ups.name, f"{ups.name} did not go on", "L3")
        retry_s = AGAIN_S
        again_s = AGAIN_S if len(taken) < ATTEMPTS else SELDOM_S
        yield from run.wait(run.ports.upses[ups.name].until(when.OUTPUT_ON), by_s=run.now + again_s)


def in_turn(run: Run, ups: Ups, turns: Turns) -> Steps[None]:
    """Its turn comes when the cluster runs: its manager may have restarted that meanwhile (S6, R2-08)."""
    yield from cluster_runs(run, ups.name)
    yield from turns.turn(ups)


SELDOM_S = 3600.0
"""One that took its ON a few times and is off all the same: its loads crash each time, if it trips (P14)."""

STAYS_S = 10.0
"""A UPS that trips over what its loads draw at their start does so within seconds (P14)."""


def stays_on(run: Run, ups: Ups) -> Steps[bool]:
    port = run.ports.upses[ups.name]
    return not (yield from run.until_seen(port, when.OUTPUT_OFF, by_s=run.now + STAYS_S))


def start_server(run: Run, server: Server) -> Steps[None]:
    """It boots by AC-Link, or is woken over the LAN when it does not (R9-35)."""
    yield from run.until(lambda: has_power(run, server), server.name)
    yield from force_when_stuck(run, server, lambda: goes_up(run, server))
    was_up = guards.is_seen(run.ports.servers[server.name].seen(), Os.UP)
    outcome = yield from wake(run, server)
    while not outcome.met and (unfit(run, server) or without_cluster(run)):  # it went away in the midst
        outcome = yield from wake(run, server)
    if not outcome.met:
        run.alarm(server.name, f"{server.name} is not up after {run.site.start.server_limit_s:g} s", "H9")
    yield from start_jobs(run, server)
    yield from note_up(run, server, came=not was_up)


def wake(run: Run, server: Server, *, restarts: bool = False) -> Steps[Outcome]:
    """When cluster, arrays and UPSes are fit for it; one that boots by itself meanwhile needs no wake.

    `restarts`: it was only to restart, and ran.
    """
    port = run.ports.servers[server.name]
    start = run.site.start
    if not is_fit(run, server):
        yield from run.race(fit_to_start(run, server), run.until_seen(port, when.STARTS, eager=True))
    yield from run.until_seen(port, when.STARTS, by_s=run.now + start.wake_after_s, eager=True)
    ask = Ask(
        "wake",
        port.wake,
        lambda: guards.start_server(
            server,
            {a: is_held_ready(run, a) for a in server.arrays},
            cluster=run.ports.cluster.seen().status,
            ran=goes_up(run, server) or (restarts and still_wants(run, server.name, Goal.REBOOT)),
            armed={u: still_to_fall(run, run.site.upses[u]) for u in server.upses},
            unfit=unfit(run, server),
        ),
        under_way=boots,
        before=lambda: look_under(run, server),
        rests_on=tuple(run.ports.arrays[a] for a in server.arrays),
    )
    return (yield from step(run, server.name, port, when.UP, limit_s=start.server_limit_s, ask=ask))


def has_power(run: Run, server: Server) -> bool:
    """Enough of its UPSes have been switched on, or would not go on; then its own limit counts."""
    return len(run.powered.intersection(server.upses)) >= server.minimum_supplies


def boots(status: ServerStatus) -> bool:
    return status.os is Os.BOOTING
