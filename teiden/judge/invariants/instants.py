"""S35, L6: every instant of a schedule fires, once, and in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

from sequencer import calendar
from sequencer.calendar import Instant
from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.schedules import Schedule
from teiden.judge.invariants.invariant import LATENCY_S, TICK_S, Invariant, Look
from teiden.judge.ledger.room import Room
from teiden.judge.ledger.wants import waits_for_lan
from teiden.judge.words import seconds
from teiden.language.say import later, t


class S35(Invariant):
    """Whatever the clocks do, each instant fires at most once.

    `fires(i) <= 1`, by the id of the instant, on every node. One that was down when another fired it
    may not have heard of it; an instant that is made up for only says once more what is wanted.
    """

    id = "S35"
    sentence = later("every instant of a schedule fires at most once")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._fired: dict[tuple[str, str], Event] = {}

    def watches(self) -> Mapping[str, Look]:
        return {"schedule.fired": self._fires}

    def _fires(self, event: Event) -> None:
        instant = event.details.get("id")
        if not instant:
            return
        self.put_to_test += 1
        before = self._fired.setdefault((event.by, str(instant)), event)
        if before is not event:
            text = t(
                "{instant} fired at {time} and again at {again}",
                instant=instant,
                time=self.at(before.t),
                again=self.at(event.t),
            )
            self.broken(event.t, event.subject, text, before, event)


DOWN = ("server.halted", "server.forced", "server.crashed", "service.died")
"""Whom these befall commands nobody from then on."""


@dataclass(slots=True)
class Watch:
    """From when to when one node commanded, and how its clock was set meanwhile."""

    node: str
    began_s: float
    began_clock_s: float
    last_clock_s: float = 0.0
    """The latest time that its clock showed."""
    stepped_s: float | None = None
    stood_s: tuple[float, float] | None = None
    """From when to when it did nothing at all last (C7)."""
    waits_s: tuple[float, float] | None = None
    """It has said that no schedule fires (T4): from what its clock had shown then, to what it waits for."""
    silent_s: float | None = None
    """Since when another node has not heard it, as that has said: in seconds of the run."""
    ended_s: float = inf
    jumps: list[tuple[float, float, float]] = field(default_factory=list)
    """How its clock was set meanwhile: what it showed before and after, and when."""

    def moment_s(self, clock_s: float) -> float:
        """When its clock showed that first; what it jumped over is made up for just after it has."""
        ahead_s = self.began_clock_s - self.began_s
        for before_s, after_s, at_s in self.jumps:
            if clock_s <= before_s:
                break
            if clock_s <= after_s:
                return at_s - TICK_S
            ahead_s += after_s - before_s
        return clock_s - ahead_s


class L6(Invariant):
    """Every instant while somebody commands fires within one poll; a missed one is reported.

    `[] instant in an alive window -> fired within a poll, or an alarm`. Alive: from `lease.taken` until the
    lease is lost, by the clock of that node as it is set during the run. Fired late: only what fell
    before the window, what a step of the clock jumped over, or what came while the node stood still
    (`clock.gap`, C7): it is not alive then, but once it goes on it has to fire that, or to report it. Nor is
    one of which another says that it is silent (L5), and that says nothing itself as long as it commands. An
    off of servers that are wanted down already when it is its turn is no news. Reported is, too, what falls
    while a commander whose clock is far behind waits, as its alarm says, for the latest time that a
    commander's clock has shown (T4). Nor is due again, by a clock that has been set back, what fell before a
    time up to which a commander has written down that the schedules are watched, as far as this one can know:
    he has made up for that, or a later instant counted instead (S35). What fell before the run was due before
    it, also when a clock is set back into that time, or shows 1970 after a boot. How far a clock was off from
    the beginning a live stream does not tell: `UNCERTAIN_S` at the end of each window is not judged.
    """

    id = "L6"
    sentence = later("every instant of a schedule fires in time, or its loss is reported")

    UNCERTAIN_S = 120.0

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._watch: Watch | None = None
        self._watches: list[Watch] = []
        self._watched: list[tuple[Event, float]] = []
        """Rows in which a commander has written down that they are watched; what its clock showed then."""
        self._fired: dict[str, Event] = {}
        self._alarms: defaultdict[str, list[str]] = defaultdict(list)
        if not self.site.schedules:
            self.not_applicable = t("this site has no schedules")
        elif room.history.start_at is None:
            self.not_applicable = t("the stream does not tell at what time it began")

    def watches(self) -> Mapping[str, Look]:
        if self.not_applicable:
            return {}
        looks: dict[str, Look] = {
            "schedule.fired": self._fires,
            "lease.taken": self._begins,
            "lease.lost": self._ends,
            "clock.stepped": self._steps,
            "clock.gap": self._stood,
            "alarm.raised": self._alarm,
        }
        looks |= dict.fromkeys(DOWN, self._goes_down)
        return looks | {"journal.committed watched": self._has_watched}

    def _begins(self, event: Event) -> None:
        self._close(event.t)
        self._watch = Watch(event.by, event.t, self.room.wants.clock_s(event.t, event.by))

    def _has_watched(self, event: Event) -> None:
        self._watched.append((event, self.room.wants.clock_s(event.t, event.by)))

    def _is_over(self, at_clock_s: float, moment_s: float, node: str) -> bool:
        """For this one: of a row that it cannot know nobody has told it that this was made up for."""
        rows = (row for row, clock_s in self._watched if row.t < moment_s and clock_s >= at_clock_s)
        return any(self.room.heard.can_know(node, row, moment_s) for row in rows)

    def _ends(self, event: Event) -> None:
        if self._watch is not None and event.by == self._watch.node:
            self._close(event.t)

    def _goes_down(self, event: Event) -> None:
        if self._watch is not None and event.subject == self._watch.node:
            self._close(event.t)

    def _close(self, at_s: float) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.ended_s = at_s
            watch.last_clock_s = max(watch.last_clock_s, self.room.wants.clock_s(at_s, watch.node))
            self._watches.append(watch)

    def _steps(self, event: Event) -> None:
        watch = self._watch
        if watch is not None and event.subject == watch.node:
            watch.stepped_s = event.t
            clock_s, by_s = self.room.wants.clock_s(event.t, watch.node), event.details.get("by_s")
            watch.last_clock_s = max(watch.last_clock_s, clock_s)
            if isinstance(by_s, int | float):
                watch.jumps.append((clock_s, clock_s + by_s, event.t))

    def _stood(self, event: Event) -> None:
        watch, lost_s = self._watch, event.details.get("lost_s")
        if watch is not None and event.subject == watch.node and isinstance(lost_s, int | float):
            watch.stood_s = event.t - lost_s, event.t

    def _alarm(self, event: Event) -> None:
        watch = self._watch
        if watch is not None and event.subject == watch.node and event.details.get("rule") == "T4":
            self._waits(watch, self.room.wants.clock_s(event.t, watch.node))
        if watch is not None and watch.silent_s is None and is_silent(event, watch.node):
            watch.silent_s = event.t - self.site.start.peer_limit_s
        if event.subject in self.site.schedules:
            self._alarms[event.subject].append(str(event.details.get("text", "")))

    def _waits(self, watch: Watch, clock_s: float) -> None:
        from_s = max(clock_s, watch.last_clock_s) if watch.waits_s is None else watch.waits_s[0]
        watch.waits_s = from_s, max([from_s, *(w.last_clock_s for w in self._watches)])

    def _fires(self, event: Event) -> None:
        self.put_to_test += 1
        self._fired.setdefault(str(event.details.get("id", "")), event)
        late_s = event.details.get("late_s")
        late_s = late_s if isinstance(late_s, int | float) else 0.0
        watch, limit_s = self._watch, self.site.polling.on_line_s + LATENCY_S
        if late_s <= limit_s or watch is None:
            return
        if self._may_be_late(watch, event.t - late_s, limit_s):
            return
        text = t(
            "{instant} fired at {time}, {late} late",
            instant=event.details.get("id", ""),
            time=self.at(event.t),
            late=seconds(late_s),
        )
        self.broken(event.t, event.subject, text, event)

    @staticmethod
    def _may_be_late(watch: Watch, due_s: float, limit_s: float) -> bool:
        if due_s < watch.began_s + limit_s or (watch.stepped_s is not None and watch.stepped_s >= due_s):
            return True
        return watch.stood_s is not None and watch.stood_s[0] - limit_s <= due_s <= watch.stood_s[1]

    def end(self, at_s: float) -> None:
        start_at = self.room.history.start_at
        if start_at is None:
            return
        self._close(at_s)
        for watch in self._watches:
            self._stands_still(watch)
        for schedule in self.site.schedules.values():
            for instant, at_clock_s, moment_s in self._due(schedule, start_at):
                self.put_to_test += 1
                if not self._is_accounted_for(schedule, instant, moment_s):
                    text = t(
                        "{instant} was due at {time}, did not fire, and nobody said so",
                        instant=instant.id,
                        time=self.at(at_clock_s),
                    )
                    self.broken(at_clock_s, schedule.name, text)

    def _stands_still(self, watch: Watch) -> None:
        """Another has said that it is silent, and it was, from the next poll on: it hangs, perhaps, and knows
        no time (C7)."""
        silent_s = watch.silent_s
        if silent_s is None:
            return
        told = (e.t for e in self.room.history.events if e.by == watch.node)
        if not any(silent_s + self.site.polling.on_line_s < t <= watch.ended_s for t in told):
            watch.last_clock_s -= watch.ended_s - silent_s

    def _due(self, schedule: Schedule, start_at: datetime) -> Iterator[tuple[Instant, float, float]]:
        """The instants of all windows, each once, in seconds of the run: by that clock, and when that was."""
        seen: set[str] = set()
        for watch, (after_s, until_s) in [(w, span) for w in self._watches for span in self._spans(w)]:
            after, until = start_at + timedelta(seconds=after_s), start_at + timedelta(seconds=until_s)
            for instant in calendar.instants(self.site, schedule, after, until) if until > after else ():
                if instant.id not in seen:
                    seen.add(instant.id)
                    at_clock_s = (instant.at - start_at).total_seconds()
                    moment_s = watch.moment_s(at_clock_s)
                    if not self._is_over(at_clock_s, moment_s, watch.node):
                        yield instant, at_clock_s, moment_s

    def _spans(self, watch: Watch) -> Iterator[tuple[float, float]]:
        """By its clock, in seconds of the run: while it commands, and does not wait."""
        begins_s = max(0.0, watch.began_clock_s)
        if watch.waits_s is not None:
            yield begins_s, watch.waits_s[0] - self.UNCERTAIN_S
            begins_s = max(begins_s, watch.waits_s[1])
        yield begins_s, watch.last_clock_s - self.UNCERTAIN_S

    def _ends_a_restart(self, schedule: Schedule, on: Instant) -> bool:
        """It is the second half of its off: written so, or one minute apart in this night alone (T2)."""
        if calendar.is_restart(schedule):
            return True
        offs = calendar.instants(self.site, schedule, on.at - 2 * calendar.RESTART, on.at)
        return any(off.id in self._fired and calendar.is_reboot(off, on) for off in offs)

    def _is_accounted_for(self, schedule: Schedule, instant: Instant, at_s: float) -> bool:
        if instant.id in self._fired or any(instant.id in text for text in self._alarms[schedule.name]):
            return True
        if instant.goal is calendar.Goal.ON:
            return self._ends_a_restart(schedule, instant)
        if waits_for_lan(schedule):
            return True
        return all(self.room.wants.goal_at(s, at_s) is Goal.DOWN for s in schedule.servers)


def is_silent(event: Event, node: str) -> bool:
    """A node says so of another that commands, or did."""
    return event.subject == node != event.by and event.details.get("rule") == "L5"
