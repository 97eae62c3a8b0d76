"""A node that wants to command, its ports moved by hand."""

from __future__ import annotations

from sequencer.claim import becomes_commander
from sequencer.ports import ClusterState, ClusterStatus, PeerStatus
from sequencer.run import Run
from sequencer.site import Site
from tests.hands import HandRoom

PEER_LIMIT_S = 120.0
NOBODY = ClusterStatus(ClusterState.STOPPED, None)
IDLE, COMMANDS = PeerStatus(commands=False), PeerStatus(commands=True)


def held_by(node: str) -> ClusterStatus:
    return ClusterStatus(ClusterState.RUNNING, node)


class Node:
    """A node that wants to command, and when it got it."""

    def __init__(self, site: Site, me: str) -> None:
        self.room = HandRoom(site, me)
        self.run: Run = self.room.run
        self.run.commands = False
        (self.peer,) = self.room.peers.values()
        self.since: list[float] = []

    def wants(self) -> None:
        def steps():  # type: ignore[no-untyped-def]
            yield from becomes_commander(self.run)
            self.since.append(round(self.run.now, 1))

        self.run.spawn(steps())


def never_heard(node: Node, other: str) -> None:
    """Neither the other's service nor its machine."""
    for port in (node.peer, node.room.servers[other]):
        port.fall_silent()
        port.status = None


def alarms(node: Node) -> list[str]:
    return [details["rule"] for details in node.room.told("alarm.raised")]
