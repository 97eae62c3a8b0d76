"""Which cards each control node hears, by its own words: the network may keep them from one node alone."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from sequencer.events import Event, Source
from teiden.judge.ledger.power import ALWAYS

ENDS = frozenset(("server.up", "server.halted", "server.forced", "server.crashed", "service.died"))
"""The life of a service ends, or begins: what it heard before says nothing of the next."""


class Cards:
    """A node's first look is no change, and is not told: what it has not told of it hears."""

    def __init__(self, events: Iterable[Event], nodes: frozenset[str]) -> None:
        self._told: defaultdict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
        """By node and UPS: when, and whether it fell silent."""
        self._lives: defaultdict[str, list[float]] = defaultdict(list)
        for event in events:
            if event.name in ("card.silent", "card.answering") and event.by in nodes:
                self._told[event.by, event.subject].append((event.t, event.name == "card.silent"))
            elif event.name in ENDS and event.subject in nodes and event.source is Source.FACT:
                self._lives[event.subject].append(event.t)

    def heard_since_s(self, node: str, ups: str, at_s: float) -> float | None:
        """None: it is silent for this node."""
        began_s = self.life_began_s(node, at_s)
        told = [(t, silent) for t, silent in self._told[node, ups] if began_s <= t <= at_s]
        if not told:
            return ALWAYS
        t, silent = told[-1]
        return None if silent else t

    def never_heard(self, node: str, ups: str, at_s: float) -> bool:
        """It was silent at the first look of this life, and has been since."""
        began_s = self.life_began_s(node, at_s)
        told = [silent for t, silent in self._told[node, ups] if began_s <= t <= at_s]
        return bool(told) and all(told)

    def told_nothing(self, node: str, ups: str, at_s: float) -> bool:
        """This life has said nothing of it: it answered at the first look and has since, or never has."""
        began_s = self.life_began_s(node, at_s)
        return not any(began_s <= t <= at_s for t, _ in self._told[node, ups])

    def life_began_s(self, node: str, at_s: float) -> float:
        """The life of its service; or since when it has had none."""
        lives = self._lives[node]
        place = bisect_right(lives, at_s)
        return lives[place - 1] if place else ALWAYS
