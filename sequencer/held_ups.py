"""Held UPSes: what somebody holds is not told to go off; and it goes off all the same if it was told before.

An OFF that was told before, or by another, nobody calls back by holding what it takes (S16). Whoever waits
for that UPS has to hear that it is off: else its servers might write yet, by all that is known, and their
disk would be neither flushed nor cut before its battery ends (S3, L2).
"""

from __future__ import annotations

from math import inf

import simpy

from sequencer import conditions as when
from sequencer import timing
from sequencer.comes_back import answer
from sequencer.ports import Steps
from sequencer.proof import falls_at_s, runs, seen_off, still_to_fall
from sequencer.run import Run
from sequencer.scope import scope
from sequencer.site import Server, ServerRole, Ups


def have_accepted(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    """Until all of them have accepted their stop, or are down; who is held does not, and may go with it."""
    while left := [s.name for s in loads if s.name not in run.asked_to_stop]:
        if goes_off(run, ups, loads):
            return
        yield from until_it_goes(run, ups, run.news(left[0]))


def may_be_told(run: Run, ups: Ups, loads: list[Server]) -> Steps[bool]:
    """Until nobody is held; False: it goes off meanwhile, and needs not to be told. Whoever is held, and was
    given up while nobody heard him, may be heard by now (S1)."""
    ports = [run.ports.servers[s.name] for s in loads if run.in_other_hands(s.name) is not None]
    yield from run.all_of(*(port.look() for port in ports if not port.seen().fresh))
    if not is_held_up(run, ups, loads):
        return True
    yield from run.race(nobody_is_held(run, ups, loads), goes_untold(run, ups, loads))
    return not is_held_up(run, ups, loads)


def nobody_is_held(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    """Until nobody of the linked side runs there in somebody's hands: booted again since he was down, he
    could be neither told nor forced before his power falls (S27, S1). Nor is its UPS in somebody's: who boots
    there until that is released is to be waited for, too."""
    yield from run.released(ups.name)
    while held := who_is_held(run, loads):
        halts = (run.ports.servers[s.name].until(when.HALTED, eager=True) for s in held)
        yield from run.wait(run.news(), *halts)
        yield from run.released(ups.name)


def is_held_up(run: Run, ups: Ups, loads: list[Server]) -> bool:
    return run.in_other_hands(ups.name) is not None or bool(who_is_held(run, loads))


def who_is_held(run: Run, loads: list[Server]) -> list[Server]:
    return [s for s in loads if s.role is not ServerRole.CONTROL and runs_in_other_hands(run, s)]


def runs_in_other_hands(run: Run, server: Server) -> bool:
    """It says so now."""
    return run.in_other_hands(server.name) is not None and runs(run, server.name)


def is_anybodys(run: Run, ups: Ups) -> bool:
    """Somebody holds it, or who runs on it."""
    held = run.facts.held  # asked for each server in a hall, and hardly ever anybody is
    loads = run.site.servers_on(ups.name)
    return ups.name in held or any(server.name in held and runs(run, server.name) for server in loads)


def goes_untold(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    while not goes_off(run, ups, loads):
        yield from until_it_goes(run, ups)


def until_it_goes(run: Run, ups: Ups, *news: simpy.Event) -> Steps[None]:
    """It says that it does; or nobody hears it, and the time of its OFF is over."""
    falls_s, goes = falls_at_s(run, ups), run.ports.upses[ups.name].until(when.GOES_OFF)
    proof_at_s = inf if falls_s is None else falls_s + timing.EVIDENCE_EXTRA_S
    yield from run.wait(goes, *news, by_s=proof_at_s if run.now < proof_at_s < inf else None)


def goes_off(run: Run, ups: Ups, loads: list[Server]) -> bool:
    """An OFF counts down, or it is off."""
    status = answer(run.ports.upses[ups.name])
    return (status is not None and when.GOES_OFF.met(status)) or seen_off(run, ups, loads)


def is_in_other_hands(run: Run, name: str) -> bool:
    """S27: this server, this UPS of servers, or this array, waits for somebody's hold; an array also for its
    users' UPSes, and so for whoever is held there, none of its own perhaps (L2). But no hold stops what
    counts down already, nor does anybody wait for who has no power: that falls, and then the array has its
    turn. Nor does one of its own UPS keep it from its flush, but from its cut (S3)."""
    array, site = run.site.arrays.get(name), run.site
    if name in site.servers:
        return name in run.facts.held
    upses, users = {name}, set[str]()
    if array is not None:
        falling = {u.name for u in site.server_upses_of(name) if still_to_fall(run, u)}
        upses = {u.name for u in site.server_upses_of(name)} - run.settled - falling
        gone = falling | (run.settled - run.given_up)
        users = {s.name for s in site.users_of(name) if not (s.upses and gone.issuperset(s.upses))}
        users |= {name, *(array.upses if name in run.facts.flush_settled else ())}
    loads = {s.name for ups in upses for s in site.servers_on(ups)}
    return not run.facts.held.isdisjoint(upses | users | loads)


def stays_on(run: Run, ups: Ups) -> bool:
    """Somebody holds it, or who runs on it, and no OFF counts down there, as far as is known (S27)."""
    return is_anybodys(run, ups) and not (goes_off(run, ups, []) or still_to_fall(run, ups))


def still_to_flush(run: Run, ups: Ups, away: list[str]) -> str | None:
    """A disk on it that this outage flushes though it is not cut: what its cache holds would be lost with
    that battery. Not one that is held itself, or that somebody writes to whom nobody may stop (S27, S3)."""
    for name in sorted(scope(run.site, set(away)).arrays.difference(run.facts.flush_settled, run.facts.held)):
        free = not any(runs_in_other_hands(run, user) for user in run.site.users_of(name))
        if free and ups.name in run.site.arrays[name].upses and name not in run.settled:
            return name
    return None
