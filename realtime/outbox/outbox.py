"""Alarms to the people and programs that a site names, durable, and never in the sequence's way.

`put` only hands over. A thread of the outbox's own writes them down, one for each destination delivers
them in their order. On the next boot it goes on with what is left. See docs/howto/service.md.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from types import TracebackType

from realtime.contacts import AlarmContact
from realtime.outbox.delivery import Way
from realtime.outbox.lane import Lane, Pace
from realtime.outbox.letter import Letter, letter_of
from realtime.outbox.mail import Mail
from realtime.outbox.store import Store
from realtime.outbox.webhook import Webhook
from sequencer.events import Event

log = logging.getLogger(__name__)

ALIKE_S = 300.0
"""Alarms alike within this time are one: a device that flaps must not bury the alarm that matters."""
MOST_ALIKE = 1000
"""Remembered at most; what is forgotten is sent again."""


def ways_of(contact: AlarmContact, *, limit_s: float = 20.0) -> list[Way]:
    """The destinations that a site names; none: nobody is told."""
    ways: list[Way] = []
    if contact.webhook:
        ways.append(Webhook(contact.webhook, contact.webhook_secret, ca=contact.ca, limit_s=limit_s))
    if contact.mail_to and contact.mail_server:
        ways.append(Mail(contact, ca=contact.ca, limit_s=limit_s))
    return ways


class Outbox:
    """`told` hears trouble of the outbox itself, once, in words, on a thread of the outbox.

    `kept` hears of every letter that stands on the disk, on that thread too.
    """

    def __init__(
        self,
        path: str,
        ways: Iterable[Way],
        *,
        site: str,
        node: str,
        armed: bool,
        told: Callable[[str], None] = log.error,
        kept: Callable[[Letter], None] = lambda letter: None,
        alike_s: float = ALIKE_S,
        pace: Pace | None = None,
    ) -> None:
        """`path`: a database of its own beside the journal, which may be lost."""
        self._site = site
        self._node = node
        self.armed = armed
        self._alike_s = alike_s
        self._said: dict[tuple[str, str, str], tuple[str, float]] = {}
        self._kept = kept
        self._pace = pace or Pace()
        self._store = Store(path, told)
        self._lanes = [Lane(way, self._store, self._pace) for way in ways]
        self._given: queue.SimpleQueue[Letter | None] = queue.SimpleQueue()
        for lane in self._lanes:
            lane.begin()
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
        self._thread.start()

    def __enter__(self) -> Outbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def put(self, event: Event, *, time: str, incident: int) -> bool:
        """Send word of this event. Returns at once: whether it goes out, or the same was said just now.

        `time`: ISO 8601 with an offset, as in the stream; `incident`: its epoch, 0 if there is none.
        """
        letter = letter_of(
            event,
            id=uuid.uuid4().hex,
            site=self._site,
            node=self._node,
            time=time,
            incident=incident,
            armed=self.armed,
        )
        if self._was_said(letter):
            return False
        self._given.put(letter)
        return True

    @property
    def waits(self) -> int:
        """Letters on their way, each counted once for each destination."""
        return sum(lane.waits for lane in self._lanes)

    def close(self, limit_s: float = 2.0) -> None:
        """Begin nothing more; what is under way gets this long. What is left goes out in the next life."""
        until_s = time.monotonic() + limit_s
        self._given.put(None)
        self._thread.join(limit_s)
        for lane in self._lanes:
            lane.close()
        for lane in self._lanes:
            lane.join(max(0.0, until_s - time.monotonic()))
        self._store.close()

    def _was_said(self, letter: Letter) -> bool:
        """Raised, cleared and raised again is news each time."""
        now_s = time.monotonic()
        event, said_s = self._said.pop(letter.about, ("", 0.0))
        if event == letter.event and now_s - said_s < self._alike_s:
            self._said[letter.about] = event, said_s
            return True
        if letter.event == "alarm.cleared":  # of whatever was raised about this device
            self._said = {about: said for about, said in self._said.items() if about[0] != letter.subject}
        self._said[letter.about] = letter.event, now_s
        if len(self._said) > MOST_ALIKE:
            del self._said[next(iter(self._said))]
        return False

    def _work(self) -> None:
        while (letter := self._given.get()) is not None:
            for lane in self._lanes:
                lane.add(letter)
            if self._store.works:
                self._kept(letter)
