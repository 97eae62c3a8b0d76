"""Every planted bug: at least one for each invariant, so that each is known to be able to fail."""

from __future__ import annotations

from tests.planted import causes, down, minds, nights, up
from tests.planted.plant import Plant

PLANTS: tuple[Plant, ...] = (
    *down.PLANTS,
    *up.PLANTS,
    *causes.PLANTS,
    *nights.PLANTS,
    *minds.PLANTS,
)

BEING_BUILT: frozenset[str] = frozenset()
"""Invariants that may come without a bug of their own for now. Nobody else may."""
