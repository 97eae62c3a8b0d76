"""A node goes alone, or with its disks: whose outage is timed yet is waited for (S18, L2)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.control_stop import stop_node
from sequencer.goes_alone import may_carry_on
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.scope import Scope
from sequencer.site import Array, ArrayRole, Server, ServerRole, Site, Ups
from sequencer.task import Task
from sequencer.timing import cluster_floors_s, systems_floors_s
from tests.excused import holds
from tests.hands import HandRoom
from tests.safety import unsafe
from tests.worlds import back, fault, lost, out, play, with_more, with_settings

WORDS = "the outage of ups3 to be confirmed, or to be over"


@pytest.fixture
def room(site: Site) -> HandRoom:
    return room_of(site)


def room_of(site: Site) -> HandRoom:
    """The outage of ups1 is confirmed; the control disk runs on its battery, too, and that is timed yet."""
    room = HandRoom(site)
    for name in ("ups1", "ups3"):
        room.upses[name].lose_mains()
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.run.hear(Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0))
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    return room


def stops(room: HandRoom) -> Task:
    task = room.run.spawn(stop_node(room.run, room.site.servers["control1"]))
    on(room)
    return task


def on(room: HandRoom) -> None:
    room.until(room.run.now + 5)


def goes(room: HandRoom) -> bool:
    return "shutdown" in room.servers["control1"].sent


def waits(room: HandRoom) -> bool:
    return [told["step"] for told in room.told("step.waiting", "control1")] == [WORDS] and not goes(room)


def test_s18_a_node_waits_while_the_outage_of_the_control_disk_is_timed(room: HandRoom) -> None:
    task = stops(room)
    assert waits(room)
    room.run.scope = Scope(control=True)
    room.run.announce()
    on(room)
    assert (task.over, goes(room)) == (True, False), "the whole control side goes, in its order"


@pytest.mark.parametrize(("by", "still"), [("control2/1", True), ("control1/1", False)])
def test_s18_c4_nor_does_it_go_for_a_peer_has_confirmed_that_by_its_own_watch(
    room: HandRoom, by: str, still: bool
) -> None:
    room.run.hear(Row(Kind.CONFIRMED, "ups3", 1, by, 0.0))
    stops(room)
    assert goes(room) is not still


@pytest.mark.parametrize("others", [False, True])
def test_s18_c7_it_waits_while_the_outage_of_every_other_node_is_timed(room: HandRoom, others: bool) -> None:
    """A moment later all of them are out, and are stopped in order; gone before, nobody forces who hangs."""
    steady(room)
    if others:
        room.upses["ups2"].lose_mains()
    stops(room)
    assert goes(room) is not others
    room.upses["ups2"].regain_mains()
    room.run.mains["ups2"].on_line_since_s = 0.0
    on(room)
    room.until(room.run.now + room.site.start.mains_stable_s)
    assert goes(room)


def test_s18_it_goes_alone_when_the_disk_has_its_mains_back(room: HandRoom) -> None:
    stops(room)
    steady(room)
    on(room)
    assert goes(room)


def test_s18_p3_when_it_has_had_them_for_long_enough(room: HandRoom) -> None:
    stops(room)
    room.upses["ups3"].regain_mains()
    on(room)
    room.run.mains["ups3"].on_line_since_s = room.run.now
    room.until(room.run.now + room.site.start.mains_stable_s - 1)
    assert waits(room)
    on(room)
    assert goes(room)


def test_s18_or_when_its_own_battery_waits_no_longer(room: HandRoom) -> None:
    stops(room)
    room.upses["ups1"].show(low_battery=True)
    on(room)
    assert goes(room)


def test_s9_and_not_at_all_when_its_own_mains_are_back(room: HandRoom) -> None:
    stops(room)
    room.upses["ups1"].regain_mains()
    room.run.mains["ups1"].on_line_since_s = room.run.now
    on(room)
    assert not goes(room)
    steady(room)
    on(room)
    assert not goes(room)


def test_s9_nor_is_it_the_disk_that_it_waits_for_then(room: HandRoom) -> None:
    room.upses["ups1"].regain_mains()
    room.run.mains["ups1"].on_line_since_s = 0.0
    stops(room)
    assert not goes(room)
    assert room.told("step.waiting", "control1") == []


def test_l3_nor_is_the_disk_waited_for_by_one_that_somebody_wants_down(room: HandRoom) -> None:
    """Its manager shuts it down: it is gone in a minute, and its UPS is to be told before that."""
    down = {"servers": ["control1"], "goal": Goal.DOWN.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "down", 1, "control1/1", 0.0, down))
    stops(room)
    assert "off graceful" in room.upses["ups1"].sent, "and it stays off (S28)"


def test_l3_nor_by_one_that_is_seen_on_its_way_down(room: HandRoom) -> None:
    stops(room)
    assert waits(room)
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    on(room)
    assert "off until_mains" in room.upses["ups1"].sent


def test_s31_a_disk_with_its_mains_holds_nobody_up(room: HandRoom) -> None:
    steady(room)
    stops(room)
    assert goes(room)


def test_x04_s31_nor_one_that_another_feed_carries(site: Site) -> None:
    twice = Array("controldisk", ArrayRole.CONTROL, ("ups3", "ups7"), ("ups3", "ups7"))
    room = room_of(with_more(site, Ups("ups7", 7, "utility", 60.0), twice))
    steady(room, "ups7")
    stops(room)
    assert goes(room)
    room = room_of(with_more(site, Ups("ups7", 7, "utility", 60.0), twice))
    room.upses["ups7"].lose_mains()
    stops(room)
    assert not goes(room)


def test_x04_s18_one_of_two_feeds_that_has_mains_does_not_keep_up_a_node_that_needs_both(site: Site) -> None:
    both = with_settings(site, control1__upses=("ups1", "ups7"), control1__minimum_supplies=2)
    room = room_of(with_more(both, Ups("ups7", 7, "utility", 60.0)))
    stops(room)
    assert waits(room)
    room.upses["ups1"].regain_mains()
    room.run.mains["ups1"].on_line_since_s = room.run.now
    on(room)
    assert not goes(room)


# Whoever may carry the cluster on


def steady(room: HandRoom, ups: str = "ups3") -> None:
    """A control disk's mains are there, and have been for long enough."""
    room.upses[ups].regain_mains()
    room.run.mains[ups].on_line_since_s = room.run.now - room.site.start.mains_stable_s


