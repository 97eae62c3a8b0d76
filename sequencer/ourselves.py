"""A node's own end: whoever brings it about, it is noted, and nobody waits for ever until it is over."""

from __future__ import annotations

from functools import partial

from sequencer import conditions as when
from sequencer import guards
from sequencer.adopt import began_later
from sequencer.comes_again import comes_again
from sequencer.comes_back import answer
from sequencer.disks_fall import go_before_our_disks
from sequencer.force import force_before_the_cut, force_before_we_go, force_off
from sequencer.journal import WANTS, Goal, Kind, Want
from sequencer.left_to_force import about_to_fall, left_to_be_forced, linked_side
from sequencer.ports import Condition, Os, PeerPort, Steps, UpsStatus
from sequencer.power_falls import count_down, is_about_to_fall, power_under, was_told_by_us
from sequencer.proof import falls_at_s, halted, mains_back, runs
from sequencer.reboots import cluster_restarts, note_reached, note_restarted
from sequencer.run import Run
from sequencer.site import Server
from sequencer.standing import is_down, nodes_go_by_two_files, staying
from sequencer.step import RETRY_S
from sequencer.task import Task
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.wants import still_wants


def watch_our_end(run: Run) -> Steps[None]:
    """Never returns. One that boots onto power that is about to fall goes down again."""
    me = run.site.servers[run.me]
    port = run.ports.servers[run.me]
    asked = is_about_to_fall(run, me)
    if asked:
        text = f"{run.me} has booted onto power that is about to fall, and goes down again"
        run.alarm(run.me, text, "S1")
        yield from run.command(run.me, "shutdown", port.shut_down, lambda: None)
    else:
        asked = yield from go_before_our_disks(run)
    while True:
        yield from we_go_down(run, asked)
        tell_who_is_left(run)
        forces = [run.spawn(force_who_is_left(run)), run.spawn(force_ourselves(run))]
        yield from noted_until_up(run)
        for page in forces:
            page.close()
        asked = False


def we_go_down(run: Run, asked: bool) -> Steps[None]:
    """Until we are on our way down: by anybody's word, or because somebody has told our UPSes to go (C12).

    A node may always stop itself (S13), and another one commands then. In an outage it does so last (S5).
    `asked`: it has been told just now.
    """
    me, port = run.site.servers[run.me], run.ports.servers[run.me]
    forces: Task | None = None
    while not guards.is_seen(port.seen(), Os.SHUTTING_DOWN):
        if asked:
            yield from run.wait(port.until(when.STOPPING), by_s=run.now + RETRY_S)
            asked = False
        elif (by_another := told_by_another(run, me) and not run.facts.down) or is_left_on_it(run, me):
            taken = yield from go_down_with_it(run, by_another=by_another)
            if not taken and (forces is None or forces.over):
                forces = run.spawn(force_before_our_power_falls(run))
            asked = True
        else:
            turns = (run.ports.upses[u].until(turn) for u in me.upses for turn in turns_of(run, u))
            told = bool(count_down(run, me.upses))
            left = [run.news_when(partial(nobody_tells_us, run, me, run.commands))] if told else []
            gone = [peer.until(when.PEER_IS_GONE) for peer in peers_heard(run)] if told else []
            yield from run.wait(port.until(when.STOPPING), *left, *gone, *turns)
    if forces is not None:
        forces.close()


def nobody_tells_us(run: Run, me: Server, commanded: bool) -> bool:
    """Who told it tells us no more, for we command since; or we do, and are left on it (S1)."""
    return run.commands is not commanded or is_left_on_it(run, me)


def is_left_on_it(run: Run, me: Server) -> bool:
    """Our power is about to fall, whoever told it to, and nobody is heard any more who would tell us.

    He had given us up: we booted, perhaps, or he did not hear us (S1). Who commands sees to himself; but no
    page stops him for the OFF of who commanded before, when the mains of that outage are back, or not in time
    while he is to go alone, for that one boots yet; nor for one of his own, when the page that told it has
    been closed, for a schedule perhaps (H3).
    """
    if not is_about_to_fall(run, me):
        return False
    if run.commands:
        told = [ups for ups in me.upses if was_told_by_us(run, ups)]
        if told:
            return not run.told_off_s.keys().isdisjoint(told) and run.me not in run.pages.attended
        alone = run.me in run.scope.nodes and not run.scope.control
        return alone or mains_back(run)
    return not peers_heard(run)


def peers_heard(run: Run) -> list[PeerPort]:
    return [peer for peer in run.ports.peers.values() if peer.seen().fresh]


