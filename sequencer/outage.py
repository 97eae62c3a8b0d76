"""Mains outage: the operator's runbook for the way down.

Every device has its own page: wait for your turn, look, ask once, wait for it, never for ever. So
after a crash, or on the other node, the runbook is entered again from the top: what is done passes
at once, what is under way is not asked twice. Nothing is asked while the mains are back.
"""

from __future__ import annotations

from functools import partial

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.force import force_before_the_cut
from sequencer.jobs import stop_jobs
from sequencer.journal import Goal, Kind
from sequencer.ports import ArrayStatus, ClusterState, Flush, Off, Os, Steps
from sequencer.power import arm, cut, see_off
from sequencer.proof import (
    cluster_is,
    mains_back,
    seen_off,
    servers_down,
    unsettled,
    ups_at_floor,
    without_power,
)
from sequencer.run import Run
from sequencer.shortage import is_short, users_are_off
from sequencer.site import Array, ControlStop, FlushOrder, OffMode, Server, Ups
from sequencer.step import Ask, Outcome, step
from sequencer.wants import control_off, still_wants
from sequencer.watch import confirm, is_back


def outage(run: Run) -> Steps[None]:
    """Loads before the power that feeds them; the machines we run on last of all."""
    site = run.site
    yield from note_what_is_off(run)
    yield from run.together(
        confirm(run),
        *(stop_server(run, server) for server in (*site.linked_servers, *site.pool_servers)),
        *(switch_off(run, ups) for ups in site.server_upses),
        *(flush_and_cut(run, array) for array in site.linked_arrays),
        *(stop_node(run, node) for node in site.control_nodes),
        stop_control(run),
    )


def note_what_is_off(run: Run) -> Steps[None]:
    """Entered again, perhaps on the other node: what is seen off already holds nobody up.

    By a fresh look: what was switched on a second ago may still be off to the last poll.
    """
    was_off = [ups for ups in run.site.upses.values() if seen_off(run, ups, [])]
    yield from run.all_of(*(run.ports.upses[ups.name].look() for ups in was_off))
    off = {ups.name for ups in was_off if seen_off(run, ups, [])}
    dead = [
        a for a in run.site.linked_arrays if off.issuperset(a.controllers) or off.issuperset(a.enclosures)
    ]
    run.settled |= off | {array.name for array in dead}


# Servers and their UPSes


def stop_server(run: Run, server: Server) -> Steps[None]:
    """Its array or its power has lost the mains: shut it down; force it before its UPS falls."""
    yield from run.until(lambda: server.name in run.scope.servers, server.name)
    yield from outage_goes_on(run)
    yield from stop_system(run, server)


def stop_system(run: Run, server: Server) -> Steps[None]:
    if without_power(run, server):
        note_stopping(run, server)
        return
    yield from out_of_its_reboot(run, server)
    yield from stop_jobs(run, server)
    outcome = yield from shut_down(run, server)
    if outcome is Outcome.TIMED_OUT and is_back_up(run, server):
        outcome = yield from shut_down(run, server)  # it was on its way through a reboot
    if outcome is Outcome.TIMED_OUT:
        run.alarm(server.name, f"{server.name} is not halted after {server.shutdown_limit_s:g} s", "H1")
        run.given_up.add(server.name)
        note_stopping(run, server)  # declared lost: its power falls under it if need be
        yield from force_before_the_cut(run, server)


def shut_down(run: Run, server: Server) -> Steps[Outcome]:
    port = run.ports.servers[server.name]
    return (
        yield from step(
            run,
            server.name,
            port,
            when.HALTED,
            limit_s=server.shutdown_limit_s,
            ask=Ask(
                "shutdown",
                port.shut_down,
                lambda: guards.shut_down_server(cause=is_to_stop(run, server), mains_back=mains_back(run)),
                under_way=lambda status: status.os is Os.SHUTTING_DOWN,
                accepted=lambda: note_stopping(run, server),
            ),
        )
    )


def out_of_its_reboot(run: Run, server: Server) -> Steps[None]:
    """On its way down to come up again it would take our shutdown for granted, and then boot (S1)."""
    if server.name in run.rebooting or still_wants(run, server.name, Goal.REBOOT):
        port = run.ports.servers[server.name]
        yield from port.look()
        limit_s = server.stop_limit_s + run.site.start.server_limit_s
        yield from run.wait(port.until(when.UP, eager=True), by_s=run.now + limit_s)
        run.rebooting.discard(server.name)


