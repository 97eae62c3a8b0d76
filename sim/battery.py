"""A UPS's battery in closed form: how full it is, how long it lasts, and when it crosses a line.

Nothing ticks. The battery keeps its charge and the instant at which that was last settled; every
question is answered from there by a line (discharge, recharge to 80 %) or one exponential (the
rest of the recharge). The room settles it whenever the load or the mode changes and asks once for
the next crossing. What is left out, and what that does: `docs/model.md`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from enum import Enum
from itertools import pairwise
from math import exp, inf, isfinite, log
from typing import NamedTuple

from sim.model import UpsModel

KNEE = 0.8
"""Recharge is at constant rate up to here and exponential above, with the same slope at the knee."""

FULL = 0.999
"""A battery on charge that has reached this is full: an exponential alone would never arrive."""

IDLE_LOAD = 0.01
"""Smallest load, as a fraction of full: the inverter feeds itself, so no battery lasts for ever.

A real Smart-UPS X 750 at 0.0 % load shows 109,762 s (LibreNMS recording `apc_smt750x-nmc2`), a few
hundred times what such a UPS lasts at full load; 1 % and Peukert's 1.2 give 251 times.
"""

RATED_C = 25.0
COLD_PER_K = 0.008
"""Capacity lost per kelvin below 25 °C: -12 % at 10 °C and -20 % at 0 °C in discharges under half an
hour (Discover Energy, "How does temperature affect a battery's available capacity?"). Its table gives
+5 % at 30 °C too; warmth is granted nothing here, so that a hot room never makes a site look safe."""
COLD_FLOOR = 0.5

PLOT_LEVELS = (0.80, 0.90, 0.967, 0.9926, FULL)
"""Charges between which a straight line is within 1 % of the exponential."""

SLACK = 1e-9
"""A charge (0..1) or runtime (s) this close to a line is on it: `now + (then - now)` need not be `then`."""

KEPT_SEGMENTS = 16


class Mode(Enum):
    DISCHARGING = "discharging"
    RECHARGING = "recharging"
    RESTING = "resting"
    """The UPS is off and has no mains: nothing in, nothing out."""


class Segment(NamedTuple):
    """What the battery does from `t` on, until the next segment."""

    t: float
    charge: float
    mode: Mode
    load_fraction: float
    full_s: float
    """From full to empty at this load."""


class Battery:
    """The battery of one UPS.

    All times are absolute seconds; changes come in order. Questions may also be about a moment some
    changes ago (a card's reading is a little older than now); `when_...` look forward only.
    """

    __slots__ = ("_capacity", "_cold", "_curve", "_health", "_linear_per_s", "_segments", "_tau_s")

    def __init__(self, model: UpsModel, *, t: float = 0.0) -> None:
        assert isfinite(t), t
        assert 0.0 < model.health <= 1.0, f"health {model.health} is not within 0..1"
        assert 0.0 <= model.charge_pct <= 100.0, f"charge_pct {model.charge_pct} is not within 0..100"
        assert 0.0 < model.recharge_s < inf, f"recharge_s {model.recharge_s} is not positive"
        self._health, self._cold = model.health, cold_factor(model.temperature_c)
        self._capacity = self._health * self._cold
        self._curve = _Curve(model)
        self._linear_per_s = KNEE / model.recharge_s
        self._tau_s = (1.0 - KNEE) / self._linear_per_s
        start = Segment(t, model.charge_pct / 100.0, Mode.RESTING, 1.0, self.full_runtime_s(1.0))
        self._segments: deque[Segment] = deque([start], maxlen=KEPT_SEGMENTS)

    # What happens to it

    def discharge(self, t: float, load_fraction: float) -> None:
        """Feed this fraction of the UPS's full load from now on."""
        self._begin(t, Mode.DISCHARGING, load_fraction)

    def recharge(self, t: float, load_fraction: float | None = None) -> None:
        """Charge from now on. The mains feed the load; its size only matters for `runtime_at`."""
        self._begin(t, Mode.RECHARGING, load_fraction)

    def rest(self, t: float) -> None:
        """Neither charge nor discharge from now on: off, and no mains."""
        self._begin(t, Mode.RESTING, None)

    def collapse(self, t: float, charge: float) -> None:
        """Lose all charge above this fraction at once: a cell fails under load (P6)."""
        assert 0.0 <= charge <= 1.0, f"charge {charge} is not within 0..1"
        self._append(self._segments[-1]._replace(t=t, charge=min(charge, self._settled(t))))

    def age(self, t: float, health: float | None) -> None:
        """From now on no more than this is left of its capacity, 0..1 (P5); None: what its model says.

        What it holds shrinks, or grows, with it: the charge stays the same part of the whole.
        """
        assert health is None or 0.0 < health <= 1.0, f"health {health} is not within 0..1"
        last, charge = self._segments[-1], self._settled(t)
        self._capacity = min(self._health, 1.0 if health is None else health) * self._cold
        full_s = self.full_runtime_s(last.load_fraction)
        self._append(last._replace(t=t, charge=charge, full_s=full_s))

    # What it is like

    @property
    def mode(self) -> Mode:
        return self._segments[-1].mode

    @property
    def load_fraction(self) -> float:
        """The load it feeds, or last fed or was told of; full load before that."""
        return self._segments[-1].load_fraction

    def charge_at(self, t: float) -> float:
        """Charge, 0..1."""
        return self._charge_in(self._segment_at(t), t)

    def runtime_at(self, t: float) -> float:
        """Seconds left at that moment's load: what the card shows. Always finite."""
        segment = self._segment_at(t)
        return self._charge_in(segment, t) * segment.full_s

    def reading(self, t: float) -> tuple[float, float]:
        """Charge and runtime of that moment: what one look at the card tells."""
        segment = self._segment_at(t)
        charge = self._charge_in(segment, t)
        return charge, charge * segment.full_s

    def runtime_if(self, t: float, load_fraction: float) -> float:
        """Seconds it would last from then on at this load."""
        return self.charge_at(t) * self.full_runtime_s(load_fraction)

    def full_runtime_s(self, load_fraction: float) -> float:
        """Seconds from full to empty at this load: vendor's table x ageing x cold."""
        return self._curve.runtime_s(load_fraction) * self._capacity

    # When it crosses a line, if nothing changes before. Past it already: now. So
    # `battery.when_runtime(now, low_s) == now` asks whether it is low, rounding included.

    def when_runtime(self, t: float, runtime_s: float) -> float | None:
        """When no more than this is left: `t` if so already, None if that never comes in this mode."""
        return self.when_charge_below(t, runtime_s / self._segments[-1].full_s)

    def when_empty(self, t: float) -> float | None:
        return self.when_charge_below(t, 0.0)

    def when_charge_below(self, t: float, fraction: float) -> float | None:
        """When the charge has fallen to this fraction: `t` if it is there already, None if never."""
        charge = self._settled(t)
        if charge <= fraction + SLACK:
            return t
        if self.mode is not Mode.DISCHARGING or fraction < 0.0:
            return None
        return t + (charge - fraction) * self._segments[-1].full_s

    def when_charge_above(self, t: float, fraction: float) -> float | None:
        """When the charge has risen to this fraction: `t` if it is there already, None if never."""
        charge = self._settled(t)
        if charge >= fraction - SLACK:
            return t
        if self.mode is not Mode.RECHARGING or fraction > 1.0:
            return None
        fraction = min(fraction, FULL)
        if fraction <= KNEE:
            return t + (fraction - charge) / self._linear_per_s
        knee_t = t + max(0.0, KNEE - charge) / self._linear_per_s
        return knee_t + self._tau_s * log((1.0 - max(charge, KNEE)) / (1.0 - fraction))

    def slope_points(self, t0: float, t1: float = inf) -> tuple[float, ...]:
        """Moments strictly between where a picture needs a point to stay within 1 % of the charge.

        They belong to the present mode: ask again after each change. At most six.
        """
        if self.mode is Mode.DISCHARGING:
            points = [self.when_empty(t0)]
        elif self.mode is Mode.RECHARGING:
            points = [self.when_charge_above(t0, level) for level in PLOT_LEVELS]
        else:
            points = []
        return tuple(p for p in points if p is not None and t0 < p < t1)

    # How it is kept

    def _begin(self, t: float, mode: Mode, load_fraction: float | None) -> None:
        last = self._segments[-1]
        load = last.load_fraction if load_fraction is None else load_fraction
        assert 0.0 <= load < inf, f"load {load} is not a fraction of full load"
        charge = self._settled(t)
        if mode is not last.mode or load != last.load_fraction:
            self._append(Segment(t, charge, mode, load, self.full_runtime_s(load)))

    def _append(self, segment: Segment) -> None:
        if segment.t == self._segments[-1].t:
            self._segments.pop()
        self._segments.append(segment)

    def _settled(self, t: float) -> float:
        last = self._segments[-1]
        assert last.t <= t < inf, f"the battery is settled up to {last.t}; {t} is before that"
        return self._charge_in(last, t)

    def _segment_at(self, t: float) -> Segment:
        for segment in reversed(self._segments):
            if segment.t <= t:
                return segment
        raise AssertionError(f"nothing is known of {t} any more, only from {self._segments[0].t} on")

    def _charge_in(self, segment: Segment, t: float) -> float:
        charge, for_s = segment.charge, t - segment.t
        if segment.mode is Mode.DISCHARGING:
            charge -= for_s / segment.full_s
            return charge if charge > SLACK else 0.0
        if segment.mode is Mode.RECHARGING:
            return self._recharged(charge, for_s)
        return charge

    def _recharged(self, charge: float, for_s: float) -> float:
        if charge < KNEE:
            to_knee_s = (KNEE - charge) / self._linear_per_s
            if for_s < to_knee_s:
                return charge + for_s * self._linear_per_s
            charge, for_s = KNEE, for_s - to_knee_s
        charge = 1.0 - (1.0 - charge) * exp(-for_s / self._tau_s)
        return charge if charge < FULL - SLACK else 1.0


def cold_factor(temperature_c: float) -> float:
    """What is left of the rated capacity at this temperature; never more than 1, never under a half."""
    assert isfinite(temperature_c), temperature_c
    return min(1.0, max(COLD_FLOOR, 1.0 - COLD_PER_K * (RATED_C - temperature_c)))


class _Curve:
    """Runtime over load: the vendor's table, straight between its rows on log-log paper.

    Outside the table the slope of its end rows goes on. Without a table (or with a single row)
    Peukert's law: runtime at full load x load ** -peukert.
    """

    __slots__ = ("_floor", "_known", "_logs")

    def __init__(self, model: UpsModel) -> None:
        rows = sorted(model.curve) or [(1.0, model.runtime_s)]
        assert all(0.0 < load < inf and 0.0 < s < inf for load, s in rows), f"not a runtime table: {rows}"
        assert len({load for load, _ in rows}) == len(rows), f"a load stands twice in {rows}"
        assert all(a[1] > b[1] for a, b in pairwise(rows)), f"more load, yet no shorter: {rows}"
        if len(rows) == 1:
            assert 1.0 <= model.peukert < 2.0, f"Peukert exponent {model.peukert} is not within 1..2"
            load, runtime_s = rows[0]
            rows.append((2.0 * load, runtime_s * 2.0**-model.peukert))
        self._floor = min(IDLE_LOAD, rows[0][0])
        self._logs = [(log(load), log(runtime_s)) for load, runtime_s in rows]
        self._known = dict(rows)

    def runtime_s(self, load_fraction: float) -> float:
        known = self._known.get(load_fraction)
        if known is None:
            known = self._known[load_fraction] = self._interpolated(load_fraction)
        return known

    def _interpolated(self, load_fraction: float) -> float:
        assert 0.0 <= load_fraction < inf, f"load {load_fraction} is not a fraction of full load"
        x = log(max(load_fraction, self._floor))
        at = min(max(bisect_right(self._logs, (x, inf)), 1), len(self._logs) - 1)
        (x0, y0), (x1, y1) = self._logs[at - 1], self._logs[at]
        return exp(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
