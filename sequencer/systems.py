"""Shut a system down: out of its reboot, its jobs first, asked once, waited for, at last forced.

Servers and control nodes alike. Nothing is asked while the mains are back.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import simpy

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.asleep import says_why_it_booted, stays_as_it_is
from sequencer.comes_back import answer
from sequencer.force import (
    boots,
    force_before_the_cut,
    force_whenever_it_falls,
    force_while_it_is_told,
    until_it_runs,
)
from sequencer.jobs import stop_jobs
from sequencer.journal import Goal, Kind
from sequencer.ports import Os, Steps, Unreachable
from sequencer.power_falls import (
    count_down,
    falls_under,
    is_about_to_fall,
    is_to_be_forced,
    linked_disks,
    may_take_until_s,
    was_told_by_us,
)
from sequencer.proof import is_up, mains_back, runs, without_power
from sequencer.reboots import is_back_up, note_reached, out_of_its_reboot
from sequencer.run import Run
from sequencer.scope import server_fails
from sequencer.shortage import flush_and_cut_s
from sequencer.site import Server, ServerRole
from sequencer.slept import returns_with_mains
from sequencer.step import RETRY_S, Ask, Outcome, step
from sequencer.uptime import booted_since_wanted
from sequencer.wants import wants


def stop_system(run: Run, server: Server, first: Callable[[], Steps[None]] | None = None) -> Steps[None]:
    """`first`: what is to be done when its jobs are over, immediately before it is told."""
    if without_power(run, server):
        note_stopping(run, server)
        return
    yield from out_of_its_reboot(run, server)
    if server.role is ServerRole.CONTROL:
        yield from says_why_it_booted(run, server.name)
    yield from stop_jobs(run, server)
    if first is not None:
        yield from first()
    asked_s = run.now
    if is_back_up(run, server):
        run.on_their_way.discard(server.name)  # it was told before, and has been booted since
    too_late = yield from is_too_late(run, server)
    if too_late:
        note_use_since_its_flush(run, server)
    outcome = Outcome.TIMED_OUT if too_late else (yield from shut_down(run, server))
    accepted = server.name in run.on_their_way and server.name not in run.given_up
    back_up = outcome is Outcome.TIMED_OUT and accepted and is_back_up(run, server)
    if back_up and not (yield from is_too_late(run, server)):
        outcome = yield from shut_down(run, server)  # it was on its way through a reboot
    elif outcome is Outcome.TIMED_OUT and not accepted and mains_back(run) and not falls_under(run, server):
        yield from outage_goes_on(run)  # its time ran out while nobody was to ask it (S9)
        outcome = yield from shut_down(run, server)
    if outcome is Outcome.TIMED_OUT:
        text = f"{server.name} is not halted after {server.shutdown_limit_s:g} s"
        if not accepted and run.now < asked_s + server.shutdown_limit_s:
            text = f"{server.name} has not taken its shutdown, and its power lasts no longer"
        run.alarm(server.name, text, "H1")
        run.given_up.add(server.name)
        note_stopping(run, server)  # declared lost: its power falls under it if need be
        yield from let_in_at_last(run, server)


def is_too_late(run: Run, server: Server) -> Steps[bool]:
    """To be waited for: it is to be forced by now (S1). A node is seen to by those who go with it; but a
    silent one is not asked when batteries last for their OFF only: to look, and to hear no answer, takes what
    is left of them (S18)."""
    if server.role is ServerRole.CONTROL:
        return not run.ports.servers[server.name].seen().fresh and battery_ends_s(run, server) <= run.now
    return (yield from is_to_be_forced(run, server))


def let_in_at_last(run: Run, server: Server) -> Steps[None]:
    """It let nobody in, or had to boot first: as long as its power lasts it is asked whenever it is up (H3).

    Nothing is lost by it: it is forced all the same, shortly before its power falls (S1). That no card counts
    down yet, for its OFF is only about to be sent, is not the end of that.
    """
    forcing = run.spawn(force_while_it_is_told(run, server))
    while not forcing.over:
        up = run.spawn(may_be_asked_again(run, server))
        yield from run.wait(up, forcing)
        if not up.over or not up.value:
            up.close()
            break
        if not (yield from shut_down(run, server)).met:
            run.given_up.add(server.name)
    if server.name in run.forcing:
        yield from run.wait(forcing, by_s=run.now + RETRY_S)  # it has halted, and that force says so (L4)
    forcing.close()


def may_be_asked_again(run: Run, server: Server) -> Steps[bool]:
    """Wait until it is up, and its power counts down; False: it is halted.

    While that stays on nothing presses: much later nobody knows whether it is to stop yet. But its battery
    does, where nobody tells it to go off, for somebody holds it or another on it (O2, L2); and a node is
    waited for, and goes first (`control_stop.before_we_go`); not one that somebody has booted since it was
    wanted down, though nobody has seen it down (O1). Who has only come back with his mains, by nobody's hand,
    is asked (T7). And whoever booted it: an OFF of ours takes it, from when that is written down (S1).
    """
    port = run.ports.servers[server.name]
    while (yield from comes_up(run, server)):
        by_hand = booted_since_wanted(run, server.name) and not returns_with_mains(run, server.name)
        falls = is_about_to_fall(run, server) or any(was_told_by_us(run, ups) for ups in server.upses)
        if wants(run, server.name, Goal.DOWN) and by_hand and not falls:
            return False
        ends_s = battery_ends_s(run, server)
        if server.role is ServerRole.CONTROL or is_about_to_fall(run, server) or ends_s <= run.now:
            return True
        others = [u for u in server.upses if not count_down(run, (u,))]
        cards = [run.ports.upses[u].until(when.COUNTS_DOWN) for u in others]
        yield from run.wait(port.until(when.HALTED), *cards, by_s=ends_s)
    return False


def comes_up(run: Run, server: Server) -> Steps[bool]:
    """Wait until it is up, and lets somebody in; False: it is halted."""
    port = run.ports.servers[server.name]
    while not (is_halted(run, server) or guards.is_seen(port.seen(), Os.UP)):
        yield from run.wait(port.until(when.UP), port.until(when.HALTED))
    return not is_halted(run, server)


def is_halted(run: Run, server: Server) -> bool:
    """It says so now."""
    return guards.is_seen(run.ports.servers[server.name].seen(), Os.HALTED)


def keep_down(run: Run, server: Server) -> Steps[None]:
    """Down, but not without power yet: booted meanwhile, it goes down again, or is forced (H5, H6).

    What its UPS still feeds when that falls would crash (S1).
    """
    while server.upses:
        yield from until_it_runs(run, server, when.STARTS)
        if not is_about_to_fall(run, server):  # an OFF that counts down is carried out, mains or not
            yield from outage_goes_on(run, server.name)
        if server.name in run.given_up and run.settled.issuperset(server.upses):
            yield from run.until(lambda: not run.settled.issuperset(server.upses), server.name)
            continue
        note_use(run, server)
        yield from note_fed(run, server)
        text = f"{server.name} was booted in mid-outage, and goes down again"
        run.alarm(server.name, text, "H6")
        yield from down_before_the_cut(run, server)


def note_fed(run: Run, server: Server) -> Steps[None]:
    """It runs, so a UPS of its gives power that was seen off; if none does that answers now, each that is
    silent may be it (O1, S3)."""
    off, silent = run.settled.intersection(server.upses) - run.given_up, set[str]()
    for name in sorted(off) if server_fails(server, off) else ():
        status = yield from run.ports.upses[name].look()
        if isinstance(status, Unreachable):
            silent.add(name)
        elif status.output_on:
            return
    for name in sorted(silent):
        run.settled.discard(name)
        run.announce(name)


def down_before_the_cut(run: Run, server: Server) -> Steps[None]:
    """Down again when it is up; or forced, should its power fall first."""
    yield from run.race(down_again(run, server), force_whenever_it_falls(run, server))


def forget_its_stop(run: Run, server: Server) -> None:
    """It runs again, or may: its UPS is not to be told to go off before it is down once more (S1)."""
    run.asked_to_stop.discard(server.name)
    run.on_their_way.discard(server.name)
    run.given_up.discard(server.name)
    note_use(run, server)
    run.announce(server.name)


def note_use(run: Run, server: Server) -> None:
    """It may write to its arrays again: what a flush has emptied by now is to be flushed anew (S2)."""
    run.used_again.update(server.arrays)
    run.announce(*server.arrays)


def note_use_since_its_flush(run: Run, server: Server) -> None:
    """It runs, and its disk has been asked to flush: whoever commanded then had seen it down, and nobody has
    watched it since (S2, C2, H6)."""
    if runs(run, server.name) and not run.facts.flush_asked.keys().isdisjoint(server.arrays):
        note_use(run, server)


def down_again(run: Run, server: Server) -> Steps[None]:
    """It lets nobody in before it is up. A boot may take its limit, or hang (H9): it is waited for no longer
    than the batteries last that its OFF needs, and the flush of its arrays (S18, L2). One that a page told,
    which was closed since, ends its time (L4)."""
    port = run.ports.servers[server.name]
    limit_s = run.now + run.site.start.server_limit_s
    while not (guards.is_seen(port.seen(), Os.UP) or guards.is_seen(port.seen(), Os.SHUTTING_DOWN)):
        by_s = min(limit_s, battery_ends_s(run, server))
        if run.now >= by_s:
            break
        yield from run.wait(
            port.until(when.UP_OR_STOPPING, eager=True), *battery_ends(run, server), by_s=by_s
        )
    note_use(run, server)
    yield from stop_system(run, server)


def shut_down(run: Run, server: Server) -> Steps[Outcome]:
    """Within its limit; where an OFF under it counts down already, as long as it can still be forced (S1)."""
    port = run.ports.servers[server.name]
    return (
        yield from step(
            run,
            server.name,
            port,
            when.HALTED,
            limit_s=server.shutdown_limit_s,
            latest_s=min(goes_down_by_s(run, server), may_take_until_s(run, server)),
            ask_by_s=lambda: to_be_told_by_s(run, server),
            ask=Ask(
                "shutdown",
                port.shut_down,
                lambda: guards.shut_down_server(
                    cause=is_to_stop(run, server),
                    mains_back=mains_back(run, server.name) and not falls_under(run, server),
                ),
                under_way=lambda status: status.os is Os.SHUTTING_DOWN,
                before=lambda: note_running(run, server),
                accepted=lambda: accepts(run, server),
            ),
        )
    )


def goes_down_by_s(run: Run, server: Server) -> float:
    """Who is at it since an earlier page has told him has no new limit of this one: when that is over nobody
    may be left to force him (H1, S1)."""
    if not guards.is_seen(run.ports.servers[server.name].seen(), Os.SHUTTING_DOWN):
        run.pages.goes_since_s.pop(server.name, None)
    since_s = run.pages.goes_since_s.get(server.name)
    if since_s is None:
        return inf
    note_stopping(run, server)
    return since_s + server.shutdown_limit_s


def to_be_told_by_s(run: Run, server: Server) -> float:
    """Who has not taken its shutdown when its batteries last for their OFF only is given up before its limit.

    Told later, they would be empty before that falls, and nobody would have forced it (S18). The last call of
    the control side leaves no more time for it than an answer may take. And who has lost his power meanwhile,
    held by somebody perhaps, is not asked any more (S27).
    """
    if without_power(run, server):
        return run.now
    answered_s = timing.ASKED_S
    if server.role is ServerRole.CONTROL:
        answered_s = run.site.polling.timeout_s
    return max(run.now + answered_s, battery_ends_s(run, server))


def battery_ends_s(run: Run, server: Server) -> float:
    """When so many of its batteries last for their OFF only that too few are left; or that of a control disk
    does, where it is told when the nodes go; or that of a linked one lasts for its flush only. The cluster's
    limit is over when the nodes are asked."""
    if not server.upses:
        return inf
    ends_s = sorted(last_call_s(run, name, need_s) for name, need_s in offs_need_s(run, server).items())
    disks = [last_call_s(run, name, need_s) for name, need_s in disks_need_s(run, server).items()]
    return min([ends_s[len(ends_s) - server.minimum_supplies], *disks])


def battery_ends(run: Run, server: Server) -> list[simpy.Event]:
    """When one of these tells so."""
    needs_s = offs_need_s(run, server) | disks_need_s(run, server)
    conditions = {name: when.battery_ends(need_s) for name, need_s in needs_s.items()}
    told = {name: answer(run.ports.upses[name]) for name in conditions}
    left = (name for name, status in told.items() if status is None or not conditions[name].met(status))
    return [run.ports.upses[name].until(conditions[name]) for name in left]


def offs_need_s(run: Run, server: Server) -> dict[str, float]:
    needs = timing.off_call_s if server.role is ServerRole.CONTROL else timing.last_call_s
    return {name: needs(run.site, run.site.upses[name]) for name in server.upses}


def disks_need_s(run: Run, server: Server) -> dict[str, float]:
    """Of a linked disk: to force who would write to it, and then its flush; of a UPS that two of them share,
    the longer."""
    if server.role is ServerRole.CONTROL:
        disks = run.site.control_array_upses if run.scope.control else ()
        return {ups.name: timing.off_call_s(run.site, ups) for ups in disks}
    force_s, linked = run.site.force_before_s, linked_disks(run, server)
    return dict(sorted((ups, force_s + flush_and_cut_s(run, a)) for a in linked for ups in a.upses))


def last_call_s(run: Run, ups: str, need_s: float) -> float:
    """When its battery, by its word, lasts for no more than this; never of one that has been told already."""
    status = answer(run.ports.upses[ups])
    if status is None or not when.ON_BATTERY.met(status) or status.off_armed or status.runtime_s is None:
        return inf
    return run.now + status.runtime_s - need_s


def accepts(run: Run, server: Server) -> None:
    """One that let nobody in up to its limit is not lost any more; and one that nobody hears runs (N5)."""
    if not run.ports.servers[server.name].seen().fresh:
        run.spawn(note_running(run, server, took=True))
    run.given_up.discard(server.name)
    run.pages.goes_since_s.setdefault(server.name, run.now)
    if run.facts.down and server.role is ServerRole.LINKED and not wants(run, server.name, Goal.DOWN):
        run.pages.stopped.add(server.name)
    note_stopping(run, server)


def note_running(run: Run, server: Server, *, took: bool = False) -> Steps[None]:
    """Nobody had heard it when the outage was declared: what runs now is started again, too (S28).

    `took`: its system has just taken its shutdown, whatever its controller says or not.
    """
    note_use_since_its_flush(run, server)
    linked = server.role is ServerRole.LINKED and not wants(run, server.name, Goal.DOWN)
    new = linked and run.facts.down and server.name not in run.facts.was_running
    if new and (took or is_up(run, server.name)):
        yield from run.commit(Kind.RAN, server.name)


def is_to_stop(run: Run, server: Server) -> bool:
    """An outage is declared, or a schedule or somebody who may wants it down; or its power falls (S9)."""
    wanted = run.facts.down or server.name in run.scope.servers | run.scope.nodes
    return (wanted and not stays_as_it_is(run, server.name)) or falls_under(run, server)


def note_stopping(run: Run, server: Server) -> None:
    """It has accepted its shutdown, is down, or is declared lost: its UPS may be told to go off."""
    run.asked_to_stop.add(server.name)
    run.on_their_way.add(server.name)
    run.announce(server.name)


def force_as_wanted(run: Run, node: Server) -> Steps[None]:
    """Who hangs, or boots, in the stop that wants him down: he is down by that, and whoever boots him while
    the others are still to go wants him up (O1, S9). In his boot no service of his own can note that."""
    in_boot = boots(run, node.name)
    if (yield from force_before_the_cut(run, node)) and is_halted(run, node):
        yield from note_reached(run, node.name, in_boot=in_boot)


def outage_goes_on(run: Run, device: str = "") -> Steps[None]:
    """Nothing new is stopped while the mains are back; lost again, the declared outage goes on at once."""
    while mains_back(run, device):
        words = "mains back: will they stay?"
        run.tell_once("step.waiting", run.site.name, f"mains {run.facts.epoch}", step=words)
        ports = [run.ports.upses[name] for name in sorted(run.facts.confirmed)]
        yield from run.wait(run.news(), *(port.until(when.ON_BATTERY) for port in ports))
