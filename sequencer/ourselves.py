"""A node's own end: whoever brings it about, it is noted, and nobody waits for ever until it is over."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.comes_back import answer
from sequencer.force import force_before_the_cut, is_about_to_fall
from sequencer.journal import Goal, Kind
from sequencer.ports import Condition, Os, Steps, UpsStatus
from sequencer.proof import still_to_fall
from sequencer.run import Run
from sequencer.site import Server
from sequencer.step import RETRY_S
from sequencer.systems import note_reached
from sequencer.wants import still_wants


def watch_our_end(run: Run) -> Steps[None]:
    """Never returns. One that boots onto power that is about to fall goes down again."""
    me = run.site.servers[run.me]
    port = run.ports.servers[run.me]
    asked = is_about_to_fall(run, me)
    if asked:
        text = f"{run.me} has booted onto power that is about to fall, and goes down again"
        run.alarm(run.me, text, "S1")
        yield from run.command(run.me, "shutdown", port.shut_down, lambda: None)
    while True:
        yield from we_go_down(run, asked)
        yield from run.race(force_ourselves(run), noted_until_up(run))
        asked = False


def we_go_down(run: Run, asked: bool) -> Steps[None]:
    """Until we are on our way down: by anybody's word, or because somebody has told our UPSes to go (C12).

    A node may always stop itself (S13), and another one commands then. In an outage it does so last (S5).
    `asked`: it has been told just now.
    """
    me, port = run.site.servers[run.me], run.ports.servers[run.me]
    while not guards.is_seen(port.seen(), Os.SHUTTING_DOWN):
        if asked:
            yield from run.wait(port.until(when.STOPPING), by_s=run.now + RETRY_S)
            asked = False
        elif told_by_another(run, me) and not run.facts.down:
            text = f"somebody has told {', '.join(me.upses)} to go off; {run.me} goes down before that"
            run.alarm(run.me, text, "C12")
            yield from run.command(run.me, "shutdown", port.shut_down, lambda: None)
            asked = True
        else:
            turns = (run.ports.upses[u].until(turn_of(run, u)) for u in me.upses)
            yield from run.wait(port.until(when.STOPPING), *turns)


def turn_of(run: Run, ups: str) -> Condition[UpsStatus]:
    status = answer(run.ports.upses[ups])
    falls = status is not None and when.FED_COUNTS_DOWN.met(status)
    return when.NOTHING_ARMED if falls else when.FED_COUNTS_DOWN


def told_by_another(run: Run, me: Server) -> bool:
    """Our power is about to fall with its mains there, and no node has written that OFF down as its own.

    Without its mains we are told in our turn.
    """
    statuses = {u: status for u in me.upses if (status := answer(run.ports.upses[u])) is not None}
    falling = [u for u, status in statuses.items() if when.FED_COUNTS_DOWN.met(status)]
    if not falling or len(me.upses) - len(falling) >= me.minimum_supplies:
        return False
    rows = (run.facts.armed.get(ups) for ups in falling)
    return not any(off is not None and off.wall_s is not None and off.falls_at_s > run.now for off in rows)


def noted_until_up(run: Run) -> Steps[None]:
    yield from note_what_was_wanted(run)
    yield from run.until_seen(run.ports.servers[run.me], when.UP)


WORD_LATE_S = 6.0
"""We may see ourselves go before the commander's word comes that he has told us to restart (N3)."""


def note_what_was_wanted(run: Run) -> Steps[None]:
    """The cluster's manager shuts us down, or a hand does, and we are wanted down: that is it (R2-08).

    Whoever boots us again then wants us up. Not so when we only restart: what was wanted is still to come.
    """
    if still_wants(run, run.me, Goal.DOWN) and not run.commands:
        yield from run.race(run.until(lambda: restarts(run)), run.pause(WORD_LATE_S))
    if not restarts(run):
        yield from note_reached(run, run.me)
    elif still_wants(run, run.me, Goal.DOWN):
        yield from run.commit(Kind.RESTARTS, run.me, wall_s=run.wall_s())


def restarts(run: Run) -> bool:
    """We go down to boot again."""
    return run.me in run.rebooting or cluster_restarts(run)


def cluster_restarts(run: Run) -> bool:
    """Another node has told it to, just now. What was heard at our boot is why we have booted.

    That an outage was declared since, or something else wanted, calls no restart back.
    """
    asked_s = run.facts.restarts_s
    at_boot_s = min(run.born_s + run.site.start.first_look_limit_s, run.cluster.told_all_s)
    if asked_s is None or asked_s <= at_boot_s:
        return False
    return run.now <= asked_s + run.site.cluster.shutdown_limit_s + run.site.polling.on_line_s


def force_ourselves(run: Run) -> Steps[None]:
    """One that hangs on its way down in an outage, with nobody left to force it. Never returns."""
    yield from run.until(lambda: run.facts.down)
    if not run.commands:
        yield from force_before_the_cut(run, run.site.servers[run.me])
    yield run.env.event()


def power_stays(run: Run) -> Steps[None]:
    """A node that has booted onto power about to fall goes down again: it brings nobody up meanwhile."""
    me = run.site.servers[run.me]
    while is_about_to_fall(run, me):
        falling = [u for u in me.upses if still_to_fall(run, run.site.upses[u])]
        yield from run.wait(*(run.ports.upses[u].until(when.NOTHING_ARMED) for u in falling))
