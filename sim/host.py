"""A pretend machine on the LAN of which only its presence matters (R8-04): it answers, or it does not.

It has no power of its own here: a story says when it goes off and on. Behind the LAN it is like
everything else, so without a LAN switch nobody hears it.
"""

from __future__ import annotations

import simpy

from sequencer.events import Stream
from sequencer.ports import HostStatus
from sim.device import Device


class Host(Device[HostStatus]):
    def __init__(self, env: simpy.Environment, stream: Stream, address: str) -> None:
        super().__init__()
        self._env = env
        self._stream = stream
        self.name = address
        self.present = True

    def go(self, *, on: bool) -> None:
        if on == self.present:
            return
        self.present = on
        self._stream.fact(float(self._env.now), "host.answering" if on else "host.silent", self.name)
        self.changed()

    def read(self) -> HostStatus | None:
        return HostStatus() if self.present else None
