"""One engine of pysnmp with its two sockets, and the cards and keys that are registered with it."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import Any

from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto import rfc1902

from realtime.snmp.credentials import Community, Credentials, User
from realtime.snmp.made import made_engine
from realtime.snmp.steady import UDP6, KnownUdp, KnownUdp6

AUTH_PROTOCOLS = {
    "sha1": config.USM_AUTH_HMAC96_SHA,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIVACY_PROTOCOLS = {
    "aes128": config.USM_PRIV_CFB128_AES,
    # With sha256 and longer both ways to lengthen a key are one; with sha1 this is the one makers took.
    "aes256": config.USM_PRIV_CFB256_AES,
}
MODELS = {"1": 0, "2c": 1, "3": 3}


class Speaker:
    """One SnmpEngine of pysnmp with its two sockets, and who is registered with it."""

    def __init__(self) -> None:
        self.engine = made_engine()
        self._known: set[tuple[str, int]] = set()
        self._cards = 0
        self._users: dict[str, object] = {}
        self._names: dict[object, str] = {}
        self._transports: set[Any] = set()

    def can_say(self, credentials: Credentials) -> bool:
        if isinstance(credentials, Community):
            return True
        known = self._users.get(credentials.name)
        return known is None or known == identity(credentials)

    def register(self, domain: Any, where: tuple[str, int], credentials: Credentials, limit_s: float) -> str:
        """Make this card known; the name under which pysnmp then sends to it."""
        self._open(domain)
        self._known.add(where)
        self._cards += 1
        name, parameters = f"card{self._cards}", self._parameters(credentials)
        # Later than ours, which decides; by this one pysnmp only forgets a request that had no answer.
        hundredths = ceil((2 * limit_s + 1) * 100)
        config.add_target_address(self.engine, name, domain, where, parameters, hundredths, 0)
        return name

    def _open(self, domain: Any) -> None:
        if domain not in self._transports:
            self._transports.add(domain)
            kind = KnownUdp6 if domain == UDP6 else KnownUdp
            config.add_transport(self.engine, domain, kind(self._known).open_client_mode())

    def _parameters(self, credentials: Credentials) -> str:
        who = identity(credentials)
        if who not in self._names:
            name = self._names[who] = f"who{len(self._names)}"
            model = MODELS[credentials.version]
            if isinstance(credentials, Community):
                config.add_v1_system(self.engine, name, credentials.name.reveal(), securityName=name)
                config.add_target_parameters(self.engine, name, name, "noAuthNoPriv", model)
            else:
                self._users[credentials.name] = who
                add_user(self.engine, credentials)
                config.add_target_parameters(self.engine, name, credentials.name, "authPriv", model)
        return self._names[who]


def add_user(engine: SnmpEngine, user: User, engine_id: bytes | None = None) -> None:
    """Make a user of version 3 known to one of pysnmp's engines; `engine_id`: as the one who signs."""
    auth, privacy = AUTH_PROTOCOLS[user.auth], PRIVACY_PROTOCOLS[user.privacy]
    config.add_v3_user(
        engine,
        user.name,
        auth,
        _master_auth(auth, user.secret.reveal()),
        privacy,
        _master_privacy(auth, privacy, user.privacy_secret.reveal()),
        securityEngineId=None if engine_id is None else rfc1902.OctetString(engine_id),
        authKeyType=config.USM_KEY_TYPE_MASTER,
        privKeyType=config.USM_KEY_TYPE_MASTER,
    )


# A pass phrase is stretched to a megabyte and hashed (RFC 3414, A.2): once, not for each of its cards.


@lru_cache(maxsize=64)
def _master_auth(auth: tuple[int, ...], phrase: str) -> bytes:
    return bytes(config.AUTH_SERVICES[auth].hash_passphrase(phrase.encode()))


@lru_cache(maxsize=64)
def _master_privacy(auth: tuple[int, ...], privacy: tuple[int, ...], phrase: str) -> bytes:
    return bytes(config.PRIV_SERVICES[privacy].hash_passphrase(auth, phrase.encode()))


def identity(credentials: Credentials) -> tuple[str, ...]:
    """Equal for equal credentials, which `Secret` deliberately is not."""
    if isinstance(credentials, Community):
        return credentials.version, credentials.name.reveal()
    keys = (credentials.secret.reveal(), credentials.privacy_secret.reveal())
    return credentials.name, credentials.auth, credentials.privacy, *keys
