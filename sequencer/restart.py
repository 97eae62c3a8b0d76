"""Mains back: the operator's runbook for the way up.

Control before linked, enclosures before controllers, arrays before servers; each only when its
power is safe. It too is entered again from the top after every boot: the cluster's own restart
boots the nodes we run on.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.array_start import (
    comes_to_say_so,
    has_its_power,
    has_lost_its_power,
    held_ready,
    is_held_ready,
    is_unheard,
    keep_disk,
    off_its_battery,
    outlives_its_word,
    start_arrays,
)
from sequencer.cards import is_off
from sequencer.cluster_first import without_cluster
from sequencer.cluster_start import keep_cluster, start_cluster, start_disks
from sequencer.feeds import is_left
from sequencer.fitness import fit_to_start, is_fit, look_under, unfit
from sequencer.force import force_when_stuck
from sequencer.jobs import start_jobs
from sequencer.journal import Goal, Kind
from sequencer.late import comes_later
from sequencer.manual import watch_the_hands
from sequencer.node_start import (
    boots,
    keep_nodes,
    note_up,
    power_node,
    power_who_is_wanted_up,
    power_who_stays_off,
    wake_who_stayed_on,
)
from sequencer.ports import Os, Steps
from sequencer.power_off import ATTEMPTS
from sequencer.power_on import AGAIN_S, SELDOM_S, asked_again, note_powered, on_to_stay, power_on, stays_on
from sequencer.proof import falls_at_s, still_to_fall
from sequencer.reboots import note_restarts
from sequencer.run import TURNS, Run
from sequencer.saved import has_cache, save_cache
from sequencer.site import Server, Ups
from sequencer.standstill import comes_to_run
from sequencer.step import RETRY_S, Ask, Outcome, step
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.wants import awake_arrays, goes_up, stays_off, still_wants, wants
from sequencer.watch import RETURNS


def restart(run: Run) -> Steps[None]:
    """Power before loads, arrays before servers, the cluster as soon as it has its disks."""
    site = run.site
    saves = [run.spawn(save_cache(run, array)) for array in site.linked_arrays if has_cache(run, array)]
    if not site.start.auto and not run.facts.start_asked:
        yield from run.race(start_by_hand(run), run.until(lambda: run.facts.start_asked))
    if site.start.auto or run.facts.start_asked:
        power_who_is_wanted_up(run)
        run.spawn(power_who_stays_off(run))
        stayed_on = run.spawn(wake_who_stayed_on(run))
        disks = yield from start_disks(run)
        stayed_on.close()
        yield from start_cluster(run)
        nodes = [power_node(run, node) for node in site.control_nodes]
        keeps = [run.spawn(keep_cluster(run, disks)), run.spawn(keep_nodes(run))]
        keeps += [run.spawn(keep_disk(run, array)) for array in awake_arrays(run) if is_unheard(run, array)]
        yield from run.together(start_linked(run), *nodes)
        for array in awake_arrays(run):
            yield from has_its_power(run, array)
        if disks is not None:
            yield from run.wait(disks)
        yield from all_are_there(run)
        for keep in keeps:
            keep.close()
    else:
        yield from all_are_there(run)
    for save in saves:
        save.close()
    yield from run.commit(Kind.CLOSED, site.name, opened_by=sorted(run.facts.declared_by))


def all_are_there(run: Run) -> Steps[None]:
    """Nobody is left behind, and the cluster runs, or nobody is at it (L8)."""
    yield from run.until(lambda: not any(is_left(run, ups) for ups in run.site.upses), RETURNS)
    yield from comes_to_run(run)


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
        *(start_server(run, server, turns) for server in site.linked_servers if goes_up(run, server)),
    )


def is_to_go_on(run: Run, ups: Ups) -> bool:
    """After an outage every servers' UPS that nobody wants off; else only those of servers that go up."""
    if run.facts.open:
        return not stays_off(run, ups)
    return any(goes_up(run, s) for s in run.site.servers_on(ups.name))


# Servers


class Turns:
    """Servers' UPSes go on one after the other, by rank and number, not all at once (R10-26, P14)."""

    def __init__(self, run: Run, order: list[Ups]) -> None:
        self._run = run
        self._order = [ups.name for ups in order]
        self._free_at_s = run.now
        self.to_come: set[str] = set()
        """Servers whose page is read yet."""

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


def start_servers_ups(run: Run, ups: Ups, turns: Turns, before: tuple[float, ...] = ()) -> Steps[None]:
    """A servers' UPS on, when every array its servers use has been ready long enough (S8, R10-26).

    Of all its servers: one that is not to go up may boot with its power all the same (H7). `before`: when it
    has taken an ON already for these servers.
    """
    retry_s, taken = (AGAIN_S if before else RETRY_S), list(before)
    servers = run.site.servers_on(ups.name)
    arrays = sorted({a for s in servers for a in s.arrays})
    if on_to_stay(run, ups):
        # By a hand, or it never went off: a disk that sleeps for others is not waited for.
        note_powered(run, ups)
        if (yield from stays_on(run, ups)):
            run.spawn(off_after_all(run, ups, turns, taken))
            return
    run.held_up.add(ups.name)
    for name in arrays:
        yield from comes_to_say_so(run, name)
    run.held_up.discard(ups.name)

    def refusal() -> guards.Refusal | None:
        turns.taken()
        return guards.start_loads({a: is_held_ready(run, a) for a in arrays})

    feeds = [run.site.upses[u] for a in arrays for u in run.site.arrays[a].upses]
    while True:
        for name in arrays:  # each time anew: one that has been silent since would be refused for ever
            yield from held_ready(run, run.site.arrays[name], waits=ups)
        outcome = yield from power_on(
            run,
            ups,
            [ups],
            [ups, *feeds],
            refusal,
            lambda: comes_next(run, ups, arrays, turns),
            linked=True,
            retry_s=retry_s,
            taken=lambda: taken.append(run.now),
        )
        if outcome.met:
            run.settled.discard(ups.name)
        note_powered(run, ups)  # on or not: nobody else waits for it
        if outcome.met and (yield from stays_on(run, ups)):
            run.spawn(off_after_all(run, ups, turns, taken))
            return
        if outcome.met:
            run.alarm(ups.name, f"{ups.name} went off again after it was switched on", "P14")
        else:
            run.alarm(ups.name, f"{ups.name} did not go on", "L3")
        retry_s = AGAIN_S
        yield from later(run, ups, taken)


