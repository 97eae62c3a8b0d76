"""A hall of hundreds of devices on one sheet: rows that go through the same states become one.

What is folded tells the truth: a bar's edge is slanted from the first of its devices to the last, and devices
that feed or do different things, or fared differently, are never put together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from teiden.language.say import later, said
from teiden.plots.rows import Bar, Row

MOST_ROWS = 60
"""More of them cannot be read on one sheet."""
APART_S = (2.0, 10.0, 60.0, 300.0, float("inf"))
"""How far apart the same change may be within one row: no further than it takes to fit the sheet."""
FED = {
    "node": later("feeding control nodes"),
    "array control": later("feeding control disks"),
    "array linked": later("feeding linked disks"),
    "server linked": later("feeding linked servers"),
}

Key = tuple[object, ...]


def folded(rows: Sequence[Row], marked: Mapping[str, object]) -> list[Row]:
    """At most `MOST_ROWS`, if there are so few kinds of stories to tell; few rows stay as they are.

    `marked`: what else is drawn on a device's row; only what is marked alike is put together.
    """
    found = list(rows)
    if len(found) <= MOST_ROWS:
        return found
    loads = _loads(rows)
    for apart_s in APART_S:
        found = [bundle.row(rows) for bundle in _bundles(rows, loads, marked, apart_s)]
        if len(found) <= MOST_ROWS:
            break
    return found


def _loads(rows: Sequence[Row]) -> Mapping[str, frozenset[str]]:
    """What each UPS feeds, by kind; pool servers, which nobody starts, make no difference."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        kind, role = row.device.kind, row.device.role
        if role == "pool":
            continue
        for ups in row.device.upses:
            found[ups].add("node" if kind == "node" else f"{kind} {role}")
    return {ups: frozenset(kinds) for ups, kinds in found.items()}


@dataclass
class _Bundle:
    """Rows put together, and the first and last time of each of their changes."""

    load: frozenset[str]
    rows: list[Row] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)

    def takes(self, edges: Sequence[float], apart_s: float) -> bool:
        return all(
            max(last, t) - min(first, t) <= apart_s
            for first, last, t in zip(self.first, self.last, edges, strict=True)
        )

    def add(self, row: Row, edges: Sequence[float]) -> None:
        self.rows.append(row)
        self.first = [min(a, b) for a, b in zip(self.first or edges, edges, strict=True)]
        self.last = [max(a, b) for a, b in zip(self.last or edges, edges, strict=True)]

    def row(self, every: Sequence[Row]) -> Row:
        first = self.rows[0]
        if len(self.rows) == 1:
            return first
        bars = []
        for k, bar in enumerate(first.bars):
            a, b = 2 * k, 2 * k + 1
            lags = self.last[a] - self.first[a], self.last[b] - self.first[b]
            bars.append(Bar(self.first[a], self.first[b], bar.state, bar.trouble, bar.note, *lags))
        fed = FED.get(next(iter(self.load), ""), "") if len(self.load) == 1 else ""
        device = replace(first.device, name=self._name(every), label=said(fed) if fed else "")
        return Row(device, tuple(bars), tuple(row.name for row in self.rows))

    def _name(self, every: Sequence[Row]) -> str:
        """`ups7 .. ups96 (90)` where none of them is missing in between, else `ups7 +89`."""
        names = [row.name for row in self.rows]
        order = [row.name for row in every if _like(row, self.rows[0])]
        start = order.index(names[0])
        if order[start : start + len(names)] == names:
            return f"{names[0]} .. {names[-1]} ({len(names)})"
        return f"{names[0]} +{len(names) - 1}"


def _like(row: Row, other: Row) -> bool:
    return (row.device.kind, row.device.role) == (other.device.kind, other.device.role)


def _bundles(
    rows: Sequence[Row], loads: Mapping[str, frozenset[str]], marked: Mapping[str, object], apart_s: float
) -> Iterator[_Bundle]:
    """In the order of their first rows."""
    found: defaultdict[Key, list[_Bundle]] = defaultdict(list)
    order: list[_Bundle] = []
    for row in rows:
        device, load = row.device, loads.get(row.name, frozenset())
        story = tuple((bar.state, bar.trouble, bar.note) for bar in row.bars)
        key = (device.group, device.kind, device.role, load, story, marked.get(row.name))
        edges = [t for bar in row.bars for t in (bar.t0, bar.t1)]
        bundle = next((b for b in found[key] if b.takes(edges, apart_s)), None)
        if bundle is None:
            bundle = _Bundle(load)
            found[key].append(bundle)
            order.append(bundle)
        bundle.add(row, edges)
    yield from order
