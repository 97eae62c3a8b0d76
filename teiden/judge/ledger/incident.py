"""What the nodes decided: outages confirmed, the incident, who commands, alarms, holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import inf

from sequencer.events import Event
from teiden.judge.ledger.power import Fold, Power

NOT_SEEN_OFF = ("seen_off", "seen off")
"""What an alarm says when a UPS should be off and nobody can see it."""
STOPS = ("power_off", "cluster_shutdown", "server_shutdown")


class Incident:
    def __init__(self, power: Power) -> None:
        self._power = power
        self.confirmed: dict[str, Event] = {}
        """By UPS, until the incident is closed: a declared outage stays declared. The row of the journal
        counts too: a node that takes over knows what it has timed itself, and nobody told of. Where another
        one is declared before that, whoever has its mains back by then is no part of it. Nor who had them
        back when the stop was reversed, and has lost them again: that is another outage, not confirmed."""
        self.own: defaultdict[str, set[str]] = defaultdict(set)
        """By node: what it has confirmed itself, perhaps after another of whom it has not heard;"""
        self._written: defaultdict[str, set[str]] = defaultdict(set)
        """and what of it it has written down: of the rest its next life knows nothing."""
        self.before: list[tuple[Event, dict[str, Event]]] = []
        """What has declared an outage, or closed an incident, and what was confirmed until then: who has not
        heard of that goes on with those."""
        self._turned: set[str] = set()
        """Whoever had its mains back when that was, and has not been confirmed since."""
        self._turned_s = -inf
        self.began_s: float | None = None
        """The first confirmed outage of the present incident."""
        self.opened: Event | None = None
        self.opened_over: list[tuple[Event, Event]] = []
        """Incidents that were open yet when another node opened the next one, and that one: it may not have
        known."""
        self.closings: list[Event] = []
        self.over: tuple[Event, Event] | None = None
        """What opened the last incident that is over, and what closed it."""
        self.commander = ""
        """Who took the lease last, and has it still."""
        self.keep_it: set[str] = set()
        """Whoever took it and has neither lost it since, by his own words, nor been down."""
        self.lease: Event | None = None
        self.held: dict[str, Event] = {}
        """Devices an operator keeps from being commanded."""
        self.released: dict[str, Event] = {}
        """By device: when the last hold of it ended."""
        self.page_s: float | None = None
        """When somebody was last wanted down; alarms of an earlier stop say nothing about this one."""
        self._alarms: defaultdict[str, list[Event]] = defaultdict(list)

    def folds(self) -> Mapping[str, Fold]:
        return {
            "outage.confirmed": self._confirmed,
            "journal.committed confirmed": self._confirmed,
            "journal.committed declared": self._declared,
            "journal.committed turned": self._turns,
            "incident.opened": self._opened,
            "incident.closed": self._closed,
            "lease.taken": self._lease_taken,
            "lease.lost": self._lease_lost,
            "cluster.running": self._group_held,
            "server.halted": self._node_down,
            "server.forced": self._node_down,
            "server.crashed": self._node_down,
            "service.died": self._node_down,
            "alarm.raised": self._alarm,
            "hold.set": self._hold,
            "hold.released": self._release,
            "schedule.fired": self._turns_page,
            "request.accepted": self._turns_page,
        }

    def alarm(self, subjects: Iterable[str], since_s: float | None) -> Event | None:
        """An alarm about one of these, raised in the present incident or planned stop, or since a time."""
        since_s = self.since_s if since_s is None else since_s
        for subject in subjects:
            for event in self._alarms.get(subject, ()):
                if since_s is None or event.t >= since_s:
                    return event
        return None

    def alarm_of(self, rule: str, subject: str, since_s: float) -> Event | None:
        """The last alarm about it that carries this rule."""
        alarms = reversed(self._alarms.get(subject, ()))
        return next((e for e in alarms if e.details.get("rule") == rule and e.t >= since_s), None)

    @property
    def since_s(self) -> float | None:
        """When the present incident or planned stop began; None: there was none."""
        return self.page_s if self.began_s is None else self.began_s

    def closed_by_another(self, deed: Event) -> Event | None:
        """The end of the last incident, if another node told it, and who does this knows that it began."""
        if self.over is None:
            return None
        opened, closed = self.over
        knows = (deed.details.get("epoch") or 0) >= (opened.details.get("epoch") or 0)
        return closed if knows and closed.by != deed.by else None

    def before_others_told(self, node: str) -> Iterator[tuple[tuple[Event, ...], set[str]]]:
        """Back in time, up to its own last word: what others have declared or closed since, and what would
        count without that."""
        told: tuple[Event, ...] = ()
        out = set(self.confirmed)
        for word, confirmed in reversed(self.before):
            if word.by == node:
                return
            told, out = (word, *told), out | confirmed.keys()
            yield told, out

    def declared_unseen(self, ups: str, array: str) -> bool:
        """The limit for seeing this UPS off is over, and somebody said so aloud (DESIGN §3)."""
        return any(
            event.details.get("rule") == "S3" or any(word in str(event.details) for word in NOT_SEEN_OFF)
            for subject in (ups, array)
            for event in self._alarms.get(subject, ())
            if self.since_s is None or event.t >= self.since_s
        )

    def _confirmed(self, event: Event) -> None:
        """A row of who commands nobody opens no incident: cut off from the others, it may go on in one that
        they have closed long ago."""
        if event.subject in self._turned or self._lost_anew(event):
            self.confirmed.pop(event.subject, None)  # another outage, which may count for another reason
        self.confirmed.setdefault(event.subject, event)
        self.own[event.by].add(event.subject)
        if event.name == "journal.committed":
            self._written[event.by].add(event.subject)
        self._turned.discard(event.subject)
        if self.began_s is None and (event.name == "outage.confirmed" or event.by == self.commander):
            self.began_s = event.t

    def _lost_anew(self, event: Event) -> bool:
        """The stop was reversed since it was confirmed, for others out with it; then it had mains."""
        known = self.confirmed.get(event.subject)
        lost_s = self._power.mains_lost_s.get(event.subject, -inf)
        return known is not None and known.t < self._turned_s < lost_s

    def _declared(self, event: Event) -> None:
        self.before.append((event, dict(self.confirmed)))
        since = self._power.mains_since
        out = (ups for ups in self.confirmed if since[ups] is None and ups not in self._turned)
        self.confirmed = {ups: self.confirmed[ups] for ups in out}

    def _turns(self, event: Event) -> None:
        since = self._power.mains_since
        self._turned_s = event.t
        self._turned |= {ups for ups in self.confirmed if since[ups] is not None}

    def _opened(self, event: Event) -> None:
        if self.opened is not None and self.opened.by != event.by:
            self.opened_over.append((self.opened, event))
        self.opened = event
        self.began_s = event.t if self.began_s is None else self.began_s

    def _closed(self, event: Event) -> None:
        self.closings.append(event)
        self.before.append((event, dict(self.confirmed)))
        self.over = self.over if self.opened is None else (self.opened, event)
        self.opened = None
        self.began_s = None
        self.confirmed.clear()
        self.own.clear()
        self._written.clear()

    def _lease_taken(self, event: Event) -> None:
        self.commander = event.by
        self.keep_it.add(event.by)
        self.lease = event

    def _lease_lost(self, event: Event) -> None:
        """Who took it before, and has never let go, is the only one again: neither heard the other (N2)."""
        self.keep_it.discard(event.by)
        if event.by == self.commander:
            self.commander = min(self.keep_it, default="")

    def _group_held(self, event: Event) -> None:
        """It runs anew, and its holder had never let go: the cluster's word makes him the one again."""
        if event.details.get("holder") in self.keep_it:
            self.commander = str(event.details["holder"])

    def _node_down(self, event: Event) -> None:
        """A commander that is down commands nobody; after its boot it takes the lease again. Who took it
        before is the only one again, as where it is lost."""
        self.keep_it.discard(event.subject)
        self.own[event.subject] &= self._written[event.subject]
        if event.subject == self.commander:
            self.commander = min(self.keep_it, default="")

    def _alarm(self, event: Event) -> None:
        self._alarms[event.subject].append(event)

    def _hold(self, event: Event) -> None:
        self.held.setdefault(event.subject, event)

    def _release(self, event: Event) -> None:
        if self.held.pop(event.subject, None) is not None:
            self.released[event.subject] = event

    def _turns_page(self, event: Event) -> None:
        if event.details.get("goal") == "down" or event.details.get("wish") in STOPS:
            self.page_s = event.t
