"""What a cluster's manager tells of its servers and groups, and which of our states that is.

CLUSTERPRO tells it in the same words on the terminal and by REST. What is not among the words known
here leads to no state: unknown is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sequencer.ports import ClusterState, ClusterStatus, Unreachable

UP = frozenset({"online", "caution"})
"""Caution: it takes part, and one of its heartbeats does not."""
COMING, GOING, DOWN = "online pending", "offline pending", "offline"
NOT_UP = frozenset({DOWN, "online failure", "offline failure", "error"})
"""Of a group: its services do not run, because nobody started it or because that failed."""
NOWHERE = frozenset({"", "-", "none"})


@dataclass(frozen=True, slots=True)
class Group:
    """A failover group. Words are in lower case."""

    name: str
    status: str
    current: str | None
    """The server it is on."""


@dataclass(frozen=True, slots=True)
class Report:
    servers: Mapping[str, str]
    """Status by name, both in lower case."""
    groups: tuple[Group, ...]


def group(name: str, status: str, current: str) -> Group:
    current = current.strip()
    return Group(name, status.strip().lower(), None if current.lower() in NOWHERE else current)


def status_of(report: Report, nodes: Sequence[str], named: str = "") -> ClusterStatus | Unreachable:
    """`nodes`: ours, each of which it must tell of. `named`: the group whose node commands; "": all of them.

    One server that takes part is a cluster that runs. Where servers take part and no group runs, the
    services wait for something, which after an outage is the control disk (R9-22).
    """
    missing = [node for node in nodes if node.lower() not in report.servers]
    if missing:
        return Unreachable(f"the cluster has no server called {', '.join(missing)}")
    statuses = {node: report.servers[node.lower()] for node in nodes}
    if UP.intersection(statuses.values()):
        return _with_servers_up(report, nodes, named)
    strange = [
        f"{node} is {status!r}" for node, status in statuses.items() if status not in (COMING, GOING, DOWN)
    ]
    if strange:
        return Unreachable(", ".join(strange))
    for word, state in ((GOING, ClusterState.STOPPING), (COMING, ClusterState.STARTING)):
        if word in statuses.values():
            return ClusterStatus(state, None)
    return ClusterStatus(ClusterState.STOPPED, None)


def _with_servers_up(report: Report, nodes: Sequence[str], named: str) -> ClusterStatus | Unreachable:
    groups = counting(report, named)
    if named and not groups:
        return Unreachable(f"the cluster has no group called {named}")
    statuses = {g.status for g in groups}
    if not groups or statuses & (UP | {GOING}):
        return ClusterStatus(ClusterState.RUNNING, holder(groups, nodes), members(report, nodes))
    if COMING in statuses:
        return ClusterStatus(ClusterState.STARTING, None)
    if statuses <= NOT_UP:
        return ClusterStatus(ClusterState.WAITING_FOR_DISK, None)
    return Unreachable(", ".join(f"group {g.name} is {g.status!r}" for g in groups))


def members(report: Report, nodes: Sequence[str]) -> frozenset[str] | None:
    """Those of ours that take part. One that comes, goes, or is anything else may or may not: None."""
    statuses = {node: report.servers[node.lower()] for node in nodes}
    if not UP.union({DOWN}).issuperset(statuses.values()):
        return None
    return frozenset(node for node, status in statuses.items() if status in UP)


def counting(report: Report, named: str = "") -> tuple[Group, ...]:
    """The groups that tell where the cluster's services are; the manager's own address is none of them."""
    if named:
        return tuple(g for g in report.groups if g.name.lower() == named.lower())
    return tuple(g for g in report.groups if g.name.lower() != "managementgroup")


def homes(groups: Sequence[Group]) -> set[str]:
    """The servers on which they run. More than one: nobody holds them all."""
    return {g.current for g in groups if g.current is not None and g.status in UP | {GOING}}


def holder(groups: Sequence[Group], nodes: Sequence[str]) -> str | None:
    """The one node on which all of them run that run, as we call it; None if there is not just one."""
    found = homes(groups)
    if len(found) != 1:
        return None
    (server,) = found
    return next((node for node in nodes if node.lower() == server.lower()), server)
