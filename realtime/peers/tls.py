"""Who may talk to whom: mutual TLS 1.3, both sides certified by the site's own small CA (SEC-19).

Nothing else is trusted: not the system's CAs, not an address, not what anybody says without showing a
certificate. The certificate names its node (SAN); who says that it is another one is not heard.
"""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from realtime.contacts import PeerIdentity


class NoIdentity(Exception):
    """The certificates of this node cannot be used, and why. Never what stands in the key."""


def paths(identity: PeerIdentity, node: str) -> PeerIdentity:
    """With this node's name filled in."""
    named = [path.replace("{node}", node) for path in (identity.ca, identity.certificate, identity.key)]
    return PeerIdentity(*named)


def server_side(identity: PeerIdentity) -> ssl.SSLContext:
    return _context(ssl.PROTOCOL_TLS_SERVER, identity)


def client_side(identity: PeerIdentity) -> ssl.SSLContext:
    return _context(ssl.PROTOCOL_TLS_CLIENT, identity)


def names_of(connection: ssl.SSLObject | ssl.SSLSocket) -> frozenset[str]:
    """The nodes that the other side's certificate is for. Only meaningful after the handshake."""
    certificate: Mapping[str, Any] = connection.getpeercert() or {}
    return frozenset(name for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS")


def _context(side: int, identity: PeerIdentity) -> ssl.SSLContext:
    for path, what in (
        (identity.ca, "the CA"),
        (identity.certificate, "the certificate"),
        (identity.key, "the key"),
    ):
        _is_there(path, what)
    _is_ours_alone(Path(identity.key))
    context = ssl.SSLContext(side)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # the name is a node's, not a host's: `names_of` is compared
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cafile=identity.ca)
        context.load_cert_chain(identity.certificate, identity.key, password=_nobody_is_asked)
    except (ssl.SSLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        names = ", ".join((identity.ca, identity.certificate, identity.key))
        raise NoIdentity(f"{names}: no certificates that fit together ({reason})") from None
    return context


def _nobody_is_asked() -> str:
    """A key with a pass phrase would make the service wait at a prompt."""
    raise ValueError("the key has a pass phrase; a service cannot type one")


def _is_there(path: str, what: str) -> None:
    if not path:
        raise NoIdentity(f"the site names no file for {what} of this node")
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise NoIdentity(f"{path}: {error.strerror}") from None


def _is_ours_alone(key: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(key.stat().st_mode) & 0o077:
        raise NoIdentity(f"{key}: others may read it; chmod 600 {key}")
