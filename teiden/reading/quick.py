"""Lines as we write them, thousands at once; whatever looks otherwise is left to whoever reads with care.

Reading a million lines one by one takes most of its time between the lines. Here one regular expression
finds the fixed keys of a whole block, each column is checked by its distinct values, and only details
that were not met before are read as JSON. It accepts less than `Lines`, and never anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sequencer.events import NAMES
from teiden.reading.columns import Columns
from teiden.reading.line import FIXED, LONGEST_S, SOURCES, loads

_NAME = r'"([^"\\\x00-\x1f]*)"'
_DAY = r"((?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2})"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_LINE = re.compile(
    r'^\{"t": ?(-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]+)?)'
    rf', ?"time": ?"{_DAY}T{_CLOCK}:[0-5][0-9](?:\.[0-9]{{3}})?(?:Z|[+-]{_CLOCK})"'
    rf', ?"event": ?"([a-z_.]+)", ?"subject": ?{_NAME}, ?"by": ?{_NAME}, ?"source": ?"([a-z]+)"'
    r'(?:, ?(".*))?\}[ \t\r]*$',
    re.MULTILINE,
)
_EVENTS = {name: name for name in NAMES}
MOST_KNOWN = 50_000
"""Different details kept: those of a run repeat themselves, but a file without end must find an end."""


class Quick:
    """Reads blocks of lines; keeps what it met, so that equal texts and details are one object."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._dates: set[str] = set()
        self._details: dict[str, Mapping[str, Any]] = {}

    def columns(self, text: str) -> Columns | None:
        """Every line of a block, or None if one of them is not exactly as expected."""
        found = _LINE.findall(text)
        if not found or len(found) != text.count("\n"):
            return None
        told, dates, events, subjects, by, sources, details = zip(*found, strict=True)
        t = list(map(float, told))
        if max(t) >= LONGEST_S or min(t) <= -LONGEST_S or not self._are_dates(set(dates)):
            return None
        try:
            self._learn(set(details))
            return Columns(
                t,
                list(map(_EVENTS.__getitem__, events)),
                list(map(self._names.setdefault, subjects, subjects)),
                list(map(self._names.setdefault, by, by)),
                list(map(SOURCES.__getitem__, sources)),
                list(map(self._details.__getitem__, details)),
                details,
            )
        except (KeyError, ValueError, RecursionError):
            return None

    def _are_dates(self, texts: set[str]) -> bool:
        """The pattern knows that there are 60 minutes, but not how many days a February has."""
        try:
            for text in texts - self._dates:
                date.fromisoformat(text)
        except ValueError:
            return False
        self._dates |= texts
        return True

    def _learn(self, texts: set[str]) -> None:
        """Read details that are new; one that takes up a fixed key again is not for here."""
        if len(self._details) > MOST_KNOWN:
            self._details.clear()
        for text in texts - self._details.keys():
            details = loads(f"{{{text}}}")
            if not details.keys().isdisjoint(FIXED):
                raise ValueError(text)
            self._details[text] = details
