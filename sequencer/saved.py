"""A cache that its battery could not save: flushed while the mains are back and nobody uses its array.

After an outage that took most of a battery its array's users wait, for hours perhaps, until that is charged
for a full stop (S17). Should the mains go again meanwhile (P4), the battery might not last for the flush, and
what the cache has held since before the first outage would be lost (L2, S18). See ADR 0040.
"""

from __future__ import annotations

import simpy

from sequencer import conditions as when
from sequencer import guards
from sequencer.cards import is_off
from sequencer.flushed import is_flushing, says_flushed
from sequencer.journal import Kind
from sequencer.ports import ArrayStatus, Flush, Os, Steps
from sequencer.power_on import charge_of
from sequencer.proof import without_power
from sequencer.run import Run
from sequencer.scope import array_fails
from sequencer.site import Array, Server, Ups
from sequencer.step import Ask, step


def save_cache(run: Run, array: Array) -> Steps[None]:
    """Once on a way up, when nobody is seen to write to it any more; if nothing is left to wait for, at once
    or not at all. What somebody holds is left to him (S27)."""
    while not (may_be_lost(run, array) and (yield from is_so_now(run, array))):
        if not (answers := still_to_come(run, array)):
            return
        yield from run.wait(*answers)
    if run.in_other_hands(array.name) is None:
        yield from flush_it(run, array)


def flush_it(run: Run, array: Array) -> Steps[None]:
    """Its users' UPSes may be on: they have halted, and wait for the same battery (S3)."""
    text = f"the battery under {array.name} would not last for its stop; flushing it while nobody uses it"
    run.alarm(array.name, text, "S18")
    port = run.ports.arrays[array.name]
    ask: Ask[ArrayStatus] = Ask(
        "flush",
        port.flush,
        lambda: guards.flush_array(array, users_down(run, array), {}, mains_back=False),
        under_way=lambda status: status.flush is Flush.UNDER_WAY,
        before=lambda: run.commit(Kind.FLUSH_ASKED, array.name),
    )
    limit_s = run.site.linkage.flush_limit_s
    outcome = yield from step(run, array.name, port, when.FLUSHED, limit_s=limit_s, ask=ask)
    if outcome.met:
        run.alarm_is_over(array.name, text, "S18")


def may_be_lost(run: Run, array: Array) -> bool:
    """It holds what has not been flushed, nobody writes to it, and a battery of it has too little for a full
    stop, or does not tell. While its mains are away that is for their outage, if they stay so (S3)."""
    upses = [run.site.upses[name] for name in array.upses]
    if any(says_away(run, ups) for ups in upses):
        return False
    waits = not all(charge_of(run, ups).enough for ups in upses) and all(users_down(run, array).values())
    ready = guards.ready(run.ports.arrays[array.name].seen())
    return waits and ready and not (says_flushed(run, array) or is_flushing(run, array))


def is_so_now(run: Run, array: Array) -> Steps[bool]:
    """By a fresh look: where all were silent until now the last word of a card says nothing of who has been
    booted since, nor that its battery is short (S11)."""
    users = run.site.users_of(array.name)
    upses = dict.fromkeys((*array.upses, *(name for server in users for name in server.upses)))
    cards = (run.ports.upses[name].look() for name in upses)
    yield from run.all_of(*cards, *(run.ports.servers[server.name].look() for server in users))
    return may_be_lost(run, array)


def says_away(run: Run, ups: Ups) -> bool:
    seen = run.ports.upses[ups.name].seen()
    return seen.fresh and seen.status is not None and not seen.status.mains


def has_cache(run: Run, array: Array) -> bool:
    """As far as its cards say. One that is off has nothing left in its cache, also when it is on again."""
    return not array_fails(array, {ups for ups in array.upses if is_off(run, run.site.upses[ups])})


def users_down(run: Run, array: Array) -> dict[str, bool]:
    return {s.name: is_seen_down(run, s) for s in run.site.users_of(array.name)}


def is_seen_down(run: Run, server: Server) -> bool:
    """Halted now, or without power. That it was given up proves nothing here."""
    return guards.is_seen(run.ports.servers[server.name].seen(), Os.HALTED) or without_power(run, server)


def still_to_come(run: Run, array: Array) -> list[simpy.Event]:
    """That it has its mains, and is ready; that its users are down. Its battery only gains, and waits for
    nothing."""
    if not has_cache(run, array):
        return []
    port, ports = run.ports.arrays[array.name], run.ports
    up = [server for server in run.site.users_of(array.name) if not is_seen_down(run, server)]
    on = (ups for server in up for ups in server.upses if not is_off(run, run.site.upses[ups]))
    away = [name for name in array.upses if says_away(run, run.site.upses[name])]
    return [
        *(ports.upses[name].until(when.MAINS_BACK) for name in away),
        *([] if guards.ready(port.seen()) else [port.until(when.READY, eager=True)]),
        *(ports.servers[server.name].until(when.HALTED, eager=True) for server in up),
        *(ports.upses[ups].until(when.OUTPUT_OFF) for ups in on),
    ]
