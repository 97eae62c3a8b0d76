"""Times the mains of one UPS for as long as a life lasts: suspected, cleared, confirmed (S10).

Every node times every UPS, so that a node which takes the command knows how long the mains have
been away; only the commander speaks and acts. The confirm time runs on our own clock from the
first poll that saw the battery. A fresh "mains back" resets it; silence neither resets nor stops
it (U16). A low battery confirms at once (X-02).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import inf

import simpy

from sequencer import conditions as when
from sequencer import timing
from sequencer.beside import beside, is_off, look_beside
from sequencer.feeds import (
    feed_is_back,
    feed_was_stable,
    is_back,
    is_gone,
    is_out_with_its_feed,
    mains_on_its_feed,
    note_its_feed,
)
from sequencer.journal import Kind
from sequencer.on_unheard import is_on_unheard
from sequencer.ports import Condition, Seen, Steps, Unreachable, UpsPort, UpsStatus
from sequencer.run import OUTAGE, Run
from sequencer.scope import scope, widened
from sequencer.site import Ups

RETURNS = "returns"
"""What is announced when the mains of a UPS are seen to be there."""


def watch(run: Run, ups: Ups) -> Steps[None]:
    """Never returns. A UPS whose output is off cannot lose its mains for anybody (R9-20)."""
    port = run.ports.upses[ups.name]
    view = run.mains[ups.name]
    away, last = False, Heard()
    came_s = -inf  # when this life saw them come: they have been there no longer, whatever a card proves
    while True:
        if port.seen().fresh or not is_out_with_its_feed(run, ups):  # else it fell silent after the others
            out = partial(is_out_with_its_feed, run, ups)
            yield from news_of(run, ups, out, when.MAINS_BACK, when.ON_BATTERY, off=True)
        seen = port.seen()
        if seen.status is not None and seen.fresh and seen.status.mains:
            came_s = run.now if away else came_s
            view.on_line_since_s = max(came_s, last.since_s(run, there_since_s(run, ups, seen), seen))
            view.drained_s = drained_s(run, ups)
            view.confirmed = view.with_its_feed = view.left = False
            view.untold = {}
            run.announce(ups.name, RETURNS)
            yield from run.wait(port.until(when.MAINS_AWAY))
            if run.now >= view.on_line_since_s + run.site.start.mains_stable_s:
                charged_s = (run.now - view.on_line_since_s) / timing.RECHARGE_TIMES
                view.used_s = max(view.used_s + view.drained_s - charged_s, 0.0)
                view.was_stable_s, view.drains_since_s = run.now, None
            away = port.seen().fresh
            if not away:
                last = Heard(view.on_line_since_s, port.seen().at_s)
                run.spawn(ask_again(run, port))
            view.on_line_since_s = None  # away, or silent: whether they stay is not known
            run.announce(ups.name)
        elif seen.fresh or is_out_with_its_feed(run, ups):
            away = True
            if not seen.fresh and feed_was_stable(run, ups):
                view.drains_since_s = None
            view.drains_since_s = run.now if view.drains_since_s is None else view.drains_since_s
            if (yield from lasts(run, ups)):
                view.confirmed, view.as_told = True, False
                run.announce(OUTAGE)
                while not is_back(run, ups):
                    yield from news_of(run, ups, partial(is_back, run, ups), when.MAINS_BACK)
                view.confirmed = False


def drained_s(run: Run, ups: Ups) -> float:
    """For how long its battery has given power, now that its mains are seen: none, for all that is known, of
    one that is off, and that this life has not seen go."""
    view, seen = run.mains[ups.name], run.ports.upses[ups.name].seen()
    if view.drains_since_s is None or seen.status is None:
        return 0.0
    ended_s = run.now if seen.status.output_on else run.ports.offs_s.get(ups.name, 0.0)
    return max(ended_s - view.drains_since_s, 0.0)


ASKED_AGAIN = 3
"""Looks at a card that has not been heard while its mains were there: a network that loses one answer in two
loses several in a row all the time, and who waits for mains that are stable would never see them so (N3, L3).
What hides in that time is hardly longer than what hides between two polls."""


@dataclass(frozen=True)
class Heard:
    """What a card told last before it fell silent: since when its mains have been there, and when it did."""

    there_since_s: float = inf
    at_s: float = -inf

    def since_s(self, run: Run, as_told_s: float, seen: Seen[UpsStatus]) -> float:
        """Of one that answers again at once they have been there all the time (S7, S17)."""
        polling = run.site.polling
        lost_s = polling.stale_after_s(polling.on_line_s) + ASKED_AGAIN * timing.silent_look_s(run.site)
        return min(self.there_since_s, as_told_s) if seen.at_s <= self.at_s + lost_s else as_told_s


def ask_again(run: Run, port: UpsPort) -> Steps[None]:
    """At once, and not when its next poll is due."""
    for _ in range(ASKED_AGAIN):
        if port.seen().fresh:
            return
        yield from port.look()


def there_since_s(run: Run, ups: Ups, seen: Seen[UpsStatus]) -> float:
    """Since when the mains have been there, of a UPS that this life has not seen without them.

    A node that has just booted has not watched them come, nor whether they stayed while a card was silent.
    But a UPS whose output is off feeds its card from the mains alone, so they have been good for as long
    as that card is up. (When exactly it was read within its time-out is not known.) Not where that has been
    up for as long as it takes from an outage to the OFF: it may have lived on the battery, and have mains
    and no output since a moment ago (S17).
    """
    if seen.status is None or seen.status.output_on:
        return run.now
    confirm_s = min(u.confirm_s for u in run.site.upses.values())
    if seen.status.card_uptime_s >= confirm_s + timing.graceful_off_s(ups):
        return run.now
    return min(run.now, seen.at_s + run.site.polling.timeout_s - seen.status.card_uptime_s)


def news_of(
    run: Run,
    ups: Ups,
    tells_more: Callable[[], bool],
    *conditions: Condition[UpsStatus],
    by_s: float | None = None,
    off: bool = False,
    also: Iterable[simpy.Event] = (),
) -> Steps[simpy.Event | None]:
    """What its card tells; while it is silent, though not off, also what the others of its feed tell.

    `tells_more`: whether that has come about for which it listens to the others. `off`: also while it is off.
    """
    port = run.ports.upses[ups.name]
    answers: list[simpy.Event] = [*(port.until(condition) for condition in conditions), *also]
    if is_lost(port.seen()):
        run.mains[ups.name].silent_s = run.now
    if is_on_unheard(run, ups) or (off and not gives_output(port)):
        answers.append(run.news_when(tells_more))
    return (yield from run.wait(*answers, by_s=by_s))


def is_lost(seen: Seen[UpsStatus]) -> bool:
    """Silent, and it was not off when it was heard last."""
    return not seen.fresh and (seen.status is None or seen.status.output_on)


def gives_output(port: UpsPort) -> bool:
    """It says so now."""
    seen = port.seen()
    return seen.fresh and seen.status is not None and seen.status.output_on


LASTS_NO_LONGER = "the battery lasts for its own stop only"
"""Why an outage is confirmed before its time."""


def lasts(run: Run, ups: Ups) -> Steps[bool]:
    """Whether the mains stay away for the confirm time. Ends with a fresh look, unless they are back.

    Once they are seen back this outage is over, however soon they go again (S10). A UPS that has gone off as
    it was told has no outage of its own any more, and its card tells nobody when the mains return (R9-20).
    """
    port = run.ports.upses[ups.name]
    first_seen_s, was_on_battery = run.now, port.seen().fresh
    by_s = first_seen_s + ups.confirm_s
    note_its_feed(run, ups)
    if run.commands:
        run.tell("outage.suspected", ups.name, confirm_s=ups.confirm_s)
    run.announce(ups.name)
    hurries = partial(what_hurries, run, ups, began_short(run, ups))

    def ends() -> bool:
        return is_cleared(run, ups) or tells(run, ups, hurries()) or is_gone(run, ups)

    while run.now < by_s and not ends():
        falls = (when.OUTPUT_OFF,) if gives_output(port) else ()
        alone = left_alone(run, ups)
        yield from news_of(run, ups, ends, *hurries(), *falls, by_s=by_s, off=True, also=alone)
    if is_cleared(run, ups):
        return cleared(run, ups, first_seen_s)
    back = run.spawn(clears(run, ups))
    status = yield from port.look()
    yield from run.all_of(*(run.ports.upses[name].look() for name in unheard_beside(run, ups)))
    back.close()
    if back.triggered or is_cleared(run, ups):
        return cleared(run, ups, first_seen_s)
    if is_gone(run, ups):
        return False
    because = f"on battery {ups.confirm_s:g} s"
    if run.now < by_s:
        low = isinstance(status, UpsStatus) and status.low_battery
        because = "low battery" if low else LASTS_NO_LONGER
    if isinstance(status, Unreachable):
        because += ", then silent" if was_on_battery else ", as all others on its feed; silent"
    run.mains[ups.name].untold = {"because": because, "first_seen": round(first_seen_s, 3)}
    if run.commands:
        tell_confirmed(run, ups.name)
    return True


def clears(run: Run, ups: Ups) -> Steps[None]:
    """A poll that overtakes the last look may see mains that are gone again when that is answered (P3)."""
    while not is_cleared(run, ups):
        yield from news_of(run, ups, partial(is_cleared, run, ups), when.MAINS_BACK, off=True)


def tell_confirmed(run: Run, ups: str) -> None:
    view = run.mains[ups]
    if view.untold:
        run.tell("outage.confirmed", ups, **view.untold)
        view.untold = {}


def note_confirmed(run: Run, ups: str) -> Steps[None]:
    """It counts from here on. If no journal tells that, and somebody else commanded when its time was over,
    or nobody did, we say it now (C5): a peer that has written it down may have no journal either. Also of one
    that has fallen silent since, for whom it is on battery yet, and who is stopped for that (N6)."""
    if ups not in run.facts.confirmed:
        yield from run.commit(Kind.CONFIRMED, ups)
    status = run.ports.upses[ups].seen().status
    if not run.ports.journal.healthy and status is not None and when.ON_BATTERY.met(status):
        tell_confirmed(run, ups)


def is_cleared(run: Run, ups: Ups) -> bool:
    """Before it counts. Of one that went off by itself the card needs a while to tell of its mains (P10)."""
    if is_back(run, ups) or speaks_for_mains(run, ups):
        return True
    return not gives_output(run.ports.upses[ups.name]) and feed_is_back(run, ups)


def speaks_for_mains(run: Run, ups: Ups) -> bool:
    """Silent, with its mains there by its last word; and not everybody of its feed is without any more (S12).

    Who told that they were away may have fallen silent since. What the others tell is all there is (U16).
    """
    seen = run.ports.upses[ups.name].seen()
    had_mains = seen.status is None or seen.status.mains
    return is_on_unheard(run, ups) and had_mains and any(mains_on_its_feed(run, ups))


def cleared(run: Run, ups: Ups, first_seen_s: float) -> bool:
    if run.commands:
        run.tell("outage.cleared", ups.name, after_s=round(run.now - first_seen_s, 3))
    return False


def tells(run: Run, ups: Ups, conditions: tuple[Condition[UpsStatus], ...]) -> bool:
    """One of these, by a fresh reading."""
    seen = run.ports.upses[ups.name].seen()
    return seen.fresh and seen.status is not None and any(c.met(seen.status) for c in conditions)


def began_short(run: Run, ups: Ups) -> bool:
    status = run.ports.upses[ups.name].seen().status
    return status is None or (status.charge_pct is not None and not holds_charge(run, ups))


def what_hurries(run: Run, ups: Ups, short: bool) -> tuple[Condition[UpsStatus], ...]:
    """One that begins with less than a full stop needs waits no longer than it can (P4).

    Outages in a row have used the rest, or mains that come and go, which begin its confirm time anew each
    time (P3); what is left would be spent on waiting (S18). So does one that this life has not heard yet, for
    nobody knows with how much it began. One that began with enough has its whole confirm time, whatever it
    tells of its runtime (U10); unless it carries alone what hangs on another that is off, or has gone off
    since: its runtime is stated for its share, and it lasts for less than half of that (X-04, P7).

    `short`: it began so.
    """
    status = run.ports.upses[ups.name].seen().status
    tells_charge = status is not None and status.charge_pct is not None
    if not short and not (tells_charge and carries_for_another(run, ups)):
        return (when.MAINS_BACK_OR_LOW,)
    return (when.MAINS_BACK_OR_LOW, when.runtime_below(timing.last_call_s(run.site, ups)))


def holds_enough(run: Run, ups: Ups) -> bool:
    """For a full stop, by the charge that it tells, and it carries nobody for another (X-04)."""
    return holds_charge(run, ups) and not carries_for_another(run, ups)


def holds_charge(run: Run, ups: Ups) -> bool:
    status = run.ports.upses[ups.name].seen().status
    charge_pct = status.charge_pct if status is not None else None
    return charge_pct is not None and charge_pct >= run.return_charge_pct(ups)


def carries_for_another(run: Run, ups: Ups) -> bool:
    """Somebody on it hangs on another UPS too, which is off as far as anybody knows."""
    return any(is_off(run, other) for other in shares_loads(run, ups))


def left_alone(run: Run, ups: Ups) -> list[simpy.Event]:
    """When another goes off that carries somebody with it."""
    on = (run.ports.upses[name] for name in shares_loads(run, ups) if not is_off(run, name))
    return [port.until(when.OUTPUT_OFF) for port in on]


def shares_loads(run: Run, ups: Ups) -> list[str]:
    site = run.site
    shared = [*(s.upses for s in site.servers_on(ups.name)), *(a.upses for a in site.arrays_on(ups.name))]
    return list(dict.fromkeys(name for upses in shared for name in upses if name != ups.name))


def unheard_beside(run: Run, ups: Ups) -> list[str]:
    """Who shares a load with it, and was never heard: perhaps the network has only just come (X-04, S31)."""
    return [name for name in shares_loads(run, ups) if run.ports.upses[name].seen().status is None]


def note_new(run: Run) -> Steps[None]:
    """What our own watch has confirmed, perhaps before we took the command, belongs to the outage (S5)."""
    for name in confirmed_here(run):
        yield from note_confirmed(run, name)


def confirmed_here(run: Run) -> list[str]:
    """By our own watch. Of one whose mains a reading tells already its page may not have heard yet: after a
    stall all comes at once (C7, S10)."""
    site = run.site
    return [n for n, view in run.mains.items() if view.confirmed and not is_back(run, site.upses[n])]


def confirm(run: Run, out: set[str]) -> Steps[None]:
    """The commander makes newly confirmed UPSes durable and widens the scope of the outage.

    A peer may have written one down already, whom we did not follow (C4, C10): that it is out counts only
    when our own watch says so, but then it does. `out`: those of which the scope is.
    """
    site, neighbours = run.site, beside(run.site)
    outage = scope(site, out | run.off_beside)
    place = {name: n for n, name in enumerate((*site.servers, *site.upses, *site.arrays))}
    while True:
        new = [name for name in confirmed_here(run) if name not in out]
        out.update(new)
        for name in new:
            yield from note_confirmed(run, name)
        off = yield from look_beside(run, out, neighbours)
        run.off_beside |= off
        new += sorted(off)
        if new:
            known = run.scope
            outage = widened(site, outage, out | run.off_beside, new)
            run.scope |= outage
            run.announce(OUTAGE, *sorted(run.scope.devices - known.devices, key=place.__getitem__))
        else:
            yield run.news(OUTAGE)
