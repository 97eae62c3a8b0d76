"""One line of an event file, read with care: what is wrong with it, and where."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, NoReturn

from sequencer.events import NAMES, Source
from teiden.files.source import Place, Problem
from teiden.reading.blocks import HINT

FIXED = ("t", "time", "event", "subject", "by", "source")
SOURCES = {source.value: source for source in Source}
LONGEST_S = 3.2e8
"""A run of ten years is the longest that makes sense; it also keeps datetime within its range."""
OUR_DAYS = range(1900, 2200)
"""From the first or the last year that a calendar knows nobody can count ten years on or back."""
MOST_PROBLEMS = 20
"""A file of another kind would else complain once per line."""


class Row(NamedTuple):
    """One event, as `Columns` want it, and the instant of t = 0 according to it."""

    t: float
    name: str
    subject: str
    by: str
    source: Source
    details: Mapping[str, Any]
    start: datetime


class Lines:
    """Turns lines into rows and keeps what is wrong with them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self._wrongs = 0
        """More than there are problems, once there are so many that nobody wants to read on."""

    def row(self, number: int, line: str) -> Row | None:
        """None: something is wrong with it."""
        fields = self._fields(number, line)
        return None if fields is None else self._event(number, line, fields)

    def _fields(self, number: int, line: str) -> dict[str, Any] | None:
        try:
            fields = loads(line)
        except (ValueError, RecursionError) as error:
            column = error.colno if isinstance(error, json.JSONDecodeError) else 1
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            self._wrong(number, line, column, 1, f"is not JSON: {reason}", HINT)
            return None
        if not isinstance(fields, dict):
            self._wrong(number, line, 1, len(line), "is not an event: a JSON object is expected", HINT)
            return None
        missing = [key for key in FIXED if key not in fields]
        if missing:
            what = f"missing key {', '.join(repr(key) for key in missing)}"
            self._wrong(number, line, 1, 1, what, f"every event has {', '.join(FIXED)}")
            return None
        return fields

    def _event(self, number: int, line: str, fields: dict[str, Any]) -> Row | None:
        t, time, name, subject, by, source = (fields.pop(key) for key in FIXED)
        before = self._wrongs
        if isinstance(t, bool) or not isinstance(t, int | float) or not _finite(t):
            self._wrong_value(number, line, "t", t, "a number of seconds since the start of the run")
        instant = _instant(time)
        if instant is None:
            allowed = "ISO 8601 with an offset, and of our days: 2026-11-20T14:10:00.000+09:00"
            self._wrong_value(number, line, "time", time, allowed)
        if not isinstance(name, str) or name not in NAMES:
            near = difflib.get_close_matches(str(name), NAMES, n=1)
            hint = f"did you mean {near[0]}?" if near else "the vocabulary stands in sequencer/events.py"
            self._wrong_value(number, line, "event", name, hint, "unknown event")
        for key, value in (("subject", subject), ("by", by)):
            if not isinstance(value, str):
                self._wrong_value(number, line, key, value, "a name")
        if not isinstance(source, str) or source not in SOURCES:
            self._wrong_value(number, line, "source", source, " or ".join(SOURCES))
        if self._wrongs > before or instant is None:
            return None
        start = instant - timedelta(seconds=t)
        return Row(float(t), name, subject, by, SOURCES[source], fields, start)

    def _wrong_value(
        self, number: int, line: str, key: str, value: Any, allowed: str, message: str = "wrong value"
    ) -> None:
        told = json.dumps(value, ensure_ascii=False)
        column, width = max(0, line.find(told, line.find(f'"{key}"') + len(key) + 2)) + 1, len(told)
        self._wrong(number, line, column, width, f"{key}: {message} {told[:60]}", allowed)

    def _wrong(self, number: int, line: str, column: int, width: int, message: str, allowed: str) -> None:
        self._wrongs += 1
        if len(self.problems) < MOST_PROBLEMS:
            shown = line if len(line) <= 200 else line[: max(120, min(column + 20, 400))]
            column = min(column, len(shown))
            width = min(width, len(shown) - column + 1)
            self.problems.append(Problem(Place(self.name, number, column, shown, width), message, allowed))


def loads(text: str) -> Any:
    """JSON as it is defined: bare NaN and Infinity are none, whatever Python's reader thinks."""
    return _decoder.decode(text)


def is_json(text: str) -> bool:
    try:
        loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _finite(number: int | float) -> bool:
    return abs(number) < LONGEST_S and math.isfinite(number)


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None and instant.year in OUR_DAYS else None
