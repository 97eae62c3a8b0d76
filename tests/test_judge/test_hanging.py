"""A force that only ends a stop, and one that begins it (S9, S26)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from teiden.judge.invariants.invariant import LATENCY_S
from tests.told_well import CALM

STOP = "control1 command.sent ssccluster command=stop"
FORCE = "control1 command.sent control1 command=force"


@pytest.mark.parametrize(("state", "broken"), [("up", True), ("shutting_down", False), ("booting", False)])
def test_S9_a_force_of_one_that_runs_is_the_beginning_of_a_stop(
    outage: Any, state: str, broken: bool
) -> None:
    """The mains are back for long, and nobody has told it to go."""
    back = outage.until(20).plus("20 room mains.restored utility", f"21 room server.{state} rack1")
    back = back.plus("15 control1 outage.confirmed ups6", "90 control1 command.sent rack1 command=force")
    assert ("S9" in back.broken) is broken


def test_S9_a_force_in_calm_times_ends_only_what_hangs(tell: Any) -> None:
    calm = tell(CALM)
    force = "500 control1 command.sent rack1 command=force"
    assert "S9" in calm.plus(force).broken
    limit_s = calm.site.servers["rack1"].shutdown_limit_s
    began_s = 500 - limit_s + LATENCY_S
    assert "S9" not in calm.plus(f"{began_s - 0.1} room server.shutting_down rack1", force).broken
    assert "S9" in calm.plus(f"{began_s} room server.shutting_down rack1", force).broken
    assert "S9" not in calm.plus("400 room ups.output_off ups6", force).broken, "it has no power"


def test_S26_the_last_node_that_runs_is_the_cluster(tell: Any) -> None:
    """Forced in the midst of its work, with no stop before."""
    alone = tell(CALM).plus("0 room server.halted control2", f"400 {FORCE}")
    assert "with no stop before" in alone.breach("S26")
    assert "S26" not in tell(CALM).plus(f"400 {FORCE}").broken, "it goes on elsewhere"
    assert "S26" in tell(CALM).plus("0 room ups.output_off ups2", f"400 {FORCE}").broken, "no power there"
    assert "S26" not in alone.plus("390 room ups.off_armed ups1 falls_at=1400").broken, "it goes anyway"
    assert "S26" in alone.plus("390 room ups.off_armed ups2 falls_at=1400").broken
    assert "S26" not in alone.plus("10 room server.shutting_down control1").broken, "it hangs"
    assert "S26" in alone.plus("390 room server.shutting_down control1").broken
    deaf = alone.plus(f"50 {STOP}")
    assert "S26" not in deaf.broken, "its stop had its time"
    assert "S26" in alone.plus(f"150 {STOP}").broken
    assert "S26" not in alone.plus("300 room cluster.stopped ssccluster").broken
    assert "S26" not in alone.plus("400 control1 command.sent rack1 command=force").without(FORCE).broken


def test_S26_a_stop_that_we_asked_for_has_its_limit_from_then_on(outage: Any) -> None:
    """However late it begins; and of one that began in the same moment ours is shown."""
    asked = outage.without("cluster.stopped", STOP, "cluster.stopping").until(890).plus(f"600 {STOP}")
    late = asked.plus("603 room cluster.stopping ssccluster")
    assert late.plus("899 room cluster.forced ssccluster").result("S26").breaches == ()
    assert late.plus("898.9 room cluster.forced ssccluster").result("S26").breaches
    at_once = asked.plus("600 room cluster.stopping ssccluster", "700 room cluster.forced ssccluster")
    (early,) = at_once.result("S26").breaches
    assert early.events[0].name == "command.sent"


def test_S9_an_off_for_good_is_new_and_one_until_the_mains_strands_nobody(outage: Any) -> None:
    back = outage.until(20).plus("15 control1 outage.confirmed ups6", "20 room mains.restored utility")
    for how, broken in (("now", True), ("graceful", True), ("until_mains", False), ("sleep", False)):
        off = f"90 control1 command.sent ups6 command=off how={how}"
        assert bool(back.plus(off).result("S9").breaches) is broken, how


def test_S9_p12_while_it_tests_its_battery_nobody_can_tell_that_from_an_outage(outage: Any) -> None:
    back = outage.until(20).plus("15 control1 outage.confirmed ups6", "20 room mains.restored utility")
    stop = back.plus("90 control1 command.sent rack1 command=shutdown")
    assert stop.result("S9").breaches
    on_line = [f"21 room ups.on_line ups{n}" for n in range(1, 7)]
    tests = stop.plus(*on_line, "22 room ups.on_battery ups6")
    assert tests.result("S9").breaches == ()
    assert tests.plus("30 room ups.on_line ups6").result("S9").breaches


def test_S9_shows_the_word_that_a_boot_has_ended(tell: Any) -> None:
    """So an excuse can ask whether anybody alive has heard it (A10); and the boot, whether he has seen it."""
    word = "0 control1 request.accepted reference wish=cluster_shutdown id=r1"
    been = (
        "1 room server.shutting_down control1",
        "61 room server.halted control1",
        "300 room server.up control1",
    )
    again = tell(CALM).plus(word, *been, "400 control2 command.sent control1 command=shutdown")
    (breach,) = again.result("S9").breaches
    assert [e.name for e in breach.events] == ["request.accepted", "server.up", "command.sent"]
    newer = again.plus("350 control1 request.accepted reference wish=power_on id=r2 of=control1")
    (breach,) = newer.result("S9").breaches
    words = ["request.accepted", "server.up", "request.accepted", "command.sent"]
    assert [e.name for e in breach.events] == words, "each that has taken it back since"


def test_S9_whichever_of_them_a_boot_has_ended_it_for(tell: Any) -> None:
    told = tell(CALM).plus(
        "-9 control1 request.accepted reference wish=power_on id=r0 of=control1",
        "0 control1 request.accepted reference wish=power_off id=r1 of=control2",
        "1 room server.shutting_down control2",
        "61 room server.halted control2",
        "300 room server.up control2",
        f"400 {STOP}",
    )
    (breach,) = told.result("S9").breaches
    assert [e.details.get("id") for e in breach.events] == ["r1", None, None]


@pytest.mark.parametrize(("armed_s", "early"), [(380, False), (401, True), (403, True)])
def test_C12_S26_a_node_whose_power_counted_down_when_its_cluster_began_to_stop_has_no_time_for_that(
    tell: Any, armed_s: float, early: bool
) -> None:
    """Nobody calls an OFF back. But one that is told during the stop is to wait for it."""
    stops = tell(CALM).plus(
        "0 room server.halted control2",
        f"400 {STOP}",
        "401 room cluster.stopping ssccluster",
        f"420 {FORCE}",
    )
    assert ("S26" in stops.plus(f"{armed_s} room ups.off_armed ups1 falls_at=1100").broken) is early
    assert "S26" in stops.plus(f"{armed_s} room ups.off_armed ups2 falls_at=1100").broken, "not his"
    one = stops.site.servers["control1"]
    fed = replace(one, upses=("ups1", "ups4"))
    both = stops.at_site(servers={**stops.site.servers, "control1": fed})
    first = both.plus(f"{armed_s} room ups.off_armed ups1 falls_at=1100")
    assert "S26" in first.broken, "the other carries him"
    assert ("S26" in first.plus("410 room ups.off_armed ups4 falls_at=1100").broken) is early
