"""Mains back: the operator's runbook for the way up.

Control before linked, enclosures before controllers, arrays before servers; each only when its
power is safe. It too is entered again from the top after every boot: the cluster's own restart
boots the nodes we run on.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.force import force_when_stuck
from sequencer.jobs import start_jobs
from sequencer.journal import Goal, Kind
from sequencer.manual import watch_the_hands
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus, Steps
from sequencer.power import ATTEMPTS, dumb, is_off, is_stable, power_on
from sequencer.proof import cluster_is, still_to_fall
from sequencer.run import TURNS, Run
from sequencer.site import Array, ArrayRole, Server, Ups
from sequencer.step import RETRY_S, Ask, step
from sequencer.wants import awake_arrays, goes_up, stays_off, still_wants, wants


def restart(run: Run) -> Steps[None]:
    """Power before loads, arrays before servers, the cluster as soon as it has its disks."""
    site = run.site
    if not site.start.auto and not run.facts.start_asked:
        yield from run.race(start_by_hand(run), run.until(lambda: run.facts.start_asked))
    if site.start.auto or run.facts.start_asked:
        yield from start_arrays(run, site.control_arrays)
        yield from start_cluster(run)
        yield from run.together(
            start_linked(run),
            *(power_node(run, node) for node in site.control_nodes),
        )
    yield from run.commit(Kind.CLOSED, site.name)
    run.tell("incident.closed", site.name)


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


# Arrays


def start_arrays(run: Run, arrays: tuple[Array, ...]) -> Steps[None]:
    """Warm-up rank by rank, strictly: the next rank waits even while this one has no mains (R9-26)."""
    for rank in sorted({rank_of(run, a) for a in arrays}):
        yield from run.together(*(start_array(run, a, arrays) for a in arrays if rank_of(run, a) == rank))


AGAIN_S = 300.0
"""A UPS that would not go on, or not stay on, is asked again so much later, and no sooner (S33)."""


SELDOM_S = 3600.0
"""One that took its ON a few times and is off all the same: its loads crash each time, if it trips (P14)."""


def rank_of(run: Run, array: Array) -> int:
    return min((run.site.upses[u].warm_up_rank for u in array.upses), default=1)


def start_array(
    run: Run, array: Array, beside: tuple[Array, ...] = (), wakes_s: float | None = None
) -> Steps[None]:
    """All its UPSes must have mains (R10-19); enclosures, then controllers; then wait until ready.

    `beside`: arrays that are started with it, whose UPSes of lower rank go on before its own of a higher.
    `wakes_s`: wall time at which its servers are to be up; its controllers wait for their own lead (R10-47).
    """
    upses = run.site.upses
    unit = [upses[name] for name in array.upses]
    feeds = unit if array.role is ArrayRole.LINKED else [*unit, *run.site.node_upses]
    for name, rank in ranks_in_turn(run, array).items():
        if wakes_s is not None and name not in array.enclosures:
            lead_s = timing.warm_up_lead_s(run.site, array, enclosures=False)
            lead = datetime.fromtimestamp(wakes_s - lead_s, UTC)
            yield from run.wait(run.ports.wall.until(lead))
        after = partial(after_lower_ranks, run, rank, beside)
        yield from power_on(run, upses[name], unit, feeds, turn=after)
        note_powered(run, upses[name])
    order = [upses[name] for name in ranks_in_turn(run, array)]
    yield from run.race(comes_ready(run, array), keep_on(run, order, unit, feeds))
    run.ready_since.setdefault(array.name, run.now)


def comes_ready(run: Run, array: Array) -> Steps[None]:
    port = run.ports.arrays[array.name]
    limit_s = run.site.start.array_limit_s
    outcome = yield from step(run, array.name, port, when.READY, limit_s=limit_s)
    if not outcome.met:
        run.alarm(array.name, f"{array.name} is not ready after {limit_s:g} s", "A8")
    while not guards.ready(port.seen()):
        yield from run.wait(port.until(when.READY, eager=True))


def keep_on(run: Run, upses: list[Ups], unit: list[Ups], feeds: list[Ups]) -> Steps[None]:
    """Never returns. One that would not go on, or went off again, is asked again: it may be repaired."""
    while True:
        if any(is_off(run, ups) for ups in upses):
            yield from run.pause(AGAIN_S)
        for ups in upses:
            if is_off(run, ups):
                yield from power_on(run, ups, unit, feeds, retry_s=AGAIN_S)
        if not any(is_off(run, ups) for ups in upses):
            yield from run.wait(*(run.ports.upses[ups.name].until(when.OUTPUT_OFF) for ups in upses))


def ranks_in_turn(run: Run, array: Array) -> dict[str, int]:
    """Its UPSes in the order in which they go on, each with a rank that is not below the one before."""
    rank, ranks = 0, {}
    for part in (array.enclosures, array.controllers_alone):
        for name in sorted(part, key=lambda u: run.site.upses[u].warm_up_rank):
            rank = ranks[name] = max(rank, run.site.upses[name].warm_up_rank)
    return ranks


def after_lower_ranks(run: Run, rank: int, arrays: tuple[Array, ...]) -> Steps[None]:
    """Wait until the arrays' UPSes of a lower warm-up rank are on, or would not go on (R6-21).

    A linked array that has to wait for mains or charge holds up no other; a control array does (R9-26).
    """

    def is_waited_for(array: Array) -> bool:
        if array.role is ArrayRole.LINKED and not run.held_up.isdisjoint(array.upses):
            return False
        return not run.powered.issuperset(u for u, r in ranks_in_turn(run, array).items() if r < rank)

    yield from run.until(lambda: not any(is_waited_for(a) for a in arrays), TURNS)


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
        yield from run.until_seen(cluster, when.RUNNING)


CLUSTER_RETRY_S = 60.0
"""A cluster that cannot start says so at once, and what it lacks does not come within seconds."""


def cluster_start(run: Run) -> Ask[ClusterStatus]:
    cluster, name = run.ports.cluster, run.site.cluster.name
    stopped = cluster_is(run, ClusterState.STOPPED)
    return Ask(
        "start" if stopped else "restart",
        cluster.start if stopped else cluster.restart,
        lambda: refusal_to_start(run),
        under_way=lambda status: status.state is ClusterState.STARTING,
        retry_s=CLUSTER_RETRY_S,
        rests_on=tuple(run.ports.arrays[a.name] for a in run.site.control_arrays),
        before=None if stopped else lambda: run.commit(Kind.CLUSTER_RESTART_ASKED, name),
    )


def refusal_to_start(run: Run) -> guards.Refusal | None:
    arrays = {a.name: run.ports.arrays[a.name].seen() for a in run.site.control_arrays}
    return guards.restart_cluster(arrays, run.ports.cluster.seen())


def all_nodes_up(run: Run) -> Steps[None]:
    """All nodes take part in the restart (R9-23); one that does not come is not waited for for ever."""
    limit_s = run.site.start.peer_limit_s
    yield from run.together(*(start_node(run, node, limit_s) for node in run.site.control_nodes))


def power_node(run: Run, node: Server) -> Steps[None]:
    """A node that was switched off for good needs its UPS first; in an outage it comes back by itself."""
    site = run.site
    if wants(run, node.name, Goal.DOWN):
        return
    if still_wants(run, node.name, Goal.UP):
        for name in node.upses:
            yield from power_on(run, site.upses[name], [site.upses[name]], [site.upses[name]])
    if node.name != run.me:
        yield from force_when_stuck(run, node, lambda: not wants(run, node.name, Goal.DOWN))
    yield from start_node(run, node, site.start.server_limit_s)
    yield from start_jobs(run, node)
    yield from note_up(run, node)


def note_up(run: Run, server: Server) -> Steps[None]:
    """It is up as somebody wanted it; from here on nobody is fought over it (O1)."""
    seen = run.ports.servers[server.name].seen()
    is_up = seen.fresh and seen.status is not None and seen.status.os is Os.UP
    if is_up and still_wants(run, server.name, Goal.UP):
        yield from run.commit(Kind.REACHED, server.name, wall_s=run.facts.wants[server.name].at_s)


def start_node(run: Run, node: Server, limit_s: float) -> Steps[None]:
    """A node boots when its power returns. One that has power and stays halted is woken (L3)."""
    if node.name == run.me:
        return
    port = run.ports.servers[node.name]
    yield from run.until_seen(port, when.STARTS, by_s=run.now + run.site.start.wake_after_s, eager=True)
    if any(is_off(run, run.site.upses[u]) for u in node.upses) and not wants(run, node.name, Goal.DOWN):
        yield from run.race(power_back(run, node), run.pause(limit_s))
    upses = [run.site.upses[u] for u in node.upses]

    def refusal() -> guards.Refusal | None:
        steady = {u.name: is_stable(run, u) or dumb(run, u) for u in upses}
        return guards.start_node(node, port.seen(), steady, {u.name: still_to_fall(run, u) for u in upses})

    ask = Ask("wake", port.wake, refusal, under_way=boots, rests_on=(port,))
    outcome = yield from step(run, node.name, port, when.UP, limit_s=limit_s, ask=ask)
    if not outcome.met:
        run.alarm(node.name, f"{node.name} is not up; the cluster starts without it", "L1")


def power_back(run: Run, node: Server) -> Steps[None]:
    """A node's UPS comes back by itself. One that has its mains and does not is switched on (L3)."""
    for ups in (run.site.upses[name] for name in node.upses):
        by_s = run.now + ups.return_delay_s + run.site.start.mains_stable_s
        while is_off(run, ups) and run.now < by_s:
            yield from run.wait(run.ports.upses[ups.name].until(when.OUTPUT_ON), by_s=by_s)
        if is_off(run, ups):
            yield from power_on(run, ups, [ups], [ups])


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
        return guards.start_loads({a: is_held_ready(run, a) for a in arrays})

    feeds = [run.site.upses[u] for a in arrays for u in run.site.arrays[a].upses]
    retry_s, taken = RETRY_S, list[float]()
    while True:
        outcome = yield from power_on(
            run,
            ups,
            [ups],
            [ups, *feeds],
            refusal,
            lambda: turns.turn(ups),
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


STAYS_S = 10.0
"""A UPS that trips over what its loads draw at their start does so within seconds (P14)."""


def stays_on(run: Run, ups: Ups) -> Steps[bool]:
    port = run.ports.upses[ups.name]
    return not (yield from run.until_seen(port, when.OUTPUT_OFF, by_s=run.now + STAYS_S))


def note_powered(run: Run, ups: Ups) -> None:
    run.powered.add(ups.name)
    run.announce(TURNS, *(s.name for s in run.site.servers_on(ups.name)))


def is_held_ready(run: Run, array: str) -> bool:
    """Ready now, and without a break for `ready_hold` (S8)."""
    since_s = run.ready_since.get(array)
    seen = run.ports.arrays[array].seen()
    return guards.ready(seen) and since_s is not None and run.now >= since_s + run.site.start.ready_hold_s


def start_server(run: Run, server: Server) -> Steps[None]:
    """It boots by AC-Link, or is woken over the LAN when it does not (R9-35)."""
    port = run.ports.servers[server.name]
    start = run.site.start
    yield from run.until(lambda: has_power(run, server), server.name)
    yield from force_when_stuck(run, server, lambda: goes_up(run, server))
    yield from run.until_seen(port, when.STARTS, by_s=run.now + start.wake_after_s, eager=True)
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
                ran=goes_up(run, server),
                armed={u: still_to_fall(run, run.site.upses[u]) for u in server.upses},
            ),
            under_way=boots,
            rests_on=tuple(run.ports.arrays[a] for a in server.arrays),
        ),
    )
    if not outcome.met:
        run.alarm(server.name, f"{server.name} is not up after {start.server_limit_s:g} s", "H9")
    yield from start_jobs(run, server)
    yield from note_up(run, server)


def has_power(run: Run, server: Server) -> bool:
    """Enough of its UPSes have been switched on, or would not go on; then its own limit counts."""
    return len(run.powered.intersection(server.upses)) >= server.minimum_supplies


def boots(status: ServerStatus) -> bool:
    return status.os is Os.BOOTING
