"""The link of one node to its peers: one listener for all of them, one kept connection to each (SEC-19).

It knows nothing of the sequence. What a peer asks goes to the callables it was given; what we ask of a
peer goes through `realtime.peers.driver.Peer`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from types import TracebackType

from realtime.contacts import PeerContact, PeerIdentity
from realtime.peers.answering import Answering, Halt, Service
from realtime.peers.caller import Caller
from realtime.peers.lines import Hello, Told
from realtime.peers.listener import CannotListen, Listener
from realtime.peers.rows import LANGUAGE
from realtime.peers.tls import client_side, paths, server_side
from realtime.site_files import NO_FILES, SiteFiles
from sequencer.journal import Row

LIMIT_S = 1.0


class PeerLink:
    """`async with` it: it listens until the block ends. Everything happens on that loop's thread."""

    def __init__(
        self,
        me: str,
        identity: PeerIdentity,
        contacts: Mapping[str, PeerContact],
        site_hash: str,
        standing: Callable[[], bool],
        receive: Callable[[tuple[Row, ...]], None],
        all_rows: Callable[[], tuple[Row, ...]],
        halt: Halt,
        *,
        life: str = "",
        armed: Callable[[], bool] = lambda: True,
        going_down: Callable[[], bool] = lambda: False,
        keeps: Callable[[], bool] = lambda: True,
        site_files: SiteFiles = NO_FILES,
        busy: Callable[[], str] = lambda: "",
        version: str | None = None,
        language: int = LANGUAGE,
        clock: Callable[[], float] = time.time,
        limit_s: float = LIMIT_S,
        stranger_limit_s: float = 3.0,
        idle_limit_s: float = 60.0,
    ) -> None:
        """`contacts`: where every control node listens, `me` too (there port 0 is any free one).

        `standing`: whether we command or claim to. `receive`: a peer's rows have come. `halt`: shut our own
        system down ("shutdown") or boot it again ("reboot"). `keeps`: whether our journal is well.
        `site_files`: what a peer may ask of our site file and send us, unless we are `busy`. `language`: of
        our rows. `limit_s`: of each question to a peer. Raises NoIdentity where our certificates cannot be
        used, CannotListen where the site does not say where.
        """
        if me not in contacts:
            raise CannotListen(f"the site names no address of {me}")
        self.me = me
        self.site_hash = site_hash
        self.limit_s = limit_s
        self.receive = receive
        self.version = installed_version() if version is None else version
        self._language = language
        self._standing = standing
        self._life = life
        self._armed = armed
        self._going_down = going_down
        self._keeps = keeps
        self._clock = clock
        self._contacts = contacts
        identity = paths(identity, me)
        self._calling = client_side(identity)
        self._callers: dict[str, Caller] = {}
        answering = Answering(
            contacts.keys() - {me},
            Service(self.told, receive, all_rows, halt, language, site_files, busy),
            hello_limit_s=stranger_limit_s,
            idle_limit_s=idle_limit_s,
        )
        self._listener = Listener(
            contacts[me], server_side(identity), answering.converse, stranger_limit_s=stranger_limit_s
        )

    async def __aenter__(self) -> PeerLink:
        """Raises CannotListen."""
        self._listener.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for caller in self._callers.values():
            await caller.close()
        await self._listener.close()

    @property
    def port(self) -> int:
        """Where it really listens."""
        return self._listener.port

    @property
    def turned_away(self) -> int:
        """Callers that could show no certificate of ours, so far."""
        return self._listener.turned_away

    def told(self) -> Told:
        """What we say of ourselves."""
        return Told(
            self.me,
            self._standing(),
            self.site_hash,
            self._life,
            self._armed(),
            self.version,
            self._going_down(),
            round(self._clock(), 3),
            self._keeps(),
        )

    def caller(self, name: str) -> Caller:
        """The way to that peer; one for all who ask."""
        if name not in self._callers:
            hello = Hello(self.me, self.version, self.site_hash, self._language)
            self._callers[name] = Caller(name, self._contacts.get(name), self._calling, hello, self.limit_s)
        return self._callers[name]


def installed_version() -> str:
    """What a node says that it runs. Whose rows it reads is told by their language."""
    try:
        return version_of("teiden")
    except PackageNotFoundError:
        return "not installed"
