"""What a breach itself shows, where an excuse asks for it (S8, S13)."""

from __future__ import annotations

import pytest

from sim.faults.catalogue import named
from sim.faults.fault import Excuse, Reach
from sim.story import FaultChange
from teiden.judge.asked import shows
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, fact, seen

CHANGE = FaultChange(STRUCK_S, named("node_hangs"), "control1")
BOOT = fact(STRUCK_S + 9, "server.booting", "rack1")
WAKE = seen(STRUCK_S + 8, "command.sent", "rack1", command="wake")


@pytest.mark.parametrize(
    ("rule", "by", "lease_s", "deed_by", "its"),
    [
        ("S13", "control1", STRUCK_S, "control2", True),
        ("S13", "control1", STRUCK_S - 1, "control2", False),
        ("S13", "control2", STRUCK_S, "control2", False),
        ("S9", "control1", STRUCK_S, "control2", False),
        ("S9", "control2", STRUCK_S, "control1", True),
    ],
)
def test_s13_it_is_its_deed_or_that_of_who_commands_rightly_when_it_has_taken_the_command_from_him(
    rule: str, by: str, lease_s: float, deed_by: str, its: bool
) -> None:
    lease = seen(lease_s, "lease.taken", "reference", by)
    deed = seen(STRUCK_S + 9, "command.sent", "rack1", deed_by, command="off")
    breach = Breach(rule, deed.t, "rack1", "", (lease, deed))
    assert shows(Excuse(rule, Reach.ALL, "", its=True), CHANGE, breach) is its


@pytest.mark.parametrize(("last", "by_itself"), [(BOOT, True), (WAKE, False)])
def test_s8_nobody_asked_for_what_ends_with_a_boot(last: object, by_itself: bool) -> None:
    told = (WAKE, BOOT) if last is BOOT else (BOOT, WAKE)
    breach = Breach("S8", STRUCK_S + 9, "rack1", "", told)
    assert shows(Excuse("S8", Reach.ALL, "", unasked=True), CHANGE, breach) is by_itself
