"""A node that has booted onto disks that are about to fall goes down again, and comes back after that.

The OFF of a control disk is told when its nodes go, and these are back sooner than it falls where its card
has made far more of the delay (U8), or where a node comes back with its mains while the others are going.
Nobody can call it back (S16), and what they write until then would be lost with its cache (S2). So a node
that boots and finds that goes down before anything is begun, and its own UPS off until its disks have fallen.
"""

from __future__ import annotations

from collections.abc import Iterator

from sequencer import timing
from sequencer.comes_back import answer, comes_back
from sequencer.force import force_before_the_cut
from sequencer.journal import Armed
from sequencer.ports import Off, Steps
from sequencer.power_falls import array_falls, count_down
from sequencer.power_off import arm
from sequencer.proof import falls_at_s, may_fall_at_s
from sequencer.run import Run
from sequencer.site import ArrayRole, Server, Ups
from sequencer.standing import is_our_own
from sequencer.systems import note_stopping
from sequencer.uptime import booted_wall_s


def go_before_our_disks(run: Run) -> Steps[bool]:
    """Whether we do. Not where our own power is another's, too, or would not come back (L3)."""
    me = run.site.servers[run.me]
    upses = [run.site.upses[name] for name in me.upses]
    falls_s = max(disks_fall_at_s(run, me), default=None)
    if falls_s is None or not upses or not all(is_our_own(run, u.name) for u in upses):
        return False
    if not comes_back(run, me) or (yield from was_up_before(run, me)):
        return False
    disks = ", ".join(name for name in me.arrays if array_falls(run, run.site.arrays[name]))
    text = f"{run.me} has booted while {disks} is about to lose its power; it goes down until that has fallen"
    run.alarm(run.me, text, "S2")
    receipt = yield from run.command(run.me, "shutdown", run.ports.servers[run.me].shut_down, lambda: None)
    if receipt.ok:
        note_stopping(run, me)
        for ups in upses:
            sleep_s = max(0.0, falls_s - run.now - timing.graceful_off_s(ups))
            yield from arm(run, ups, Off.UNTIL_MAINS, [me], sleep_s=sleep_s)
        run.spawn(force_before_the_cut(run, me))
    return True


def was_up_before(run: Run, me: Server) -> Steps[bool]:
    """Only our service has begun anew, or our system had hung: that runs since before somebody told such an
    OFF, as far as it tells. What runs does not stop for the OFF of its disk (ADR 0033, S9)."""
    yield from run.ports.servers[run.me].look()
    booted_s = booted_wall_s(run, run.me)
    falling = (ups for name in me.arrays for ups in count_down(run, run.site.arrays[name].upses))
    told = [told_wall_s(run, off) for ups in falling if (off := run.facts.armed.get(ups)) is not None]
    return booted_s is not None and any(booted_s < at_s for at_s in told)


def told_wall_s(run: Run, off: Armed) -> float:
    """Of a stranger's the earliest: it counts down still, and had that long to go when it was noticed. So of
    one that is still to be told by our clock: that is wrong (T1, T4)."""
    if off.wall_s is not None and off.wall_s <= run.wall_s():
        return off.wall_s
    return run.wall_s() - off.falls_in_s - timing.EVIDENCE_EXTRA_S


def disks_fall_at_s(run: Run, me: Server) -> Iterator[float]:
    """When each of our disks has fallen that counts down now."""
    for array in (run.site.arrays[name] for name in me.arrays):
        if array.role is ArrayRole.CONTROL and array_falls(run, array):
            yield max(has_fallen_at_s(run, run.site.upses[name]) for name in count_down(run, array.upses))


def has_fallen_at_s(run: Run, ups: Ups) -> float:
    """As soon as our rows allow it: should it take longer, the next life finds it so, and goes again.

    Of what no row tells, as where its card has only just been asked.
    """
    at_s, status = may_fall_at_s(run, ups) or falls_at_s(run, ups), answer(run.ports.upses[ups.name])
    if at_s is None or at_s < run.now:
        at_s = run.now + (0.0 if status is None else status.graceful_off_s)
    return at_s
