"""Looks for the smallest change: goes on from the cheapest state so far, so the first that holds is it.

Demands with a single way of meeting them come first; where there are several, each is followed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count

from teiden.plan.arithmetic import KeyPath
from teiden.tune.case import Case, Cost, State, Values
from teiden.tune.settings import BATTERY, AllBut, Setting, in_order, key
from teiden.tune.wants import Want
from teiden.tune.ways import Ways, grouped

MOST_STATES = 400
MOST_LOOKED_AT = 12_000
"""How many states are looked at: at least 400, and more where the site is small and a look is cheap.

Sites need a dozen; a hundred batteries that are all too small are met in one step.
"""

MOST_STEPS = 60
"""From the site to a proposal; demands that drive each other up for ever end here."""
ROUNDS = 6
"""Of trimming a proposal; each round only makes it smaller."""

FEW = 12
"""Values set alike that are also tried one by one."""


@dataclass(frozen=True)
class Stuck:
    """Where a search ended: demands that nothing can meet once these values are set."""

    state: State
    wants: tuple[Want, ...]
    given_up: bool = False
    """True: not all ways were followed."""


def search(case: Case) -> State | Stuck:
    """The cheapest state in which every demand is met, or the dead end that comes closest."""
    tie = count()
    heap: list[tuple[Cost, int, State]] = [((0, 0, 0.0), next(tie), State())]
    seen = {State().identity}
    dead: Stuck | None = None
    for _ in range(max(MOST_STATES, MOST_LOOKED_AT // len(case.site.upses))):
        if not heap:
            break
        _, _, state = heappop(heap)
        onward = _onward(case, state)
        if onward is None:
            return trimmed(case, state)
        if isinstance(onward, Stuck):
            dead = onward if dead is None or _shortage(onward) < _shortage(dead) else dead
            continue
        for move in onward:
            then = case.stepped(state, move)
            if then.identity not in seen and then.steps <= MOST_STEPS:
                seen.add(then.identity)
                heappush(heap, (case.cost(then), next(tie), then))
    if heap or dead is None:
        return Stuck(State(), tuple(case.demand.unmet(case.site)), given_up=True)
    return dead


def _onward(case: Case, state: State) -> list[Values] | Stuck | None:
    """The ways to meet the demand that has fewest of them; None when everything holds.

    The site itself is asked for all of them, so that what no value can mend is known at once.
    """
    site = case.at(state)
    groups = grouped(site, case.demand.unmet(site))
    if not groups:
        return None
    ways = Ways(case, state)
    best: list[Values] = []
    hopeless = []
    for group in groups:
        found = ways.of(group)
        if not found:
            hopeless += group
        elif not best or len(found) < len(best):
            best = found
            if len(best) == 1 and not hopeless and state.steps:
                return best
    return Stuck(state, tuple(hopeless)) if hopeless else best


def _shortage(stuck: Stuck) -> tuple[int, float, Cost | int]:
    """Closest to safe: fewest demands left, least missing."""
    numbers = [want.short for want in stuck.wants]
    return len(stuck.wants), sum(numbers), len(stuck.state.values)


def trimmed(case: Case, state: State) -> State:
    """Nothing set that is not needed, and nothing moved further than needed.

    A value may have been raised before another one that made it unnecessary was lowered.
    """
    for _ in range(ROUNDS):
        before = state
        for alike in _alike(case, state):
            anew = _anew(case, state, alike)
            if anew is not None and case.cost(anew) < case.cost(state):
                state = anew
        if state.values == before.values:
            break
    return state


def _alike(case: Case, state: State) -> list[list[KeyPath]]:
    """Values of one key that are set to the same: together, then, where there are few, one by one."""
    together: dict[tuple[str, Setting], list[KeyPath]] = {}
    for path in in_order(case.site, state.values):
        together.setdefault((key(path), state.values[path]), []).append(path)
    few = [[path] for paths in together.values() if 1 < len(paths) <= FEW for path in paths]
    return [*reversed(together.values()), *few]


def _anew(case: Case, state: State, paths: list[KeyPath]) -> State | None:
    """These values anew from where they were, all others as they are; bought batteries may grow for it."""
    rest = {at: to for at, to in state.values.items() if at not in paths}
    if len(rest) == len(state.values):
        return None
    free = frozenset({*paths, *(at for at in rest if key(at) == BATTERY)})
    alone = replace(case, keep=AllBut(free))
    then = State(rest, state.raised - set(paths), steps=1)
    for _ in range(2 * ROUNDS):
        onward = _onward(alone, then)
        if onward is None or isinstance(onward, Stuck):
            return then if onward is None else None
        then = alone.stepped(then, onward[0])
    return None
