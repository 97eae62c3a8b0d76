"""A reason to wait that begins late makes up for nothing that was waited before (L3)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

RACK2 = ("server.booting rack2", "server.up rack2")
SERVER_S = 10 + 2 * (120 + 10) + 10 + 900
READY_S = 8256.0
"""When the last thing before the servers came up."""

DUE_S = READY_S + SERVER_S
REASONS = {
    "hold": ("{} control1 hold.set rack2",),
    "request": ("{} control1 request.accepted reference wish=power_off id=r1 of=rack2",),
    "schedule": ("{} control1 schedule.fired reference id=n/1/off goal=down servers=rack2",),
    "incident": ("{} control1 incident.opened reference epoch=9 cause=utility",),
    "services": ("{} room service.died control1", "{} room service.died control2"),
    "way down": ("{} room server.shutting_down rack1",),
}


def told(outage: Any, reason: str, at_s: float, *more: str) -> dict[str, str]:
    """Nobody has started rack2, and the run ends soon after that reason."""
    begins = tuple(line.format(at_s) for line in REASONS[reason])
    telling = outage.without(*RACK2, "incident.closed").plus(*begins, *more).until(at_s + 900)
    return {breach.subject: breach.text for breach in telling.result("L3").breaches}


@pytest.mark.parametrize("reason", REASONS)
def test_L3_who_was_left_down_too_long_is_told_of_though_he_waits_for_something_at_last(
    outage: Any, reason: str
) -> None:
    """Somebody held him, or shut another down, hours later, up to the end: that hid his long wait."""
    assert "rack2" not in told(outage, reason, DUE_S)
    late = told(outage, reason, DUE_S + 1)
    assert f"until {DUE_S + 1:g} s" in late["rack2"]


def test_L3_who_waits_for_another_that_goes_down_already_is_not_judged_once_more(outage: Any) -> None:
    goes = f"{DUE_S - 10} room server.shutting_down rack1"
    assert "rack2" not in told(outage, "hold", DUE_S + 20, goes)
