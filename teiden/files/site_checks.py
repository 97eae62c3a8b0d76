"""What a site file says about its own names: who exists, who is fed by whom, what is said twice.

These checks read the plain values, not the models, so that they report together with wrong keys and units.
Whether the settings are *safe* is for the rules of `teiden check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from teiden.files.contact_checks import contact_problems
from teiden.files.contact_types import NAMED
from teiden.files.document import Document, Value
from teiden.files.feeding import feeding_problems
from teiden.files.model_checks import job_problems
from teiden.files.schedule_checks import schedule_problems
from teiden.files.source import Path, Problem
from teiden.files.wording import closest, did_you_mean, listed, quoted

_KINDS = {"upses": "a UPS", "arrays": "an array", "servers": "a server", "switches": "a switch"}
_REFERENCES = (
    (("upses", "*", "feed"), ("feeds", "upses")),
    (("ups_defaults", "feed"), ("feeds", "upses")),
    (("arrays", "*", "controllers", "upses", "*"), ("upses",)),
    (("arrays", "*", "enclosures", "upses", "*"), ("upses",)),
    (("servers", "*", "upses", "*"), ("upses",)),
    (("servers", "*", "arrays", "*"), ("arrays",)),
    (("switches", "*", "upses", "*"), ("upses",)),
    (("cluster", "nodes", "*"), ("servers",)),
    (("schedules", "*", "servers", "*"), ("servers",)),
)
"""Where one name refers to another, and to what kinds of things."""


def site_problems(site: Document) -> Iterator[Problem]:
    """Everything that is wrong with the names and numbers of a site."""
    yield from _used_twice(site)
    for pattern, kinds in _REFERENCES:
        for path, name in site.matches(*pattern):
            yield from _unknown(site, path, name, kinds)
    yield from feeding_problems(site)
    yield from _missing_after_defaults(site)
    yield from _said_twice(site, "number", _numbers(site))
    yield from _said_twice(site, "address", _addresses(site))
    yield from _said_twice(site, "MAC address", _macs(site))
    yield from _said_twice(site, "management controller", _controllers(site))
    yield from _cluster(site)
    yield from _groups(site)
    yield from schedule_problems(site)
    yield from _room(site)
    yield from job_problems(site)
    yield from contact_problems(site)


def names_of(site: Document, kind: str) -> list[str]:
    """The names of a kind of things; `feeds` is a list, everything else a mapping."""
    listed_names = site.sequence(kind) if kind == "feeds" else list(site.mapping(kind))
    return [name for name in listed_names if isinstance(name, str)]


def _is_named(site: Document, kind: str, name: str) -> bool:
    """The same without listing them all: a hall has thousands of references."""
    return name in (site.sequence(kind) if kind == "feeds" else site.mapping(kind))


def _unknown(site: Document, path: Path, name: Value, kinds: tuple[str, ...]) -> Iterator[Problem]:
    if not isinstance(name, str) or any(_is_named(site, kind, name) for kind in kinds):
        return
    known = [n for kind in kinds for n in names_of(site, kind)]
    wanted = "feed" if kinds[0] == "feeds" else {"upses": "UPS"}.get(kinds[0], kinds[0][:-1])
    known_text = f"known: {listed(known)}"
    for kind, what in _KINDS.items():
        if name in site.mapping(kind):
            yield Problem(site.place(path), f"{quoted(name)} is {what}, not a {wanted}", known_text)
            return
    yield Problem(
        site.place(path), f"no {wanted} is named {quoted(name)}", did_you_mean(name, known) + known_text
    )


def _used_twice(site: Document) -> Iterator[Problem]:
    """One name for one thing: events and scenarios name devices without their kind."""
    seen: dict[str, Path] = {}
    places: list[tuple[str, Path]] = [(n, ("feeds", i)) for i, n in enumerate(names_of(site, "feeds"))]
    places += [(n, (kind, n)) for kind in _KINDS for n in site.mapping(kind)]
    own_names: tuple[Path, ...] = (("cluster", "name"), ("site",))
    for path in own_names:
        name = site.get(*path)
        places += [(name, path)] if isinstance(name, str) else []
    for name, path in places:
        if name in seen:
            line = site.key_place(seen[name]).line
            hint = f"one name for one thing: {seen[name][0]} has it on line {line}"
            place = site.place(path) if path[0] in ("cluster", "site") else site.key_place(path)
            yield Problem(place, f"the name {quoted(name)} is used twice", hint)
        seen.setdefault(name, path)


def _missing_after_defaults(site: Document) -> Iterator[Problem]:
    needs = {
        "confirm": "give confirm: 30s, here or in ups_defaults (電源異常確認時間)",
        "feed": "it is fed by nothing; give feed: NAME, here or in ups_defaults",
    }
    for name, entry in site.mapping("upses").items():
        if not isinstance(entry, dict):
            continue
        for key, hint in needs.items():
            defaults = site.mapping("ups_defaults")
            if key not in entry and key not in defaults and not closest(key, [*entry, *defaults]):
                more = f"; known feeds: {listed(names_of(site, 'feeds'))}" if key == "feed" else ""
                yield Problem(site.key_place(("upses", name)), f"{name} has no {key}", hint + more)


def _said_twice(site: Document, what: str, said: Iterator[tuple[str, str, Path]]) -> Iterator[Problem]:
    """(owner, value, path) in file order: the same value at two owners."""
    first: dict[str, tuple[str, Path]] = {}
    for owner, value, path in said:
        other, other_path = first.setdefault(value, (owner, path))
        if other != owner:
            hint = f"{other} has it on line {site.place(other_path).line}; each needs its own"
            yield Problem(site.place(path), f"{owner} has the {what} of {other}: {value}", hint)


def _numbers(site: Document) -> Iterator[tuple[str, str, Path]]:
    for path, number in site.matches("upses", "*", "number"):
        yield str(path[1]), str(number), path


def _addresses(site: Document) -> Iterator[tuple[str, str, Path]]:
    patterns = (
        ("upses", "*", "card"),
        ("arrays", "*", "address"),
        ("servers", "*", "address"),
        ("servers", "*", "shutdown", "host"),
        ("cluster", "floating_ip"),
    )
    for pattern in patterns:
        for path, address in site.matches(*pattern):
            if isinstance(address, str) and NAMED not in address:
                yield str(path[1]) if pattern[0] != "cluster" else "the cluster", address.lower(), path


def _macs(site: Document) -> Iterator[tuple[str, str, Path]]:
    for path, mac in site.matches("servers", "*", "mac"):
        if isinstance(mac, str):
            yield str(path[1]), mac.replace("-", ":").lower(), path


def _controllers(site: Document) -> Iterator[tuple[str, str, Path]]:
    """One may know several systems; two servers behind one would be forced off for each other."""
    for path, url in site.matches("servers", "*", "bmc", "url"):
        if isinstance(url, str) and NAMED not in url and "@" not in url:
            system = site.get(*path[:-1], "system")
            yield str(path[1]), f"{url.rstrip('/')}, system {'1' if system is None else system}", path


def _cluster(site: Document) -> Iterator[Problem]:
    nodes = site.sequence("cluster", "nodes")
    control = [
        n for n, s in site.mapping("servers").items() if isinstance(s, dict) and s.get("role") == "control"
    ]
    for i, node in enumerate(nodes):
        place = site.place(("cluster", "nodes", i))
        role = site.get("servers", node, "role") if isinstance(node, str) else None
        if node in nodes[:i]:
            yield Problem(place, f"{quoted(node)} is listed twice", "each node once; the first commands")
        elif role in ("linked", "pool"):
            hint = f"its role is {role}; control servers: {listed(control)}"
            yield Problem(place, f"{quoted(node)} is not a control server", hint)


def _groups(site: Document) -> Iterator[Problem]:
    """Slots hold the right kind of thing, and everything stands in one group only (R6-05)."""
    placed: list[tuple[str, Path]] = []
    for path in _group_paths(site, ("groups",)):
        if not str(path[-1]).strip() or not str(path[-1]).isprintable():
            yield Problem(site.key_place(path), "a group needs a name", "one line of text, in any script")
        for slot, kind in (("power", "upses"), ("devices", "upses"), ("servers", "servers")):
            for i, name in enumerate(site.sequence(*path, slot)):
                member = (*path, slot, i)
                yield from _unknown(site, member, name, (kind,))
                if isinstance(name, str):
                    placed.append((name, member))
    ordered = sorted(placed, key=lambda item: item[0])
    for name, members in groupby(ordered, key=lambda item: item[0]):
        (_, first), *more = members
        for _, path in more:
            hint = (
                f"it is in {quoted(first[-3])} already, on line {site.place(first).line}; one group for each"
            )
            yield Problem(site.place(path), f"{name} is in two groups", hint)


def _group_paths(site: Document, path: Path) -> Iterator[Path]:
    """Every group; the groups below one stand under `groups:` or beside its slots."""
    for name, entry in site.mapping(*path).items():
        if name == "groups" and path != ("groups",):
            yield from _group_paths(site, (*path, name))
        elif isinstance(entry, dict):
            yield (*path, name)
            yield from _group_paths(site, (*path, name))


def _room(site: Document) -> Iterator[Problem]:
    """`model:` speaks of devices that exist."""
    for kind, extra in (("upses", ()), ("arrays", ()), ("servers", ("control", "linked", "pool"))):
        known = [*extra, *names_of(site, kind)]
        for name in site.mapping("model", kind):
            if name not in known:
                wanted = "UPS" if kind == "upses" else kind[:-1]
                hint = f"{did_you_mean(name, known)}known: {listed(known)}"
                yield Problem(
                    site.key_place(("model", kind, name)), f"no {wanted} is named {quoted(name)}", hint
                )
