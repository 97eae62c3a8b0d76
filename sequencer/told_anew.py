"""Nodes that have gone before us, and boot again while we wait for somebody: they are told anew first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sequencer import guards
from sequencer.force import boots
from sequencer.ports import Os, Steps
from sequencer.run import Run
from sequencer.systems import stop_system
from sequencer.task import Task


def when_we_may(run: Run, others: dict[str, Task], others_first: Callable[[], Steps[None]]) -> Steps[None]:
    """Who holds us does not hold the others; but when he lets us go we look at them once more (S27).

    And whoever has booted while we waited for the linked side goes down again, before anything is cut (H6).
    """
    yield from others_first()
    while run.in_other_hands(run.me) is not None or run_again(run, others):
        yield from run.released(run.me)
        tell_anew(run, others)
        yield from others_first()


def tell_anew(run: Run, others: dict[str, Task]) -> None:
    """What they accepted before they booted does not count any more (S1)."""
    for name in run_again(run, others):
        run.asked_to_stop.discard(name)
        run.on_their_way.discard(name)
        others[name] = run.spawn(stop_system(run, run.site.servers[name]))


def look_who_is_down(run: Run, others: Mapping[str, Task]) -> Steps[None]:
    """Once more before their power is told to go off: a button, or mains that are back, boot one sooner than
    the next poll tells of it (H6, S1, S2)."""
    down = [name for name, stops in others.items() if stops.over]
    yield from run.all_of(*(run.ports.servers[name].look() for name in down))


def run_again(run: Run, others: Mapping[str, Task]) -> list[str]:
    """Their stop is over, and they have booted since."""
    down = [name for name, stops in others.items() if stops.over and name not in run.given_up]
    return [n for n in down if boots(run, n) or guards.is_seen(run.ports.servers[n].seen(), Os.UP)]
