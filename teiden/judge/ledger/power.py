"""Who has mains, who gives power, which OFF counts down, and what a fall of output takes away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from sequencer.events import Event, Source
from sequencer.ports import Off
from sequencer.site import Array, Server, Site
from teiden.judge.history import History
from teiden.judge.wiring import Wiring

Fold = Callable[[Event], None]
ALWAYS = float("-inf")
"""Since before the run."""
ARMED_EXTRA_S = 1.0
"""An OFF is still counting down this long after its end: the fall is told with its own latency."""

UNDER_WAY_S = 120.0
"""So long a command may be under way at most: one and a half times the slowest network there is (N3), and a
slow card (U20). An OFF that no UPS has begun to count down for by then was lost or dropped."""

ASLEEP = Off.SLEEP.value
FOR_GOOD = frozenset(how.value for how in (Off.NOW, Off.GRACEFUL, Off.DELAYED))


@dataclass(frozen=True, slots=True)
class Fall:
    """What one `ups.output_off` takes the last needed feed from."""

    cause: str
    """`command`, `exhausted` or `fault`."""
    servers: tuple[Server, ...] = ()
    controllers: tuple[Array, ...] = ()
    """Arrays whose controllers lose their last feed."""
    enclosures: tuple[Array, ...] = ()

    @property
    def arrays(self) -> tuple[Array, ...]:
        return self.controllers + tuple(a for a in self.enclosures if a not in self.controllers)


class Power:
    def __init__(self, site: Site, history: History, wiring: Wiring) -> None:
        self.site = site
        self.wiring = wiring
        at_start = history.state_at_start
        self.supply = {u: at_start(u, "supply") or "on line" for u in site.upses}
        self.output = {
            u: at_start(u, "output") != "off" and self.supply[u] != "exhausted" for u in site.upses
        }
        self.fell: dict[str, Event] = {}
        """By UPS: the event that last took its output away."""
        self.for_good: set[str] = set()
        """UPSes that fell last by an OFF after which no mains bring them back (R10-06, R10-07)."""
        self.asleep_until_s: dict[str, float] = {}
        """UPSes that fell last by an OFF that told them to sleep: when their own timer brings them back."""
        self.on_since: dict[str, float] = dict.fromkeys(site.upses, ALWAYS)
        """By UPS: when its output last came on; says nothing of one that is off."""
        self.on_by_command: set[str] = set()
        """UPSes that somebody's ON switched on last; others have come back by themselves, or by a hand."""
        self.took: dict[str, Fall] = {}
        """By UPS: what that event took away."""
        self.armed: dict[str, tuple[Event, float]] = {}
        """By UPS: an OFF that counts down, and when the output falls."""
        self.told_off: dict[str, Event] = {}
        """By UPS: the last OFF sent since its output came on;"""
        self.offs_sent: defaultdict[str, list[Event]] = defaultdict(list)
        """and all of them;"""
        self.offs_told: defaultdict[str, list[Event]] = defaultdict(list)
        """and since an ON of ours: that it came on by itself, or by a hand, perhaps nobody has heard."""
        self.taken: dict[str, tuple[Event, Event]] = {}
        """By UPS: the OFF of ours that it took last, and when it began to count down for that. One of ours is
        taken once, and soon: what counts down besides is another's (C12)."""
        self.others = dict.fromkeys(site.upses, 0)
        """By UPS: how often it has counted down for an OFF that none of ours has told (C12)."""
        self.answering_since: dict[str, float | None] = dict.fromkeys(site.upses, ALWAYS)
        """By UPS: since when its card has answered; None: it is silent,"""
        self.silent_since: dict[str, float] = {}
        """and since when it was, the last time."""
        self._out = {n for n in (*site.feeds, *site.upses) if at_start(n, "mains") == "lost"}
        self.mains_since: dict[str, float | None] = {
            u.name: None if u.name in self._out or u.feed in self._out else ALWAYS
            for u in site.upses.values()
        }
        """By UPS: since when its input has had mains; None: it has none."""
        self.lives_on_them_since: dict[str, float | None] = {
            u: ALWAYS if self.supply[u] == "on line" or since_s is None else None
            for u, since_s in self.mains_since.items()
        }
        """By UPS: None while it lives on its battery though it has mains, for a test of it (P12)."""
        self.tested_s: dict[str, float] = {}
        """By UPS: when that test began last."""
        self.mains_lost_s: dict[str, float] = {}
        """By UPS: when its input last lost the mains,"""
        self.mains_before_s: dict[str, float] = {}
        """and since when it had had them then."""
        self.was_away: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        """By UPS: from when until when they were away, each time before that."""
        at_first = (history.initial.get(feed) for feed in site.feeds)
        self._mains_told = history.tells("mains.lost") or any(at_first)
        """Apart from the UPSes. Else one on its battery has lost them, though it may test that (P12)."""
        self._armed_told = history.has_facts("ups")
        self._last_fall: tuple[Event, Fall] | None = None

    def folds(self) -> Mapping[str, Fold]:
        return {
            "mains.lost": self._mains_lost,
            "mains.restored": self._mains_restored,
            "ups.on_battery": self._on_battery,
            "ups.on_line": self._on_line,
            "ups.low_battery": self._low_battery,
            "ups.exhausted": self._exhausted,
            "ups.output_off": self._output_off,
            "ups.output_on": self._output_on,
            "ups.off_armed": self._off_armed,
            "card.silent": self._card_silent,
            "card.answering": self._card_answers,
            "command.sent off": self._off_sent,
        }

    # Questions

    def fed(self, server: Server) -> bool:
        """It has as many supplies as it needs (X-04)."""
        on = self.output
        return sum(on[u] for u in server.upses) >= server.minimum_supplies

    def array_fed(self, array: Array) -> bool:
        """Both its controllers and its enclosures have power."""
        on = self.output
        return any(on[u] for u in array.controllers) and any(on[u] for u in array.enclosures)

    def drains_since_s(self, ups: str) -> float | None:
        """When its input last lost the mains, or its battery began to be tested with them there (P12)."""
        tested = self.lives_on_them_since[ups] is None and self.mains_since[ups] is not None
        return (self.tested_s if tested else self.mains_lost_s).get(ups)

    def had_mains(self, ups: str, from_s: float, to_s: float) -> bool:
        """From then until then, without a moment in between."""
        return not any(lost_s < to_s and from_s < back_s for lost_s, back_s in self.spells(ups))

    def lacked_mains(self, ups: str, from_s: float, to_s: float) -> bool:
        """From then until then, without a moment of them in between."""
        return any(lost_s <= from_s and to_s <= back_s for lost_s, back_s in self.spells(ups))

    def spells(self, ups: str) -> list[tuple[float, float]]:
        """From when until when they were away, the last time too."""
        back_s = self.mains_since[ups]
        last = self.mains_lost_s.get(ups, ALWAYS), inf if back_s is None else back_s
        return [*self.was_away[ups], last]

    def counting_down(self, ups: str, t: float) -> Event | None:
        """The event that armed an OFF which has yet to fall."""
        armed = self.armed.get(ups)
        return armed[0] if armed is not None and t <= armed[1] + ARMED_EXTRA_S else None

    def counts_down_under(self, server: Server, t: float) -> bool:
        """So many of its UPSes have yet to fall that too few are left; one that is off is not."""
        falls = [u for u in server.upses if self.counting_down(u, t) is not None]
        if not falls:
            return False
        stay = [u for u in server.upses if self.output[u] and u not in falls]
        return len(stay) < server.minimum_supplies

    def counts_down_below(self, array: Array, t: float) -> bool:
        """All UPSes of its controllers, or of its enclosures, have yet to fall, or are off."""
        falls = {u: not self.output[u] or self.counting_down(u, t) is not None for u in array.upses}
        below = any(all(falls[u] for u in upses) for upses in (array.controllers, array.enclosures))
        return below and any(self.counting_down(u, t) is not None for u in array.upses)

    def fall(self, event: Event) -> Fall:
        """What this `ups.output_off` takes away; asked before it is folded in."""
        if self._last_fall is None or self._last_fall[0] is not event:
            self._last_fall = event, self._work_out(event)
        return self._last_fall[1]

    def _work_out(self, event: Event) -> Fall:
        ups, on, cause = event.subject, self.output, self.cause(event)
        if not on[ups]:
            return Fall(cause)

        def last(feeds: tuple[str, ...]) -> bool:
            return ups in feeds and not any(on[u] for u in feeds if u != ups)

        servers, arrays = self.wiring.servers_on[ups], self.wiring.arrays_on[ups]
        return Fall(
            cause,
            tuple(s for s in servers if sum(on[u] for u in s.upses) == s.minimum_supplies),
            tuple(a for a in arrays if last(a.controllers)),
            tuple(a for a in arrays if last(a.enclosures)),
        )

    def cause(self, event: Event) -> str:
        """As the room tells it; a live room does not, then an OFF that was sent explains the fall."""
        told = event.details.get("cause")
        if isinstance(told, str):
            return told
        if self.supply[event.subject] == "exhausted":
            return "exhausted"
        return "command" if event.subject in self.told_off else "fault"

    # Folding

    def _mains_lost(self, event: Event) -> None:
        self._out.add(event.subject)
        for ups in self._behind(event.subject):
            self._loses_mains(ups, event.t)

    def _mains_restored(self, event: Event) -> None:
        self._out.discard(event.subject)
        for ups in self._behind(event.subject):
            if ups not in self._out and self.site.upses[ups].feed not in self._out:
                self.mains_since[ups] = event.t

    def _loses_mains(self, ups: str, t: float) -> None:
        if (since_s := self.mains_since[ups]) is not None:
            if ups in self.mains_lost_s:
                self.was_away[ups].append((self.mains_lost_s[ups], since_s))
            self.mains_lost_s[ups], self.mains_before_s[ups] = t, since_s
        self.mains_since[ups] = None

    def _behind(self, feed_or_ups: str) -> list[str]:
        return [feed_or_ups] if feed_or_ups in self.site.upses else self.wiring.upses_on[feed_or_ups]

    def _on_battery(self, event: Event) -> None:
        self.supply[event.subject] = "on battery"
        if not self._mains_told:
            self._loses_mains(event.subject, event.t)
        elif self.mains_since[event.subject] is not None:
            self.lives_on_them_since[event.subject] = None
            self.tested_s[event.subject] = event.t

    def _on_line(self, event: Event) -> None:
        self.supply[event.subject] = "on line"
        if self.lives_on_them_since[event.subject] is None:
            self.lives_on_them_since[event.subject] = event.t
        if not self._mains_told:
            self.mains_since[event.subject] = event.t

    def _low_battery(self, event: Event) -> None:
        self.supply[event.subject] = "low battery"

    def _exhausted(self, event: Event) -> None:
        self.supply[event.subject] = "exhausted"

    def _card_silent(self, event: Event) -> None:
        self.answering_since[event.subject] = None
        self.silent_since[event.subject] = event.t

    def _card_answers(self, event: Event) -> None:
        self.answering_since[event.subject] = event.t

    def _output_off(self, event: Event) -> None:
        if self.output[event.subject]:
            self.took[event.subject] = self.fall(event)
            self.output[event.subject] = False
            self.fell[event.subject] = event
            told = self.told_off.get(event.subject)
            if told is not None and told.details.get("how") in FOR_GOOD and self.cause(event) == "command":
                self.for_good.add(event.subject)
            else:
                self.for_good.discard(event.subject)
            self.asleep_until_s.pop(event.subject, None)
            if told is not None and told.details.get("how") == ASLEEP and self.cause(event) == "command":
                self.asleep_until_s[event.subject] = event.t + float(told.details.get("sleep_s") or 0.0)
        self.armed.pop(event.subject, None)

    def _output_on(self, event: Event) -> None:
        if not self.output[event.subject]:
            self.on_since[event.subject] = event.t
            (self.on_by_command.add if self._is_ours(event) else self.on_by_command.discard)(event.subject)
        self.output[event.subject] = True
        self.told_off.pop(event.subject, None)
        self.offs_sent.pop(event.subject, None)
        if self._is_ours(event):
            self.offs_told.pop(event.subject, None)

    def _is_ours(self, event: Event) -> bool:
        """Where the room does not tell, it is taken for one."""
        return str(event.details.get("cause", "command")) == "command"

    def _off_armed(self, event: Event) -> None:
        falls_at = event.details.get("falls_at")
        self.armed[event.subject] = event, float("inf") if falls_at is None else float(falls_at)
        if event.source is not Source.FACT:
            return
        told, taken = self.told_off.get(event.subject), self.taken.get(event.subject)
        if told is None or (taken is not None and taken[0] is told) or event.t > told.t + UNDER_WAY_S:
            self.others[event.subject] = self.others[event.subject] + 1
        else:
            self.taken[event.subject] = told, event

    def _off_sent(self, event: Event) -> None:
        if event.subject not in self.output:
            return
        self.told_off[event.subject] = event
        self.offs_sent[event.subject].append(event)
        self.offs_told[event.subject].append(event)
        if not self._armed_told and self.output[event.subject]:
            self.armed[event.subject] = event, event.t + float(event.details.get("falls_in_s") or 0.0)
