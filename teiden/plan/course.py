"""An outage of the whole site at its limits: who is asked when, and when it is over at the latest.

The same rules decide who stops as in the running sequence (`sequencer.scope`), the delays are those
of `sequencer.timing`. Looking costs nothing here; what late looks add is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sequencer import timing
from sequencer.scope import Scope, scope
from sequencer.site import Array, ControlStop, FlushOrder, OffMode, Site
from teiden.language.say import language, t
from teiden.plan.arithmetic import Amount, amount, latest, names


@dataclass(frozen=True)
class Span:
    """From when until when, each as a sum of what leads there."""

    start: Amount
    end: Amount


@dataclass(frozen=True)
class Course:
    """Seconds after mains lost, by the name of who it concerns."""

    confirmed: dict[float, tuple[str, ...]]
    """Confirm times of the linked side that make somebody stop, and the UPSes whose times they are."""
    servers: dict[str, Span]
    """Asked to shut down, halted. Linked servers only: pool servers are not expected to run."""
    server_upses: dict[str, Span]
    """OFF armed, output off."""
    flushes: dict[str, Span]
    """By array."""
    array_upses: dict[str, Span]
    """OFF sent, output off. A UPS that feeds several arrays waits for the last of them."""
    linked_end: Amount
    """The linked side is off at the latest: what the control side has to outlive (R6-14)."""
    cluster: Span
    nodes: dict[str, Span]
    control_upses: dict[str, Span]
    held_s: float
    """How long the control side waits past its own confirm time for the linked side (S5)."""

    def off(self, ups: str) -> Amount | None:
        """When this UPS's output is off at the latest; None if an outage never switches it off."""
        for spans in (self.server_upses, self.array_upses, self.control_upses):
            if ups in spans:
                return spans[ups].end
        return None


_latest: list[tuple[Site, str, Course]] = []
"""Several rules and the plan ask for the course of one site, in one language, one after the other."""


def whole_site(site: Site) -> Course:
    """All UPSes lose their mains at once and every step takes as long as it may."""
    if not (_latest and _latest[0][0] is site and _latest[0][1] == language()):
        _latest[:] = [(site, language(), _whole_site(site))]
    return _latest[0][2]


def _whole_site(site: Site) -> Course:
    reached = _reached(site)
    server_upses = _server_upses(site, reached)
    flushes = _flushes(site, reached, server_upses)
    array_upses = _array_upses(site, flushes)
    end = latest(span.end for span in (*server_upses.values(), *flushes.values(), *array_upses.values()))
    begin = _control_begin(site, end)
    stopped = begin.plus(site.cluster.shutdown_limit_s, t("cluster limit"), ("cluster", "shutdown_limit"))
    return Course(
        confirmed={
            at_s: tuple(_confirming(site, at_s))
            for at_s in sorted({at.total for at in (*reached.servers.values(), *reached.arrays.values())})
        },
        servers={
            s.name: Span(at, at.plus(s.stop_limit_s, t("{name} limit", name=s.name)))
            for s in site.linked_servers
            if (at := reached.servers.get(s.name)) is not None
        },
        server_upses=server_upses,
        flushes=flushes,
        array_upses=array_upses,
        linked_end=end,
        cluster=Span(begin, stopped),
        nodes={
            n.name: Span(stopped, stopped.plus(n.stop_limit_s, t("{name} limit", name=n.name)))
            for n in site.control_nodes
        },
        control_upses={
            u.name: Span(stopped, stopped.plus(timing.stop_off_s(site, u), t("{ups} off", ups=u.name)))
            for u in (*site.control_array_upses, *site.node_upses)
        },
        held_s=begin.total - timing.control_confirm_s(site),
    )


def flush_count(site: Site) -> int:
    """How many flush limits pass one after the other."""
    count = len(site.linked_arrays)
    return count if site.linkage.flush_order is FlushOrder.SERIAL else min(count, 1)


@dataclass(frozen=True)
class _Reached:
    """At which confirm time each of them comes into the scope of the outage."""

    servers: dict[str, Amount]
    server_upses: dict[str, Amount]
    arrays: dict[str, Amount]


def _reached(site: Site) -> _Reached:
    found = _Reached({}, {}, {})
    for confirm_s in sorted({u.confirm_s for u in site.upses.values()}):
        out = {u.name for u in site.upses.values() if u.confirm_s <= confirm_s}
        confirmed = amount(confirm_s, t("{ups} confirm", ups=names(_confirming(site, confirm_s))))
        for name, known in _members(scope(site, out), found):
            known.setdefault(name, confirmed)
    return found


