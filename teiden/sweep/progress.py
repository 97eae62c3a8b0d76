"""How far a sweep is: a bar where a person reads along, a line now and then where a log does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from teiden.language.say import t
from teiden.narration.words import duration
from teiden.sweep.chunk import Chunk

LINE_S = 10.0
"""Between two lines of a log."""
Told = Callable[[Chunk], None]


class Count:
    """Runs that are done, how fast, and when the rest will be."""

    def __init__(self, runs: int, kept: int, clock: Callable[[], float] = monotonic) -> None:
        self.runs, self.done = runs, kept
        self.broken = self.errors = 0
        self._kept, self._clock, self._began_s = kept, clock, clock()

    def take(self, chunk: Chunk) -> None:
        self.done += chunk.runs
        self.broken += chunk.broken
        self.errors += chunk.errors

    @property
    def whole(self) -> float:
        """Of the bar: all that is to be done, and how much of it is."""
        return self.runs

    @property
    def part(self) -> float:
        return self.done

    @property
    def played(self) -> int:
        """Of this session."""
        return self.done - self._kept

    @property
    def took_s(self) -> float:
        return self._clock() - self._began_s

    @property
    def rate(self) -> float:
        """Runs a second of this session; what was there before counts for nothing."""
        return self.played / self.took_s if self.took_s > 0 else 0.0

    def line(self) -> str:
        """`412 of 1,000 runs, 25 a second, 24 s left, 3 broken`."""
        parts = [t("{done} of {runs} runs", done=f"{self.done:,}", runs=f"{self.runs:,}")]
        if self.rate > 0:
            left = duration((self.runs - self.done) / self.rate)
            parts += [t("{n} a second", n=a_second(self.rate)), t("{time} left", time=left)]
        parts.append(t("{n} broken", n=f"{self.broken:,}"))
        if self.errors:
            parts.append(t("{n} could not be played", n=f"{self.errors:,}"))
        return t(", ").join(parts)


def a_second(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


@contextmanager
def lines(count: Count, say: Callable[[str], None], clock: Callable[[], float] = monotonic) -> Iterator[Told]:
    """A plain line every ten seconds, none for what is over sooner."""
    said_s = clock()

    def told(chunk: Chunk) -> None:
        nonlocal said_s
        count.take(chunk)
        if clock() - said_s >= LINE_S and count.part < count.whole:
            said_s = clock()
            say(count.line())

    yield told


@contextmanager
def bar(count: Count) -> Iterator[Told]:
    """A bar on the terminal, gone when the sweep is over."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (BarColumn(bar_width=30), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(count.line(), total=count.whole, completed=int(count.part))

        def told(chunk: Chunk) -> None:
            count.take(chunk)
            progress.update(task, completed=count.part, description=count.line())

        yield told
