"""What the present readings prove. Pure questions about one life's view; no waiting, no asking."""

from __future__ import annotations

from math import inf

from sequencer import guards, timing
from sequencer.feeds import as_told_stable_at_s, is_back
from sequencer.journal import Goal
from sequencer.on_unheard import may_feed, may_give_power, was_on_since
from sequencer.ports import ClusterState, Flush, Os, Seen, ServerStatus
from sequencer.run import Run
from sequencer.scope import scope
from sequencer.site import Array, Server, Ups
from sequencer.wants import control_goes_first, planned_scope, wants


def mains_back(run: Run, device: str = "") -> bool:
    """Every UPS whose outage was confirmed is seen to have its mains again, and that is why we stop.

    The control side may be wanted down meanwhile, and goes on; of the linked side only what is wanted down.
    """
    if control_goes_first(run):
        return device in left_on(run)
    return confirmed_are_back(run)


def confirmed_are_back(run: Run) -> bool:
    confirmed = run.facts.confirmed
    return bool(confirmed) and all(is_back(run, run.site.upses[name]) for name in sorted(confirmed))


def left_on(run: Run) -> frozenset[str]:
    """The mains are back while the control side goes: of the linked side who is not wanted down stays."""
    if not control_goes_first(run) or not confirmed_are_back(run):
        return frozenset()
    stops = scope(run.site, run.facts.confirmed | run.off_beside)
    return (stops.servers | stops.server_upses | stops.arrays) - planned_scope(run).devices


def leaves_at_s(run: Run) -> float:
    """When those who stay on may be left alone: their mains have been good for `mains_stable` then (S5, P3).

    Infinity: not known yet. Lost again while we go, nobody would bring them down.
    """
    times = [as_told_stable_at_s(run, run.site.upses[name]) for name in sorted(run.facts.confirmed)]
    return max((inf if at_s is None else at_s for at_s in times), default=run.now)


def last_halted(seen: Seen[ServerStatus]) -> bool:
    return seen.status is not None and seen.status.os is Os.HALTED


def halted(run: Run, server: Server) -> bool:
    """Seen halted now; or seen halted last, and every UPS of it seen off since (H4)."""
    seen = run.ports.servers[server.name].seen()
    return last_halted(seen) and (seen.fresh or run.settled.issuperset(server.upses))


def runs(run: Run, server: str) -> bool:
    """It is seen up, or at its boot. One that is down, or goes down, may be booted again meanwhile (H5)."""
    seen = run.ports.servers[server].seen()
    return guards.is_seen(seen, Os.UP) or guards.is_seen(seen, Os.BOOTING)


def is_up(run: Run, server: str) -> bool:
    """It runs, or is on its way through a reboot."""
    status = run.ports.servers[server].seen().status
    if status is None:
        return False
    return status.os in (Os.UP, Os.BOOTING) or (
        status.os is Os.SHUTTING_DOWN and wants(run, server, Goal.REBOOT)
    )


def falls_at_s(run: Run, ups: Ups) -> float | None:
    """When an armed OFF takes the output away, on this life's clock; None if none was armed."""
    armed = run.facts.armed.get(ups.name)
    return None if armed is None else armed.falls_at_s


def may_fall_at_s(run: Run, ups: Ups) -> float | None:
    """The earliest time of that; None: no OFF is known, or nobody knows since when it counts down.

    Of another life's row we know only when we heard it, perhaps long after it was written; by its wall clock
    and ours it falls sooner. Ours may have been put otherwise since (T2): then it counts as it was when this
    life began, too, and the sooner of both. Where by one it fell before we heard of it that is of no use. And
    its card may have said since when it cannot count down: one of the clocks is wrong then (T4).
    """
    armed = run.facts.armed.get(ups.name)
    if armed is None or armed.wall_s is None:
        return None
    if armed.life == run.life:
        return armed.falls_at_s
    ahead_s = run.wall_s() - run.now
    clocks_s = (ahead_s, ahead_s if run.wall_ahead_s is None else run.wall_ahead_s)
    by_card_s = run.idle_s.get(ups.name, -inf) + armed.falls_in_s
    soonest_s = [max(armed.wall_s + armed.falls_in_s - clock_s, by_card_s) for clock_s in clocks_s]
    of_use = [at_s for at_s in soonest_s if at_s > armed.heard_s]
    return min(armed.falls_at_s, *of_use) if of_use else None


def seen_off(run: Run, ups: Ups, loads: list[Server]) -> bool:
    """The evidence that a UPS is off (DESIGN §3).

    Of a card that is silent neither off as its last word is enough, nor that its time is over, while somebody
    answers who lives on it: a hand has pressed its button since, and the card does not tell (O1, S11).
    Nor is off, where he has answered since that word, and is silent by now: a network may lose much (N3).
    """
    seen = run.ports.upses[ups.name].seen()
    if seen.status is not None and not seen.fresh and (may_give_power(run, ups) or was_on_since(run, ups)):
        return False
    return was_seen_off(run, ups) or guards.off(
        seen,
        now_s=run.now,
        falls_at_s=falls_at_s(run, ups),
        loads_halted=all(last_halted(run.ports.servers[s.name].seen()) for s in loads),
        extra_s=timing.EVIDENCE_EXTRA_S,
    )


