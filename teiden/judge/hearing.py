"""Which cards whoever did a deed had heard by then: of one that is silent nobody knows what it does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.fault import Reach
from sim.story import FaultChange
from teiden.judge.invariants.invariant import Breach
from teiden.judge.ledger.cards import Cards
from teiden.judge.reach import covers
from teiden.judge.unheard import TELLING

OF_A_CARD = (Reach.NEEDING, Reach.UNIT, Reach.LOADS, Reach.CONTROL)
POWER = ("ups.on_battery", "ups.on_line", "ups.output_off")
BEGINS = ("incident.opened", "lease.taken")
"""A stop belongs to one incident, and to one who commands."""
CHANGES = ("ups.output_on", "ups.output_off", "ups.off_armed")


class Hearing:
    def __init__(self, events: Sequence[Event], site: Site) -> None:
        self.events = events
        self._site = site
        self._nodes = site.cluster.nodes
        self._upses = frozenset(site.upses)

    @cached_property
    def _cards(self) -> Cards:
        return Cards(self.events, frozenset(self._nodes))

    def is_unheard(self, change: FaultChange, breach: Breach) -> bool:
        """Who did it has not heard this card in the life of his service; of the network's, one of those with
        which this breach has to do. Or had not when he began the stop to which it belongs."""
        deed = breach.events[-1]
        cards = self._upses & {change.subject} or self._upses
        began_s = self._began_s(deed)
        never = (ups for ups in cards if self._cards.never_heard(deed.by, ups, began_s))
        return any(covers(reach, ups, breach.subject, self._site) for ups in never for reach in OF_A_CARD)

    def _began_s(self, deed: Event) -> float:
        """A linked disk is flushed and cut when he has told its users to go: that stop goes to its end."""
        arrays = {a.name for a in self._site.linked_arrays if deed.subject in (a.name, *a.upses)}
        users = {server.name for array in arrays for server in self._site.users_of(array)}
        began_s = max((e.t for e in self.events if e.name in BEGINS and e.t <= deed.t), default=-inf)
        told = (e for e in self.events if e.by == deed.by and began_s <= e.t <= deed.t and e.subject in users)
        return next((e.t for e in told if e.details.get("command") == "shutdown"), deed.t)

    def is_silent(self, change: FaultChange, breach: Breach) -> bool:
        """Who did it does not hear this card by then; and has heard neither it nor who hangs on it since it
        came on with nobody's ON, or since an OFF that it did not carry out was over."""
        deed, ups = breach.events[-1], change.subject
        its = [e for e in self.events if e.is_fact and e.subject == ups and e.t <= deed.t]
        last = next((e for e in reversed(its) if e.name in CHANGES), None)
        if last is None or last.details.get("cause") == "command":
            return False
        since_s = last.t if last.name == "ups.output_on" else float(last.details.get("falls_at", inf))
        if since_s > deed.t or self._cards.heard_since_s(deed.by, ups, deed.t) is not None:
            return False
        names = {ups, *(server.name for server in self._site.servers_on(ups))}
        own = (e for e in self.events if e.by == deed.by and e.subject in names and since_s < e.t <= deed.t)
        return not any(e.name.startswith(TELLING) for e in own)

    def is_alone_on_its_feed(self, breach: Breach) -> bool:
        """Who did it does not hear, by then, the card of another UPS on its feed."""
        deed, ups = breach.events[-1], self._site.upses.get(breach.subject)
        feed = ups.feed if ups is not None else ""
        beside = (u.name for u in self._site.upses.values() if u.feed == feed and u.name != breach.subject)
        return any(self._cards.heard_since_s(deed.by, name, deed.t) is None for name in beside)

    def is_untold(self, change: FaultChange, breach: Breach) -> bool:
        """Who did it has begun since, and has told of no card; and there is an outage that he may know."""
        deed = breach.events[-1]
        if self._cards.life_began_s(deed.by, deed.t) < change.at_s:
            return False
        if not any(e.name == "incident.opened" and e.t <= deed.t for e in self.events):
            return False
        return all(self._cards.told_nothing(deed.by, ups, deed.t) for ups in self._upses)

    def drains_as_heard(self, change: FaultChange, breach: Breach) -> bool:
        """Who did it heard last that this UPS is on its battery, and hears no card of its feed since: by all
        that he knows it has drained, whatever came in that silence (N1)."""
        ups = self._site.upses.get(change.subject)
        if ups is None or not breach.events:
            return False
        deed = breach.events[-1]
        beside = (other.name for other in self._site.upses_on_feed(ups.feed))
        if any(self._cards.heard_since_s(deed.by, name, deed.t) is not None for name in beside):
            return False
        began_s = self._cards.life_began_s(deed.by, deed.t)
        words = (
            e for e in self.events if (e.by, e.subject) == (deed.by, ups.name) and began_s <= e.t <= deed.t
        )
        last = next((e for e in reversed(list(words)) if e.name in POWER), None)
        return last is not None and last.name == "ups.on_battery"
