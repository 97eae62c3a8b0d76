"""Whose restart it is that nobody wants any more: an excuse asks whether who tells it had heard that (S9)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from tests.told_well import CALM


def cites(telling: Any) -> list[tuple[str, str]]:
    (breach,) = telling.result("S9").breaches
    return [(e.name, e.by) for e in breach.events[:-1]]


def test_S9_n2_who_has_fired_a_restart_himself_goes_by_that_and_by_no_incident_that_another_closed(
    tell: Any,
) -> None:
    """The other has fired it before, and nobody has told him: his clock is behind (seed 910747)."""
    fired = 'schedule.fired reference id=control/1/off goal=reboot servers="control1, control2"'
    been = [
        f"{at} room server.{what} {node}"
        for node in ("control1", "control2")
        for at, what in ((20, "shutting_down"), (80, "halted"), (81, "booting"), (300, "up"))
    ]
    told = tell(CALM).plus(
        "-90 control1 incident.opened reference cause=ups3 epoch=1",
        "-50 control2 incident.closed reference epoch=1",
        f"0 control2 {fired}",
        "10 control2 command.sent ssccluster command=restart epoch=2",
        *been,
        "400 control1 command.sent ssccluster command=restart epoch=1",
    )
    assert cites(told) == [("incident.closed", "control2")]
    assert cites(told.plus(f"-60 control1 {fired} late_s=-60")) == [("incident.closed", "control2")]
    again = [("schedule.fired", "control2"), ("server.up", "room")]
    assert cites(told.plus(f"310 control1 {fired} late_s=310")) == again
    assert cites(told.plus(f"310 control2 {fired} late_s=310")) == [("incident.closed", "control2")]
    down = fired.replace("=reboot", "=down").replace("control/1", "other/1")
    assert cites(told.plus(f"-40 control1 {down}")) == [("incident.closed", "control2")]
