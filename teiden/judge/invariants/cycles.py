"""L10, L8: nothing swings to and fro, and no incident ends before the cluster has its disks."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import inf

from sequencer.events import Event, Source
from sequencer.requests import Wish
from sequencer.scope import array_fails
from sequencer.site import Array, ArrayRole, ServerRole
from teiden.judge.invariants.invariant import LATENCY_S, Invariant, Look
from teiden.judge.ledger.power import FOR_GOOD
from teiden.judge.ledger.room import Room
from teiden.judge.words import names
from teiden.language.retell import retold
from teiden.language.say import later, t


class L10(Invariant):
    """No oscillation: a server goes down, a UPS goes off, no more often than somebody has a cause for it.

    `cycles(x) <= outages + firings + requests`. Counted: a server's stop that we told it, a fall of output
    by command. Outages: losses of mains that were confirmed, or that came while one was declared, or by
    which a battery has ended, and tests of a battery that look just so (P12); several within `mains_stable`
    are one; and a cluster that did not run when an incident was opened to bring it back. A control node also
    restarts once with its cluster in each of them, with one that does not run where no incident is open, and
    with one that hangs in a reboot by its manager, who has asked for that; S9 asks whether that may be (C10).
    Each start by somebody's hand is a cause more, of the device itself and of what its power starts:
    whoever is booted in mid-outage goes down again (H6, O1). By hand: the button of a UPS, as the room
    tells it, or its return by itself though it is to stay off yet (U15); a boot that no wake, no
    restart and no power that has just come on explains. So is a boot of one that is wanted down, with the
    power that another on its UPS gets: the two are told to go up and down apart (H7).
    An OFF that none of ours has told is a cause of its UPS, of what runs on it, and of who uses linked disks
    on it (C12). So is a boot of a control node onto disks that count down, of itself and of its UPSes: it
    comes back when these have fallen (U8, S2). So is an OFF of a control disk that its card took only when
    it answered again, of the nodes and their UPSes: they had gone for it in vain (U2); and in each outage
    the first that its card took, and did not carry out (U5). So is the release, in an incident, of a node
    that somebody held, of the other nodes and their UPSes: while it stayed up they had gone for their disk
    in vain (S27). So is the fall of a control disk's power, in an incident, that
    neither an OFF nor its battery's end explains, of its nodes: their cluster restarts with it anew (S31).
    Told once per device.
    """

    id = "L10"
    sentence = later("nothing goes down more often than it has a cause")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._cycles: defaultdict[str, int] = defaultdict(int)
        self._told: set[str] = set()
        self._outages: list[float] = []
        """When the mains were lost, in order."""
        self._battery_s: dict[str, float] = {}
        """By UPS: since when it lives on its battery, or did last."""
        self._by_hand: Counter[str] = Counter()
        """Starts that nobody of ours has caused."""
        self._woken: set[str] = set()
        self._held: set[str] = set()
        self._powered_s: dict[str, float] = {}
        self._rebooted_s = -inf
        """When its manager told last that it reboots the cluster, as long as we have not restarted it."""

    def watches(self) -> Mapping[str, Look]:
        return {
            "server.shutting_down": self._stops,
            "ups.output_off": self._falls,
            "outage.confirmed": self._confirmed,
            "journal.committed confirmed": self._confirmed,
            "mains.lost": self._lost_again,
            "ups.on_battery": self._on_battery,
            "ups.output_on": self._goes_on,
            "command.sent wake": self._wakes,
            "command.sent restart": self._restarts_what_stands,
            "request.accepted": self._accepted,
            "server.booting": self._boots,
            "incident.opened": self._opened,
            "hold.set": self._hold,
            "hold.released": self._release,
        }

    def _hold(self, event: Event) -> None:
        self._held.add(event.subject)

    def _release(self, event: Event) -> None:
        """Each node may tell of it."""
        if event.subject in self._held & self.room.wiring.nodes and self.room.incident.began_s is not None:
            held = self.site.servers[event.subject]
            for node in self.site.control_nodes:
                if node is not held:
                    self._by_hand.update((node.name, *(ups for ups in node.upses if ups not in held.upses)))
        self._held.discard(event.subject)

    def _by_others(self, name: str) -> int:
        """OFFs of another that take this device, or the linked disks of this server."""
        if (server := self.site.servers.get(name)) is None:
            return self.room.power.others[name]
        disks = [a for a in map(self.site.arrays.__getitem__, server.arrays) if a.role is ArrayRole.LINKED]
        return sum(
            self.room.power.others[ups] for ups in {*server.upses, *(u for disk in disks for u in disk.upses)}
        )

    def _goes_on(self, event: Event) -> None:
        """By hand; or by itself, told to stay off, whatever took its power in the end (P13, U15): while that
        is wanted yet, for then all goes down again."""
        self._powered_s[event.subject] = event.t
        room = self.room
        told = room.power.told_off.get(event.subject)
        to_stay = told is not None and told.details.get("how") in FOR_GOOD
        to_stay = to_stay and (room.incident.began_s is not None or room.causes.wanted(event.subject))
        unasked = event.details.get("cause") == "return" and to_stay
        if unasked or event.details.get("cause") == "button":
            loads = self.room.wiring.servers_on[event.subject]
            self._by_hand.update((event.subject, *(server.name for server in loads)))

    def _wakes(self, event: Event) -> None:
        self._woken.add(event.subject)

    def _boots(self, event: Event) -> None:
        if event.source is not Source.FACT:
            return
        server = self.site.servers[event.subject]
        ours = server.name in self._woken or self._restarts(server.name)
        self._woken.discard(server.name)
        powered = [u for u in server.upses if self._powered_s.get(u) == event.t]
        if not ours and (not powered or self._with_another(server.name, powered)):
            self._by_hand[server.name] += 1

    def _with_another(self, name: str, powered: list[str]) -> bool:
        """It is wanted down, and its power was switched on for one who is not."""
        wants, servers = self.room.wants, (s for u in powered for s in self.room.wiring.servers_on[u])
        others = (s.name for s in servers if s.role is not ServerRole.POOL)
        return wants.down(name) and not all(wants.down(other) for other in others)

    def _restarts(self, server: str) -> bool:
        told = self.room.machines.told.get(server)
        return told is not None and told.details.get("command") == "restart"

    def _confirmed(self, event: Event) -> None:
        lost_s = self.room.power.mains_lost_s.get(event.subject, event.t)
        self._outage(max(lost_s, self._battery_s.get(event.subject, lost_s)))

    def _on_battery(self, event: Event) -> None:
        if event.source is Source.FACT:
            self._battery_s[event.subject] = event.t
        if self.room.incident.began_s is not None:
            self._outage(event.t)

    def _lost_again(self, event: Event) -> None:
        if self.room.incident.began_s is not None:
            self._outage(event.t)

    def _opened(self, event: Event) -> None:
        if event.details.get("cause") == self.site.cluster.name and self.room.machines.cluster != "running":
            self._outage(event.t)

    def _accepted(self, event: Event) -> None:
        if event.details.get("wish") == Wish.CLUSTER_REBOOT.value:
            self._rebooted_s = event.t

    def _restarts_what_stands(self, event: Event) -> None:
        cluster, machines = self.site.cluster, self.room.machines
        if event.subject != cluster.name or machines.cluster == "running":
            return
        hangs = machines.cluster == "stopping" and self._rebooted_s >= machines.cluster_since - LATENCY_S
        if self.room.incident.began_s is None or hangs:
            self._by_hand.update(cluster.nodes)
        self._rebooted_s = -inf

    def _outage(self, lost_s: float) -> None:
        place = bisect(self._outages, lost_s)
        near = self._outages[max(0, place - 1) : place + 1]
        if all(abs(lost_s - other_s) > self.site.start.mains_stable_s for other_s in near):
            self._outages.insert(place, lost_s)

    def _stops(self, event: Event) -> None:
        told = self.room.machines.told.get(event.subject)
        if told is not None:
            restarts = 2 if event.subject in self.room.wiring.nodes else 1
            self._count(event, restarts, told)

    def _falls(self, event: Event) -> None:
        power = self.room.power
        if not power.output[event.subject]:
            return
        if power.cause(event) == "command":
            self._count(event, 1, power.told_off.get(event.subject))
        elif power.cause(event) == "exhausted":
            self._confirmed(event)
        elif self.room.incident.began_s is not None:
            self._by_hand.update(self._whose_disk_goes(event.subject))

    def _whose_disk_goes(self, ups: str) -> list[str]:
        """Control nodes of whose disks nothing else feeds what hangs on this UPS."""
        out = {name for name, on in self.room.power.output.items() if not on} | {ups}
        disks = [a.name for a in self.room.wiring.control_arrays if ups in a.upses and array_fails(a, out)]
        return [node.name for node in self.site.control_nodes if not set(disks).isdisjoint(node.arrays)]

    def _count(self, event: Event, per_outage: int, told: Event | None) -> None:
        name, room = event.subject, self.room
        self.put_to_test += 1
        self._cycles[name] += 1
        if name in self._told or self._cycles[name] <= per_outage * len(self._outages):
            return
        words = sum(room.wants.told_n[server] for server in room.causes.concerns(name))
        allowed = per_outage * len(self._outages) + words + self._by_hand[name] + self._by_others(name)
        allowed += self._before_its_disks(name, event.t) + self._for_a_disk_in_vain(name, event.t)
        if self._cycles[name] > allowed:
            self._told.add(name)
            text = t(
                "{name} went down for the {n}. time at {time}; there were causes for {allowed}",
                name=name,
                n=self._cycles[name],
                time=self.at(event.t),
                allowed=allowed,
            )
            self.broken(event.t, name, text, told, event)

    def _for_a_disk_in_vain(self, name: str, t: float) -> int:
        wiring = self.room.wiring
        if name not in wiring.nodes and name not in wiring.node_upses:
            return 0
        in_vain = (self._taken_late(ups, t) + self._ignored(ups, t) for ups in wiring.control_array_upses)
        return max(in_vain, default=0)

    def _ignored(self, ups: str, t: float) -> int:
        """In how many outages its card took an OFF that it had not carried out, on its battery, in time."""
        history, found, due_s, outage, counted = self.room.history, 0, inf, False, False
        ends = "command.failed", "ups.off_armed", "ups.output_off", "ups.on_line", "incident.closed"
        names = "outage.confirmed", "journal.committed", "command.sent", *ends
        for _, event in sorted(moment for name in names for moment in history.of(name)):
            if event.t > t:
                break
            outage = outage or event.name == "outage.confirmed" or event.details.get("kind") == "confirmed"
            if event.name not in ("command.sent", *ends) or event.subject not in (ups, self.site.name):
                continue
            found, counted = found + (event.t > due_s and not counted), counted or event.t > due_s
            due_s = event.t + event.details.get("falls_in_s", inf) if outage else inf  # of an OFF sent alone
            if event.name == "incident.closed":
                outage = counted = False
        return found + (t > due_s and not counted)

    def _taken_late(self, ups: str, t: float) -> int:
        """How often its card, which had not taken an OFF, has taken one in that incident, answering again."""
        history, found, not_taken, answers = self.room.history, 0, False, False
        names = ("command.failed", "card.answering", "ups.off_armed", "incident.closed")
        for _, event in sorted(moment for name in names for moment in history.of(name)):
            if event.t > t or event.subject not in (ups, self.site.name):
                continue
            if event.name == "card.answering":
                answers = not_taken
            elif event.name != "command.failed" or event.details.get("command") == "off":
                found += answers and event.name == "ups.off_armed"
                not_taken, answers = event.name == "command.failed", False
        return found

    def _before_its_disks(self, name: str, t: float) -> int:
        """How often a control node, or who lives on this UPS, has come up onto disks that counted down."""
        history, found = self.room.history, 0
        armed = [m.event for m in history.of("ups.off_armed")]
        ups_at = [m.event for m in history.of("server.up") if m.event.t <= t]
        for node in (n for n in self.site.control_nodes if name in (n.name, *n.upses)):
            times = [e.t for e in ups_at if e.subject == node.name]
            disks = [self.site.arrays[array] for array in node.arrays]
            found += sum(any(counted_down(disk, armed, at_s) for disk in disks) for at_s in times)
        return found


def counted_down(disk: Array, armed: Iterable[Event], t: float) -> bool:
    """An OFF of all its controllers, or of all its enclosures, had been told by then, and had not fallen."""
    falling = {e.subject for e in armed if e.t < t <= e.details.get("falls_at", e.t)}
    return falling.issuperset(disk.controllers) or falling.issuperset(disk.enclosures)


class L8(Invariant):
    """No incident is closed before the cluster runs with its disks.

    `closed -> running(cluster) & forall a in A_K: ready(a)`: the second restart of a control disk's outage
    has been done. That it is done in time is L3's. Not where the control side is wanted down. Nor while
    somebody holds the cluster: no command may reach it (S27), and whoever is free has been brought back
    without it.
    """

    id = "L8"
    sentence = later("an incident is closed only when the cluster runs with its disks")

    def watches(self) -> Mapping[str, Look]:
        return {"incident.closed": self._closes}

    def _closes(self, event: Event) -> None:
        room = self.room
        if (
            any(room.wants.down(node) for node in room.wiring.nodes)
            or self.site.cluster.name in room.incident.held
        ):
            return
        self.put_to_test += 1
        missing = [
            t("{name} was {state}", name=a.name, state=retold(room.caches.service[a.name]))
            for a in room.wiring.control_arrays
            if room.caches.service[a.name] != "ready"
        ]
        if room.machines.cluster != "running":
            state = retold(room.machines.cluster)
            missing.append(t("{name} was {state}", name=self.site.cluster.name, state=state))
        if missing:
            text = t("closed at {time}, but {missing}", time=self.at(event.t), missing=names(missing))
            self.broken(event.t, event.subject, text, event)
