"""The control side's own stop: cluster, systems, power. The machines we run on, and ourselves last of all.

Its own pages of the runbook in `outage.py`, entered again from the top like the others.
"""

from __future__ import annotations

from functools import partial
from math import inf

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.batteries import ups_at_floor
from sequencer.before_we_go import Fall, before_we_go, power_of_who_went_before, switch_off_row
from sequencer.comes_back import on_again_first, somebody_comes_back
from sequencer.floors import systems_floors_s
from sequencer.goes_alone import goes_alone, goes_with_its_cluster, heard, until_its_mains_go
from sequencer.goes_last import Floors, hold, waits_for
from sequencer.journal import Kind
from sequencer.last_call import attended
from sequencer.lost_power import says_off
from sequencer.outlasts import outlast_disks
from sequencer.ports import Answer, ClusterState, ClusterStatus, Os, Receipt, Steps
from sequencer.power_falls import count_down, is_about_to_fall
from sequencer.proof import cluster_is, halted, mains_back, seen_off, without_power
from sequencer.reboots import note_reached, out_of_its_reboot
from sequencer.run import OUTAGE, Run
from sequencer.scope import array_fails, server_fails
from sequencer.shortage import on_battery
from sequencer.site import Array, ControlStop, Server, Site, Ups
from sequencer.stays_up import stay_up
from sequencer.step import Ask, Outcome, request, step
from sequencer.systems import force_as_wanted, last_call_s, outage_goes_on, stop_system
from sequencer.told_anew import when_we_may
from sequencer.turn import is_spared
from sequencer.wants import is_called_off
from sequencer.watch import RETURNS, gives_output


def stop_control(run: Run) -> Steps[None]:
    """The control disk, or every node's UPS, has lost the mains: cluster, systems, power; then we die."""
    site = run.site
    yield from run.until(lambda: run.scope.control, OUTAGE)
    # By a page that was closed since: whoever hangs there is forced (H1, S1).
    for node in (node for node in site.control_nodes if is_about_to_fall(run, node)):
        run.spawn(force_as_wanted(run, node))
    if cluster_is(run, ClusterState.RUNNING, ClusterState.STARTING):
        yield from hold(run, "stop", lambda: timing.cluster_floors_s(site, site.control_upses))
    yield from outage_goes_on(run)
    yield from no_longer_spared(run)
    if site.cluster.stop_at_outage or not run.facts.confirmed:
        yield from stop_cluster(run)
    yield from hold(run, "shutdown", partial(systems_floors_s, run))
    yield from stay_up(run, site.control_nodes)
    yield from outlast_disks(run)
    yield from no_longer_spared(run)
    yield from out_of_its_reboot(run, site.servers[run.me])  # who is away when the others are down (S18, C11)
    yield from outage_goes_on(run)
    nodes = site.control_nodes
    disks: list[list[Fall]] = [[(ups, list(nodes)) for ups in row] for row in rows_of_disks(site)]
    own_last = sorted(site.node_upses, key=lambda u: u.name in site.servers[run.me].upses)
    feeds = [[(ups, [n for n in nodes if ups.name in n.upses])] for ups in own_last]
    yield from halt_and_cut(run, nodes, [*disks, *feeds], partial(systems_floors_s, run, last=True))


def no_longer_spared(run: Run) -> Steps[None]:
    """Who turns round has waited for mains alone, and is told that the cluster has stopped meanwhile."""
    if is_spared(run):
        run.announce(RETURNS)
        yield from run.until(lambda: not is_spared(run))


def rows_of_disks(site: Site) -> list[list[Ups]]:
    """The UPSes of each control array in the order of their falls (S4); arrays that share one are one row.

    A card that does not answer holds up nobody but its own array.
    """
    rows: list[list[str]] = []
    for array in site.control_arrays:
        shared = [row for row in rows if not set(row).isdisjoint(array.upses)]
        rows = [row for row in rows if row not in shared]
        rows.append(list(dict.fromkeys([*(name for row in shared for name in row), *array.upses])))
    return [[site.upses[name] for name in row] for row in rows]


