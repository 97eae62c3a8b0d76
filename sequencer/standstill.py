"""A cluster that stands still though nobody wants it to: an incident without an outage brings it back (L3).

Its disks lost their power while no card answered, or its restart has hung. Nobody has declared anything,
so nobody would start it.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.journal import Goal, Kind
from sequencer.ports import Steps
from sequencer.proof import is_up
from sequencer.run import Run
from sequencer.wants import wants


def bring_back(run: Run) -> Steps[None]:
    """Wait until it has stood still for as long as its start may take, and open an incident on its way up.

    Who stops it for good reasons holds it (S27), or has its nodes wanted down.
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


def stands_still(run: Run) -> Steps[None]:
    cluster, limit_s = run.ports.cluster, run.site.start.cluster_limit_s
    while True:
        yield from run.until_seen(cluster, when.STANDS)
        by_s = run.now + limit_s
        while stands(run) and not (run.now >= by_s and is_to_run(run)):
            yield from run.wait(cluster.until(when.MOVES), run.news(), by_s=by_s if run.now < by_s else None)
        if stands(run):
            return


def stands(run: Run) -> bool:
    seen = run.ports.cluster.seen()
    return seen.fresh and seen.status is not None and when.STANDS.met(seen.status)


def is_to_run(run: Run) -> bool:
    """Nobody wants one of its nodes down, nobody holds it, and it is not started by hand."""
    site = run.site
    down = any(wants(run, node, Goal.DOWN) for node in site.cluster.nodes)
    return site.start.auto and not down and run.in_other_hands(site.cluster.name) is None
