"""The ways to meet a demand: raise what is too small, lower what is needed, or the rule's own remedy.

Which values a rule's `needs` depends on is not written here again: each family of values is lowered by
one second, and the rule itself is asked whether its margin grew, and how fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sequencer import timing
from sequencer.site import Site, Timing, Ups
from teiden.plan.arithmetic import KeyPath
from teiden.plan.nights import clock
from teiden.rules.finding import Margin
from teiden.rules.registry import Rule
from teiden.tune.case import Case, State, Values, with_values
from teiden.tune.settings import BATTERY, CLOCK, DELAYS, Setting, every_path, is_tuned, key
from teiden.tune.wants import EPSILON_S, Want

MINUTE_S = 60.0


@dataclass(frozen=True)
class Family:
    """Values that stand in for each other: which of them decides follows from the largest."""

    paths: tuple[KeyPath, ...]
    weight: Callable[[Site, KeyPath], float]
    """What is compared among them, in seconds: one second less of the value is one second less of this."""
    together: bool = False
    """Always moved as one: the nodes' confirm times are equal (R6-11)."""


def grouped(site: Site, wants: Iterable[Want]) -> list[list[Want]]:
    """What one rule demands of UPSes of one kind is met in one go: a hall has a hundred of them."""
    groups: dict[tuple[object, ...], list[Want]] = defaultdict(list)
    for want in wants:
        if want.margin is None:
            groups[want.rule.id, want.path, want.finding].append(want)
        else:
            groups[want.rule.id, want.margin.title, _kind(site, want.path)].append(want)
    return list(groups.values())


