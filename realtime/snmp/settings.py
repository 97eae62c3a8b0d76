"""A card's settings against those of the site file: what is planned with, what differs (S29, R6-23)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from realtime.snmp.reading import Settings
from realtime.snmp.table import Keep
from sequencer.site import Ups

PLANNED_WITH = ("shutdown_delay_s", "power_off_delay_s", "low_battery_runtime_s")
"""Settings from which `sequencer/timing.py` computes the delays of an OFF."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that the card does not have as the site file says."""

    ups: str
    setting: str
    asked: float
    got: float | None
    """None: the card does not say."""
    reason: str = ""
    """Why it could not be set; empty: the card made something else of it, or it was not set."""

    def __str__(self) -> str:
        got = "the card does not tell it" if self.got is None else f"the card has {self.got:g}"
        because = f" ({self.reason})" if self.reason else ""
        return f"{self.ups}: {self.setting} {self.asked:g} is asked for, {got}{because}"


def effective(asked: Ups, told: Settings) -> Ups:
    """The UPS with the settings that its card tells; what it does not tell is taken from the site file.

    An RFC 1628 OFF carries its own delay, so none is told and the asked one is what it gets.
    """
    known = {
        name: value
        for name in (*PLANNED_WITH, "return_delay_s", "min_return_charge_pct")
        if (value := getattr(told, name)) is not None
    }
    return replace(asked, **known)


def differences(
    ups: Ups, keeps: Iterable[Keep], told: Settings, reasons: dict[str, str] | None = None
) -> tuple[Difference, ...]:
    """What of the site's settings the card has otherwise; minutes are compared as minutes."""
    found = []
    for keep in keeps:
        got = getattr(told, keep.setting)
        if got is None or abs(got - keep.asked) > TOLERANCE:
            reason = (reasons or {}).get(keep.setting, "")
            found.append(Difference(ups.name, keep.setting, keep.asked, got, reason))
    return tuple(found)


TOLERANCE = 0.005
"""Half a tick."""
