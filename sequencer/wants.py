"""What schedules, requests and outages want of each device now. Questions about one life's view.

Nothing here waits or asks. A want is the last word of a schedule's instant or of a request about
one server; what a UPS or an array has to do follows from the servers on it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sequencer import calendar, timing
from sequencer.beside import out_or_off
from sequencer.cards import is_off
from sequencer.clocks import now_at_least_s
from sequencer.journal import Goal
from sequencer.ports import ClusterState, Off, Os
from sequencer.run import Run
from sequencer.schedules import Cause
from sequencer.scope import Scope, scope, server_fails
from sequencer.site import Array, Server, ServerRole, Site, Ups


def wants(run: Run, server: str, goal: Goal) -> bool:
    want = run.facts.wants.get(server)
    return want is not None and want.goal is goal


def still_wants(run: Run, server: str, goal: Goal) -> bool:
    """The same, and it has not come about yet."""
    return wants(run, server, goal) and not run.facts.reached(server)


def goes_up(run: Run, server: Server) -> bool:
    """To be started now: it ran before the outage, or is wanted up; and nobody wants it down (S28)."""
    if wants(run, server.name, Goal.DOWN):
        return False
    if still_wants(run, server.name, Goal.UP) or is_started_for_its_restart(run, server):
        return True
    return run.facts.open and server.name in run.facts.was_running and comes_back(run.site, server.name)


def is_started_for_its_restart(run: Run, server: Server) -> bool:
    """Off and on one minute apart: who is off already is only to be on again (R10-41).

    A life that has begun since he went off has never heard him, and sees his UPSes alone (L1).
    """
    if server.role is not ServerRole.LINKED or not still_wants(run, server.name, Goal.REBOOT):
        return False
    status = run.ports.servers[server.name].seen().status
    halted = status is not None and status.os is Os.HALTED
    dark = {ups for ups in server.upses if is_off(run, run.site.upses[ups])}
    unheard = status is None and bool(server.upses) and server_fails(server, dark)
    return run.facts.open or ((halted or unheard) and server.name not in run.rebooting)


def comes_back(site: Site, server: str) -> bool:
    """Whether the end of an outage is one of its on-causes (R2-03)."""
    return all(Cause.RESTORE in s.on_by for s in site.schedules.values() if server in s.servers)


# The linked side


def sleeps(run: Run, array: Array) -> bool:
    """All its users are off for long enough, and its lead has not begun yet (R10-44, R10-46)."""
    if not all_wanted_down(run, array):
        return False
    users = linked_users(run.site, array)
    wakes_s = wakes_at_s(run, array)
    if wakes_s is None:
        return True
    off_s = max(run.facts.wants[s.name].at_s for s in users)
    flushes = sum(all_wanted_down(run, other) for other in run.site.linked_arrays)
    is_long_enough = wakes_s - off_s >= timing.shortest_night_s(run.site, array, flushes)
    return is_long_enough and run.wall_s() < lead_at_s(run.site, array, wakes_s)


def all_wanted_down(run: Run, array: Array) -> bool:
    users = linked_users(run.site, array)
    return bool(users) and all(wants(run, s.name, Goal.DOWN) for s in users)


def linked_users(site: Site, array: Array) -> list[Server]:
    return [s for s in site.users_of(array.name) if s.role is ServerRole.LINKED]


def wakes_at_s(run: Run, array: Array) -> float | None:
    """Wall time at which the first of its users is to be on again; None: nobody knows yet."""
    times = [next_on_s(run, s.name) for s in linked_users(run.site, array)]
    return min((at_s for at_s in times if at_s is not None), default=None)


def next_on_s(run: Run, server: str) -> float | None:
    """Wall time of the first scheduled on after what is wanted of it last."""
    want = run.facts.wants.get(server)
    after_s = run.wall_s() if want is None else want.at_s
    on = calendar.next_on(run.site, server, datetime.fromtimestamp(after_s, UTC))
    return None if on is None else on.at.timestamp()


def lead_at_s(site: Site, array: Array, wakes_s: float) -> float:
    """When its first part is switched on: the longer of ③ and ③' before its servers (R10-47, R10-48)."""
    return wakes_s - max(timing.warm_up_lead_s(site, array, enclosures=e) for e in (False, True))


def awake_arrays(run: Run) -> tuple[Array, ...]:
    """Linked arrays that are to be on: for somebody who goes up, or their night is over or too short.

    Also for who goes up on the UPS of one that stays down, which is off: that boots with him, perhaps (S8).
    Not while the control side goes before anybody is started: it waits for those that are to sleep (R10-45).
    """
    found, starts = [], not control_goes_first(run)
    for array in run.site.linked_arrays:
        users = linked_users(run.site, array)
        off = {ups for s in users for ups in s.upses if starts and is_off(run, run.site.upses[ups])}
        boots = (*users, *(s for ups in sorted(off) for s in run.site.servers_on(ups)))
        needed = any(goes_up(run, s) for s in boots)
        all_down = all_wanted_down(run, array)
        if needed or (all_down and not sleeps(run, array)) or (run.facts.open and not all_down):
            found.append(array)
    return tuple(found)


def stays_off(run: Run, ups: Ups) -> bool:
    """A servers' UPS on which nobody goes up, and somebody is to stay down."""
    linked = [s for s in run.site.servers_on(ups.name) if s.role is ServerRole.LINKED]
    if not linked or any(goes_up(run, s) for s in linked):
        return False
    return any(wants(run, s.name, Goal.DOWN) or not comes_back(run.site, s.name) for s in linked)


