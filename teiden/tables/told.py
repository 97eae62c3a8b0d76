"""A run, whatever it is kept in: a rehearsal, a recording, events in a row, an event file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable
from zoneinfo import ZoneInfo

from sequencer.events import Event
from teiden.events_file import Recording
from teiden.reading.columns import Columns, columns_of
from teiden.reading.reader import Reader

if TYPE_CHECKING:
    from teiden.judge.verdict import Verdict
    from teiden.story import Story


@runtime_checkable
class Rehearsed(Protocol):
    """A story that was played and judged: `teiden.rehearsal.Rehearsal`, which imports the whole room."""

    @property
    def told(self) -> tuple[Event, ...]: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def story(self) -> Story: ...


Kept: TypeAlias = "Told | Rehearsed | Recording | Iterable[Event] | str | os.PathLike[str]"


class Told:
    """One pass over a run's events, column by column; the header and the rest are known when it is over."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.header: Mapping[str, Any] = {}
        """The details of `run.started`; empty where the stream begins in the middle of a run."""
        self.start: datetime | None = None
        """The instant of t = 0; None: the stream does not tell it."""
        self.cut_short = False
        """The last line of the file was not finished."""

    def columns(self) -> Iterator[Columns]:
        """Raises `InputError` for a file that is none, at its end for lines that are wrong."""
        for columns in self._read():
            if not self.header and "run.started" in columns.name:
                self.header = columns.details[columns.name.index("run.started")]
            yield columns
        if self.start is None:
            self.start = _instant(self.header.get("start"))

    def _read(self) -> Iterator[Columns]:
        match self.kept:
            case Told():
                raise TypeError("a run is told once")
            case str() | os.PathLike():
                reader = Reader(os.fspath(self.kept))
                yield from reader
                self.start, self.cut_short = reader.start, reader.cut_short
            case Recording():
                self.start, self.cut_short = self.kept.start, self.kept.cut_short
                yield columns_of(self.kept.events)
            case Rehearsed():
                self.start = self.kept.story.start
                yield columns_of(self.kept.told)
            case _:
                yield columns_of(self.kept)

    def events(self) -> list[Event]:
        return [event for columns in self.columns() for event in columns.events()]

    @property
    def zone(self) -> tzinfo:
        """The site's, where the stream tells it; else the offset of its start."""
        name = self.header.get("time_zone")
        if isinstance(name, str):
            try:
                return ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                pass  # of another make: no place that this machine knows
        zone = self.start.tzinfo if self.start is not None else None
        return zone if zone is not None else UTC


def told(kept: Kept) -> Told:
    return kept if isinstance(kept, Told) else Told(kept)


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None else None