def go_down_with_it(run: Run, *, by_another: bool) -> Steps[bool]:
    """Whether it was taken: we may be let in no more than anybody else (H3)."""
    me, port = run.site.servers[run.me], run.ports.servers[run.me]
    text, rule = f"{run.me} is up on power that is about to fall, and goes down", "S1"
    if by_another:
        text = f"somebody has told {', '.join(me.upses)} to go off; {run.me} goes down before that"
        rule = "C12"
    else:
        yield from port.look()
        if not guards.is_seen(port.seen(), Os.UP):
            return True
    run.alarm(run.me, text, rule)
    return (yield from run.command(run.me, "shutdown", port.shut_down, lambda: None)).ok


def turns_of(run: Run, ups: str) -> list[Condition[UpsStatus]]:
    """What may make another of it: it begins to count down, or no longer does; or its mains come back."""
    status = answer(run.ports.upses[ups])
    if status is None or not when.COUNTS_DOWN.met(status):
        return [when.COUNTS_DOWN]
    return [when.NOTHING_ARMED] if status.mains else [when.NOTHING_ARMED, when.MAINS_BACK]


def told_by_another(run: Run, me: Server) -> bool:
    """Our power is about to fall, and no node has written that OFF down as its own.

    Without its mains who commands us tells us in our turn; who commands himself, nobody does.
    """
    statuses = {u: status for u in me.upses if (status := answer(run.ports.upses[u])) is not None}
    counts_down = when.COUNTS_DOWN if run.commands else when.FED_COUNTS_DOWN
    falling = [u for u, status in statuses.items() if counts_down.met(status)]
    if not falling or len(me.upses) - len(falling) >= me.minimum_supplies:
        return False
    return not any(is_ours(run, ups) for ups in falling)


def is_ours(run: Run, ups: str) -> bool:
    off = run.facts.armed.get(ups)
    if off is None or off.wall_s is None or began_later(run, ups, off):
        return False
    return off.falls_at_s > run.now


def tell_who_is_left(run: Run) -> None:
    """The commander goes, and nobody is heard who could follow: said while there is somebody to (L5).

    Also in an outage, if it goes for its own power alone: who is left there sees to nobody's battery (S18).
    """
    silent = [name for name, peer in run.ports.peers.items() if not peer.seen().fresh]
    restarts = run.me in run.rebooting or cluster_restarts(run)
    all_go = run.facts.down and run.scope.control
    if not run.commands or all_go or restarts or len(silent) < len(run.ports.peers):
        return
    for name in silent:
        if not is_down(run, name):
            run.alarm(
                name, f"{name} is silent, and not proven to be down; {run.me} goes, and leaves nobody", "L5"
            )


def noted_until_up(run: Run) -> Steps[None]:
    up = run.until_seen(run.ports.servers[run.me], when.UP)
    yield from run.race(up, note_our_end(run))


def note_our_end(run: Run) -> Steps[None]:
    """Never returns. What is wanted of us only when we go has come about as well: by whosever word we went,
    whoever boots us again wants us up, and we are not stopped, nor restarted, once more (O1, S9)."""
    while True:
        wanted = run.facts.wants.get(run.me)
        yield from note_what_was_wanted(run)
        yield from another_word(run, wanted)


def another_word(run: Run, before: Want | None) -> Steps[None]:
    yield from run.until(lambda: run.facts.wants.get(run.me) != before, WANTS)


WORD_LATE_S = 6.0
"""We may see ourselves go before the commander's word comes that he has told us to restart (N3); unless we
force ourselves meanwhile: then there is no time to wait for that."""


def note_what_was_wanted(run: Run) -> Steps[None]:
    """The cluster's manager shuts us down, or a hand does, and we are wanted down: that is it (R2-08).

    Whoever boots us again then wants us up. Not so when we only restart: what was wanted is still to come.
    """
    if still_wants(run, run.me, Goal.DOWN):
        yield from run.race(run.until(lambda: restarts(run) or run.me in run.forcing), run.pause(WORD_LATE_S))
    if not restarts(run):
        yield from note_reached(run, run.me)
        yield from comes_again(run)
    elif still_wants(run, run.me, Goal.DOWN):
        by_manager = run.rebooting.issuperset(run.site.cluster.nodes)
        yield from run.commit(Kind.RESTARTS, run.me, wall_s=run.wall_s(), all=by_manager)
    elif still_wants(run, run.me, Goal.REBOOT):
        yield from note_restarted(run, run.me)


def restarts(run: Run) -> bool:
    """We go down to boot again."""
    return run.me in run.rebooting or cluster_restarts(run)


