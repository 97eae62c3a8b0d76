"""Control nodes that go by different site files for long: an alarm, once (C9, R6-44).

The sequencer raises the same alarm at the moment at which it matters to a command. Here it comes also where
nobody has wanted to command since, in the same words, so that nobody is told twice.
"""

from __future__ import annotations

import asyncio
from functools import partial
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realtime.service import Service

DRIFT_LIMIT_S = 900.0
"""Longer than it takes to restart or reload one node after the other with a look in between."""
LOOK_S = 5.0


async def watch_drift(service: Service, *, limit_s: float = DRIFT_LIMIT_S, look_s: float = LOOK_S) -> None:
    """For ever: cancel it. `limit_s` in seconds of the service's clock, `look_s` of the wall."""
    since_s: dict[str, float] = {}
    while True:
        await asyncio.sleep(look_s)
        now_s = float(service.env.wall_now)
        for name in _differing(service):
            if now_s - since_s.setdefault(name, now_s) >= limit_s:
                since_s[name] = inf  # told; anew only when they have been alike in between
                service.env.act(partial(_tell, service, name))
        for name in since_s.keys() - _differing(service):
            del since_s[name]


def _differing(service: Service) -> set[str]:
    """Peers that are heard now and go by another file."""
    if service.life is None:
        return set()
    seen = {name: port.seen() for name, port in service.life.peers.items()}
    return {n for n, one in seen.items() if one.fresh and one.status is not None and not one.status.alike}


def _tell(service: Service, name: str) -> None:
    life = service.life
    if life is not None and not life.run.over:
        me = service.orders.me
        life.run.alarm(me, f"{name} goes by another site file than {me}; copy one to the other", "C9")
