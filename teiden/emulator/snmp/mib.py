"""The tables of one agent: a sorted list of OIDs, each with its kind, how to read it and how to write it.

It knows no protocol library. GET, GETNEXT and a SET in two phases (check everything, then apply) are here;
what goes wrong in a SET is `Refused`, with the place in the request that SNMP calls the error index.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from teiden.emulator.snmp.faults import Faults
from teiden.emulator.snmp.objects import Bound, Entry, Oid, Refusal, Refused


class Mib:
    """What one agent serves. `before` is called once per request: the card looks at its UPS."""

    def __init__(
        self,
        entries: Mapping[Oid, Entry],
        *,
        faults: Faults | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        self.faults = Faults() if faults is None else faults
        self.before = before
        self._entries = dict(entries)
        self._sorted = sorted(self._entries)

    def get(self, oid: Oid) -> Bound | None:
        """None: no such instance."""
        entry = self._entries.get(oid)
        if entry is None:
            return None
        instead = self.faults.instead
        value = instead[oid] if oid in instead else entry.get()
        return None if value is None else Bound(oid, entry.kind, value)

    def after(self, oid: Oid) -> Bound | None:
        """The next object in the order of OIDs that is there; None: the end."""
        for place in range(bisect_right(self._sorted, oid), len(self._sorted)):
            bound = self.get(self._sorted[place])
            if bound is not None:
                return bound
        return None

    def write(self, asked: Sequence[Bound]) -> None:
        """Apply all of it, or raise Refused."""
        if self.faults.set_refused is not None:
            raise Refused(self.faults.set_refused)
        for index, bound in enumerate(asked):
            self._at(index, self._check, bound)
        if self.faults.set_ignored:
            return
        for index, bound in enumerate(asked):
            self._at(index, self._put, bound)

    @staticmethod
    def _at(index: int, do: Callable[[Bound], None], bound: Bound) -> None:
        try:
            do(bound)
        except Refused as refused:
            raise Refused(refused.refusal, index) from None

    def _check(self, bound: Bound) -> None:
        entry = self._entries.get(bound.oid)
        if entry is None or entry.put is None:
            raise Refused(Refusal.NOT_WRITABLE)
        if bound.kind is not entry.kind:
            raise Refused(Refusal.WRONG_TYPE)
        if entry.check is not None:
            entry.check(bound.value)

    def _put(self, bound: Bound) -> None:
        put = self._entries[bound.oid].put
        assert put is not None, f"{bound.oid} passed the check"
        put(bound.value)
