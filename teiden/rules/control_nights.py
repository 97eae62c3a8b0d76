"""Rules of the nights of the control side: it goes after the linked side and is back before it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from sequencer import timing
from sequencer.calendar import Goal, Instant
from sequencer.schedules import Schedule
from sequencer.site import Array, FlushOrder, ServerRole, Site
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, amount, latest, names
from teiden.plan.nights import Night, nights
from teiden.rules.finding import Broken, Found, Margin, Remedy, Severity
from teiden.rules.instants import is_control, local, shortest_night, year
from teiden.rules.registry import rule

A_DAY = timedelta(days=1)


@rule(
    "R10-17",
    Severity.ERROR,
    "linked servers are off while the control side sleeps",
    why="""
    While the control nodes sleep nobody watches the room. A power cut then stops no linked server and
    flushes no disk. So every linked server has to be off by its own schedule when the control nodes go.
    """,
    also=("S5",),
)
def nobody_is_left_alone(site: Site) -> Iterator[Found]:
    for control in _control_schedules(site):
        together = _by_schedules(site)
        for night in nights(site, control):
            awake = [n for who, servers in together if not _are_off(site, who, night.off.at) for n in servers]
            if awake:
                yield Broken(
                    t(
                        "{schedule} sends the control nodes to sleep at {time}, {servers} may still run",
                        schedule=control.name,
                        time=local(site, night.off),
                        servers=names(awake),
                    ),
                    _at(control, "off"),
                )
                break


@rule(
    "R10-45",
    Severity.ERROR,
    "the control side sleeps only after the linked disk is flushed",
    why="""
    In a scheduled night the control nodes flush the linked disk and switch it off. That is over, at the
    latest, when the servers' UPSes are off, 10 minutes for the work in between have passed, and every
    flush has taken its limit: 420 + 600 + 300 = 1320 s after the servers' off in the document's example.
    Control nodes that go earlier leave a disk behind that is still flushing, and nobody cuts it.
    """,
    also=("R10-43",),
)
def control_goes_after_the_flush(site: Site) -> Iterator[Found]:
    for control in _control_schedules(site):
        found = [n for night in nights(site, control) for n in _after_linked_off(site, night.off)]
        if not found:
            continue
        has_s, linked, off = min(found, key=lambda item: item[0])
        title = t("control side sleeps after the linked disk is flushed")
        has = amount(has_s, t("{off} to {on}", off=linked.off, on=control.off), _at(control, "off"))
        needs = _linked_night(site, linked)
        margin = Margin(title, needs, has, needs.brief)
        yield margin
        if margin.short:
            yield Broken(
                t(
                    "{schedule} sends the control nodes to sleep at {time}, {arrays} may still be flushing",
                    schedule=control.name,
                    time=local(site, off),
                    arrays=names(a.name for a in _sleeping(site, linked)),
                ),
                _at(control, "off"),
                margin,
                (_moved(margin, t("a later off of {schedule}", schedule=control.name)),),
            )


@rule(
    "R10-14",
    Severity.ERROR,
    "no linked server is to start while the control side sleeps",
    why="""
    All starts of the linked side are done by the control nodes: its disk is switched on, found ready,
    and only then its servers. At a time at which the control nodes sleep nothing of it happens.
    """,
)
def nobody_starts_alone(site: Site) -> Iterator[Found]:
    for control in _control_schedules(site):
        sleeps = nights(site, control)
        for linked in _linked_schedules(site):
            ons = [i for i in year(site, linked) if i.goal is Goal.ON]
            early = next((on for on in ons if _is_slept(sleeps, on.at)), None)
            if early is not None:
                yield Broken(
                    t(
                        "{schedule} switches on at {time}, while {control} keeps the control nodes off",
                        schedule=linked.name,
                        time=local(site, early),
                        control=control.name,
                    ),
                    _at(linked, "on"),
                )


@rule(
    "R10-52",
    Severity.WARNING,
    "the control side is back in time to switch the linked disk on",
    why="""
    The linked disk is switched on by the control nodes, its warm-up time + 6 minutes + the flush limit
    before its servers. By then they must have started, which may take `server_limit`. If they are back
    later, disk and servers are as much late.
    """,
    also=("R10-47", "R10-48"),
)
def control_is_back_first(site: Site) -> Iterator[Found]:
    for control in _control_schedules(site):
        for linked in _linked_schedules(site):
            arrays = _sleeping(site, linked)
            has_s = _between_ons(site, control, linked)
            if not arrays or has_s is None:
                continue
            lead_s = max(timing.warm_up_lead_s(site, a, enclosures=e) for a in arrays for e in (False, True))
            needs = amount(site.start.server_limit_s, "server_limit", ("start", "server_limit"))
            needs = needs.plus(lead_s, t("warm-up + 6 min + flush"))
            has = amount(has_s, t("{off} to {on}", off=control.on, on=linked.on), _at(control, "on"))
            title = t("control side back before the linked disk is switched on")
            margin = Margin(title, needs, has, needs.brief)
            yield margin
            if margin.short:
                yield Broken(
                    t(
                        "{control} wakes the control nodes too late to have {schedule} on in time",
                        control=control.name,
                        schedule=linked.name,
                    ),
                    _at(control, "on"),
                    margin,
                    (_moved(margin, t("an earlier on of {schedule}", schedule=control.name)),),
                )


@rule(
    "R10-51",
    Severity.WARNING,
    "the night of the control side is long enough for its own disk",
    why="""
    The cluster stops within its limit, then the UPSes of the control side go to sleep (shutdown delay +
    low-battery runtime + 2 minutes), and the control disk is to wake its warm-up time + 6 minutes before
    the nodes. A sleep cannot begin after it should have ended: in a shorter night the control disk wakes
    late, and the nodes come up without it. Sleep is counted in steps of 6 minutes.
    """,
    also=("R10-56",),
)
def control_night_is_long_enough(site: Site) -> Iterator[Found]:
    for control in _control_schedules(site):
        night = shortest_night(site, control)
        if night is None or not site.control_upses:
            continue
        needs = amount(site.cluster.shutdown_limit_s, t("cluster limit"), ("cluster", "shutdown_limit"))
        slowest = max(site.control_upses, key=timing.graceful_off_s)
        needs = needs.plus(timing.graceful_off_s(slowest), t("{ups} off", ups=slowest.name))
        leads = [
            timing.warm_up_lead_s(site, a, enclosures=e) for a in site.control_arrays for e in (False, True)
        ]
        needs = needs.plus(max(leads, default=timing.SLEEP_STEP_S), t("warm-up + 6 min"))
        has = amount(night.gap_s, t("{off} to {on}", off=control.off, on=control.on), _at(control, "on"))
        margin = Margin(t("night of the control side long enough for its disk"), needs, has, needs.brief)
        yield margin
        if margin.short:
            yield Broken(
                t("{schedule}: the control disk wakes after its nodes", schedule=control.name),
                _at(control, "on"),
                margin,
                (_moved(margin, t("a later on of {schedule}", schedule=control.name)),),
            )


def _control_schedules(site: Site) -> list[Schedule]:
    return [s for s in site.schedules.values() if is_control(site, s)]


def _linked_schedules(site: Site) -> list[Schedule]:
    return [s for s in site.schedules.values() if not is_control(site, s)]


def _by_schedules(site: Site) -> list[tuple[tuple[Schedule, ...], list[str]]]:
    """Linked servers that stand in the same schedules, so that nobody is asked one by one."""
    linked = [(s, set(s.servers)) for s in _linked_schedules(site)]
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for server in site.linked_servers:
        together[tuple(s.name for s, members in linked if server.name in members)].append(server.name)
    return [(tuple(site.schedules[n] for n in who), servers) for who, servers in together.items()]


def _are_off(site: Site, schedules: tuple[Schedule, ...], at: datetime) -> bool:
    """The last word of these schedules before this moment was off."""
    before = [i for s in schedules if (i := _last(site, s, at)) is not None]
    return bool(before) and max(before, key=lambda i: i.at).goal is Goal.OFF


def _last(site: Site, schedule: Schedule, at: datetime) -> Instant | None:
    """Its last instant not later than `at`."""
    known = year(site, schedule)
    n = bisect_right(known, at, key=lambda i: i.at)
    return known[n - 1] if n else None


def _is_slept(sleeps: tuple[Night, ...], at: datetime) -> bool:
    n = bisect_left(sleeps, at, key=lambda night: night.off.at)
    return n > 0 and at < sleeps[n - 1].on.at


def _after_linked_off(site: Site, off: Instant) -> Iterator[tuple[float, Schedule, Instant]]:
    """How long after each linked schedule's off, within a day, the control side goes."""
    for linked in _linked_schedules(site):
        last = _last(site, linked, off.at)
        if last is None or last.goal is not Goal.OFF or off.at - last.at >= A_DAY:
            continue
        if _sleeping(site, linked):
            yield (off.at - last.at).total_seconds(), linked, off


