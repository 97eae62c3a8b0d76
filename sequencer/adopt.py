"""An OFF that was told before, by an earlier life, the other node or a stranger: it is taken over (S15)."""

from __future__ import annotations

from math import inf

from sequencer import conditions as when
from sequencer.comes_back import answer
from sequencer.journal import Armed, Kind
from sequencer.ports import Steps, UpsStatus
from sequencer.proof import falls_at_s
from sequencer.run import Run
from sequencer.site import Ups


def may_have_been_told(run: Run, ups: Ups) -> bool:
    """Its time is not over, and another page of ours has told it; or another life has, or nobody whom we know
    (C12), and it is silent."""
    armed = run.facts.armed.get(ups.name)
    if armed is None:
        return False
    if run.now >= armed.falls_at_s:
        return is_unheard_since(run, ups)
    by_another = armed.life != run.life or armed.wall_s is None
    is_silent = answer(run.ports.upses[ups.name]) is None
    return ups.name in run.told_off_s or (by_another and is_silent)


def is_unheard_since(run: Run, ups: Ups) -> bool:
    """We have told it, and have not heard it since; or its last word was that it counts down, and its time is
    over: it is off, by all that is known, whether anybody on it was seen down or not.

    A hand may have switched it on again, or the mains, and what runs there now would be cut off by one more
    OFF: nobody has told it to go (S1).
    """
    told_s, seen = run.told_off_s.get(ups.name), run.ports.upses[ups.name].seen()
    if told_s is None or seen.fresh:
        return False
    falls_s, counted = falls_at_s(run, ups), seen.status is not None and seen.status.off_armed
    return seen.at_s <= told_s or (counted and falls_s is not None and run.now >= falls_s)


def gone_or_going(run: Run, ups: Ups) -> bool:
    """The UPS says that it is off, or that an OFF counts down."""
    status = answer(run.ports.upses[ups.name])
    return status is not None and when.GOES_OFF.met(status)


def adopt(run: Run, ups: Ups) -> Steps[None]:
    """A countdown that nobody here has written down counts as the longest that its card has (C4, C6, C12).

    Another manager asked for it, or a row was lost, or a peer whom we do not hear. Without a time of its
    fall it would be taken for overdue, and the arrays be flushed under servers that still run (S3).
    That time is over in part where we have watched it since (S1). So is what its card told last, before it
    fell silent (N3): told once more now, it would begin anew (S15).
    """
    status = counting_down(run, ups)
    if status is not None and not is_written_down(run, ups):
        run.alarm(ups.name, f"{ups.name} counts down, and nobody known to {run.me} told it to", "C12")
        left_s = status.graceful_off_s - watched_for_s(run, ups)
        yield from run.commit(Kind.OFF_ARMED, ups.name, falls_in_s=round(max(left_s, 0.0), 3))


def counting_down(run: Run, ups: Ups) -> UpsStatus | None:
    """What its card tells, or told when it was heard last in this outage: that an OFF counts down, whose
    longest time is not over. What it told before may be of an OFF whose row is gone with its incident."""
    seen = run.ports.upses[ups.name].seen()
    if seen.status is None or not seen.status.off_armed:
        return None
    since_s = min(run.facts.confirmed_s.values(), default=inf)
    yet = since_s <= seen.at_s and run.now < seen.at_s + seen.status.graceful_off_s
    return seen.status if seen.fresh or yet else None


def watched_for_s(run: Run, ups: Ups) -> float:
    """For how long it may have counted down, if this life has seen it begin: since the poll before, then; or
    has found it at it: for so long at least. Of a silent one: since its last word."""
    since_s, seen = run.ports.countdowns_s.get(ups.name), run.ports.upses[ups.name].seen()
    if since_s is None:
        return run.now - run.ports.found_s.get(ups.name, run.now if seen.fresh else seen.at_s)
    return run.now - since_s + run.site.polling.on_line_s + run.site.polling.timeout_s


def is_written_down(run: Run, ups: Ups) -> bool:
    """As far as it goes: the OFF of an incident that is closed fell long ago, and is not this one. Nor is one
    of this incident whose time was over when we saw this one begin."""
    armed = run.facts.armed.get(ups.name)
    if armed is None or began_later(run, ups.name, armed):
        return False
    return run.facts.open or run.now < armed.falls_at_s + run.site.linkage.seen_off_limit_s


def began_later(run: Run, ups: str, armed: Armed) -> bool:
    """We have seen what counts down begin, and an OFF that was told with this row had fallen by then.

    When a row was written that we knew at our boot only its wall clock tells: a hint, and enough here.
    """
    began_s = run.ports.countdowns_s.get(ups)
    if began_s is None or began_s >= armed.falls_at_s:
        return began_s is not None
    if armed.heard_s > run.born_s or armed.wall_s is None:
        return False
    return armed.wall_s + armed.falls_in_s <= run.wall_s() - (run.now - began_s)
