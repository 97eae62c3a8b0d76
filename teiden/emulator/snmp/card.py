"""The network card of one pretend UPS: what it knows of its UPS, and what it passes on to it.

It looks once per request, so all values of one answer belong to one moment. Everything here happens inside
`act`: on the clock of the room. Whoever wants to send traps listens for what has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import simpy

from sequencer.ports import Accepted, Off
from sequencer.site import Ups as UpsSettings
from sim.later import after
from sim.settings import sleep_s as rounded_sleep_s
from sim.ups import Ups
from teiden.emulator.snmp.faults import Faults
from teiden.emulator.snmp.objects import Refusal, Refused

NOMINAL_V = 100
"""Mains and output voltage while there is one: the room stands in Japan."""

SELF_TEST_S = 8.0
"""How long a self-test lasts here. The room's battery does not notice it."""


@dataclass(frozen=True, slots=True)
class View:
    """What the card knows of its UPS at one moment."""

    mains: bool
    output: bool
    on_battery: bool
    low: bool
    charge_pct: float
    runtime_s: float
    load_pct: float
    falls_in_s: float | None
    """An OFF counts down."""
    returns: bool
    """Off, and comes back by itself."""
    timed: bool
    """Off, and its sleep is not over."""
    on_battery_s: float
    testing: bool
    low_battery_runtime_s: float
    """Its setting: from how much on the battery is low."""
    bypassed: bool = False
    boosts: bool = False
    """It makes up for a sag of its mains."""


class SnmpCard:
    def __init__(self, ups: Ups, env: simpy.Environment, faults: Faults | None = None) -> None:
        """`env`: the clock of the room, for what the card itself delays."""
        self.ups = ups
        self._env = env
        self.faults = Faults() if faults is None else faults
        self.tested_at_s: float | None = None
        self.transferred = False
        """The UPS has gone to its battery since the card began."""
        self._starts_at_s: float | None = None
        self._starts = 0
        self._sleep_s = rounded_sleep_s(0.0)
        self._on_battery_since_s: float | None = ups.now if ups.on_battery else None
        self._booted_s = ups.card.up_since_s
        self._silent_until_s = ups.now
        self._listeners: list[Callable[[], None]] = []
        self.view = self._seen()
        ups.add_sight(self._changed)

    def close(self) -> None:
        self.ups.remove_sight(self._changed)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this whenever something about the UPS has changed."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        self._listeners.remove(listener)

    def later(self, delay_s: float, do: Callable[[], None]) -> None:
        """Do something at a later moment of the room."""
        after(self._env, delay_s, do)

    def _changed(self) -> None:
        now_on = self.ups.on_battery
        if now_on and self._on_battery_since_s is None:
            self._on_battery_since_s = self.ups.now
            self.transferred = True
        elif not now_on and not self.ups.quirks.keeps_seconds:
            self._on_battery_since_s = None
        for listener in tuple(self._listeners):
            listener()

    # What it knows

    def look(self) -> View:
        if not self.faults.no_comm:
            self.view = self._seen()
        return self.view

    def _seen(self) -> View:
        ups, now = self.ups, self.ups.now
        charge_pct, runtime_s = ups.tells_charge(now)
        since_s, falls_at_s = self._on_battery_since_s, ups.falls_at_s
        return View(
            mains=ups.tells_mains,
            output=ups.output,
            on_battery=ups.on_battery,
            low=ups.tells_low,
            charge_pct=charge_pct,
            runtime_s=runtime_s,
            load_pct=ups.load_pct,
            falls_in_s=None if falls_at_s is None else falls_at_s - now,
            returns=not ups.output and ups.returns,
            timed=not ups.output and ups.returns and now < ups.asleep_until_s,
            on_battery_s=0.0 if since_s is None else now - since_s,
            testing=self.tested_at_s is not None and now < self.tested_at_s + SELF_TEST_S,
            low_battery_runtime_s=ups.settings.low_battery_runtime_s,
            bypassed=ups.quirks.bypassed,
            boosts=ups.quirks.boosts,
        )

    @property
    def answers(self) -> bool:
        """It has power, has booted and does not hang."""
        return self.ups.card.answers and self.ups.now >= self._silent_until_s

    @property
    def up_since_s(self) -> float:
        return max(self._booted_s, self.ups.card.up_since_s)

    @property
    def uptime_s(self) -> float:
        return max(0.0, self.ups.now - self.up_since_s)

    @property
    def sleep_s(self) -> float:
        """How long `sleep` sleeps: tenths of an hour (R10-56)."""
        return self._sleep_s

    @property
    def starts_in_s(self) -> float | None:
        """A start of the output that was asked for counts down."""
        return None if self._starts_at_s is None else self._starts_at_s - self.ups.now

    @property
    def settings(self) -> UpsSettings:
        return self.ups.settings

    # What happens to it

    def reboot(self, silent_s: float) -> None:
        """Silent for so many seconds of the room; then its uptime starts anew (and its engine's boots)."""
        self._silent_until_s = self._booted_s = self.ups.now + silent_s

    # What it passes on

    def off(self, how: Off, *, sleep_s: float = 0.0, delay_s: float | None = None) -> None:
        self._reach()
        if not self.faults.off_ignored:
            self._tell(self.ups.switch_off(how, sleep_s=sleep_s, delay_s=delay_s).accepted)

    def on(self) -> None:
        self._reach()
        self._tell(self.ups.switch_on().accepted)

    def on_in(self, delay_s: float | None) -> None:
        """Switch on after so long, and no sooner than the mains are good; None: forget about it."""
        self._reach()
        self._starts += 1
        starts = self._starts
        self._starts_at_s = None if delay_s is None else self.ups.now + delay_s
        if delay_s is not None:
            self.later(delay_s, lambda: self._start() if starts == self._starts else None)

    def _start(self) -> None:
        self._starts_at_s = None
        if self.ups.mains:
            self.ups.switch_on()
        elif not self.ups.output:
            self.ups.returns = True

    def cancel(self) -> None:
        self._reach()
        self.ups.cancel_off()

    def set(self, asked: UpsSettings) -> None:
        """Written settings: the UPS keeps what its firmware makes of them."""
        self._reach()
        self.ups.take_settings(asked)

    def set_sleep(self, sleep_s: float) -> None:
        self._reach()
        self._sleep_s = rounded_sleep_s(sleep_s)

    def test(self) -> None:
        self._reach()
        self.tested_at_s = self.ups.now

    def _reach(self) -> None:
        if self.faults.no_comm:
            raise Refused(Refusal.GEN_ERR)

    @staticmethod
    def _tell(accepted: Accepted) -> None:
        """What the UPS refuses, a card answers with genErr (an AP9617 does so for 6.1.1 on line)."""
        if accepted is not Accepted.YES:
            raise Refused(Refusal.GEN_ERR)
