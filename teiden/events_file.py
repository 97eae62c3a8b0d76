"""The event file: one run's stream as JSON Lines, written byte for byte the same each time, read with care.

A line is `{"t", "time", "event", "subject", "by", "source", ...details}`: the fixed keys first, then the
details in the order in which the room gave them. `t` counts seconds since the start of the run, `time` is
the same instant on the site's clock. A path of "-" means standard output and standard input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sequencer.events import Event
from teiden.garbage import few_collections
from teiden.reading.blocks import STDIO
from teiden.reading.columns import rounded
from teiden.reading.reader import Reader


@dataclass(frozen=True, slots=True)
class Recording:
    """What an event file holds."""

    events: tuple[Event, ...]
    header: Mapping[str, Any]
    """The details of `run.started`; empty where the file begins in the middle of a run."""
    start: datetime
    """The instant of t = 0."""
    cut_short: bool = False
    """The last line was not finished: the run still writes, or it died."""


def write(events: Iterable[Event], start: datetime, path: str) -> None:
    """Write a whole run. A path that cannot be written raises `OSError`: the run itself may still hold."""
    lines = (dumps_line(event, start) + "\n" for event in events)
    if path == STDIO:
        sys.stdout.writelines(lines)
        sys.stdout.flush()
        return
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


def dumps_line(event: Event, start: datetime) -> str:
    """One event as one line, without its newline. `start` must be aware: it gives `time` its offset."""
    assert start.tzinfo is not None, "a start without a time zone names no instant"
    t = rounded(float(event.t))
    # The sum is made in UTC, so that a clock change in the middle of a run moves the offset, not the instant.
    instant = start.astimezone(UTC) + timedelta(milliseconds=round(t * 1000))
    line: dict[str, Any] = {
        "t": t,
        "time": instant.astimezone(start.tzinfo).isoformat(timespec="milliseconds"),
        "event": event.name,
        "subject": event.subject,
        "by": event.by,
        "source": event.source.value,
    }
    for key, value in event.details.items():
        assert key not in line, f"{event.name}: detail {key!r} has the name of a fixed key"
        line[key] = rounded(value)
    return json.dumps(line, ensure_ascii=False, allow_nan=False)


def read(path: str) -> Recording:
    """Read an event file; every line that is wrong is named at once."""
    reader, events = Reader(path), list[Event]()
    with few_collections():
        for columns in reader:
            events += columns.events()
    assert reader.start is not None, "a file without problems holds an event"
    header = next((event.details for event in events if event.name == "run.started"), {})
    return Recording(tuple(events), header, reader.start, reader.cut_short)
