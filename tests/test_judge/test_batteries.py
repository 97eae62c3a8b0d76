"""Batteries that last to their commanded cut: S18, L2 with it."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer import timing

ASLEEP = """
    -600 room run.started reference
    -590 control1 lease.taken reference
    -500 control1 request.accepted reference wish=cluster_shutdown id=r1
    -400 room server.halted control1
    -400 room server.halted control2
       0 room mains.lost utility
"""
"""The control side has been stopped, and then the mains go: nobody is there to tell anything (R10-14)."""


def test_S18_a_battery_that_ends_before_the_off_is_reported(outage: Any) -> None:
    telling = outage.without("452 room ups.output_off ups5").plus(
        "440 room ups.exhausted ups5", "440 room ups.output_off ups5 cause=exhausted"
    )

    assert telling.broken == ["S18"]
    assert telling.breach("S18") == "ups5 was empty at 440 s; its OFF would have come at 452 s"


def test_S18_a_fall_told_before_its_reason_is_reported(outage: Any) -> None:
    telling = outage.without("452 room ups.output_off ups5").plus(
        "440 room ups.output_off ups5 cause=exhausted", "440 room ups.exhausted ups5"
    )

    assert telling.broken == ["S18"]


def test_S18_a_battery_that_was_never_told_to_stop_is_reported(outage: Any) -> None:
    telling = outage.without("646 control1 command.sent ups4", "off_armed ups4", "646 room ups.output_off")
    telling = telling.plus("700 room ups.exhausted ups4", "700 room ups.output_off ups4 cause=exhausted")

    assert telling.broken == ["S18"]
    assert telling.breach("S18") == "ups4 was empty at 700 s; it had not been told to go off"


def test_S18_a_ups_that_ignored_its_off_is_reported_with_that(outage: Any) -> None:
    telling = outage.without("off_armed ups4", "646 room ups.output_off")
    telling = telling.plus("1500 room ups.exhausted ups4", "1500 room ups.output_off ups4 cause=exhausted")

    assert telling.breach("S18") == (
        "ups4 was empty at 1500 s; it had been told to go off at 646 s and had not"
    )


def test_S18_a_battery_that_ends_after_its_output_fell_is_its_own_affair(outage: Any) -> None:
    assert outage.plus("500 room ups.exhausted ups5").broken == []


@pytest.fixture
def redundant(tell: Any) -> Any:
    """X-04: everybody has a second feed but the disk, and ups5 alone is away until it is empty."""
    telling = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
           0 room mains.lost ups5
          62 control1 outage.confirmed ups5
        1200 room ups.exhausted ups5
        1200 room ups.output_off ups5 cause=exhausted
        """
    )
    two = {
        name: replace(server, upses=("ups5", "ups6")) if server.upses == ("ups5",) else server
        for name, server in telling.site.servers.items()
    }
    return telling.at_site(servers=two)


def test_S18_a_battery_whose_end_hurts_nobody_is_nobodys_loss(redundant: Any) -> None:
    assert redundant.broken == []


def test_S18_the_order_in_which_it_is_told_does_not_matter(redundant: Any) -> None:
    other = redundant.without("exhausted ups5", "output_off").plus(
        "1200 room ups.output_off ups5 cause=exhausted", "1200 room ups.exhausted ups5"
    )

    assert other.broken == []


def test_S18_the_second_of_two_feeds_is_somebodys_loss(redundant: Any) -> None:
    both = redundant.plus("9 room mains.lost ups6", "69 control1 outage.confirmed ups6")

    assert both.broken == ["S18"]
    unconfirmed = redundant.plus("1200 room ups.exhausted ups6")
    assert unconfirmed.broken == ["S18"]


def test_S18_x_04_nor_if_that_one_counts_only_when_there_is_no_time_left_for_a_stop(redundant: Any) -> None:
    """The whole confirm time is due to it; until then nothing brought the first one down."""
    both = redundant.plus("9 room mains.lost ups6", "800 control1 outage.confirmed ups6")
    floor_s = timing.last_call_s(both.site, both.site.upses["ups5"])
    holds = "790 room ups.charge ups5 charge_pct=20 runtime_s="
    late = both.plus(f"{holds}{floor_s + 10:g}")
    assert "S18" not in late.broken
    assert "S18" in both.plus(f"{holds}{floor_s + 20:g}").broken, "in time"
    assert "S18" in both.broken, "nobody knows"
    assert late.plus("795 room server.halted blade1", "795 room server.halted blade2").broken == []
    third = late.plus("70 control1 outage.confirmed ups4", "9 room mains.lost ups4")
    assert "S18" in third.broken, "another one, in time"


