"""S14, L5: who may command, by his own word and memory; and that somebody does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sequencer.events import NAMES, Event
from sequencer.site import Server
from sequencer.timing import followed_s
from teiden.judge.invariants.invariant import Invariant, Look
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.words import seconds
from teiden.language.retell import retold
from teiden.language.say import later, t


class S14(Invariant):
    """A node commands only while its own lease holds, and for the latest incident it knows of.

    `write(k,e) -> e = max epoch seen & lease valid`. By its own words: it took the lease in this life and
    has not said that it lost it; the `epoch` that each command carries is no earlier than one that it wrote
    down or heard of. A node may always stop itself. That two nodes do not hold the lease at once is S13's.
    """

    id = "S14"
    sentence = later("nobody commands with a lease that is over, or for an incident that is")

    def hears(self) -> Mapping[str, Look]:
        return {"command.sent": self._sent}

    def _sent(self, event: Event) -> None:
        mind = self.room.minds.of.get(event.by)
        if mind is None or self._stops_itself(event):
            return
        self.put_to_test += 1
        epoch = event.details.get("epoch")
        if not mind.commands:
            why = t("without the lease")
        elif epoch is not None and int(epoch) < mind.epoch:
            why = t(
                "for incident {epoch}, and knew of incident {latest}", epoch=int(epoch), latest=mind.epoch
            )
        else:
            return
        text = t(
            "{node} sent {command} to {name} at {time}, {why}",
            node=event.by,
            command=retold(str(event.details.get("command"))),
            name=event.subject,
            time=self.at(event.t),
            why=why,
        )
        self.broken(event.t, event.by, text, event)

    def _stops_itself(self, event: Event) -> bool:
        command = event.details.get("command")
        if command in ("shutdown", "force"):
            return event.subject == event.by
        on_it = [server.name for server in self.room.wiring.servers_on.get(event.subject, ())]
        return command == "off" and on_it == [event.by]


class L5(Invariant):
    """When the commander is gone, another node that is up takes the command in time.

    `no commander & some node up -> <>_{B5} lease taken`. B5: `peer_limit` (a silent lower-numbered node no
    longer holds it), one first look after a boot, a reading gone stale, and the claim. The clock runs while
    nobody holds the lease and a node's system is up with its power and its service runs. Not where an alarm
    said that the nodes go by different site files: then nobody may (C9). Nor where one has said since then
    that a node is silent and nothing proves that it is down: without a witness nobody may follow it
    (reliability 5.2.5), nor one without power, where no card is heard that could tell it (N1). Said once it
    holds for as long as nobody commands, also if it was said of who commanded last while he did, for when
    that ended is what nobody else could learn; nor need it be said anew after a lease that was over before
    the others could read of it.
    """

    id = "L5"
    sentence = later("when the commander is gone, another node takes the command in time")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._before_s = room.history.start_s
        """When something that matters here changed last: since then everything has been as it is now."""
        self._since_s: float | None = None
        """Since when nobody has commanded while a node was up; once that was late, since then."""
        self._dead: set[str] = set()
        """Nodes whose service has died, and was not begun anew yet."""
        self._vacant_s: float
        """When that began; known while nobody commands. A lease shorter than a poll has not ended it."""
        self._last = "", room.history.start_s
        """Who commanded last, and since when."""
        self._ended_s: float | None = None
        """When somebody has commanded anew, or no node was at work any more; until that has lasted a poll."""

    def watches(self) -> Mapping[str, Look]:
        os = dict.fromkeys((n for n, meaning in NAMES.items() if meaning.aspect == "os"), self._node)
        power = dict.fromkeys(("ups.output_off", "ups.output_on"), self._changes)
        return {
            **os,
            **power,
            "lease.taken": self._takes,
            "lease.lost": self._changes,
            "service.died": self._dies,
            "service.begun": self._begins,
        }

    @property
    def limit_s(self) -> float:
        return followed_s(self.site)

    def _node(self, event: Event) -> None:
        if event.subject in self.room.wiring.nodes:
            self._begins(event)  # with its system its service goes, and begins

    def _dies(self, event: Event) -> None:
        self._look(event.t, event)
        self._dead.add(event.subject)

    def _begins(self, event: Event) -> None:
        self._look(event.t, event)
        self._dead.discard(event.subject)

    def _takes(self, event: Event) -> None:
        self._look(event.t, event)
        self._last = event.by, event.t

    def _changes(self, event: Event) -> None:
        self._look(event.t, event)

    def end(self, t: float) -> None:
        self._look(t, None)

    def _look(self, t_s: float, event: Event | None) -> None:
        before_s, self._before_s = self._before_s, t_s
        if not self._vacant():
            self._ended_s = before_s if self._since_s is not None else self._ended_s
            self._since_s = None
            return
        if self._since_s is None:
            self._since_s = before_s
            if self._ended_s is None or before_s - self._ended_s >= self.site.polling.on_line_s:
                self._vacant_s = before_s
        taken = event is not None and event.name == "lease.taken"
        late = t_s - self._since_s > self.limit_s
        self.put_to_test += taken or late
        if late and not self._another_file() and not self._not_proven(t_s):
            text = t(
                "nobody commanded from {since} to {time}, though {node} was up; it may take {limit}",
                since=self.at(self._since_s),
                time=self.at(t_s),
                node=self._up(),
                limit=seconds(self.limit_s),
            )
            self.broken(t_s, self._up(), text, event)
        if late:
            self._since_s = t_s

    def _another_file(self) -> bool:
        incident, nodes = self.room.incident, self.room.wiring.nodes
        return any(incident.alarm_of("C9", node, ALWAYS) is not None for node in nodes)

    def _not_proven(self, at_s: float) -> bool:
        """An alarm says so, and it is true: of one that is halted there is proof; of one without power, where
        any card is heard that could tell it (S13, N1)."""
        silent = (n.name for n in self.site.control_nodes if self._may_be_at_work(n, at_s))
        return any(self.room.incident.alarm_of("L5", name, self._unheard_s(name)) for name in silent)

    def _unheard_s(self, node: str) -> float:
        last, since_s = self._last
        return min(since_s, self._vacant_s) if node == last else self._vacant_s

    def _may_be_at_work(self, node: Server, at_s: float) -> bool:
        machines, cards = self.room.machines, self.room.cards
        if self.room.power.fed(node):
            return machines.os[node.name] != "halted"
        return all(cards.never_heard(self._up(), ups, at_s) for ups in self.site.upses)

    def _vacant(self) -> bool:
        return not self.room.incident.commander and bool(self._up())

    def _up(self) -> str:
        return next(self._at_work(), "")

    def _at_work(self) -> Iterator[str]:
        machines = self.room.machines
        for node in self.site.control_nodes:
            if machines.os[node.name] == "up" and machines.running(node) and node.name not in self._dead:
                yield node.name
