"""An event file as blocks of whole lines: never all of it in memory, and nothing in it that is no text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, NoReturn

from teiden.files.source import InputError, Place, Problem

STDIO = "-"
SIZE = 1 << 20
HINT = "an event file is what `teiden run STORY --events FILE.jsonl` writes"


class Block(NamedTuple):
    number: int
    """Of its first line, counted from 1."""
    text: str
    """Whole lines, each with its newline; the last block may be an unfinished line without one."""


def blocks(path: str, size: int = SIZE) -> Iterator[Block]:
    """Read the file, or standard input for "-"; raises `InputError` for what cannot be an event file."""
    name = named(path)
    cutter = _Cutter(name)
    try:
        if path == STDIO:
            yield from cutter.cut(sys.stdin.buffer, size)
        else:
            with open(path, "rb") as file:
                yield from cutter.cut(file, size)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError([Problem(Place(name), f"cannot read: {reason}", HINT)]) from None
    if cutter.blank:
        refuse(name, "is empty")


def named(path: str) -> str:
    """The file as complaints call it."""
    return "<stdin>" if path == STDIO else path


def refuse(name: str, message: str) -> NoReturn:
    raise InputError([Problem(Place(name), message, HINT)])


class _Cutter:
    """Cuts bytes behind the last newline of each block, and knows where in the file it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.blank = True
        """Nothing but white space so far."""
        self._number = 1
        self._offset = 0

    def cut(self, file: BinaryIO, size: int) -> Iterator[Block]:
        parts: list[bytes] = []
        while data := file.read(size):
            head, newline, rest = data.rpartition(b"\n")
            if not newline:
                parts.append(data)
                continue
            yield self._block(b"".join((*parts, head, newline)))
            parts = [rest]
        if last := b"".join(parts):
            yield self._block(last, last=True)

    def _block(self, data: bytes, *, last: bool = False) -> Block:
        block = Block(self._number, self._text(data, last=last))
        self._number += data.count(b"\n")
        self._offset += len(data)
        self.blank = self.blank and not block.text.strip()
        return block

    def _text(self, data: bytes, *, last: bool) -> str:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            if not (last and error.reason == "unexpected end of data"):
                line = self._number + data.count(b"\n", 0, error.start)
                byte = self._offset + error.start
                refuse(self.name, f"is not text: byte {byte} (line {line}) is not UTF-8")
            # Cut in the middle of a character: an unfinished last line like any other.
            text = data.decode("utf-8", errors="replace")
        if "\0" in text:
            refuse(self.name, "is not text: it holds NUL bytes")
        return text if self._offset else text.removeprefix("\ufeff")
