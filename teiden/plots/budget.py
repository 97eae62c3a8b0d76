"""What uses up the time until the control side stops: the longest chain of the linked stop, step by step.

The sums are those of `teiden plan` and `teiden check`; here each step has its place on the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from sequencer import timing
from sequencer.site import Site, Timing, Ups
from teiden.language.say import t
from teiden.plan.arithmetic import number
from teiden.plan.course import Course, Span, whole_site

MOST_FLUSHES = 12
"""More flushes one after the other share a row."""
MOST_GROUPS = 3
"""Of servers that stop at other times, or take otherwise long, the tightest."""


class Kind(Enum):
    CONFIRM = "confirm"
    SHUTDOWN = "shutdown"
    HALT_FIRST = "halt first"
    OFF = "off"
    FLUSH = "flush"
    CUT = "cut"
    WAIT = "wait"
    HELD = "held"
    CLUSTER = "cluster"
    NODES = "nodes"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a step, and what it is for."""

    seconds: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """From when to when, in seconds after mains lost, each at its limit."""

    kind: Kind
    what: str
    who: tuple[str, ...]
    t0: float
    t1: float
    parts: tuple[Part, ...] = ()
    spare_s: float | None = None
    """How long it may still take until it is in the way; None: it is the way."""

    @property
    def seconds(self) -> float:
        return self.t1 - self.t0


@dataclass(frozen=True, slots=True)
class Budget:
    linked: tuple[Step, ...]
    control: tuple[Step, ...]
    needs_s: float
    has_s: float
    late_s: float
    """What late looks can add."""
    terms: str
    """`30 + 420 + 300`."""

    @property
    def margin_s(self) -> float:
        return self.has_s - self.needs_s

    @property
    def end_s(self) -> float:
        return max([self.needs_s, self.has_s, *(step.t1 for step in (*self.linked, *self.control))])


def budget(site: Site) -> Budget:
    course = whole_site(site)
    end = course.linked_end
    chain = _shared(list(_chain(site, course)))
    late_s = timing.looking_s(site) if end.terms else 0.0
    linked = sorted([*chain, *_servers(site, course)], key=lambda step: (step.t0, step.spare_s is None))
    return Budget(
        tuple(linked),
        tuple(_control(site, course)),
        end.total,
        timing.control_confirm_s(site),
        late_s,
        end.brief if end.terms else "",
    )


def _chain(site: Site, course: Course) -> Iterator[Step]:
    """From the linked side's end backwards: each step begins when the one before it ends."""
    at_s = course.linked_end.total
    while at_s > 0:
        step = _ending(site, course, at_s)
        yield step
        at_s = step.t0


def _ending(site: Site, course: Course, at_s: float) -> Step:
    """What ends last of all at this moment, and may therefore not begin later."""
    t0, who = _alike(course.array_upses, at_s)
    if who:
        return Step(Kind.CUT, t("linked disks' UPSes go off"), who, t0, at_s)
    t0, who = _alike(course.flushes, at_s)
    if who:
        return Step(Kind.FLUSH, t("flush"), who, t0, at_s)
    t0, who = _alike(course.server_upses, at_s)
    if who:
        return Step(Kind.OFF, t("servers' UPSes go off"), who, t0, at_s, tuple(_delays(site.upses[who[0]])))
    if at_s not in course.confirmed and (before := [c for c in course.confirmed if c < at_s]):
        halting = tuple(name for name, span in course.servers.items() if span.start.total == max(before))
        return Step(Kind.HALT_FIRST, t("servers halt first"), halting, max(before), at_s)
    return Step(Kind.CONFIRM, t("outage confirmed"), course.confirmed.get(at_s, ()), 0.0, at_s)


def _alike(spans: Mapping[str, Span], at_s: float) -> tuple[float, tuple[str, ...]]:
    """Those that end at this moment after taking their time; of several starts the latest."""
    ending = {n: s.start.total for n, s in spans.items() if s.end.total == at_s and s.start.total < at_s}
    t0 = max(ending.values(), default=0.0)
    return t0, tuple(name for name, start in ending.items() if start == t0)


