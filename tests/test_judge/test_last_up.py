"""The last node that is up takes the cluster with it, also while another goes down to boot again (S31)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from teiden.judge.invariants.invariant import LATENCY_S
from tests.told_well import CALM

OUT = ("0 room mains.lost ups1", "931 control1 outage.confirmed ups1")
ENDS = "1490 room ups.low_battery ups1"
STOP = "1500 control1 command.sent ssccluster command=stop"


def broken(tell: Any, *lines: str) -> bool:
    return "S31" in tell(CALM).plus(*OUT, *lines, STOP).broken


def test_S31_who_goes_down_may_boot_again_and_is_waited_for_as_the_battery_lasts(tell: Any) -> None:
    goes = "1480 room server.shutting_down control2"
    assert broken(tell, goes)
    assert not broken(tell, goes, ENDS)
    assert broken(tell, goes, ENDS.replace("ups1", "ups2")), "not the one that stops"
    assert broken(tell, ENDS), "it is up, and carries the cluster on"


def test_S31_h1_and_no_longer_than_it_may_take_for_that(tell: Any) -> None:
    """One that hangs does not boot again by itself."""
    limit_s = tell(CALM).site.servers["control2"].shutdown_limit_s - LATENCY_S
    assert broken(tell, f"{1500 - limit_s} room server.shutting_down control2")
    assert not broken(tell, f"{1499.9 - limit_s} room server.shutting_down control2")


def test_S31_where_all_are_on_their_way_down_each_must_be_concerned(tell: Any) -> None:
    both = ("1480 room server.shutting_down control2", "1481 room server.shutting_down control1")
    assert broken(tell, *both)
    assert not broken(tell, *both, ENDS), "nor is another waited for here, when its battery ends"
    alone = ("10 room server.halted control2", "1481 room server.shutting_down control1")
    assert not broken(tell, *alone), "the only one that runs is"


@pytest.mark.parametrize("how", ["until_mains", "delayed"])
@pytest.mark.parametrize("state", ["halted", "crashed", "shutting_down", "booting", "up"])
def test_S31_l3_as_the_last_node_goes_it_tells_a_ups_that_boots_another_when_it_comes_back(
    tell: Any, state: str, how: str
) -> None:
    """Nobody is left to wake whoever is down on it with its power on (seed 23232)."""
    told = f"1500 control1 command.sent ups2 command=off how={how}"
    goes = tell(CALM).plus(*OUT, f"1480 room server.{state} control2", told)
    boots = how == "until_mains" and state not in ("booting", "up")
    assert ("S31" in goes.broken) is not boots
    assert "S31" in tell(CALM).plus(*OUT, told.replace("ups2", "ups5")).broken, "the power of others stays"


def test_S31_l3_r2_08_who_is_wanted_up_boots_again_by_his_own_ups_when_somebody_else_stops_all(
    tell: Any,
) -> None:
    """Whatever outage of others there is: halted with his power on he would not come back (seed 16951)."""
    others = ("0 room mains.lost ups5", "60 control1 outage.confirmed ups5")
    word = "1400 control1 request.accepted reference wish=power_on id=r1 of=control1"
    goes = [f"1480 room server.shutting_down {node}" for node in ("control1", "control2")]
    told = "1500 control1 command.sent ups1 command=off how=until_mains"
    tale = tell(CALM).plus(*others, word, *goes)
    assert "S31" not in tale.plus(told).broken
    assert "S31" in tale.plus(told, "1481 room server.up control2").broken, "it is not everybody who goes"
    assert "S31" in tale.without(word).plus(told).broken, "nobody wants him up"
    assert "S31" in tale.plus(told.replace("until_mains", "graceful")).broken, "it would not come back"
    assert "S31" in tale.plus(told.replace("ups1", "ups6")).broken, "nor is it his"
