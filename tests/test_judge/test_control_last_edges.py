"""Whom the control side waits for, and which battery waits no longer: to the second and by name (S5, S26)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Array, ArrayRole, Polling
from sequencer.timing import last_call_s
from teiden.judge.invariants.invariant import LATENCY_S
from tests.told_well import CALM
from tests.waited_for import STOP, cut_and_undone, lost, waits_for

ALL_OFF = "0 control1 request.accepted reference wish=power_off id=r1 asked_by=backup"


def in_two_parts(tell: Any) -> Any:
    """The linked disk's enclosures have a UPS of their own."""
    telling = tell(CALM)
    ups7 = replace(telling.site.upses["ups4"], name="ups7", number=7)
    disk = Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",))
    return telling.at_site(
        upses={**telling.site.upses, "ups7": ups7}, arrays={**telling.site.arrays, "linkeddisk": disk}
    )


EVERYBODY = "linkeddisk was still on, blade1 was up, blade2 was up, rack1 was up and rack2 was up"


@pytest.mark.parametrize(
    ("upses", "whom"),
    [
        ((), ""),
        (("ups5",), "blade1 was up and blade2 was up"),
        (("ups4",), EVERYBODY),
        (("ups7",), EVERYBODY),
        (("ups4", "ups6"), EVERYBODY),
        (("ups7", "ups6"), EVERYBODY),
    ],
)
def test_S5_who_is_concerned_is_waited_for_and_nobody_else(
    tell: Any, upses: tuple[str, ...], whom: str
) -> None:
    assert waits_for(lost(in_two_parts(tell), *upses)) == whom


def test_S5_a_server_with_a_feed_left_is_not_concerned_unless_it_needs_two(tell: Any) -> None:
    telling = lost(tell(CALM), "ups5")
    two = replace(telling.site.servers["blade1"], upses=("ups5", "ups6"))

    def site(server: Any) -> Any:
        return telling.at_site(servers={**telling.site.servers, "blade1": server})

    assert waits_for(site(two)) == "blade2 was up"
    assert waits_for(site(replace(two, minimum_supplies=2))) == "blade1 was up and blade2 was up"


def test_S5_one_that_is_down_or_given_up_aloud_is_not_waited_for(tell: Any) -> None:
    telling = lost(tell(CALM), "ups5").plus("906 room server.halted blade1")
    assert waits_for(telling) == "blade2 was up"
    assert waits_for(telling.plus("907 control1 alarm.raised blade2 rule=H1")) == ""
    assert waits_for(telling.plus("907 room server.shutting_down blade2")) == "blade2 was shutting down"


@pytest.mark.parametrize(
    "over", ["906 room array.off linkeddisk", "906 room ups.output_off ups4 cause=fault"]
)
def test_S5_a_disk_that_is_off_or_without_power_is_not_waited_for(tell: Any, over: str) -> None:
    down = [f"906 room server.halted {name}" for name in ("blade1", "blade2", "rack1", "rack2")]
    telling = lost(tell(CALM), "ups4").plus(*down)
    assert waits_for(telling) == "linkeddisk was still on"
    assert waits_for(telling.plus(over)) == ""


@pytest.mark.parametrize("runs", ["booting", "up"])
def test_S5_h6_who_was_booted_when_his_disk_was_gone_has_nothing_to_save(tell: Any, runs: str) -> None:
    """His own power lasts; so the control side is no use to him."""
    gone = "906 room array.off linkeddisk"
    down = [f"905 room server.halted {name}" for name in ("blade1", "blade2", "rack1", "rack2")]

    def waits(*lines: str, upses: tuple[str, ...] = ("ups4",)) -> str:
        return waits_for(lost(tell(CALM), *upses).plus(*down, *lines))

    assert waits(gone, f"907 room server.{runs} rack1") == ""
    assert waits(f"905.5 room server.{runs} rack1", gone) == f"rack1 was {runs}"
    assert waits(gone, "906 room server.up rack1") == "rack1 was up", "with it"
    assert waits(gone, f"907 room server.{runs} rack1", upses=("ups4", "ups6")) == f"rack1 was {runs}"
    since = waits_for(lost(tell(CALM), "ups4").plus(*down[:2], "-50 room server.booting rack1"))
    assert "rack1 was booting" in since, "it is there yet"
    back = "908 room array.starting linkeddisk"
    assert f"rack1 was {runs}" in waits(gone, f"907 room server.{runs} rack1", back)


