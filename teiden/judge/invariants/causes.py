"""S9, S24, S31: nothing is stopped without a cause, and nobody else along with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.site import Server
from teiden.judge.invariants.falling import COMES_BACK, boots_who_is_wanted_up, counts_down, disks_count_down
from teiden.judge.invariants.flushes import stops_nobody
from teiden.judge.invariants.invariant import LATENCY_S, Invariant, Look
from teiden.judge.invariants.taken_back import goes_against, restart_taken_back, taken_back
from teiden.judge.ledger.causes import Causes
from teiden.judge.ledger.floors import ends
from teiden.judge.ledger.hanging import hangs, only_ends_a_stop
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.ledger.want import Want
from teiden.judge.words import names, seconds, verb
from teiden.language.retell import retold
from teiden.language.say import later, said, t

STOPS = ("shutdown", "force", "off", "flush", "stop")
LOW = "low battery"
"""Why an outage counted before its time."""
ASKED_TO_STOP = ("shutdown", "stop", "flush")
ON_ITS_WAY_S = 0.1
"""A node's word to the other: it is written down, and crosses a network of 20 ms, typically, at its worst."""


def wanted_by_what_it_knows(room: Room, event: Event) -> bool:
    """Who does it cannot know the last word about some whom it concerns, or it is on its way from the other
    node, which has just come up, perhaps, and looks round first; by the last that it knows he is wanted down,
    or restarted and has not been, nor what that is for."""
    restarts, late_s = event.details["command"] == "restart", room.site.start.first_look_limit_s

    def can_know(word: Event) -> bool:
        return room.heard.can_know(event.by, word, event.t)

    def is_told(word: Event) -> bool:
        on_its_way = word.by != event.by and event.t - word.t < ON_ITS_WAY_S
        return not on_its_way and room.heard.is_told(event.by, word, event.t, late_s)

    def is_down(want: Want) -> bool:
        return want.goal is Goal.DOWN and not restarts

    told = (name for name in room.causes.concerns(event.subject) if name in room.wants.of)
    return any(
        want.goal is not Goal.UP and (not want.reached or is_down(want))
        for name in told
        for want in room.wants.last_known(name, can_know, is_told)
    )


