"""Nodes stay up for a UPS that may be on: S18 (ADR 0019, L3)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

BOOTED_S = -200
DARK = f"""
    -600 room run.started reference
    -590 control1 lease.taken reference
    -300 room mains.lost ups2
    -300 room ups.output_off ups2 cause=command
    -300 room card.silent ups2
    -299 room mains.lost ups4
    -299 room mains.lost ups5
    -299 room mains.lost ups6
    -201 room ups.output_off ups1
    {BOOTED_S} room ups.output_on ups1
    {BOOTED_S} room server.booting control1
       0 room mains.lost ups1
       0 room mains.lost ups3
     930 control1 outage.confirmed ups1
     940 control1 alarm.raised ssccluster rule=L3 upses=ups2
    3600 room ups.exhausted ups1
    3600 room ups.output_off ups1 cause=exhausted
"""
"""control1 booted as its power came, in which all of a feed were dark, and has never heard ups2."""


@pytest.fixture
def dark(tell: Any) -> Any:
    return tell(DARK)


def is_blamed(telling: Any) -> bool:
    return bool(telling.result("S18").breaches)


@pytest.mark.parametrize(
    ("broken", "blamed"),
    [
        (f"{BOOTED_S} control1 alarm.raised control1 rule=S30", False),
        (f"{BOOTED_S - 1} control1 alarm.raised control1 rule=S30", True),
        (f"{BOOTED_S} control1 alarm.raised control2 rule=S30", True),
        (f"{BOOTED_S} control1 alarm.raised control1 rule=C9", True),
    ],
)
def test_S18_c5_l3_a_journal_that_is_broken_tells_no_node_what_was_off_before_it_booted(
    dark: Any, broken: str, blamed: bool
) -> None:
    """Else it booted with its power, so that one was off, too (seed 107316)."""
    assert is_blamed(dark)
    assert is_blamed(dark.plus(broken)) is blamed


@pytest.mark.parametrize(("back_s", "blamed"), [(1941.0, False), (1940.0, True)])
def test_S18_l3_an_alarm_that_stands_is_not_raised_anew_for_mains_that_blink(
    dark: Any, back_s: float, blamed: bool
) -> None:
    broken = dark.plus(f"{BOOTED_S} control1 alarm.raised control1 rule=S30")
    blinks = broken.plus(f"{back_s} room mains.restored ups1", "2000 room mains.lost ups1")
    assert is_blamed(blinks) is blamed
