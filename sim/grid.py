"""The mains as they reach the room: a feed, or the input of one UPS, and who has taken them away.

The story may take them away, and each fault on its own account; they are there again when nobody keeps
them away any more. A fault that comes and goes plans one change ahead: nothing ticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import simpy

from sequencer.events import Stream
from sequencer.site import Site
from sim import chance
from sim.later import after
from sim.ups import Ups

STORY = "story"


class Grid:
    def __init__(
        self, env: simpy.Environment, stream: Stream, site: Site, upses: Mapping[str, Ups], seed: int
    ) -> None:
        self._env = env
        self._stream = stream
        self._upses = upses
        self._feed = {name: ups.feed for name, ups in site.upses.items()}
        self._seed = seed
        self._away: dict[str, set[str]] = {name: set() for name in (*site.feeds, *site.upses)}
        """By feed or input: who keeps the mains away."""
        self._plans: dict[tuple[str, str], int] = {}

    def there(self, of: str) -> bool:
        return not self._away[of]

    def change(self, of: str, *, present: bool, why: str = STORY) -> None:
        """As far as `why` is concerned they are there, or away."""
        was = self.there(of)
        (self._away[of].discard if present else self._away[of].add)(why)
        if self.there(of) == was:
            return
        self._stream.fact(float(self._env.now), "mains.lost" if was else "mains.restored", of)
        for ups in self._upses.values():
            ups.set_mains(self.there(self._feed[ups.name]) and self.there(ups.name))

    def play(self, of: str, why: str, stays: Iterable[float]) -> None:
        """Away for the first of these times, there for the second, and so on; then there."""
        self._next(of, why, self._planned(of, why), iter(stays), present=False)

    def end(self, of: str, why: str) -> None:
        """What was played is over, however far it had come."""
        self._planned(of, why)
        self.change(of, present=True, why=why)

    def draws(self, of: str, purpose: str) -> chance.Stream:
        return chance.Stream(self._seed, of, purpose)

    def _planned(self, of: str, why: str) -> int:
        plan = self._plans[of, why] = self._plans.get((of, why), 0) + 1
        return plan

    def _next(self, of: str, why: str, plan: int, stays: Iterator[float], *, present: bool) -> None:
        if plan != self._plans[of, why]:
            return
        stay_s = next(stays, None)
        self.change(of, present=present or stay_s is None, why=why)
        if stay_s is not None:
            after(self._env, stay_s, lambda: self._next(of, why, plan, stays, present=not present))
