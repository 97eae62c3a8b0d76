"""Who waits for something to be seen waits on while its device is silent: silence is no evidence (S11)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer import conditions as when
from sequencer.cluster_start import start_cluster
from sequencer.journal import Goal, Kind, Row
from sequencer.manual import watch_the_hands
from sequencer.ourselves import power_stays
from sequencer.outage import switch_off
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.reboots import out_of_its_reboot
from sequencer.scope import Scope
from sequencer.site import OffMode
from sequencer.timing import EVIDENCE_EXTRA_S
from tests.hands import HandRoom
from tests.worlds import reference_site


def outage_of_the_racks(room: HandRoom) -> None:
    room.upses["ups6"].lose_mains()
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["rack1", "rack2"]}),
        Row(Kind.CONFIRMED, "ups6", 1, "control1/1", 0.0),
    )
    room.run.scope = Scope(servers=frozenset({"rack1", "rack2"}), server_upses=frozenset({"ups6"}))


def test_s1_a_silent_server_is_not_a_halted_one_where_the_off_waits_for_the_halt() -> None:
    room = HandRoom(reference_site(ups6__off=OffMode.AFTER_HALT))
    outage_of_the_racks(room)
    room.servers["rack2"].show(os=Os.HALTED)
    room.servers["rackpool"].show(os=Os.HALTED)
    room.servers["rack1"].show(os=Os.SHUTTING_DOWN)
    room.run.asked_to_stop |= {"rack1", "rack2", "rackpool"}
    room.run.spawn(switch_off(room.run, room.site.upses["ups6"]))
    room.until(10)
    room.servers["rack1"].fall_silent()
    room.until(20)
    room.servers["rack1"].show(os=Os.SHUTTING_DOWN)
    limit_s = room.site.servers["rack1"].stop_limit_s
    room.until(limit_s - 1)
    assert room.upses["ups6"].sent == []
    room.until(limit_s + 1)
    assert room.upses["ups6"].sent == ["off graceful"]


def test_s6_s11_who_goes_down_again_brings_nobody_up_though_the_card_under_it_falls_silent(
    by_hand: HandRoom,
) -> None:
    """It counted down when it was heard last, and is waited for as long as that may take."""
    run, ups1 = by_hand.run, by_hand.upses["ups1"]
    run.learn(Row(Kind.OFF_ARMED, "ups1", 0, "control1/1", 0.0, {"falls_in_s": 420.0}))
    ups1.show(off_armed=True)
    waits = run.spawn(power_stays(run))
    by_hand.until(10)
    ups1.fall_silent()
    by_hand.until(420.0 + EVIDENCE_EXTRA_S - 1)
    assert not waits.over
    by_hand.until(420.0 + EVIDENCE_EXTRA_S + 1)
    assert waits.over, "it should have fallen long ago"


@pytest.mark.parametrize("noted", [True, False])
def test_s6_who_stays_up_after_all_waits_no_longer_than_something_counts_down(
    by_hand: HandRoom, noted: bool
) -> None:
    run, ups1 = by_hand.run, by_hand.upses["ups1"]
    if noted:
        run.learn(Row(Kind.OFF_ARMED, "ups1", 0, "control1/1", 0.0, {"falls_in_s": 0.0}))
    ups1.show(off_armed=True)
    waits = run.spawn(power_stays(run))
    by_hand.until(500)
    assert not waits.over, "it says so"
    ups1.show(off_armed=False)
    by_hand.until(501)
    assert waits.over


def test_s6_a_cluster_that_falls_silent_after_its_limit_is_waited_for(by_hand: HandRoom) -> None:
    by_hand.cluster.show(ClusterStatus(ClusterState.STARTING, None))
    started = by_hand.run.spawn(start_cluster(by_hand.run))
    limit_s = by_hand.site.start.cluster_limit_s
    by_hand.until(limit_s + 10)
    assert [e["rule"] for e in by_hand.told("alarm.raised")] == ["L8"]
    by_hand.cluster.fall_silent()
    by_hand.until(limit_s + 20)
    assert not started.triggered
    by_hand.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    by_hand.until(limit_s + 30)
    assert started.triggered


def test_s1_a_server_in_the_middle_of_a_reboot_is_silent_and_not_up(by_hand: HandRoom) -> None:
    run, rack1 = by_hand.run, by_hand.servers["rack1"]
    run.hear(
        Row(
            Kind.WANTED,
            "again",
            0,
            "control1/1",
            0.0,
            {"servers": ["rack1"], "goal": Goal.REBOOT.value, "wall_s": 1.0},
        )
    )
    rack1.show(os=Os.SHUTTING_DOWN)
    out = run.spawn(out_of_its_reboot(run, by_hand.site.servers["rack1"]))
    by_hand.until(10)
    rack1.fall_silent()
    by_hand.until(20)
    assert not out.triggered
    rack1.show(os=Os.UP)
    by_hand.until(21)
    assert out.triggered


def test_l2_one_that_is_halted_and_that_nobody_here_has_rebooted_is_on_no_way_up(by_hand: HandRoom) -> None:
    """An outage stopped it before its restart. Waited for as for a boot, the control disk ran empty."""
    run, rack1 = by_hand.run, by_hand.servers["rack1"]
    again = {"servers": ["rack1"], "goal": Goal.REBOOT.value, "wall_s": 1.0}
    run.hear(Row(Kind.WANTED, "again", 0, "control1/1", 0.0, again))
    rack1.show(os=Os.HALTED)
    ours = run.spawn(out_of_its_reboot(run, by_hand.site.servers["rack1"]))
    by_hand.until(1)
    assert ours.triggered
    rack1.show(os=Os.BOOTING)
    boots = run.spawn(out_of_its_reboot(run, by_hand.site.servers["rack1"]))
    by_hand.until(10)
    assert not boots.triggered


@pytest.mark.parametrize("told", [{"off_armed": True}, {"output_on": False}])
def test_s1_one_whose_power_counts_down_or_is_off_comes_out_of_no_reboot(
    by_hand: HandRoom, told: dict[str, bool]
) -> None:
    """Or the next commander waits a quarter of an hour for it, and the array is flushed too late."""
    run, rack1 = by_hand.run, by_hand.servers["rack1"]
    run.rebooting.add("rack1")
    rack1.show(os=Os.HALTED)
    out = run.spawn(out_of_its_reboot(run, by_hand.site.servers["rack1"]))
    by_hand.until(10)
    assert not out.triggered
    by_hand.upses["ups6"].show(output_on=False)
    by_hand.until(11)
    assert out.triggered
    by_hand.upses["ups6"].show(**({"output_on": True} | told))
    run.rebooting.add("rack1")
    again = run.spawn(out_of_its_reboot(run, by_hand.site.servers["rack1"]))
    by_hand.until(12)
    assert again.triggered


def test_r10_05_a_card_that_falls_silent_is_no_button_that_was_pressed(by_hand: HandRoom) -> None:
    by_hand.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}))
    by_hand.upses["ups5"].show(output_on=False)
    by_hand.arrays["linkeddisk"].fall_silent()
    by_hand.run.spawn(watch_the_hands(by_hand.run))
    by_hand.until(10)
    by_hand.upses["ups5"].fall_silent()
    by_hand.until(20)
    assert by_hand.told("alarm.raised") == []


@pytest.mark.parametrize("silent_first", [False, True])
def test_a_wait_with_a_limit_ends_at_it_and_says_that_nothing_was_seen(
    by_hand: HandRoom, silent_first: bool
) -> None:
    rack1, found = by_hand.servers["rack1"], []

    def steps() -> Any:
        found.append((yield from by_hand.run.until_seen(rack1, when.HALTED, by_s=30.0)))

    if silent_first:
        rack1.fall_silent()
    by_hand.run.spawn(steps())
    by_hand.until(10)
    rack1.fall_silent()
    by_hand.until(29)
    assert found == []
    by_hand.until(31)
    assert found == [False]