def alone(room: HandRoom) -> HandRoom:
    steady(room)
    return room


def test_s31_s11_whether_the_other_one_boots_is_looked_at_afresh(room: HandRoom) -> None:
    """It has crashed since the last poll, when it was up."""
    control2 = alone(room).servers["control2"]
    look = control2.look

    def seen_booting() -> Any:
        control2.show(os=Os.BOOTING)
        return look()

    control2.look = seen_booting  # type: ignore[method-assign]
    stops(room)
    assert not goes(room)
    assert [told["step"] for told in room.told("step.waiting", "control1")] == ["control2 to be up"]


def test_s31_one_that_boots_is_not_waited_for_where_a_third_one_is_up(site: Site) -> None:
    third = Server("control3", ServerRole.CONTROL, ("ups7",), arrays=("controldisk",))
    of_three = with_settings(site, cluster__nodes=("control1", "control2", "control3"))
    room = alone(room_of(with_more(of_three, Ups("ups7", 7, "utility", 60.0), third)))
    room.servers["control3"].show(os=Os.UP)
    room.servers["control2"].show(os=Os.BOOTING)
    stops(room)
    assert goes(room)


def test_s31_a_third_one_that_is_up_leaves_the_cluster_to_nobody_else(site: Site) -> None:
    """It may carry it on: the one that goes is not the last, and tells the cluster nothing."""
    third = Server("control3", ServerRole.CONTROL, ("ups7",), arrays=("controldisk",))
    of_three = with_settings(site, cluster__nodes=("control1", "control2", "control3"))
    room = alone(room_of(with_more(of_three, Ups("ups7", 7, "utility", 60.0), third)))
    room.servers["control3"].show(os=Os.UP)
    room.servers["control2"].show(os=Os.HALTED)
    stops(room)
    assert (room.cluster.sent, goes(room)) == ([], True)


