"""Whether the mains of one UPS are there, as its card and those of the others on its feed tell."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.on_unheard import carries_alone, is_on_unheard
from sequencer.run import Run
from sequencer.site import Ups


def is_gone(run: Run, ups: Ups) -> bool:
    """Told to go off, and seen off."""
    status = run.ports.upses[ups.name].seen().status
    off = status is not None and not status.output_on and not is_on_unheard(run, ups)
    return ups.name in run.facts.armed and off


def is_back(run: Run, ups: Ups) -> bool:
    """Its mains are back: it says so; or it is silent, lost them with its whole feed, and that is back."""
    seen = run.ports.upses[ups.name].seen()
    if seen.fresh and seen.status is not None:
        return seen.status.mains
    return is_on_unheard(run, ups) and feed_is_back(run, ups)


def feed_is_back(run: Run, ups: Ups) -> bool:
    """Its mains went with those of its whole feed, and all who answer there have theirs."""
    view = run.mains[ups.name]
    view.with_its_feed = view.with_its_feed or feed_is_out(run, ups)
    told = mains_on_its_feed(run, ups)
    return view.with_its_feed and next(told, False) and all(told)


def note_its_feed(run: Run, ups: Ups) -> None:
    """Its mains are away. Where all who answer on its feed have none either, they went together: noted while
    they tell it, for one after the other may fall silent, and the last then hears nobody any more (N6)."""
    if not run.mains[ups.name].with_its_feed and feed_is_out(run, ups):
        for name in (ups.name, *(other.name for other, _ in others_on_its_feed(run, ups))):
            run.mains[name].with_its_feed = True


def is_over(run: Run, ups: str) -> bool:
    """Since this life heard of its outage it has seen its mains good for long enough: they go anew (S31)."""
    was_stable_s, heard_s = run.mains[ups].was_stable_s, run.facts.confirmed_s.get(ups)
    return was_stable_s is not None and heard_s is not None and was_stable_s > heard_s


def is_left(run: Run, ups: str) -> bool:
    """Its mains are away, and the others are brought back meanwhile."""
    return run.mains[ups].left and not is_back(run, run.site.upses[ups])


def is_out_with_its_feed(run: Run, ups: Ups) -> bool:
    """Silent, and its feed is out (U16). One never seen in this life may be off since an open incident; and
    one that was off has been switched on by a hand when somebody answers who lives on it alone (O1), now that
    others are off (X-04)."""
    seen = run.ports.upses[ups.name].seen()
    was_on = not run.facts.open if seen.status is None else seen.status.output_on
    return (was_on or (not seen.fresh and carries_alone(run, ups))) and feed_is_out(run, ups)


def feed_is_out(run: Run, ups: Ups) -> bool:
    """Everybody else who answers on its feed is without mains: then so is this one, if it is silent (U16).

    Who is off lives no longer than his card does after that; that he alone answers yet, when all others have
    fallen silent with their mains there, says nothing of those (S12).
    """
    told = (mains for other, mains in others_on_its_feed(run, ups) if mains or not is_gone(run, other))
    return not next(told, True) and not any(told)


def mains_on_its_feed(run: Run, ups: Ups) -> Iterator[bool]:
    """Of the others that answer, no more than are asked for: in a hall a feed has a hundred."""
    return (mains for _, mains in others_on_its_feed(run, ups))


def others_on_its_feed(run: Run, ups: Ups) -> Iterator[tuple[Ups, bool]]:
    """Those that answer, and whether they have mains."""
    for other in run.site.upses_on_feed(ups.feed):
        seen = run.ports.upses[other.name].seen()
        if seen.fresh and seen.status is not None and other.name != ups.name:
            yield other, seen.status.mains


def feed_was_stable(run: Run, ups: Ups) -> bool:
    """Since its battery began to drain, all others that answer on its feed have had mains for long enough:
    then so had this one, and has been charged, whatever its card told last (U16, P3)."""
    drains_s = run.mains[ups.name].drains_since_s
    stable = [run.mains[other.name].was_stable_s for other, _ in others_on_its_feed(run, ups)]
    return (
        drains_s is not None and bool(stable) and all(at_s is not None and at_s > drains_s for at_s in stable)
    )


def stable_at_s(run: Run, ups: Ups) -> float | None:
    """When the mains of this UPS will have been good for `mains_stable`; None while they are away."""
    seen = run.ports.upses[ups.name].seen()
    since_s = run.mains[ups.name].on_line_since_s
    if since_s is None or not seen.fresh or seen.status is None or not seen.status.mains:
        return None
    return since_s + run.site.start.mains_stable_s


def as_told_stable_at_s(run: Run, ups: Ups) -> float | None:
    """When its mains will have been good long enough; of a silent one, as the others of its feed tell."""
    if not is_on_unheard(run, ups):
        return stable_at_s(run, ups)
    told = [stable_at_s(run, other) for other, _ in others_on_its_feed(run, ups)]
    return None if None in told else max((at_s for at_s in told if at_s is not None), default=None)
