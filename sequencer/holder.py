"""Waiting while another node holds the cluster's group; loudly, when nothing is heard of its commanding."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.handover import leaves_it
from sequencer.on_unheard import gives_power
from sequencer.ports import PeerPort, Steps
from sequencer.power_off import note_seen_off
from sequencer.run import OUTAGE, Run
from sequencer.standing import cluster_holder, hears_nobody, is_down, says_it_commands, until_left_behind
from sequencer.watch import note_new


def held_by(run: Run, holder: str) -> Steps[None]:
    """Until the group has moved. Nobody follows who holds it (S13), whether its service is at work or not.

    A service that hangs commands nobody, nor does one whose own cluster tells it that another holds the group
    (C4, C7). Somebody has to look after it before the mains fail. If its node is down when nobody has, and as
    long after too, the group has moved, and only the cluster's service here does not know. And if it says all
    the while that it commands nobody, that is so: else nobody would, until the batteries are empty (L2).
    """
    moves, cluster = when.not_held_by(holder), run.ports.cluster
    told = was_down = was_idle = False
    run.cluster.outlived = run.cluster.disowned = ""
    text = f"{holder} holds {run.site.cluster.name}, and is not heard to command; nobody else may"
    while (peer := run.ports.peers.get(holder)) is not None and holds(run, holder):
        if says_it_commands(peer):
            told = was_down = was_idle = False
            run.alarm_is_over(holder, text, "L5")
            yield from run.wait(cluster.until(moves), peer.until(when.PEER_IS_IDLE))
        yield from run.race(stays_silent(run, holder, peer), write_down_what_we_see(run))
        if holds(run, holder) and not says_it_commands(peer):
            run.alarm(holder, text, "L5")
            run.cluster.unled = True
            run.announce(run.site.name)
            if was_down and is_down(run, holder) and nobody_else_may(run, holder):
                run.cluster.outlived = holder
            if was_idle and peer.seen().fresh and nobody_else_may(run, holder):
                run.cluster.disowned = holder
            told, was_down, was_idle = True, told and is_down(run, holder), peer.seen().fresh
    if holds(run, holder):
        yield from run.wait(cluster.until(moves))
    run.alarm_is_over(holder, text, "L5")  # should it hold the group again, and not command, that is news


def nobody_else_may(run: Run, holder: str) -> bool:
    """The cluster still says so, and every other node is heard to command nobody, or is proven to be down.

    Where nobody answers, no word that its power is off proves anything of a holder who came later (N1, S13).
    """
    if hears_nobody(run) or not run.ports.cluster.seen().fresh:
        return False
    return all(
        is_down(run, name) or (peer.seen().fresh and not says_it_commands(peer))
        for name, peer in run.ports.peers.items()
        if name != holder
    )


def stays_silent(run: Run, holder: str, peer: PeerPort) -> Steps[None]:
    """Until it commands, or the group has moved; or for as long as it may be away without an alarm."""
    moves, by_s = when.not_held_by(holder), run.now + run.site.start.peer_limit_s
    while holds(run, holder) and not says_it_commands(peer) and run.now < by_s:
        comes, goes = peer.until(when.PEER_COMMANDS), until_left_behind(run, holder)
        moved = run.ports.cluster.until(moves)
        yield from run.wait(moved, comes, *leaves_it(run, holder), *goes, by_s=by_s)


def write_down_what_we_see(run: Run) -> Steps[None]:
    """Never returns. A commander that begins anew hears nothing more of a UPS that fell meanwhile.

    Its card has no power then, nor has whoever could tell. Whoever has watched it fall tells by his journal;
    without that the next life would wait for everybody on it up to his limit, while the arrays' batteries
    run out. And it would time anew every outage that has lasted long enough already (S18).
    """
    polling = run.site.polling
    while True:
        on, doubtful = [], False
        for ups in run.site.upses.values():
            status = run.ports.upses[ups.name].seen().status
            if status is None or status.output_on:
                on.append(run.ports.upses[ups.name].until(when.OUTPUT_OFF))
            elif gives_power(run, ups):  # a hand has pressed its button; or it fell only just now
                doubtful = True
            else:
                yield from note_seen_off(run, ups)
        if run.facts.down:
            yield from note_new(run)
        again_s = run.now + polling.stale_after_s(polling.on_line_s)
        yield from run.wait(*on, run.news(OUTAGE), by_s=again_s if doubtful else None)


def holds(run: Run, node: str) -> bool:
    """As far as this node was told last, and unless it leaves the command to us (C5)."""
    return cluster_holder(run) == node
