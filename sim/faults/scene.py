"""What a story plays in, before it begins: some faults lie in the settings and are there from the start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sequencer.site import Site
from sim.model import Model
from sim.story import FaultChange, Happening


@dataclass(frozen=True, slots=True)
class Scene:
    site: Site
    model: Model
    start: datetime
    """When the run begins, aware."""


def prepared(scene: Scene, happenings: Iterable[Happening]) -> Scene:
    """As the faults among these make it, in their order; build the room of this one."""
    for happening in happenings:
        if isinstance(happening, FaultChange) and happening.present:
            prepare = happening.fault.prepare
            if prepare is not None:
                scene = prepare(scene, happening.subject, happening.at_s, happening.amount)
    return scene