def test_S5_one_of_his_disks_that_goes_is_enough_to_wait_for_him(tell: Any) -> None:
    telling = tell(CALM)
    rack1 = replace(telling.site.servers["rack1"], arrays=("linkeddisk", "controldisk"))
    two = telling.at_site(servers={**telling.site.servers, "rack1": rack1})
    assert "rack1 was up" in waits_for(lost(two, "ups4"))


def test_S5_one_ups_of_a_disk_that_does_not_go_off_is_enough_to_give_the_cut_up(tell: Any) -> None:
    down = [f"906 room server.halted {name}" for name in ("blade1", "blade2", "rack1", "rack2")]
    telling = lost(in_two_parts(tell), "ups4", "ups7").plus(*down)
    told = telling.plus("907 control1 command.sent ups4 command=off how=now")
    assert waits_for(told) == "linkeddisk was still on"
    assert waits_for(told.plus("908 control1 alarm.raised ups4 rule=X-09")) == ""


# The floor


@pytest.mark.parametrize(("over_s", "waits"), [(0.0, False), (0.5, True)])
def test_S5_the_floor_is_what_the_control_side_needs_and_one_poll(
    tell: Any, over_s: float, waits: bool
) -> None:
    telling = lost(tell(CALM), "ups5")
    floor_s = last_call_s(telling.site, telling.site.upses["ups3"])
    left_s = floor_s + Polling().on_battery_s + LATENCY_S + over_s
    charge = f"910 room ups.charge ups3 charge_pct=50 runtime_s={left_s}"
    assert bool(waits_for(telling.plus(charge))) is waits
    assert waits_for(telling), "one that has not told what is left is at no floor"


def test_S5_a_battery_that_is_not_used_is_at_no_floor(tell: Any) -> None:
    telling = lost(tell(CALM), "ups5")
    assert waits_for(telling.plus("900 room ups.charge ups1 charge_pct=1 runtime_s=10"))
    assert waits_for(telling.plus("900 room ups.charge ups3 charge_pct=1 runtime_s=10")) == ""


@pytest.mark.parametrize("end", ["low_battery", "exhausted"])
def test_S5_a_battery_at_its_end_waits_for_nobody(tell: Any, end: str) -> None:
    telling = lost(tell(CALM), "ups5").plus(f"900 room ups.{end} ups3")
    if end == "exhausted":
        telling = telling.plus("900 room ups.output_off ups3 cause=exhausted")
    assert waits_for(telling) == ""


# Which OFF is a stop of the control side


def test_S5_the_off_of_the_last_nodes_ups_is_a_stop_of_the_control_side(tell: Any) -> None:
    telling = lost(tell(CALM), "ups5", "ups1", "ups2")
    off = "910 control1 command.sent ups1 command=off how=until_mains"

    def is_one(*before: str) -> bool:
        return "S5" in telling.plus(*before, off).broken

    assert not is_one(), "control2 stays"
    assert is_one("900 room server.halted control2")
    assert is_one("900 room ups.off_armed ups2 falls_at=9999"), "it is about to lose its power"
    assert is_one("900 room ups.output_off ups2 cause=fault"), "it has none"


def test_S5_l3_r2_08_no_off_is_one_when_somebody_else_shuts_the_last_nodes_down(tell: Any) -> None:
    """Nobody is left to wait for anybody; and halted with their power on they would not come back."""
    telling = lost(tell(CALM), "ups5", "ups1", "ups2")
    go = tuple(f"906 room server.shutting_down {node}" for node in ("control1", "control2"))

    def is_one(*before: str, of: str = "ups3") -> bool:
        off = f"910 control1 command.sent {of} command=off how=until_mains"
        return "S5" in telling.plus(*before, off).broken

    assert is_one()
    assert not is_one(*go)
    assert not is_one(*go, of="ups1")
    assert not is_one(go[0], "907 room server.halted control2"), "that one is down already"
    assert is_one(go[0]), "control2 is up"
    assert is_one(go[0], "907 room server.booting control2")
    assert is_one(*(line.replace("shutting_down", "halted") for line in go)), "they are down"
    for command in ("shutdown", "force", "restart"):
        assert is_one(f"905 control1 command.sent control2 command={command}", *go), "we stop it"
    assert waits_for(telling.plus(*go)), "it is no OFF"


def test_S5_an_off_that_is_told_to_a_ups_that_is_off_already_stops_nobody(tell: Any) -> None:
    telling = lost(tell(CALM), "ups5", "ups1", "ups2").plus("910 control1 command.sent ups3 command=off")
    assert "S5" in telling.broken
    assert "S5" not in telling.plus("900 room ups.output_off ups3 cause=fault").broken
    assert "S5" in telling.plus("900 room ups.output_off ups2 cause=fault").broken


