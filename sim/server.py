"""A pretend server: boots, shuts down, hangs, is forced; crashes without power and boots longer then."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import simpy

from sequencer.events import Stream
from sequencer.ports import Accepted, Answer, Os, Receipt, ServerStatus
from sequencer.site import AcLink, Job, ServerRole
from sequencer.site import Server as ServerSettings
from sim.clock import WallClock
from sim.device import Device
from sim.jobs import Jobs, Outcome
from sim.later import after
from sim.model import ServerModel
from sim.server_faults import ServerFaults
from sim.supply import Supplies

BEFORE_S = 86400.0
"""So long who runs when the room begins has been up by then."""


class State(Enum):
    OFF = "off"
    """No power on its plugs."""
    HALTED = "halted"
    BOOTING = "booting"
    UP = "up"
    SHUTTING_DOWN = "shutting down"


TOLD: dict[State, Os] = {state: Os(state.value) for state in State if state is not State.OFF}
EVENTS = {
    State.HALTED: "server.halted",
    State.BOOTING: "server.booting",
    State.UP: "server.up",
    State.SHUTTING_DOWN: "server.shutting_down",
}


class Server(Device[ServerStatus]):
    """Listeners hear every change of state; the cluster, the arrays and a node's life depend on it."""

    def __init__(
        self,
        env: simpy.Environment,
        stream: Stream,
        settings: ServerSettings,
        model: ServerModel,
        supplies: Supplies,
        clock: WallClock,
        *,
        load_changed: Callable[[tuple[str, ...]], None],
    ) -> None:
        super().__init__()
        self._env = env
        self._stream = stream
        self.settings = settings
        self.name = settings.name
        self._model = model
        self._supplies = supplies
        self._load_changed = load_changed
        self.clock = clock
        self.jobs = Jobs(env, model.jobs)
        stays_off = settings.role is ServerRole.POOL
        up = model.running if model.running is not None else not stays_off
        self._draws_in_full = up or not stays_off
        self.state = State.UP if up else State.HALTED
        self.faults = ServerFaults()
        self._told_down = False
        """It says already that it is halted (H2)."""
        self.frozen = False
        """Fault C7: the system is there and does nothing; only the power button still works."""
        self._crashed = False
        self.booted_at_s = float(env.now) - BEFORE_S
        """When its last boot began."""
        self._was_on = up
        """When it last had power: what AC-Link `last_state` goes back to."""
        self._reboots = False
        self._plan = 0
        self._listeners: list[Callable[[Server], None]] = []

    def listen(self, listener: Callable[[Server], None]) -> None:
        self._listeners.append(listener)

    @property
    def running(self) -> bool:
        """Its system is there, perhaps on its way down."""
        return self.state in (State.UP, State.SHUTTING_DOWN)

    @property
    def works(self) -> bool:
        """Its system runs and does what it is asked."""
        return self.running and not self.frozen

    @property
    def has_power(self) -> bool:
        return self.state is not State.OFF

    # What it is told

    def shut_down(self) -> Receipt:
        if self.state is State.SHUTTING_DOWN:
            return Receipt(Accepted.YES, "already shutting down")
        if self.faults.refuses:
            return Receipt(Accepted.NO, "permission denied")
        return self.stop()

    def stop(self) -> Receipt:
        """Its system goes down, whoever wants it."""
        if self.state is not State.UP:
            return Receipt(Accepted.NO, f"it is {self.state.value}")
        self._set(State.SHUTTING_DOWN)
        self._go_on()
        self._tell_down_early()
        return Receipt(Accepted.YES)

    def reboot(self) -> Receipt:
        """Shut down and boot again, with the power on all the while."""
        return Receipt(Accepted.NO, "permission denied") if self.faults.refuses else self.boot_again()

    def boot_again(self) -> Receipt:
        """Its system goes down and comes back, whoever wants it."""
        self._reboots = True
        return self.stop() if self.state is State.UP else Receipt(Accepted.YES)

    def run(self, job: Job) -> Answer[Outcome]:
        """Run a job; answers when it has ended, at its limit at the latest, or with its system."""
        return self.jobs.run(job, up=self.works)

    def force(self) -> Receipt:
        if self.state in (State.OFF, State.HALTED):
            return Receipt(Accepted.YES, "already off")
        self._stream.fact(float(self._env.now), "server.forced", self.name)
        self._crashed = True
        self._set(State.HALTED, forced=True)
        return Receipt(Accepted.YES)

    def wake(self) -> Receipt:
        """A magic packet: it never says whether it arrived."""
        if self.state is State.HALTED:
            self._boot()
        return Receipt(Accepted.YES)

    def supply_changed(self) -> None:
        powered = self._supplies.live >= self.settings.minimum_supplies
        if not powered and self.state is not State.OFF:
            self._lose_power()
        elif powered and self.state is State.OFF:
            self._gain_power()
        else:
            self._load_changed(self._supplies.upses)  # it draws more or less from the others

    def crash(self) -> None:
        """Fault C2: the system dies, the power stays."""
        if self.running or self.state is State.BOOTING:
            self._crashed = True
            self._stream.fact(float(self._env.now), "server.crashed", self.name, cause="fault")
            self._enter(State.HALTED)

    def freeze(self, frozen: bool) -> None:
        """Fault C7, or its end: its watchdog has started its services anew, or it goes on to shut down."""
        if self.state is State.UP and frozen != self.frozen:
            self.frozen = frozen
            self._enter(State.UP)
        elif self.frozen and not frozen:
            self.frozen = False
            self._go_on()

    # What is wrong with it

    def hang(self, hangs: bool) -> None:
        """Fault H1, or its end: a shutdown that hung takes its usual time from then on."""
        self.faults.hangs = hangs
        if self.state is State.SHUTTING_DOWN:
            self._go_on()

    def get_stuck(self, stuck: bool) -> None:
        """Fault H9, or its end: a boot that was stuck takes its usual time from then on."""
        self.faults.boots = not stuck
        if self.state is State.BOOTING:
            self._go_on()

    def tell_down_after(self, after_s: float | None) -> None:
        """Fault H2, or its end."""
        self.faults.told_down_after_s = after_s
        self._told_down = False
        self._tell_down_early()
        self.changed()

    def lose_controller(self, lost: bool) -> None:
        """Fault H4, or its end."""
        self.faults.controller_needs_system = lost
        self.changed()

    def _go_on(self) -> None:
        """On its way down or up: it gets there in its usual time from now, unless it hangs."""
        self._plan += 1
        down = self.state is State.SHUTTING_DOWN
        if self.frozen or (self.faults.hangs if down else not self.faults.boots):
            return
        boot_s = self._model.boot_s + (self._model.after_crash_s if self._crashed else 0.0)
        self._later(self._model.shutdown_s if down else boot_s, self._halt if down else self._come_up)

    def _tell_down_early(self) -> None:
        after_s, state = self.faults.told_down_after_s, State.SHUTTING_DOWN
        if after_s is not None and self.state is state:
            after(self._env, after_s, self._say_down)

    def _say_down(self) -> None:
        if self.state is State.SHUTTING_DOWN and self.faults.told_down_after_s is not None:
            self._told_down = True
            self.changed()

    def _come_back(self) -> None:
        """Fault H5: whatever keeps its work running starts it again."""
        if self.faults.comes_back_after_s is not None and self.state is State.HALTED:
            self._later(self.faults.comes_back_after_s, self._boot)

    # What it does

    def _halt(self) -> None:
        reboots, self._reboots = self._reboots, False
        self._set(State.HALTED, forced=False)
        if reboots:
            self._boot()
        else:
            self._come_back()

    def _boot(self) -> None:
        self.booted_at_s = float(self._env.now)
        self._set(State.BOOTING)
        self._go_on()

    def _come_up(self) -> None:
        self._crashed = False
        self._set(State.UP)

    def _lose_power(self) -> None:
        self._was_on = self.state is not State.HALTED
        if self.state is not State.HALTED:
            self._crashed = True
            self._stream.fact(float(self._env.now), "server.crashed", self.name, cause="power")
        self._enter(State.OFF)

    def _gain_power(self) -> None:
        ac_link = self.faults.ac_link or self.settings.ac_link
        boots = ac_link is AcLink.BOOT or (ac_link is AcLink.LAST_STATE and self._was_on)
        self._enter(State.HALTED)
        if boots:
            self._boot()

    def _set(self, state: State, **details: object) -> None:
        self._stream.fact(float(self._env.now), EVENTS[state], self.name, **details)
        self._enter(state)

    def _enter(self, state: State) -> None:
        self.state = state
        self._plan += 1
        self._told_down = False
        self.frozen = self.frozen and self.running
        if not self.works:
            self.jobs.die()
        if state is not State.SHUTTING_DOWN and state is not State.HALTED:
            self._reboots = self._reboots and state is State.BOOTING
        for listener in self._listeners:
            listener(self)
        self._load_changed(self._supplies.upses)
        self.changed()

    def _later(self, delay_s: float, do: Callable[[], None]) -> None:
        plan = self._plan
        after(self._env, delay_s, lambda: do() if plan == self._plan else None)

    # What can be seen of it, and what it draws

    def read(self) -> ServerStatus | None:
        """Its clock tells the time while its system runs, and for how long that has been up."""
        if not self.answers():
            return None
        status, now_s = ServerStatus(self._told_os), float(self._env.now)
        return self._in_time(status, now_s) if self.works and not self._told_down else status

    def _in_time(self, status: ServerStatus, at_s: float) -> ServerStatus:
        return ServerStatus(status.os, self.clock.shown_s(at_s), at_s - self.booted_at_s)

    @property
    def _told_os(self) -> Os:
        return Os.HALTED if self._told_down else TOLD[self.state]

    def answers(self) -> bool:
        dark = self.faults.controller_needs_system and self.state is State.HALTED
        return self.has_power and not dark

    def differs(self, status: ServerStatus) -> bool:
        return self._told_os is not status.os

    def drifted(self, status: ServerStatus, at_s: float) -> ServerStatus:
        return status if status.clock_s is None else self._in_time(status, at_s)

    def same(self, a: ServerStatus, b: ServerStatus) -> bool:
        return a.like(b)

    def watts_from(self, ups: str) -> float:
        if self.state is State.OFF:
            return 0.0
        watts = self._model.halted_w if self.state is State.HALTED else self._model.load_w
        return self._supplies.share(ups, watts)

    def full_watts_from(self, ups: str) -> float:
        """Of a pool server, which stays off, the UPS's full load has only what it draws at rest."""
        watts = self._model.load_w if self._draws_in_full else self._model.halted_w
        return self._supplies.full_share(ups, watts)
