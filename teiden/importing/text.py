"""Reads a file that another program or a spreadsheet wrote: UTF-8, UTF-16 with its mark, or Shift_JIS."""

from __future__ import annotations

import codecs
import os
import re
import stat
from dataclasses import dataclass

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t

MAX_BYTES = 4 * 2**20
"""As of a site file; an inventory of a thousand devices takes about 100 kB."""
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Text:
    """A file's lines, without their ends."""

    file: str
    lines: tuple[str, ...]
    content: bytes = b""

    def place(self, line: int, col: int = 1, width: int = 1, shown: str | None = None) -> Place:
        """`line` and `col` from 1; `shown` in place of a line that must not be shown whole."""
        text = self.lines[line - 1] if shown is None else shown
        return Place(self.file, line, col, text, max(1, width))


def read(path: str) -> Text:
    """The file as text, or InputError."""
    content = _content(path)
    return Text(path, tuple(lines_of(_decoded(path, content))), content)


def lines_of(text: str) -> list[str]:
    """Split at the ends of lines that editors write, and at no other: a form feed belongs to its line."""
    lines = re.split(r"\r\n|\n|\r", text)
    return lines[:-1] if lines[-1] == "" else lines


def _decoded(path: str, content: bytes) -> str:
    if content.startswith(UTF_16):
        encodings = ["utf-16"]
    else:
        if b"\0" in content:
            raise _refused(Place(path), t("the file is binary, not text"), t("give a text file"))
        encodings = ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = t("the file is in none of the encodings that are read")
    raise _refused(Place(path), message, t("save it as UTF-8, or as Shift_JIS"))


def _content(path: str) -> bytes:
    place = Place(path)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise _refused(place, t("this is not a regular file"), t("give a text file"))
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size / 2**20:.1f}"
            hint = t("at most {most} MiB are read", most=MAX_BYTES // 2**20)
            raise _refused(place, t("the file has {size} MiB", size=size), hint)
        with open(path, "rb") as file:
            return file.read(MAX_BYTES)
    except FileNotFoundError:
        raise _refused(place, t("no such file"), t("check the path and its permissions")) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        hint = t("check the path and its permissions")
        raise _refused(place, t("cannot be read: {reason}", reason=reason), hint) from None


def _refused(place: Place, message: str, hint: str) -> InputError:
    return InputError([Problem(place, message, hint)])