def test_S18_x_04_who_is_halted_and_hangs_on_it_alone_needs_it_no_more(redundant: Any) -> None:
    """It stays on for the other one, who has a second feed with mains, and so no outage brings it down."""
    alone = redundant.site.servers["blade1"]
    mixed = redundant.at_site(servers={**redundant.site.servers, "blade1": replace(alone, upses=("ups5",))})
    assert mixed.broken[:1] == ["S18"], "it runs"
    halted = mixed.plus("90 room server.halted blade1")
    assert "S18" not in halted.broken
    both = {name: replace(halted.site.servers[name], upses=("ups5",)) for name in ("blade1", "blade2")}
    told = halted.at_site(servers={**halted.site.servers, **both}).plus("91 room server.halted blade2")
    assert "S18" in told.broken, "the outage brings it down"


def test_S18_in_the_sleep_of_the_control_side_nobody_can_switch_it_off(tell: Any) -> None:
    """R10-14: its disk is on already, the nodes' own UPSes would wake them later."""
    asleep = tell(ASLEEP).plus(
        "2700 room ups.exhausted ups3", "2700 room ups.output_off ups3 cause=exhausted"
    )

    assert asleep.broken == []
    awake = asleep.plus("60 room server.up control1", "61 control1 lease.taken reference")
    assert awake.broken == ["S18"]


NIGHT = """
    -600 room run.started reference
    -590 control1 lease.taken reference
    -500 room service.died control2 cause=upgrade
    -400 control1 request.accepted reference wish=server_shutdown id=r1
    -400 room server.halted control1
       0 room mains.lost utility
       0 room ups.charge ups6 charge_pct=100 runtime_s=1200
    1200 room ups.exhausted ups6
    1200 room ups.output_off ups6 cause=exhausted
    1200 room server.crashed rack1 cause=power
"""
"""control2 is up, but its service is not: nobody is there to tell anything."""


def of_its_battery(telling: Any) -> list[str]:
    return [rule for rule in telling.broken if rule in ("S18", "L2")]


def test_L2_with_no_node_up_since_the_mains_were_lost_nobody_could_know(tell: Any) -> None:
    """A schedule has stopped the control side and left the servers running (R10-02)."""
    asleep = tell(ASLEEP).plus(
        "1200 room ups.exhausted ups6",
        "1200 room ups.output_off ups6 cause=exhausted",
        "1200 room server.crashed rack1 cause=power",
    )

    assert asleep.result("L2").breaches == ()
    assert asleep.plus("60 room server.up control1").result("L2").breaches
    assert asleep.moved("halted control2", 10).result("L2").breaches, "it saw them go"


def test_S18_L2_C8_a_node_whose_service_has_died_tells_nobody(tell: Any) -> None:
    night = tell(NIGHT)

    assert of_its_battery(night) == []
    assert of_its_battery(night.without("service.died")) == ["S18", "L2"]
    assert of_its_battery(night.moved("service.died control2", 10)) == ["S18", "L2"], "it saw them go"


@pytest.mark.parametrize("back", ["server.up control1", "service.begun control2"])
def test_S18_L2_who_comes_back_when_the_stop_takes_longer_than_the_battery_is_too_late(
    tell: Any, back: str
) -> None:
    """Its servers' UPS needs 420 s: their delayed OFF."""
    night = tell(NIGHT)

    assert of_its_battery(night.plus(f"1000 room {back}")) == []
    assert of_its_battery(night.plus(f"600 room {back}")) == ["S18", "L2"]


def test_S18_L2_who_went_before_its_outage_could_be_confirmed_could_do_nothing_either(tell: Any) -> None:
    """Nor could who came too late, and is down again when it ends."""
    came = "1000 room server.up control1", "1100 room server.halted control1"
    night = tell(NIGHT).plus("20 room server.up control1", "59 room server.halted control1", *came)

    assert of_its_battery(night) == []
    for confirmed_s in (60, 61):
        assert of_its_battery(night.moved("59 room server.halted", confirmed_s)) == ["S18", "L2"]
    assert of_its_battery(night.without("1100 room")) == []


def test_S18_L2_nor_is_it_too_late_for_one_who_had_been_there_in_time_before(tell: Any) -> None:
    night = tell(NIGHT).plus(
        "60 room server.up control1", "90 room server.halted control1", "1000 room server.up control1"
    )

    assert of_its_battery(night) == ["S18", "L2"]


def test_S18_L2_nor_for_one_who_was_there_when_the_mains_went_however_little_it_held(tell: Any) -> None:
    there = tell(NIGHT).changed("charge ups6", "runtime_s=1200", "runtime_s=100")

    assert of_its_battery(there.plus("0 room service.begun control2")) == ["S18", "L2"]
    low = "-360 room ups.charge ups6 charge_pct=5 runtime_s=100"
    long_ago = tell(NIGHT).plus(low, "-350 room service.begun control2")
    assert of_its_battery(long_ago) == ["S18", "L2"], "it was low when they came, and full again"


