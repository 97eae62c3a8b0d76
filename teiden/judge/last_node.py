"""While no control node is at work: which of them went last, and how; who took it left nobody to command.

One whose service has died, and was not begun anew, is at work no more than one that is down (C1, C8); nor is
one that stands still, or hangs (C7); nor one that boots onto power that counts down: it goes down again at
once, and can see to nobody (S16).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.invariants.falling import COMES_BACK
from teiden.judge.invariants.invariant import TICK_S
from teiden.judge.struck import Struck
from teiden.judge.unread import unread, wants_up

GOES_DOWN = "server.shutting_down"
ENDS = ("server.halted", "server.forced", "server.crashed", "service.died")
LOST = "ups.on_battery"
BEGINS = ("server.up", "service.begun")
TOLD = ("shutdown", "force", "restart")
"""Commands of ours with which a node goes down; a restart may be told to its cluster."""

OFF_TRIED = ("command.sent", "command.refused")
POWER = ("ups.off_armed", "ups.output_off", "ups.output_on")


@dataclass(frozen=True, slots=True)
class End:
    """How the last one went."""

    node: str
    t: float
    powerless: bool
    """It crashed, for it had no power any more;"""
    died: bool
    """or its system did, with its power on."""
    began_s: float | None
    """When it began to shut down, if it did."""
    told: bool
    """We had told it to."""
    alone: bool = True
    """No other one was there, whose service did nothing."""
    fell_s: float | None = None
    """When it lost its power as it booted again, and would have been there."""

    def by_another(self, since_s: float) -> bool:
        """It began to shut down since, and we had not told it to."""
        return not self.told and self.began_s is not None and self.began_s >= since_s - TICK_S


def fell_for(events: Sequence[Event], ups: str, cause: str, t_s: float) -> bool:
    """As the room tells of its last fall by then; ''; for anything. Where it tells of none nobody can say."""
    its = (e for e in reversed(events) if e.is_fact and (e.name, e.subject) == ("ups.output_off", ups))
    told = next((str(e.details.get("cause", "")) for e in its if e.t <= t_s + TICK_S), "")
    return cause in ("", told) or not told


class LastNode:
    def __init__(self, events: Sequence[Event], site: Site, faults: Iterable[Struck] = ()) -> None:
        """`events`: of the whole run, which begins with every node up; `faults`: those that struck in it."""
        self._site = site
        self._events = events
        self._faults = [fault for fault in faults if fault.by.fault.idles]
        self._heard = False
        self._times: list[float] = []
        self._ends: list[End | None] = []
        self._up = set(site.cluster.nodes)
        self._idle: set[str] = set()
        """Whose service does nothing, though it is there."""
        self._boots: set[str] = set()
        """Who began to boot since he was up."""
        self._began: dict[str, float] = {}
        self._told: set[str] = set()
        self._told_before: dict[str, bool] = {}
        self._turned_away: list[tuple[float, str]] = []
        """Who came up onto power that counted down, and when."""
        self._falls_at_s: dict[str, float] = {}
        """By UPS: when the OFF falls that it was last told; infinity while it is off."""

    def _hear(self, event: Event) -> None:
        node, nodes = event.subject, self._site.cluster.nodes
        if event.name == "command.sent" and event.details.get("command") in TOLD:
            self._told |= set(nodes) if node == self._site.cluster.name else {node}
        elif event.is_fact and node in self._site.upses:
            self._hear_power(event)
        elif not event.is_fact or node not in nodes:
            return
        elif event.name == GOES_DOWN:
            self._began[node], self._told_before[node] = event.t, node in self._told
        elif event.name in BEGINS:
            self._begins(event)
        elif event.name in ENDS and node in self._up:
            was_last = self._is_last(node)
            self._up.discard(node)
            if was_last:
                self._note(event.t, self._end(event))
        else:
            self._hear_boot(event)

    def _begins(self, event: Event) -> None:
        node = event.subject
        self._idle.discard(node)
        if event.name == "server.up":
            self._forget(node)
        if self._loses_its_power(node, event.t):
            self._turned_away.append((event.t, node))
        else:
            self._up.add(node)
            self._note(event.t, None)

    def _hear_boot(self, event: Event) -> None:
        """Of one that is not at work: the last one may lose its power as it boots again."""
        if event.name == "server.booting":
            self._boots.add(event.subject)
        elif event.subject in self._boots and event.name in ENDS:
            self._boots.discard(event.subject)
            end = self._ends[-1] if self._ends else None
            if end is not None and end.node == event.subject and event.details.get("cause") == "power":
                self._note(event.t, replace(end, fell_s=event.t))

    def _is_last(self, node: str) -> bool:
        """Of those that are at work; or it was, and stands still since."""
        if self._up - self._idle - {node}:
            return False
        end = self._ends[-1] if self._ends else None
        return node not in self._idle or (end is not None and end.node == node)

    def _idles(self, t_s: float, node: str, stands: bool) -> None:
        """A fault keeps its service from doing anything, or no more: it goes on where it was."""
        if stands:
            was_last = node in self._up and self._is_last(node)
            self._idle.add(node)
            if was_last:
                self._note(t_s, self._end(Event(t_s, "service.stalled", node, "room", Source.FACT, {})))
        elif node in self._idle:
            self._idle.discard(node)
            if node in self._up:
                self._note(t_s, None)

    def _hear_power(self, event: Event) -> None:
        if event.name == "ups.off_armed":
            self._falls_at_s[event.subject] = event.details["falls_at"]
        elif event.name == "ups.output_off":
            self._falls_at_s[event.subject] = inf
        elif event.name == "ups.output_on":
            self._falls_at_s.pop(event.subject, None)

    def _loses_its_power(self, node: str, t_s: float) -> bool:
        """What counts down under it, or is off, leaves it too little."""
        server = self._site.servers[node]
        stay = [ups for ups in server.upses if self._falls_at_s.get(ups, -inf) < t_s]
        return bool(server.upses) and len(stay) < server.minimum_supplies

    def _end(self, event: Event) -> End:
        node = event.subject
        crashed, power = event.name == "server.crashed", event.details.get("cause") == "power"
        return End(
            node,
            event.t,
            crashed and power,
            crashed and not power,
            self._began.get(node),
            self._told_before.get(node, False),
            not self._up - {node},
        )

    def _forget(self, node: str) -> None:
        self._boots.discard(node)
        self._told.discard(node)
        self._began.pop(node, None)
        self._told_before.pop(node, None)

    def _note(self, t_s: float, end: End | None) -> None:
        self._times.append(t_s)
        self._ends.append(end)

    def _at(self, t_s: float) -> End | None:
        """None while one of them is at work. Most runs never ask."""
        if not self._heard:
            self._heard = True
            begins = ((f.by.at_s, f.by.subject, True) for f in self._faults)
            ends = ((f.until_s, f.by.subject, False) for f in self._faults)
            idle = sorted([*begins, *ends], reverse=True)
            for event in self._events:
                while idle and idle[-1][0] <= event.t:
                    self._idles(*idle.pop())
                self._hear(event)
        place = bisect_right(self._times, t_s)
        return self._ends[place - 1] if place else None

    def gone_since_s(self, t_s: float) -> float | None:
        """Since when none of them is at work; None: one is."""
        end = self._at(t_s)
        return None if end is None else end.t

    def at_work_since_s(self, t_s: float) -> float | None:
        """Since when one of them has been, whoever it was; None: none is."""
        if self._at(t_s) is not None:
            return None
        place = bisect_right(self._times, t_s)
        gone = [n for n, end in enumerate(self._ends[:place]) if end is not None]
        return self._times[gone[-1] + 1] if gone else -inf

    def fell_by(
        self, device: str, since_s: float, t_s: float, *, falls: str = "", until_s: float = inf
    ) -> bool:
        """None of them is at work by then, and the last one lost its power since, which this UPS gave it, at
        work or at its next boot; or is this node, and its system died, or somebody shut it down, not we. Who
        lost his power while another stood still has seen it come, perhaps: of that more is asked (`Alone`).

        `falls`, `until_s`: for what that UPS gave none any more, and until when.
        """
        end = self._at(t_s)
        if end is None or end.t < since_s - TICK_S:
            return False
        fell_s = end.t if end.powerless else end.fell_s
        its = end.alone and device in self._site.servers[end.node].upses
        if its and fell_s is not None and fell_s <= until_s and fell_for(self._events, device, falls, fell_s):
            return True
        if end.powerless:
            return False
        return device == end.node and (end.died or end.by_another(since_s))

    def gone_before(self, server: str, t_s: float) -> bool:
        """None of them is at work by then, nor was a poll after this one began to boot: nobody saw that."""
        end = self._at(t_s)
        boots = (e.t for e in self._events if (e.name, e.subject) == ("server.booting", server) and e.is_fact)
        booted_s = max((at_s for at_s in boots if at_s <= t_s), default=-inf)
        return end is not None and end.t <= booted_s + self._site.polling.on_line_s

    def left_in_its_time(self, server: str, t_s: float) -> bool:
        """None of them is at work by then; the last one went while this one was going down, and had time left
        for that, and that is over now."""
        end = self._at(t_s)
        begins = (e.t for e in self._events if (e.name, e.subject) == (GOES_DOWN, server) and e.is_fact)
        began_s = max((at_s for at_s in begins if at_s <= t_s), default=inf)
        over_s = began_s + self._site.servers[server].stop_limit_s
        return end is not None and began_s <= end.t < over_s <= t_s

    def went_before_its_mains(self, server: str, t_s: float) -> bool:
        """None of them is at work by then, and the last one was on its way down when all UPSes of this system
        had their mains yet: nobody could have waited for it."""
        end, upses = self._at(t_s), self._site.servers[server].upses
        lost_s = {e.subject: e.t for e in self._events if e.is_fact and e.name == LOST and e.t <= t_s}
        if end is None or end.began_s is None:
            return False
        return all(lost_s.get(ups, -inf) > end.began_s for ups in upses)

    def nobody_wakes(self, device: str, since_s: float, until_s: float, t_s: float) -> bool:
        """None of them is up then; and of a UPS, it was to be told to go off in that time, or counted down,
        and has not gone off since. Of the network: a UPS of theirs took no OFF in that time.

        Of a server: its power came since it went; with a fault that has ended, in that time. And who is up
        may have booted since it went, and know of no incident, or not of the last one: he takes it for one
        that somebody has shut down (S28), if nobody has wanted it up since.
        """
        if self._at(t_s) is None and not self._is_missed_by_nobody(device, t_s):
            return False
        if device not in self._site.upses and device not in self._site.servers:
            return bool(self.left_on(since_s, until_s, t_s))
        if device not in self._site.upses:
            from_s = self._went_s(device, t_s) if until_s == inf else since_s
            return self._gets_power(device, from_s, min(until_s, t_s))
        return self._is_kept_on(device, since_s, until_s, t_s)

    def keeps_its_power(self, own: str, other: str, since_s: float, until_s: float, t_s: float) -> bool:
        """None of them is up then; and one had halted whose own UPS was off in that time, and on again by its
        end, while he hung on the other, by a mistake, which has not gone off since. Nor has his own since."""
        nodes = (node.name for node in self._site.control_nodes if own in node.upses)
        went_s = max((self._went_s(node, t_s) for node in nodes), default=-inf)
        if self._at(t_s) is None or not since_s <= went_s <= until_s:
            return False
        came_s = self._changes(own, "ups.output_on", went_s, until_s)
        fed = not self._changes(other, "ups.output_off", went_s, min(until_s, t_s))
        return fed and bool(came_s) and not self._changes(own, "ups.output_off", max(came_s), t_s)

    def _changes(self, ups: str, name: str, since_s: float, until_s: float) -> list[float]:
        own = (e for e in self._events if e.is_fact and (e.name, e.subject) == (name, ups))
        return [e.t for e in own if since_s <= e.t <= until_s]

    def _is_kept_on(self, ups: str, since_s: float, until_s: float, t_s: float) -> bool:
        """It was to go off then, or counted down, and has not gone off since it was last told so."""
        told = [
            e.t
            for e in self._events
            if e.name in OFF_TRIED
            and (e.subject, e.details.get("command")) == (ups, "off")
            and since_s <= e.t <= until_s
        ]
        told += [since_s] if self._counts_down(ups, since_s) else []
        own = (e for e in self._events if e.is_fact and (e.name, e.subject) == ("ups.output_off", ups))
        return bool(told) and not any(max(told) <= e.t <= t_s for e in own)

    def left_on(self, since_s: float, until_s: float, t_s: float) -> frozenset[str]:
        """UPSes of nodes that have taken no OFF that was told them in that time, nor gone off since."""
        untaken = {
            e.subject: e.t
            for e in self._events
            if (e.name, e.details.get("command")) == ("command.failed", "off") and since_s <= e.t <= until_s
        }
        for e in self._events:
            if e.is_fact and e.name == "ups.output_off" and untaken.get(e.subject, inf) <= e.t <= t_s:
                untaken.pop(e.subject)
        return frozenset(untaken) & frozenset(ups.name for ups in self._site.node_upses)

    def _is_missed_by_nobody(self, server: str, t_s: float) -> bool:
        told = [e for e in self._events if e.t <= t_s]
        went = (e.t for e in told if e.is_fact and e.name in ENDS and e.subject == server)
        went_s = max(went, default=inf)
        incidents = [e for e in told if e.name.startswith("incident.")]
        last = incidents[-1] if incidents else None
        opened = last is not None and last.name == "incident.opened"
        known = not unread(self._events, t_s) if opened else last is not None and last.t > went_s
        wanted = any(wants_up(e, server) for e in told if e.t >= went_s)
        node = server in self._site.cluster.nodes  # every incident brings these back
        known = known and (node or not self._begun_anew(incidents, went_s))
        return not (known or wanted) and self._nobody_was_up(went_s, t_s)

    def _begun_anew(self, incidents: Sequence[Event], went_s: float) -> bool:
        """Who opened the last incident has booted since this one went, in none: he knows nothing of it."""
        opened_s = max((e.t for e in incidents if e.name == "incident.opened"), default=-inf)
        before = [e for e in incidents if e.t <= went_s]
        in_one = bool(before) and before[-1].name == "incident.opened"
        return not in_one and opened_s > went_s and self._nobody_was_up(went_s, opened_s)

    def _nobody_was_up(self, from_s: float, to_s: float) -> bool:
        """At some time in this one; whoever is up by its end has booted since."""
        until_s = (*self._times[1:], inf)
        spans = zip(self._times, until_s, self._ends, strict=False)  # perhaps none of them ever goes
        return any(end is not None and at_s <= to_s and over_s > from_s for at_s, over_s, end in spans)

    def _went_s(self, server: str, t_s: float) -> float:
        went = (e.t for e in self._events if e.is_fact and e.name in ENDS and e.subject == server)
        return max((at_s for at_s in went if at_s <= t_s), default=-inf)

    def _gets_power(self, node: str, since_s: float, until_s: float) -> bool:
        upses = self._site.servers[node].upses
        came = (e.t for e in self._events if e.is_fact and e.name == "ups.output_on" and e.subject in upses)
        return any(since_s <= t <= until_s for t in came)

    def _counts_down(self, ups: str, t_s: float) -> bool:
        """It had been told to go off by then, and was still to fall."""
        told = (e for e in self._events if e.is_fact and e.name == "ups.off_armed" and e.subject == ups)
        return any(e.t <= t_s <= e.details["falls_at"] for e in told)

    def is_left_dark(self, ups: str, until_s: float, t_s: float) -> bool:
        """None of them is up then; and this one has been off since the other time at the latest."""
        if self._at(t_s) is None:
            return False
        changes = ("ups.output_off", "ups.output_on")
        own = [e for e in self._events if e.is_fact and e.name in changes and e.subject == ups and e.t <= t_s]
        return bool(own) and own[-1].name == "ups.output_off" and own[-1].t <= until_s

    def turned_away(self, ups: str, since_s: float, until_s: float, t_s: float) -> bool:
        """None of them is at work by then; and since the last one went one has come up in that time onto this
        UPS, told to go off by then, and has gone again: it would have woken the others. Or the last one has
        halted, and would have come back by itself."""
        end = self._at(t_s)
        if end is None:
            return False
        return self._stays_off(end, ups, since_s, t_s) or any(
            max(end.t, since_s) <= at_s <= min(until_s, t_s) and ups in self._site.servers[node].upses
            for at_s, node in self._turned_away
        )

    def _stays_off(self, end: End, ups: str, since_s: float, t_s: float) -> bool:
        """This one had halted by then on this UPS, which counted down to come back by itself; it was told to
        stay off instead, has fallen by that, and is off."""
        if end.t > since_s or ups not in self._site.servers[end.node].upses:
            return False
        own = [e for e in self._events if e.is_fact and e.subject == ups and e.t <= t_s]
        before = [e for e in own if e.name in POWER and e.t < since_s]
        since = [e.name for e in own if e.name in POWER and e.t >= since_s]
        comes_back = bool(before) and before[-1].details.get("how") in COMES_BACK
        return comes_back and since == ["ups.off_armed", "ups.output_off"]

    def was_stopped(self, names: Collection[str], since_s: float, t_s: float) -> bool:
        """None of them is at work by then; the last one, or the cluster, was shut down since, not by us."""
        end = self._at(t_s)
        if end is None or not end.by_another(since_s):
            return False
        return end.node in names or self._site.cluster.name in names
