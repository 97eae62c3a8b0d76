"""From the words of the command line to one reading of a card, on a loop of its own."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from realtime.contacts import SnmpContact
from realtime.secret import NoSecret, Secret
from realtime.snmp.credentials import Community, Credentials, credentials_of
from teiden.language.say import t

if TYPE_CHECKING:
    from realtime.snmp.answers import Failure
    from realtime.snmp.probe import Probed

PORT = 161
PLACES = ("env", "file", "cred")


class WrongWords(Exception):
    """What cannot be asked so, in words."""


def address(where: str) -> tuple[str, int]:
    """`HOST`, `HOST:PORT`, `[IPV6]:PORT`, or an IPv6 address alone."""
    if where.count(":") > 1 and not where.startswith("["):
        return where, PORT
    found = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+))(?::(\d{1,5}))?", where)
    port = PORT if found is None or found[3] is None else int(found[3])
    if found is None or not 0 < port < 65536:
        raise WrongWords(t("{where}: neither HOST nor HOST:PORT", where=where))
    return found[1] or found[2], port


def contact_of(
    where: str, *, version: str | None, mib: str, user: str, auth: str, privacy: str, group: int | None
) -> SnmpContact:
    host, port = address(where)
    table = "apc" if mib == "auto" else mib
    version = version or ("3" if user else "2c")
    return SnmpContact(host, port, table, version, user=user, auth=auth, privacy=privacy, outlet_group=group)


def credentials(
    contact: SnmpContact, *, community: str | None, secret: str, privacy_secret: str
) -> Credentials:
    """A community may stand on the command line; pass phrases only where `secret` says (SEC-14)."""
    from dataclasses import replace

    if contact.version != "3" and not secret:
        return Community(contact.version, Secret(community or "public"))
    if any(where and where.partition(":")[0] not in PLACES for where in (secret, privacy_secret)):
        # Whoever typed the pass phrase itself must not see it again in a log.
        raise WrongWords(t("a secret stands in env:NAME, file:PATH or cred:NAME, not on the command line"))
    if contact.version == "3" and not (contact.user and secret):
        raise WrongWords(t("version 3 needs --user and --secret"))
    try:
        return credentials_of(replace(contact, secret=secret, privacy_secret=privacy_secret))
    except NoSecret as error:
        raise WrongWords(str(error)) from None


def ask(contact: SnmpContact, who: Credentials, *, limit_s: float, mib: str) -> Probed | Failure:
    """Raises ImportError where pysnmp is not installed."""
    from realtime.snmp.engine import Engine
    from realtime.snmp.probe import probe

    async def once() -> Probed | Failure:
        engine = Engine()
        try:
            return await probe(engine, contact, who, limit_s=limit_s, mib=mib)
        finally:
            await engine.close()

    return asyncio.run(once())
