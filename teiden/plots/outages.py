"""When the mains were away, what that stopped, and when everything ran again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sequencer.events import Event
from teiden.plots.asked import is_stop
from teiden.plots.rows import Row
from teiden.states import devices, in_order, span, told

JUST_BEFORE_S = 1.0
"""Whoever asks a node to stop may tell us a moment later."""
BLINK_S = 60.0
"""Mains that are back for less than this are not back yet: the sequencer waits as long (`mains_stable`)."""


@dataclass(frozen=True, slots=True)
class Darkness:
    """The mains of a feed, or of one UPS, are away from `t0` to `t1`; None: they never come back."""

    t0: float
    t1: float | None
    subject: str


@dataclass(frozen=True, slots=True)
class Outage:
    """From the first feed lost until all are back to stay; it owns everything until the next one begins.

    A planned stop is looked at in the same way: then `lost` and `back` are the moment it was asked for.
    """

    lost: float
    back: float | None
    until: float
    of: str = ""
    """The feed or UPS it is about; empty where it is the whole site."""
    returns: tuple[float, ...] = ()
    """When the mains came back before, only to go again within a minute."""
    earlier: tuple[float, ...] = ()
    """When the outages before it began: what they stopped and nobody started has yet to come back."""
    planned: tuple[float, ...] = ()
    """When planned stops before it began: of what they stopped, what comes back within it belongs to it."""


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
    """Darknesses that overlap, or blink, are one outage."""
    joined: list[list[Darkness]] = []
    for dark in darknesses(events):
        if joined and any(other.t1 is None or dark.t0 < other.t1 + BLINK_S for other in joined[-1]):
            joined[-1].append(dark)
        else:
            joined.append([dark])
    begins = [min(dark.t0 for dark in darks) for darks in joined]
    ends = [*begins[1:], span(events)[1] + 1.0]
    feeds = [device.name for device in devices(events).values() if device.kind == "feed"]
    stops = [event.t for event in events if is_stop(event)]
    found: list[Outage] = []
    for lost, darks, until in zip(begins, joined, ends, strict=False):
        backs = [dark.t1 for dark in darks if dark.t1 is not None]
        subject = darks[0].subject if len({dark.subject for dark in darks}) == 1 else ""
        of = "" if [subject] == feeds else subject
        back = max(backs) if len(backs) == len(darks) else None
        earlier = tuple(outage.lost for outage in found)
        before = tuple(at_s for at_s in stops if at_s < lost)
        found.append(Outage(lost, back, until, of, tuple(_returns(darks)), earlier, before))
    return found


def _returns(darks: Sequence[Darkness]) -> Iterator[float]:
    """The ends after which nothing was dark for a moment."""
    for dark, after in pairwise(darks):
        ends = [other.t1 for other in darks if other.t0 <= dark.t0]
        latest = max((end for end in ends if end is not None), default=dark.t0)
        if None not in ends and after.t0 > latest:
            yield latest


def in_state(rows: Sequence[Row], state: str, t: float) -> bool:
    """Whether there are any, and all are in this state from `t` on."""
    return bool(rows) and all(row.at(t) == state for row in rows)


def all_in(rows: Sequence[Row], state: str, t0: float, until: float) -> float | None:
    """The first moment of a window at which the last of them enters this state, and all are in it."""
    at = min((bar.t0 for row in rows for bar in row.begun(t0, until) if bar.state == state), default=None)
    while at is not None:
        late = [row for row in rows if row.at(at) != state]
        if not late:
            return at
        # Until the last of these is there too, no other moment needs to be looked at.
        there = [next((b.t0 for b in row.begun(at, until) if b.state == state), None) for row in late]
        at = None if None in there else max(filter(None, there))
    return None


def all_off(rows: Sequence[Row], outage: Outage) -> float | None:
    """When the last UPS has cut its output, if all have."""
    return all_in([row for row in rows if row.group == "UPS"], "off", outage.lost, outage.until)


def stopped(rows: Sequence[Row], outage: Outage) -> list[Row]:
    """Everything that ran when the mains went and did not run through."""
    return [row for row in rows if row.group != "UPS" and _ran(row, outage) and _left(row, outage)]


def _ran(row: Row, outage: Outage) -> bool:
    """A live stream may first tell of a device when it shuts down; then it ran."""
    state = row.at(outage.lost - JUST_BEFORE_S) or row.at(outage.lost)
    if state == "running" or (not state and row.bars[0].state in ("shutting down", "flushing")):
        return True
    if any(_down_since(row, before, outage) for before in outage.earlier):
        return True
    returns = any(b.state == "running" and outage.lost < b.t0 for b in row.begun(outage.lost, outage.until))
    return returns and any(_down_since(row, before - JUST_BEFORE_S, outage) for before in outage.planned)


def _down_since(row: Row, before: float, outage: Outage) -> bool:
    """Whether it ran then and not again until this outage: what stopped it then is why it is down."""
    again = any(bar.state == "running" and before < bar.t0 for bar in row.begun(before, outage.lost))
    return row.at(before) == "running" and not again


def _left(row: Row, outage: Outage) -> bool:
    return any(bar.state != "running" for bar in row.seen(outage.lost, outage.until))


def owed(rows: Sequence[Row], outage: Outage) -> list[Row]:
    """What has to come back: pool servers are never started."""
    return [row for row in stopped(rows, outage) if row.device.role != "pool"]


def restored(rows: Sequence[Row], outage: Outage) -> float | None:
    """When everything that was stopped runs again, if it does before the next outage."""
    assert outage.back is not None
    return all_in(owed(rows, outage), "running", outage.back, outage.until)
