"""Text of programs and files of a Japanese Windows or Linux machine, whatever encoding it comes in."""

from __future__ import annotations

import codecs

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
ENCODINGS = ("utf-8", "cp932", "euc_jp")
"""Tried in this order. Most EUC-JP is valid Shift_JIS too: of it only the ASCII part can be relied on."""


def text_of(output: bytes | str) -> str:
    """As text, with plain newlines. What cannot be read becomes marks, never an error."""
    return _decoded(output).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(output: bytes | str) -> str:
    if isinstance(output, str):
        return output.removeprefix("\ufeff")
    for mark, encoding in MARKS:
        if output.startswith(mark):
            return output[len(mark) :].decode(encoding, "replace")
    for encoding in ENCODINGS:
        try:
            return output.decode(encoding)
        except UnicodeDecodeError:
            continue
    return output.decode("ascii", "replace")