def force_ourselves(run: Run) -> Steps[None]:
    """One that hangs on its way down onto an OFF, with nobody left to force it: in an outage, because it was
    wanted down alone, and whoever commands now was told that it is, or by a stranger's word (H1, C12)."""
    while not falls_under_us(run):
        unread = unread_by_us(run) if nodes_go_by_two_files(run) and not run.commands else ()
        cards = [run.ports.upses[ups].until(when.COUNTS_DOWN) for ups in unread]
        yield from run.wait(run.news_when(partial(falls_under_us, run)), *cards)
    yield from force_before_our_power_falls(run)


def falls_under_us(run: Run) -> bool:
    """Whoever commands goes in his turn by an OFF of ours, and is forced there, unless he is left on it."""
    if run.commands:
        me = run.site.servers[run.me]
        return told_by_another(run, me) or is_left_on_it(run, me)
    unread = nodes_go_by_two_files(run) and bool(count_down(run, unread_by_us(run)))
    return unread or run.facts.down or is_told_since_we_run(run)


def unread_by_us(run: Run) -> tuple[str, ...]:
    """UPSes under us and our disks of which no row tells that they are to go off."""
    power = power_under(run, run.site.servers[run.me])
    return tuple(ups for ups in power if ups not in run.facts.armed)


def force_before_our_power_falls(run: Run) -> Steps[None]:
    yield from force_untold(run, run.site.servers[run.me])
    yield from force_before_the_cut(run, run.site.servers[run.me])


def is_told_since_we_run(run: Run) -> bool:
    """To go off, what feeds us or our disks. A row of before may be of an OFF that is long over; and where no
    card is heard nothing says so, while we only go down to boot again (S31)."""
    looked_s = run.born_s + run.site.start.first_look_limit_s
    told = (run.facts.armed.get(ups) for ups in power_under(run, run.site.servers[run.me]))
    return any(off is not None and off.heard_s > looked_s for off in told)


def force_who_is_left(run: Run) -> Steps[None]:
    """As long as we command. We go, by whosever word, and no node stays whose service is heard: who is past
    his limit on power that counts down, or is at his boot, is forced while there is somebody to. When we are
    back it may be too late (S1, C2).
    """
    while run.commands:
        others = [node for node in staying(run) if follows(run, node)] if about_to_fall(run) else []
        if not others:
            yield from run.together(*(force_before_we_go(run, server) for server in left_to_be_forced(run)))
        leaves = (run.ports.servers[node].until(when.LEAVES) for node in others)
        gone = (run.ports.peers[node].until(when.PEER_IS_GONE) for node in others)
        down = (s.name for s in linked_side(run) if not runs(run, s.name))
        boots = (run.ports.servers[name].until(when.STARTS) for name in down)
        yield from run.wait(run.news(), *leaves, *gone, *boots)


def follows(run: Run, node: str) -> bool:
    """One that is dark, or nobody hears of, forces nobody (C2, C7); should it do so all the same, that is
    done twice."""
    return node != run.me and run.ports.peers[node].seen().fresh


def force_untold(run: Run, me: Server) -> Steps[None]:
    """Our UPSes, or our disks', count down, and no row tells of it: nobody whom we hear told them (C8, N2).

    Since when, and for how long yet, we cannot know; but it was to be long enough for our own limit (S1).
    """
    port, past_limit_s = run.ports.servers[run.me], run.now + me.stop_limit_s
    while is_untold(run, me) and not halted(run, me):
        if run.now < past_limit_s:
            yield from run.wait(port.until(when.HALTED), run.news(), by_s=past_limit_s)
        elif count_down(run, power := power_under(run, me)):
            yield from force_off(run, me, past_limit_s, by_s=run.now + run.site.force_before_s)
        else:
            cards = [run.ports.upses[ups].until(when.COUNTS_DOWN) for ups in power]
            yield from run.wait(port.until(when.HALTED), run.news(), *cards)


def is_untold(run: Run, me: Server) -> bool:
    return run.facts.armed.keys().isdisjoint(power_under(run, me))


def power_stays(run: Run) -> Steps[None]:
    """A node that has booted onto power about to fall goes down again: it brings nobody up meanwhile.

    That a card falls silent while it counts down says nothing (S11).
    """
    me = run.site.servers[run.me]
    while is_about_to_fall(run, me):
        run.announce(run.me)  # whoever watches over our end: we command now
        for ups in [run.site.upses[name] for name in count_down(run, me.upses)]:
            by_s = max(run.now, falls_at_s(run, ups) or run.now) + EVIDENCE_EXTRA_S
            yield from run.until_seen(run.ports.upses[ups.name], when.NOTHING_ARMED, by_s=by_s)
