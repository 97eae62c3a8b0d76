"""How long a linked array's night is: from the last of its users' offs to the first of their next ons."""

from __future__ import annotations

from datetime import timedelta

from sequencer import calendar, timing
from sequencer.site import Array, ServerRole, Site
from teiden.judge.history import History
from teiden.judge.ledger.wants import Wants
from teiden.judge.wiring import Wiring

NO_END_S = float("inf")


class Nights:
    def __init__(self, site: Site, history: History, wiring: Wiring, wants: Wants) -> None:
        self.site = site
        self._start_at = history.start_at
        self._wants = wants
        self.users = {
            a.name: [s.name for s in wiring.users_of[a.name] if s.role is ServerRole.LINKED]
            for a in wiring.linked_arrays
        }

    def all_down(self, array: Array) -> bool:
        """Every linked server that uses it is wanted down."""
        users = self.users[array.name]
        return bool(users) and all(self._wants.down(name) for name in users)

    def gap_s(self, array: Array) -> float | None:
        """None: the stream does not tell the wall time. Infinite: no schedule brings anybody back."""
        if self._start_at is None:
            return None
        return self._wakes_s(array) - max(self._wants.of[name].at_s for name in self.users[array.name])

    def _wakes_s(self, array: Array) -> float:
        return min(self.on_s(name) for name in self.users[array.name])

    def on_s(self, server: str) -> float:
        """The first scheduled on after the word that wants it down, seconds since the start of the run."""
        want = self._wants.of.get(server)
        if want is None or self._start_at is None:
            return NO_END_S
        on = calendar.next_on(self.site, server, self._start_at + timedelta(seconds=want.at_s))
        return NO_END_S if on is None else (on.at - self._start_at).total_seconds()

    def is_long_enough(self, array: Array) -> bool | None:
        """S22, for an array whose users are all wanted down. None: nobody can tell."""
        gap_s = self.gap_s(array)
        return None if gap_s is None else gap_s >= self.need_s(array)

    def need_s(self, array: Array) -> float:
        """Its shortest night, with the flushes of all that are down in it: in series it waits for them."""
        flushes = sum(self.all_down(other) for other in self.site.linked_arrays)
        return timing.shortest_night_s(self.site, array, flushes)

    def is_to_sleep(self, array: Array, clock_s: float) -> bool:
        """All its users are off for long enough, and its lead has not begun."""
        if not self.all_down(array) or not self.is_long_enough(array):
            return False
        lead_s = max(timing.warm_up_lead_s(self.site, array, enclosures=e) for e in (False, True))
        return clock_s < self._wakes_s(array) - lead_s