def _delays(ups: Ups, all_s: float | None = None) -> Iterator[Part]:
    """What makes up the delay between the OFF and the loss of output.

    `all_s`: how long it is in all. A control disk's UPS waits its shutdown delay alone; another may wait
    for its loads before it counts down, and then its delay is told in one.
    """
    if all_s is not None and all_s != timing.graceful_off_s(ups):
        delay = t("shutdown delay") if ups.timing is Timing.LEGACY else t("power-off delay")
        yield Part(all_s, delay)
    elif ups.timing is Timing.LEGACY:
        yield Part(ups.shutdown_delay_s, t("shutdown delay"))
        yield Part(ups.low_battery_runtime_s, t("low-battery runtime"))
        yield Part(timing.LEGACY_EXTRA_S, t("the card's 2 min"))
    else:
        yield Part(ups.power_off_delay_s, t("power-off delay"))


def _shared(backwards: list[Step]) -> list[Step]:
    """In the order of time; many flushes one after the other become one row."""
    chain = backwards[::-1]
    flushes = [step for step in chain if step.kind is Kind.FLUSH]
    if len(flushes) <= MOST_FLUSHES:
        return chain
    who = tuple(name for step in flushes for name in step.who)
    together = replace(flushes[0], who=who, t1=flushes[-1].t1)
    together = replace(together, parts=tuple(Part(step.seconds) for step in flushes))
    return sorted([*(s for s in chain if s.kind is not Kind.FLUSH), together], key=lambda step: step.t0)


def _servers(site: Site, course: Course) -> Iterator[Step]:
    """While the UPSes count down; those that have the least time first."""
    groups: dict[tuple[float, float, float], list[str]] = {}
    for server in site.linked_servers:
        if server.name in course.servers:
            span = course.servers[server.name]
            falls = [course.server_upses[u].end.total for u in server.upses if u in course.server_upses]
            spare_s = min(falls, default=float("inf")) - span.end.total
            groups.setdefault((spare_s, span.start.total, span.end.total), []).append(server.name)
    for (spare_s, t0, t1), who in sorted(groups.items())[:MOST_GROUPS]:
        spare = spare_s if spare_s < float("inf") else None
        yield Step(Kind.SHUTDOWN, t("servers shut down"), tuple(who), t0, t1, spare_s=spare)


def _control(site: Site, course: Course) -> Iterator[Step]:
    confirm_s = timing.control_confirm_s(site)
    who = tuple(u.name for u in site.control_upses if u.confirm_s == confirm_s)
    yield Step(Kind.WAIT, t("control side waits"), who, 0.0, confirm_s)
    if course.held_s > 0:
        yield Step(Kind.HELD, t("held for the linked side"), (), confirm_s, confirm_s + course.held_s)
    cluster = course.cluster
    yield Step(Kind.CLUSTER, t("cluster stops"), (site.cluster.name,), cluster.start.total, cluster.end.total)
    nodes: dict[tuple[float, float], list[str]] = {}
    for name, span in course.nodes.items():
        nodes.setdefault((span.start.total, span.end.total), []).append(name)
    for (t0, t1), names in nodes.items():
        yield Step(Kind.NODES, t("control nodes shut down"), tuple(names), t0, t1)
    falls: dict[tuple[float, float], list[str]] = {}
    for name, span in course.control_upses.items():
        falls.setdefault((span.start.total, span.end.total), []).append(name)
    for (t0, t1), names in falls.items():
        disks = all(site.upses[name] in site.control_array_upses for name in names)
        what = t("control disks' UPSes go off") if disks else t("control UPSes go off")
        yield Step(Kind.OFF, what, tuple(names), t0, t1, tuple(_delays(site.upses[names[0]], t1 - t0)))


def title(found: Budget) -> str:
    """The conclusion in one sentence."""
    needs, has = number(found.needs_s), number(found.has_s)
    if not found.needs_s:
        return t("Nothing but the control side stops: it begins {n} s after mains lost", n=has)
    if found.margin_s < 0:
        return t(
            "The linked side needs {needs} s, the control side waits {has} s: {n} s short",
            needs=needs,
            has=has,
            n=number(-found.margin_s),
        )
    return t(
        "The linked side needs {needs} s of the {has} s: {n} s to spare",
        needs=needs,
        has=has,
        n=number(found.margin_s),
    )
