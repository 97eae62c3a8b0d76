"""A hold that two nodes hear of one request, the second when somebody has released it (S27, S35)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("released", "again", "held"), [("r1", "r1", False), ("", "r1", True), ("r1", "r3", True)]
)
def test_S27_s35_the_same_hold_that_the_other_node_hears_after_its_release_counts_as_the_first(
    outage: Any, released: str, again: str, held: bool
) -> None:
    """They do not hear each other; what was let go since it was asked for is held by nobody (seed 146422)."""
    telling = outage.plus(
        "10 control1 hold.set rack2 asked_by=operator",
        "10 control1 request.accepted rack2 wish=hold id=r1 of=rack2",
        "20 control2 hold.set rack2 asked_by=operator",
        f"20 control2 request.accepted rack2 wish=hold id={again} of=rack2",
    )
    if released:
        telling = telling.plus(
            "15 control1 hold.released rack2 asked_by=operator",
            "15 control1 request.accepted rack2 wish=release id=r2 of=rack2",
        )
    assert bool(telling.result("S27").breaches) is held
