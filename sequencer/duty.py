"""What a control node does from its boot to its end: remember, look, take the command, keep watch.

Every boot is a recovery boot; there is no clean start. The node that holds the cluster group
commands. While no cluster runs it is the lowest-numbered node that is up, its peer after a limit.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import handover
from sequencer.alone import stop_when_left_alone
from sequencer.asked import hear, hear_passed_on
from sequencer.asleep import hears_no_disk, heed_boots, note_our_return, wake_up, wake_up_late
from sequencer.beside import beside, look_beside
from sequencer.claim import becomes_commander, loses_command
from sequencer.feeds import is_back
from sequencer.foreign import heed_foreign_offs, heed_offs_beside
from sequencer.forgotten import open_again
from sequencer.goes_on import goes_on, lasts, nobody_is_to_stop, told_of
from sequencer.gone_as_wanted import heed_who_goes
from sequencer.journal import LASTING, Goal, Kind
from sequencer.last_call import heed_countdowns
from sequencer.left_behind import leave_behind, left_unseen
from sequencer.left_to_force import given_up_anew
from sequencer.lost_power import heed_lost_power, went_unheard
from sequencer.otherwise import falling, is_to_stop_beside, other_stop, other_wants
from sequencer.ourselves import power_stays, watch_our_end
from sequencer.outage import outage
from sequencer.planned import planned
from sequencer.ports import Answer, PeerPort, Receipt, Steps
from sequencer.proof import is_up
from sequencer.restart import restart
from sequencer.run import OUTAGE, Run
from sequencer.schedule import look_back
from sequencer.scope import Scope
from sequencer.slept import before
from sequencer.standing import heed_who_lets_us, nodes_down
from sequencer.standstill import bring_back, note_disks
from sequencer.turn import turned
from sequencer.wants import control_stop, incident_scope, wants
from sequencer.watch import note_confirmed, note_new, watch


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
    yield from note_our_return(run, past)
    run.spawn(open_again(run))
    for peer in run.ports.peers.values():
        run.spawn(share(run, peer))
    run.spawn(wake_up_late(run, past))
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
        run.cluster.led_since_s = run.now
        run.tell("lease.taken", run.site.name)
        yield from run.race(command(run), loses_command(run))
        run.stand()
        if run.facts.open:  # who commands now brings them back
            run.pages.stopped.clear()
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
    cluster = ports.cluster.look()
    if wants(run, run.me, Goal.DOWN):
        run.spawn(note_down_as_told(run, known))
    yield from run.all_of(*upses, *peers, *known, cluster)
    if all(map(told_all, known)):
        run.cluster.told_all_s = run.now


def told_all(fetched: Answer[Receipt]) -> bool:
    return isinstance(fetched.value, Receipt) and fetched.value.ok


def note_down_as_told(run: Run, known: list[Answer[Receipt]]) -> Steps[None]:
    """Whoever else was up at our boot has told all, and nobody wants us up yet; or nobody was up."""
    others = [run.ports.servers[name] for name in run.ports.peers]
    yield from run.all_of(*(port.look() for port in others))
    seen = [port.seen() for port in others]
    if not all(s.fresh and s.status is not None and when.OUT_OF_WORK.met(s.status) for s in seen):
        yield from run.all_of(*known)
        if not (all(map(told_all, known)) and wants(run, run.me, Goal.DOWN)):
            return
    run.cluster.down_as_told = True


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
            yield from until_called(run)
            if not run.facts.open:
                yield from declare(run)
        elif (yield from goes_down(run)):
            yield from note_new(run)
            yield from look_beside(run, run.facts.confirmed, beside(run.site))
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
    forget_another(run)
    if run.facts.down and run.cluster.entered != run.facts.epoch:
        yield from told_of(run)
    if run.facts.down and not (yield from still_goes_down(run)):
        yield from run.commit(Kind.TURNED, run.site.name)
    return run.facts.down


def forget_another(run: Run) -> None:
    """Whom this life has given up, or seen off, in an incident before this one: others have commanded since,
    and what was off then may be on (S5, U15)."""
    if run.cluster.of_epoch not in (NONE_YET, run.facts.epoch):
        forget_pages(run)
    run.cluster.of_epoch = run.facts.epoch


def forget_pages(run: Run) -> None:
    """What they remember of one incident says nothing of the next."""
    run.asked_to_stop.clear()
    run.on_their_way.clear()
    run.pages.stopped.clear()
    given_up_anew(run)
    run.settled.clear()
    run.used_again.clear()
    run.off_beside.clear()
    run.ready_since.clear()


def still_goes_down(run: Run) -> Steps[bool]:
    """The open incident; what another life has declared may be an old story, and is looked at once."""
    if not run.facts.down or run.cluster.entered == run.facts.epoch:
        return run.facts.down
    run.cluster.entered = run.facts.epoch
    return (yield from lasts(run))


def until_called(run: Run) -> Steps[None]:
    """In no incident. At once where another node had closed one long before, and we have stopped somebody for
    it until we heard so: nobody else wanted them down, and the next one brings them back (L1, S28). Whom the
    last one had concerned is not to go down any more (S9)."""
    run.scope = Scope()
    if not run.pages.stopped:
        called = run.until(lambda: is_called(run))
        heeds = heed_foreign_offs(run), heed_lost_power(run)
        yield from run.race(planned(run), called, bring_back(run), *heeds)


WANTED_OTHERWISE = 2
"""Place of the page that won on the way down,"""

OUT_AGAIN = 1
"""and on the way up."""


def is_called(run: Run) -> bool:
    """An outage, a stop of the whole control side, or an incident that the peer has opened."""
    opened = run.facts.open and not run.cluster.brought_back
    return newly_confirmed(run) or opened or bool(control_stop(run))


def newly_confirmed(run: Run) -> bool:
    return any(not run.mains[name].left for name in out_yet(run))


def out_yet(run: Run) -> list[str]:
    """Whose outage counts, and whose mains are not back, as others of the feed may tell by now."""
    confirmed = (name for name, view in run.mains.items() if view.confirmed)
    return [name for name in confirmed if not is_back(run, run.site.upses[name])]


def declare(run: Run) -> Steps[None]:
    """An outage counts from here on: durable, with what was running, before anything is stopped."""
    site = run.site
    opened = not run.facts.open
    linked = [s for s in site.linked_servers if not wants(run, s.name, Goal.DOWN)]
    running = [s.name for s in linked if is_up(run, s.name)]
    if opened:
        yield from run.all_of(*(run.ports.servers[s.name].look() for s in linked))
        stopped = run.pages.stopped
        running = [s.name for s in linked if is_up(run, s.name) or went_unheard(run, s) or s.name in stopped]
    causes = sorted(out_yet(run))
    stop = control_stop(run)
    # A second outage in the middle of the way up must not forget what the first one stopped.
    running, down = sorted(run.facts.was_running.union(running)), nodes_down(run)
    yield from run.commit(Kind.DECLARED, site.name, was_running=running, **({"stop": stop} if stop else {}))
    if opened:  # at once: by a broken journal another one goes on with it from here, who does not say so (C5)
        run.tell("incident.opened", site.name, cause=", ".join(causes) or stop, epoch=run.facts.epoch)
    run.cluster.entered = run.cluster.of_epoch = run.facts.epoch
    run.say_anew()
    forget_pages(run)
    for name in causes:
        yield from note_confirmed(run, name)
    for name in down:
        yield from run.commit(Kind.SEEN_DOWN, name)
    if stop and linked_goes_on(run):
        names = ", ".join(linked_goes_on(run))
        text = f"{site.cluster.name} stops, and nobody watches over the power of {names} until it is back"
        run.alarm(site.cluster.name, text, "R10-02")


def linked_goes_on(run: Run) -> list[str]:
    """Linked servers that run and that nobody wants down."""
    linked = [s.name for s in run.site.linked_servers if not wants(run, s.name, Goal.DOWN)]
    return [name for name in linked if is_up(run, name)]
