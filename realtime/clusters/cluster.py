"""The cluster as its manager on this node knows it: by REST, by CLUSTERPRO's commands, or by any program.

What each word must do for the sequencer (sequencer/ports.py, docs/howto/cluster.md):
stop    stop it on all nodes and leave their systems up; we shut these down (S1, R9-03)
start   start it on all nodes whose systems are up
restart stop it if it runs, and boot every node again (R9-23)
force   wait for it no longer; the systems are then shut down without it (S26)
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from realtime.clusters import clusterpro, words
from realtime.clusters.report import Report, counting, homes, status_of
from realtime.commands import Ended, first_line, run
from realtime.contacts import ClusterContact
from realtime.extra import ExtraMissing
from realtime.receipts import receipt_of
from sequencer.ports import Accepted, ClusterStatus, Receipt, Unreachable
from sequencer.site import Cluster as ClusterSettings

log = logging.getLogger(__name__)


class Reports(Protocol):
    """Where a report comes from, beside the `state` command."""

    async def read(self) -> Report | Unreachable: ...
    async def close(self) -> None: ...


class Cluster:
    """A ClusterDriver. `limit_s`: of a look by REST. Programs have the contact's own limit.

    Raises ExtraMissing where REST is wanted and its package is not installed.

    A program that acts and is still running at its limit leaves its command unknown, and goes on: `clpcl`
    may wait for the cluster, and killed half-way it might leave half of it. Asked again meanwhile, the
    same one is waited for. It is killed when even the cluster's own limit is over.
    """

    def __init__(
        self, contact: ClusterContact, settings: ClusterSettings, me: str, *, limit_s: float
    ) -> None:
        self._contact = contact
        self._settings = settings
        self._commands = {**clusterpro.COMMANDS, **contact.commands}
        self._names = {"name": settings.name, "node": me}
        self._rest = _rest(contact, limit_s)
        self._ours_until_s = 0.0
        self._acting: dict[str, asyncio.Task[Ended]] = {}
        self._spread: set[str] = set()

    @property
    def stops_for_us(self) -> bool:
        """We have just asked it to stop or to boot again: what its scripts tell of it is no news (R2-08)."""
        return asyncio.get_running_loop().time() < self._ours_until_s

    async def read(self) -> ClusterStatus | Unreachable:
        report = await self._report()
        if not isinstance(report, Report):
            return report
        self._tell_of_spread(homes(counting(report, self._contact.group)))
        return status_of(report, self._settings.nodes, self._contact.group)

    async def stop(self) -> Receipt:
        return await self._ours("stop")

    async def start(self) -> Receipt:
        self._ours_until_s = 0.0
        return await self._act("start")

    async def restart(self) -> Receipt:
        return await self._ours("restart")

    async def force(self) -> Receipt:
        """Where no program is named, nothing has to be done: whoever asked goes on without the cluster."""
        if not self._commands["force"]:
            return Receipt(Accepted.YES, "nothing to run")
        return await self._act("force")

    async def close(self) -> None:
        for program in self._acting.values():
            program.cancel()
        await asyncio.gather(*self._acting.values(), return_exceptions=True)
        if self._rest is not None:
            await self._rest.close()

    async def _report(self) -> Report | ClusterStatus | Unreachable:
        if self._rest is not None:
            return await self._rest.read()
        ended = await self._run("state", self._contact.limit_s)
        if ended.code != 0:
            return Unreachable(ended.words)
        if not clusterpro.is_report(ended.output):
            return words.status_from(first_line(ended.output), self._settings.nodes)
        try:
            return clusterpro.report_of(ended.output)
        except clusterpro.Unclear as error:
            return Unreachable(str(error))

    async def _ours(self, word: str) -> Receipt:
        """From before it is asked: its scripts may run before the program has ended."""
        now_s = asyncio.get_running_loop().time()
        self._ours_until_s = now_s + self._contact.limit_s + self._settings.shutdown_limit_s
        receipt = await self._act(word)
        if receipt.accepted is Accepted.NO:
            self._ours_until_s = 0.0
        return receipt

    async def _act(self, word: str) -> Receipt:
        program = self._acting.get(word)
        if program is None:
            limit_s = max(self._contact.limit_s, self._settings.shutdown_limit_s)
            program = self._acting[word] = asyncio.create_task(self._run(word, limit_s))
            program.add_done_callback(lambda _: self._acting.pop(word, None))
        await asyncio.wait({program}, timeout=self._contact.limit_s)
        if not program.done():
            return Receipt(Accepted.UNKNOWN, f"still running after {self._contact.limit_s:g} s")
        return receipt_of(program.result())

    async def _run(self, word: str, limit_s: float) -> Ended:
        return await run(self._commands[word], limit_s, self._names)

    def _tell_of_spread(self, servers: set[str]) -> None:
        """With groups on several servers nobody holds the cluster, and the nodes command by rank."""
        if len(servers) > 1 and servers != self._spread:
            found = ", ".join(sorted(servers))
            log.warning("groups of %s run on %s; name the one that counts", self._settings.name, found)
        self._spread = servers


def _rest(contact: ClusterContact, limit_s: float) -> Reports | None:
    if not contact.rest_url:
        return None
    try:
        from realtime.clusters.rest import RestStatus
    except ImportError as error:
        raise ExtraMissing("redfish", error.name) from None
    return RestStatus(contact, limit_s=limit_s)
