"""What can go wrong with servers, arrays, the cluster and batteries on the way: limits, alarms, no harm."""

from __future__ import annotations

import pytest

from sequencer.watch import LASTS_NO_LONGER
from tests.safety import stranded, unsafe, well
from tests.worlds import LINKED, NODES, fault, out, play, reference_model

O2H = out(0, 7200)
LONG = 10 * 3600.0


# Arrays


def test_a2_s25_r6_42_a_flush_that_never_ends_is_cut_at_its_limit_loudly() -> None:
    tale = play(O2H, fault("flush_never_ends", "linkeddisk"), until_s=LONG)
    well(tale)
    sent_s = tale.at("command.sent linkeddisk command=flush")
    tale.near("array.flush_timed_out linkeddisk", sent_s + 300, late_s=5)
    tale.near("ups.output_off ups4", sent_s + 300, late_s=5)
    assert ("S25", "linkeddisk") in tale.alarms()
    tale.once("array.lost_data linkeddisk")


def test_a3_s25_r10_13_an_unreachable_array_is_asked_waited_for_and_cut() -> None:
    tale = play(O2H, fault("array_unreachable", "linkeddisk", -1, 1000), until_s=LONG)
    well(tale)
    assert tale.times("command.sent linkeddisk command=flush")
    assert tale.at("ups.output_off ups4") >= tale.at("command.sent linkeddisk command=flush") + 299
    assert ("S25", "linkeddisk") in tale.alarms()


def test_a3_s8_r10_15_servers_stay_off_while_their_array_cannot_be_seen() -> None:
    """The operator is told; unknown is not ready (S11)."""
    tale = play(O2H, fault("array_unreachable", "linkeddisk"), until_s=4 * 3600)
    assert not unsafe(tale)
    assert ("A8", "linkeddisk") in tale.alarms()
    tale.never("command.sent ups5 command=on", "command.sent blade1 command=wake")


def test_a8_r9_34_an_array_that_takes_two_hours_to_be_ready_is_waited_for() -> None:
    tale = play(O2H, model=reference_model(linkeddisk__start_s=7200.0), until_s=LONG)
    well(tale)
    assert ("A8", "linkeddisk") in tale.alarms()


def test_a1_a_flush_just_within_its_limit_is_no_reason_for_alarm() -> None:
    tale = play(O2H, model=reference_model(linkeddisk__flush_rate=12 * 2**30 / 297), until_s=LONG)
    well(tale)
    assert tale.alarms() == []


# Servers


@pytest.mark.parametrize("name", LINKED)
def test_h1_s1_a_server_that_hangs_is_forced_60_s_before_its_power_falls(name: str) -> None:
    tale = play(O2H, fault("server_hangs", name, -1, 3000), until_s=LONG)
    well(tale)
    cut_s = tale.at("ups.output_off ups5" if "blade" in name else "ups.output_off ups6")
    assert 55 <= cut_s - tale.at(f"server.forced {name}") <= 62
    assert tale.alarms() == [("H1", name)]


def test_h1_a_hanging_server_delays_no_other() -> None:
    tale = play(O2H, fault("server_hangs", "rack1", -1, 3000), until_s=LONG)
    tale.near("ups.output_off ups6", 450)
    assert tale.at("server.halted rack2") < 130


def test_h1_a_server_that_halts_late_but_in_time_is_not_forced() -> None:
    tale = play(O2H, model=reference_model(rack1__shutdown_s=330.0), until_s=LONG)
    well(tale)
    tale.never("server.forced *")
    assert tale.alarms() == [("H1", "rack1")]


@pytest.mark.parametrize("name", LINKED)
def test_h9_a_server_that_does_not_boot_holds_up_nobody(name: str) -> None:
    tale = play(O2H, fault("server_does_not_boot", name, 7000), until_s=LONG)
    assert not unsafe(tale)
    assert not stranded(tale, but=(name,))
    assert tale.alarms() == [("H9", name)]


def test_h1_the_commander_that_hangs_is_forced_before_its_disk_falls() -> None:
    tale = play(O2H, fault("server_hangs", "control1", -1, 3000), until_s=LONG)
    well(tale)
    assert tale.at("ups.output_off ups3") - tale.at("server.forced control1") >= 55


def test_h1_a_peer_that_hangs_is_forced_before_the_control_disk_falls() -> None:
    well(play(O2H, fault("server_hangs", "control2", -1, 3000), until_s=LONG))


@pytest.mark.parametrize("node", NODES)
def test_h9_the_cluster_starts_without_a_node_that_does_not_boot(node: str) -> None:
    tale = play(O2H, fault("server_does_not_boot", node, 7000), until_s=LONG)
    assert not unsafe(tale)
    assert not stranded(tale, but=(node,))
    assert ("L1", node) in tale.alarms()


