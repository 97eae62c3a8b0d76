"""The numbers of two runs side by side: when it stopped, how close it was, when it was back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from teiden.language.say import t
from teiden.plots.charge import lowest
from teiden.plots.margins import margins
from teiden.plots.outages import Outage, all_in, all_off, restored
from teiden.plots.paired import Side
from teiden.plots.rows import Row
from teiden.plots.time_axis import told


@dataclass(frozen=True, slots=True)
class Measure:
    """None: that run has no such number."""

    what: str
    a: float | None
    b: float | None
    unit: str = "s"

    @property
    def change(self) -> float | None:
        """Between the numbers as they are told."""
        return None if self.a is None or self.b is None else float(round(self.b) - round(self.a))

    def text(self, value: float | None) -> str:
        if value is None:
            return "–"
        return told(value).replace("-", "−") if self.unit == "s" else f"{value:.0f} %"

    @property
    def change_text(self) -> str:
        """`+98 s`, `−7 %`, `±0`."""
        if self.change is None:
            return ""
        return signed(self.change, self.unit)


def signed(value: float, unit: str = "s") -> str:
    whole = round(value)
    if not whole:
        return "±0"
    told_ = f"{whole:+d}".replace("-", "−")
    if unit != "s":
        return f"{told_} {unit}"
    return t("{n} s", n=told_) if abs(whole) < 600 else _long(whole)


def _long(seconds: int) -> str:
    return ("+" if seconds > 0 else "−") + told(abs(seconds))


def measures(a: Side, b: Side) -> list[Measure]:
    """Those that at least one of them has."""
    found = [Measure(what, of(a), of(b)) for what, of in _times()]
    ours, theirs = (_margins(side) for side in (a, b))
    found += [Measure(what, ours.get(what), theirs.get(what)) for what in {**ours, **theirs}]
    low = [None if (of := lowest(side.charges)) is None else of[1] for side in (a, b)]
    found.append(Measure(t("lowest battery"), low[0], low[1], "%"))
    return [measure for measure in found if measure.a is not None or measure.b is not None]


def _times() -> Iterator[tuple[str, Callable[[Side], float | None]]]:
    yield t("control stop after mains lost"), control_stop
    yield t("everything off after mains lost"), _all_off
    yield t("all up after mains return"), _restored


def control_stop(side: Side) -> float | None:
    """When the cluster, or without one the first node, begins to stop."""
    found = [row for row in side.rows.values() if row.device.kind == "cluster"]
    found = found or [row for row in side.rows.values() if row.device.kind == "node"]
    times = [
        bar.t0
        for row in found
        for bar in row.bars
        for outage in side.outages[:1]
        if bar.state == "shutting down" and outage.lost <= bar.t0 < outage.until
    ]
    return min(times, default=None)


def _all_off(side: Side) -> float | None:
    return next((all_off(_rows(side), outage) for outage in side.outages[:1]), None)


def _restored(side: Side) -> float | None:
    for outage in side.outages[:1]:
        if outage.back is not None:
            up = restored(_rows(side), outage)
            return None if up is None else max(0.0, up - outage.back)
    return None


def _rows(side: Side) -> list[Row]:
    return list(side.rows.values())


def _margins(side: Side) -> dict[str, float]:
    """The tightest of each kind, as the timeline draws them."""
    named: dict[str, float] = {}
    for outage in side.outages[:1]:
        for margin in margins(_rows(side), outage):
            named[_what(side.rows[margin.row])] = margin.t1 - margin.t0
        if (gap := _linked_first(side, outage)) is not None:
            named[t("linked disks off → control stop")] = gap
    return named


def _what(row: Row) -> str:
    if row.group == "SERVERS":
        return t("servers halted → their UPS off")
    if row.device.kind == "node":
        return t("control nodes halted → their UPS off")
    return t("linked disks off → control stop")


def _linked_first(side: Side, outage: Outage) -> float | None:
    """Also where it is the wrong way round."""
    disks = [row for row in _rows(side) if row.group == "ARRAYS" and row.device.role == "linked"]
    off, stop = all_in(disks, "off", outage.lost, outage.until), control_stop(side)
    return None if off is None or stop is None else stop - off
