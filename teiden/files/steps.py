"""An axis written short: `{from: 0s, to: 3600s, step: 1s}` is 3601 values."""

from __future__ import annotations

from collections.abc import Mapping

from teiden.files.amounts import Scale, amount
from teiden.files.distribution_reading import Mistake, one_kind
from teiden.files.document import Value
from teiden.files.source import Path
from teiden.files.units import Scalar, UnitError
from teiden.files.variations import MAX_ITEMS
from teiden.files.wording import quoted
from teiden.language.say import t

KEYS = ("from", "to", "step")
EXAMPLE = "e.g. {from: 0s, to: 3600s, step: 1s}"


def stepped(entry: Mapping[str, Value], path: Path) -> tuple[Scalar, ...]:
    """Every value from the first to the last, both included when the steps meet it. Raises Mistake."""
    found = []
    for key in KEYS:
        if key not in entry:
            raise Mistake(path, t("{key} is missing", key=quoted(key)), EXAMPLE)
        try:
            found.append(amount(entry[key]))
        except UnitError as error:
            raise Mistake((*path, key), error.message, error.hint) from None
    one_kind(found, path)
    first, last, step = (a.number for a in found)
    if step <= 0:
        raise Mistake((*path, "step"), t("a step is more than nothing"), EXAMPLE)
    if first > last:
        raise Mistake((*path, "to"), t("`to` lies before `from`"), EXAMPLE)
    count = int((last - first) // step) + 1
    if count > MAX_ITEMS:
        raise Mistake((*path, "step"), f"{count} items", t("at most {n}; a wider step", n=MAX_ITEMS))
    scale = Scale.of(found, last - first)
    return tuple(scale.written(first + n * step) for n in range(count))