def _between_ons(site: Site, control: Schedule, linked: Schedule) -> float | None:
    """The shortest time from an on of the control side to the linked side's next one within a day, s."""
    found = []
    for on in year(site, linked):
        before = _last(site, control, on.at) if on.goal is Goal.ON else None
        if before is not None and before.goal is Goal.ON and on.at - before.at < A_DAY:
            found.append((on.at - before.at).total_seconds())
    return min(found, default=None)


def _sleeping(site: Site, schedule: Schedule) -> list[Array]:
    """Linked arrays of which every user stands in this schedule (R10-44)."""
    asleep = set(schedule.servers)
    found = []
    for array in site.linked_arrays:
        users = {s.name for s in site.users_of(array.name) if s.role is ServerRole.LINKED}
        if users and users <= asleep:
            found.append(array)
    return found


def _linked_night(site: Site, linked: Schedule) -> Amount:
    """From the servers' off to the last flush at its limit: T_offC >= T_off + ① + 10 min + flushes."""
    arrays = _sleeping(site, linked)
    upses = [u for a in arrays for u in site.server_upses_of(a.name)]
    offs = latest(amount(timing.graceful_off_s(u), t("{ups} off", ups=u.name)) for u in upses)
    needs = offs.plus(timing.INTERNAL_S, t("internal"))
    serial = site.linkage.flush_order is FlushOrder.SERIAL
    for _ in range(len(arrays) if serial else 1):
        needs = needs.plus(site.linkage.flush_limit_s, "flush_limit", ("linkage", "flush_limit"))
    return needs


def _moved(margin: Margin, what: str) -> Remedy:
    return Remedy(remark=t("{what}, by {seconds:.0f} s or more", what=what, seconds=margin.short))


def _at(schedule: Schedule, key: str) -> tuple[str, ...]:
    return ("schedules", schedule.name, key)
