"""Which limits of a site the measured durations ask for: the longest and a margin, against what stands there.

Nothing measured: nothing proposed. One that was cut off counts as the least it may have been. Beside the
limits stand the delays of the UPSes that must not be shorter (R10-09): raised to the next value that their
card keeps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from sequencer import timing
from sequencer.site import ServerRole, Site, Timing, Ups
from teiden.files.units import MAX_DURATION_S
from teiden.measure.stopwatch import Cut, Kind
from teiden.measure.summary import Summary
from teiden.plan.arithmetic import KeyPath
from teiden.products import PRODUCTS
from teiden.tune.case import Values, kept_by_card, with_values
from teiden.tune.settings import value_of

GRID_S = 10.0
"""Limits are whole multiples of this: nobody reads more into a stopwatch."""
LARGE = 2.0
"""A limit more than so many times what is proposed is needlessly large."""
FEW = 3
"""Of fewer measurements no limit is lowered: two quick stops promise nothing."""


class Verdict(Enum):
    TOO_SMALL = "too small"
    """Something took longer than this."""
    TIGHT = "too near"
    """Enough for what was measured, and less than the margin above it."""
    FITS = "fits"
    LARGE = "needlessly large"
    UNKNOWN = "not measured"

    @property
    def short(self) -> bool:
        return self in (Verdict.TOO_SMALL, Verdict.TIGHT)


@dataclass(frozen=True, slots=True)
class Limit:
    path: KeyPath
    now_s: float
    measured: tuple[Summary, ...]
    """What it has to hold, device by device."""
    proposed_s: float | None
    verdict: Verdict

    @property
    def n(self) -> int:
        return sum(len(one.whole) for one in self.measured)

    @property
    def cut(self) -> int:
        """So many were cut off, or may have taken longer than any: what is proposed is the least."""
        most_s = self.largest_s or 0.0
        cut = [one for summary in self.measured for one in summary.longer]
        return sum(one.cut is not Cut.NOT_SEEN or one.took_s > most_s for one in cut)

    @property
    def ended_for_us(self) -> bool:
        """Something was forced, given up, or lost its power; not merely out of sight."""
        return any(one.cut is not Cut.NOT_SEEN for summary in self.measured for one in summary.longer)

    @property
    def largest_s(self) -> float | None:
        return max((s for one in self.measured if (s := one.largest_s) is not None), default=None)

    @property
    def longer_than_s(self) -> float | None:
        return max((s for one in self.measured if (s := one.longer_than_s) is not None), default=None)


@dataclass(frozen=True, slots=True)
class Delay:
    """The delay of one UPS that has to hold a limit: what it is, and what its card keeps instead."""

    path: KeyPath
    now_s: float
    proposed_s: float
    enough: bool
    """False: its card has nothing longer."""


@dataclass(frozen=True, slots=True)
class Proposal:
    limits: tuple[Limit, ...]
    delays: tuple[Delay, ...]
    values: Values
    """What is to be set: limits that are short, those that are large where that was asked for, and delays."""


def proposal(site: Site, found: Sequence[Summary], *, margin: float, lower: bool = False) -> Proposal:
    """`margin`: 0.5 is half as much again. `lower`: set what is needlessly large too."""
    limits = tuple(_limit(site, path, held, margin) for path, held in _held(site, found))
    values: Values = {
        limit.path: limit.proposed_s
        for limit in limits
        if limit.proposed_s is not None
        and (limit.verdict.short or (lower and limit.verdict is Verdict.LARGE))
        and limit.proposed_s != limit.now_s
    }
    delays = tuple(_delays(site, with_values(site, values)))
    values |= {delay.path: delay.proposed_s for delay in delays if delay.proposed_s != delay.now_s}
    return Proposal(limits, delays, values)


def _held(site: Site, found: Sequence[Summary]) -> Iterator[tuple[KeyPath, tuple[Summary, ...]]]:
    """Every limit and the durations it has to hold; limits of what is not measured at all are left out."""
    by = {(one.kind, one.device): one for one in found}
    kinds = {one.kind for one in found}
    if Kind.CLUSTER_STOP in kinds:
        yield ("cluster", "shutdown_limit"), _of(by, Kind.CLUSTER_STOP, [site.cluster.name])
    if Kind.SERVER_STOP in kinds:
        for server in site.servers.values():
            if server.role is not ServerRole.POOL or (Kind.SERVER_STOP, server.name) in by:
                yield ("servers", server.name, "shutdown", "limit"), _of(by, Kind.SERVER_STOP, [server.name])
    if Kind.FLUSH in kinds and site.linked_arrays:
        yield ("linkage", "flush_limit"), _of(by, Kind.FLUSH, [a.name for a in site.linked_arrays])
    if Kind.BOOT in kinds:
        yield ("start", "server_limit"), _of(by, Kind.BOOT, site.servers)
        yield ("start", "array_limit"), _of(by, Kind.BOOT, site.arrays)
        yield ("start", "cluster_limit"), _of(by, Kind.BOOT, [site.cluster.name])


def _of(by: dict[tuple[Kind, str], Summary], kind: Kind, names: Iterable[str]) -> tuple[Summary, ...]:
    return tuple(by[kind, name] for name in names if (kind, name) in by)


def _limit(site: Site, path: KeyPath, held: tuple[Summary, ...], margin: float) -> Limit:
    now_s = float(value_of(site, path))
    at_least_s = max((s for one in held if (s := one.at_least_s) is not None), default=0.0)
    if not at_least_s:
        return Limit(path, now_s, held, None, Verdict.UNKNOWN)
    proposed_s = min(_whole(at_least_s * (1.0 + margin)), MAX_DURATION_S)
    if path == ("linkage", "flush_limit"):
        proposed_s = max(proposed_s, PRODUCTS[site.product].flush_limit_s)
    verdict = _verdict(Limit(path, now_s, held, proposed_s, Verdict.FITS), at_least_s)
    return Limit(path, now_s, held, None if verdict is Verdict.UNKNOWN else proposed_s, verdict)


def _verdict(limit: Limit, at_least_s: float) -> Verdict:
    assert limit.proposed_s is not None
    if at_least_s >= limit.now_s:
        return Verdict.TOO_SMALL
    if limit.proposed_s > limit.now_s:
        return Verdict.UNKNOWN if limit.largest_s is None and not limit.ended_for_us else Verdict.TIGHT
    if limit.largest_s is None:
        return Verdict.UNKNOWN
    large = limit.now_s > LARGE * limit.proposed_s and limit.n >= FEW and not limit.cut
    return Verdict.LARGE if large else Verdict.FITS


def _whole(seconds: float) -> float:
    """What is under a second is the command on its way."""
    return max(1.0, math.ceil(round(seconds) / GRID_S)) * GRID_S


def _delays(site: Site, after: Site) -> Iterator[Delay]:
    """UPSes whose delay held its loads' limits before, or did not, and does not hold those proposed."""
    for name, ups in after.upses.items():
        needs_s = _needed_s(after, ups)
        has_s = timing.stop_off_s(after, ups)
        if has_s >= needs_s or needs_s <= _needed_s(site, site.upses[name]):
            continue
        key, field = _DELAY[ups.timing is Timing.LEGACY]
        now_s = float(getattr(ups, field))
        kept_s = kept_by_card(ups.timing, field, now_s + needs_s - has_s)
        yield Delay(("upses", name, key), now_s, kept_s, kept_s >= now_s + needs_s - has_s)


_DELAY = {
    True: ("shutdown_delay", "shutdown_delay_s"),
    False: ("power_off_delay", "power_off_delay_s"),
}


def _needed_s(site: Site, ups: Ups) -> float:
    """The longest stop among what hangs on it (R10-09), and the minute before which nobody is forced (S1)."""
    if ups.name in site.names_of_control_array_upses:
        return max((node.stop_limit_s for node in site.control_nodes), default=0.0)
    loads = [server for server in site.servers_on(ups.name) if server.role is not ServerRole.POOL]
    linked = any(server.role is ServerRole.LINKED for server in loads)
    slowest_s = max((server.stop_limit_s for server in loads), default=0.0)
    return slowest_s + (site.force_before_s if linked else 0.0)
