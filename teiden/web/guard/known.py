"""Browsers in which an account has logged in before: their guesses count apart from a stranger's.

Many people come from one address: through a tunnel, or a proxy. Whoever guesses there would keep the operator
out as well; a browser that is known for his account has its own five.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "known.key"
BYTES = 32


class Known:
    """A mark says nothing but that this browser has shown the password of this name once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._key = b""

    def mark(self, name: str) -> str:
        """For a cookie."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._of(name, nonce)}"

    def knows(self, name: str, mark: str) -> bool:
        nonce, _, proof = mark.partition(".")
        return bool(proof) and hmac.compare_digest(proof.encode(), self._of(name, nonce).encode())

    def _of(self, name: str, nonce: str) -> str:
        if not self._key:
            self._key = self._read() or self._new()
        return hmac.new(self._key, f"{nonce}.{name}".encode(), hashlib.sha256).hexdigest()

    def _read(self) -> bytes:
        try:
            key = self._path.read_bytes()
        except OSError:
            return b""
        return key if len(key) == BYTES else b""

    def _new(self) -> bytes:
        """If it cannot be kept, browsers are known to this process alone."""
        key, new = secrets.token_bytes(BYTES), self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(file, "wb") as out:
                out.write(key)
            new.replace(self._path)
        except OSError as error:
            log.warning("%s: %s", self._path, error)
        return key
