"""The emergency path of a linked array: its battery, or we, cannot wait until its servers' UPSes are off.

Its servers have halted, or are silent past their limit; their UPSes still count down, which takes minutes
that are for safety only.
When those minutes would cost the flush, the array is flushed at once (X-02, P6, S18).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import inf

import simpy

from sequencer import conditions as when
from sequencer import timing
from sequencer.batteries import reckoned, reckoned_end_s
from sequencer.held_ups import stays_on
from sequencer.ports import Steps
from sequencer.proof import falls_at_s, last_halted, may_fall_at_s, servers_down
from sequencer.run import Run
from sequencer.scope import array_fails
from sequencer.site import Array, Server


def users_are_off(run: Run, array: Array) -> Steps[None]:
    """Until its servers' UPSes are off (S3), but for those that somebody holds: nobody tells these. Until its
    servers have halted, when no other UPS is waited for; or, when its battery is short, have had their time.
    """
    upses, users = run.site.server_upses_of(array.name), run.site.users_of(array.name)
    names = [*(u.name for u in upses), *(s.name for s in users)]
    while True:
        down = servers_down(run, array)
        if all(ups.name in run.settled for ups in upses) and all(down.values()):
            return
        awake = [s for s in users if not down[s.name] and not is_lost(run, s)]
        overdue = all(is_left_on(run, s) or is_in_hands(run, s) for s in awake)
        if overdue and is_short(run, array):
            yield from run.all_of(*(run.ports.upses[name].look() for name in array.upses))
            if not is_short(run, array):
                continue  # who has just halted was, by mixed cables, among what its battery carried (U19, S3)
            say_it_hurries(run, array)
            return
        if not awake and only_held(run, array):
            for ups in [ups for ups in upses if ups.name not in run.settled]:
                run.alarm(ups.name, f"{ups.name} is held and stays on; {array.name} is flushed though", "S3")
            return
        last = last_calls(run, array) if overdue else []
        servers = [run.ports.servers[s.name].until(when.HALTED, eager=True) for s in awake]
        yield from run.wait(*map(run.news, names), *servers, *last)


def say_it_hurries(run: Run, array: Array) -> None:
    """Until it has gone off: should it hurry once more, that is news (S3, O1)."""
    text = in_a_hurry(run, array)

    def until_off() -> Steps[None]:
        yield from run.race(*(run.until_seen(run.ports.upses[name], when.OUTPUT_OFF) for name in array.upses))
        run.alarm_is_over(array.name, text, "S18")

    run.alarm(array.name, text, "S18")
    run.spawn(until_off())


def in_a_hurry(run: Run, array: Array) -> str:
    """As its alarm says, before its servers' UPSes are off."""
    if array.name in run.cluster.goes_without:
        return f"we go; flushing {array.name} before its servers' UPSes are off"
    return f"the battery under {array.name} is short; flushing before its servers' UPSes are off"


def is_left_on(run: Run, server: Server) -> bool:
    """Its limit is over, and somebody holds what it runs on: nothing counts down under it, and it is forced
    when its disk has to be flushed (S18, S27). Not if it is in somebody's hands itself."""
    late = server.name in run.given_up and run.in_other_hands(server.name) is None
    return late and is_fed_on(run, server)


def is_in_hands(run: Run, server: Server) -> bool:
    """Somebody holds it, and nothing counts down under it: it runs on, and writes to the battery's end (S27).
    A flush before that harms nobody, and saves what the others have written (L2)."""
    return run.in_other_hands(server.name) is not None and is_fed_on(run, server)


def is_fed_on(run: Run, server: Server) -> bool:
    """Whatever feeds it and is not off yet stays on. What counts down under another user is nothing to it:
    with the battery short, or as we go, the disk does not wait for that fall either (L2)."""
    return all(stays_on(run, run.site.upses[ups]) for ups in server.upses if ups not in run.settled)


def only_held(run: Run, array: Array) -> bool:
    """Whatever of its servers' UPSes is not off yet stays on for as long as somebody holds it, or who runs
    on it (S27)."""
    left = [ups for ups in run.site.server_upses_of(array.name) if ups.name not in run.settled]
    return all(stays_on(run, ups) for ups in left)


