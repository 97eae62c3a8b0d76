"""What each battery held, and for how long it would have lasted, at any time of a run.

`ups.charge` is told at the changes of slope; in between the charge runs in a straight line. On
battery the runtime left falls by one second each second while the load stays the same, and a load
that changes makes a new `ups.charge`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from sequencer.events import Event


@dataclass(slots=True)
class Line:
    """One battery: its points in the order of time."""

    at_s: list[float] = field(default_factory=list)
    charge_pct: list[float] = field(default_factory=list)
    runtime_s: list[float | None] = field(default_factory=list)


class Charges:
    def __init__(self, events: Iterable[Event]) -> None:
        self.of: dict[str, Line] = {}
        for event in events:
            charge_pct = event.details.get("charge_pct")
            if charge_pct is None:
                continue
            line = self.of.get(event.subject)
            if line is None:
                line = self.of[event.subject] = Line()
            runtime_s = event.details.get("runtime_s")
            line.at_s.append(event.t)
            line.charge_pct.append(float(charge_pct))
            line.runtime_s.append(None if runtime_s is None else float(runtime_s))

    def charge_pct(self, ups: str, t: float) -> float | None:
        """None: nothing was told up to then, or nothing afterwards that says where the line goes."""
        line = self.of.get(ups)
        i = bisect_right(line.at_s, t) - 1 if line else -1
        if line is None or i < 0:
            return None
        if t == line.at_s[i]:
            return line.charge_pct[i]
        if i + 1 == len(line.at_s):
            # A battery that is told to be full stays full; any other one may have gone either way.
            return line.charge_pct[i] if line.charge_pct[i] >= 100.0 else None
        part = (t - line.at_s[i]) / (line.at_s[i + 1] - line.at_s[i])
        return line.charge_pct[i] + part * (line.charge_pct[i + 1] - line.charge_pct[i])

    def last_pct(self, ups: str, t: float) -> float | None:
        """What was told last, up to this time."""
        line = self.of.get(ups)
        i = bisect_right(line.at_s, t) - 1 if line else -1
        return line.charge_pct[i] if line is not None and i >= 0 else None

    def always_full(self, ups: str) -> bool:
        """Never told, or never told to be below 100 %."""
        line = self.of.get(ups)
        return line is None or min(line.charge_pct) >= 100.0

    def lowest_pct(self, ups: str, since_s: float) -> float | None:
        """The lowest charge from a time on, or the last one told before it."""
        line = self.of.get(ups)
        if line is None:
            return None
        i = max(0, bisect_right(line.at_s, since_s) - 1)
        return min(line.charge_pct[i:])

    def runtime_s(self, ups: str, t: float) -> float | None:
        """Seconds left on battery at this time, at the load of the last point; at least, while it charges."""
        line = self.of.get(ups)
        i = bisect_right(line.at_s, t) - 1 if line else -1
        if line is None or i < 0:
            return None
        runtime_s, told_pct = line.runtime_s[i], line.charge_pct[i]
        charges = i + 1 < len(line.at_s) and line.charge_pct[i + 1] > told_pct
        return runtime_s if runtime_s is None or charges else runtime_s - (t - line.at_s[i])

    def at_least_since_s(self, ups: str, need_pct: float, t: float) -> float | None:
        """Since when, without a break up to `t`, the charge has been at least this; None: it is not.

        Minus infinity where nothing was ever told of the battery: no line, no complaint.
        """
        line = self.of.get(ups)
        if line is None:
            return float("-inf")
        now_pct = self.charge_pct(ups, t)
        if now_pct is None:
            now_pct = self.last_pct(ups, t)
        if now_pct is None:
            return float("-inf")
        if now_pct < need_pct:
            return None
        later_s, later_pct = t, now_pct
        for i in range(bisect_right(line.at_s, t) - 1, -1, -1):
            if line.charge_pct[i] < need_pct:
                rise_pct = later_pct - line.charge_pct[i]
                part = (need_pct - line.charge_pct[i]) / rise_pct if rise_pct > 0 else 1.0
                return line.at_s[i] + part * (later_s - line.at_s[i])
            later_s, later_pct = line.at_s[i], line.charge_pct[i]
        return float("-inf")
