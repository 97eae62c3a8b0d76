"""S15, S27, S28, R2-07: commands that mean something else than they say, or come unasked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.site import ServerRole
from sequencer.slept import THEN
from teiden.judge.invariants.invariant import LATENCY_S, Invariant, Look
from teiden.judge.words import names
from teiden.language.retell import retold
from teiden.language.say import later, said, t


class S15(Invariant):
    """An OFF is not sent again while it counts down: it would start anew.

    `Off(u) -> not armed(u)`, by the room's truth where it tells that (`ups.off_armed`). Not where another
    node has told that OFF within the second before, for no look of this one can have shown it.
    """

    id = "S15"
    sentence = later("no OFF is sent to a UPS that counts down already")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent off": self._off}

    def _off(self, event: Event) -> None:
        self.put_to_test += 1
        armed = self.room.power.counting_down(event.subject, event.t)
        if armed is not None and not self._crosses(armed, event):
            text = t(
                "{ups} was told to go off at {time}, armed already since {armed}",
                ups=event.subject,
                time=self.at(event.t),
                armed=self.at(armed.t),
            )
            self.broken(event.t, event.subject, text, armed, event)

    def _crosses(self, armed: Event, event: Event) -> bool:
        told = [e for e in self.room.power.offs_sent.get(event.subject, ()) if e.t <= armed.t]
        return event.t - armed.t < LATENCY_S and bool(told) and told[-1].by != event.by


class S27(Invariant):
    """What somebody holds receives no command until it is released.

    `held(x) -> no command to x`: from `hold.set` to `hold.released`. A job is a command to its server.
    A node that was down when another was told of it, and has not been up with one that knows, cannot know;
    nor before one that boots has looked round, and tells it. The same request that two nodes have heard
    counts from when the first did: what was released since is not held (S35).
    """

    id = "S27"
    sentence = later("a held device receives no command")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent": self._sent, "job.started": self._sent}

    def _sent(self, event: Event) -> None:
        held = self.room.incident.held.get(event.subject)
        if not self.room.incident.held:
            return
        self.put_to_test += 1
        late_s = self.site.start.first_look_limit_s
        if held is None or not self.room.wants.hands.holds(event.subject, lambda _: True):
            return
        if self.room.heard.is_told(event.by, held, event.t, late_s):
            text = t(
                "{command} of {name} at {time}, held since {held}",
                command=retold(str(event.details.get("command") or event.details.get("job", ""))),
                name=event.subject,
                time=self.at(event.t),
                held=self.at(held.t),
            )
            self.broken(event.t, event.subject, text, held, event)


def boots_again(command: Event) -> bool:
    return command.details.get("command") == "restart" or command.details.get("how") == "until_mains"


class S28(Invariant):
    """Only what ran before, or what a schedule or somebody asks for, is started.

    `start(h) -> was_running(h) or asked(h)`. Ran: when the present incident began, or since; or when an
    earlier one did, and it has not come up since; or, in no incident, when its power went. A server is judged
    at its wake, a servers' UPS at its ON: one of its linked servers is due, or runs on its other feed (X-04),
    or, after an outage, it gave power before and nobody on it is wanted down. Who is wanted down is not
    started; a pool server never is, nor woken (R6-32). Asked for is also who is wanted up, and has been told
    to stop since: S9 asks why. A word that its node cannot know yet (see S27) binds it not; nor does the end
    of an incident, who ran in which is started as long as it is open.
    """

    id = "S28"
    sentence = later("only what ran before or is asked for is started")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent on": self._on, "command.sent wake": self._wake}

    def _wake(self, event: Event) -> None:
        server = self.site.servers.get(event.subject)
        if server is None:
            return
        self.put_to_test += 1
        node = server.role is ServerRole.CONTROL
        asked = not self.room.wants.down(server.name) if node else self._due(server.name)
        asked = asked or self._unheard(event, server.name) or self._ran_once(event, server.name)
        if not asked or server.role is ServerRole.POOL:
            woken = later("{name} was woken at {time}; it had not run, and nobody asked for it")
            text = said(woken, name=server.name, time=self.at(event.t))
            self.broken(event.t, server.name, text, *self._words(event, [server.name]), event)

    def _on(self, event: Event) -> None:
        ups, wiring = event.subject, self.room.wiring
        if ups not in wiring.server_upses:
            return
        self.put_to_test += 1
        linked = [s.name for s in wiring.servers_on[ups] if s.role is ServerRole.LINKED]
        if any(self._due(name) or self._unheard(event, name) for name in linked):
            return
        if not self.room.power.output[ups] and any(map(self._runs, linked)):
            return
        down = [name for name in linked if self.room.wants.down(name)]
        if down or (self.room.incident.began_s is None and not self._knows_it_open(event)):
            text = t(
                "{ups} was switched on at {time} for {names}; nobody there had run or was asked for",
                ups=ups,
                time=self.at(event.t),
                names=names(down or linked),
            )
            self.broken(event.t, ups, text, *self._words(event, down), event)

    def _words(self, deed: Event, down: Iterable[str]) -> tuple[Event, ...]:
        """What wanted the last of these down; and where somebody has said that a node's boot has ended that,
        what another had told before: its restart, or its OFF until the mains return. It boots by that (T7).
        With his word for it, where it is not he who does this. Or by which other word he was woken before he
        said so, and should have left the others down."""
        told = (self.room.wants.of[name] for name in down if self.room.wants.down(name))
        want = max(told, default=None, key=lambda want: want.event.t)
        if want is None:
            return ()
        rows = [m.event for m in self.room.history.of("journal.committed") if m.event.t < deed.t]
        over = next((e for e in rows if e.subject.startswith(want.cause + THEN)), None)
        if over is None:
            return (want.event,)
        site = self.site
        nodes = {site.cluster.name, *site.cluster.nodes, *site.names_of_node_upses}
        sent = (m.event for m in self.room.history.of("command.sent") if m.event.t < over.t)
        boots = [e for e in sent if e.by != over.by and e.subject in nodes and boots_again(e)][-1:]
        if boots or over.by == deed.by:
            return want.event, *boots, *((over,) if over.by != deed.by else ())
        woken = self._woken(over)
        return (*woken, over) if woken else (want.event,)

    def _woken(self, over: Event) -> list[Event]:
        """The last word by which another had wanted him up by then."""
        words = [word for word in self.room.wants.words[over.by] if word.event.t <= over.t]
        woken = (w.event for w in words if w.goal is Goal.UP and w.ends is None and w.event.by != over.by)
        return list(woken)[-1:]

    def _unheard(self, event: Event, server: str) -> bool:
        """This node cannot know the last word about it."""
        want = self.room.wants.of.get(server)
        if want is None:
            return False
        return not self.room.heard.can_know(event.by, want.event, event.t)

    def _ran_once(self, event: Event, server: str) -> bool:
        """In an incident that is open yet as far as this node can know; and nobody wants it down."""
        return self._knows_it_open(event) and not self.room.wants.down(server)

    def _knows_it_open(self, event: Event) -> bool:
        """It was down when the incident was closed, and whoever was told of that is down now (L3)."""
        closings = self.room.incident.closings
        return bool(closings) and not self.room.heard.can_know(event.by, closings[-1], event.t)

    def _runs(self, name: str) -> bool:
        """As it is to: a second feed starts nobody."""
        return self.room.machines.running(self.site.servers[name]) and not self.room.wants.down(name)

    def _due(self, server: str) -> bool:
        want = self.room.wants.of.get(server)
        if want is not None and want.goal is Goal.DOWN:
            return False
        went = server in self.room.machines.told
        asked = want is not None and (not want.reached or (want.goal is Goal.UP and went))
        return asked or server in self.room.machines.was_up


class StopJobs(Invariant):
    """On a control node, stop jobs run after the cluster has stopped there.

    `job(k, stop) -> cluster is down`, where the whole control side stops: an outage brings it down, or
    every node is wanted down. Where one node stops and the cluster goes on elsewhere it stops there with
    that node's system, after its jobs.
    """

    id = "R2-07"
    sentence = later("stop jobs of a control node run after the cluster has stopped")

    def watches(self) -> Mapping[str, Look]:
        return {"job.started": self._starts}

    def _starts(self, event: Event) -> None:
        room = self.room
        if event.details.get("when") != "stop" or event.subject not in room.wiring.nodes:
            return
        if not (room.causes.control() or all(room.wants.down(node) for node in room.wiring.nodes)):
            return
        self.put_to_test += 1
        if self.site.cluster.stop_at_outage and room.machines.cluster in ("running", "starting", "stopping"):
            text = t(
                "job {job} on {node} began at {time} while {cluster} was {state}",
                job=event.details.get("job", ""),
                node=event.subject,
                time=self.at(event.t),
                cluster=self.site.cluster.name,
                state=retold(room.machines.cluster),
            )
            self.broken(event.t, event.subject, text, room.machines.cluster_asked, event)
