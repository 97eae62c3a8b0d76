"""Sets values in a site file's text where they stand; comments, order and layout stay as they are."""

from __future__ import annotations

import codecs
import os
import re
from difflib import unified_diff

from sequencer.site import Site
from teiden.files.units import MAX_DURATION_S
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath, number
from teiden.tune.case import Values
from teiden.tune.settings import Setting, key
from teiden.tune.written import Written, read

_COMMENT = re.compile(r"([ \t]+)(?=#)")
_UNITS = {"m": 60, "h": 3600}


class NotEditable(Exception):
    """The value is written in a way that cannot be changed for one device alone."""


def edited(text: str, site: Site, values: Values) -> str:
    """The text with these values set: first what is there, in place; then what is missing is added."""
    wanted = _where(text, site, values)
    missing: Values = {}
    spots: list[tuple[int, int, str]] = []
    root, used = read(text)
    for path, value in wanted.items():
        found = _find(root, path)
        if found is None:
            missing[path] = value
        else:
            spots.append(_replaced(text, found, path, value, used))
    for start, end, new in sorted(spots, reverse=True):
        text = _spliced(text, start, end, new)
    for path, value in missing.items():
        text = _added(text, path, value)
    return text


def diff(before: str, after: str, path: str) -> str:
    """A unified diff that `patch -p0` and `git apply -p0` take. Lines end as they do in the file."""
    lines = unified_diff(_lines(before), _lines(after), path, path)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def mark_of(path: str) -> str:
    """The byte-order mark that the file begins with, or nothing: it is no part of the text, and stays."""
    with open(path, "rb") as file:
        return "\ufeff" if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else ""


def shown(path: str) -> str:
    """As `patch -p0` finds it from here; a file elsewhere by the path it was given."""
    here = os.path.splitdrive(os.path.abspath(path))[0] == os.path.splitdrive(os.getcwd())[0]
    inside = os.path.relpath(path) if here else path
    return (path if inside.startswith(os.pardir) else inside).replace(os.sep, "/")


def as_written(path: KeyPath, value: Setting, old: str = "") -> str:
    """A value as the file's author would write it: minutes stay minutes where they come out even."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) or key(path) == "rank":
        return value if isinstance(value, str) else number(value)
    if key(path).endswith("charge"):
        return f"{number(value)}%"
    assert value <= MAX_DURATION_S, path
    unit = old[-1:] if re.fullmatch(r"[0-9]+[mh]", old) else "s"
    size = _UNITS.get(unit, 1)
    return f"{number(value / size)}{unit}" if value % size == 0 else f"{number(value)}s"


def _where(text: str, site: Site, values: Values) -> Values:
    """What every UPS has from the defaults and all that have it change alike is changed there, once."""
    root, _ = read(text)
    wanted = dict(values)
    for rest in dict.fromkeys(path[2:] for path in values if path[0] == "upses"):
        heirs = [("upses", name, *rest) for name in site.upses if _find(root, ("upses", name, *rest)) is None]
        same = {values.get(path) for path in heirs}
        default: KeyPath = ("ups_defaults", *rest)
        if len(heirs) > 1 and len(same) == 1 and None not in same and _find(root, default) is not None:
            wanted[default] = values[heirs[0]]
            for path in heirs:
                del wanted[path]
    return wanted


def _find(root: Written, path: KeyPath) -> Written | None:
    """The value as written at this path; None if it is not there."""
    found: Written | None = root
    for part in path:
        if found is not None and found.alias:
            raise NotEditable(t("{path}: it stands under an alias (*)", path=".".join(map(str, path))))
        found = found.of(str(part)) if found is not None else None
    return found


def _replaced(
    text: str, found: Written, path: KeyPath, value: Setting, used: frozenset[str]
) -> tuple[int, int, str]:
    if found.anchor in used and not found.alias:
        raise NotEditable(
            t(
                "{path}: other values refer to it (&{anchor}); write them out first",
                path=".".join(map(str, path)),
                anchor=found.anchor,
            )
        )
    anchor = re.compile(r"&\S+\s*").match(text, found.start) if found.anchor else None
    start = anchor.end() if anchor else found.start
    new = as_written(path, value, found.text)
    return start, found.end, f"{found.quote}{new}{found.quote}"


def _spliced(text: str, start: int, end: int, new: str) -> str:
    """The new value in place of the old; a comment behind it stays in its column where there is room."""
    comment = _COMMENT.match(text, end)
    if comment is None:
        return text[:start] + new + text[end:]
    blanks = max(1, len(comment[1]) - (len(new) - (end - start)))
    return text[:start] + new + " " * blanks + text[comment.end() :]


def _added(text: str, path: KeyPath, value: Setting) -> str:
    """A key that is not there yet, as the last one of the deepest mapping that is."""
    holder, _ = read(text)
    depth = 0
    while depth < len(path) - 1 and (inner := holder.of(str(path[depth]))) is not None:
        if inner.alias:
            raise NotEditable(t("{path}: it stands under an alias (*)", path=".".join(map(str, path))))
        if inner.pairs is None:
            break
        holder, depth = inner, depth + 1
    pairs = holder.pairs or []
    quote = pairs[0][0].quote if pairs else ""
    new = f"{quote}{as_written(path, value)}{quote}"
    for part in reversed(path[depth + 1 :]):
        new = f"{{{quote}{part}{quote}: {new}}}"
    new = f"{quote}{path[depth]}{quote}: {new}"
    if holder.flow and pairs:
        return _spliced_in(text, pairs[-1][1].end, f", {new}")
    if holder.flow:
        return _spliced_in(text, holder.start + 1, new)
    line_end = re.compile(r"\r?\n|\Z").search(text, pairs[-1][1].end)
    assert line_end is not None
    ending = "\r\n" if "\r\n" in text else "\n"
    return _spliced_in(text, line_end.start(), ending + " " * pairs[0][0].column + new)


def _spliced_in(text: str, at: int, new: str) -> str:
    return text[:at] + new + text[at:]


def _lines(text: str) -> list[str]:
    """With their ends; only a line feed ends a line for `patch`."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