class S9(Invariant):
    """No off and no stop without a cause that holds.

    `Off or Shut -> cause in {outage, schedule, request, low battery on battery} & evidence fresh`. An
    outage is a cause from `outage.confirmed` until the incident is closed, as far as the node that does it
    can know, but nothing new is shut down, flushed, or told to go off for good once the mains of all its
    UPSes have been back, and their cards heard by it, so long that no polling can have missed it; a force
    of one that is not up is the end of a stop that is under way; and who runs on power that counts down
    already, or uses linked disks on such power, is shut down or forced, mains or not, and these are flushed
    (C12), until who asks hears that it has fallen; an OFF of that node whose card it has not heard since
    counts down for that until its time is over (S11); and forced is who hangs on his way down past his own
    limit, else he would never come back (H1). Nor is the flush of a disk that nobody uses a stop, mains or
    not, while an alarm says that its battery is short (P4). Nor is the OFF of a node's own UPS that comes
    back by itself, while somebody else shuts all nodes down and it is wanted up (R2-08, L3). It must be
    confirmed while the mains are away, unless the card is silent, or not heard by that node (N1, N3). A
    schedule or a request is one for the servers it names, what feeds them and what they write to, until the
    node that does it can know of another word (see S27), which is on its way from the other node for a
    tenth of a second, or until that has looked round after its boot. A restart of the cluster belongs to an
    incident that is open as far as that node can know, or somebody wants it; to one that was opened for the
    cluster itself only while that is down.
    """

    id = "S9"
    sentence = later("nothing is stopped without a cause")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        polling = room.site.polling
        self._missed_s = polling.stale_after_s(polling.on_line_s) + polling.on_line_s + LATENCY_S

    def watches(self) -> Mapping[str, Look]:
        looks: dict[str, Look] = {f"command.sent {command}": self._stops for command in STOPS}
        return looks | {"command.sent restart": self._restarts, "outage.confirmed": self._confirmed}

    def _stops(self, event: Event) -> None:
        self.put_to_test += 1
        room = self.room
        if room.causes.wanted(event.subject) or counts_down(room, event):
            return
        if wanted_by_what_it_knows(room, event):
            return
        if not (room.incident.confirmed or room.confirmed_for(event.by, event.t)):
            causes = (only_ends_a_stop, disks_count_down, stops_nobody, boots_who_is_wanted_up)
            if not any(is_so(room, event) for is_so in causes):
                why = t("no outage was confirmed, no schedule and no request wanted it")
                self._broken(event, why, *taken_back(room, event, bool))
            return
        back_s = self._mains_back_s(event.by, event.t) if self._is_new(event) else None
        late = back_s is not None and event.t - back_s > self._missed_s
        if back_s is not None and late and not (disks_count_down(room, event) or stops_nobody(room, event)):
            why = t("the mains had been back for {time}", time=seconds(event.t - back_s))
            since = room.power.mains_since
            told = taken_back(room, event, lambda out: any(since[ups] is None for ups in out))
            self._broken(event, why, *told)

    def _is_new(self, event: Event) -> bool:
        """The beginning of a stop, and one that does not end by itself."""
        command = event.details["command"]
        if command == "off":
            return event.details.get("how") not in COMES_BACK
        if command == "force":
            return self.room.machines.os.get(event.subject) == "up"
        return command in ASKED_TO_STOP

    def _mains_back_s(self, node: str, at_s: float) -> float | None:
        """Since when every confirmed UPS has had its mains, lives on them, and has told this node; None: not
        all. While one tests its battery nobody can tell that from its outage going on (P12)."""
        latest_s = float("-inf")
        for ups in self.room.confirmed_for(node, at_s):
            since_s = self.room.power.mains_since.get(ups)
            lives_s = self.room.power.lives_on_them_since.get(ups)
            answering_s = self._heard_since_s(ups, node, at_s)
            if since_s is None or lives_s is None or answering_s is None:
                return None
            latest_s = max(latest_s, since_s, lives_s, answering_s)
        return latest_s

    def _heard_since_s(self, ups: str, node: str, at_s: float) -> float | None:
        """Since when its card answers, and this node hears it; None: it is silent, or not heard, or never
        was."""
        answering_s, cards = self.room.power.answering_since.get(ups), self.room.cards
        heard_s = cards.heard_since_s(node, ups, at_s)
        if answering_s is None or heard_s is None:
            return None
        was_dark = answering_s > ALWAYS
        return None if was_dark and cards.never_heard(node, ups, at_s) else max(answering_s, heard_s)

    def _restarts(self, event: Event) -> None:
        self.put_to_test += 1
        if any(
            (want := self.room.wants.of.get(name)) is not None and not want.reached
            for name in self.room.causes.concerns(event.subject)
        ):
            return
        if wanted_by_what_it_knows(self.room, event):
            return
        incident, opened = self.room.incident, self.room.incident.opened
        of_itself = opened is not None and opened.details.get("cause") == self.site.cluster.name
        if incident.began_s is None:
            closed = incident.closed_by_another(event)
            if closed is None or self.room.heard.can_know(event.by, closed, event.t):
                why = t("no incident was open, no schedule and no request wanted it")
                self._broken(event, why, *restart_taken_back(self.room, event, closed))
        elif of_itself and not incident.confirmed and self.room.machines.cluster == "running":
            why = t("the incident was opened because it stood still, and it ran")
            self._broken(event, why, *goes_against(self.room, event))

    def _broken(self, event: Event, why: str, *told: Event) -> None:
        text = t(
            "{command} of {name} at {time}: {why}",
            command=retold(str(event.details.get("command", ""))),
            name=event.subject,
            time=self.at(event.t),
            why=why,
        )
        self.broken(event.t, event.subject, text, *told, event)

    def _confirmed(self, event: Event) -> None:
        self.put_to_test += 1
        since_s = self.room.power.mains_since[event.subject]
        heard_s = self._heard_since_s(event.subject, event.by, event.t)
        if since_s is not None and heard_s is not None and event.t - max(since_s, heard_s) > self._missed_s:
            name = event.subject
            text = t("{ups} was confirmed to be out at {time} and had mains", ups=name, time=self.at(event.t))
            self.broken(event.t, name, text, event)


