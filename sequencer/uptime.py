"""When a system has booted, by its own uptime; and whether that was since something was wanted of it."""

from __future__ import annotations

from math import inf

from sequencer.clocks import ahead_s, is_behind
from sequencer.run import Run


def booted_since_wanted(run: Run, server: str) -> bool:
    """Its system says so itself, by a fresh reading; False also where it does not tell. By our clock, and by
    that of who wrote it: either may be wrong (T1); where ours cannot be right, by its own alone (T4)."""
    want, booted_s = run.facts.wants.get(server), booted_wall_s(run, server)
    if want is None or booted_s is None:
        return False
    if is_behind(run, want.at_s):
        return booted_by_its_clock_s(run, server) > want.at_s
    return booted_s - ahead_s(run, want.by) > want.at_s


def booted_by_its_clock_s(run: Run, server: str) -> float:
    status = run.ports.servers[server].seen().status
    if status is None or status.clock_s is None or status.up_s is None:
        return -inf
    return status.clock_s - status.up_s


def booted_wall_s(run: Run, server: str) -> float | None:
    seen = run.ports.servers[server].seen()
    if not seen.fresh or seen.status is None or seen.status.up_s is None:
        return None
    return run.wall_s() - (run.now - seen.at_s) - seen.status.up_s
