"""What a service says of itself, gathered from its life, its drivers and its own stream of events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from realtime.status import (
    AUTHENTICATION,
    LOST_ITS_UPS,
    OK,
    UNREACHABLE,
    AlarmView,
    ArrayView,
    ClusterView,
    Incident,
    JournalView,
    LatenessView,
    PeerView,
    ServerView,
    Status,
    UpsView,
)
from realtime.status_json import to_json
from realtime.waits import Waits
from sequencer.events import Event
from sequencer.ports import Seen, UpsStatus
from sequencer.run import Run
from sequencer.standing import cluster_holder, says_it_commands

if TYPE_CHECKING:
    from realtime.life import Life
    from realtime.service import Service

ALARMS_KEPT = 20


class Telling:
    """Listens to the stream from the beginning; `status` says how things are now."""

    def __init__(self, service: Service, now: Callable[[], datetime]) -> None:
        self._service = service
        self._now = now
        self._begun = now()
        self._waits = Waits()
        self._alarms: deque[AlarmView] = deque(maxlen=ALARMS_KEPT)
        self._opened = Incident()

    def hear(self, event: Event) -> None:
        self._waits.hear(event)
        if event.name == "alarm.raised":
            text, rule = str(event.details.get("text", "")), str(event.details.get("rule", ""))
            self._alarms.append(AlarmView(self._iso(self._now()), event.subject, text, rule))
        elif event.name == "incident.opened":
            cause = str(event.details.get("cause", ""))
            self._opened = Incident(True, cause=cause, since=self._iso(self._now()))

    def _iso(self, at: datetime) -> str:
        """By the site's clock, as its events and schedules are told."""
        zone = ZoneInfo(self._service.orders.site.time_zone)
        return at.astimezone(zone).isoformat(timespec="seconds")

    # How things are

    def as_json(self) -> dict[str, Any]:
        return to_json(self.status())

    def status(self) -> Status:
        service = self._service
        orders, life = service.orders, service.life
        common = Status(
            site=orders.site.name,
            node=orders.me,
            site_hash=orders.site_hash,
            life=service.name,
            since=self._iso(self._begun),
            armed=orders.armed,
            stopped=bool(service.permission.stopped()),
            journal=JournalView(service.journal.healthy, service.journal.trouble),
            alarms=tuple(self._alarms),
            lateness=LatenessView(round(service.env.lateness.max_s, 3), len(service.env.gaps)),
            configuration=service.site_files.view(),
        )
        return common if life is None else self._lively(common, life)

    def _lively(self, common: Status, life: Life) -> Status:
        run, site = life.run, self._service.orders.site
        now_s = float(self._service.env.wall_now)
        return replace(
            common,
            commander=commander(run),
            commands=run.commands,
            incident=self._incident(run),
            waits=self._waits.now(now_s),
            upses=self.upses(),
            servers=tuple(self._server(life, name, now_s) for name in site.servers),
            arrays=tuple(self._array(life, name, now_s) for name in site.arrays),
            cluster=self._cluster(life, now_s),
            peers=tuple(self._peer(life, name) for name in life.peers),
        )

    def _incident(self, run: Run) -> Incident:
        facts = run.facts
        if not facts.open:
            self._opened = Incident()
            return Incident(epoch=facts.epoch)
        if not self._opened.open:  # a peer opened it, or an earlier life of ours
            self._opened = Incident(True, since=self._iso(self._now()))
        goal = "down" if facts.down else "up"
        since, cause = self._opened.since, self._opened.cause or ", ".join(sorted(facts.confirmed))
        return Incident(True, facts.epoch, goal, since, cause)

    def upses(self) -> tuple[UpsView, ...]:
        """Every UPS as it was last seen; nothing where no life has begun."""
        life, now_s = self._service.life, float(self._service.env.wall_now)
        return () if life is None else tuple(self._ups(life, name, now_s) for name in life.run.site.upses)

    def _ups(self, life: Life, name: str, now_s: float) -> UpsView:
        port = life.upses[name]
        seen: Seen[UpsStatus] = port.seen()
        status, label = seen.status, life.run.site.upses[name].label
        words = port.trouble
        state = OK if not words else kind_of(words)
        if status is None:
            return UpsView(name, label, state, words)
        return UpsView(
            name,
            label,
            state,
            words,
            status.mains,
            status.output_on,
            status.on_battery,
            status.low_battery,
            status.off_armed,
            status.charge_pct,
            status.runtime_s,
            status.load_pct,
            age_s(seen, now_s),
            seen.fresh,
        )

    @staticmethod
    def _server(life: Life, name: str, now_s: float) -> ServerView:
        port = life.servers[name]
        seen, label = port.seen(), life.run.site.servers[name].label
        os = None if seen.status is None else seen.status.os.value
        return ServerView(name, os, age_s(seen, now_s), seen.fresh, port.trouble, label)

    @staticmethod
    def _array(life: Life, name: str, now_s: float) -> ArrayView:
        port = life.arrays[name]
        seen, label = port.seen(), life.run.site.arrays[name].label
        told = seen.status
        service, flush = (None, None) if told is None else (told.service.value, told.flush.value)
        return ArrayView(name, service, flush, age_s(seen, now_s), seen.fresh, port.trouble, label)

    @staticmethod
    def _cluster(life: Life, now_s: float) -> ClusterView:
        seen = life.cluster.seen()
        state, holder = (None, None) if seen.status is None else (seen.status.state.value, seen.status.holder)
        name = life.run.site.cluster.name
        return ClusterView(name, state, holder, age_s(seen, now_s), seen.fresh, life.cluster.trouble)

    def _peer(self, life: Life, name: str) -> PeerView:
        seen = life.peers[name].seen()
        if seen.status is None or not seen.fresh:
            return PeerView(name, False)
        told = self._service.peers[name].told
        digest = "" if told is None else told.site_hash
        return PeerView(name, True, seen.status.commands, seen.status.alike, site_hash=digest)


def kind_of(words: str) -> str:
    """Three different troubles of a card, by the words of its driver."""
    if words.startswith("authentication"):
        return AUTHENTICATION
    return LOST_ITS_UPS if "lost its UPS" in words else UNREACHABLE


def age_s(seen: Seen[Any], now_s: float) -> float | None:
    return None if seen.status is None else round(max(0.0, now_s - seen.at_s), 1)


def commander(run: Run) -> str | None:
    if run.commands:
        return run.me
    for name, port in run.ports.peers.items():
        if says_it_commands(port):
            return name
    return cluster_holder(run)
