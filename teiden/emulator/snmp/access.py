"""Who may ask an agent, and who may tell it something.

It stands in for pysnmp's view-based access control, which grants what it should refuse (who has no write
view may write) and takes a tenth of a second to set up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto import errind
from pysnmp.proto.acmod.rfc3415 import Vacm
from pysnmp.proto.error import StatusInformation

from realtime.secret import Secret
from realtime.snmp import credentials
from realtime.snmp.speaker import add_user

V1, V2C, V3 = 1, 2, 3
"""Security models (RFC 3411)."""

PRIVATE = 3
"""Security level authPriv (RFC 3411)."""


@dataclass(frozen=True, slots=True)
class Community:
    """Of versions 1 and 2c."""

    name: Secret
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """Of version 3, always with authentication and privacy."""

    name: str
    secret: Secret
    privacy_secret: Secret
    auth: str = "sha1"
    privacy: str = "aes128"
    may_write: bool = False


class Access:
    """Who is known to one engine: whoever is, may read everything and be sent traps."""

    def __init__(self, engine: SnmpEngine, communities: Sequence[Community], users: Sequence[User]) -> None:
        self._may_write: dict[tuple[int, str], bool] = {}
        engine.access_control_model[Vacm.ACCESS_MODEL_ID] = self
        for number, community in enumerate(communities):
            name = f"community{number}"
            config.add_v1_system(engine, name, community.name.reveal())
            self._may_write[V1, name] = self._may_write[V2C, name] = community.may_write
        for user in users:
            self._admit_user(engine, user)

    def is_access_allowed(
        self, engine: Any, model: Any, name: Any, level: Any, view: str, context: Any, variable: Any
    ) -> None:
        """pysnmp asks this of every variable. Raises StatusInformation if not."""
        may_write = self._may_write.get((int(model), str(name)))
        private = int(model) != V3 or int(level) == PRIVATE
        if may_write is None or not private or (view == "write" and not may_write):
            raise StatusInformation(errorIndication=errind.notInView)

    def _admit_user(self, engine: SnmpEngine, user: User) -> None:
        keys = (user.secret, user.privacy, user.privacy_secret)
        add_user(engine, credentials.User(user.name, user.auth, *keys))
        self._may_write[V3, user.name] = user.may_write
