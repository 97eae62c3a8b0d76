"""The time to spare between a device that is safe and the moment it had to be: halted, then its power cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from teiden.plots.outages import Outage
from teiden.plots.rows import Row


@dataclass(frozen=True, slots=True)
class Margin:
    """From `t0`, when the device of this row was safe, to `t1`, when it had to be."""

    row: str
    t0: float
    t1: float


def margins(rows: Sequence[Row], outage: Outage) -> list[Margin]:
    """The tightest of the servers, of the linked disks before the control site stops, and of the nodes."""
    by_name = {row.name: row for row in rows}
    servers = [m for row in rows if row.group == "SERVERS" for m in _until_power_falls(row, by_name, outage)]
    nodes = [m for row in rows if row.device.kind == "node" for m in _until_power_falls(row, by_name, outage)]
    disks = list(_until_control_stops(rows, outage))
    return [min(found, key=lambda m: round(m.t1 - m.t0)) for found in (servers, disks, nodes) if found]


def _begins(row: Row, state: str, outage: Outage) -> float | None:
    return next(
        (bar.t0 for bar in row.bars if bar.state == state and outage.lost <= bar.t0 < outage.until), None
    )


def _until_power_falls(row: Row, by_name: dict[str, Row], outage: Outage) -> Iterator[Margin]:
    halted = _begins(row, "off", outage)
    falls = [_begins(by_name[ups], "off", outage) for ups in row.device.upses if ups in by_name]
    times = [t for t in falls if t is not None]
    if halted is not None and times and min(times) > halted:
        yield Margin(row.name, halted, min(times))


def _until_control_stops(rows: Sequence[Row], outage: Outage) -> Iterator[Margin]:
    cluster = next((row for row in rows if row.device.kind == "cluster"), None)
    stop = _begins(cluster, "shutting down", outage) if cluster is not None else None
    for row in rows:
        if row.group == "ARRAYS" and row.device.role == "linked" and stop is not None:
            off = _begins(row, "off", outage)
            if off is not None and stop > off:
                yield Margin(row.name, off, stop)
