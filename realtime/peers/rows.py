"""Journal rows on their way between two nodes: packed into lines, and looked at closely when they arrive.

A row that our sequencer would stumble over must not get in, whoever sent it. What we do not know we do
not keep either: the refusal says which row it was. What rows mean has a number, `LANGUAGE`: a later service
reads the rows of an earlier one, and sends it none (C8).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from realtime.peers.lines import MAX_LINE, Malformed, short
from sequencer.journal import Goal, Kind, Row
from sequencer.requests import MANAGERS, Wish

LANGUAGE = 6
"""Counted up with every kind of row or detail that is new, or means something else than before."""
OLDEST_READ = 1
"""The first whose rows still mean here what they meant there."""
PACKED = MAX_LINE // 2
"""Bytes of rows in one line; a single row may need more, up to a whole line."""
MOST_IN_A_LINE = 2000
MAX_TEXT = 300
"""Characters of a subject, a cause, a life."""
MAX_NAMES = 4000
MAX_DETAILS = 20
MAX_NUMBER = 1e15
"""What is larger is no duration and no time; neither is what is no number at all."""
EARLIEST_S, LATEST_S = -6e10, 2.5e11
"""Years 69 and 9892."""
MAX_EPOCH = 10**9
"""An incident a second for thirty years; beyond it something counts that is not an incident."""
KINDS = {kind.value: kind for kind in Kind}
ROW_KEYS = frozenset({"kind", "subject", "epoch", "life", "at_s", "details"})
Check = Callable[[object], bool]


def unread(writer: str, writes: int, reader: str, reads: int) -> str:
    """Why `reader`, whose own language is `reads`, can make nothing of rows in `writes`; or ''.

    Of a language later than ours only its own service knows how far back it reads.
    """
    if writes > reads:
        return f"{writer} writes rows of language {writes}, {reader} reads up to {reads}"
    if reads <= LANGUAGE and writes < OLDEST_READ:
        return f"{writer} writes rows of language {writes}, {reader} reads them from {OLDEST_READ} on"
    return ""


def packed(rows: Iterable[Row]) -> Iterator[list[dict[str, Any]]]:
    """Lists of rows in their order, each small enough for a line."""
    some: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        told = told_row(row)
        more = len(json.dumps(told))
        if some and (size + more > PACKED or len(some) == MOST_IN_A_LINE):
            yield some
            some, size = [], 0
        some.append(told)
        size += more
    if some:
        yield some


def told_row(row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "subject": row.subject,
        "epoch": row.epoch,
        "life": row.life,
        "at_s": row.at_s,
        "details": dict(row.details),
    }


def rows_from(told: object) -> tuple[Row, ...]:
    """All the rows of a line, or Malformed: a line is taken wholly or not at all."""
    if not isinstance(told, list) or len(told) > MOST_IN_A_LINE:
        raise Malformed(f"rows is a list of {MOST_IN_A_LINE} rows at most")
    return tuple(_row(row) for row in told)


def _row(told: object) -> Row:
    if not isinstance(told, dict) or told.keys() != ROW_KEYS:
        raise Malformed(f"no row of a journal: {short(told)}")
    kind = KINDS.get(told["kind"]) if isinstance(told["kind"], str) else None
    if kind is None:
        raise Malformed(f"a row of the unknown kind {short(told['kind'])}")
    for key, check in (("subject", _text), ("life", _text), ("epoch", _epoch), ("at_s", _number)):
        if not check(told[key]):
            raise Malformed(f"a row of kind {kind.value} with {key} {short(told[key])}")
    return Row(
        kind, told["subject"], told["epoch"], told["life"], told["at_s"], _details(kind, told["details"])
    )


def _details(kind: Kind, told: object) -> Mapping[str, Any]:
    if not isinstance(told, dict) or len(told) > MAX_DETAILS:
        raise Malformed(f"a row of kind {kind.value} whose details are {short(told)}")
    needed, known = NEEDED.get(kind, {}), KNOWN.get(kind, {})
    if missing := sorted(needed.keys() - told.keys()):
        raise Malformed(f"a row of kind {kind.value} without {missing[0]}")
    for key, value in told.items():
        check = needed.get(key) or known.get(key) or _plain
        if not _text(key) or not check(value):
            raise Malformed(f"a row of kind {kind.value} with {short(key)} {short(value)}")
    return told


def _text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable()


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_NUMBER


def _wall(value: object) -> bool:
    """Seconds since 1970 that a calendar has a date for, whatever the time zone."""
    return isinstance(value, int | float) and _number(value) and EARLIEST_S < value < LATEST_S


def _epoch(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_EPOCH


def _yes_or_no(value: object) -> bool:
    return isinstance(value, bool)


def _names(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MAX_NAMES and all(map(_text, value))


def _incidents(value: object) -> bool:
    """Each by the node that opened it, and its number."""
    numbers = [str(of).rpartition("/")[2] for of in value] if isinstance(value, list) else []
    return _names(value) and all(number.isdecimal() for number in numbers)


def _goal(value: object) -> bool:
    return value in [goal.value for goal in Goal]


def _wish(value: object) -> bool:
    """What an operator asks for; the manager's news is no request."""
    return value in [wish.value for wish in Wish if wish not in MANAGERS]


def _plain(value: object) -> bool:
    """Of a detail that nothing reads: anything small that is no nest."""
    return value is None or _yes_or_no(value) or _number(value) or _text(value) or _names(value)


NEEDED: dict[Kind, dict[str, Check]] = {
    Kind.DECLARED: {"was_running": _names},
    Kind.OFF_ARMED: {"falls_in_s": _number},
    Kind.WANTED: {"servers": _names, "goal": _goal, "wall_s": _wall},
    Kind.REACHED: {"wall_s": _wall},
    Kind.RESTARTS: {"wall_s": _wall},
    Kind.SHUT_DOWN: {"down": _yes_or_no, "wall_s": _wall},
    Kind.HELD: {"held": _yes_or_no, "cause": _text, "wall_s": _wall},
    Kind.ASKED: {"wish": _wish, "servers": _names, "asked_by": _text},
    Kind.REFUSED: {"reason": _text, "wall_s": _wall},
    Kind.WATCHED: {"wall_s": _wall},
    Kind.JOB: {"job": _text},
}
"""What `sequencer.journal.Facts` reads of each kind: without it, or with another type, it would fail."""

KNOWN: dict[Kind, dict[str, Check]] = {
    Kind.DECLARED: {"stop": _text, "knew": _incidents},
    Kind.CLOSED: {"knew": _incidents},
    Kind.OFF_ARMED: {"wall_s": _wall},
    Kind.WANTED: {"also": _names, "reboots": _yes_or_no, "after_s": _wall},
    Kind.HELD: {"after_s": _wall},
    Kind.RESTARTS: {"all": _yes_or_no},
}
