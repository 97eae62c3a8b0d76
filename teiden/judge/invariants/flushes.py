"""S3, S32: when a flush may begin, and which arrays get none."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from sequencer import timing
from sequencer.events import Event, Source
from sequencer.site import Array, ArrayRole
from teiden.judge.invariants.came_back_low import hangs_at_its_stop
from teiden.judge.invariants.invariant import LATENCY_S, Invariant, Look
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.unheard import boots_unheard
from teiden.judge.words import names, verb
from teiden.language.say import later, said, t


def is_word(event: Event) -> bool:
    """A server's own, as a node has heard it."""
    return event.source is Source.SEEN and event.name.startswith("server.")


def stops_nobody(room: Room, event: Event) -> bool:
    """The flush of a linked array of which no user runs, for a battery that is short, as an alarm says: it is
    neither an off nor a stop, and should the mains go again it would be too late (P4)."""
    array = room.site.arrays.get(event.subject)
    if array is None or array.role is not ArrayRole.LINKED or event.details.get("command") != "flush":
        return False
    return saves_unused(room, array)


def saves_unused(room: Room, array: Array) -> bool:
    """No user of it runs, and an alarm has said since it came on last that its battery is short."""
    if room.incident.alarm_of("S18", array.name, room.caches.on_since_s[array.name]) is None:
        return False
    return not any(map(room.machines.running, room.wiring.users_of[array.name]))


