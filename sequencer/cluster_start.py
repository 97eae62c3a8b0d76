"""The cluster's one restart, when its disks and all its nodes are there; and again should it fall meanwhile.

The nodes we run on boot with it (R9-23).
"""

from __future__ import annotations

from functools import partial

from sequencer import conditions as when
from sequencer import guards
from sequencer.array_start import held_ready, start_arrays
from sequencer.force import force_when_stuck, is_stopping
from sequencer.journal import Goal, Kind
from sequencer.node_start import all_nodes_up, start_node
from sequencer.ports import Answer, ClusterState, ClusterStatus, Os, Receipt, Steps
from sequencer.power_on import AGAIN_S
from sequencer.proof import cluster_is, falls_at_s, still_to_fall
from sequencer.reboots import note_restarted
from sequencer.run import Run
from sequencer.site import Array
from sequencer.standstill import let_it_stop, stands_still
from sequencer.step import Ask, Outcome, step
from sequencer.task import Task
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.wants import wants


def start_cluster(run: Run) -> Steps[None]:
    """One restart once the control disks are there (R9-23); a mere start if the nodes never lost them.

    There is what has stayed ready: one that takes it back would leave the cluster without its disks (A7).
    """
    site, cluster = run.site, run.ports.cluster
    name = site.cluster.name
    yield from cluster.look()
    yield from let_it_stop(run)
    if cluster_is(run, ClusterState.RUNNING):
        return
    starts = cluster_is(run, ClusterState.STARTING)
    if not starts:
        yield from all_are_ready(run)
    falls = [run.spawn(tell_of_its_fall(run))] if starts else []
    limit_s, retry_s = site.start.cluster_limit_s, CLUSTER_RETRY_S
    while True:
        ask = cluster_start(run, retry_s)
        outcome = yield from step(run, name, cluster, when.RUNNING, limit_s=limit_s, ask=ask)
        if outcome.met:
            break
        if outcome is Outcome.OVERTAKEN:  # with the node on which it began, that has died: it is woken (L3)
            yield from all_are_ready(run)
            continue
        run.alarm(name, f"{name} is not running after {limit_s:g} s", "L8")
        retry_s = AGAIN_S
        yield from bring_back_who_hangs(run)
    for page in falls:
        page.close()
    run.cluster.disk_went = run.cluster.mistaken = False


def bring_back_who_hangs(run: Run) -> Steps[None]:
    """Told to restart, all of us may hang on our way down: whoever is booted then brings back who is left
    (H1, L3)."""

    def goes_up(node: str) -> bool:
        return not wants(run, node, Goal.DOWN)

    for node in run.site.control_nodes:
        if node.name != run.me and is_stopping(run, node):
            yield from force_when_stuck(run, node, partial(goes_up, node.name))
            yield from start_node(run, node, run.site.start.server_limit_s)


def all_are_ready(run: Run) -> Steps[None]:
    """Its nodes, and its disks."""
    yield from all_nodes_up(run)
    yield from run.together(*(held_ready(run, array, kept=True) for array in run.site.control_arrays))


def tell_of_its_fall(run: Run) -> Steps[None]:
    """It starts by itself, and is seen to stand again: whoever waits for that asks for it (L3)."""
    yield from run.until_seen(run.ports.cluster, when.STOPPED)
    run.announce(run.site.cluster.name)


def start_disks(run: Run, before: Task | None = None) -> Steps[Task | None]:
    """Until the cluster has its disks; and what sees to the rest of their UPSes, perhaps for hours yet.

    One that lives on two feeds is ready on the first; nobody waits for the other's mains, nor for its charge
    or its card (X-04, L3). `before`: what saw to them already, and is at it still if it is not over.
    """
    arrays = run.site.control_arrays
    if not any(len(part) > 1 for array in arrays for part in (array.enclosures, array.controllers)):
        yield from start_arrays(run, arrays)
        return None
    on = run.spawn(start_arrays(run, arrays)) if before is None or before.over else before
    ready = run.spawn(run.together(*(stays_ready(run, array) for array in arrays)))
    yield from run.wait(on, ready)
    ready.close()
    return on


def stays_ready(run: Run, array: Array) -> Steps[None]:
    """Ready, and by a fresh look none of its UPSes is still to fall (S16): no poll may have told it yet."""
    yield from run.all_of(*(run.ports.upses[name].look() for name in array.upses))
    for ups in [run.site.upses[name] for name in array.upses]:
        if still_to_fall(run, ups):
            by_s = (falls_at_s(run, ups) or run.now) + EVIDENCE_EXTRA_S
            yield from run.until_seen(run.ports.upses[ups.name], when.NOTHING_ARMED, by_s=by_s)
    yield from held_ready(run, array)


def keep_cluster(run: Run, disks: Task | None = None) -> Steps[None]:
    """Never returns. It ran, and stands still since: in an open incident nobody else starts it (L3)."""
    while True:
        yield from stands_still(run)
        disks = yield from start_disks(run, disks)
        yield from start_cluster(run)


CLUSTER_RETRY_S = 60.0
"""A cluster that cannot start says so at once, and what it lacks does not come within seconds."""


def cluster_start(run: Run, retry_s: float) -> Ask[ClusterStatus]:
    cluster, view = run.ports.cluster, run.cluster
    stopped, starts = cluster_is(run, ClusterState.STOPPED), cluster_is(run, ClusterState.STARTING)
    view.took_our_stop = view.took_our_stop and not stopped

    def start() -> Answer[Receipt]:
        view.takes_no_start = True
        return cluster.start()

    def takes_it() -> None:
        view.takes_no_start = False
        if not stopped:
            run.ports.servers[run.me].look()  # we go down with it, and start nobody any more (S6)

    return Ask(
        "start" if stopped else "restart",
        start if stopped else cluster.restart,
        lambda: refusal_to_start(run),
        under_way=lambda status: status.state is ClusterState.STARTING,
        retry_s=retry_s,
        rests_on=tuple(run.ports.arrays[a.name] for a in run.site.control_arrays),
        before=None if stopped else lambda: note_restart(run),
        accepted=takes_it,
        overtaken=(lambda: cluster_is(run, ClusterState.STOPPED)) if starts else None,
    )


def note_restart(run: Run) -> Steps[None]:
    """Whatever it is for, nodes that were to be restarted are so with it.

    Their next lives know of who has been dark since ours began no more than what we tell them (L2).
    """
    run.cluster.took_our_stop = False
    run.rebooting.update(run.site.cluster.nodes)
    for name in run.site.cluster.nodes:
        yield from note_restarted(run, name)
    dark = [ups for ups in sorted(run.went_before) if run.ports.upses[ups].seen().status is None]
    yield from run.commit(Kind.CLUSTER_RESTART_ASKED, run.site.cluster.name, dark=dark)


def refusal_to_start(run: Run) -> guards.Refusal | None:
    arrays = {a.name: run.ports.arrays[a.name].seen() for a in run.site.control_arrays}
    return guards.restart_cluster(arrays, run.ports.cluster.seen(), falling_under_nodes(run))


def falling_under_nodes(run: Run) -> list[str]:
    """UPSes that count down under nodes that a start of the cluster would take along (S16).

    Who shuts down is not gone yet: told to restart he would boot onto that power again (U8).
    """
    running = [node for node in run.site.control_nodes if not_gone(run, node.name)]
    return [ups for node in running for ups in node.upses if still_to_fall(run, run.site.upses[ups])]


def not_gone(run: Run, node: str) -> bool:
    status = run.ports.servers[node].seen().status
    return status is not None and status.os is not Os.HALTED
