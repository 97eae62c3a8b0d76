"""Which kinds of things may happen in one history: a random part of all of them, as in swarm testing.

A history in which everything may happen has a little of everything, and then some things never meet: many
faults hide others. Leaving out a random part of the kinds reaches more (Groce et al., "Swarm testing",
ISSTA 2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sim.chance import draw
from sim.faults.fault import Fault
from teiden.explore.ground import Ground

RATES = (0.1, 0.25, 0.5, 0.8)
"""How large the part of the habits is; drawn once for each history."""
OF_FAULTS = (0.0, 0.02, 0.05, 0.15, 0.4)
"""The same of the faults, of which there are nearly a hundred: none, a few, or many together."""
OF_CROWDED = (0.1, 0.3, 0.6)
"""Where each history is to have many."""


class Habit(Enum):
    """What happens to a site besides faults."""

    CUT_OF_ALL = "all mains cut"
    CUT_OF_ONE = "one UPS cut"
    FLAPPING = "flapping mains"
    LONG_CUT = "long cuts"
    POWER = "power off and on"
    HOLD = "hold and release"
    MANAGER = "cluster manager"
    BUTTON = "UPS buttons"
    BOOT = "server buttons"
    CLOCK = "clock steps"
    SCHEDULE = "schedules"
    CHANGE_OF_CLOCKS = "night when the clocks change"
    HOST = "watched hosts"


COMMON = {Habit.CUT_OF_ALL: 0.85, Habit.CUT_OF_ONE: 0.5, Habit.LONG_CUT: 0.25, Habit.CHANGE_OF_CLOCKS: 0.3}
"""Of these the part is always the same: without a cut little happens, and a long one costs much time."""


@dataclass(frozen=True, slots=True)
class Swarm:
    faults: tuple[Fault, ...]
    habits: frozenset[Habit]

    def has(self, habit: Habit) -> bool:
        return habit in self.habits


def swarm(seed: int, ground: Ground) -> Swarm:
    """Each kind by a draw of its own: a fault more in the catalogue changes nothing for the others."""

    def part(purpose: str, rates: tuple[float, ...]) -> float:
        return rates[int(draw(seed, "explore", purpose, 0) * len(rates))]

    def chosen(kind: str, rate: float) -> bool:
        return draw(seed, "explore", f"swarm {kind}", 0) < rate

    of_faults = part("part of faults", OF_CROWDED if ground.crowded else OF_FAULTS)
    of_habits = part("part of habits", RATES)
    faults = tuple(fault for fault in ground.faults if chosen(fault.name, of_faults))
    habits = frozenset(h for h in Habit if chosen(h.value, COMMON.get(h, of_habits)))
    return Swarm(faults, habits)
