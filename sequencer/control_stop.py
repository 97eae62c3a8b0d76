"""The control side's own stop: cluster, systems, power. The machines we run on, and ourselves last of all.

Its own pages of the runbook in `outage.py`, entered again from the top like the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.force import force_before_we_go
from sequencer.journal import Kind
from sequencer.ports import Answer, ClusterState, Os, Seen, Steps, UpsStatus
from sequencer.power_off import arm, note_off
from sequencer.proof import cluster_is, mains_back, on_by_hand, unsettled, ups_at_floor
from sequencer.run import OUTAGE, Run
from sequencer.site import ControlStop, Server, Ups
from sequencer.step import Ask, Outcome, step
from sequencer.systems import note_reached, outage_goes_on, stop_system
from sequencer.wants import control_off
from sequencer.watch import is_back


def stop_control(run: Run) -> Steps[None]:
    """The control disk, or every node's UPS, has lost the mains: cluster, systems, power; then we die."""
    site = run.site
    yield from run.until(lambda: run.scope.control)
    if cluster_is(run, ClusterState.RUNNING, ClusterState.STARTING):
        yield from hold(run, "stop", site.control_upses)
    yield from outage_goes_on(run)
    if site.cluster.stop_at_outage or not run.facts.confirmed:
        yield from stop_cluster(run)
    yield from hold(run, "shutdown", site.node_upses)  # the control disk was at its end, not they
    yield from somebody_comes_back(run, site.node_upses)
    yield from outage_goes_on(run)
    nodes = site.control_nodes
    cut_order = [name for array in site.control_arrays for name in array.upses]
    disk_upses = sorted(site.control_array_upses, key=lambda u: cut_order.index(u.name))
    disks = [(ups, list(nodes)) for ups in disk_upses]
    own_last = sorted(site.node_upses, key=lambda u: u.name in site.servers[run.me].upses)
    feeds = [[(ups, [n for n in nodes if ups.name in n.upses])] for ups in own_last]
    yield from halt_and_cut(run, nodes, [disks, *feeds])


def hold(run: Run, command: str, upses: tuple[Ups, ...]) -> Steps[None]:
    """S5: the control side waits for the linked side, while the batteries of these UPSes allow it."""
    site = run.site
    if site.control_stop is ControlStop.DOCUMENT:
        return
    floors_s = {ups.name: timing.control_floor_s(site, ups) for ups in upses}
    if on_by_hand(run):
        run.announce(
            OUTAGE
        )  # whoever has booted on it goes down first: all that is to stop is gone through anew
        yield from run.pause(1.0)
    while (waiting := unsettled(run)) and not ups_at_floor(run, floors_s):
        refusal = guards.stop_cluster(waiting, at_floor="", hold=True, mains_back=False)
        if refusal is not None:
            run.refused(site.cluster.name, command, refusal)
        servers = [run.ports.servers[name] for name in waiting if name in run.scope.servers]
        down = [port.until(when.HALTED, eager=True) for port in servers]
        yield from run.wait(run.news(), *down, *until_at_floor(run, floors_s))
    if waiting:
        text = f"{ups_at_floor(run, floors_s)} holds no longer; not waiting for {', '.join(waiting)}"
        run.alarm(site.cluster.name, text, "S5")


def until_at_floor(run: Run, floors_s: Mapping[str, float]) -> list[Answer[Seen[UpsStatus]]]:
    upses = run.site.upses
    return [
        run.ports.upses[name].until(when.runtime_below(floor_s))
        for name, floor_s in floors_s.items()
        if not is_back(run, upses[name])
    ]


def stop_cluster(run: Run) -> Steps[None]:
    """The whole cluster at once, so that nothing fails over; past its limit without it (S26)."""
    site, cluster = run.site, run.ports.cluster
    asked_at_s, limit_s = run.now, site.cluster.shutdown_limit_s
    floors_s = {ups.name: timing.control_floor_s(site, ups) for ups in site.control_upses}
    outcome = yield from step(
        run,
        site.cluster.name,
        cluster,
        when.STOPPED,
        limit_s=limit_s,
        ask=Ask(
            "stop",
            cluster.stop,
            lambda: guards.stop_cluster(
                unsettled(run),
                at_floor=ups_at_floor(run, floors_s),
                hold=site.control_stop is ControlStop.HOLD,
                mains_back=mains_back(run),
            ),
            under_way=lambda status: status.state is ClusterState.STOPPING,
            before=lambda: run.commit(Kind.CLUSTER_STOP_ASKED, site.cluster.name),
        ),
    )
    if outcome is Outcome.TIMED_OUT:
        run.alarm(site.cluster.name, f"the cluster did not stop in {limit_s:g} s", "S26")
        yield from run.command(
            site.cluster.name,
            "force",
            cluster.force,
            lambda: guards.force_cluster(now_s=run.now, asked_at_s=asked_at_s, limit_s=limit_s),
        )


