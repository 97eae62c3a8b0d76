"""What happens to a drawn site: the reference stories of any site, and outages of any part of it.

Times are seconds after the zero, as in `worlds.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sequencer.site import ArrayRole, Site
from sim.room import START, Room
from sim.story import Happening
from teiden.files.site_file import SiteFile
from teiden.judge.verdict import judge
from teiden.play import play
from teiden.story import Story
from tests.safety import stranded, unsafe
from tests.tale import Tale
from tests.worlds import CALM_S, HOUR_S, out

Draw = Callable[[st.SearchStrategy[Any]], Any]
Happenings = list[Happening]

AWAY_S = 2 * HOUR_S
SETTLED_S = 14 * HOUR_S
"""After the mains are back: a battery that is empty takes ten hours to charge for the next stop."""
MOST_EVENTS = 20_000


def site_out(site: Site, from_s: float = 0.0, to_s: float = AWAY_S) -> Happenings:
    return out(from_s, to_s, *site.feeds)


def disk_out(site: Site, role: ArrayRole) -> Happenings:
    """Only the first array of this role has no mains."""
    arrays = [a for a in site.arrays.values() if a.role is role]
    return out(0, AWAY_S, *arrays[0].upses) if arrays else []


@st.composite
def stories(draw: Draw, site: Site) -> tuple[str, Happenings]:
    """One of the reference stories, or an outage of some part; its name, and what happens."""
    plain: list[tuple[str, Happenings]] = [
        ("the mains away for two hours", site_out(site)),
        ("only a linked disk without mains", disk_out(site, ArrayRole.LINKED)),
        ("only a control disk without mains", disk_out(site, ArrayRole.CONTROL)),
    ]
    match draw(st.sampled_from(("plain", "back", "blip", "some", "again"))):
        case "plain":
            return draw(st.sampled_from(plain))
        case "back":
            back_s = draw(st.integers(1, 3600))
            return f"the mains back after {back_s} s", site_out(site, 0.0, back_s)
        case "blip":
            short_s = draw(st.integers(1, max(1, int(min(u.confirm_s for u in site.upses.values())) - 3)))
            return f"the mains away for {short_s} s", site_out(site, 0.0, short_s)
        case "again":
            back_s, gap_s = draw(st.integers(1, 2400)), draw(st.integers(1, 1800))
            again = site_out(site, back_s + gap_s, back_s + gap_s + 3600)
            return f"back after {back_s} s, away again {gap_s} s later", [
                *site_out(site, 0.0, back_s),
                *again,
            ]
    who = draw(st.lists(st.sampled_from((*site.feeds, *site.upses)), min_size=1, max_size=3, unique=True))
    away_s = draw(st.integers(1, 7200))
    return f"{', '.join(who)} without mains for {away_s} s", out(0, away_s, *who)


def played(loaded: SiteFile, happenings: Happenings, *, seed: int = 0, until_s: float | None = None) -> Room:
    """The site's room after this; the judge has not looked at it yet."""
    last_s = max((h.at_s for h in happenings), default=0.0)
    until_s = CALM_S + (last_s + SETTLED_S if until_s is None else until_s)
    moved = tuple(replace(h, at_s=CALM_S + h.at_s) for h in happenings)
    room = play(
        Story(
            "drawn",
            "",
            loaded.site,
            loaded.model,
            loaded.path,
            loaded.hash,
            START,
            until_s,
            moved,
            (),
            seed=seed,
        )
    )
    assert len(room.stream.events) < MOST_EVENTS, "the sequencer runs in circles"
    return room


def wrong(loaded: SiteFile, room: Room) -> list[str]:
    """Every invariant that is broken, in the words of both judges, and who is left behind."""
    verdict = judge(room.stream.events, loaded.site)
    said = [f"{r.id}: {r.happened}" for r in verdict.invariants if not r.ok]
    tale = Tale(room, CALM_S)
    left = stranded(tale) if loaded.site.start.auto else []
    return [*said, *unsafe(tale), *left]