def stop_cluster(run: Run) -> Steps[None]:
    """The whole cluster at once, so that nothing fails over; past its limit without it (S26).

    Nor is it waited for when a battery of those who go with it lasts for its OFF only, for it was begun late:
    it stops as they go, and its disk is off before it would be empty (S18, L2). One that says it stops,
    though not by our word, and comes to no end in its limit, is told once, and has that limit anew: what it
    says may be old, and it run (C4).
    """
    site, cluster = run.site, run.ports.cluster
    limit_s = site.cluster.shutdown_limit_s
    begun: set[str] = set()
    told: set[str] = set()
    outcome, anew, by_s = Outcome.TIMED_OUT, False, inf
    # A limit that ran out before it was asked is none (S9).
    while outcome is Outcome.TIMED_OUT and not (told or anew or (begun and run.now >= by_s)):
        if run.in_other_hands(site.cluster.name) is not None:  # it counts, and batteries tell, from then on
            yield from run.race(run.released(site.cluster.name), run.until_seen(cluster, when.STOPPED))
        yield from outage_goes_on(run)
        asked_at_s, by_s, anew = run.now, stops_by_s(run), bool(begun)
        outcome = yield from ask_cluster_to_stop(run, begun, told, by_s)
    run.cluster.hangs = not outcome.met and run.now >= asked_at_s + limit_s - timing.late_looks_s(site)
    if outcome.met:
        run.cluster.took_our_stop = False
    elif by_s <= run.now < asked_at_s + limit_s:
        text = f"a battery lasts for its OFF only; not waiting for {site.cluster.name} to stop"
        calls_s = last_calls_s(run)
        run.alarm(
            site.cluster.name, text, "S18", upses=min(calls_s, key=lambda ups: calls_s[ups], default="")
        )
    else:
        run.alarm(site.cluster.name, f"the cluster did not stop in {limit_s:g} s", "S26")
        yield from run.commit(Kind.FORCED, site.cluster.name)  # its manager may have begun that stop (S30)
        yield from run.command(
            site.cluster.name,
            "force",
            cluster.force,
            lambda: guards.force_cluster(now_s=run.now, asked_at_s=asked_at_s, limit_s=limit_s),
        )


def ask_cluster_to_stop(run: Run, begun: set[str], told: set[str], by_s: float) -> Steps[Outcome]:
    """`told`: gets its name when that has been sent; `begun`: when it is at it by itself. That of before
    counts no more."""
    by_itself = not begun
    site, cluster, name = run.site, run.ports.cluster, run.site.cluster.name
    floors_s = timing.cluster_floors_s(site, site.control_upses)

    def stops(status: ClusterStatus) -> bool:
        is_at_it = status.state is ClusterState.STOPPING and by_itself
        begun.update((name,) if is_at_it else ())
        return is_at_it

    def send() -> Answer[Receipt]:
        told.add(name)
        return cluster.stop()

    ask = Ask(
        "stop",
        send,
        lambda: guards.stop_cluster(
            waits_for(run),
            at_floor=ups_at_floor(run, floors_s),
            hold=site.control_stop is ControlStop.HOLD,
            mains_back=mains_back(run),
            called_off=is_called_off(run),
        ),
        under_way=stops,
        before=lambda: run.commit(Kind.CLUSTER_STOP_ASKED, name),
        accepted=partial(note_stop, run),
    )
    if may_run_all_the_same(run) and (yield from request(run, name, ask)):
        run.cluster.takes_no_start = False
    limit_s = site.cluster.shutdown_limit_s
    return (yield from step(run, name, cluster, when.STOPPED, limit_s=limit_s, latest_s=by_s, ask=ask))


def may_run_all_the_same(run: Run) -> bool:
    """It says that it stands; but it took no start of ours, or nobody says that a disk of it is away (C4)."""
    if cluster_is(run, ClusterState.STOPPED):
        return run.cluster.takes_no_start
    waits = cluster_is(run, ClusterState.WAITING_FOR_DISK)
    return waits and not any(is_away(run, array) for array in run.site.control_arrays)


