"""What somebody wants otherwise in mid-incident: a stop on the way down, a start on the way up."""

from __future__ import annotations

from sequencer.journal import WANTS, Goal, Want
from sequencer.ports import Steps
from sequencer.proof import is_up
from sequencer.run import Run
from sequencer.systems import outage_goes_on
from sequencer.wants import wants
from sequencer.watch import is_left


def other_stop(run: Run) -> Steps[None]:
    """Until the control side is to stop, or no longer; or, before it goes, somebody else is (R10-45).

    While the mains are back nothing new is stopped for that: the outage is over before it begins (S9, T7).
    """
    before = stops_with_us(run)
    yield from run.until(lambda: stops_with_us(run) != before, WANTS)
    yield from outage_goes_on(run)


def stops_with_us(run: Run) -> tuple[list[str], list[Want]]:
    """Wants, not names alone: a later word may be for a longer night, in which the arrays sleep too."""
    nodes = [name for name in run.site.cluster.nodes if wants(run, name, Goal.DOWN)]
    return nodes, [run.facts.wants[name] for name in wanted_down(run)] if run.scope.control else []


def other_wants(run: Run) -> Steps[None]:
    """Until a schedule or a request wants another part of the linked side down than now (S28, L3).

    Whoever waits on the way up, for charge perhaps, was to be started by what was wanted when it began.
    """
    before = wanted_down(run)
    yield from run.until(lambda: wanted_down(run) != before)


def is_to_stop_beside(run: Run) -> bool:
    """Somebody is wanted down while others are waited for: theirs is a stop of its own, with its flush."""
    left = any(is_left(run, ups) for ups in run.site.upses)
    return left and any(is_up(run, name) for name in wanted_down(run))


def wanted_down(run: Run) -> list[str]:
    return [s.name for s in run.site.linked_servers if wants(run, s.name, Goal.DOWN)]
