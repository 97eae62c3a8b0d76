"""What another program than CLUSTERPRO's says of the cluster: `running control1`, two words of ours."""

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
    """State and holder, `-` for none. A holder that is none of our nodes is a mistake: nothing is known."""
    match words.split():
        case [state, holder] if state in STATES:
            if holder not in (NOBODY, *nodes):
                return Unreachable(f"{holder!r} is no node of this cluster")
            return ClusterStatus(STATES[state], None if holder == NOBODY else holder)
    return Unreachable(f"it said {words[:60]!r}, which is no state of a cluster")
