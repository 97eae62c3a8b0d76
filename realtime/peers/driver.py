"""One peer as a driver: what its service says of itself, copies of rows, and "please go down"."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any

from realtime.peers.answering import REBOOT, SHUTDOWN
from realtime.peers.caller import Caller, Silent
from realtime.peers.complaints import Complaints
from realtime.peers.lines import Malformed, Told, short, told_from
from realtime.peers.link import PeerLink
from realtime.peers.rows import packed, rows_from
from sequencer.journal import Row
from sequencer.ports import Accepted, PeerStatus, Receipt, Unreachable

log = logging.getLogger(__name__)

FETCH_LIMIT_S = 10.0
"""Of everything a peer knows; at a boot it is waited for no longer than `start.first_look_limit`."""
HALT_LIMIT_S = 12.0
"""A system takes its time until it says that it is going down; our own is waited for 10 s."""
MOST_FETCHED = 200_000
MOST_WAITING = 20_000
"""Rows not sent yet. A peer that is up takes them as fast as they are written."""


class Peer:
    """A `Driver[PeerStatus]` with what a peer port needs besides."""

    def __init__(self, link: PeerLink, name: str) -> None:
        self.name = name
        self.told: Told | None = None
        """What it said last."""
        self._link = link
        self._caller = link.caller(name)
        self._outgoing: deque[Row] = deque()
        self._copying: asyncio.Task[None] | None = None
        self._complaints = Complaints(log)

    @property
    def caller(self) -> Caller:
        """The way to it, for whoever takes stock."""
        return self._caller

    async def read(self) -> PeerStatus | Unreachable:
        try:
            self.told = told_from(await self._caller.ask({"ask": "status"}))
        except Silent as silent:
            return Unreachable(str(silent))
        except Malformed as error:
            return Unreachable(f"it does not speak our language: {error}")
        return self._status(self.told)

    def _status(self, told: Told) -> PeerStatus:
        return PeerStatus(told.commands, self.alike, told.keeps)

    @property
    def alike(self) -> bool:
        """Its site file is ours, as far as it has been heard; a node with another one may not command."""
        return self.told is None or self.told.site_hash == self._link.site_hash

    def copy(self, *rows: Row) -> None:
        """Send rows in their order; what does not get through now is missed. On the loop's thread."""
        if len(self._outgoing) + len(rows) > MOST_WAITING:
            self._complaints.say(
                self.name, f"{len(rows)} rows were not copied: {len(self._outgoing)} wait already"
            )
            return
        self._outgoing.extend(rows)
        if self._outgoing and (self._copying is None or self._copying.done()):
            self._copying = asyncio.get_running_loop().create_task(self._copy())

    async def _copy(self) -> None:
        while self._outgoing:
            rows = tuple(self._outgoing)
            self._outgoing.clear()
            try:
                for part in packed(rows):
                    answer = await self._caller.ask({"ask": "rows", "rows": part})
                    self._complaints.say(self.name, _refusal(answer))
            except (Silent, Malformed) as why:
                self._outgoing.clear()
                self._complaints.say(self.name, f"rows were not copied: {why}")

    async def fetch(self) -> Receipt:
        """When it says yes, every row the peer knows has arrived through the link's `receive`."""
        rows: list[Row] = []

        def part(told: dict[str, Any]) -> None:
            if len(rows) > MOST_FETCHED:
                raise Malformed(f"more than {MOST_FETCHED} rows")
            rows.extend(rows_from(told.get("rows")))

        try:
            answer = await self._caller.ask_apart({"ask": "fetch"}, FETCH_LIMIT_S, part)
            if refusal := _refusal(answer):
                return Receipt(Accepted.NO, refusal)
            part(answer)
        except Silent as silent:
            return Receipt(Accepted.UNKNOWN, str(silent))
        except Malformed as error:
            return Receipt(Accepted.NO, f"what {self.name} knows was not taken: {error}")
        self._link.receive(tuple(rows))
        return Receipt(Accepted.YES)

    async def halt(self, reboot: bool = False) -> Receipt:
        """Ask it to shut its own system down, or to boot it again."""
        try:
            asked = {"ask": "halt", "how": REBOOT if reboot else SHUTDOWN}
            answer = await self._caller.ask_apart(asked, HALT_LIMIT_S)
        except Silent as silent:
            # Not sent is not refused either: nobody has said no.
            return Receipt(Accepted.UNKNOWN, str(silent))
        if refusal := _refusal(answer):
            return Receipt(Accepted.NO, refusal)
        if answer.get("accepted") is True:
            return Receipt(Accepted.YES)
        return Receipt(Accepted.UNKNOWN, _reason(answer.get("reason")))

    async def close(self) -> None:
        self._outgoing.clear()
        if self._copying is not None:
            self._copying.cancel()
            await asyncio.gather(self._copying, return_exceptions=True)


def _refusal(answer: dict[str, Any]) -> str:
    return _reason(answer["refused"]) if "refused" in answer else ""


def _reason(told: object) -> str:
    if isinstance(told, str) and told and len(told) <= 500 and told.isprintable():
        return told
    return short(told)
