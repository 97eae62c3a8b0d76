"""Where the site files of a node lie: the one that somebody wrote, the one that another node has sent.

What somebody wrote is never overwritten by a service, which could not anyway (`/etc` is read-only to it).
What is sent lies in the service's own folder, `site/received`, and stands instead of the file that was
there when it came. As soon as somebody changes that one, his change counts again: by its hash, not by its
time, since clocks of two nodes say nothing about who was last.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from teiden.proved import SUFFIX

RECEIVED, GONE_BY, CURRENT, SENT = "received", "gone-by", "current.json", "sent.json"
BEFORE = ".before"
KEPT = 20
"""Files that a node has gone by, and received ones: more are dropped, oldest first."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A site file, read."""

    path: Path
    content: bytes
    sender: str = ""
    """The node that has sent it; empty: it was written here."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Received:
    """What `current.json` says of the file that was received last."""

    file: str
    """Below the folder of received ones."""
    sha256: str
    instead_of: str
    """The hash of the written file that it replaces."""
    sender: str
    at: str


def folder_of(journal: str | os.PathLike[str]) -> Path:
    """Beside the journal: the service may write there, and it is on the node's own disk."""
    return Path(journal).parent / "site"


def next_file(written: Path, folder: Path) -> Lying:
    """The file that the next start goes by. OSError where the written one cannot be read."""
    given = Lying(written, written.read_bytes())
    told = _current(folder)
    if told is None or told.instead_of != given.digest:
        return given
    path = folder / RECEIVED / told.file
    try:
        found = Lying(path, path.read_bytes(), told.sender)
    except OSError:
        return given
    return found if found.digest == told.sha256 else given


def keep_received(
    written: Path, folder: Path, content: bytes, proof: bytes, before: bytes, sender: str
) -> Path:
    """Written and synced, wholly or not at all: it counts from the rename of `current.json` on. OSError."""
    digest = hashlib.sha256(content).hexdigest()
    told = Received(
        f"{digest[:16]}/{written.name}",
        digest,
        hashlib.sha256(written.read_bytes()).hexdigest(),
        sender,
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
    path = folder / RECEIVED / told.file
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, content)
    write_whole(path.with_name(path.name + SUFFIX), proof)
    write_whole(path.with_name(path.name + BEFORE), before)
    write_whole(folder / RECEIVED / CURRENT, json.dumps(asdict(told), indent=2).encode() + b"\n")
    _drop_old(folder / RECEIVED, "*/", but=path.parent)
    return path


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """The old file or the new one, never half of one, also after a cut of the power."""
    beside = path.with_name(path.name + ".new")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with open(file, "wb", closefd=False) as out:
            out.write(content)
        os.fsync(file)
    finally:
        os.close(file)
    os.replace(beside, path)
    place = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(place)
    finally:
        os.close(place)


# What this node knows of itself and of others


def note_gone_by(folder: Path, content: bytes) -> None:
    """This node's service goes by it from now on. What cannot be kept is not: it only helps to compare."""
    path = folder / GONE_BY / f"{hashlib.sha256(content).hexdigest()}.yaml"
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, content)
        _drop_old(path.parent, "*.yaml", but=path)


def gone_by(folder: Path, digest: str) -> bytes | None:
    """The file of that hash, if this node has gone by it."""
    try:
        content = (folder / GONE_BY / f"{digest}.yaml").read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def sent_last(folder: Path) -> dict[str, str]:
    """The hash of what was sent to each node last."""
    told = _object(folder / SENT)
    return {str(node): digest for node, digest in told.items() if isinstance(digest, str)}


def note_sent(folder: Path, node: str, digest: str) -> None:
    """Raises OSError. It may be root who sends, and the service's user who reads it."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            above = folder.parent.stat()
            os.chown(folder, above.st_uid, above.st_gid)
    told = {**sent_last(folder), node: digest}
    write_whole(folder / SENT, json.dumps(told, indent=2).encode() + b"\n", 0o644)


def _current(folder: Path) -> Received | None:
    try:
        return Received(**_object(folder / RECEIVED / CURRENT))
    except TypeError:
        return None


def _object(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _drop_old(folder: Path, pattern: str, *, but: Path) -> None:
    with suppress(OSError):
        found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
        for path in [one for one in found if one != but][: -(KEPT - 1)]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
