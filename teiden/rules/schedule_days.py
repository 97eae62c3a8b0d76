"""Rules of single schedules: who stands in them, and that what goes off comes on again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from sequencer import timing
from sequencer.calendar import Goal, Instant, is_restart
from sequencer.schedules import Cause, Schedule
from sequencer.site import ServerRole, Site
from teiden.language.say import t
from teiden.plan.arithmetic import amount, names
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.instants import goes_off, goes_on, is_control, local, shortest_night, year
from teiden.rules.registry import rule


@rule(
    "R2-01",
    Severity.ERROR,
    "a schedule of the control side names every control node",
    why="""
    The cluster stops and starts as one, so one schedule with one set of causes holds for all its nodes.
    A node that is left out stays up, takes over everything from the others, and loses its disk when the
    control disk's UPS goes to sleep.
    """,
    also=("R8-01", "R1-09"),
)
def control_nodes_sleep_together(site: Site) -> Iterator[Found]:
    for schedule in site.schedules.values():
        missing = [n for n in site.cluster.nodes if n not in schedule.servers]
        if is_control(site, schedule) and missing:
            yield Broken(
                t("{schedule} leaves {nodes} on", schedule=schedule.name, nodes=names(missing)),
                _at(schedule, "servers"),
                remedies=(Remedy((Change(_at(schedule, "servers"), (*schedule.servers, *missing)),)),),
            )


@rule(
    "R10-54",
    Severity.ERROR,
    "control nodes and linked servers have schedules of their own",
    why="""
    The linked side has to be off, and its disk flushed and cut, before the control nodes go; and the
    control nodes have to be back before anything of it starts. With one time for both, the nodes leave
    while the servers still shut down.
    """,
    also=("R10-43",),
)
def sides_have_their_own_schedules(site: Site) -> Iterator[Found]:
    for schedule in site.schedules.values():
        others = [n for n in schedule.servers if site.servers[n].role is not ServerRole.CONTROL]
        if is_control(site, schedule) and others:
            yield Broken(
                t(
                    "{schedule} has control nodes and {servers}",
                    schedule=schedule.name,
                    servers=names(others),
                ),
                _at(schedule, "servers"),
                remedies=(Remedy(remark=t("a schedule of its own for {servers}", servers=names(others))),),
            )


@rule(
    "R8-02",
    Severity.NOTE,
    "every time of a schedule has a cause that makes it happen",
    why="""
    A time counts only if its cause is chosen: `off` needs `schedule` in `off_by`, `on` needs it in
    `on_by`. A time without its cause never happens. And an on that no off comes before only helps where
    people switch the servers off by hand.
    """,
)
def times_have_their_causes(site: Site) -> Iterator[Found]:
    stopped = {name for s in site.schedules.values() if goes_off(s) for name in s.servers}
    for schedule in site.schedules.values():
        for key, text, causes in (
            ("off", schedule.off, schedule.off_by),
            ("on", schedule.on, schedule.on_by),
        ):
            if text and Cause.SCHEDULE not in causes:
                yield Broken(
                    t(
                        "{schedule}: {key} {time} never happens, {key}_by does not name schedule",
                        schedule=schedule.name,
                        key=key,
                        time=text,
                    ),
                    _at(schedule, key),
                )
        awake = [name for name in schedule.servers if name not in stopped]
        if goes_on(schedule) and awake:
            yield Broken(
                t(
                    "{schedule} switches {servers} on, but no schedule switches them off",
                    schedule=schedule.name,
                    servers=names(awake),
                ),
                _at(schedule, "on"),
            )


@rule(
    "R8-03",
    Severity.WARNING,
    "what a schedule switches off, a schedule switches on again",
    why="""
    Servers that were switched off by a schedule or by the silence of the LAN stay off until a schedule
    or a person switches them on; the return of the mains does not, since no outage took them down.
    """,
)
def who_goes_off_comes_on(site: Site) -> Iterator[Found]:
    started = {name for s in site.schedules.values() if goes_on(s) for name in s.servers}
    for schedule in site.schedules.values():
        forgotten = [name for name in schedule.servers if name not in started]
        if goes_off(schedule) and forgotten:
            yield Broken(
                t(
                    "{schedule} switches {servers} off, and no schedule switches them on",
                    schedule=schedule.name,
                    servers=names(forgotten),
                ),
                _at(schedule, "off"),
                remedies=(Remedy(remark=t("on: a time of day, here or in another schedule of theirs")),),
            )


@rule(
    "R8-04",
    Severity.ERROR,
    "an off by the LAN watches machines that can fall silent",
    why="""
    `off_by: [lan]` switches off when every watched machine is silent: when the last office computer has
    gone. With nobody to watch it never happens. A machine of the site itself, a control node, a UPS's
    card or an array, answers as long as the site is on.
    """,
)
def lan_watch_can_fall_silent(site: Site) -> Iterator[Found]:
    by_lan = [s for s in site.schedules.values() if Cause.LAN in s.off_by]
    if by_lan and not site.lan_watch.hosts:
        yield Broken(
            t("{schedule} goes off by the LAN, but no machine is watched", schedule=by_lan[0].name),
            _at(by_lan[0], "off_by"),
            remedies=(Remedy(remark=t("lan_watch hosts: the machines that people work at")),),
        )
    always_on = {
        **{u.card: u.name for u in site.upses.values()},
        **{a.address: a.name for a in site.arrays.values()},
        **{s.address: s.name for s in site.control_nodes},
        site.cluster.floating_ip: site.cluster.name,
    }
    for host in site.lan_watch.hosts if by_lan else ():
        if host in always_on:
            yield Broken(
                t("{host} is {device}, which always answers", host=host, device=always_on[host]),
                ("lan_watch", "hosts"),
                severity=Severity.WARNING,
            )


@rule(
    "R2-03",
    Severity.WARNING,
    "no schedule switches on what another one keeps off",
    why="""
    Several schedules may name one server, and each of them does what it says. One that switches a server
    on in the middle of another one's night ends that night: the disk that was to stay off is needed
    again, or is found in the middle of going off.
    """,
)
def schedules_do_not_contradict(site: Site) -> Iterator[Found]:
    for one, other in combinations(site.schedules.values(), 2):
        both = [name for name in one.servers if name in other.servers]
        clash = _clash(site, one, other) if both else None
        if clash is not None:
            sleeper = one if clash.schedule == other.name else other
            yield Broken(
                t(
                    "{schedule} switches {servers} on at {time}, {sleeper} keeps them off",
                    schedule=clash.schedule,
                    servers=names(both),
                    time=local(site, clash),
                    sleeper=sleeper.name,
                ),
                _at(site.schedules[clash.schedule], "on"),
            )


def _clash(site: Site, *schedules: Schedule) -> Instant | None:
    """The first on of one while the other's last word was off, and it has an on of its own still to come."""
    last: dict[str, Goal] = {}
    merged = sorted((i for s in schedules for i in year(site, s)), key=lambda i: i.at)
    ons = Counter(i.at for i in merged if i.goal is Goal.ON)
    for instant in merged:
        last[instant.schedule] = instant.goal
        asleep = [s for s in schedules if s.name != instant.schedule and last.get(s.name) is Goal.OFF]
        if instant.goal is Goal.ON and asleep and ons[instant.at] == 1 and goes_on(asleep[0]):
            return instant
    return None


