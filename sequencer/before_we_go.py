"""Before we go: the other nodes on their way down are gone, or given up; then UPSes fall in rows."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.batteries import until_at_floor, ups_at_floor
from sequencer.feeds import is_back
from sequencer.force import LOOKS_APART_S, boots, force_before_we_go
from sequencer.goes_alone import heard
from sequencer.goes_last import Floors, go_last, is_to_wait, nobody_is_left, tell_who_is_left
from sequencer.held_ups import may_be_told
from sequencer.journal import Goal
from sequencer.left_to_force import left_to_be_forced
from sequencer.ports import Off, Os, Steps
from sequencer.power_off import arm, note_off
from sequencer.proof import halted, without_power
from sequencer.run import Run
from sequencer.site import Server, Ups
from sequencer.standing import staying
from sequencer.stays_up import stay_up_if_untold
from sequencer.task import Task
from sequencer.told_anew import look_who_is_down, run_again
from sequencer.wants import control_off, still_wants, wants
from sequencer.watch import RETURNS, gives_output

Fall = tuple[Ups, list[Server]]
"""A UPS that is to go off, and what lives on it."""


def before_we_go(
    run: Run,
    others: dict[str, Task],
    heard_it: set[str],
    to_fall: list[Ups],
    theirs: list[list[Fall]],
    floors: Floors | None,
) -> Steps[None]:
    """Others are on their way, or given up, or our own batteries wait no longer; and all is noted.

    One whose service was silent when it was told would not force itself should it hang; so it is seen down
    first (C7, S1). That a service falls silent after it was told is as it should be: it ends with its system.
    One that boots goes down by itself when it is up; but should it hang in its boot nobody would be left to
    force it, so it is waited for as long as a boot may take, and the batteries allow (H9).
    `theirs`: what feeds only others is told already. Should we die while we go, they come back with the
    mains, and wake us.
    """
    me, booted_by_s = run.site.servers[run.me], run.now + run.site.start.server_limit_s
    floors_s = {name: timing.stop_off_s(run.site, run.site.upses[name]) for name in me.upses}
    boot_floors_s = {ups.name: timing.stop_off_s(run.site, ups) + me.stop_limit_s for ups in to_fall}
    told_at_s = {ups.name: timing.off_call_s(run.site, ups) for ups in to_fall}

    booting: set[str] = set()

    def boot_yet() -> set[str]:
        booting.update(n for n in others if boots(run, n))
        in_time = run.now < booted_by_s and not ups_at_floor(run, boot_floors_s)
        return booting if in_time else set()

    yield from run.race(run.until_all(others, run.on_their_way), run.pause(timing.ASKED_S))
    while (waiting := still_here(run, others, heard_it, boot_yet())) and not ups_at_floor(run, floors_s):
        in_boot = any(n in run.given_up for n in waiting)
        at_floor = until_at_floor(run, boot_floors_s if in_boot else floors_s)
        by_s = booted_by_s if in_boot else None
        yield from run.wait(run.news(), *(others[n] for n in waiting), *at_floor, by_s=by_s)
    if waiting:
        tell_who_is_left(run, run.me, ups_at_floor(run, floors_s), waiting)
    early = run.spawn(run.together(*(off_when_they_are_down(run, row) for row in theirs)))
    ready, again_s = False, run.now
    while not ready or (yield from is_to_wait(run, floors)):
        if ready and floors is not None:  # let through, and not to go after all: no flood of looks (S33)
            yield from run.wait(*nobody_is_left(run, floors), by_s=again_s)
        again_s = run.now + LOOKS_APART_S
        yield from go_last(run, floors)
        yield from look_who_is_down(run, others)
        if run_again(run, others):
            early.close()
            return
        dark = [name for name in others if without_power(run, run.site.servers[name])]
        left = left_to_be_forced(run) if floors is not None else []  # else another node stays for them
        if names := {*given_up(run, others), *(server.name for server in left)}:
            yield from force_all(run, names, told_at_s)
        for ups in to_fall:
            yield from note_off(run, ups, control_off(run, ups)[0])
        if run.ports.journal.healthy and not ups_at_floor(run, told_at_s):  # else nobody waits any more
            told = run.together(*(switch_off_row(run, row) for row in theirs))
            no_longer = run.wait(*until_at_floor(run, told_at_s), by_s=run.now + timing.ASKED_S)
            yield from run.race(told, no_longer)
        yield from stay_up_if_untold(run, [run.site.servers[name] for name in (run.me, *others)])
        # Whose power has come back meanwhile, boots (S2).
        ready = all(without_power(run, run.site.servers[name]) for name in dark)
    early.close()


def off_when_they_are_down(run: Run, row: list[Fall]) -> Steps[None]:
    """We wait for somebody yet, and our own mains are back, so we may not go at all: whoever is down and has
    none boots with his power, and nobody waits for the end of that battery before he turns round (L3)."""
    ours = [run.site.upses[name] for name in run.site.servers[run.me].upses]
    for load in (load for _, loads in row for load in loads):
        yield from run.until_seen(run.ports.servers[load.name], when.HALTED)

    def stays() -> bool:
        return all(is_back(run, ups) for ups in ours) and not any(is_back(run, ups) for ups, _ in row)

    yield from run.until(stays, RETURNS)
    for ups, _ in row:
        yield from note_off(run, ups, control_off(run, ups)[0])
    yield from switch_off_row(run, row)


def power_of_who_went_before(run: Run, ours: list[Ups]) -> list[list[Fall]]:
    """Another node is down with its power on, or on its way, by a word of ours that was taken back since. It
    would wait for us, who go last, to wake it; so it boots with its own power (L3)."""
    gone = (node for node in run.site.control_nodes if is_to_come_back(run, node))
    upses = dict.fromkeys(run.site.upses[name] for node in gone for name in node.upses)
    on = (ups for ups in upses if ups not in ours and gives_output(run.ports.upses[ups.name]))
    on = (ups for ups in on if control_off(run, ups)[0] is Off.UNTIL_MAINS)  # else it would stay off
    return [[(ups, list(run.site.servers_on(ups.name)))] for ups in on]


def is_to_come_back(run: Run, node: Server) -> bool:
    """We have told it to go, or it is down and a word wants it up; not whom a hand alone has shut down (O1),
    nor who boots again anyway."""
    if node.name in run.rebooting.union(staying(run)) or wants(run, node.name, Goal.DOWN):
        return False
    return node.name in run.asked_to_stop or (halted(run, node) and still_wants(run, node.name, Goal.UP))


def given_up(run: Run, others: Mapping[str, Task]) -> list[str]:
    return [name for name in others if name in run.given_up and not is_out_of_our_hands(run, name)]


def force_all(run: Run, names: set[str], floors_s: Mapping[str, float]) -> Steps[None]:
    """Who does not answer keeps no UPS from its OFF whose battery lasts for that only: forced he is all the
    same, while we go down (S18). Who does draws nothing any more, and it may last for others yet (S5)."""
    servers = [server for name, server in run.site.servers.items() if name in names]
    forces = run.spawn(run.together(*(force_before_we_go(run, server) for server in servers)))
    at_floor = ups_at_floor(run, floors_s)
    by_s = run.now + run.site.polling.timeout_s if at_floor else None
    yield from run.wait(forces, *([] if at_floor else until_at_floor(run, floors_s)), by_s=by_s)


def still_here(run: Run, others: Mapping[str, Task], heard_it: set[str], boot_yet: set[str]) -> list[str]:
    """Neither down nor given up, nor on their way and seeing to the rest themselves.

    One that was given up while it booted may be up yet, and go down in good order.
    """
    leaves = run.on_their_way & heard_it
    gone = {n for n, stops in others.items() if stops.over} | (leaves - run.given_up)
    lost = run.given_up - boot_yet
    return [n for n in others if n not in gone | lost]


def is_out_of_our_hands(run: Run, node: str) -> bool:
    """It is not seen to run; or it is on its way down, and its service forces it if need be.

    Not one that boots yet, whether a boot's time is over or the batteries were too low to wait for it: it may
    hang there, and has done nothing yet (H9).
    """
    seen = run.ports.servers[node].seen()
    hangs = guards.is_seen(seen, Os.SHUTTING_DOWN) and not heard(run, node)
    return not (guards.is_seen(seen, Os.UP) or hangs or boots(run, node))


def switch_off_row(run: Run, row: list[Fall]) -> Steps[None]:
    for ups, loads in row:
        yield from may_be_told(run, ups, loads)  # it sleeps from when nobody holds it any more (S27, R10-51)
        how, sleep_s = control_off(run, ups)
        yield from arm(run, ups, how, loads, sleep_s=sleep_s)
