"""What a linked array says of its flush, what that proves, and when it proves nothing any more (S2)."""

from __future__ import annotations

from sequencer import guards
from sequencer.journal import Kind
from sequencer.ports import Answer, Flush, Receipt, Steps
from sequencer.proof import runs
from sequencer.run import Run
from sequencer.site import Array, Server
from sequencer.standing import nodes_go_by_two_files


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


def flush_is_over(run: Run, array: Array) -> bool:
    """Flushed or given up in this incident; or seen dead when it was entered, with nothing left to flush.

    One that answers is not dead: somebody has switched it on since (O1).
    """
    dead = array.name in run.settled and not run.ports.arrays[array.name].seen().fresh
    return array.name in run.facts.flush_settled or dead


def asked_unwatched(run: Run) -> set[str]:
    """Whose flush was asked for before this life began, whether anybody has noted its end or not; or before
    it took the command, where a node that goes by another site file may have commanded (C9).

    A user may have been booted meanwhile, and be off again: what the array says of that flush proves nothing
    (S2). To be flushed once more takes it no time where nobody has written.
    """
    by_s = run.born_s + run.site.start.first_look_limit_s
    by_s = max(by_s, run.cluster.led_since_s) if nodes_go_by_two_files(run) else by_s
    return {name for name, at_s in run.facts.flush_asked.items() if at_s <= by_s}


def note_use_before_us(run: Run) -> Steps[None]:
    """Entered again: what a settled flush does not count for, as rows, arrays and users say.

    One that is off, or silent, says nothing: whoever is found running was booted since its flush was
    settled, and nobody has seen that. Once a hand has switched it on it is flushed anew, whatever stands in a
    row (O1).
    """
    arrays, ports = run.site.linked_arrays, run.ports.servers
    flushed = sorted((run.facts.flush_settled | asked_unwatched(run)) - run.settled)
    yield from run.all_of(*(run.ports.arrays[name].look() for name in flushed))
    run.used_again |= run.facts.used_again - run.settled
    run.used_again |= {array.name for array in arrays if is_unflushed(run, array)}
    ended = {array.name for array in arrays if says_flushed(run, array)}
    run.used_again |= (asked_unwatched(run) & ended) - run.settled
    dumb = {n for n in run.facts.flush_settled if n in run.settled or not run.ports.arrays[n].seen().fresh}
    users = [s for s in run.site.linked_servers if not dumb.isdisjoint(s.arrays)]
    unheard = (s.name for s in users if ports[s.name].seen().status is None and has_power(run, s))
    yield from run.all_of(*(ports[name].look() for name in unheard))  # a life that has only begun
    run.used_again |= dumb & {name for server in users if runs(run, server.name) for name in server.arrays}


def has_power(run: Run, server: Server) -> bool:
    """As far as is known: not all of its UPSes have been seen off."""
    return not run.settled.issuperset(server.upses)


def note_writing(run: Run, array: Array) -> Steps[None]:
    """Mains that blinked, or a silent card, may have taken seconds since it said that it is flushed."""
    port = run.ports.arrays[array.name]
    if run.now > port.seen().at_s + run.site.polling.timeout_s:
        yield from port.look()
    if is_unflushed(run, array):
        run.alarm(array.name, f"somebody nobody knows of has written to {array.name} since its flush", "S2")
        run.used_again.add(array.name)


def is_used_again(run: Run, array: Array) -> Steps[bool]:
    """A user was started since its flush began: written down, for that flush does not count any more."""
    if array.name not in run.used_again:
        return False
    yield from run.commit(Kind.USED_AGAIN, array.name)
    run.used_again.discard(array.name)
    return True


def left_to_flush_s(run: Run, array: Array) -> float:
    """The limit; of a flush that another life asked for and that is under way, what is left of it."""
    limit_s = run.site.linkage.flush_limit_s
    if not is_flushing(run, array):
        return limit_s
    return max(0.0, limit_s - (run.now - run.facts.flush_asked.get(array.name, run.now)))


class Asked:
    """Whether this life has asked an array to flush, and since when (S25).

    A row written ahead, by us or another life, is no request where the guard then lets none pass; and a
    limit that began before it is none.
    """

    def __init__(self, run: Run, array: Array) -> None:
        self._run, self._array = run, array
        self._at_s: float | None = None
        self._taken = False

    def taken(self) -> None:
        """It is at it, whoever asked: its limit is that of the step."""
        self._taken = True

    def flush(self) -> Answer[Receipt]:
        self._at_s = self._run.now if self._at_s is None else self._at_s
        return self._run.ports.arrays[self._array.name].flush()

    def left_s(self, limit_s: float) -> float:
        """What is left of its limit since this life has asked it: the whole, while it has not. Nothing: it is
        at it, or has taken it; or we only say what we would do (X-12).

        The limit began before the look after which it was sent, which may have taken its whole time.
        """
        run = self._run
        if self._taken or is_flushing(run, self._array) or run.permit(self._array.name, "flush") is not None:
            return 0.0
        if self._at_s is None:
            return limit_s
        return self._at_s + limit_s - run.site.polling.timeout_s - run.now
