"""What a UPS's card can tell, and for how long somebody waits who needs to know it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from sequencer.feeds import others_on_its_feed, stable_at_s
from sequencer.ports import Steps
from sequencer.run import Run
from sequencer.site import Ups
from sequencer.timing import CARD_REBOOT_S
from sequencer.watch import is_lost


def is_off(run: Run, ups: Ups) -> bool:
    """It says so now."""
    seen = run.ports.upses[ups.name].seen()
    return seen.fresh and seen.status is not None and not seen.status.output_on


def dumb(run: Run, ups: Ups) -> bool:
    """Its card is dead, or does not tell (U18): nobody waits for ever for what its battery holds."""
    seen = run.ports.upses[ups.name].seen()
    if run.now < dumb_at_s(run, ups):
        return False
    if is_lost(seen):
        text = f"the card of {ups.name} is silent; its charge is unknown and not waited for"
    elif seen.fresh and seen.status is not None and seen.status.charge_pct is None:
        text = f"the card of {ups.name} does not tell its charge, which is not waited for"
    else:
        return False
    run.alarm(ups.name, text, "S17")
    return True


def untold(run: Run, ups: Ups) -> bool:
    """Nobody waits for what its battery holds: it is dumb, or off and silent, as it is without mains (L3).

    Off it feeds nobody, and its mains may stay away. Whom it feeds comes back with it, at its own charge.
    """
    seen = run.ports.upses[ups.name].seen()
    if seen.fresh or is_lost(seen):
        return dumb(run, ups)
    if run.now < dead_at_s(run, ups):
        return False
    run.alarm(ups.name, f"{ups.name} is off, and silent; its charge is unknown and not waited for", "S17")
    return True


def dumb_at_s(run: Run, ups: Ups) -> float:
    """A card that has just booted may not know its UPS yet."""
    seen = run.ports.upses[ups.name].seen()
    if seen.fresh and seen.status is not None:
        return seen.at_s - seen.status.card_uptime_s + CARD_REBOOT_S
    return dead_at_s(run, ups)


def dead_at_s(run: Run, ups: Ups) -> float:
    return max(run.ports.upses[ups.name].seen().at_s, run.born_s) + CARD_REBOOT_S


def missed_at_s(run: Run, ups: Ups) -> float | None:
    """When a card ought to have answered: whoever answers on its feed has had mains for so long (U2).

    None: it answers, or its feed is not known to have mains. It may be dead; or the UPS is off and has no
    mains of its own, which looks just like it (A9).
    """
    told = [stable_at_s(run, other) for other, _ in others_on_its_feed(run, ups)]
    stable_s = [at_s for at_s in told if at_s is not None]
    if run.ports.upses[ups.name].seen().fresh or not told or len(stable_s) < len(told):
        return None
    return max(*stable_s, dead_at_s(run, ups) - CARD_REBOOT_S) + CARD_REBOOT_S


def not_too_soon(run: Run, ups: Ups, told_s: Mapping[str, float]) -> Steps[bool]:
    """A card is written to no faster than it is polled: an OFF may be wanted a moment after an ON (S33).

    `told_s`: when each was told that last which it may be too soon after. Whether it was too soon.
    """
    least_s = max(run.site.polling.on_battery_s, run.site.polling.timeout_s)
    left_s = told_s.get(ups.name, -inf) + least_s - run.now
    yield from run.pause(left_s)
    return left_s > 0
