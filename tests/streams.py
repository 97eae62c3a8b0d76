"""Event streams for whoever draws or tells them: the recorded reference outage, and what can be made of it.

`fixtures/reference-outage.jsonl` was written by hand from the worked example of the design, so it is a
witness of its own: a change of the pretend room does not change it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sequencer.events import Event, Source
from teiden import events_file

OUTAGE = Path(__file__).parent / "fixtures" / "reference-outage.jsonl"
LOST_S = 600.0
"""When the mains go in it."""
Stream = Sequence[Event]


@cache
def recorded() -> Stream:
    """The mains of the reference site away for two hours."""
    return events_file.read(str(OUTAGE)).events


def fact(t: float, name: str, subject: str, **details: object) -> Event:
    return Event(t, name, subject, "room", Source.FACT, details)


def seen(t: float, name: str, subject: str, by: str = "control1", **details: object) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


def calm_after_a_blip(stream: Stream) -> Stream:
    """The mains are back after 25 s; nobody does anything."""
    header = [e for e in stream if e.name == "run.started"]
    upses = sorted({e.subject for e in stream if re.fullmatch(r"ups\d", e.subject)})
    blip = [
        Event(LOST_S + t, name, who, "room", Source.FACT)
        for t, mains, ups in ((0, "mains.lost", "ups.on_battery"), (25, "mains.restored", "ups.on_line"))
        for name, who in ((mains, "utility"), *((ups, u) for u in upses))
    ]
    return [*header, *blip, replace(stream[-1], t=7200.0)]


def never_restored(stream: Stream) -> Stream:
    return [e for e in stream if e.t < LOST_S + 7000]


def twice(stream: Stream) -> Stream:
    """Everything once more, eight hours later."""
    again = [replace(e, t=e.t + 8 * 3600) for e in stream if e.t >= LOST_S]
    return [*(e for e in stream if e.name != "run.ended"), *again]


def only_seen(stream: Stream) -> Stream:
    """What a live room tells: no facts, no header, no charges."""
    return [e for e in stream if not e.is_fact]


def with_forty_servers(stream: Stream) -> Stream:
    header = stream[0]
    details: dict[str, Any] = {key: dict(header.details[key]) for key in ("devices", "initial")}
    more: list[Event] = []
    for number in range(40):
        name = f"rack2-{number}"
        for table in details.values():
            table[name] = table["rack2"]
        more += [replace(e, subject=name, t=e.t + number) for e in stream if e.subject == "rack2"]
    return sorted(
        [replace(header, details={**header.details, **details}), *stream[1:], *more], key=lambda e: e.t
    )