def somebody_comes_back(run: Run, upses: Sequence[Ups]) -> Steps[None]:
    """Halted, with UPSes that nobody could tell to go off and come back, no node would ever boot (L3).

    So as long as none of their cards answers (a LAN switch that died first) the nodes stay up, if
    need be until their batteries end: they boot with the mains then.
    """
    ports = [run.ports.upses[ups.name] for ups in upses]
    while not any(port.seen().fresh for port in ports):
        names = ", ".join(ups.name for ups in upses)
        text = f"{names}: none answers; halted, the nodes on them would not come back, so they stay up"
        run.alarm(run.site.cluster.name, text, "L3")
        yield from run.wait(*(port.until(when.ANSWERS) for port in ports))


def stop_node(run: Run, node: Server) -> Steps[None]:
    """Only this node stops, for its power or for the cluster's manager: the cluster goes on elsewhere."""
    yield from run.until(lambda: node.name in run.scope.nodes or run.scope.control)
    if run.scope.control:
        return
    yield from outage_goes_on(run)
    if (yield from is_last_node(run, node)):  # the cluster goes with it; in order, so that it starts again
        yield from hold(run, "stop", tuple(run.site.upses[u] for u in node.upses))
        yield from stop_cluster(run)
        yield from outage_goes_on(run)
    upses = [run.site.upses[name] for name in node.upses]
    if node.name == run.me:
        yield from somebody_comes_back(run, upses)
        yield from outage_goes_on(run)
    yield from halt_and_cut(run, (node,), [[(ups, list(run.site.servers_on(ups.name)))] for ups in upses])


Fall = tuple[Ups, list[Server]]
"""A UPS that is to go off, and what lives on it."""


def halt_and_cut(run: Run, nodes: tuple[Server, ...], falls: list[list[Fall]]) -> Steps[None]:
    """These systems, ourselves last, and then their power: in each row one UPS after the other (S4).

    Halted we tell nobody anything any more, and a node that is halted with its power on stays so when
    the mains return (L3). So we go when the others are on their way and every OFF is written down;
    then there is nothing left to do but to send them, all rows at once.
    """
    we_go = run.me in [node.name for node in nodes]
    others = [node.name for node in nodes if node.name != run.me]
    systems = [run.spawn(stop_system(run, run.site.servers[name])) for name in others]
    if we_go:
        theirs = [row for row in falls if not any(load.name == run.me for _, loads in row for load in loads)]
        first = partial(before_we_go, run, others, [ups for row in falls for ups, _ in row], theirs)
        systems.append(run.spawn(stop_system(run, run.site.servers[run.me], first)))
    yield from run.until_all([run.me] if we_go else others, run.on_their_way)
    yield from run.together(
        *(switch_off_row(run, row, noted=we_go) for row in falls),
        *(note_reached(run, node.name) for node in nodes if we_go),
    )
    yield from run.all_of(*systems)
    for name in others:
        yield from note_reached(run, name)


ASKED_S = 15.0
"""A shutdown that was asked for is answered in this time, if it is answered at all."""


def before_we_go(run: Run, others: list[str], to_fall: list[Ups], theirs: list[list[Fall]]) -> Steps[None]:
    """Others are on their way, or given up, or our own batteries wait no longer; and all is noted.

    `theirs`: what feeds only others is told already. Should we die while we go, they come back with the
    mains, and wake us.
    """
    upses = [run.site.upses[name] for name in run.site.servers[run.me].upses]
    floors_s = {ups.name: timing.stop_off_s(run.site, ups) for ups in upses}
    yield from run.race(run.until_all(others, run.on_their_way), run.pause(ASKED_S))
    while not run.on_their_way.issuperset(others) and not ups_at_floor(run, floors_s):
        yield from run.wait(run.news(), *until_at_floor(run, floors_s))
    if waiting := [name for name in others if name not in run.on_their_way]:
        text = f"{ups_at_floor(run, floors_s)} holds no longer; not waiting for {', '.join(waiting)}"
        run.alarm(run.me, text, "S5")
    yield from outage_goes_on(run)
    for name in others:
        if name in run.given_up and guards.is_seen(run.ports.servers[name].seen(), Os.UP):
            yield from force_before_we_go(run, run.site.servers[name])
    for ups in to_fall:
        yield from note_off(run, ups, control_off(run, ups)[0])
    if run.ports.journal.healthy and not ups_at_floor(run, floors_s):  # else nobody is waited for any more
        told = run.together(*(switch_off_row(run, row, noted=True) for row in theirs))
        yield from run.race(told, run.pause(ASKED_S))


def switch_off_row(run: Run, row: list[Fall], *, noted: bool) -> Steps[None]:
    for ups, loads in row:
        how, sleep_s = control_off(run, ups)
        yield from arm(run, ups, how, loads, sleep_s=sleep_s, noted=noted)


def is_last_node(run: Run, node: Server) -> Steps[bool]:
    """Every other control node is seen down, by a fresh look."""
    others = [n for n in run.site.cluster.nodes if n != node.name]
    yield from run.all_of(*(run.ports.servers[n].look() for n in others))
    seen = [run.ports.servers[n].seen() for n in others]
    return not any(s.status is None or not s.fresh or s.status.os is Os.UP for s in seen)