@pytest.fixture
def used(outage: Any) -> Any:
    """The linked array is not cut, and its battery ends at 1500 s; it needs 720 s for a stop."""
    telling = outage.without(
        "646 control1 command.sent ups4", "off_armed ups4", "646 room ups.output_off", "array.flushed"
    )
    return telling.without("646 room array.off").plus(
        "0 room ups.charge ups4 charge_pct=100 runtime_s=1500",
        "1500 room ups.exhausted ups4",
        "1500 room ups.output_off ups4 cause=exhausted",
        "1500 room array.lost_data linkeddisk cause=exhausted",
    )


def test_S18_L2_H6_O1_an_array_that_a_hand_has_used_when_its_battery_was_at_its_end_had_no_time_for_a_stop(
    used: Any,
) -> None:
    assert of_its_battery(used) == ["S18", "L2"]
    assert of_its_battery(used.plus("1100 room server.booting rack1")) == []
    assert of_its_battery(used.plus("1500 room server.booting rack1")) == [], "in its last instant"
    unknown = used.without("mains.lost utility", "ups.on_battery ups4").plus("1100 room server.booting rack1")
    assert of_its_battery(unknown) == ["S18", "L2"], "nobody knows when they went"


def test_S18_L2_H6_a_node_that_boots_late_takes_no_time_from_a_control_disk(outage: Any) -> None:
    """That one lives until its nodes are down; they start nobody on it."""
    kept = outage.without(
        "ups.off_armed ups3", "ups.output_off ups3", "1203 room array", "1203 room ups.charge"
    )
    ends = kept.plus(
        "0 room ups.charge ups3 charge_pct=100 runtime_s=1500",
        "1490 room server.booting control1",
        "1500 room ups.exhausted ups3",
        "1500 room ups.output_off ups3 cause=exhausted",
    )

    assert "S18" in ends.broken


@pytest.mark.parametrize(
    "booted",
    [
        "700 room server.booting rack1",
        "1100 room server.booting rackpool",
        "1500.1 room server.booting rack1",
    ],
    ids=["with time for a stop", "who does not use it", "after its end"],
)
def test_S18_L2_no_other_boot_takes_that_time(used: Any, booted: str) -> None:
    assert of_its_battery(used.plus(booted)) == ["S18", "L2"]


def test_S18_H6_the_last_moment_counts_and_when_its_mains_went_has_to_be_known(used: Any) -> None:
    assert of_its_battery(used.plus("1500 room server.booting rack1")) == []
    unknown = used.without("0 room mains.lost", "on_battery ups4").plus("1100 room server.booting rack1")
    assert "S18" in of_its_battery(unknown)


def test_S18_H6_nor_does_a_control_node_take_the_time_of_its_disk(outage: Any) -> None:
    """It has no flush before it, and a node that boots goes down again."""
    ends = outage.without(
        "command.sent ups3 command=off how=delayed", "off_armed ups3", "output_off ups3"
    ).plus(
        "0 room ups.charge ups3 charge_pct=100 runtime_s=1500",
        "1200 room server.booting control1",
        "1300 room server.up control1",
        "1500 room ups.exhausted ups3",
        "1500 room ups.output_off ups3 cause=exhausted",
    )
    assert of_its_battery(ends) == ["S18"]


def test_S18_L2_P4_so_had_one_that_was_used_while_its_mains_were_back_for_less_than_it_needs(
    used: Any,
) -> None:
    """It held no more when they went anew."""
    again = "800 room mains.lost utility", "800 room ups.charge ups4 charge_pct=11 runtime_s=168"
    blinks = used.plus("700 room mains.restored utility", "700 room ups.charge ups4 charge_pct=10", *again)
    assert of_its_battery(blinks) == ["S18", "L2"], "nobody has used it"
    assert of_its_battery(blinks.plus("750 room server.booting rack1")) == []
    assert of_its_battery(blinks.plus("700 room server.booting rack1")) == []
    assert of_its_battery(blinks.plus("699 room server.booting rack1")) == ["S18", "L2"], (
        "with time for a stop"
    )
    full = blinks.without("runtime_s=168").plus("800 room ups.charge ups4 charge_pct=90 runtime_s=1500")
    assert of_its_battery(full.plus("750 room server.booting rack1")) == ["S18", "L2"]
    tested = blinks.plus("760 room ups.on_battery ups4", "750 room server.booting rack1")
    assert of_its_battery(tested) == ["S18", "L2"], "it may have had more before that test"


