"""One alarm as it goes out: the same fields in a webhook's JSON and in a mail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sequencer.events import Event

FORMAT = 1
"""Of the JSON below. New fields may come; what is there keeps its meaning."""


class NotALetter(ValueError):
    """What was kept is no letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person at three in the morning, or the program that wakes them, has to know."""

    id: str
    """Unique; the same again means that it was sent twice because the first answer was lost."""
    site: str
    node: str
    """Who tells it."""
    time: str
    """ISO 8601 with an offset, by that node's clock."""
    event: str
    """Its name in the stream of events: `alarm.raised`."""
    subject: str
    """The device it is about, or the site."""
    text: str
    """English, one sentence."""
    rule: str
    """The rule or requirement behind it: `S13`; '' if there is none."""
    incident: int
    """The epoch of the incident; 0: there has been none yet."""
    mode: str
    """`armed`, or `watching`: it commands nothing."""

    def json(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False)

    @property
    def about(self) -> tuple[str, str, str]:
        """Two letters about the same may be alike."""
        return self.subject, self.rule, self.text


def letter_of(
    event: Event, *, id: str, site: str, node: str, time: str, incident: int, armed: bool
) -> Letter:
    return Letter(
        id=id,
        site=site,
        node=node,
        time=time,
        event=event.name,
        subject=event.subject,
        text=text_of(event),
        rule=str(event.details.get("rule", "")),
        incident=incident,
        mode="armed" if armed else "watching",
    )


def text_of(event: Event) -> str:
    """Its text, or for an event that has none its name and its details."""
    if "text" in event.details:
        return str(event.details["text"])
    details = ", ".join(f"{key} {value}" for key, value in event.details.items() if key != "rule")
    return f"{event.subject}: {event.name}" + (f" ({details})" if details else "")


def letter_from(text: str) -> Letter:
    """What `json` wrote; raises `NotALetter`."""
    try:
        fields: Mapping[str, Any] = json.loads(text)
        return Letter(**{key: value for key, value in fields.items() if key != "format"})
    except (ValueError, TypeError, AttributeError) as error:
        raise NotALetter(str(error)) from None
