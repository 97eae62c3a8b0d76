"""The port to the service on another control node: a `PeerPort` over the link."""

from __future__ import annotations

from realtime.peers.driver import Peer
from realtime.ports import Link, Looking
from sequencer.journal import Row
from sequencer.notices import Noticed, unnoticed
from sequencer.ports import Accepted, Answer, PeerStatus, Receipt


class PeerPort(Looking[PeerStatus, Peer]):
    def __init__(
        self,
        link: Link,
        peer: Peer,
        noticed: Noticed[PeerStatus] = unnoticed,
        *,
        limit_s: float | None = None,
        copies: bool = True,
    ) -> None:
        """`copies`: false for a service that watches: its rows are about what has not happened."""
        super().__init__(link, peer.name, peer, noticed, limit_s=limit_s)
        self._copies = copies

    def copy(self, *rows: Row) -> None:
        if self._link.open and self._copies:
            self._driver.copy(*rows)

    def fetch(self) -> Answer[Receipt]:
        """Beside the polls, on a connection of its own: a whole journal may take longer than a poll may."""
        assert self._link.open, "a life that has ended sends nothing"
        return self._link.ask(self._driver.fetch(), lambda why: Receipt(Accepted.UNKNOWN, why))
