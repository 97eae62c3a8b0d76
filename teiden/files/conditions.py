"""The `if:` of a story: comparisons of its parameters, `back < 30s and 1GiB <= dirty`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from teiden.files.units import Scalar, quantity
from teiden.files.wording import did_you_mean, listed

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_TOKEN = re.compile(r"\s*(<=|>=|==|!=|[<>=!&|]+|[^\s<>=!&|]+)")


class ConditionError(ValueError):
    """What is wrong with a condition, and how many characters into it."""

    def __init__(self, message: str, offset: int, width: int, allowed: str) -> None:
        super().__init__(f"{message}; {allowed}")
        self.message = message
        self.offset = offset
        self.width = width
        self.allowed = allowed


Token = tuple[str, int]
"""A word or a sign, and its offset."""


ALWAYS = "always"
"""A condition without parameters: of an item that was filled in, where it held."""


def words(condition: str) -> list[str]:
    """What may be names in a condition, and the signs between them."""
    return [match[1] for match in _TOKEN.finditer(condition)]


def holds(condition: str, parameters: Mapping[str, Scalar]) -> bool:
    """Whether every comparison of the condition is true of these values. All of them are read."""
    if condition.strip() == ALWAYS:
        return True
    tokens = [(match[1], match.start(1)) for match in _TOKEN.finditer(condition)]
    results = [_comparison(part, end, parameters) for part, end in _joined_by_and(tokens, len(condition))]
    return all(results)


def _joined_by_and(tokens: list[Token], end: int) -> list[tuple[list[Token], int]]:
    parts: list[tuple[list[Token], int]] = []
    part: list[Token] = []
    for token, offset in tokens:
        if token == "and":
            parts.append((part, offset))
            part = []
        elif token in ("or", "not"):
            raise ConditionError(
                f"`{token}` is not known here", offset, len(token), "only `and`; write another `when`"
            )
        else:
            part.append((token, offset))
    return [*parts, (part, end)]


def _comparison(tokens: list[Token], end: int, parameters: Mapping[str, Scalar]) -> bool:
    """`a < b`, or a chain of them: `10s <= back < 30s`."""
    if len(tokens) < 3 or len(tokens) % 2 == 0:
        offset = tokens[0][1] if tokens else max(0, end - 1)
        raise ConditionError(
            "not a comparison", offset, max(1, end - offset), f"e.g. back < 30s; {_known(parameters)}"
        )
    results = []
    for left, (sign, offset), right in zip(tokens[0::2], tokens[1::2], tokens[2::2], strict=False):
        if sign not in _COMPARE:
            raise ConditionError(
                f"`{sign}` does not compare", offset, len(sign), f"one of: {listed(_COMPARE)}"
            )
        results.append(_compared(left, sign, right, parameters))
    return all(results)


def _compared(left: Token, sign: str, right: Token, parameters: Mapping[str, Scalar]) -> bool:
    if left[0] not in parameters and right[0] not in parameters:
        names = did_you_mean(left[0], parameters) + _known(parameters)
        raise ConditionError(f"no parameter is named `{left[0]}`", left[1], len(left[0]), names)
    first, second = (parameters.get(word, word) for word, _ in (left, right))
    one, other = quantity(first), quantity(second)
    if one is None and other is None:
        if sign in ("==", "!="):
            return _COMPARE[sign](_text(first), _text(second))
        message = f"`{left[0]}` and `{right[0]}` have no order"
        raise ConditionError(message, left[1], len(left[0]), "text takes == or !=")
    if one is None or other is None or one[0] != other[0]:
        message = f"{_told(left[0], one)} and {_told(right[0], other)} cannot be compared"
        raise ConditionError(message, right[1], len(right[0]), "give both the same unit, e.g. 30s")
    return _COMPARE[sign](one[1], other[1])


def _known(parameters: Mapping[str, Scalar]) -> str:
    return f"parameters: {listed(parameters)}"


def _told(word: str, read: tuple[str, float] | None) -> str:
    return f"`{word}` ({read[0] if read else 'text'})"


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
