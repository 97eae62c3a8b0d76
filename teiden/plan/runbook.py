"""What a schedule does and when, in words: the SCHEDULE lines of `teiden plan`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sequencer import timing
from sequencer.calendar import is_restart
from sequencer.schedules import Cause, Combine, Schedule
from sequencer.site import Array, Site, Ups
from teiden.files.units import written_s
from teiden.language.say import t
from teiden.plan.arithmetic import names, number
from teiden.plan.nights import Night, clock, needed_gap, nights, usual_gap_s

Step = tuple[str, str]
"""Time of day or nothing, and what happens."""


def night(site: Site, schedule: Schedule, since: date | None = None) -> list[Step]:
    """The steps from off to on, in order. Times are those of a usual night of the days after `since`."""
    if set(schedule.servers) & set(site.cluster.nodes):
        return [*_control_off(site, schedule), *_control_on(site, schedule), *_after_outage(schedule)]
    if is_restart(schedule) and _by_schedule(schedule.on_by):
        return [(schedule.off, t("{servers} restart, no disk is touched", servers=_called(site, schedule)))]
    steps = [*_servers_off(site, schedule), *_disks(site, schedule, since)]
    if _starts(schedule):
        steps.append((_day_and_time(schedule), t("{servers} start", servers=_called(site, schedule))))
    elif steps:
        steps.append(("", t("{servers} stay off until they are asked for", servers=_called(site, schedule))))
    return [*steps, *_after_outage(schedule)]


# Causes. What is not ticked never happens (R8-02, R8-03).


def _by_schedule(causes: tuple[Cause, ...]) -> bool:
    return Cause.SCHEDULE in causes


def _starts(schedule: Schedule) -> bool:
    return bool(schedule.on) and _by_schedule(schedule.on_by)


def _stops(schedule: Schedule) -> bool:
    return bool(schedule.off) and _by_schedule(schedule.off_by)


def _day_and_time(schedule: Schedule) -> str:
    return f"{schedule.on_days} {schedule.on}".strip()


def _off_steps(site: Site, schedule: Schedule, what: str) -> Iterator[Step]:
    """When the off comes, and `what` it is then."""
    silent = {
        "hosts": names(site.lan_watch.hosts, most=2),
        "silent": written_s(site.lan_watch.silent_s),
        "what": what,
    }
    if Cause.LAN not in schedule.off_by:
        if _stops(schedule):
            yield schedule.off, what
    elif not _stops(schedule):
        yield "", t("once {hosts} are silent for {silent}: {what}", **silent)
    elif schedule.off_when is Combine.ALL:
        yield (
            t("from {clock} on", clock=schedule.off),
            t("once {hosts} are silent for {silent}: {what}", **silent),
        )
    else:
        yield schedule.off, t("{what}, or before that once {hosts} are silent for {silent}", **silent)


def _is_timed(schedule: Schedule) -> bool:
    """The hour of the off is known."""
    return _stops(schedule) and not (Cause.LAN in schedule.off_by and schedule.off_when is Combine.ALL)


def _later(schedule: Schedule, after_s: float) -> str:
    return clock(schedule.off, after_s) if _is_timed(schedule) else ""


def _after_outage(schedule: Schedule) -> Iterator[Step]:
    if Cause.RESTORE not in schedule.on_by:
        yield "", t("the end of an outage does not start them")


# The linked side.


def _servers_off(site: Site, schedule: Schedule) -> Iterator[Step]:
    off = list(_off_steps(site, schedule, t("{servers} stop", servers=_called(site, schedule))))
    yield from off
    asleep = [u for u in site.server_upses if _all_sleep(site, schedule, u.name)]
    if off and asleep:
        off_s = max(timing.stop_off_s(site, u) for u in asleep)
        at = _later(schedule, off_s)
        upses = names(u.name for u in asleep)
        yield (
            (at, t("{upses} off", upses=upses))
            if at
            else ("", t("{upses} off after {seconds} s", upses=upses, seconds=number(off_s)))
        )


def _disks(site: Site, schedule: Schedule, since: date | None) -> Iterator[Step]:
    goes_off = _stops(schedule) or Cause.LAN in schedule.off_by
    for array in site.linked_arrays:
        if goes_off or _starts(schedule):
            yield from _disk(site, array, schedule, since)


def _disk(site: Site, array: Array, schedule: Schedule, since: date | None) -> Iterator[Step]:
    users = [s.name for s in site.linked_servers if array.name in s.arrays]
    awake = [name for name in users if name not in schedule.servers]
    if not users or len(awake) == len(users):
        return
    if awake:
        yield "", t("{array} stays on, {servers} use it", array=array.name, servers=names(awake))
        return
    goes_off = _stops(schedule) or Cause.LAN in schedule.off_by
    gap = usual_gap_s(site, schedule, since)
    needs_s = needed_gap(site, array, schedule).total
    if gap < needs_s:
        yield "", _too_short(array, needs_s, gap)
        return
    if goes_off:
        yield "", _goes_off(array, needs_s, schedule)
    if _starts(schedule):
        yield from _wakes(site, array, schedule)
        if goes_off:
            yield from _shorter_nights(site, array, schedule, since)


def _goes_off(array: Array, needs_s: float, schedule: Schedule) -> str:
    upses = names(array.upses)
    if (_is_timed(schedule) and Cause.LAN not in schedule.off_by) or not _starts(schedule):
        return t("flush, then {upses} off", upses=upses)
    return t(
        "flush, then {upses} off if the start is {needs} s away or more", upses=upses, needs=number(needs_s)
    )


def _too_short(array: Array, needs_s: float, gap: float) -> str:
    return t(
        "{array} stays on: needs {needs} s, has {has} s",
        array=array.name,
        needs=f"{needs_s:g}",
        has=f"{gap:g}",
    )


def _wakes(site: Site, array: Array, schedule: Schedule) -> Iterator[Step]:
    """Between its lead and its warm-up time before the servers (R10-47, R10-55)."""
    for upses, lead_s in _leads(site, array):
        least_s = max(site.upses[u].warm_up_time_s for u in upses)
        early, late = clock(schedule.on, -lead_s), clock(schedule.on, -least_s)
        yield t("{early} to {late}", early=early, late=late), t("{upses} on", upses=names(upses))


def _leads(site: Site, array: Array) -> Iterator[tuple[tuple[str, ...], float]]:
    """The UPSes of each part with its lead, seconds; the enclosures' first (③', ③; C', C)."""
    if array.enclosures:
        yield array.enclosures, timing.warm_up_lead_s(site, array, enclosures=True)
    if controllers := tuple(u for u in array.controllers if u not in array.enclosures):
        yield controllers, timing.warm_up_lead_s(site, array, enclosures=False)


