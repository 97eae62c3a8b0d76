"""Amounts that chance is counted in: `5m`, `-30s`, `80%`, `12GiB`, `3`, exact, and how one is written back.

A drawn value is text like any other in the file. It is rounded to a step that people would write, so
coarsely that the last bits of a machine's logarithm cannot show, and reading it gives it again exactly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from teiden.files import units
from teiden.files.units import Scalar, UnitError
from teiden.language.say import t

PLAIN = "a bare number"
EXAMPLES = "90s, 80%, 12GiB, 64MiB/s, 300W, 25C or 3"
STEPS = 100
"""At least so many different values between the lowest and the highest; then as round as can be."""

_PIECE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([^0-9.]*)")
_KIND_OF = {unit: kind for kind, known in units.FACTORS.items() for unit in known} | {"": PLAIN}
_COARSEST = {
    "a duration": Decimal(1),
    "a percentage": Decimal("0.1"),
    "a temperature": Decimal("0.1"),
}
"""Durations to the second and percentages to a tenth, however wide the range is; of other kinds one unit."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, as it was written."""

    kind: str
    """As `units.quantity` calls it: "a duration"."""
    number: Decimal
    """In seconds, bytes, bytes per second, watts, %, degrees Celsius, or nothing."""
    unit: str
    """The smallest unit of the text."""
    whole: bool
    """A bare number without a decimal point."""


def amount(value: Scalar) -> Amount:
    """The amount, also a negative one or one above 100 %: what a key allows is for the key to say."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _no_amount(_plain(value))
    text = str(value)
    negative = text.startswith("-")
    pieces = _PIECE.findall(text.removeprefix("-"))
    if not pieces or "".join(n + u for n, u in pieces) != text.removeprefix("-"):
        raise _no_amount(text)
    for number, unit in pieces:
        if unit not in _KIND_OF:
            meant = units.spelled(unit)
            hint = f"write {number}{meant}" if meant else f"e.g. {EXAMPLES}"
            raise UnitError(f"`{text}`: unknown unit `{unit}`", hint)
    kind = _KIND_OF[pieces[0][1]]
    order = [_factor(kind, unit) for _, unit in pieces if _KIND_OF[unit] == kind]
    if len(order) != len(pieces) or order != sorted(set(order), reverse=True):
        raise _no_amount(text)
    total = sum((Decimal(n) * _factor(kind, u) for n, u in pieces), Decimal(0))
    return Amount(kind, -total if negative else total, pieces[-1][1], text.lstrip("-").isdigit())


def _no_amount(text: str) -> UnitError:
    return UnitError(t("{value} is not a number with a unit", value=f"`{text}`"), f"e.g. {EXAMPLES}")


def _plain(value: object) -> str:
    return "null" if value is None else str(value).lower()


def _factor(kind: str, unit: str) -> Decimal:
    return Decimal(1) if kind == PLAIN else Decimal(str(units.FACTORS[kind][unit]))


@dataclass(frozen=True, slots=True)
class Scale:
    """How the values of one distribution or axis are written: in one unit, to one step."""

    kind: str
    unit: str
    step: Decimal
    """In units of `unit`."""
    whole: bool = False
    """Bare numbers without a decimal point stay so."""

    @classmethod
    def of(cls, amounts: Sequence[Amount], spread: Decimal) -> Scale:
        """In the smallest unit used (durations: s, or ms if all are), with a step that fits the spread."""
        kind = amounts[0].kind
        unit = _unit_of(amounts)
        whole = all(a.whole for a in amounts)
        if whole and kind == PLAIN:
            return cls(kind, unit, Decimal(1), whole=True)
        in_units = spread / _factor(kind, unit)
        finest = Decimal(1).scaleb((in_units / STEPS).adjusted()) if in_units > 0 else Decimal(1)
        coarsest = _COARSEST.get(kind, Decimal(1))
        if unit == "ms":
            coarsest = Decimal(1)
        return cls(kind, unit, min(finest, coarsest))

    def rounded(self, number: float) -> Decimal:
        """The nearest amount that is written without more digits than the step has."""
        steps = Decimal(number) / _factor(self.kind, self.unit) / self.step
        return steps.to_integral_value(ROUND_HALF_EVEN) * self.step * _factor(self.kind, self.unit)

    def written(self, number: Decimal) -> Scalar:
        """`1834s`, `71.5%`, `4.2GiB`; a bare number stays a number."""
        count = number / _factor(self.kind, self.unit)
        text = f"{count.normalize() + 0:f}"
        if self.kind != PLAIN:
            return text + self.unit
        return int(text) if self.whole else float(text)


def _unit_of(amounts: Sequence[Amount]) -> str:
    kind = amounts[0].kind
    smallest = min((a.unit for a in amounts if a.number), key=lambda u: _factor(kind, u), default="")
    if kind == "a duration":
        return "ms" if all(a.unit == "ms" for a in amounts if a.number) and smallest else "s"
    return smallest or amounts[0].unit
