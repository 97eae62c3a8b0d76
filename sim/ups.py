"""A pretend UPS with its battery and its SNMP card.

It does what its firmware does, not what it was asked: settings are rounded the way cards round
them, commands are refused where real cards refuse them, an OFF sent again restarts its countdown,
and the card dies with its power. Crossings of the battery are computed, never ticked for.
"""

from __future__ import annotations

from functools import partial

import simpy

from sequencer import timing
from sequencer.events import Stream
from sequencer.ports import Accepted, Condition, Off, Receipt, UpsStatus
from sequencer.site import Ups as UpsSettings
from sim.battery import Battery
from sim.card import Card
from sim.device import Device
from sim.later import after
from sim.model import UpsModel
from sim.settings import effective
from sim.settings import sleep_s as rounded_sleep_s
from sim.supply import Load

BADVALUE = "badValue"


class Ups(Device[UpsStatus]):
    """`settings` are those the card took, which need not be those of the site file (R6-23)."""

    def __init__(
        self, env: simpy.Environment, stream: Stream, asked: UpsSettings, model: UpsModel, *, mains: bool
    ) -> None:
        super().__init__()
        self._env = env
        self._stream = stream
        self.name = asked.name
        self.settings = effective(asked)
        self._know_delays()
        self.loads: list[Load] = []
        self.mains = mains
        self.output = True
        self.low = False
        self.returns = False
        """Comes back by itself when the mains do."""
        self.ignores_off = False
        """Fault U5: accepts an OFF and does nothing."""
        self._falls_at_s: float | None = None
        self._off_how = Off.NOW
        self._sleep_s = 0.0
        self._asleep_until_s = 0.0
        """Does not come back before, whatever the mains do."""
        self._told_supply = "ups.on_line"
        self._timers = 0
        self._battery_plan = 0
        self._curve = 0
        self._full_w = 1.0
        self.battery = Battery(model, t=float(env.now))
        self.card = Card(env, model, self._card_changed, powered=True)

    def _know_delays(self) -> None:
        self._graceful_off_s = timing.graceful_off_s(self.settings)
        self._delayed_off_s = timing.delayed_off_s(self.settings)
        self._immediate_off_s = timing.immediate_off_s(self.settings)

    def begin(self) -> None:
        """All loads are plugged in: know what full load is, and start charging or discharging."""
        self._full_w = max(1.0, sum(load.full_watts_from(self.name) for load in self.loads))
        self._settle()

    # Facts

    @property
    def now(self) -> float:
        return float(self._env.now)

    @property
    def on_battery(self) -> bool:
        return self.output and not self.mains

    @property
    def falls_at_s(self) -> float | None:
        """When the OFF that counts down takes the output away; None: nothing counts down."""
        return self._falls_at_s

    @property
    def asleep_until_s(self) -> float:
        """The end of the sleep it was told to have; 0: it does not sleep by the clock."""
        return self._asleep_until_s if self._off_how is Off.SLEEP else 0.0

    @property
    def load_pct(self) -> float:
        """Of what all its loads draw together; 0 while the output is off."""
        return 100.0 * self._load_fraction() if self.output else 0.0

    def _load_fraction(self) -> float:
        return sum(load.watts_from(self.name) for load in self.loads) / self._full_w

    def _fact(self, event: str, **details: object) -> None:
        self._stream.fact(self.now, event, self.name, **details)

    # What happens to it

    def set_mains(self, present: bool) -> None:
        if present == self.mains:
            return
        self.mains = present
        if self.output:
            self._tell_supply()
        self.low = self.low and not present
        self._settle()
        self.card.set_power(self.mains or self.output, holds_up=self.output)
        if present:
            self._plan_return()
        self.changed()

    def load_changed(self) -> None:
        """A load draws more or less; on battery that moves every crossing."""
        self._settle()
        if self.on_battery:
            self.changed()

    def collapse(self) -> None:
        """Fault P6: the battery loses nearly all it had."""
        self.battery.collapse(self.now, 0.01)
        self._settle()
        self.changed()

    def _tell_supply(self) -> None:
        """From what the output is fed, if that is not what was told last."""
        supply = "ups.on_line" if self.mains else "ups.on_battery"
        if supply != self._told_supply:
            self._told_supply = supply
            self._fact(supply)

    # What it is told

    def switch_off(self, how: Off, *, sleep_s: float = 0.0, delay_s: float | None = None) -> Receipt:
        """`delay_s`: instead of the delay that its settings give (RFC 1628 sends it with the command)."""
        if how is Off.CONSERVE and not self.on_battery:
            return Receipt(Accepted.NO, f"{BADVALUE}: not on battery")
        if not self.output:
            return Receipt(Accepted.NO, f"{BADVALUE}: output is off")
        delay_s = self._delay_s(how) if delay_s is None else delay_s
        if self.ignores_off:
            return Receipt(Accepted.YES, falls_in_s=delay_s)
        self._timers += 1  # an OFF while one counts down starts the countdown anew (U13)
        self._falls_at_s, self._off_how = self.now + delay_s, how
        self._sleep_s = sleep_s
        self._fact("ups.off_armed", how=how.value, falls_at=round(self._falls_at_s, 3))
        timers = self._timers
        if delay_s > 0:
            after(self._env, delay_s, lambda: self._fall() if timers == self._timers else None)
        else:
            self._fall()
        self.changed()
        return Receipt(Accepted.YES, falls_in_s=delay_s)

    def cancel_off(self) -> None:
        """Forget the OFF that counts down. RFC 1628 and outlet groups can; a Smart-UPS as a whole cannot."""
        if self._falls_at_s is not None:
            self._falls_at_s = None
            self._timers += 1
            self.changed()

    def take_settings(self, asked: UpsSettings) -> None:
        """Somebody writes to its card, which keeps what it makes of that (R6-23).

        An OFF that counts down keeps its delay; a return that is waited for is counted anew.
        """
        before, self.settings = self.settings, effective(asked)
        if self.settings == before:
            return
        self._know_delays()
        self._settle()
        if self.mains:
            self._plan_return()
        self.changed()

    def switch_on(self) -> Receipt:
        if self.output:
            return Receipt(Accepted.YES, "already on")
        if not self.mains:
            return Receipt(Accepted.NO, f"{BADVALUE}: no mains")
        self._set_output(True, "command")
        return Receipt(Accepted.YES)

    def press(self) -> None:
        """The operator's button. It switches on what has mains; it wakes nothing from an empty line."""
        if self.mains and not self.output:
            self._set_output(True, "button")

    def _delay_s(self, how: Off) -> float:
        match how:
            case Off.GRACEFUL | Off.UNTIL_MAINS | Off.SLEEP:
                return self._graceful_off_s
            case Off.DELAYED:
                return self._delayed_off_s
            case Off.NOW | Off.CONSERVE:
                return self._immediate_off_s

    def _fall(self) -> None:
        self._set_output(False, "command")
        self.returns = self._off_how in (Off.UNTIL_MAINS, Off.CONSERVE, Off.SLEEP)
        asleep_s = rounded_sleep_s(self._sleep_s) if self._off_how is Off.SLEEP else timing.REBOOT_OFF_S
        self._asleep_until_s = self.now + asleep_s
        if self.mains:
            self._plan_return()

    # Output

    def _set_output(self, on: bool, cause: str) -> None:
        self._timers += 1
        self._falls_at_s = None
        self.output = on
        self.low = False
        self._fact("ups.output_on" if on else "ups.output_off", cause=cause)
        if on:
            self.returns = False
            self._asleep_until_s = 0.0
            self._tell_supply()
        self._settle()
        self.card.set_power(self.mains or self.output)
        for load in self.loads:
            load.supply_changed()
        self._settle()
        self.changed()

    def _plan_return(self) -> None:
        """Mains are there: on after its sleep and the return delay, with the minimum charge, if it may."""
        if self.output or not self.returns:
            return
        least = self.settings.min_return_charge_pct / 100.0
        charged_s = self.battery.when_charge_above(self.now, least)
        awake_s = max(self.now, self._asleep_until_s) + self.settings.return_delay_s
        wait_s = max(awake_s, charged_s or self.now) - self.now
        self._timers += 1
        timers = self._timers
        after(self._env, wait_s, lambda: self._return() if timers == self._timers else None)

    def _return(self) -> None:
        if self.mains and not self.output:
            self._set_output(True, "return")

    # Battery

    def _settle(self) -> None:
        """Mode or load have changed: go on from here, and wait for the next crossing."""
        self._battery_plan += 1
        before = (self.battery.mode, self.battery.load_fraction)
        now = self.now
        if self.on_battery:
            self.battery.discharge(now, self._load_fraction())
        elif self.mains:
            self.battery.recharge(now, self._load_fraction() if self.output else 0.0)
        else:
            self.battery.rest(now)
        # On the mains the load does not bend the curve.
        bent = self.battery.load_fraction != before[1] and self.on_battery
        if bent or self.battery.mode is not before[0] or now == 0:
            self._draw_charge()
        if not self.on_battery:
            return
        plan = self._battery_plan
        low_s = None if self.low else self.battery.when_runtime(now, self.settings.low_battery_runtime_s)
        next_s, crossing = (low_s, self._turn_low) if low_s is not None else (None, self._exhaust)
        if next_s is None:
            next_s = self.battery.when_empty(now)
        if next_s is not None:
            after(self._env, next_s - now, lambda: crossing() if plan == self._battery_plan else None)

    def _draw_charge(self) -> None:
        """Tell the charge now, and where its curve bends so that straight lines show it well enough."""
        self.tell_charge()
        self._curve += 1
        if self.mains:
            for bend_s in self.battery.slope_points(self.now):
                after(self._env, bend_s - self.now, partial(self._bend, self._curve))

    def _bend(self, curve: int) -> None:
        if curve == self._curve:
            self.tell_charge()

    def tell_charge(self) -> None:
        """A point of the battery's curve for the picture and the judge."""
        now = self.now
        left_s = self.battery.runtime_at(now) if self.on_battery else None
        self._fact(
            "ups.charge",
            charge_pct=round(100 * self.battery.charge_at(now), 2),
            runtime_s=None if left_s is None else round(left_s, 1),
        )

    def _turn_low(self) -> None:
        self.low = True
        self._fact("ups.low_battery", runtime_s=round(self.battery.runtime_at(self.now), 1))
        self._settle()
        self.changed()

    def _exhaust(self) -> None:
        self._fact("ups.exhausted")
        self._set_output(False, "exhausted")
        self.returns = self.settings.reboot_on_restore

    # Its card

    def _card_changed(self, up: bool) -> None:
        self._fact("card.answering" if up else "card.silent")
        self.changed()

    def read(self) -> UpsStatus | None:
        if not self.card.answers:
            return None
        now = self.now
        charge, runtime_s = self.battery.reading(now)
        return UpsStatus(
            mains=self.mains,
            output_on=self.output,
            on_battery=self.on_battery,
            low_battery=self.low,
            off_armed=self._falls_at_s is not None,
            charge_pct=100 * charge,
            runtime_s=runtime_s,
            card_uptime_s=now - self.card.up_since_s,
            graceful_off_s=self._graceful_off_s,
            delayed_off_s=self._delayed_off_s,
            immediate_off_s=self._immediate_off_s,
        )

    def answers(self) -> bool:
        return self.card.answers

    def differs(self, status: UpsStatus) -> bool:
        armed = self._falls_at_s is not None
        now = (self.mains, self.output, self.low, armed)
        return now != (status.mains, status.output_on, status.low_battery, status.off_armed)

    def drifted(self, status: UpsStatus, at_s: float) -> UpsStatus:
        charge, runtime_s = self.battery.reading(at_s)
        return UpsStatus(
            status.mains,
            status.output_on,
            status.on_battery,
            status.low_battery,
            status.off_armed,
            100 * charge,
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
        now = self.now
        times = []
        if condition.runtime_below_s is not None and self.on_battery:
            times.append(self.battery.when_runtime(now, condition.runtime_below_s))
        if condition.charge_above_pct is not None and not self.on_battery:
            times.append(self.battery.when_charge_above(now, condition.charge_above_pct / 100.0))
        return min((t for t in times if t is not None), default=None)