def test_n1_c7_whom_nobody_hears_is_taken_for_up_while_one_of_its_upses_gives_power(site: Site) -> None:
    twice = with_settings(site, control2__upses=("ups2", "ups7"), control2__minimum_supplies=1)
    room = HandRoom(with_more(twice, Ups("ups7", 7, "utility", 60.0)))
    control2 = room.site.servers["control2"]
    room.servers["control2"].fall_silent()
    room.peers["control2"].fall_silent()
    room.upses["ups2"].show(output_on=False)
    assert may_carry_on(room.run, control2)
    room.upses["ups7"].show(output_on=False)
    assert not may_carry_on(room.run, control2)


def test_n3_we_are_up_unless_our_own_controller_said_otherwise_last(room: HandRoom) -> None:
    me, hand = room.site.servers["control1"], room.servers["control1"]
    hand.fall_silent()
    assert may_carry_on(room.run, me)
    hand.show(os=Os.SHUTTING_DOWN)
    hand.fall_silent()
    assert not may_carry_on(room.run, me)
    hand.status = None
    room.upses["ups1"].show(output_on=False)
    assert may_carry_on(room.run, me), "who asks is there"


@pytest.mark.parametrize(
    ("os", "named", "silent", "carries_on"),
    [
        (Os.BOOTING, "control2", True, True),
        (Os.HALTED, "control2", True, True),
        (Os.SHUTTING_DOWN, "control2", True, False),
        (Os.BOOTING, "control1", True, False),
        (Os.BOOTING, "control2", False, False),
    ],
    ids=["boots", "halted", "goes down", "not named", "heard"],
)
def test_n3_s31_or_its_manager_names_it_which_has_booted_since(
    room: HandRoom, os: Os, named: str, silent: bool, carries_on: bool
) -> None:
    """Its last word was that it boots; the cluster that ran on it was stopped for our battery."""
    room.servers["control2"].show(os=os)
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1", frozenset({named})))
    hands = [*room.servers.values()] if silent else [room.servers["control1"]]
    for port in (*hands, *room.peers.values(), *room.upses.values()):
        port.fall_silent()
    control2 = room.site.servers["control2"]
    assert may_carry_on(room.run, control2) is carries_on
    if os is Os.SHUTTING_DOWN:
        room.until(control2.stop_limit_s - 1)
        assert not may_carry_on(room.run, control2)
        room.until(control2.stop_limit_s + 1)
        assert may_carry_on(room.run, control2), "it was down by then: hard seed 61282"


def test_n3_s31_nobody_stops_the_cluster_for_his_battery_that_runs_on_whom_he_does_not_hear() -> None:
    tale = play(
        fault("node_crashes", "control2", -600.0),
        out(0, 600, "ups5"),
        out(600, 4200, "ups1"),
        fault("network_slow", "network", 840.0),
        until_s=2500.0,
    )
    holds(tale)
    tale.never("command.sent ssccluster command=stop")


def test_s31_nor_one_that_was_to_restart_and_is_halted(room: HandRoom) -> None:
    alone(room).run.rebooting.add("control2")
    room.servers["control2"].show(os=Os.HALTED)
    room.cluster.show(state=ClusterState.STOPPED)
    stops(room)
    assert goes(room)


