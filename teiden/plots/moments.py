"""The moments of a run that deserve a flag. A run may hold several outages; each has its own moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sequencer.events import Event
from teiden.plots.outages import Outage, all_off, in_state, outages, restored
from teiden.plots.rows import Row
from teiden.states import in_order, told


@dataclass(frozen=True, slots=True)
class Moment:
    """`rank`: 0 is never left out; the higher, the sooner it gives way where flags are too dense."""

    t: float
    label: str
    rank: int
    trouble: bool = False


def moments(events: Sequence[Event], rows: Sequence[Row]) -> list[Moment]:
    """Every flag, in the order of time."""
    found = list(_alarms(events, rows))
    for number, outage in enumerate(outages(events)):
        found += _of_outage(events, rows, outage, again=number > 0)
    return sorted(found, key=lambda m: (m.t, m.rank))


def _of_outage(events: Sequence[Event], rows: Sequence[Row], outage: Outage, again: bool) -> Iterator[Moment]:
    def first(label: str, rank: int, times: Sequence[float]) -> Iterator[Moment]:
        """The first of these times within the outage."""
        inside = [t for t in times if outage.lost <= t < outage.until]
        if inside:
            yield Moment(min(inside), label, rank)

    def begins(state: str, among: Sequence[Row]) -> list[float]:
        return [bar.t0 for row in among for bar in row.bars if bar.state == state and not bar.trouble]

    servers = [row for row in rows if row.group == "SERVERS"]
    control = [row for row in rows if row.device.kind == "node" or row.device.role == "control"]
    nodes = [row for row in control if row.group == "CONTROL" and row.device.kind != "cluster"]
    clusters = [row for row in rows if row.device.kind == "cluster"]
    arrays = [row for row in rows if row.group == "ARRAYS"]
    linked = [row for row in arrays if row.device.role != "control"]
    disk = linked[0].name if len(linked) == 1 else "linked disks"

    mains = f"Mains of {outage.of}" if outage.of else "Mains"
    yield Moment(outage.lost, f"{mains} lost again" if again else f"{mains} lost", 0)
    confirmed = [e.t for e in events if e.name == "outage.confirmed"]
    yield from first("Outage confirmed", 4, confirmed)
    yield from first("Servers stop", 2, begins("shutting down", servers))
    yield from first(f"Flush {disk}", 3, begins("flushing", linked))
    off = [t for t in begins("off", linked) if in_state(linked, "off", t)]
    yield from first(f"{disk.capitalize() if len(linked) > 1 else disk} off", 2, off)
    yield from first("Control stop", 1, begins("shutting down", clusters or nodes))
    yield from first("All off", 1, [t for t in [all_off(rows, outage)] if t is not None])
    if outage.back is None:
        return
    yield Moment(outage.back, f"{mains} back", 0)
    after = _after(outage.back)
    yield from first(
        "Control up", 3, after([t for t in begins("running", nodes) if in_state(nodes, "running", t)])
    )
    asked = [e.t for e in events if e.name == "command.sent" and e.details.get("command") == "restart"]
    yield from first("Cluster restart", 4, after(asked or begins("starting", clusters)))
    ready = after([t for t in begins("running", linked) if in_state(linked, "running", t)])
    yield from first(f"{disk.capitalize() if len(linked) > 1 else disk} ready", 3, ready)
    up = restored(rows, outage)
    if up is not None and up > outage.back:
        yield Moment(up, "All up", 1)


def _after(t0: float) -> Callable[[Sequence[float]], list[float]]:
    return lambda times: [t for t in times if t > t0]


def _alarms(events: Sequence[Event], rows: Sequence[Row]) -> Iterator[Moment]:
    """What must never happen, or only loudly. Several of one kind at one time share a flag."""
    found: dict[tuple[int, str], list[tuple[float, str]]] = {}
    for row in rows:
        for bar in row.bars:
            if bar.trouble:
                found.setdefault((round(bar.t0), bar.trouble), []).append((bar.t0, row.name))
    for event in told(events):
        if event.name == "array.flush_timed_out":
            found.setdefault((round(event.t), "flush timed out"), []).append((event.t, event.subject))
    for (_, trouble), who in found.items():
        names = [name for _, name in who]
        some = ", ".join(names) if len(names) <= 2 else f"{len(names)} devices"
        yield Moment(min(who)[0], f"{some} {trouble}", 0, trouble=True)
    broken: dict[float, list[str]] = {}
    for event in in_order(e for e in events if e.name == "rule.broken"):
        rules = broken.setdefault(round(event.t), [])
        rule = str(event.details.get("rule") or event.subject)
        if rule not in rules:
            rules.append(rule)
    for t, rules in broken.items():
        yield Moment(t, f"{', '.join(rules)} broken", 0, trouble=True)
