"""What of two site files differs: key by key for the needs, line by line for a person (no secret in it)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from teiden.files import yaml_marks
from teiden.files.document import Document
from teiden.files.hidden import text_without_secrets
from teiden.files.source import InputError, Path

MISSING: Any = object()


def changed_keys(ours: Document, theirs: Document) -> list[Path]:
    """The paths at which they differ, in file order: a list or a plain value counts as one."""
    return list(_changed((), ours.value, theirs.value))


def _changed(path: Path, ours: Any, theirs: Any) -> Iterator[Path]:
    if isinstance(ours, dict) or isinstance(theirs, dict):
        mine = ours if isinstance(ours, dict) else {}
        other = theirs if isinstance(theirs, dict) else {}
        if not (mine or other) or not _mapping_or_missing(ours, theirs):
            yield path
            return
        for key in dict.fromkeys((*mine, *other)):
            if mine.get(key, MISSING) != other.get(key, MISSING):
                yield from _changed((*path, key), mine.get(key, MISSING), other.get(key, MISSING))
    elif ours != theirs:
        yield path


def _mapping_or_missing(*values: Any) -> bool:
    return all(isinstance(value, dict) or value is MISSING for value in values)


def unified(ours: str, theirs: str, name: str, others: str) -> list[str]:
    """A unified diff from `ours` to `theirs`; whatever might be a pass phrase is stars in it (SEC-14)."""
    before, after = (_shown(text).splitlines() for text in (ours, theirs))
    return list(difflib.unified_diff(before, after, name, others, lineterm="", n=2))


def _shown(text: str) -> str:
    try:
        document, *_ = yaml_marks.parse(text, "site")
    except InputError:
        return text_without_secrets(text, None)
    return text_without_secrets(text, document)


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
