"""A secret, and where it stands: in the environment, in a file of its own, or with systemd.

It never shows itself: not in a text, a log, an error, a comparison that fails (SEC-14, SEC-15, S34).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NoSecret(Exception):
    """Why a secret cannot be had; says where it was looked for, never what was found."""


revealed: set[str] = set()
"""What was ever handed out in this process: the log takes it out of every line (`realtime.redaction`)."""


class Secret:
    """Call `reveal` where it is handed to a library, and nowhere else."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        revealed.add(self._value)
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


def secret_at(where: str) -> Secret:
    """`env:NAME`, `file:PATH` (mode 0600 or 0400) or `cred:NAME` (a systemd credential); else NoSecret."""
    kind, _, name = where.partition(":")
    match kind:
        case "env":
            value = os.environ.get(name)
            if value is None:
                raise NoSecret(f"the environment has no {name}")
        case "file":
            value = _from_file(Path(name))
        case "cred":
            folder = os.environ.get("CREDENTIALS_DIRECTORY")
            if folder is None:
                raise NoSecret(f"cred:{name}: this process was given no credentials by systemd")
            value = _text(Path(folder) / name)
        case _:
            # What stands there is not repeated: it may be the pass phrase itself.
            raise NoSecret("that is no place for a secret; say env:NAME, file:PATH or cred:NAME")
    if not value:
        raise NoSecret(f"{where} is empty")
    return Secret(value)


def _from_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise NoSecret(f"{path}: {error.strerror}") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise NoSecret(f"{path}: others may read it; chmod 600 {path}")
    return _text(path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        raise NoSecret(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NoSecret(f"{path}: not UTF-8") from None
