"""Scheduled nights: how long the gap between off and on is, and how long it must be for a disk to go off."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from statistics import mode

from sequencer import timing
from sequencer.calendar import LOOK_AHEAD_DAYS, RESTART, Goal, Instant, instants
from sequencer.schedules import Calendar, Schedule
from sequencer.site import Array, FlushOrder, Site
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, Term, amount, latest, names

REBOOT_GAP_S = RESTART.total_seconds()
"""Off and on one minute apart mean a restart (R10-41)."""

DAY_S = 86400.0
BEFORE_DAYS = 31
"""A night may have begun this long before the first day that is looked at."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Night:
    """From the instant at which servers go off to the one at which they come back."""

    off: Instant
    on: Instant

    @property
    def gap_s(self) -> float:
        return (self.on.at - self.off.at).total_seconds()


@dataclass(frozen=True, slots=True)
class _Place:
    time_zone: str
    calendar: Calendar


def nights(site: Site, schedule: Schedule, since: date | None = None) -> tuple[Night, ...]:
    """The real nights of the next 400 days, the one that may be under way included.

    More than a year, so that the two nights in which the clocks are changed are among them whenever
    one looks. Without `since` from today on.
    """
    first = since or datetime.now(UTC).date()
    return _nights(_Place(site.time_zone, site.calendar), schedule, first)


@lru_cache(maxsize=256)
def _nights(place: _Place, schedule: Schedule, since: date) -> tuple[Night, ...]:
    start = datetime.combine(since, time(), UTC)
    found: list[Night] = []
    off: Instant | None = None
    every = instants(
        place, schedule, start - timedelta(days=BEFORE_DAYS), start + timedelta(days=LOOK_AHEAD_DAYS)
    )
    for instant in every:
        if instant.goal is Goal.OFF:
            off = off or instant  # who is off already does not go off again
        elif off is not None:
            found.append(Night(off, instant))
            off = None
    return tuple(night for night in found if night.on.at > start)


def gap_s(site: Site, schedule: Schedule, since: date | None = None) -> float:
    """The shortest night between off and on; infinite where no off is followed by an on."""
    return min((night.gap_s for night in nights(site, schedule, since)), default=math.inf)


def usual_gap_s(site: Site, schedule: Schedule, since: date | None = None) -> float:
    """The gap of most nights: without those in which the clocks are changed."""
    gaps = [night.gap_s for night in nights(site, schedule, since)]
    return mode(gaps) if gaps else math.inf


def seconds(text: str) -> float:
    """`22:00` or `22:00:30` as seconds of the day."""
    match = _CLOCK.fullmatch(text.strip())
    assert match, f"{text!r} is no time of day; the reader of site files lets none through"
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600.0 + minutes * 60 + rest


def clock(start: str, after_s: float = 0.0) -> str:
    """The time of day this long after `start`."""
    total = int(seconds(start) + after_s) % int(DAY_S)
    hours, minutes, rest = total // 3600, total // 60 % 60, total % 60
    return f"{hours:02}:{minutes:02}:{rest:02}" if rest else f"{hours:02}:{minutes:02}"


def sleeping_arrays(site: Site, schedule: Schedule) -> list[Array]:
    """Linked arrays whose users are all off in this schedule (R10-44). An array nobody uses stays on."""
    return list(timing.sleeping_arrays(site, schedule.servers))


def needed_gap(site: Site, array: Array, schedule: Schedule) -> Amount:
    """`timing.shortest_night_s` as a sum: the document's rule, or the path as it is wired (decision 6)."""
    return latest((_by_document(site, array), _as_wired(site, array, schedule)))


def recommended_gap(site: Site, array: Array, schedule: Schedule) -> Amount:
    """The rule, the disk's own UPS going off on top, in whole steps of the cards: 48 min in the example."""
    own_s = max(timing.graceful_off_s(site.upses[u]) for u in array.upses)
    by_rule = _by_document(site, array).plus(own_s, t("{upses} off", upses=array.name))
    plain = latest((by_rule, _as_wired(site, array, schedule)))
    steps_s = math.ceil(plain.total / timing.SLEEP_STEP_S) * timing.SLEEP_STEP_S
    return plain.plus(steps_s - plain.total, t("to whole steps of 6 min"))


def _by_document(site: Site, array: Array) -> Amount:
    """`timing.document_night_s` as a sum."""
    off = {u.name: timing.graceful_off_s(u) for u in site.server_upses_of(array.name)}
    lead_s = max(timing.warm_up_lead_s(site, array, enclosures=e) for e in (False, True))
    servers = _slowest(off)
    return servers.plus(timing.INTERNAL_S, t("internal")).plus(lead_s, t("warm-up + 6 min + flush"))


def _as_wired(site: Site, array: Array, schedule: Schedule) -> Amount:
    """`timing.wired_night_s` as a sum."""
    off = {u.name: timing.stop_off_s(site, u) for u in site.server_upses_of(array.name)}
    slow = {s.name: s.stop_limit_s for s in site.users_of(array.name)}
    halted_s = max(slow.values(), default=0.0)
    path = _slowest(off if off and max(off.values()) >= halted_s else slow)
    serial = site.linkage.flush_order is FlushOrder.SERIAL
    for _ in range(max(len(sleeping_arrays(site, schedule)), 1) if serial else 1):
        path = path.plus(site.linkage.flush_limit_s, "flush_limit", ("linkage", "flush_limit"))
    for upses in timing.slept_parts(array):
        asleep_s = max((timing.graceful_off_s(site.upses[u]) for u in upses), default=0.0)
        path = path.plus(asleep_s, t("{upses} off", upses=names(upses)) if upses else "")
    warm_up_s = max(site.upses[u].warm_up_time_s for u in array.upses)
    return path.plus(timing.SLEEP_STEP_S, t("rounding to 6 min")).plus(warm_up_s, t("warm-up"))


def _slowest(off_s: dict[str, float]) -> Amount:
    """How long the slowest of these takes to be off, and who it is."""
    if not off_s:
        return Amount((Term(0.0, t("no servers")),))
    longest_s = max(off_s.values())
    return amount(longest_s, t("{upses} off", upses=_those(off_s, longest_s)))


def _those(off_s: dict[str, float], longest_s: float) -> str:
    slowest: Iterable[str] = (name for name, off in off_s.items() if off == longest_s)
    return names(slowest)
