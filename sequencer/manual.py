"""Start by hand: nothing is switched on by us; we watch the order, and finish what only we can (R10-05).

The operator presses the buttons of the UPSes. We wait for the control disk and restart the cluster
once it is there, and say so loudly when a servers' UPS is switched on before its arrays are ready.
The operator may also ask for the rest to be started by us.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.ports import Steps, UpsStatus
from sequencer.run import Run
from sequencer.site import Ups
from sequencer.wants import goes_up


def watch_the_hands(run: Run) -> Steps[None]:
    """Until everything that ran before is up."""
    run.tell_once(
        "step.waiting", run.site.name, f"manual {run.facts.epoch}", step="the operator's start", rule="R10-05"
    )
    yield from run.together(
        *(pressed(run, ups) for ups in run.site.server_upses),
        *(is_up(run, s.name) for s in run.site.linked_servers if goes_up(run, s)),
    )


def is_up(run: Run, server: str) -> Steps[None]:
    yield from run.until_seen(run.ports.servers[server], when.UP)


def pressed(run: Run, ups: Ups) -> Steps[None]:
    """Its output goes on: are the arrays ready that its servers are going to use?"""
    site, port = run.site, run.ports.upses[ups.name]
    status = yield from port.look()
    if isinstance(status, UpsStatus) and status.output_on:
        return  # it never went off
    yield from run.until_seen(port, when.OUTPUT_ON)
    arrays = sorted({a for s in site.servers_on(ups.name) for a in s.arrays})
    yield from run.all_of(*(run.ports.arrays[a].look() for a in arrays))
    early = [a for a in arrays if not guards.ready(run.ports.arrays[a].seen())]
    if early:
        servers = ", ".join(s.name for s in site.servers_on(ups.name) if s.arrays)
        text = f"{ups.name} was switched on by hand, but {', '.join(early)} is not ready; check {servers}"
        run.alarm(ups.name, text, "S8")
