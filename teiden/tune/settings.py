"""Which values of a site may be proposed, how far down each may go, and which ones the user keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from sequencer.site import Site
from teiden.plan.arithmetic import KeyPath
from teiden.rules.remedies import FIELDS, SINGLE

Setting = float | str | bool

LEFT_ALONE = {
    ("servers", "shutdown", "limit"),
    ("linkage", "flush_order"),
    ("switches", "upses"),
    ("schedules", "servers"),
    ("schedules", "off"),
}
"""What a system takes to stop and whether arrays may be flushed at once are facts, cabling is cabling, and
when people go home is theirs to say. Everything else that a rule's remedy can set may be proposed."""

FIRST = ("confirm", "shutdown_delay", "power_off_delay", "flush_limit", "shutdown_limit", "on")
"""The order in which values are listed; what is not named here follows, batteries come last."""

DELAYS = ("shutdown_delay", "power_off_delay")
LOWERED = ("confirm", *DELAYS, "flush_limit")
"""Everything else is only raised."""

ROUNDED = (*LOWERED, "shutdown_limit", "runtime")
"""Proposed as whole multiples of 10 s (or 1 s where 10 s leave no room)."""

BATTERY = "runtime"
CLOCK = "on"

SHORTEST_CONFIRM_S = 30.0
"""No confirm time is lowered below the smallest of the document's example (requirements §6.2): sags."""


@dataclass(frozen=True)
class Keep:
    """What the user wants as it is: `runtime`, `ups5`, `ups5.runtime`, `linkage.flush_limit`, `upses.*`."""

    keys: tuple[str, ...] = ()

    def __contains__(self, path: KeyPath) -> bool:
        return any(_fits(key, path) for key in self.keys)

    def unknown(self, site: Site) -> list[str]:
        """Keys that stand for nothing here: a slip of the pen must not unfreeze a value."""
        paths = list(every_path(site))
        return [key for key in self.keys if not any(_fits(key, path) for path in paths)]


@dataclass(frozen=True)
class AllBut:
    """Everything is kept as it is but these."""

    free: frozenset[KeyPath]

    def __contains__(self, path: KeyPath) -> bool:
        return path not in self.free


def kind(path: KeyPath) -> tuple[str, ...]:
    """The path without the device's name: ("upses", "warm_up", "time")."""
    parts = tuple(str(part) for part in path)
    return parts if parts[:1] and parts[0] in SINGLE else (*parts[:1], *parts[2:])


def is_tuned(path: KeyPath) -> bool:
    return kind(path) in FIELDS and kind(path) not in LEFT_ALONE


def key(path: KeyPath) -> str:
    return str(path[-1])


def value_of(site: Site, path: KeyPath) -> Any:
    """What stands there now, as the site file says it; None: not stated."""
    section = getattr(site, str(path[0]))
    thing = section if path[0] in SINGLE else section[path[1]]
    value = getattr(thing, FIELDS[kind(path)])
    return value.value if isinstance(value, Enum) else value


def lowest(site: Site, path: KeyPath, flush_limit_s: float) -> float:
    """How far a value may be lowered; `flush_limit_s` is the product's own (R6-48)."""
    floors = {"confirm": SHORTEST_CONFIRM_S, "flush_limit": flush_limit_s}
    return min(float(value_of(site, path)), floors.get(key(path), 0.0))


def every_path(site: Site) -> Iterator[KeyPath]:
    """Every value of this site that may be proposed, free ones first, devices as the file lists them."""
    for section, *rest in sorted(FIELDS, key=_listed):
        if (section, *rest) in LEFT_ALONE:
            continue
        if section in SINGLE:
            yield (section, *rest)
        else:
            yield from ((section, name, *rest) for name in getattr(site, section))


def in_order(site: Site, paths: Iterable[KeyPath]) -> list[KeyPath]:
    """Free settings first, batteries last, devices as the file lists them."""
    place = {path: n for n, path in enumerate(every_path(site))}
    return sorted(paths, key=lambda path: place[path])


def _listed(known: tuple[str, ...]) -> int:
    if known[-1] == BATTERY:
        return len(FIRST) + 1
    return FIRST.index(known[-1]) if known[-1] in FIRST else len(FIRST)


def _fits(key: str, path: KeyPath) -> bool:
    """The key's parts stand side by side somewhere in the path."""
    parts = key.split(".")
    for start in range(len(path) - len(parts) + 1):
        run = path[start : start + len(parts)]
        if all(fnmatchcase(str(a), b) for a, b in zip(run, parts, strict=True)):
            return True
    return False
