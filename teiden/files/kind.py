"""Tells our files from all other YAML by their first key, without reading YAML."""

from __future__ import annotations

import os
import re

from teiden.files.document import Document
from teiden.files.source import Problem
from teiden.files.wording import quoted

_FIRST_KEY = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:(?:---|%YAML[^\n]*|[ \t]*(?:#[^\n]*)?)\r?\n)*"
    rb"schema:[ \t]*[\"']?teiden/(site|story)/"
)
_USE = {"site": "`teiden check` and `tree` take it", "story": "`teiden run` takes it"}


def kind_of(path: str | os.PathLike[str]) -> str:
    """`site`, `story`, or nothing for any other file: only the comments and the first key are looked at."""
    try:
        with open(path, "rb") as file:
            found = _FIRST_KEY.match(file.read(8192))
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
