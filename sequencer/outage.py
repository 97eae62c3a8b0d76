"""Mains outage: the operator's runbook for the way down.

Every device has its own page: wait for your turn, look, ask once, wait for it, never for ever. So
after a crash, or on the other node, the runbook is entered again from the top: what is done passes
at once, what is under way is not asked twice. Nothing is asked while the mains are back.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.adopt import adopt
from sequencer.array_off import flush_and_cut
from sequencer.beside import heed_falls
from sequencer.control_stop import stop_control, stop_node
from sequencer.feeds import is_back
from sequencer.flushed import note_use_before_us
from sequencer.held_ups import have_accepted
from sequencer.journal import WANTS, Want
from sequencer.last_call import attended
from sequencer.on_again import note_on_by_hand, switched_on_by_hand
from sequencer.on_unheard import may_feed
from sequencer.ports import Off, Steps
from sequencer.power_off import arm, may_go_after_all, see_off
from sequencer.proof import off_with_its_loads, seen_off, was_seen_off
from sequencer.run import Run
from sequencer.site import OffMode, Server, Ups
from sequencer.systems import keep_down, outage_goes_on, stop_system
from sequencer.wants import planned_scope
from sequencer.watch import confirm


def outage(run: Run) -> Steps[None]:
    """Loads before the power that feeds them; the machines we run on last of all."""
    site, out = run.site, set(run.facts.confirmed)  # of these the scope is told
    run.cluster.goes_without.clear()
    yield from note_what_is_off(run)
    yield from run.together(
        confirm(run, out),
        heed_falls(run),
        heed_wants(run),
        *(stop_server(run, server) for server in (*site.linked_servers, *site.pool_servers)),
        *(switch_off(run, ups) for ups in site.server_upses),
        *(flush_and_cut(run, array) for array in site.linked_arrays),
        *(stop_node(run, node) for node in site.control_nodes),
        stop_control(run),
    )


def heed_wants(run: Run) -> Steps[None]:
    """What somebody wants down in mid-outage goes down with the rest, if the mains stay away (T7)."""
    while True:
        yield from outage_goes_on(run)
        wanted, before = dict(run.facts.wants), run.scope
        run.scope |= planned_scope(run)
        if run.scope != before:
            run.announce()
        yield from until_wanted_otherwise(run, wanted)


def until_wanted_otherwise(run: Run, wanted: dict[str, Want]) -> Steps[None]:
    yield from run.until(lambda: run.facts.wants != wanted, WANTS)


def note_what_is_off(run: Run) -> Steps[None]:
    """Entered again, perhaps on the other node: what is seen off already holds nobody up.

    By a fresh look: what was switched on a second ago may still be off to the last poll. And a servers' UPS
    that a hand has switched on since is not off any more: whoever has booted on it is waited for again (S5).
    What counts down, and nobody here has told to, is known from here on, not when it would be told itself.
    One whose card fell silent as it counted down is off by its time alone where its servers were seen down:
    else it is waited for until its limit, and given up loudly (S3, S11).
    """
    for ups in run.site.upses.values():
        yield from adopt(run, ups)
    was_off = [ups for ups in run.site.upses.values() if off_with_its_loads(run, ups)]
    loads = [
        port for ups in was_off if was_seen_off(run, ups) for ports in may_feed(run, ups) for port in ports
    ]
    yield from run.all_of(*(run.ports.upses[ups.name].look() for ups in was_off), *(p.look() for p in loads))
    yield from note_on_by_hand(run)
    off = {ups.name for ups in was_off if off_with_its_loads(run, ups)}
    dead = [
        a for a in run.site.linked_arrays if off.issuperset(a.controllers) or off.issuperset(a.enclosures)
    ]
    run.settled |= off | {array.name for array in dead}
    yield from note_use_before_us(run)


# Servers and their UPSes


def stop_server(run: Run, server: Server) -> Steps[None]:
    """Its array or its power has lost the mains: shut it down; force it before its UPS falls."""
    yield from run.until(lambda: server.name in run.scope.servers, server.name)
    yield from attended(run, server, go_down(run, server))


def go_down(run: Run, server: Server) -> Steps[None]:
    yield from outage_goes_on(run, server.name)
    yield from stop_system(run, server)
    yield from keep_down(run, server)


def switch_off(run: Run, ups: Ups) -> Steps[None]:
    """Servers' UPS: OFF armed together with their shutdown, so that it falls after they have halted."""
    loads = list(run.site.servers_on(ups.name))
    yield from comes_into_scope(run, ups)
    while True:
        yield from have_accepted(run, ups, loads)
        if not seen_off(run, ups, loads):
            yield from tell_off(run, ups, loads)
        yield from see_off(run, ups, loads)
        if ups.name in run.left_on:  # nobody waits for it any more
            yield from may_go_after_all(run, ups)
            yield from arm_when_it_goes_on(run, ups, loads)
        yield from switched_on_by_hand(run, ups, loads)


def tell_off(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    """Not one that is seen off: should a hand switch it on by then, whoever boots there has accepted nothing,
    and somebody may hold him (O1, S1)."""
    if ups.off is OffMode.AFTER_HALT:
        yield from halts(run, loads)
    refusal = yield from arm_when_it_goes_on(run, ups, loads)
    if refusal is not None and refusal.rule == "S1":  # too soon for systems that still run (U8, U9)
        yield from halts(run, loads)
        yield from arm_when_it_goes_on(run, ups, loads)


def comes_into_scope(run: Run, ups: Ups) -> Steps[None]:
    """Until an outage brings it down. One that goes off all the same has nobody up any more either (S3).

    Its OFF was told before somebody on it was wanted otherwise, or by another; it may be on again.
    """
    port = run.ports.upses[ups.name]
    while ups.name not in run.scope.server_upses:
        was_off = ups.name in run.settled
        yield from run.wait(run.news(ups.name), port.until(when.OUTPUT_ON if was_off else when.OUTPUT_OFF))
        if was_off is not seen_off(run, ups, []):
            run.settled.symmetric_difference_update((ups.name,))
            run.announce(ups.name)


def halts(run: Run, servers: list[Server]) -> Steps[None]:
    """Until all of them are seen halted, or have had the time that they may take."""
    by_s = run.now + max((s.stop_limit_s for s in servers), default=0.0)
    for server in servers:
        yield from run.until_seen(run.ports.servers[server.name], when.HALTED, by_s=by_s, eager=True)


def arm_when_it_goes_on(run: Run, ups: Ups, loads: list[Server]) -> Steps[guards.Refusal | None]:
    """Mains that blink just now delay the OFF, they do not cancel it.

    Once we have told ourselves to go, nothing that has its mains is told any more: nobody would be left to
    force who hangs, before his cut (S1, H3).
    """
    yield from outage_goes_on(run, ups.name)
    if run.me in run.asked_to_stop and is_back(run, ups):
        return None
    while guards.cause_is_gone(refusal := (yield from arm(run, ups, Off.GRACEFUL, loads))):
        yield from outage_goes_on(run, ups.name)
    return refusal
