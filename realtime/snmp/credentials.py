"""With what a card is asked: a community, or a user of version 3 with authentication and privacy."""

from __future__ import annotations

from dataclasses import dataclass

from realtime.contacts import SnmpContact
from realtime.secret import NoSecret, Secret, secret_at

VERSIONS = ("1", "2c", "3")
AUTH = ("sha1", "sha256", "sha384", "sha512")
PRIVACY = ("aes128", "aes256")
SHORTEST_PASS_PHRASE = 8
"""RFC 3414, 11.2: shorter ones are refused, ours as well as a card's."""


@dataclass(frozen=True, slots=True)
class Community:
    """Versions 1 and 2c: whoever hears it can say it."""

    version: str
    name: Secret

    encrypted = False


@dataclass(frozen=True, slots=True)
class User:
    """Version 3, always authPriv: nothing less protects a command (SEC-1)."""

    name: str
    auth: str
    secret: Secret
    privacy: str
    privacy_secret: Secret

    version = "3"
    encrypted = True


Credentials = Community | User


def credentials_of(contact: SnmpContact) -> Credentials:
    """Fetch what the contact names. NoSecret says what is missing or cannot be used, never the secret."""
    if contact.version == "3":
        secret = secret_at(contact.secret)
        privacy_secret = secret_at(contact.privacy_secret) if contact.privacy_secret else secret
        return user(
            contact.user,
            secret,
            privacy_secret,
            auth=contact.auth or usual_auth(contact.mib),
            privacy=contact.privacy or PRIVACY[0],
        )
    if contact.version not in VERSIONS:
        raise NoSecret(f"SNMP version {contact.version!r}; known: {', '.join(VERSIONS)}")
    community = secret_at(contact.secret) if contact.secret else Secret(contact.user)
    if not community.reveal():
        raise NoSecret(f"version {contact.version} needs a community")
    return Community(contact.version, community)


def usual_auth(mib: str) -> str:
    """Guides of APC's cards list nothing better than SHA-1; all others get SHA-256."""
    return "sha1" if mib == "apc" else "sha256"


def user(name: str, secret: Secret, privacy_secret: Secret, *, auth: str, privacy: str) -> User:
    """Check what a card would answer with a riddle; raises NoSecret in words."""
    if not name:
        raise NoSecret("version 3 needs a user")
    if auth not in AUTH:
        raise NoSecret(f"auth {auth!r}; known: {', '.join(AUTH)}")
    if privacy not in PRIVACY:
        raise NoSecret(f"privacy {privacy!r}; known: {', '.join(PRIVACY)}")
    for what, phrase in (("authentication", secret), ("privacy", privacy_secret)):
        if len(phrase.reveal().encode()) < SHORTEST_PASS_PHRASE:
            raise NoSecret(f"the {what} pass phrase has less than {SHORTEST_PASS_PHRASE} characters")
    return User(name, auth, secret, privacy, privacy_secret)
