"""Whom the flush of an array waits for, and when its battery cannot: to the second and the device (X-02)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.shortage import is_short, users_are_off
from sequencer.site import Site
from sequencer.task import Task
from sequencer.timing import late_looks_s
from tests.hands import HandRoom
from tests.short_battery import halt, on, room_of
from tests.worlds import LINKED, with_more, with_settings

FLUSH_S = 300.0 + 4.0
"""`flush_limit` of the reference site, and two late looks."""


@pytest.fixture
def room(site: Site) -> HandRoom:
    assert site.linkage.flush_limit_s + late_looks_s(site) == FLUSH_S
    return room_of(site)


def falls(room: HandRoom, ups: str, at_s: float) -> None:
    in_s = {"falls_in_s": at_s - room.run.now}
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, "control1/1", room.run.now, in_s))


def waits(room: HandRoom) -> Task:
    task = room.run.spawn(users_are_off(room.run, room.site.arrays["linkeddisk"]))
    room.until(room.run.now + 1)
    return task


def short(room: HandRoom, runtime_s: float | None, **status: Any) -> bool:
    room.upses["ups4"].show(runtime_s=runtime_s, **status)
    return is_short(room.run, room.site.arrays["linkeddisk"])


def told(room: HandRoom) -> list[tuple[str, str]]:
    return [(e["subject"], e["rule"]) for e in room.told("alarm.raised")]


# Whether its battery is short


def test_s18_a_battery_is_short_when_it_does_not_outlast_the_last_fall_and_the_flush(room: HandRoom) -> None:
    falls(room, "ups5", 300.0)
    falls(room, "ups6", 200.0)
    assert short(room, 200.0 + FLUSH_S)
    assert not short(room, 200.5 + FLUSH_S)


@pytest.mark.parametrize(("looked_s", "alarms"), [(700.0, []), (500.0, [("linkeddisk", "S18")])])
def test_s3_its_battery_is_looked_at_once_more_before_the_flush_is_hurried(
    room: HandRoom, looked_s: float, alarms: list[tuple[str, str]]
) -> None:
    """Servers that hang on it by mixed-up cables (U19) have just halted, and it lasts longer than it said."""
    ups4 = room.upses["ups4"]
    ups4.show(runtime_s=550.0)
    look = ups4.look

    def looked_at() -> object:
        ups4.show(runtime_s=looked_s)
        return look()

    ups4.look = looked_at
    for ups in ("ups5", "ups6"):
        falls(room, ups, 400.0)
    halt(room)
    waits(room)
    assert told(room) == alarms


def test_s18_without_a_fall_to_come_only_the_flush_is_needed(room: HandRoom) -> None:
    assert short(room, FLUSH_S)
    assert not short(room, FLUSH_S + 0.5)


def test_s3_s18_who_is_off_already_is_not_waited_for_whatever_another_lifes_row_says(room: HandRoom) -> None:
    """Heard in this life, that counts from its boot; an earlier one has seen the UPS off."""
    falls(room, "ups5", 300.0)
    room.run.settled.add("ups5")
    assert not short(room, FLUSH_S + 0.5)
    room.run.settled.clear()
    assert short(room, FLUSH_S + 0.5)


def test_s18_falls_that_are_over_are_not_waited_for(room: HandRoom) -> None:
    for name in ("ups5", "ups6"):
        falls(room, name, 50.0)
    assert short(room, FLUSH_S)
    assert not short(room, FLUSH_S + 0.5)


@pytest.mark.parametrize(
    ("status", "is_it"),
    [
        ({"low_battery": True}, True),
        ({}, False),
        ({"low_battery": True, "mains": True}, False),
        ({"low_battery": True, "output_on": False}, False),
    ],
    ids=["low", "tells no runtime", "mains", "off"],
)
def test_s18_low_is_short_on_battery_and_nowhere_else(
    room: HandRoom, status: dict[str, Any], is_it: bool
) -> None:
    assert short(room, None, **status) is is_it


@pytest.mark.parametrize("mains", [True, False])
def test_c12_s18_one_that_another_has_told_to_go_off_is_short_whatever_it_holds_until_it_is_off(
    room: HandRoom, mains: bool
) -> None:
    """Nobody here tells it before the flush is over, so nobody knows how much of its countdown is left."""
    halt(room)
    assert short(room, 3600.0, mains=mains, off_armed=True)
    assert waits(room).over
    assert told(room) == [("linkeddisk", "S18")]
    assert not short(room, 3600.0, output_on=False)


def test_s11_one_that_counted_down_when_it_was_heard_last_may_be_off_by_now(room: HandRoom) -> None:
    assert short(room, 3600.0, mains=True, off_armed=True)
    room.upses["ups4"].fall_silent()
    assert not is_short(room.run, room.site.arrays["linkeddisk"])


def test_s11_a_battery_of_which_nothing_was_ever_heard_is_not_called_short(site: Site) -> None:
    room = HandRoom(site)
    room.upses["ups4"].status = None
    room.upses["ups4"].fall_silent()
    assert not is_short(room.run, site.arrays["linkeddisk"])
    halt(room)
    waits(room)
    assert room.upses["ups4"].watchers == []


def test_s18_one_short_battery_of_two_is_enough(site: Site) -> None:
    ups7 = replace(site.upses["ups4"], name="ups7", number=7)
    room = room_of(with_more(site, ups7, replace(site.arrays["linkeddisk"], enclosures=("ups7",))))
    assert short(room, FLUSH_S - 1)


# Whom it waits for


def test_s3_it_waits_for_each_of_its_servers_upses_to_be_off(room: HandRoom) -> None:
    halt(room)
    task = waits(room)
    for name in ("ups5", "ups6"):
        assert not task.over
        room.run.settled.add(name)
        room.run.announce(name)
        on(room)
    assert task.over
    assert told(room) == []


def test_s3_and_for_who_was_booted_on_a_ups_that_was_off(room: HandRoom) -> None:
    room.run.settled |= {"ups5", "ups6"}
    halt(room)
    room.servers["rack1"].show(os=Os.UP)
    task = waits(room)
    assert not task.over
    halt(room, "rack1")
    on(room)
    assert task.over


def test_x_02_with_a_short_battery_it_waits_for_each_server_to_halt_and_no_longer(room: HandRoom) -> None:
    short(room, FLUSH_S)
    halt(room, *LINKED[1:])
    task = waits(room)
    assert not task.over
    assert [eager for _, _, eager in room.servers[LINKED[0]].watchers] == [True], "every second counts"
    assert [port.watchers for name, port in room.servers.items() if name in LINKED[1:]] == [[], [], []]
    assert room.upses["ups4"].watchers == []
    halt(room, LINKED[0])
    on(room)
    assert task.over
    assert told(room) == [("linkeddisk", "S18")]


@pytest.mark.parametrize(
    ("given_up", "silent", "lost"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_x_02_one_that_is_silent_past_its_limit_is_not_waited_for(
    room: HandRoom, given_up: bool, silent: bool, lost: bool
) -> None:
    short(room, FLUSH_S)
    halt(room, *LINKED[1:])
    if given_up:
        room.run.given_up.add(LINKED[0])
    if silent:
        room.servers[LINKED[0]].fall_silent()
    assert waits(room).over is lost


def test_s18_when_all_have_halted_it_goes_on_as_soon_as_its_battery_runs_short(room: HandRoom) -> None:
    halt(room)
    short(room, FLUSH_S + 100)
    task = waits(room)
    assert not task.over
    short(room, FLUSH_S - 1)
    on(room)
    assert task.over
    assert told(room) == [("linkeddisk", "S18")]


@pytest.mark.parametrize(("status", "listens"), [({}, 1), ({"mains": True}, 1), ({"output_on": False}, 0)])
def test_s18_a_battery_is_listened_to_only_while_it_may_run_short(
    room: HandRoom, status: dict[str, Any], listens: int
) -> None:
    """Of one that has its mains only whether they go."""
    halt(room)
    room.upses["ups4"].show(runtime_s=3600.0, **status)
    waits(room)
    assert len(room.upses["ups4"].watchers) == listens


@pytest.mark.parametrize("device", ["ups5", "blade1", "ups4"])
def test_s27_l2_the_ups_that_somebody_holds_is_not_waited_for_when_all_have_halted(
    room: HandRoom, device: str
) -> None:
    """It goes off when he lets it go, hours later perhaps, and a flush harms nobody."""
    halt(room, *(name for name in LINKED if name != device))
    room.run.hear(Row(Kind.HELD, device, 1, "control1/1", 0.0, {"held": True, "cause": "r1", "wall_s": 0.0}))
    room.run.settled.add("ups6")
    task = waits(room)
    assert task.over is (device == "ups5")
    assert told(room) == ([("ups5", "S3")] if task.over else [])


@pytest.mark.parametrize("held", ["rack1", "ups6"])
@pytest.mark.parametrize("other", ["ups5 counts down", "ups6 counts down", "ups5 is off"])
def test_l2_s27_with_the_battery_short_the_disk_waits_for_nobody_whom_a_hold_keeps_up_beside_one_who_falls(
    room: HandRoom, held: str, other: str
) -> None:
    """He writes to the battery's end; or is late, on a held UPS, and forced for it. Where his own UPS counts
    down it waits for that."""
    halt(room, *(name for name in LINKED if name != "rack1"))
    room.servers["rack1"].show(os=Os.UP)
    room.run.hear(Row(Kind.HELD, held, 1, "control1/1", 0.0, {"held": True, "cause": "r1", "wall_s": 0.0}))
    room.run.given_up.update({"rack1"} if held == "ups6" else ())
    if other == "ups5 is off":
        room.run.settled.add("ups5")
    else:
        room.upses[other[:4]].show(off_armed=True)
    short(room, FLUSH_S - 1)
    task = waits(room)
    assert task.over is (other != "ups6 counts down")
    assert told(room) == ([("linkeddisk", "S18")] if task.over else [])


def test_s18_p3_mains_that_were_back_for_a_blink_leave_it_no_less_listened_to(room: HandRoom) -> None:
    """No other news wakes whoever waits for the UPSes of its servers."""
    halt(room)
    room.upses["ups4"].show(mains=False, on_battery=True, runtime_s=FLUSH_S + 100)
    task = waits(room)
    room.upses["ups4"].show(mains=True, on_battery=False)
    on(room)
    room.upses["ups4"].show(mains=False, on_battery=True)
    on(room)
    assert not task.over
    short(room, FLUSH_S - 1)
    on(room)
    assert task.over
    assert told(room) == [("linkeddisk", "S18")]


def test_r10_13_an_array_without_linked_servers_waits_for_nobody(site: Site) -> None:
    nobody = {f"{name}__arrays": () for name in LINKED}
    room = room_of(with_settings(site, **nobody))
    assert waits(room).over
    assert told(room) == []
