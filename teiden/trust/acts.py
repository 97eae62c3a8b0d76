"""What the service did, or would have done: each time it set out to command something, and what, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from sequencer.events import Event
from teiden.trust.streams import Timed

NOT_ARMED = "X-12"


class Fate(Enum):
    WOULD = "would have been sent"
    SENT = "sent"
    REFUSED = "refused"
    """By a rule that holds for an armed service too."""


@dataclass(frozen=True, slots=True)
class Deed:
    at_s: float
    device: str
    command: str
    fate: Fate
    rule: str = ""


@dataclass(slots=True)
class Act:
    """From what began it to its end."""

    at_s: float
    node: str
    begun_by: str
    """`outage`, `schedule`, `request`, or '' where nothing is told that began it."""
    because: str
    """The UPSes, the schedule, who asked."""
    until_s: float | None = None
    """None: it was not over."""
    deeds: list[Deed] = field(default_factory=list)

    @property
    def sent(self) -> list[Deed]:
        return [deed for deed in self.deeds if deed.fate is Fate.SENT]

    @property
    def would(self) -> list[Deed]:
        return [deed for deed in self.deeds if deed.fate is Fate.WOULD]

    @property
    def refused(self) -> list[Deed]:
        return [deed for deed in self.deeds if deed.fate is Fate.REFUSED]


def acts(events: Iterable[Timed]) -> list[Act]:
    """Of all nodes, in the order in which they began. One in which nothing was to be commanded is none."""
    found: list[Act] = []
    running: dict[str, Act] = {}
    for instant_s, event in events:
        begun_by, because = _beginning(event)
        if begun_by:
            now = running.get(event.by)
            if now is None or now.begun_by != "outage" or begun_by == "outage":
                running[event.by] = Act(instant_s, event.by, begun_by, because)
                found.append(running[event.by])
        elif event.name == "incident.closed":
            now = running.pop(event.by, None)
            if now is not None:
                now.until_s = instant_s
        elif (deed := _deed(instant_s, event)) is not None:
            if event.by not in running:
                running[event.by] = Act(instant_s, event.by, "", "")
                found.append(running[event.by])
            running[event.by].deeds.append(deed)
    return [act for act in found if act.deeds]


def _beginning(event: Event) -> tuple[str, str]:
    told = event.details
    if event.name == "incident.opened":
        return "outage", str(told.get("cause", ""))
    if event.name == "schedule.fired":
        return "schedule", str(told.get("id", event.subject))
    if event.name == "request.accepted":
        return "request", f"{told.get('wish', '')} {event.subject}, {told.get('asked_by', '')}".strip(", ")
    return "", ""


def _deed(instant_s: float, event: Event) -> Deed | None:
    command = str(event.details.get("command", ""))
    if event.name == "command.sent":
        return Deed(instant_s, event.subject, command, Fate.SENT)
    if event.name != "command.refused":
        return None
    rule = str(event.details.get("rule", ""))
    fate = Fate.WOULD if rule == NOT_ARMED else Fate.REFUSED
    return Deed(instant_s, event.subject, command, fate, "" if fate is Fate.WOULD else rule)
