"""A cluster that stands still though nobody wants it to: an incident without an outage brings it back (L3).

Its disks lost their power while no card answered, or its restart has hung. Nobody has declared anything,
so nobody would start it.
"""

from __future__ import annotations

from math import inf

from sequencer import conditions as when
from sequencer import guards
from sequencer.cards import is_off
from sequencer.forgotten import look_for_the_forgotten
from sequencer.journal import Goal, Kind, Want
from sequencer.late import look_for_who_restarted
from sequencer.left_to_force import given_up_anew
from sequencer.ports import ClusterState, Steps
from sequencer.proof import cluster_is, is_up
from sequencer.run import Run
from sequencer.wants import wants

STANDING = (ClusterState.STOPPING, ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK)


def bring_back(run: Run) -> Steps[None]:
    """Wait until it has stood still for as long as its start may take, and open an incident on its way up.

    One that somebody else has stopped stays as it is: he may be at its disks. Who stops it with us holds it
    (S27), or has its nodes wanted down.
    """
    site, name = run.site, run.site.cluster.name
    look_for_the_forgotten(run)
    look_for_who_restarted(run)
    asked = yield from stands_still(run)
    if run.facts.open:  # a peer has told of one in this moment: that goes on, and knows who had run (L1)
        if asked:
            yield from run.commit(Kind.START_ASKED, site.name)
        return
    linked = [s.name for s in site.linked_servers if not wants(run, s.name, Goal.DOWN)]
    run.cluster.brought_back = True
    try:
        yield from run.commit(Kind.DECLARED, site.name, was_running=[s for s in linked if is_up(run, s)])
        run.tell("incident.opened", site.name, cause=name, epoch=run.facts.epoch)  # perhaps a peer goes on
        if asked:
            yield from run.commit(Kind.START_ASKED, site.name)
        run.say_anew()
        given_up_anew(run)
        run.ready_since.clear()
        yield from run.commit(Kind.TURNED, site.name)
    finally:
        run.cluster.brought_back = False


def stands_still(run: Run) -> Steps[bool]:
    """Until it has done so for as long as its start may take, is to run, and was stopped by nobody else.

    Or somebody has asked for its start, and it lacks a disk that nobody else switches on. Whether he has.
    """
    cluster, name, view = run.ports.cluster, run.site.cluster.name, run.cluster
    view.disk_went = view.disk_went or stands(run)  # who begins while it stands has not seen how that came
    disk_goes = run.spawn(loses_a_disk(run))
    while True:
        yield from run.until_seen(cluster, when.STANDS)
        view.disk_went = view.disk_went or is_unheard(run)
        since_s, before = run.now, words(run)
        by_s = since_s + run.site.start.cluster_limit_s
        while stands(run) and not is_due(run, since_s, asked := is_asked_for(run, before)):
            if run.now >= by_s and not (asked or is_ours(run, since_s)):
                text = "stands still, and was not stopped by us; hold it while that is meant, or start it"
                run.alarm(name, f"{name} {text}", "L3")
            goes = [] if disk_goes.over else [disk_goes]
            by = by_s if run.now < by_s else None
            yield from run.wait(cluster.until(when.MOVES), run.news(), *goes, by_s=by)
        if stands(run):
            run.alarm(name, f"{name} stands still, and nobody wants it to; it is brought back", "L3")
            return is_asked_for(run, before)
        view.disk_went = view.mistaken = False
        if disk_goes.over:
            disk_goes = run.spawn(loses_a_disk(run))


def comes_to_run(run: Run) -> Steps[None]:
    """Its manager reboots it, it starts, or it is about to be brought back: until it runs (L8).

    One that somebody else has stopped holds up nobody.
    """
    cluster, rebooted = run.ports.cluster, not run.rebooting.isdisjoint(run.site.cluster.nodes)
    while not cluster_is(run, ClusterState.RUNNING):
        yield from look_at_disks(run)
        starts = cluster_is(run, ClusterState.STARTING)
        if not (rebooted or starts or (stands(run) and is_ours(run, run.now) and is_to_run(run, False))):
            return
        goes_on = cluster.until(when.STANDS if starts else when.MOVES)
        yield from run.wait(cluster.until(when.RUNNING), goes_on, run.news())


def loses_a_disk(run: Run) -> Steps[None]:
    """Until one of its disks is seen not to be ready, or falls silent, perhaps in an unseen outage."""
    arrays = [run.ports.arrays[array.name] for array in run.site.control_arrays]
    yield from run.wait(*(port.until(when.NOT_READY) for port in arrays))
    run.cluster.disk_went = True


