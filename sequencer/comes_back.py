"""Whether somebody will boot again when the mains return, before the last node goes (L3).

A node that is halted boots only if its power went meanwhile: if every UPS that feeds it goes off. One that
comes back wakes the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sequencer import conditions as when
from sequencer import timing
from sequencer.batteries import ups_at_floor
from sequencer.falls_together import is_back_too_soon
from sequencer.feeds import others_on_its_feed, stable_at_s
from sequencer.journal import Goal
from sequencer.on_unheard import gives_power
from sequencer.ports import Condition, Steps, UpsPort, UpsStatus
from sequencer.proof import seen_off
from sequencer.run import Run
from sequencer.scope import server_fails
from sequencer.site import OffMode, Server, Ups
from sequencer.wants import still_wants


def somebody_comes_back(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """As long as none of these would boot again they stay up, loudly, if need be until their batteries end.

    A card that does not answer (a LAN switch that died first) cannot be told to go off; one whose delay would
    cut its node off under way is not told (U8), nor one that somebody holds (S27). Each may change yet; if
    not, the nodes crash, and boot with the mains.
    """
    waits = False
    while not any(comes_back(run, node) for node in nodes):
        waits = True
        waiting = dict(in_the_way(run, nodes))
        text = f"{', '.join(waiting)}: the nodes on them would not come back when halted, so they stay up"
        run.alarm(run.site.cluster.name, text, "L3", upses=", ".join(waiting))
        hopes = (run.ports.upses[name].until(hope) for name, hope in waiting.items())
        yield from run.wait(run.news(), *hopes)
    if waits:  # the first card of a feed that is heard again is not the last: are all mains back?
        yield from run.all_of(*(run.ports.upses[name].look() for name in sorted(run.facts.confirmed)))


def comes_back(run: Run, node: Server) -> bool:
    """Each of its UPSes is off, or can be told; and the fall that takes its power leaves it its time.

    What somebody else has told to go off gives it none when the mains return; nor what we have, for good.
    """
    upses = [run.site.upses[name] for name in node.upses]
    if any(is_dumb(run, ups) or is_held(run, ups) for ups in upses):
        return False
    in_time = [leaves_time(run, ups, node) and not gives_none(run, ups, node) for ups in upses]
    return sum(in_time) >= node.minimum_supplies or not in_time


def in_the_way(run: Run, nodes: Sequence[Server]) -> Iterator[tuple[str, Condition[UpsStatus]]]:
    """Which UPSes, and what has to change of each."""
    for node in nodes:
        for ups in (run.site.upses[name] for name in node.upses):
            if is_dumb(run, ups):
                yield ups.name, when.ANSWERS
            elif is_held(run, ups):
                yield ups.name, when.OUTPUT_OFF
            elif not leaves_time(run, ups, node):
                yield ups.name, when.falls_after(node.stop_limit_s)
            elif gives_none(run, ups, node):
                yield ups.name, when.OUTPUT_ON


def is_dumb(run: Run, ups: Ups) -> bool:
    """It does not answer, and is not off: nobody can tell it to go."""
    silent = answer(run.ports.upses[ups.name]) is None
    return silent and not seen_off(run, ups, []) and not went_before_we_came(run, ups)


def went_before_we_came(run: Run, ups: Ups) -> bool:
    """It went off before we booted, as was known then (`Facts.went_before`), and was never heard since.

    Its card has no power; if anybody on its feed has mains it ought to answer, and may be on again. So may
    one of ours, if as much is known of all that we could live on: halted we would not come back (L3).
    """
    me = run.site.servers[run.me]
    unheard = {name for name in run.went_before if run.ports.upses[name].seen().status is None}
    ours = ups.name in me.upses and server_fails(me, unheard)
    mains = (mains for _, mains in others_on_its_feed(run, ups))
    return ups.name in unheard and not any(mains) and not (ours or gives_power(run, ups))


def is_held(run: Run, ups: Ups) -> bool:
    """Somebody does, and it is on: it is not told to go off."""
    return run.in_other_hands(ups.name) is not None and not seen_off(run, ups, [])


def stays_off(run: Run, ups: Ups) -> bool:
    """It went off before its battery ended, and none of us has told it: whoever has wants it off (C12).

    By its last word. With its mains it may be about to come on; but not one that has good ones, and is off.
    """
    seen, facts = run.ports.upses[ups.name].seen(), run.facts
    if seen.status is None or seen.status.low_battery or not seen_off(run, ups, []):
        return False
    if seen.status.mains and not had_good_mains(run, ups):
        return False
    off = facts.armed.get(ups.name) or facts.armed_before.get(ups.name)
    return off is None or off.wall_s is None


def gives_none(run: Run, ups: Ups, node: Server) -> bool:
    """It stays off when its mains return; also if we told it so, for a node that is wanted up since (L3).

    Only somebody who is up switches that one on, when there are mains.
    """
    off = run.facts.armed.get(ups.name) or run.facts.armed_before.get(ups.name)
    for_good = off is not None and not off.returns and seen_off(run, ups, [])
    return stays_off(run, ups) or (for_good and still_wants(run, node.name, Goal.UP))


def is_kept_off(run: Run, node: Server) -> bool:
    """Too few of its UPSes give it power when the mains return: a hand has to switch them on, or somebody who
    is up then."""
    coming = (not gives_none(run, run.site.upses[name], node) for name in node.upses)
    return sum(coming) < node.minimum_supplies


def had_good_mains(run: Run, ups: Ups) -> bool:
    """By its last word they had been there for as long as one takes that comes on with them."""
    was_stable_s, stable_s = run.mains[ups.name].was_stable_s, stable_at_s(run, ups)
    if stable_s is not None:
        return run.now >= stable_s + ups.return_delay_s + run.site.polling.on_line_s
    return was_stable_s is not None and was_stable_s >= run.ports.upses[ups.name].seen().at_s


def leaves_time(run: Run, ups: Ups, node: Server) -> bool:
    """Told now, it falls when the system has had its time. One that counts down already is not told."""
    status = answer(run.ports.upses[ups.name])
    if status is None or ups.off is not OffMode.WITH_SHUTDOWN:
        return True
    return status.off_armed or not status.output_on or status.graceful_off_s >= node.stop_limit_s


def answer(port: UpsPort) -> UpsStatus | None:
    """What it says now."""
    seen = port.seen()
    return seen.status if seen.fresh else None


def carried(run: Run, load: Server, ups: Ups) -> bool:
    """S1: without this UPS others give it enough, for as long as its system may take to stop.

    Nothing carries who does not draw from it, but uses a disk that does.
    """
    if ups.name not in load.upses:
        return False
    others = [run.site.upses[name] for name in load.upses if name != ups.name]
    return sum(gives_until(run, other, load.stop_limit_s) for other in others) >= load.minimum_supplies


def gives_until(run: Run, ups: Ups, limit_s: float) -> bool:
    """It is on, and does not go off before then: neither counting down, nor by what its settings say."""
    status = answer(run.ports.upses[ups.name])
    if status is None or not status.output_on:
        return False
    armed = run.facts.armed.get(ups.name)
    if status.off_armed:
        return armed is not None and armed.falls_at_s - run.now >= limit_s
    return status.graceful_off_s >= limit_s


RISES_PCT = 5.0
"""No battery gains more until an OFF that is told now has fallen: a recharge takes hours."""


def on_again_first(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """Until one of these would boot again, whatever is about to come on; as long as their batteries allow it.

    A UPS that is off and has its mains again is on in a moment, and nobody is left then to tell it to go:
    with the fall of another one their power would not go, and they would stay halted. That moment is waited
    for also when the batteries are at what a stop takes, if they are not low: its delays are not all needed.
    """
    floors_s = timing.disks_floors_s(run.site)
    floors_s |= {ups.name: timing.stop_off_s(run.site, ups) for ups in run.site.node_upses}
    by_s = run.now + max((limit_s(run, ups) for node in nodes for ups in returning(run, node)), default=0.0)
    while run.now < by_s and not any(comes_back(run, n) and not returning(run, n) for n in nodes):
        upses = [ups for node in nodes for ups in returning(run, node)]
        floors = floors_s
        if ups_at_floor(run, floors_s):
            floors = dict.fromkeys(floors_s, 0.0)
            by_s = min(by_s, max((due_s(run, ups) for ups in upses), default=run.now))
        if ups_at_floor(run, floors):
            return
        hopes = [run.ports.upses[ups.name].until(comes_on(run, ups)) for ups in upses]
        ends = [run.ports.upses[name].until(when.battery_ends(left_s)) for name, left_s in floors.items()]
        yield from run.wait(run.news(), *hopes, *ends, by_s=by_s)


def due_s(run: Run, ups: Ups) -> float:
    """When it is on, if it has its charge."""
    status, stable_s = answer(run.ports.upses[ups.name]), stable_at_s(run, ups)
    if status is None or stable_s is None or (status.charge_pct or 0.0) < ups.min_return_charge_pct:
        return run.now
    start, polling = run.site.start, run.site.polling
    return stable_s - start.mains_stable_s + ups.return_delay_s + polling.on_line_s + polling.timeout_s


def comes_on(run: Run, ups: Ups) -> Condition[UpsStatus]:
    status = answer(run.ports.upses[ups.name])
    return when.OUTPUT_OFF if status is not None and status.output_on else when.ON_OR_AWAY


def returning(run: Run, node: Server) -> list[Ups]:
    """UPSes of this node that come on before those that are told now have fallen."""
    return [ups for name in node.upses if is_returning(run, node, ups := run.site.upses[name])]


def is_returning(run: Run, node: Server, ups: Ups) -> bool:
    """Off, or will be; its mains are there, nobody told it to stay off, and it has its charge, or will."""
    status, off = answer(run.ports.upses[ups.name]), run.facts.armed.get(ups.name)
    if status is None or not status.mains or not ups.reboot_on_restore:
        return False
    if status.output_on and not is_back_too_soon(run, ups, node):
        return False
    if off is not None and not off.returns:
        return False
    return status.charge_pct is None or status.charge_pct >= ups.min_return_charge_pct - RISES_PCT


def limit_s(run: Run, ups: Ups) -> float:
    """How long it may take to come on, from when it was seen with its mains there."""
    return timing.graceful_off_s(ups) + ups.return_delay_s + run.site.start.mains_stable_s
