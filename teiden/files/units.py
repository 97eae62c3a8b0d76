"""Quantities as people write them: `930s`, `1h30m`, `12GiB`, `64MiB/s`, `15%`, `22:00`.

A bare number is refused: an operator who reads `confirm: 930` a year later must not have to guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Scalar = str | int | float | bool | None

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_IN_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_IN_BYTES = {"B": 1.0, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40}
_IN_BYTES_PER_S = {f"{unit}/s": factor for unit, factor in _IN_BYTES.items()}
_IN_WATTS = {"W": 1.0, "kW": 1000.0}
_SPELLED = {
    **dict.fromkeys(("sec", "secs", "second", "seconds", "秒"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "分"), "m"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours", "時間"), "h"),
    **dict.fromkeys(("day", "days", "日"), "d"),
    **dict.fromkeys(("msec", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("KB", "kB", "K", "kib"), "KiB"),
    **dict.fromkeys(("MB", "M", "mib"), "MiB"),
    **dict.fromkeys(("GB", "G", "gib"), "GiB"),
    **dict.fromkeys(("TB", "T", "tib"), "TiB"),
    **dict.fromkeys(("MB/s", "M/s", "MBps"), "MiB/s"),
    **dict.fromkeys(("GB/s", "G/s", "GBps"), "GiB/s"),
    **dict.fromkeys(("KB/s", "kB/s", "K/s"), "KiB/s"),
    **dict.fromkeys(("w", "watt", "watts"), "W"),
    **dict.fromkeys(("KW", "kw"), "kW"),
    **dict.fromkeys(("pct", "percent", "％"), "%"),
    "°C": "C",
}

DURATION = r"(?=[0-9])" + "".join(f"({_NUMBER}{unit})?" for unit in _IN_SECONDS).replace("?:", "")
SIZE = r"[0-9]+(\.[0-9]+)?(B|KiB|MiB|GiB|TiB)"
RATE = SIZE + "/s"
POWER = r"[0-9]+(\.[0-9]+)?k?W"
PERCENT = r"[0-9]+(\.[0-9]+)?%"
TEMPERATURE = r"-?[0-9]+(\.[0-9]+)?°?C"
CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
"""Regular expressions of what is accepted, for editors (JSON Schema) and for the parsers below."""

MAX_DURATION_S = 3660 * 86400.0
"""Ten years: longer is a slip of the pen, and clocks overflow."""


class UnitError(ValueError):
    """`message` says what is wrong with the value, `hint` what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}; {hint}")
        self.message = message
        self.hint = hint


def duration_s(value: Scalar) -> float:
    """`5m`, `930s`, `1h30m`, `250ms`: seconds."""
    text = _text(value, "a duration", "s", "930s, 5m or 1h30m")
    if text.startswith("-"):
        raise UnitError(f"`{text}` is negative", "a duration counts forward, e.g. 930s")
    if not re.fullmatch(DURATION, text):
        raise _unit_trouble(text, "a duration", _IN_SECONDS, "930s, 5m or 1h30m")
    pieces = re.findall(rf"({_NUMBER})([a-z]+)", text)
    seconds = round(sum(float(number) * _IN_SECONDS[unit] for number, unit in pieces), 6)
    if seconds > MAX_DURATION_S:
        raise UnitError(f"`{text}` is longer than ten years", "check the unit: ms, s, m, h, d")
    return seconds


def size_bytes(value: Scalar) -> float:
    """`12GiB`: bytes."""
    return _scaled(value, "a size", _IN_BYTES, "12GiB")


def rate_bytes_per_s(value: Scalar) -> float:
    """`64MiB/s`: bytes per second."""
    return _scaled(value, "a rate", _IN_BYTES_PER_S, "64MiB/s")


def power_w(value: Scalar) -> float:
    """`300W`, `1.2kW`: watts."""
    return _scaled(value, "a power", _IN_WATTS, "300W")


def percent(value: Scalar) -> float:
    """`15%`: 15.0."""
    number = _scaled(value, "a percentage", {"%": 1.0}, "15%")
    if number > 100:
        raise UnitError(f"`{value}` is more than 100 %", "from 0% to 100%")
    return number