def writes_no_more(run: Run, array: Array, held: Collection[str] = ()) -> Steps[None]:
    """Until all its servers are down; those that are lost are waited for as long as its battery lasts.

    What they wrote would be gone with it as well, and it would run to its end untold (S18).
    `held`: who ran on under its flush, and is waited for in any case (S27).
    """
    if held:
        yield from used_until_down(run, array, held)
    while not all(down_by_its_end(run, array).values()):
        ends = [
            run.ports.upses[ups].until(when.battery_ends(0.0)) for ups in array.upses if not is_low(run, ups)
        ]
        yield from run.wait(run.news(), *ends)


def unless_heard(run: Run, array: Array, steps: Steps[None]) -> Steps[None]:
    """The array's flush, and the wait after it: over where one of its users is heard to run who was taken for
    lost when it began. What he has written since is not in it (S2)."""
    lost = [server for server in run.site.users_of(array.name) if is_lost(run, server)]
    if lost:
        yield from run.race(steps, *(is_heard_to_run(run, array, server) for server in lost))
    else:
        yield from steps


def is_heard_to_run(run: Run, array: Array, server: Server) -> Steps[None]:
    yield from run.until_seen(run.ports.servers[server.name], when.RUNS)
    run.used_again.add(array.name)
    run.announce(array.name)


def down_by_its_end(run: Run, array: Array) -> dict[str, bool]:
    """Its servers, and whether they are down; or lost, and the battery under it is ending."""
    ending = any(is_low(run, ups) for ups in array.upses)
    return servers_down(run, array) | (lost_ones(run, array) if ending else {})


def in_hands(run: Run, array: Array) -> dict[str, bool]:
    """Who of its servers is not down, and is not waited for with its flush: somebody holds them."""
    users = (s for s in run.site.users_of(array.name) if is_in_hands(run, s))
    return {s.name: True for s in users if not servers_down(run, array)[s.name]}


def beside_who_is_held(run: Run, array: Array, flush: Steps[None]) -> Steps[dict[str, bool]]:
    """Who ran on in other hands when it began to be flushed. He has written since: when he is down it is
    flushed anew (S2), and at once where this flush is not over by then, for he has overtaken it (A4, L2)."""
    held = in_hands(run, array)
    watch = [run.spawn(used_until_down(run, array, held))] if held else []
    yield from flush
    for task in watch:
        task.close()
    return held


def used_until_down(run: Run, array: Array, held: Collection[str]) -> Steps[None]:
    while up := [name for name in held if not servers_down(run, array)[name]]:
        upses = [ups for name in up for ups in run.site.servers[name].upses]
        halted = (run.ports.servers[name].until(when.HALTED, eager=True) for name in up)
        yield from run.wait(*map(run.news, [*up, *upses]), *halted)
    run.used_again.add(array.name)
    run.announce(array.name)


def is_low(run: Run, ups: str) -> bool:
    """It tells that it ends, or that nothing is left: the same as is waited for."""
    status = run.ports.upses[ups].seen().status
    return status is not None and when.battery_ends(0.0).met(status)


def lost_ones(run: Run, array: Array) -> dict[str, bool]:
    """Who of its servers counts as down, though nobody has seen it."""
    return {s.name: True for s in run.site.users_of(array.name) if is_lost(run, s)}


def its_turn(run: Run, array: Array, earlier_are_flushed: Callable[[Run, Array], bool]) -> Steps[None]:
    """In series: until those before it are flushed, or its battery cannot wait for that any more (S18)."""
    while not earlier_are_flushed(run, array):
        if is_short(run, array):
            text = f"the battery under {array.name} is short; flushing beside the others, out of turn"
            if array.name in run.cluster.goes_without:
                text = f"we go; flushing {array.name} beside the others, out of turn"
            run.alarm(array.name, text, "S18")
            return
        yield from run.wait(run.news(), *last_calls(run, array))


def last_calls(run: Run, array: Array) -> list[simpy.Event]:
    """Answered when one of its batteries lasts for its flush and no longer, as it tells, or as is reckoned of
    a silent one; and where the mains are back for now, as in a blink, when they are away again."""
    need_s = flush_and_cut_s(run, array)
    last_call = when.runtime_below(need_s)
    told = [
        run.ports.upses[ups].until(last_call if on_battery(run, ups) else when.LIVES_ON_BATTERY)
        for ups in array.upses
        if (status := run.ports.upses[ups].seen().status) is not None and status.output_on
    ]
    return [*told, *reckoned(run, (unheard_end_s(run, ups) - need_s for ups in array.upses))]


