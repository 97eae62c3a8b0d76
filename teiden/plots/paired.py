"""Two runs laid beside each other: every device of both, and by how much each of its changes moved.

Both are counted from the loss of their mains. A live stream tells of a device only when something happens to
it, and sees it one look later: what it does not tell is no difference, nor is what is as close as a look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import pandas as pd

from sequencer.events import Event, Source
from teiden.judge.history import History
from teiden.plots.outages import Darkness, Outage, darknesses, outages
from teiden.plots.rows import Bar, Row, rows
from teiden.plots.zero import zero_of
from teiden.states import charges, span

HEADS = ("run.started", "run.ended")
LOOK_S = 5.0
"""How late a look may come: closer than this two moments are the same."""


@dataclass(frozen=True, slots=True)
class Side:
    """One run, counted from its zero."""

    rows: dict[str, Row]
    darks: tuple[Darkness, ...]
    outages: tuple[Outage, ...]
    span: tuple[float, float]
    begin: float
    """Up to when a state is that of the start, and no change; minus infinity where the start is not told."""
    charges: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Shift:
    """The same change in both runs."""

    state: str
    a: float
    b: float

    @property
    def seconds(self) -> float:
        return self.b - self.a


@dataclass(frozen=True, slots=True)
class Pair:
    """One device, or several that fared alike in both runs."""

    names: tuple[str, ...]
    a: Row
    b: Row
    shifts: tuple[Shift, ...]
    """Changes that are in both and moved by more than a look."""
    lone: int
    """Changes that only one of the runs has, or that went wrong in one of them only."""

    @property
    def differs(self) -> bool:
        return bool(self.shifts) or self.lone > 0

    @property
    def weight(self) -> float:
        """What goes wrong in one of them only comes first, then what has another course, then the shifts."""
        troubles = [{bar.trouble for bar in row.bars} for row in (self.a, self.b)]
        moved = max((abs(shift.seconds) for shift in self.shifts), default=0.0)
        return moved + 1e6 * self.lone + (1e9 if troubles[0] != troubles[1] else 0.0)


def sides(a: Sequence[Event], b: Sequence[Event]) -> tuple[Side, Side]:
    """Both by the same kind of witness: where one run is live, both by what the commanders saw."""
    if not (_factual(a) and _factual(b)):
        a, b = _seen(a), _seen(b)
    headers = [_header(events) for events in (a, b)]
    if None in headers:
        header = next((found for found in headers if found is not None), None)
        a, b = (_known(header, events) for events in (a, b))
    return side(a), side(b)


def _factual(events: Sequence[Event]) -> bool:
    return any(e.is_fact and e.name not in HEADS for e in events)


def _seen(events: Sequence[Event]) -> list[Event]:
    """Without the facts, but with who there is and what the batteries held."""
    charged = any(not e.is_fact and e.name == "ups.charge" for e in events)
    kept = [e for e in events if not e.is_fact or e.name in HEADS or (e.name == "ups.charge" and not charged)]
    return [replace(e, source=Source.SEEN) for e in kept]


def _header(events: Sequence[Event]) -> Event | None:
    return next((e for e in events if e.name == "run.started"), None)


def _known(header: Event | None, events: Sequence[Event]) -> list[Event]:
    """Who there is, from the run that says it, and of neither how it stood at the start."""
    rest = [event for event in events if event.name != "run.started"]
    if header is None or not rest:
        return rest
    return [replace(header, t=rest[0].t, details={"devices": header.details.get("devices")}), *rest]


def side(events: Sequence[Event]) -> Side:
    darks = outages(events)
    zero = zero_of(History(events), darks)
    frame = charges(events)
    frame["t"] -= zero
    t0, t1 = span(events)
    header = _header(events)
    return Side(
        {row.name: _moved(row, zero) for row in rows(events)},
        tuple(
            replace(d, t0=d.t0 - zero, t1=None if d.t1 is None else d.t1 - zero) for d in darknesses(events)
        ),
        tuple(_counted(outage, zero) for outage in darks),
        (t0 - zero, t1 - zero),
        t0 - zero if header is not None and header.details.get("initial") else float("-inf"),
        frame,
    )


def _moved(row: Row, zero: float) -> Row:
    return replace(row, bars=tuple(replace(bar, t0=bar.t0 - zero, t1=bar.t1 - zero) for bar in row.bars))


def _counted(outage: Outage, zero: float) -> Outage:
    back = None if outage.back is None else outage.back - zero
    return replace(
        outage, lost=outage.lost - zero, back=back, until=outage.until - zero, earlier=(), planned=()
    )


def pairs(a: Side, b: Side, tolerance_s: float = LOOK_S) -> list[Pair]:
    """Every device that both tell of, in the order of the rows; those that fared alike together."""
    end = min(a.span[1], b.span[1])
    together: dict[object, Pair] = {}
    for name, row in a.rows.items():
        if name not in b.rows:
            continue
        pair = _pair(row, b.rows[name], (a.begin, b.begin), end, tolerance_s)
        key = (
            row.group,
            row.device.kind,
            row.device.role,
            _story(row, tolerance_s),
            _story(pair.b, tolerance_s),
        )
        before = together.get(key)
        together[key] = pair if before is None else replace(before, names=(*before.names, name))
    return list(together.values())


def _story(row: Row, tolerance_s: float) -> tuple[tuple[str, str, int], ...]:
    return tuple((bar.state, bar.trouble, round(bar.t0 / tolerance_s)) for bar in row.bars)


def _pair(a: Row, b: Row, begins: tuple[float, float], end: float, tolerance_s: float) -> Pair:
    ours, theirs = (_changes(row, t0, end) for row, t0 in ((a, begins[0]), (b, begins[1])))
    match = SequenceMatcher(None, [c.state for c in ours], [c.state for c in theirs], autojunk=False)
    shifts, lone = [], 0
    for tag, i0, i1, j0, j1 in match.get_opcodes():
        if tag == "equal":
            same = list(zip(ours[i0:i1], theirs[j0:j1], strict=True))
            shifts += [Shift(x.state, x.t0, y.t0) for x, y in same if abs(y.t0 - x.t0) > tolerance_s]
            lone += sum(x.trouble != y.trouble for x, y in same)
        else:
            lone += max(i1 - i0, j1 - j0)
    return Pair((a.name,), a, b, tuple(shifts), lone)


def _changes(row: Row, begin: float, end: float) -> list[Bar]:
    """What it is at the start is no change; what comes after the shorter run's end is not known of it."""
    return [bar for bar in row.bars if begin < bar.t0 < end]
