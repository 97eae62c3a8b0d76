"""The language between two nodes: one JSON object a line, answered by one line or several with its number.

    >>> {"hello": "control1", "version": "0.1.0", "site_hash": "5f1c...", "rows": 1}    the first line
    >>> {"n": 1, "ask": "status"}
    >>> {"n": 2, "ask": "rows", "rows": [...]}
    >>> {"n": 3, "ask": "fetch"}               answered in parts, all but the last with "more": true
    >>> {"n": 4, "ask": "halt", "how": "shutdown"}
    >>> {"n": 5, "ask": "site"}                which site file it would go by at its next start
    >>> {"n": 6, "ask": "take", "sha256": "...", "over": "...", "site": "...", "proof": "..."}
    <<< {"n": 1, "node": "control2", "commands": false, "life": "...", ...}
    <<< {"n": 4, "refused": "why"}

Bounded in every direction. What is no line of it is Malformed, and ends the conversation.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

MAX_LINE = 256 * 1024
"""Bytes. A row that names two thousand servers takes about 40 kB."""
MAX_TEXT = 200
MAX_NUMBER = 2**53
MOST_KEYS = 20
"""Of a greeting."""
ASKS = frozenset({"status", "rows", "fetch", "halt", "site", "take"})


class Malformed(ValueError):
    """Why this is no line of ours."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who calls. The name must be the one in its certificate."""

    hello: str
    version: str
    site_hash: str
    rows: int = 0
    """Language of its rows; 0: it does not say."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a node says of itself."""

    node: str
    commands: bool
    """It commands, or is about to."""
    site_hash: str
    life: str
    armed: bool
    """False: it only watches, and sends no command to any device."""
    version: str
    going_down: bool
    """Its system has been told to shut down or to restart."""
    clock_s: float | None = None
    """What its clock shows, seconds since 1970 UTC; None: it does not say."""
    keeps: bool = True
    """Its journal keeps what it writes. An older version does not say."""


def line_of(told: dict[str, Any]) -> bytes:
    line = json.dumps(told, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
    if len(line) > MAX_LINE:
        raise Malformed(f"a line of {len(line)} bytes; {MAX_LINE} are allowed")
    return line


def object_of(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise Malformed("the line is not JSON") from None
    except RecursionError:
        raise Malformed("the line is nested too deeply") from None
    except ValueError as error:
        raise Malformed(str(error)) from None
    if not isinstance(told, dict):
        raise Malformed("a line is an object")
    return told


def number_of(told: dict[str, Any]) -> int:
    number = told.get("n")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < MAX_NUMBER:
        raise Malformed(f"a line without its number: {short(told)}")
    return number


def hello_line(hello: Hello) -> bytes:
    return line_of(asdict(hello))


def hello_from(line: bytes) -> Hello:
    """Keys that a newer version adds are passed over."""
    told = object_of(line)
    if not told.keys() >= {"hello", "version", "site_hash"} or len(told) > MOST_KEYS:
        raise Malformed("the first line says who calls: hello, version, site_hash")
    rows = told.get("rows", 0)
    if not isinstance(rows, int) or isinstance(rows, bool) or not 0 <= rows < MAX_NUMBER:
        raise Malformed(f"rows is {short(rows)}, not the number of a language")
    return Hello(text(told, "hello"), text(told, "version"), text(told, "site_hash"), rows)


def told_from(told: dict[str, Any]) -> Told:
    """The answer to `status`; keys that a newer version adds are passed over."""
    return Told(
        text(told, "node"),
        _yes_or_no(told, "commands"),
        text(told, "site_hash"),
        text(told, "life"),
        _yes_or_no(told, "armed"),
        text(told, "version"),
        _yes_or_no(told, "going_down"),
        _clock_s(told.get("clock_s")),
        _yes_or_no({"keeps": True, **told}, "keeps"),
    )


def text(told: dict[str, Any], key: str, most: int = MAX_TEXT) -> str:
    value = told.get(key)
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise Malformed(f"{key} is {short(value)}, not a line of text")
    return value


def _yes_or_no(told: dict[str, Any], key: str) -> bool:
    value = told.get(key)
    if not isinstance(value, bool):
        raise Malformed(f"{key} is {short(value)}, not true or false")
    return value


def _clock_s(value: object) -> float | None:
    """Worth knowing and nothing to rely on: what is no time is none."""
    fine = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MAX_NUMBER
    return float(value) if fine and isinstance(value, int | float) else None


def short(value: object) -> str:
    """For a message: never the whole of what somebody else has sent."""
    shown = ascii(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise Malformed("a key stands twice")
    return told


def _no_number(word: str) -> float:
    raise Malformed(f"{word} is no number")