class S24(Invariant):
    """No OFF to a UPS that still feeds a machine that runs, and that nobody stops.

    `Off(u) -> forall x in loads(u): x is not running, or it has another feed, or it is to stop`. To
    stop: it has been told so, an outage brings it down, or it is wanted down by name (R12-05). Judged at
    the command; what runs when the output falls is S1's.
    """

    id = "S24"
    sentence = later("no UPS is told to go off that feeds a running machine nobody stops")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent off": self._off}

    def _off(self, event: Event) -> None:
        servers = self.room.wiring.servers_on.get(event.subject, ())
        self.put_to_test += bool(servers)
        others = [s.name for s in servers if self._runs_on(s, event)]
        if others:
            runs = verb(
                others, later("{names} ran and was not to stop"), later("{names} ran and were not to stop")
            )
            text = t(
                "{ups} was told to go off at {time}, but {missing}",
                ups=event.subject,
                time=self.at(event.t),
                missing=said(runs, names=names(others)),
            )
            self.broken(event.t, event.subject, text, event)

    def _runs_on(self, server: Server, event: Event) -> bool:
        room, machines = self.room, self.room.machines
        if not machines.running(server) or machines.os[server.name] == "shutting down":
            return False
        left = [
            u
            for u in server.upses
            if u != event.subject and room.power.output[u] and not room.power.counting_down(u, event.t)
        ]
        if len(left) >= server.minimum_supplies or server.name in machines.told:
            return False
        return not (room.causes.failing(server.name) or room.causes.wanted(server.name))


