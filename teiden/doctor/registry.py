"""The list of checks. To add one: write a function that yields what it finds, put `@check` on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from inspect import cleandoc

from teiden.doctor.context import Context
from teiden.doctor.finding import Rows

THEMES = (
    "ups_sight",
    "ups_settings",
    "ups_firmware",
    "ups_rights",
    "server_sight",
    "server_controller",
    "server_ssh",
    "arrays",
    "cluster",
    "node_disk",
    "node_secrets",
    "node_peers",
    "node_system",
    "node_running",
    "node_product",
    "ports",
    "records",
    "wiring_rows",
)
"""Files of checks, in the order in which their rows stand."""


class Kind(Enum):
    """What a check is held against: each device of a kind by its name, or something there is one of."""

    UPS = "ups"
    SERVER = "server"
    ARRAY = "array"
    CLUSTER = "cluster"
    NODE = "node"
    """The machine this runs on."""
    SITE = "site"
    """All of it together."""


Look = Callable[[Context, str], Rows]


@dataclass(frozen=True)
class Check:
    id: str
    kind: Kind
    title: str
    """Short: a column of a table."""
    why: str
    """What happens otherwise, and where the check comes from."""
    look: Look


_checks: dict[str, Check] = {}


def check(id: str, kind: Kind, title: str, *, why: str) -> Callable[[Look], Look]:
    """Register a check. It is called with the context and the name of what it is about."""

    def register(look: Look) -> Look:
        assert id not in _checks, f"two checks are called {id}"
        _checks[id] = Check(id, kind, title, cleandoc(why).replace("\n", " "), look)
        return look

    return register


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check there is, in the order of their rows."""
    modules = [import_module(f"teiden.doctor.{theme}").__name__ for theme in THEMES]
    return tuple(sorted(_checks.values(), key=lambda check: modules.index(check.look.__module__)))
