"""Keeps the schedules: fires their instants, watches the LAN, and says which were missed.

Runs beside everything else on the node that commands, by that node's wall clock alone (T3). Firing
only writes down what is wanted; `planned.py` and `restart.py` bring it about, an outage permitting.
An instant fires once, whatever the clock does (S35).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sequencer import calendar
from sequencer import conditions as when
from sequencer.asleep import end
from sequencer.calendar import Instant
from sequencer.clocks import FIRST_S, compare_clocks, is_behind
from sequencer.journal import WANTS, Goal, Kind
from sequencer.planned import until_wall
from sequencer.ports import Os, Steps
from sequencer.run import Run
from sequencer.schedules import Cause, Combine, Schedule
from sequencer.wants import still_wants, wants


def keep_schedules(run: Run) -> Steps[None]:
    """What was missed since schedules were watched last, then every instant as it comes. Never returns."""
    schedules = run.site.schedules.values()
    run.caught_up = not schedules
    if not schedules:
        return
    last_s = run.facts.watched_s
    right_s = max(last_s or 0.0, FIRST_S)  # a new journal knows of nothing: all since 1970 would fire at once
    if waits := is_behind(run, right_s):
        run.alarm(run.me, f"the clock of {run.me} is far behind; no schedule until it is right", "T4")
        yield from until_wall(run, datetime.fromtimestamp(right_s, UTC))
    since = run.ports.wall.now() if last_s is None else datetime.fromtimestamp(last_s, UTC)
    yield from run.all_of(*(port.look() for port in run.ports.hosts.values()))
    now = run.ports.wall.now()
    for schedule in schedules:
        missed = calendar.instants(run.site, schedule, since, now)
        missed = [instant for instant in missed if instant.id not in run.facts.causes]
        for instant in missed[:-1] if waits else ():
            if instant.goal is calendar.Goal.ON or not by_lan_too(schedule):
                tell_missed(run, instant, now)
        if missed:
            yield from catch_up(run, schedule, missed[-1], now)
    begun = max(now, since)
    yield from fire_unseen_ons(run, begun)
    run.caught_up = True
    run.announce(run.me)
    yield from run.commit(Kind.WATCHED, run.me, wall_s=begun.timestamp())
    yield from run.together(
        *(keep(run, schedule, begun) for schedule in schedules),
        heed_unseen_ons(run, begun),
        *(watch_lan(run, schedule) for schedule in schedules if by_lan_alone(schedule)),
    )


CATCH_UP_S = 5.0
"""Nothing waits longer than this for what was missed: a look at every host of the LAN, or its time-out."""


def look_back(run: Run) -> Steps[None]:
    """Keeps the schedules from now on, and waits until what fell due unseen has been made up for.

    A life that has just taken the command may remember a night that is long over: nobody goes down for it.
    """
    run.spawn(keep_schedules(run))
    if not run.caught_up:
        yield from run.race(run.until(lambda: run.caught_up, run.me), run.pause(CATCH_UP_S))


def keep(run: Run, schedule: Schedule, since: datetime) -> Steps[None]:
    """Every instant as it comes."""
    after = since
    while (instant := calendar.next_instant(run.site, schedule, after)) is not None:
        yield from until_wall(run, instant.at)
        late_s = run.wall_s() - instant.at.timestamp()
        if instant.id not in run.facts.causes:
            if late_s > schedule.catch_up_s:  # the clock was set forward over it
                yield from catch_up(run, schedule, instant, run.ports.wall.now())
            else:
                yield from fire(run, schedule, instant)
        after = instant.at


def catch_up(run: Run, schedule: Schedule, instant: Instant, now: datetime) -> Steps[None]:
    """On is always made up for, off for a while, and after an outage: the schedule decides then (T7, L6). Not
    where a clock that was set forward has passed the next instant as well: the nodes would begin to go for a
    night that is over (T1, S31)."""
    late_s = (now - instant.at).total_seconds()
    decides = run.facts.open and not is_overtaken(run, schedule, instant, now)
    if instant.goal is calendar.Goal.ON or late_s <= schedule.catch_up_s or decides:
        yield from fire(run, schedule, instant)
        if is_over_by_our_boot(run, instant):
            yield from end(run, instant.id)
    else:
        tell_missed(run, instant, now)


def is_overtaken(run: Run, schedule: Schedule, instant: Instant, now: datetime) -> bool:
    later = calendar.next_instant(run.site, schedule, instant.at)
    return later is not None and later.at <= now


def heed_unseen_ons(run: Run, until: datetime) -> Steps[None]:
    """Never returns."""
    while True:
        yield from run.until(lambda: bool(unseen_ons(run, until)), WANTS)
        yield from fire_unseen_ons(run, until)


def fire_unseen_ons(run: Run, until: datetime) -> Steps[None]:
    """A peer may tell late who is wanted down, and his on have come before that, when whoever watched had not
    heard of it: on is always made up for, or he would go down for a night that is over (C5, S9)."""
    for on in unseen_ons(run, until):
        yield from fire(run, run.site.schedules[on.schedule], on)


def unseen_ons(run: Run, until: datetime) -> list[Instant]:
    words = [(name, word.at_s) for name, word in run.facts.wants.items() if word.goal is Goal.DOWN]
    ons = (calendar.next_on(run.site, name, datetime.fromtimestamp(at_s, UTC)) for name, at_s in words)
    due = {on.id: on for on in ons if on is not None and on.at <= until}
    return [on for cause, on in due.items() if cause not in run.facts.causes]


def tell_missed(run: Run, instant: Instant, now: datetime) -> None:
    late_s = (now - instant.at).total_seconds()
    run.alarm(instant.schedule, f"{instant.id} was missed by {late_s:.0f} s and is not made up for", "L6")


def is_over_by_our_boot(run: Run, off: Instant) -> bool:
    """It fell due while we were down, and somebody has booted us since: that ends it for another node, too,
    which it has stopped (O1). Else nobody would bring the cluster back for who is wanted up (L3). In an
    incident that is open the other one is down by that, and is yet to go by this word (T7, S28).
    """
    stops = (name for name, want in run.facts.wants.items() if (want.cause, want.goal) == (off.id, Goal.DOWN))
    later = still_wants(run, run.me, Goal.UP) and run.facts.wants[run.me].at_s > off.at.timestamp()
    return later and not run.facts.open and not run.ports.peers.keys().isdisjoint(stops)


def fire(run: Run, schedule: Schedule, instant: Instant) -> Steps[None]:
    """The calendar makes no instants of what the site file does not tick as a cause."""
    if instant.goal is calendar.Goal.ON:
        yield from want(run, schedule, Goal.UP, instant.id, instant.at)
        return
    on = calendar.next_instant(run.site, schedule, instant.at, calendar.Goal.ON)
    if calendar.is_reboot(instant, on):
        assert on is not None
        yield from want(run, schedule, Goal.REBOOT, instant.id, instant.at, also=[on.id])
    elif by_lan_too(schedule):
        run.spawn(off_when_silent(run, schedule, instant, on))
    else:
        yield from want(run, schedule, Goal.DOWN, instant.id, instant.at)


def off_when_silent(run: Run, schedule: Schedule, off: Instant, on: Instant | None) -> Steps[None]:
    """Its time has come; now the LAN must be silent too, before it is time to be on again."""
    if on is None:
        yield from lan_silent(run)
    else:
        if (yield from run.race(lan_silent(run), until_wall(run, on.at))) == 1:
            return
    yield from want(run, schedule, Goal.DOWN, off.id, run.ports.wall.now())


def by_lan_too(schedule: Schedule) -> bool:
    """Its time alone switches nobody off."""
    return Cause.LAN in schedule.off_by and schedule.off_when is Combine.ALL


def by_lan_alone(schedule: Schedule) -> bool:
    alone = Cause.SCHEDULE not in schedule.off_by or schedule.off_when is Combine.ANY
    return Cause.LAN in schedule.off_by and alone


def watch_lan(run: Run, schedule: Schedule) -> Steps[None]:
    """The silence of the LAN switches off by itself. Never returns."""
    while True:
        yield from lan_silent(run)
        if not all(wants(run, server, Goal.DOWN) for server in schedule.servers):
            now = run.ports.wall.now()
            yield from want(run, schedule, Goal.DOWN, f"{schedule.name}/{now:%Y-%m-%dT%H:%M:%S}/lan", now)
        yield from run.race(*(answers(run, address) for address in run.ports.hosts))


def lan_silent(run: Run) -> Steps[None]:
    """Until every watched host has been silent for its time, while our own way to the LAN works (S11)."""
    hosts = run.ports.hosts
    while True:
        for port in hosts.values():
            if port.seen().fresh:
                yield from run.wait(port.until(when.HOST_IS_GONE))
        heard_s = max(max(port.seen().at_s for port in hosts.values()), run.born_s)
        answering = [answers(run, address) for address in hosts]
        rest_s = heard_s + run.site.lan_watch.silent_s - run.now
        if (yield from run.race(*answering, run.pause(rest_s))) < len(hosts):
            continue
        if lan_works(run):
            return
        yield from run.race(*(heard(run, name) for name in run.ports.upses))


def lan_works(run: Run) -> bool:
    """Somebody answers us at all: then a silent host is silent, and not we cut off."""
    return any(port.seen().fresh for port in run.ports.upses.values())


def answers(run: Run, address: str) -> Steps[None]:
    port = run.ports.hosts[address]
    while not port.seen().fresh:
        yield from run.wait(port.until(when.HOST_ANSWERS))


def heard(run: Run, ups: str) -> Steps[None]:
    yield from run.wait(run.ports.upses[ups].until(when.ANSWERS))


def want(
    run: Run, schedule: Schedule, goal: Goal, cause: str, at: datetime, also: list[str] | None = None
) -> Steps[None]:
    """Write it down, and say so. Who is wanted down already, by the LAN, is not wanted down again.

    But who has been down since, and is not any more: somebody has booted him, until now (O1, S9).
    """
    down = {s for s in schedule.servers if wants(run, s, Goal.DOWN) and not is_on_again(run, s)}
    servers = [s for s in schedule.servers if goal is not Goal.DOWN or s not in down]
    row = run.commit(
        Kind.WANTED,
        cause,
        servers=servers,
        goal=goal.value,
        wall_s=at.timestamp(),
        also=also or [],
    )
    if not servers:
        yield from row
        return
    details = {"id": cause, "goal": goal.value, "servers": ", ".join(servers)}
    try:
        yield from row
    except GeneratorExit:
        run.spawn_apart(fires_all_the_same(run, schedule, at, details))
        raise
    tell_that_it_fired(run, schedule, at, details)
    run.announce()
    run.spawn(compare_clocks(run, servers))


def fires_all_the_same(run: Run, schedule: Schedule, at: datetime, details: dict[str, str]) -> Steps[None]:
    """Who lets go of the command while he writes it down has told the other: it is in force (C5)."""
    yield from run.until(lambda: details["id"] in run.facts.causes, WANTS)
    tell_that_it_fired(run, schedule, at, details)


def tell_that_it_fired(run: Run, schedule: Schedule, at: datetime, details: dict[str, str]) -> None:
    late_s = round((run.ports.wall.now() - at) / timedelta(seconds=1), 3)
    run.tell("schedule.fired", schedule.name, **details, late_s=late_s)


def is_on_again(run: Run, server: str) -> bool:
    """It was down as wanted, and says that it is not, or only restarts."""
    seen = run.ports.servers[server].seen()
    if not run.facts.reached(server) or not seen.fresh or seen.status is None:
        return False
    return seen.status.os in (Os.UP, Os.BOOTING) or server in run.rebooting