def test_S18_L2_P3_and_before_its_mains_were_back_for_a_moment(used: Any) -> None:
    """Nobody has anything of mains that bring no charge."""
    blinks = used.plus(
        "1000 room mains.restored utility",
        "1000 room ups.charge ups4 charge_pct=33",
        "1001 room mains.lost utility",
        "1001 room ups.charge ups4 charge_pct=33 runtime_s=500",
    )
    assert of_its_battery(blinks.plus("774 room server.booting rack1")) == []
    assert of_its_battery(blinks.plus("773 room server.booting rack1")) == ["S18", "L2"], (
        "with time for a stop"
    )
    assert of_its_battery(blinks.plus("900 room server.booting rackpool")) == ["S18", "L2"]
    charged = blinks.without("runtime_s=500").plus("1001 room ups.charge ups4 charge_pct=60 runtime_s=900")
    assert of_its_battery(charged.plus("900 room server.booting rack1")) == ["S18", "L2"], (
        "that was another one"
    )
    tested = blinks.plus("950 room ups.on_battery ups4", "900 room server.booting rack1")
    assert of_its_battery(tested) == [], "with no mains there is no test"


def test_S18_L2_H6_P3_or_however_often_they_were_back_if_it_held_no_more_whenever_they_went(
    used: Any,
) -> None:
    blinks = used.plus("1000 room mains.restored utility", "1001 room mains.lost utility")
    twice = blinks.plus("1005 room mains.restored utility", "1006 room mains.lost utility")

    def charged(at_s: int) -> Any:
        return twice.plus(f"{at_s} room ups.charge ups4 charge_pct=60 runtime_s=900")

    low = charged(1001).plus("1006 room ups.charge ups4 charge_pct=33 runtime_s=500")
    for booted_s in (774, 900, 1003):
        booted = f"{booted_s} room server.booting rack1"
        assert of_its_battery(charged(1006).plus(booted)) == ["S18", "L2"]
        assert of_its_battery(low.plus(booted)) == ["S18", "L2"], "it was charged in between"
        assert of_its_battery(twice.plus(booted)) == []
    assert of_its_battery(low.plus("1005 room server.booting rack1")) == [], "and has lost that again"
    assert of_its_battery(twice.plus("773 room server.booting rack1")) == ["S18", "L2"], (
        "with time for a stop"
    )


DARK = """
    -600 room run.started reference
    -590 control1 lease.taken reference
    -300 room mains.lost ups2
    -300 room ups.output_off ups2 cause=command
    -300 room card.silent ups2
       0 room mains.lost ups1
     930 control1 outage.confirmed ups1
     940 control1 alarm.raised ssccluster rule=L3 upses=ups2
    3600 room ups.exhausted ups1
    3600 room ups.output_off ups1 cause=exhausted
    3600 room server.crashed control1 cause=power
"""


def test_S18_L2_l3_nodes_that_stay_up_for_a_ups_that_may_be_on_can_do_nothing(tell: Any) -> None:
    """It has lost its own mains, and others on its feed have theirs: its card may as well be dead (U2)."""
    site = tell(DARK).site
    both = {name: replace(site.servers[name], upses=("ups1", "ups2")) for name in site.cluster.nodes}
    dark = tell(DARK).at_site(servers={**site.servers, **both})
    assert of_its_battery(dark) == []
    assert of_its_battery(dark.without("alarm.raised")) == ["S18", "L2"]
    assert of_its_battery(dark.changed("alarm.raised", "upses=ups2", "upses=ups3")) == ["S18", "L2"]
    assert of_its_battery(dark.changed("alarm.raised", "rule=L3", "rule=L1")) == ["S18", "L2"]
    assert of_its_battery(dark.moved("alarm.raised", -1)) == ["S18", "L2"], "an old story"
    assert of_its_battery(dark.plus("3000 room card.answering ups2")) == ["S18", "L2"]
    assert of_its_battery(dark.plus("3000 room mains.restored ups2")) == ["S18", "L2"]
    others = [f"-299 room mains.lost {ups}" for ups in site.upses if ups not in ("ups1", "ups2")]
    all_dark = dark.plus(*others)
    assert of_its_battery(all_dark) == ["S18", "L2"], "its whole feed is dark"
    assert of_its_battery(all_dark.plus("-200 room server.booting control1")) == [], (
        "he never heard it (7100228)"
    )
    assert of_its_battery(all_dark.plus("-301 room server.booting control1")) == ["S18", "L2"], (
        "but then he did"
    )
    by_power = (
        "-201 room ups.output_off ups1",
        "-200 room ups.output_on ups1",
        "-200 room server.booting control1",
    )
    assert of_its_battery(all_dark.plus(*by_power)) == ["S18", "L2"], "so that one was off, too"
    assert of_its_battery(dark.without("mains.lost ups1")) == ["S18", "L2"], "it has mains"
    linked = dark.plus("0 room mains.lost ups5", "62 control1 outage.confirmed ups5").plus(
        "3600 room ups.exhausted ups5", "3600 room ups.output_off ups5 cause=exhausted"
    )
    assert of_its_battery(linked) == ["S18"], "that goes all the same"
