"""One story to play: a site, what happens to its room, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sequencer.site import Site
    from sim.model import Model
    from sim.story import Happening
    from teiden.files.source import Place
    from teiden.judge.expectations import Expectation


@dataclass(frozen=True)
class Story:
    """A scenario file's document, or one item of its `vary:`."""

    name: str
    """`site-outage`, or with parameters `mains-back-mid-shutdown[back=600s]`."""
    sentence: str
    site: Site
    model: Model
    site_file: str
    site_hash: str
    start: datetime
    """Aware: in the site's time zone."""
    until_s: float
    happenings: tuple[Happening, ...]
    expectations: tuple[Expectation, ...]
    breaks: tuple[str, ...] = ()
    """Invariants this story is expected to break, exactly these."""
    covers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    """Of all chance in the room, unless whoever plays it gives another."""
    place: Place | None = None
    """Where the story begins in its file."""
    changes: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What it lays over its site, with what was drawn: the site file and these give `site` again."""