def comes_next(run: Run, ups: Ups, arrays: list[str], turns: Turns) -> Steps[None]:
    disks = [run.site.arrays[name] for name in arrays]
    while True:
        for disk in disks:
            yield from off_its_battery(run, disk, ups)
        yield from turns.turn(ups)
        gone = [disk for disk in disks if has_lost_its_power(run, disk)]
        if not gone:
            return
        yield from run.together(*(outlives_its_word(run, disk, ups) for disk in gone))


def later(run: Run, ups: Ups, taken: list[float]) -> Steps[None]:
    """Until it is to be told again, is on, or somebody asks once more for who lives on it."""
    again_s = AGAIN_S if len(taken) < ATTEMPTS else SELDOM_S
    on = run.wait(run.ports.upses[ups.name].until(when.OUTPUT_ON), by_s=run.now + again_s)
    yield from run.race(on, asked_again(run, run.site.servers_on(ups.name)))


def off_after_all(run: Run, ups: Ups, turns: Turns, taken: list[float]) -> Steps[None]:
    """Its card was silent, and who answers on it had other power; now it says that it is off (U19, L3).

    Or it goes off while somebody on it is still to come up: it trips over whom we wake long after its ON
    (P14), or an OFF of ours was on its way that no poll had told yet (S16).
    """
    port = run.ports.upses[ups.name]
    silent = not port.seen().fresh
    if silent:
        yield from run.until_seen(port, when.ANSWERS)
    was_off = silent and is_off(run, ups)
    if not was_off:
        yield from run.until_seen(port, when.OUTPUT_OFF)
    if was_off or is_needed(run, ups, turns):
        if taken:
            run.alarm(ups.name, f"{ups.name} went off again after it was switched on", "P14")
            yield from later(run, ups, taken)
        yield from start_servers_ups(run, ups, turns, tuple(taken))


def is_needed(run: Run, ups: Ups, turns: Turns) -> bool:
    """By who is still to come up, and not wanted down since (S28). What somebody else has told to go off is
    not brought back (C12)."""
    off = run.facts.armed.get(ups.name)
    others = off is not None and off.wall_s is None
    to_come = (s for s in run.site.servers_on(ups.name) if s.name in turns.to_come)
    return not others and not all(wants(run, server.name, Goal.DOWN) for server in to_come)


def start_server(run: Run, server: Server, turns: Turns) -> Steps[None]:
    """It boots by AC-Link, or is woken over the LAN when it does not (R9-35)."""
    turns.to_come.add(server.name)
    yield from run.until(lambda: has_power(run, server), server.name)
    run.used_again.update(server.arrays)
    yield from force_when_stuck(run, server, lambda: goes_up(run, server))
    was_up = guards.is_seen(run.ports.servers[server.name].seen(), Os.UP)
    outcome = yield from wake(run, server)
    while not outcome.met and (unfit(run, server) or without_cluster(run)):  # it went away in the midst
        outcome = yield from wake(run, server)
    if not outcome.met:
        run.alarm(server.name, f"{server.name} is not up after {run.site.start.server_limit_s:g} s", "H9")
        yield from comes_later(run, server, lambda: wake(run, server))
    turns.to_come.discard(server.name)
    yield from start_jobs(run, server)
    yield from note_up(run, server, came=not was_up or server.name in run.rebooting)


def wake(run: Run, server: Server, *, restarts: bool = False) -> Steps[Outcome]:
    """When cluster, arrays and UPSes are fit for it; one that boots by itself meanwhile needs no wake.

    `restarts`: it was only to restart, and ran.
    """
    port = run.ports.servers[server.name]
    start = run.site.start
    if any(still_to_fall(run, run.site.upses[u]) for u in server.upses):
        yield from run.race(nothing_falls(run, server), run.until_seen(port, when.STARTS, eager=True))
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
        drops=when.HALTED,
        before=lambda: look_under(run, server),
        accepted=lambda: note_restarts(run, server),
        rests_on=tuple(run.ports.arrays[a] for a in server.arrays),
    )
    return (yield from step(run, server.name, port, when.UP, limit_s=start.server_limit_s, ask=ask))


def nothing_falls(run: Run, server: Server) -> Steps[None]:
    """Until no OFF counts down under it, perhaps on its other feed: as long no wake is allowed (S16), and the
    limit of one that was begun would pass in vain (L3)."""
    for ups in [run.site.upses[name] for name in server.upses]:
        while still_to_fall(run, ups):
            by_s = max(run.now, falls_at_s(run, ups) or run.now) + EVIDENCE_EXTRA_S
            yield from run.until_seen(run.ports.upses[ups.name], when.NOTHING_ARMED, by_s=by_s)


def has_power(run: Run, server: Server) -> bool:
    """Enough of its UPSes have been switched on, or would not go on; then its own limit counts."""
    return len(run.powered.intersection(server.upses)) >= server.minimum_supplies
