"""Schedules drawn by chance: short and long nights, over clock changes, of servers and of control nodes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sequencer.site import Site
from sim.story import MainsChange
from teiden.files.site_file import load_site
from teiden.files.source import InputError
from teiden.judge.verdict import judge
from teiden.play import play
from teiden.rules.report import check
from teiden.story import Story
from tests.examples import few, many

DAY_S = 86400.0
LINKED = ("blade1", "blade2", "rack1", "rack2")
STARTS = (
    ("Asia/Tokyo", "2026-11-20T14:00"),
    ("Europe/Berlin", "2026-10-24T14:00"),  # the hour from 2:00 comes twice in this night
    ("Europe/Berlin", "2026-03-28T14:00"),  # and here not at all
    ("America/New_York", "2026-11-01T00:10"),
    ("Australia/Lord_Howe", "2026-04-04T14:00"),  # by half an hour
)


@dataclass(frozen=True)
class Nights:
    zone: str
    start: datetime
    changes: dict[str, Any]
    out: tuple[float, float] | None = None

    def __str__(self) -> str:
        return f"{self.start.isoformat()} {self.changes} {self.out or ''}"


@st.composite
def nights(draw: st.DrawFn) -> Nights:
    zone, text = draw(st.sampled_from(STARTS))
    entries = {f"night{n}": _schedule(draw, who) for n, who in enumerate(draw(st.sampled_from(WHO)))}
    start = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    changes = {"time_zone": zone, "schedules": entries}
    at_s = draw(st.integers(600, 20 * 3600))
    outage = (float(at_s), float(at_s + draw(st.integers(10, 9000)))) if draw(st.booleans()) else None
    return Nights(zone, start, changes, outage)


WHO: tuple[tuple[tuple[str, ...], ...], ...] = (
    (LINKED,),
    (LINKED[:2],),
    (LINKED[:2], LINKED[2:]),
    (LINKED, LINKED[:1]),
    (LINKED, ("control1", "control2")),
)


def _schedule(draw: st.DrawFn, who: tuple[str, ...]) -> dict[str, Any]:
    off = draw(st.sampled_from((22 * 60, 60, 90, 120, 150, 15 * 60)) | st.integers(0, 1439))
    gap = draw(st.sampled_from((48, 1, 2, 39, 40, 47, 120, 480)) | st.integers(1, 1439))
    on = (off + gap) % 1440
    entry: dict[str, Any] = {
        "servers": list(who),
        "days": draw(st.sampled_from(("daily", "mon-fri", "sat,sun"))),
        "off": f"{off // 60:02}:{off % 60:02}",
    }
    if draw(st.sampled_from((True, True, True, False))):
        entry["on"] = f"{on // 60:02}:{on % 60:02}"
    return entry


def holds_or_is_refused(drawn: Nights) -> None:
    try:
        loaded = load_site("scenarios/sites/reference.yaml", drawn.changes)
    except InputError as refused:
        told(refused)
        return
    assume(not check(loaded).exit_code)
    happenings = () if drawn.out is None else outages(loaded.site, *drawn.out)
    room = play(
        Story("drawn", "", loaded.site, loaded.model, "", "", drawn.start, 2.5 * DAY_S, happenings, ())
    )
    verdict = judge(room.stream.events, loaded.site)
    broken = [f"{r.id}: {r.happened}" for r in verdict.invariants if not r.ok]
    assert not broken, f"{drawn}\n" + "\n".join(broken)


def told(refused: InputError) -> None:
    assert all(problem.place.line for problem in refused.problems)


def outages(site: Site, from_s: float, to_s: float) -> tuple[MainsChange, ...]:
    return tuple(
        MainsChange(at_s, feed, lost=lost)
        for at_s, lost in ((from_s, True), (to_s, False))
        for feed in site.feeds
    )


@few(4)
@given(nights())
def test_s21_s22_s23_s35_l6_a_schedule_holds_or_is_refused(drawn: Nights) -> None:
    holds_or_is_refused(drawn)


@pytest.mark.long
@many(40)
@given(nights())
def test_s21_s22_s23_s35_l6_any_schedule_holds_or_is_refused(drawn: Nights) -> None:
    holds_or_is_refused(drawn)
