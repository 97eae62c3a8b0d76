"""L4: what is begun comes to an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sequencer.events import Event
from teiden.judge.invariants.invariant import LATENCY_S, TICK_S, Invariant, Look
from teiden.judge.ledger.room import Room
from teiden.judge.words import seconds
from teiden.language.retell import retold
from teiden.language.say import later, t

ENDS = ("step.done", "step.timed_out", "step.overtaken")
SUPERSEDED_BY = frozenset(("declared", "planned", "turned", "closed", "start_asked"))
"""Rows with which a node turns to another page of the runbook; one that is wanted turns its peers' too."""
WANTED_BY = ("schedule.fired", "request.accepted", "incident.opened", "outage.confirmed")
"""With these a node turns to another page also where its journal keeps nothing (S30)."""
SLACK_S = 30.0
"""For looks, requests and writes to the disk at both ends of a step."""


@dataclass(frozen=True, slots=True)
class Open:
    event: Event
    by_s: float

    @property
    def key(self) -> tuple[str, str, object]:
        return self.event.by, self.event.subject, self.event.details.get("step")


class L4(Invariant):
    """Every step that begins ends: done, timed out, or overtaken, within its limit.

    `step -> <>_{2 limit} ended`. Its limit may begin twice: until the device takes the request, and from then
    on. Overtaken: it says so itself; or the node or its service is down, has lost the lease, another has
    taken it, or it has written down that an outage is declared, turned or closed, a stop planned, or
    something else wanted, which its peers hear and heed just so; or hears of an incident that it did not
    know, or from a node that comes up of something wanted that it could not know (T7); a flush also when that
    array is written down to be used again, and whatever is asked of a device when somebody holds that, for
    its limit does not run then (S27); with a journal that keeps nothing (S30), has only said that something
    else is wanted, or confirmed an outage, or that it starts nobody for that: it has turned round. One that
    is begun anew, since the runbook is entered from the top again, ends for both. A step that is still open
    when the run ends is judged only if its time is over.
    """

    id = "L4"
    sentence = later("every step ends within its limit")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._open: list[Open] = []

    def hears(self) -> Mapping[str, Look]:
        return {
            "step.started": self._starts,
            **dict.fromkeys(ENDS, self._ends),
            **dict.fromkeys(("server.halted", "server.forced", "server.crashed", "service.died"), self._down),
            **dict.fromkeys(("lease.lost", "run.started"), self._leaves),
            "lease.taken": self._taken,
            **{f"journal.committed {kind}": self._leaves for kind in SUPERSEDED_BY},
            "journal.committed wanted": self._heard,
            **dict.fromkeys(("journal.committed used_again", "hold.set"), self._of_device),
            **dict.fromkeys(WANTED_BY, self._wanted),
            "alarm.raised": self._alarm,
            "step.waiting": self._waits,
            "journal.heard": self._leaves,
        }

    def _starts(self, event: Event) -> None:
        for step in [step for step in self._open if event.t > step.by_s]:
            self._open.remove(step)
            self._judge(step, event.t)
        limit_s = event.details.get("limit_s")
        if limit_s is not None:
            self._open.append(Open(event, event.t + 2 * float(limit_s) + SLACK_S))

    def _ends(self, event: Event) -> None:
        key = event.by, event.subject, event.details.get("step")
        for step in [step for step in self._open if step.key == key]:
            self._open.remove(step)
            self._judge(step, event.t)

    def _down(self, event: Event) -> None:
        self._overtaken(event.subject, event.t)

    def _leaves(self, event: Event) -> None:
        self._overtaken(event.by, event.t)

    def _heard(self, event: Event) -> None:
        for node in {step.event.by for step in self._open}:
            self._overtaken(node, event.t)

    def _taken(self, event: Event) -> None:
        """A node that hangs says nothing, not even that it has lost the command (C7)."""
        for node in {step.event.by for step in self._open} - {event.by}:
            self._overtaken(node, event.t)

    def _of_device(self, event: Event) -> None:
        self._overtaken(event.by, event.t, of=event.subject)

    def _wanted(self, event: Event) -> None:
        mind = self.room.minds.of.get(event.by)
        if mind is not None and mind.safe_mode is not None:
            self._overtaken(event.by, event.t)

    def _waits(self, event: Event) -> None:
        if event.details.get("rule") == "S30":
            self._wanted(event)

    def _alarm(self, event: Event) -> None:
        """With the first row that is not kept it says so: that may be the one that declares this outage."""
        if event.details.get("rule") != "S30" or event.subject != event.by:
            return
        since_s = event.t - LATENCY_S
        if any(told.by == event.by and told.t >= since_s for told in self.room.incident.confirmed.values()):
            self._overtaken(event.by, event.t)

    def _has_learnt(self, step: Open) -> bool:
        """A node that came up in its time has told this one of something wanted that it could not know."""
        comings_s = self.room.heard.comings_s(step.event.t, step.by_s)
        return any(self._learns(step.event.by, came_s) for came_s in comings_s)

    def _learns(self, node: str, came_s: float) -> bool:
        can_know, before_s = self.room.heard.can_know, came_s - TICK_S
        told = (word for word in self.room.wants.told() if word.t < came_s)
        return any(can_know(node, word, came_s) and not can_know(node, word, before_s) for word in told)

    def _overtaken(self, node: str, t_s: float, of: str = "") -> None:
        for step in [step for step in self._of(node) if not of or step.event.subject == of]:
            self._open.remove(step)
            self._judge(step, t_s)

    def _of(self, node: str) -> Iterator[Open]:
        return (step for step in self._open if step.event.by == node)

    def end(self, t_s: float) -> None:
        for step in self._open:
            if t_s > step.by_s:
                self._judge(step, t_s)

    def _judge(self, step: Open, t_s: float) -> None:
        self.put_to_test += 1
        event = step.event
        if t_s > step.by_s and not self._has_learnt(step):
            text = t(
                "{node} began at {time} to wait for {name}: {step}, at most {limit}; "
                "{late} later it had not ended",
                node=event.by,
                time=self.at(event.t),
                name=event.subject,
                step=retold(str(event.details.get("step"))),
                limit=seconds(float(event.details["limit_s"])),
                late=seconds(t_s - event.t),
            )
            self.broken(step.by_s, event.subject, text, event)
