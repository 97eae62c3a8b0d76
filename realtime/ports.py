"""The ports of one life: what this node's sequencer may ask, made of drivers.

A device is polled from when it is first looked at, so a standby node polls only what it watches. Commands
are sent once, and a time-out leaves it open whether they arrived; a life that has ended sends nothing.
Everything here counts in env seconds; only what asyncio waits for is divided by the rate.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from realtime.clock import WallClock
from realtime.driver import ArrayDriver, ClusterDriver, Driver, HostDriver, ServerDriver, UpsDriver
from realtime.line import AT_ONCE, Line
from realtime.sight import Sight
from sequencer.notices import Noticed, unnoticed
from sequencer.ports import (
    Accepted,
    Answer,
    ArrayStatus,
    ClusterStatus,
    Condition,
    HostStatus,
    JobResult,
    Off,
    Receipt,
    Seen,
    ServerStatus,
    Unreachable,
    UpsStatus,
)
from sequencer.site import Job, Polling

S = TypeVar("S")
T = TypeVar("T")
D = TypeVar("D", bound=Driver[Any])


class Link:
    """What all ports of one life share: the clock, the polling, and whether the life still goes on.

    `at_once`: so many devices are looked at at a time. If more than that are silent, those that answer wait
    for their time-outs. `stopped`: why nothing may be sent any more; asked when a command's turn has come,
    which may be some looks after the guards have let it pass.
    """

    def __init__(
        self,
        env: WallClock,
        node: str,
        polling: Polling,
        *,
        at_once: int = AT_ONCE,
        least_s: float = 0.0,
        stopped: Callable[[], str] = lambda: "",
    ) -> None:
        self.env = env
        self.node = node
        self.polling = polling
        self.open = True
        self._stopped = stopped
        self.places = asyncio.Semaphore(at_once)
        self.least_s = least_s
        """Of each request on the wall, however fast a rehearsal runs (`realtime.pace`)."""
        self._closing: list[Callable[[], None]] = []
        self._waiting: set[Answer[Any]] = set()
        self._sending: dict[asyncio.Task[Receipt], str] = {}
        """Commands under way, and why each was broken off."""

    def why_not(self) -> str:
        """Why nothing is to be sent; '' if it may."""
        return self._stopped() if self.open else "the life that asked has ended"

    async def breakable(self, work: Coroutine[Any, Any, Receipt]) -> Receipt:
        """A command, until `break_off`; what had not left by then does not."""
        task = asyncio.create_task(work)
        self._sending[task] = ""
        try:
            return await task
        except asyncio.CancelledError:
            if why := self._sending[task]:
                return Receipt(Accepted.UNKNOWN, f"broken off: {why}")
            raise
        finally:
            del self._sending[task]

    def break_off(self, why: str) -> None:
        """Let go of every command that is on its way: a connection may take longer than a stop may."""
        for task in self._sending:
            self._sending[task] = why
            task.cancel()

    def at_close(self, do: Callable[[], None]) -> None:
        self._closing.append(do)

    def close(self) -> None:
        """The life is over. What was sent already is done; nobody hears of it."""
        self.open = False
        for do in self._closing:
            do()
        self._closing.clear()
        for answer in list(self._waiting):
            answer.withdraw()
        self._waiting.clear()

    def ask(self, work: Awaitable[T], trouble: Callable[[str], T]) -> Answer[T]:
        answer = self.env.ask(work, trouble)
        self._waiting.add(answer)
        answer.callbacks.append(lambda _: self._waiting.discard(answer))
        return answer

    def phase(self, device: str) -> float:
        """Where in its period this node's polling of a device begins: the same in every life."""
        return zlib.crc32(f"{self.node}>{device}".encode()) / 2**32


