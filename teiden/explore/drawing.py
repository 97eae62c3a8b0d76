"""Draws a history from its seed: first what may happen in it, then when, and to whom.

Two phases. Until T0 anything goes. At T0 the faults end, but for some that last for ever; whoever was
switched off is asked for again, and whoever died gets his button pressed. Then nothing happens any more,
for as long as the whole way up may take from empty batteries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from sequencer.requests import Wish
from sequencer.site import ServerRole
from sim.faults.cluster import FOREIGN_SHUTDOWN
from sim.faults.fault import Fault, Kind
from sim.faults.nodes import CLUSTER_MISTAKEN
from sim.story import Asked, Booted, ClockStep, HostChange, Managed, Manager, Pressed
from teiden.explore.deeds import Cut, Deed, Trouble, ends_s
from teiden.explore.dice import Dice
from teiden.explore.ground import Ground
from teiden.explore.history import History
from teiden.explore.nights import nights, starts
from teiden.explore.swarm import Habit, Swarm, swarm

FIRST_S = 600.0
"""Before that the room is calm; only what is broken from the start is there."""
APART_S = 1.0
"""Between a return of the mains and their next loss."""
BY = "explore"


def drawn(seed: int, ground: Ground) -> History:
    """The history of this seed, always the same."""
    kinds = swarm(seed, ground)
    deeds: list[Deed] = [*cuts(seed, ground, kinds)]
    begins = tuple(deed.at_s for deed in deeds) or (FIRST_S,)
    when = When(seed, begins, ground.way_down_s)
    deeds += asked(seed, ground, kinds, when)
    deeds += hands(seed, ground, kinds, when)
    begun = [*faults(seed, ground, kinds, when)]
    calm_s = calm(seed, [*deeds, *begun])
    deeds += (ended(seed, trouble, calm_s) for trouble in begun)
    deeds += healed(seed, ground, deeds, calm_s)
    deeds.sort(key=lambda deed: deed.at_s)
    start, time_zone = starts(seed, ground.site, kinds)
    schedules = nights(seed, ground, kinds, start, calm_s)
    until_s = math.ceil((calm_s + ground.way_up_s) / 60.0) * 60.0
    return History(seed, tuple(deeds), start, until_s, time_zone, schedules)


class When:
    """Instants near a cut, at any stage of the way down or of the way up after it."""

    def __init__(self, seed: int, begins: tuple[float, ...], way_down_s: float) -> None:
        self._begins, self._way_down_s = begins, way_down_s
        self._seed = seed

    def near(self, dice: Dice) -> float:
        """Never before the run: what was there before it began was there at its start."""
        begin_s = dice.one_of(self._begins)
        after_s = dice.seconds(-300.0, dice.one_of((120.0, self._way_down_s, 2.5 * self._way_down_s)))
        return max(0.0, round(begin_s + after_s, 1))


# Mains


def cuts(seed: int, ground: Ground, kinds: Swarm) -> list[Cut]:
    """Of each input one after the other; of a feed and of its UPSes also at the same time."""
    dice = Dice(seed, "cuts")
    found: list[Cut] = []
    free_s = dict.fromkeys(ground.inputs, FIRST_S)
    at_s = FIRST_S
    for of in _whose(dice, ground, kinds):
        at_s = max(at_s, free_s[of])
        for_s = _length(dice, ground, kinds)
        found.append(Cut(at_s, of, for_s))
        free_s[of] = round(at_s + for_s + APART_S, 1)
        if kinds.has(Habit.FLAPPING) and dice.happens(0.5):
            found += _flaps(dice, of, free_s)
        at_s = round(at_s + (_gap(dice) if dice.happens(0.4) else for_s + _gap(dice)), 1)
    return found


def _whose(dice: Dice, ground: Ground, kinds: Swarm) -> list[str]:
    feeds, upses = ground.site.feeds, tuple(ground.site.upses)
    names: list[str] = []
    if kinds.has(Habit.CUT_OF_ALL):
        for _ in range(dice.one_of((1, 1, 1, 2, 2, 3))):
            names += feeds if dice.happens(0.7) else (dice.one_of(feeds),)
    if kinds.has(Habit.CUT_OF_ONE):
        names += (dice.one_of(upses) for _ in range(dice.one_of((1, 1, 2, 3))))
        if dice.happens(0.5):
            names.reverse()
    return names


def _length(dice: Dice, ground: Ground, kinds: Swarm) -> float:
    if kinds.has(Habit.LONG_CUT) and dice.happens(0.5):
        return dice.seconds(ground.way_down_s, 4 * 3600.0)
    if dice.happens(0.15):
        return dice.seconds(1.0, 60.0)
    return dice.seconds(20.0, 1.2 * ground.way_down_s)


def _gap(dice: Dice) -> float:
    return dice.seconds(1.0, dice.one_of((30.0, 300.0, 3000.0)))


def _flaps(dice: Dice, of: str, free_s: dict[str, float]) -> list[Cut]:
    """Short ones in a row (P3)."""
    found = []
    for _ in range(dice.one_of((2, 3, 5))):
        at_s = round(free_s[of] + dice.seconds(1.0, 70.0), 1)
        found.append(Cut(at_s, of, dice.seconds(2.0, 90.0)))
        free_s[of] = round(found[-1].end_s + APART_S, 1)
    return found


# Faults


USUAL = (1, 1, 2, 2, 3, 4, 6)
"""How many faults a history has that has any,"""
CROWD = (4, 5, 6, 7, 9)
"""and where they crowd."""


def faults(seed: int, ground: Ground, kinds: Swarm, when: When) -> list[Trouble]:
    """None of them ended yet: `for_s` None is until T0, or for ever where that is drawn."""
    dice = Dice(seed, "faults")
    if not kinds.faults:
        return []
    found: list[Trouble] = []
    for _ in range(dice.one_of(CROWD if ground.crowded else USUAL)):
        fault = dice.one_of(kinds.faults)
        subject = dice.one_of(ground.subjects[fault.of])
        at_s = 0.0 if fault.ends and dice.happens(0.25) else when.near(dice)
        if any(t.fault is fault and t.subject == subject for t in found):
            continue
        for_s = dice.seconds(5.0, dice.one_of((120.0, 1200.0, 7200.0))) if dice.happens(0.5) else None
        found.append(trouble(ground, fault, subject, at_s, for_s, amount(dice, fault)))
    return found


def trouble(
    ground: Ground, fault: Fault, subject: str, at_s: float, for_s: float | None, of: float
) -> Trouble:
    """Ended after `for_s`, where it has an end; what passes by itself, after `of` seconds at the latest."""
    if fault.passes:
        for_s = of if for_s is None else min(for_s, of)
    lingers_s = 0.0 if fault.lingers is None else fault.lingers(ground.site, of)
    return Trouble(at_s, fault, subject, for_s if fault.ends else None, of, lingers_s)


def amount(dice: Dice, fault: Fault) -> float:
    """At its bounds, at what is usual, or anywhere between; two digits are enough."""
    bounds = fault.amount
    if bounds is None:
        return 0.0
    between = float(f"{dice.between(bounds.least, min(bounds.most, 1e6)):.2g}")
    anywhere = min(max(between, bounds.least), bounds.most)
    return dice.one_of((bounds.least, bounds.most, bounds.default, anywhere, anywhere))


def calm(seed: int, deeds: list[Deed]) -> float:
    """T0: all that was drawn has begun, and what has an end of its own has ended."""
    pause_s = Dice(seed, "calm").seconds(0.0, 900.0)
    return math.ceil(max((ends_s(deed) for deed in deeds), default=FIRST_S) + pause_s)


LASTS = 0.15
"""So many of the faults that have no end of their own last for ever."""


def ended(seed: int, trouble: Trouble, calm_s: float) -> Trouble:
    """At T0 at the latest, unless it lasts."""
    lasts = Dice(seed, f"lasts {trouble.fault.name} {trouble.subject}").happens(LASTS)
    if trouble.for_s is not None or not trouble.fault.ends or lasts:
        return trouble
    return replace(trouble, for_s=round(calm_s - trouble.lingers_s - trouble.at_s, 1) or 1.0)


# People


def asked(seed: int, ground: Ground, kinds: Swarm, when: When) -> list[Deed]:
    dice = Dice(seed, "asked")
    found: list[Deed] = []
    servers = [s.name for s in ground.site.servers.values() if s.role is not ServerRole.POOL]
    if kinds.has(Habit.POWER):
        for _ in range(dice.one_of((1, 1, 2))):
            of = () if dice.happens(0.3) else _together(dice, ground, servers)
            to = dice.one_of(ground.site.cluster.nodes) if dice.happens(0.15) else ""
            wish = Wish.POWER_ON if dice.happens(0.25) else Wish.POWER_OFF
            found.append(Asked(when.near(dice), wish, of, BY, to))
            if dice.happens(0.5):
                found.append(Asked(when.near(dice), Wish.POWER_ON, of, BY))
    if kinds.has(Habit.HOLD):
        for _ in range(dice.one_of((1, 1, 2))):
            device, at_s = dice.one_of(ground.devices), when.near(dice)
            found.append(Asked(at_s, Wish.HOLD, (device,), BY))
            if dice.happens(0.5):
                found.append(Asked(round(at_s + dice.seconds(5, 3000), 1), Wish.RELEASE, (device,), BY))
    return found


def _together(dice: Dice, ground: Ground, servers: list[str]) -> tuple[str, ...]:
    """All of one UPS, whose power can go then; or just anybody, who may be refused."""
    if dice.happens(0.3):
        return dice.some_of(servers)
    ups = dice.one_of(tuple(ground.site.upses))
    found = tuple(s.name for s in ground.site.servers_on(ups) if s.name in servers)
    return found or (dice.one_of(servers),)


def hands(seed: int, ground: Ground, kinds: Swarm, when: When) -> list[Deed]:
    dice = Dice(seed, "hands")
    site, found = ground.site, list[Deed]()
    if kinds.has(Habit.MANAGER):
        deed = dice.one_of((Manager.SHUTDOWN, Manager.REBOOT, Manager.REBOOT))
        found.append(Managed(when.near(dice), deed, dice.one_of((site.cluster.name, *site.cluster.nodes))))
    if kinds.has(Habit.BUTTON):
        upses = dice.some_of(tuple(site.upses))
        found += (Pressed(when.near(dice), ups) for ups in upses)
    if kinds.has(Habit.BOOT):
        servers = dice.some_of(tuple(site.servers))
        found += (Booted(when.near(dice), server) for server in servers)
    if kinds.has(Habit.CLOCK):
        by_s = dice.one_of((-7200.0, -400.0, -20.0, 20.0, 400.0, 7200.0))
        found.append(ClockStep(when.near(dice), dice.one_of(tuple(site.servers)), by_s))
    if kinds.has(Habit.HOST) and site.lan_watch.hosts:
        for address in dice.some_of(site.lan_watch.hosts):
            at_s = when.near(dice)
            found.append(HostChange(at_s, address, answers=False))
            found.append(HostChange(round(at_s + dice.seconds(10, 3600), 1), address, answers=True))
    return found


OPERATOR_S = 600.0
"""Nodes that were booted by hand are up, and the operator looks whether their cluster runs."""


def by_hand(ground: Ground, of: str, told_s: float, calm_s: float) -> Iterator[Deed]:
    """Who has shut a node down starts it again: the power of it first, and its cluster at last.

    When it is down, for a button pressed before that boots nobody. A cluster whose nodes went down one by one
    needs its operator.
    """
    site = ground.site
    nodes = site.cluster.nodes if of == site.cluster.name else (of,)
    down_s = told_s + max(site.servers[node].stop_limit_s for node in nodes)
    down_s += site.cluster.shutdown_limit_s if of == site.cluster.name else 0.0
    from_s = round(max(calm_s, down_s), 1)
    for node in nodes:
        yield from (Pressed(from_s + 1.5, ups) for ups in site.servers[node].upses)
        yield Booted(from_s + 2.0, node)
    if of != site.cluster.name:
        yield Managed(from_s + OPERATOR_S, Manager.START, site.cluster.name)


def healed(seed: int, ground: Ground, deeds: list[Deed], calm_s: float) -> list[Deed]:
    """After T0 somebody sees to whoever cannot come back by himself."""
    dice = Dice(seed, "healed")
    found: list[Deed] = []
    held = dict.fromkeys(d.of for d in deeds if isinstance(d, Asked) and d.wish is Wish.HOLD)
    if dice.happens(0.8):
        found += (Asked(calm_s + 1.0, Wish.RELEASE, of, BY) for of in held)
    for deed in deeds:
        match deed:
            case Trouble(_, fault, subject) if not fault.ends and fault.of in (Kind.NODE, Kind.SERVER):
                found.append(Booted(calm_s + 2.0, subject))
                if fault is FOREIGN_SHUTDOWN and subject in ground.site.cluster.nodes:  # the last, perhaps
                    found.append(Managed(calm_s + OPERATOR_S, Manager.START, ground.site.cluster.name))
            case Trouble(_, fault) if fault is CLUSTER_MISTAKEN:
                # An alarm tells him of a cluster that stands still, and later one that it takes no start: by
                # its old word its last node went as one of two (R9-01).
                asked_s = calm_s + OPERATOR_S
                found.append(Asked(asked_s, Wish.POWER_ON, (), BY))
                started_s = asked_s + ground.site.start.cluster_limit_s
                found.append(Managed(started_s, Manager.START, ground.site.cluster.name))
            case Managed(at_s, Manager.SHUTDOWN, of):  # by hand; then nobody may be left who commands
                found += by_hand(ground, of, at_s, calm_s)
            case Managed(_, Manager.REBOOT, of) if (
                of != ground.site.cluster.name
            ):  # the last of them, perhaps
                found.append(Managed(calm_s + OPERATOR_S, Manager.START, ground.site.cluster.name))
    off = any(isinstance(d, Asked) and d.wish is Wish.POWER_OFF for d in deeds)
    if off and dice.happens(0.8):
        found.append(Asked(calm_s + 120.0, Wish.POWER_ON, (), BY))
    return found
