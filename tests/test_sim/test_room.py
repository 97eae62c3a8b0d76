"""The room as a whole: who is plugged into what, feeds and inputs, faults, and a node's lives."""

from __future__ import annotations

from typing import Any

import pytest

from sim.faults import catalogue
from sim.faults.fault import Fault, Kind
from sim.room import Room
from sim.server import State
from sim.story import FaultChange
from tests.worlds import LINKED, NODES, fault, lost, out, play, reference_model, reference_site


def test_every_device_of_the_site_is_there_and_in_its_calm_state(bare_room: Any) -> None:
    site = reference_site()
    assert bare_room.upses.keys() == site.upses.keys()
    assert all(ups.output and ups.mains for ups in bare_room.upses.values())
    up = {name for name, server in bare_room.servers.items() if server.state is State.UP}
    assert up == {*LINKED, *NODES}
    assert all(array.ready and array.dirty for array in bare_room.arrays.values())


@pytest.mark.parametrize(
    ("ups", "loads"),
    [
        ("ups1", {"control1", "lan1"}),
        ("ups3", {"controldisk"}),
        ("ups4", {"linkeddisk"}),
        ("ups5", {"blade1", "blade2", "bladepool"}),
    ],
)
def test_loads_hang_on_the_upses_that_the_site_says(bare_room: Any, ups: str, loads: set[str]) -> None:
    assert {load.name for load in bare_room.upses[ups].loads} == loads


def test_a_feed_takes_every_ups_on_it_and_an_input_only_its_own(bare: Any) -> None:
    room = bare(reference_site(feeds=("utility", "other"), ups6__feed="other"))
    room.mains(False)
    assert not room.upses["ups5"].mains
    assert room.upses["ups6"].mains
    room.mains(True)
    room.mains(False, "ups5")
    assert [name for name, ups in room.upses.items() if not ups.mains] == ["ups5"]


def test_an_input_that_is_lost_stays_lost_when_the_feed_returns(bare_room: Any) -> None:
    bare_room.mains(False, "ups5")
    bare_room.mains(False)
    bare_room.mains(True)
    assert not bare_room.upses["ups5"].mains
    assert bare_room.upses["ups6"].mains


def test_r1_11_the_lan_dies_with_the_last_ups_of_its_switch(bare_room: Any) -> None:
    bare_room.upses["ups1"]._set_output(False, "the test")
    assert bare_room.lan.up
    bare_room.upses["ups2"]._set_output(False, "the test")
    assert not bare_room.lan.up


SUBJECTS = {
    Kind.INPUT: "utility",
    Kind.UPS: "ups5",
    Kind.SWITCH: "lan1",
    Kind.NETWORK: "network",
    Kind.SERVER: "rack1",
    Kind.LINKED: "rack2",
    Kind.POOL: "rackpool",
    Kind.NODE: "control1",
    Kind.ARRAY: "linkeddisk",
    Kind.CLUSTER: "ssccluster",
}


@pytest.mark.parametrize("what", catalogue.ALL, ids=repr)
def test_every_fault_can_be_put_in_and_taken_out(bare_room: Any, what: Fault) -> None:
    subject, amount = SUBJECTS[what.of], catalogue.default_amount(what)
    there, gone = FaultChange(1, what, subject, amount=amount), FaultChange(2, what, subject, False, amount)
    bare_room.happen([there, gone])
    bare_room.go(5)


def test_c2_each_boot_of_a_node_is_a_new_life_with_what_its_journal_kept() -> None:
    tale = play(out(0, 7200), until_s=10_000)
    rows = tale.room.nodes["control1"].rows
    assert {row.life for row in rows} >= {"control1/1", "control1/2", "control1/3"}
    assert tale.room.nodes["control1"].run is not None


def test_a_life_ends_with_its_node_and_does_nothing_more() -> None:
    tale = play(
        lost(), fault("node_crashes", "control1", 50), fault("node_crashes", "control2", 50), until_s=7200
    )
    assert not [e for e in tale.events if not e.is_fact and e.t - tale.zero_s > 50]


def test_a_dead_life_leaves_no_polls_behind() -> None:
    tale = play(fault("node_crashes", "control1", 10), fault("node_crashes", "control2", 10), until_s=30)
    assert all(not ups._sights for ups in tale.room.upses.values())


def test_the_story_before_it_begins_leaves_a_room_without_events() -> None:
    room = Room(reference_site(), reference_model(), horizon_s=100)
    assert len(room.stream) == 0


def test_every_fault_of_the_catalogue_is_there() -> None:
    counts = {"P": 14, "U": 20, "N": 7, "H": 11, "A": 10, "C": 12, "T": 7, "O": 3}
    asked = {f"{letter}{n}" for letter, most in counts.items() for n in range(1, most + 1)}
    assert len(asked) == 84
    assert asked <= set(catalogue.BY_ID)
    assert len(catalogue.BY_NAME) == len(catalogue.ALL), "two faults of one name"
