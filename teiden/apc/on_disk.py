"""Reads `config.apc` whole, and puts a changed one in its place at once, or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress

from teiden.apc.document import Document
from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t

MAX_BYTES = 1 << 20


class ChangedMeanwhile(OSError):
    """Somebody else wrote the file between our reading and our writing."""


def load(path: str) -> Document:
    """The file's lines, or InputError."""
    content = _content(path)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(path, t("the file is UTF-16"), t("save it again as Shift_JIS (ANSI) or UTF-8"))
    if b"\0" in content:
        raise _refused(path, t("the file is binary, not text"), t("give the path of config.apc"))
    return Document(content, path)


def save(document: Document, before: bytes) -> None:
    """Replace the file, which must still hold `before`; OSError if it cannot be done."""
    path = os.path.realpath(document.name)
    descriptor, beside = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".config.apc.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(bytes(document))
            file.flush()
            os.fsync(file.fileno())
        with suppress(PermissionError):  # another's file keeps its rights as far as we may give them
            found = os.stat(path)
            os.chmod(beside, stat.S_IMODE(found.st_mode))
            if hasattr(os, "chown"):
                os.chown(beside, found.st_uid, found.st_gid)
        with open(path, "rb") as file:
            if file.read() != before:
                raise ChangedMeanwhile(t("somebody else has changed it meanwhile; look at it again"))
        os.replace(beside, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def _content(path: str) -> bytes:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise _refused(path, t("this is not a regular file"), t("give the path of config.apc"))
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size / MAX_BYTES:.1f}"
            raise _refused(path, t("the file has {size} MiB; config.apc has a few lines", size=size), "")
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        hint = t("the product keeps it in the folder DATA below its own")
        raise _refused(path, t("no such file"), hint) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        hint = t("check the path and its permissions")
        raise _refused(path, t("cannot be read: {reason}", reason=reason), hint) from None


def _refused(path: str, message: str, hint: str) -> InputError:
    return InputError([Problem(Place(path), message, hint)])
