"""Another control node that is wanted down, and goes, or has gone, while no page of the runbook stops it.

The cluster's manager has told it, or who commanded before us; or it was while nobody was up. That word has
come about then all the same, and whoever boots it wants it up (O1): nobody stops it again (S9).
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.asleep import end
from sequencer.journal import REACHED, WANTS, Goal
from sequencer.ports import Os, Steps
from sequencer.power_falls import is_about_to_fall
from sequencer.reboots import note_reached
from sequencer.run import Run
from sequencer.slept import is_of_it_alone, returns_with_mains
from sequencer.uptime import booted_since_wanted
from sequencer.wants import still_wants


def heed_who_goes(run: Run) -> Steps[None]:
    """Who has gone by now, at once; and whoever goes from now on."""
    for node in run.ports.peers:
        run.spawn(note_who_goes(run, node))
    yield from heed_who_has_gone(run)


def note_who_goes(run: Run, node: str) -> Steps[None]:
    """Never returns. While all are brought up, or others go down, that is noted when it is halted; not if it
    only restarts."""
    port = run.ports.servers[node]
    while True:
        yield from run.until(lambda: still_wants(run, node, Goal.DOWN), WANTS)
        going = run.until_seen(port, when.STOPPING)
        if (yield from run.race(going, wanted_otherwise(run, node))) == 0:
            yield from run.until_seen(port, when.OUT_OF_IT)
            halted = guards.is_seen(port.seen(), Os.HALTED)
            sees_to_it = run.facts.down and node in run.pages.attended  # a page of the way down
            if halted and run.facts.open and not sees_to_it and node not in run.rebooting:
                yield from note_reached(run, node)
                run.announce(REACHED)  # whoever boots it from here on is heeded
        if still_wants(run, node, Goal.DOWN):
            yield from run.race(run.until_seen(port, when.STARTS), wanted_otherwise(run, node))


def wanted_otherwise(run: Run, node: str) -> Steps[None]:
    yield from run.until(lambda: not still_wants(run, node, Goal.DOWN))


def heed_who_has_gone(run: Run) -> Steps[None]:
    """One boots, or has booted, long after it alone was wanted down: it has been down since (C2)."""
    for node in run.ports.peers:
        want = run.facts.wants.get(node)
        if want is None or not still_wants(run, node, Goal.DOWN) or returns_with_mains(run, node):
            continue
        if is_of_it_alone(run, node):
            yield from run.ports.servers[node].look()
            if has_booted_since(run, node, want.at_s) and not is_about_to_fall(run, run.site.servers[node]):
                yield from end(run, want.cause)


def has_booted_since(run: Run, node: str, wanted_s: float) -> bool:
    """As its system tells; or it is in its boot, and could not be in that which it had begun before."""
    late_s = run.site.servers[node].stop_limit_s + run.site.start.server_limit_s
    if guards.is_seen(run.ports.servers[node].seen(), Os.BOOTING):
        return run.wall_s() > wanted_s + late_s
    return booted_since_wanted(run, node)
