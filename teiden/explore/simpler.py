"""Simpler things in the place of one deed: at a rounder time, shorter, of all rather than of some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.faults.catalogue import default_amount
from sim.story import Asked
from teiden.explore.deeds import Cut, Deed, Trouble
from teiden.explore.history import History

STEPS_S = (3600.0, 1800.0, 600.0, 300.0, 60.0, 30.0, 10.0, 5.0, 1.0)
"""The roundest first."""


def simpler(deed: Deed) -> Iterator[Deed]:
    """The simplest first; each is tried in the place of the deed as it was given."""
    match deed:
        case Cut():
            yield from (replace(deed, for_s=for_s) for for_s in _rounder(deed.for_s))
        case Trouble():
            yield from _simpler_trouble(deed)
        case Asked():
            yield from _simpler_request(deed)
    if deed.at_s:
        yield from (replace(deed, at_s=at_s) for at_s in (0.0, *_rounder(deed.at_s)))


def _simpler_trouble(deed: Trouble) -> Iterator[Trouble]:
    if deed.fault.amount is not None:
        yield replace(deed, amount=default_amount(deed.fault))
    if deed.for_s is not None:
        yield from (replace(deed, for_s=for_s) for for_s in _rounder(deed.for_s))
        end_s = deed.at_s + deed.for_s
        yield from (replace(deed, for_s=e - deed.at_s) for e in _rounder(end_s) if e > deed.at_s)


def _simpler_request(deed: Asked) -> Iterator[Asked]:
    if deed.to:
        yield replace(deed, to="")
    for name in deed.of if len(deed.of) > 1 else ():
        yield replace(deed, of=(name,))


def _rounder(seconds: float) -> Iterator[float]:
    """Round figures beside it, down before up, the roundest and the shortest first; never nothing."""
    for step_s in STEPS_S:
        if seconds % step_s:
            for n in (seconds // step_s, seconds // step_s + 1):
                if n:
                    yield n * step_s


def earlier(history: History) -> Iterator[History]:
    """Everything together, so that the first thing happens at ten minutes; what was always there stays."""
    later = [deed for deed in history.deeds if deed.at_s > 0]
    if not later or history.schedules:
        return
    by_s = round(min(deed.at_s for deed in later) - 600.0, 1)
    if by_s > 0:
        yield history.with_deeds(
            [replace(d, at_s=round(d.at_s - by_s, 1)) if d.at_s else d for d in history.deeds]
        )
