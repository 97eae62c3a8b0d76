"""Who runs on power that counts down goes down, whatever is wanted meanwhile: nobody calls an OFF back (S16).

The pages of the runbook see to whom they stop. But a page is closed when its outage is over, or something
else is wanted; the OFF that it has sent is not. Who refused until then, or has only booted since, would be
cut off while he runs (S1).
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.force import force_whenever_it_falls, is_stopping, until_it_runs
from sequencer.left_to_force import linked_side, other_nodes
from sequencer.ports import Steps
from sequencer.power_falls import array_falls, count_down, falls_under, linked_disks, was_told_by_us
from sequencer.run import Run
from sequencer.site import Array, Server, ServerRole
from sequencer.systems import down_before_the_cut


def attended(run: Run, device: Server | Array, steps: Steps[None]) -> Steps[None]:
    """A page that brings it down, and keeps it down."""
    run.pages.got(device.name)
    try:
        yield from steps
    finally:
        run.pages.lost(device.name)


def heed_countdowns(run: Run) -> Steps[None]:
    """Never returns. Other nodes go by themselves when they boot onto such power; who hangs is forced."""
    servers = (*linked_side(run), *other_nodes(run))
    while True:
        left = [s for s in servers if s.name not in run.pages.attended and may_fall(run, s)]
        if left:
            changes = run.wait(run.pages.gain, run.pages.loss)
            yield from run.race(changes, *(goes_down(run, server) for server in left))
        else:
            yield run.pages.loss


def may_fall(run: Run, server: Server) -> bool:
    """An OFF counts down under it or under its disks, or may be on its way."""
    if any(was_told_by_us(run, ups) for ups in server.upses) or bool(count_down(run, server.upses)):
        return True
    return any(array_falls(run, array) for array in linked_disks(run, server))


def goes_down(run: Run, server: Server) -> Steps[None]:
    """Never returns."""
    port = run.ports.servers[server.name]
    while True:
        yield from until_it_runs(run, server, when.RUNS)
        while not falls_under(run, server):
            under = [*server.upses, *(u for array in linked_disks(run, server) for u in array.upses)]
            others = [u for u in dict.fromkeys(under) if not count_down(run, (u,))]
            yield from run.wait(*(run.ports.upses[u].until(when.COUNTS_DOWN) for u in others))
        goes = force_whenever_it_falls if server.role is ServerRole.CONTROL else down_before_the_cut
        if (yield from run.race(goes(run, server), stays_after_all(run, server))) == GONE:
            yield from run.until_seen(port, when.HALTED)


GONE = 0
"""Which of both pages has come to its end: the one that brings him down."""


def stays_after_all(run: Run, server: Server) -> Steps[None]:
    """Its other feed is on again, and carries it (X-04, S31). Who is on his way down goes on."""
    yield run.news_when(lambda: not (falls_under(run, server) or is_stopping(run, server)))
