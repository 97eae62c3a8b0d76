"""Who runs on power that counts down goes down, whatever is wanted meanwhile: nobody calls an OFF back (S16).

The pages of the runbook see to whom they stop. But a page is closed when its outage is over, or something
else is wanted; the OFF that it has sent is not. Who refused until then, or has only booted since, would be
cut off while he runs (S1).
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.force import count_down, is_about_to_fall
from sequencer.ports import Steps
from sequencer.run import Run
from sequencer.site import Server, Ups
from sequencer.systems import down_before_the_cut


def heed_countdowns(run: Run) -> Steps[None]:
    """Never returns. Of the linked side; control nodes go by themselves when they boot onto such power."""
    yield from run.together(*(heed_countdown(run, ups) for ups in run.site.server_upses))


def attended(run: Run, server: Server, steps: Steps[None]) -> Steps[None]:
    """A page that brings it down, and keeps it down."""
    run.attended.add(server.name)
    run.announce(server.name)
    try:
        yield from steps
    finally:
        run.attended.discard(server.name)
        if not run.over:
            run.announce(*(of_ups(ups) for ups in server.upses))


def of_ups(ups: str) -> str:
    """What is announced when somebody on it has lost his page."""
    return f"pages on {ups}"


def heed_countdown(run: Run, ups: Ups) -> Steps[None]:
    port = run.ports.upses[ups.name]
    while True:
        yield from run.until_seen(port, when.COUNTS_DOWN)
        loose = [s for s in run.site.servers_on(ups.name) if s.name not in run.attended]
        it_is_over = run.until_seen(port, when.NOTHING_ARMED)
        if loose:
            yield from run.race(it_is_over, *(goes_down(run, server) for server in loose))
        else:
            yield from run.race(it_is_over, run.wait(run.news(of_ups(ups.name))))


def goes_down(run: Run, server: Server) -> Steps[None]:
    """Returns when a page sees to it again."""
    yield from run.race(
        run.until(lambda: server.name in run.attended, server.name), goes_down_alone(run, server)
    )


def goes_down_alone(run: Run, server: Server) -> Steps[None]:
    """Never returns."""
    port = run.ports.servers[server.name]
    while True:
        yield from run.until_seen(port, when.RUNS)
        while not is_about_to_fall(run, server):
            others = [u for u in server.upses if u not in count_down(run, server.upses)]
            yield from run.wait(*(run.ports.upses[u].until(when.COUNTS_DOWN) for u in others))
        yield from down_before_the_cut(run, server)
        yield from run.until_seen(port, when.HALTED)
