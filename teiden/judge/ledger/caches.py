"""The arrays: in service or not, and what became of their last flush."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sequencer.events import NAMES, Event
from sequencer.site import Site
from teiden.judge.history import History
from teiden.judge.ledger.machines import Machines
from teiden.judge.ledger.power import ALWAYS, Fold
from teiden.judge.wiring import Wiring

STEPS = ("array.flushed", "step.started", "step.timed_out")
"""What a node says of an array that it waits for. One that ended too soon is begun again."""


@dataclass(slots=True)
class Flush:
    """One flush of one array, from the request on."""

    asked: Event | None = None
    """The request from which its limit counts: the first one, or the first of a later commander or
    life, which waits the whole limit again (S25). So it is though the array has been flushed meanwhile, and
    begun anew, where who asks has not heard of it: he has waited since then (N3)."""
    answered: bool = False
    ok: bool = False
    """Answered, and nothing was written since."""
    used_by: str = ""
    """A user whose system has run since the flush was asked for."""
    timed_out: Event | None = None
    emptied_s: float | None = None
    """When the array lost its power, and with it all that its cache still held."""

    def clean(self, t: float) -> bool:
        """Nothing can be in the cache at this time, so nothing is lost by a cut."""
        return (self.ok and not self.used_by) or (self.emptied_s is not None and self.emptied_s < t)

    @property
    def pending(self) -> bool:
        """Asked for, not answered yet, and not made worthless by somebody who wrote since."""
        return self.asked is not None and not (self.answered or self.used_by) and self.emptied_s is None


@dataclass(slots=True)
class Begun:
    """Who began to boot, and is not up; and what would still be true of the flush had they not."""

    flush: Flush
    used_by: str
    emptied_s: float | None
    at_s: dict[str, float]


class Caches:
    def __init__(self, site: Site, history: History, wiring: Wiring, machines: Machines) -> None:
        self.site = site
        self.wiring = wiring
        self.machines = machines
        self._events = history.events
        self.service = {a: history.state_at_start(a, "service") or "ready" for a in site.arrays}
        self.since: dict[str, float] = dict.fromkeys(self.service, ALWAYS)
        self.on_since_s: dict[str, float] = dict(self.since)
        """By array: when it began to start last, or came ready without having been seen to start."""
        self.ran = frozenset(name for name, state in self.service.items() if state == "ready")
        self.flush = {
            a: Flush(ok=self.service[a] == "off", used_by=machines.first_running(wiring.users_of[a]))
            for a in site.arrays
        }
        self._begun: dict[str, Begun] = {}
        self.life_began_s = ALWAYS
        """When a commander last took the lease: a request after that belongs to its life."""

    def folds(self) -> Mapping[str, Fold]:
        folds: dict[str, Fold] = {
            name: self._service for name, meaning in NAMES.items() if meaning.aspect == "service"
        }
        folds |= {
            "array.off": self._off,
            "array.lost_data": self._emptied,
            "array.dirty": self._dirty,
            "array.flushing": self._flushing,
            "array.flushed": self._flushed,
            "array.flush_timed_out": self._timed_out,
            "server.booting": self._boots,
            "server.up": self._used,
            "server.crashed": self._crashed,
            "command.sent flush": self._asked,
            "lease.taken": self._life_begins,
        }
        return folds

    def ready_since(self, array: str) -> float | None:
        return self.since[array] if self.service[array] == "ready" else None

    def clean_but_for_self_tests(self, array: str, t: float) -> bool:
        """Whoever has used it since its flush began to boot within a poll of this time, and wrote nothing."""
        begun = self._begun.get(array)
        if begun is None or begun.flush is not self.flush[array] or not begun.at_s:
            return False
        if any(t - at_s >= self.site.polling.on_line_s for at_s in begun.at_s.values()):
            return False
        before = Flush(ok=begun.flush.ok, used_by=begun.used_by, emptied_s=begun.emptied_s)
        return before.clean(t)

    def _service(self, event: Event) -> None:
        name, state = event.subject, NAMES[event.name].state
        if self.service[name] not in ("starting", state):  # that it is so still may be told anew
            self.on_since_s[name] = event.t
        self.service[name] = state
        self.since[name] = event.t
        user = self.machines.first_running(self.wiring.users_of[name]) if state == "ready" else ""
        if user:  # it has been booting, or up, without its disks
            self._use(name, user)

    def _off(self, event: Event) -> None:
        self._service(event)
        self._emptied(event)

    def _emptied(self, event: Event) -> None:
        self.flush[event.subject].emptied_s = event.t

    def _boots(self, event: Event) -> None:
        for array in self.site.servers[event.subject].arrays:
            flush, begun = self.flush[array], self._begun.get(array)
            if begun is None or begun.flush is not flush:
                begun = self._begun[array] = Begun(flush, flush.used_by, flush.emptied_s, {})
            begun.at_s[event.subject] = event.t
        self._used(event)

    def _crashed(self, event: Event) -> None:
        """One whose power came and went between two polls was at its self-test: it wrote nothing, and nobody
        can have seen it (S2)."""
        for array in self.site.servers[event.subject].arrays:
            begun = self._begun.get(array)
            if begun is None or event.subject not in begun.at_s:
                continue
            if event.t - begun.at_s.pop(event.subject) >= self.site.polling.on_line_s:
                del self._begun[array]
            elif not begun.at_s:
                begun.flush.used_by, begun.flush.emptied_s = begun.used_by, begun.emptied_s
                del self._begun[array]

    def _used(self, event: Event) -> None:
        """Nobody writes to an array that has no power, or is not in service yet."""
        for array in self.site.servers[event.subject].arrays:
            if self.service[array] not in ("off", "starting"):
                self._use(array, event.subject)
            if event.name == "server.up":
                self._begun.pop(array, None)

    def _use(self, array: str, server: str) -> None:
        self.flush[array].used_by = server
        self.flush[array].emptied_s = None

    def _asked(self, event: Event) -> None:
        flush = self.flush.get(event.subject)
        if flush is None:
            return
        if not flush.pending or flush.timed_out:
            used_by = self.machines.first_running(self.wiring.users_of[event.subject])
            # Nobody has written since its last one: flushed it is until it begins anew, heard or not (A3).
            done = flush.ok and not flush.used_by
            asked = flush.asked if self._asks_still(event, flush) else event
            self.flush[event.subject] = Flush(asked=asked, answered=done, ok=done, used_by=used_by)
        elif flush.asked is not None and self.life_began_s > flush.asked.t:
            flush.asked = event

    def _asks_still(self, event: Event, flush: Flush) -> bool:
        """In the same step, or for what that has left; he has not heard that it was flushed; it had its
        power, and nobody used it."""
        asked = flush.asked
        if asked is None or flush.used_by or flush.timed_out:
            return False
        its = [
            e.name
            for e in self._events
            if (e.by, e.subject) == (event.by, event.subject) and asked.t < e.t <= event.t and e.name in STEPS
        ]
        anew = any(
            name == "step.started" and before != "step.timed_out" for before, name in pairwise(["", *its])
        )
        heard = "array.flushed" in its
        return flush.emptied_s is None and asked.t >= self.life_began_s and not (heard or anew)

    def _flushing(self, event: Event) -> None:
        if not self.flush[event.subject].pending:
            used_by = self.machines.first_running(self.wiring.users_of[event.subject])
            asked = self.flush[event.subject].asked
            # Asked for while somebody still wrote: the flush that begins now is the answer to that.
            self.flush[event.subject] = Flush(asked=asked, used_by=used_by)

    def _flushed(self, event: Event) -> None:
        flush = self.flush[event.subject]
        flush.answered = flush.ok = True

    def _dirty(self, event: Event) -> None:
        flush = self.flush[event.subject]
        flush.ok, flush.emptied_s = False, None
        self._begun.pop(event.subject, None)

    def _timed_out(self, event: Event) -> None:
        self.flush[event.subject].timed_out = event

    def _life_begins(self, event: Event) -> None:
        self.life_began_s = event.t
