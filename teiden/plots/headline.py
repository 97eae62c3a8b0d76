"""The numbers of a run that belong under its title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from teiden.plots.outages import Outage, all_off, in_state, restored, stopped
from teiden.plots.rows import Row
from teiden.plots.time_axis import told


@dataclass(frozen=True, slots=True)
class Number:
    """`trouble`: to be read first."""

    text: str
    trouble: bool = False


def headline(darks: Sequence[Outage], rows: Sequence[Row], lowest: tuple[str, float] | None) -> list[Number]:
    """Each in a few words. `lowest`: the UPS with the least charge, and that charge."""
    if not darks:
        found = [Number("the mains stay on")]
    elif len(darks) == 1:
        found = list(_one_outage(rows, darks[0]))
    else:
        found = list(_many_outages(rows, darks))
    if lowest is not None:
        battery = Number(f"lowest battery {lowest[0]} {lowest[1]:.0f} %", trouble=lowest[1] < 0.5)
        found.insert(min(len(found), 2), battery)
    return found


def _one_outage(rows: Sequence[Row], outage: Outage) -> Iterator[Number]:
    who = stopped(rows, outage)
    if not who:
        away = "" if outage.back is None else f"mains away {told(outage.back - outage.lost)}, "
        yield Number(f"{away}nothing is stopped")
        return
    nodes = [row for row in who if row.device.kind == "node"]
    halts = [bar.t0 for row in nodes for bar in row.bars if bar.state == "off"]
    stop = min((t for t in halts if in_state(nodes, "off", t)), default=None)
    if stop is not None:
        yield Number(f"control site stopped {told(stop - outage.lost)} after mains lost")
    dark = all_off(rows, outage)
    if dark is not None:
        yield Number(f"all off at {told(dark - outage.lost)}")
    yield _service(rows, outage)


def _service(rows: Sequence[Row], outage: Outage) -> Number:
    if outage.back is None:
        return Number("mains not back by the end")
    up = restored(rows, outage)
    if up is not None:
        return Number(f"service restored {told(up - outage.back)} after mains return")
    last = max(bar.t1 for row in rows for bar in row.bars)
    missing = [
        row.name for row in stopped(rows, outage) if row.bars[-1].state != "running" or row.bars[-1].t1 < last
    ]
    some = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    return Number(f"not restored: {some}" if missing else "service not restored", trouble=True)


def _many_outages(rows: Sequence[Row], darks: Sequence[Outage]) -> Iterator[Number]:
    yield Number(f"{len(darks)} outages")
    ups = [restored(rows, dark) if dark.back is not None else None for dark in darks]
    times = [
        "never"
        if dark.back is None or up is None
        else told(up - dark.back)
        if stopped(rows, dark)
        else "at once"
        for dark, up in zip(darks, ups, strict=True)
    ]
    some = ", ".join(times[:4]) + (", ..." if len(times) > 4 else "")
    yield Number(f"service restored {some} after mains return", trouble="never" in times)
