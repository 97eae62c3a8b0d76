"""What the nodes decided: outages confirmed, the incident, who commands, alarms, holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sequencer.events import Event
from teiden.judge.ledger.power import Fold

NOT_SEEN_OFF = ("seen_off", "seen off")
"""What an alarm says when a UPS should be off and nobody can see it."""


class Incident:
    def __init__(self) -> None:
        self.confirmed: dict[str, Event] = {}
        """By UPS, until the incident is closed."""
        self.began_s: float | None = None
        """The first confirmed outage of the present incident."""
        self.opened: Event | None = None
        self.commander = ""
        self.lease: Event | None = None
        self.held: set[str] = set()
        """Devices an operator keeps from being commanded."""
        self._alarms: defaultdict[str, list[Event]] = defaultdict(list)

    def folds(self) -> Mapping[str, Fold]:
        return {
            "outage.confirmed": self._confirmed,
            "outage.cleared": self._cleared,
            "incident.opened": self._opened,
            "incident.closed": self._closed,
            "lease.taken": self._lease_taken,
            "lease.lost": self._lease_lost,
            "server.halted": self._node_down,
            "server.forced": self._node_down,
            "server.crashed": self._node_down,
            "alarm.raised": self._alarm,
            "hold.set": self._hold,
            "hold.released": self._release,
        }

    def alarm(self, subjects: Iterable[str], since_s: float | None) -> Event | None:
        """An alarm about one of these, raised in the present incident or since a time."""
        since_s = self.began_s if since_s is None else since_s
        for subject in subjects:
            for event in self._alarms.get(subject, ()):
                if since_s is None or event.t >= since_s:
                    return event
        return None

    def declared_unseen(self, ups: str, array: str) -> bool:
        """The limit for seeing this UPS off is over, and somebody said so aloud (DESIGN §3)."""
        return any(
            event.details.get("rule") == "S3" or any(word in str(event.details) for word in NOT_SEEN_OFF)
            for subject in (ups, array)
            for event in self._alarms.get(subject, ())
            if self.began_s is None or event.t >= self.began_s
        )

    def _confirmed(self, event: Event) -> None:
        self.confirmed[event.subject] = event
        self.began_s = event.t if self.began_s is None else self.began_s

    def _cleared(self, event: Event) -> None:
        self.confirmed.pop(event.subject, None)

    def _opened(self, event: Event) -> None:
        self.opened = event
        self.began_s = event.t if self.began_s is None else self.began_s

    def _closed(self, event: Event) -> None:
        self.opened = None
        self.began_s = None
        self.confirmed.clear()

    def _lease_taken(self, event: Event) -> None:
        self.commander = event.by
        self.lease = event

    def _lease_lost(self, event: Event) -> None:
        if event.by == self.commander:
            self.commander = ""

    def _node_down(self, event: Event) -> None:
        """A commander that is down commands nobody; after its boot it takes the lease again."""
        if event.subject == self.commander:
            self.commander = ""

    def _alarm(self, event: Event) -> None:
        self._alarms[event.subject].append(event)

    def _hold(self, event: Event) -> None:
        self.held.add(event.subject)

    def _release(self, event: Event) -> None:
        self.held.discard(event.subject)
