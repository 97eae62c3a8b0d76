"""One row of the journal as columns of its file, sealed with a checksum, and back.

SQLite notices a torn page, not a flipped bit inside a text; a row that differs from what was written
must never be believed, so each carries the CRC of its columns.
"""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

from sequencer.facts import Facts
from sequencer.journal import Kind, Row

Columns = tuple[str, str, int, str, float, str, int]
"""kind, subject, epoch, life, at_s, details as JSON, CRC-32 of all of these."""
LARGEST = 2**63
"""SQLite's integers end here."""


class NotARow(ValueError):
    """What cannot be kept, and why."""


class Tampered(ValueError):
    """A stored row is not what was written."""


class UnknownKind(ValueError):
    """A whole row of a kind that this version does not know: a later one wrote it."""


def sealed(row: Row) -> Columns:
    """As columns; raises `NotARow` for what no file can hold. Half of them come from other machines."""
    if not 0 <= row.epoch < LARGEST:
        raise NotARow(f"epoch {row.epoch!r}")
    at_s = float(row.at_s)
    if not math.isfinite(at_s):
        raise NotARow(f"at_s {at_s!r}")
    try:
        details = json.dumps(dict(row.details), sort_keys=True, allow_nan=False)
        for text in (row.subject, row.life):
            text.encode("utf-8")
    except (
        TypeError,
        ValueError,
        RecursionError,
    ) as error:  # half a surrogate, NaN, something that is no JSON
        raise NotARow(str(error)) from None
    columns = (row.kind.value, row.subject, row.epoch, row.life, at_s, details)
    return (*columns, _crc(columns))


def intact(columns: tuple[Any, ...]) -> Columns:
    """These columns, as they were sealed; raises `Tampered`."""
    try:
        right = columns[6] == _crc(columns[:6])
    except (TypeError, ValueError):
        right = False
    if not right:
        raise Tampered(f"a row about {columns[1]!r} does not match its checksum")
    kind, subject, epoch, life, at_s, details, crc = columns
    return kind, subject, epoch, life, at_s, details, crc


def opened(columns: Columns) -> Row:
    """The row again; raises `UnknownKind`."""
    kind, subject, epoch, life, at_s, details, _ = columns
    try:
        known = Kind(kind)
    except ValueError:
        raise UnknownKind(kind) from None
    return Row(known, subject, epoch, life, at_s, json.loads(details))


def understood(given: Row) -> Row:
    """The row as it will be read again; raises `NotARow` also for one that no `Facts` can learn from.

    Kept, it would end this life, and every later one at its boot. Tuples become lists, so that a peer's
    copy of the row equals it.
    """
    row = opened(sealed(given))
    wall_s = row.details.get("wall_s", 0.0)
    if isinstance(wall_s, bool) or not isinstance(wall_s, int | float):
        raise NotARow(f"{row.kind.value} {row.subject}: wall_s is {wall_s!r}")
    try:
        Facts().apply(row, heard_s=0.0)
    except (KeyError, TypeError, ValueError) as error:
        raise NotARow(f"{row.kind.value} {row.subject}: {type(error).__name__} {error}") from None
    return row


def _crc(columns: tuple[Any, ...]) -> int:
    return zlib.crc32(json.dumps(columns).encode("ascii"))
