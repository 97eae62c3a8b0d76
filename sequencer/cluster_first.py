"""Nothing of the linked side is started while the cluster does not run (S6, R2-08)."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.ports import Steps
from sequencer.run import Run


def without_cluster(run: Run) -> guards.Refusal | None:
    """Its manager may have restarted it since the linked side began to start (S6, R2-08)."""
    return guards.start_linked(run.ports.cluster.seen().status)


def cluster_runs(run: Run, waits: str) -> Steps[None]:
    """As long as it takes; `waits`: who does."""
    while (refusal := without_cluster(run)) is not None:
        rule, reason = refusal.rule, refusal.reason
        words = f"{run.facts.epoch} {reason}"
        run.tell_once("step.waiting", waits, words, step="fit to start", rule=rule, reason=reason)
        yield from run.wait(run.ports.cluster.until(when.RUNNING))
