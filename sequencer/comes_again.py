"""All nodes are shut down by somebody else while they are wanted up: the last that commands boots again (L3).

A word came when the cluster's manager was at it already, a schedule's instant perhaps. Halted with their
power on they would stay so: nobody is left who hears of another word.
"""

from __future__ import annotations

from sequencer.goes_last import everybody_goes
from sequencer.journal import Goal
from sequencer.ports import Off, Steps
from sequencer.power_off import arm
from sequencer.run import Run
from sequencer.wants import still_wants


def comes_again(run: Run) -> Steps[None]:
    """Its power goes off for a moment, or until the mains return; whoever else is wanted up it then wakes."""
    me = run.site.servers[run.me]
    wanted = still_wants(run, run.me, Goal.UP) or still_wants(run, run.me, Goal.REBOOT)
    if not (run.commands and wanted and everybody_goes(run)):
        return
    text = f"somebody shuts all nodes down, and {run.me} is wanted up; it boots again with its power"
    run.alarm(run.me, text, "L3")
    run.asked_to_stop.add(run.me)
    for ups in (run.site.upses[name] for name in me.upses):
        yield from arm(run, ups, Off.UNTIL_MAINS, list(run.site.servers_on(ups.name)))
