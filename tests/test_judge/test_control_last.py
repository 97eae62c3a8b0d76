"""The control side goes last: S5, S26."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.told_well import CALM
from tests.waited_for import cut_and_undone, lost, waits_for


def stopped_at_600(outage: Any) -> Any:
    """The control disk's outage counts while the linked disk is still flushed."""
    early = outage.moved("outage.confirmed ups3", 590).moved("command=stop", 600)
    return early.moved("cluster.stopping", 600)


def test_S5_the_cluster_stopped_during_the_flush_is_reported(outage: Any) -> None:
    telling = stopped_at_600(outage)

    assert telling.broken == ["S5"]
    assert telling.breach("S5") == "ssccluster was told to stop at 600 s while linkeddisk was still flushing"


def test_S5_an_array_that_is_still_on_holds_the_control_side(outage: Any) -> None:
    telling = outage.without("646 control1 command.sent ups4", "ups.off_armed ups4", "output_off ups4")
    telling = telling.without("646 room array.off")

    assert telling.broken == ["S5"]
    assert "linkeddisk was still on" in telling.breach("S5")


def test_S5_the_off_of_the_control_disk_counts_like_the_stop(outage: Any) -> None:
    telling = outage.moved("outage.confirmed ups3", 490)
    telling = telling.plus("500 control1 command.sent ups3 command=off how=delayed falls_in_s=180")

    assert telling.broken == ["S5"]
    assert telling.breach("S5").startswith("ups3 was told to go off at 500 s")


def test_S5_the_off_of_one_nodes_ups_is_no_control_stop_while_another_stays(outage: Any) -> None:
    telling = outage.moved("outage.confirmed ups2", 490)

    assert telling.plus("500 control1 command.sent ups2 command=off how=until_mains").broken == []


def test_S5_a_battery_at_its_floor_may_wait_no_longer(outage: Any) -> None:
    early = stopped_at_600(outage)
    # ups3 must keep 300 + 180 = 480 s; 600 s after the loss it has 600 s less than at its start.
    at_floor = early.changed("   0 room ups.charge ups3".strip(), "runtime_s=2700", "runtime_s=1080")
    above = early.changed("   0 room ups.charge ups3".strip(), "runtime_s=2700", "runtime_s=1100")

    assert at_floor.broken == []
    assert above.broken == ["S5"]


def test_S5_a_low_battery_is_the_floor_too(outage: Any) -> None:
    early = stopped_at_600(outage)

    assert early.plus("590 room ups.low_battery ups1").broken == []


def test_S5_a_unit_that_was_turned_round_is_out_of_scope(outage: Any) -> None:
    telling = stopped_at_600(outage)
    own_feeds = {
        name: replace(ups, feed="other") if name in ("ups4", "ups5", "ups6") else ups
        for name, ups in telling.site.upses.items()
    }
    telling = telling.at_site(feeds=("utility", "other"), upses=own_feeds)
    telling = telling.plus("0 room mains.lost other", "590 room mains.restored other")

    assert "S5" not in telling.broken


def test_S5_a_cut_that_was_given_up_aloud_holds_nobody(outage: Any) -> None:
    telling = outage.without("output_off ups4", "646 room array.off")

    assert telling.broken == ["S5"]
    assert telling.plus("720 control1 alarm.raised ups4 rule=X-09").broken == []
    assert telling.plus("640 control1 alarm.raised ups4 rule=S29").broken == ["S5"]  # before it was told


def test_S5_told_once_more_in_vain_it_is_given_up_still(outage: Any) -> None:
    telling = outage.without("output_off ups4", "646 room array.off").plus(
        "720 control1 alarm.raised ups4 rule=X-09"
    )

    assert telling.plus("800 control1 command.sent ups4 command=off how=now falls_in_s=0").broken == []


def test_S5_an_off_told_as_the_stop_begins_is_one_of_it(outage: Any) -> None:
    telling = outage.without("output_off ups4", "646 room array.off").plus(
        "32 control1 command.sent ups4 command=off how=now falls_in_s=0",
        "640 control1 alarm.raised ups4 rule=X-09",
    )

    assert telling.broken == []


