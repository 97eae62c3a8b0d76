"""Who is not up at the limit of his start is woken again later: a wake is heard by nobody else (N5, N7, L3).

The incident does not wait for him, for he may be broken (H9). That he is still to come up is written down, so
that whoever commands next goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sequencer import conditions as when
from sequencer import guards
from sequencer.asleep import still_to_come
from sequencer.clocks import now_at_least_s
from sequencer.fitness import unfit
from sequencer.journal import WANTS, Goal, Kind
from sequencer.ports import Os, Steps
from sequencer.power_off import ATTEMPTS
from sequencer.power_on import AGAIN_S, SELDOM_S
from sequencer.run import Run
from sequencer.site import Server
from sequencer.wants import still_wants, wants


def comes_later(run: Run, server: Server, start: Callable[[], Steps[Any]]) -> Steps[None]:
    """An open incident does not wait for that: while it has to wait for others this is tried beside it, and
    is left to the pages after it then."""
    if is_done(run, server) or not run.facts.open:
        yield from start_again(run, server, start)
    else:
        yield from note_still_to_come(run, server)
        run.spawn(start_again(run, server, start))


def start_again(run: Run, server: Server, start: Callable[[], Steps[Any]]) -> Steps[None]:
    """As often as it takes; seldom in the end, if it was heard and fit to start. An incident that opens
    meanwhile goes on with it."""
    port, tried, was_open = run.ports.servers[server.name], 1, run.facts.open
    while not is_done(run, server):
        if run.facts.open and not was_open:
            yield from note_still_to_come(run, server)
            return
        again_s = AGAIN_S if tried < ATTEMPTS else SELDOM_S
        if not (yield from run.until_seen(port, when.UP, by_s=run.now + again_s, eager=True)):
            yield from start()
        tried += port.seen().fresh and not unfit(run, server)


def is_done(run: Run, server: Server) -> bool:
    """It is up, or wanted down."""
    return is_there(run, server) or wants(run, server.name, Goal.DOWN)


def stayed_away(run: Run, server: Server) -> Steps[bool]:
    """It was only to restart, and is not up again: its UPS may have tripped (P14). It is started."""
    if wants(run, server.name, Goal.DOWN) or is_there(run, server):
        return False
    text = f"{server.name} was restarted, and is not up after {run.site.start.server_limit_s:g} s"
    run.alarm(server.name, text, "H9")
    yield from note_still_to_come(run, server)
    return True


RESTARTS_S = 3600.0
"""So long after the word a node that is off has not come back from that; later somebody switched it off."""


def look_for_who_restarted(run: Run) -> None:
    """Nodes restart with their cluster, and with them whoever commanded: who begins waits for the others."""
    for node in run.site.control_nodes:
        restarts = node.name != run.me and wants(run, node.name, Goal.REBOOT)
        if restarts and now_at_least_s(run) < run.facts.wants[node.name].at_s + RESTARTS_S:
            run.spawn(boots_as_we_did(run, node))


def boots_as_we_did(run: Run, node: Server) -> Steps[None]:
    by_s = run.now + run.site.start.server_limit_s
    yield from run.until_seen(run.ports.servers[node.name], when.UP, by_s=by_s)
    if (yield from stayed_away(run, node)):
        run.announce(WANTS)


def is_there(run: Run, server: Server) -> bool:
    """It says so now."""
    return guards.is_seen(run.ports.servers[server.name].seen(), Os.UP)


def note_still_to_come(run: Run, server: Server) -> Steps[None]:
    if still_wants(run, server.name, Goal.UP):
        return
    cause = f"{still_to_come(server.name)}{run.facts.epoch} by {run.life}"
    wall_s = run.facts.later_s(run.wall_s(), [server.name])
    yield from run.commit(Kind.WANTED, cause, servers=[server.name], goal=Goal.UP.value, wall_s=wall_s)
