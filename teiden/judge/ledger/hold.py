"""Who holds a device, or lets it go, and from when that counts, as a want does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sequencer.events import Event


@dataclass(slots=True)
class Hand:
    event: Event
    """It holds it, or lets it go."""
    at_s: float


class Hands:
    def __init__(self) -> None:
        self.of: defaultdict[str, list[Hand]] = defaultdict(list)
        """By device."""
        self._first: dict[tuple[str, str], Hand] = {}
        """By request and device: as the first node was told."""

    def told(self, cause: str, names: Sequence[str], node: str) -> None:
        """Nodes that do not hear each other may each be told: it counts from when the first was (S35)."""
        for name in names:
            for hand in [hand for hand in self.of[name] if hand.event.by == node][-1:]:
                first = self._first.setdefault((cause, name), hand)
                first.at_s = hand.at_s = min(first.at_s, hand.at_s)

    def holds(self, name: str, can_know: Callable[[Event], bool]) -> bool:
        """By the last that somebody can know of it."""
        known = (hand for hand in self.of[name] if can_know(hand.event))
        last = max(known, key=lambda hand: hand.at_s, default=None)
        return last is not None and last.event.name == "hold.set"
