"""A control node comes back: with its power, else woken, when that holds a full stop (L3, S17)."""

from __future__ import annotations

from functools import partial
from math import inf

from sequencer import conditions as when
from sequencer import guards
from sequencer.cards import is_off
from sequencer.feeds import is_left, stable_at_s
from sequencer.fitness import look_under, powered_to_start, unfit
from sequencer.force import force_when_stuck
from sequencer.jobs import start_jobs
from sequencer.journal import Goal, Kind
from sequencer.late import comes_later, note_still_to_come
from sequencer.ports import Os, ServerStatus, Steps
from sequencer.power_off import ATTEMPTS
from sequencer.power_on import AGAIN_S, SELDOM_S, asked_again, power_on, stays_on
from sequencer.proof import still_to_fall
from sequencer.run import Run
from sequencer.scope import server_fails
from sequencer.site import Server, Ups
from sequencer.step import Ask, Outcome, step
from sequencer.uptime import booted_since_wanted
from sequencer.wants import still_wants, wants
from sequencer.watch import RETURNS


def power_node(run: Run, node: Server) -> Steps[None]:
    """A node that was switched off for good needs its UPS first; in an outage it comes back by itself."""
    site = run.site
    if wants(run, node.name, Goal.DOWN):
        return
    goes_down = still_wants(run, node.name, Goal.REBOOT) and (yield from is_down(run, node))
    if still_wants(run, node.name, Goal.UP):
        for name in node.upses:
            yield from nodes_power_on(run, site.upses[name])
    yield from run.until(lambda: not server_fails(node, {u for u in node.upses if is_left(run, u)}), RETURNS)
    if node.name != run.me:
        yield from force_when_stuck(run, node, lambda: not wants(run, node.name, Goal.DOWN))
    taken: list[float] = []
    yield from start_node(run, node, site.start.server_limit_s, patiently=taken)
    while lacks_its_power(run, node):  # it trips over what starts there, or would not go on (P14)
        wait_s = AGAIN_S if len(taken) < ATTEMPTS else SELDOM_S
        yield from run.race(run.pause(wait_s), asked_again(run, [node]))
        yield from start_node(run, node, site.start.server_limit_s, patiently=taken)
    if node.name != run.me:
        yield from comes_later(run, node, lambda: start_node(run, node, site.start.server_limit_s))
    yield from start_jobs(run, node)
    yield from note_up(run, node, came=goes_down)


def is_down(run: Run, node: Server) -> Steps[bool]:
    """Or on its way there, by a fresh look: when it is up again it has booted, whatever a clock says (T1)."""
    port = run.ports.servers[node.name]
    yield from port.look()
    return guards.is_seen(port.seen(), Os.HALTED) or guards.is_seen(port.seen(), Os.SHUTTING_DOWN)


def lacks_its_power(run: Run, node: Server) -> bool:
    """It is to be up, and the UPSes that it cannot do without say that they are off."""
    off = {name for name in node.upses if is_off(run, run.site.upses[name])}
    return node.name != run.me and server_fails(node, off) and not wants(run, node.name, Goal.DOWN)


def heard_without_power(run: Run, node: Server) -> Steps[None]:
    """Its UPSes were not told to be off when its start began; nobody else switches them on since (L3, N3).

    One that is off already may not be all that it needs, or somebody wants it down.
    """
    while not lacks_its_power(run, node):
        on = [name for name in node.upses if not is_off(run, run.site.upses[name])]
        falls = (run.ports.upses[name].until(when.OUTPUT_OFF) for name in on)
        yield from run.wait(*falls, run.news_when(partial(lacks_its_power, run, node)))


