"""Nodes with their mains do not go again and again for a disk whose UPS somebody holds (S27, L10, L2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.site import Site
from sequencer.stays_up import stay_for_held_disks
from sequencer.task import Task
from sequencer.timing import disks_floors_s
from sim.story import Asked
from tests.excused import holds, unexcused
from tests.hands import HandRoom
from tests.worlds import out, play, reference_site, with_more

HELD = Asked(-60.0, Wish.HOLD, ("ups3",), "me")


def test_s27_l10_l2_nodes_go_once_for_a_disk_that_is_held_before_its_battery_ends() -> None:
    """They came back while it lived yet, used it and went again; it ended under them, and lost its data."""
    tale = play(HELD, out(0, 4000, "ups3"), until_s=9000)
    assert [offence.split()[0] for offence in unexcused(tale, ())] == ["S18"], "a hold makes up for that"
    tale.once("ups.output_off ups1 cause=command")
    tale.once("ups.exhausted ups3")
    tale.never("array.lost_data controldisk")
    tale.before("server.halted control1", "ups.exhausted ups3", "server.up control1")


def test_s27_they_go_as_soon_as_it_is_released() -> None:
    tale = play(HELD, out(0, 3000, "ups3"), Asked(1500.0, Wish.RELEASE, ("ups3",), "me"), until_s=6000)
    holds(tale)
    tale.before("cluster.stopped ssccluster", "hold.released ups3", "server.shutting_down control1")
    tale.once("ups.output_off ups1 cause=command")


def test_s27_they_stay_up_and_the_cluster_is_back_with_the_mains_of_a_disk_that_is_held() -> None:
    tale = play(HELD, out(0, 1500, "ups3"), until_s=4000)
    holds(tale)
    tale.never("ups.output_off ups1")
    tale.before("cluster.stopped ssccluster", "mains.restored ups3", "cluster.running ssccluster")


def room_of(site: Site) -> HandRoom:
    """ups3 is out, and somebody holds it."""
    room = HandRoom(site)
    room.run.hear(
        Row(Kind.DECLARED, site.name, 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups3", 1, "control1/1", 0.0),
    )
    hold(room, held=True)
    room.upses["ups3"].lose_mains()
    room.upses["ups3"].show(runtime_s=3600.0)
    return room


def hold(room: HandRoom, *, held: bool) -> None:
    details = {"held": held, "cause": f"r{held}", "wall_s": room.run.now}
    room.run.hear(Row(Kind.HELD, "ups3", 1, "control1/1", room.run.now, details))


def stays(room: HandRoom) -> Task:
    task = room.run.spawn(stay_for_held_disks(room.run))
    room.until(room.run.now + 10)
    return task


def at_floor(room: HandRoom, more_s: float = 0.0) -> None:
    room.upses["ups3"].show(runtime_s=disks_floors_s(room.site)["ups3"] + more_s)


def wanted_down(room: HandRoom) -> None:
    details = {"servers": ["control2"], "goal": Goal.DOWN.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, details))


def all_go(room: HandRoom) -> None:
    for node in room.site.cluster.nodes:
        room.servers[node].show(os=Os.SHUTTING_DOWN)


ENDS: list[Callable[[HandRoom], Any]] = [
    lambda room: hold(room, held=False),
    lambda room: room.upses["ups3"].show(output_on=False),
    lambda room: room.upses["ups2"].lose_mains(),
    at_floor,
    wanted_down,
    all_go,
]
WORDS = ["released", "off", "a node's mains go", "its battery ends", "wanted down", "shut down by another"]


@pytest.mark.parametrize("end", ENDS, ids=WORDS)
def test_s27_l10_until_they_can_tell_it_or_do_not_go_for_it_alone(end: Callable[[HandRoom], Any]) -> None:
    room = room_of(reference_site())
    staying = stays(room)
    at_floor(room, more_s=1.0)
    room.until(30)
    before = staying.over
    assert [e["step"] for e in room.told("step.waiting")] == ["ups3 to be released"]
    end(room)
    room.until(60)
    assert (before, staying.over) == (False, True)
    ended = room_of(reference_site())
    end(ended)
    assert stays(ended).over


@pytest.mark.parametrize(("failed", "both"), [(False, False), (True, False), (True, True)])
def test_s27_another_disk_that_failed_and_is_not_held_is_not_waited_for(failed: bool, both: bool) -> None:
    site = reference_site()
    ups7 = replace(site.upses["ups3"], name="ups7", number=7)
    disk = replace(site.arrays["controldisk"], name="disk2", controllers=("ups7",), enclosures=("ups7",))
    room = room_of(with_more(site, ups7, disk))
    if failed:
        room.run.hear(Row(Kind.CONFIRMED, "ups7", 1, "control1/1", 0.0))
    if both:
        details = {"held": True, "cause": "r2", "wall_s": 0.0}
        room.run.hear(Row(Kind.HELD, "ups7", 1, "control1/1", 0.0, details))
    assert stays(room).over is (failed and not both)


def test_s27_a_disk_whose_other_ups_can_be_told_is_not_waited_for() -> None:
    site = reference_site()
    ups7 = replace(site.upses["ups3"], name="ups7", number=7)
    room = room_of(with_more(site, ups7, replace(site.arrays["controldisk"], enclosures=("ups7",))))
    assert stays(room).over
