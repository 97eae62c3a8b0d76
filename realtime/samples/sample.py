"""One look at every UPS, small enough to be handed to another thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from realtime.status import UpsView


class Values(NamedTuple):
    """In the columns of the table; all None: not heard."""

    mains: bool | None
    output_on: bool | None
    on_battery: bool | None
    low_battery: bool | None
    charge_permille: int | None
    """As fine as any card tells."""
    runtime_s: int | None
    load_permille: int | None


NOT_HEARD = Values(None, None, None, None, None, None, None)


class Sample(NamedTuple):
    at: int
    """Seconds since 1970."""
    upses: tuple[tuple[str, Values], ...]


def sample_of(at: int, upses: Sequence[UpsView]) -> Sample:
    return Sample(at, tuple((ups.name, values_of(ups)) for ups in upses))


def values_of(ups: UpsView) -> Values:
    """A reading that is too old to act on is none (S11)."""
    if not ups.fresh:
        return NOT_HEARD
    return Values(
        ups.mains,
        ups.output_on,
        ups.on_battery,
        ups.low_battery,
        _permille(ups.charge_pct),
        None if ups.runtime_s is None else round(ups.runtime_s),
        _permille(ups.load_pct),
    )


def _permille(pct: float | None) -> int | None:
    return None if pct is None else round(10 * pct)
