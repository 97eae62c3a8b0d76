"""Losses of mains that a node has seen: over before their confirm time, or confirmed, UPS by UPS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from teiden.trust.streams import Timed


class How(Enum):
    CLEARED = "over before its confirm time"
    CONFIRMED = "confirmed"
    OPEN = "neither"
    """Nobody has told how it ended."""


@dataclass(slots=True)
class Blip:
    ups: str
    at_s: float
    confirm_s: float | None
    how: How = How.OPEN
    after_s: float = 0.0
    """From when it was first seen to its end, or its confirmation."""


def blips(events: Iterable[Timed]) -> list[Blip]:
    """Each once, though two nodes have seen it; a confirmed one counts as that."""
    found: list[Blip] = []
    running: dict[str, Blip] = {}
    last: dict[str, Blip] = {}
    for instant_s, event in events:
        ups = event.subject
        if event.name == "outage.suspected":
            before = last.get(ups)
            if ups not in running and not (before is not None and _is_echo(before, instant_s)):
                running[ups] = Blip(ups, instant_s, _number(event.details.get("confirm_s")))
                found.append(running[ups])
        elif event.name in ("outage.cleared", "outage.confirmed"):
            how = How.CONFIRMED if event.name == "outage.confirmed" else How.CLEARED
            blip = running.pop(ups, None)
            if blip is None:
                blip = last.get(ups)
                if blip is None or not _is_echo(blip, instant_s):
                    continue
            if blip.how is not How.CONFIRMED:
                blip.how, blip.after_s = how, instant_s - blip.at_s
            last[ups] = blip
    return found


ECHO_S = 10.0
"""Another node sees the same up to a look later."""


def _is_echo(blip: Blip, instant_s: float) -> bool:
    return instant_s - (blip.at_s + blip.after_s) < ECHO_S


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
