"""Which control nodes can know a word that one of them was told: who was up then, or met these since."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from sequencer.events import Event
from teiden.judge.history import History
from teiden.judge.ledger.machines import Machines
from teiden.judge.wiring import Wiring

UP, DIED = "server.up", "service.died"
CHANGES = (UP, "server.shutting_down", "server.halted", "server.forced", "server.crashed")


class Heard:
    """Two nodes that are up tell each other what they know; the words of one that is down wait until then.

    So it is with a node whose service is dead: until the next one says something.
    """

    def __init__(self, history: History, wiring: Wiring, machines: Machines) -> None:
        self._history, self._nodes = history, wiring.nodes
        self._ran = wiring.nodes & machines.ran

    def can_know(self, node: str, word: Event, at_s: float) -> bool:
        """Whether this node had heard it by then, or had been up since with one that did."""
        knows, up = {word.by}, self._ran
        for change_s, who, is_up in self._changes:
            if change_s > at_s:
                break
            if change_s > word.t and not knows.isdisjoint(up):
                knows |= up
            up = up | {who} if is_up else up - {who}
        return node in knows or (node in up and not knows.isdisjoint(up))

    @cached_property
    def _changes(self) -> list[tuple[float, str, bool]]:
        """In order: when, which node, and whether it is up from then on."""
        told = [m.event for name in CHANGES for m in self._history.of(name)]
        systems = [(e.t, e.subject, e.name == UP) for e in told if e.subject in self._nodes]
        return sorted([*systems, *self._services()], key=lambda change: change[0])

    def _services(self) -> Iterator[tuple[float, str, bool]]:
        dead: set[str] = set()
        for event in self._history.events:
            if event.by in dead:
                dead.discard(event.by)
                yield event.t, event.by, True
            if event.name == DIED and event.subject in self._nodes:
                dead.add(event.subject)
                yield event.t, event.subject, False
