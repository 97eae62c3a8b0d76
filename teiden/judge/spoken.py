"""What a word is that somebody gives, and others may not have heard: holds, requests, instants, an outage."""

from __future__ import annotations

from sequencer.events import Event

NAMELESS = ("hold.set", "incident.closed")
WORDS = (*NAMELESS, "request.accepted", "schedule.fired")


def is_word(event: Event) -> bool:
    """Also that another outage counts: whoever has not heard that goes on with the one before (N2)."""
    return event.name in WORDS or declares(event)


def declares(event: Event) -> bool:
    return event.name == "journal.committed" and event.details.get("kind") == "declared"


def epoch(event: Event) -> int:
    return int(event.details.get("epoch") or 0)


def word(event: Event) -> tuple[str, ...]:
    """Which it is: a request or an instant has an id, a hold is one of its device, an end of the room's."""
    return event.name, event.subject if event.name in NAMELESS else str(event.details.get("id"))
