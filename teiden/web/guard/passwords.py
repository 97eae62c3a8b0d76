"""Passwords are kept as argon2id hashes (RFC 9106, the second recommended choice: 64 MiB, three passes)."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1, type=Type.ID)
_ONE_AT_A_TIME = threading.Lock()
"""Whoever guesses in many connections at once gets no more memory or processors for it."""
NOBODYS = _HASHER.hash("")
"""What a password is held against when there is no such account, so that it takes as long."""


def hashed(password: str) -> str:
    with _ONE_AT_A_TIME:
        return _HASHER.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether this is the password; False, too, where what is kept is no hash."""
    with _ONE_AT_A_TIME:
        try:
            _HASHER.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(password)
