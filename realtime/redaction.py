"""Takes secrets out of a text, in every guise in which a library may show them (SEC-15, S34).

The first lock is `Secret`, which never shows itself. This is the second one, for what somebody else says:
an exception that quotes an address, a header in a debug line, a password in base64.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

from realtime.secret import revealed

HIDDEN = "[secret]"
SHORTEST = 4
"""Anything shorter would be found in every second word. Such a secret is refused elsewhere (SEC-3)."""
SHORTEST_CODED = 6
"""Bytes; in base64 and in hexadecimal a shorter one is found by chance."""


def redacted(text: str) -> str:
    """The text without anything that was ever revealed in this process."""
    secrets = frozenset(revealed)
    return _pattern(secrets).sub(HIDDEN, text) if secrets else text


@lru_cache(maxsize=4)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str]:
    guises = {guise for secret in secrets if len(secret) >= SHORTEST for guise in _guises(secret)}
    if not guises:
        return re.compile(r"(?!)")
    longest_first = sorted(guises, key=lambda guise: (-len(guise), guise))
    return re.compile("|".join(map(re.escape, longest_first)))


def _guises(secret: str) -> Iterator[str]:
    """As it may stand in a text, and as that text stands in a line of JSON."""
    for text in _in_a_text(secret):
        yield text
        yield from _as_json(text)


def _in_a_text(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "replace")
    yield from (secret, repr(secret)[1:-1], repr(raw)[2:-1])
    yield from (quote(secret, safe=""), quote(secret), quote_plus(secret))
    yield from _as_json(secret)
    if len(raw) >= SHORTEST_CODED:
        yield raw.hex()
        yield from _inside_base64(raw)


def _as_json(text: str) -> Iterable[str]:
    return json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]


def _inside_base64(raw: bytes) -> Iterator[str]:
    """Wherever it stands in what is encoded: behind 0, 1 or 2 bytes of a group of three."""
    for before in range(3):
        coded = b64encode(bytes(before) + raw).decode("ascii")
        yield coded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
