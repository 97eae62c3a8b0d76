"""Whoever goes last leaves no node halted with its power on, whose word to go was taken back since (L3)."""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_node
from sequencer.goes_alone import may_carry_on
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.requests import Wish
from sequencer.scope import Scope
from sequencer.site import Site
from sim.story import Asked
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import fault, out, play


@pytest.fixture
def room(site: Site) -> HandRoom:
    """The cluster has stopped; control1 commands, and is to go for the outage of ups1 alone."""
    room = HandRoom(site)
    room.upses["ups1"].lose_mains()
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.run.hear(Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0))
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    return room


def wanted(room: HandRoom, goal: Goal) -> None:
    details = {"servers": ["control2"], "goal": goal.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "word", 1, "control1/1", 0.0, details))


def goes(room: HandRoom) -> set[str]:
    """What ups2 is told as control1 goes."""
    room.run.spawn(stop_node(room.run, room.site.servers["control1"]))
    room.until(200)
    assert "shutdown" in room.servers["control1"].sent
    return set(room.upses["ups2"].sent)


def test_l3_s31_who_is_on_his_way_by_a_word_of_ours_boots_with_his_own_power(room: HandRoom) -> None:
    room.servers["control2"].show(os=Os.SHUTTING_DOWN)
    room.run.asked_to_stop.add("control2")
    assert goes(room) == {"off until_mains"}


def test_l3_s31_and_so_does_he_who_is_down_and_wanted_up_by_now(room: HandRoom) -> None:
    room.servers["control2"].show(os=Os.HALTED)
    wanted(room, Goal.UP)
    assert goes(room) == {"off until_mains"}


@pytest.mark.parametrize("why", ["wanted down", "restarts", "by another's word", "by a hand", "no power"])
def test_s31_o1_c12_nobody_else_is_told(room: HandRoom, why: str) -> None:
    machine = room.servers["control2"]
    machine.show(os=Os.HALTED if why == "by a hand" else Os.SHUTTING_DOWN)
    if why not in ("by another's word", "by a hand"):
        room.run.asked_to_stop.add("control2")
    if why == "by another's word":  # he may boot again
        wanted(room, Goal.UP)
    if why == "wanted down":
        wanted(room, Goal.DOWN)
    if why == "restarts":
        room.run.rebooting.add("control2")
    if why == "no power":
        room.upses["ups2"].show(output_on=False)
    room.upses["ups1"].show(low_battery=True)
    assert goes(room) == set()


@pytest.mark.parametrize(
    ("went", "answers", "carries_on"), [(True, False, False), (False, False, True), (True, True, True)]
)
def test_s5_n3_who_went_with_his_power_before_we_booted_carries_nothing_on_while_we_hear_no_card(
    room: HandRoom, went: bool, answers: bool, carries_on: bool
) -> None:
    """For him control1 left a disk that was not cut yet, on a network that loses much (seed 23689)."""
    run = room.run
    run.went_before = frozenset({"ups2"}) if went else frozenset()
    room.upses["ups2"].status = room.servers["control2"].status = None
    for port in (*room.servers.values(), *room.peers.values(), *room.upses.values()):
        port.fall_silent()
    if answers:
        room.peers["control2"].show()
    assert may_carry_on(run, run.site.servers["control2"]) is carries_on


def test_l3_p3_it_is_not_left_to_a_node_whose_mains_flap_to_wake_whoever_is_wanted_up_again() -> None:
    """control1's battery ends amid the stop of all, and it goes back to its mains for a moment while rack1 is
    held; then everybody is wanted up (seed 23232)."""
    tale = play(
        fault("mains_flap", "ups1", -600),
        out(-600, 100),
        out(1020, 1105.2),
        out(1140, 1202.9),
        fault("server_in_maintenance", "rack1", 1380),
        out(1500, 2400),
        Asked(2700, Wish.POWER_OFF, ()),
        Asked(4200, Wish.POWER_ON, ()),
        until_s=6000,
        seed=23232,
    )
    holds(tale, "mains_flap", "server_in_maintenance")
    last = tale.all("server.halted control1")[-1]
    assert tale.all("server.up control2")[-1].t > last.t
