"""What the service tells, for Prometheus: everything with the name of its unit, nothing that nobody knows.

A value that is unknown, or too old to act on, has no sample: a graph shows a gap, and an alert on its absence
is heard. Whether it is fresh, and how old it is, is always told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from realtime.status import Status, UpsView

UPS: tuple[tuple[str, str, Callable[[UpsView], float | bool | None]], ...] = (
    ("mains", "1: its mains are there.", lambda ups: ups.mains),
    ("output_on", "1: it feeds its loads.", lambda ups: ups.output_on),
    ("on_battery", "1: it feeds them from its battery.", lambda ups: ups.on_battery),
    ("low_battery", "1: its battery is nearly empty.", lambda ups: ups.low_battery),
    ("off_armed", "1: an OFF that it has accepted counts down.", lambda ups: ups.off_armed),
    ("charge_percent", "Charge of its battery.", lambda ups: ups.charge_pct),
    ("runtime_seconds", "How long its battery lasts at the present load.", lambda ups: ups.runtime_s),
    ("load_percent", "Load, of its full load.", lambda ups: ups.load_pct),
)
"""Each as `teiden_ups_NAME{ups="..."}`; only of a reading that is fresh."""


class Told(Collector):
    """`status` None: the service is not reached. `older_s`: since it told this."""

    def __init__(self, status: Status | None, older_s: float) -> None:
        self._status = status
        self._older_s = older_s

    def collect(self) -> Iterator[Metric]:
        yield _one(
            "service_reached", "1: the console reaches the service on this node.", self._status is not None
        )
        if self._status is None:
            return
        yield _one("status_age_seconds", "Since the service told all of this.", self._older_s)
        yield from _service(self._status)
        yield from _upses(self._status, self._older_s)
        yield from _others(self._status, self._older_s)


def metrics(status: Status | None, older_s: float) -> bytes:
    """In the text format of Prometheus, version 0.0.4."""
    registry = CollectorRegistry()
    registry.register(Told(status, older_s))
    return generate_latest(registry)


def _service(status: Status) -> Iterator[Metric]:
    about = {"site": status.site, "node": status.node, "life": status.life, "site_hash": status.site_hash}
    yield _of("service_info", "Which site and node this is.", [(about, 1)])
    yield _one("armed", "1: it acts; 0: it only watches.", status.armed)
    yield _one("stopped", "1: the emergency stop stands.", status.stopped)
    yield _one("commands", "1: this node commands.", status.commands)
    yield _one("commander_known", "1: it knows who commands.", status.commander is not None)
    yield _one("incident_open", "1: an incident is open.", status.incident.open)
    yield _one("incident_epoch", "Number of the last incident.", status.incident.epoch)
    yield _one("waits", "Things that the runbook waits for.", len(status.waits))
    forbidden = sum(bool(wait.rule) for wait in status.waits)
    yield _one("waits_forbidden", "Those of them that a safety rule forbids to go on.", forbidden)
    longest_s = max((wait.for_s for wait in status.waits), default=0.0)
    yield _one("wait_longest_seconds", "How long the oldest of them has been waited for.", longest_s)
    yield _one("alarms", "Alarms that it still tells of, twenty at most.", len(status.alarms))
    last_s = max((_instant(alarm.time) for alarm in status.alarms), default=None)
    yield _one("alarm_last_timestamp_seconds", "When the last of them was raised.", last_s)
    yield _one("lateness_max_seconds", "How late the service itself has been at most.", status.lateness.max_s)
    yield _one("gaps", "Times that it was stopped or asleep.", status.lateness.gaps)
    yield _one("journal_healthy", "1: the journal is kept on its disk.", status.journal.healthy)


def _upses(status: Status, older_s: float) -> Iterator[Metric]:
    upses = status.upses
    yield _of(
        "ups_fresh", "1: its reading is young enough to act on.", [({"ups": u.name}, u.fresh) for u in upses]
    )
    yield _of(
        "ups_age_seconds", "Age of its reading.", [({"ups": u.name}, _age(u.age_s, older_s)) for u in upses]
    )
    for name, words, of in UPS:
        yield _of(
            f"ups_{name}", words, [({"ups": ups.name}, of(ups) if ups.fresh else None) for ups in upses]
        )


def _others(status: Status, older_s: float) -> Iterator[Metric]:
    servers, arrays, cluster = status.servers, status.arrays, status.cluster
    yield _of(
        "server_up",
        "1: its system runs.",
        [({"server": s.name}, s.os == "up" if s.fresh and s.os else None) for s in servers],
    )
    yield _of(
        "server_age_seconds",
        "Age of what is known of it.",
        [({"server": s.name}, _age(s.age_s, older_s)) for s in servers],
    )
    yield _of(
        "array_ready",
        "1: it serves.",
        [({"array": a.name}, a.service == "ready" if a.fresh and a.service else None) for a in arrays],
    )
    yield _of(
        "array_age_seconds",
        "Age of what is known of it.",
        [({"array": a.name}, _age(a.age_s, older_s)) for a in arrays],
    )
    running = cluster.state == "running" if cluster.fresh and cluster.state else None
    yield _of("cluster_running", "1: it runs.", [({"cluster": cluster.name}, running)])
    reachable = [({"peer": peer.name}, peer.reachable) for peer in status.peers]
    yield _of("peer_reachable", "1: the other control node answers.", reachable)


def _one(name: str, words: str, value: float | bool | None) -> GaugeMetricFamily:
    return _of(name, words, [({}, value)])


def _of(
    name: str, words: str, told: Iterable[tuple[dict[str, str], float | bool | None]]
) -> GaugeMetricFamily:
    found = list(told)
    family = GaugeMetricFamily(f"teiden_{name}", words, labels=list(found[0][0]) if found else [])
    for labels, value in found:
        if value is not None:
            family.add_metric(list(labels.values()), float(value))
    return family


def _age(age_s: float | None, older_s: float) -> float | None:
    return None if age_s is None else age_s + older_s


def _instant(time: str) -> float:
    try:
        return datetime.fromisoformat(time).timestamp()
    except ValueError:  # of another version
        return 0.0
