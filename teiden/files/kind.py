"""Tells our files from all other YAML by a key at the margin, without reading YAML."""

from __future__ import annotations

import os
import re

from teiden.files.document import Document
from teiden.files.source import Problem
from teiden.files.wording import quoted

_OURS = re.compile(rb"^(?:\xef\xbb\xbf)?schema:[ \t]*[\"']?teiden/(\w+)", re.MULTILINE)
_LOOKED_AT = 65_536
"""Bytes. A licence before the first key is no reason to pass over a story."""
_USE = {"site": "`teiden check` and `tree` take it", "story": "`teiden run` takes it"}


def kind_of(path: str | os.PathLike[str]) -> str:
    """What follows `teiden/` in the file's `schema:`, as `site` or `story`; nothing for any other file.

    Also where `schema:` is not the first key, or names what does not exist: that is a slip, and whoever
    passes over the file in silence makes it a story that is never played.
    """
    try:
        with open(path, "rb") as file:
            found = _OURS.search(file.read(_LOOKED_AT))
    except OSError:
        return ""
    return found[1].decode() if found else ""


def schema_problem(document: Document, expected: str) -> Problem | None:
    """What is wrong with the document's `schema:`, if anything: then nothing else in it is worth a look."""
    if not isinstance(document.value, dict):
        hint = f"it begins with schema: {expected}"
        return Problem(document.start, "the file holds no keys with values", hint)
    if "schema" not in document.value:
        return Problem(
            document.start, "the key `schema` is missing", f"the file begins with schema: {expected}"
        )
    found = document.value["schema"]
    if found == expected:
        return None
    place = document.place(("schema",))
    kind = str(found).removeprefix("teiden/").partition("/")[0]
    if kind in _USE and kind != expected.split("/")[1]:
        return Problem(place, f"this is a {kind} file, not a {expected.split('/')[1]} file", _USE[kind])
    return Problem(place, f"schema {quoted(found)} is not known", f"this version reads schema: {expected}")