class Ways:
    """The ways onward from one state; rules asked once about a family are not asked again."""

    def __init__(self, case: Case, state: State) -> None:
        self._case, self._state = case, state
        self._site = case.at(state)
        self._families = [
            (family, movable)
            for family in families(self._site)
            if (movable := [path for path in family.paths if self._may_fall(path)])
        ]
        self._asked: dict[tuple[str, int], list[Margin]] = {}

    def of(self, group: list[Want]) -> list[Values]:
        """Each different; empty: nothing that may be set meets this."""
        raised = self._raised(group)
        ways = [raised] if raised else []
        if group[0].margin is not None:
            ways += self._lowered(group)
        if not ways:
            ways += self._remedies(group)
        if not ways and group[0].margin is not None:
            ways += self._whatever_helps(group)
        return [way for n, way in enumerate(ways) if way not in ways[:n]]

    def _raised(self, group: list[Want]) -> Values:
        """The value that each margin `has` grows by what is missing."""
        move: Values = {}
        for want in group:
            if want.margin is not None and want.short > EPSILON_S:
                self._put(move, want.path, self._grown(want.path, want.short))
        return move

    def _grown(self, path: KeyPath, by_s: float) -> Setting | None:
        now = self._case.value(self._state, path) if is_tuned(path) else None
        if isinstance(now, str) and key(path) == CLOCK:
            return clock(now, -(-by_s // MINUTE_S) * MINUTE_S)
        return now + by_s if isinstance(now, float | int) and not isinstance(now, bool) else None

    def _lowered(self, group: list[Want]) -> Iterator[Values]:
        """For each family of values that the rule needs less of: as much less as is missing."""
        for nth, (family, movable) in enumerate(self._families):
            slopes = self._slopes(group, nth, movable)
            if slopes:
                move = self._fallen(family, movable, [(w, by) for w, by in slopes if by > EPSILON_S])
                if move:
                    yield move

    def _slopes(self, group: list[Want], nth: int, movable: list[KeyPath]) -> list[tuple[Want, float]]:
        """By how much each margin of the group grows when all of these are one second less."""
        rule = group[0].rule
        asked = self._asked.get((rule.id, nth))
        if asked is None:
            one_less: Values = {path: self._now(path) - 1 for path in movable}
            asked = self._asked[rule.id, nth] = _margins(rule, self._case, with_values(self._site, one_less))
        return [
            (want, asked[want.nth].left - want.margin.left)
            for want in group
            if want.margin is not None and want.nth < len(asked)
        ]

    def _fallen(self, family: Family, movable: list[KeyPath], helped: list[tuple[Want, float]]) -> Values:
        move: Values = {}
        missing_s = 0.0
        devices = {path[1]: path for path in movable if len(path) > 2 and not family.together}
        for want, slope in helped:
            own = devices.get(want.path[1]) if len(want.path) > 2 else None
            if own is None:
                missing_s = max(missing_s, want.short / slope)
            else:
                now = self._now(own)
                self._put(move, own, now - want.short / slope)
        if missing_s:
            level_s = max(family.weight(self._site, path) for path in movable) - missing_s
            for path in movable:
                over_s = family.weight(self._site, path) - level_s
                if over_s > EPSILON_S:
                    now = self._now(path)
                    self._put(move, path, now - over_s)
        return move

    def _remedies(self, group: list[Want]) -> Iterator[Values]:
        """What the rule itself proposes, where all of it may be set."""
        for remedy in group[0].remedies:
            move: Values = {}
            for change in remedy.changes:
                if not isinstance(change.value, tuple):
                    self._put(move, change.at, change.value)
            if move and len(move) == len(remedy.changes):
                yield move

    def _whatever_helps(self, group: list[Want]) -> Iterator[Values]:
        """A margin that names no value: batteries are tried, and delays where a server's stop is short."""
        want = group[0]
        assert want.margin is not None
        stop = any(term.path[:1] == ("servers",) for term in want.margin.needs.terms)
        tried = (BATTERY, *DELAYS) if stop else (BATTERY,)
        for path in every_path(self._site):
            now = self._case.value(self._state, path) if key(path) in tried else None
            if not isinstance(now, float):
                continue
            margins = _margins(want.rule, self._case, with_values(self._site, {path: now + 1}))
            slope = margins[want.nth].left - want.margin.left if want.nth < len(margins) else 0.0
            move: Values = {}
            if slope > EPSILON_S:
                self._put(move, path, now + want.short / slope)
            if move:
                yield move

    def _may_fall(self, path: KeyPath) -> bool:
        now = self._case.value(self._state, path)
        return isinstance(now, float) and self._case.moved(self._state, path, now - 1) is not None

    def _now(self, path: KeyPath) -> float:
        value = self._case.value(self._state, path)
        assert isinstance(value, float), path
        return value

    def _put(self, move: Values, path: KeyPath, to: Setting | None) -> None:
        moved = self._case.moved(self._state, path, to) if to is not None else None
        if moved is not None:
            move[path] = moved


def families(site: Site) -> list[Family]:
    """What may be lowered, in the order of an operator's reluctance."""
    linkage: tuple[KeyPath, ...] = (("linkage", "flush_limit"),) if site.linked_arrays else ()
    upses = (site.server_upses, site.linked_array_upses, site.control_array_upses)
    return [
        *(Family(tuple(_confirm(u) for u in some), _confirm_s) for some in upses),
        Family(tuple(_confirm(u) for u in site.node_upses), _confirm_s, together=True),
        *(Family(tuple(_delay(u) for u in some), _off_s) for some in (*upses, site.node_upses)),
        Family(linkage, lambda site, path: site.linkage.flush_limit_s),
    ]


def _confirm(ups: Ups) -> KeyPath:
    return "upses", ups.name, "confirm"


def _confirm_s(site: Site, path: KeyPath) -> float:
    return site.upses[str(path[1])].confirm_s


def _delay(ups: Ups) -> KeyPath:
    return "upses", ups.name, "shutdown_delay" if ups.timing is Timing.LEGACY else "power_off_delay"


def _off_s(site: Site, path: KeyPath) -> float:
    return timing.stop_off_s(site, site.upses[str(path[1])])


def _kind(site: Site, path: KeyPath) -> str:
    """Which part of the site a UPS belongs to; other paths stand for themselves."""
    if path[:1] != ("upses",):
        return ".".join(str(part) for part in path)
    parts = {
        "nodes": site.node_upses,
        "control disk": site.control_array_upses,
        "servers": site.server_upses,
        "linked disk": site.linked_array_upses,
    }
    return next((part for part, upses in parts.items() if any(u.name == path[1] for u in upses)), "")


def _margins(rule: Rule, case: Case, site: Site) -> list[Margin]:
    return rule.found(site, case.demand.model)[1]
