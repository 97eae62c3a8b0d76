"""Whether somebody will boot again when the mains return, before the last node goes (L3).

A node that is halted boots only if its power went meanwhile: if every UPS that feeds it goes off. One that
comes back wakes the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sequencer import conditions as when
from sequencer.ports import Condition, Steps, UpsPort, UpsStatus
from sequencer.proof import seen_off
from sequencer.run import Run
from sequencer.site import OffMode, Server, Ups


def somebody_comes_back(run: Run, nodes: Sequence[Server]) -> Steps[None]:
    """As long as none of these would boot again they stay up, loudly, if need be until their batteries end.

    A card that does not answer (a LAN switch that died first) cannot be told to go off; one whose delay would
    cut its node off under way is not told (U8), nor one that somebody holds (S27). Each may change yet; if
    not, the nodes crash, and boot with the mains.
    """
    while not any(comes_back(run, node) for node in nodes):
        waiting = dict(in_the_way(run, nodes))
        text = f"{', '.join(waiting)}: the nodes on them would not come back when halted, so they stay up"
        run.alarm(run.site.cluster.name, text, "L3")
        hopes = (run.ports.upses[name].until(hope) for name, hope in waiting.items())
        yield from run.wait(run.news(), *hopes)


def comes_back(run: Run, node: Server) -> bool:
    """Each of its UPSes is off, or can be told; and the fall that takes its power leaves it its time."""
    upses = [run.site.upses[name] for name in node.upses]
    if any(is_dumb(run, ups) or is_held(run, ups) for ups in upses):
        return False
    in_time = [leaves_time(run, ups, node) for ups in upses]
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


def is_dumb(run: Run, ups: Ups) -> bool:
    """It does not answer, and is not off: nobody can tell it to go."""
    return answer(run.ports.upses[ups.name]) is None and not seen_off(run, ups, [])


def is_held(run: Run, ups: Ups) -> bool:
    """Somebody does, and it is on: it is not told to go off."""
    return run.in_other_hands(ups.name) is not None and not seen_off(run, ups, [])


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
