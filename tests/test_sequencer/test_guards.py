"""Each guard of an irreversible command: the case it allows, and one test for each reason it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer import guards
from sequencer.guards import Charge, Refusal
from sequencer.ports import (
    ArrayStatus,
    ClusterState,
    ClusterStatus,
    Flush,
    Os,
    Seen,
    ServerStatus,
    Service,
    UpsStatus,
)
from sequencer.site import Array, ArrayRole, Site
from tests.hands import calm_ups


def seen(status: Any, *, fresh: bool = True) -> Seen[Any]:
    return Seen(status, 100.0, fresh)


def rule(refusal: Refusal | None) -> str:
    return "" if refusal is None else refusal.rule


@pytest.fixture
def calm(site: Site) -> UpsStatus:
    return calm_ups(site, "ups5")


# Shutting servers down


def test_s9_a_server_is_shut_down_for_a_confirmed_outage() -> None:
    assert guards.shut_down_server(cause=True, mains_back=False) is None


def test_s9_no_server_is_shut_down_without_a_cause() -> None:
    assert rule(guards.shut_down_server(cause=False, mains_back=False)) == "S9"


def test_s9_no_server_is_shut_down_while_the_mains_are_back() -> None:
    assert rule(guards.shut_down_server(cause=True, mains_back=True)) == "S9"


# Arming a delayed OFF


@pytest.fixture
def arming(site: Site, calm: UpsStatus) -> dict[str, Any]:
    """An OFF that may be armed."""
    return {
        "ups": site.upses["ups5"],
        "seen": seen(calm),
        "loads": {"blade1": True, "blade2": True},
        "delay_s": 420.0,
        "longest_limit_s": 180.0,
        "mains_back": False,
    }


def test_s1_an_off_is_armed_when_every_load_has_accepted(arming: dict[str, Any]) -> None:
    assert guards.arm_off(**arming) is None


def test_s1_an_off_is_armed_on_a_card_that_does_not_answer(arming: dict[str, Any], calm: UpsStatus) -> None:
    """It may only be deaf for a moment; silence is no proof that it counts down."""
    assert guards.arm_off(**arming | {"seen": seen(calm, fresh=False)}) is None
    assert guards.arm_off(**arming | {"seen": seen(None)}) is None


def test_s1_no_off_is_armed_while_a_load_has_not_accepted(arming: dict[str, Any]) -> None:
    refusal = guards.arm_off(**arming | {"loads": {"blade1": True, "blade2": False}})
    assert rule(refusal) == "S1"
    assert refusal is not None
    assert "blade2" in refusal.reason
    assert "blade1" not in refusal.reason


def test_s1_s29_no_off_is_armed_whose_delay_as_read_back_is_too_short(arming: dict[str, Any]) -> None:
    assert rule(guards.arm_off(**arming | {"delay_s": 179.0})) == "S1"
    assert guards.arm_off(**arming | {"delay_s": 180.0}) is None


def test_s15_no_off_is_armed_twice(arming: dict[str, Any], calm: UpsStatus) -> None:
    armed = replace(calm, off_armed=True)
    assert rule(guards.arm_off(**arming | {"seen": seen(armed)})) == "S15"
    assert guards.arm_off(**arming | {"seen": seen(armed, fresh=False)}) is None, "it may have been dropped"


def test_s9_no_off_is_armed_while_the_mains_are_back(arming: dict[str, Any]) -> None:
    assert rule(guards.arm_off(**arming | {"mains_back": True})) == "S9"


# Forcing a server


def test_s1_a_server_is_forced_when_the_cut_is_near_and_not_before() -> None:
    assert rule(guards.force_server(now_s=389.9, force_at_s=390.0)) == "S1"
    assert guards.force_server(now_s=390.0, force_at_s=390.0) is None


# Flushing


@pytest.fixture
def flushing(site: Site) -> dict[str, Any]:
    """An array that may be flushed."""
    return {
        "array": site.arrays["linkeddisk"],
        "servers": {"blade1": True, "rack1": True},
        "upses": {"ups5": True, "ups6": True},
        "mains_back": False,
    }


def test_s3_an_array_is_flushed_when_its_servers_are_down_and_their_upses_off(
    flushing: dict[str, Any],
) -> None:
    assert guards.flush_array(**flushing) is None


def test_s3_no_flush_while_a_server_may_still_write(flushing: dict[str, Any]) -> None:
    assert rule(guards.flush_array(**flushing | {"servers": {"blade1": True, "rack1": False}})) == "S3"


def test_s3_no_flush_before_every_ups_of_its_servers_is_seen_off(flushing: dict[str, Any]) -> None:
    refusal = guards.flush_array(**flushing | {"upses": {"ups5": True, "ups6": False}})
    assert refusal is not None
    assert refusal.rule == "S3"
    assert "ups6" in refusal.reason


def test_s32_a_control_array_is_never_flushed(flushing: dict[str, Any], site: Site) -> None:
    assert rule(guards.flush_array(**flushing | {"array": site.arrays["controldisk"]})) == "S32"


def test_s9_no_flush_while_the_mains_are_back(flushing: dict[str, Any]) -> None:
    assert rule(guards.flush_array(**flushing | {"mains_back": True})) == "S9"


# Cutting an array


@pytest.fixture
def cutting(site: Site) -> dict[str, Any]:
    """An array whose enclosures may be cut: controllers on ups4, enclosures on ups3 for this test."""
    return {
        "array": Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups3",)),
        "ups": site.upses["ups3"],
        "flush_settled": True,
        "controllers_off": {"ups4": True},
        "servers": {"blade1": True},
        "mains_back": False,
    }


def test_s2_s4_an_array_is_cut_after_its_flush_and_its_controllers(cutting: dict[str, Any]) -> None:
    assert guards.cut_array(**cutting) is None


def test_s2_no_cut_before_the_flush_has_ended_or_its_limit_is_over(cutting: dict[str, Any]) -> None:
    assert rule(guards.cut_array(**cutting | {"flush_settled": False})) == "S2"


def test_s2_no_cut_while_a_server_may_have_written_since(cutting: dict[str, Any]) -> None:
    assert rule(guards.cut_array(**cutting | {"servers": {"blade1": False}})) == "S2"


def test_s4_no_enclosure_is_cut_before_its_controllers(cutting: dict[str, Any], site: Site) -> None:
    assert rule(guards.cut_array(**cutting | {"controllers_off": {"ups4": False}})) == "S4"
    controllers = {"ups": site.upses["ups4"], "controllers_off": {"ups4": False}}
    assert guards.cut_array(**cutting | controllers) is None


def test_s4_a_ups_of_both_parts_is_cut_after_those_that_feed_the_controllers_alone(
    cutting: dict[str, Any], site: Site
) -> None:
    both = {"array": Array("linkeddisk", ArrayRole.LINKED, ("ups3", "ups4"), ("ups3",))}
    off = {"ups3": False, "ups4": True}
    assert guards.cut_array(**cutting | both | {"controllers_off": off}) is None
    assert rule(guards.cut_array(**cutting | both | {"controllers_off": off | {"ups4": False}})) == "S4"
    alone = {"ups": site.upses["ups4"], "controllers_off": {"ups3": False, "ups4": False}}
    assert guards.cut_array(**cutting | both | alone) is None


def test_s9_a_flushed_array_that_is_fed_is_not_cut(cutting: dict[str, Any]) -> None:
    assert rule(guards.cut_array(**cutting | {"mains_back": True})) == "S9"


# The cluster


@pytest.fixture
def stopping() -> dict[str, Any]:
    """A cluster that may be stopped."""
    return {"unsettled": {}, "at_floor": "", "hold": True, "mains_back": False}


def test_s5_the_cluster_stops_when_the_linked_side_is_down(stopping: dict[str, Any]) -> None:
    assert guards.stop_cluster(**stopping) is None


def test_s5_the_cluster_holds_while_an_array_still_flushes(stopping: dict[str, Any]) -> None:
    refusal = guards.stop_cluster(**stopping | {"unsettled": {"linkeddisk": "is still flushing"}})
    assert refusal is not None
    assert (refusal.rule, refusal.reason) == ("S5", "linkeddisk is still flushing")


def test_s5_the_cluster_holds_no_longer_than_its_battery(stopping: dict[str, Any]) -> None:
    waiting = {"unsettled": {"linkeddisk": "is still flushing"}, "at_floor": "ups3"}
    assert guards.stop_cluster(**stopping | waiting) is None


def test_s5_a_site_that_follows_the_document_does_not_hold(stopping: dict[str, Any]) -> None:
    waiting = {"unsettled": {"linkeddisk": "is still flushing"}, "hold": False}
    assert guards.stop_cluster(**stopping | waiting) is None


@pytest.mark.parametrize("over", ["mains_back", "called_off"])
def test_s9_the_cluster_is_not_stopped_for_what_is_over(stopping: dict[str, Any], over: str) -> None:
    assert rule(guards.stop_cluster(**stopping | {over: True})) == "S9"


def test_s26_the_cluster_is_forced_only_after_its_limit() -> None:
    assert rule(guards.force_cluster(now_s=1199.9, asked_at_s=900, limit_s=300)) == "S26"
    assert guards.force_cluster(now_s=1200.0, asked_at_s=900, limit_s=300) is None


READY = seen(ArrayStatus(Service.READY, Flush.NOT_ASKED))
WAITING = seen(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))


def test_s6_s16_the_cluster_restarts_when_it_has_its_disks_and_its_nodes_keep_their_power() -> None:
    assert guards.restart_cluster({"controldisk": READY}, WAITING) is None
    refusal = guards.restart_cluster({"controldisk": READY}, WAITING, ["ups1", "ups2"])
    assert refusal == Refusal("S16", "ups1, ups2 is still to go off")


def test_s6_a_cluster_that_nobody_has_heard_of_is_asked_to_restart() -> None:
    assert guards.restart_cluster({"controldisk": READY}, seen(None, fresh=False)) is None


def test_s6_no_restart_before_every_control_array_is_ready() -> None:
    starting = seen(ArrayStatus(Service.STARTING, Flush.NOT_ASKED))
    assert rule(guards.restart_cluster({"controldisk": READY, "second": starting}, WAITING)) == "S6"


def test_s11_an_array_that_was_ready_and_is_silent_is_not_ready() -> None:
    silent = seen(READY.status, fresh=False)
    assert rule(guards.restart_cluster({"controldisk": silent}, WAITING)) == "S6"
    assert rule(guards.restart_cluster({"controldisk": seen(None, fresh=False)}, WAITING)) == "S6"


@pytest.mark.parametrize("state", [ClusterState.RUNNING, ClusterState.STARTING])
def test_s6_a_cluster_that_runs_or_starts_is_left_alone(state: ClusterState) -> None:
    assert rule(guards.restart_cluster({"controldisk": READY}, seen(ClusterStatus(state, None)))) == "S6"


# Switching on


@pytest.fixture
def switching_on(site: Site, calm: UpsStatus) -> dict[str, Any]:
    """A UPS that may be switched on."""
    return {
        "ups": site.upses["ups5"],
        "seen": seen(replace(calm, output_on=False)),
        "stable": {"ups5": True},
        "charges": {"ups5": Charge(80.0, 40.0), "ups4": Charge(50.0, 50.0)},
    }


def test_s7_s17_a_ups_goes_on_with_stable_mains_and_enough_charge(switching_on: dict[str, Any]) -> None:
    assert guards.switch_on(**switching_on) is None


def test_s7_not_on_before_the_mains_of_its_whole_unit_are_stable(switching_on: dict[str, Any]) -> None:
    refusal = guards.switch_on(**switching_on | {"stable": {"ups5": True, "ups4": False}})
    assert refusal is not None
    assert refusal.rule == "S7"
    assert "ups4" in refusal.reason


def test_s11_not_on_while_its_card_is_silent(switching_on: dict[str, Any], calm: UpsStatus) -> None:
    assert rule(guards.switch_on(**switching_on | {"seen": seen(calm, fresh=False)})) == "S11"
    assert rule(guards.switch_on(**switching_on | {"seen": seen(None, fresh=False)})) == "S11"
    assert rule(guards.switch_on(**switching_on | {"seen": seen(None)})) == "S11"


def test_s16_not_on_while_an_off_counts_down(switching_on: dict[str, Any], calm: UpsStatus) -> None:
    armed = {"seen": seen(replace(calm, off_armed=True))}
    assert rule(guards.switch_on(**switching_on | armed)) == "S16"


def test_s17_not_on_before_every_feed_holds_enough_for_a_full_stop(switching_on: dict[str, Any]) -> None:
    refusal = guards.switch_on(**switching_on | {"charges": {"ups5": Charge(39.0, 40.0)}})
    assert refusal is not None
    assert refusal.rule == "S17"
    assert "39 % of 40 %" in refusal.reason


def test_s17_an_unknown_charge_is_not_enough(switching_on: dict[str, Any]) -> None:
    assert rule(guards.switch_on(**switching_on | {"charges": {"ups5": Charge(None, 0.0)}})) == "S17"


def test_s8_servers_get_power_when_their_arrays_have_been_ready_long_enough() -> None:
    assert guards.start_loads({"linkeddisk": True}) is None
    assert guards.start_loads({}) is None
    assert rule(guards.start_loads({"linkeddisk": True, "second": False})) == "S8"


# Starting servers


RUNS = ClusterStatus(ClusterState.RUNNING, "control1")


def starting(site: Site, **changes: Any) -> Refusal | None:
    calm: dict[str, Any] = {"arrays": {"linkeddisk": True}, "cluster": RUNS, "ran": True}
    facts = calm | {"armed": {"ups5": False}, "unfit": {}} | changes
    return guards.start_server(site.servers["blade1"], **facts)


def test_s8_s28_a_server_that_ran_is_started_when_its_arrays_are_ready(site: Site) -> None:
    assert starting(site) is None


def test_s28_a_server_that_did_not_run_is_not_started(site: Site) -> None:
    assert rule(starting(site, ran=False)) == "S28"


def test_s8_no_server_is_started_before_its_arrays_are_ready(site: Site) -> None:
    assert rule(starting(site, arrays={"linkeddisk": False})) == "S8"


def test_s6_no_server_is_started_before_the_cluster_runs(site: Site) -> None:
    for state in set(ClusterState) - {ClusterState.RUNNING}:
        refusal = starting(site, cluster=ClusterStatus(state, None))
        assert refusal is not None
        assert (refusal.rule, refusal.reason) == ("S6", f"the cluster is {state.value}")
    assert starting(site, cluster=None) is None, "it has never answered"


def test_s16_no_server_is_started_whose_power_is_still_to_fall(site: Site) -> None:
    assert rule(starting(site, armed={"ups5": True})) == "S16"


def test_s17_no_server_is_started_on_mains_or_a_battery_that_are_not_fit_for_it(site: Site) -> None:
    refusal = starting(site, unfit={"ups5": "mains of ups5 not stable yet"})
    assert refusal is not None
    assert (refusal.rule, refusal.reason) == ("S17", "mains of ups5 not stable yet")


# Waking control nodes


def waking(site: Site, *, fresh: bool = True, **changes: Any) -> Refusal | None:
    facts = {"armed": {"ups1": False}, "unfit": {}} | changes
    return guards.start_node(site.servers["control1"], seen(ServerStatus(Os.HALTED), fresh=fresh), **facts)


def test_l3_a_node_that_is_halted_with_its_power_on_is_woken(site: Site) -> None:
    assert waking(site) is None


def test_s11_no_node_is_woken_that_does_not_answer(site: Site) -> None:
    assert rule(waking(site, fresh=False)) == "S11"


def test_s17_no_node_is_woken_on_mains_that_may_not_stay_or_with_too_little_charge(site: Site) -> None:
    refusal = waking(site, unfit={"ups1": "ups1 needs 46 % of charge"})
    assert refusal is not None
    assert (refusal.rule, refusal.reason) == ("S17", "ups1 needs 46 % of charge")


def test_s16_no_node_is_woken_whose_power_is_still_to_fall(site: Site) -> None:
    assert rule(waking(site, armed={"ups1": True})) == "S16"


# Refused for now


def test_s9_only_what_the_mains_stand_in_the_way_of_is_asked_again_when_they_go() -> None:
    assert guards.cause_is_gone(Refusal("S9", "the mains are back; waiting whether they stay"))
    assert not guards.cause_is_gone(Refusal("S15", "ups5 is counting down already"))
    assert not guards.cause_is_gone(None)
