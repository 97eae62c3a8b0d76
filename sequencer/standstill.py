"""A cluster that stands still though nobody wants it to: an incident without an outage brings it back (L3).

Its disks lost their power while no card answered, or its restart has hung. Nobody has declared anything,
so nobody would start it.
"""

from __future__ import annotations

from collections.abc import Callable

from sequencer import conditions as when
from sequencer.journal import Goal, Kind, Want
from sequencer.ports import ClusterState, Steps
from sequencer.proof import cluster_is, is_up
from sequencer.run import Run
from sequencer.task import Task
from sequencer.wants import wants

STANDING = (ClusterState.STOPPING, ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK)


def bring_back(run: Run) -> Steps[None]:
    """Wait until it has stood still for as long as its start may take, and open an incident on its way up.

    One that somebody else has stopped stays as it is: he may be at its disks. Who stops it with us holds it
    (S27), or has its nodes wanted down.
    """
    site, name = run.site, run.site.cluster.name
    yield from stands_still(run)
    run.alarm(name, f"{name} stands still, and nobody wants it to; it is brought back", "L3")
    linked = [s.name for s in site.linked_servers if not wants(run, s.name, Goal.DOWN)]
    yield from run.commit(Kind.DECLARED, site.name, was_running=[s for s in linked if is_up(run, s)])
    run.say_anew()
    run.given_up.clear()
    run.ready_since.clear()
    yield from run.commit(Kind.TURNED, site.name)
    run.tell("incident.opened", site.name, cause=name, epoch=run.facts.epoch)


def kept_running(run: Run, start: Callable[[Run], Steps[None]]) -> Steps[None]:
    """Never returns. While others are brought up the cluster may lose its disks, or its restart hang."""
    while True:
        yield from stands_still(run)
        yield from start(run)


def stands_still(run: Run) -> Steps[None]:
    cluster, limit_s = run.ports.cluster, run.site.start.cluster_limit_s
    # A life that begins while it stands has not seen how that came.
    disk_goes = None if stands(run) else run.spawn(loses_a_disk(run))
    while True:
        yield from run.until_seen(cluster, when.STANDS)
        since_s, asked = run.now, words(run)
        by_s = since_s + limit_s

        def may_start(since_s: float = since_s, asked: tuple[Want | None, ...] = asked) -> bool:
            return is_ours(run, since_s, disk_goes) or is_asked_for(run, asked)

        while stands(run) and not (run.now >= by_s and is_to_run(run) and may_start()):
            if run.now >= by_s and not may_start():
                text = "stands still, and was not stopped by us; hold it while that is meant, or start it"
                run.alarm(run.site.cluster.name, f"{run.site.cluster.name} {text}", "L3")
            goes = [disk_goes] if disk_goes is not None and not disk_goes.over else []
            by = by_s if run.now < by_s else None
            yield from run.wait(cluster.until(when.MOVES), run.news(), *goes, by_s=by)
        if stands(run):
            return


def loses_a_disk(run: Run) -> Steps[None]:
    """Until one of its disks is seen not to be ready, or falls silent, perhaps in an unseen outage."""
    arrays = [run.ports.arrays[array.name] for array in run.site.control_arrays]
    yield from run.wait(*(port.until(when.NOT_READY) for port in arrays))


def stands(run: Run) -> bool:
    return cluster_is(run, *STANDING)


def is_ours(run: Run, since_s: float, disk_goes: Task | None) -> bool:
    """A restart by us or by its manager has come no further; or it waits for its disk, and that was away.

    Or it took a stop of ours, and told us no word of that until now: we brought everybody else back (C4).
    A cluster of which somebody has stopped a group may look as if it waited for that group's disk.
    """
    if run.stops_cluster:
        return True
    asked_s, polling = run.facts.restart_asked.get(run.site.cluster.name), run.site.polling
    if asked_s is not None and asked_s >= since_s - polling.on_line_s - polling.timeout_s:
        return True
    waits = cluster_is(run, ClusterState.WAITING_FOR_DISK)
    return waits and (disk_goes is None or disk_goes.over)


def words(run: Run) -> tuple[Want | None, ...]:
    """The last word about each of its nodes."""
    return tuple(run.facts.wants.get(node) for node in run.site.cluster.nodes)


def is_asked_for(run: Run, before: tuple[Want | None, ...]) -> bool:
    """Since it stands somebody wants every node of it up, a schedule perhaps: they are, and it is meant."""
    after = words(run)
    return all(
        new is not None and new.goal is Goal.UP and new != old for old, new in zip(before, after, strict=True)
    )


def is_to_run(run: Run) -> bool:
    """Nobody wants one of its nodes down, nobody holds it, and it is not started by hand."""
    site = run.site
    down = any(wants(run, node, Goal.DOWN) for node in site.cluster.nodes)
    return site.start.auto and not down and run.in_other_hands(site.cluster.name) is None
