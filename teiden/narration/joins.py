"""Rows that are one thing to an operator: the cluster has stopped, and its UPSes are told to go off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from teiden.language.say import t
from teiden.narration.groups import Group
from teiden.narration.row import WIDEST_WHAT, Importance, Row
from teiden.plan.columns import width


class How(Enum):
    SAID = "; {}"
    """Said behind it."""
    SHORT = ", {}"
    """Said behind it, without the names, which are those of the first."""
    REASON = "reason"
    """It is the reason of the first."""
    RESULT = "result"
    """It came of the first, and is said in the place of a reason."""


@dataclass(frozen=True, slots=True)
class Join:
    first: str
    second: str
    within_s: float
    how: How = How.SAID


JOINS = (
    Join("mains.lost", "ups.on_battery", 1.0),
    Join("mains.restored", "ups.on_line", 1.0),
    Join("array.flushed", "command.sent off", 6.0),
    Join("array.flush_timed_out", "command.sent off", 6.0),
    Join("array.flush_timed_out", "alarm.raised", 1.0, How.REASON),
    Join("command.sent off", "ups.output_off", 1.0, How.SHORT),
    Join("cluster.stopped", "command.sent off", 3.0),
    Join("ups.exhausted", "ups.output_off", 1.0, How.SHORT),
    Join("ups.exhausted", "server.crashed", 1.0),
    Join("ups.exhausted", "array.lost_data", 1.0),
    Join("ups.output_off", "server.crashed", 1.0),
    Join("ups.output_off", "array.lost_data", 1.0),
    Join("ups.output_on", "server.booting", 1.0),
    Join("cluster.running", "ups.output_on", 5.0),
    Join("server.up", "incident.closed", 5.0, How.RESULT),
)
LOOK_BACK = 12
"""Rows; what is further up was another thing."""


@dataclass
class Draft:
    """A row in the making."""

    group: Group
    what: str
    because: str
    importance: Importance
    last_t: float
    names: set[str] = field(default_factory=set)
    parts: list[Group] = field(default_factory=list)

    @classmethod
    def of(cls, group: Group, what: str, because: str) -> Draft:
        name = group.name
        if name == "command.sent":
            name += f" {group.first.details.get('command')}"
        return cls(group, what, because, group.importance, group.last_t, {name}, [group])

    def row(self) -> Row:
        events = tuple(event for part in self.parts for event in part.events)
        return Row(self.group.t, self.what, self.because, self.importance, events)


def joined(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Each draft that belongs to one before it goes into it; details stay on their own."""
    shown: list[Draft] = []
    for draft in drafts:
        if draft.importance is Importance.DETAIL:
            yield draft
            continue
        earlier = _earlier(shown, draft)
        if earlier is None:
            shown.append(draft)
        else:
            _add(*earlier, draft)
    yield from shown


def _earlier(shown: list[Draft], draft: Draft) -> tuple[Draft, Join] | None:
    (name,) = draft.names
    for before in reversed(shown[-LOOK_BACK:]):
        for join in JOINS:
            near = draft.group.t - before.last_t <= join.within_s
            if join.second == name and join.first in before.names and near and _fits(before, join, draft):
                return before, join
    return None


def _fits(before: Draft, join: Join, draft: Draft) -> bool:
    """Said without names, the names must be the same; an alarm is a reason for its own subject only.

    And what is said in one row must be readable in one row.
    """
    if join.how is How.SHORT:
        own = {e.subject for part in before.parts if part.name in join.first for e in part.events}
        return own == set(draft.group.subjects)
    if join.first.startswith("array.") and join.second == "command.sent off":
        return not draft.group.first.details.get("falls_in_s")  # now: the array's own cut
    if join.how is How.SAID and width(before.what) + width(draft.what) + 2 > WIDEST_WHAT:
        return False
    if join.second == "alarm.raised":
        return set(before.group.subjects) == set(draft.group.subjects)
    return True


def _add(before: Draft, join: Join, draft: Draft) -> None:
    match join.how:
        case How.SAID:
            before.what += t("; ") + draft.what
        case How.SHORT:
            names = draft.what.rpartition(t("output"))
            before.what += t(", ") + names[1] + names[2] if names[1] else t("; ") + draft.what
        case How.REASON:
            before.because = draft.because
        case How.RESULT:
            before.because = t(", ").join(filter(None, (draft.what, draft.because)))
    before.because = before.because or draft.because
    before.names |= draft.names
    before.parts += draft.parts
    before.last_t = max(before.last_t, draft.last_t)
    if draft.importance is Importance.TROUBLE:
        before.importance = Importance.TROUBLE