# What is to stop


def incident_scope(run: Run) -> Scope:
    """What the open incident brings down: the outage's part, and what is wanted down anyway."""
    return scope(run.site, out_or_off(run)) | planned_scope(run)


def planned_scope(run: Run) -> Scope:
    """What schedules and requests want down."""
    site = run.site
    down = {s.name for s in site.linked_servers if wants(run, s.name, Goal.DOWN)}
    if not down and not run.facts.wants:
        return Scope()
    upses = set()
    for ups in site.server_upses:
        linked = [s.name for s in site.servers_on(ups.name) if s.role is ServerRole.LINKED]
        if linked and down.issuperset(linked):
            upses.add(ups.name)
    pools = {s.name for s in site.pool_servers if s.upses and upses.issuperset(s.upses)}
    control = bool(control_stop(run))
    nodes = {n for n in site.cluster.nodes if still_wants(run, n, Goal.DOWN)}
    awake = awake_arrays(run)
    return Scope(
        frozenset(down | pools),
        frozenset(upses),
        frozenset(a.name for a in site.linked_arrays if a not in awake and sleeps(run, a)),
        control,
        frozenset() if control else frozenset(nodes),
    )


def wanted_down_s(run: Run, server: str) -> float | None:
    """Since when, on a wall clock; None: it is not."""
    want = run.facts.wants.get(server)
    return want.at_s if want is not None and want.goal is Goal.DOWN else None


def control_wanted_down(run: Run) -> bool:
    """A schedule or a request wants the whole control side down, whatever the mains do."""
    return all(wants(run, n, Goal.DOWN) for n in run.site.cluster.nodes)


def is_called_off(run: Run) -> bool:
    """A stop of the control side that only a word has caused, and a later one takes back.

    A schedule's instant that was slept over, perhaps, or what a node that has just booted tells us last.
    """
    out = scope(run.site, out_or_off(run))
    return bool(run.facts.stop) and not (control_wanted_down(run) or out.control or out.nodes)


def control_goes_first(run: Run) -> bool:
    """The control side is wanted down, and on its way: nothing is turned round or started any more.

    Wanted down while an outage of others is being turned, it waits until that is over (T7).
    """
    status = run.ports.cluster.seen().status
    runs = status is not None and status.state is ClusterState.RUNNING
    return control_wanted_down(run) and (bool(run.facts.stop) or run.scope.control or not runs)


def control_stop(run: Run) -> str:
    """What wants the whole control side down and has not got it yet: an id, or ''."""
    nodes = run.site.cluster.nodes
    if not control_wanted_down(run) or all(run.facts.reached(n) for n in nodes):
        return ""
    return max((run.facts.wants[n] for n in nodes), key=lambda want: want.at_s).cause


def control_off(run: Run, ups: Ups) -> tuple[Off, float]:
    """How a UPS of the control side is told to go off, and for how long it sleeps, seconds.

    In an outage it comes back with the mains, unless somebody is to start everything by hand, or it feeds
    only nodes that are wanted down. By schedule it sleeps: the disk's until its lead, the nodes' until they
    are to be up (R10-51, R10-52).
    What somebody has switched off stays off, also when the mains fail and return meanwhile; so does a disk
    whose battery ends, until the node that has slept switches it on.
    """
    site = run.site
    disk = ups in site.control_array_upses
    stay: Off = Off.DELAYED if disk else Off.GRACEFUL
    if run.facts.confirmed and not control_wanted_down(run) and not only_who_stays_down(run, ups):
        return (stay if disk or not site.start.auto else Off.UNTIL_MAINS), 0.0
    times = [next_on_s(run, n) for n in site.cluster.nodes if wants(run, n, Goal.DOWN)]
    on_s = min((at_s for at_s in times if at_s is not None), default=None)
    if on_s is None:
        return stay, 0.0
    lead_s = 0.0
    for array in site.control_arrays if disk else ():
        for enclosures, names in ((True, array.enclosures), (False, array.controllers)):
            if ups.name in names:
                lead_s = max(lead_s, timing.warm_up_lead_s(site, array, enclosures=enclosures))
    sleep_s = on_s - lead_s - now_at_least_s(run) - timing.graceful_off_s(ups) - ups.return_delay_s
    if sleep_s < timing.SLEEP_STEP_S:
        return (stay if disk else Off.UNTIL_MAINS), 0.0  # hardly off: at once back again
    if disk and has_no_time_to_sleep(run, ups):
        return stay, 0.0
    return Off.SLEEP, sleep_s


def only_who_stays_down(run: Run, ups: Ups) -> bool:
    """A node's UPS: who lives on it is wanted down, while the outage takes the other node, which comes back.

    With the mains it would boot, as if a hand had wanted it, and all whom that word keeps down with it (S28).
    """
    nodes = [s.name for s in run.site.servers_on(ups.name) if s.role is ServerRole.CONTROL]
    return bool(nodes) and all(wants(run, name, Goal.DOWN) for name in nodes)


def has_no_time_to_sleep(run: Run, ups: Ups) -> bool:
    """Its battery would be empty before it sleeps: that begins with the longer one of its delays (S18)."""
    status = run.ports.upses[ups.name].seen().status
    if status is None or status.mains or not status.output_on or status.runtime_s is None:
        return False
    return status.runtime_s <= timing.graceful_off_s(ups) + timing.late_looks_s(run.site)
