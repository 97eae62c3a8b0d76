"""Whether a control node stops alone, or as the last one that the cluster could go on with."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.goes_last import until_at_floor
from sequencer.ports import Os, Steps, UpsPort
from sequencer.proof import ups_at_floor
from sequencer.run import Run
from sequencer.scope import array_fails
from sequencer.site import Server
from sequencer.standing import feeds
from sequencer.watch import tells


def goes_alone(run: Run, node: Server) -> Steps[bool]:
    """Whether it is still to go alone. While another boots the cluster can go on there soon, and nobody else
    need stop (S31): it is waited for as long as our own battery waits."""
    upses = [run.site.upses[u] for u in node.upses]
    floors_s, by_s = timing.cluster_floors_s(run.site, upses), run.now + run.site.start.server_limit_s
    others = [run.site.servers[name] for name in run.site.cluster.nodes if name != node.name]
    yield from run.all_of(*(run.ports.servers[other.name].look() for other in others))
    while run.now < by_s and not ups_at_floor(run, floors_s) and not run.scope.control:
        boots = [o.name for o in others if guards.is_seen(run.ports.servers[o.name].seen(), Os.BOOTING)]
        if not boots or any(may_carry_on(run, other) for other in others):
            break
        words = f"{', '.join(boots)} to be up"
        run.tell_once("step.waiting", node.name, words, step=words)
        ends = [run.ports.servers[name].until(when.NOT_BOOTING) for name in boots]
        yield from run.wait(run.news(), *ends, *until_at_floor(run, floors_s), by_s=by_s)
    if not run.scope.control and (yield from is_last_node(run, node)):
        yield from disks_are_decided(run, floors_s)
    return not run.scope.control


def disks_are_decided(run: Run, floors_s: Mapping[str, float]) -> Steps[None]:
    """Whether the control disks go too: the last node that goes is the last who could tell their UPSes (S18).

    On battery, but not for their confirm time yet; perhaps since we began anew, and had to time it anew.
    """
    site = run.site
    while not (run.scope.control or ups_at_floor(run, floors_s)):
        out = {u.name for u in site.control_array_upses if tells(run, u, (when.ON_BATTERY,))}
        failing = [array for array in site.control_arrays if array_fails(array, out)]
        if not failing:
            break
        words = f"whether the mains of {failing[0].name} stay away"
        run.tell_once("step.waiting", failing[0].name, words, step=words)
        back = [run.ports.upses[name].until(when.MAINS_BACK) for name in sorted(out)]
        yield from run.wait(run.news(), *back, *until_at_floor(run, floors_s))


def is_last_node(run: Run, node: Server) -> Steps[bool]:
    """Every other control node is seen down, by a fresh look; or says nothing by any way, nor has power.

    One that went down with its power has no controller that could say so. Without an order to the cluster
    the last one leaves it for its operator to start (R9-01).
    """
    others = [n for n in run.site.cluster.nodes if n != node.name]
    yield from run.all_of(*(run.ports.servers[n].look() for n in others))
    return not any(may_carry_on(run, run.site.servers[n]) for n in others)


def may_carry_on(run: Run, other: Server) -> bool:
    """It is up; or silent, and its service answers, or one of its UPSes says that it is on.

    Where we hear no card, not even our own UPS's, the network is silent, and its last word counts (N1, N3).
    """
    seen, ourselves = run.ports.servers[other.name].seen(), other.name == run.me
    deaf = not any(ups.seen().fresh for ups in run.ports.upses.values())
    if seen.status is not None and (seen.fresh or ourselves or deaf):
        return seen.status.os is Os.UP
    powered = feeds if deaf else gives_output
    return ourselves or heard(run, other.name) or any(powered(run.ports.upses[u]) for u in other.upses)


def gives_output(ups: UpsPort) -> bool:
    """It says so now."""
    seen = ups.seen()
    return seen.fresh and seen.status is not None and seen.status.output_on


def heard(run: Run, node: str) -> bool:
    """Its service answers."""
    return run.ports.peers[node].seen().fresh
