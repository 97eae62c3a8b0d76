"""L1: all that ran is up again when the run ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.scope import server_fails
from sequencer.site import Array, Server, ServerRole
from teiden.judge.invariants.invariant import TICK_S, Invariant, Look
from teiden.judge.invariants.stages import stages
from teiden.judge.invariants.waker import known_since_s
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.words import names, seconds
from teiden.language.say import later, t


class Returning(Invariant):
    """What L1 and L3 share: who must come back, and how long it may take."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.stages = stages(room.site, room.wiring)
        site = room.site
        self._linked = {s.name for s in site.linked_servers} | {a.name for a in site.linked_arrays}
        self._control_disks = {a.name for a in site.control_arrays}
        asked = ("request.accepted", "schedule.fired")
        if not room.site.start.auto and not any(room.history.tells(name) for name in asked):
            self.not_applicable = t("this site is started by hand")

    def owed(self) -> Iterator[str]:
        """Everything that ran when the run began, but nodes whose UPSes need a hand."""
        room = self.room
        for server in self.site.servers.values():
            by_hand = server.role is ServerRole.CONTROL and not self._returns_by_itself(server)
            if server.role is not ServerRole.POOL and server.name in room.machines.ran and not by_hand:
                yield server.name
        yield from (name for name in self.site.arrays if name in room.caches.ran)
        if room.machines.cluster_ran:
            yield self.site.cluster.name

    def to_be_up_since_s(self, name: str, t: float) -> float | None:
        """None: a schedule or a request has it down, it waits for its operator (R9-01), or somebody holds it.

        The linked side comes after the cluster (S6): while that does not run, and is to be off or is held,
        nobody is there to start anything; nor while it runs yet, and a word has begun to stop it: it may wait
        for others for long (S5), or for who is held, and starts nobody meanwhile. What only nodes have heard
        that are down now is held yet for the others (S27): a release is no fact of the room; and so is it for
        all where no journal has kept that, or the only one has lost it, and they say that they wait for it
        (C5). Nor do these
        know of the incident, or who ran (S28), also when they open another one over that; nor why a control
        disk is off, unless they miss their cluster. Nor is anybody there while every node is halted with
        power that came too late.
        """
        nodes = self.site.control_nodes
        if nodes and all(self._keeps_its_power(node) for node in nodes):
            return None
        since_s = self._of_itself_s(name, t)
        opened = self.room.incident.opened
        if name in self._control_disks:
            since_s = latest((since_s, *self._known_or_missed_s(t)))
        if since_s is not None and name in self._linked and opened is not None:
            told_s = self.room.heard.known_since_s(opened, t)
            since_s = None if told_s is None else max(since_s, told_s)
        if name in self._linked and name in self.site.servers:
            since_s = latest((since_s, *self._known_who_ran_s(name, t)))
        if name not in self._linked:
            return since_s
        if self.room.machines.cluster != "running":
            return latest((since_s, self._of_itself_s(self.site.cluster.name, t)))
        if opened is not None and (
            self._is_a_word(str(opened.details.get("cause", "")))
            or self._has_stopped_a_node(opened.t)
            or self._waits_for_a_hold()
        ):
            return latest((since_s, self.room.upward.since_s(self.site.cluster.name, t)))
        if since_s is None or not self.room.incident.released:  # the short way: so it is nearly always
            return since_s
        return max(since_s, self._begins_to_stop_s())

    def _begins_to_stop_s(self) -> float:
        """When the last of those was released for whom the stop of the control side has waited since it was
        wanted: it begins then, and starts nobody (S27). `ALWAYS`: it waited for nobody."""
        words = (word for node in self.site.control_nodes for word in self.room.wants.words[node.name])
        said_s = max((word.event.t for word in words if word.goal is Goal.DOWN), default=inf)
        return max((e.t for _, e in self._freed(said_s)), default=ALWAYS)

    def _freed(self, since_s: float) -> Iterator[tuple[str, Event]]:
        """Whoever of the control side has been released since then."""
        freed, ours = self.room.incident.released.items(), self._control_side()
        return ((name, e) for name, e in freed if name in ours and e.t >= since_s)

    def _control_side(self) -> set[str]:
        wiring = self.room.wiring
        return {self.site.cluster.name, *wiring.nodes, *wiring.node_upses}

    def _known_or_missed_s(self, t: float) -> Iterator[float | None]:
        """Since when somebody who is up knows why a control disk is off, or ought to miss it (ADR 0031): not
        where its cluster is held, as far as he knows (S27)."""
        if (up_s := self.room.machines.node_up_since) is None:
            return
        known_s, opened = known_since_s(self.room, up_s, t), self.room.incident.opened
        yield None if known_s == inf else known_s
        told_s = up_s if opened is None else self.room.heard.known_since_s(opened, t)
        if told_s is None or known_s < told_s:  # he misses it
            yield self._free_since_s(self.site.cluster.name, t)

    def _known_who_ran_s(self, name: str, t: float) -> Iterator[float | None]:
        """Since when anybody who is up knows of each incident in which it went, where another has opened one
        over that: who boots and knows of nothing takes those for his own that he finds up (S28)."""
        incident, heard = self.room.incident, self.room.heard
        for opened, over in incident.opened_over:
            closed = (e for e in incident.closings if e.t > over.t)
            ended = any(heard.can_know(e.by, opened, e.t) for e in closed)
            if self.room.machines.since[name] < over.t and not ended:
                yield heard.known_since_s(opened, t)

    def _waits_for_a_hold(self) -> bool:
        """A word that stops the control side in an outage waits for whoever is held and goes with it, or
        before it: a node, its power, the cluster (S27); a server that is to go down, and its power (S5). Who
        is down, or off, is waited for by nobody."""
        incident, wants, power = self.room.incident, self.room.wants, self.room.power
        waits, out = {self.site.cluster.name}, set(incident.confirmed)
        for server in self.site.servers.values():
            if wants.down(server.name) or server_fails(server, out):
                waits.update(ups for ups in server.upses if power.output[ups])
                if self.room.machines.os[server.name] != "halted":
                    waits.add(server.name)
        return not waits.isdisjoint(incident.held)

    def _is_a_word(self, cause: str) -> bool:
        """A schedule or a request has opened this incident to stop the control side."""
        return bool(cause) and cause != self.site.cluster.name and cause.split(", ")[0] not in self.site.upses

    def _has_stopped_a_node(self, opened_s: float) -> bool:
        """A word has, that came in this incident: whoever is held goes when he is released, and starts nobody
        till then, though a hand starts the cluster on him (S27). Where nobody was held all have to go. Or
        that had to wait for him with all."""
        its = ((node, word) for node in self.site.control_nodes for word in self.room.wants.words[node.name])
        down = [(node, w) for node, w in its if w.goal is Goal.DOWN and w.event.t >= opened_s]
        begun = self._was_held(opened_s) and any(word.begun for _, word in down)
        return begun or any(self._waited_for(node, word.event.t) for node, word in down)

    def _was_held(self, since_s: float) -> bool:
        """One of the control side, whoever is on it, since then."""
        return bool(self._control_side().intersection(self.room.incident.held) or any(self._freed(since_s)))

    def _waited_for(self, node: Server, since_s: float) -> bool:
        """Somebody held him since, and the cluster did not run: nobody was turned round for that (T7)."""
        incident, names = self.room.incident, (node.name, *node.upses, self.site.cluster.name)
        freed = (incident.released[name].t for name in names if name in incident.released)
        held = not incident.held.keys().isdisjoint(names) or any(t >= since_s for t in freed)
        return held and self.room.machines.cluster_since > since_s

    def _of_itself_s(self, name: str, t: float) -> float | None:
        since_s = self.room.upward.since_s(name, t)
        machines, incident = self.room.machines, self.room.incident
        if since_s is not None and name == self.site.cluster.name:
            since_s = None if machines.needs_operator else max(since_s, machines.operator_s)
        if not (incident.held or incident.released):  # the short way: so it is nearly always
            return since_s
        return latest([since_s, *(self._free_since_s(device, t) for device in self._needs(name))])

    def _free_since_s(self, device: str, t: float) -> float | None:
        """Since when nobody has held it, as far as anybody knows who is up; None: it is held."""
        incident = self.room.incident
        if device in incident.held:
            return None
        word = incident.released.get(device)
        if word is not None and self._is_forgotten(word, t):
            return None
        return ALWAYS if word is None else self.room.heard.known_since_s(word, t)

    def _is_forgotten(self, release: Event, t: float) -> bool:
        """No journal has kept it, or who has kept it alone has begun anew since without it; and a life that
        has begun since says that it is waited for (C5, A10)."""
        history, its = self.room.history, (release.by, release.subject)
        rows = [
            m.event for m in history.of("journal.committed", since_s=release.t - TICK_S) if m.event.t <= t
        ]
        held = (e for e in rows if e.t <= release.t + TICK_S and e.details["kind"] == "held")
        kept = next((e for e in held if (e.by, e.subject) == its), None)
        if kept is not None and not any(self._is_without(kept, e) for e in rows):
            return False
        waits = (m.event for m in history.of("step.waiting", since_s=release.t) if m.event.t <= t)
        its_own = (e for e in waits if e.subject == release.subject and e.details.get("rule") == "S27")
        return any(self.room.cards.life_began_s(e.by, e.t) > release.t for e in its_own)

    def _is_without(self, kept: Event, begun: Event) -> bool:
        """A lease in an incident before that of the row which he had kept; nobody else had heard of it."""
        if (begun.by, begun.details["kind"]) != (kept.by, "lease"):
            return False
        others, heard = (node for node in self.site.cluster.nodes if node != kept.by), self.room.heard
        known = any(heard.can_know(node, kept, begun.t) for node in others)
        return begun.details.get("epoch", 0) < kept.details.get("epoch", 0) and not known

    def _keeps_its_power(self, node: Server) -> bool:
        """Halted, and the fall of one UPS did not take its power.

        Another that was off came on, whose mains or whose card returned after it had been told to go, and
        nobody was left to tell that one (X-04).
        """
        power, told = self.room.power, self.room.machines.told.get(node.name)
        if told is None or self.room.machines.os[node.name] != "halted" or not power.fed(node):
            return False
        for ups in (self.site.upses[u] for u in node.upses if power.output[u] and u in power.fell):
            was_off, mains_s = power.fell[ups.name].t < told.t, power.on_since[ups.name] - ups.return_delay_s
            if was_off and max(mains_s, power.answering_since[ups.name] or ALWAYS) > told.t:
                return True
        return False

    def _needs(self, name: str) -> tuple[str, ...]:
        """The device, and what must not be held for it to come up."""
        server, array = self.site.servers.get(name), self.site.arrays.get(name)
        if array is not None:
            return tuple(self._with_power((name,)))
        if server is None:  # the cluster
            disks = self.site.control_arrays
            return (name, *(a.name for a in disks), *(ups for a in disks for ups in a.upses))
        return (name, *server.upses, *self._with_power(server.arrays), *self._beside(server))

    def _with_power(self, arrays: Iterable[str]) -> Iterator[str]:
        """These, and those of a lower rank, which start before them, with what they live on."""
        for name in arrays:
            for before in (name, *self._of_lower_rank(self.site.arrays[name])):
                yield from (before, *self.site.arrays[before].upses)

    def _of_lower_rank(self, array: Array) -> Iterator[str]:
        """Arrays of its own side that start before it; it waits for them even without mains (R9-26)."""
        for other in self.site.arrays.values():
            if other.role is array.role and self._rank(other) < self._rank(array):
                yield other.name

    def _rank(self, array: Array) -> int:
        return min(self.site.upses[u].warm_up_rank for u in array.upses)

    def _beside(self, server: Server) -> tuple[str, ...]:
        """What those need who get power with it, if it cannot come up without that (S8)."""
        output, touched = self.room.power.output, self._touched()
        kept: list[str] = []
        free = 0
        for ups in server.upses:
            disks = (a for s in self.room.wiring.servers_on[ups] for a in s.arrays)
            needs = touched.intersection(() if output[ups] else self._with_power(disks))
            kept += sorted(needs)
            free += not needs
        return tuple(kept) if free < server.minimum_supplies else ()

    def _touched(self) -> set[str]:
        """Whatever is or was held."""
        return {*self.room.incident.held, *self.room.incident.released}

    def _is_up(self, name: str) -> bool:
        machines = self.room.machines
        if name in self.site.servers:
            return machines.os[name] == "up"
        if name in self.site.arrays:
            fed = self.room.power.array_fed(self.site.arrays[name])
            return fed and self.room.caches.service[name] == "ready"
        return machines.cluster == "running"

    def _returns_by_itself(self, node: Server) -> bool:
        return all(self.site.upses[u].reboot_on_restore for u in node.upses)