def _members(at: Scope, found: _Reached) -> Iterator[tuple[str, dict[str, Amount]]]:
    yield from ((name, found.servers) for name in sorted(at.servers))
    yield from ((name, found.server_upses) for name in sorted(at.server_upses))
    yield from ((name, found.arrays) for name in sorted(at.arrays))


def _confirming(site: Site, confirm_s: float) -> list[str]:
    """Whose confirm time ends now: the linked disks' UPSes first, as they start the whole stop."""
    for upses in (site.linked_array_upses, site.server_upses, tuple(site.upses.values())):
        who = [u.name for u in upses if u.confirm_s == confirm_s]
        if who:
            return who
    return []


def _server_upses(site: Site, reached: _Reached) -> dict[str, Span]:
    spans = {}
    for ups in site.server_upses:
        armed = reached.server_upses.get(ups.name)
        if armed is not None:
            # With `off: after_halt` the OFF itself comes only after the longest shutdown.
            sent = armed
            if ups.off is OffMode.AFTER_HALT:
                sent = armed.plus(
                    timing.stop_off_s(site, ups) - timing.graceful_off_s(ups), t("shutdown limit")
                )
            spans[ups.name] = Span(sent, sent.plus(timing.graceful_off_s(ups), t("{ups} off", ups=ups.name)))
    return spans


def _flushes(site: Site, reached: _Reached, server_upses: dict[str, Span]) -> dict[str, Span]:
    """Each array when its servers' UPSes are off; serial: in the file's order, as the runbook does it."""
    serial = site.linkage.flush_order is FlushOrder.SERIAL
    limit_s = site.linkage.flush_limit_s
    spans: dict[str, Span] = {}
    for array in site.linked_arrays:
        if array.name not in reached.arrays:
            continue
        start = _idle(site, array, reached, server_upses)
        for earlier in sorted(spans, key=lambda name: reached.arrays[name].total) if serial else []:
            if reached.arrays[earlier].total <= start.total:
                start = latest((start, spans[earlier].end))
        spans[array.name] = Span(start, start.plus(limit_s, t("flush_limit"), ("linkage", "flush_limit")))
    return spans


def _idle(site: Site, array: Array, reached: _Reached, server_upses: dict[str, Span]) -> Amount:
    """All servers' UPSes of this array are off: only then may it be flushed (S3)."""
    offs = [server_upses[u.name] for u in site.server_upses_of(array.name) if u.name in server_upses]
    last = latest(span.end for span in offs)
    if not offs or last.total < reached.arrays[array.name].total:
        return reached.arrays[array.name]
    together = [
        u.name
        for u in site.server_upses_of(array.name)
        if u.name in server_upses and server_upses[u.name].end.total == last.total
    ]
    *path, off = last.terms
    return Amount(tuple(path)).plus(off.value, t("{ups} off", ups=names(together)))


def _array_upses(site: Site, flushes: dict[str, Span]) -> dict[str, Span]:
    """Cut at once after the flush, one after the other, controllers before enclosures (S4)."""
    spans: dict[str, Span] = {}
    for name, flush in flushes.items():
        before = flush.end
        for ups in (site.upses[u] for u in site.arrays[name].upses):
            end = before.plus(
                timing.immediate_off_s(ups), t("{ups} off, an old card waits its grace", ups=ups.name)
            )
            if ups.name not in spans or spans[ups.name].end.total < end.total:
                spans[ups.name] = Span(before, end)
            before = end
    return spans


def _control_begin(site: Site, linked_end: Amount) -> Amount:
    """The control side's stop: at its confirm time, or held until the linked side is off (S5)."""
    confirm_s = timing.control_confirm_s(site)
    who = [u.name for u in (*site.node_upses, *site.control_array_upses) if u.confirm_s == confirm_s]
    begin = amount(confirm_s, t("{ups} confirm", ups=names(who)))
    if site.control_stop is ControlStop.DOCUMENT or linked_end.total <= confirm_s:
        return begin
    floors = [
        u.runtime_s - timing.control_floor_s(site, u)
        for u in (*site.node_upses, *site.control_array_upses)
        if u.runtime_s
    ]
    floor_s = max(confirm_s, min(floors, default=linked_end.total))
    return linked_end if linked_end.total <= floor_s else amount(floor_s, t("battery floor"))