def test_S5_a_shared_ups_is_both_nodes(tell: Any) -> None:
    telling = lost(tell(CALM), "ups5", "ups1")
    other = replace(telling.site.servers["control2"], upses=("ups1",))
    shared = telling.at_site(servers={**telling.site.servers, "control2": other})
    off = "910 control1 command.sent ups1 command=off how=until_mains"
    assert "S5" not in telling.plus(off).broken
    assert "S5" in shared.plus(off).broken


def test_S5_no_other_ups_is_one(outage: Any) -> None:
    """Also when no node is left that could stay."""
    assert outage.result("S5").put_to_test == 3
    late = outage.plus("1090 room ups.output_on ups5", "1100 control1 command.sent ups5 command=off how=now")
    assert late.result("S5").put_to_test == 3


# By a word, with the mains there


def test_S5_r10_45_a_stop_of_everything_by_request_has_the_same_order(tell: Any) -> None:
    asked = tell(CALM).plus(ALL_OFF)
    early = asked.plus(f"9 {STOP}")
    whom = "blade1 was up, blade2 was up, rack1 was up and rack2 was up"
    assert early.breach("S5") == f"ssccluster was told to stop at 9 s while {whom}"
    assert early.result("S5").put_to_test == 1
    halted = [f"8 room server.halted {name}" for name in ("blade1", "blade2", "rack1")]
    assert early.plus(*halted).breach("S5").endswith("while rack2 was up")
    assert "S5" not in early.plus(*halted, "8 control1 alarm.raised rack2 rule=H1").broken


def test_S5_r10_45_who_was_down_and_is_up_again_or_wanted_up_is_not_waited_for(tell: Any) -> None:
    def wish(name: str, of: str) -> str:
        return f'control1 request.accepted reference wish={name} id={name} of="{of}"'

    nodes = f"5 {wish('power_off', 'control1, control2, blade1')}"
    early = tell(CALM).plus(nodes, f"900 {STOP}")
    assert early.breach("S5").endswith("while blade1 was up")
    down = ("6 room server.shutting_down blade1", "60 room server.halted blade1")
    by_hand = ("400 room server.booting blade1", "600 room server.up blade1")
    assert "S5" not in early.plus(*down).broken
    assert "S5" not in early.plus(*down, *by_hand).broken, "a hand's work is not fought (O1)"
    assert "S5" not in early.plus(f"7 {wish('power_on', 'blade1')}").broken


def test_S5_r10_45_nor_is_who_is_wanted_down_by_a_word_that_who_goes_cannot_know(tell: Any) -> None:
    """control1 was down when it was told, and control2 is when control1 goes; a schedule takes the nodes."""

    def wish(t: int, by: str, of: str) -> str:
        return f'{t} {by} request.accepted reference wish=power_off id={t} of="{of}"'

    goes = ("1 room server.shutting_down control1", "2 room server.halted control1")
    comes = ("30 room server.booting control1", "40 room server.up control1")
    follows = ("20 room server.shutting_down control2", "25 room server.halted control2")
    nodes, off = "control1, control2", "60 control1 command.sent ups3 command=off how=delayed falls_in_s=180"
    known = tell(CALM).plus(wish(10, "control2", "rack1"), wish(50, "control1", nodes), off)
    assert known.plus(*goes, *comes).breach("S5").endswith("while rack1 was up"), "the other one has told it"
    assert "S5" not in known.plus(*goes, *comes, *follows).broken


def test_S5_a_stop_that_nobody_wants_is_another_rules(tell: Any) -> None:
    blue = tell(CALM).plus(f"9 {STOP}")
    assert blue.broken == ["S9"]
    assert blue.result("S5").put_to_test == 0


# Forced


@pytest.mark.parametrize(("after_s", "broken"), [(299.0, []), (298.9, ["S26"])])
def test_S26_the_limit_counts_from_the_request_and_a_second_of_latency_is_nobodys_fault(
    outage: Any, after_s: float, broken: list[str]
) -> None:
    slow = outage.without("1023 room cluster.stopped").until(1023)
    telling = slow.plus(f"{903 + after_s} room cluster.forced ssccluster")
    assert [rule for rule in telling.broken if rule == "S26"] == broken


