"""What a UPS's card makes of the settings it is sent: it keeps the ones it knows and corrects the rest.

PowerNet's rule (R6-23): an unsupported value becomes the next higher allowed one, a value above the
largest becomes the largest. (Only the low transfer voltage goes the other way; nothing here uses it.)
The pretend room plays with what the card really took; what differs is worth an alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from math import ceil, floor, inf

from sequencer.site import Timing, Ups
from sequencer.timing import SLEEP_STEP_S

LEGACY_SHUTDOWN_DELAY_S = (20.0, 180.0, 300.0, 600.0)
LEGACY_LOW_BATTERY_RUNTIME_S = (120.0, 300.0, 420.0, 600.0)
LEGACY_RETURN_DELAY_S = (0.0, 60.0, 180.0, 300.0)
LEGACY_MIN_RETURN_CHARGE_PCT = (0.0, 15.0, 50.0, 90.0)
"""Smart-UPS without outlet groups, EEPROM items p, q, r and e: apcupsd manual, "APC smart protocol"
(020/180/300/600 s; 02/05/07/10 min; 000/060/180/300 s; 00/15/50/90 %). Models differ (R6-24): a SC 620
starts its shutdown delay at 60 s, some take low-battery runtimes up to 18 min."""

LCD_MAX_S = 32767.0
"""Assumed: outlet-group delays are an INTEGER of seconds in PowerNet, its largest value is not published.
(`Smart-UPS X 2000/2200/3000`, Owners Manual p. 13: "set the value in seconds"; factory: off after 90 s.)"""

RFC1628_MAX_S = 2147483648.0
"""upsShutdownAfterDelay is INTEGER (-1..2147483648), RFC 1628."""

LONGEST_SLEEP_S = 999 * SLEEP_STEP_S
"""Command `@nnn`: three digits of tenths of an hour (apcupsd manual, "APC smart protocol")."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that the card did not take as it was sent."""

    ups: str
    setting: str
    asked: float
    got: float

    def __str__(self) -> str:
        return f"{self.ups}: {self.setting} {self.asked:g} was asked for, the card set {self.got:g}"


def effective(ups: Ups) -> Ups:
    """Return the UPS with the settings that its card really keeps."""
    card = _CARDS[ups.timing]
    return replace(
        ups,
        shutdown_delay_s=card.shutdown_delay_s(ups.shutdown_delay_s),
        power_off_delay_s=card.power_off_delay_s(ups.power_off_delay_s),
        low_battery_runtime_s=card.low_battery_runtime_s(ups.low_battery_runtime_s),
        return_delay_s=card.return_delay_s(ups.return_delay_s),
        min_return_charge_pct=card.min_return_charge_pct(ups.min_return_charge_pct),
    )


def factory(ups: Ups) -> Ups:
    """Return the UPS with the settings that its card was made with (U9).

    Assumed: the least of each list; 90 s for outlet groups (the manual named above); 2 min of low battery.
    """
    return effective(
        replace(
            ups,
            shutdown_delay_s=LEGACY_SHUTDOWN_DELAY_S[0],
            power_off_delay_s=90.0,
            low_battery_runtime_s=120.0,
            return_delay_s=0.0,
            min_return_charge_pct=0.0,
        )
    )


def differences(asked: Ups, got: Ups) -> list[Difference]:
    """Say which of the settings sent to the card came out otherwise, for alarms."""
    pairs = ((f.name, getattr(asked, f.name), getattr(got, f.name)) for f in fields(_Card))
    return [Difference(asked.name, name, a, g) for name, a, g in pairs if a != g]


def sleep_s(asked: float) -> float:
    """Return the sleep a card makes of this wish: tenths of an hour, 21 to under 27 min is 24 (R10-56).

    Never less than one step: a sleep that should end at once still lasts 6 min (requirements §1.1).
    """
    assert 0.0 <= asked < inf, f"a sleep of {asked} s"
    steps = floor(asked / SLEEP_STEP_S + 0.5)
    return min(max(steps, 1) * SLEEP_STEP_S, LONGEST_SLEEP_S)


def next_allowed(allowed: tuple[float, ...], asked: float) -> float:
    """Return the smallest allowed value that is no less, or the largest there is."""
    assert 0.0 <= asked < inf, asked
    return next((value for value in allowed if value >= asked), allowed[-1])


def whole(step: float, largest: float, asked: float) -> float:
    """Return the wish rounded up to whole steps, or the largest value there is."""
    assert 0.0 <= asked < inf, asked
    return min(ceil(asked / step) * step, largest)


def _absent(asked: float) -> float:
    """The card has no such setting: it behaves as with 0."""
    assert 0.0 <= asked < inf, asked
    return 0.0


def _unused(asked: float) -> float:
    """This kind of UPS goes by another setting; this one is never sent to it."""
    return asked


Correction = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class _Card:
    """How one kind of card corrects each setting; the fields are named as in `Ups`."""

    shutdown_delay_s: Correction
    power_off_delay_s: Correction
    low_battery_runtime_s: Correction
    return_delay_s: Correction
    min_return_charge_pct: Correction


_CARDS = {
    Timing.LEGACY: _Card(
        shutdown_delay_s=partial(next_allowed, LEGACY_SHUTDOWN_DELAY_S),
        power_off_delay_s=_unused,
        low_battery_runtime_s=partial(next_allowed, LEGACY_LOW_BATTERY_RUNTIME_S),
        return_delay_s=partial(next_allowed, LEGACY_RETURN_DELAY_S),
        min_return_charge_pct=partial(next_allowed, LEGACY_MIN_RETURN_CHARGE_PCT),
    ),
    Timing.LCD: _Card(
        shutdown_delay_s=_unused,
        power_off_delay_s=partial(whole, 1.0, LCD_MAX_S),
        low_battery_runtime_s=partial(whole, 1.0, LCD_MAX_S),
        return_delay_s=partial(whole, 1.0, LCD_MAX_S),
        min_return_charge_pct=partial(whole, 1.0, 100.0),
    ),
    # RFC 1628 knows neither a return delay nor a minimum charge; upsConfigLowBattTime is in minutes.
    Timing.RFC1628: _Card(
        shutdown_delay_s=_unused,
        power_off_delay_s=partial(whole, 1.0, RFC1628_MAX_S),
        low_battery_runtime_s=partial(whole, 60.0, RFC1628_MAX_S),
        return_delay_s=_absent,
        min_return_charge_pct=_absent,
    ),
}
