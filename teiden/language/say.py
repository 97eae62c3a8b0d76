"""Says a text in the language of this run: `t("{ups} is off", ups=name)`.

The English template stands where it is used and is the key of the catalogue (`teiden/language/ja/`).
A test finds every template in the sources and fails when one has no Japanese. What stands in a table made at
import time is marked with `later("...")` and said when it is shown, with `said`. What machines read (event
streams, JSON) and what the sequencer tells is English; `retold` says such a text to a reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

LANGUAGES = ("en", "ja")
ELSEWHERE = ("files", "sequencer", "alarms", "faults", "excuses", "excuses_machines")
"""Catalogues of texts that are told elsewhere, in English: `retold` has them, they are no keys of `t`."""

_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """`en` or `ja`: what `t` speaks now."""
    return _language.get()


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Everything said inside is said in this language."""
    assert lang in LANGUAGES, lang
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def t(template: str, /, **fields: object) -> str:
    """The text in the language of this run, `{fields}` filled in; without Japanese it stays English."""
    if _language.get() == "ja":
        template = japanese().get(template, template)
    return template.format(**fields) if fields else template


said = t
"""For a template that `later` has marked; `t` itself is given literals only, so that a test finds them."""


def later(template: str) -> str:
    """Mark a template of a table: it is said when it is shown, in the language of that moment."""
    return template


@cache
def japanese() -> Mapping[str, str]:
    """The whole catalogue: the `TEXTS` of every file in `teiden/language/ja/`; none contradicts another."""
    package = import_module("teiden.language.ja")
    texts: dict[str, str] = {}
    for module in iter_modules(package.__path__):
        if module.name in ELSEWHERE:
            continue
        texts.update(import_module(f"teiden.language.ja.{module.name}").TEXTS)
    return texts
