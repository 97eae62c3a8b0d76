"""What the clocks tell: whether ours can be right (T4), and how far off those of the others are (T3, R12-02).

Only the commander's clock decides when a schedule fires. But jobs, logs and backups on the others go
by their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sequencer.ports import Steps, Unreachable
from sequencer.run import Run

SANE_S = 3600.0
"""A clock that shows less than what was written down last, by more than this, is wrong (T4)."""

FIRST_S = datetime(2001, 1, 1, tzinfo=UTC).timestamp()
"""Nor is one right that shows less than this: boards without a battery begin in 1970, 1980 or 2000 (T4). No
later: a story may play any night that people remember."""


def is_behind(run: Run, written_s: float) -> bool:
    """Our clock shows so much less than this, which was written down, that it cannot be right (T4)."""
    return run.wall_s() < written_s - SANE_S


def now_at_least_s(run: Run) -> float:
    """What our clock shows; of one that is behind what was written down last, that: it is later by now (T4).

    A node may boot with the time of 1970, and would sleep until its schedule's next instant for as long.
    """
    told = [want.at_s for want in run.facts.wants.values()]
    written_s = max([*told, run.facts.watched_s or 0.0])
    return written_s if is_behind(run, written_s) else run.wall_s()


def ahead_s(run: Run, node: str) -> float:
    """By how much our clock is ahead of that of this node, by a fresh reading; 0.0: it tells none (T3)."""
    port = run.ports.servers.get(node)
    seen = port.seen() if port is not None else None
    if seen is None or not seen.fresh or seen.status is None or seen.status.clock_s is None:
        return 0.0
    return max(run.wall_s() - (run.now - seen.at_s) - seen.status.clock_s, 0.0)


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