def off_with_its_loads(run: Run, ups: Ups) -> bool:
    """So it is of a silent card that counted down only where all on it were seen down before (S1, S3)."""
    return seen_off(run, ups, list(run.site.servers_on(ups.name)))


def was_seen_off(run: Run, ups: Ups) -> bool:
    """An earlier life has seen it off, on its way down as we are; and ours has never heard it, nor its loads.

    Its card has no power. Before the goal is up again only the mains can give it some, and then it answers.
    """
    silent = run.ports.upses[ups.name].seen().status is None
    return silent and run.facts.down and ups.name in run.facts.seen_off and not may_give_power(run, ups)


def without_power(run: Run, server: Server) -> bool:
    """Every UPS of it is off: there is nothing left to shut down.

    Not if it says that it runs: a hand may have switched one on while its card was silent (O1, S11). Nor that
    the time of a silent card's OFF is over, where nobody has seen him down before: he may run yet (S1, S3).
    """
    seen = run.ports.servers[server.name].seen()
    if any(guards.is_seen(seen, os) for os in (Os.BOOTING, Os.UP, Os.SHUTTING_DOWN)):
        return False
    return bool(server.upses) and all(seen_off(run, run.site.upses[u], [server]) for u in server.upses)


def still_to_fall(run: Run, ups: Ups) -> bool:
    """An OFF is counting down, or may be: armed, not over, and the card does not say otherwise."""
    seen = run.ports.upses[ups.name].seen()
    if seen.fresh and seen.status is not None:
        return seen.status.off_armed and seen.status.output_on
    at_s = falls_at_s(run, ups)
    return at_s is not None and run.now < at_s + timing.EVIDENCE_EXTRA_S


def servers_down(run: Run, array: Array) -> dict[str, bool]:
    """Every user of this array, and whether it is down: halted, or without power."""
    return {s.name: is_down(run, s) for s in run.site.users_of(array.name)}


def is_down(run: Run, server: Server) -> bool:
    return halted(run, server) or (run.settled.issuperset(server.upses) and not runs_again(run, server))


def runs_again(run: Run, server: Server) -> bool:
    """Somebody has booted it since it was down (H6), or it goes down yet, its UPS having been given up.

    One that never was down has been given up, loudly.
    """
    seen = run.ports.servers[server.name].seen()
    runs = seen.fresh and seen.status is not None and seen.status.os is not Os.HALTED
    return runs and server.name not in run.given_up


def unsettled(run: Run) -> dict[str, str]:
    """What of the linked side an outage brings down and is not down yet, and why, in words (S5)."""
    waiting: dict[str, str] = {}
    left, settled = left_on(run), run.settled - on_by_hand(run)
    if left and not leaves_at_s(run) <= run.now:
        waiting = dict.fromkeys(sorted(left), "stays on if its mains stay")
    upses = run.scope.server_upses - left
    for name in sorted(run.scope.servers - left):
        server = run.site.servers[name]
        if not upses.issuperset(server.upses) and is_awaited(run, server):
            waiting[name] = "is not down yet"  # its UPS stays on, for somebody else
    for name in sorted(upses - settled):
        waiting[name] = "is not off yet"
    for name in sorted(run.scope.arrays - settled - left):
        seen = run.ports.arrays[name].seen()
        flushing = seen.fresh and seen.status is not None and seen.status.flush is Flush.UNDER_WAY
        waiting[name] = "is still flushing" if flushing else "is not flushed and cut yet"
    return waiting


def on_by_hand(run: Run) -> set[str]:
    """UPSes of servers and linked arrays, and these, that were off, and say that they are on for good; or say
    nothing, and a server answers that could not without them."""
    site, found = run.site, set[str]()
    for ups in (*site.server_upses, *site.linked_array_upses) if run.settled else ():
        if ups.name in run.settled and ups.name not in run.given_up and is_on(run, ups):
            found |= {ups.name, *(array.name for array in site.arrays_on(ups.name))}
    return found


def is_on(run: Run, ups: Ups) -> bool:
    seen = run.ports.upses[ups.name].seen()
    if not seen.fresh or seen.status is None:
        return any(port.seen().fresh for port in may_feed(run, ups)[0])
    return seen.status.output_on and not seen.status.off_armed


def is_awaited(run: Run, server: Server) -> bool:
    """Nobody has seen it down yet as it is to be, nor given it up."""
    return not (server.name in run.given_up or halted(run, server) or without_power(run, server))


def cluster_is(run: Run, *states: ClusterState) -> bool:
    """By a fresh reading: a cluster that has fallen silent is in no state (S11)."""
    seen = run.ports.cluster.seen()
    return seen.fresh and seen.status is not None and seen.status.state in states
