"""Which cards each control node hears, by its own words: the network may keep them from one node alone."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from sequencer.events import Event, Source
from teiden.judge.ledger.power import ALWAYS

LIVES = frozenset(
    ("server.up", "service.begun", "server.halted", "server.forced", "server.crashed", "service.died")
)
"""The life of a service ends, or begins: what it heard before says nothing of the next."""


class Cards:
    """A node's first look is no change, and is not told: what it has not told of it hears.

    But one that has been dark by the room's truth since that life began it never did.
    """

    def __init__(self, events: Iterable[Event], nodes: frozenset[str]) -> None:
        self._told: defaultdict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
        """By node and UPS: when, and whether it fell silent."""
        self._lives: defaultdict[str, list[float]] = defaultdict(list)
        self._dark: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
        """By UPS: when its card fell silent, or answered again, whoever noticed."""
        self._began_s: float | None = None
        self._upses: set[str] = set()
        for event in events:
            if event.name == "ups.charge":
                self._upses.add(event.subject)
            if self._began_s is None:
                self._began_s = event.t
            if event.name in ("card.silent", "card.answering") and event.source is Source.FACT:
                self._dark[event.subject].append((event.t, event.name == "card.silent"))
            if event.name in ("card.silent", "card.answering") and event.by in nodes:
                self._told[event.by, event.subject].append((event.t, event.name == "card.silent"))
            elif event.name in LIVES and event.subject in nodes and event.source is Source.FACT:
                self._lives[event.subject].append(event.t)

    def heard_since_s(self, node: str, ups: str, at_s: float) -> float | None:
        """None: it is silent for this node."""
        began_s = self.life_began_s(node, at_s)
        told = [(t, silent) for t, silent in self._told[node, ups] if began_s <= t <= at_s]
        if not told:
            return ALWAYS
        t, silent = told[-1]
        return None if silent else t

    def silent_since_s(self, node: str, ups: str, at_s: float) -> float | None:
        """As this life of the node has told; None: it is heard, or that life has told nothing of it."""
        began_s = self.life_began_s(node, at_s)
        told = [(t, silent) for t, silent in self._told[node, ups] if began_s <= t <= at_s]
        return told[-1][0] if told and told[-1][1] else None

    def never_heard(self, node: str, ups: str, at_s: float) -> bool:
        """It was silent at the first look of this life, and has been since."""
        began_s = self.life_began_s(node, at_s)
        told = [silent for t, silent in self._told[node, ups] if began_s <= t <= at_s]
        return all(told) if told else self._is_dark_since(node, ups, began_s, at_s)

    def _is_dark_since(self, node: str, ups: str, since_s: float, at_s: float) -> bool:
        """Its card, also if it was so from the beginning of the run; or it has answered since this node hears
        no card at all."""
        since_s = max(since_s, ALWAYS if self._began_s is None else self._began_s)
        changes = [(t, silent) for t, silent in self._dark[ups] if t <= at_s]
        while changes and not changes[-1][1] and self._hears_none(node, ups, changes[-1][0], at_s):
            changes.pop()
        return bool(changes) and changes[-1][1] and changes[-1][0] <= since_s

    def _hears_none(self, node: str, but: str, from_s: float, to_s: float) -> bool:
        """By its own words every other card had fallen silent by then, and none has answered since."""
        words = [[w for w in self._told[node, ups] if w[0] <= to_s] for ups in self._upses - {but}]
        return bool(words) and all(word and word[-1][1] and word[-1][0] <= from_s for word in words)

    def told_nothing(self, node: str, ups: str, at_s: float) -> bool:
        """This life has said nothing of it: it answered at the first look and has since, or never has."""
        began_s = self.life_began_s(node, at_s)
        return not any(began_s <= t <= at_s for t, _ in self._told[node, ups])

    def life_began_s(self, node: str, at_s: float) -> float:
        """The life of its service; or since when it has had none."""
        lives = self._lives[node]
        place = bisect_right(lives, at_s)
        return lives[place - 1] if place else ALWAYS
