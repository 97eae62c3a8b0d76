"""L3: nobody is left halted with power, or without power while there are mains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from sequencer.events import NAMES, Event
from sequencer.site import Array, ArrayRole, ServerRole
from teiden.judge.invariants.back_again import Returning, latest
from teiden.judge.invariants.invariant import TICK_S, Look
from teiden.judge.invariants.waker import awake_since_s, fell_since, woken_since_s
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.words import seconds
from teiden.language.retell import retold
from teiden.language.say import later, t

BEGINS = (
    "hold.set",
    "request.accepted",
    "schedule.fired",
    "incident.opened",
    "service.died",
    "server.shutting_down",
)
"""With these somebody may have a reason to wait from then on; those of the power are watched beside them."""


class Stage(Enum):
    """Where a device stands in the way up."""

    NODE = "node"
    CONTROL_ARRAY = "control array"
    CLUSTER = "cluster"
    LINKED_ARRAY = "linked array"
    SERVER = "server"


@dataclass(slots=True)
class Owed:
    """A device that has to come up again."""

    name: str
    stage: Stage
    limit_s: float
    """B3 of its stage."""
    feeds: tuple[str, ...] = ()
    needs: int = 0
    """How many of its feeds must have mains."""
    arrays: tuple[str, ...] = ()
    """Must be ready before it: of a server its own, and those of whoever gets power with it (S8); of an array
    those of a lower warm-up rank."""
    down_since: float = ALWAYS
    """When it went down last; says nothing of one that is up, or was never up in this run."""
    told: bool = False
    """Reported already since it went down."""


class L3(Returning):
    """Nobody stays halted with power, or without power while there are mains, longer than B3.

    `down(x) & mains(x) & before(x) up & not armed & nobody stopping & charge -> <>_{B3} up(x)`. The clock
    of a device runs while its own feeds have mains (an array: all of them, and of a linked one those of a
    server; a server: its arrays' too; the cluster: a node's and its disks'), no OFF counts down there (of a
    control node: at none of them, for one that is halted with its power on waits for another to wake it, who
    comes back only after his own has fallen), nobody in the room is shutting down, the service of a node that
    is up is at work (C1), the batteries of its stage hold enough, everything before it in the way up is up,
    arrays of a lower warm-up rank among it (R9-26), and of a node that is to be woken one that wakes it: who
    comes back by himself with his charge, or from his sleep, or is up and knows of the incident, or ought to
    by a cluster that has stood still for as long as its start may take (of a control disk, one who is up so);
    and nobody wants it down or holds it; it begins anew when one of these ends. B3 is the limit of its own
    stage (`stages.py`): whoever waits for a stage that got stuck is not stranded, that stage is. Judged when
    the device comes up, when mains are lost, when an OFF is armed on it, when a word, a hold, an incident or
    somebody's way down gives it a reason to wait from then on, at the end.
    """

    id = "L3"
    sentence = later("nobody stays down while power, mains and all before it are there")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._owed = {name: self._place(name) for name in self.owed()}
        self._down: dict[str, Owed] = {}
        self._questions = (
            self._before,
            self._calm,
            self._mains,
            self._wanted,
            self._nothing_armed,
            self._charged,
        )

    def _place(self, name: str) -> Owed:
        limits = self.stages
        server, array = self.site.servers.get(name), self.site.arrays.get(name)
        if server is not None and server.role is ServerRole.CONTROL:
            return Owed(name, Stage.NODE, limits.nodes_s, server.upses, server.minimum_supplies)
        if server is not None:
            beside = (s for ups in server.upses for s in self.room.wiring.servers_on[ups])
            arrays = tuple(dict.fromkeys((*server.arrays, *(a for s in beside for a in s.arrays))))
            return Owed(name, Stage.SERVER, limits.servers_s, server.upses, server.minimum_supplies, arrays)
        if array is None:
            return Owed(name, Stage.CLUSTER, limits.cluster_s)
        control = array.role is ArrayRole.CONTROL
        stage = Stage.CONTROL_ARRAY if control else Stage.LINKED_ARRAY
        limit_s = limits.control_arrays_s if control else limits.linked_arrays_s
        return Owed(name, stage, limit_s, array.upses, len(array.upses), tuple(self._of_lower_rank(array)))

    def watches(self) -> Mapping[str, Look]:
        if self.not_applicable:
            return {}
        looks: dict[str, Look] = {
            name: self._goes_down
            for name, meaning in NAMES.items()
            if meaning.aspect in ("os", "service", "cluster")
        }
        looks |= dict.fromkeys(("server.up", "array.ready", "cluster.running"), self._comes_up)
        looks |= dict.fromkeys(BEGINS, self._reason_begins)
        looks |= {"ups.output_off": self._falls, "mains.lost": self._mains_lost, "ups.off_armed": self._armed}
        return looks

    def _reason_begins(self, event: Event) -> None:
        """What he waits for from now on makes up for nothing that he has waited before."""
        if not self.room.machines.stopping:
            late = [owed for owed in self._down.values() if event.t - owed.down_since > owed.limit_s]
            until = t("until {time}", time=self.at(event.t)) if late else ""
            for owed in late:
                self._judge(owed, event.t, until)
        if event.name == "server.shutting_down":
            self._goes_down(event)

    def _goes_down(self, event: Event) -> None:
        self._note_down(event.subject, event.t)

    def _falls(self, event: Event) -> None:
        for array in self.room.power.fall(event).arrays:
            self._note_down(array.name, event.t)

    def _note_down(self, name: str, t: float) -> None:
        owed = self._owed.get(name)
        if owed is not None and name not in self._down:
            owed.down_since = t
            self._down[name] = owed

    def _comes_up(self, event: Event) -> None:
        owed = self._down.pop(event.subject, None)
        if owed is not None:
            self._judge(owed, event.t, t("until {time}", time=self.at(event.t)))
            owed.told = False

    def _mains_lost(self, event: Event) -> None:
        for owed in self._down.values():
            until = t("until the mains were lost at {time}", time=self.at(event.t))
            self._judge(owed, event.t, until)

    def _armed(self, event: Event) -> None:
        wiring = self.room.wiring
        names = [server.name for server in wiring.servers_on[event.subject]]
        names += [array.name for array in wiring.arrays_on[event.subject]]
        if event.subject in wiring.node_upses:
            names = list(dict.fromkeys((*names, *self.site.cluster.nodes)))
        for name in names:
            if name in self._down:
                until = t(
                    "until {ups} was armed to go off at {time}", ups=event.subject, time=self.at(event.t)
                )
                self._judge(self._down[name], event.t, until)

    def end(self, at_s: float) -> None:
        for owed in self._down.values():
            self._judge(owed, at_s, t("at the end of the run"))

    def _judge(self, owed: Owed, at_s: float, until: str) -> None:
        self.put_to_test += 1
        if self._is_up(owed.name):  # it did not live on what fell (U19)
            return
        start_s: float | None = owed.down_since
        # The cheap questions first; most devices have waited too short a time by one of them.
        for question in self._questions:
            if start_s is None or at_s - start_s <= owed.limit_s:
                return
            since_s = question(owed, at_s)
            start_s = None if since_s is None else max(start_s, since_s)
        if start_s is None or at_s - start_s <= owed.limit_s or owed.told:
            return
        owed.told = True
        text = t(
            "{name} was {state} {until}, though nothing stood in its way since {since}: {time}, "
            "allowed are {limit}",
            name=owed.name,
            state=self._state(owed),
            until=until,
            since=self.at(start_s),
            time=seconds(at_s - start_s),
            limit=seconds(owed.limit_s),
        )
        self.broken(start_s + owed.limit_s, owed.name, text)

    # Since when nothing stands in the way of a device; None: something does

    def _wanted(self, owed: Owed, t: float) -> float | None:
        """Since when it has been wanted up, and in nobody's hands."""
        return self.to_be_up_since_s(owed.name, t)

    def _before(self, owed: Owed, t: float) -> float | None:
        """Since when everything before it in the way up has been up."""
        room, machines = self.room, self.room.machines
        if owed.stage is Stage.NODE:
            return woken_since_s(
                room, owed.name, owed.down_since, t, lambda other: self._comes_back_s(other, t)
            )
        if owed.stage in (Stage.CONTROL_ARRAY, Stage.CLUSTER):
            every = tuple(a.name for a in room.wiring.control_arrays)
            arrays = every if owed.stage is Stage.CLUSTER else owed.arrays
            return latest([machines.node_up_since, *(room.caches.ready_since(a) for a in arrays)])
        running_s = machines.cluster_since if machines.cluster == "running" else None
        ready_s = (room.caches.ready_since(a) for a in owed.arrays)
        return latest([running_s, self._control_disks_fed(t), *ready_s])

    def _control_disks_fed(self, t: float) -> float | None:
        """Since when no UPS of a control disk waits for mains or charge.

        A disk that another feeds is ready, and its cluster runs; the linked side waits until all are on.
        """
        power, wiring = self.room.power, self.room.wiring
        upses = tuple(wiring.control_array_upses)
        on_s = latest(power.on_since[u] for u in upses)
        off = [u for u in upses if not power.output[u]]
        if not off:
            return on_s
        open_s = (self.room.gate.open_since_s(u, t) for u in wiring.control_upses)
        return latest([on_s, self._fed_since(tuple(off), len(off)), *open_s])

    def _calm(self, owed: Owed, t: float) -> float | None:
        """Since when nobody shuts down, and a service is at work on a node that is up, if one is (C1)."""
        machines = self.room.machines
        if machines.stopping or machines.served_since is None:
            return None
        return max(machines.calm_since, machines.served_since)

    def _mains(self, owed: Owed, t: float) -> float | None:
        """Since when as many of its feeds as it needs have had mains, and each part of a server's arrays one.

        A linked array is there for its servers: it is started with the first of them that has its mains.
        An array whose mains are away is ready as long as its battery lasts; its servers were stopped for it,
        and so was the cluster for its disks, or for the mains of all its nodes.
        """
        since_s = [self._fed_since(owed.feeds, owed.needs)]
        arrays: Iterable[Array] = ()
        if owed.stage is Stage.LINKED_ARRAY:
            since_s.append(self._user_fed_since(owed.name, t))
        elif owed.stage is Stage.SERVER:
            arrays = (self.site.arrays[name] for name in owed.arrays)
        elif owed.stage is Stage.CLUSTER:
            arrays = self.room.wiring.control_arrays
            nodes = (self._fed_since(n.upses, n.minimum_supplies) for n in self.site.control_nodes)
            since_s.append(min((s for s in nodes if s is not None), default=None))
        since_s += [self._fed_since(part, 1) for a in arrays for part in (a.controllers, a.enclosures)]
        return latest(since_s)

    def _user_fed_since(self, array: str, t: float) -> float | None:
        """Since when one has had its mains that is to be up; minus infinity: nobody is, or uses it at all."""
        users = [self.site.servers[name] for name in self.room.nights.users[array]]
        wanted = [s for s in users if self.room.upward.since_s(s.name, t) is not None]
        fed = [self._fed_since(server.upses, server.minimum_supplies) for server in wanted]
        return min((s for s in fed if s is not None), default=None) if fed else ALWAYS

    def _fed_since(self, feeds: tuple[str, ...], needs: int) -> float | None:
        if not needs:
            return ALWAYS
        shared = needs < len(feeds)
        since_s = (self._carries_since_s(ups, shared=shared) for ups in feeds)
        there = sorted(s for s in since_s if s is not None)
        return there[needs - 1] if len(there) >= needs else None

    def _carries_since_s(self, ups: str, *, shared: bool) -> float | None:
        """Since when it could give power; `shared`: with others, which can do without it."""
        return self.room.power.mains_since[ups]

    def _nothing_armed(self, owed: Owed, t: float) -> float | None:
        power = self.room.power
        since_s = ALWAYS
        for ups in self.room.wiring.node_upses if owed.stage is Stage.NODE else owed.feeds:
            if power.counting_down(ups, t) is not None:
                return None
            if ups in power.armed:  # its end has passed without a fall
                since_s = max(since_s, power.armed[ups][1])
            if ups in power.fell:
                since_s = max(since_s, power.fell[ups].t)
        return since_s

    def _charged(self, owed: Owed, t: float) -> float | None:
        """The UPSes of one stage come on one after the other, so each may wait for another's charge;
        a server also waits until its array could be stopped again. A node's UPS that went off comes back by
        itself at its own charge, and boots it; halted on one that stayed on, it is to be woken (S17). One
        that was told to stay off (R10-06), or that sleeps still (R10-51), is switched on, which takes as much
        charge as a wake; one that has slept since comes back at the sooner of the two. One that has
        tripped with its mains there is switched on, too (P14)."""
        room = self.room
        if owed.stage is Stage.NODE:
            return latest(self._node_charged(owed, u, t) for u in owed.feeds)
        stage_upses = {
            Stage.CONTROL_ARRAY: room.wiring.control_array_upses | room.wiring.node_upses,
            Stage.LINKED_ARRAY: room.wiring.linked_array_upses,
            Stage.SERVER: room.wiring.server_upses | room.wiring.linked_array_upses,
        }.get(owed.stage, frozenset())
        return latest(room.gate.open_since_s(u, t) for u in stage_upses)

    def _node_charged(self, owed: Owed, ups: str, t: float) -> float | None:
        room, least_pct = self.room, self.site.upses[ups].min_return_charge_pct
        switched_on_s = room.gate.open_since_s(ups, t)
        if ups in room.power.for_good or self._slept_through(owed.name, ups, t) or self._tripped(ups):
            return switched_on_s
        charged_s = room.history.charges.at_least_since_s(ups, least_pct, t)
        awake_s = room.power.asleep_until_s.get(ups, ALWAYS)  # that may be still to come
        if awake_s == ALWAYS:
            return charged_s
        either_s = (switched_on_s, latest((awake_s, charged_s)))
        return min((since_s for since_s in either_s if since_s is not None), default=None)

    def _slept_through(self, node: str, ups: str, t: float) -> bool:
        """Its power came, and it has not booted with that (H7): it is to be woken, as one that stayed on."""
        power, machines = self.room.power, self.room.machines
        down_s = {"halted": t, "crashed": t, "booting": machines.since[node]}
        since_s = down_s.get(machines.os[node], ALWAYS)
        return power.output[ups] and since_s > power.on_since[ups] + TICK_S

    def _tripped(self, ups: str) -> bool:
        """With its mains there; and nothing but an ON has brought it back."""
        power = self.room.power
        fell, mains_s = power.fell.get(ups), power.mains_since[ups]
        if fell is None or fell.details.get("cause") != "fault" or mains_s is None or mains_s > fell.t:
            return False
        return not power.output[ups] or ups in power.on_by_command

    def _comes_back_s(self, node: str, t: float) -> float | None:
        """Since when this one has had the charge with which its UPS boots it; None: it lacks it yet.

        `ALWAYS`: nobody counts on it. It is not wanted up, lacks mains, or is halted with its power on, too.
        """
        other = self._down.get(node)
        if other is None or self._wanted(other, t) is None:
            return ALWAYS
        mains_s = self._mains(other, t)
        if mains_s is None or not fell_since(self.room, self.site.servers[node], other.down_since):
            return ALWAYS
        awake_s = awake_since_s(self.room, self.site.servers[node])
        return None if awake_s > t else latest((mains_s, awake_s, self._charged(other, t)))

    def _state(self, owed: Owed) -> str:
        if owed.stage is Stage.CLUSTER:
            return retold(self.room.machines.cluster)
        if owed.stage in (Stage.NODE, Stage.SERVER):
            powered = self.room.power.fed(self.site.servers[owed.name])
            state = retold(self.room.machines.os[owed.name])
            return (
                t("{state} with power", state=state) if powered else t("{state} without power", state=state)
            )
        powered = self.room.power.array_fed(self.site.arrays[owed.name])
        return retold(self.room.caches.service[owed.name]) if powered else t("without power")