def latest(since: Iterable[float | None]) -> float | None:
    """The last of them; None when one of them is not there at all."""
    latest_s = ALWAYS
    for since_s in since:
        if since_s is None:
            return None
        latest_s = max(latest_s, since_s)
    return latest_s


class L1(Returning):
    """All that ran and may start by itself is up again, and the incident is closed.

    `<>_{T0+B1} all up`, judged at the end of the run. T0: the last of the mains' return at any UPS, of a
    battery's charge for a full stop, of a system's crash, of the word that wants somebody up, of the
    operator's start of a cluster whose nodes went down one by one (R9-01), of the return of who knows of the
    incident. B1: the sum of all stages of the way up, each at its limit. When the run ends sooner than that
    with something still down, it says nothing; up is up, however soon. Not owed: pool servers, who is wanted
    down, as far as anybody knows who is up, or waits for its schedule, what is held or gets its power only
    with somebody who needs that (S8), what stopped by a hand of its own or died with its power on in no
    outage, and what is started by hand.
    """

    id = "L1"
    sentence = later("all that ran is up again, and the incident closed")

    def watches(self) -> Mapping[str, Look]:
        return {}

    def end(self, at_s: float) -> None:
        if self.not_applicable:
            return
        asked = ((name, self.to_be_up_since_s(name, at_s)) for name in self.owed() if not self._is_up(name))
        since = {name: since_s for name, since_s in asked if since_s is not None}
        to_close_s = self._to_close_since_s(at_s)
        wanted_s = max(since.values(), default=to_close_s)
        if wanted_s is None:
            self.put_to_test += 1
            return
        healthy_s = self._healthy_since_s(at_s, wanted_s)
        if healthy_s is None:
            self.not_applicable = t("the mains or the charge were not back when the run ended")
        elif at_s - healthy_s < self.stages.all_s:
            self.not_applicable = t(
                "the run ended {time} after mains and charge were back; the way up may take {limit}",
                time=seconds(at_s - healthy_s),
                limit=seconds(self.stages.all_s),
            )
        else:
            self.put_to_test += 1
            late = seconds(at_s - healthy_s)
            if since:
                whom = names(since)
                text = t("{names} not up {time} after mains and charge were back", names=whom, time=late)
            else:
                text = t("the incident was still open {time} after mains and charge were back", time=late)
            opened = self.room.incident.opened if to_close_s is not None else None
            self.broken(at_s, next(iter(since), self.site.name), text, opened)

    def _to_close_since_s(self, at_s: float) -> float | None:
        """None while the control side is to be off, or somebody holds what the incident waits for; or while
        nobody who is up knows of it (S28): who does may be down as wanted."""
        incident = self.room.incident
        devices = (*incident.held, *incident.released)
        held = any(self._free_since_s(device, at_s) is None for device in devices)
        if incident.opened is None or held or self.to_be_up_since_s(self.site.cluster.name, at_s) is None:
            return None
        return self.room.heard.known_since_s(incident.opened, at_s)

    def _healthy_since_s(self, at_s: float, wanted_s: float) -> float | None:
        """T0, or None: not healthy yet."""
        machines = self.room.machines
        latest_s = max(self.room.history.start_s, machines.crashed_s, machines.operator_s, wanted_s)
        for ups, since_s in self.room.power.mains_since.items():
            open_s = self.room.gate.open_since_s(ups, at_s) if since_s is not None else None
            if since_s is None or open_s is None:
                return None
            latest_s = max(latest_s, since_s, open_s)
        return latest_s
