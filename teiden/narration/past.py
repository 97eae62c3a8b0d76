"""What a stream has told, looked up by name and subject: the memory that every reason draws on."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sequencer.events import Event
from teiden.judge.history import History
from teiden.states import Device, devices

NEVER = float("-inf")


class Past:
    """Facts of devices where the stream has facts, else what was seen, once; decisions always as seen."""

    def __init__(self, events: Sequence[Event]) -> None:
        history = History(events)
        self.told = sorted(history.told, key=lambda event: event.t)
        self.zero_s = history.zero_s
        self.start_s = history.start_s
        self.end_s = self.told[-1].t if self.told else 0.0
        self.header: Mapping[str, Any] = next((e.details for e in self.told if e.name == "run.started"), {})
        self.devices = devices(events)
        self.order = {name: place for place, name in enumerate(self.devices)}
        self._by_subject: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Event]] = defaultdict(list)
        for event in self.told:
            self._by_subject[event.name, event.subject].append(event)
            self._by_name[event.name].append(event)

    @property
    def start(self) -> datetime | None:
        """The instant of t = 0, where the stream says so."""
        try:
            return datetime.fromisoformat(str(self.header.get("start")))
        except ValueError:
            return None

    # Events

    def last(self, name: str, subject: str, t: float) -> Event | None:
        """The last such event up to this time; of any subject where none is given."""
        found = self._named(name, subject)
        place = bisect_right(found, t, key=lambda event: event.t)
        return found[place - 1] if place else None

    def last_s(self, name: str, subject: str, t: float) -> float:
        event = self.last(name, subject, t)
        return event.t if event is not None else NEVER

    def next(self, name: str, subject: str, t: float, within_s: float) -> Event | None:
        """The first such event from this time on, if it comes soon."""
        found = self._named(name, subject)
        place = bisect_right(found, t - 1e-9, key=lambda event: event.t)
        return found[place] if place < len(found) and found[place].t <= t + within_s else None

    def last_command(self, command: str, subject: str, t: float) -> Event | None:
        sent = self._by_subject.get(("command.sent", subject), [])
        of = [event for event in sent if event.t <= t and event.details.get("command") == command]
        return of[-1] if of else None

    def _named(self, name: str, subject: str) -> list[Event]:
        if subject:
            return self._by_subject.get((name, subject), [])
        return self._by_name.get(name, [])

    # Devices

    def device(self, name: str) -> Device | None:
        return self.devices.get(name)

    def kind(self, name: str) -> str:
        """`feed`, `ups`, `array`, `server`, `node`, `cluster`; empty: nothing the stream has introduced."""
        device = self.devices.get(name)
        return device.kind if device is not None else ""

    def role(self, name: str) -> str:
        device = self.devices.get(name)
        return device.role if device is not None else ""

    def of_kind(self, kind: str, role: str = "") -> list[str]:
        return [d.name for d in self.devices.values() if d.kind == kind and role in ("", d.role)]

    def upses_of(self, name: str) -> list[str]:
        return self._hangs_on(name, "upses")

    def arrays_of(self, name: str) -> list[str]:
        return self._hangs_on(name, "arrays")

    def users_of(self, array: str) -> list[str]:
        return self._hanging_on["arrays", array]

    def loads_of(self, ups: str) -> list[str]:
        return self._hanging_on["upses", ups]

    @cached_property
    def _hanging_on(self) -> Mapping[tuple[str, str], list[str]]:
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for name in self.devices:
            for key in ("upses", "arrays"):
                for other in self._hangs_on(name, key):
                    found[key, other].append(name)
        return found

    def described(self, name: str) -> Mapping[str, Any]:
        """What `run.started` says about a device."""
        table = self.header.get("devices")
        told = table.get(name) if isinstance(table, Mapping) else None
        return told if isinstance(told, Mapping) else {}

    def _hangs_on(self, name: str, key: str) -> list[str]:
        told = self.described(name).get(key)
        return [str(other) for other in told] if isinstance(told, list | tuple) else []

    # States that reasons ask about

    def output_off_since_s(self, ups: str, t: float) -> float | None:
        """Since when the output of a UPS has been off; None: it is on."""
        off_s = self.last_s("ups.output_off", ups, t)
        return off_s if off_s > self.last_s("ups.output_on", ups, t) else None

    def falls_at_s(self, ups: str, t: float) -> float | None:
        """When an armed OFF will take the output away; None: nothing counts down."""
        sent = self.last_command("off", ups, t)
        if sent is None or self.last_s("ups.output_off", ups, t) >= sent.t:
            return None
        falls_in_s = sent.details.get("falls_in_s")
        return sent.t + falls_in_s if falls_in_s and isinstance(falls_in_s, int | float) else None

    def lost_s(self, t: float) -> float:
        """When this outage began, as far as the stream tells."""
        closed_s = max(self.last_s("incident.closed", "", t), self.start_s)
        first = self.next("mains.lost", "", closed_s, within_s=float("inf"))
        return first.t if first is not None and first.t <= t else self.start_s

    def flush_limit_ends_s(self, array: str, t: float) -> float | None:
        started = self.last("step.started", array, t)
        if started is None or started.details.get("step") != "flushed":
            return None
        limit = started.details.get("limit_s")
        return started.t + float(limit) if isinstance(limit, int | float) else None

    def incident_is_open(self, t: float) -> bool:
        return self.last_s("incident.opened", "", t) > self.last_s("incident.closed", "", t)

    def restarting(self, t: float) -> bool:
        """The cluster's restart has been asked for and has not succeeded yet; then nodes come and go."""
        clusters = self.of_kind("cluster") or [""]
        for name in clusters:
            asked = self.last_command("restart", name, t)
            if asked is not None and self.last_s("cluster.running", name, t) < asked.t:
                return True
        return False
