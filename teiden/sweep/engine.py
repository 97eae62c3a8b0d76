"""Where chunks are played: in this process, in a pool of processes, or on a cluster (`cluster.py`).

The seam is `concurrent.futures.Executor`; nothing of a result depends on which one it is.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, ParamSpec, TypeVar

from teiden.sweep.pace import CHUNK_S

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Engine:
    executor: Executor
    workers: Callable[[], int]
    """How many chunks are played at once; a cluster may grow."""
    chunk_s: float = CHUNK_S
    look_s: float | None = None
    """How long to wait for news before `look`; None: until there are some."""
    look: Callable[[], None] = lambda: None
    """Raises where the engine has gone."""


# In this process


class InProcess(Executor):
    """Does what it is given at once."""

    def __init__(self, interrupted: list[int]) -> None:
        self._interrupted = interrupted

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        if self._interrupted:
            raise KeyboardInterrupt
        return future


@contextmanager
def in_process() -> Iterator[Engine]:
    with interrupts_noted() as interrupted:
        yield Engine(InProcess(interrupted), lambda: 1)


@contextmanager
def interrupts_noted() -> Iterator[list[int]]:
    """Ctrl-C raises as ever, and is written down.

    It may hit a process of the pretend room, where whoever waits for that process could take it for a
    failure of the room: a run in which it came does not count.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        raise KeyboardInterrupt

    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, note) if here else None
    try:
        yield noted
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


# In a pool of processes


class Pool(ProcessPoolExecutor):
    """Its processes are born deaf to Ctrl-C: this process alone says when to stop."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with interrupts_held():  # a submit may start a process
            return super().submit(fn, *args, **kwargs)


@contextmanager
def pool(workers: int) -> Iterator[Engine]:
    """Processes started anew (`spawn`): safe with threads, and the same on every system.

    Left by an exception, Ctrl-C among them, they are ended at once and what they play is given up.
    """
    others = set(multiprocessing.active_children())
    executor = Pool(workers, mp_context=multiprocessing.get_context("spawn"), initializer=begin)
    try:
        for _ in range(workers):
            executor.submit(os.getpid)  # they start while the first chunks are being made
        yield Engine(executor, lambda: workers)
    except BaseException:
        with interrupts_held():
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            executor.shutdown(wait=True, cancel_futures=True)
        raise
    executor.shutdown(wait=True)


def begin() -> None:
    """The first thing that a process of the pool does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """Who waits for chunks of a parent that was killed would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Ctrl-C comes when this is over; processes that are started meanwhile never hear of it."""
    mask: Any = getattr(signal, "pthread_sigmask", None)  # not on Windows
    if mask is None:
        yield
        return
    before = mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)
