"""When a node waits no longer for another that boots: its battery ends, or says so (S31, P9, P12)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from tests.told_well import CALM


def test_S31_p9_a_node_that_is_told_of_a_low_battery_waits_for_no_other_that_boots(tell: Any) -> None:
    stop = "20 control1 command.sent ssccluster command=stop"
    boots = tell(CALM).plus("1 room server.booting control2", "0 room mains.lost ups1", stop)
    assert "S31" not in boots.plus('9 control1 outage.confirmed ups1 because="low battery"').broken
    assert "S31" in boots.plus('9 control1 outage.confirmed ups1 because="on battery"').broken
    other = ('9 control1 outage.confirmed ups1 because="on battery"', "0 room mains.lost ups5")
    assert "S31" in boots.plus(*other, '9 control1 outage.confirmed ups5 because="low battery"').broken


def test_S31_p12_a_battery_that_ends_in_its_test_waits_as_little(tell: Any) -> None:
    """A test that is longer than its confirm time is an outage for everybody who asks its card."""
    stop = "950 control1 command.sent ssccluster command=stop"
    tests = (
        "0 room ups.on_battery ups1",
        "931 control1 outage.confirmed ups1",
        "940 room ups.low_battery ups1",
    )
    boots = tell(CALM).plus("900 room server.booting control2", *tests, stop)
    assert "S31" not in boots.broken
    assert "S31" in boots.without("ups.low_battery").broken
    assert "S31" in boots.plus("935 room ups.on_line ups1").broken, "a false word: it lives on its mains"
