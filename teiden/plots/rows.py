"""One row per device: the states of its aspects joined into the bars that a picture shows.

A UPS has a supply and an output, an array a service and a cache; a row shows what of them matters to the
operator at each moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sequencer.events import Event
from teiden.states import FEEDS, GROUPS, Device, Interval, devices, intervals


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of a row. `trouble` says what went wrong with it: "crashed", "lost data" ..."""

    t0: float
    t1: float
    state: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    device: Device
    bars: tuple[Bar, ...]

    @property
    def name(self) -> str:
        return self.device.name

    @property
    def group(self) -> str:
        return self.device.group

    def at(self, t: float) -> str:
        """The state it is in from `t` on; "" where nothing is known."""
        return next((bar.state for bar in self.bars if bar.t0 <= t < bar.t1), "")


def rows(events: Sequence[Event]) -> list[Row]:
    """Every device that has a state, grouped as in `GROUPS`, within a group in the order of the site file."""
    found = intervals(events)
    made = [
        Row(device, tuple(_bars(device.kind, [i for i in found if i.subject == device.name])))
        for device in devices(events).values()
        if device.group != FEEDS
    ]
    return sorted((row for row in made if row.bars), key=lambda row: _place(row.group))


def _place(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def _bars(kind: str, found: Sequence[Interval]) -> Iterator[Bar]:
    """Cut the row at every change of any aspect, name each piece, and join neighbours of one name."""
    edges = sorted({t for i in found for t in (i.t0, i.t1)})
    last: Bar | None = None
    for t0, t1 in pairwise(edges):
        state, trouble = _shown({i.aspect: i.state for i in found if i.t0 <= t0 < i.t1})
        if state == "flushed" and (last is None or last.state not in ("flushing", "flushed")):
            state = "running"  # nobody asked for it: an idle cache, or that of an earlier life
        if last is not None and (last.state, last.trouble, last.t1) == (state, trouble, t0):
            last = Bar(last.t0, t1, state, trouble)
        else:
            if last is not None and last.state:
                yield last
            last = Bar(t0, t1, state, trouble)
    if last is not None and last.state:
        yield last


def _shown(states: dict[str, str]) -> tuple[str, str]:
    if "supply" in states or "output" in states:
        return _ups(states.get("supply", ""), states.get("output", ""))
    if "service" in states:
        return _array(states["service"], states.get("cache", ""))
    if "cache" in states:  # a live stream may know of the flush alone
        return _CACHE.get(states["cache"], ("running", ""))
    state = states.get("os") or states.get("cluster") or ""
    return _MACHINE.get(state, ("", ""))


_SUPPLY = {"on line": "on mains", "on battery": "on battery", "low battery": "low battery"}
_CACHE = {"flushing": ("flushing", ""), "flushed": ("flushed", "")}
_MACHINE = {
    "up": ("running", ""),
    "running": ("running", ""),
    "shutting down": ("shutting down", ""),
    "stopping": ("shutting down", ""),
    "halted": ("off", ""),
    "stopped": ("off", ""),
    "booting": ("starting", ""),
    "starting": ("starting", ""),
    "forced": ("off", "forced"),
    "crashed": ("off", "crashed"),
}


def _ups(supply: str, output: str) -> tuple[str, str]:
    if supply == "exhausted":
        return "off", "exhausted"
    if output == "off":
        return "off", ""
    return _SUPPLY.get(supply, ""), ""


def _array(service: str, cache: str) -> tuple[str, str]:
    if service == "off":
        return "off", "lost data" if cache == "lost data" else ""
    return ("starting", "") if service == "starting" else _CACHE.get(cache, ("running", ""))