def temperature_c(value: Scalar) -> float:
    """`25C`, `25°C`: degrees Celsius."""
    text = _text(value, "a temperature", "C", "25C")
    if not re.fullmatch(TEMPERATURE, text):
        raise _unit_trouble(text.lstrip("-"), "a temperature", {"C": 1.0}, "25C")
    return float(text.rstrip("°C"))


def clock(value: Scalar) -> str:
    """`22:00` or `22:39:59`: the same, with two digits for the hour."""
    text = value if isinstance(value, str) else str(value)
    if not re.fullmatch(CLOCK, text):
        raise UnitError(f"`{text}` is not a time of day", "from 0:00 to 23:59:59, e.g. 22:00 or 22:39:59")
    return text if text[1].isdigit() else f"0{text}"


FACTORS: Mapping[str, Mapping[str, float]] = {
    "a duration": _IN_SECONDS,
    "a size": _IN_BYTES,
    "a rate": _IN_BYTES_PER_S,
    "a power": _IN_WATTS,
    "a percentage": {"%": 1.0},
    "a temperature": {"C": 1.0, "°C": 1.0},
}
"""By kind of quantity: its units, in the unit that we count in."""


def spelled(unit: str) -> str:
    """The unit that was probably meant, or nothing."""
    return _SPELLED.get(unit, "")


def written_s(seconds: float) -> str:
    """Seconds as they would be written: `930s`, `30m`, `4h`, `250ms`."""
    if seconds and seconds % 3600 == 0:
        return f"{seconds / 3600:g}h"
    if seconds >= 600 and seconds % 60 == 0:
        return f"{seconds / 60:g}m"
    if 0 < seconds < 1:
        return f"{seconds * 1000:g}ms"
    return f"{seconds:g}s"


def quantity(value: Scalar) -> tuple[str, float] | None:
    """What a value is when it is a quantity: its kind and its number; None for other text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return "a bare number", float(value)
    for kind, read in _KINDS.items():
        try:
            return kind, read(value)
        except UnitError:
            continue
    return None


_KINDS: Mapping[str, Callable[[Scalar], float]] = {
    "a duration": duration_s,
    "a size": size_bytes,
    "a rate": rate_bytes_per_s,
    "a power": power_w,
    "a percentage": percent,
    "a temperature": temperature_c,
    "a bare number": lambda value: _number(value),
}


def _number(value: Scalar) -> float:
    if isinstance(value, str) and re.fullmatch(rf"-?{_NUMBER}", value):
        return float(value)
    raise UnitError(f"`{value}` is not a number", "e.g. 3")


def _scaled(value: Scalar, what: str, units: Mapping[str, float], example: str) -> float:
    text = _text(value, what, example.lstrip("0123456789."), example)
    found = re.fullmatch(rf"({_NUMBER})(\D+)", text)
    if not found or found[2] not in units:
        raise _unit_trouble(text, what, units, example)
    return float(found[1]) * units[found[2]]


def _text(value: Scalar, what: str, unit: str, example: str) -> str:
    """The value as text; a bare number, a truth value or nothing is refused with what to write."""
    if isinstance(value, bool) or value is None or not isinstance(value, str | int | float):
        raise UnitError(f"`{_plain(value)}` is not {what}", f"e.g. {example}")
    text = str(value)
    if re.fullmatch(_NUMBER, text):
        raise UnitError(f"`{text}` has no unit", f"give a unit, e.g. {text}{unit}")
    return text


def _plain(value: object) -> str:
    return (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else type(value).__name__
    )


def _unit_trouble(text: str, what: str, units: Mapping[str, float], example: str) -> UnitError:
    """Why the text is not such a quantity: a space, an unknown unit, the wrong order, or no number at all."""
    known = f"units: {', '.join(units)}; e.g. {example}"
    if re.search(r"\s", text.strip()) and re.match(_NUMBER, text):
        return UnitError(f"`{text}` has a space in it", f"write {''.join(text.split())}")
    pieces = re.findall(rf"({_NUMBER})([^0-9.]+)", text)
    if not pieces or "".join(n + u for n, u in pieces) != text:
        return UnitError(f"`{text}` is not {what}", f"e.g. {example}")
    for number, unit in pieces:
        if unit not in units:
            meant = _SPELLED.get(unit)
            hint = f"write {number}{meant}; {known}" if meant in units else known
            return UnitError(f"`{text}`: unknown unit `{unit}`", hint)
    return UnitError(f"`{text}`: each unit once, the larger first", f"e.g. {example}")
