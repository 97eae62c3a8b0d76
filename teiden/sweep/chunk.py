"""A chunk: some runs after one another, played wherever there is room. This is all that a worker is asked.

What travels there is the work, sealed once, and two numbers; what comes back are the lines of the
sweep's files, ready to be written. So the bytes are the same whoever made them.
"""

from __future__ import annotations

import gc
import pickle
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from time import perf_counter
from typing import cast

from teiden.sweep.work import Played, Work, charges_line, failed, row_line

_ONE_AT_A_TIME = threading.Lock()
"""A worker of a cluster may have several threads; Python plays one run at a time anyway."""


class OtherVersion(Exception):
    """A worker is not the same Teiden: its runs would not be ours."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What became of some runs."""

    first: int
    runs: int
    lines: bytes
    """Of `runs.jsonl`."""
    charges: bytes
    """Of `charges.jsonl`; empty where nobody asked."""
    broken: int
    """Runs that do not hold."""
    errors: int
    """Runs that could not be played."""
    took_s: float
    """Wall time that playing took there."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """The work as bytes: pickled once, not once per chunk, and opened once per process."""

    work: bytes
    version: str


def seal(work: Work) -> Sealed:
    return Sealed(pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL), _version())


def play_chunk(sealed: Sealed, first: int, runs: int) -> Chunk:
    """Play runs `first` up to `first + runs`; one that cannot be played does not stop the others."""
    if sealed.version != _version():
        raise OtherVersion(_version(), sealed.version)
    with _ONE_AT_A_TIME, garbage_by_the_run():
        began = perf_counter()
        work = _opened(sealed.work)
        played = [_played(work, run) for run in range(first, first + runs)]
        lines = [row_line(one.row) for one in played]
        charges = [
            charges_line(int(one.row["run"] or 0), one.charges) for one in played if one.charges is not None
        ]
        rows = [one.row for one in played]
        return Chunk(
            first,
            runs,
            _joined(lines),
            _joined(charges),
            broken=sum(row.get("holds") is False for row in rows),
            errors=sum("error" in row for row in rows),
            took_s=perf_counter() - began,
        )


def _joined(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _played(work: Work, run: int) -> Played:
    try:
        return work.play(run)
    except Exception as error:  # whatever it is: the other runs are worth keeping
        return failed(run, error)
    finally:
        gc.collect()


@contextmanager
def garbage_by_the_run() -> Iterator[None]:
    """A room is waste as a whole when its run is over; looking for waste before that finds none.

    What was there before is not looked through again and again meanwhile, so a run is cheaper; and a
    process that plays for hours does not grow. So what the last run before has left must be gone by then:
    its tasks are waste only when a first look has closed them, and what is frozen nobody looks through.
    A caller who has frozen what stays to his own end keeps that so: thawed, each look would go through it.
    """
    before, his_own = gc.get_threshold(), gc.get_freeze_count() > 0
    gc.collect()
    if not his_own:
        gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not his_own:
            gc.unfreeze()


@lru_cache(maxsize=2)
def _opened(work: bytes) -> Work:
    return cast(Work, pickle.loads(work))


@lru_cache(maxsize=1)
def _version() -> str:
    return version("teiden")
