"""The service on a control node: everything that a life needs, opened in order, and closed in order.

A service is one life. It ends with its process: killed with its node, or told to stop; the next boot
is a recovery boot, whatever the reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from realtime.clock import WallClock
from realtime.contacts import Contacts
from realtime.life import COMMAND_LIMIT_S, Life, Memory, life_name
from realtime.machines import Reach, machines
from realtime.permission import Permission
from realtime.ports import Link
from realtime.request_socket import RequestSocket
from realtime.requests import Requests
from realtime.wall import WallPort
from sequencer.events import Stream
from sequencer.journal import Row
from sequencer.ports import Receipt
from sequencer.site import Site

if TYPE_CHECKING:
    from realtime.journal.journal import Journal
    from realtime.peers.link import PeerLink

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Orders:
    """What this service was started with."""

    site: Site
    site_hash: str
    contacts: Contacts
    """As this node sees them: `{node}` is filled in."""
    me: str
    armed: bool
    why_not_armed: str = ""
    start: datetime | None = None
    """What the clock showed at env.now 0, in a rehearsal; None: the system's clock counts."""
    any_disk: bool = False
    """A rehearsal's journal may lie on any disk."""


class Service:
    """Built by `opened`."""
