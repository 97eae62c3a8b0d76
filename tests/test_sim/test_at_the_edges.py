"""Cases between two devices, or between two commands to one, that a real outage does bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sequencer.ports import Accepted, ClusterState, Off
from sequencer.site import AcLink, Switch
from sim.server import State
from tests.worlds import NODES, reference_site

Bare = Callable[..., Any]

ON_UPS5_AND_UPS6 = {
    "server": {"rack1__upses": ("ups5", "ups6")},
    "array": {"linkeddisk__controllers": ("ups5", "ups6"), "linkeddisk__enclosures": ("ups5", "ups6")},
    "switch": {"lan1__upses": ("ups5", "ups6")},
}


@pytest.mark.parametrize("load", ON_UPS5_AND_UPS6)
def test_a_load_moves_at_once_to_the_ups_that_is_left(bare: Bare, load: str) -> None:
    """The battery of the other UPS lasts less long from that very moment on."""
    room = bare(reference_site(**ON_UPS5_AND_UPS6[load]))
    room.mains(False)
    room.go(100)
    before_s = room.upses["ups5"].battery.runtime_at(100)
    room.upses["ups6"].switch_off(Off.NOW)
    assert room.upses["ups5"].battery.runtime_at(100) < before_s


def test_h8_last_state_of_a_forced_server_is_off(bare: Bare) -> None:
    room = bare(reference_site(rack1__ac_link=AcLink.LAST_STATE))
    room.servers["rack1"].force()
    room.upses["ups6"].switch_off(Off.NOW)
    room.upses["ups6"].switch_on()
    assert room.servers["rack1"].state is State.HALTED


def test_a_cluster_whose_nodes_died_has_forgotten_its_restart(bare_room: Any) -> None:
    room = bare_room
    room.cluster.restart()
    room.go(10)
    for node in NODES:
        room.servers[node].crash()
        room.servers[node].wake()
    room.go(1000)
    assert room.cluster.state is ClusterState.RUNNING
    booted = {node: room.told("server.booting", node) for node in NODES}
    room.cluster.stop()
    room.go(3600)
    assert {node: room.told("server.booting", node) for node in NODES} == booted


def test_a_stopped_cluster_is_not_started_without_its_disk(bare_room: Any) -> None:
    bare_room.cluster.force()
    bare_room.upses["ups3"].switch_off(Off.NOW)
    assert bare_room.cluster.start().accepted is Accepted.NO
    bare_room.go(600)
    assert bare_room.cluster.state is ClusterState.STOPPED


def test_an_off_of_another_kind_takes_the_place_of_the_one_that_counts_down(bare_room: Any) -> None:
    room = bare_room
    room.upses["ups4"].switch_off(Off.UNTIL_MAINS)
    room.go(30)
    room.upses["ups4"].switch_off(Off.NOW)
    room.go(3600)
    assert room.told("ups.output_off", "ups4") == [30]
    assert room.told("ups.output_on", "ups4") == [], "a plain OFF stays off"


def test_a_battery_that_ends_during_a_countdown_takes_the_output_once(bare_room: Any) -> None:
    room = bare_room
    room.mains(False)
    room.go(1100)
    room.upses["ups5"].switch_off(Off.GRACEFUL)
    room.go(3600)
    assert len(room.told("ups.output_off", "ups5")) == 1
    assert room.told("ups.output_off", "ups5") == room.told("ups.exhausted", "ups5")


def test_a_switch_on_during_the_return_delay_is_the_only_one(bare_room: Any) -> None:
    room = bare_room
    room.mains(False)
    room.go(10)
    room.upses["ups4"].switch_off(Off.CONSERVE)
    room.go(100)
    room.mains(True)
    room.go(110)
    room.upses["ups4"].switch_on()
    room.go(3600)
    assert room.told("ups.output_on", "ups4") == [110]


def test_a_feed_that_returns_leaves_the_upses_of_another_in_the_dark(bare: Bare) -> None:
    room = bare(reference_site(feeds=("utility", "other"), ups4__feed="other"))
    room.mains(False, "other")
    room.mains(False)
    room.mains(True)
    assert [name for name, ups in room.upses.items() if ups.on_battery] == ["ups4"]


def test_a_switch_that_needs_both_supplies_dies_with_either(bare: Bare) -> None:
    room = bare(reference_site(lan1__minimum_supplies=2))
    room.upses["ups2"].switch_off(Off.NOW)
    assert not room.lan.up
    room.upses["ups2"].switch_on()
    assert room.lan.up


def test_a_fibre_channel_switch_carries_no_requests(bare: Bare) -> None:
    room = bare(reference_site(switches={"fc1": Switch("fc1", ("ups4",), kind="fc")}))
    room.upses["ups4"].switch_off(Off.NOW)
    assert room.lan.up