def is_back_up(run: Run, server: Server) -> bool:
    """It has gone down and come up again meanwhile, as a reboot does; one that hangs is still at it."""
    seen = run.ports.servers[server.name].seen()
    return seen.fresh and seen.status is not None and seen.status.os in (Os.BOOTING, Os.UP)


def is_to_stop(run: Run, server: Server) -> bool:
    """An outage is declared, or a schedule or somebody who may wants it down (S9)."""
    return run.facts.down or server.name in run.scope.servers | run.scope.nodes


def note_stopping(run: Run, server: Server) -> None:
    """It has accepted its shutdown, is down, or is declared lost: its UPS may be told to go off."""
    run.asked_to_stop.add(server.name)
    run.announce(server.name)


def switch_off(run: Run, ups: Ups) -> Steps[None]:
    """Servers' UPS: OFF armed together with their shutdown, so that it falls after they have halted."""
    loads = list(run.site.servers_on(ups.name))
    yield from run.until(lambda: ups.name in run.scope.server_upses, ups.name)
    yield from run.until_all([s.name for s in loads], run.asked_to_stop)
    if ups.off is OffMode.AFTER_HALT:
        by_s = run.now + max((s.stop_limit_s for s in loads), default=0.0)
        for server in loads:
            yield from run.wait(run.ports.servers[server.name].until(when.HALTED, eager=True), by_s=by_s)
    yield from outage_goes_on(run)
    while guards.cause_is_gone((yield from arm(run, ups, Off.GRACEFUL, loads))):
        yield from outage_goes_on(run)  # mains that blink just now delay the OFF, they do not cancel it
    yield from see_off(run, ups, loads)


def note_reached(run: Run, server: str) -> Steps[None]:
    """It is down as a schedule or a request wanted it; from here on nobody is fought over it (O1)."""
    if still_wants(run, server, Goal.DOWN):
        yield from run.commit(Kind.REACHED, server, wall_s=run.facts.wants[server].at_s)


# Linked arrays


def flush_and_cut(run: Run, array: Array) -> Steps[None]:
    """Flush when every user is down and its UPS is off; cut when flushed, or past the limit, loudly."""
    yield from run.until(lambda: array.name in run.scope.arrays, array.name)
    yield from users_are_off(run, array)
    if run.site.linkage.flush_order is FlushOrder.SERIAL and not is_short(run, array):
        yield from run.until(lambda: earlier_are_flushed(run, array))
    yield from flush(run, array)
    for name in array.upses:
        yield from outage_goes_on(run)
        guard = partial(refusal_to_cut, run, array, name)
        while guards.cause_is_gone((yield from cut(run, run.site.upses[name], guard))):
            yield from outage_goes_on(run)
    run.settled.add(array.name)
    run.ready_since.pop(array.name, None)
    run.announce(array.name)


def earlier_are_flushed(run: Run, array: Array) -> bool:
    arrays = run.site.linked_arrays
    earlier = {a.name for a in arrays[: arrays.index(array)]}
    return run.facts.flush_settled.issuperset(earlier & run.scope.arrays)


def flush(run: Run, array: Array) -> Steps[None]:
    """An array that does not answer is asked all the same, and waited for as long (R10-13)."""
    if flush_is_over(run, array):
        return
    port = run.ports.arrays[array.name]
    limit_s = run.site.linkage.flush_limit_s
    ask: Ask[ArrayStatus] = Ask(
        "flush",
        port.flush,
        lambda: refusal_to_flush(run, array),
        under_way=lambda status: status.flush is Flush.UNDER_WAY,
        before=lambda: run.commit(Kind.FLUSH_ASKED, array.name),
    )
    outcome = Outcome.TIMED_OUT
    asked = False
    while not outcome.met and not asked:  # a limit that ran out before anything was asked is none (S25)
        yield from outage_goes_on(run)
        outcome = yield from step(run, array.name, port, when.FLUSHED, limit_s=limit_s, ask=ask)
        asked = array.name in run.facts.flush_asked
    if not outcome.met:
        run.tell("array.flush_timed_out", array.name, limit_s=limit_s)
        text = f"{array.name} not flushed after {limit_s:g} s; what its cache held is unknown"
        run.alarm(array.name, text, "S25")
    yield from run.commit(Kind.FLUSH_SETTLED, array.name, flushed=outcome.met)
    run.announce(array.name)


def refusal_to_flush(run: Run, array: Array) -> guards.Refusal | None:
    short = is_short(run, array)
    upses = {u.name: short or u.name in run.settled for u in run.site.server_upses_of(array.name)}
    return guards.flush_array(array, servers_down(run, array), upses, mains_back=mains_back(run))


