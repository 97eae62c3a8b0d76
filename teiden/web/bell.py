"""Wakes whoever waits for something to change; who is slow misses repetitions, never the last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Bell:
    """`ring(topic)` wakes every `listen()`, which answers all topics rung since it was asked last."""

    def __init__(self) -> None:
        self._ears: dict[asyncio.Event, set[str]] = {}

    @property
    def listeners(self) -> int:
        return len(self._ears)

    def ring(self, topic: str) -> None:
        for ear, rung in self._ears.items():
            rung.add(topic)
            ear.set()

    async def listen(self, *, at_least_every_s: float) -> AsyncIterator[frozenset[str]]:
        """For ever; an empty set when nothing was rung for so long."""
        ear = asyncio.Event()
        rung: set[str] = set()
        self._ears[ear] = rung
        try:
            while True:
                try:
                    async with asyncio.timeout(at_least_every_s):
                        await ear.wait()
                except TimeoutError:
                    pass
                ear.clear()
                topics = frozenset(rung)
                rung.clear()
                yield topics
        finally:
            del self._ears[ear]
