"""One row per device: the states of its aspects joined into the bars that a picture shows.

A UPS has a supply and an output, an array a service and a cache; a row shows what of them matters to the
operator at each moment.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from sequencer.events import Event
from teiden.states import FEEDS, GROUPS, Device, Interval, devices, intervals


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of a row. `trouble` says what went wrong with it: "crashed", "lost data" ..."""

    t0: float
    t1: float
    state: str
    trouble: str = ""
    note: str = ""
    """What it is said to be, where the state alone would tell less: off, and "waits for its disk"."""
    lag0: float = 0.0
    """Seconds from the first of a folded row's devices that enters the state to the last; one device: 0."""
    lag1: float = 0.0
    """The same for leaving it."""


_begins = attrgetter("t0")


@dataclass(frozen=True, slots=True)
class Row:
    device: Device
    bars: tuple[Bar, ...]
    """One after the other, in the order of time."""
    members: tuple[str, ...] = ()
    """The devices of a folded row."""

    @property
    def name(self) -> str:
        return self.device.name

    @property
    def names(self) -> tuple[str, ...]:
        """Every device that this row stands for."""
        return self.members or (self.name,)

    @property
    def group(self) -> str:
        return self.device.group

    def at(self, t: float) -> str:
        """The state it is in from `t` on; "" where nothing is known."""
        begun = bisect_right(self.bars, t, key=_begins)
        return self.bars[begun - 1].state if begun and t < self.bars[begun - 1].t1 else ""

    def begun(self, t0: float, until: float) -> tuple[Bar, ...]:
        """The bars that begin in a window: from `t0` on, before `until`."""
        return self.bars[bisect_left(self.bars, t0, key=_begins) : bisect_left(self.bars, until, key=_begins)]

    def seen(self, t0: float, until: float) -> tuple[Bar, ...]:
        """The bars of which a part lies between these times."""
        bars = self.bars[max(0, bisect_right(self.bars, t0, key=_begins) - 1) :]
        return tuple(bar for bar in bars[: bisect_left(bars, until, key=_begins)] if bar.t1 > t0)


def rows(events: Sequence[Event]) -> list[Row]:
    """Every device that has a state, grouped as in `GROUPS`, within a group in the order of the site file."""
    of: defaultdict[str, list[Interval]] = defaultdict(list)
    for interval in intervals(events):
        of[interval.subject].append(interval)
    made = [
        Row(device, tuple(_bars(of[device.name])))
        for device in devices(events).values()
        if device.group != FEEDS
    ]
    found = sorted((row for row in made if row.bars), key=lambda row: _place(row.group))
    return [_waiting(row, found) if row.device.kind == "cluster" else row for row in found]


def _place(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def _bars(found: Sequence[Interval]) -> Iterator[Bar]:
    """Cut the row at every change of any aspect, name each piece, and join neighbours of one name."""
    silent = any(i.aspect == "presence" for i in found)
    last: Bar | None = None
    for t0, t1, states in _pieces(found):
        state, trouble = _shown(states)
        if state == "flushed" and (last is None or last.state not in ("flushing", "flushed")):
            state = "running"  # nobody asked for it: an idle cache, or that of an earlier life
        note = "silent" if state == "off" and silent else ""
        if last is not None and (last.state, last.trouble, last.t1) == (state, trouble, t0):
            last = replace(last, t1=t1)
        else:
            if last is not None and last.state:
                yield last
            last = Bar(t0, t1, state, trouble, note)
    if last is not None and last.state:
        yield last


def _pieces(found: Sequence[Interval]) -> Iterator[tuple[float, float, dict[str, str]]]:
    """From each change to the next, with the state of each aspect in between.

    Only of intervals that begin or end is anything asked at a change: a long run has thousands.
    """
    begin: defaultdict[float, list[Interval]] = defaultdict(list)
    end: defaultdict[float, list[Interval]] = defaultdict(list)
    for interval in found:
        begin[interval.t0].append(interval)
        end[interval.t1].append(interval)
    states: dict[str, str] = {}
    for t0, t1 in pairwise(sorted(begin.keys() | end.keys())):
        for over in end[t0]:
            del states[over.aspect]
        states |= {i.aspect: i.state for i in begin[t0]}
        yield t0, t1, states


def _shown(states: dict[str, str]) -> tuple[str, str]:
    if "supply" in states or "output" in states:
        return _ups(states.get("supply", ""), states.get("output", ""))
    if "service" in states:
        return _array(states["service"], states.get("cache", ""))
    if "cache" in states:  # a live stream may know of the flush alone
        return _CACHE.get(states["cache"], ("running", ""))
    state = states.get("os") or states.get("cluster") or states.get("presence") or ""
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
    "answering": ("answering", ""),
    "silent": ("off", ""),
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


def _waiting(cluster: Row, found: Sequence[Row]) -> Row:
    """Say of a cluster that is down while a node is up, but its disk is not, that it waits for it."""
    nodes = [row for row in found if row.device.kind == "node"]
    disks = [row for row in found if row.group == "ARRAYS" and row.device.role == "control"]
    if not nodes or not disks:
        return cluster
    return replace(cluster, bars=tuple(part for bar in cluster.bars for part in _waits(bar, nodes, disks)))


def _waits(bar: Bar, nodes: Sequence[Row], disks: Sequence[Row]) -> Iterator[Bar]:
    if bar.state != "off" or bar.trouble:
        yield bar
        return
    others = {t for row in (*nodes, *disks) for b in row.bars for t in (b.t0, b.t1) if bar.t0 < t < bar.t1}
    last: Bar | None = None
    for t0, t1 in pairwise([bar.t0, *sorted(others), bar.t1]):
        up = any(node.at(t0) == "running" for node in nodes)
        waits = up and all(disk.at(t0) in ("off", "starting") for disk in disks)
        note = "waits for its disk" if waits else bar.note
        if last is not None and last.note == note:
            last = replace(last, t1=t1)
        else:
            if last is not None:
                yield last
            last = replace(bar, t0=t0, t1=t1, note=note)
    if last is not None:
        yield last
