"""Lines of event files as the values that narration and pictures read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sequencer.events import NAMES, Event, Source
from teiden.web.tail import Told

FIXED = frozenset(("t", "time", "event", "subject", "by", "source"))


def heard(lines: Iterable[Told], since: datetime | None = None) -> tuple[list[Event], dict[float, datetime]]:
    """Events with the clock of each instant; a line that is none of ours, or of a later version, is left out.

    `since`: times are counted from this instant, whatever life of the service told them.
    """
    events: list[Event] = []
    times: dict[float, datetime] = {}
    for told in lines:
        try:
            if told["event"] not in NAMES:
                continue
            at = datetime.fromisoformat(told["time"])
            t = float(told["t"]) if since is None else (at - since).total_seconds()
            details = {key: value for key, value in told.items() if key not in FIXED}
            source = Source(told["source"])
            events.append(Event(t, told["event"], str(told["subject"]), str(told["by"]), source, details))
            times.setdefault(t, at)
        except (KeyError, ValueError, TypeError):
            continue
    return events, times
