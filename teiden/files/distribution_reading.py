"""Reads a distribution as people write it, `{normal: [80%, 10%], within: [40%, 100%]}`, or refuses it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from teiden.files.amounts import PLAIN, Amount, Scale, amount
from teiden.files.distributions import (
    MOST,
    Choice,
    Distribution,
    Exponential,
    LogNormal,
    Measured,
    Normal,
    Shape,
    Triangular,
    Uniform,
)
from teiden.files.document import Value
from teiden.files.source import Path
from teiden.files.units import UnitError
from teiden.files.wording import listed, quoted
from teiden.files.yaml_marks import scalar
from teiden.language.say import t

ALMOST_NOTHING = 1e-6
"""Of a distribution between its bounds: less is a slip of the pen, and digits get lost there."""
WIDE = 6
"""Standard deviations from end to end that the step of rounding is chosen for."""

EXAMPLES = {
    "uniform": "uniform: [5m, 3h]",
    "normal": "normal: [80%, 10%], within: [40%, 100%]",
    "lognormal": "lognormal: [180s, 300s]",
    "triangular": "triangular: [60s, 120s, 300s]",
    "exponential": "exponential: 20m, within: [1m, 6h]",
    "choice": "choice: {ups1: 1, ups3: 2}",
}


class Mistake(Exception):
    """What is wrong, where, and what is allowed."""

    def __init__(self, path: Path, message: str, hint: str) -> None:
        super().__init__(f"{message}; {hint}")
        self.path = path
        self.message = message
        self.hint = hint


def distribution(form: str, entry: Mapping[str, Value], path: Path) -> Distribution:
    """The distribution that an entry of `vary:` says it has. Raises Mistake."""
    if form == "choice":
        if "within" in entry:
            raise Mistake((*path, "within"), t("`within` does not go with choice"), t("leave it out"))
        return _choice(entry[form], (*path, form))
    return _READ[form](_Numbers(form, entry, path))


class _Numbers:
    """The numbers of one entry, all of one kind."""

    def __init__(self, form: str, entry: Mapping[str, Value], path: Path) -> None:
        self.form = form
        self.path = (*path, form)
        self.entry = entry
        wanted = {"triangular": 3, "exponential": 1}.get(form, 2)
        given = entry[form]
        self.main = amounts(given if wanted > 1 else [given], self.path, wanted, EXAMPLES[form])
        self.bounds: list[Amount] = []
        if "within" in entry:
            within: Path = (*path, "within")
            self.bounds = amounts(entry["within"], within, 2, EXAMPLES["normal"])
            if self.bounds[0].number >= self.bounds[1].number:
                raise Mistake(
                    within, t("within takes the lowest first, then a higher"), "e.g. within: [40%, 100%]"
                )
        one_kind([*self.main, *self.bounds], self.path)

    def floats(self) -> list[float]:
        return [float(a.number) for a in self.main]

    def low_high(self, low: float = -math.inf) -> tuple[float, float]:
        if not self.bounds:
            return low, math.inf
        return float(self.bounds[0].number), float(self.bounds[1].number)

    def wrong(self, message: str) -> Mistake:
        return Mistake(self.path, message, f"e.g. {EXAMPLES[self.form]}")

    def measured(
        self, shape: Shape, spread: float, low: Decimal | None = None, high: Decimal | None = None
    ) -> Measured:
        """The shape with its step; `within` bounds what is rounded, too."""
        amounts_ = [*self.main, *self.bounds]
        if self.bounds:
            low, high = (a.number for a in self.bounds)
            spread = min(spread, float(high - low))
        return Measured(shape, Scale.of(amounts_, Decimal(spread)), low, high)

    def without_within(self) -> None:
        if self.bounds:
            within = (*self.path[:-1], "within")
            raise Mistake(
                within, t("`within` does not go with {what}", what=self.form), t("it has its ends already")
            )

    def enough(self, mass: float) -> None:
        if mass < ALMOST_NOTHING:
            within = (*self.path[:-1], "within")
            message = t("hardly anything of this distribution lies within")
            raise Mistake(within, message, t("wider bounds, or other numbers for {what}", what=self.form))


def amounts(given: Value, path: Path, wanted: int, example: str) -> list[Amount]:
    """So many amounts. Raises Mistake at the one that is none."""
    if not isinstance(given, list) or len(given) != wanted or any(isinstance(v, list | dict) for v in given):
        one = t("one number is wanted here")
        many = t("{n} numbers are wanted here, in brackets", n=wanted)
        raise Mistake(path, one if wanted == 1 else many, f"e.g. {example}")
    found = []
    for i, value in enumerate(given):
        try:
            found.append(amount(value))
        except UnitError as error:
            at = (*path, i) if wanted > 1 else path
            raise Mistake(at, error.message, error.hint) from None
    return found


def one_kind(found: Sequence[Amount], path: Path) -> None:
    kinds = list(dict.fromkeys(a.kind for a in found))
    if len(kinds) > 1:
        message = t("{one} and {other} do not go together", one=kinds[0], other=kinds[1])
        raise Mistake(path, message, t("all numbers of one distribution have the same kind of unit"))


def _uniform(numbers: _Numbers) -> Measured:
    numbers.without_within()
    low, high = numbers.floats()
    if low >= high:
        raise numbers.wrong(t("uniform takes the lowest first, then a higher"))
    return numbers.measured(Uniform(low, high), high - low, *(a.number for a in numbers.main))


def _triangular(numbers: _Numbers) -> Measured:
    numbers.without_within()
    low, mode, high = numbers.floats()
    if not low <= mode <= high or low == high:
        raise numbers.wrong(t("triangular takes the lowest, the most likely and the highest, in this order"))
    ends = numbers.main[0].number, numbers.main[2].number
    return numbers.measured(Triangular(low, mode, high), high - low, *ends)


def _normal(numbers: _Numbers) -> Measured:
    mean, sd = numbers.floats()
    if sd <= 0:
        raise numbers.wrong(t("a standard deviation is more than nothing"))
    shape = Normal(mean, sd, *numbers.low_high())
    numbers.enough(shape.mass())
    return numbers.measured(shape, WIDE * sd)


def _lognormal(numbers: _Numbers) -> Measured:
    median, p95 = numbers.floats()
    if not 0 < median < p95:
        raise numbers.wrong(t("lognormal takes the median and then the 95th percentile, which is higher"))
    shape = LogNormal(median, p95, *numbers.low_high(0.0))
    numbers.enough(shape.mass())
    return numbers.measured(shape, shape.at(MOST) if p95 > 1e6 * median else 2 * p95)


def _exponential(numbers: _Numbers) -> Measured:
    (mean,) = numbers.floats()
    low, high = numbers.low_high(0.0)
    if mean <= 0:
        raise numbers.wrong(t("a mean of lengths is more than nothing"))
    if low < 0:
        raise Mistake(
            (*numbers.path[:-1], "within"), t("exponential is never negative"), "e.g. within: [1m, 6h]"
        )
    shape = Exponential(mean, low, high)
    numbers.enough(shape.mass())
    return numbers.measured(shape, 3 * mean)


_READ: Mapping[str, Callable[[_Numbers], Measured]] = {
    "uniform": _uniform,
    "normal": _normal,
    "lognormal": _lognormal,
    "triangular": _triangular,
    "exponential": _exponential,
}
DISTRIBUTIONS = (*_READ, "choice")
UNBOUNDED = ("normal", "lognormal", "exponential")
"""Without `within` their tails have no end."""


def _choice(given: Value, path: Path) -> Choice:
    if isinstance(given, list) and given:
        for i, value in enumerate(given):
            if value is None or isinstance(value, list | dict):
                raise Mistake((*path, i), t("a value of a choice is text or a number"), "e.g. ups1")
            if any(str(value) == str(other) for other in given[:i]):
                raise Mistake((*path, i), f"{quoted(value)} stands twice", "each value once")
        return Choice.of([(value, Decimal(1)) for value in given])
    if not isinstance(given, dict) or not given:
        message = t("choice takes values with weights, or a list of values")
        raise Mistake(path, message, "e.g. choice: {ups1: 1, ups3: 2}")
    shares = {key: _weight(value, (*path, key)) for key, value in given.items()}
    one_kind(list(shares.values()), path)
    if not any(share.number for share in shares.values()):
        raise Mistake(path, t("all weights are zero"), t("give one of {names} more", names=listed(given)))
    return Choice.of([(scalar(key), share.number) for key, share in shares.items()])


def _weight(value: Value, path: Path) -> Amount:
    try:
        weight = amount(value)
    except UnitError:
        weight = None
    if weight is None or weight.kind not in (PLAIN, "a percentage") or weight.number < 0:
        message = t("{value} is not a weight", value=quoted(value))
        raise Mistake(path, message, t("a number from 0, e.g. 1, or a percentage, e.g. 5%"))
    return weight
