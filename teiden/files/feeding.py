"""Checks that power reaches everything: no circle, nothing fed by nothing, enough supplies."""

from __future__ import annotations

from collections.abc import Iterator

from teiden.files.document import Document
from teiden.files.source import Path, Problem
from teiden.files.wording import listed, quoted

_FED = (
    ("servers", "*", "upses"),
    ("switches", "*", "upses"),
    ("arrays", "*", "controllers", "upses"),
    ("arrays", "*", "enclosures", "upses"),
)


def feeding_problems(site: Document) -> Iterator[Problem]:
    yield from _cascades(site)
    for pattern in _FED:
        for path, upses in site.matches(*pattern):
            if isinstance(upses, list):
                yield from _fed(site, path, upses)
    yield from _too_few(site)


def _cascades(site: Document) -> Iterator[Problem]:
    """A UPS may not feed itself, however long the circle; nor, for now, another UPS."""
    feed_of = {name: _feed(site, name) for name in site.mapping("upses")}
    told: set[str] = set()
    for name, feed in feed_of.items():
        if feed not in feed_of:
            continue
        circle = _circle_from(name, feed_of)
        if not circle:
            hint = f"give {name} one of the feeds: {listed(_feeds(site))}"
            place = site.place(_feed_path(site, name))
            yield Problem(
                place, f"{name} is fed by {feed}; a UPS fed by another UPS is not supported yet", hint
            )
        elif circle[0] not in told:
            told.add(circle[0])
            drawn = " -> ".join([*circle, circle[0]])
            place = site.place(_feed_path(site, circle[0]))
            yield Problem(
                place, f"cyclic power: {drawn}", f"one of them needs a feed: {listed(_feeds(site))}"
            )


def _circle_from(name: str, feed_of: dict[str, str]) -> list[str]:
    """The circle that following the feeds from here ends in, from its first UPS in file order; or nothing."""
    way: list[str] = []
    while name in feed_of and name not in way:
        way.append(name)
        name = feed_of[name]
    if name not in way:
        return []
    circle = way[way.index(name) :]
    first = next(n for n in feed_of if n in circle)
    start = circle.index(first)
    return circle[start:] + circle[:start]


def _feed_path(site: Document, ups: str) -> Path:
    return ("upses", ups, "feed") if ("upses", ups, "feed") in site else ("ups_defaults", "feed")


def _feed(site: Document, ups: str) -> str:
    feed = site.get(*_feed_path(site, ups))
    return feed if isinstance(feed, str) else ""


def _feeds(site: Document) -> list[str]:
    return [feed for feed in site.sequence("feeds") if isinstance(feed, str)]


def _fed(site: Document, path: Path, upses: list[object]) -> Iterator[Problem]:
    owner = f"{path[1]}" if path[0] != "arrays" else f"{path[1]} ({path[2]})"
    if not upses:
        known = list(site.mapping("upses"))
        yield Problem(
            site.key_place(path), f"{owner} is fed by nothing", f"name its UPS; known: {listed(known)}"
        )
    for i, name in enumerate(upses):
        if name in upses[:i]:
            hint = "a UPS gives each device one supply; name each once"
            yield Problem(site.place((*path, i)), f"{owner} names {quoted(name)} twice", hint)


def _too_few(site: Document) -> Iterator[Problem]:
    """Devices that need more supplies than they have UPSes; one problem for all that follow one default."""
    short: dict[Path, list[tuple[str, int]]] = {}
    for kind in ("servers", "switches"):
        for name in site.mapping(kind):
            path: Path = (kind, name, "minimum_supplies")
            if path not in site and kind == "servers":
                path = ("server_defaults", "minimum_supplies")
            needs, has = site.get(*path), len(site.sequence(kind, name, "upses"))
            if isinstance(needs, int) and 0 < has < needs:
                short.setdefault(path, []).append((name, has))
    for path, devices in short.items():
        fewest = min(has for _, has in devices)
        names = listed(name for name, _ in devices)
        verb = "has" if len(devices) == 1 else "have"
        message = f"minimum_supplies is {site.get(*path)}, but {names} {verb} {fewest}"
        yield Problem(site.place(path), message, f"at most {fewest}, or name more UPSes")
