"""Holds one value against the kind that the site file wants, with the site file's own words of complaint."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from teiden.files import field_types as kinds
from teiden.language.say import t

KINDS: dict[str, Any] = {
    "name": kinds.Name,
    "label": kinds.Label,
    "host": kinds.Host,
    "address": kinds.Address,
    "mac": kinds.Mac,
    "duration": kinds.Duration,
    "positive": kinds.Positive,
    "percent": kinds.Percent,
    "secret": kinds.Secret,
    "time zone": kinds.TimeZone,
    "count": Annotated[int, Field(ge=1)],
    "port": kinds.Port,
}
NUMBERS = ("count", "port")


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def complaint(kind: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a value of this kind, and what to write; None: nothing."""
    value: str | int = text
    if kind in NUMBERS:
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            return t("{value} is no whole number", value=f"`{text[:40]}`"), t("e.g. {example}", example="1")
        value = int(text)
    try:
        _adapter(kind).validate_python(value)
    except ValidationError as error:
        told = error.errors()[0]
        parts = told.get("ctx", {})
        if "message" in parts:
            return str(parts["message"]), str(parts["hint"])
        return t("{value} is no whole number", value=f"`{text[:40]}`"), str(told["msg"])
    return None
