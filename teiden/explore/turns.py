"""How far down the site was, each time the sequencer turned round."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.site import Site


class Depth:
    """The state of the way down, from the room's own facts."""

    def __init__(self, site: Site) -> None:
        self._linked = {server.name for server in site.linked_servers}
        self._nodes = set(site.cluster.nodes)
        self._server_upses = site.names_of_server_upses
        self._array_upses = site.names_of_linked_array_upses
        self._down: set[str] = set()
        self._off: set[str] = set()
        self._flushed: set[str] = set()
        self._cluster_stops = False
        self._nodes_were_off = False

    def take(self, event: Event) -> None:
        name, subject = event.name, event.subject
        if name in ("server.shutting_down", "server.halted", "server.crashed"):
            self._down.add(subject)
            self._nodes_were_off |= name != "server.shutting_down" and self._nodes <= self._down
        elif name in ("server.booting", "server.up"):
            self._down.discard(subject)
        elif name in ("ups.output_off", "ups.output_on"):
            (self._off.add if name == "ups.output_off" else self._off.discard)(subject)
        elif name in ("array.flushed", "array.dirty", "array.ready"):
            (self._flushed.add if name == "array.flushed" else self._flushed.discard)(subject)
        elif name.startswith("cluster."):
            self._cluster_stops = name in ("cluster.stopping", "cluster.stopped")
        elif name == "incident.opened":
            self._nodes_were_off = False

    def stage(self) -> str:
        """The furthest."""
        stages = (
            ("nodes", self._nodes_were_off),
            ("cluster", self._cluster_stops),
            ("cut", bool(self._off & self._array_upses)),
            ("flushed", bool(self._flushed)),
            ("servers' UPS", bool(self._off & self._server_upses)),
            ("servers", bool(self._down & self._linked)),
        )
        return next((name for name, there in stages if there), "nothing")


def turned_at(events: Sequence[Event], site: Site) -> frozenset[str]:
    depth = Depth(site)
    found: set[str] = set()
    for event in events:
        if event.name == "journal.committed" and event.details.get("kind") == "turned":
            found.add(depth.stage())
        elif event.is_fact or event.name == "incident.opened":
            depth.take(event)
    return frozenset(found)
