"""Whether a device is to be up, and since when: what nobody has switched off and nobody keeps off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.ports import Off
from sequencer.requests import Wish
from sequencer.schedules import Cause
from sequencer.site import ArrayRole, Site
from teiden.judge.ledger.heard import Heard
from teiden.judge.ledger.incident import Incident
from teiden.judge.ledger.machines import Machines
from teiden.judge.ledger.nights import NO_END_S, Nights
from teiden.judge.ledger.power import ALWAYS, Fold, Power
from teiden.judge.ledger.want import Want
from teiden.judge.ledger.wants import Wants
from teiden.judge.wiring import Wiring


class Upward:
    def __init__(
        self,
        site: Site,
        wiring: Wiring,
        machines: Machines,
        incident: Incident,
        wants: Wants,
        nights: Nights,
        power: Power,
        heard: Heard,
    ) -> None:
        self.site = site
        self._wiring = wiring
        self._machines = machines
        self._incident = incident
        self._wants = wants
        self._nights = nights
        self._power = power
        self._heard = heard
        self._waits_for_schedule = frozenset(
            server
            for schedule in site.schedules.values()
            if Cause.RESTORE not in schedule.on_by
            for server in schedule.servers
        )
        """The end of an outage does not bring these back (R2-03)."""
        self._told_to_sleep: dict[str, tuple[float, float]] = {}
        """By UPS: when it was told to sleep last, and how far the clock was ahead by which it was told."""

    def folds(self) -> Mapping[str, Fold]:
        return {"command.sent off": self._told_off}

    def _told_off(self, event: Event) -> None:
        if event.details.get("how") == Off.SLEEP.value:
            self._told_to_sleep[event.subject] = event.t, self._wants.clock_s(event.t, event.by) - event.t

    def since_s(self, name: str, t: float) -> float | None:
        """None: it is not to be up. Minus infinity: it always was."""
        array = self.site.arrays.get(name)
        if array is not None and array.role is ArrayRole.LINKED:
            users = self._nights.users[name]
            return self._of_any(users, t) if users else self._of_nobody()
        if array is not None or name == self.site.cluster.name:
            return self._of_any(self.site.cluster.nodes, t)
        return self._of_server(name, t)

    def _of_any(self, servers: Iterable[str], t: float) -> float | None:
        """For the sake of the first of them that is to be up."""
        times = [since_s for name in servers if (since_s := self._of_server(name, t)) is not None]
        return min(times, default=None)

    def _of_server(self, name: str, t: float) -> float | None:
        want, since_s = self._known(name, t)
        if want is not None and want.goal is Goal.DOWN:
            return self._slept_s(name, want, t)
        if name in self._machines.by_hand:
            return since_s if since_s > self._machines.by_hand[name] else None
        if (died_s := self._machines.died.get(name)) is not None:  # somebody sees to it first (S28)
            return since_s if since_s > died_s else None
        since_s = max(since_s, self._machines.to_wake_s.get(name, ALWAYS))
        stopped_s = self._machines.stopped_in_outage.get(name)
        if stopped_s is not None and name in self._waits_for_schedule:
            return since_s if since_s > stopped_s else None
        return max(since_s, started) if (started := self._of_nobody()) is not None else _asked(since_s)

    def _known(self, name: str, t: float) -> tuple[Want | None, float]:
        """The last word about it, and since when it counts; None, minus infinity: there is none.

        One that wants it up, and that only who is down has heard, is no fact of the room: then the last one
        that somebody who is up knows. What the calendar says all know.
        """
        want = self._wants.of.get(name)
        if want is None:
            return None, ALWAYS
        if want.goal is Goal.DOWN or want.event.name == "schedule.fired":
            return want, want.event.t
        since_s = self._heard.known_since_s(want.event, t)
        if since_s is not None:
            return want, since_s
        known = self._wants.known(name, lambda word: self._heard.known_since_s(word, t) is not None)
        return known, ALWAYS if known is None else known.event.t

    def _of_nobody(self) -> float | None:
        """A site that is started by hand is owed nothing until its operator asks for it (R10-03)."""
        if self.site.start.auto:
            return ALWAYS
        asked = self._wants.start_asked
        return None if asked is None else asked.t

    def _slept_s(self, name: str, want: Want, t: float) -> float | None:
        """A control node that sleeps comes back by its UPS's timer; nobody is there to tell its instant.

        The timer was set by the clock of the node that told it, or else commanded, however wrong that was
        (T3). Whom the cluster's own manager has shut down has none: nobody tells his UPS, he is halted with
        his power on.
        """
        if name not in self._wiring.nodes or self._is_left_on(name, want):
            return None
        sleeps = (self._told_to_sleep.get(ups, (ALWAYS, 0.0)) for ups in self.site.servers[name].upses)
        ahead_s = [ahead_s for told_s, ahead_s in sleeps if told_s >= want.event.t]
        on_s = self._nights.on_s(name) - min(ahead_s, default=want.ahead_s)
        return on_s if on_s < NO_END_S and on_s <= t else None

    def _is_left_on(self, name: str, want: Want) -> bool:
        by_manager = want.event.details.get("wish") == Wish.CLUSTER_SHUTDOWN.value
        falls = (self._power.fell.get(ups) for ups in self.site.servers[name].upses)
        since_s = self._machines.since[name]
        return by_manager and not any(fell is not None and fell.t >= since_s for fell in falls)


def _asked(since_s: float) -> float | None:
    return since_s if since_s > ALWAYS else None
