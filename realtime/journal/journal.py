"""This node's durable memory, as the sequencer asks it: a row is answered when it is on the disk.

The file belongs to one thread of its own, so that a slow disk never holds up the loop; everything here
is called on the loop's thread. Rows that wait while the disk is busy go together in one commit.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from realtime.journal import ballast, compaction
from realtime.journal.disk import NoDisk, refuse_unfit
from realtime.journal.file import Connect, NotOurs, connect
from realtime.journal.keeper import Keeper
from realtime.journal.sealing import NotARow, understood
from sequencer.journal import Kind, Row
from sequencer.ports import Answer

if TYPE_CHECKING:
    from realtime.clock import WallClock

log = logging.getLogger(__name__)

TOGETHER = 256
"""Rows of one commit at most: each of them waits until the last one is written."""
CLOSING_S = 10.0
"""How long a stop waits for what still has to be written."""
Waiting = tuple[Row, Answer[None] | None]


class NoJournal(Exception):
    """Why there can be no journal here, and what to do."""


class Journal:
    """A `sequencer.ports.JournalPort` whose rows outlive every life and every loss of power.

    `healthy`: what is committed is kept; else `trouble` says why not. `lost`: the file that was found could
    not be read, stands aside, and a new one has begun. Close it before its clock.
    """

    def __init__(
        self,
        env: WallClock,
        path: str,
        *,
        told: Callable[[str], None] = log.error,
        forbidden: Collection[str] = (),
        allow_any_disk: bool = False,
        incidents: int = compaction.INCIDENTS,
        causes: int = compaction.CAUSES,
        ballast_bytes: int = ballast.BYTES,
        before_commit: Callable[[Row], None] | None = None,
        connect: Connect = connect,
    ) -> None:
        """Raises `NoJournal`: no disk of the node's own, another process has it, another program's file.

        `told` hears every trouble once, in words, on the thread of `env`. `forbidden`: mount points and
        block devices of the site's arrays; no array may keep the journal, since we switch them off.
        `allow_any_disk`: for rehearsals. `before_commit` is called on the journal's own thread just before
        a row is written.
        """
        _refuse(path, forbidden, allow_any_disk)
        self.path = path
        self.healthy = True
        self.trouble = ""
        self._env = env
        self._told = told
        self._before_commit = before_commit
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._rows: list[Row] = []
        self._alike: dict[tuple[Kind, str, float], list[Row]] = {}
        self._news: list[str] | None = []
        """What was told while it was opened: by then nothing drives the clock yet."""
        self._failure: Exception | None = None
        opened = threading.Event()
        keeper = self._keeper = Keeper(path, self._tell, ballast_bytes, connect)
        work = (keeper, incidents, causes, opened)
        self._thread = threading.Thread(target=self._work, args=work, name="journal", daemon=True)
        self._thread.start()
        opened.wait()
        if isinstance(self._failure, NotOurs):
            raise NoJournal(str(self._failure))
        if self._failure is not None:
            raise self._failure
        self.lost = keeper.lost
        news, self._news = self._news, None
        self._heard(keeper.trouble, news)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What the sequencer asks

    def rows(self) -> Answer[tuple[Row, ...]]:
        answer: Answer[tuple[Row, ...]] = Answer(self._env)
        answer.succeed(self.all())
        return answer

    def commit(self, row: Row) -> Answer[None]:
        """Answers when the row is on the disk, or when it is known that nothing can be kept any more.

        Raises `NotARow` for a mistake of ours that would else meet every later life at its boot.
        """
        answer: Answer[None] = Answer(self._env)
        if not self._closed:  # a life that has ended gets no answers
            self._waiting.put((understood(row), answer))
        return answer

    # What the peer link asks

    def all(self) -> tuple[Row, ...]:
        """Every row that is known, in the order in which it came."""
        return tuple(self._rows)

    def receive(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Copies of a peer's rows: those that are new, which are kept too. Nobody waits for that."""
        new = []
        for copy in rows:
            try:
                row = understood(copy)
            except NotARow as why:
                log.warning("a peer sent a row that cannot be kept: %s", why)
                continue
            if not self._closed and row not in self._alike.get(_key(row), ()):
                self._add(row)
                self._waiting.put((row, None))
                new.append(row)
        return tuple(new)

    def close(self, limit_s: float = CLOSING_S) -> None:
        """Write what still waits, for this long at most, and let go of the file."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        self._thread.join(limit_s)
        if self._thread.is_alive():
            log.error("the journal %s was still writing after %g s", self.path, limit_s)

    # On the loop's thread

    def _add(self, row: Row) -> None:
        self._rows.append(row)
        self._alike.setdefault(_key(row), []).append(row)

    def _committed(self, rows: list[Waiting]) -> None:
        for row, answer in rows:
            if answer is not None:
                self._add(row)
                answer.succeed(None)

    def _heard(self, trouble: str, news: list[str]) -> None:
        if trouble:
            self.healthy, self.trouble = False, trouble
        for words in news:
            self._told(words)

    # On the journal's own thread

    def _work(self, keeper: Keeper, incidents: int, causes: int, opened: threading.Event) -> None:
        try:
            for row in keeper.start(incidents, causes):
                self._add(row)
        except Exception as error:
            self._failure = error
            keeper.close()
            return
        finally:
            opened.set()
        while rows := self._next():
            self._keep(keeper, [row for row, _ in rows])
            self._bring(partial(self._committed, rows))
        keeper.close()

    def _keep(self, keeper: Keeper, rows: list[Row]) -> None:
        try:
            if self._before_commit is not None:
                for row in rows:
                    self._before_commit(row)
            keeper.keep(rows)
        except Exception as error:  # a fault of ours; whoever waits for these rows must not wait for ever
            log.exception("the journal failed")
            keeper.give_up(f"{type(error).__name__}: {error}")

    def _next(self) -> list[Waiting]:
        """Wait for a row, and take those that wait behind it; none: it is closed."""
        first = self._waiting.get()
        rows = [] if first is None else [first]
        with suppress(queue.Empty):
            while rows and len(rows) < TOGETHER:
                another = self._waiting.get_nowait()
                if another is None:
                    self._waiting.put(None)  # after these
                    break
                rows.append(another)
        return rows

    def _tell(self, words: str) -> None:
        if self._news is not None:
            self._news.append(words)
        else:
            trouble = self._keeper.trouble
            self._bring(partial(self._heard, trouble, [words]))

    def _bring(self, news: Callable[[], None]) -> None:
        try:
            self._env.inject(news)
        except RuntimeError as error:  # the clock has ended before us: there is nobody to answer
            log.warning("the journal's answer found no clock: %s", error)


def _key(row: Row) -> tuple[Kind, str, float]:
    """A row can only be the same as one of these; an outage of a hall writes thousands."""
    return row.kind, row.subject, row.at_s


def _refuse(path: str, forbidden: Collection[str], allow_any_disk: bool) -> None:
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise NoJournal(
            f"{path}: there is no folder {folder}; make it, and let the service's user write there"
        )
    if not allow_any_disk:
        try:
            refuse_unfit(path, forbidden)
        except NoDisk as why:
            raise NoJournal(str(why)) from None
    if not os.statvfs(folder).f_flag & os.ST_RDONLY and not os.access(folder, os.W_OK | os.X_OK):
        raise NoJournal(f"{path}: this user may not write in {folder}; chown it to the service's user")