def start_node(
    run: Run, node: Server, limit_s: float, *, patiently: list[float] | None = None
) -> Steps[None]:
    """A node boots when its power returns. One that has power and stays halted is woken (L3).

    Unless it is halted because somebody has shut it down (S28, R2-09). One whose UPS goes off meanwhile gets
    its power, and has the rest of its limit: whoever waits for it goes on without it no sooner.
    `patiently`: it waits for its charge as long as that takes (S17), and when its UPSes took an ON is put
    there; whether it is off is for who asked.
    """
    if node.name == run.me or wants(run, node.name, Goal.DOWN):
        return
    port, by_s = run.ports.servers[node.name], run.now + limit_s
    yield from run.until_seen(port, when.STARTS, by_s=run.now + run.site.start.wake_after_s, eager=True)
    if any(is_off(run, run.site.upses[u]) for u in node.upses) and not wants(run, node.name, Goal.DOWN):
        yield from run.race(power_back(run, node, patiently), its_time(run, node, limit_s))
    if patiently is not None and lacks_its_power(run, node):
        return
    seen = port.seen()
    if unfit(run, node) and (seen.status is None or not when.STARTS.met(seen.status)):
        waits = [powered_to_start(run, node), run.until_seen(port, when.STARTS, eager=True)]
        ends = run.pause(limit_s) if patiently is None else heard_without_power(run, node)
        yield from run.race(*waits, ends)
        if wants(run, node.name, Goal.DOWN) or (patiently is not None and lacks_its_power(run, node)):
            return
    upses = [run.site.upses[u] for u in node.upses]

    def refusal() -> guards.Refusal | None:
        falling = {u.name: still_to_fall(run, u) for u in upses}
        return guards.start_node(node, port.seen(), falling, unfit(run, node))

    before = partial(look_under, run, node)  # mains that went a moment ago are not there (S17)
    ask = Ask(
        "wake",
        port.wake,
        refusal,
        under_way=boots,
        drops=when.HALTED,
        rests_on=(port,),
        before=before,
        overtaken=partial(lacks_its_power, run, node),  # no wake boots it: its UPS is to go on first
    )
    outcome = yield from step(run, node.name, port, when.UP, limit_s=limit_s, ask=ask)
    if outcome.met or (outcome is Outcome.OVERTAKEN and patiently is not None):
        return
    if outcome is Outcome.OVERTAKEN and run.now < by_s:
        yield from start_node(run, node, by_s - run.now)
    else:
        run.alarm(node.name, f"{node.name} is not up; the cluster starts without it", "L1")


def its_time(run: Run, node: Server, limit_s: float) -> Steps[None]:
    """For its power to be back; an ON that is under way then is brought to its end (L4)."""
    yield from run.pause(limit_s)
    yield from run.until(lambda: run.telling_on.isdisjoint(node.upses))


def wake_who_stayed_on(run: Run) -> Steps[None]:
    """Nodes that are halted with their power on: nothing but a wake boots them, and it needs no disk (L3).

    Their service died when they were on their way down already, and nobody told their UPSes to go off. The
    control disks may wait for their charge for an hour yet, or one feed of theirs may be out (X-04).
    """
    others = [node for node in run.site.control_nodes if node.name != run.me]
    yield from run.pause(run.site.start.mains_stable_s)
    yield from run.together(*(wake_if_it_stayed_on(run, node) for node in others))


def power_who_stays_off(run: Run) -> Steps[None]:
    """Nodes whose UPS came back and tripped, say: nobody else switches it on, and it needs no disk (P14, L3).

    What is begun is brought to its end, when the disks are there too (L4); from then on each has its page.
    """
    others = [node for node in run.site.control_nodes if node.name != run.me]
    yield from run.together(*(power_if_it_stays_off(run, node) for node in others))


def power_if_it_stays_off(run: Run, node: Server) -> Steps[None]:
    """As often as it trips: the disks may wait for their charge for an hour yet."""
    disks = [run.ports.arrays[array.name] for array in run.site.control_arrays]
    taken: list[float] = []
    wait_s = run.site.start.mains_stable_s  # a new life has not seen the disks yet
    while True:
        yield from heard_without_power(run, node)
        yield from run.race(run.pause(wait_s), asked_again(run, [node]))
        if all(guards.ready(disk.seen()) for disk in disks):
            return
        if lacks_its_power(run, node):
            yield from power_back(run, node, taken)
        wait_s = AGAIN_S if len(taken) < ATTEMPTS else SELDOM_S


def wake_if_it_stayed_on(run: Run, node: Server) -> Steps[None]:
    """As often as it takes: its card was taken for dead, perhaps, and told then that it has no charge yet."""
    port, tried = run.ports.servers[node.name], 0
    yield from run.until_seen(port, when.HALTED)
    came = run.spawn(run.until_seen(port, when.UP))  # whoever is halted after that is so by somebody's word
    while not (came.over or wants(run, node.name, Goal.DOWN)):
        powered = run.spawn(powered_to_start(run, node))
        if (yield from run.wait(powered, came)) is powered:
            yield from start_node(run, node, run.site.start.server_limit_s)
        tried += 1
        yield from run.wait(came, by_s=run.now + (AGAIN_S if tried < ATTEMPTS else SELDOM_S))
        powered.close()


