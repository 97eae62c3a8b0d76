"""UPSes that feed a node side by side fall so that its power goes, and somebody boots again (L3, X-04)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sequencer.comes_back import on_again_first
from sequencer.falls_together import is_back_too_soon
from sequencer.journal import Kind, Row
from sequencer.ports import Off
from sequencer.power_off import arm
from sequencer.site import Site
from sequencer.task import Task
from teiden.files.site_file import load_site
from tests.excused import holds
from tests.hands import NO, YES, HandRoom
from tests.worlds import fault, out, play, with_settings

TWO_FEEDS = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml"
LOST: dict[str, Any] = {"graceful_off_s": 260.0}
"""A card that has lost its settings goes off after 20 s + 2 min + 2 min."""
OFF: dict[str, Any] = {"output_on": False, "on_battery": False}
COUNTS: dict[str, Any] = {"off_armed": True}


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(TWO_FEEDS).site


@pytest.fixture
def room(site: Site) -> HandRoom:
    return HandRoom(site)


@pytest.mark.parametrize("lost", ["ups1", "ups2"])
@pytest.mark.parametrize(
    "outs",
    [[out(0, 3300, "ups3", "ups4")], [out(0, 1350, "ups1", "ups2", "ups3", "ups4")]],
    ids=["the nodes have mains", "theirs are back between the falls"],
)
def test_l1_l3_u9_nodes_with_a_card_that_has_lost_its_settings_are_woken_by_their_power(
    site: Site, lost: str, outs: list[Any]
) -> None:
    """It fell 160 s before the other, and was back before that: the nodes stayed halted for good."""
    tale = play(*outs, fault("settings_lost", lost, -500.0), site=site, until_s=12000)
    holds(tale, "settings_lost")
    other = "ups2" if lost == "ups1" else "ups1"
    tale.before(f"ups.output_off {lost}", f"ups.output_off {other}", f"ups.output_on {lost}")
    tale.before(f"ups.output_off {other}", "server.booting control1")


def sent(room: HandRoom, how: Off = Off.UNTIL_MAINS, sleep_s: float = 0.0, *nodes: str) -> list[str]:
    run = room.run
    loads = [run.site.servers[name] for name in nodes or ("control1", "control2")]
    run.asked_to_stop.update(("control1", "control2"))
    run.spawn(arm(run, run.site.upses["ups1"], how, loads, sleep_s=sleep_s))
    room.until(30)
    return room.upses["ups1"].sent


def slept_s(room: HandRoom) -> list[float]:
    return [e["sleep_s"] for e in room.told("command.sent", "ups1") if e["how"] == "sleep"]


def told_off(room: HandRoom, ups: str, falls_in_s: float, **details: Any) -> None:
    words = {"falls_in_s": falls_in_s, "returns": True, **details}
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, "control1/1", 0.0, words))
    room.upses[ups].show(**COUNTS)


def test_l3_one_that_falls_sooner_sleeps_until_the_other_has_fallen_whatever_its_card_rounds(
    room: HandRoom,
) -> None:
    room.upses["ups1"].show(**LOST)
    assert sent(room) == ["off sleep"]
    assert slept_s(room) == [160.0 + 180.0]
    assert room.journal.kept[-1].details["returns"], "it comes back with the mains all the same"


@pytest.mark.parametrize(
    ("ups1", "ups2"),
    [
        ({}, {}),
        ({}, LOST),
        (LOST, LOST),
        (LOST, {"graceful_off_s": 268.0}),
        ({}, {"graceful_off_s": 488.0}),
        ({"graceful_off_s": 420.5}, {"graceful_off_s": 460.0}),
        (LOST, OFF),
    ],
)
def test_l3_one_that_is_off_when_the_other_falls_need_not_sleep(
    room: HandRoom, ups1: dict[str, Any], ups2: dict[str, Any]
) -> None:
    """With its settings it stays off for the delay of its return, too."""
    room.upses["ups1"].show(**ups1)
    room.upses["ups2"].show(**ups2)
    assert sent(room) == ["off until_mains"]


@pytest.mark.parametrize("ups2", [{"graceful_off_s": 489.0}, {"graceful_off_s": 600.0}])
def test_l3_the_other_may_be_the_one_whose_delay_is_another(room: HandRoom, ups2: dict[str, Any]) -> None:
    room.upses["ups2"].show(**ups2)
    assert sent(room) == ["off sleep"]


def test_l3_u9_one_without_its_settings_is_back_as_soon_as_it_can_be(room: HandRoom) -> None:
    room.upses["ups1"].show(**LOST)
    room.upses["ups2"].show(graceful_off_s=268.5)
    assert sent(room) == ["off sleep"]


def test_l3_x_04_of_three_the_last_one_that_falls_is_waited_for(site: Site) -> None:
    room = HandRoom(with_settings(site, control1__upses=("ups1", "ups2", "ups7")))
    room.upses["ups1"].show(**LOST)
    room.upses["ups2"].show(graceful_off_s=265.0)
    assert sent(room, Off.UNTIL_MAINS, 0.0, "control1") == ["off sleep"]
    assert slept_s(room) == [160.0 + 180.0]


def test_l3_so_it_is_of_one_that_is_told_to_sleep_for_less(room: HandRoom) -> None:
    room.upses["ups1"].show(**LOST)
    assert sent(room, Off.SLEEP, 100.0) == ["off sleep"]
    assert slept_s(room) == [340.0]


def test_l3_and_longer_it_sleeps_as_it_is_told(room: HandRoom) -> None:
    room.upses["ups1"].show(**LOST)
    assert sent(room, Off.SLEEP, 3600.0) == ["off sleep"]
    assert slept_s(room) == [3600.0]


def test_l3_what_counts_down_already_falls_when_it_was_told_to(room: HandRoom) -> None:
    told_off(room, "ups2", 700.0)
    assert sent(room) == ["off sleep"]


def test_l3_whom_each_of_them_can_take_the_power_of_needs_no_sleep(site: Site) -> None:
    nodes = {f"{node}__minimum_supplies": 2 for node in ("control1", "control2")}
    room = HandRoom(with_settings(site, **nodes))
    room.upses["ups1"].show(**LOST)
    assert sent(room) == ["off until_mains"]


def test_l3_nor_who_is_woken_from_outside(room: HandRoom) -> None:
    room.upses["ups1"].show(**LOST)
    room.run.asked_to_stop.add("rack1")
    assert sent(room, Off.UNTIL_MAINS, 0.0, "rack1") == ["off until_mains"]


def test_x_09_l3_one_that_knows_no_sleep_is_told_to_go_until_the_mains_are_there(room: HandRoom) -> None:
    """An outlet group refuses it, and so does NUT; where the mains are away that is the same."""
    room.upses["ups1"].show(**LOST)
    room.upses["ups1"].replies = [NO, YES]
    assert sent(room) == ["off sleep", "off until_mains"]


def test_x_09_but_one_that_somebody_wants_to_sleep_is_not(room: HandRoom) -> None:
    room.upses["ups1"].replies = [NO, YES]
    assert sent(room, Off.SLEEP, 3600.0) == ["off sleep", "off sleep"]


# One that was told before


def waits(room: HandRoom) -> Task:
    return room.run.spawn(on_again_first(room.run, room.site.control_nodes))


def test_l3_c2_nodes_do_not_halt_before_one_that_was_told_sooner_is_on_again(room: HandRoom) -> None:
    """It would be back before the other falls that is told now, and nobody could tell it once more."""
    told_off(room, "ups2", 300.0)
    task = waits(room)
    room.until(300)
    assert not task.over
    room.upses["ups2"].show(**OFF, off_armed=False)
    room.until(360)
    assert not task.over
    room.upses["ups2"].show(output_on=True)
    room.until(361)
    assert task.over


@pytest.mark.parametrize("why", ["in time", "no mains", "both told", "stays off", "only one feeds them"])
def test_l3_else_they_do_not_wait_for_it(site: Site, why: str) -> None:
    room = HandRoom(site)
    if why == "only one feeds them":
        nodes = {f"{node}__minimum_supplies": 2 for node in ("control1", "control2")}
        room = HandRoom(with_settings(site, **nodes))
    told_off(room, "ups2", 352.0 if why == "in time" else 300.0, returns=why != "stays off")
    if why == "no mains":
        room.upses["ups2"].lose_mains()
    if why == "both told":
        told_off(room, "ups1", 420.0)
    task = waits(room)
    room.until(1)
    assert task.over


@pytest.mark.parametrize(
    ("beside_s", "too_soon"),
    [(300.0, True), (269.0, True), (268.0, False)],
)
@pytest.mark.parametrize("but", ["", "no mains", "not told"])
def test_l3_u9_it_is_on_again_too_soon_where_the_other_falls_only_then(
    room: HandRoom, beside_s: float, too_soon: bool, but: str
) -> None:
    """It falls in 260 s, and is back 8 s later."""
    room.until(30)
    ups1, ups2 = room.upses["ups1"], room.upses["ups2"]
    ups1.show(**LOST)
    ups2.show(graceful_off_s=beside_s)
    if but != "not told":
        told_off(room, "ups1", 260.0)
    if but == "no mains":
        ups1.lose_mains()
    node = room.site.servers["control1"]
    assert is_back_too_soon(room.run, room.site.upses["ups1"], node) is (too_soon and not but)
