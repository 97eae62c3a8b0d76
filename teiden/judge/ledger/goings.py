"""Whose system is on its way down, or down, and who of these only boots again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.ports import Off
from sequencer.site import Site
from teiden.judge.ledger.heard import Heard
from teiden.judge.ledger.power import ALWAYS, Fold, Power
from teiden.judge.ledger.want import Want
from teiden.judge.wiring import Wiring


class Goings:
    def __init__(self, site: Site, wiring: Wiring, power: Power) -> None:
        self.site = site
        self._nodes, self._power = wiring.nodes, power
        self.under_way: set[str] = set()
        """Whose system is on its way down, whatever for."""
        self.down: set[str] = set()
        """Nodes that have gone down, and not booted since."""
        self.restarting: set[str] = set()
        """Nodes that go down only to boot again with their cluster."""
        self._wakes: dict[str, Event] = {}
        """By UPS: the row of its last OFF, where that brings back whom nobody wants down."""
        self.folds: Mapping[str, Fold] = {
            "journal.committed off_armed": self._arms,
            "command.sent restart": self._restarts,
            "cluster.forced": self._restarts_no_more,
            "cluster.stopped": self._restarts_no_more,
        }

    # Questions

    def for_good(self, server: str, word_s: float) -> bool:
        """Not if it returns with the mains (T7), nor if it only restarts."""
        return server in self.under_way - self.restarting and not self.returns_with_mains(server, word_s)

    def returns_with_mains(self, server: str, word_s: float = ALWAYS) -> bool:
        """Its power has been told so, and had yet to fall when this word was told: what had fallen by then
        has not taken it down, which lived on another UPS."""
        told = (self._power.told_off.get(ups) for ups in self._feeds(server, word_s))
        return any(off is not None and off.details.get("how") == Off.UNTIL_MAINS.value for off in told)

    def _feeds(self, server: str, at_s: float) -> Iterator[str]:
        """Its UPSes, but what had fallen by then."""
        for ups in self.site.servers[server].upses:
            fell = self._power.fell.get(ups)
            if self._power.output[ups] or fell is None or fell.t >= at_s:
                yield ups

    def goes_for_another_cause(self, node: str, word_s: float) -> bool:
        """Its power was told to come back with the mains by one who knew of nobody on it that is wanted down:
        no word has stopped it (T7)."""
        told = ((self._wakes.get(ups), self._power.told_off.get(ups)) for ups in self._feeds(node, word_s))
        return any(row and off and row.by == off.by and row.t <= off.t for row, off in told)

    def kept_down(self, node: str, since_s: float) -> bool:
        """One that is on its way already, perhaps for an outage: its power was told to go off since."""
        if node not in self._nodes & self.under_way:
            return False
        told = (self._power.told_off.get(ups) for ups in self.site.servers[node].upses)
        return any(off is not None and off.t >= since_s for off in told)

    def goes_on_for_good(self, node: str, want: Want, heard: Heard) -> bool:
        """It has heard that it is wanted down, and was on its way by then (S28)."""
        goes = want.goal is Goal.DOWN and node in self._nodes and self.for_good(node, want.event.t)
        return goes and heard.can_know(node, want.event, want.event.t)

    def are_down(self, nodes: Collection[str]) -> bool:
        """All of these, and there are any."""
        return bool(nodes) and self.down.issuperset(nodes)

    # Folding

    def _arms(self, event: Event) -> None:
        if event.details.get("wakes"):
            self._wakes[event.subject] = event
        else:
            self._wakes.pop(event.subject, None)

    def _restarts(self, event: Event) -> None:
        if event.subject == self.site.cluster.name:
            self.restarting.update(self._nodes)

    def _restarts_no_more(self, event: Event) -> None:
        """Forced, or without its disk, it boots nobody again who is not on his way by then."""
        if event.name == "cluster.forced" or event.details.get("cause", "command") != "command":
            self.restarting &= self.under_way