def is_lost(run: Run, server: Server) -> bool:
    """Given up at its limit, and silent: as likely without power as running; nobody waits to hear which.

    Nor of who was halted by his last word: by mixed cables the fall of another UPS may have taken his power,
    and his controller with it (U19). Nor of whom this life has never heard, where the OFF under him was due
    before it began.
    """
    seen = run.ports.servers[server.name].seen()
    if seen.fresh:
        return False
    was_halted = last_halted(seen) and not run.settled.issuperset(server.upses)
    return server.name in run.given_up or was_halted or was_due_before(run, server)


def was_due_before(run: Run, server: Server) -> bool:
    """Another life told its UPSes to go off, by the clocks that is over, and neither they nor it have been
    heard in this one. No proof that it is off, and it is none where the battery has time to wait for one."""
    silent = run.ports.servers[server.name].seen().status is None
    return silent and bool(server.upses) and all(fell_unheard(run, ups) for ups in server.upses)


def fell_unheard(run: Run, ups: str) -> bool:
    armed = run.facts.armed.get(ups)
    if armed is None or armed.life == run.life or armed.wall_s is None:
        return False
    over = run.wall_s() > armed.wall_s + armed.falls_in_s + timing.EVIDENCE_EXTRA_S
    return over and run.ports.upses[ups].seen().status is None


def is_short(run: Run, array: Array) -> bool:
    """A battery of it is low, or lasts for the wait and the flush no more (S18); or its power counts down; or
    the control side goes without it, and nobody would ask for its flush later (S5, L2).

    Whoever is off, or given up, is not waited for; in another life that may be sooner than his OFF is due.
    What another life has told falls as the wall clocks have it, if that is sooner: should they be wrong, the
    battery's last call for the flush still comes (S3).
    """
    if array.name in run.cluster.goes_without or told_by_another(run, array):
        return True
    waits_for = [ups for ups in run.site.server_upses_of(array.name) if ups.name not in run.settled]
    offs_s = [may_fall_at_s(run, ups) or falls_at_s(run, ups) or run.now for ups in waits_for]
    wait_s = max(0.0, max(offs_s, default=run.now) - run.now)
    need_s = wait_s + flush_and_cut_s(run, array)
    return any(lasts_less(run, ups, need_s) for ups in array.upses)


def flush_and_cut_s(run: Run, array: Array) -> float:
    """A flush up to its limit, and the OFF after that: whoever waits may see both a poll late (S18). One that
    does not answer is looked at twice before it is asked (A3), and no look is quicker than the network."""
    site = run.site
    looks_s = 2 * timing.silent_look_s(site) + site.polling.timeout_s
    silent = not run.ports.arrays[array.name].seen().fresh
    return site.linkage.flush_limit_s + timing.late_looks_s(site) + (looks_s if silent else 0.0)


def told_by_another(run: Run, array: Array) -> bool:
    """Its power counts down, nobody knows for how long: nobody here does so before the flush is over (C12).

    One of two feeds is not all of its power (X-04).
    """
    upses = {name: run.ports.upses[name].seen() for name in array.upses}
    told = {name: s.status for name, s in upses.items() if s.fresh and s.status is not None}
    falling = {name for name, status in told.items() if status.off_armed or not status.output_on}
    return any(s.off_armed and s.output_on for s in told.values()) and array_fails(array, falling)


def lasts_less(run: Run, ups: str, need_s: float) -> bool:
    status = run.ports.upses[ups].seen().status
    if run.now >= unheard_end_s(run, ups) - need_s:
        return True
    if status is None or status.mains or not status.output_on:
        return False
    return status.low_battery or (status.runtime_s is not None and status.runtime_s <= need_s)


def unheard_end_s(run: Run, ups: str) -> float:
    """Of one whose card tells nothing any more. Infinity: it is heard, or drains not, as far as is known."""
    return inf if run.ports.upses[ups].seen().fresh else reckoned_end_s(run, ups)


def on_battery(run: Run, ups: str) -> bool:
    """It runs on its battery."""
    status = run.ports.upses[ups].seen().status
    return status is not None and status.output_on and not status.mains
