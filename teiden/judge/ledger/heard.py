"""Which control nodes can know a word that one of them was told: who was up then, or met these since."""

from __future__ import annotations

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
        told = [m.event for name in CHANGES for m in self._history.of(name)]
        changes = [e for e in told if e.subject in self._nodes and e.t <= at_s]
        knows, up = {word.by}, self._ran
        for change in sorted(changes, key=lambda e: e.t):
            if change.t > word.t and not knows.isdisjoint(up):
                knows |= up
            up = up | {change.subject} if change.name == "server.up" else up - {change.subject}
        return node in knows or (node in up and not knows.isdisjoint(up))
