"""What somebody decided beforehand, or asked for: schedules that fire, requests."""

from __future__ import annotations

from sequencer.events import Event
from teiden.judge.history import History

STOPS = frozenset(("power_off", "cluster_shutdown", "cluster_reboot", "server_shutdown", "server_reboot"))
"""Requests after which something stops."""
DECIDED = ("schedule.fired", "request.accepted", "request.refused")
SEEN = (
    "mains.lost",
    "mains.restored",
    "command.sent",
    "rule.broken",
    "alarm.raised",
    "clock.stepped",
    *DECIDED,
)
"""Something to see on a time axis, even where no row changes."""


def decisions(history: History) -> list[Event]:
    """Schedules and requests, each once, however many nodes tell of it."""
    found: dict[tuple[str, str, str], Event] = {}
    for event in history.told:
        if event.name in DECIDED:
            of = str(event.details.get("id") or f"{event.subject} {event.t}")
            found.setdefault((event.name, of, event.subject), event)
    return sorted(found.values(), key=lambda event: event.t)


def is_stop(event: Event) -> bool:
    if event.name == "schedule.fired":
        return event.details.get("goal") in ("down", "reboot")
    return event.name == "request.accepted" and event.details.get("wish") in STOPS
