"""How the console speaks TLS: 1.2 and newer, forward secrecy, and a certificate that fits its key."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Iterator
from typing import Any

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2; those of 1.3 are all good."""
HANDSHAKE_S = 10.0
"""asyncio would wait for a minute."""


def context(certificate: str, key: str) -> ssl.SSLContext:
    """Raises InputError with everything that is wrong with the two files."""
    if problems := list(_problems(certificate, key)):
        raise InputError(problems)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(CIPHERS)
    try:
        made.load_cert_chain(certificate, key, password="")  # one with a pass phrase would ask a terminal
    except (ssl.SSLError, ValueError):
        wrong = t("is no certificate in PEM that belongs to {key}, without a pass phrase", key=key)
        remedy = t("give the certificate, with those that signed it behind it, and its own key")
        raise InputError([Problem(Place(certificate), wrong, remedy)]) from None
    return made


def _problems(certificate: str, key: str) -> Iterator[Problem]:
    for path in (certificate, key):
        try:
            with open(path, "rb") as file:
                mode = os.fstat(file.fileno()).st_mode
        except OSError as error:
            yield Problem(Place(path), t("cannot be read: {why}", why=error.strerror))
            continue
        if path == key and mode & 0o077:
            yield Problem(Place(path), t("others than its owner may read this key"), f"chmod 600 {path}")


class Loop(asyncio.SelectorEventLoop):
    """Whoever does not finish his handshake is not waited for: uvicorn has no setting for it."""

    async def create_server(self, *args: Any, **settings: Any) -> asyncio.Server:
        if settings.get("ssl") is not None:
            settings.setdefault("ssl_handshake_timeout", HANDSHAKE_S)
        return await super().create_server(*args, **settings)
