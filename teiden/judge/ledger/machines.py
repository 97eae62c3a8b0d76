"""The systems of the servers and nodes, and the cluster that the nodes carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

from sequencer.events import NAMES, Event
from sequencer.site import Server, ServerRole, Site
from teiden.judge.history import History
from teiden.judge.ledger.incident import Incident
from teiden.judge.ledger.power import ALWAYS, Fold, Power
from teiden.judge.wiring import Wiring

RUNNING = frozenset(("up", "booting", "shutting down"))
"""A system in one of these states may write, and is damaged when its power falls. One that was
forced off is down, and so is one that has crashed."""


class Machines:
    def __init__(
        self, site: Site, history: History, wiring: Wiring, power: Power, incident: Incident
    ) -> None:
        self._power = power
        self._incident = incident
        systems_s = (site.servers[node].stop_limit_s for node in site.cluster.nodes)
        self._stop_s = site.cluster.shutdown_limit_s + max(systems_s, default=0.0)
        """So long before it goes a node may say at most that its battery ends: the cluster stops first."""
        at_start = history.state_at_start
        self.os = {
            s.name: at_start(s.name, "os") or ("halted" if s.role is ServerRole.POOL else "up")
            for s in site.servers.values()
        }
        self.since: dict[str, float] = dict.fromkeys(self.os, ALWAYS)
        self.ran = frozenset(name for name, state in self.os.items() if state == "up")
        """Up when the run began."""
        self.cluster = at_start(site.cluster.name, "cluster") or "running"
        self.cluster_ran = self.cluster == "running"
        self.cluster_since = ALWAYS
        self.outsiders: frozenset[str] = frozenset()
        """Nodes that are up, and no members of the cluster that runs."""
        self.needs_operator = False
        """Its nodes went down one by one, the last by nobody of us: nothing else starts it (R9-01)."""
        self.operator_s = ALWAYS
        """When he did so last."""
        self.cluster_asked: Event | None = None
        """The last stop or restart sent to the cluster since it ran, and not refused or unanswered."""
        self.cluster_tried: Event | None = None
        """The first one since it ran that was."""
        self.cluster_stopping: Event | None = None
        """While it stops: since when it does, whoever told it."""
        self._asked_before: Event | None = None
        self._nodes = wiring.nodes
        self._control_arrays = wiring.control_arrays
        self._upses_of = {node: site.servers[node].upses for node in wiring.nodes}
        self.node_up_since: float | None = ALWAYS if self._nodes & self.ran else None
        """Since when at least one control node has been up without a break."""
        self.node_was_up_s = ALWAYS
        """While no control node is up: when the last of them went down."""
        self.dead: set[str] = set()
        """Control nodes whose service has died and was not begun anew yet (C1)."""
        self.begun_s: dict[str, float] = {}
        """When the service of a node was begun anew last while its system ran on."""
        self._on_falling_power: set[str] = set()
        self._servers = site.servers
        self.at_work_since: float | None = self.node_up_since
        """Since when the service of at least one node that is up has been at work without a break, on power
        that lasts: who boots while an OFF counts down under him, or his disk, goes down again, and can see to
        nobody."""
        self.was_at_work_s = ALWAYS
        """When that ended last;"""
        self.came_to_work_s = ALWAYS
        """when it began last, also when it has ended again;"""
        self.left_before_s = ALWAYS
        """and when it had ended before that."""
        self._spells_s: list[tuple[float, float]] = []
        """From when to when it lasted, each time that it has ended."""
        self.came_up_s: dict[str, float] = {}
        """When each system came up last, also when it has ended since; not of who ran from the beginning."""
        self.served_since: float | None = ALWAYS
        """Since when a service has been at work on a node that is up; None: they have all died there."""
        self.told: dict[str, Event] = {}
        """Servers that were told to stop or to restart since they were up last."""
        self.by_hand: dict[str, float] = {}
        """Servers that nobody told to stop, in no outage, and that did: since when."""
        self.died: dict[str, float] = {}
        """Servers that crashed with their power on, in no outage, till one has turned: since when (C2)."""
        self.to_wake_s: dict[str, float] = {}
        """Those of them that the end of an outage brings back like the others: since it turned."""
        self.stopped_in_outage: dict[str, float] = {}
        self.was_up: set[str] = set()
        """Servers that ran when the present incident began, or since, or that an earlier one left down; or
        that lost their power while they ran, in none."""
        self.stopping: set[str] = set()
        """Who is shutting down now, the cluster with them."""
        self.calm_since = ALWAYS
        """Since when nobody has been shutting down (only meaningful while nobody is)."""
        self.crashed_s = ALWAYS
        """The last time a system lost its power while it ran."""

    def folds(self) -> Mapping[str, Fold]:
        folds: dict[str, Fold] = {name: self._os for name, meaning in NAMES.items() if meaning.aspect == "os"}
        folds |= {name: self._cluster for name, meaning in NAMES.items() if meaning.aspect == "cluster"}
        folds |= {"command.sent stop": self._asked, "command.sent restart": self._asked}
        folds |= {"command.failed": self._in_vain}
        folds |= {"command.sent shutdown": self._told, "command.sent force": self._told}
        begins = ("outage.confirmed", "journal.committed declared", "incident.opened")
        folds |= {**dict.fromkeys(begins, self._begins), "incident.closed": self._ends}
        folds["journal.committed turned"] = self._turns
        folds["cluster.runs_without"] = self._runs_without
        folds["ups.output_off"] = self._power_falls
        folds |= {"service.died": self._dies, "service.begun": self._is_begun}
        return folds

    def running(self, server: Server) -> bool:
        """Its system is not down, and it has power: in a live room nobody sees a system die with that."""
        return self.os[server.name] in RUNNING and self._power.fed(server)

    def first_running(self, servers: Iterable[Server]) -> str:
        """One of them that runs, or ''."""
        return next((server.name for server in servers if self.running(server)), "")

    def at_work_in(self, from_s: float, to_s: float) -> bool:
        """Somebody was at work at some moment of that time, its ends not counted."""
        now = [] if self.at_work_since is None else [(self.at_work_since, inf)]
        return any(began_s < to_s and from_s < ended_s for began_s, ended_s in (*self._spells_s, *now))

    def stayed_since_s(self, least_s: float) -> float:
        """When somebody came to work last who stayed for as long as this, of the times that are over."""
        stays = (began_s for began_s, ended_s in self._spells_s if ended_s - began_s >= least_s)
        return max(stays, default=ALWAYS)

    def _os(self, event: Event) -> None:
        name, state = event.subject, NAMES[event.name].state
        self.os[name] = state
        self.since[name] = event.t
        if state == "up":
            self.came_up_s[name] = event.t
        self._stops(event, state == "shutting down")
        if state == "crashed":
            self.crashed_s = event.t
        self._keep_record(event, state)
        if name in self._nodes:
            if state == "up":
                self.dead.discard(name)  # with its system its service begins
                falls = self._falls_under(name, event.t)
                (self._on_falling_power.add if falls else self._on_falling_power.discard)(name)
            self._count_services(event.t)
            if state == "up":
                self.node_up_since = event.t if self.node_up_since is None else self.node_up_since
            elif all(self.os[node] != "up" for node in self._nodes):
                if self.node_up_since is not None:
                    self.node_was_up_s = event.t
                self.node_up_since = None

    def _falls_under(self, node: str, t: float) -> bool:
        """Its power counts down, or, of one that has UPSes, a control disk's: it goes down again."""
        server = self._servers[node]
        if not self._power.armed:
            return False
        disks = (disk for disk in self._control_arrays if disk.name in server.arrays and server.upses)
        return self._power.counts_down_under(server, t) or any(
            self._power.counts_down_below(disk, t) for disk in disks
        )

    def _power_falls(self, event: Event) -> None:
        """Who is up yet when his disk has fallen stays, and can see to others."""
        if not self._on_falling_power:
            return
        stay = {node for node in self._on_falling_power if not self._falls_under(node, event.t)}
        if stay:
            self._on_falling_power -= stay
            self._count_services(event.t)

    def _dies(self, event: Event) -> None:
        self.dead.add(event.subject)
        self._count_services(event.t)

    def _is_begun(self, event: Event) -> None:
        self.dead.discard(event.subject)
        self.begun_s[event.subject] = event.t
        self._count_services(event.t)

    def _count_services(self, t: float) -> None:
        up = {node for node in self._nodes if self.os[node] == "up"}
        if up - self.dead - self._on_falling_power:
            if self.at_work_since is None:
                self.at_work_since = self.came_to_work_s = t
                self.left_before_s = self.was_at_work_s
        elif self.at_work_since is not None:
            self._spells_s.append((self.at_work_since, t))
            self.at_work_since, self.was_at_work_s = None, t
        if up and self.dead.issuperset(up):
            self.served_since = None
        elif self.served_since is None:
            self.served_since = t

    def _keep_record(self, event: Event, state: str) -> None:
        """Who stopped of itself, who in an outage, and who runs in it."""
        name = event.subject
        if state == "up":
            for record in (self.told, self.by_hand, self.died, self.to_wake_s, self.stopped_in_outage):
                record.pop(name, None)
            if self._incident.began_s is not None:
                self.was_up.add(name)
            else:
                self.was_up.discard(name)
        elif self._incident.began_s is not None:
            self.stopped_in_outage[name] = event.t
        elif state == "shutting down" and name not in self.told:
            self.by_hand[name] = event.t
        elif state == "crashed" and event.details.get("cause") == "fault":
            self.died[name] = event.t
        elif state == "crashed" and name not in self.told and name not in self.by_hand:
            self.was_up.add(name)

    def _cluster(self, event: Event) -> None:
        state = NAMES[event.name].state
        if self.needs_operator and state == "starting":
            self.needs_operator, self.operator_s = False, event.t
        elif self.cluster == "running" and state == "stopped":
            self.needs_operator = self._left_by_the_last(event.t)
        self.cluster = state
        self.cluster_since = event.t
        self.cluster_stopping = event if self.cluster == "stopping" else None
        if self.cluster in ("starting", "running"):
            self.cluster_asked = self.cluster_tried = None
        self._stops(event, self.cluster == "stopping")

    def _runs_without(self, event: Event) -> None:
        self.outsiders = frozenset(filter(None, str(event.details.get("nodes", "")).split(", ")))

    def _left_by_the_last(self, t: float) -> bool:
        """None of its nodes is up, and one is shutting down whom we have not told to.

        Or that has told itself, for another's OFF is about to take its power (C12), or its battery ends and
        it hears nobody who commands: it may stop nobody else (ADR 0029). Who is up without it, for it hangs
        or has booted late, does not count: it was no member.
        """
        states = {node: self.os[node] for node in self._nodes - self.outsiders}
        goes = (node for node, state in states.items() if state == "shutting down")
        return "up" not in states.values() and any(
            node not in self.told or self._goes_for_its_power(node, t) for node in goes
        )

    def _goes_for_its_power(self, node: str, t: float) -> bool:
        power = self._power
        falling = [ups for ups in self._upses_of[node] if power.counting_down(ups, t) is not None]
        anothers = any(ups not in power.told_off for ups in falling)
        since_s = max(self.came_up_s.get(node, ALWAYS), self.told[node].t - self._stop_s)
        alone = self._incident.alarm_of("S5", node, since_s)
        return self.told[node].by == node and (anothers or alone is not None)

    def _stops(self, event: Event, stopping: bool) -> None:
        if stopping:
            self.stopping.add(event.subject)
        elif event.subject in self.stopping:
            self.stopping.discard(event.subject)
            self.calm_since = event.t

    def _asked(self, event: Event) -> None:
        if event.subject in self.os:  # one server restarts
            self._told(event)
            return
        self._asked_before, self.cluster_asked = self.cluster_asked, event
        for node in self._nodes if event.details.get("command") == "restart" else ():
            self.told[node] = event

    def _in_vain(self, event: Event) -> None:
        asked = self.cluster_asked
        if asked is None or event.subject != asked.subject:
            return
        if event.details.get("command") == asked.details.get("command"):
            self.cluster_tried = self.cluster_tried or asked
            self.cluster_asked = self._asked_before

    def _told(self, event: Event) -> None:
        self.told[event.subject] = event

    def _ends(self, event: Event) -> None:
        """Who ran and is not up yet is still to come: a wake may have been heard by nobody (N7)."""
        self.was_up = {name for name in self.was_up if self.os[name] != "up"}

    def _turns(self, event: Event) -> None:
        self.to_wake_s |= dict.fromkeys(self.died, event.t)
        self.died.clear()

    def _begins(self, event: Event) -> None:
        if self._incident.began_s is None:
            self.was_up |= {name for name, state in self.os.items() if state in ("up", "booting", "crashed")}
