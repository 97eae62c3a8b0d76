"""An event file from its first line to its last: columns of events, and every line that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from teiden.files.source import InputError
from teiden.reading.blocks import SIZE, blocks, named
from teiden.reading.columns import Columns
from teiden.reading.line import Lines, Row, is_json
from teiden.reading.quick import Quick


class Reader:
    """One pass over a file. `start` and `cut_short` are known when it is over."""

    def __init__(self, path: str, *, block: int = SIZE) -> None:
        self._path = path
        self._block = block
        self._lines = Lines(named(path))
        self._quick = Quick()
        self.start: datetime | None = None
        """The instant of t = 0."""
        self.cut_short = False
        """The last line was not finished: the run still writes, or it died."""

    def __iter__(self) -> Iterator[Columns]:
        """Raises `InputError` at the end if anything was wrong, so whoever reads keeps nothing of it then."""
        for number, text in blocks(self._path, self._block):
            if not text.endswith("\n"):
                yield self._last(number, text)
                continue
            if self.start is None:  # the first event tells when the run began
                first, _, text = text.partition("\n")
                yield self._carefully(number, first)
                number += 1
            if text:
                quickly = self._quick.columns(text) if self.start is not None else None
                yield quickly or self._carefully(number, text)
        if self._lines.problems:
            raise InputError(self._lines.problems)

    def _carefully(self, number: int, text: str) -> Columns:
        lines = enumerate(text.split("\n"), start=number)
        rows = [self._lines.row(n, line) for n, line in lines if line.strip()]
        return self._columns([row for row in rows if row is not None])

    def _last(self, number: int, text: str) -> Columns:
        """A last line without its end counts if it is whole; in a file of one line it has to be."""
        self.cut_short = self.start is not None and bool(text.strip()) and not is_json(text)
        return self._columns([]) if self.cut_short else self._carefully(number, text)

    def _columns(self, rows: list[Row]) -> Columns:
        if rows and self.start is None:
            self.start = rows[0].start
        t, name, subject, by, source, details, _ = zip(*rows, strict=True) if rows else ((),) * 7
        return Columns(t, name, subject, by, source, details)
