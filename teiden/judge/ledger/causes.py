"""Why a device may be stopped now: what the confirmed outages bring down, and what somebody wants down.

The scope of an outage is worked out here once more, from the wiring alone and one device at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from copy import copy

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.site import Array, ArrayRole, Server, ServerRole, Site
from teiden.judge.ledger.incident import Incident
from teiden.judge.ledger.power import Fold, Power
from teiden.judge.ledger.wants import Wants
from teiden.judge.wiring import Wiring


class Causes:
    def __init__(self, site: Site, wiring: Wiring, incident: Incident, wants: Wants, power: Power) -> None:
        self.site = site
        self.wiring = wiring
        self.wants = wants
        self._incident = incident
        self._power = power
        self._out: Set[str] = frozenset()
        """Confirmed to be without mains in the present incident; and that were off in the midst of it, and
        feed a server or an array that one of those feeds too: nobody lives on them (X-04, P11)."""

    def folds(self) -> Mapping[str, Fold]:
        """After the incident's and the power's own."""
        return {
            "outage.confirmed": self._confirmed,
            "journal.committed confirmed": self._confirmed,
            "ups.output_off": self._falls,
            "journal.committed declared": self._anew,
            "incident.closed": self._anew,
        }

    def _confirmed(self, event: Event) -> None:
        self._widen((event.subject,))

    def _falls(self, event: Event) -> None:
        if not self._beside(event.subject).isdisjoint(self._incident.confirmed):
            self._out = self._out | {event.subject}

    def _anew(self, event: Event) -> None:
        self._out = frozenset()
        self._widen(self._incident.confirmed)

    def _widen(self, confirmed: Iterable[str]) -> None:
        output = self._power.output
        off = {other for ups in confirmed for other in self._beside(ups) if not output[other]}
        self._out = self._out | set(confirmed) | off

    def _beside(self, ups: str) -> set[str]:
        """All that feed a server or an array that this one feeds."""
        wiring = self.wiring
        fed_by = [*(s.upses for s in wiring.servers_on[ups]), *(a.upses for a in wiring.arrays_on[ups])]
        return {u for upses in fed_by for u in upses}

    # What an outage brings down

    def failing(self, name: str) -> bool:
        """This server, UPS, array or cluster is in the scope of the confirmed outages (S31)."""
        if not self._out:
            return False
        server, array = self.site.servers.get(name), self.site.arrays.get(name)
        if server is not None:
            return self._server(server)
        if array is not None:
            return self.array(array)
        return self._ups(name) if name in self.site.upses else self.control()

    def without(self, upses: Set[str]) -> Causes:
        """As it would be if these were not out."""
        others = copy(self)
        others._out = self._out - upses
        return others

    def beside(self, upses: Iterable[str]) -> Causes:
        """As it would be if these were out too."""
        more = copy(self)
        more._widen(upses)
        return more

    def _server(self, server: Server) -> bool:
        if server.role is ServerRole.CONTROL:
            return self._starved(server) or self.control()
        if self.linked(server):
            return True
        pool = server.role is ServerRole.POOL
        return pool and bool(server.upses) and all(self._ups(u) for u in server.upses)

    def linked(self, server: Server) -> bool:
        """Its power, or the array it writes to, has lost the mains."""
        return self._starved(server) or any(
            a.role is ArrayRole.LINKED and self.array(a)
            for a in map(self.site.arrays.__getitem__, server.arrays)
        )

    def array(self, array: Array) -> bool:
        """Its controllers or its enclosures have no UPS left that is not out."""
        return self._out >= set(array.controllers) or self._out >= set(array.enclosures)

    def control(self) -> bool:
        """The control disk, or the power of every node."""
        site = self.site
        return any(self.array(a) for a in self.wiring.control_arrays) or all(
            self._starved(node) for node in site.control_nodes
        )

    def _starved(self, server: Server) -> bool:
        return sum(u not in self._out for u in server.upses) < server.minimum_supplies

    def _ups(self, ups: str) -> bool:
        wiring = self.wiring
        on_it = wiring.servers_on[ups]
        if ups in wiring.control_upses:
            nodes = [s for s in on_it if s.name in wiring.nodes]
            return self.control() or (bool(nodes) and all(self._starved(n) for n in nodes))
        if ups in wiring.linked_array_upses:
            return any(self.array(a) for a in wiring.arrays_on[ups] if a.role is ArrayRole.LINKED)
        linked = [s for s in on_it if s.role is ServerRole.LINKED]
        return all(self.linked(s) for s in linked) if linked else ups in self._out

    # What somebody wants down

    def wanted(self, name: str) -> bool:
        """A schedule or a request wants it down or restarted, or somebody who lives on it or from it."""
        if not self.wants.of:
            return False
        return any(self.wants.goal(server) in (Goal.DOWN, Goal.REBOOT) for server in self.concerns(name))

    def concerns(self, name: str) -> list[str]:
        """The servers for whose sake this device is switched."""
        site, wiring = self.site, self.wiring
        if name == site.cluster.name:
            return list(site.cluster.nodes)
        if name in site.arrays:
            return [s.name for s in wiring.users_of[name] if s.role is not ServerRole.POOL]
        if name in site.upses:
            return self._lives_on(name)
        server = site.servers[name]
        if server.role is not ServerRole.POOL:
            return [name]
        return [other for ups in server.upses for other in self._lives_on(ups)]

    def _lives_on(self, ups: str) -> list[str]:
        wiring = self.wiring
        if ups in wiring.control_array_upses:
            return list(self.site.cluster.nodes)
        servers = list(wiring.servers_on[ups])
        servers += [s for a in wiring.arrays_on[ups] for s in wiring.users_of[a.name]]
        return list(dict.fromkeys(s.name for s in servers if s.role is not ServerRole.POOL))
