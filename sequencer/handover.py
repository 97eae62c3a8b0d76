"""A commander whose journal is broken leaves the command to a node whose journal is well (C5, S13, S30).

He says that he no longer commands, and that what he writes is not kept; then the other one takes it, as
from anybody who lets go. While such a one holds the cluster's group, its word makes nobody commander.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sequencer import conditions as when
from sequencer.ports import Answer, Os, PeerPort, PeerStatus, Seen, ServerStatus, Steps
from sequencer.standing import (
    cluster_holder,
    disowns_it,
    group_holder,
    has_left_it,
    says_it_commands,
    until_back,
)

if TYPE_CHECKING:
    from simpy import Event

    from sequencer.run import Run


def heir(run: Run) -> str:
    """Who is to command in our place; '': our journal is well, or nobody else can.

    Whoever is on his way down brings it to its end: nothing is left then that another could do better.
    """
    if run.ports.journal.healthy or run.me in run.asked_to_stop:
        return ""
    return next((name for name in run.site.cluster.nodes if name != run.me and can_take_it(run, name)), "")


def can_take_it(run: Run, name: str) -> bool:
    """It answers, its journal is well, it goes by our site file, and it stays."""
    if name in run.declined or name in run.asked_to_stop or not is_well(run.ports.peers[name]):
        return False
    machine = run.ports.servers[name].seen()
    return not machine.fresh or machine.status is None or machine.status.os is Os.UP


def is_well(peer: PeerPort) -> bool:
    seen = peer.seen()
    return seen.fresh and seen.status is not None and when.PEER_IS_WELL.met(seen.status)


def leave_it_to(run: Run, name: str) -> None:
    """From here on the cluster's word does not count for us, until its group comes to us anew."""
    run.heir, run.left_s = name, run.now
    run.alarm(run.me, f"the journal of {run.me} is broken; {name} is to take the command", "S30")


def left_to(run: Run, name: str) -> Steps[None]:
    """While it commands, or may still take it; one that does not in time is not asked again in this life.

    It may hear less of us than we of it. Then we go on ourselves: shutdowns and flushes are better than none.
    """
    leave_it_to(run, name)
    port = run.ports.peers[name]
    by_s = run.now + run.site.start.peer_limit_s
    while heir(run) == name:
        if says_it_commands(port):
            yield from run.wait(port.until(when.PEER_IS_IDLE), port.until(when.PEER_LOSES_IT))
            by_s = run.now + run.site.start.peer_limit_s
        elif run.now < by_s:
            yield from run.wait(port.until(when.PEER_COMMANDS), port.until(when.PEER_LOSES_IT), by_s=by_s)
        else:
            yield from port.look()
            if not says_it_commands(port):
                run.declined.add(name)
                run.heir = ""
                run.alarm(
                    run.me, f"{name} does not take the command; {run.me} goes on without a journal", "S30"
                )
                return


def take_it_back(run: Run) -> None:
    """Whom we left the command to has not taken it, and says that his journal is broken, too: he leaves it to
    whom the cluster means, and that is us again, or nobody would command (C5, L2)."""
    peer = run.ports.peers.get(run.heir)
    status = None if peer is None or not peer.seen().fresh else peer.seen().status
    if status is not None and when.PEER_LEAVES_IT.met(status):
        run.heir = ""


def an_heir_may_come(run: Run) -> list[Answer[Seen[PeerStatus]] | Answer[Seen[ServerStatus]]]:
    """We command with a broken journal: until another one is well, or up. (That ours breaks is announced.)"""
    if run.ports.journal.healthy:
        return []
    peers, servers = run.ports.peers, run.ports.servers
    unwell = [port.until(when.PEER_IS_WELL) for port in peers.values() if not is_well(port)]
    down = [name for name, port in peers.items() if is_well(port) and not can_take_it(run, name)]
    return [*unwell, *(servers[name].until(when.UP) for name in down if not is_seen_up(run, name))]


def tell_if_alone(run: Run) -> Steps[None]:
    """Whoever commands with a broken journal and finds nobody to leave it to, though others may yet boot."""
    yield from run.until(lambda: not run.ports.journal.healthy, next(iter(run.ports.peers), run.me))
    yield from run.pause(run.site.start.peer_limit_s)
    text = f"the journal of {run.me} is broken, and nobody else can command: nothing is started"
    run.alarm(run.me, text, "C5")


def is_seen_up(run: Run, name: str) -> bool:
    machine = run.ports.servers[name].seen()
    return machine.fresh and machine.status is not None and machine.status.os is Os.UP


# What the others see


def is_left_to_us(run: Run, name: str) -> bool:
    """It says that it does not command, since its journal is broken, and ours is well."""
    seen = run.ports.peers[name].seen()
    return run.ports.journal.healthy and seen.fresh and has_left_it(run, name)


def leaves_it(run: Run, *names: str) -> list[Answer[Seen[PeerStatus]]]:
    """Until one of these leaves the command to somebody else; that is not for us if our journal is broken."""
    if not run.ports.journal.healthy:
        return []
    return [run.ports.peers[name].until(when.PEER_LEAVES_IT) for name in names if name in run.ports.peers]


def left_by(run: Run) -> str:
    """Who holds the cluster's group and has left the command, or is down; '': nobody."""
    holder = group_holder(run)
    return "" if holder is None or cluster_holder(run) == holder else holder


def word_comes(run: Run) -> list[Event]:
    """While the cluster's word makes nobody commander: until it does."""
    holder = left_by(run)
    if not holder:
        return [run.ports.cluster.until(when.HELD)]
    moves = run.ports.cluster.until(when.held_beside(holder))
    if holder == run.me:
        return [moves]
    if disowns_it(run, holder):
        return [moves, run.ports.peers[holder].until(when.PEER_IS_GONE)]
    if not has_left_it(run, holder):
        return [moves, *until_back(run, holder)]
    return [moves, run.ports.peers[holder].until(when.PEER_KEEPS)]
