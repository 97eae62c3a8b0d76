"""The last resort for a system that hangs on its way down: forced off shortly before its power falls.

Or, where its power stays because the mains are back, when its own limit is over: so that it can be woken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import simpy

from sequencer import conditions as when
from sequencer import guards
from sequencer.journal import Kind
from sequencer.ports import Condition, Os, ServerStatus, Steps
from sequencer.power_falls import (
    carriers_of,
    held_batteries_end,
    held_battery_ends_s,
    linked_disks,
    next_cut_s,
    not_shown_yet,
    power_under,
    to_be_forced_at_s,
    was_told_by_us,
)
from sequencer.proof import halted, last_halted, still_to_fall, without_power
from sequencer.reboots import note_reached
from sequencer.run import Run
from sequencer.scope import server_fails
from sequencer.shortage import is_left_on
from sequencer.site import Array, Server, ServerRole
from sequencer.step import RETRY_S, Ask, step

LOOKS_APART_S = 2.0
"""As long as one look may take: cards that show nothing are asked no more often than when each is silent."""


def force_whenever_it_falls(run: Run, server: Server) -> Steps[None]:
    """The same of a system that goes down again (H5, H6): an OFF that no card counts down ends nothing.

    Whoever asked the cards again at once, as long as that OFF is due, would do nothing else.
    """
    while not (yield from force_before_the_cut(run, server)):
        yield from anything_new(run, server, power_under(run, server))


def force_while_it_is_told(run: Run, server: Server) -> Steps[None]:
    """The same until the time is over of every OFF of ours under it: no card may count down yet (S1)."""
    while not (yield from force_before_the_cut(run, server)):
        told = [ups for ups in power_under(run, server) if was_told_by_us(run, ups)]
        by_s = max((run.facts.armed[ups].falls_at_s for ups in told), default=run.now)
        yield from anything_new(run, server, told, by_s=by_s)
        if run.now >= by_s:
            return


def anything_new(run: Run, server: Server, upses: Iterable[str], *, by_s: float | None = None) -> Steps[None]:
    """It is down, or one of these cards counts down; or there is news of anything, but not sooner than a
    while after the last look: two systems under one OFF make news for each other with theirs (S33)."""
    news = run.news()
    if (yield from run.wait(*says_more(run, server, upses), news, by_s=by_s)) is news:
        again_s = run.now + LOOKS_APART_S
        until_s = again_s if by_s is None else min(by_s, again_s)
        yield from run.wait(*says_more(run, server, upses), by_s=until_s)


def says_more(run: Run, server: Server, upses: Iterable[str]) -> list[simpy.Event]:
    cards = [run.ports.upses[name].until(when.COUNTS_DOWN) for name in upses]
    return [run.ports.servers[server.name].until(when.HALTED), *cards]


def until_it_runs(run: Run, server: Server, runs: Condition[ServerStatus]) -> Steps[None]:
    """Until it is seen so. Silent on power that we have told to go it is forced before that, once, whatever
    its last word was: a hand may have booted it unheard (S1, S11, H6)."""
    port = run.ports.servers[server.name]
    while not ((seen := port.seen()).fresh and seen.status is not None and runs.met(seen.status)):
        if falls_unseen(run, server):
            by_s = max(run.facts.armed[ups].falls_at_s for ups in told_by_us(run, server))
            yield from run.race(force_while_it_is_told(run, server), run.until_seen(port, runs))
            yield from run.until_seen(port, when.SERVER_ANSWERS, by_s=by_s)
        else:
            unheard = not (seen.fresh or without_power(run, server))
            told = [run.news_when(partial(falls_unseen, run, server))] if unheard else []
            yield from run.wait(port.until(runs), *told)


def force_before_the_cut(run: Run, server: Server) -> Steps[bool]:
    """A system that hangs is forced off shortly before its power falls, and not sooner (H1).

    Two pages may wait for that moment; the second leaves it to the first (S15). False: it runs, and nothing
    under it is about to fall.
    """
    port = run.ports.servers[server.name]
    force_at_s: float | None = None
    while force_at_s is None or run.now < force_at_s:
        force_at_s, hidden = to_be_forced_at_s(run, server), not_shown_yet(run, server)
        otherwise = run.news_when(partial(is_to_be_forced_otherwise, run, server, force_at_s, hidden))
        cards = [run.ports.upses[ups].until(when.COUNTS_DOWN) for ups in hidden]
        cards += [run.ports.upses[ups].until(when.GOES_OFF) for ups in carriers_of(run, server)]
        ends = held_batteries_end(run, server)
        yield from run.wait(port.until(when.HALTED), otherwise, *cards, *ends, by_s=force_at_s)
        if halted(run, server):
            return True
    if server.name in run.forcing:
        yield from run.until(lambda: server.name not in run.forcing, server.name)
        return halted(run, server)
    run.forcing.add(server.name)
    run.announce(server.name)
    try:
        return (yield from force_if_it_falls(run, server))
    finally:
        run.forcing.discard(server.name)
        if not run.over:
            run.announce(server.name)


def is_to_be_forced_otherwise(run: Run, server: Server, at_s: float | None, hidden: list[str]) -> bool:
    """It is down, or to be forced at another time than this, or other OFFs under it are still hidden."""
    if halted(run, server) or to_be_forced_at_s(run, server) != at_s:
        return True
    return not_shown_yet(run, server) != hidden


def force_if_it_falls(run: Run, server: Server) -> Steps[bool]:
    yield from run.all_of(*(run.ports.upses[u].look() for u in power_under(run, server)))
    if without_power(run, server):
        return True  # its battery was empty before that
    cut_s = next_cut_s(run, server)
    if cut_s is None and (ends_s := held_battery_ends_s(run, server)) is not None and ends_s <= run.now:
        yield from force_off(run, server, ends_s, by_s=run.now + run.site.force_before_s)
        return True
    if cut_s is None or not any(still_to_fall(run, run.site.upses[u]) for u in power_under(run, server)):
        return False  # what was armed belongs to an outage that is over
    yield from force_off(run, server, to_be_forced_at_s(run, server) or run.now, by_s=cut_s)
    return True


def force_off(run: Run, server: Server, at_s: float, *, by_s: float) -> Steps[None]:
    """Not before `at_s`, and not after `by_s`: who was held until then may live on other power (S27).

    Whoever forces himself in a stop that wants him down is down by that, and notes nothing later (O1).
    """
    port = run.ports.servers[server.name]
    if server.name == run.me and run.me not in run.rebooting:
        yield from note_reached(run, run.me)
    yield from run.commit(Kind.FORCED, server.name)
    limit_s = max(1.0, by_s - run.now)
    yield from step(
        run,
        server.name,
        port,
        when.HALTED,
        limit_s=limit_s,
        latest_s=run.now + limit_s,
        ask=Ask("force", port.force, lambda: guards.force_server(now_s=run.now, force_at_s=at_s)),
    )


def force_when_stuck(run: Run, server: Server, goes_up: Callable[[], bool]) -> Steps[None]:
    """It began to go down before the mains were back, and its power stays: it may take its limit, no longer.

    One that was given up already has had it; another life than the one that told it to go down cannot
    know how much is left, and waits all of it.
    """
    port = run.ports.servers[server.name]
    yield from port.look()
    past_limit_s = run.now if server.name in run.given_up else run.now + server.stop_limit_s
    while is_stopping(run, server) and run.now < past_limit_s:
        yield from run.wait(port.until(when.OUT_OF_IT), by_s=past_limit_s)
    while is_stopping(run, server) and any(still_to_fall(run, run.site.upses[u]) for u in server.upses):
        yield from run.wait(*(run.ports.upses[u].until(when.OUTPUT_OFF) for u in server.upses), run.news())
    if not is_stopping(run, server):
        return
    text = f"{server.name} hangs on its way down with the mains back; it is forced off, and woken"
    run.alarm(server.name, text, "H1")
    yield from run.commit(Kind.FORCED, server.name)
    yield from step(
        run,
        server.name,
        port,
        when.HALTED,
        limit_s=run.site.force_before_s,
        ask=Ask(
            "force",
            port.force,
            lambda: guards.force_stuck(
                server, port.seen(), goes_up=goes_up(), now_s=run.now, past_limit_s=past_limit_s
            ),
        ),
    )


def force_before_we_go(run: Run, node: Server) -> Steps[None]:
    """One that let nobody in up to its limit, or hangs, with its service if it is a node: when we are down
    nobody is left to force it (H3, C7), nor is there time when its disks are to go. And who boots onto power
    that falls: it lets nobody in before it is up, and has done nothing yet (H5)."""
    port = run.ports.servers[node.name]
    if boots(run, node.name):
        yield from note_started(run, node)
    yield from run.commit(Kind.FORCED, node.name)
    given_up = node.name in run.given_up or (node.role is not ServerRole.CONTROL and boots(run, node.name))

    def refusal() -> guards.Refusal | None:
        watches_itself = node.name in run.ports.peers and run.ports.peers[node.name].seen().fresh
        if falls_unseen(run, node):
            return None  # as shortly before that
        return guards.force_refusing(node, port.seen(), given_up=given_up, watches_itself=watches_itself)

    yield from step(
        run,
        node.name,
        port,
        when.HALTED,
        limit_s=RETRY_S,
        ask=Ask("force", port.force, refusal),
    )


def note_started(run: Run, server: Server) -> Steps[None]:
    """Whoever follows us will not see that it was started, though it came to nothing: a disk that says
    that it is flushed is to be flushed anew (S2)."""
    for array in linked_disks(run, server):
        if guards.flushed(run.ports.arrays[array.name].seen()):
            yield from run.commit(Kind.USED_AGAIN, array.name)


def boots(run: Run, server: str) -> bool:
    return guards.is_seen(run.ports.servers[server].seen(), Os.BOOTING)


def force_who_would_write(run: Run, array: Array) -> Steps[None]:
    """Its power was to be off by now and is not, or is held and its disk's battery waits no longer; and it
    runs past its limit: what it writes from here on would be lost (S2, S18). Not who is held (S27). Who is
    heard to run only while another is forced comes after him."""
    forced: set[str] = set()
    while late := [s for s in run.site.users_of(array.name) if s.name not in forced and would_write(run, s)]:
        forced.update(server.name for server in late)
        yield from run.together(*(force_before_we_go(run, server) for server in late))
        run.given_up -= {s.name for s in late if halted(run, s)}  # booted once more, they write anew


def would_write(run: Run, server: Server) -> bool:
    may_be_forced = runs_past_its_limit(run, server) and run.in_other_hands(server.name) is None
    return may_be_forced and (run.settled.issuperset(server.upses) or is_left_on(run, server))


def runs_past_its_limit(run: Run, server: Server) -> bool:
    """Given up, and seen to run all the same."""
    seen, running = run.ports.servers[server.name].seen(), (Os.UP, Os.BOOTING, Os.SHUTTING_DOWN)
    return server.name in run.given_up and any(guards.is_seen(seen, os) for os in running)


def falls_unseen(run: Run, server: Server) -> bool:
    """Given up, or down by his last word, and silent, in nobody's hands; and OFFs of ours take his power."""
    seen = run.ports.servers[server.name].seen()
    if seen.fresh or not (server.name in run.given_up or last_halted(seen)) or without_power(run, server):
        return False
    told = told_by_us(run, server)
    return bool(told) and server_fails(server, told) and run.in_other_hands(server.name) is None


def told_by_us(run: Run, server: Server) -> set[str]:
    return {ups for ups in server.upses if was_told_by_us(run, ups)}


def is_stopping(run: Run, server: Server) -> bool:
    return guards.is_seen(run.ports.servers[server.name].seen(), Os.SHUTTING_DOWN)
