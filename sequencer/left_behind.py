"""Who is left behind when the way down is reversed: his mains stay away, or somebody holds him."""

from __future__ import annotations

import simpy

from sequencer import conditions as when
from sequencer.feeds import feed_is_out, is_back
from sequencer.on_unheard import gives_power, look_who_lives_unheard, until_it_gives_power
from sequencer.ports import Os, Steps
from sequencer.proof import seen_off
from sequencer.run import OUTAGE, Run
from sequencer.scope import array_fails, server_fails
from sequencer.site import Server, Ups
from sequencer.turn import are_away, goes_off_with, held_under, is_still_on, who_run
from sequencer.watch import RETURNS


def leave_behind(run: Run, *, unseen: bool = False) -> None:
    """From here on these are waited for by those who live on them, and are no news (L3).

    `unseen`: another life has turned round. Then only those that are off for want of mains, as they, their
    whole feed or our journal tell: one on its battery may have come back meanwhile and gone again, and is
    declared anew. So is one that is still on though it was to be off: its mains went while the turn was being
    written down, or nobody stops any more for the word with which it was to go (S18).
    """
    anew = {ups for ups in goes_off_with(run, are_away(run)) if is_still_on(run, run.site.upses[ups])}
    for name in run.facts.confirmed:
        ups, seen = run.site.upses[name], run.ports.upses[name].seen()
        if seen.fresh and seen.status is not None:
            out = not seen.status.mains and not (unseen and seen.status.output_on) and name not in anew
        else:
            out = (feed_is_out(run, ups) or went_off(run, ups)) if unseen else not is_back(run, ups)
        run.mains[name].left = out
        if out and unseen:
            run.spawn(is_on_after_all(run, ups))
        elif out and is_nobodys_to_stop(run, ups):
            run.spawn(is_to_be_seen_to(run, ups))


def left_unseen(run: Run) -> Steps[None]:
    """Who was left behind by a life that turned round before this one, by a fresh look at whom they feed."""
    yield from look_who_lives_unheard(run)
    leave_behind(run, unseen=True)


def went_off(run: Run, ups: Ups) -> bool:
    """We told it to go off until its mains return; it is silent, and so are those who live on it alone."""
    armed = run.facts.armed.get(ups.name)
    return armed is not None and armed.returns and not gives_power(run, ups)


def is_nobodys_to_stop(run: Run, ups: Ups) -> bool:
    """Somebody holds it; or its card is silent, and nobody can tell it to go off."""
    return bool(held_under(run, ups)) or not run.ports.upses[ups.name].seen().fresh


def is_to_be_seen_to(run: Run, ups: Ups) -> Steps[None]:
    """It was left on its battery for that: when he lets go, or it answers, it is news if it has not gone off.

    Or when somebody boots on it, or on its disk, whom the end of that battery would take, or what he has
    written, and who is to be stopped (H6, L2).
    """
    disks = [a for a in run.site.linked_arrays if array_fails(a, {ups.name})]
    users = {s.name: s for disk in disks for s in run.site.users_of(disk.name)}
    users |= {s.name: s for s in run.site.servers_on(ups.name) if server_fails(s, {ups.name})}
    ran = who_run(run, users)
    port = run.ports.upses[ups.name]
    while is_nobodys_to_stop(run, ups) and ran.issuperset(now := who_run(run, users)):
        ran = now
        told = [] if port.seen().fresh else [port.until(when.ANSWERS)]
        yield from run.wait(run.news(), *told, *(moves(run, server) for server in users.values()))
    if not seen_off(run, ups, []):
        is_news_again(run, ups)


def moves(run: Run, server: Server) -> simpy.Event:
    """Until it comes up, or is down: the other of both."""
    port = run.ports.servers[server.name]
    status = port.seen().status
    if status is None or status.os is Os.HALTED:
        return port.until(when.STARTS)
    return port.until(when.OUT_OF_IT if status.os is Os.SHUTTING_DOWN else when.HALTED)


def is_news_again(run: Run, ups: Ups) -> None:
    run.mains[ups.name].left = False
    run.announce(OUTAGE, RETURNS)


def is_on_after_all(run: Run, ups: Ups) -> Steps[None]:
    """It gives power, as its card says or who lives on it: should its mains be away, that is news again."""
    card = run.ports.upses[ups.name]
    while not card.seen().fresh and not gives_power(run, ups):
        yield from run.wait(card.until(when.ANSWERS), *until_it_gives_power(run, ups))
    seen = card.seen()
    if not seen.fresh or (seen.status is not None and seen.status.output_on):
        is_news_again(run, ups)
