"""Which control nodes can know a word that one of them was told: who was up then, or met these since."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.events import Event
from teiden.judge.history import History
from teiden.judge.ledger.machines import Machines
from teiden.judge.wiring import Wiring

CHANGES = ("server.up", "server.shutting_down", "server.halted", "server.forced", "server.crashed")


class Heard:
    """Two nodes that are up tell each other what they know; the words of one that is down wait until then."""

    def __init__(self, history: History, wiring: Wiring, machines: Machines) -> None:
        self._history, self._nodes = history, wiring.nodes
        self._ran = wiring.nodes & machines.ran

    def can_know(self, node: str, word: Event, at_s: float) -> bool:
        """Whether this node had heard it by then, or had been up since with one that did."""
        *_, (_, knows, up) = self._spread(word, at_s)
        return node in knows or (node in up and not knows.isdisjoint(up))

    def known_since_s(self, word: Event, at_s: float) -> float | None:
        """Since when somebody who was up has known it; None: whoever is up does not. Nobody: nobody asks."""
        since_s: float | None = word.t
        for t, knows, up in self._spread(word, at_s):
            if up and knows.isdisjoint(up):
                since_s = None
            elif since_s is None:
                since_s = t
        return since_s

    def _spread(self, word: Event, at_s: float) -> Iterator[tuple[float, frozenset[str], frozenset[str]]]:
        """From the word on, whenever a node came or went: who knows it then, and who is up."""
        told = [m.event for name in CHANGES for m in self._history.of(name)]
        changes = sorted((e for e in told if e.subject in self._nodes and e.t <= at_s), key=lambda e: e.t)
        up = self._ran
        for change in (e for e in changes if e.t <= word.t):
            up = after(change, up)
        knows = frozenset((word.by,))
        yield word.t, knows, up
        for change in (e for e in changes if e.t > word.t):
            knows = knows if knows.isdisjoint(up) else knows | up
            up = after(change, up)
            yield change.t, knows, up


def after(change: Event, up: frozenset[str]) -> frozenset[str]:
    return up | {change.subject} if change.name == "server.up" else up - {change.subject}
