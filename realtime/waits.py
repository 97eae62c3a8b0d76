"""What a service waits for now, gathered from its own stream: steps under way, what holds others up."""

from __future__ import annotations

from dataclasses import dataclass

from realtime.status import Wait
from sequencer.events import Event

ENDS = ("step.done", "step.timed_out", "step.overtaken", "command.sent")
GOES_ON = ("step.started", "command.sent", "ups.output_on", "server.up")
"""With these whatever the device itself was said to wait for is over; nobody says so otherwise."""
WOULD = "would be told: {}"
"""What a service that is not armed waits for: somebody else to do it."""


@dataclass(frozen=True, slots=True)
class Begun:
    at_s: float
    step: str
    limit_s: float | None = None
    rule: str = ""
    reason: str = ""


class Waits:
    """Hears the whole stream; times are those of its events, seconds."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, str], Begun] = {}
        self._held_up: dict[str, str] = {}
        """What each device was said to wait for last."""

    def hear(self, event: Event) -> None:
        step = str(event.details.get("step", ""))
        if event.name in GOES_ON or (
            event.name == "step.waiting" and step != self._held_up.get(event.subject)
        ):
            self._over(event.subject, self._held_up.pop(event.subject, ""))
        match event.name:
            case "step.waiting":
                self._held_up[event.subject] = step
                self._begins(event, step)
            case "step.started":
                self._begins(event, step)
            case "command.refused":
                told = str(event.details["command"])
                self._begins(event, WOULD.format(told) if event.details.get("rule") == "X-12" else told)
            case name if name in ENDS:
                self._over(event.subject, step or str(event.details.get("command")))
            case "incident.closed":
                self._begun.clear()

    def now(self, now_s: float) -> tuple[Wait, ...]:
        """The oldest first."""
        return tuple(
            Wait(subject, of.step, round(now_s - of.at_s, 1), of.limit_s, of.rule, of.reason)
            for (subject, _), of in self._begun.items()
        )

    def _begins(self, event: Event, step: str) -> None:
        limit = event.details.get("limit_s")
        rule, reason = str(event.details.get("rule", "")), str(event.details.get("reason", ""))
        begun = self._begun.get((event.subject, step))
        at_s = event.t if begun is None else begun.at_s
        self._begun[event.subject, step] = Begun(at_s, step, limit, rule, reason)

    def _over(self, subject: str, step: str) -> None:
        self._begun.pop((subject, step), None)
