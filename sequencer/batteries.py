"""How long a battery lasts of which its card does not tell: by what it told last, or the site file says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

import simpy

from sequencer import conditions as when
from sequencer.feeds import is_back
from sequencer.run import Run


def ups_at_floor(run: Run, floors_s: Mapping[str, float]) -> str:
    """The first of these UPSes with no more left than what is still to come needs of it, or ''."""
    for name, floor_s in floors_s.items():
        status = run.ports.upses[name].seen().status
        if run.now >= reckoned_end_s(run, name) - floor_s:
            return name
        if status is None or status.mains or not status.output_on:
            continue
        left_s = status.runtime_s
        if status.low_battery or (left_s is not None and left_s <= floor_s):
            return name
    return ""


def until_at_floor(run: Run, floors_s: Mapping[str, float]) -> list[simpy.Event]:
    away = {name: s for name, s in floors_s.items() if not is_back(run, run.site.upses[name])}
    told = (run.ports.upses[name].until(when.runtime_below(floor_s)) for name, floor_s in away.items())
    return [*told, *reckoned(run, (reckoned_end_s(run, name) - floor_s for name, floor_s in away.items()))]


def reckoned(run: Run, times_s: Iterable[float]) -> list[simpy.Event]:
    return [run.env.timeout(max(at_s - run.now, 0.0)) for at_s in times_s if at_s < inf]


def reckoned_end_s(run: Run, name: str) -> float:
    """Of one that is silent by what it told last; of one that does not know its battery (U18) by what the
    site file states for its full load, since this life has seen its mains go, less what it had used before
    and has not charged since (P4): that it is low, if that is ever told, would leave no time for a stop. So
    is one that fell silent as they went, and is out with its feed (U16), by the charge that it had. Infinity:
    it tells, it does not drain, or nobody knows.
    """
    ups, seen = run.site.upses[name], run.ports.upses[name].seen()
    status, view = seen.status, run.mains[name]
    if status is None or not status.output_on or is_back(run, ups):
        return inf
    if status.mains and not view.confirmed:  # silence alone is no outage (S12)
        return inf
    if status.runtime_s is not None and not status.mains:
        since_s = seen.at_s if view.drains_since_s is None else max(seen.at_s, view.drains_since_s)
        return inf if seen.fresh else since_s + status.runtime_s
    if view.drains_since_s is None or not ups.runtime_s:
        return inf
    if status.mains and status.charge_pct is not None:
        return view.drains_since_s + ups.runtime_s * status.charge_pct / 100.0
    return view.drains_since_s + ups.runtime_s - view.used_s
