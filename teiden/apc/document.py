"""A file of sections and keys that another program wrote: kept byte for byte, but for what is set.

Works on bytes. Names and values that concern us are ASCII; everything else (comments, other sections,
Shift_JIS or UTF-8 text, either kind of newline) is carried along and never looked at. The rules are those
of Windows profile files: names in any case, spaces around them, a comment only where `;` begins the line.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace

from teiden.files.source import Place

BOM = codecs.BOM_UTF8
ENCODINGS = ("utf-8", "cp932")
"""How a line is shown to people, tried in this order; what is neither is shown with marks."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with its own newline. `start` and `end` frame the value within `content`."""

    content: bytes
    """Without the newline."""
    newline: bytes
    section: str | None = None
    """Of a header: the section's name in lower case."""
    key: str | None = None
    """Of a setting: its name in lower case."""
    start: int = 0
    end: int = 0

    @property
    def value(self) -> str:
        """The value, without the quotes that may stand around it."""
        text = shown(self.content[self.start : self.end])
        quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
        return text[1:-1] if quoted else text

    @property
    def blank(self) -> bool:
        return not self.content.strip()

    def with_value(self, value: str) -> Line:
        content = self.content[: self.start] + value.encode("ascii") + self.content[self.end :]
        return replace(self, content=content, end=self.start + len(value))


class Document:
    """The lines of a file. `bytes(document)` is the file again."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self.bom = BOM if content.startswith(BOM) else b""
        self.lines = list(_lines(content[len(self.bom) :]))

    def __bytes__(self) -> bytes:
        return self.bom + b"".join(line.content + line.newline for line in self.lines)

    @property
    def text(self) -> str:
        """For people: lines in their own encoding, newlines plain."""
        return "".join(shown(line.content) + "\n" for line in self.lines)

    @property
    def newline(self) -> bytes:
        """What most lines end with; CRLF in a file that has none, for it belongs to Windows."""
        used = [line.newline for line in self.lines if line.newline]
        return max((b"\r\n", b"\n"), key=used.count)

    @property
    def ends_with_newline(self) -> bool:
        return not self.lines or self.lines[-1].newline.endswith(b"\n")

    def headers(self, section: str) -> list[int]:
        """Indices of the lines that begin a section of this name."""
        return [i for i, line in enumerate(self.lines) if line.section == section.lower()]

    def body(self, header: int) -> range:
        """Indices of the lines from a header to the next."""
        following = (i for i in range(header + 1, len(self.lines)) if self.lines[i].section is not None)
        return range(header + 1, next(following, len(self.lines)))

    def find(self, header: int, key: str) -> int | None:
        """Index of the line that sets a key of this section; the first, where there are several."""
        return next((i for i in self.body(header) if self.lines[i].key == key.lower()), None)

    def set(self, header: int, key: str, value: str) -> None:
        """Set a key of a section; a new one goes to the section's end."""
        if (found := self.find(header, key)) is not None:
            self.lines[found] = self.lines[found].with_value(value)
            return
        body = self.body(header)
        last = max((i for i in body if not self.lines[i].blank), default=header)
        self._insert(last + 1, f"{key}={value}".encode("ascii"))

    def add_section(self, name: str) -> int:
        """A new section at the end of the file, behind an empty line."""
        if self.lines and not self.lines[-1].blank:
            self._insert(len(self.lines), b"")
        self._insert(len(self.lines), f"[{name}]".encode("ascii"))
        return len(self.lines) - 1

    def end_with_newline(self) -> None:
        if not self.ends_with_newline:
            cut_short = self.lines[-1].newline  # a CR whose LF is missing
            self.lines[-1] = replace(self.lines[-1], newline=b"\r\n" if cut_short else self.newline)

    def place(self, index: int) -> Place:
        """The value of a setting, or the whole line of anything else."""
        line = self.lines[index]
        if line.key is None:
            text = shown(line.content)
            return Place(self.name, index + 1, 1, text, max(1, len(text)))
        before, value = shown(line.content[: line.start]), shown(line.content[line.start : line.end])
        return Place(self.name, index + 1, len(before) + 1, shown(line.content), max(1, len(value)))

    def _insert(self, index: int, content: bytes) -> None:
        newline = self.newline
        if index == len(self.lines):
            self.end_with_newline()
        self.lines.insert(index, _line(content, newline))


def shown(content: bytes) -> str:
    """Bytes of a line as text, whatever encoding they are in."""
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("ascii", "replace")


def _lines(content: bytes) -> Iterator[Line]:
    """Split at line feeds alone; a carriage return before one, or before the file's end, belongs to it."""
    *whole, last = content.split(b"\n")
    for raw in [line + b"\n" for line in whole] + ([last] if last else []):
        text = raw.removesuffix(b"\n").removesuffix(b"\r")
        yield _line(text, raw[len(text) :])


def _line(content: bytes, newline: bytes) -> Line:
    stripped = content.strip(b" \t")
    if stripped.startswith(b"["):
        name = stripped[1:].partition(b"]")[0].strip(b" \t")
        return Line(content, newline, section=shown(name).lower())
    name, equals, value = content.partition(b"=")
    if not equals or stripped.startswith(b";"):
        return Line(content, newline)
    start = len(name) + 1 + len(value) - len(value.lstrip(b" \t"))
    end = max(start, len(content.rstrip(b" \t")))
    return Line(content, newline, key=shown(name.strip(b" \t")).lower(), start=start, end=end)
