"""Who may log in, and as what: names, roles and argon2 hashes in a small database of the console's own."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from teiden.language.say import t
from teiden.weak_secrets import weakness
from teiden.web.guard import passwords
from teiden.web.guard.roles import Role

FILE = "accounts.db"
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
TABLE = """CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL, since TEXT NOT NULL
) STRICT"""
BUSY_S = 1.0


class NotPossible(Exception):
    """Why an account cannot be made or changed, in words."""


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    role: Role
    since: str
    """When it was made, ISO 8601, UTC."""


class Accounts:
    """Opened anew for each question, so that what `teiden account` changes counts at once.

    A database that cannot be read has no accounts to log in with, and the console must not take that for
    "there are none": `exist` says True then, and everybody is turned away.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._lock = threading.Lock()

    @property
    def exist(self) -> bool:
        try:
            return bool(self.all())
        except NotPossible:
            return True

    def all(self) -> list[Account]:
        """By name. Raises NotPossible where the file cannot be read."""
        if not self.path.exists():
            return []
        with self._opened() as db:
            rows = db.execute("SELECT name, role, since FROM accounts ORDER BY name").fetchall()
        return [Account(name, Role(role), since) for name, role, since in rows]

    def role_of(self, name: str) -> Role | None:
        """None: there is no such account, or nobody knows."""
        return self.standing(name)[0]

    def standing(self, name: str) -> tuple[Role | None, str]:
        """Its role, and a proof of its password that changes with it, and tells nothing of it."""
        try:
            with self._opened() as db:
                row = db.execute("SELECT role, hash FROM accounts WHERE name = ?", (name,)).fetchone()
        except NotPossible:
            return None, ""
        return (Role(row[0]), hashlib.sha256(row[1].encode()).hexdigest()) if row else (None, "")

    def verify(self, name: str, password: str) -> Role | None:
        """The role of who shows this password; takes as long when there is no such name (SEC-13)."""
        try:
            with self._opened() as db:
                row = db.execute("SELECT role, hash FROM accounts WHERE name = ?", (name,)).fetchone()
        except NotPossible:
            row = None
        fits = passwords.fits(row[1] if row else passwords.NOBODYS, password)
        return Role(row[0]) if row and fits else None

    def add(self, name: str, role: Role, password: str) -> None:
        """Raises NotPossible: the name is taken or none, or the password is weak."""
        if not NAME.fullmatch(name):
            raise NotPossible(t("a name has small letters, digits and . _ @ -, up to 64 characters"))
        _strong(password)
        row = name, role.value, passwords.hashed(password), datetime.now(UTC).isoformat(timespec="seconds")
        with self._opened() as db:
            try:
                db.execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", row)
            except sqlite3.IntegrityError:
                raise NotPossible(t("there is an account {name} already", name=name)) from None

    def change_password(self, name: str, password: str) -> None:
        """Raises NotPossible: there is no such account, or the password is weak."""
        _strong(password)
        self._changed(name, "UPDATE accounts SET hash = ? WHERE name = ?", (passwords.hashed(password), name))

    def change_role(self, name: str, role: Role) -> None:
        self._changed(name, "UPDATE accounts SET role = ? WHERE name = ?", (role.value, name))

    def remove(self, name: str) -> None:
        self._changed(name, "DELETE FROM accounts WHERE name = ?", (name,))

    def _changed(self, name: str, order: str, values: tuple[str, ...]) -> None:
        with self._opened() as db:
            if not db.execute(order, values).rowcount:
                raise NotPossible(t("there is no account {name}", name=name))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Committed when the block ends well. The file is its owner's alone from the first moment."""
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
                db = sqlite3.connect(self.path, timeout=BUSY_S)
            except (OSError, sqlite3.Error) as error:
                raise NotPossible(f"{self.path}: {error}") from None
            try:
                with db:
                    db.execute(TABLE)
                    yield db
            except sqlite3.Error as error:
                raise NotPossible(f"{self.path}: {error}") from None
            finally:
                db.close()


def _strong(password: str) -> None:
    if why := weakness(password):
        raise NotPossible(t("this password is too weak: {why}", why=why))
