"""The room at one instant of a run, kept up to date event by event: what a live view shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sequencer.events import BEGINNINGS, NAMES, Event
from teiden.judge.charge import Charges
from teiden.states import Device, devices


class Scene:
    """`charges`: of the whole run, where it is over; otherwise batteries are drawn on from what was told."""

    def __init__(self, charges: Charges | None = None) -> None:
        self.t = 0.0
        self.zero_s: float | None = None
        """Times count from here: the first loss of mains, even after a schedule or a request came first."""
        self._mains_went = False
        self.devices: dict[str, Device] = {}
        self.sentence = ""
        self.until_s = 0.0
        self.incident_open = False
        self.n = 0
        self._charges = charges
        self._states: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._since: dict[tuple[str, str], float] = {}
        self._falls_at: dict[str, float] = {}
        self._told: dict[str, Event] = {}
        self._factual: set[str] = set()

    def take(self, event: Event) -> None:
        """One more event. What a node sees of a device counts where the room itself tells nothing of it."""
        self.t = max(self.t, event.t)
        self.n += 1
        meaning = NAMES[event.name]
        if meaning.aspect is not None:
            prefix = event.name.partition(".")[0]
            if event.is_fact:
                self._factual.add(prefix)
            elif prefix in self._factual:
                return
            self._set(event.subject, meaning.aspect, meaning.state, event.t)
        match event.name:
            case "run.started":
                self._open(event)
            case "mains.lost" if not self._mains_went:
                self.zero_s, self._mains_went = event.t, True
            case name if name in BEGINNINGS and self.zero_s is None:
                self.zero_s = event.t
            case "ups.charge":
                self._told[event.subject] = event
            case "ups.off_armed" if "falls_at" in event.details:
                self._falls_at[event.subject] = float(event.details["falls_at"])
            case "incident.opened" | "incident.closed":
                self.incident_open = event.name == "incident.opened"

    def _open(self, event: Event) -> None:
        self.devices = devices([event])
        self.sentence = str(event.details.get("sentence") or event.details.get("story") or "")
        self.until_s = float(event.details.get("until_s") or 0.0)
        initial: Mapping[str, Any] = event.details.get("initial") or {}
        for name, aspects in initial.items():
            for aspect, state in aspects.items():
                self._set(name, aspect, str(state), event.t)

    def _set(self, name: str, aspect: str, state: str, t: float) -> None:
        if self._states[name].get(aspect) != state:
            self._states[name][aspect] = state
            self._since[name, aspect] = t

    # What is so now

    def state(self, name: str, aspect: str) -> str:
        return self._states[name].get(aspect, "")

    def since_s(self, name: str, aspect: str) -> float:
        """How long this has been so."""
        return self.t - self._since.get((name, aspect), 0.0)

    def off_in_s(self, ups: str) -> float | None:
        """An OFF counts down; None: it does not."""
        falls_at = self._falls_at.get(ups)
        return falls_at - self.t if falls_at is not None and falls_at > self.t else None

    def charge_pct(self, ups: str) -> float | None:
        if self._charges is not None:
            known = self._charges.charge_pct(ups, self.t)
            return self._charges.last_pct(ups, self.t) if known is None else known
        told = self._told.get(ups)
        if told is None:
            return None
        charge, runtime_s = float(told.details["charge_pct"]), told.details.get("runtime_s")
        if runtime_s and self.state(ups, "supply") != "on line":
            return max(0.0, charge * (1 - (self.t - told.t) / float(runtime_s)))
        return charge

    def word(self, device: Device) -> str:
        """The state of a device in one or two words."""
        match device.kind:
            case "feed":
                return self.state(device.name, "mains")
            case "ups":
                off = self.state(device.name, "output") == "off"
                supply = self.state(device.name, "supply")
                return ("empty" if supply == "exhausted" else "off") if off else supply
            case "array":
                return self._array(device.name)
            case "cluster":
                return self.state(device.name, "cluster")
            case "host":
                return self.state(device.name, "presence")
        return self.state(device.name, "os")

    def _array(self, name: str) -> str:
        """Its cache, when that is the news: a flush, or data lost; else what it does for its servers."""
        cache = self.state(name, "cache")
        newer = self._since.get((name, "cache"), 0.0) > self._since.get((name, "service"), 0.0)
        lost = cache == "lost data" and self._since[name, "cache"] == self._since.get((name, "service"))
        telling = cache in ("flushing", "flushed") and newer
        return cache if telling or lost else self.state(name, "service")
