"""Nodes that go by different site files for longer than the limit: one alarm, and none before (R6-44, C9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from realtime.drift import watch_drift
from sequencer.ports import PeerStatus, Seen


class Drifting:
    """As much of a service as is asked: a clock, peers, a life that raises alarms as a run does."""

    def __init__(self) -> None:
        self.alike = False
        self.fresh = True
        self.raised: list[str] = []
        self.env = SimpleNamespace(wall_now=0.0, act=lambda do: do())
        self.orders = SimpleNamespace(me="control1")
        port = SimpleNamespace(seen=self.seen)
        run = SimpleNamespace(over=False, alarm=lambda me, text, rule: self.raised.append(f"{rule} {text}"))
        self.life: Any = SimpleNamespace(peers={"control2": port}, run=run)

    def seen(self) -> Seen[PeerStatus]:
        return Seen(PeerStatus(False, self.alike, True), float(self.env.wall_now), self.fresh)


def watched(steps: Callable[[Drifting, Callable[[float], Any]], Any]) -> list[str]:
    service = Drifting()

    async def to(at_s: float) -> None:
        service.env.wall_now = at_s
        for _ in range(6):
            await asyncio.sleep(0)

    async def lived() -> None:
        watching = asyncio.create_task(watch_drift(service, limit_s=900.0, look_s=0))  # type: ignore[arg-type]
        await steps(service, to)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    asyncio.run(lived())
    return service.raised


def test_r6_44_drift_is_an_alarm_once_after_its_limit() -> None:
    async def steps(service: Drifting, to: Callable[[float], Any]) -> None:
        await to(10.0)
        await to(909.0)
        assert service.raised == []
        await to(911.0)
        await to(5000.0)

    assert watched(steps) == ["C9 control2 goes by another site file than control1; copy one to the other"]


def test_r6_44_alike_in_between_or_unheard_is_no_drift() -> None:
    async def steps(service: Drifting, to: Callable[[float], Any]) -> None:
        await to(10.0)
        service.alike = True
        await to(600.0)
        service.alike = False
        await to(1000.0)
        service.fresh = False
        await to(1500.0)
        service.fresh = True
        await to(2000.0)
        await to(2800.0)

    assert watched(steps) == []


def test_r6_44_it_is_told_again_when_they_have_been_alike_in_between() -> None:
    async def steps(service: Drifting, to: Callable[[float], Any]) -> None:
        for at_s, alike in ((0.0, False), (901.0, False), (902.0, True), (1000.0, False), (2000.0, False)):
            service.alike = alike
            await to(at_s)

    assert len(watched(steps)) == 2
