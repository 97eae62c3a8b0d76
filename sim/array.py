"""A pretend disk array: controllers and enclosures on their own UPSes, and a cache that must reach the disks.

Simplified: the cache holds a fixed amount while anybody uses a linked array, and keeps it until it
is flushed; whoever uses it still then has soiled it again a few seconds later. A control array's cache
is on disk as soon as its nodes have halted.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.events import Stream
from sequencer.ports import Accepted, ArrayStatus, Flush, Receipt, Service
from sequencer.site import Array as ArraySettings
from sequencer.site import ArrayRole
from sim.array_faults import ArrayFaults
from sim.device import Device
from sim.later import after
from sim.model import ArrayModel
from sim.supply import Supplies

WRITES_S = 5.0
"""So long after a flush its cache is dirty again if anybody uses it still."""


class Array(Device[ArrayStatus]):
    def __init__(
        self,
        env: simpy.Environment,
        stream: Stream,
        settings: ArraySettings,
        model: ArrayModel,
        live: Callable[[str], bool],
        *,
        load_changed: Callable[[tuple[str, ...]], None],
    ) -> None:
        super().__init__()
        self._env = env
        self._stream = stream
        self.settings = settings
        self.name = settings.name
        self._model = model
        self._controllers = Supplies(settings.controllers, live)
        self._enclosures = Supplies(settings.enclosures, live)
        self._load_changed = load_changed
        self.service: Service | None = Service.READY
        """None: without power."""
        self.flush_state = Flush.NOT_ASKED
        self.dirty = False
        self.users: set[str] = set()
        self.faults = ArrayFaults()
        self._told_ready = False
        """It says already that it is ready (A7)."""
        self._plan = 0
        self._listeners: list[Callable[[Array], None]] = []

    def listen(self, listener: Callable[[Array], None]) -> None:
        self._listeners.append(listener)

    @property
    def ready(self) -> bool:
        return self.service is Service.READY

    # Its users

    def used_by(self, server: str, *, running: bool) -> None:
        """A server that uses it has come up, or is down."""
        if running:
            self.users.add(server)
            if self.ready:
                self._soil()
        else:
            self.users.discard(server)
            if self.settings.role is ArrayRole.CONTROL and not self.users:
                self.dirty = False

    def _soil(self) -> None:
        again = self.flush_state is not Flush.NOT_ASKED
        self.flush_state = Flush.NOT_ASKED
        if not self.dirty or again:
            self.dirty = True
            self._plan += 1  # a flush under way is overtaken by new writes (A4)
            if self.settings.role is ArrayRole.LINKED:
                self._fact("array.dirty", bytes=int(self._model.dirty_bytes))
            self.changed()

    # What it is told

    def flush(self) -> Receipt:
        if self.faults.flush_refused:
            return Receipt(Accepted.NO, "not permitted")
        if self.service is not Service.READY:
            return Receipt(Accepted.NO, "not ready")
        if self.flush_state is Flush.UNDER_WAY:
            return Receipt(Accepted.YES, "already flushing")
        self.flush_state = Flush.UNDER_WAY
        bytes_left = self._model.dirty_bytes if self.dirty else 0.0
        self._fact("array.flushing", bytes=int(bytes_left))
        self._write_out()
        self.changed()
        return Receipt(Accepted.YES)

    def _write_out(self) -> None:
        """A flush that is under way ends in its time from now, unless it hangs."""
        self._plan += 1
        times = self.faults.flush_times * (2.0 if self.faults.controller_dead else 1.0)
        bytes_left = self._model.dirty_bytes if self.dirty else 0.0
        if not self.faults.flush_never_ends:
            self._later(times * bytes_left / self._model.flush_rate, self._flushed)

    def _flushed(self) -> None:
        self.flush_state = Flush.DONE
        self.dirty = False
        self._fact("array.flushed")
        writes_s = self.faults.writes_after_s
        if self.users or writes_s is not None:
            self._later(WRITES_S if writes_s is None else writes_s, self._write_again)
        self.changed()

    def _write_again(self) -> None:
        if self.users or self.faults.writes_after_s is not None:
            self._soil()

    # What is wrong with it

    def hang_flush(self, hangs: bool) -> None:
        """Fault A2, or its end: a flush that hung takes its usual time from then on."""
        self.faults.flush_never_ends = hangs
        if self.flush_state is Flush.UNDER_WAY:
            self._write_out()

    def fall_silent(self, silent: bool) -> None:
        """Fault A3, or its end."""
        self.faults.unreachable = silent
        self.changed()

    def start_late(self, start_s: float | None) -> None:
        """Fault A8, or its end: one that is at it takes its usual time from then on."""
        self.faults.start_s = start_s
        if self.service is Service.STARTING:
            self._start()

    def tell_ready(self, for_s: float | None) -> None:
        """Fault A7, or its end."""
        self.faults.told_ready_s = for_s
        self._told_ready = self._told_ready and for_s is not None
        self.changed()

    # Its power

    def supply_changed(self) -> None:
        powered = self._controllers.live > 0 and self._enclosures.live > 0
        if not powered and self.service is not None:
            self._lose_power()
        elif powered and self.service is None:
            self.service = Service.STARTING
            self._fact("array.starting")
            self._start()
            self._tell()
        else:
            self._load_changed(self.settings.upses)  # it draws more or less from the others

    def _start(self) -> None:
        start_s = self.faults.start_s
        self._later(self._model.start_s if start_s is None else start_s, self._come_ready)
        ready_s = self.faults.told_ready_s
        if ready_s is not None:
            self._told_ready = True
            plan = self._plan
            after(self._env, ready_s, lambda: self._tell_the_truth() if plan == self._plan else None)

    def _tell_the_truth(self) -> None:
        self._told_ready = False
        self.changed()

    def _lose_power(self) -> None:
        lost = self.dirty
        self._told_ready = False
        self.service, self.flush_state, self.dirty = None, Flush.NOT_ASKED, False
        self._plan += 1
        if lost:
            self._fact("array.lost_data")
        self._fact("array.off")
        self._tell()

    def _come_ready(self) -> None:
        self.service, self._told_ready = Service.READY, False
        self._fact("array.ready")
        if self.users:
            self._soil()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener(self)
        self._load_changed(self.settings.upses)
        self.changed()

    def _fact(self, event: str, **details: object) -> None:
        self._stream.fact(float(self._env.now), event, self.name, **details)

    def _later(self, delay_s: float, do: Callable[[], None]) -> None:
        self._plan += 1
        plan = self._plan
        after(self._env, delay_s, lambda: do() if plan == self._plan else None)

    # What can be seen of it, and what it draws

    def read(self) -> ArrayStatus | None:
        if self.service is None or self.faults.unreachable:
            return None
        return ArrayStatus(Service.READY if self._told_ready else self.service, self.flush_state)

    def watts_from(self, ups: str) -> float:
        """Half of it are controllers, half enclosures."""
        half = self._model.load_w / 2
        return self._controllers.share(ups, half) + self._enclosures.share(ups, half)

    def full_watts_from(self, ups: str) -> float:
        half = self._model.load_w / 2
        return self._controllers.full_share(ups, half) + self._enclosures.full_share(ups, half)
