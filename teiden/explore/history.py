"""One history: everything that happens to a site in one run, and the story that plays it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sequencer.schedules import Schedule
from sequencer.site import Site
from sim.faults.scene import Scene, prepared
from sim.story import FaultChange, Happening
from teiden.explore.deeds import Cut, Deed, Trouble, ends_s, happenings
from teiden.explore.ground import Ground
from teiden.story import Story


@dataclass(frozen=True)
class History:
    """Drawn from its seed, or what shrinking has left of that."""

    seed: int
    """Also of all chance in the room."""
    deeds: tuple[Deed, ...]
    start: str
    """`2026-11-20 14:00`, in the time zone."""
    until_s: float
    time_zone: str = ""
    """Empty: the site's own."""
    schedules: tuple[Schedule, ...] = ()
    """All that there are: those of the site do not fire."""

    @property
    def name(self) -> str:
        return f"seed-{self.seed:06d}"

    @cached_property
    def troubles(self) -> tuple[Trouble, ...]:
        return tuple(deed for deed in self.deeds if isinstance(deed, Trouble))

    @property
    def cuts(self) -> tuple[Cut, ...]:
        return tuple(deed for deed in self.deeds if isinstance(deed, Cut))

    @cached_property
    def happenings(self) -> tuple[Happening, ...]:
        """In the order of time, and of the deeds, as a story file is read."""
        found = [happening for deed in self.deeds for happening in happenings(deed)]
        return tuple(sorted(found, key=lambda happening: happening.at_s))

    @property
    def calm_s(self) -> float:
        """T0: from here on no fault begins or ends. Without faults that is the start."""
        return max((ends_s(deed) for deed in self.troubles), default=0.0)

    @cached_property
    def lasting(self) -> tuple[FaultChange, ...]:
        """Faults that are not over at T0: whom they reach is not of the core."""
        return tuple(
            FaultChange(d.at_s, d.fault, d.subject, amount=d.amount) for d in self.troubles if d.lasts
        )

    def with_deeds(self, deeds: Sequence[Deed]) -> History:
        return replace(self, deeds=tuple(deeds))

    def site(self, ground: Ground) -> Site:
        site = ground.site
        schedules = {schedule.name: schedule for schedule in self.schedules}
        return replace(site, schedules=schedules, time_zone=self.time_zone or site.time_zone)

    def story(self, ground: Ground) -> Story:
        site = self.site(ground)
        start = datetime.fromisoformat(self.start).replace(tzinfo=ZoneInfo(site.time_zone))
        scene = prepared(Scene(site, ground.model, start), self.happenings)
        return Story(
            name=self.name,
            sentence=f"A history drawn from seed {self.seed}.",
            site=scene.site,
            model=scene.model,
            site_file=ground.file,
            site_hash=ground.hash,
            start=scene.start,
            until_s=self.until_s,
            happenings=self.happenings,
            expectations=(),
            seed=self.seed,
        )