def is_away(run: Run, array: Array) -> bool:
    """It says so itself, or its UPSes say that they are off."""
    disk, off = run.ports.arrays[array.name].seen(), {ups for ups in array.upses if says_off(run, ups)}
    return array_fails(array, off) or (disk.fresh and not guards.ready(disk))


def stops_by_s(run: Run) -> float:
    """When the first battery lasts for its OFF only; but the cluster is asked all the same."""
    return max(run.now + run.site.polling.timeout_s, min(last_calls_s(run).values(), default=inf))


def last_calls_s(run: Run) -> dict[str, float]:
    """By UPS. For a node's own whose time is over, so that it is lost anyway, the others do not go in
    disorder; a disk's takes what its cache holds."""
    site, nodes = run.site, run.site.servers[run.me].upses
    disks = site.control_array_upses if run.scope.control else ()
    own = site.node_upses if run.scope.control else [site.upses[name] for name in nodes]
    calls_s = {ups.name: last_call_s(run, ups.name, timing.off_call_s(site, ups)) for ups in (*disks, *own)}
    lost = {ups.name for ups in own if calls_s[ups.name] < run.now - timing.late_looks_s(site)}
    return {name: at_s for name, at_s in calls_s.items() if name not in lost}


def note_stop(run: Run) -> None:
    """Whenever it is found standing from here on, it is our stop that shows (L3)."""
    run.cluster.took_our_stop = True


def stop_node(run: Run, node: Server) -> Steps[None]:
    """Only this node stops, for its power or for the cluster's manager: the cluster goes on elsewhere."""
    yield from run.until(lambda: node.name in run.scope.nodes or run.scope.control, OUTAGE)
    while not run.scope.control:
        if (yield from goes_alone(run, node)):
            yield from stop_node_once(run, node)
        yield from is_out_again(run, node)


def is_out_again(run: Run, node: Server) -> Steps[None]:
    """It came back with its mains while the others are out yet, and these are lost anew: it goes once more.

    Nobody else would tell it, as long as the incident is on its way down (S18). But once the whole control
    side goes its stop is not this page's any more: it may hang at it by now, and is to be forced (H1, S1).
    """
    ports = run.ports.upses

    def out() -> set[str]:
        return {name for name in node.upses if run.mains[name].confirmed and gives_output(ports[name])}

    while server_fails(node, out()):
        yield from run.wait(
            *(ports[name].until(when.OUTPUT_OFF) for name in sorted(out())), run.news(RETURNS)
        )
    yield from run.until(lambda: run.scope.control or server_fails(node, out()), OUTAGE)
    if run.scope.control:
        return
    run.asked_to_stop.discard(node.name)
    run.on_their_way.discard(node.name)
    run.given_up.discard(node.name)


def stop_node_once(run: Run, node: Server) -> Steps[None]:
    yield from outage_goes_on(run)
    upses = [run.site.upses[name] for name in node.upses]
    floors: Floors | None = None
    own_floors = partial(timing.cluster_floors_s, run.site, upses)
    if (yield from goes_with_its_cluster(run, node, own_floors)):  # in order, so that it starts again
        floors = own_floors
        yield from stop_cluster(run)
        yield from outage_goes_on(run)
    if node.name == run.me:
        yield from somebody_comes_back(run, (node,))
        yield from on_again_first(run, (node,))
        yield from outage_goes_on(run)
        if floors is None:  # a stopped cluster starts again as its nodes boot
            yield from until_its_mains_go(run, node)
    if run.scope.control:
        return  # its disk is out as well by now: that page asks the other nodes, whose disk it is, too (S18)
    falls: list[list[Fall]] = [[(ups, list(run.site.servers_on(ups.name)))] for ups in upses]
    if floors is not None:
        falls = [*disks_on_their_batteries(run), *power_of_who_went_before(run, upses), *falls]
    yield from halt_and_cut(run, (node,), falls, floors)


