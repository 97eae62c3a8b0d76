"""What an invariant is: an id, one sentence, and an eye on a few events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.ledger.room import Room
from teiden.judge.words import seconds

Look = Callable[[Event], None]

TICK_S = 0.002
"""Times are told in milliseconds; two of them may differ by their rounding."""
LATENCY_S = 1.0
"""A limit that a node keeps is counted from its request; the room's answer comes this much later
or sooner at most."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One invariant, broken once."""

    id: str
    t: float
    """Seconds since the start of the run."""
    subject: str
    text: str
    """In words; times in it count from the loss of mains."""
    events: tuple[Event, ...] = ()
    """What shows it."""


class Invariant:
    """Looks at the room just before each event it watches; keeps what it finds."""

    id: ClassVar[str]
    sentence: ClassVar[str]

    def __init__(self, room: Room) -> None:
        self.room = room
        self.site: Site = room.site
        self.breaches: list[Breach] = []
        self.put_to_test = 0
        """How often it had something to judge: a rule that never had is not proved by this run."""
        self.not_applicable = ""
        """Why it says nothing about this run."""

    def watches(self) -> Mapping[str, Look]:
        """The events it looks at; a command is told apart by what it commands: `command.sent off`."""
        return {}

    def hears(self) -> Mapping[str, Look]:
        """The same of the nodes' words alone, each node's: it sees `room.minds`, and of the room nothing.

        What it finds in this way it finds in a live stream too.
        """
        return {}

    def end(self, t: float) -> None:
        """The run is over."""

    def broken(self, t: float, subject: str, text: str, *events: Event | None) -> None:
        shown = tuple(event for event in events if event is not None)
        self.breaches.append(Breach(self.id, t, subject, text, shown))

    def at(self, t: float) -> str:
        """`754 s`, after the mains were lost."""
        return seconds(t - self.room.history.zero_s)