def _shorter_nights(site: Site, array: Array, schedule: Schedule, since: date | None) -> Iterator[Step]:
    """Nights too short for the disk though the usual one is not: the clocks are put forward."""
    needs_s = needed_gap(site, array, schedule).total
    short = [n for n in nights(site, schedule, since) if n.gap_s < needs_s]
    for one in short[:1]:
        yield _day_of(one), _too_short(array, needs_s, one.gap_s)


def _day_of(night: Night) -> str:
    """The day on which it begins, as its id has it."""
    return night.off.id.split("/")[1]


# The control side: everything sleeps for the scheduled time and comes back by itself (R10-51..R10-53).


def _control_off(site: Site, schedule: Schedule) -> Iterator[Step]:
    nodes = names(schedule.servers)
    if is_restart(schedule) and _by_schedule(schedule.on_by):
        yield schedule.off, t("{servers} restart, no disk is touched", servers=nodes)
        return
    what = t("{cluster} stops, then {nodes}", cluster=site.cluster.name, nodes=nodes)
    off = list(_off_steps(site, schedule, what))
    yield from off
    if off:
        last_s = site.cluster.shutdown_limit_s + max(_off_s(site.control_upses), default=0.0)
        upses = names(u.name for u in site.control_upses)
        at = _later(schedule, last_s)
        yield (
            (t("by {clock}", clock=at), t("{upses} off", upses=upses))
            if at
            else ("", t("{upses} off after {seconds} s", upses=upses, seconds=number(last_s)))
        )


def _off_s(upses: Iterable[Ups]) -> list[float]:
    """A, A', A'': each goes off as told to sleep (R10-51)."""
    return [timing.graceful_off_s(u) for u in upses]


def _control_on(site: Site, schedule: Schedule) -> Iterator[Step]:
    if is_restart(schedule) and _by_schedule(schedule.on_by):
        return
    if not _starts(schedule):
        yield "", t("{servers} stay off until they are asked for", servers=names(schedule.servers))
        return
    for array in site.control_arrays:
        for upses, lead_s in _leads(site, array):
            yield _within_a_step(schedule, -lead_s), t("{upses} on", upses=names(upses))
    at = f"{schedule.on_days} {_within_a_step(schedule, 0.0)}".strip()
    yield at, t("{upses} on", upses=names(u.name for u in site.node_upses))


def _within_a_step(schedule: Schedule, after_s: float) -> str:
    """A card rounds its sleep to the next tenth of an hour, either way (R10-56)."""
    half_s = timing.SLEEP_STEP_S / 2
    early, late = clock(schedule.on, after_s - half_s), clock(schedule.on, after_s + half_s)
    return t("{early} to {late}", early=early, late=late)


# Who.


def _all_sleep(site: Site, schedule: Schedule, ups: str) -> bool:
    linked = [s.name for s in site.linked_servers if ups in s.upses]
    return bool(linked) and set(linked) <= set(schedule.servers)


def _called(site: Site, schedule: Schedule) -> str:
    everybody = {s.name for s in site.linked_servers} == set(schedule.servers)
    return t("servers") if everybody else names(schedule.servers)