# The cluster


def test_c11_s26_r9_04_a_cluster_that_does_not_stop_is_forced_after_its_limit_and_not_before() -> None:
    tale = play(O2H, fault("cluster_stop_hangs", "ssccluster", -1, 5000), until_s=LONG)
    well(tale)
    forced_s = tale.at("cluster.forced ssccluster") - tale.at("command.sent ssccluster command=stop")
    assert 299.9 <= forced_s <= 305
    tale.before("cluster.forced ssccluster", "server.shutting_down control1")
    assert tale.alarms() == [("S26", "ssccluster")]


def test_s26_a_slow_cluster_is_waited_for_up_to_its_limit() -> None:
    tale = play(O2H, model=reference_model(cluster__stop_s=290.0), until_s=LONG)
    well(tale)
    tale.never("cluster.forced *", "alarm.raised *")


# UPSes and batteries


@pytest.mark.parametrize("ups", [f"ups{n}" for n in range(1, 7)])
def test_u5_x_09_an_off_that_is_accepted_and_not_done_harms_nobody(ups: str) -> None:
    tale = play(O2H, fault("off_ignored", ups, -1, 5000), until_s=LONG)
    well(tale)
    if ups in ("ups4", "ups5", "ups6"):
        assert ("S3", ups) in tale.alarms()


@pytest.mark.parametrize("ups", ["ups5", "ups6"])
def test_u5_s3_the_flush_starts_with_an_alarm_when_a_ups_is_not_seen_off_in_time(ups: str) -> None:
    tale = play(O2H, fault("off_ignored", ups, -1, 5000), until_s=LONG)
    tale.before(f"alarm.raised {ups}", "command.sent linkeddisk command=flush")
    tale.near("command.sent linkeddisk command=flush", 33 + 420 + 60, late_s=10)


@pytest.mark.parametrize("ups", [f"ups{n}" for n in range(1, 7)])
@pytest.mark.parametrize("at_s", [15, 200])
def test_p6_a_battery_that_collapses_leads_to_no_command_that_harms(ups: str, at_s: int) -> None:
    """What loses its power crashes; nothing else is hurt, and everything is up again in the end."""
    tale = play(O2H, fault("battery_collapses", ups, at_s), until_s=LONG)
    well(tale)


def test_x_02_a_low_battery_stops_its_part_before_its_confirm_time() -> None:
    tale = play(O2H, fault("battery_collapses", "ups6", 20), until_s=LONG)
    assert not stranded(tale)
    assert tale.at("outage.confirmed ups6") < 30
    assert tale.all("outage.confirmed ups6")[0].details["because"] == "low battery"


def test_p4_s18_so_does_one_that_begins_with_too_little() -> None:
    tale = play(O2H, model=reference_model(ups6__charge_pct=8.0), until_s=LONG)
    assert not stranded(tale)
    assert tale.at("outage.confirmed ups6") < 30
    assert tale.all("outage.confirmed ups6")[0].details["because"] == LASTS_NO_LONGER


def test_s5_a_control_battery_at_its_floor_does_not_wait_for_the_linked_side() -> None:
    slow = reference_model(linkeddisk__flush_rate=8 * 2**20, ups3__runtime_s=1400.0)
    tale = play(O2H, model=slow, until_s=LONG)
    assert not [offence for offence in unsafe(tale) if not offence.startswith("S2")]
    assert not stranded(tale)


def test_p5_weak_servers_batteries_hurt_only_their_servers() -> None:
    tale = play(O2H, model=reference_model(ups5__health=0.3), until_s=LONG)
    well(tale)
    tale.never("array.lost_data *")


def test_r6_23_u8_s29_a_card_that_rounds_its_settings_is_told_and_planned_with() -> None:
    """200 s are asked for, the card sets 300: ① is 540 s, not 440."""
    from tests.worlds import reference_site

    tale = play(O2H, site=reference_site(ups5__shutdown_delay_s=200.0), until_s=LONG)
    well(tale)
    assert ("S29", "ups5") in tale.alarms()
    tale.near("ups.output_off ups5", 30 + 540)
    tale.before("ups.output_off ups5", "command.sent linkeddisk command=flush")


def test_h3_h1_one_that_refuses_its_shutdown_is_forced_before_its_ups_falls_though_nothing_else_happens() -> (
    None
):
    """Only the blades' UPS is out: nobody else's news wakes whoever is to force it."""
    tale = play(out(0, 7200, "ups5"), fault("shutdown_refused", "blade1"), until_s=LONG)
    assert not unsafe(tale)
    tale.once("server.forced blade1")
    tale.before("server.forced blade1", "ups.output_off ups5")
    tale.never("server.crashed *")
