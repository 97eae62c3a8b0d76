"""How a pretend cluster looks in its manager's words: on clpstat's screen, and by REST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sequencer.ports import ClusterState
from sim.cluster import Cluster
from sim.server import Server

GROUP = "failover1"
WIDTH = 16
"""Of a name on the screen."""


@dataclass(frozen=True, slots=True)
class View:
    """Status of each server and of the one failover group, at one moment."""

    name: str
    servers: Mapping[str, str]
    group: str
    current: str | None

    def screen(self, node: str) -> str:
        """What clpstat prints on this node."""
        lines = [f" {'  CLUSTER STATUS  ':=^69}", f"  Cluster : {self.name}", "  <server>"]
        for server, status in self.servers.items():
            lines.append(f"   {'*' if server == node else ' '}{_dotted(server)}: {status}")
            heartbeat = "Normal" if status == "Online" else "Offline"
            lines.append(f"      {'lankhb1':<15}: {heartbeat:<17}Kernel Mode LAN Heartbeat")
        lines += ["  <group>", f"    {_dotted(GROUP)}: {self.group}"]
        lines.append(f"      {'current':<15}: {self.current or 'None'}")
        lines.append(f"      {'fip1':<15}: {self.group}")
        return "\n".join([*lines, " " + "=" * 69, ""])

    def entries(self, what: str) -> list[dict[str, Any]]:
        """What `GET /api/v1/servers` or `/groups` lists."""
        if what == "servers":
            return [{"name": server, "status": status} for server, status in self.servers.items()]
        return [{"name": GROUP, "status": self.group, "current": self.current or ""}]


def view(cluster: Cluster, nodes: Mapping[str, Server]) -> View:
    server, group = {
        ClusterState.RUNNING: ("Online", "Online" if cluster.holder else "Offline Pending"),  # it moves
        ClusterState.STARTING: ("Online Pending", "Offline"),
        ClusterState.STOPPING: ("Offline Pending", "Offline Pending"),
        ClusterState.STOPPED: ("Offline", "Offline"),
        ClusterState.WAITING_FOR_DISK: ("Online", "Online Failure"),
    }[cluster.state]
    waits = cluster.state is ClusterState.WAITING_FOR_DISK
    takes_part = {n.name for n in nodes.values() if n.works} if waits else cluster.members
    servers = {name: server if name in takes_part else "Offline" for name in nodes}
    return View(cluster.name, servers, group, cluster.holder)


def _dotted(name: str) -> str:
    """`failover1 .......`, as wide for every name."""
    return f"{name} ".ljust(WIDTH + 1, ".") if len(name) < WIDTH else f"{name[:WIDTH]} "
