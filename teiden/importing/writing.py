"""The draft as a site file that a person reads: a line a device, and above it what is to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from teiden.importing.draft import KINDS, Device, Draft, ToDo, Value
from teiden.importing.missing import FEED
from teiden.language.say import t

TO_DO = "# TO DO: "
WIDE = 110
PLAIN = re.compile(
    r"[A-Za-z][A-Za-z0-9_/.-]*|[0-9]+(ms|s|m|h|d|%)|[0-9]+(\.[0-9]+){3}|(env|file|cred):[A-Za-z0-9_/.-]+"
)
WORDS = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
"""What YAML takes for something else than text."""
NAMED = 6
"""So many devices are named before something that all of them lack; of more the rest is counted."""
LAST = ("shutdown.by", "shutdown.host", "shutdown.limit")
OWN = ("number", "card", "nut", "label")
"""What no UPS shares with others."""
FIRST = ("number", "role", "upses")


def text_of(draft: Draft, sources: Iterable[str]) -> str:
    """The whole file."""
    return "\n".join([*_head(draft, list(sources)), *_sections(draft), ""])


def _head(draft: Draft, sources: list[str]) -> Iterator[str]:
    yield "# yaml-language-server: $schema=schema/site.json"
    yield "#"
    yield from _comment(t("A draft, made by `teiden import` from {files}.", files=", ".join(sources)))
    yield from _comment(
        t("TO DO marks what these files cannot tell: find it out, write it down, delete the mark.")
    )
    yield from _comment(
        t("After every change ask: teiden check, with the name of this file. No secret stands here.")
    )
    yield ""
    yield "schema: teiden/site/1"
    top = draft.top
    yield from _todos(todo for todo in draft.open() if todo.section == "")
    for key in ("site", "product", "time_zone"):
        if key in top.values:
            yield f"{key}: {_value(top.values[key])}"
        elif key == "site":
            yield "site: draft"
    feeds = list(dict.fromkeys(str(d.values["feed"]) for _, d in draft.of("upses") if "feed" in d.values))
    if not feeds:
        yield from _to_do(t("feeds: where mains come from; one name for each independent supply"))
    yield f"feeds: [{', '.join(map(_value, feeds or [FEED]))}]"
    yield from _remarks(top)


def _sections(draft: Draft) -> Iterator[str]:
    for kind in KINDS:
        if kind == "arrays" and (linkage := _below("linkage", draft.top)):
            yield from ("", "linkage:", *(f"  {key}: {_value(value)}" for key, value in linkage.items()))
        yield ""
        yield from _todos(todo for todo in draft.open() if todo.section == kind)
        shared = _shared([device for _, device in draft.of(kind)]) if kind == "upses" else {}
        if shared:
            yield from (f"ups_defaults: {_mapping(shared)}", "")
        if draft.devices[kind]:
            yield f"{kind}:"
        for name, device in draft.of(kind):
            yield from _remarks(device, "  ")
            own = {key: value for key, value in device.values.items() if key not in shared}
            yield f"  {name}: {_mapping(own)}"
        if kind == "servers":
            yield from _cluster(draft)


def _cluster(draft: Draft) -> Iterator[str]:
    yield ""
    yield from _todos(todo for todo in draft.open() if todo.section == "cluster")
    known = _below("cluster", draft.top)
    if known:
        yield from ("cluster:", *(f"  {key}: {_value(value)}" for key, value in known.items()))


def _shared(devices: list[Device]) -> dict[str, Value]:
    """What all UPSes say alike, which a site file says once; of `snmp` all of it or nothing."""
    if len(devices) < 2:
        return {}

    def part(device: Device, outer: str) -> dict[str, Value]:
        return {key: value for key, value in device.values.items() if key.partition(".")[0] == outer}

    outers = dict.fromkeys(key.partition(".")[0] for key in devices[0].values)
    shared: dict[str, Value] = {}
    for outer in (one for one in outers if one not in OWN):
        first = part(devices[0], outer)
        if all(part(device, outer) == first for device in devices):
            shared |= first
    return shared


def _below(section: str, device: Device) -> dict[str, Value]:
    prefix = f"{section}."
    return {key.removeprefix(prefix): value for key, value in device.values.items() if key.startswith(prefix)}


# What is to do -------------------------------------------------------------------------------------------


def _todos(todos: Iterable[ToDo]) -> Iterator[str]:
    """What several devices lack is said once, with their names."""
    alike: dict[tuple[str, str], list[str]] = {}
    for todo in todos:
        alike.setdefault((todo.key, todo.find), []).append(todo.name)
    for (key, find), names in alike.items():
        whose = [name for name in names if name]
        shown = ", ".join(whose[:NAMED])
        if len(whose) > NAMED:
            shown = t("{names} and {n} more", names=shown, n=len(whose) - NAMED)
        yield from _to_do(": ".join(part for part in (shown, key, find) if part))


def _to_do(text: str) -> Iterator[str]:
    yield from _comment(text, TO_DO, "#   ")


def _remarks(device: Device, indent: str = "") -> Iterator[str]:
    for remark in dict.fromkeys(device.remarks):
        yield from _comment(remark, f"{indent}# ", f"{indent}# ")


def _comment(text: str, first: str = "# ", then: str = "# ") -> Iterator[str]:
    """Lines of a comment; nothing that a file has said can end it."""
    line = first
    for word in _visible(text).split(" "):
        if len(line) + len(word) > WIDE and line.strip("# "):
            yield line.rstrip()
            line = then
        line += f"{word} "
    yield line.rstrip()


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


# Values --------------------------------------------------------------------------------------------------


def _mapping(values: dict[str, Value]) -> str:
    """`{number: 1, snmp: {version: 3}}`: keys with dots become mappings in each other."""
    order = sorted(values, key=lambda key: (FIRST.index(key) if key in FIRST else len(FIRST), key in LAST))
    parts: dict[str, list[str] | str] = {}
    for key in order:
        outer, dot, inner = key.partition(".")
        if not dot:
            parts[outer] = f"{outer}: {_value(values[key])}"
            continue
        inside = parts.setdefault(outer, [])
        assert isinstance(inside, list), key
        inside.append(f"{inner}: {_value(values[key])}")
    told = (
        f"{key}: {{{', '.join(part)}}}" if isinstance(part, list) else part for key, part in parts.items()
    )
    return f"{{{', '.join(told)}}}"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
