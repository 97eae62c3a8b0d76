"""What it takes until a changed key counts: a reload, a restart of something, a reboot (R3-03, R6-45, R7-06).

One table, from the keys of the site file; the longest row that fits a key counts. A key below one that has
a row needs what that needs: what nobody has thought of needs a restart, never less.
"""

from __future__ import annotations

from enum import StrEnum

from sequencer.site import Site
from teiden.files.source import Path
from teiden.language.say import later, said


class Need(StrEnum):
    """In the order of their weight."""

    RELOAD = "reload"
    """Another life of the service in the same process."""
    SERVICE = "service"
    """Another process: with the credentials that systemd hands over at its start."""
    CLUSTER = "cluster"
    """Its manager reads it when the cluster starts, besides our service."""
    SERVERS = "servers"
    """The agents on the servers read it when they boot, besides our service."""


WEIGHT = {need: weight for weight, need in enumerate(Need)}
WORDS = {
    Need.RELOAD: later("a reload of the service on each control node: teiden reload"),
    Need.SERVICE: later("a restart of the service on each control node: systemctl restart teiden"),
    Need.CLUSTER: later("a restart of the cluster, and of the service on each control node"),
    Need.SERVERS: later("a reboot of all servers, and a restart of the service on each control node"),
}

TABLE: dict[tuple[str, ...], Need] = {
    ("schema",): Need.SERVICE,
    ("site",): Need.SERVICE,
    ("product",): Need.SERVICE,
    ("ssc",): Need.RELOAD,  # `check` alone reads it
    ("time_zone",): Need.SERVICE,
    ("feeds",): Need.SERVICE,
    ("polling",): Need.RELOAD,
    ("ups_defaults",): Need.SERVICE,
    ("upses",): Need.SERVICE,
    ("upses", "*", "label"): Need.RELOAD,
    ("linkage",): Need.SERVICE,  # R6-45
    ("arrays",): Need.SERVICE,  # R6-45: its address is read by our service, by no server
    ("arrays", "*", "label"): Need.RELOAD,
    ("server_defaults",): Need.SERVICE,
    ("servers",): Need.SERVICE,
    ("servers", "*", "label"): Need.RELOAD,
    ("cluster",): Need.CLUSTER,
    ("cluster", "broadcast"): Need.SERVERS,  # R7-06
    ("cluster", "port"): Need.SERVERS,  # R7-06
    ("cluster", "shutdown_limit"): Need.SERVICE,
    ("cluster", "manager"): Need.SERVICE,
    ("switches",): Need.SERVICE,
    ("control_stop",): Need.SERVICE,
    ("force_before",): Need.SERVICE,
    ("start",): Need.SERVICE,
    ("groups",): Need.RELOAD,
    ("schedules",): Need.RELOAD,
    ("calendar",): Need.RELOAD,
    ("lan_watch",): Need.RELOAD,
    ("live",): Need.SERVICE,
    ("live", "alarms"): Need.RELOAD,
    ("live", "alarms", "webhook_secret"): Need.SERVICE,  # a credential comes with the start of the unit
    ("live", "alarms", "mail", "secret"): Need.SERVICE,
    ("model",): Need.RELOAD,  # live mode does not read it; the file's hash is another all the same
}


def need_of(path: Path) -> Need:
    """Of a key by its path; KeyError where the site file has no such key at the top."""
    keys = tuple(str(part) for part in path)
    for length in range(len(keys), 0, -1):
        for row, need in TABLE.items():
            if len(row) == length and all(r in ("*", k) for r, k in zip(row, keys, strict=False)):
                return need
    raise KeyError(".".join(keys))


def whose(need: Need, site: Site) -> tuple[str, ...]:
    """Which nodes, cluster or servers have to be reloaded, restarted, rebooted."""
    match need:
        case Need.CLUSTER:
            return (site.cluster.name,)
        case Need.SERVERS:
            return tuple(site.servers)
    return site.cluster.nodes


def weightiest(needs: list[Need]) -> Need:
    """Of no change at all: comments have another hash too, and that takes a reload."""
    return max(needs, key=WEIGHT.__getitem__, default=Need.RELOAD)


def in_words(need: str) -> str:
    """What is to be done; a need of a newer version as it stands."""
    return said(WORDS[Need(need)]) if need in list(Need) else need
