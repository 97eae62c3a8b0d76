"""S6, S7, S8: in which order the way up goes, and what each start waits for."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from sequencer.events import Event
from sequencer.site import Array, ArrayRole, Server, ServerRole
from teiden.judge.invariants.invariant import TICK_S, Invariant, Look
from teiden.judge.ledger.room import Room
from teiden.judge.words import names, seconds, verb
from teiden.language.retell import retold
from teiden.language.say import later, said, t


class S6(Invariant):
    """The way up goes node, control array, cluster, linked array, server; enclosures before controllers.

    `On(x) -> forall y before x: @-up(y)`. Judged on commands. A control array's UPS: some node is up, and
    every control array UPS of a lower warm-up rank gives power, mains or not (R9-26), or its disk is
    ready by another's cable (U19). The cluster's start or restart: every control array is ready. A linked
    array's UPS, and a linked server's UPS or wake: the cluster runs. Controllers: all the array's
    enclosures have power. That a server's arrays are ready is S8.
    """

    id = "S6"
    sentence = later("the way up goes control nodes, control arrays, cluster, linked arrays, servers")

    def watches(self) -> Mapping[str, Look]:
        return {
            "command.sent on": self._on,
            "command.sent start": self._cluster,
            "command.sent restart": self._cluster,
            "command.sent wake": self._wake,
        }

    def _on(self, event: Event) -> None:
        wiring, ups = self.room.wiring, event.subject
        missing = []
        if ups in wiring.control_array_upses:
            missing += self._before_control_array(ups)
        if ups in wiring.linked_array_upses or ups in wiring.server_upses:
            missing += self._before_linked()
        for array in wiring.arrays_on[ups]:
            missing += self._before_controllers(array, ups)
        self._judge(event, later("{name} was switched on at {time}, but {missing}"), missing)

    def _cluster(self, event: Event) -> None:
        if event.subject != self.site.cluster.name:
            return
        service = self.room.caches.service
        missing = [
            t("{name} was not ready", name=a.name)
            for a in self.room.wiring.control_arrays
            if service[a.name] != "ready"
        ]
        self._judge(event, later("{name} was started at {time}, but {missing}"), missing)

    def _wake(self, event: Event) -> None:
        server = self.site.servers.get(event.subject)
        if server is not None and server.role is ServerRole.LINKED:
            self._judge(event, later("{name} was woken at {time}, but {missing}"), self._before_linked())

    def _judge(self, event: Event, what: str, missing: list[str]) -> None:
        self.put_to_test += 1
        if missing:
            text = said(what, name=event.subject, time=self.at(event.t), missing=names(missing))
            self.broken(event.t, event.subject, text, event)

    def _before_control_array(self, ups: str) -> list[str]:
        upses, on = self.site.upses, self.room.power.output
        missing = [] if self.room.machines.node_up_since is not None else [t("no control node was up")]
        lower = [
            other
            for other in self.room.wiring.control_array_upses
            if upses[other].warm_up_rank < upses[ups].warm_up_rank and not on[other]
            if not self._is_ready_otherwise(other)
        ]
        if lower:
            one = later("{names} of a lower warm-up rank was off")
            many = later("{names} of a lower warm-up rank were off")
            missing.append(said(verb(lower, one, many), names=names(sorted(lower))))
        return missing

    def _is_ready_otherwise(self, ups: str) -> bool:
        """Its disks have become ready since it went off, and no UPS of theirs is on: mixed cables (U19)."""
        caches, power = self.room.caches, self.room.power
        fell_s = power.fell[ups].t if ups in power.fell else inf
        disks = [a for a in self.room.wiring.arrays_on[ups] if a.role is ArrayRole.CONTROL]
        ready = (caches.service[a.name] == "ready" and caches.since[a.name] > fell_s for a in disks)
        return all(ready) and not any(map(power.array_fed, disks))

    def _before_linked(self) -> list[str]:
        state = self.room.machines.cluster
        if state == "running":
            return []
        return [t("{name} was {state}", name=self.site.cluster.name, state=retold(state))]

    def _before_controllers(self, array: Array, ups: str) -> list[str]:
        if ups in array.enclosures:
            return []
        off = [u for u in array.enclosures if not self.room.power.output[u]]
        if not off:
            return []
        return [t("the enclosures of {array} on {upses} were off", array=array.name, upses=names(off))]


class S7(Invariant):
    """A linked array is started when the mains of all its UPSes are stable; lower warm-up rank first.

    `On(u in feeds(a)) -> forall v in feeds(a): mains(v)|T_stable`. The rank holds strictly within an
    array. Between arrays a UPS of a lower rank does not hold up the others while its own array wants for
    mains or charge.
    """

    id = "S7"
    sentence = later("a linked array starts only when all its UPSes have stable mains, by rank")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent on": self._on}

    def _on(self, event: Event) -> None:
        arrays = [a for a in self.room.wiring.arrays_on[event.subject] if a.role is ArrayRole.LINKED]
        if not arrays:
            return
        self.put_to_test += 1
        stable_s = self.site.start.mains_stable_s
        missing = []
        for ups in dict.fromkeys(u for a in arrays for u in a.upses):
            since_s = self.room.power.mains_since[ups]
            if since_s is None:
                missing.append(t("{ups} had no mains", ups=ups))
            elif event.t - since_s < stable_s - TICK_S:
                had, need = seconds(event.t - since_s), seconds(stable_s)
                missing.append(t("{ups} had mains for {time} only, not {need}", ups=ups, time=had, need=need))
        for ups in self._lower_ranks(event, arrays):
            missing.append(t("{names} of a lower warm-up rank was off", names=ups))
        if missing:
            text = t(
                "{name} was switched on at {time}, but {missing}",
                name=event.subject,
                time=self.at(event.t),
                missing=names(missing),
            )
            self.broken(event.t, event.subject, text, event)

    def _lower_ranks(self, event: Event, arrays: list[Array]) -> list[str]:
        rank = self.site.upses[event.subject].warm_up_rank
        own = {u for a in arrays for u in a.upses}
        return [
            ups
            for ups in sorted(self.room.wiring.linked_array_upses)
            if self.site.upses[ups].warm_up_rank < rank
            and not self.room.power.output[ups]
            and (ups in own or self._could_be_on(ups, event.t))
        ]

    def _could_be_on(self, ups: str, at_s: float) -> bool:
        """Nothing that is wanting for its arrays keeps it off: all their UPSes have mains, and charge."""
        stable_s = self.site.start.mains_stable_s
        for other in {u for a in self.room.wiring.arrays_on[ups] for u in a.upses}:
            since_s = self.room.power.mains_since[other]
            if since_s is None or at_s - since_s < stable_s or self.room.gate.allows(other, at_s) is False:
                return False
        return True


class S8(Invariant):
    """No linked server starts before every array it uses has been ready for the hold time.

    `start(h) -> forall a in uses(h): ready(a)|T_hold`. Judged when its UPS is switched on or it is woken,
    and when it boots, whoever made it boot (AC-Link of a UPS that came back by itself, a hand on its
    button). Not when a UPS comes back by itself for its battery was empty: nothing keeps such a one off,
    told to stay off or not, for that OFF never fell; and that it was empty is S18's and L2's matter. Nor
    when it boots because it was told to restart, for an array that went since: nobody calls that back. One
    report per start.
    """

    id = "S8"
    sentence = later("no linked server starts before its arrays have been ready for the hold time")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._told: set[str] = set()
        self._by_itself: dict[str, float] = {}
        """UPSes that were empty, and when they came back."""
        self._had: dict[str, list[str]] = {}
        """By server that was told to restart: its arrays that were ready then."""

    def watches(self) -> Mapping[str, Look]:
        return {
            "command.sent on": self._on,
            "command.sent restart": self._restarts,
            "command.sent wake": self._start,
            "server.booting": self._start,
            "ups.output_on": self._comes_back,
        }

    def _comes_back(self, event: Event) -> None:
        power, name = self.room.power, event.subject
        fell = power.fell.get(name)
        empty = fell is not None and power.cause(fell) == "exhausted"
        if empty and event.details.get("cause") == "return":
            self._by_itself[name] = event.t
        for server in self.room.wiring.servers_on[name]:  # with its power it boots, and not as it was told
            self._had.pop(server.name, None)

    def _on(self, event: Event) -> None:
        for server in self.room.wiring.servers_on[event.subject]:
            if not self.room.machines.running(server):
                self._judge(event, server, later("{name} was switched on at {time}, but {missing}"))

    def _start(self, event: Event) -> None:
        server = self.site.servers.get(event.subject)
        if server is None:
            return
        told = server.name in self._told
        if event.name == "server.booting":
            self._told.discard(server.name)
        if not told and all(self._by_itself.get(u) != event.t for u in server.upses):
            booted = later("{name} booted at {time}, but {missing}")
            woken = later("{name} was woken at {time}, but {missing}")
            self._judge(event, server, booted if event.name == "server.booting" else woken)

    def _judge(self, event: Event, server: Server, what: str) -> None:
        if server.role is not ServerRole.LINKED:
            return
        self.put_to_test += 1
        had = self._had.pop(server.name, ()) if event.name == "server.booting" else ()
        missing = [w for a in server.arrays if a not in had and (w := self._not_held(a, event.t))]
        if missing:
            if event.name != "server.booting":
                self._told.add(server.name)
            text = said(what, name=event.subject, time=self.at(event.t), missing=names(missing))
            self.broken(event.t, server.name, text, event)

    def _restarts(self, event: Event) -> None:
        server = self.site.servers.get(event.subject)
        if server is not None:
            self._had[server.name] = [a for a in server.arrays if not self._not_held(a, event.t)]

    def _not_held(self, array: str, at_s: float) -> str:
        since_s, hold_s = self.room.caches.ready_since(array), self.site.start.ready_hold_s
        if since_s is None:
            return t("{name} was {state}", name=array, state=retold(self.room.caches.service[array]))
        if at_s - since_s < hold_s - TICK_S:
            had, need = seconds(at_s - since_s), seconds(hold_s)
            return t("{name} had been ready for {time} only, not {need}", name=array, time=had, need=need)
        return ""
