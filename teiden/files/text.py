"""Reads a text file, or says in words why it cannot be one: missing, a directory, binary, too big."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass

from teiden.files.source import InputError, Place, Problem
from teiden.files.wording import did_you_mean, listed

MAX_BYTES = 4 * 2**20
"""A site of a thousand devices takes about 200 kB."""


@dataclass(frozen=True, slots=True)
class FileText:
    text: str
    hash: str
    """SHA-256 of the bytes, in hex."""


def read_text(path: str | os.PathLike[str]) -> FileText:
    """The file's text, or InputError."""
    name = os.fspath(path)
    content = _read_bytes(name)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(Place(name), "the file is UTF-16, not UTF-8", "save it again as UTF-8")
    if b"\0" in content:
        raise _refused(Place(name), "the file is binary, not text", "give the path of a YAML file (UTF-8)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place_of_byte(name, content, error.start)
        message = f"byte 0x{content[error.start]:02X} is not UTF-8"
        raise _refused(place, message, "save the file as UTF-8 (is it Shift_JIS or binary?)") from None
    return FileText(text, hashlib.sha256(content).hexdigest())


def _read_bytes(name: str) -> bytes:
    place = Place(name)
    try:
        status = os.stat(name)
        if stat.S_ISDIR(status.st_mode):
            raise _refused(place, "this is a directory", "give the path of a YAML file in it")
        if not stat.S_ISREG(status.st_mode):
            raise _refused(place, "this is not a regular file", "give the path of a YAML file")
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size / 2**20:.1f} MiB"
            raise _refused(place, f"the file has {size}", f"at most {MAX_BYTES // 2**20} MiB are read")
        with open(name, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _refused(place, "no such file", _neighbours(name)) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(place, f"cannot be read: {reason}", "check the path and its permissions") from None


def _refused(place: Place, message: str, hint: str) -> InputError:
    return InputError([Problem(place, message, hint)])


def _neighbours(name: str) -> str:
    """What stands beside a file that is missing."""
    folder = os.path.dirname(name) or "."
    try:
        found = sorted(f for f in os.listdir(folder) if f.endswith((".yaml", ".yml")))
    except OSError:
        return f"there is no directory {folder} either"
    if not found:
        return f"{folder} holds no .yaml file"
    return did_you_mean(os.path.basename(name), found) + f"in {folder}: {listed(found)}"


def _place_of_byte(name: str, content: bytes, position: int) -> Place:
    line_start = content.rfind(b"\n", 0, position) + 1
    line_end = content.find(b"\n", position)
    line = content[line_start : line_end if line_end >= 0 else len(content)]
    before = content[line_start:position].decode("utf-8", "replace")
    shown = line.rstrip(b"\r").decode("utf-8", "replace")
    return Place(name, content.count(b"\n", 0, position) + 1, len(before) + 1, shown)