class S31(Invariant):
    """An outage stops those it concerns, and nobody else; a control disk's costs one restart.

    `Shut(x) or Off(x) -> x in scope(confirmed) or wanted down`. Confirmed: as far as the node that does it
    can know (S9). Scope of a disk: the servers that use it, their UPSes, the disk. Of a control disk, or of
    all nodes' power: the control side. Of a server's power: that server; of the last node's that runs, is a
    member and is not going down with its power: the cluster with it, and a control disk that has no mains,
    also while another boots, or goes down, that is not up in time, or hangs. Who runs on power that counts
    down already, or uses linked disks on such power, goes down, whosever outage it is (S1, S2, S16), and a
    force of one that hangs on its way down past its limit begins no stop (H1), nor does the flush of a disk
    that nobody uses, for its short battery (P4). Whose own mains are away may stop himself, and a UPS that
    feeds only him, where nobody commands who would say that his outage counts (ADR 0029); that UPS goes off
    with him also if he takes the command while he goes, for halted with his power on he would not come back
    (L3). For that the last node that is up tells a UPS of others that are down, or on their way, which comes
    back by itself and boots them; and one that is wanted up its own, while somebody else shuts all nodes
    down (R2-08). Second half (R9-23): between two restarts of the cluster its disks, its nodes or their mains
    have been away, or somebody wanted it restarted, or the first one failed, or hung.
    """

    id = "S31"
    sentence = later("an outage stops those it concerns and nobody else")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._restarted: Event | None = None
        self._going: set[str] = set()
        """Nodes that have stopped themselves while nobody commanded, and have not booted since."""
        wiring = room.wiring
        self._needs = {*wiring.control_upses, *wiring.nodes, *room.site.feeds}
        """Without these the cluster loses its disks."""

    def watches(self) -> Mapping[str, Look]:
        looks: dict[str, Look] = {f"command.sent {command}": self._stops for command in STOPS}
        looks |= {"command.sent restart": self._restarts, "command.failed": self._fails}
        looks |= dict.fromkeys(("mains.lost", "ups.output_off", "server.crashed"), self._away)
        return looks | {"server.booting": lambda event: self._going.discard(event.subject)}

    def _stops(self, event: Event) -> None:
        room, name = self.room, event.subject
        out = room.incident.confirmed or room.confirmed_for(event.by, event.t)
        if not out:
            return
        self.put_to_test += 1
        if room.causes.failing(name) or room.causes.wanted(name) or wanted_by_what_it_knows(room, event):
            return
        if counts_down(room, event) or self._left_alone(event) or only_ends_a_stop(room, event):
            return
        if stops_nobody(room, event) or self._boots_them(event) or boots_who_is_wanted_up(room, event):
            return
        if self._concerns(event, room.confirmed_for(event.by, event.t)) or disks_count_down(room, event):
            return
        text = t(
            "{command} of {name} at {time}: the outage of {upses} does not concern it",
            command=retold(str(event.details.get("command", ""))),
            name=name,
            time=self.at(event.t),
            upses=names(out),
        )
        told = taken_back(room, event, partial(self._concerns, event))
        self.broken(event.t, name, text, *told, event)

    def _concerns(self, event: Event, out: Iterable[str]) -> bool:
        causes = self.room.causes.beside(out)
        return causes.failing(event.subject) or self._goes_with_its_nodes(event, causes)

    def _goes_with_its_nodes(self, event: Event, causes: Causes) -> bool:
        """The cluster, when an outage stops every node that still runs: with the last one it would go. And a
        disk of theirs that lives on its battery: nobody is left to confirm that (S18).

        One that is up and no member of it does not carry it on, nor one that goes down with its power.
        """
        room, without = self.room, self.room.machines.outsiders
        members = [node for node in self.site.control_nodes if node.name not in without]
        nodes = [node for node in members if room.machines.running(node)]
        up = [node for node in nodes if room.machines.os[node.name] == "up"]
        drains = room.power.mains_since.get(event.subject, ALWAYS) is None
        disk = drains and event.subject in room.wiring.control_array_upses
        up = up or [node for node in nodes if disk and node.name == event.by]  # it has just told itself
        down = [node for node in nodes if room.machines.os[node.name] != "booting"]
        up = up or [node for node in nodes if self._is_short(node, event.t)] or down
        if not (disk or event.subject == self.site.cluster.name) or not up:
            return False
        running = up if any(self._waits_no_longer(nodes, up, event.t)) else nodes
        return all(causes.failing(node.name) or self._leaves(node, event.t) for node in running)

    def _leaves(self, node: Server, at_s: float) -> bool:
        """It is on its way down, and its UPSes count down: it boots again only when these have mains."""
        on_its_way = self.room.machines.os[node.name] == "shutting down"
        return on_its_way and self.room.power.counts_down_under(node, at_s)

    def _waits_no_longer(self, nodes: list[Server], up: list[Server], at_s: float) -> Iterator[bool]:
        """For one that boots, or goes down to boot again: past the limit of a start, or once it hangs, or
        when the battery of one that stops ends."""
        for node in nodes:
            if node in up:
                yield self._is_short(node, at_s)
            else:
                late = at_s - self.room.machines.since[node.name] > self.site.start.server_limit_s
                yield late or hangs(self.room, node, at_s)

    def _is_short(self, node: Server, at_s: float) -> bool:
        """A battery of it ends, or says that it is low: while it lasts nobody else is up."""
        return any(ends(self.room, ups, at_s) or self._says_low(ups) for ups in node.upses)

    def _says_low(self, ups: str) -> bool:
        """Its outage counted at once, for it said so of its battery (X-02); who can tell (P9)?"""
        told = self.room.incident.confirmed.get(ups)
        return told is not None and told.details.get("because") == LOW

    def _boots_them(self, event: Event) -> bool:
        """It comes back by itself, feeds other nodes alone that are down or on their way, and none is up that
        would wake them when he who tells it has gone."""
        wiring, os = self.room.wiring, self.room.machines.os
        others = wiring.nodes - {event.by}
        on = {server.name for server in wiring.servers_on.get(event.subject, ())}
        if not on or not on <= others or wiring.arrays_on.get(event.subject):
            return False
        down = all(os[node] not in ("up", "booting") for node in on)
        return event.details.get("how") in COMES_BACK and down and all(os[node] != "up" for node in others)

    def _left_alone(self, event: Event) -> bool:
        """None of its UPSes has mains, and it stops itself, or a UPS that is its own.

        And it does not command, or did not when it stopped itself, and its UPS is to follow.
        """
        room, node = self.room, self.site.servers.get(event.by)
        if node is None:
            return False
        itself = event.subject == node.name
        own = itself or room.wiring.servers_on.get(event.subject) == [node]
        if not own or any(room.power.mains_since[ups] is not None for ups in node.upses):
            return False
        if event.by == room.incident.commander:
            return not itself and node.name in self._going
        if itself:
            self._going.add(node.name)
        return True

    def _restarts(self, event: Event) -> None:
        if event.subject != self.site.cluster.name:
            return
        self.put_to_test += 1
        again, self._restarted = self._restarted, event
        if again is None or self.room.causes.wanted(event.subject) or self._stands_still(event.t):
            return
        text = t(
            "{name} was restarted at {time} and again at {again}, with its disks there all the while",
            name=event.subject,
            time=self.at(again.t),
            again=self.at(event.t),
        )
        self.broken(event.t, event.subject, text, again, event)

    def _stands_still(self, at_s: float) -> bool:
        """It has stopped, or has hung on its way down for longer than that may take (C11)."""
        machines, limit_s = self.room.machines, self.site.cluster.shutdown_limit_s
        hangs = machines.cluster == "stopping" and at_s - machines.cluster_since > limit_s
        return hangs or machines.cluster == "stopped"

    def _fails(self, event: Event) -> None:
        if event.subject == self.site.cluster.name:
            self._restarted = None

    def _away(self, event: Event) -> None:
        if event.subject in self._needs:
            self._restarted = None
