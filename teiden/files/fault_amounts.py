"""How much or how long, of a fault that has an amount: as a story writes it."""

from __future__ import annotations

from collections.abc import Callable

from sim.faults.fault import Unit
from teiden.files.units import Scalar, UnitError, duration_s, percent
from teiden.files.wording import quoted
from teiden.language.say import t


def times(value: Scalar) -> float:
    """`1.5`: a factor. Raises UnitError."""
    try:
        return float(str(value))
    except ValueError:
        raise UnitError(t("{value} is not a number", value=quoted(value)), t("e.g. 1.5")) from None


def count(value: Scalar) -> float:
    """`3`: how many. Raises UnitError."""
    number = times(value)
    if number != int(number):
        raise UnitError(t("{value} is not a whole number", value=quoted(value)), t("e.g. 3"))
    return number


READ_AS: dict[Unit, Callable[[Scalar], float]] = {
    Unit.SECONDS: duration_s,
    Unit.PERCENT: percent,
    Unit.TIMES: times,
    Unit.COUNT: count,
}


def written(unit: Unit, amount: float) -> str:
    """As it could stand in a story."""
    return f"{amount:g}{ {Unit.SECONDS: 's', Unit.PERCENT: '%'}.get(unit, '') }"
