"""Which control nodes can know a word that one of them was told: who was up then, or met these since."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import nextafter

from sequencer.events import Event
from teiden.judge.history import History
from teiden.judge.ledger.machines import Machines
from teiden.judge.wiring import Wiring

UP = "server.up"
STILL = ("service.died", "service.stalled")
CHANGES = (UP, "server.halted", "server.forced", "server.crashed")


class Heard:
    """Two nodes that are up tell each other what they know; the words of one that is down wait until then.
    One that goes down is up for that until it is halted: so long its service lives.

    So it is with a node whose service is dead, or stands still: until it says something again.
    """

    def __init__(self, history: History, wiring: Wiring, machines: Machines) -> None:
        self._history, self._nodes = history, wiring.nodes
        self._ran = wiring.nodes & machines.ran

    def can_know(self, node: str, word: Event, at_s: float) -> bool:
        """Whether this node had heard it by then, or had been up since with one that did."""
        *_, (_, knows, up) = self._spread(word, at_s)
        return node in knows or (node in up and not knows.isdisjoint(up))

    def is_told(self, node: str, word: Event, at_s: float, late_s: float) -> bool:
        """The same, but who comes up after that word tells the others what he knows so much later.

        A node that boots looks round first; it asks the others at once.
        """
        since_s = max(word.t, at_s - late_s)
        comings = (t for t, who, is_up in self._changes if is_up and who != node and since_s < t <= at_s)
        come_s = min(comings, default=None)
        return self.can_know(node, word, at_s if come_s is None else nextafter(come_s, 0.0))

    def known_since_s(self, word: Event, at_s: float) -> float | None:
        """Since when somebody who was up has known it; None: whoever is up does not. Nobody: nobody asks."""
        since_s: float | None = word.t
        for t, knows, up in self._spread(word, at_s):
            if up and knows.isdisjoint(up):
                since_s = None
            elif since_s is None:
                since_s = t
        return since_s

    def comings_s(self, from_s: float, to_s: float) -> Iterator[float]:
        """When a node came up, or its service was heard again, in this time."""
        return (t for t, _, is_up in self._changes if is_up and from_s < t <= to_s)

    def _spread(self, word: Event, at_s: float) -> Iterator[tuple[float, frozenset[str], frozenset[str]]]:
        """From the word on, whenever a node came or went: who knows it then, and who is up.

        Whoever has a word passes it on at once.
        """
        up, knows, told = self._ran, frozenset((word.by,)), False
        for change_s, who, is_up in self._changes:
            if change_s > at_s:
                break
            if change_s > word.t:
                if not told:
                    told, knows = True, knows | up
                    yield word.t, knows, up
                knows = knows if knows.isdisjoint(up) else knows | up
            up = up | {who} if is_up else up - {who}
            if told:
                yield change_s, knows, up
        if not told:
            yield word.t, knows | up, up

    @cached_property
    def _changes(self) -> list[tuple[float, str, bool]]:
        """In order: when, which node, and whether it is up from then on."""
        told = [m.event for name in CHANGES for m in self._history.of(name)]
        systems = [(e.t, e.subject, e.name == UP) for e in told if e.subject in self._nodes]
        return sorted([*systems, *self._services()], key=lambda change: change[0])

    def _services(self) -> Iterator[tuple[float, str, bool]]:
        still: set[str] = set()
        for event in self._history.events:
            if event.by in still:
                still.discard(event.by)
                yield event.t, event.by, True
            if event.name in STILL and event.subject in self._nodes:
                still.add(event.subject)
                yield event.t, event.subject, False
