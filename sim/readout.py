"""What the card of a UPS tells about it: the truth at a poll, but for what is wrong with it."""

from __future__ import annotations

from abc import abstractmethod

from sequencer.ports import Condition, UpsStatus
from sequencer.site import Ups as UpsSettings
from sim.battery import Battery
from sim.card import Card
from sim.device import Device
from sim.quirks import Quirks


class Readout(Device[UpsStatus]):
    """The part of a pretend UPS that nodes look at."""

    battery: Battery
    card: Card
    quirks: Quirks
    settings: UpsSettings
    mains: bool
    output: bool
    low: bool
    delays_s: tuple[float, float, float]
    """Until the output falls after a graceful, a delayed and an immediate OFF."""
    falls_at_s: float | None
    """When the OFF that counts down takes the output away; None: nothing counts down."""

    @property
    @abstractmethod
    def now(self) -> float: ...

    @property
    @abstractmethod
    def on_battery(self) -> bool: ...

    # What it claims

    @property
    def tells_mains(self) -> bool:
        """A test that nobody recognises as one looks like an outage (P12)."""
        return self.mains and not (self.quirks.testing and self.output)

    @property
    def tells_low(self) -> bool:
        return self.low or self.quirks.false_low

    def tells_charge(self, at_s: float) -> tuple[float, float]:
        """Percent, and seconds of runtime in whatever unit its card takes for seconds."""
        charge, runtime_s = self.battery.reading(at_s)
        return 100 * charge, runtime_s * self.quirks.shown_times

    # As a device that is polled

    def read(self) -> UpsStatus | None:
        if not self.card.answers:
            return None
        now = self.now
        silent = self.quirks.tells_no_battery
        charge_pct, runtime_s = (None, None) if silent else self.tells_charge(now)
        return UpsStatus(
            self.tells_mains,
            self.output,
            self.on_battery,
            self.tells_low,
            self.falls_at_s is not None,
            charge_pct,
            runtime_s,
            now - self.card.up_since_s,
            *self.delays_s,
        )

    def answers(self) -> bool:
        return self.card.answers

    def differs(self, status: UpsStatus) -> bool:
        armed = self.falls_at_s is not None
        now = (self.tells_mains, self.output, self.tells_low, armed)
        if now != (status.mains, status.output_on, status.low_battery, status.off_armed):
            return True
        if (status.charge_pct is None) != self.quirks.tells_no_battery:
            return True
        return self.delays_s != (status.graceful_off_s, status.delayed_off_s, status.immediate_off_s)

    def drifted(self, status: UpsStatus, at_s: float) -> UpsStatus:
        charge_pct, runtime_s = (None, None) if status.charge_pct is None else self.tells_charge(at_s)
        return UpsStatus(
            status.mains,
            status.output_on,
            status.on_battery,
            status.low_battery,
            status.off_armed,
            charge_pct,
            runtime_s,
            max(0.0, at_s - self.card.up_since_s),
            status.graceful_off_s,
            status.delayed_off_s,
            status.immediate_off_s,
        )

    def same(self, a: UpsStatus, b: UpsStatus) -> bool:
        return a.like(b)

    def fast(self, status: UpsStatus) -> bool:
        return status.hurries

    def crossing_s(self, condition: Condition[UpsStatus]) -> float | None:
        """By what it shows: a card that tells no charge shows no crossing either."""
        now, quirks = self.now, self.quirks
        if quirks.tells_no_battery:
            return None
        times = []
        if condition.runtime_below_s is not None and self.on_battery:
            shown = quirks.shown_times
            times.append(self.battery.when_runtime(now, condition.runtime_below_s / shown) if shown else now)
        if condition.charge_above_pct is not None and not self.on_battery:
            times.append(self.battery.when_charge_above(now, condition.charge_above_pct / 100.0))
        return min((t for t in times if t is not None), default=None)
