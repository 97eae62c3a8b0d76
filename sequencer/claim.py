"""Who commands: when this node takes the command, to whom it leaves it, and when it lets it go (S13)."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import handover
from sequencer.holder import held_by
from sequencer.ports import PeerPort, Steps
from sequencer.run import Run
from sequencer.standing import (
    cluster_holder,
    disowns_it,
    feeds,
    hears_nobody,
    is_down,
    may_have_missed_that,
    missed_that,
    named_last,
    says_it_commands,
    somebody_answers,
    was_up,
)


def becomes_commander(run: Run) -> Steps[None]:
    """The holder of the cluster group; without a cluster the lowest-numbered node that is up.

    Whoever commanded last, as far as this life knows, is followed only when it lets go or is proven
    to be down: it may go on with what it was at (S13).
    """
    cluster = run.ports.cluster
    last, run.follower = run.follower, ""
    took_it = last
    while True:
        handover.take_it_back(run)
        holder = cluster_holder(run)
        last = commanded_last(run, last) or run.heir
        if (other := goes_by_another_file(run)) is not None:
            idle = not says_it_commands(other)
            changes = other.until(when.PEER_COMMANDS if idle else when.PEER_IS_IDLE)
            moves = handover.word_comes(run) if holder is None else [cluster.until(when.not_held_by(holder))]
            yield from run.wait(other.until(when.PEER_IS_ALIKE), changes, *moves)
            continue
        if name := handover.heir(run):
            yield from handover.left_to(run, name)
            continue
        if holder == run.me and took_it:
            yield from heard_anew(run, took_it)
            took_it = ""
            continue
        if holder == run.me:
            if (yield from others_let_go(run)):
                return
            continue
        if holder is not None:
            yield from held_by(run, holder)
            continue
        rival = next((name for name in run.ports.peers if outranks(run, name, last)), None)
        if (rival is None or (yield from rival_stays_away(run, rival, last))) and (
            yield from claim(run, last)
        ):
            return


def commanded_last(run: Run, before: str) -> str:
    """Who holds the group, or says that he commands; else who did so before, unless he says he does not."""
    if (holder := cluster_holder(run)) is not None:
        return holder
    for name, peer in run.ports.peers.items():
        if says_it_commands(peer):
            return name
    return "" if before in run.ports.peers and run.ports.peers[before].seen().fresh else before


def heard_anew(run: Run, name: str) -> Steps[None]:
    """He took the command after us: what he had said before that does not count, and while he does not answer
    it is left to him up to `peer_limit_s`. Two that are both told that they hold the group would else take it
    from each other as fast as their rows travel; so they do it once in that time (C4, N3)."""
    port = run.ports.peers[name]
    yield from run.all_of(port.look())
    if not port.seen().fresh:
        moves = run.ports.cluster.until(when.not_held_by(run.me))
        yield from run.wait(port.until(when.PEER_ANSWERS), moves, by_s=run.now + run.site.start.peer_limit_s)


def others_let_go(run: Run) -> Steps[bool]:
    """Whether no peer says that it commands, though we hold the group: one of us does not know yet (C4)."""
    rival = next((port for port in run.ports.peers.values() if says_it_commands(port)), None)
    if rival is None:
        return True
    yield from run.wait(rival.until(when.PEER_IS_IDLE), run.ports.cluster.until(when.not_held_by(run.me)))
    return False


def goes_by_another_file(run: Run) -> PeerPort | None:
    """A peer with another site file than ours that comes before us: then we must not command (C9).

    Two files make two plans. Whoever commands already goes on; else the cluster's word counts, and
    without a cluster the lower number.
    """
    nodes = run.site.cluster.nodes
    holder = cluster_holder(run)
    for name, port in run.ports.peers.items():
        seen = port.seen()
        if not seen.fresh or seen.status is None or seen.status.alike:
            continue
        run.alarm(run.me, f"{name} goes by another site file than {run.me}; copy one to the other", "C9")
        lower = holder is None and nodes.index(name) < nodes.index(run.me)
        if seen.status.commands or holder == name or lower:
            return port
    return None


def claim(run: Run, last: str = "") -> Steps[bool]:
    """Say so first, then look: of two nodes that do so at once, one sees the other's claim (S13).

    The lower-numbered keeps its claim and waits until the other has let go; the other lets go.
    """
    run.stand(claims=True)
    peers = run.ports.peers
    nodes = run.site.cluster.nodes
    while True:
        machines = [run.ports.servers[name].look() for name in peers]
        yield from run.all_of(*machines, *(port.look() for port in peers.values()))
        rival = next((name for name, port in peers.items() if says_it_commands(port)), None)
        if rival is None and not any(outranks(run, name, last) for name in peers):
            return True
        if rival is None or nodes.index(rival) < nodes.index(run.me) or cluster_holder(run) is not None:
            run.stand()
            return False
        yield from run.wait(peers[rival].until(when.PEER_IS_IDLE), *handover.word_comes(run))


def outranks(run: Run, peer: str, last: str) -> bool:
    """A peer that commands already; a lower-numbered one that answers, or has only just fallen silent.

    One that is silent longer only if it may be at work: it commanded last, or is lower and was seen up, or
    nobody answers us at all.
    """
    seen = run.ports.peers[peer].seen()
    if says_it_commands(run.ports.peers[peer]):
        return True
    nodes = run.site.cluster.nodes
    lower = nodes.index(peer) < nodes.index(run.me)
    if (
        lower
        and not (handover.is_left_to_us(run, peer) or disowns_it(run, peer))
        and (seen.fresh or run.now < silent_until_s(run, peer))
    ):
        return True
    if seen.fresh or is_down(run, peer):
        return False
    return peer == last or (lower and was_up(run, peer)) or hears_nobody(run)


def silent_until_s(run: Run, peer: str) -> float:
    return max(run.ports.peers[peer].seen().at_s, run.born_s) + run.site.start.peer_limit_s


def rival_stays_away(run: Run, name: str, last: str) -> Steps[bool]:
    """Whether the rival was silent up to its limit while no cluster came up, and is not at work (S13)."""
    rival = run.ports.peers[name]
    seen = rival.seen()
    if seen.fresh:
        # It is there. Wait until it goes, or the cluster decides.
        idle = seen.status is not None and not seen.status.commands
        other = rival.until(when.PEER_COMMANDS if idle else when.PEER_IS_IDLE)
        yield from run.wait(*handover.word_comes(run), other, *handover.leaves_it(run, name))
        return False
    limits = *handover.word_comes(run), rival.until(when.PEER_COMMANDS)
    answer = yield from run.wait(*limits, by_s=silent_until_s(run, name))
    if answer is not None or rival.seen().fresh:
        return False
    yield from run.ports.servers[name].look()
    if not outranks(run, name, last):
        return True
    text = f"{name} is silent, and nothing proves that it is down; {run.me} commands nobody until it is"
    run.alarm(name, text, "L5")
    run.cluster.unled = True
    run.announce(run.site.name)
    down = run.ports.servers[name].until(when.OUT_OF_WORK)
    upses = [run.ports.upses[ups] for ups in run.site.servers[name].upses]
    unfed = [port.until(when.OUTPUT_OFF) for port in upses if feeds(port)]
    heard = [rival.until(when.PEER_ANSWERS), *somebody_answers(run)]
    yield from run.wait(*handover.word_comes(run), *heard, down, *unfed)
    if rival.seen().fresh:
        run.alarm_is_over(name, text, "L5")
    return False


def loses_command(run: Run) -> Steps[None]:
    """Another node holds the cluster group; or none does, and another one commands (N2, C7).

    After a stall or a partition one of us has missed that the other took it: whoever hears of a later
    lease lets go, and takes the command anew if it is his by rank (S14).
    """
    cluster, named = run.ports.cluster, frozenset[str]()
    while (holder := cluster_holder(run)) in (run.me, None) and not run.superseded:
        if name := handover.heir(run):
            handover.leave_it_to(run, name)
            return
        later = [*(run.news(name) for name in run.ports.peers), *handover.an_heir_may_come(run)]
        if not run.by_word and handover.left_by(run) not in ("", run.me):
            run.by_word = True
            heed_who_missed_that(run, named)  # he may be down himself, and hears us no more when he is back
        run.by_word = run.by_word or holder == run.me
        if holder == run.me:
            named = named_last(run, named)
            moves = [cluster.until(when.not_held_by(run.me)), cluster.until(when.members_beside(named))]
            yield from run.wait(*moves, *later)
            if cluster_holder(run) != run.me:  # else only news of somebody
                heed_who_missed_that(run, named)
        elif any(says_it_commands(peer) for peer in run.ports.peers.values()):
            return
        else:
            rivals = [peer.until(when.PEER_COMMANDS) for peer in run.ports.peers.values()]
            yield from run.wait(*handover.word_comes(run), *rivals, *later)


def heed_who_missed_that(run: Run, named: frozenset[str]) -> None:
    """The word by which we command has gone, or was never given to us by name."""
    for name in may_have_missed_that(run, named):
        run.spawn(missed_that(run, name))
