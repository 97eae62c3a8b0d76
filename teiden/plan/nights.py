"""Scheduled nights: how long the gap must be for a disk to go off, and what happens when."""

from __future__ import annotations

import math
import re

from sequencer import timing
from sequencer.schedules import Schedule
from sequencer.site import Array, FlushOrder, Site
from teiden.plan.arithmetic import Amount, Term, amount, latest, names

REBOOT_GAP_S = 60.0
"""Off and on one minute apart mean a restart (R10-41)."""

DAY_S = 86400.0
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def gap_s(schedule: Schedule) -> float:
    """From off to the next on; on at or before off is on the next day."""
    return (seconds(schedule.on) - seconds(schedule.off)) % DAY_S or DAY_S


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
    asleep = set(schedule.servers)
    found = []
    for array in site.linked_arrays:
        users = {s.name for s in site.linked_servers if array.name in s.arrays}
        if users and users <= asleep:
            found.append(array)
    return found


def needed_gap(site: Site, array: Array, schedule: Schedule) -> Amount:
    """The document's rule, or the path computed from the wiring where that is longer (decision 6)."""
    return latest((_by_rule(site, array), _slept_path(site, array, schedule)))


def recommended_gap(site: Site, array: Array, schedule: Schedule) -> Amount:
    """The rule, the disk's own UPS going off on top, in whole steps of the cards: 48 min in the example."""
    own_s = max(timing.graceful_off_s(site.upses[u]) for u in array.upses)
    by_rule = _by_rule(site, array).plus(own_s, f"{array.name} off")
    plain = latest((by_rule, _slept_path(site, array, schedule)))
    steps_s = math.ceil(plain.total / timing.SLEEP_STEP_S) * timing.SLEEP_STEP_S
    return plain.plus(steps_s - plain.total, "to whole steps of 6 min")


def _by_rule(site: Site, array: Array) -> Amount:
    """`timing.shortest_night_s`, told as a sum."""
    lead_s = max(timing.warm_up_lead_s(site, array, enclosures=e) for e in (False, True))
    servers = _servers_off(site, array)
    return servers.plus(timing.INTERNAL_S, "internal").plus(lead_s, "warm-up + 6 min + flush")


def _slept_path(site: Site, array: Array, schedule: Schedule) -> Amount:
    """Servers off, flushes, UPSes put to sleep controllers first, one step lost to rounding, warm-up."""
    path = _servers_off(site, array)
    flushes = len(sleeping_arrays(site, schedule)) if site.linkage.flush_order is FlushOrder.SERIAL else 1
    for _ in range(flushes):
        path = path.plus(site.linkage.flush_limit_s, "flush_limit", ("linkage", "flush_limit"))
    others = [u for u in array.enclosures if u not in array.controllers]
    for upses in (array.controllers, others):
        asleep_s = max((timing.graceful_off_s(site.upses[u]) for u in upses), default=0.0)
        path = path.plus(asleep_s, f"{names(upses)} off")
    warm_up_s = max(site.upses[u].warm_up_time_s for u in array.upses)
    return path.plus(timing.SLEEP_STEP_S, "rounding to 6 min").plus(warm_up_s, "warm-up")


def _servers_off(site: Site, array: Array) -> Amount:
    upses = site.server_upses_of(array.name)
    off_s = max((timing.graceful_off_s(u) for u in upses), default=0.0)
    who = names(u.name for u in upses if timing.graceful_off_s(u) == off_s)
    return amount(off_s, f"{who} off") if upses else Amount((Term(0.0, "no servers"),))


def night(site: Site, schedule: Schedule) -> list[tuple[str, str]]:
    """What happens when, in words: (time of day or '', what)."""
    servers = _called(site, schedule)
    gap = gap_s(schedule)
    if gap == REBOOT_GAP_S:
        return [(schedule.off, f"{servers} restart, no disk is touched")]
    steps = [(schedule.off, f"{servers} stop")]
    asleep = [u for u in site.server_upses if _all_sleep(site, schedule, u.name)]
    if asleep:
        off_s = max(timing.graceful_off_s(u) for u in asleep)
        steps.append((clock(schedule.off, off_s), f"{names(u.name for u in asleep)} off"))
    for array in site.linked_arrays:
        steps += _array_night(site, array, schedule, gap)
    return [*steps, (schedule.on, f"{servers} start")]


def _array_night(site: Site, array: Array, schedule: Schedule, gap: float) -> list[tuple[str, str]]:
    users = [s.name for s in site.linked_servers if array.name in s.arrays]
    awake = [name for name in users if name not in schedule.servers]
    if not users or len(awake) == len(users):
        return []
    needs_s = needed_gap(site, array, schedule).total
    if awake:
        return [("", f"{array.name} stays on, {names(awake)} use it")]
    if gap < needs_s:
        return [("", f"{array.name} stays on: needs {needs_s:g} s, has {gap:g} s")]
    steps = [("", f"flush, then {names(array.upses)} off")]
    parts = [("enclosures", array.enclosures)]
    parts += [("controllers", tuple(u for u in array.controllers if u not in array.enclosures))]
    for part, upses in parts:
        if upses:
            lead_s = timing.warm_up_lead_s(site, array, enclosures=part == "enclosures")
            least_s = max(site.upses[u].warm_up_time_s for u in upses)
            at = f"{clock(schedule.on, -lead_s)} to {clock(schedule.on, -least_s)}"
            steps.append((at, f"{names(upses)} on"))
    return steps


def _all_sleep(site: Site, schedule: Schedule, ups: str) -> bool:
    linked = [s.name for s in site.linked_servers if ups in s.upses]
    return bool(linked) and set(linked) <= set(schedule.servers)


def _called(site: Site, schedule: Schedule) -> str:
    everybody = {s.name for s in site.linked_servers} == set(schedule.servers)
    return "servers" if everybody else names(schedule.servers)
