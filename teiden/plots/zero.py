"""Where the times of a picture begin, what that moment is called, and the clock on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sequencer.events import Event
from teiden.judge.history import History
from teiden.language.say import later, said, t
from teiden.plots.asked import decisions
from teiden.plots.outages import Outage
from teiden.plots.time_axis import told

GOALS = {
    "down": later("off at {time} ({name})"),
    "up": later("on at {time} ({name})"),
    "reboot": later("reboot at {time} ({name})"),
}
WISHES = {
    "power_off": later("power-off of {names}"),
    "power_on": later("power-on of {names}"),
    "hold": later("hold of {names}"),
    "release": later("release of {names}"),
    "cluster_shutdown": later("shutdown of the cluster"),
    "cluster_reboot": later("reboot of the cluster"),
    "server_shutdown": later("shutdown of {names}"),
    "server_reboot": later("reboot of {names}"),
}
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock of the site. Without a start that is known, times count from `zero`."""

    start: datetime | None
    zero: float = 0.0

    def at(self, seconds: float) -> datetime | None:
        if self.start is None:
            return None
        return (self.start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(self.start.tzinfo)

    def short(self, seconds: float) -> str:
        """`22:00`, or on another day than that of the zero `11-20 07:00`; to the minute in which it falls."""
        at, begun = self.at(seconds), self.at(self.zero)
        if at is None or begun is None:
            return told(seconds - self.zero)
        return at.strftime("%H:%M" if at.date() == begun.date() else "%m-%d %H:%M")


def zero_of(history: History, darks: Sequence[Outage]) -> float:
    """The first loss of mains; else the first schedule or request; else the start of the run."""
    return darks[0].lost if darks else history.zero_s


def caption(history: History, darks: Sequence[Outage], clock: Clock) -> str:
    """`since mains lost`, `since off at 22:00 (nightly)`."""
    if darks:
        return t("since mains lost")
    begun = next((e for e in decisions(history) if e.name != "request.refused"), None)
    return t("since the start") if begun is None else t("since {what}", what=wanted(begun, clock))


def wanted(event: Event, clock: Clock) -> str:
    """What a schedule or a request is for: `off at 22:00 (nightly)`, `power-off of blade1, blade2`."""
    if event.name == "schedule.fired":
        goal = str(event.details.get("goal"))
        template = GOALS.get(goal, GOALS["up"])
        return said(template, time=clock.short(event.t), name=event.subject)
    wish = str(event.details.get("wish"))
    of = event.details.get("of")
    names = [name for name in str(event.subject if of is None else of).split(", ") if name]
    some = ", ".join(names) if len(names) <= MOST_NAMES else t("{n} devices", n=len(names))
    some = some or t("the whole site")
    return said(WISHES[wish], names=some) if wish in WISHES else f"{wish} {some}"