class S3(Invariant):
    """A flush starts only when every server of the array is down and its UPS is off.

    `Flush(a) -> forall h: uses(h,a): off(ups(h))`, by the room's truth. Judged at the request, where the
    array has power, and when it begins, once per flush. Excused, UPS by UPS and with the servers on it, where
    an alarm said that it was not seen off within its limit (`seen_off_limit`: a flush harms nobody; what a
    server still writes is S2's matter at the cut). And where a battery of the array does not last until they
    are off, as they count down or were told to, and for the flush, and an alarm says so (X-02); who does not
    hear that battery's card takes it to drain since it was heard last (U2); or the power of the array itself
    counts down by then, as another has told it (C12); or the nodes go without it, as an alarm says (S5):
    nobody would ask for its flush later. For the battery of their disks they do only where the array waits
    for somebody's hold, and the cluster has stopped, or is not waited for, as an alarm says (S18); or where
    that hangs at its stop, as that says, and has their disk in use (C11). Who is held may run then: nobody
    may stop him, and what the others have written is saved (S27). So may who was declared lost, as an alarm
    says, and is heard no more, nor are his cards (N1): nobody knows; and who was seen down, and booted since
    while who asks heard neither him nor his cards (H6, N5). For a life that has begun since they were told
    they count down from its beginning, taken or not: no row and no card says how much of that is over, and a
    budget is taken for the worst. Nor need the UPSes be off, or the battery be short by the room's truth,
    where none of the users runs, an alarm says that it is flushed since its battery would not last (S18), and
    its mains are there, or all cards of its feed that tell otherwise are silent for who asks: on the way up
    its users have halted, and wait for the same battery (P4, N1). What a hand switches on, or boots, while
    the request is on its way nobody has seen (O1), nor who asks once more, and hears neither that card nor
    that anybody runs there since (N3): that is S2's matter.
    """

    id = "S3"
    sentence = later("a flush starts only when the array's servers are down and their UPSes off")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent flush": self._asked, "array.flushing": self._begins}

    def _asked(self, event: Event) -> None:
        self._judge(event)

    def _begins(self, event: Event) -> None:
        flush = self.room.caches.flush.get(event.subject)
        if flush is None or flush.asked is None or flush.ok:
            return  # nobody asked for it
        if not any(flush.asked in breach.events for breach in self.breaches):
            self._judge(event, flush.asked)

    def _judge(self, event: Event, asked: Event | None = None) -> None:
        array = self.site.arrays.get(event.subject)
        if array is None or array.role is not ArrayRole.LINKED:
            return
        if asked is None and not self.room.power.array_fed(array):
            return  # nobody is there to hear it
        self.put_to_test += 1
        upses = self.room.wiring.server_upses_of(array)
        by = (asked or event).by
        unseen = {u for u in upses if self.room.incident.declared_unseen(u, array.name)}
        power, looked_s = self.room.power, event.t - LATENCY_S
        unseen |= {u for u in upses if power.output[u] and self._came_on_unheard(u, array, event.t, by)}
        on = [u for u in upses if power.output[u] and u not in unseen and power.on_since[u] <= looked_s]
        up = self._still_up(array, unseen, looked_s)
        held = self.room.incident.held
        excused = all(
            name in held or self._is_lost(name, event.t, by) or self._boots_unheard(name, event.t, by)
            for name in up
        )
        if (excused and self._cannot_wait(array, event.t, by)) or self._is_saved(array, event.t, by):
            return
        if on or up:
            not_down = verb(up, later("{names} was not down"), later("{names} were not down"))
            still = [said(not_down, names=names(up))] if up else []
            still += [t("{names} still gave power", names=names(on))] if on else []
            began = later("{array} began to flush at {time}, but {still}")
            asked_to = later("{array} was told to flush at {time}, but {still}")
            did = began if event.name == "array.flushing" else asked_to
            text = said(did, array=array.name, time=self.at(event.t), still=names(still))
            self.broken(event.t, array.name, text, asked, event)

    def _came_on_unheard(self, ups: str, array: Array, at_s: float, node: str) -> bool:
        """While it was off he asked first, who asks here once more; since it is on again he hears neither its
        card, whose last answer is stale by when it is said to be silent, nor that anybody runs there."""
        power, cards = self.room.power, self.room.cards
        fell, on_s, silent_s = power.fell.get(ups), power.on_since[ups], cards.silent_since_s(node, ups, at_s)
        polling = self.site.polling
        if fell is None or silent_s is None or on_s < silent_s - polling.stale_after_s(polling.on_line_s):
            return False
        words = [e for e in self.room.history.events if e.by == node and fell.t <= e.t <= at_s]
        asked = [e.t for e in words if e.subject == array.name and e.details.get("command") == "flush"]
        loads = {server.name for server in self.room.wiring.servers_on[ups]}
        words = [e for e in words if e.t >= on_s]
        heard = any(e.subject in loads and is_word(e) and e.name != "server.halted" for e in words)
        heard = heard or any(e.subject == ups and e.name == "card.answering" for e in words)
        return not heard and any(t < on_s for t in asked)

    def _is_lost(self, server: str, at_s: float, node: str) -> bool:
        """It has been declared so aloud, at its own limit; and whoever asks hears none of its cards, nor has
        heard it since they fell silent."""
        incident, cards = self.room.incident, self.room.cards
        began_s = ALWAYS if incident.since_s is None else incident.since_s
        if incident.alarm_of("H1", server, began_s) is None:
            return False
        silent = [cards.silent_since_s(node, ups, at_s) for ups in self.site.servers[server].upses]
        since_s = max((inf if t is None else t for t in silent), default=inf)
        heard = (e.t for e in self.room.history.events if (e.by, e.subject) == (node, server) and is_word(e))
        return since_s < inf and not any(since_s <= t <= at_s for t in heard)

    def _boots_unheard(self, server: str, at_s: float, node: str) -> bool:
        """Whoever did it: it is down by all that this node knows, and so it would be flushed without him."""
        history = self.room.history
        boots = [
            e for _, e in history.of("server.booting") if e.subject == server and e.is_fact and e.t <= at_s
        ]
        return bool(boots) and boots_unheard(history.events, self.site, node, boots[-1], at_s)

    def _is_saved(self, array: Array, at_s: float, node: str) -> bool:
        """While nobody uses it, and its mains are there, as far as who asks hears that on its feed (U16)."""
        if not saves_unused(self.room, array):
            return False
        cards, since_s = self.room.cards, self.room.power.mains_since
        away = [self.site.upses[ups] for ups in array.upses if since_s[ups] is None]
        feeds = {ups.feed for ups in away}
        out = [u.name for u in self.site.upses.values() if u.feed in feeds and since_s[u.name] is None]
        known = (u for u in out if not cards.never_heard(node, u, at_s))
        return not any(cards.silent_since_s(node, ups, at_s) is None for ups in known)

    def _cannot_wait(self, array: Array, at_s: float, node: str) -> bool:
        """Said aloud since the array began to start last, and true of the charge that the room tells.

        Lost again while it starts, it is asked to flush until it can be.
        """
        since_s = self.room.caches.on_since_s[array.name]
        if not self.room.incident.alarm_of("S18", array.name, since_s):
            return False
        if self.room.power.counts_down_below(array, at_s) or self._is_left_behind(array, since_s, at_s):
            return True
        born_s = self.room.cards.life_began_s(node, at_s)
        falls = [at for u in self.room.wiring.server_upses_of(array) for at in self._falls_at_s(u, born_s)]
        wait_s = max((falls_at for falls_at in falls if falls_at < float("inf")), default=at_s) - at_s
        need_s = max(0.0, wait_s) + self.site.linkage.flush_limit_s + timing.late_looks_s(self.site)
        return any(self._lasts_less(ups, need_s, at_s, node) for ups in array.upses)

    def _is_left_behind(self, array: Array, since_s: float, at_s: float) -> bool:
        """Whether the nodes may go, S5 says; for the battery of their disks they stay up yet, unless the
        cluster has stopped, or is not waited for, and somebody holds whom the array waits for; or it hangs at
        that."""
        incident = self.room.incident
        began_s = max(since_s, incident.since_s or since_s)
        told = incident.alarm_of("S5", self.site.cluster.name, began_s)
        if told is None:
            return False
        disks = told.details.get("upses", "") not in ("", *self.site.names_of_node_upses)
        goes = not self.site.cluster.stop_at_outage or self.room.machines.cluster == "stopped"
        goes = goes or incident.alarm_of("S18", self.site.cluster.name, began_s) is not None
        hangs = hangs_at_its_stop(self.room, began_s)
        return not disks or hangs or (goes and self._waits_for_a_hold(array, at_s))

    def _waits_for_a_hold(self, array: Array, at_s: float) -> bool:
        """What is off by then, or counts down, keeps nobody waiting, whoever holds it."""
        power, held = self.room.power, self.room.incident.held.keys()
        users = (s.name for s in self.site.users_of(array.name) if not s.upses)
        on = [u for u in self.room.wiring.server_upses_of(array) if power.output[u]]
        upses = [u for u in on if power.counting_down(u, at_s) is None]
        loads = (s.name for ups in upses for s in self.site.servers_on(ups))
        return not held.isdisjoint((*upses, *loads, *users))

    def _falls_at_s(self, ups: str, born_s: float) -> list[float]:
        """As it counts down; one that was told, and has not taken it, is waited for as it was told."""
        power = self.room.power
        if ups in power.armed:
            armed, falls_at_s = power.armed[ups]
            return [falls_at_s + max(0.0, born_s - armed.t)]
        told = power.told_off.get(ups)
        if told is None:
            return []
        in_s = told.details.get("falls_in_s")
        return [max(told.t, born_s) + in_s] if isinstance(in_s, int | float) else []

    def _lasts_less(self, ups: str, need_s: float, at_s: float, node: str) -> bool:
        if self.room.power.supply[ups] in ("low battery", "exhausted"):
            return True
        left_s = self.room.history.charges.runtime_s(ups, at_s)
        least_s = need_s + LATENCY_S
        return left_s is None or left_s < least_s or self._reckoned_s(ups, at_s, node) < least_s

    def _reckoned_s(self, ups: str, at_s: float, node: str) -> float:
        """Declared out, and silent for who asks: he takes it to drain since it was heard last, by the time
        that it told, or by the charge that it had with its mains (U2, U16). Infinity: he hears it."""
        silent_s, charges = self.room.cards.silent_since_s(node, ups, at_s), self.room.history.charges
        if silent_s is None or ups not in self.room.incident.confirmed:
            return inf
        last_s = silent_s - self.site.polling.stale_after_s(self.site.polling.on_battery_s)
        told_s = charges.runtime_s(ups, last_s)
        if told_s is None:
            full_s, charge_pct = self.site.upses[ups].runtime_s, charges.charge_pct(ups, last_s)
            told_s = (full_s or 0.0) * (100.0 if charge_pct is None else charge_pct) / 100.0
        return told_s - (at_s - last_s)

    def _still_up(self, array: Array, unseen: set[str], looked_s: float) -> list[str]:
        machines = self.room.machines
        return [
            s.name
            for s in self.room.wiring.users_of[array.name]
            if s.name not in self.room.wiring.nodes
            and machines.running(s)
            and not unseen.intersection(s.upses)
            and not (machines.os[s.name] == "booting" and machines.since[s.name] > looked_s)
        ]


class S32(Invariant):
    """Control arrays get no flush by the link function.

    `Flush(a) -> a not in A_K`. Judged at the request and, for one nobody is seen to ask for, when
    a control array begins to flush.
    """

    id = "S32"
    sentence = later("control arrays are never flushed")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent flush": self._look, "array.flushing": self._look}

    def _look(self, event: Event) -> None:
        array = self.site.arrays.get(event.subject)
        if array is None:
            return
        self.put_to_test += 1
        if array.role is ArrayRole.CONTROL and not any(b.subject == array.name for b in self.breaches):
            text = t(
                "{array} is a control array and was flushed at {time}",
                array=array.name,
                time=self.at(event.t),
            )
            self.broken(event.t, array.name, text, event)