class Looking(Generic[S, D]):
    """The looking half of a port, and the driver D behind it, which reads an S.

    `limit_s`: of one look, env seconds; None: that of the polling. `command_limit_s`: of one command;
    None: the same.
    """

    def __init__(
        self,
        link: Link,
        name: str,
        driver: D,
        noticed: Noticed[S] = unnoticed,
        *,
        limit_s: float | None = None,
        command_limit_s: float | None = None,
    ) -> None:
        self._link = link
        self._name = name
        self._driver = driver
        self._noticed = noticed
        self._limit_s = link.polling.timeout_s if limit_s is None else limit_s
        self._line = Line(link.env, name, self._limit_s, link.places, command_limit_s, link.least_s)
        self._begun: Sight[S] | None = None

    @cached_property
    def _sight(self) -> Sight[S]:
        assert self._link.open, "a life that has ended looks at nothing"
        self._begun = Sight(
            self._link.env,
            self._line,
            self._driver.read,
            self._link.polling,
            phase=self._link.phase(self._name),
            same=self.same,
            fast=self.fast,
            noticed=self._noticed,
        )
        self._link.at_close(self._begun.close)
        return self._begun

    @staticmethod
    def same(a: S, b: S) -> bool:
        """Whether two statuses differ in drifting values at most."""
        return a == b

    @staticmethod
    def fast(status: S) -> bool:
        """Whether this status is a reason to poll at the faster rate."""
        return False

    def seen(self) -> Seen[S]:
        return self._sight.seen()

    def look(self) -> Answer[S | Unreachable]:
        return self._sight.look()

    def until(self, condition: Condition[S], *, eager: bool = False) -> Answer[Seen[S]]:
        return self._sight.until(condition, eager=eager)

    def poke(self) -> None:
        """Poll early, if it is polled at all: a trap came from there."""
        if self._begun is not None:
            self._begun.poke()

    @property
    def trouble(self) -> str:
        """Why its last request had no answer; "" if it had one, or none was sent."""
        return "" if self._begun is None else self._begun.trouble

    @property
    def turn(self) -> asyncio.Lock:
        """For a longer conversation with its driver; looks and commands wait meanwhile (S33)."""
        return self._line.turn

    def _send(self, command: Callable[[], Awaitable[Receipt]]) -> Answer[Receipt]:
        link = self._link
        assert link.open, "a life that has ended sends nothing"
        work = self._line.command(command, link.why_not)
        answer = link.ask(link.breakable(work), lambda why: Receipt(Accepted.UNKNOWN, why))
        answer.callbacks.append(lambda _: self._commanded())
        link.env.wanted.add(answer)
        return answer

    def _commanded(self) -> None:
        if self._begun is not None:
            self._begun.commanded()


class UpsPort(Looking[UpsStatus, UpsDriver]):
    @staticmethod
    def same(a: UpsStatus, b: UpsStatus) -> bool:
        return a.like(b)

    @staticmethod
    def fast(status: UpsStatus) -> bool:
        return status.hurries

    def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Answer[Receipt]:
        return self._send(lambda: self._driver.switch_off(how, sleep_s=sleep_s))

    def switch_on(self) -> Answer[Receipt]:
        return self._send(self._driver.switch_on)


class ServerPort(Looking[ServerStatus, ServerDriver]):
    @staticmethod
    def same(a: ServerStatus, b: ServerStatus) -> bool:
        return a.like(b)

    def shut_down(self) -> Answer[Receipt]:
        return self._send(self._driver.shut_down)

    def force(self) -> Answer[Receipt]:
        return self._send(self._driver.force)

    def wake(self) -> Answer[Receipt]:
        return self._send(self._driver.wake)

    def reboot(self) -> Answer[Receipt]:
        return self._send(self._driver.reboot)

    def run(self, job: Job) -> Answer[JobResult | Unreachable]:
        """Beside the polls, since it may take long; the driver's seconds are those of the wall."""
        link = self._link
        assert link.open, "a life that has ended sends nothing"
        rate = link.env.rate

        async def to_its_limit() -> JobResult | Unreachable:
            try:
                work = self._driver.run(replace(job, limit_s=job.limit_s / rate))
                return await asyncio.wait_for(work, (job.limit_s + self._limit_s) / rate)
            except TimeoutError:
                return JobResult.TIMED_OUT

        return link.ask(to_its_limit(), Unreachable)


class ArrayPort(Looking[ArrayStatus, ArrayDriver]):
    def flush(self) -> Answer[Receipt]:
        return self._send(self._driver.flush)


class ClusterPort(Looking[ClusterStatus, ClusterDriver]):
    """Asked on the node itself, so it answers without the LAN, but it is asked like everything else."""

    def stop(self) -> Answer[Receipt]:
        return self._send(self._driver.stop)

    def start(self) -> Answer[Receipt]:
        return self._send(self._driver.start)

    def restart(self) -> Answer[Receipt]:
        return self._send(self._driver.restart)

    def force(self) -> Answer[Receipt]:
        return self._send(self._driver.force)


class HostPort(Looking[HostStatus, HostDriver]):
    """It answers, or it does not."""
