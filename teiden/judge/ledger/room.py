"""The whole ledger: one room, folded event by event."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import Site
from teiden.judge.history import History
from teiden.judge.ledger.caches import Caches
from teiden.judge.ledger.cards import Cards
from teiden.judge.ledger.causes import Causes
from teiden.judge.ledger.charge_gate import ChargeGate
from teiden.judge.ledger.heard import Heard
from teiden.judge.ledger.incident import Incident
from teiden.judge.ledger.machines import Machines
from teiden.judge.ledger.minds import Minds
from teiden.judge.ledger.nights import Nights
from teiden.judge.ledger.power import Fold, Power
from teiden.judge.ledger.upward import Upward
from teiden.judge.ledger.wants import Wants
from teiden.judge.wiring import Wiring


class Room:
    """Invariants look at it as it stood just before the event they watch."""

    def __init__(self, site: Site, history: History) -> None:
        self.site = site
        self.history = history
        self.wiring = Wiring(site)
        self.power = Power(site, history, self.wiring)
        self.incident = Incident(self.power)
        self.machines = Machines(site, history, self.wiring, self.power, self.incident)
        self.heard = Heard(history, self.wiring, self.machines)
        self.caches = Caches(site, history, self.wiring, self.machines)
        self.wants = Wants(site, history, self.wiring, self.power, self.heard)
        self.causes = Causes(site, self.wiring, self.incident, self.wants, self.power)
        self.nights = Nights(site, history, self.wiring, self.wants)
        self.upward = Upward(
            site, self.wiring, self.machines, self.incident, self.wants, self.nights, self.power, self.heard
        )
        self.cards = Cards(history.events, self.wiring.nodes)
        self.gate = ChargeGate(site, history)
        self.minds = Minds(site, deaths_told=history.has_facts("server"))
        """What the nodes know; the invariants that `hear` look at nothing else."""
        self.names = {site.name, site.cluster.name, *site.feeds, *site.upses, *site.arrays, *site.servers}
        self.names.update(site.schedules, site.lan_watch.hosts)
        """Everybody the site knows."""

    def confirmed_for(self, node: str, at_s: float) -> set[str]:
        """Which UPSes are out by what this node can know then: perhaps nothing of another outage, or of the
        end of the one before; then it goes on with what it knows of both."""
        heard, outages = self.heard, [self.incident.confirmed]
        for word, before in reversed(self.incident.before):
            if heard.can_know(node, word, at_s):
                break
            outages.append(before)
        if len(outages) == 1:
            return set(self.incident.confirmed)
        known = (told for outage in outages for told in outage.items())
        own = self.incident.own[node]
        return {ups for ups, told in known if ups in own or heard.can_know(node, told, at_s)}

    def folds(self) -> Iterator[tuple[str, Fold]]:
        """What each event changes. A command is told apart by what it commands: `command.sent off`."""
        parts = (self.power, self.caches, self.machines, self.wants, self.incident, self.causes, self.upward)
        for part in parts:
            yield from part.folds().items()
