"""A status as plain JSON values and back.

Whoever reads may be of another version than the service: what a newer one adds is passed over, what an
older one lacks has its default. What contradicts the tree is a NoStatus, in words.
"""

from __future__ import annotations

from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from realtime.status import Status

DRIFTING = frozenset({"age_s", "for_s", "max_s"})
"""Keys whose values grow by themselves; that they differ is no news."""


class NoStatus(ValueError):
    """Why this is no status."""


def to_json(status: Status) -> dict[str, Any]:
    return asdict(status)


def from_json(told: object) -> Status:
    """Raises NoStatus."""
    status: Status = _value(Status, told, "status")
    return status


def news(told: object) -> object:
    """What of a status is worth telling again when it changes."""
    if isinstance(told, dict):
        return {key: news(value) for key, value in told.items() if key not in DRIFTING}
    if isinstance(told, list | tuple):
        return [news(value) for value in told]
    return told


def _value(kind: Any, told: object, where: str) -> Any:
    if get_origin(kind) is tuple:
        if not isinstance(told, list | tuple):
            raise NoStatus(f"{where} is no list")
        return tuple(_value(get_args(kind)[0], item, f"{where}[{n}]") for n, item in enumerate(told))
    if is_dataclass(kind):
        return _tree(kind, told, where)
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    if told is None and NoneType in kinds:
        return None
    if isinstance(told, bool) == (bool in kinds) and isinstance(told, _plain(kinds)):
        return float(told) if float in kinds and isinstance(told, int) else told
    raise NoStatus(f"{where} is {ascii(told)[:60]}")


def _plain(kinds: tuple[Any, ...]) -> tuple[type, ...]:
    """A whole number will do where any number will."""
    return (*kinds, int) if float in kinds else kinds


def _tree(kind: Any, told: object, where: str) -> Any:
    if not isinstance(told, dict):
        raise NoStatus(f"{where} is no object")
    made = {}
    for name, (of, needed) in _fields(kind).items():
        if name in told:
            made[name] = _value(of, told[name], f"{where}.{name}")
        elif needed:
            raise NoStatus(f"{where} has no {name}")
    return kind(**made)


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Of each field its type, and whether it must be there."""
    hints = get_type_hints(kind)
    return {
        field.name: (hints[field.name], field.default is MISSING and field.default_factory is MISSING)
        for field in fields(kind)
    }