def test_S26_one_stop_is_reported_once_and_the_next_one_again(outage: Any) -> None:
    slow = outage.without("1023 room cluster.stopped").until(1023)
    twice = slow.plus(
        "930 control1 command.sent ssccluster command=force", "931 room cluster.forced ssccluster"
    )
    assert [breach.t - 600 for breach in twice.result("S26").breaches] == [930]
    assert twice.result("S26").put_to_test == 2
    again = twice.plus(
        "940 control1 command.sent ssccluster command=stop", "950 room cluster.forced ssccluster"
    )
    assert [breach.t - 600 for breach in again.result("S26").breaches] == [930, 950]


def test_S26_a_stop_that_its_manager_began_has_its_limit_from_then_on(outage: Any) -> None:
    """C11: somebody has stopped it in its manager, and it hangs; our page finds it so, and asks nothing."""
    hangs = outage.without("cluster.stopped", STOP, "cluster.stopping").until(890)
    by_hand = hangs.plus("600 room cluster.stopping ssccluster")
    assert by_hand.plus("899 room cluster.forced ssccluster").result("S26").breaches == ()
    early = by_hand.plus("898.9 room cluster.forced ssccluster").breach("S26")
    assert early == "ssccluster was forced at 899 s, 299 s after its stop; its limit is 300 s"
    asked_too = by_hand.plus(f"800 {STOP}")
    assert asked_too.plus("899 room cluster.forced ssccluster").result("S26").breaches == ()


def test_S26_a_stop_that_it_did_not_take_begins_no_limit_of_its_own(outage: Any) -> None:
    refused = "control1 command.failed ssccluster command=stop reason=stopped"
    slow = outage.without("1023 room cluster.stopped").until(1023)
    again = slow.plus(f"1100 {STOP}", f"1101 {refused}")
    assert again.plus("1202 room cluster.forced ssccluster").result("S26").breaches == ()
    taken = slow.plus(f"1100 {STOP}", "1101 control1 command.failed ups3 command=stop reason=stopped")
    taken = taken.plus("1101 control1 command.failed ssccluster command=force reason=stopped")
    deaf = outage.without("cluster.stopping", "cluster.stopped").until(1023)
    assert deaf.plus("1202 room cluster.forced ssccluster").result("S26").breaches == ()
    assert (
        taken.without("cluster.stopping").plus("1202 room cluster.forced ssccluster").result("S26").breaches
    )
    assert deaf.plus(f"1100 {STOP}", f"1101 {refused}", "1202 room cluster.forced ssccluster").broken == []
    never = deaf.plus(f"903.5 {refused}", f"1100 {STOP}", f"1101 {refused}")
    assert never.plus("1202 room cluster.forced ssccluster").result("S26").breaches == ()
    assert never.plus("1201.9 room cluster.forced ssccluster").result("S26").breaches


@pytest.mark.parametrize(("up", "broken"), [(False, []), (True, ["S26"])])
def test_S26_H5_a_node_in_its_boot_is_no_system_of_the_cluster_that_stops(
    tell: Any, up: bool, broken: list[str]
) -> None:
    """A card says that the battery of a control disk is empty (five-control-disks, hard seed 60075)."""
    stops = tell(CALM).plus("700 room server.halted control2").plus("880 room server.booting control2")
    stops = stops.plus("900 control1 command.sent ssccluster command=stop")
    stops = stops.plus("901 room cluster.stopping ssccluster")
    stops = stops.plus("902 room server.up control2") if up else stops
    assert [rule for rule in stops.plus("903 room server.forced control2").broken if rule == "S26"] == broken


def test_S26_a_stop_is_over_when_the_cluster_runs_again(outage: Any) -> None:
    ran = outage.until(1023).plus("1100 room cluster.running ssccluster")
    assert "with no stop before" in ran.plus("1300 room cluster.forced ssccluster").breach("S26")
    refused = outage.until(903).plus("903.5 control1 command.failed ssccluster command=stop reason=busy")
    anew = refused.plus("1100 room cluster.running ssccluster", "1300 room cluster.forced ssccluster")
    assert "with no stop before" in anew.breach("S26")
    twice = anew.plus("1310 room cluster.running ssccluster", "1320 room cluster.forced ssccluster")
    assert [breach.t - 600 for breach in twice.result("S26").breaches] == [1300, 1320]
    starts = outage.until(1023).plus("1100 room cluster.starting ssccluster")
    assert "with no stop before" in starts.plus("1300 room cluster.forced ssccluster").breach("S26")


