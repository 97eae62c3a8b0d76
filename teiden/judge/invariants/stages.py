"""How long each stage of the way up may take: the bounds B1 and B3 of the liveness rules."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.site import Site
from teiden.judge.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Stages:
    """Seconds, all from the site's own limits. Each stage counts from the end of the one before it.

    B3, the longest that one device may be left, is its own stage: whoever waits for a stage that has
    not come yet is not stranded, the stage it waits for is. B1, for everything, is their sum.
    """

    nodes_s: float
    """A UPS that returns by itself, the mains' stability, a wake by the peer, the boot."""
    control_arrays_s: float
    """The first look, the wait for a peer with a lower number, every UPS switched on, ready."""
    cluster_s: float
    """A restart: the wait for the peer, its stop at its limit, the nodes' boot, its start."""
    linked_arrays_s: float
    """Stable mains, every UPS switched on one after the other, ready."""
    servers_s: float
    """The hold time, every servers' UPS switched on with the gap between, the wake, the boot."""

    @property
    def all_s(self) -> float:
        """B1."""
        return self.nodes_s + self.control_arrays_s + self.cluster_s + self.linked_arrays_s + self.servers_s


def stages(site: Site, wiring: Wiring) -> Stages:
    start = site.start
    return_s = max((site.upses[u].return_delay_s for u in wiring.node_upses), default=0.0)
    return Stages(
        nodes_s=return_s + start.mains_stable_s + start.wake_after_s + start.server_limit_s,
        control_arrays_s=start.first_look_limit_s
        + start.peer_limit_s
        + start.mains_stable_s
        + start.switch_on_limit_s * len(wiring.control_array_upses)
        + start.array_limit_s,
        cluster_s=start.peer_limit_s
        + site.cluster.shutdown_limit_s
        + start.server_limit_s
        + start.cluster_limit_s,
        linked_arrays_s=start.mains_stable_s
        + start.switch_on_limit_s * len(wiring.linked_array_upses)
        + start.array_limit_s,
        servers_s=start.ready_hold_s
        + (start.switch_on_limit_s + start.gap_s) * len(wiring.server_upses)
        + start.wake_after_s
        + start.server_limit_s,
    )