def flush_is_over(run: Run, array: Array) -> bool:
    """Flushed or given up in this incident; or seen dead when it was entered, with nothing left to flush."""
    return array.name in run.facts.flush_settled or array.name in run.settled


def refusal_to_cut(run: Run, array: Array, ups: str) -> guards.Refusal | None:
    return guards.cut_array(
        array,
        run.site.upses[ups],
        flush_settled=flush_is_over(run, array),
        controllers_off={u: u in run.settled for u in array.controllers},
        servers=servers_down(run, array),
        mains_back=mains_back(run),
    )


# The control side


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
    yield from somebody_comes_back(run)
    yield from outage_goes_on(run)
    nodes = sorted(site.control_nodes, key=lambda node: node.name == run.me)  # ourselves last
    systems = [run.spawn(stop_system(run, node)) for node in nodes]
    yield from run.until(lambda: all(n.name in run.asked_to_stop for n in nodes))
    for node in nodes:
        yield from note_reached(run, node.name)
    for ups in site.control_array_upses:
        how, sleep_s = control_off(run, ups)
        yield from arm(run, ups, how, nodes, sleep_s=sleep_s)
    for ups in sorted(site.node_upses, key=lambda u: u.name in site.servers[run.me].upses):
        how, sleep_s = control_off(run, ups)
        yield from arm(run, ups, how, [n for n in nodes if ups.name in n.upses], sleep_s=sleep_s)
    yield from run.all_of(*systems)


def hold(run: Run, command: str, upses: tuple[Ups, ...]) -> Steps[None]:
    """S5: the control side waits for the linked side, while the batteries of these UPSes allow it."""
    site = run.site
    if site.control_stop is ControlStop.DOCUMENT:
        return
    while (waiting := unsettled(run)) and not ups_at_floor(run, upses):
        refusal = guards.stop_cluster(waiting, at_floor="", hold=True, mains_back=False)
        if refusal is not None:
            run.refused(site.cluster.name, command, refusal)
        floors = [
            run.ports.upses[u.name].until(when.runtime_below(timing.control_floor_s(site, u)))
            for u in upses
            if not is_back(run, u)
        ]
        yield from run.wait(run.news(), *floors)
    if waiting:
        text = f"{ups_at_floor(run, upses)} holds no longer; not waiting for {', '.join(waiting)}"
        run.alarm(site.cluster.name, text, "S5")


def stop_cluster(run: Run) -> Steps[None]:
    """The whole cluster at once, so that nothing fails over; past its limit without it (S26)."""
    site, cluster = run.site, run.ports.cluster
    asked_at_s, limit_s = run.now, site.cluster.shutdown_limit_s
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
                at_floor=ups_at_floor(run, site.control_upses),
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


def somebody_comes_back(run: Run) -> Steps[None]:
    """Halted, with UPSes that nobody could tell to go off and come back, no node would ever boot (L3).

    So as long as none of their cards answers (a LAN switch that died first) the nodes stay up, if
    need be until their batteries end: they boot with the mains then.
    """
    ports = [run.ports.upses[ups.name] for ups in run.site.node_upses]
    while not any(port.seen().fresh for port in ports):
        text = "no UPS of the control nodes answers; halted they would not come back, so they stay up"
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
    system = run.spawn(stop_system(run, node))
    yield from run.until(lambda: node.name in run.asked_to_stop)
    for name in node.upses:
        ups = run.site.upses[name]
        how, sleep_s = control_off(run, ups)
        yield from arm(run, ups, how, list(run.site.servers_on(name)), sleep_s=sleep_s)
    yield from run.all_of(system)
    yield from note_reached(run, node.name)


def is_last_node(run: Run, node: Server) -> Steps[bool]:
    """Every other control node is seen down, by a fresh look."""
    others = [n for n in run.site.cluster.nodes if n != node.name]
    yield from run.all_of(*(run.ports.servers[n].look() for n in others))
    seen = [run.ports.servers[n].seen() for n in others]
    return not any(s.status is None or not s.fresh or s.status.os is Os.UP for s in seen)


def outage_goes_on(run: Run) -> Steps[None]:
    """Nothing new is stopped while the mains are back; lost again, the declared outage goes on at once."""
    while mains_back(run):
        words = "mains back: will they stay?"
        run.tell_once("step.waiting", run.site.name, f"mains {run.facts.epoch}", step=words)
        ports = [run.ports.upses[name] for name in sorted(run.facts.confirmed)]
        yield from run.wait(run.news(), *(port.until(when.ON_BATTERY) for port in ports))
