"""A UPS as NUT's variables tell it: names and words of RFC 9271 and NUT's own list of variables.

What is missing, no number or absurd is unknown. Where nothing tells whether the mains are there, there
is no status at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sequencer.ports import Unreachable, UpsStatus

NOT_YET = {"WAIT"}
"""The driver has just started and knows nothing."""
FED = {"OL", "BYPASS", "TRIM", "BOOST"}
"""The input is good enough to feed the output."""
DEAD_VOLTS = 40.0
"""An input without mains shows next to nothing, whatever the nominal voltage is."""
LONGEST_RUNTIME_S = 7 * 86_400.0
"""Beyond it is a sentinel of some firmware."""
MOST_LOAD_PCT = 200.0
"""As for SNMP cards: an overload is told, nonsense is not."""


def number(variables: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(variables[name])
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) else None


def within(value: float | None, most: float) -> float | None:
    return value if value is not None and 0.0 <= value <= most else None


def delay_s(variables: Mapping[str, str]) -> float | None:
    """From a delayed command to the loss of output, as the driver holds it."""
    return within(number(variables, "ups.delay.shutdown"), 86_400.0)


def output_on(variables: Mapping[str, str]) -> bool:
    return "OFF" not in variables.get("ups.status", "").split()


def counts_down(variables: Mapping[str, str]) -> bool:
    """-1, and with some drivers 0, is a timer that does not run."""
    left_s = number(variables, "ups.timer.shutdown")
    return left_s is not None and left_s > 0


def status_of(variables: Mapping[str, str], *, armed: bool) -> UpsStatus | Unreachable:
    """`armed`: an OFF of ours counts down, as far as we remember; few drivers tell."""
    words = set(variables.get("ups.status", "").split())
    if not words or words & NOT_YET:
        return Unreachable(f"upsd: ups.status is {variables.get('ups.status', '')[:60]!r}")
    mains = mains_in(words, number(variables, "input.voltage"))
    if mains is None:
        return Unreachable(
            f"upsd: {' '.join(sorted(words))[:60]!r} does not tell whether the mains are there"
        )
    off_s = delay_s(variables) or 0.0  # not told: none can be relied on (S29)
    on = output_on(variables)
    return UpsStatus(
        mains=mains,
        output_on=on,
        on_battery=on and "OB" in words,
        low_battery=bool(words & {"LB", "FSD"}),
        off_armed=counts_down(variables) or (armed and on),
        charge_pct=within(number(variables, "battery.charge"), 100.0),
        runtime_s=within(number(variables, "battery.runtime"), LONGEST_RUNTIME_S),
        card_uptime_s=within(number(variables, "device.uptime"), math.inf) or 0.0,
        graceful_off_s=off_s,
        delayed_off_s=off_s,
        immediate_off_s=0.0,
        load_pct=within(number(variables, "ups.load"), MOST_LOAD_PCT),
    )


def mains_in(words: set[str], volts: float | None) -> bool | None:
    if "OB" in words or (volts is not None and volts < DEAD_VOLTS):
        return False
    if words & FED or volts is not None:
        return True
    return None
