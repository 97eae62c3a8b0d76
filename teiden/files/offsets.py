"""How far a clock is off, as people write it: `90s` ahead, `-5m` behind."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainValidator

from teiden.files import units
from teiden.files.field_types import text_schema, wrong
from teiden.files.wording import quoted
from teiden.language.say import t

OFFSET = rf"[+-]?{units.DURATION}"


def offset_s(value: Any) -> float:
    """Seconds, negative for what is behind; UnitError as of a duration."""
    text = value
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = str(value)
    if not isinstance(text, str):
        return units.duration_s(value)
    behind = text.startswith("-")
    seconds = units.duration_s(text[1:] if text[:1] in ("+", "-") else text)
    return -seconds if behind else seconds


def _read(value: Any) -> float:
    if isinstance(value, list | dict):
        message = t("one value is expected here, not a list or a mapping")
        raise wrong(message, t("e.g. 90s, or -5m for a clock that is behind"))
    try:
        return offset_s(value)
    except units.UnitError as error:
        raise wrong(error.message, error.hint) from None


def _step(value: Any) -> float:
    seconds = _read(value)
    if seconds == 0:
        raise wrong(t("{value} is no step", value=quoted(value)), t("e.g. 300s forward, -300s back"))
    return seconds


Offset = Annotated[float, PlainValidator(_read), text_schema(OFFSET, "-90s")]
Step = Annotated[float, PlainValidator(_step), text_schema(OFFSET, "-300s")]
