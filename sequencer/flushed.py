"""What a linked array says of its flush, and what that proves (S2)."""

from __future__ import annotations

from sequencer import guards
from sequencer.ports import Flush
from sequencer.run import Run
from sequencer.site import Array


def says_flushed(run: Run, array: Array) -> bool:
    return guards.flushed(run.ports.arrays[array.name].seen())


def is_flushing(run: Run, array: Array) -> bool:
    seen = run.ports.arrays[array.name].seen()
    return seen.fresh and seen.status is not None and seen.status.flush is Flush.UNDER_WAY


def is_unflushed(run: Run, array: Array) -> bool:
    """Settled as its flush was, it says that none has been asked for since it was used last (S2)."""
    seen = run.ports.arrays[array.name].seen()
    says = seen.fresh and seen.status is not None and seen.status.flush is Flush.NOT_ASKED
    return says and array.name in run.facts.flush_settled


def asked_unwatched(run: Run) -> set[str]:
    """Whose flush was asked for before this life began, and whose end nobody has noted.

    A user may have been booted meanwhile, and be off again: what the array says of that flush proves nothing
    (S2). To be flushed once more takes it no time where nobody has written.
    """
    by_s = run.born_s + run.site.start.first_look_limit_s
    asked = {name for name, at_s in run.facts.flush_asked.items() if at_s <= by_s}
    return asked - run.facts.flush_settled
