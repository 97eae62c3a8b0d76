"""Many events at once, column by column: what a reader hands on, and what tables are made of."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import compress, repeat
from typing import Any

from sequencer.events import Event, Source


@dataclass(frozen=True, slots=True)
class Columns:
    """Some events of a run in their order; all columns are equally long."""

    t: Sequence[float]
    name: Sequence[str]
    subject: Sequence[str]
    by: Sequence[str]
    source: Sequence[Source]
    details: Sequence[Mapping[str, Any]]
    """Only to be read: equal ones may be one object."""
    texts: Sequence[str] | None = None
    """The details as they were read: JSON without its braces. None: they come from elsewhere."""

    def __len__(self) -> int:
        return len(self.t)

    def only(self, wanted: Sequence[bool]) -> Columns:
        """Some of them."""
        t, name, subject, by, source, details = (list(compress(c, wanted)) for c in self._in_order())
        texts = None if self.texts is None else list(compress(self.texts, wanted))
        return Columns(t, name, subject, by, source, details, texts)

    def events(self) -> list[Event]:
        """The same as objects.

        They are filled slot by slot for all of them: a frozen dataclass that is called sets each of its
        fields through two functions of Python, which for a million events takes longer than reading them.
        What `Event` asserts about its name holds here, for a reader accepts no other.
        """
        made = list(map(object.__new__, repeat(Event, len(self))))
        for fill, column in zip(_FILL, self._in_order(), strict=True):
            deque(map(fill, made, column), maxlen=0)
        return made

    def _in_order(self) -> tuple[Sequence[Any], ...]:
        return self.t, self.name, self.subject, self.by, self.source, self.details

    def json(self) -> Sequence[str]:
        """The details as JSON objects."""
        if self.texts is not None:
            return [f"{{{text}}}" for text in self.texts]
        return [json.dumps(rounded(d), ensure_ascii=False, allow_nan=False) for d in self.details]


_FILL = [Event.__dict__[field.name].__set__ for field in fields(Event)]


def columns_of(events: Iterable[Event]) -> Columns:
    """Events as they stand in an event file: their times to the millisecond."""
    events = list(events)
    return Columns(
        [rounded(float(event.t)) for event in events],
        [event.name for event in events],
        [event.subject for event in events],
        [event.by for event in events],
        [event.source for event in events],
        [event.details for event in events],
    )


def rounded(value: Any) -> Any:
    """Milliseconds are all a room can tell; more digits would only differ from machine to machine."""
    if isinstance(value, float):
        return round(value, 3) + 0.0  # + 0.0: no "-0.0"
    if isinstance(value, Mapping):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return value
