"""Waiting while another node holds the cluster's group; loudly, when nothing is heard of its commanding."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.handover import leaves_it
from sequencer.ports import Steps
from sequencer.run import Run
from sequencer.standing import cluster_holder, says_it_commands, until_left_behind


def held_by(run: Run, holder: str) -> Steps[None]:
    """Until the group has moved. Nobody follows who holds it (S13), whether its service is at work or not.

    A service that hangs commands nobody, nor does one whose own cluster tells it that another holds the group
    (C4, C7). Somebody has to look after it before the mains fail.
    """
    moves, cluster = when.not_held_by(holder), run.ports.cluster
    while (peer := run.ports.peers.get(holder)) is not None and holds(run, holder):
        if says_it_commands(peer):
            yield from run.wait(cluster.until(moves), peer.until(when.PEER_IS_IDLE))
        by_s = run.now + run.site.start.peer_limit_s
        while holds(run, holder) and not says_it_commands(peer) and run.now < by_s:
            comes, goes = peer.until(when.PEER_COMMANDS), until_left_behind(run, holder)
            yield from run.wait(cluster.until(moves), comes, *leaves_it(run, holder), *goes, by_s=by_s)
        if holds(run, holder) and not says_it_commands(peer):
            text = f"{holder} holds {run.site.cluster.name}, and is not heard to command; nobody else may"
            run.alarm(holder, text, "L5")
    if holds(run, holder):
        yield from run.wait(cluster.until(moves))


def holds(run: Run, node: str) -> bool:
    """As far as this node was told last, and unless it leaves the command to us (C5)."""
    return cluster_holder(run) == node
