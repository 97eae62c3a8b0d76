"""The last incident, read back from the event files: also days later, and over several lives of the service.

An incident that a later life of the service takes up again is the same one. What was seen of the mains before
it was opened belongs to it: it is opened only when they have been away for the confirm time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sequencer.events import Event
from teiden.web.heard import heard
from teiden.web.tail import Told, files_of

BEFORE = timedelta(hours=1)
"""The longest confirm time is shorter."""
MOST_BYTES = 16 * 1024 * 1024
"""So much is read back, of the newest files: some 60,000 events. What was before that is not found."""
CLEARED = ("outage.cleared", "ups.on_line")


@dataclass(frozen=True)
class Incident:
    """`events`: counted in seconds from `begun`, the first sign of it."""

    events: tuple[Event, ...]
    begun: datetime
    open: bool
    lives: tuple[float, ...] = ()
    """When another life of the service began."""

    @property
    def lost(self) -> dict[str, float]:
        """When each UPS was first seen on battery, seconds from `begun`."""
        found: dict[str, float] = {}
        for event in self.events:
            if event.name == "ups.on_battery":
                found.setdefault(event.subject, event.t)
        return found

    @property
    def back(self) -> dict[str, float]:
        """When each of these was seen with mains again; who is not there still waits."""
        found: dict[str, float] = {}
        for event in self.events:
            if event.name == "ups.on_line" and event.subject in self.lost:
                found.setdefault(event.subject, event.t)
            elif event.name == "ups.on_battery":
                found.pop(event.subject, None)
        return found


def last_incident(folder: Path) -> Incident | None:
    """None: the files know of none. OSError where they cannot be read."""
    lines: list[Told] = []
    opened: Told | None = None
    for told in _backwards(folder):
        ends = told["event"] == "incident.closed"
        if opened is not None and (ends or told["time"] < _earliest(opened)):
            break
        if ends:
            lines.clear()  # what came after it has nothing to do with it
        lines.append(told)
        if told["event"] == "incident.opened":
            opened = told
    if opened is None:
        return None
    lines.reverse()
    return _whole(lines, opened)


def _earliest(opened: Told) -> str:
    """As text; all lines have the same offset, but for a change of the clocks, which costs an hour."""
    return (datetime.fromisoformat(opened["time"]) - BEFORE).isoformat(timespec="milliseconds")


def _whole(lines: Sequence[Told], opened: Told) -> Incident | None:
    events, times = heard(lines, datetime.fromisoformat(opened["time"]))
    first = _first_sign(events)
    end = next((n for n, e in enumerate(events) if e.name == "incident.closed"), None)
    last = events[end].t if end is not None else max((e.t for e in events), default=0.0)
    begun = times.get(first)
    if begun is None:
        return None
    kept = [e for e in lines if e["event"] != "run.started"]
    counted, _ = heard(kept, begun)
    within = tuple(event for event in counted if 0.0 <= event.t <= last - first)
    return Incident(within, begun, end is None, tuple(_lives(lines, begun)))


def _lives(lines: Sequence[Told], begun: datetime) -> Iterator[float]:
    """A file begins with the same word when its life goes on in another one."""
    heads, _ = heard((told for told in lines if told["event"] == "run.started"), begun)
    for before, head in pairwise(heads):
        if head.details.get("life") != before.details.get("life"):
            yield head.t


def _first_sign(events: Sequence[Event]) -> float:
    """When the first of the mains went that were still away as it was opened; else the opening itself."""
    signs: dict[str, float] = {}
    for event in events:
        if event.t > 0.0:
            break
        if event.name in ("ups.on_battery", "outage.suspected"):
            signs.setdefault(event.subject, event.t)
        elif event.name in CLEARED:
            signs.pop(event.subject, None)
    return min(signs.values(), default=0.0)


def _backwards(folder: Path) -> Iterator[Told]:
    """Lines of the newest files, the newest first; what is no line of ours is passed over.

    Files of calm days, after the last incident, are not taken apart.
    """
    texts: list[bytes] = []
    left = MOST_BYTES
    for path in reversed(files_of(folder)):
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - left))
            texts.append(file.read(left))
        left -= len(texts[-1])
        if left <= 0:
            break
    if not any(b'"incident.opened"' in text for text in texts):
        return
    for text in texts:
        for line in reversed(text.split(b"\n")):
            try:
                told = json.loads(line)
                if isinstance(told["event"], str) and isinstance(told["time"], str):
                    yield told
            except (ValueError, RecursionError, TypeError, KeyError):
                continue
