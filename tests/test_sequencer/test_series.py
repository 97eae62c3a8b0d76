"""Arrays that are flushed one after the other: when their turn comes, and when it is not waited for (S18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.array_off import earlier_are_flushed
from sequencer.journal import Kind, Row
from sequencer.outage import comes_into_scope
from sequencer.ports import Flush
from sequencer.scope import Scope
from sequencer.shortage import its_turn
from sequencer.site import FlushOrder, Site
from sequencer.task import Task
from tests.hands import HandRoom
from tests.worlds import with_more, with_settings

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


@pytest.mark.parametrize(
    ("why", "comes"),
    [
        ("it is not flushed", False),
        ("it was flushed in this incident", True),
        ("it was cut in an incident before this one", True),
        ("it was, and is on again", False),
        ("somebody holds it", True),
        ("no outage brings it down", True),
        ("it was flushed, and flushes anew", False),
    ],
)
def test_s18_l2_the_turn_of_a_disk_comes_when_those_before_it_have_nothing_left_to_flush(
    site: Site, why: str, comes: bool
) -> None:
    """Nobody asks one that is off for its flush: its row is of an incident that is over, and the others
    waited for it as long as their batteries lasted."""
    second = replace(site.arrays["linkeddisk"], name="second")
    room = HandRoom(with_more(site, second))
    run, first = room.run, room.arrays["linkeddisk"]
    run.scope = Scope(
        arrays=frozenset(("second",) if why.startswith("no outage") else ("linkeddisk", "second"))
    )
    run.hear(Row(Kind.DECLARED, site.name, 1, "control1/1", 0.0, {"was_running": []}))
    if "was flushed" in why:
        run.hear(Row(Kind.FLUSH_SETTLED, "linkeddisk", 1, "control1/1", 0.0, {"flushed": True}))
    if why.startswith("it was cut"):
        first.fall_silent()
    if why.startswith(("it was cut", "it was, and")):
        run.settled.add("linkeddisk")
    if why.startswith("somebody"):
        run.hear(
            Row(Kind.HELD, "linkeddisk", 1, "control1/1", 0.0, {"held": True, "cause": "r", "wall_s": 1.0})
        )
    if why.endswith("anew"):
        first.show(flush=Flush.UNDER_WAY)
    room.until(1)
    assert earlier_are_flushed(run, room.site.arrays["second"]) is comes
