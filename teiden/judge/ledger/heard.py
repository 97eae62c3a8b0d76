"""Which control nodes can know a word that one of them was told: who was up then, or met these since."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer.events import Event
from teiden.judge.ledger.machines import Machines
from teiden.judge.ledger.power import ALWAYS, Fold
from teiden.judge.wiring import Wiring


class Heard:
    """Two nodes that are up tell each other what they know; the words of one that is down wait until then."""

    def __init__(self, wiring: Wiring, machines: Machines) -> None:
        self._nodes = wiring.nodes
        self._up: list[tuple[float, frozenset[str]]] = [(ALWAYS, wiring.nodes & machines.ran)]
        """Who was up together, from when."""

    def folds(self) -> Mapping[str, Fold]:
        names = ("server.up", "server.shutting_down", "server.halted", "server.forced", "server.crashed")
        return dict.fromkeys(names, self._changes)

    def _changes(self, event: Event) -> None:
        if event.subject in self._nodes:
            up = self._up[-1][1]
            changed = up | {event.subject} if event.name == "server.up" else up - {event.subject}
            self._up.append((event.t, changed))

    def can_know(self, node: str, word: Event) -> bool:
        """Whether this node heard it, or has been up since with one that did."""
        knows = {word.by}
        for place, (_, up) in enumerate(self._up):
            until_s = self._up[place + 1][0] if place + 1 < len(self._up) else None
            if (until_s is None or until_s > word.t) and not knows.isdisjoint(up):
                knows |= up
        return node in knows