def test_S5_where_this_stop_has_told_none_the_last_off_before_it_counts(outage: Any) -> None:
    untold = outage.without("646 control1 command.sent ups4", "ups.off_armed ups4", "output_off ups4")
    before = untold.without("646 room array.off").plus(
        "-300 control1 command.sent ups4 command=off how=now falls_in_s=0",
        "-290 control1 alarm.raised ups4 rule=X-09",
        "-5 control1 command.sent ups4 command=off how=now falls_in_s=0",
    )

    assert before.result("S5").breaches, "that alarm was of another one"
    assert before.plus("720 control1 alarm.raised ups4 rule=X-09").result("S5").ok


def test_S5_of_an_earlier_stop_neither_the_off_nor_its_alarm_counts(outage: Any) -> None:
    telling = outage.without("output_off ups4", "646 room array.off")
    earlier = telling.plus(
        "-300 control1 command.sent ups4 command=off how=now falls_in_s=0",
        "-290 control1 alarm.raised ups4 rule=X-09",
    )

    assert "S5" in earlier.broken


def test_S5_what_a_broken_journal_leaves_on_holds_nobody(outage: Any) -> None:
    untold = outage.without("646 control1 command.sent ups4", "ups.off_armed ups4", "output_off ups4")
    untold = untold.without("646 room array.off")

    assert "S5" in untold.broken
    assert untold.plus("720 control1 alarm.raised ups4 rule=S30").result("S5").ok
    assert untold.plus("720 control1 alarm.raised ups4 rule=S3").result("S5").breaches, "it was never told"
    assert untold.plus("-300 control1 alarm.raised ups4 rule=S30").result("S5").breaches, "of another day"


def test_S5_one_incident_is_reported_once(outage: Any) -> None:
    result = outage.without("output_off ups4", "646 room array.off").result("S5")

    assert len(result.breaches) == 1


def test_S5_u8_a_node_that_goes_until_its_disk_has_fallen_waits_for_nobody(tell: Any) -> None:
    """It has booted since somebody else has told that disk to go off; and comes back by itself."""
    halted = ("800 room server.halted control1", "800 room server.halted control2")
    booted = (*halted, "806 room server.booting control2")
    armed, up = "700 room ups.off_armed ups3 how=graceful falls_at=9999", "907 room server.up control2"
    told = lost(tell(CALM), "ups5").plus(*booted, up, "908 room server.shutting_down control2")

    def waits(*lines: str, how: str = "until_mains") -> bool:
        told_off = "908 control2 command.sent control2 command=shutdown"
        off = f"910 control2 command.sent ups2 command=off how={how}"
        return "S5" in told.plus(*lines, told_off, off).broken

    assert not waits(armed)
    assert waits(), "its disk stays"
    assert waits(armed.replace("700", "907.5")), "it was up by then"
    assert waits(armed, how="graceful"), "nobody brings it back"


def test_S5_o1_an_alarm_before_the_cut_is_taken_is_of_that_cut(tell: Any) -> None:
    """The network is slow: its card takes the OFF when nobody waits for that any more; a hand undoes it."""
    told = cut_and_undone(tell(CALM), 908.5)
    assert waits_for(told.plus("908 control1 alarm.raised ups4 rule=S3")) == ""
    assert waits_for(told.plus("907 control1 alarm.raised ups4 rule=S3")) == "", "in the moment it was told"
    assert waits_for(told.plus("906.9 control1 alarm.raised ups4 rule=S3")) == "linkeddisk was still on"


def test_S26_a_cluster_forced_before_its_limit_is_reported(outage: Any) -> None:
    telling = outage.without("cluster.stopped").plus("1013 room cluster.forced ssccluster")

    assert telling.broken == ["S26"]
    assert (
        telling.breach("S26") == "ssccluster was forced at 1013 s, 110 s after its stop; its limit is 300 s"
    )


