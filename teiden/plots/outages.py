"""When the mains were away, what that stopped, and when everything ran again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.events import Event
from teiden.plots.rows import Row
from teiden.states import devices, in_order, span, told


@dataclass(frozen=True, slots=True)
class Darkness:
    """The mains of a feed, or of one UPS, are away from `t0` to `t1`; None: they never come back."""

    t0: float
    t1: float | None
    subject: str


@dataclass(frozen=True, slots=True)
class Outage:
    """From the first feed lost until all are back; it owns everything until the next one begins."""

    lost: float
    back: float | None
    until: float
    of: str = ""
    """The feed or UPS it is about; empty where it is the whole site."""


def darknesses(events: Sequence[Event]) -> list[Darkness]:
    """When the mains were away, by the mains themselves, or else by the UPSes that noticed."""
    of_mains = [e for e in in_order(told(events)) if e.name in ("mains.lost", "mains.restored")]
    if of_mains:
        return _pairs(of_mains, "mains.lost", "mains.restored")
    noticed = [e for e in in_order(told(events)) if e.name in ("ups.on_battery", "ups.on_line")]
    apart = _pairs(noticed, "ups.on_battery", "ups.on_line")
    return [] if not apart else _first_of_each(apart)


def _pairs(events: Sequence[Event], lost: str, back: str) -> list[Darkness]:
    since: dict[str, float] = {}
    found: list[Darkness] = []
    for event in events:
        if event.name == lost:
            since.setdefault(event.subject, event.t)
        elif event.name == back and event.subject in since:
            found.append(Darkness(since.pop(event.subject), event.t, event.subject))
    found += [Darkness(t0, None, subject) for subject, t0 in since.items()]
    return sorted(found, key=lambda dark: (dark.t0, dark.subject))


def _first_of_each(apart: Sequence[Darkness]) -> list[Darkness]:
    """UPSes that are off notice nothing: the first on battery and the first back on line bound the outage."""
    found: list[Darkness] = []
    for dark in apart:
        if found and (found[-1].t1 is None or dark.t0 < found[-1].t1):
            ends = [t for t in (found[-1].t1, dark.t1) if t is not None]
            found[-1] = Darkness(found[-1].t0, min(ends) if ends else None, "")
        else:
            found.append(Darkness(dark.t0, dark.t1, ""))
    return found


def outages(events: Sequence[Event]) -> list[Outage]:
    """Darknesses that overlap are one outage."""
    joined: list[list[Darkness]] = []
    for dark in darknesses(events):
        if joined and any(other.t1 is None or dark.t0 <= other.t1 for other in joined[-1]):
            joined[-1].append(dark)
        else:
            joined.append([dark])
    begins = [min(dark.t0 for dark in darks) for darks in joined]
    ends = [*begins[1:], span(events)[1] + 1.0]
    feeds = [device.name for device in devices(events).values() if device.kind == "feed"]
    found = []
    for lost, darks, until in zip(begins, joined, ends, strict=False):
        backs = [dark.t1 for dark in darks if dark.t1 is not None]
        subject = darks[0].subject if len({dark.subject for dark in darks}) == 1 else ""
        of = "" if [subject] == feeds else subject
        found.append(Outage(lost, max(backs) if len(backs) == len(darks) else None, until, of))
    return found


def in_state(rows: Sequence[Row], state: str, t: float) -> bool:
    """Whether there are any, and all are in this state from `t` on."""
    return bool(rows) and all(row.at(t) == state for row in rows)


def all_off(rows: Sequence[Row], outage: Outage) -> float | None:
    """When the last UPS has cut its output, if all have."""
    upses = [row for row in rows if row.group == "UPS"]
    falls = [bar.t0 for row in upses for bar in row.bars if bar.state == "off"]
    within = (t for t in falls if outage.lost <= t < outage.until)
    return min((t for t in within if in_state(upses, "off", t)), default=None)


def stopped(rows: Sequence[Row], outage: Outage) -> list[Row]:
    """Everything that ran when the mains went and did not run through."""
    return [row for row in rows if row.group != "UPS" and _ran(row, outage) and _left(row, outage)]


def _ran(row: Row, outage: Outage) -> bool:
    """A live stream may first tell of a device when it shuts down; then it ran."""
    state = row.at(outage.lost)
    return state == "running" or (not state and row.bars[0].state in ("shutting down", "flushing"))


def _left(row: Row, outage: Outage) -> bool:
    return any(bar.state != "running" and outage.lost <= bar.t0 < outage.until for bar in row.bars)


def restored(rows: Sequence[Row], outage: Outage) -> float | None:
    """When everything that was stopped runs again, if it does before the next outage."""
    assert outage.back is not None
    who = stopped(rows, outage)
    times = [bar.t0 for row in who for bar in row.bars if bar.state == "running"]
    within = (t for t in times if outage.back <= t < outage.until)
    return min((t for t in within if in_state(who, "running", t)), default=None)
