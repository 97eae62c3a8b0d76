"""The pretend disk array: its cache, its flush, its two kinds of power."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.ports import Accepted, Flush, Service
from sequencer.site import Array, ArrayRole, Ups
from tests.worlds import reference_model, reference_site, with_more

FLUSH_S, START_S = 192.0, 180.0
"""12 GiB at 64 MiB/s."""


@pytest.fixture
def idle(bare_room: Any) -> Any:
    """Its users are down; its cache is still dirty."""
    for name in ("blade1", "blade2", "rack1", "rack2"):
        bare_room.servers[name].force()
    return bare_room


def cut(room: Any, ups: str = "ups4") -> None:
    room.upses[ups]._set_output(False, "the test")


def feed(room: Any, ups: str = "ups4") -> None:
    room.upses[ups]._set_output(True, "the test")


def test_its_cache_is_dirty_while_anybody_uses_it_and_until_it_is_flushed(idle: Any) -> None:
    array = idle.arrays["linkeddisk"]
    assert array.dirty
    array.flush()
    idle.go(FLUSH_S + 1)
    assert not array.dirty
    assert idle.told("array.flushed", "linkeddisk") == [FLUSH_S]
    assert array.read().flush is Flush.DONE


def test_a_flush_asked_twice_is_one_flush(idle: Any) -> None:
    array = idle.arrays["linkeddisk"]
    array.flush()
    idle.go(100)
    assert array.flush().ok
    idle.go(300)
    assert idle.told("array.flushed", "linkeddisk") == [FLUSH_S]


def test_a_clean_cache_is_flushed_at_once(idle: Any) -> None:
    array = idle.arrays["linkeddisk"]
    array.dirty = False
    array.flush()
    idle.go(1)
    assert idle.told("array.flushed", "linkeddisk") == [0]


def test_a4_a_server_that_writes_again_overtakes_the_flush(idle: Any) -> None:
    array = idle.arrays["linkeddisk"]
    array.flush()
    idle.go(100)
    array.used_by("blade1", running=True)
    idle.go(1000)
    assert idle.told("array.flushed", "linkeddisk") == []
    assert array.dirty
    assert array.read().flush is Flush.NOT_ASKED


def test_a2_a_flush_that_never_ends_stays_under_way(idle: Any) -> None:
    array = idle.arrays["linkeddisk"]
    array.hang_flush(True)
    array.flush()
    idle.go(10_000)
    assert array.read().flush is Flush.UNDER_WAY


def test_data_are_lost_when_the_power_falls_while_the_cache_is_dirty(idle: Any) -> None:
    cut(idle)
    assert idle.told("array.lost_data", "linkeddisk") == [0]
    assert idle.arrays["linkeddisk"].read() is None


def test_nothing_is_lost_after_the_flush(idle: Any) -> None:
    idle.arrays["linkeddisk"].flush()
    idle.go(FLUSH_S + 1)
    cut(idle)
    assert idle.told("array.lost_data", "linkeddisk") == []
    assert idle.told("array.off", "linkeddisk")


def test_data_are_lost_when_the_power_falls_in_the_middle_of_the_flush(idle: Any) -> None:
    idle.arrays["linkeddisk"].flush()
    idle.go(FLUSH_S - 1)
    cut(idle)
    idle.go(1000)
    assert idle.told("array.lost_data", "linkeddisk") == [FLUSH_S - 1]
    assert idle.told("array.flushed", "linkeddisk") == []


def test_with_power_again_it_starts_and_is_ready_after_a_while(idle: Any) -> None:
    cut(idle)
    feed(idle)
    assert idle.arrays["linkeddisk"].read().service is Service.STARTING
    assert idle.arrays["linkeddisk"].flush().accepted is Accepted.NO
    idle.go(START_S + 1)
    assert idle.told("array.ready", "linkeddisk") == [START_S]
    assert not idle.arrays["linkeddisk"].dirty


def test_power_that_falls_while_it_starts_begins_again(idle: Any) -> None:
    cut(idle)
    feed(idle)
    idle.go(100)
    cut(idle)
    feed(idle)
    idle.go(1000)
    assert idle.told("array.ready", "linkeddisk") == [100 + START_S]


def test_a3_unreachable_it_works_on(idle: Any) -> None:
    array = idle.arrays["linkeddisk"]
    array.flush()
    array.fall_silent(True)
    assert array.read() is None
    idle.go(FLUSH_S + 1)
    assert not array.dirty


def test_s32_a_control_arrays_cache_is_on_disk_when_its_nodes_have_halted(bare_room: Any) -> None:
    array = bare_room.arrays["controldisk"]
    assert array.dirty
    bare_room.servers["control1"].force()
    assert array.dirty
    bare_room.servers["control2"].force()
    assert not array.dirty
    cut(bare_room, "ups3")
    assert bare_room.told("array.lost_data", "controldisk") == []


def test_it_needs_a_controller_and_an_enclosure_and_feeds_each_from_its_own(bare: Any) -> None:
    ups7 = Ups("ups7", 7, "utility", 30.0)
    site = with_more(reference_site(), ups7, Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",)))
    room = bare(site, reference_model(ups7__runtime_s=1500.0))
    array = room.arrays["linkeddisk"]
    assert array.watts_from("ups4") == array.watts_from("ups7") == 200
    cut(room, "ups7")
    assert array.service is None, "without its enclosures a controller serves nothing"
    cut(room, "ups4")
    feed(room, "ups4")
    assert array.service is None
    feed(room, "ups7")
    assert array.service is Service.STARTING


def test_its_users_soil_it_again_when_it_is_ready(bare_room: Any) -> None:
    cut(bare_room)
    feed(bare_room)
    bare_room.go(START_S + 1)
    assert bare_room.arrays["linkeddisk"].dirty, "its servers never went down"
