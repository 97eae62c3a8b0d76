"""Compares the clocks of servers and nodes with our own; a difference is worth an alarm (R12-02, T3).

Only the commander's clock decides when a schedule fires. But jobs, logs and backups on the others go
by their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.ports import Steps, Unreachable
from sequencer.run import Run


def compare_clocks(run: Run, servers: Iterable[str]) -> Steps[None]:
    """A fresh look at each of these and at every node; one that tells no time is passed over."""
    limit_s = run.site.start.skew_limit_s
    for name in dict.fromkeys((*run.site.cluster.nodes, *servers)):
        status = yield from run.ports.servers[name].look()
        if isinstance(status, Unreachable) or status.clock_s is None:
            continue
        skew_s = status.clock_s - run.wall_s()
        if abs(skew_s) > limit_s:
            words = "ahead of" if skew_s > 0 else "behind"
            run.alarm(name, f"the clock of {name} is {abs(skew_s):.0f} s {words} that of {run.me}", "T3")
