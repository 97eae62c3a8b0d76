"""The array line protocol, version 1: what both sides say (docs/array-protocol.md).

It is our own. The protocol that arrays of the reference product speak on this port is not public, and
this is not it: this is what a small service in front of an array speaks, or a script at its management
host.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from realtime.secret import Secret

VERSION = 1
MAX_LINE = 512
"""Bytes, with the newline."""
NO_PROOF = "-"
"""Stands in the greeting instead of a challenge: no shared word is asked for."""
NAME = re.compile(r"[^\s\x00-\x1f\x7f]{1,100}")
CHALLENGE = re.compile(r"[0-9a-f]{32,128}")


class Misspoken(ValueError):
    """What was said is not of this protocol, or not what was due; says what is wrong in words."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first line, from the service."""

    name: str
    """The array it speaks for. Who finds another name than expected has the wrong address."""
    challenge: str = ""
    """To be answered with a proof of the shared word; empty: none is asked for."""
    version: int = VERSION

    @property
    def line(self) -> bytes:
        return f"teiden-array {self.version} {self.name} {self.challenge or NO_PROOF}\n".encode()


def greeting_from(line: bytes) -> Greeting:
    """Misspoken if it is none, or one of another version."""
    words = text_of(line).split(" ")
    if words[0] != "teiden-array" or len(words) < 2 or not words[1].isdecimal():
        raise Misspoken("what answers there does not speak the array protocol")
    if words[1] != str(VERSION):
        raise Misspoken(
            f"it speaks version {words[1][:10]} of the array protocol, this side version {VERSION}"
        )
    if len(words) != 4 or not NAME.fullmatch(words[2]):
        raise Misspoken("its greeting is cut short or garbled")
    if words[3] != NO_PROOF and not CHALLENGE.fullmatch(words[3]):
        raise Misspoken("its greeting has no proper challenge")
    return Greeting(words[2], "" if words[3] == NO_PROOF else words[3])


def text_of(line: bytes) -> str:
    """One line without its end; Misspoken unless it is whole, UTF-8 and printable."""
    if not line.endswith(b"\n"):
        raise Misspoken("a line was cut short")
    try:
        text = line.rstrip(b"\r\n").decode("utf-8")
    except UnicodeDecodeError:
        raise Misspoken("a line is not UTF-8") from None
    if not text.isprintable():
        raise Misspoken("a line holds characters that are not printable")
    return text


# The shared word


def fresh_challenge() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a proof is about: the array, and a challenge of either side that was never used before."""

    name: str
    from_service: str
    from_client: str

    def proof(self, word: Secret, side: str) -> str:
        """HMAC-SHA-256 (RFC 2104). `side`, `client` or `service`, is part of it: an echo proves nothing."""
        told = f"teiden-array {VERSION} {side} {self.name} {self.from_service} {self.from_client}"
        return hmac.new(word.reveal().encode(), told.encode(), hashlib.sha256).hexdigest()

    def is_proven(self, given: str, word: Secret, side: str) -> bool:
        return hmac.compare_digest(given.encode(), self.proof(word, side).encode())
