"""What draws power from UPSes: how many of its supplies are live, and what it draws from each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Load(Protocol):
    """Something plugged into one or more UPSes."""

    name: str

    def supply_changed(self) -> None:
        """One of its UPSes went on or off."""
        ...

    def watts_from(self, ups: str) -> float:
        """What it draws from this UPS now."""
        ...

    def full_watts_from(self, ups: str) -> float:
        """What it draws from this UPS when it runs and all its supplies are live."""
        ...


class Supplies:
    """The live ones among a load's UPSes."""

    def __init__(self, upses: tuple[str, ...], live: Callable[[str], bool]) -> None:
        self.upses = upses
        self._live = live

    @property
    def live(self) -> int:
        live = 0
        for ups in self.upses:
            live += self._live(ups)
        return live

    def share(self, ups: str, watts: float) -> float:
        """A load divides what it draws evenly over its live supplies."""
        return watts / self.live if ups in self.upses and self._live(ups) else 0.0

    def full_share(self, ups: str, watts: float) -> float:
        return watts / len(self.upses) if ups in self.upses else 0.0