@pytest.mark.parametrize("known", ["", "wanted down", "its power falls", "its outage"])
def test_s31_c12_who_goes_down_and_nobody_knows_why_may_be_restarting_until_he_is_halted(
    room: HandRoom, known: str
) -> None:
    """Another manager has told him; the cluster goes on with him if he boots (hard seed 61050)."""
    run = alone(room).run
    if known == "wanted down":
        down = {"servers": ["control2"], "goal": "down", "wall_s": run.wall_s()}
        run.hear(Row(Kind.WANTED, "r", 1, "control1/1", 0.0, down))
    if known == "its power falls":
        room.upses["ups2"].show(off_armed=True)
    if known == "its outage":
        run.scope = Scope(nodes=frozenset({"control1", "control2"}))
    room.servers["control2"].show(os=Os.SHUTTING_DOWN)
    stops(room)
    assert ("stop" in room.cluster.sent) is bool(known)
    room.servers["control2"].show(os=Os.HALTED)
    on(room)
    assert room.cluster.sent == ["stop"]


@pytest.mark.parametrize("blink_s", [892.2, 894.1])
def test_s18_the_last_node_goes_with_the_disk_whose_confirm_time_a_blink_began_anew(blink_s: float) -> None:
    """control2 is gone. The mains blink for a second: ups3's poll meets it, and that of ups1 does not.

    It went alone when that of ups1 was confirmed, and told nobody of ups3, which ran until it was empty.
    """
    blink = [back(blink_s), lost(blink_s + 1.0)]
    tale = play(fault("node_crashes", "control2", 100.0), lost(0.0), blink, back(5000.0), until_s=9000.0)
    tale.never("ups.exhausted *", "array.lost_data *")
    assert not unsafe(tale)


@pytest.mark.parametrize("second_s", [933.0, 937.5, 1101.0])
def test_s18_p3_nor_does_it_go_alone_in_a_second_blink(second_s: float) -> None:
    """While it waits for that disk's outage to be confirmed: its own mains are back in it, or its disk's."""
    blinks = [(back(at_s), lost(at_s + 1.0)) for at_s in (892.2, second_s)]
    tale = play(fault("node_crashes", "control2", 100.0), lost(0.0), *blinks, back(5000.0), until_s=9000.0)
    tale.never("ups.exhausted *", "array.lost_data *")
    assert not unsafe(tale)


BOTH = Scope(nodes=frozenset({"control1", "control2"}))


def test_s5_of_two_whose_power_fails_while_others_are_dark_neither_leaves_the_cluster_to_the_other(
    room: HandRoom,
) -> None:
    steady(room)
    room.run.scope = BOTH
    stops(room)
    assert room.cluster.sent == ["stop"]


def test_s27_one_that_somebody_holds_stays_and_carries_it_on(room: HandRoom) -> None:
    steady(room)
    held = {"held": True, "cause": "hold", "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.HELD, "control2", 1, "control1/1", 0.0, held))
    room.run.scope = BOTH
    stops(room)
    assert (room.cluster.sent, goes(room)) == ([], True)


@pytest.mark.parametrize("state", [ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK])
def test_s18_a_cluster_that_stands_already_needs_none_of_its_battery_before_it_goes(
    room: HandRoom, state: ClusterState
) -> None:
    """Only the systems are still to go, and the others' outage may be confirmed before that (seed 910981)."""
    room.upses["ups1"].show(runtime_s=cluster_floors_s(room.site, room.site.node_upses)["ups1"])
    room.cluster.show(state=state, holder=None)
    stops(room)
    assert waits(room)
    room.upses["ups1"].show(runtime_s=systems_floors_s(room.site, room.site.node_upses)["ups1"])
    on(room)
    assert goes(room)


@pytest.mark.parametrize("state", [ClusterState.RUNNING, ClusterState.STARTING, ClusterState.STOPPING])
def test_s18_one_that_is_still_to_stop_needs_its_time(room: HandRoom, state: ClusterState) -> None:
    room.upses["ups1"].show(runtime_s=cluster_floors_s(room.site, room.site.node_upses)["ups1"])
    room.cluster.show(state=state)
    stops(room)
    assert not waits(room)
