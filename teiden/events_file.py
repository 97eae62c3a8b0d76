"""The event file: one run's stream as JSON Lines, written byte for byte the same each time, read with care.

A line is `{"t", "time", "event", "subject", "by", "source", ...details}`: the fixed keys first, then the
details in the order in which the room gave them. `t` counts seconds since the start of the run, `time` is
the same instant on the site's clock. A path of "-" means standard output and standard input.
"""

from __future__ import annotations

import difflib
import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from sequencer.events import NAMES, Event, Source
from teiden.files.source import InputError, Place, Problem

STDIO = "-"
FIXED = ("t", "time", "event", "subject", "by", "source")
SOURCES = {source.value: source for source in Source}
MOST_PROBLEMS = 20
"""A file of another kind would else complain once per line."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What an event file holds."""

    events: tuple[Event, ...]
    header: Mapping[str, Any]
    """The details of `run.started`; empty where the file begins in the middle of a run."""
    start: datetime
    """The instant of t = 0."""
    cut_short: bool = False
    """The last line was not finished: the run still writes, or it died."""


def write(events: Iterable[Event], start: datetime, path: str) -> None:
    """Write a whole run. A path that cannot be written raises `OSError`: the run itself may still hold."""
    lines = (dumps_line(event, start) + "\n" for event in events)
    if path == STDIO:
        sys.stdout.writelines(lines)
        sys.stdout.flush()
        return
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)


def dumps_line(event: Event, start: datetime) -> str:
    """One event as one line, without its newline. `start` must be aware: it gives `time` its offset."""
    assert start.tzinfo is not None, "a start without a time zone names no instant"
    t = round(float(event.t), 3) + 0.0  # + 0.0: no "-0.0"
    # The sum is made in UTC, so that a clock change in the middle of a run moves the offset, not the instant.
    instant = start.astimezone(UTC) + timedelta(milliseconds=round(t * 1000))
    line: dict[str, Any] = {
        "t": t,
        "time": instant.astimezone(start.tzinfo).isoformat(timespec="milliseconds"),
        "event": event.name,
        "subject": event.subject,
        "by": event.by,
        "source": event.source.value,
    }
    for key, value in event.details.items():
        assert key not in line, f"{event.name}: detail {key!r} has the name of a fixed key"
        line[key] = _rounded(value)
    return json.dumps(line, ensure_ascii=False, allow_nan=False)


def _rounded(value: Any) -> Any:
    """Milliseconds are all a room can tell; more digits would only differ from machine to machine."""
    if isinstance(value, float):
        return round(value, 3) + 0.0
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value


def read(path: str) -> Recording:
    """Read an event file; every line that is wrong is named at once."""
    name = "<stdin>" if path == STDIO else path
    text = _text(path, name)
    lines = text.split("\n")
    unfinished = lines.pop()  # "" after the last newline
    reader = _Reader(name)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            reader.take(number, line)
    cut_short = False
    if unfinished.strip():
        cut_short = not reader.take(len(lines) + 1, unfinished, last=True)
    return reader.recording(cut_short)


def _text(path: str, name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == STDIO else Path(path).read_bytes()
    except OSError as error:
        raise InputError([Problem(Place(name), f"cannot read: {_reason(error)}", _HINT)]) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _refuse(name, f"is not text: byte {error.start} (line {line}) is not UTF-8")
    if "\0" in text:
        _refuse(name, "is not text: it holds NUL bytes")
    if not text.strip():
        _refuse(name, "is empty")
    return text


_HINT = "an event file is what `teiden run STORY --events FILE.jsonl` writes"


def _refuse(name: str, message: str) -> NoReturn:
    raise InputError([Problem(Place(name), message, _HINT)])


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


class _Reader:
    """Turns lines into events and keeps what is wrong with them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.events: list[Event] = []
        self.start: datetime | None = None
        self.problems: list[Problem] = []

    def take(self, number: int, line: str, last: bool = False) -> bool:
        """False: an unfinished last line, left out."""
        try:
            # Bare NaN and Infinity are not JSON, whatever Python's reader thinks.
            fields = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            if last and self.events:
                return False
            column = error.colno if isinstance(error, json.JSONDecodeError) else 1
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            self._wrong(number, line, column, 1, f"is not JSON: {reason}", _HINT)
            return True
        if isinstance(fields, dict):
            self._event(number, line, fields)
        else:
            self._wrong(number, line, 1, len(line), "is not an event: a JSON object is expected", _HINT)
        return True

    def _event(self, number: int, line: str, fields: dict[str, Any]) -> None:
        missing = [key for key in FIXED if key not in fields]
        if missing:
            what = f"missing key {', '.join(repr(key) for key in missing)}"
            self._wrong(number, line, 1, 1, what, f"every event has {', '.join(FIXED)}")
            return
        t, time, name, subject, by, source = (fields.pop(key) for key in FIXED)
        before = len(self.problems)
        if isinstance(t, bool) or not isinstance(t, int | float) or not _finite(t):
            self._wrong_value(number, line, "t", t, "a number of seconds since the start of the run")
        instant = _instant(time)
        if instant is None:
            self._wrong_value(
                number, line, "time", time, "ISO 8601 with an offset: 2026-11-20T14:10:00.000+09:00"
            )
        if not isinstance(name, str) or name not in NAMES:
            near = difflib.get_close_matches(str(name), NAMES, n=1)
            hint = f"did you mean {near[0]}?" if near else "the vocabulary stands in sequencer/events.py"
            self._wrong_value(number, line, "event", name, hint, "unknown event")
        for key, value in (("subject", subject), ("by", by)):
            if not isinstance(value, str):
                self._wrong_value(number, line, key, value, "a name")
        if not isinstance(source, str) or source not in SOURCES:
            self._wrong_value(number, line, "source", source, " or ".join(SOURCES))
        if len(self.problems) > before or instant is None:
            return
        if self.start is None:
            self.start = instant - timedelta(seconds=t)
        self.events.append(Event(float(t), name, subject, by, SOURCES[source], fields))

    def _wrong_value(
        self, number: int, line: str, key: str, value: Any, allowed: str, message: str = "wrong value"
    ) -> None:
        told = json.dumps(value, ensure_ascii=False)
        column, width = max(0, line.find(told, line.find(f'"{key}"') + len(key) + 2)) + 1, len(told)
        self._wrong(number, line, column, width, f"{key}: {message} {told[:60]}", allowed)

    def _wrong(self, number: int, line: str, column: int, width: int, message: str, allowed: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            shown = line if len(line) <= 200 else line[: max(120, min(column + 20, 400))]
            column = min(column, len(shown))
            width = min(width, len(shown) - column + 1)
            self.problems.append(Problem(Place(self.name, number, column, shown, width), message, allowed))

    def recording(self, cut_short: bool) -> Recording:
        if self.problems:
            raise InputError(self.problems)
        assert self.start is not None, "a file without problems holds an event"
        header = next((event.details for event in self.events if event.name == "run.started"), {})
        return Recording(tuple(self.events), header, self.start, cut_short)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(number: int | float) -> bool:
    """A run of ten years is the longest that makes sense; it also keeps datetime within its range."""
    return abs(number) < 3.2e8 and math.isfinite(number)


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None else None
