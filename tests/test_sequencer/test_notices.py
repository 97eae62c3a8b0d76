"""What a node says when a reading has changed, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import simpy

from sequencer import notices
from sequencer.ports import (
    ArrayStatus,
    ClusterState,
    ClusterStatus,
    Flush,
    Os,
    ServerStatus,
    Service,
    UpsStatus,
)
from sequencer.site import Site
from tests.hands import calm_ups


@pytest.fixture
def calm(site: Site) -> UpsStatus:
    return calm_ups(site, "ups5")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({}, {}, []),
        ({}, {"charge_pct": 50.0, "runtime_s": 3.0}, []),
        ({}, {"mains": False, "on_battery": True}, ["ups.on_battery"]),
        ({"mains": False, "on_battery": True}, {}, ["ups.on_line"]),
        ({}, {"off_armed": True}, ["ups.off_armed"]),
        ({"off_armed": True}, {"output_on": False}, ["ups.output_off"]),
        ({"output_on": False}, {}, ["ups.output_on", "ups.on_line"]),
        ({"mains": False, "on_battery": True}, {"mains": False, "on_battery": True, "low_battery": True},
         ["ups.low_battery"]),
        ({"output_on": False}, {"output_on": False, "mains": False}, []),
    ],
)  # fmt: skip
def test_a_ups(calm: UpsStatus, before: dict, after: dict, said: list[str]) -> None:
    assert notices.of_ups(replace(calm, **before), replace(calm, **after)) == said


def test_a_card_that_falls_silent_and_answers_again(calm: UpsStatus) -> None:
    assert notices.of_ups(calm, None) == ["card.silent"]
    assert notices.of_ups(None, calm)[0] == "card.answering"


def test_s1_since_when_a_ups_counts_down_is_known_of_one_that_was_watched(calm: UpsStatus) -> None:
    env, since_s, found_s = simpy.Environment(), dict[str, float](), dict[str, float]()
    told: list[UpsStatus | None] = []
    noticed = notices.counting(lambda _, new: told.append(new), env, "ups5", since_s, found_s, {})
    falling = replace(calm, off_armed=True)
    noticed(None, calm)
    env.run(until=7.0)
    noticed(calm, falling)
    env.run(until=9.0)
    noticed(falling, replace(falling, charge_pct=40.0))
    assert (since_s, found_s) == ({"ups5": 7.0}, {})
    noticed(falling, None)
    assert since_s == {}, "it may be told anew meanwhile"
    noticed(None, falling)
    env.run(until=11.0)
    noticed(falling, replace(falling, charge_pct=39.0))
    assert (since_s, found_s) == ({}, {"ups5": 9.0}), "it was found at it"
    noticed(falling, calm)
    assert (since_s, found_s) == ({}, {})
    noticed(calm, falling)
    noticed(falling, None)
    assert (since_s, found_s) == ({}, {})
    assert len(told) == 9


def test_x_04_since_when_a_ups_is_off_is_known_of_one_that_was_watched(calm: UpsStatus) -> None:
    env, offs_s = simpy.Environment(), dict[str, float]()
    noticed = notices.counting(lambda old, new: None, env, "ups5", {}, {}, offs_s)
    off = replace(calm, output_on=False)
    noticed(None, off)
    assert offs_s == {}, "it was found so"
    env.run(until=7.0)
    noticed(calm, off)
    env.run(until=9.0)
    noticed(off, replace(off, mains=False))
    noticed(off, None)
    noticed(None, off)
    assert offs_s == {"ups5": 7.0}, "silent or not, it gave power until then"
    noticed(off, None)
    noticed(None, calm)
    assert offs_s == {}


def test_c5_s13_since_when_a_node_holds_the_group_is_known_of_one_that_has_been_watched_to_get_it() -> None:
    env, moved_s, told = simpy.Environment(), dict[str, float](), list[ClusterStatus | None]()
    noticed = notices.moving(lambda _, new: told.append(new), env, moved_s)
    first, second = (ClusterStatus(ClusterState.RUNNING, f"control{n}") for n in (1, 2))
    nobody = ClusterStatus(ClusterState.STOPPED, None)
    noticed(None, first)
    assert moved_s == {}, "it had it before"
    env.run(until=7.0)
    noticed(first, second)
    env.run(until=9.0)
    noticed(second, None)
    noticed(None, second)
    assert moved_s == {"control2": 7.0}, "silent or not"
    noticed(second, nobody)
    assert moved_s == {}
    noticed(nobody, first)
    assert moved_s == {"control1": 9.0}
    assert len(told) == 6


def test_silence_of_a_management_controller_is_no_news_of_its_server() -> None:
    assert notices.of_server(ServerStatus(Os.UP), None) == []
    assert notices.of_server(ServerStatus(Os.UP), ServerStatus(Os.HALTED)) == ["server.halted"]


def test_an_array() -> None:
    calm = ArrayStatus(Service.READY, Flush.NOT_ASKED)
    assert notices.of_array(calm, replace(calm, flush=Flush.UNDER_WAY)) == ["array.flushing"]
    assert notices.of_array(replace(calm, flush=Flush.UNDER_WAY), replace(calm, flush=Flush.DONE)) == [
        "array.flushed"
    ]
    assert notices.of_array(None, replace(calm, service=Service.STARTING)) == ["array.starting"]
    assert notices.of_array(calm, None) == []


def test_a_cluster() -> None:
    running = ClusterStatus(ClusterState.RUNNING, "control1")
    assert notices.of_cluster(running, replace(running, holder=None)) == [], (
        "the group moves, the state stays"
    )
    assert notices.of_cluster(running, replace(running, state=ClusterState.STOPPING)) == ["cluster.stopping"]
