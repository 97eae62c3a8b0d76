"""A cluster that stands still though nobody wants it to: an incident without an outage brings it back (L3).

Its disks lost their power while no card answered, or its restart has hung. Nobody has declared anything,
so nobody would start it.
"""

from __future__ import annotations

from math import inf

from sequencer import conditions as when
from sequencer.cards import is_off
from sequencer.journal import Goal, Kind
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
    since_s = yield from stands_still(run)
    linked = [s.name for s in site.linked_servers if not wants(run, s.name, Goal.DOWN)]
    yield from run.commit(Kind.DECLARED, site.name, was_running=[s for s in linked if is_up(run, s)])
    if is_asked(run, since_s):
        yield from run.commit(Kind.START_ASKED, site.name)
    run.say_anew()
    run.given_up.clear()
    run.ready_since.clear()
    yield from run.commit(Kind.TURNED, site.name)
    run.tell("incident.opened", site.name, cause=name, epoch=run.facts.epoch)


def stands_still(run: Run) -> Steps[float]:
    """Until it has done so for as long as its start may take, is to run, and was stopped by nobody else.

    Or somebody has asked for its start, and it lacks a disk that nobody else switches on. Returns when it
    came to stand.
    """
    cluster, name, view = run.ports.cluster, run.site.cluster.name, run.cluster
    view.disk_went = view.disk_went or stands(run)  # who begins while it stands has not seen how that came
    disk_goes = run.spawn(loses_a_disk(run))
    while True:
        yield from run.until_seen(cluster, when.STANDS)
        since_s = run.now
        by_s = since_s + run.site.start.cluster_limit_s
        while stands(run) and not (
            is_to_run(run, since_s) and (run.now >= by_s or lacks_a_disk(run, since_s))
        ):
            if run.now >= by_s and not is_ours(run, since_s):
                text = "stands still, and was not stopped by us; hold it while that is meant, or start it"
                run.alarm(name, f"{name} {text}", "L3")
            goes = [] if disk_goes.over else [disk_goes]
            by = by_s if run.now < by_s else None
            yield from run.wait(cluster.until(when.MOVES), run.news(), *goes, by_s=by)
        if stands(run):
            run.alarm(name, f"{name} stands still, and nobody wants it to; it is brought back", "L3")
            return since_s
        view.disk_went = False
        if disk_goes.over:
            disk_goes = run.spawn(loses_a_disk(run))


def loses_a_disk(run: Run) -> Steps[None]:
    """Until one of its disks is seen not to be ready, or falls silent, perhaps in an unseen outage."""
    arrays = [run.ports.arrays[array.name] for array in run.site.control_arrays]
    yield from run.wait(*(port.until(when.NOT_READY) for port in arrays))
    run.cluster.disk_went = True


def note_disks(run: Run) -> None:
    """Before they are started. A cluster that says that it runs without them is mistaken (C4)."""
    run.cluster.disk_went |= any(is_off(run, ups) for ups in run.site.control_array_upses)


def stands(run: Run) -> bool:
    return cluster_is(run, *STANDING)


def is_ours(run: Run, since_s: float) -> bool:
    """A restart of ours, or of its manager, has come no further; or it waits for its disk, and that was away.

    Or it took a stop of ours, and told us no word of that until now: we brought everybody else back (C4).
    A cluster of which somebody has stopped a group may look as if it waited for that group's disk.
    """
    if is_asked(run, since_s):
        return True
    view, polling = run.cluster, run.site.polling
    asked_s = max(view.reboot_told_s, run.facts.restart_asked.get(run.site.cluster.name, -inf))
    if view.took_our_stop or asked_s >= since_s - polling.on_line_s - polling.timeout_s:
        return True
    return view.disk_went and cluster_is(run, ClusterState.WAITING_FOR_DISK)


def is_to_run(run: Run, since_s: float) -> bool:
    """Nobody else has stopped it, wants one of its nodes down, or holds it; nor is it started by hand."""
    site = run.site
    down = any(wants(run, node, Goal.DOWN) for node in site.cluster.nodes)
    by_itself = site.start.auto or is_asked(run, since_s)
    free = run.in_other_hands(site.cluster.name) is None
    return by_itself and not down and free and is_ours(run, since_s)


def is_asked(run: Run, since_s: float) -> bool:
    """While it stood somebody has asked for all its nodes, or it was their time: it is to run (R10-03)."""
    since = run.wall_s() - (run.now - since_s)
    asked = [run.facts.wants.get(node) for node in run.site.cluster.nodes]
    return all(want is not None and want.goal is Goal.UP and want.at_s >= since for want in asked)


def lacks_a_disk(run: Run, since_s: float) -> bool:
    """It is asked for, and what has forgotten why its disk is off would wait for it in vain (C6, L8)."""
    return is_asked(run, since_s) and any(is_off(run, ups) for ups in run.site.control_array_upses)
