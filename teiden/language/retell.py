"""Says an English text in the language of this run that was told elsewhere: in a stream, about a file.

The stream is the same whatever anybody reads it in, and readers of files word a problem where they find
it. So such a text is matched against their own templates, which stand in `teiden/language/ja/sequencer.py`,
`alarms.py` and `files.py`; a test finds those of the sequencer that are missing there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from string import Formatter

from teiden.language.say import language

NUMBERS = frozenset(("n", "all", "limit", "need", "planned"))
JOINTS = ("; ", ", ", " and ")
"""Between texts that were put side by side."""
SUMMARY = (
    "{n} of {all} expectation",
    "{n} of {all} expectations",
    "{n} of {all} invariants",
    "{words_summary} ({rules} broken, as declared)",
)
"""The judge's words at the end of a stream."""


def retold(text: str) -> str:
    """A text of the event stream; what nobody knows stays as it is."""
    return _stream().told(text) if language() == "ja" else text


def retold_problem(text: str) -> str:
    """What a reader of files found wrong, or what it allows."""
    return _files().told(text) if language() == "ja" else text


class Retelling:
    """Texts by their English, with fields in them or without."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        with_fields = sorted((english for english in texts if "{" in english), key=_wording, reverse=True)
        self.patterns = [(_pattern(english), texts[english]) for english in with_fields]
        """The longest wording first: it is the most telling."""
        self.told = lru_cache(maxsize=4096)(self._told)

    def _told(self, text: str) -> str:
        known = self.texts.get(text)
        if known is not None and "{" not in known:
            return known
        for pattern, template in self.patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                return template.format(**{k: self._field(k, v) for k, v in found.groupdict().items()})
        return self._parts(text)

    def _field(self, name: str, value: str) -> str:
        """Names and numbers stay; a field called `words...` holds a text, `word_...` one without commas."""
        if not name.startswith("word"):
            return "、".join(value.split(", "))
        text = self.told(value)
        if text != value:
            return text
        device, _, state = value.rpartition(" ")
        return f"{device} {self.told(state)}".strip()

    def _parts(self, text: str) -> str:
        """Several texts in one: each on its own, if all of them are known."""
        for joint in JOINTS:
            parts = text.split(joint)
            texts = [self.told(part) for part in parts] if len(parts) > 1 else []
            if texts and all(a != b or _is_name(a) for a, b in zip(parts, texts, strict=True)):
                return "、".join(texts)
        return text


@cache
def _stream() -> Retelling:
    from teiden.language.ja import alarms, configuration, excuses, excuses_machines, faults, judge, sequencer

    return Retelling(
        {
            **sequencer.TEXTS,
            **alarms.TEXTS,
            **faults.TEXTS,
            **excuses.TEXTS,
            **excuses_machines.TEXTS,
            **configuration.TOLD,
            **{english: judge.TEXTS[english] for english in SUMMARY},
        }
    )


@cache
def _files() -> Retelling:
    from teiden.language.ja import files

    return Retelling(files.TEXTS)


def _is_name(text: str) -> bool:
    return " " not in text


def _wording(template: str) -> int:
    return sum(len(literal) for literal, *_ in Formatter().parse(template))


def _pattern(template: str) -> re.Pattern[str]:
    parts = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(f"(?P<{name}>{_inside(name)})")
    return re.compile("".join(parts))


def _inside(name: str) -> str:
    """What a field may hold: numbers, texts, or names in a row."""
    if name in NUMBERS:
        return r"[-+.\d]+"
    if name.startswith("words"):
        return ".+?"
    return "[^;,]+?" if name.startswith("word") else "[^;]+?"