def test_S26_a_cluster_forced_at_its_limit_breaks_nothing(outage: Any) -> None:
    slow = outage.without("1023 room cluster.stopped").until(1023)

    assert "S26" not in slow.plus("1203 room cluster.forced ssccluster").broken


def test_S26_a_cluster_forced_without_a_stop_is_reported(outage: Any) -> None:
    assert "with no stop before" in outage.plus("10 room cluster.forced ssccluster").breach("S26")


def test_S26_a_node_forced_while_the_cluster_still_stops_is_reported(outage: Any) -> None:
    assert outage.plus("950 room server.forced control2").result("S26").breaches


def test_S26_a_node_that_hangs_after_the_cluster_has_stopped_has_its_own_limit(outage: Any) -> None:
    telling = outage.without("1083 room server.halted control2").plus("1143 room server.forced control2")

    assert telling.broken == []


def test_S26_a_linked_server_forced_while_the_cluster_stops_is_no_force_of_the_cluster(tell: Any) -> None:
    stops = tell(CALM).plus("900 control1 command.sent ssccluster command=stop")
    stops = stops.plus("901 room cluster.stopping ssccluster")
    assert stops.plus("950 room server.forced control2").result("S26").breaches
    assert stops.plus("950 room server.forced rack1").result("S26").put_to_test == 0, "it runs, but elsewhere"


def test_S5_r2_08_who_went_alone_before_the_last_node_was_shut_down_by_somebody_else_was_no_control_stop(
    tell: Any,
) -> None:
    """It was wanted down, and the other one up (seed 44940)."""
    off = "910 control1 command.sent ups3 command=off how=delayed"
    alone = ("800 control1 command.sent control2 command=shutdown", "801 room server.shutting_down control2")
    telling = lost(tell(CALM), "ups5", "ups1", "ups2").plus(*alone, off)
    assert "S5" in telling.broken, "control1 stays"
    goes = telling.plus("906 room server.shutting_down control1")
    assert "S5" not in goes.broken
    assert "S5" in goes.plus("905 control2 command.sent control1 command=shutdown").broken, "we stop it"


def test_S5_u5_an_off_that_is_only_told_anew_while_all_nodes_go_is_no_other_stop(tell: Any) -> None:
    """The first was judged; who is to be down only since then nobody is left to wait for (seed 116701)."""
    go = tuple(f"905 room server.shutting_down {node}" for node in ("control1", "control2"))
    ours = "904 control1 command.sent control1 command=shutdown"
    first = "906 control1 command.sent ups3 command=off how=until_mains"
    calm = tell(CALM).plus(ours, *go, "930 control1 command.sent ups3 command=off how=until_mains")
    word = "920 control1 request.accepted reference wish=power_off id=r1 of=blade1"
    late = lost(calm, "ups1", "ups2", "ups3").plus(word)

    assert "S5" in late.broken, "it is the first"
    assert "S5" not in late.plus(first).broken
    assert "S5" in late.plus(first.replace("906", "903")).broken, "that was before they went"
    assert "S5" in late.plus(first.replace("ups3", "ups1")).broken, "that was another one's"
    assert "S5" in late.plus(first, "910 room server.booting control2").broken, "who boots stays"


def test_S5_p3_mains_that_were_back_for_good_and_went_within_his_last_look_he_cannot_have_seen(
    outage: Any,
) -> None:
    """A silent card draws that out, and another's mains go meanwhile (seed 187817)."""
    early = stopped_at_600(outage).plus("500 room mains.restored utility")

    def again(s: float) -> Any:
        return early.plus(f"{s:g} room mains.lost utility")

    assert "S5" not in early.broken
    assert "S5" not in again(598.1).broken
    assert "S5" in again(597).broken, "he has looked since"
    assert "S5" in again(598.1).plus("599 control1 ups.on_battery ups4").broken, "he has seen it"
    assert "S5" not in again(598.1).plus("599 control2 ups.on_battery ups4").broken
    assert "S5" in again(598.1).without("500 room").plus("540 room mains.restored utility").broken