@rule(
    "S21",
    Severity.WARNING,
    "between off and on the servers' UPSes have time to go off",
    why="""
    Off and on exactly one minute apart are a restart: the servers boot again, no UPS and no disk is
    touched (R10-41). In any other gap their UPSes are told to go off, which takes shutdown delay +
    low-battery runtime + 2 minutes and cannot be taken back; an on that comes earlier has to wait for
    it, and the servers are up later than the schedule says.
    """,
    also=("R10-41", "R10-42", "T5", "S16"),
)
def upses_are_off_before_the_on(site: Site) -> Iterator[Found]:
    for schedule in site.schedules.values():
        night = shortest_night(site, schedule)
        if night is None or is_control(site, schedule):
            continue
        if is_restart(schedule):
            yield Broken(
                t("{schedule} is a restart: no disk is touched", schedule=schedule.name),
                _at(schedule, "on"),
                severity=Severity.NOTE,
            )
            continue
        slept = {site.upses[u] for name in schedule.servers for u in site.servers[name].upses}
        if not slept:
            continue
        slowest = max(slept, key=lambda u: (timing.graceful_off_s(u), -u.number))
        needs = amount(timing.graceful_off_s(slowest), t("{ups} off", ups=slowest.name))
        has = amount(night.gap_s, t("{off} to {on}", off=schedule.off, on=schedule.on), _at(schedule, "on"))
        margin = Margin(t("UPSes go off between off and on"), needs, has, needs.brief, headline=False)
        yield margin
        if margin.short:
            yield Broken(
                t("{schedule}: on comes before {ups} is off", schedule=schedule.name, ups=slowest.name),
                _at(schedule, "on"),
                margin,
            )


@rule(
    "L6",
    Severity.WARNING,
    "an off that was missed is not made up for after the next on",
    why="""
    An off that was missed, because nobody commanded at that moment, is made up for as long as `catch_up`
    says. Longer than the night itself, and servers that are on for the day are switched off at noon.
    """,
    also=("T1",),
)
def missed_off_ends_with_its_night(site: Site) -> Iterator[Found]:
    for schedule in site.schedules.values():
        night = shortest_night(site, schedule)
        if night is None or is_restart(schedule):
            continue
        path = _at(schedule, "catch_up")
        needs = amount(schedule.catch_up_s, "catch_up", path)
        has = amount(night.gap_s, t("{off} to {on}", off=schedule.off, on=schedule.on), _at(schedule, "on"))
        margin = Margin(t("a missed off ends with its night"), needs, has, schedule.name, headline=False)
        yield margin
        if margin.short:
            yield Broken(
                t("{schedule}: an off may be made up for after its on", schedule=schedule.name),
                path,
                margin,
                (Remedy((Change(path, night.gap_s, t("or less")),)),),
            )


@rule(
    "R12-03",
    Severity.NOTE,
    "no scheduled time falls into a change of the clocks",
    why="""
    When the clocks are put forward an hour of the night is missing: what is scheduled in it happens at
    its end. When they are put back an hour comes twice: it happens the first time only. Either way that
    night is an hour shorter or longer than the others. The same moments are when a time server corrects
    the clocks most, which the document warns of.
    """,
    also=("T2", "S35"),
)
def no_time_is_missing_or_twice(site: Site) -> Iterator[Found]:
    for schedule in site.schedules.values():
        told: set[tuple[Goal, str]] = set()
        for instant in year(site, schedule):
            if not instant.note or (instant.goal, instant.note) in told:
                continue
            told.add((instant.goal, instant.note))
            fields = {
                "schedule": schedule.name,
                "goal": instant.goal.value,
                "date": instant.id.split("/")[1],
                "at": local(site, instant),
            }
            yield Broken(
                t("{schedule}: the {goal} of {date} is in the missing hour; it happens at {at}", **fields)
                if instant.note == "gap"
                else t("{schedule}: the {goal} of {date} comes twice; it happens at {at}", **fields),
                _at(schedule, instant.goal.value),
            )


def _at(schedule: Schedule, key: str) -> tuple[str, ...]:
    return ("schedules", schedule.name, key)
