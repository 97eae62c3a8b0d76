"""A node's own end: whoever brings it about, it is noted, and nobody waits for ever until it is over."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.force import force_before_the_cut, is_about_to_fall
from sequencer.journal import Goal, Kind
from sequencer.ports import Steps
from sequencer.proof import still_to_fall
from sequencer.run import Run
from sequencer.systems import note_reached
from sequencer.wants import still_wants


def watch_our_end(run: Run) -> Steps[None]:
    """Never returns. One that boots onto power that is about to fall goes down again."""
    me = run.site.servers[run.me]
    port = run.ports.servers[run.me]
    if is_about_to_fall(run, me):
        text = f"{run.me} has booted onto power that is about to fall, and goes down again"
        run.alarm(run.me, text, "S1")
        yield from run.command(run.me, "shutdown", port.shut_down, lambda: None)
    while True:
        yield from run.until_seen(port, when.STOPPING)
        yield from note_what_was_wanted(run)
        yield from run.race(force_ourselves(run), run.until_seen(port, when.UP))


def note_what_was_wanted(run: Run) -> Steps[None]:
    """The cluster's manager shuts us down, or a hand does, and we are wanted down: that is it (R2-08).

    Whoever boots us again then wants us up. Not so when we only restart: what was wanted is still to come.
    """
    if run.me not in run.rebooting and not cluster_restarts(run):
        yield from note_reached(run, run.me)
    elif still_wants(run, run.me, Goal.DOWN):
        yield from run.commit(Kind.RESTARTS, run.me, wall_s=run.wall_s())


def cluster_restarts(run: Run) -> bool:
    """Another node has told it to, just now. What was heard at our boot is why we have booted.

    That an outage was declared since, or something else wanted, calls no restart back.
    """
    asked_s, start = run.facts.restarts_s, run.site.start
    if asked_s is None or asked_s <= run.born_s + start.first_look_limit_s:
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
