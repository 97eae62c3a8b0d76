"""Plays stories for the pages: one at a time on a thread, each question once, and no endless queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from teiden.files.site_file import SiteFile
from teiden.language.say import t

MOST_UNDER_WAY = 4
T = TypeVar("T")


class Busy(Exception):
    """Too many other questions are to be played first."""

    def __str__(self) -> str:
        return t("others wait for their stories to be played; try again in a minute")


class Rehearsing:
    """One queue, and so many answers kept: for one more the oldest goes."""

    def __init__(self, site_file: SiteFile, most_kept: int) -> None:
        self._site_file = site_file
        self._most_kept = most_kept
        self._kept: dict[object, Any] = {}
        self._under_way: dict[object, asyncio.Task[Any]] = {}
        self._one = asyncio.Lock()

    async def played(self, play: Callable[..., T], *of: object) -> T:
        """`play(site file, *of)`; whoever asks the same meanwhile gets the same. Raises Busy."""
        key = (play, of)
        if key in self._kept:
            kept: T = self._kept[key]
            return kept
        if key not in self._under_way:
            if len(self._under_way) >= MOST_UNDER_WAY:
                raise Busy
            self._under_way[key] = asyncio.create_task(self._play(key, play, of))
        found: T = await asyncio.shield(self._under_way[key])
        return found

    async def _play(self, key: object, play: Callable[..., T], of: tuple[object, ...]) -> T:
        try:
            async with self._one:
                found = await asyncio.to_thread(play, self._site_file, *of)
        finally:
            del self._under_way[key]
        while len(self._kept) >= self._most_kept:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = found
        return found
