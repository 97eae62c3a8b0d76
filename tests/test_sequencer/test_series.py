"""Arrays that are flushed one after the other: when their turn comes, and when it is not waited for (S18)."""

from __future__ import annotations

import pytest

from sequencer.outage import comes_into_scope
from sequencer.scope import Scope
from sequencer.shortage import its_turn
from sequencer.site import FlushOrder, Site
from sequencer.task import Task
from tests.hands import HandRoom
from tests.worlds import with_settings

FLUSH_S = 300.0 + 4.0


@pytest.fixture
def room(site: Site) -> HandRoom:
    """ups4, under the linked disk, runs on its battery."""
    room = HandRoom(with_settings(site, linkage__flush_order=FlushOrder.SERIAL))
    room.upses["ups4"].lose_mains()
    room.upses["ups4"].show(runtime_s=FLUSH_S + 100)
    room.until(10)
    return room


def waits(room: HandRoom, flushed: set[str]) -> Task:
    disk = room.site.arrays["linkeddisk"]
    return room.run.spawn(its_turn(room.run, disk, lambda run, array: "another" in flushed))


def told(room: HandRoom) -> list[tuple[str, str]]:
    return [(e["subject"], e["rule"]) for e in room.told("alarm.raised")]


def test_its_turn_comes_when_those_before_it_are_flushed(room: HandRoom) -> None:
    flushed: set[str] = set()
    task = waits(room, flushed)
    room.until(20)
    assert not task.over
    flushed.add("another")
    room.run.announce()
    room.until(21)
    assert (task.over, told(room)) == (True, [])


@pytest.mark.parametrize("status", [{"runtime_s": FLUSH_S}, {"low_battery": True}])
def test_s18_x_02_a_battery_that_cannot_wait_for_it_does_not(
    room: HandRoom, status: dict[str, float]
) -> None:
    task = waits(room, set())
    room.until(20)
    room.upses["ups4"].show(**status)
    room.until(21)
    assert (task.over, told(room)) == (True, [("linkeddisk", "S18")])


def test_l2_s5_nor_does_it_wait_for_it_when_we_go_without_it(room: HandRoom) -> None:
    task = waits(room, set())
    room.until(20)
    assert not task.over
    room.run.cluster.goes_without.add("linkeddisk")
    room.run.announce()
    room.until(21)
    assert (task.over, told(room)) == (True, [("linkeddisk", "S18")])


def test_s3_a_servers_ups_that_goes_off_though_no_outage_brings_it_down_is_seen_off(room: HandRoom) -> None:
    """Its OFF was told before somebody on it was wanted up again; its array waits for it all the same."""
    run = room.run
    task = run.spawn(comes_into_scope(run, room.site.upses["ups5"]))
    room.until(20)
    room.upses["ups5"].show(output_on=False)
    room.until(21)
    assert (run.settled, task.over) == ({"ups5"}, False)
    room.upses["ups5"].show(output_on=True)
    room.until(22)
    assert run.settled == set()
    run.scope = Scope(server_upses=frozenset(("ups5",)))
    run.announce("ups5")
    room.until(23)
    assert task.over
