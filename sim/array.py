"""A pretend disk array: controllers and enclosures on their own UPSes, and a cache that must reach the disks.

Simplified: the cache holds a fixed amount while anybody uses a linked array, and keeps it until it
is flushed. A control array's cache is on disk as soon as its nodes have halted.
"""

from __future__ import annotations

from collections.abc import Callable

import simpy

from sequencer.events import Stream
from sequencer.ports import Accepted, ArrayStatus, Flush, Receipt, Service
from sequencer.site import Array as ArraySettings
from sequencer.site import ArrayRole
from sim.device import Device
from sim.later import after
from sim.model import ArrayModel
from sim.supply import Supplies


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
        self.flush_never_ends = False
        """Fault A2."""
        self.flush_refused = False
        """It was not set up to permit us (R4-03)."""
        self.unreachable = False
        """Fault A3: no answer on the network; the array itself works."""
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
        if self.flush_refused:
            return Receipt(Accepted.NO, "not permitted")
        if self.service is not Service.READY:
            return Receipt(Accepted.NO, "not ready")
        if self.flush_state is Flush.UNDER_WAY:
            return Receipt(Accepted.YES, "already flushing")
        self.flush_state = Flush.UNDER_WAY
        bytes_left = self._model.dirty_bytes if self.dirty else 0.0
        self._fact("array.flushing", bytes=int(bytes_left))
        if not self.flush_never_ends:
            self._later(bytes_left / self._model.flush_rate, self._flushed)
        self.changed()
        return Receipt(Accepted.YES)

    def _flushed(self) -> None:
        self.flush_state = Flush.DONE
        self.dirty = False
        self._fact("array.flushed")
        self.changed()

    # Its power

    def supply_changed(self) -> None:
        powered = self._controllers.live > 0 and self._enclosures.live > 0
        if not powered and self.service is not None:
            self._lose_power()
        elif powered and self.service is None:
            self.service = Service.STARTING
            self._fact("array.starting")
            self._later(self._model.start_s, self._come_ready)
            self._tell()
        else:
            self._load_changed(self.settings.upses)  # it draws more or less from the others

    def _lose_power(self) -> None:
        lost = self.dirty
        self.service, self.flush_state, self.dirty = None, Flush.NOT_ASKED, False
        self._plan += 1
        if lost:
            self._fact("array.lost_data")
        self._fact("array.off")
        self._tell()

    def _come_ready(self) -> None:
        self.service = Service.READY
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
        if self.service is None or self.unreachable:
            return None
        return ArrayStatus(self.service, self.flush_state)

    def watts_from(self, ups: str) -> float:
        """Half of it are controllers, half enclosures."""
        half = self._model.load_w / 2
        return self._controllers.share(ups, half) + self._enclosures.share(ups, half)

    def full_watts_from(self, ups: str) -> float:
        half = self._model.load_w / 2
        return self._controllers.full_share(ups, half) + self._enclosures.full_share(ups, half)
