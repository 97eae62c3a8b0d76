"""What the proof plays: stories of the scenarios' folder, and the standard outage of each reference site."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sim.room import START
from sim.story import MainsChange
from teiden.files.site_file import load_site
from teiden.files.story_file import load_stories
from teiden.story import Story

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
"""Of the checkout; no wheel carries them."""
LOST_S, BACK_S = 600.0, 7800.0
"""The standard outage: ten minutes of calm, two hours without mains."""
MORNING_S = 12 * 3600.0
"""After the mains are back for good: an empty battery has enough charge by then."""
SITES = ("reference", "two-feeds", "two-arrays", "separate-enclosures", "five-control-disks", "ver1")
LARGE_SITES = ("ten-arrays",)
"""A history of these takes several times as long."""
OUTAGES = {
    "site-outage": ("site-outage", (20, 100, 300, 440, 500, 640, 800, 950, 1010, 1060, 1300, 1800)),
    "control-disk-outage": ("control-disk-outage[away=20m]", (905, 960, 1010, 1060, 1300)),
    "linked-disk-outage": ("linked-disk-outage", (40, 300, 460, 560, 660)),
    "scheduled-night": ("scheduled-night", ()),
}
"""By file: which item of it, and when else its mains return, seconds after their loss: once in each stage."""


@lru_cache(maxsize=64)
def outage(name: str, back_s: float | None) -> Story:
    """One of `OUTAGES`, its mains back then; None: as the story says. Left alone until the next morning."""
    item, _ = OUTAGES[name]
    story = next(s for s in load_stories(SCENARIOS / f"{name}.yaml") if s.name == item)
    if not story.happenings:
        return replace(story, until_s=story.until_s + MORNING_S / 2)  # its schedule is what happens
    lost_s = min(h.at_s for h in story.happenings if isinstance(h, MainsChange) and h.lost)
    happenings = tuple(
        replace(h, at_s=lost_s + back_s)
        if back_s is not None and isinstance(h, MainsChange) and not h.lost
        else h
        for h in story.happenings
    )
    last_s = max(h.at_s for h in happenings)
    site = replace(story.site, schedules={})  # the night after it would be another story
    return replace(story, site=site, happenings=happenings, until_s=last_s + MORNING_S)


@lru_cache(maxsize=16)
def standard(site: str) -> Story:
    """Every feed of a reference site without mains for two hours, and back."""
    file = load_site(SCENARIOS / "sites" / f"{site}.yaml")
    happenings = tuple(
        MainsChange(at_s, feed, lost=lost)
        for feed in file.site.feeds
        for at_s, lost in ((LOST_S, True), (BACK_S, False))
    )
    return Story(
        name=site,
        sentence="Every feed without mains for two hours.",
        site=replace(file.site, schedules={}),
        model=file.model,
        site_file=file.path,
        site_hash=file.hash,
        start=START,
        until_s=BACK_S + MORNING_S,
        happenings=happenings,
        expectations=(),
    )
