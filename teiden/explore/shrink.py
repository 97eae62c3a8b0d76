"""Makes a history that goes wrong as short and as plain as it can be while the same thing goes wrong.

Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE
2002) over the deeds, then over what each deed is: rounder times, shorter spans, usual amounts. All of
it is begun anew until nothing helps any more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from teiden.explore.deeds import Cut, Deed
from teiden.explore.ground import Ground
from teiden.explore.history import History
from teiden.explore.simpler import earlier, simpler
from teiden.explore.trial import Failure, Trial, tried

MOST_TRIES = 600
"""Some 30 s; what is left then is short enough, or hopeless."""


@dataclass(frozen=True)
class Shrunk:
    history: History
    failure: Failure
    """What goes wrong in it: the same rule as at first, perhaps of another device of the same role."""
    tries: int


class Shrinker:
    """`fails`: the failure looked for, in a trial; None: it is not there."""

    def __init__(self, ground: Ground, fails: Callable[[Trial], Failure | None]) -> None:
        self._ground, self._fails = ground, fails
        self.tries = 0

    def shrunk(self, history: History, failure: Failure) -> Shrunk:
        best, found = history, failure
        while True:
            before = best
            for way in (self._shorter, self._fewer, self._without_schedules, self._simpler, self._shorter):
                best, found = way(best, found)
            if best == before or self.tries >= MOST_TRIES:
                return Shrunk(best, found, self.tries)

    def _try(self, history: History) -> Failure | None:
        if self.tries >= MOST_TRIES:
            return None
        self.tries += 1
        return self._fails(tried(history, self._ground))

    # Fewer deeds

    def _fewer(self, best: History, found: Failure) -> tuple[History, Failure]:
        """Chunk by chunk, each time half as large; a chunk that nobody needs is gone for good."""
        size = max(1, len(best.deeds) // 2)
        while True:
            place, dropped = 0, False
            while place < len(best.deeds):
                without = best.with_deeds(best.deeds[:place] + best.deeds[place + size :])
                failure = self._try(without)
                if failure is not None:
                    best, found, dropped = without, failure, True
                else:
                    place += size
            if size == 1 and not dropped:
                return best, found
            size = max(1, size // 2)

    def _without_schedules(self, best: History, found: Failure) -> tuple[History, Failure]:
        for one in best.schedules:
            left = tuple(schedule for schedule in best.schedules if schedule is not one)
            best, found = self._either(replace(best, schedules=left), best, found)
        return best, found

    # Simpler ones

    def _simpler(self, best: History, found: Failure) -> tuple[History, Failure]:
        for change in earlier(best):
            best, found = self._either(change, best, found)
        for place in range(len(best.deeds)):
            for deed in simpler(best.deeds[place]):
                if deed != best.deeds[place]:
                    changed = best.with_deeds([*best.deeds[:place], deed, *best.deeds[place + 1 :]])
                    best, found = self._either(changed, best, found)
        return best, found

    def _either(self, changed: History, best: History, found: Failure) -> tuple[History, Failure]:
        if changed == best or not apart(changed.deeds):
            return best, found
        failure = self._try(changed)
        return (best, found) if failure is None else (changed, failure)

    # A shorter run

    def _shorter(self, best: History, found: Failure) -> tuple[History, Failure]:
        for until_s in _ends(best, found):
            best, found = self._either(replace(best, until_s=until_s), best, found)
        return best, found


def _ends(history: History, failure: Failure) -> Iterator[float]:
    """Round ones after the failure, and after everything that has begun by then."""
    last_s = max([failure.t, *(deed.at_s for deed in history.deeds)])
    for step_s in (3600.0, 600.0, 60.0):
        until_s = math.floor(last_s / step_s + 1) * step_s
        if until_s < history.until_s:
            yield until_s


def apart(deeds: Sequence[Deed]) -> bool:
    """Mains that are lost cannot be lost again before they are back."""
    free_s: dict[str, float] = {}
    for cut in sorted((d for d in deeds if isinstance(d, Cut)), key=lambda cut: cut.at_s):
        if cut.at_s <= free_s.get(cut.of, -1.0):
            return False
        free_s[cut.of] = cut.end_s
    return True


def same_kind(failure: Failure, ground: Ground) -> Callable[[Trial], Failure | None]:
    """The same rule, broken at a device of the same role."""
    role = role_of(failure.subject, ground)

    def found(trial: Trial) -> Failure | None:
        fitting = (f for f in trial.failures if f.rule == failure.rule)
        return next((f for f in fitting if role_of(f.subject, ground) == role), None)

    return found


def role_of(name: str, ground: Ground) -> str:
    """`linked server`, `UPS of control nodes`: what failures are told apart by, beside their rule."""
    site = ground.site
    if name in site.servers:
        return f"{site.servers[name].role.value} server"
    if name in site.arrays:
        return f"{site.arrays[name].role.value} array"
    if name in site.upses:
        whose = (
            ("nodes", site.names_of_node_upses),
            ("control arrays", site.names_of_control_array_upses),
            ("linked arrays", site.names_of_linked_array_upses),
        )
        return f"UPS of {next((who for who, names in whose if name in names), 'servers')}"
    if name == site.cluster.name:
        return "cluster"
    return "schedule" if name not in site.switches else "switch"
