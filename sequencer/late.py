"""Who is not up at the limit of his start is woken again later: a wake is heard by nobody else (N5, N7, L3).

The incident does not wait for him, for he may be broken (H9). That he is still to come up is written down, so
that whoever commands next goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sequencer import conditions as when
from sequencer import guards
from sequencer.journal import Goal, Kind
from sequencer.ports import Os, Steps
from sequencer.power_off import ATTEMPTS
from sequencer.power_on import AGAIN_S, SELDOM_S
from sequencer.run import Run
from sequencer.site import Server
from sequencer.wants import still_wants, wants


def comes_later(run: Run, server: Server, start: Callable[[], Steps[Any]]) -> Steps[None]:
    """In an open incident he is left to the pages after it; there as often as it takes, seldom in the end."""
    port = run.ports.servers[server.name]
    tried = 1
    while not (guards.is_seen(port.seen(), Os.UP) or wants(run, server.name, Goal.DOWN)):
        if run.facts.open:
            yield from note_still_to_come(run, server)
            return
        again_s = AGAIN_S if tried < ATTEMPTS else SELDOM_S
        if not (yield from run.until_seen(port, when.UP, by_s=run.now + again_s, eager=True)):
            yield from start()
        tried += 1


def note_still_to_come(run: Run, server: Server) -> Steps[None]:
    if still_wants(run, server.name, Goal.UP):
        return
    cause = f"{server.name} of {run.facts.epoch} by {run.life}"
    wall_s = run.facts.later_s(run.wall_s(), [server.name])
    yield from run.commit(Kind.WANTED, cause, servers=[server.name], goal=Goal.UP.value, wall_s=wall_s)
