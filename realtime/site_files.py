"""The site file as it lies on a node's disk, for the service that went by it at its start: a port.

What is in the file is read elsewhere (`teiden.configuration`); here stands only what may be asked of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from realtime.status import ConfigurationView

Busy = Callable[[], str]
"""Why nothing may be changed just now; '' if it may."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A site file that another node sends, with what was proved of it."""

    digest: str
    """SHA-256 of the file's bytes, which is theirs: it has been looked at."""
    over: str
    """The file that it is to replace, by its hash: what the sender has been shown."""
    site: bytes
    proof: bytes


class SiteFiles(Protocol):
    def view(self) -> ConfigurationView:
        """What a status says of it."""
        ...

    async def lying(self) -> dict[str, Any]:
        """What a peer is told: `next`, the hash of the file of our next start, and its text, packed."""
        ...

    async def take(self, offer: Offer, sender: str, busy: Busy) -> str:
        """Write it for the next start, wholly or not at all. Why not; '' if it was."""
        ...

    async def reload(self, busy: Busy) -> str:
        """Let another life begin by the file as it lies there. Why not; '' if it will."""
        ...


class _NoFiles:
    """Of a service whose site was never in a file, or comes from the book of an emulated room."""

    WHY = "this service keeps no eye on its site file"

    def view(self) -> ConfigurationView:
        return ConfigurationView()

    async def lying(self) -> dict[str, Any]:
        return {"refused": self.WHY}

    async def take(self, offer: Offer, sender: str, busy: Busy) -> str:
        return self.WHY

    async def reload(self, busy: Busy) -> str:
        return self.WHY


NO_FILES: SiteFiles = _NoFiles()