def test_S26_linked_servers_have_limits_of_their_own(outage: Any) -> None:
    assert outage.plus("950 room server.forced rack1").result("S26").put_to_test == 0
    assert outage.plus("950 room server.forced control2").result("S26").put_to_test == 1
    assert outage.plus("890 room server.forced control2").result("S26").put_to_test == 0, "it runs still"


@pytest.mark.parametrize(
    ("down_s", "forced_s", "broken"),
    [(800, 1100, False), (850, 950, True), (903, 1100, True), (910, 1100, True)],
)
def test_S26_a_node_that_went_down_before_the_cluster_and_hangs_has_a_limit_of_its_own(
    outage: Any, down_s: int, forced_s: int, broken: bool
) -> None:
    """The cluster stops from 903 s on, and has 300 s for it; of the node it is the system that hangs."""
    slow = outage.without("cluster.stopped", "shutting_down control2", "halted control2").until(1023)
    hung = slow.plus(f"{down_s} room server.shutting_down control2")
    assert bool(hung.plus(f"{forced_s} room server.forced control2").result("S26").breaches) is broken


def test_S26_the_force_of_a_node_that_is_down_ends_no_cluster(outage: Any) -> None:
    """Its controller is not heard: nobody knows that it is, and its own limit is over (H1, N1)."""
    down = outage.without("shutting_down control2", "halted control2").plus("910 room server.halted control2")
    assert down.plus("950 control1 command.sent control2 command=force").result("S26").put_to_test == 0
    boots = down.plus("920 room server.booting control2", "950 control1 command.sent control2 command=force")
    assert boots.result("S26").put_to_test == 0, "nor is one that boots a member yet"
    up = outage.without("shutting_down control2", "halted control2")
    assert up.plus("950 control1 command.sent control2 command=force").result("S26").breaches


def test_S5_r10_45_a_disk_whose_users_are_all_off_for_long_enough_is_waited_for(night: Any) -> None:
    """The night as it is, but for a cluster that is stopped while the disk has still to go off."""
    stop = night.plus(
        "300 control1 request.accepted reference wish=cluster_shutdown id=r1 asked_by=operator",
        f"430 {STOP}",
    )
    assert stop.breach("S5") == "ssccluster was told to stop at 430 s while linkeddisk was still flushing"
    late = stop.without(STOP).plus(f"700 {STOP}")
    assert "S5" not in late.broken, "it is off by then"
    assert "S5" not in late.without(STOP).plus(f"1700 {STOP}").broken, "and up again, as it was planned"


def test_S5_a_node_of_whose_upses_one_counts_down_does_not_stay(tell: Any) -> None:
    telling = lost(tell(CALM), "ups5", "ups1", "ups2")
    two = replace(telling.site.servers["control2"], upses=("ups2", "ups6"))
    wide = telling.at_site(servers={**telling.site.servers, "control2": two})
    off = "910 control1 command.sent ups1 command=off how=until_mains"
    assert "S5" not in wide.plus(off).broken
    assert "S5" in wide.plus("900 room ups.off_armed ups2 falls_at=9999", off).broken


def test_S5_it_shows_the_one_word_that_it_goes_against_and_an_outage_needs_none(tell: Any) -> None:
    def shown(telling: Any) -> list[str]:
        return [event.name for event in telling.plus(f"910 {STOP}").result("S5").breaches[0].events]

    def wish(of: str) -> str:
        return f'5 control1 request.accepted reference wish=power_off id={of} of="{of}"'

    nodes = tell(CALM).plus(wish("control1, control2"))
    assert shown(nodes.plus(wish("blade1"))) == ["request.accepted", "command.sent"]
    assert shown(nodes.plus(wish("blade1, rack1"))) == ["request.accepted", "command.sent"]
    two = wish("rack1").replace("5 ", "6 ", 1)
    assert shown(nodes.plus(wish("blade1"), two)) == ["command.sent"]
    assert shown(lost(nodes.plus(wish("rack1")), "ups5")) == ["command.sent"]


def test_S5_o1_a_cut_that_a_hand_has_undone_before_any_poll_is_given_up_aloud(tell: Any) -> None:
    told = cut_and_undone(tell(CALM), 907.1)
    assert waits_for(told) == "linkeddisk was still on"
    assert waits_for(told.plus("909 control1 alarm.raised ups4 rule=S3")) == ""
    assert waits_for(told.plus("909 control1 alarm.raised ups4 rule=O1")), "it is seen, and goes off again"
    assert waits_for(told.plus("906 control1 alarm.raised ups4 rule=S3")), "before it was told"
    assert waits_for(told.plus("909 control1 alarm.raised ups3 rule=S3")), "of another"
