"""What PowerNet's states say about output, battery and mains: bypass feeds the load, a test is no outage."""

from __future__ import annotations

from dataclasses import dataclass

from realtime.snmp.values import Value

MAINS_V = 80.0
"""Less is no mains anywhere: a fifth below the lowest nominal voltage, Japan's 100 V."""

FED_BY_MAINS = frozenset(
    (
        *(2, 4, 12, 13, 14),  # on line, smart boost, smart trim, eco mode, hot standby
        *(6, 9, 10, 16, 17),  # software, switched, hardware failure and emergency static bypass, its standby
        *(18, 19, 20, 27),  # power saving, spot mode, e-conversion, distributed energy reserve
    )
)
"""upsBasicOutputStatus. A bypass protects nothing, but it supplies the load (P10)."""

ON_BATTERY = 3
TESTS = frozenset((15, 28))
OFF = frozenset((5, 7, 11))
"""Sleeping for a time, off, sleeping until the mains return."""
# Not here: 1 unknown, 8 rebooting (off and then on), 21 to 26 (spot modes and standby of large units, where
# the output may be either). The flags decide, or it stays unknown.

GROUP: dict[int, bool] = {1: True, 2: False}
"""upsOutletGroupStatusGroupState; 3 is unknown."""


@dataclass(frozen=True, slots=True)
class Flags:
    """Of the 64 of upsBasicStateOutputState. None: the card has no flags."""

    on_battery: bool | None = None
    low_battery: bool | None = None
    on_line: bool | None = None
    on: bool | None = None
    off: bool | None = None
    initiated: bool | None = None
    """A graceful shutdown has been initiated: it counts down."""
    test: bool | None = None


PLACES = (
    *(("on_battery", 2), ("low_battery", 3), ("on_line", 4), ("on", 19)),
    *(("initiated", 22), ("test", 29), ("off", 58)),
)
"""Which of the 64, counted from 1."""


def flags_of(value: Value | None) -> Flags:
    """`UNKNOWN`, or anything but a row of 0 and 1, says nothing; a short row what it has."""
    if not isinstance(value, bytes) or not value or not set(value) <= set(b"01"):
        return Flags()
    return Flags(**{name: value[at - 1] == ord("1") for name, at in PLACES if at <= len(value)})


Three = tuple[bool | None, bool | None, bool | None]
"""Output on, on battery, mains."""


def output_of(status: int | None, flags: Flags, input_v: float | None) -> Three:
    volts_good = None if input_v is None else input_v >= MAINS_V
    if status in FED_BY_MAINS:
        return True, False, True
    if status in OFF:
        return False, False, volts_good
    if status in TESTS or (status == ON_BATTERY and flags.test):
        # Most models say "on battery" during their own test. The mains may still fail in the middle of it.
        mains = volts_good is not False
        return True, not mains, mains
    if status == ON_BATTERY:
        return True, True, False
    return by_flags(flags, volts_good)


def by_flags(flags: Flags, volts_good: bool | None) -> Three:
    if flags.off:
        return False, False, volts_good
    if not flags.on or flags.on_battery is None:
        return flags.on or None, None, volts_good
    if flags.on_battery and not flags.test:
        return True, True, False
    return True, False, flags.on_line or volts_good


def low_battery(status: int | None, flags: Flags) -> bool | None:
    """batteryLow, or its flag. A fault or a missing battery is an alarm, and no statement about charge."""
    if status == 3 or flags.low_battery:
        return True
    return False if status == 2 else flags.low_battery
