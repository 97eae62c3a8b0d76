"""How the whole site stops after its mains are lost: every step at its limit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sequencer import timing
from sequencer.site import ControlStop, OffMode, Server, Site
from teiden.language.say import t
from teiden.plan.arithmetic import names, number
from teiden.plan.course import Course, whole_site
from teiden.plan.step import PlannedStep

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class Stop:
    steps: tuple[PlannedStep, ...]
    needs_s: float
    """The linked side is off at the latest (R6-14)."""
    has_s: float
    """The control side begins to stop at the earliest."""
    late_looks_s: float
    """What late looks can add."""

    @property
    def margin_s(self) -> float:
        return self.has_s - self.needs_s


def plan_stop(site: Site) -> Stop:
    course = whole_site(site)
    steps = [
        *_confirmed(course),
        *_servers(site, course),
        *_server_upses(site, course),
        *_flushes(site, course),
        *_cuts(site, course),
        *_control(site, course),
    ]
    steps.sort(key=lambda step: step.from_s)
    return Stop(tuple(steps), course.linked_end.total, timing.control_confirm_s(site), timing.looking_s(site))


def _confirmed(course: Course) -> Iterator[PlannedStep]:
    for at_s, upses in course.confirmed.items():
        yield PlannedStep(at_s, at_s, upses, t("outage confirmed"), t("on battery {n} s", n=number(at_s)))


def _servers(site: Site, course: Course) -> Iterator[PlannedStep]:
    def alike(server: Server) -> tuple[float, float]:
        return course.servers[server.name].start.total, server.stop_limit_s

    for (from_s, limit_s), servers in _grouped(
        (alike(s), s) for s in site.linked_servers if s.name in course.servers
    ).items():
        falls = [
            course.server_upses[u].end.total for s in servers for u in s.upses if u in course.server_upses
        ]
        yield PlannedStep(
            from_s,
            from_s + limit_s,
            tuple(s.name for s in servers),
            t("shut down (limit {n} s)", n=number(limit_s)),
            margin_s=min(falls) - from_s - limit_s if falls else None,
        )


def _server_upses(site: Site, course: Course) -> Iterator[PlannedStep]:
    grouped = _grouped(
        ((span.start.total, span.end.total, site.upses[name].off), name)
        for name, span in course.server_upses.items()
    )
    for (from_s, until_s, mode), upses in grouped.items():
        yield PlannedStep(
            from_s,
            until_s,
            tuple(upses),
            t("OFF, output off after {n} s", n=number(until_s - from_s)),
            t("its servers halted, or their limit") if mode is OffMode.AFTER_HALT else "",
            None if site.linked_arrays else timing.control_confirm_s(site) - until_s,
        )


def _flushes(site: Site, course: Course) -> Iterator[PlannedStep]:
    for name, span in course.flushes.items():
        waits = [u.name for u in site.server_upses_of(name)]
        off = max((course.server_upses[u].end.total for u in waits if u in course.server_upses), default=0.0)
        before = [n for n, other in course.flushes.items() if other.end.total == span.start.total]
        why = t("{ups} seen off", ups=names(waits)) if waits else t("outage confirmed")
        if waits and before and span.start.total > off:
            why = t("{ups} seen off, {names} flushed", ups=names(waits), names=names(before))
        yield PlannedStep(
            span.start.total,
            span.end.total,
            (name,),
            t("flush (limit {n} s)", n=number(site.linkage.flush_limit_s)),
            why,
        )


def _cuts(site: Site, course: Course) -> Iterator[PlannedStep]:
    for array in (site.arrays[name] for name in course.flushes):
        for ups in array.upses:
            span = course.array_upses[ups]
            takes_s = span.end.total - span.start.total
            first = ups == array.upses[0]
            yield PlannedStep(
                span.start.total,
                span.end.total,
                (ups,),
                t("OFF, output off after {n} s", n=number(takes_s)) if takes_s else t("OFF now"),
                t("flushed, or limit and alarm")
                if first
                else t("{ups} off", ups=array.upses[array.upses.index(ups) - 1]),
                timing.control_confirm_s(site) - span.end.total,
            )


def _control(site: Site, course: Course) -> Iterator[PlannedStep]:
    cluster = site.cluster
    yield PlannedStep(
        course.cluster.start.total,
        course.cluster.end.total,
        (cluster.name,),
        t("stop (limit {n} s)", n=number(cluster.shutdown_limit_s)),
        _why_now(site, course),
    )
    nodes = _grouped((n.stop_limit_s, n) for n in site.control_nodes)
    falls = {u: span.end.total for u, span in course.control_upses.items()}
    shared = [falls[u.name] for u in site.control_array_upses]
    for limit_s, alike in nodes.items():
        start_s = course.cluster.end.total
        first_s = min([*shared, *(falls[u] for n in alike for u in n.upses if u in falls)])
        yield PlannedStep(
            start_s,
            start_s + limit_s,
            tuple(n.name for n in alike),
            t("shut down (limit {n} s)", n=number(limit_s)),
            t("cluster stopped"),
            first_s - start_s - limit_s,
        )
    for (from_s, until_s), upses in _grouped(
        ((span.start.total, span.end.total), u) for u, span in course.control_upses.items()
    ).items():
        what = t("OFF, output off after {n} s", n=number(until_s - from_s))
        yield PlannedStep(from_s, until_s, tuple(upses), what, t("cluster stopped"))


def _why_now(site: Site, course: Course) -> str:
    confirm_s = timing.control_confirm_s(site)
    control = (*site.control_array_upses, *site.node_upses)
    who = names(u.name for u in control if u.confirm_s == confirm_s)
    why = t("{ups} confirmed {n} s", ups=who, n=number(confirm_s))
    if site.control_stop is ControlStop.DOCUMENT:
        return why
    linked = course.array_upses or course.server_upses
    last = [u for u, span in linked.items() if span.end.total == course.linked_end.total]
    if last:
        why = t("{why}, {ups} off", why=why, ups=names(last))
    if course.held_s > 0:
        why = t("{why}; held {n} s", why=why, n=number(course.held_s))
    return why


def _grouped(items: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in items:
        groups[key].append(value)
    return groups
