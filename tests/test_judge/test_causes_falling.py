"""Who is forced since his power may be about to fall: of an OFF that was told the card is silent (S9)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from tests.told_well import CALM

TAKEN = "1 room ups.off_armed ups2 falls_at=3"
"""The room tells which were taken: that of ups5 was not."""
OFF = "500 control1 command.sent ups5 command=off how=graceful falls_in_s=420.0"
SILENT = "490 control1 card.silent ups5"
FORCE = "900 control1 command.sent blade1 command=force"


def test_S9_s11_who_may_be_cut_by_an_off_that_may_have_been_taken_is_forced(tell: Any) -> None:
    """Of ups5 nobody knows whether it counts down; blade1 lives on ups5 alone (seed 1297)."""

    def breaks(stream: Any) -> bool:
        return "blade1" in {breach.subject for breach in stream.result("S9").breaches}

    told = tell(CALM).plus(TAKEN, SILENT, OFF, FORCE)
    assert not breaks(told)
    assert breaks(told.without(OFF)), "nobody has told it"
    assert breaks(told.without(SILENT)), "it is heard, and does not count down"
    assert breaks(told.without(OFF).plus(OFF.replace("control1", "control2"))), "another has told it"
    assert breaks(told.without(OFF).plus(OFF.replace("500 ", "470 "))), "its time is over"
    assert not breaks(told.without(OFF).plus(OFF.replace("500 ", "480 "))), "just so"
    assert breaks(told.without(FORCE).plus(FORCE.replace("force", "shutdown"))), "it is to be heard for that"
    assert breaks(told.without(OFF).plus(OFF.replace("ups5", "ups4"))), "it has other power"
