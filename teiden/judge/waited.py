"""Whether who forces the cluster told it to stop a whole limit before, whatever came of that (C4, S26)."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.invariants.invariant import LATENCY_S, Breach

STOPS = ("stop", "restart")


def waited(events: Sequence[Event], site: Site, breach: Breach) -> bool:
    """The last stop that the same node has sent is a whole limit older than its force."""
    force = breach.events[-1]
    stops = (
        e.t
        for e in events
        if (e.name, e.subject, e.by) == ("command.sent", site.cluster.name, force.by)
        and e.details.get("command") in STOPS
        and e.t <= force.t
    )
    return force.t - max(stops, default=force.t) >= site.cluster.shutdown_limit_s - LATENCY_S
