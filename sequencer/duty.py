"""What a control node does from its boot to its end: remember, look, take the command, keep watch.

Every boot is a recovery boot; there is no clean start. The node that holds the cluster group
commands. While no cluster runs it is the lowest-numbered node that is up, its peer after a limit.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import handover
from sequencer.alone import stop_when_left_alone
from sequencer.asked import hear, hear_passed_on
from sequencer.asleep import before, hears_no_disk, heed_boots, wake_up, wake_up_late
from sequencer.foreign import heed_foreign_offs, heed_offs_beside
from sequencer.forgotten import open_again
from sequencer.goes_on import goes_on, lasts, nobody_is_to_stop, told_of
from sequencer.gone_as_wanted import heed_who_goes
from sequencer.holder import held_by
from sequencer.journal import LASTING, Goal, Kind
from sequencer.last_call import heed_countdowns
from sequencer.lost_power import heed_lost_power
from sequencer.otherwise import falling, is_to_stop_beside, other_stop, other_wants
from sequencer.ourselves import power_stays, watch_our_end
from sequencer.outage import outage
from sequencer.planned import planned
from sequencer.ports import PeerPort, Receipt, Steps
from sequencer.proof import is_up
from sequencer.restart import restart
from sequencer.run import OUTAGE, Run
from sequencer.schedule import look_back
from sequencer.standing import (
    cluster_holder,
    feeds,
    hears_nobody,
    heed_who_lets_us,
    is_down,
    missed_that,
    nodes_down,
    says_it_commands,
    somebody_answers,
    was_up,
)
from sequencer.standstill import bring_back, note_disks
from sequencer.systems import forget_use
from sequencer.turn import leave_behind, left_unseen, turned
from sequencer.wants import control_stop, incident_scope, wants
from sequencer.watch import is_left, note_confirmed, note_new, watch


def duty(run: Run) -> Steps[None]:
    """Never returns; the life ends with its node."""
    run.wall_ahead_s = run.wall_s() - run.now
    rows = yield from run.ports.journal.rows()
    run.learn(*rows)
    past = before(run)
    yield from run.race(first_look(run), run.pause(run.site.start.first_look_limit_s))
    for ups in run.site.upses.values():
        run.spawn(watch(run, ups))
    unseen = hears_no_disk(run)
    yield from wake_up(run, past)
    run.spawn(open_again(run))
    for peer in run.ports.peers.values():
        run.spawn(share(run, peer))
    run.spawn(wake_up_late(run))
    run.spawn(watch_our_end(run))
    run.spawn(stop_when_left_alone(run))
    run.spawn(hear(run))
    run.spawn(hear_passed_on(run))
    while True:
        yield from becomes_commander(run)
        if unseen:
            yield from wake_up(run, past)
            unseen = False
        yield from run.commit(Kind.LEASE, run.me)
        run.stand(commands=True)
        run.tell("lease.taken", run.site.name)
        yield from run.race(command(run), loses_command(run))
        run.stand()
        run.announce(run.site.name)
        run.tell("lease.lost", run.site.name)


def share(run: Run, peer: PeerPort) -> Steps[None]:
    """Whenever the peer comes up, tell it what it missed of the last incident. Never returns."""
    while True:
        yield from run.wait(peer.until(when.PEER_ANSWERS))
        if not peer.seen().fresh:
            continue
        rows = yield from run.ports.journal.rows()
        told = (row for row in rows if row.epoch == run.facts.epoch or row.kind in LASTING)
        peer.copy(*(row for row in told if row.kind is not Kind.ASKED))
        while peer.seen().fresh:
            yield from run.wait(peer.until(when.PEER_IS_GONE))


def first_look(run: Run) -> Steps[None]:
    """A fresh view of every UPS, the peers and the cluster, and what the peers know, before any decision."""
    ports = run.ports
    upses = [port.look() for port in ports.upses.values()]
    peers = [port.look() for port in ports.peers.values()]
    known = [port.fetch() for port in ports.peers.values()]
    yield from run.all_of(*upses, *peers, *known, ports.cluster.look())
    if all(isinstance(answer.value, Receipt) and answer.value.ok for answer in known):
        run.cluster.told_all_s = run.now


def command(run: Run) -> Steps[None]:
    """What the commander does: wait for an outage, bring down, bring up, wait for the next one."""
    yield from look_back(run)
    heed_who_lets_us(run)
    run.spawn(heed_countdowns(run))
    run.spawn(heed_boots(run))
    yield from heed_who_goes(run)
    run.cluster.entered = NONE_YET
    if not (yield from still_goes_down(run)):
        yield from power_stays(run)
        if run.facts.down:
            yield from run.commit(Kind.TURNED, run.site.name)
    run.spawn(handover.tell_if_alone(run))
    if run.facts.open and not run.facts.down:
        yield from left_unseen(run)
    while True:
        if not run.facts.open:
            called = run.until(lambda: is_called(run))
            heeds = heed_foreign_offs(run), heed_lost_power(run)
            yield from run.race(planned(run), called, bring_back(run), *heeds)
            if not run.facts.open:
                yield from declare(run)
        elif (yield from goes_down(run)):
            yield from note_new(run)
            run.scope = incident_scope(run) | falling(run)
            ended = yield from run.race(outage(run), turned(run), other_stop(run), *heed_offs_beside(run))
            if ended != WANTED_OTHERWISE or (nobody_is_to_stop(run) and not (yield from goes_on(run))):
                yield from run.commit(Kind.TURNED, run.site.name)
                leave_behind(run)
        else:
            run.settled.clear()
            run.powered.clear()
            run.held_up.clear()
            note_disks(run)
            goes_out = run.until(lambda: newly_confirmed(run), OUTAGE)
            ended = yield from run.race(restart(run), goes_out, other_wants(run), heed_foreign_offs(run))
            if ended == OUT_AGAIN or is_to_stop_beside(run):
                yield from declare(run)


NONE_YET = -1


def goes_down(run: Run) -> Steps[bool]:
    """If not, that is written down: another node has told of an incident, and what had caused it is over."""
    if run.facts.down and run.cluster.entered != run.facts.epoch:
        yield from told_of(run)
    if run.facts.down and not (yield from still_goes_down(run)):
        yield from run.commit(Kind.TURNED, run.site.name)
    return run.facts.down


def still_goes_down(run: Run) -> Steps[bool]:
    """The open incident; what another life has declared may be an old story, and is looked at once."""
    if not run.facts.down or run.cluster.entered == run.facts.epoch:
        return run.facts.down
    run.cluster.entered = run.facts.epoch
    return (yield from lasts(run))


WANTED_OTHERWISE = 2
"""Place of the page that won on the way down,"""

OUT_AGAIN = 1
"""and on the way up."""


def is_called(run: Run) -> bool:
    """An outage, a stop of the whole control side, or an incident that the peer has opened."""
    opened = run.facts.open and not run.cluster.brought_back
    return newly_confirmed(run) or opened or bool(control_stop(run))


def newly_confirmed(run: Run) -> bool:
    return any(view.confirmed and not is_left(run, name) for name, view in run.mains.items())


def declare(run: Run) -> Steps[None]:
    """An outage counts from here on: durable, with what was running, before anything is stopped."""
    site = run.site
    opened = not run.facts.open
    linked = [s for s in site.linked_servers if not wants(run, s.name, Goal.DOWN)]
    running = [s.name for s in linked if is_up(run, s.name)]
    if opened:
        yield from run.all_of(*(run.ports.servers[s.name].look() for s in linked))
        running = [s.name for s in linked if is_up(run, s.name)]
    causes = sorted(name for name, view in run.mains.items() if view.confirmed)
    stop = control_stop(run)
    # A second outage in the middle of the way up must not forget what the first one stopped.
    running, down = sorted(run.facts.was_running.union(running)), nodes_down(run)
    yield from run.commit(Kind.DECLARED, site.name, was_running=running, **({"stop": stop} if stop else {}))
    run.cluster.entered = run.facts.epoch
    run.say_anew()
    run.asked_to_stop.clear()
    run.on_their_way.clear()
    run.given_up.clear()
    run.settled.clear()
    forget_use(run)
    run.off_beside.clear()
    run.ready_since.clear()
    for name in causes:
        yield from note_confirmed(run, name)
    for name in down:
        yield from run.commit(Kind.SEEN_DOWN, name)
    if stop and linked_goes_on(run):
        names = ", ".join(linked_goes_on(run))
        text = f"{site.cluster.name} stops, and nobody watches over the power of {names} until it is back"
        run.alarm(site.cluster.name, text, "R10-02")
    if opened:
        run.tell("incident.opened", site.name, cause=", ".join(causes) or stop, epoch=run.facts.epoch)


def linked_goes_on(run: Run) -> list[str]:
    """Linked servers that run and that nobody wants down."""
    linked = [s.name for s in run.site.linked_servers if not wants(run, s.name, Goal.DOWN)]
    return [name for name in linked if is_up(run, name)]


# Who commands


def becomes_commander(run: Run) -> Steps[None]:
    """The holder of the cluster group; without a cluster the lowest-numbered node that is up.

    Whoever commanded last, as far as this life knows, is followed only when it lets go or is proven
    to be down: it may go on with what it was at (S13).
    """
    cluster = run.ports.cluster
    last, run.follower = run.follower, ""
    while True:
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
        and not handover.is_left_to_us(run, peer)
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
    cluster = run.ports.cluster
    while (holder := cluster_holder(run)) in (run.me, None) and not run.superseded:
        if name := handover.heir(run):
            handover.leave_it_to(run, name)
            return
        later = [*(run.news(name) for name in run.ports.peers), *handover.an_heir_may_come(run)]
        run.by_word = run.by_word or holder == run.me or handover.left_by(run) not in ("", run.me)
        if holder == run.me:
            yield from run.wait(cluster.until(when.not_held_by(run.me)), *later)
            peers = () if cluster_holder(run) == run.me else run.ports.peers  # only news of somebody
            for name in (n for n in peers if is_down(run, n)):
                run.spawn(missed_that(run, name))
        elif any(says_it_commands(peer) for peer in run.ports.peers.values()):
            return
        else:
            rivals = [peer.until(when.PEER_COMMANDS) for peer in run.ports.peers.values()]
            yield from run.wait(*handover.word_comes(run), *rivals, *later)
