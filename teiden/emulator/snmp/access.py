"""Who may ask an agent, and who may tell it something.

pysnmp's view control grants what it should refuse: who has no write view may write. So everybody gets views
that fit, and whoever asks is looked up here as well, with the security that the request really had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine

from realtime.secret import Secret

V1, V2C, V3 = 1, 2, 3
"""Security models (RFC 3411)."""

PRIVATE = 3
"""Security level authPriv (RFC 3411)."""

EVERYTHING = (1, 3, 6)
NOTHING = (2, 999)
"""A view that matches no object. An empty view would match all of them."""

AUTH = {
    "sha1": config.USM_AUTH_HMAC96_SHA,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIVACY = {
    "aes128": config.USM_PRIV_CFB128_AES,
    # How a SHA-1 key is lengthened for it differs between makers; this is the way most cards took.
    "aes256": config.USM_PRIV_CFB256_AES,
}


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
    """Who is known to one engine."""

    def __init__(self, engine: SnmpEngine, communities: Sequence[Community], users: Sequence[User]) -> None:
        self._writers: dict[tuple[int, str], bool] = {}
        for number, community in enumerate(communities):
            self._admit_community(engine, f"community{number}", community)
        for user in users:
            self._admit_user(engine, user)

    def allows(self, model: int, name: str, level: int, *, write: bool) -> bool:
        may_write = self._writers.get((model, name))
        if may_write is None or (model == V3 and level != PRIVATE):
            return False
        return may_write or not write

    def _admit_community(self, engine: SnmpEngine, name: str, community: Community) -> None:
        config.add_v1_system(engine, name, community.name.reveal())
        for model in (V1, V2C):
            self._view(engine, model, name, "noAuthNoPriv", community.may_write)

    def _admit_user(self, engine: SnmpEngine, user: User) -> None:
        auth, privacy = AUTH[user.auth], PRIVACY[user.privacy]
        config.add_v3_user(
            engine,
            user.name,
            auth,
            _master_auth(auth, user.secret.reveal()),
            privacy,
            _master_privacy(auth, privacy, user.privacy_secret.reveal()),
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )
        self._view(engine, V3, user.name, "authPriv", user.may_write)

    def _view(self, engine: SnmpEngine, model: int, name: str, level: str, may_write: bool) -> None:
        write = EVERYTHING if may_write else NOTHING
        config.add_vacm_user(engine, model, name, level, EVERYTHING, write, EVERYTHING)
        self._writers[model, name] = may_write


# A pass phrase is stretched to a megabyte and hashed (RFC 3414, A.2): once for all cards, not for each.


@lru_cache(maxsize=64)
def _master_auth(auth: tuple[int, ...], phrase: str) -> bytes:
    return bytes(config.AUTH_SERVICES[auth].hash_passphrase(phrase.encode()))


@lru_cache(maxsize=64)
def _master_privacy(auth: tuple[int, ...], privacy: tuple[int, ...], phrase: str) -> bytes:
    return bytes(config.PRIV_SERVICES[privacy].hash_passphrase(auth, phrase.encode()))