def disks_on_their_batteries(run: Run) -> list[list[Fall]]:
    """Their outage is timed yet, and when the last node is gone nobody confirms it: they would drain to their
    batteries' end (S18). A node without power needs them no more; one that has some keeps them on (S1)."""
    nodes = [node for node in run.site.control_nodes if not without_power(run, node)]
    rows = (row for row in rows_of_disks(run.site) if all(on_battery(run, ups.name) for ups in row))
    return [[(ups, nodes) for ups in row] for row in rows]


def halt_and_cut(
    run: Run, nodes: tuple[Server, ...], falls: list[list[Fall]], floors: Floors | None
) -> Steps[None]:
    """These systems, ourselves last, and then their power: in each row one UPS after the other (S4).

    Halted we tell nobody anything any more, and a node that is halted with its power on stays so when
    the mains return (L3). So we go when the others are on their way and every OFF is written down;
    then there is nothing left to do but to send them, all rows at once.
    `floors`: down to which the linked side is waited for; None: another node stays for it.
    """
    we_go = run.me in [node.name for node in nodes]
    names = [node.name for node in nodes if node.name != run.me]
    if we_go:
        yield from run.all_of(*(run.ports.peers[name].look() for name in names if heard(run, name)))
    told = {name for name in names if heard(run, name)}
    others = {name: run.spawn(stop_other(run, run.site.servers[name])) for name in names}
    systems = list(others.values())
    if we_go:
        theirs = [row for row in falls if not any(load.name == run.me for _, loads in row for load in loads)]
        to_fall = [ups for row in falls for ups, _ in row]
        others_first = partial(before_we_go, run, others, told, to_fall, theirs, floors)
        first = partial(when_we_may, run, others, others_first)
        me = run.site.servers[run.me]
        systems.append(run.spawn(attended(run, me, stop_system(run, me, first))))
    yield from run.until_all([run.me] if we_go else others, run.on_their_way)
    yield from run.together(
        *(switch_off_when_they_go(run, row) if we_go else switch_off_row(run, row) for row in falls),
        *(note_reached(run, node.name) for node in nodes if we_go and goes_with_us(run, node)),
    )
    yield from run.all_of(*systems)
    for name in others:
        yield from note_reached(run, name)
        yield from note_down(run, run.site.servers[name])


def switch_off_when_they_go(run: Run, row: list[Fall]) -> Steps[None]:
    """Somebody holds who lives on it, and lets him go while we are on our way: then it is told after all, as
    long as we are there. Halted with its power on he would stay so (L1, S27)."""
    yield from switch_off_row(run, row)
    late = [(ups, loads) for ups, loads in row if not takes_all(run, loads)]
    if late:
        yield from run.until(lambda: all(takes_all(run, loads) for _, loads in late))
        yield from switch_off_row(run, late)


def takes_all(run: Run, loads: list[Server]) -> bool:
    """Each of these has taken its shutdown, or is down."""
    return all(load.name in run.asked_to_stop or halted(run, load) for load in loads)


def goes_with_us(run: Run, node: Server) -> bool:
    """Not who is held and runs: nobody has told it (S27), and what is wanted of it is still to come (S28)."""
    return run.in_other_hands(node.name) is None or halted(run, node)


def stop_other(run: Run, node: Server) -> Steps[None]:
    """We may have to stay for long yet; whoever boots it meanwhile wants it up (O1, S27)."""
    yield from attended(run, node, stop_system(run, node))
    if guards.is_seen(run.ports.servers[node.name].seen(), Os.HALTED):
        yield from note_reached(run, node.name)


def note_down(run: Run, node: Server) -> Steps[None]:
    """Should we die now, our next life might hear nothing of it any more, and could follow nobody (S13)."""
    upses = [run.site.upses[name] for name in node.upses]
    down = guards.is_seen(run.ports.servers[node.name].seen(), Os.HALTED)
    if down and upses and all(seen_off(run, ups, []) or count_down(run, (ups.name,)) for ups in upses):
        yield from run.commit(Kind.SEEN_DOWN, node.name)
