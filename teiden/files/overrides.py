"""Lays a story's `with:` over a site: nested keys or dotted ones, `null` takes a key out."""

from __future__ import annotations

from collections.abc import Iterator

from teiden.files.document import Document
from teiden.files.source import Path, Problem
from teiden.files.wording import did_you_mean, listed, quoted

NAMED = ("upses", "arrays", "servers", "switches", "schedules")
"""Parts of a site whose keys are names; a dotted key does not make a new one."""


def lay_over(site: Document, changes: Document, at: Path) -> list[Problem]:
    """Change the site in place; what is changed keeps its place in the file of the changes."""
    return list(_lay(site, (), changes, at))


def _lay(site: Document, target: Path, changes: Document, source: Path) -> Iterator[Problem]:
    for key, value in changes.mapping(*source).items():
        here = (*source, key)
        path = _path(target, key)
        if problem := _no_such_name(site, path, key, changes, here):
            yield problem
        elif value is None:
            if path not in site:
                yield Problem(
                    changes.key_place(here), f"there is no {quoted(key)} to take out", "null takes a key out"
                )
            site.remove(path)
        elif isinstance(value, dict) and isinstance(site.get(*path), dict):
            yield from _lay(site, path, changes, here)
        elif blocked := _not_a_mapping(site, path):
            hint = "a dotted key goes through mappings only"
            yield Problem(changes.key_place(here), f"{quoted('.'.join(map(str, blocked)))} has no keys", hint)
        else:
            site.put(path, value, changes, here)


def _path(target: Path, key: str) -> Path:
    """Dots separate keys, but not in the names of groups."""
    in_groups = target[:1] == ("groups",)
    return (*target, key) if in_groups else (*target, *key.split("."))


def _no_such_name(site: Document, path: Path, key: str, changes: Document, here: Path) -> Problem | None:
    if "." not in key or len(path) < 3 or path[0] not in NAMED or path[:2] in site:
        return None
    known = list(site.mapping(str(path[0])))
    hint = f"{did_you_mean(str(path[1]), known)}known: {listed(known)}"
    return Problem(changes.key_place(here), f"the site has no {path[0]}.{path[1]}", hint)


def _not_a_mapping(site: Document, path: Path) -> Path:
    """The first part on the way that is there and has no keys of its own."""
    for n in range(1, len(path)):
        if path[:n] in site and not isinstance(site[path[:n]], dict):
            return path[:n]
    return ()
