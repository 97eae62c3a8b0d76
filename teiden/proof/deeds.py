"""Deeds of people around cuts of the mains: every two of them, and each with each fault, in small histories.

A long random history hides much, for somebody's hand sets right what another has done. Here there is one cut,
or two with a gap between them, of the whole site or of one or two UPSes, and nothing else but the pair.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement, product
from typing import ClassVar

from sequencer.requests import Wish
from sequencer.site import ServerRole
from sim.chance import draw
from sim.faults import catalogue
from sim.faults.fault import Fault
from sim.story import Asked, Booted, ClockStep, Managed, Manager, Pressed
from teiden.explore.deeds import Cut, Deed, Trouble, ends_s
from teiden.explore.dice import Dice
from teiden.explore.drawing import BY, FIRST_S, amount, calm, ended, healed, trouble
from teiden.explore.ground import Ground, ground
from teiden.explore.history import History
from teiden.explore.nights import ORDINARY
from teiden.explore.trial import tried
from teiden.files.site_file import load_site
from teiden.proof.case import Case, Outcome
from teiden.proof.stories import SCENARIOS

SHORTEST_S, LONGEST_S = 30.0, 2400.0
"""Of a cut: shorter than any confirm time, and longer than the whole way down."""
LEAST_GAP_S, MOST_GAP_S = 10.0, 1800.0
"""From the return of the mains to their next loss: nobody has seen it yet, or all are up again."""
SEEDS = 1_000_000
"""Of all chance in the room: each history has its own."""
STEPS_S = (-7200.0, -400.0, -20.0, 20.0, 400.0, 7200.0)

Drawn = Callable[[Dice, Ground, float], tuple[Deed, ...]]


def _later(dice: Dice, at_s: float) -> float:
    return round(at_s + _spread(dice, 5.0, 3000.0), 1)


def _together(dice: Dice, on: Ground) -> tuple[str, ...]:
    """Everybody, all of one UPS, or one of them."""
    ups = dice.one_of(tuple(on.site.upses))
    servers = on.site.servers_on(ups) or tuple(on.site.servers.values())
    names = tuple(server.name for server in servers if server.role is not ServerRole.POOL)
    return dice.one_of(((), names, names, names[:1]))


def _off(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
    return (Asked(at_s, Wish.POWER_OFF, _together(dice, on), BY),)


def _on(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
    return (Asked(at_s, Wish.POWER_ON, _together(dice, on), BY),)


def _off_and_on(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
    of = _together(dice, on)
    return Asked(at_s, Wish.POWER_OFF, of, BY), Asked(_later(dice, at_s), Wish.POWER_ON, of, BY)


def _hold(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
    of = (dice.one_of(on.devices),)
    held = Asked(at_s, Wish.HOLD, of, BY)
    return (held, Asked(_later(dice, at_s), Wish.RELEASE, of, BY)) if dice.happens(0.5) else (held,)


def _managed(what: Manager) -> Drawn:
    def deed(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
        return (Managed(at_s, what, dice.one_of((on.site.cluster.name, *on.site.cluster.nodes))),)

    return deed


def _press(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
    return (Pressed(at_s, dice.one_of(tuple(on.site.upses))),)


def _boot(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
    return (Booted(at_s, dice.one_of(tuple(on.site.servers))),)


def _clock(dice: Dice, on: Ground, at_s: float) -> tuple[Deed, ...]:
    return (ClockStep(at_s, dice.one_of(tuple(on.site.servers)), dice.one_of(STEPS_S)),)


DEEDS: dict[str, Drawn] = {
    "off": _off,
    "on": _on,
    "off-and-on": _off_and_on,
    "hold": _hold,
    "shutdown": _managed(Manager.SHUTDOWN),
    "reboot": _managed(Manager.REBOOT),
    "press": _press,
    "boot": _boot,
    "clock": _clock,
}


@dataclass(frozen=True, slots=True)
class DeedPair:
    """Two of `DEEDS`, or one and a fault, placed by the n-th draw."""

    site: str
    one: str
    other: str
    n: int
    word: ClassVar[str] = "deed-pair"

    def __str__(self) -> str:
        return f"{self.word} {self.site} {self.one} {self.other} {self.n}"

    @classmethod
    def parsed(cls, site: str, one: str, other: str, n: str) -> DeedPair:
        found = cls(site, one, other, int(n))
        _ = DEEDS[one], other in DEEDS or catalogue.BY_NAME[other]
        return found

    def history(self) -> History:
        on, pair = ground_of(self.site), f"{self.one} {self.other}"
        seed, dice = int(draw(self.n, pair, "seed", 0) * SEEDS), Dice(self.n, pair)
        deeds: list[Deed] = [*cuts(dice, on)]
        last_s = max(ends_s(deed) for deed in deeds)
        for name in (self.one, self.other):
            at_s = dice.seconds(FIRST_S - 120.0, last_s + dice.one_of((60.0, 600.0, 1800.0)))
            if name in DEEDS:
                deeds += DEEDS[name](dice, on, at_s)
            else:
                deeds.append(_trouble(dice, on, catalogue.BY_NAME[name], at_s))
        calm_s = calm(seed, deeds)
        deeds = [ended(seed, deed, calm_s) if isinstance(deed, Trouble) else deed for deed in deeds]
        deeds += healed(seed, on, deeds, calm_s)
        deeds.sort(key=lambda deed: deed.at_s)
        until_s = math.ceil((calm_s + on.way_up_s) / 60.0) * 60.0
        return History(seed, tuple(deeds), ORDINARY, until_s)

    def played(self) -> Outcome:
        history = self.history()
        trial = tried(history, ground_of(self.site))
        outcome = Outcome(histories=1, lived_s=history.until_s)
        outcome.excused.update(trial.excused)
        for failure in trial.failures:
            outcome.blame(self, failure.rule, failure.text)
        return outcome


def cuts(dice: Dice, on: Ground) -> Iterator[Cut]:
    """One, or a second after it: of the whole site, of one UPS, or of two that need not end together."""
    end_s = FIRST_S
    for _ in range(dice.one_of((1, 1, 2))):
        at_s = FIRST_S if end_s == FIRST_S else round(end_s + _spread(dice, LEAST_GAP_S, MOST_GAP_S), 1)
        for of in _cut(dice, on):
            cut = Cut(at_s, of, _spread(dice, SHORTEST_S, LONGEST_S))
            yield cut
            end_s = max(end_s, cut.end_s)


def _cut(dice: Dice, on: Ground) -> tuple[str, ...]:
    if dice.happens(0.4):
        return on.site.feeds
    upses = tuple(on.site.upses)
    return tuple(dict.fromkeys(dice.one_of(upses) for _ in range(dice.one_of((1, 1, 2)))))


def _trouble(dice: Dice, on: Ground, fault: Fault, at_s: float) -> Trouble:
    """On any device, with any amount; without an end of its own until all is calm, or for ever."""
    subject, of = dice.one_of(on.subjects[fault.of]), amount(dice, fault)
    for_s = _spread(dice, 20.0, 4000.0) if dice.happens(0.6) else None
    return trouble(on, fault, subject, at_s, for_s, of)


def _spread(dice: Dice, least_s: float, most_s: float) -> float:
    """As often from 10 to 100 s as from 100 to 1,000 s: short and long ones are of the same weight."""
    return round(math.exp(dice.between(math.log(least_s), math.log(most_s))), 1)


@lru_cache(maxsize=4)
def ground_of(site: str) -> Ground:
    return ground(load_site(SCENARIOS / "sites" / f"{site}.yaml"))


@dataclass(frozen=True, slots=True)
class DeedPairs:
    """`times`: histories of each deed with each fault. `every`: with every deed; else with one of them."""

    times: int
    every: bool = True
    site: str = "reference"
    name: ClassVar[str] = "deed-pairs"
    sentence: ClassVar[str] = "pairs of deeds of people, and of deeds and faults, on the reference site"

    def cases(self) -> tuple[Case, ...]:
        return _pairs(self.site, self.times, self.every)


OF_DEEDS = 10
"""So many times as often is each two deeds played: there are few of them."""


@lru_cache(maxsize=4)
def _pairs(site: str, times: int, every: bool) -> tuple[Case, ...]:
    names, faults = tuple(DEEDS), ground_of(site).fault_names
    met = product(names, faults) if every else ((names[n % len(names)], f) for n, f in enumerate(faults))
    of_two = combinations_with_replacement(names, 2)
    return (
        *(DeedPair(site, one, other, n) for one, other in of_two for n in range(OF_DEEDS * times)),
        *(DeedPair(site, one, fault, n) for one, fault in met for n in range(times)),
    )
