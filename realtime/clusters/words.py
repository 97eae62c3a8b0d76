"""What another program than CLUSTERPRO's says of the cluster: `running control1`, two words of ours.

A third one names the nodes that take part while it runs, `control1,control2`; without it that is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.ports import ClusterState, ClusterStatus, Unreachable

STATES = {
    "running": ClusterState.RUNNING,
    "stopping": ClusterState.STOPPING,
    "stopped": ClusterState.STOPPED,
    "starting": ClusterState.STARTING,
    "waiting_for_disk": ClusterState.WAITING_FOR_DISK,
}
NOBODY = "-"


def status_from(words: str, nodes: Sequence[str]) -> ClusterStatus | Unreachable:
    """State and holder, `-` for none. A name that is none of our nodes' is a mistake: nothing is known."""
    match words.split():
        case [state, holder, *who] if state in STATES and len(who) <= 1:
            members = frozenset(who[0].split(",")) if who else None
            strange = sorted({holder, *(members or ())}.difference((NOBODY, *nodes)))
            if strange:
                return Unreachable(f"{strange[0][:60]!r} is no node of this cluster")
            if members is not None and (NOBODY in members or STATES[state] is not ClusterState.RUNNING):
                members = None
            return ClusterStatus(STATES[state], None if holder == NOBODY else holder, members)
    return Unreachable(f"it said {words[:60]!r}, which is no state of a cluster")
