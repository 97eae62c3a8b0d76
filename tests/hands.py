"""Ports moved by hand, for the sequencer's own tests: every answer is what the test has just set.

`show(status)` is a poll that tells something; `fall_silent()` is a reading that turns stale. What was
commanded is noted in `sent`; `replies` are given out one after the other, the last one for ever.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import simpy

from sequencer.events import Stream
from sequencer.journal import Kind, Row
from sequencer.ports import (
    Accepted,
    Answer,
    ArrayStatus,
    ClusterState,
    ClusterStatus,
    Condition,
    Flush,
    HostStatus,
    JobResult,
    Off,
    Os,
    PeerStatus,
    Ports,
    Receipt,
    Seen,
    ServerStatus,
    Service,
    Steps,
    Unreachable,
    UpsStatus,
)
from sequencer.requests import Request
from sequencer.run import Run
from sequencer.scope import Scope
from sequencer.site import Job, ServerRole, Site
from sequencer.timing import delayed_off_s, graceful_off_s, immediate_off_s
from sim.clock import WallClock
from sim.mailbox import Mailbox
from sim.room import START

LATENCY_S = 0.01
TIMEOUT_S = 2.0
YES = Receipt(Accepted.YES)
NO = Receipt(Accepted.NO, "badValue")
NO_ANSWER = Receipt(Accepted.UNKNOWN, "no answer in 1 s")


class Hand:
    """The looking half, and a way to command."""

    def __init__(self, env: simpy.Environment, status: Any) -> None:
        self.env, self.status = env, status
        self.silent = status is None
        self.silent_since_s = -math.inf
        self.sent: list[str] = []
        self.replies = [YES]
        self.looks = 0
        self.watchers: list[tuple[Condition, Answer, bool]] = []

    def show(self, status: Any = None, **changes: Any) -> None:
        self.status = status if status is not None else replace(self.status, **changes)
        self.silent = False
        self._answer([w for w in self.watchers if w[0].met(self.status)])

    def fall_silent(self) -> None:
        self.silent, self.silent_since_s = True, float(self.env.now)
        self._answer(self.watchers)

    def _answer(self, watchers: list[tuple[Condition, Answer, bool]]) -> None:
        self.watchers = [w for w in self.watchers if w not in watchers]
        for _, answer, _ in watchers:
            answer.succeed(self.seen())

    def seen(self) -> Seen:
        at_s = self.silent_since_s if self.silent else float(self.env.now)
        return Seen(self.status, at_s, fresh=not self.silent)

    def look(self) -> Answer:
        self.looks += 1
        answer: Answer = Answer(self.env)
        wait_s = TIMEOUT_S if self.silent else LATENCY_S
        self.after(wait_s, lambda: answer.succeed(Unreachable() if self.silent else self.status))
        return answer

    def until(self, condition: Condition, *, eager: bool = False) -> Answer:
        answer: Answer = Answer(self.env, withdraw=lambda: self._forget(answer))
        if not self.silent and condition.met(self.status):
            answer.succeed(self.seen())
        else:
            self.watchers.append((condition, answer, eager))
        return answer

    def _forget(self, answer: Answer) -> None:
        self.watchers = [w for w in self.watchers if w[1] is not answer]

    def command(self, name: str) -> Answer[Receipt]:
        self.sent.append(name)
        answer: Answer[Receipt] = Answer(self.env)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        wait_s = TIMEOUT_S if reply is NO_ANSWER else LATENCY_S
        self.after(wait_s, lambda: answer.succeed(reply))
        return answer

    def after(self, delay_s: float, do: Any) -> None:
        self.env.timeout(delay_s).callbacks.append(lambda _: do())


class HandUps(Hand):
    def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Answer[Receipt]:
        return self.command(f"off {how.value}")

    def switch_on(self) -> Answer[Receipt]:
        return self.command("on")

    def lose_mains(self) -> None:
        self.show(mains=False, on_battery=True)

    def regain_mains(self) -> None:
        self.show(mains=True, on_battery=False, low_battery=False)


class HandServer(Hand):
    job_s = 1.0
    job_result: JobResult | Unreachable = JobResult.DONE

    def shut_down(self) -> Answer[Receipt]:
        return self.command("shutdown")

    def force(self) -> Answer[Receipt]:
        return self.command("force")

    def wake(self) -> Answer[Receipt]:
        return self.command("wake")

    def reboot(self) -> Answer[Receipt]:
        return self.command("reboot")

    def run(self, job: Job) -> Answer[JobResult | Unreachable]:
        self.sent.append(f"job {job.name}")
        answer: Answer[JobResult | Unreachable] = Answer(self.env)
        self.after(self.job_s, lambda: answer.succeed(self.job_result))
        return answer


class HandArray(Hand):
    def flush(self) -> Answer[Receipt]:
        return self.command("flush")


class HandCluster(Hand):
    def stop(self) -> Answer[Receipt]:
        return self.command("stop")

    def start(self) -> Answer[Receipt]:
        return self.command("start")

    def restart(self) -> Answer[Receipt]:
        return self.command("restart")

    def force(self) -> Answer[Receipt]:
        return self.command("force")


class HandPeer(Hand):
    def __init__(self, env: simpy.Environment, status: Any) -> None:
        super().__init__(env, status)
        self.copies: list[Row] = []

    def copy(self, *rows: Row) -> None:
        self.copies.extend(rows)

    def fetch(self) -> Answer[Receipt]:
        return self.command("fetch")


class HandJournal:
    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.kept: list[Row] = []
        self.healthy = True
        self.takes_s = 0.005

    def rows(self) -> Answer[tuple[Row, ...]]:
        answer: Answer[tuple[Row, ...]] = Answer(self.env)
        answer.succeed(tuple(self.kept))
        return answer

    def commit(self, row: Row) -> Answer[None]:
        answer: Answer[None] = Answer(self.env)

        def done(_: simpy.Event) -> None:
            self.kept.append(row)
            answer.succeed(None)

        self.env.timeout(self.takes_s).callbacks.append(done)
        return answer


def calm_ups(site: Site, name: str) -> UpsStatus:
    ups = site.upses[name]
    return UpsStatus(
        mains=True,
        output_on=True,
        on_battery=False,
        low_battery=False,
        off_armed=False,
        charge_pct=100.0,
        runtime_s=ups.runtime_s,
        card_uptime_s=86400.0,
        graceful_off_s=graceful_off_s(ups),
        delayed_off_s=delayed_off_s(ups),
        immediate_off_s=immediate_off_s(ups),
    )


def no_look() -> Steps[None]:
    """For a cut whose guard rests on nothing that could be looked at."""
    yield from ()


class HandRoom:
    """A site whose every device is moved by hand, and one life of the sequencer in it."""

    def __init__(self, site: Site, me: str = "control1") -> None:
        self.env = simpy.Environment()
        self.site = site
        self.stream = Stream()
        env = self.env
        self.upses = {n: HandUps(env, calm_ups(site, n)) for n in site.upses}
        self.servers = {
            n: HandServer(env, ServerStatus(Os.HALTED if s.role is ServerRole.POOL else Os.UP))
            for n, s in site.servers.items()
        }
        self.arrays = {n: HandArray(env, ArrayStatus(Service.READY, Flush.NOT_ASKED)) for n in site.arrays}
        self.cluster = HandCluster(env, ClusterStatus(ClusterState.RUNNING, site.cluster.nodes[0]))
        self.peers = {n: HandPeer(env, PeerStatus(commands=False)) for n in site.cluster.nodes if n != me}
        self.journal = HandJournal(env)
        self.wall = WallClock(env, START)
        self.replied: list[tuple[Request, str]] = []
        self.mailbox = Mailbox(env, lambda request, refusal: self.replied.append((request, refusal)))
        self.hosts = {address: Hand(env, HostStatus()) for address in site.lan_watch.hosts}
        self.run = self.life(me)

    def life(self, me: str, life: str = "") -> Run:
        """A life of the sequencer on this node; it commands until the test says otherwise."""
        ports = Ports(
            self.upses,
            self.servers,
            self.arrays,
            self.cluster,
            self.peers,
            self.journal,
            self.wall,
            self.mailbox,
            self.hosts,
        )
        run = Run(self.env, self.site, me, ports, self.stream, life or f"{me}/1")
        run.commands = True
        return run

    def until(self, at_s: float) -> None:
        self.env.run(until=at_s)

    def told(self, name: str, subject: str = "") -> list[dict[str, Any]]:
        """The details of every event of this name that a node told."""
        return [
            {"t": e.t, "subject": e.subject, **e.details}
            for e in self.stream
            if e.name == name and not e.is_fact and subject in ("", e.subject)
        ]

    def all_are_out(self, cluster: ClusterState) -> None:
        """No UPS has mains, each outage counts, and the linked side is down: the control side is to go."""
        for ups in self.upses.values():
            ups.lose_mains()
        self.cluster.show(ClusterStatus(cluster, None))
        declared = Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})
        self.run.hear(
            declared, *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in self.site.upses)
        )
        self.run.scope = Scope(control=True)
