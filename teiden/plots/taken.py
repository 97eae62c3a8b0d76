"""What a run took for each step of the stop, beside the limits of `budget`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.events import Event
from teiden.judge.history import History
from teiden.plots.budget import Kind, Step
from teiden.plots.outages import Outage, outages


@dataclass(frozen=True, slots=True)
class Taken:
    """From the first of its devices that began to the last that ended, in seconds after mains lost."""

    t0: float
    t1: float
    longest_s: float
    """The longest that one of them took: this is what its limit is about."""
    bad: tuple[str, ...] = ()
    """Whose limit ran out, or who was cut short by a loss."""

    @property
    def trouble(self) -> bool:
        return bool(self.bad)


ENDS = {
    Kind.SHUTDOWN: (("server.shutting_down",), ("server.halted", "server.crashed", "server.forced")),
    Kind.NODES: (("server.shutting_down",), ("server.halted", "server.crashed", "server.forced")),
    Kind.HALT_FIRST: (("server.shutting_down",), ("server.halted", "server.crashed", "server.forced")),
    Kind.OFF: (("off", "ups.off_armed"), ("ups.output_off",)),
    Kind.CUT: (("off", "ups.off_armed"), ("ups.output_off",)),
    Kind.FLUSH: (("array.flushing",), ("array.flushed", "array.flush_timed_out", "array.lost_data")),
    Kind.CLUSTER: (("cluster.stopping",), ("cluster.stopped", "cluster.forced")),
}
BAD = ("server.crashed", "server.forced", "array.flush_timed_out", "array.lost_data", "cluster.forced")


class Run:
    """One outage of a run: its first. `site_hash`: of the site whose limits it is held against."""

    def __init__(self, events: Sequence[Event], site_hash: str = "") -> None:
        self.history = History(events)
        self.outage: Outage | None = next(iter(outages(events)), None)
        started = next((event.details for event in events if event.name == "run.started"), {})
        played = str(started.get("site_hash") or "")
        self.other_settings = bool(site_hash and played and site_hash != played)
        self._by_name: dict[str, dict[str, list[Event]]] = {}

    def taken(self, step: Step) -> Taken | None:
        """None: this run does not tell, or it never came so far."""
        if self.outage is None:
            return None
        if step.kind is Kind.CONFIRM:
            at_s = self._first("outage.confirmed", step.who)
            return None if at_s is None else Taken(0.0, at_s, at_s)
        if step.kind is Kind.WAIT:
            at_s = self._first("cluster.stopping", ())
            return None if at_s is None else Taken(0.0, at_s, at_s)
        if step.kind not in ENDS:
            return None
        pairs = {name: pair for name in step.who if (pair := self._pair(name, step.kind)) is not None}
        if not pairs:
            return None
        starts, ends, _ = zip(*pairs.values(), strict=True)
        longest = max(end - start for start, end, _ in pairs.values())
        bad = tuple(name for name, (_, _, wrong) in pairs.items() if wrong)
        return Taken(min(starts), max(ends), longest, bad)

    def last_off(self, upses: Sequence[str]) -> float | None:
        """When the last of these was off, in seconds after mains lost."""
        falls = [event.t for ups in upses for event in self._of("ups.output_off", ups)[:1]]
        return max(falls) - self.outage.lost if self.outage is not None and falls else None

    def _pair(self, name: str, kind: Kind) -> tuple[float, float, bool] | None:
        assert self.outage is not None
        begins, ends = ENDS[kind]
        start = min((event.t for begin in begins for event in self._begun(begin, name)), default=None)
        if start is None:
            return None
        over = [event for end in ends for event in self._of(end, name) if event.t >= start]
        if not over:
            return None
        end = min(over, key=lambda event: event.t)
        lost = self.outage.lost
        return start - lost, end.t - lost, end.name in BAD

    def _begun(self, name: str, subject: str) -> list[Event]:
        """Events of this name, or the commands that asked for it."""
        if "." in name:
            return self._of(name, subject)
        return [e for e in self._of("command.sent", subject) if e.details.get("command") == name]

    def _first(self, name: str, who: Sequence[str]) -> float | None:
        assert self.outage is not None
        subjects = who or list(self._named(name))
        times = [event.t for subject in subjects for event in self._of(name, subject)]
        return min(times) - self.outage.lost if times else None

    def _of(self, name: str, subject: str) -> list[Event]:
        return self._named(name).get(subject, [])

    def _named(self, name: str) -> dict[str, list[Event]]:
        """By subject, those within the outage."""
        if name not in self._by_name:
            found = self._by_name[name] = {}
            for moment in self.history.of(name):
                if self.outage is not None and self.outage.lost <= moment.event.t < self.outage.until:
                    found.setdefault(moment.event.subject, []).append(moment.event)
        return self._by_name[name]
