"""Keeps the rows in their file, and knows what to do when the disk does not want to (reliability §5.2-7).

A full disk: the ballast goes overboard, and it is tried once more. An error of the disk: nothing on the
same handle again, the whole file is written anew, once. If that fails too the journal is broken until
the service is started again: rows are accepted and forgotten, because a broken journal must not stop a
clean shutdown; what is dangerous without one the sequencer refuses.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence

from realtime.journal import ballast
from realtime.journal.compaction import still_matter
from realtime.journal.file import Broken, Connect, JournalFile, NotOurs, Numbered, connect, primary
from realtime.journal.sealing import UnknownKind, opened, sealed
from sequencer.journal import Row

log = logging.getLogger(__name__)


class Keeper:
    """All of it on the one thread that opened it. `tell` gets every trouble once, in words."""

    def __init__(
        self, path: str, tell: Callable[[str], None], ballast_bytes: int, connect: Connect = connect
    ) -> None:
        self._file = JournalFile(path, connect)
        self._tell = tell
        self._ballast = f"{path}.ballast"
        self._ballast_bytes = ballast_bytes
        self._kept: list[Numbered] = []
        """All that stands in the file, to write it anew from."""
        self._next = 1
        self.trouble = ""
        """Why nothing is kept any more; '' as long as all is well."""
        self.lost = ""
        """What became of the journal that was found, if it could not be read."""

    def start(self, incidents: int, causes: int) -> list[Row]:
        """What is known from before; raises `NotOurs`."""
        try:
            self._kept = self._file.open()
        except Broken as why:
            self._begin_anew(str(why))
        except (sqlite3.Error, OSError) as error:
            self._open_again(error)
        rows = self._compact(incidents, causes)
        self._next = 1 + max((number for number, _ in self._kept), default=0)
        if not self.trouble and self._ballast_bytes:
            self._warn(ballast.take_aboard(self._ballast, self._ballast_bytes))
        return rows

    def keep(self, rows: Iterable[Row]) -> None:
        """On the disk when this returns, unless there is `trouble`."""
        if self.trouble:
            return
        new = [(number, sealed(row)) for number, row in enumerate(rows, start=self._next)]
        self._next += len(new)
        try:
            self._file.write(new)
        except (sqlite3.Error, OSError) as error:
            self._rescue(new, error)
        self._kept += new

    def give_up(self, why: str) -> None:
        """Keep nothing from here on, and say so."""
        self.trouble = f"nothing is kept in the journal {self._file.path}: {why}"
        self._tell(self.trouble)

    def close(self) -> None:
        self._file.close()

    # At the start

    def _begin_anew(self, why: str) -> None:
        """What is broken is kept for whoever wants to look into it, and believed by nobody."""
        try:
            aside = self._file.set_aside()
            self._file.renew(())
        except (sqlite3.Error, OSError) as error:
            self.give_up(f"it is broken ({why}), and cannot be begun anew: {error}")
            return
        self.lost = f"the journal was broken ({why}) and stands aside as {aside}; a new one has begun"
        self._warn(self.lost)

    def _open_again(self, error: Exception) -> None:
        """Once, with what room the ballast gives; then at least read what stands there."""
        log.warning("the journal cannot be opened: %s", error)
        ballast.throw_overboard(self._ballast)
        try:
            self._kept = self._file.open()
        except Broken as why:
            self._begin_anew(str(why))
        except (sqlite3.Error, OSError) as again:
            self.give_up(f"it cannot be opened: {again}")
            self._kept = self._read_only()

    def _read_only(self) -> list[Numbered]:
        try:
            return self._file.read_only() if os.path.exists(self._file.path) else []
        except (sqlite3.Error, OSError, Broken) as error:
            log.error("nor can the journal be read: %s", error)
            return []

    def _compact(self, incidents: int, causes: int) -> list[Row]:
        """Rows of kinds that only a later version knows stay, and are not read."""
        known, rows = list[Numbered](), list[Row]()
        for numbered in self._kept:
            try:
                rows.append(opened(numbered[1]))
                known.append(numbered)
            except UnknownKind as kind:
                self._warn(f"the journal has rows {kind}, which only a later version understands")
        places = still_matter(rows, incidents, causes)
        if len(places) < len(rows) and not self.trouble:
            stay = set(places)
            self._drop([known[n][0] for n in range(len(rows)) if n not in stay])
        return [rows[place] for place in places]

    def _drop(self, numbers: Sequence[int]) -> None:
        gone = set(numbers)
        self._kept = [numbered for numbered in self._kept if numbered[0] not in gone]
        try:
            self._file.drop(numbers)
        except (sqlite3.Error, OSError) as error:
            self._rescue([], error)

    # When the disk does not want to

    def _rescue(self, new: list[Numbered], error: Exception) -> None:
        full = isinstance(error, sqlite3.Error) and primary(error) == sqlite3.SQLITE_FULL
        if ballast.throw_overboard(self._ballast) and full:
            try:
                self._file.write(new)
            except (sqlite3.Error, OSError) as again:
                error = again
            else:
                self._warn("the journal's disk is full; it lives on its ballast: make room there")
                return
        try:
            self._file.renew([*self._kept, *new])
        except (sqlite3.Error, OSError, Broken, NotOurs) as again:
            self.give_up(f"{error}; and it cannot be written anew: {again}")
        else:
            self._warn(f"the journal had to be written anew ({error}); look after its disk")

    def _warn(self, words: str) -> None:
        if words:
            self._tell(words)
