"""Nodes that would not come back if they were halted stay up, if need be until their batteries end (L3).

They crash then, and so may what their disks' caches hold. A person is told while there is still time to do
what we cannot: halt them, and press the button of the UPS whose card is dead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from sequencer import conditions as when
from sequencer.batteries import ups_at_floor
from sequencer.comes_back import (
    comes_back,
    in_the_way,
    is_kept_off,
    on_again_first,
    somebody_comes_back,
)
from sequencer.feeds import is_back
from sequencer.journal import Goal
from sequencer.ports import Steps
from sequencer.run import Run
from sequencer.site import Server
from sequencer.wants import wants
from sequencer.watch import is_lost

PERSON_S = 600.0
"""Until somebody who reads an alarm stands before a UPS."""


def stay_up(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """Until one of these would come back, and know whom to wake and start then."""
    awaited = to_come_back(run, nodes)
    while not any(comes_back(run, node) for node in awaited):
        stays = somebody_comes_back(run, awaited), tell_of_the_end(run, awaited)
        yield from run.race(*stays, another_remembers(run, nodes))
        awaited = to_come_back(run, nodes)
    yield from on_again_first(run, awaited)


def stay_up_if_untold(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """Once more, when the others are down or on their way, before we go: a card that answered when it was
    asked first may have fallen silent before it was told (N1, N6)."""
    if not any(falls(run, node) for node in to_come_back(run, nodes)):
        yield from stay_up(run, nodes)


def to_come_back(run: Run, nodes: Sequence[Server]) -> Sequence[Server]:
    """Who is wanted down stays off with its UPS, while another is to boot with the mains (S28). And who keeps
    nothing, or not our rows, would know of nothing then, and wake nobody, while another does (C5, C9). Where
    all others are off and stay so, he comes back alone, now or when his battery has ended (C12, P13).
    """
    nodes = [node for node in nodes if not wants(run, node.name, Goal.DOWN)] or nodes
    well = [node for node in nodes if remembers(run, node.name)]
    return nodes if all(is_kept_off(run, node) for node in well) else well


def remembers(run: Run, node: str) -> bool:
    """By its last word."""
    if node == run.me:
        return run.ports.journal.healthy
    status = run.ports.peers[node].seen().status
    return status is None or when.PEER_IS_WELL.met(status)


def another_remembers(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """Until the service of one of them, that was not to be relied on, has begun anew (C5)."""
    forgetful = [node.name for node in nodes if not remembers(run, node.name)]
    while not any(remembers(run, name) for name in forgetful):
        peers = (run.ports.peers[name] for name in forgetful if name != run.me)
        yield from run.wait(run.news(run.me), *(peer.until(when.PEER_IS_WELL) for peer in peers))


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
