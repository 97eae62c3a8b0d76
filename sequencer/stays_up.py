"""Nodes that would not come back if they were halted stay up, if need be until their batteries end (L3).

They crash then, and so may what their disks' caches hold. A person is told while there is still time to do
what we cannot: halt them, and press the button of the UPS whose card is dead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from sequencer import conditions as when
from sequencer import timing
from sequencer.comes_back import (
    answer,
    comes_back,
    in_the_way,
    is_held,
    on_again_first,
    somebody_comes_back,
)
from sequencer.goes_last import everybody_goes, until_at_floor
from sequencer.journal import Goal
from sequencer.ports import Steps
from sequencer.proof import ups_at_floor
from sequencer.run import Run
from sequencer.scope import array_fails
from sequencer.site import OffMode, Server, Ups
from sequencer.systems import outage_goes_on
from sequencer.wants import control_wanted_down, wants
from sequencer.watch import is_back, is_lost

PERSON_S = 600.0
"""Until somebody who reads an alarm stands before a UPS."""


def stay_up(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """Until one of these would come back."""
    nodes = to_come_back(run, nodes)
    if not any(comes_back(run, node) for node in nodes):
        yield from run.race(somebody_comes_back(run, nodes), tell_of_the_end(run, nodes))
    yield from on_again_first(run, nodes)


def stay_up_if_untold(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """Once more, when the others are down or on their way, before we go: a card that answered when it was
    asked first may have fallen silent before it was told (N1, N6)."""
    if not any(falls(run, node) for node in to_come_back(run, nodes)):
        yield from stay_up(run, nodes)


def to_come_back(run: Run, nodes: Sequence[Server]) -> Sequence[Server]:
    """Who is wanted down stays off with its UPS, while another is to boot with the mains (S28)."""
    return [node for node in nodes if not wants(run, node.name, Goal.DOWN)] or nodes


def stay_for_held_disks(run: Run) -> Steps[None]:
    """Nodes that have their mains would be back before a disk has fallen whose UPS somebody holds, use it and
    go again, until its battery ends under them. They stay, and go just before that, once (S27, L10, L2)."""
    site, ports, floors_s = run.site, run.ports, timing.disks_floors_s(run.site)
    while (held := held_under_us(run)) and not (ups_at_floor(run, floors_s) or everybody_goes(run)):
        words = f"{held[0]} to be released"
        run.tell_once("step.waiting", held[0], f"held {run.facts.epoch}", step=words, rule="S27")
        ends = (*until_at_floor(run, floors_s), *(ports.upses[name].until(when.OUTPUT_OFF) for name in held))
        away = (ports.upses[ups.name].until(when.MAINS_AWAY) for ups in site.node_upses)
        going = (ports.servers[node.name].until(when.LEAVES) for node in site.control_nodes)
        yield from run.wait(run.news(), *ends, *away, *going)


def held_under_us(run: Run) -> list[str]:
    """UPSes that keep all that failed of our disks going; none where we go for our own power, or are to."""
    site = run.site
    ours = not all(is_back(run, ups) for ups in site.node_upses)
    if ours or any(wants(run, node.name, Goal.DOWN) for node in site.control_nodes):
        return []
    failed = [array for array in site.control_arrays if array_fails(array, run.facts.confirmed)]
    held = [ups for array in failed for ups in array.upses if is_held(run, site.upses[ups])]
    return [] if any(array_fails(array, set(array.upses).difference(held)) for array in failed) else held


def outlast_untold_disks(run: Run) -> Steps[None]:
    """A disk whose OFF would come before its nodes are down is not told (S1, U8, U9), and its battery runs
    empty. Nodes that have mains would be back before that, and use it as it ends (L2): so they stay, their
    cluster stopped, until it holds no more than they take to go. Not if they are wanted down anyway.
    """
    site = run.site
    need_s = (
        max(node.stop_limit_s for node in site.control_nodes) + timing.late_looks_s(site) + timing.ASKED_S
    )
    while not control_wanted_down(run) and any(is_back(run, ups) for ups in site.node_upses):
        disks = [ups.name for ups in site.control_array_upses if is_untold(run, ups)]
        floors_s = timing.systems_floors_s(site, site.node_upses) | dict.fromkeys(disks, need_s)
        if not disks:
            return
        text = f"{', '.join(disks)} can only run empty; the nodes stay up until then"
        run.alarm(site.cluster.name, text, "L2")
        backs = [run.ports.upses[name].until(when.MAINS_BACK) for name in disks]
        if (yield from run.race(batteries_end(run, floors_s), run.wait(*backs))) == 0:
            return
        yield from outage_goes_on(run)


def is_untold(run: Run, ups: Ups) -> bool:
    """On its battery, and what its card makes of an OFF leaves its nodes too little time."""
    status = answer(run.ports.upses[ups.name])
    if status is None or status.mains or when.GOES_OFF.met(status) or ups.off is not OffMode.WITH_SHUTDOWN:
        return False
    return status.delayed_off_s < max(node.stop_limit_s for node in run.site.control_nodes)


def falls(run: Run, node: Server) -> bool:
    """Every UPS that feeds it has said that it counts down, or is off: it boots with the mains."""
    words = [run.ports.upses[ups].seen().status for ups in node.upses]
    return bool(words) and all(word is not None and (word.off_armed or not word.output_on) for word in words)


def tell_of_the_end(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """Never returns."""
    limit_s = max(node.stop_limit_s for node in nodes) + PERSON_S
    yield from batteries_end(run, {ups.name: limit_s for ups in run.site.control_upses})
    names, dumb = ", ".join(node.name for node in nodes), ", ".join(dict(in_the_way(run, nodes)))
    text = f"{names} lose their power soon, and their disks; halt them and switch {dumb} off by hand"
    run.alarm(run.site.cluster.name, text, "L2")
    yield run.env.event()


def batteries_end(run: Run, floors_s: Mapping[str, float]) -> Steps[None]:
    """Until one of them has no more than its floor; of one that is silent, by what it told last."""
    while not ups_at_floor(run, floors_s) and run.now < (at_s := silent_end_s(run, floors_s)):
        told = [
            run.ports.upses[name].until(when.runtime_below(floor_s))
            for name, floor_s in floors_s.items()
            if not is_back(run, run.site.upses[name])
        ]
        yield from run.wait(run.news(), *told, by_s=None if at_s == inf else at_s)


def silent_end_s(run: Run, floors_s: Mapping[str, float]) -> float:
    """When the first of those that are silent is at its floor, if it has drained since it was heard last."""
    return min(run_out_s(run, name) - floor_s for name, floor_s in floors_s.items())


def run_out_s(run: Run, name: str) -> float:
    """One that answers says so itself; one whose feed has mains does not drain; of the rest less is known."""
    seen = run.ports.upses[name].seen()
    if not is_lost(seen) or is_back(run, run.site.upses[name]):
        return inf
    told_s = None if seen.status is None else seen.status.runtime_s
    return run.now if told_s is None else seen.at_s + told_s
