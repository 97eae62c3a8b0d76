"""When a node waits no longer for another that boots: its battery ends, or says so (S31, P9, P12)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM


def test_S31_p9_a_node_that_is_told_of_a_low_battery_waits_for_no_other_that_boots(tell: Any) -> None:
    stop = "20 control1 command.sent ssccluster command=stop"
    boots = tell(CALM).plus("1 room server.booting control2", "0 room mains.lost ups1", stop)
    assert "S31" not in boots.plus('9 control1 outage.confirmed ups1 because="low battery"').broken
    assert "S31" in boots.plus('9 control1 outage.confirmed ups1 because="on battery"').broken
    other = ('9 control1 outage.confirmed ups1 because="on battery"', "0 room mains.lost ups5")
    assert "S31" in boots.plus(*other, '9 control1 outage.confirmed ups5 because="low battery"').broken


RESTART = ("5 room server.shutting_down control1", "5 room server.shutting_down control2")
LOW = '9 control1 outage.confirmed ups1 because="low battery"'
STOP = "20 control1 command.sent ssccluster command=stop"


def test_S31_p9_nor_for_one_that_restarts_as_it_does_itself(tell: Any) -> None:
    """Both were told to restart with their cluster: the other is not up in time for that battery."""
    restart = tell(CALM).plus("0 room mains.lost utility", *RESTART, LOW, STOP)
    assert "S31" not in restart.broken
    assert "S31" in restart.without("shutting_down control2").broken, "the other is up, and carries it on"
    assert "S31" in restart.without("outage.confirmed").plus(LOW.replace("low", "on")).broken
    assert "S31" in restart.without("outage.confirmed").plus(LOW.replace("ups1", "ups5")).broken


def test_S31_p9_an_outage_counts_for_its_own_reason_and_not_for_an_earlier_ones(tell: Any) -> None:
    """Its mains had been back, and the stop reversed, when it lost them again: it is another outage."""
    first = "-60 room mains.lost utility", '-50 control1 outage.confirmed ups1 because="on battery"'
    turned = "-40 room mains.restored utility", "-30 control1 journal.committed reference kind=turned"
    again = "0 room mains.lost utility", *RESTART, LOW, STOP
    assert "S31" not in tell(CALM).plus(*first, *turned, *again).broken
    assert "S31" in tell(CALM).plus(*first, turned[0], *again).broken, "it was never turned round"


def test_S31_p9_so_it_does_when_its_own_mains_alone_had_been_back(tell: Any) -> None:
    """Its outage had been confirmed for its time; back from that it boots, and loses them anew, while the
    other one restarts (seed 211333)."""
    first = "-60 room mains.lost ups1", '-50 control1 outage.confirmed ups1 because="on battery"'
    turned, back = "-30 control2 journal.committed reference kind=turned", "-20 room mains.restored ups1"
    boots, again = ("-10 room server.booting control1", RESTART[1]), "0 room mains.lost ups1"
    low, stop = LOW.replace("control1", "control2"), STOP.replace("control1", "control2")
    story = tell(CALM).plus(*first, turned, back, *boots, again, low, stop)
    assert "S31" not in story.broken
    assert "S31" in story.without("kind=turned").broken, "the same outage yet"
    assert "S31" in story.without("battery").plus(*first[1:], low.replace("low", "on")).broken


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


def test_S31_s18_the_last_node_tells_a_disk_of_its_own_that_has_no_mains_to_go_off(tell: Any) -> None:
    """Its outage is timed yet, and nobody is left to confirm it."""

    def broken(*lines: str, ups: str = "ups3") -> bool:
        out = ("0 room mains.lost ups1", f"500 room mains.lost {ups}", "931 control1 outage.confirmed ups1")
        off = f"940 control1 command.sent {ups} command=off how=delayed"
        return "S31" in tell(CALM).plus(*out, off, *lines).broken

    dark = "10 room ups.output_off ups2 cause=fault"
    assert not broken(dark)
    assert broken(), "another node stays"
    assert broken(dark, "600 room mains.restored ups3")
    assert broken(dark, ups="ups4")


ITSELF = "1899 control1 command.sent control1 command=shutdown", "1899 room server.shutting_down control1"


@pytest.mark.parametrize("itself", [(), ITSELF], ids=["it is up yet", "it has just told itself"])
@pytest.mark.parametrize(("left_s", "broken"), [(700, False), (3000, True)])
def test_S31_s18_so_it_does_also_when_another_goes_by_a_word_whose_ups_is_not_told(
    tell: Any, itself: tuple[str, ...], left_s: float, broken: bool
) -> None:
    """That word was taken back on its way (crowded seed 9401113)."""
    goes = "1890 room server.shutting_down control2"
    off = "1900 control1 command.sent ups3 command=off how=delayed"
    charge = f"1890 room ups.charge ups1 charge_pct=20 runtime_s={left_s}"
    out = ("0 room mains.lost utility", "931 control1 outage.confirmed ups1", charge)
    assert ("S31" in tell(CALM).plus(*out, goes, *itself, off).broken) is broken
