"""Nodes that have slept as somebody wanted: whoever boots them again wants them up (R2-08, O1, S9)."""

from __future__ import annotations

import pytest

from sim.story import Booted, Managed, Manager
from tests.safety import well
from tests.worlds import HOUR_S, NODES, out, play


@pytest.mark.parametrize("at_s", [3300.0, 3450.0])
def test_r2_08_nodes_whose_upses_came_back_once_and_that_the_manager_stops_later_are_down_as_wanted(
    at_s: float,
) -> None:
    """While the incident is still open, its OFFs that came back with the mains are of no account any more."""
    booted = [Booted(at_s + 900.0, node) for node in NODES]
    tale = play(out(0, 2340), Managed(at_s, Manager.SHUTDOWN, "ssccluster"), booted, until_s=4 * HOUR_S)
    well(tale)
    tale.before("request.accepted reference", "journal.committed control1 kind=reached")
    assert len(tale.all("command.sent ssccluster command=stop")) == 1, "that of the outage"