def keep_nodes(run: Run) -> Steps[None]:
    """Never returns. While the incident is open nobody else wakes a node that was up and has died (L3)."""
    others = [node for node in run.site.control_nodes if node.name != run.me]
    yield from run.together(*(keep_node(run, node) for node in others))


def keep_node(run: Run, node: Server) -> Steps[None]:
    """Not one that was seen to shut down: that is somebody's word (S28). One that only reboots by it may hang
    there: past its limit it is forced, and woken (H1)."""
    port = run.ports.servers[node.name]
    while True:
        yield from run.until_seen(port, when.UP)
        yield from run.until_seen(port, when.LEAVES)
        if still_wants(run, node.name, Goal.REBOOT) or node.name in run.rebooting:
            yield from force_when_stuck(run, node, lambda: not wants(run, node.name, Goal.DOWN))
        if guards.is_seen(port.seen(), Os.HALTED):
            yield from note_still_to_come(run, node)
            yield from start_node(run, node, run.site.start.server_limit_s)


def power_who_is_wanted_up(run: Run) -> None:
    """Begins it of nodes that were switched off for good, and are wanted up again: it needs no disk (L3)."""
    others = [node for node in run.site.control_nodes if node.name != run.me]
    wanted = [node for node in others if still_wants(run, node.name, Goal.UP)]
    for name in dict.fromkeys(name for node in wanted for name in node.upses):
        run.spawn(nodes_power_on(run, run.site.upses[name]))


def power_back(run: Run, node: Server, taken: list[float] | None = None) -> Steps[None]:
    """A node's UPS comes back by itself. One that has its mains and does not is switched on (L3): its time
    counts from these, and may be over before anybody asks."""
    for ups in (run.site.upses[name] for name in node.upses):
        stable_s = stable_at_s(run, ups)
        mains_s = run.now + run.site.start.mains_stable_s if stable_s is None else stable_s
        by_s = max(mains_s + ups.return_delay_s, run.told_on_s.get(ups.name, -inf) + AGAIN_S)
        while is_off(run, ups) and run.now < by_s:
            yield from run.wait(run.ports.upses[ups.name].until(when.OUTPUT_ON), by_s=by_s)
        if is_off(run, ups):
            yield from nodes_power_on(run, ups, taken)


def nodes_power_on(run: Run, ups: Ups, taken: list[float] | None = None) -> Steps[None]:
    """Each node has its page, and two of them may live on one UPS: `power_on` tells it once (S33).

    If it trips over its node it does so at once, and for no boot is waited then (P14, L3).
    """
    times, was_off = [] if taken is None else taken, is_off(run, ups)
    outcome = yield from power_on(run, ups, [ups], [ups], taken=lambda: times.append(run.now))
    if was_off and outcome.met:
        yield from stays_on(run, ups)


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


def boots(status: ServerStatus) -> bool:
    return status.os is Os.BOOTING


def note_up(run: Run, server: Server, *, came: bool = False) -> Steps[None]:
    """It is up as somebody wanted it; from here on nobody is fought over it (O1).

    `came`: it was down, and has booted. Who was to be restarted meanwhile has been (R10-41, S9).
    """
    came = came or booted_since_wanted(run, server.name) or was_off_then(run, server)
    if guards.is_seen(run.ports.servers[server.name].seen(), Os.UP) and (
        still_wants(run, server.name, Goal.UP) or (came and still_wants(run, server.name, Goal.REBOOT))
    ):
        yield from run.commit(Kind.REACHED, server.name, wall_s=run.facts.wants[server.name].at_s)


def was_off_then(run: Run, server: Server) -> bool:
    """Its power has been seen off in this incident, in which that was wanted, so it has booted since: by a
    hand, perhaps, while no node was up, and by clocks that have been set back it has not (T4)."""
    want = run.facts.wants.get(server.name)
    in_it = want is not None and want.epoch == run.facts.epoch
    return in_it and bool(server.upses) and run.facts.seen_off.issuperset(server.upses)
