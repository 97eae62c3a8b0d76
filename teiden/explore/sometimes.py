"""Rare states that many histories together must have reached, or they proved little: one predicate for each.

They read the stream of events alone. A run tells which of them it reached; the report counts runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from math import inf
from zoneinfo import ZoneInfo

from sequencer.events import Event
from sequencer.ports import Off
from sequencer.site import ServerRole, Site
from teiden.explore.turns import turned_at

RECHARGED_PCT = 95.0


class Stream:
    """The events of one run, by name."""

    def __init__(self, events: Sequence[Event], site: Site) -> None:
        self.events, self.site = events, site
        self._by_name: defaultdict[str, list[Event]] = defaultdict(list)
        for event in events:
            self._by_name[event.name].append(event)

    def of(self, name: str, **details: object) -> Iterator[Event]:
        for event in self._by_name.get(name, ()):
            if all(event.details.get(key) == value for key, value in details.items()):
                yield event

    def any(self, name: str, **details: object) -> bool:
        return next(self.of(name, **details), None) is not None

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.time_zone)

    @cached_property
    def turns(self) -> frozenset[str]:
        return turned_at(self.events, self.site)

    @cached_property
    def armed(self) -> list[tuple[float, float, str, Event]]:
        """Countdowns: from, until they ran out or the output fell otherwise, of which UPS."""
        open_: dict[str, Event] = {}
        found = []
        for event in self.events:
            if event.name == "ups.off_armed":
                open_[event.subject] = event
            elif event.name == "ups.output_off" and event.subject in open_:
                begun = open_.pop(event.subject)
                found.append((begun.t, event.t, event.subject, begun))
        return found

    def inputs_of(self, ups: str) -> tuple[str, str]:
        return ups, self.site.upses[ups].feed


Reached = Callable[[Stream], bool]


def alarm(rule: str) -> Reached:
    return lambda s: s.any("alarm.raised", rule=rule)


def turn(stage: str) -> Reached:
    return lambda s: stage in s.turns


# Longer ones


def commander_moved_while_armed(s: Stream) -> bool:
    taken = [(e.t, e.by) for e in s.of("lease.taken")]
    moves = [at_s for (_, before), (at_s, by) in pairwise(taken) if by != before]
    return any(begun_s < at_s < end_s for at_s in moves for begun_s, end_s, *_ in s.armed)


def unabortable_off_with_mains_back(s: Stream) -> bool:
    def back(ups: str, begun_s: float, end_s: float) -> bool:
        inputs = s.inputs_of(ups)
        return any(begun_s < e.t < end_s and e.subject in inputs for e in s.of("mains.restored"))

    return any(back(ups, begun_s, end_s) for begun_s, end_s, ups, _ in s.armed)


def second_outage_while_recharging(s: Stream) -> bool:
    charges: defaultdict[str, list[Event]] = defaultdict(list)
    for event in s.of("ups.charge"):
        charges[event.subject].append(event)
    for event in s.of("ups.on_battery"):
        # Two points of one instant: before that, the one of the loss itself.
        before = [e for e in charges[event.subject] if e.t <= event.t]
        if before and float(before[-1].details["charge_pct"]) < RECHARGED_PCT:
            return True
    return False


def outage_within_incident(s: Stream) -> bool:
    """The mains go again before the incident is closed."""
    closed = [e.t for e in s.of("incident.closed")]
    for opened in s.of("incident.opened"):
        end_s = min((t for t in closed if t > opened.t), default=float("inf"))
        restored = min((e.t for e in s.of("mains.restored") if e.t > opened.t), default=float("inf"))
        if any(restored < e.t < end_s for e in s.of("mains.lost")):
            return True
    return False


def card_silent_on_battery(s: Stream) -> bool:
    on_battery: set[str] = set()
    for event in s.events:
        if event.name == "ups.on_battery":
            on_battery.add(event.subject)
        elif event.name == "ups.on_line":
            on_battery.discard(event.subject)
        elif event.name == "card.silent" and event.subject in on_battery:
            return True
    return False


def pool_server_runs(s: Stream) -> bool:
    pool = {server.name for server in s.site.pool_servers}
    initial = s.events[0].details.get("initial", {})
    ran = any(str(initial.get(name, {}).get("os")) == "up" for name in pool)
    return ran or any(e.subject in pool for e in s.of("server.up"))


def one_feed_of_a_redundant_pair(s: Stream) -> bool:
    """A UPS of a server with two has gone, and the server lives on."""
    first_down_s: dict[str, float] = {}
    for name in ("server.crashed", "server.halted", "server.shutting_down"):
        for event in s.of(name):
            first_down_s[event.subject] = min(event.t, first_down_s.get(event.subject, event.t))
    redundant: defaultdict[str, list[str]] = defaultdict(list)
    for server in s.site.servers.values():
        for ups in server.upses if len(server.upses) > server.minimum_supplies else ():
            redundant[ups].append(server.name)
    return any(
        first_down_s.get(server, inf) > event.t + 1.0
        for event in s.of("ups.output_off")
        for server in redundant[event.subject]
    )


def _fired_at(s: Stream) -> Iterator[datetime]:
    """Local wall times at which schedules fired."""
    start = datetime.fromisoformat(str(s.events[0].details["start"]))
    zone = s.zone
    for event in s.of("schedule.fired"):
        yield (start + timedelta(seconds=event.t)).astimezone(zone)


def fires_in_the_hour_that_comes_twice(s: Stream) -> bool:
    return any(
        at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset() and _is_fold(at)
        for at in _fired_at(s)
    )


def _is_fold(at: datetime) -> bool:
    first, second = at.replace(fold=0).utcoffset(), at.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second


def clocks_change(s: Stream) -> bool:
    """Daylight saving begins or ends within the run, and a schedule fires in it."""
    fired = list(_fired_at(s))
    start = datetime.fromisoformat(str(s.events[0].details["start"])).astimezone(s.zone)
    return any(at.utcoffset() != start.utcoffset() for at in fired)


def schedule_in_an_outage(s: Stream) -> bool:
    spans = []
    closed = [e.t for e in s.of("incident.closed")]
    for opened in s.of("incident.opened"):
        spans.append((opened.t, min((t for t in closed if t > opened.t), default=float("inf"))))
    return any(begin_s < e.t < end_s for e in s.of("schedule.fired") for begin_s, end_s in spans)


def held_device_is_left_alone(s: Stream) -> bool:
    """A step waits, or a command was refused, because somebody holds the device."""
    return s.any("step.waiting", rule="S27") or s.any("command.refused", rule="S27")


def nodes_both_down_in_an_outage(s: Stream) -> bool:
    nodes, down = set(s.site.cluster.nodes), set[str]()
    for event in s.events:
        if event.subject in nodes and event.name in ("server.halted", "server.crashed"):
            down.add(event.subject)
            if down == nodes:
                return True
        elif event.subject in nodes and event.name == "server.up":
            down.discard(event.subject)
    return False


def cluster_restarted_with_its_disks(s: Stream) -> bool:
    return any(e.details.get("command") == "restart" for e in s.of("command.sent"))


def cut_on_the_last_minute(s: Stream) -> bool:
    """An OFF at once, not a countdown."""
    return any(begun.details.get("how") in (Off.NOW.value, Off.CONSERVE.value) for *_, begun in s.armed)


ONE_FEED, POOL = "one feed of a redundant pair is gone", "a pool server runs"
TURN = {
    "turned round before anything stopped": "nothing",
    "turned round with servers down": "servers",
    "turned round with a servers' UPS off": "servers' UPS",
    "turned round with an array flushed": "flushed",
    "turned round with an array cut": "cut",
    "turned round with the cluster stopped": "cluster",
    "turned round after the nodes were off": "nodes",
}

SOMETIMES: dict[str, Reached] = {
    **{name: turn(stage) for name, stage in TURN.items()},
    "a blip was forgotten": lambda s: s.any("outage.cleared"),
    "un-abortable OFF with the mains back": unabortable_off_with_mains_back,
    "a servers' shutdown timed out": alarm("H1"),
    "a server was forced": lambda s: s.any("server.forced"),
    "a flush timed out": lambda s: s.any("array.flush_timed_out"),
    "not seen off within its limit": alarm("S3"),
    "an OFF was not taken": alarm("X-09"),
    "an array's battery could not wait": alarm("S18"),
    "an array was cut at once": cut_on_the_last_minute,
    "control battery at its floor": alarm("S5"),
    "the cluster was forced": lambda s: s.any("cluster.forced"),
    "a battery ran empty": lambda s: s.any("ups.exhausted"),
    "commander moved while a timer was armed": commander_moved_while_armed,
    "a commander gave way": lambda s: s.any("lease.lost"),
    "both nodes down": nodes_both_down_in_an_outage,
    "the journal's safe mode": alarm("S30"),
    "the cluster restarted with its disks": cluster_restarted_with_its_disks,
    "start waited for charge": lambda s: s.any("step.waiting", rule="S17"),
    "second outage while recharging": second_outage_while_recharging,
    "mains lost again within an incident": outage_within_incident,
    "card silent on battery": card_silent_on_battery,
    "a server was woken": lambda s: s.any("command.sent", command="wake"),
    "a server did not come up": alarm("H9"),
    "a request was refused": lambda s: s.any("request.refused"),
    "a request was accepted": lambda s: s.any("request.accepted"),
    "a held device was left alone": held_device_is_left_alone,
    POOL: pool_server_runs,
    ONE_FEED: one_feed_of_a_redundant_pair,
    "a schedule fired in an outage": schedule_in_an_outage,
    "a scheduled restart": lambda s: s.any("schedule.fired", goal="reboot"),
    "a schedule was missed": alarm("L6"),
    "a clock behind the journal": alarm("T4"),
    "a schedule fired after the clocks changed": clocks_change,
    "a schedule fired in the hour that comes twice": fires_in_the_hour_that_comes_twice,
}


def possible(name: str, site: Site) -> bool:
    """Whether the site has what it takes."""
    if name == ONE_FEED:
        return any(len(server.upses) > server.minimum_supplies for server in site.servers.values())
    if name == POOL:
        return any(server.role is ServerRole.POOL for server in site.servers.values())
    return True


def reached(events: Sequence[Event], site: Site) -> tuple[str, ...]:
    stream = Stream(events, site)
    return tuple(name for name, is_reached in SOMETIMES.items() if is_reached(stream))
