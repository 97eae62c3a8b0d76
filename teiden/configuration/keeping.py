"""Keeps an eye on the site file of a running service: what it went by at its start, what lies there now.

A `realtime.site_files.SiteFiles`. The service remembers the bytes it was started with; every few seconds
the file on the disk is looked at, and looked over when it has changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from realtime.peers.lines import Malformed
from realtime.peers.site_lines import packed
from realtime.site_files import Busy, Offer
from realtime.status import ChangeView, ConfigurationView
from teiden.configuration.examine import Examined, NotExamined, examined
from teiden.configuration.lying import Lying, keep_received, next_file, note_gone_by
from teiden.configuration.needs import Need
from teiden.proved import path_of

log = logging.getLogger(__name__)

LOOK_S = 5.0
NOT_READABLE = "the site file cannot be read; {}"
SHOWN_CHANGES = 20
LookOver = Callable[[str, str, str | None, str, str], Awaitable[Examined]]


@dataclass(frozen=True, slots=True)
class Active:
    """What a service goes by."""

    written: Path
    """The file that was named when it was started."""
    folder: Path
    """Where received ones lie: `lying.folder_of`."""
    loaded: Lying
    """The one that was loaded: that, or one that another node has sent."""
    me: str
    armed: bool


class Keeping:
    def __init__(
        self, active: Active, again: Callable[[Lying], None], *, look_over: LookOver = examined
    ) -> None:
        """`again(file)`: the service ends its life, and another begins by that file. It may raise OSError."""
        self._active = active
        self._again = again
        self._look_over = look_over
        self._view = ConfigurationView(str(active.loaded.path))
        self._known: tuple[str, bytes | None] = ("", None)
        """What was looked over last: the file's hash, and the record beside it."""
        self._taking = asyncio.Lock()
        self._looking = asyncio.Lock()

    def view(self) -> ConfigurationView:
        return self._view

    async def keep(self) -> None:
        """For ever: cancel it."""
        await asyncio.to_thread(note_gone_by, self._active.folder, self._active.loaded.content)
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> Lying | None:
        """What lies there now; None: nothing that can be read."""
        async with self._looking:
            try:
                found = await asyncio.to_thread(self._next)
            except OSError as error:
                why = NOT_READABLE.format((error.strerror or str(error)).lower())
                self._view = ConfigurationView(str(self._active.loaded.path), wrong=why)
                return None
            await self._look_at(found)
            return found

    async def _look_at(self, found: Lying) -> None:
        if found.digest == self._active.loaded.digest:
            self._known = ("", None)
            self._view = ConfigurationView(str(self._active.loaded.path))
            return
        proof = await asyncio.to_thread(_bytes_at, path_of(found.path))
        if (found.digest, proof) == self._known:
            return
        view = ConfigurationView(str(self._active.loaded.path), found.digest, str(found.path), found.sender)
        try:
            told = await self._examined(found.content, proof, str(found.path))
        except NotExamined as why:
            self._view = replace(view, wrong=str(why))  # looked over again at the next look
            return
        self._view = with_examined(view, told)
        self._known = found.digest, proof

    async def _examined(self, content: bytes, proof: bytes | None, path: str) -> Examined:
        active = self._active.loaded.content.decode("utf-8-sig")
        try:
            text = content.decode("utf-8-sig")
            record = None if proof is None else proof.decode("utf-8")
        except UnicodeDecodeError:
            return Examined(wrong="it is not UTF-8")
        found = await self._look_over(active, text, record, path, self._active.me)
        if content.startswith(b"\xef\xbb\xbf"):  # its hash is of the bytes, with the mark
            return replace(found, not_armed="it begins with a byte order mark; save it without")
        return found

    def _next(self) -> Lying:
        return next_file(self._active.written, self._active.folder)

    # What a peer asks

    async def lying(self) -> dict[str, Any]:
        try:
            found = await asyncio.to_thread(self._next)
            text = await asyncio.to_thread(packed, found.content)
        except OSError as error:
            return {"refused": NOT_READABLE.format((error.strerror or str(error)).lower())}
        except Malformed as error:
            return {"refused": str(error)}
        return {"next": found.digest, "active": self._active.loaded.digest, "site": text}

    async def take(self, offer: Offer, sender: str, busy: Busy) -> str:
        """Checked here as well, whatever the sender says: nothing is believed that was not looked at."""
        if self._taking.locked():
            return "another site file is just being taken"
        async with self._taking:
            if why := await self._why_not(offer, busy):
                return why
            try:
                path = await asyncio.to_thread(self._write, offer, sender)
            except OSError as error:
                return f"it could not be written; {(error.strerror or str(error)).lower()}"
            log.warning("the next start goes by %s, which %s has sent", path, sender)
        await self.look()
        return ""

    async def _why_not(self, offer: Offer, busy: Busy) -> str:
        if why := busy():
            return why
        path = str(self._active.written)
        try:
            found = await self._examined(offer.site, offer.proof, path)
        except NotExamined as error:
            return str(error)
        if why := found.wrong or found.not_armed:
            return f"its check fails here; {why}"
        try:
            there = await asyncio.to_thread(self._next)
        except OSError as error:
            return NOT_READABLE.format((error.strerror or str(error)).lower())
        if there.digest != offer.over:
            return "the file there has changed since it was shown; look at the difference again"
        return busy()  # the check took its time

    def _write(self, offer: Offer, sender: str) -> Path:
        active = self._active
        before = next_file(active.written, active.folder).content
        return keep_received(active.written, active.folder, offer.site, offer.proof, before, sender)

    # Reload

    async def reload(self, busy: Busy) -> str:
        """Only what needs nothing else, only while nothing happens, and armed only what is proved."""
        if why := busy():
            return f"not now; {why}"
        found = await self.look()
        view = self._view
        if found is None or view.wrong:
            return view.wrong
        if not view.pending:
            return "the file on the disk is the one that is gone by"
        if why := needs_more(view):
            return why
        if self._active.armed and view.not_armed:
            return f"an armed service goes by a proved file only; {view.not_armed}"
        if why := busy():
            return f"not now; {why}"
        try:
            await asyncio.to_thread(self._again, found)
        except Exception as error:
            log.exception("the site file was not taken up")
            return f"it could not be taken up; {error}"
        return ""


def needs_more(view: ConfigurationView) -> str:
    """Why a reload does not do; '' if it does."""
    if view.need == Need.RELOAD:
        return ""
    heavy = [one for one in view.changes if one.need != Need.RELOAD]
    keys = ", ".join(one.key for one in heavy[:5]) + (" and others" if len(heavy) > 5 else "")
    return f"{keys} needs more than a reload ({view.need}): see `teiden status`"


def with_examined(view: ConfigurationView, told: Examined) -> ConfigurationView:
    changes = tuple(ChangeView(one.key, one.need, one.of) for one in told.changes[:SHOWN_CHANGES])
    return replace(
        view,
        wrong=told.wrong,
        not_armed=told.not_armed,
        changes=changes,
        changed=told.changed,
        need=told.need,
    )


def _bytes_at(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
