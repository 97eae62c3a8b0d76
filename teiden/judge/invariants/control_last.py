"""S5, S26: the control side goes last, and gets the time it was promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.site import Array, Server, ServerRole
from sequencer.timing import silent_look_s
from teiden.judge.invariants.falling import goes_with_its_node
from teiden.judge.invariants.invariant import LATENCY_S, Invariant, Look
from teiden.judge.ledger.floors import ends, ends_as_heard, takes_its_power
from teiden.judge.ledger.hanging import hangs
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.ledger.want import Want
from teiden.judge.unheard import boots_unheard, unheard
from teiden.judge.words import names, seconds
from teiden.language.retell import retold
from teiden.language.say import later, t

OUTPUTS = ("ups.output_on", "ups.output_off", "ups.on_line", "ups.on_battery")
SERVES = ("array.starting", "array.ready", "array.flushing", "array.flushed")
"""Words of a node that say that it has its power."""


def _counts_s(want: Want) -> float:
    return want.at_s


class S5(Invariant):
    """Control goes last: it does not stop while a linked unit in scope is unsettled.

    `Off(u_K) or ClStop -> forall a,h in scope: settled or floor(K)`. In scope: an array whose
    controllers or enclosures have no UPS left that is not confirmed out, with all its users but who has
    begun to run since that array went; a linked server that has fewer UPSes left than it needs. A unit
    whose mains are back is out of scope: it was turned round; and so it is yet where they have gone once more
    within the last look of who tells this (P3). Settled: the array has no power, the
    servers' systems are down; or, failing that, an alarm gave the server up, or the array's UPS since it
    was first told to go off, or said that this is left on for a journal that is broken (S30), or that it
    was not seen off, where a hand switched it on before any poll, or its card has been silent since. Floor:
    one control UPS on battery whose runtime, falling second by second since its last `ups.charge`, covers
    only the control side's own stop (`timing.control_floor_s`), or that is low or empty; or that was heard on
    it last by who goes, in the life of his service, and has drained since by all that he hears (U2). The OFF
    of one node's UPS is no control stop while another node stays up. Nor is an OFF when somebody else shuts
    the nodes down, the last of them now (R2-08): nobody is left to wait for anybody, and with their power on
    they would not come back (L3). Nor one that is told to a UPS whose output is off, nor by a node that has
    booted since its disk counts down, to the UPS that feeds it alone, if that comes back by itself: they go
    until the disk has fallen, which waits for nobody (C12, S2). Nor is a server waited for whom a hand has
    booted, or switched on with its UPS, when who tells it has heard neither him nor that card since: by all
    that he knows it is off, as it was told; nor so an array that was off. Nor is an OFF that is only told
    anew to a UPS of nodes that are all on their way down since it was told first: that one was judged, and
    nobody is left to wait (U5). Told once per incident.

    By schedule or request (R10-45): in scope are the linked servers that are wanted down, as far as who tells
    it can know, and have not been down since, and the arrays whose users, as far as he can know that, are all
    off for long enough; no floor while there are mains. Where it is one word, the breach shows it.
    """

    id = "S5"
    sentence = later("the control side stops last, while its battery allows it")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._told_for: float | None = None

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent stop": self._stop, "command.sent off": self._off}

    def _stop(self, event: Event) -> None:
        if event.subject == self.site.cluster.name:
            self._judge(event, t("was told to stop"))

    def _off(self, event: Event) -> None:
        wiring = self.room.wiring
        if event.subject not in wiring.control_upses or not self.room.power.output[event.subject]:
            return
        if self._somebody_else_stops_them() or goes_with_its_node(self.room, event):
            return
        if event.subject in wiring.control_array_upses or not self._another_node_stays(event):
            self._judge(event, t("was told to go off"))

    def _judge(self, event: Event, what: str) -> None:
        incident, causes = self.room.incident, self.room.causes
        if incident.began_s is not None and incident.began_s == self._told_for:
            return
        if not incident.confirmed and not causes.wanted(event.subject):
            return  # S9's
        self.put_to_test += 1
        failing, planned = list(self._unsettled(event)), dict(self._unsettled_by_plan(event))
        unsettled = list(dict.fromkeys((*failing, *planned)))
        if unsettled and not (self._at_floor(event) or self._is_told_anew(event)):
            words = {word.t: word for word in planned.values()} if not failing else {}
            self._told_for = incident.began_s
            text = t(
                "{name} {did} at {time} while {others}",
                name=event.subject,
                did=what,
                time=self.at(event.t),
                others=names(unsettled),
            )
            self.broken(event.t, event.subject, text, *(words.values() if len(words) == 1 else ()), event)

    def _unsettled(self, told: Event) -> Iterator[str]:
        since = self.room.power.mains_since
        away = {ups for ups in self.room.incident.confirmed if since.get(ups, 0.0) is None}
        out = {ups for ups in away if not self._went_as_he_looked(ups, told)}
        failing = {
            a.name: a
            for a in self.room.wiring.linked_arrays
            if out.issuperset(a.controllers) or out.issuperset(a.enclosures)
        }
        yield from (words for array in failing.values() if (words := self._still_on(array, told)))
        for server in self.site.linked_servers:
            left = sum(ups not in out for ups in server.upses)
            lasts = left >= server.minimum_supplies
            if lasts and not any(a in failing and self._since_before(a, server) for a in server.arrays):
                continue
            if self.room.machines.running(server) and self._is_waited_for(server, told):
                state = retold(self.room.machines.os[server.name])
                yield t("{name} was {state}", name=server.name, state=state)

    def _went_as_he_looked(self, ups: str, told: Event) -> bool:
        """Its mains were back for good, and went once more within his last look round, as long as a silent
        card may draw that out; he has not seen that (P3, N1)."""
        power, start = self.room.power, self.site.start
        lost_s, back_s = power.mains_lost_s.get(ups), power.mains_before_s.get(ups, told.t)
        if lost_s is None or told.t - lost_s >= silent_look_s(self.site) + LATENCY_S:
            return False
        seen = ((e.by, e.subject, e.name) for e in self.room.history.events if lost_s <= e.t <= told.t)
        return lost_s - back_s >= start.mains_stable_s and (told.by, ups, "ups.on_battery") not in seen

    def _is_waited_for(self, server: Server, told: Event) -> bool:
        """It was not given up aloud."""
        given_up = self.room.incident.alarm((server.name,), None)
        return not given_up and not self._is_unheard(server, told)

    def _is_unheard(self, server: Server, told: Event) -> bool:
        """It runs since a hand has pressed the button of its UPS, and who tells it hears neither (O1, N5); or
        since it was booted, whoever did it, when that one had seen it down (H6)."""
        runs_s, history = self.room.machines.since[server.name], self.room.history
        boots = [event for _, event in history.of("server.booting") if event.subject == server.name]
        if boots and boots_unheard(history.events, self.site, told.by, boots[-1], told.t):
            return True
        pressed = (
            event
            for _, event in history.of("ups.output_on")
            if event.subject in server.upses and event.details.get("cause") == "button" and event.t <= runs_s
        )
        return any(
            unheard(history.events, self.site, told.by, event.subject, event.t, told.t) for event in pressed
        )

    def _since_before(self, array: str, server: Server) -> bool:
        """It is as it was when that array went, or that is still there."""
        caches = self.room.caches
        return caches.service[array] != "off" or self.room.machines.since[server.name] <= caches.since[array]

    def _unsettled_by_plan(self, event: Event) -> Iterator[tuple[str, Event]]:
        """And the word by which it is wanted down."""
        room = self.room
        clock_s = room.wants.clock_s(event.t, event.by)
        known = {s.name: want for s in self.site.linked_servers if (want := self._known(event, s.name))}
        down = {name: want for name, want in known.items() if want.goal is Goal.DOWN}
        for array in room.wiring.linked_arrays:
            users = room.nights.users[array.name]
            sleeps = room.nights.is_to_sleep(array, clock_s) and down.keys() >= set(users)
            if sleeps and (words := self._still_on(array, event)):
                yield words, max((down[name] for name in users), key=_counts_s).event
        for name, want in down.items():
            server = self.site.servers[name]
            if not want.reached and room.machines.running(server) and self._is_waited_for(server, event):
                yield t("{name} was {state}", name=name, state=retold(room.machines.os[name])), want.event

    def _known(self, told: Event, server: str) -> Want | None:
        """The last word about it that who tells this can know."""
        heard = self.room.heard
        return self.room.wants.known(server, lambda word: heard.can_know(told.by, word, told.t))

    def _still_on(self, array: Array, told: Event) -> str:
        if not self.room.power.array_fed(array) or self.room.caches.service[array.name] == "off":
            return ""
        if any(self._given_up(ups) for ups in array.upses):
            return ""
        if self._flushes(array):
            return t("{name} was still flushing", name=array.name)
        if any(self._pressed_unheard(array, ups, told) for ups in array.upses):
            return ""
        return t("{name} was still on", name=array.name)

    def _pressed_unheard(self, array: Array, ups: str, told: Event) -> bool:
        """It was off by what who tells this has seen of its card last; a hand has switched it on since, and
        he has heard neither (O1, N3)."""
        history = self.room.history
        ons = [e for _, e in history.of("ups.output_on") if e.subject == ups and e.is_fact and e.t <= told.t]
        if not ons or ons[-1].details.get("cause") != "button":
            return False
        on, events, by = ons[-1], history.events, (told.by, ups)
        seen = [e for e in events if (e.by, e.subject) == by and e.name in OUTPUTS and e.t < on.t]
        words = (e for e in events if e.by == told.by and e.subject == array.name and on.t <= e.t <= told.t)
        if not seen or seen[-1].name != "ups.output_off" or any(e.name in SERVES for e in words):
            return False
        return unheard(events, self.site, told.by, ups, on.t, told.t)

    def _given_up(self, ups: str) -> bool:
        """It was told to go off, and then an alarm said that it does not, or that nobody can see it.

        Told again in vain it is given up still: of this stop the first OFF counts, and the alarm after that.
        Or an alarm said that it is left on: with a broken journal nobody may tell it (S30). Or that it was
        not seen off, of the OFF which it took last: a hand was quicker than any poll (O1); or since its card
        fell silent, which it is yet: though its output came anew, nobody can tell it (U2).
        """
        incident, power = self.room.incident, self.room.power
        taken = power.taken.get(ups)
        began_s = incident.since_s
        since_s = ALWAYS if began_s is None else began_s
        if incident.alarm_of("S30", ups, since_s) is not None:
            return True
        if taken is not None and incident.alarm_of("S3", ups, max(taken[0].t, since_s)) is not None:
            return True
        silent_s = power.silent_since[ups] if power.answering_since[ups] is None else None
        if silent_s is not None and incident.alarm_of("S3", ups, max(silent_s, since_s)) is not None:
            return True
        told = power.offs_sent.get(ups, ())
        first = next((e for e in told if began_s is None or e.t >= began_s), told[-1] if told else None)
        return first is not None and self.room.incident.alarm((ups,), first.t) is not None

    def _flushes(self, array: Array) -> bool:
        return self.room.caches.flush[array.name].pending

    def _at_floor(self, told: Event) -> bool:
        room, upses = self.room, self.room.wiring.control_upses
        ending = any(ends(room, name, told.t) for name in upses)
        return ending or any(ends_as_heard(room, told.by, name, told.t) for name in upses)

    def _another_node_stays(self, event: Event) -> bool:
        power, machines = self.room.power, self.room.machines
        return any(
            machines.os[node.name] == "up"
            and event.subject not in node.upses
            and power.fed(node)
            and not any(power.counting_down(ups, event.t) for ups in node.upses)
            for node in self.site.control_nodes
        )

    def _is_told_anew(self, event: Event) -> bool:
        """In the same stop: every node that runs was on its way down when it was told first."""
        machines, told = self.room.machines, self.room.power.offs_sent.get(event.subject)
        if not told or told[0].t >= event.t:
            return False
        going = [node.name for node in self.site.control_nodes if machines.running(node)]
        if not going or any(machines.os[node] != "shutting down" for node in going):
            return False
        begun_s = max(machines.since[node] for node in going)
        return any(begun_s <= e.t < event.t for e in told)

    def _somebody_else_stops_them(self) -> bool:
        """No node is up or boots, and of those that shut down now we have not told the last to begin: who
        went alone before that, while another stayed, was no control stop."""
        machines = self.room.machines
        states = {node.name: machines.os[node.name] for node in self.site.control_nodes}
        going = {name: machines.since[name] for name, state in states.items() if state == "shutting down"}
        if not going or {"up", "booting"}.intersection(states.values()):
            return False
        last = [name for name, since_s in going.items() if since_s == max(going.values())]
        return machines.told.keys().isdisjoint(last)


class S26(Invariant):
    """The systems of the cluster are forced only after the cluster's limit, never before.

    `Force(k) -> elapsed(ClStop) >= T_cluster`. Counted from the last stop or restart that the cluster took;
    from when it began to stop, where that was before: its manager may have been told by somebody else. Of one
    that takes none, from the first that was sent to it since it ran. A node's system counts only while the
    cluster is still stopping: once that has stopped, where it goes on elsewhere, or where the node hung on
    its way down before, the node's own limit rules; so it does where the node's power counted down by then,
    which no stop calls back, or its battery ends, or that of a disk of its lasts for its OFF only (S18), or
    its own, where an alarm about the cluster says that. And while it runs on this node alone, unless that
    hangs on its way down or loses its power. One that is down already loses nothing by a force, nor does one
    in its boot, which the cluster has not joined yet (H9). Told once per stop.
    """

    id = "S26"
    sentence = later("the cluster's systems are forced only after its limit")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._told_for: set[float] = set()

    def watches(self) -> Mapping[str, Look]:
        return {
            "command.sent force": self._force,
            "cluster.forced": self._force,
            "server.forced": self._force,
        }

    def _force(self, event: Event) -> None:
        machines = self.room.machines
        server = self.site.servers.get(event.subject)
        if server is not None and not self._ends_the_cluster(server, event.t):
            return
        stop = self._stop()
        self.put_to_test += 1
        limit_s = self.site.cluster.shutdown_limit_s
        waited_s = 0.0 if stop is None else event.t - stop.t
        which = machines.cluster_since if stop is None else stop.t
        if waited_s >= limit_s - LATENCY_S or which in self._told_for:
            return
        self._told_for.add(which)
        waited = t("{time} after its stop", time=seconds(waited_s))
        if stop is None:
            waited = t("with no stop before")
        text = t(
            "{name} was forced at {time}, {waited}; its limit is {limit}",
            name=event.subject,
            time=self.at(event.t),
            waited=waited,
            limit=seconds(limit_s),
        )
        self.broken(event.t, event.subject, text, stop, event)

    def _ends_the_cluster(self, server: Server, at_s: float) -> bool:
        """It stops, or the last node of it that runs is forced in the midst of its work."""
        machines, power = self.room.machines, self.room.power
        if machines.os[server.name] in ("halted", "booting"):
            return False
        hung = hangs(self.room, server, at_s)
        if machines.cluster != "running":
            before = hung and machines.since[server.name] < machines.cluster_since
            before = before or self._counted_down_before(server, machines.cluster_since, at_s)
            before = before or takes_its_power(self.room, server, at_s)
            return server.role is ServerRole.CONTROL and machines.cluster == "stopping" and not before
        running = [node for node in self.site.control_nodes if machines.running(node)]
        goes_anyway = hung or power.counts_down_under(server, at_s)
        return running == [server] and not goes_anyway

    def _counted_down_before(self, server: Server, since_s: float, at_s: float) -> bool:
        power = self.room.power
        armed = (power.counting_down(ups, at_s) for ups in server.upses)
        begun = any(event is not None and event.t < since_s for event in armed)
        return begun and power.counts_down_under(server, at_s)

    def _stop(self) -> Event | None:
        """From which its limit counts."""
        machines = self.room.machines
        begun, asked = machines.cluster_stopping, machines.cluster_asked
        if begun is not None and (asked is None or begun.t < asked.t):
            return begun
        return asked or machines.cluster_tried