def look_at_disks(run: Run) -> Steps[None]:
    """One that has just gone takes the cluster with it at once; the next poll of it may come later."""
    arrays = [run.ports.arrays[array.name] for array in run.site.control_arrays]
    yield from run.all_of(*(port.look() for port in arrays))
    run.cluster.disk_went |= not all(guards.ready(port.seen()) for port in arrays)


def is_unheard(run: Run) -> bool:
    """One of its disks is silent: it goes without anybody's seeing it (N5)."""
    return any(not run.ports.arrays[array.name].seen().fresh for array in run.site.control_arrays)


def note_disks(run: Run) -> None:
    """Before they are started. A cluster that says that it runs without them is mistaken (C4)."""
    view, off = run.cluster, any(is_off(run, ups) for ups in run.site.control_array_upses)
    view.disk_went |= off
    view.mistaken |= off and cluster_is(run, ClusterState.RUNNING)


def let_it_stop(run: Run) -> Steps[None]:
    """Its manager is at it: restarted meanwhile, its nodes boot under what it has still to close (S31).

    We have booted with a restart of it, and it says so yet: that may be what it said last (C4). It has its
    whole time to start, and that it did not is told; else its nodes would restart without end (L10).
    """
    name, restarted = run.site.cluster.name, has_booted_us(run)
    limit_s = run.site.start.cluster_limit_s if restarted else run.site.cluster.shutdown_limit_s
    by_s = run.now + limit_s
    while cluster_is(run, ClusterState.STOPPING) and run.now < by_s:
        yield from run.wait(run.ports.cluster.until(when.NOT_STOPPING), by_s=by_s)
    if restarted and cluster_is(run, ClusterState.STOPPING):
        run.alarm(name, f"{name} is not running after {limit_s:g} s", "L8")


def has_booted_us(run: Run) -> bool:
    """It was told to restart in this incident, as we heard at our boot."""
    asked_s = run.facts.restart_asked.get(run.site.cluster.name, inf)
    return asked_s <= min(run.born_s + run.site.start.first_look_limit_s, run.cluster.told_all_s)


def stands(run: Run) -> bool:
    return cluster_is(run, *STANDING)


def is_ours(run: Run, since_s: float) -> bool:
    """A restart of ours, or of its manager, has come no further; or it waits for its disk, and that was away.

    The manager's word a peer may have heard alone. Known from him it tells of one that stops yet: of one
    that stands it may be an old word.

    Or it took a stop of ours, and told us no word of that until now: we brought everybody else back (C4).
    Or it said that it ran while we found a disk of it off: with that it went, however it looks now (C4).
    A cluster of which somebody has stopped a group may look as if it waited for that group's disk.
    """
    view, polling = run.cluster, run.site.polling
    stops_s = run.facts.manager_reboots_s if cluster_is(run, ClusterState.STOPPING) else None
    told_s = (run.facts.restarts_s, stops_s)  # the first also when the last incident is closed
    asked_s = max(view.reboot_told_s, *(-inf if at_s is None else at_s for at_s in told_s))
    if view.took_our_stop or view.mistaken or asked_s >= since_s - polling.on_line_s - polling.timeout_s:
        return True
    return view.disk_went and cluster_is(run, ClusterState.WAITING_FOR_DISK)


def words(run: Run) -> tuple[Want | None, ...]:
    """The last word about each of its nodes."""
    return tuple(run.facts.wants.get(node) for node in run.site.cluster.nodes)


def is_asked_for(run: Run, before: tuple[Want | None, ...]) -> bool:
    """Since it stands somebody wants every node of it up, a schedule perhaps: they are, and it is meant."""
    after = words(run)
    return all(
        new is not None and new.goal is Goal.UP and new != old for old, new in zip(before, after, strict=True)
    )


def is_due(run: Run, since_s: float, asked: bool) -> bool:
    """Nobody else stopped it, and it is to run: when its start has had its time.

    At once where it is asked for and a disk of it is off: what has forgotten why would wait in vain (C6, L8).
    """
    lacks = asked and any(is_off(run, ups) for ups in run.site.control_array_upses)
    if not lacks and run.now < since_s + run.site.start.cluster_limit_s:
        return False
    return (asked or is_ours(run, since_s)) and is_to_run(run, asked)


def is_to_run(run: Run, asked: bool) -> bool:
    """Nobody wants one of its nodes down, nobody holds it, and it is not started by hand, or is asked for."""
    site = run.site
    down = any(wants(run, node, Goal.DOWN) for node in site.cluster.nodes)
    return (site.start.auto or asked) and not down and run.in_other_hands(site.cluster.name) is None
