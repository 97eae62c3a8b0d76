"""Stops that were planned: nights of a schedule, requests; and who is meant to be off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sequencer.events import Event
from teiden.judge.history import History
from teiden.plots.asked import decisions, is_stop
from teiden.plots.outages import Outage, restored, stopped
from teiden.plots.rows import Row


@dataclass(frozen=True, slots=True)
class Planned:
    """A stop that was asked for, until everything is back, or to the end of the run."""

    asked: Event
    window: Outage


def planned(history: History, rows: Sequence[Row], darks: Sequence[Outage]) -> list[Planned]:
    """Every planned stop outside of outages; what is asked before it is over is part of it."""
    stops = [e for e in decisions(history) if is_stop(e) and not any(_within(e.t, dark) for dark in darks)]
    ends = [*(e.t for e in stops[1:]), history.end_s + 1.0]
    found: list[Planned] = []
    for event, end in zip(stops, ends, strict=False):
        until = min([end, *(dark.lost for dark in darks if dark.lost > event.t)])
        if found and restored(rows, found[-1].window) is None and found[-1].window.until == event.t:
            found[-1] = replace(found[-1], window=replace(found[-1].window, until=until))
        else:
            found.append(Planned(event, Outage(event.t, event.t, until)))
    return [plan for plan in found if stopped(rows, plan.window)]


def _within(t: float, dark: Outage) -> bool:
    return dark.lost <= t and (dark.back is None or t <= dark.back)


def meant_off(history: History, rows: Sequence[Row]) -> set[str]:
    """Who is off at the end because somebody wanted it: that is not a failure to come back."""
    everybody = {row.name for row in rows}
    off: set[str] = set()
    for event in decisions(history):
        goal = str(event.details.get("goal") or event.details.get("wish"))
        who = set(_names(event)) or everybody
        if event.name == "request.refused":
            continue
        if goal in ("down", "power_off", "cluster_shutdown", "server_shutdown"):
            off |= who
        elif goal in ("up", "power_on"):
            off -= who
    return off | _held(history)


def _names(event: Event) -> Iterator[str]:
    told = event.details.get("servers") or event.details.get("of") or ""
    yield from (name.strip() for name in str(told).split(",") if name.strip())


def _held(history: History) -> set[str]:
    held: set[str] = set()
    for event in history.told:
        if event.name == "hold.set":
            held.add(event.subject)
        elif event.name == "hold.released":
            held.discard(event.subject)
    return held
