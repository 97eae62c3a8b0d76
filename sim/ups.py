"""A pretend UPS with its battery and its SNMP card.

It does what its firmware does, not what it was asked: settings are rounded the way cards round
them, commands are refused where real cards refuse them, an OFF sent again restarts its countdown,
and the card dies with its power. Crossings of the battery are computed, never ticked for.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer import timing
from sequencer.events import Stream
from sequencer.ports import Accepted, Off, Receipt
from sequencer.site import Ups as UpsSettings
from sim.battery import Battery
from sim.card import Card
from sim.charge_curve import ChargeCurve
from sim.inrush import TRIPS_AFTER_S
from sim.later import after
from sim.model import UpsModel
from sim.quirks import Quirks
from sim.readout import Readout
from sim.settings import effective, factory
from sim.settings import sleep_s as rounded_sleep_s
from sim.supply import Load

BADVALUE = "badValue"
ALARM = "U16"
"""Why a card may be silent: it has an alarm."""


class Ups(Readout):
    """`settings` are those the card took, which need not be those of the site file (R6-23)."""

    def __init__(
        self, env: simpy.Environment, stream: Stream, asked: UpsSettings, model: UpsModel, *, mains: bool
    ) -> None:
        super().__init__()
        self._env = env
        self._stream = stream
        self.name = asked.name
        self.outlet = asked.name
        """As which of the site's UPSes its loads take it: its own name, unless they are mixed up (U19)."""
        self.quirks = Quirks()
        self._asked = asked
        self.settings = effective(asked)
        self._know_delays()
        self.loads: list[Load] = []
        self.mains = mains
        self.output = True
        self.low = False
        self.returns = False
        """Comes back by itself when the mains do."""
        self.falls_at_s = None
        self._off_how = Off.NOW
        self._sleep_s = 0.0
        self._asleep_until_s = 0.0
        """Does not come back before, whatever the mains do."""
        self._told_supply = "ups.on_line"
        self._timers = 0
        self._battery_plan = 0
        self._full_w = 1.0
        self.trap_listeners: list[Callable[[], None]] = []
        self.battery = Battery(model, t=float(env.now))
        self._curve = ChargeCurve(env, self.battery, lambda: self.on_battery, self._fact)
        self.card = Card(env, model, self._card_changed, powered=True)

    def _know_delays(self) -> None:
        always_s = self.quirks.off_after_s
        graceful_s, delayed_s = timing.graceful_off_s(self.settings), timing.delayed_off_s(self.settings)
        at_once_s = timing.immediate_off_s(self.settings)
        if always_s is not None:
            graceful_s, delayed_s, at_once_s = always_s, always_s, always_s if at_once_s else 0.0
        self.delays_s = graceful_s, delayed_s, at_once_s

    def begin(self) -> None:
        """All loads are plugged in: know what full load is, and start charging or discharging."""
        self.know_loads()
        self._settle()

    def know_loads(self) -> None:
        self._full_w = max(1.0, sum(load.full_watts_from(self.outlet) for load in self.loads))

    # Facts

    @property
    def now(self) -> float:
        return float(self._env.now)

    @property
    def on_battery(self) -> bool:
        return self.output and (not self.mains or self.quirks.testing)

    @property
    def asleep_until_s(self) -> float:
        """The end of the sleep it was told to have; 0: it does not sleep by the clock."""
        return self._asleep_until_s if self._off_how is Off.SLEEP else 0.0

    @property
    def load_pct(self) -> float:
        """Of what all its loads draw together; 0 while the output is off."""
        return 100.0 * self._load_fraction() if self.output else 0.0

    def _load_fraction(self) -> float:
        watts = sum(load.watts_from(self.outlet) for load in self.loads)
        return self.quirks.load_times * watts / self._full_w

    def _fact(self, event: str, **details: object) -> None:
        self._stream.fact(self.now, event, self.name, **details)

    # What happens to it

    def set_mains(self, present: bool) -> None:
        if present == self.mains:
            return
        self.mains = present
        self.quirks.end_test(unless=present)
        if self.output:
            self._lose_its_bypass()
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
        inrush = self.quirks.inrush
        if inrush is not None and inrush.is_too_much(self.now, self.loads):
            after(self._env, TRIPS_AFTER_S, self.drop)
        if self.on_battery:
            self.changed()

    def drop(self) -> None:
        """Its output is gone, whatever it was told (P10, P13, P14)."""
        if self.output:
            self._set_output(False, "fault")

    def collapse(self) -> None:
        """Fault P6: the battery loses nearly all it had; its curve falls straight down, and bends anew."""
        self.tell_charge()
        self.battery.collapse(self.now, 0.01)
        self.turned()
        self._curve.draw(bends=self.mains)

    def turned(self) -> None:
        """A switch of `quirks` was thrown: what follows from it follows now."""
        self._know_delays()
        self.low = self.low and self.on_battery and not self.quirks.never_low
        if self.output:
            self._lose_its_bypass()
            self._tell_supply()
        self._settle()
        if self.mains:
            self._plan_return()
        self.changed()

    def _lose_its_bypass(self) -> None:
        """In bypass the output is the input, and no battery stands behind it (P10)."""
        if self.quirks.bypassed and not self.mains:
            self.drop()
            self.returns = True

    def _tell_supply(self) -> None:
        """From what the output is fed, if that is not what was told last; nothing while it is off."""
        if not self.output:
            return
        supply = "ups.on_battery" if self.on_battery else "ups.on_line"
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
        quirks = self.quirks
        if quirks.ignores_off or (quirks.drops_off_on_mains and self.mains):
            return Receipt(Accepted.YES, falls_in_s=delay_s)
        if quirks.counts_once and self.falls_at_s is not None:
            return Receipt(Accepted.YES, "already counting down", self.falls_at_s - self.now)
        self._timers += 1  # an OFF while one counts down starts the countdown anew (U13)
        self.falls_at_s, self._off_how = self.now + delay_s, how
        self._sleep_s = sleep_s
        self._fact("ups.off_armed", how=how.value, falls_at=round(self.falls_at_s, 3))
        timers = self._timers
        if delay_s > 0:
            after(self._env, delay_s, lambda: self._fall() if timers == self._timers else None)
        else:
            self._fall()
        self.changed()
        return Receipt(Accepted.YES, falls_in_s=delay_s)

    def cancel_off(self) -> None:
        """Forget the OFF that counts down. RFC 1628 and outlet groups can; a Smart-UPS as a whole cannot."""
        if self.falls_at_s is not None and not self.quirks.keeps_off:
            self._forget_off()

    def _forget_off(self) -> None:
        self.falls_at_s = None
        self._timers += 1
        self.changed()

    def take_settings(self, asked: UpsSettings) -> None:
        """Somebody writes to its card, which keeps what it makes of that (R6-23).

        An OFF that counts down keeps its delay; a return that is waited for is counted anew.
        """
        self._asked = asked
        self._keep(effective(asked))

    def lose_settings(self, lost: bool) -> None:
        """Fault U9: its card has the settings it was made with; or somebody has set it up again."""
        self._keep(factory(self._asked) if lost else effective(self._asked))

    def _keep(self, settings: UpsSettings) -> None:
        before, self.settings = self.settings, settings
        if settings != before:
            self.turned()

    def switch_on(self) -> Receipt:
        if self.output:
            return Receipt(Accepted.YES, "already on")
        if self.quirks.broken:
            return Receipt(Accepted.NO, f"{BADVALUE}: hardware failure")
        if not self.mains and not (self.quirks.cold_starts and self.battery.charge_at(self.now) > 0):
            return Receipt(Accepted.NO, f"{BADVALUE}: no mains")
        self._set_output(True, "command")
        return Receipt(Accepted.YES)

    def press(self, *, on: bool = True) -> None:
        """The operator's button. It switches on what has mains; it wakes nothing from an empty line."""
        if self.output is not on and (not on or (self.mains and not self.quirks.broken)):
            self._set_output(on, "button")

    def _delay_s(self, how: Off) -> float:
        graceful_s, delayed_s, at_once_s = self.delays_s
        match how:
            case Off.GRACEFUL | Off.UNTIL_MAINS | Off.SLEEP:
                return graceful_s
            case Off.DELAYED:
                return delayed_s
            case Off.NOW | Off.CONSERVE:
                return at_once_s

    def _fall(self) -> None:
        if self.mains and self.quirks.drops_off_on_mains:
            self._forget_off()
            return
        self._set_output(False, "command")
        self.returns = self._off_how in (Off.UNTIL_MAINS, Off.CONSERVE, Off.SLEEP)
        asleep_s = rounded_sleep_s(self._sleep_s) if self._off_how is Off.SLEEP else timing.REBOOT_OFF_S
        self._asleep_until_s = self.now + asleep_s
        if self.mains:
            self._plan_return()

    # Output

    def _set_output(self, on: bool, cause: str) -> None:
        self._timers += 1
        self.falls_at_s = None
        self.output = on
        self.quirks.end_test(unless=on)
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
        if self.output or self.quirks.broken or not (self.returns or self.quirks.comes_back):
            return
        least = self.settings.min_return_charge_pct / 100.0
        charged_s = self.battery.when_charge_above(self.now, least)
        awake_s = max(self.now, self._asleep_until_s) + self.settings.return_delay_s
        wait_s = max(awake_s, charged_s or self.now) - self.now
        self._timers += 1
        timers = self._timers
        after(self._env, wait_s, lambda: self._return() if timers == self._timers else None)

    def _return(self) -> None:
        if self.mains and not self.output and not self.quirks.broken:
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
        if self.quirks.quiet_on_battery:
            self.card.silence(self.on_battery, ALARM)
        # On the mains the load does not bend the curve.
        bent = self.battery.load_fraction != before[1] and self.on_battery
        if bent or self.battery.mode is not before[0] or now == 0:
            self._curve.draw(bends=self.mains)
        if not self.on_battery:
            return
        plan = self._battery_plan
        told = self.low or self.quirks.never_low
        low_s = None if told else self.battery.when_runtime(now, self.settings.low_battery_runtime_s)
        next_s, crossing = (low_s, self._turn_low) if low_s is not None else (None, self._exhaust)
        if next_s is None:
            next_s = self.battery.when_empty(now)
        if next_s is not None:
            after(self._env, next_s - now, lambda: crossing() if plan == self._battery_plan else None)

    def tell_charge(self) -> None:
        """A point of its battery's curve."""
        self._curve.tell()

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

    def command(self, act: Callable[[], Receipt]) -> Receipt | None:
        """Somebody tells it something over the network; None: nobody answers, or the answer is lost (U6)."""
        if not self.card.answers:
            return None
        receipt = act()
        return receipt if self.card.replies else None

    def trap(self) -> None:
        """Its card sends a trap; it says nothing that a poll would not tell (U4)."""
        for listener in list(self.trap_listeners):
            listener()
