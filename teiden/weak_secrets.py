"""Pass phrases, communities and users that everybody knows, and when one is too short (SEC-3).

Attacks on UPSes begin with what makers ship and manuals print. Sources: the manuals of APC's network
management cards and of PowerChute, NUT's example files, and the power-control product's own manual.
"""

from __future__ import annotations

SHORTEST = 12
"""Characters; a shorter one is guessed from a recorded SNMPv3 message."""

FIXED = "ac_passwd"
"""What SSC 1.3 demands of `ac_user`; with later ones it is free to choose."""

PHRASES = frozenset(
    (
        *("admin user phrase", "admin crypt phrase", "apc scg auth phrase", "apc scg crypt phrase"),
        *("calvin", "changeme", FIXED),
    )
)
"""Words that are never anything but a pass phrase, in small letters."""

KNOWN = PHRASES | {
    *("public", "private", "apc", "secret", "admin", "administrator", "password", "community", "snmp"),
    *("upsmon", "monuser", "root", "default", "initial"),
}
"""What everybody tries first, in small letters."""

USERS = frozenset(
    (
        *("admin", "administrator", "root", "apc", "device", "readonly", "user", "guest", "initial"),
        *("upsmon", "monuser", "monmaster", "public", "private"),
    )
)
"""Names of users that devices come with, in small letters."""


def weakness(secret: str) -> str:
    """Why a pass phrase or a community is weak, without repeating it; empty if it is not."""
    if secret.strip().lower() in KNOWN:
        return "it is one that makers ship or manuals print"
    if len(secret) < SHORTEST:
        return f"it has fewer than {SHORTEST} characters"
    return ""
