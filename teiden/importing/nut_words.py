"""The words of NUT's configuration files: quotes, backslashes, comments, each with its place.

What a line says of a secret is never shown: a place shows the line up to the end of its first word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from teiden.files.source import Place
from teiden.importing.draft import Draft
from teiden.importing.text import Text
from teiden.language.say import t

HIDDEN = " ..."


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    col: int
    """Where it begins, from 1."""
    width: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something, and the section that it stands in."""

    text: Text
    number: int
    words: tuple[Word, ...]
    section: str = ""

    @property
    def first(self) -> str:
        return self.words[0].text

    def arg(self, index: int) -> str:
        """The word behind the first, empty where there is none; an `=` is no word of a directive."""
        return self.words[index].text if index < len(self.words) else ""

    @property
    def setting(self) -> tuple[str, str]:
        """Key and value of `key = value`; a flag has the value of none."""
        key = self.first.casefold()
        if len(self.words) > 1 and self.words[1].text == "=" and not self.words[1].quoted:
            return key, " ".join(word.text for word in self.words[2:])
        return key, ""

    def place(self, index: int = 0) -> Place:
        """Of a word. Only what is known to be no secret is shown: the first word, or all up to this one."""
        word = self.words[min(index, len(self.words) - 1)]
        whole = self.text.lines[self.number - 1]
        end = word.col - 1 + word.width
        shown = whole if end >= len(whole.rstrip()) else whole[:end] + HIDDEN
        return self.text.place(self.number, word.col, word.width, shown)


def lines(text: Text, draft: Draft) -> Iterator[Line]:
    """Every line with words; headers change the section and are given too, with their section's name."""
    section = ""
    for number, raw in enumerate(text.lines, 1):
        words, closed = split(raw)
        if not closed:
            place = text.place(number, words[-1].col, 1, raw[: words[-1].col] + HIDDEN)
            draft.wrong(place, t("this quotation mark is never closed"), t("close it on the same line"))
            continue
        if not words:
            continue
        if not words[0].quoted and words[0].text.startswith("["):
            section = raw.partition("[")[2].partition("]")[0].strip()
        yield Line(text, number, tuple(words), section)


def split(raw: str) -> tuple[list[Word], bool]:
    """The words of one line, and whether its last quotation mark is closed. Takes one pass."""
    words: list[Word] = []
    at, end = 0, len(raw)
    while at < end:
        character = raw[at]
        if character.isspace():
            at += 1
        elif character == "#":
            break
        elif character == "=":
            words.append(Word("=", at + 1, 1))
            at += 1
        else:
            word, at, closed = _word(raw, at)
            words.append(word)
            if not closed:
                return words, False
    return words, True


def _word(raw: str, start: int) -> tuple[Word, int, bool]:
    letters: list[str] = []
    at, inside, quoted = start, False, False
    while at < len(raw):
        character = raw[at]
        if character == "\\" and at + 1 < len(raw):
            letters.append(raw[at + 1])
            at += 2
            continue
        if character == '"':
            inside, quoted = not inside, True
        elif not inside and (character.isspace() or character in "=#"):
            break
        else:
            letters.append(character)
        at += 1
    return Word("".join(letters), start + 1, at - start, quoted), at, not inside
