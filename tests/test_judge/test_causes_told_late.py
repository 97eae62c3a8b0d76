"""What a node that has just come up knows reaches the others when it has looked round (S9, S31)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM, PARTED

WANTED = (
    "0 control1 request.accepted reference wish=power_off id=r1 of=rack1",
    "100 control2 request.accepted reference wish=power_on id=r2 of=rack1",
)
STOP = "600 control1 command.sent rack1 command=shutdown"


@pytest.mark.parametrize(
    "out", [(), ("300 room mains.lost ups5", "365 control2 journal.committed ups5 kind=confirmed")]
)
@pytest.mark.parametrize(("up_s", "broken"), [(571, False), (569, True), (601, False)])
def test_S9_S31_what_takes_a_word_back_is_told_within_the_limit_of_a_first_look(
    tell: Any, up_s: int, broken: bool, out: tuple[str, ...]
) -> None:
    """control2 alone was told of it, and comes up so long before control1 acts on that (seed 34265)."""
    telling = tell(CALM).plus(*WANTED, *PARTED, *out, f"{up_s} room server.up control2", STOP)
    assert bool(telling.result("S31" if out else "S9").breaches) is broken


@pytest.mark.parametrize(("at_s", "broken"), [(1041, False), (1069, False), (1071, True)])
def test_S9_a_word_is_known_at_once_and_that_a_boot_has_ended_it_when_that_one_has_looked_round(
    tell: Any, at_s: int, broken: bool
) -> None:
    """A hand boots both. control1 was down when that word was told, and control2 is up a moment sooner; of it
    the one reads in the other's journal, before that says that its own boot ends it (seed 165715)."""
    telling = tell(CALM).plus(
        "-100 room server.shutting_down control1",
        "-40 room server.halted control1",
        "0 control2 request.accepted reference wish=power_off id=r1",
        "10 room server.shutting_down control2",
        "70 room server.halted control2",
        "800 room server.booting control2",
        "801 room server.booting control1",
        "1040 room server.up control2",
        "1040.5 room server.up control1",
        f"{at_s} control1 command.sent control2 command=shutdown",
    )
    assert bool(telling.result("S9").breaches) is broken


def test_S9_that_another_one_comes_up_makes_nobody_forget_what_he_was_told_before(tell: Any) -> None:
    telling = tell(CALM).plus(*WANTED, STOP)
    reboot = ("300 room server.halted control2", "590 room server.up control2")
    assert telling.plus(*reboot).result("S9").breaches


@pytest.mark.parametrize(("by", "cited"), [("control2", "incident.closed"), ("control1", "request.accepted")])
def test_S9_c5_his_own_word_he_knows_and_goes_on_with_an_outage_that_another_has_closed(
    tell: Any, by: str, cited: str
) -> None:
    """His journal has kept nothing since; an excuse asks whether he was told of that end (seed 23094)."""
    telling = tell(CALM).plus(
        "-50 control1 request.accepted reference wish=power_off id=r1 of=blade1",
        "0 room mains.lost ups5",
        "60 control1 outage.confirmed ups5",
        "60 control1 incident.opened reference cause=ups5 epoch=1",
        "200 control1 incident.closed reference",
        f"300 {by} request.accepted reference wish=power_on id=r2 of=blade1",
        "400 control2 command.sent blade1 command=shutdown",
    )
    (breach,) = telling.result("S9").breaches
    assert [(e.name, e.by) for e in breach.events[:-1]] == [(cited, "control1")]
