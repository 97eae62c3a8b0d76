"""An array that was away is ready anew, and power that is there already waits for nobody (S8, A7, L1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.array_start import (
    comes_to_say_so,
    held_ready,
    is_held_ready,
    outlives_its_word,
    start_array,
)
from sequencer.journal import Kind, Row
from sequencer.ports import Os, Seen, Service
from sequencer.power_on import AGAIN_S, STAYS_S
from sequencer.restart import Turns, start_servers_ups
from sequencer.site import Site
from sequencer.timing import EVIDENCE_EXTRA_S
from tests.excused import holds
from tests.hands import HandArray, HandRoom
from tests.worlds import fault, out, play

HOLD_S = 10.0


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    assert by_hand.site.start.ready_hold_s == HOLD_S
    by_hand.run.ready_since["linkeddisk"] = -1000.0
    for view in by_hand.run.mains.values():
        view.on_line_since_s = -1000.0
    return by_hand


def test_s8_what_it_was_before_it_went_away_counts_no_more(room: HandRoom) -> None:
    """Nobody watched when its enclosures were cut (A6)."""
    room.arrays["linkeddisk"].show(service=Service.STARTING)
    room.run.spawn(comes_to_say_so(room.run, "linkeddisk"))
    room.until(5)
    room.arrays["linkeddisk"].show(service=Service.READY)
    room.until(6)
    assert not is_held_ready(room.run, "linkeddisk")


def test_s8_who_asks_while_it_is_away_counts_its_hold_anew(room: HandRoom) -> None:
    """Its enclosures were cut while an ON of its servers' UPS was waiting (A6): that ON was refused, and sent
    as soon as the disk was ready again."""
    room.arrays["linkeddisk"].show(service=Service.STARTING)
    assert not is_held_ready(room.run, "linkeddisk")
    room.arrays["linkeddisk"].show(service=Service.READY)
    assert not is_held_ready(room.run, "linkeddisk")
    room.until(HOLD_S)
    assert is_held_ready(room.run, "linkeddisk")


def test_s8_one_that_says_so_all_the_while_has_not_been_away(room: HandRoom) -> None:
    room.run.spawn(comes_to_say_so(room.run, "linkeddisk"))
    room.until(1)
    assert is_held_ready(room.run, "linkeddisk")


@pytest.mark.parametrize("away", [True, False])
def test_s8_one_that_is_switched_on_is_held_from_when_it_comes_ready(room: HandRoom, away: bool) -> None:
    if away:
        room.arrays["linkeddisk"].show(service=Service.STARTING)
    room.run.spawn(start_array(room.run, room.site.arrays["linkeddisk"]))
    room.until(50)
    room.arrays["linkeddisk"].show(service=Service.READY)
    room.until(50 + HOLD_S - 1)
    assert is_held_ready(room.run, "linkeddisk") is not away
    room.until(50 + HOLD_S + 1)
    assert is_held_ready(room.run, "linkeddisk")


@pytest.mark.parametrize("on", [True, False])
def test_l1_a_servers_ups_that_is_on_already_waits_for_no_array_that_sleeps(site: Site, on: bool) -> None:
    """Somebody pressed its button; the incident waited for a disk that nobody was to switch on."""
    room = HandRoom(site)
    room.arrays["linkeddisk"].show(service=Service.STARTING)
    room.upses["ups5"].show(output_on=on)
    room.servers["blade1"].show(replace(room.servers["blade1"].status, os=Os.HALTED))
    ups5 = site.upses["ups5"]
    task = room.run.spawn(start_servers_ups(room.run, ups5, Turns(room.run, [ups5])))
    room.until(60)
    assert (task.over, "ups5" in room.run.powered) == (on, on)
    assert room.servers["blade1"].sent == []


@pytest.mark.parametrize("stays_s", [STAYS_S - 1, STAYS_S + 1])
def test_p14_one_that_was_on_already_and_goes_off_at_once_goes_on_when_its_array_is_ready(
    room: HandRoom, stays_s: float
) -> None:
    """It trips over what its servers draw at their start; nobody would ask it again after a hand's ON."""
    room.arrays["linkeddisk"].show(service=Service.STARTING)
    ups5, port = room.site.upses["ups5"], room.upses["ups5"]
    task = room.run.spawn(start_servers_ups(room.run, ups5, Turns(room.run, [ups5])))
    room.until(stays_s)
    assert task.over is (stays_s > STAYS_S)
    port.show(output_on=False)
    room.until(60)
    assert port.sent == [], "its servers would boot without their disk (S8)"
    room.arrays["linkeddisk"].show(service=Service.READY)
    room.until(60 + HOLD_S + 1)
    assert port.sent == ["on"] * (stays_s < STAYS_S)
    port.show(output_on=True)
    room.until(100)
    assert task.over


@pytest.mark.parametrize("on", [True, False])
def test_u19_l3_one_whose_card_was_silent_goes_on_when_it_says_that_it_is_off(
    room: HandRoom, on: bool
) -> None:
    """Its servers answered all the while, with other power: the cables had been mixed up."""
    ups5, port = room.site.upses["ups5"], room.upses["ups5"]
    port.fall_silent()
    task = room.run.spawn(start_servers_ups(room.run, ups5, Turns(room.run, [ups5])))
    room.until(2 * STAYS_S)
    assert task.over
    assert "ups5" in room.run.powered
    port.show(output_on=on)
    room.until(4 * STAYS_S)
    assert port.sent == ["on"] * (not on)
    port.show(output_on=True)
    room.until(5 * STAYS_S)
    port.show(output_on=False)
    room.until(9 * STAYS_S)
    assert len(port.sent) == (not on), "somebody has switched it off since"


@pytest.mark.parametrize(
    ("to_come", "by_others", "again"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_s16_l3_one_that_goes_off_under_somebody_who_is_still_to_come_up_goes_on_again(
    room: HandRoom, to_come: bool, by_others: bool, again: bool
) -> None:
    """An OFF of ours was under way that no poll had told when it was found on. One of somebody else is not
    taken back (C12), nor is one that takes nobody."""
    ups5, port = room.site.upses["ups5"], room.upses["ups5"]
    turns = Turns(room.run, [ups5])
    turns.to_come.update(["blade1"] * to_come)
    room.run.spawn(start_servers_ups(room.run, ups5, turns))
    room.until(2 * STAYS_S)
    told = {"falls_in_s": 30.0} | ({} if by_others else {"wall_s": 1.0})
    room.run.learn(Row(Kind.OFF_ARMED, "ups5", 0, "control1/1", 0.0, told))
    port.show(output_on=False)
    room.until(60.0)
    assert port.sent == ["on"] * again
    port.show(output_on=True)
    room.until(60.0 + 2 * STAYS_S)
    port.show(output_on=False)
    room.until(60.0 + 2 * STAYS_S + AGAIN_S - 1)
    assert port.sent == ["on"] * again, "no sooner than that (S33)"
    room.until(60.0 + 2 * STAYS_S + AGAIN_S + 10)
    assert port.sent == ["on", "on"] * again


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("falls", [False, True])
def test_s2_c12_s16_nobody_is_started_on_a_disk_that_is_about_to_go(
    room: HandRoom, silent: bool, falls: bool
) -> None:
    """Of a card that is silent until the time of its OFF is over, however that ends."""
    told = {"falls_in_s": 100.0}
    room.run.learn(Row(Kind.OFF_ARMED, "ups4", 0, "control1/1", 0.0, told))
    room.upses["ups4"].show(off_armed=True)
    assert not is_held_ready(room.run, "linkeddisk")
    task = room.run.spawn(held_ready(room.run, room.site.arrays["linkeddisk"]))
    if silent:
        room.until(50)
        room.upses["ups4"].fall_silent()
    room.until(100 + EVIDENCE_EXTRA_S - 1)
    assert not task.over
    if falls:
        room.arrays["linkeddisk"].fall_silent()
    if not silent:
        room.upses["ups4"].show(off_armed=False)
    room.until(100 + EVIDENCE_EXTRA_S + 1)
    assert task.over is not falls
    assert is_held_ready(room.run, "linkeddisk") is not falls


@pytest.mark.parametrize("array", ["linkeddisk", "controldisk"])
def test_s2_adr_0033_of_a_control_disk_the_nodes_see_to_that(room: HandRoom, array: str) -> None:
    room.run.ready_since[array] = -1000.0
    for ups in room.site.arrays[array].upses:
        room.upses[ups].show(off_armed=True)
    assert is_held_ready(room.run, array) is (array == "controldisk")


def test_s2_c10_c12_who_is_to_be_up_again_waits_until_the_disk_has_gone_and_come_back() -> None:
    """He was woken, and forced at once, and what he had written was lost (seed 71012)."""
    tale = play(
        fault("foreign_off", "ups4", 0.0),
        fault("incident_left_open", "control2", 300.0),
        until_s=3600.0,
    )
    tale.before(
        "array.flushed linkeddisk", "array.off linkeddisk", "array.ready linkeddisk", "server.up rack1"
    )
    assert tale.all("command.sent * command=force") == tale.all("array.lost_data *") == []


class LastWord(HandArray):
    """Fallen silent, what it told last counts until it is stale, as in a room."""

    stale_s = 11.0

    def seen(self) -> Seen[Any]:
        last = super().seen()
        return replace(last, fresh=last.fresh or self.env.now < last.at_s + self.stale_s)


@pytest.mark.parametrize("mixed_up", [True, False])
def test_s8_u19_what_a_disk_has_told_before_its_power_went_is_an_old_story(
    room: HandRoom, mixed_up: bool
) -> None:
    """A hand cut it shortly before its servers' turn, and its card said so in time. With its cables mixed up
    it answers still, and is ready (seed 71373, crowded)."""
    run, ups6 = room.run, room.site.upses["ups6"]
    disk = LastWord(room.env, room.arrays["linkeddisk"].status)
    room.arrays["linkeddisk"] = disk
    assert run.site.polling.stale_after_s(run.site.polling.on_line_s) == disk.stale_s
    room.upses["ups6"].show(output_on=False)
    turns = Turns(run, [ups6])
    turns.taken()
    run.spawn(start_servers_ups(run, ups6, turns))
    room.until(2)
    if not mixed_up:
        disk.fall_silent()
    room.until(3)
    room.upses["ups4"].show(output_on=False)
    room.until(40)
    assert room.upses["ups6"].sent == ["on"] * mixed_up
    disk.show(service=Service.READY)
    room.until(40 + HOLD_S - 1)
    assert room.upses["ups6"].sent == ["on"] * mixed_up
    room.until(40 + HOLD_S + 1)
    assert room.upses["ups6"].sent == ["on"]


def test_s8_u19_one_that_answers_when_it_is_asked_again_is_not_waited_for_anew(room: HandRoom) -> None:
    run, site = room.run, room.site
    disk = LastWord(room.env, room.arrays["linkeddisk"].status)
    room.arrays["linkeddisk"] = disk
    room.until(1)
    disk.fall_silent()
    room.until(2)
    room.upses["ups4"].show(output_on=False)
    asked = run.spawn(outlives_its_word(run, site.arrays["linkeddisk"], site.upses["ups6"]))
    room.until(2.1)
    disk.show(service=Service.READY)
    room.until(2 + HOLD_S / 2)
    assert asked.over


def test_s8_a6_no_server_is_started_after_a_hand_has_cut_its_disk() -> None:
    """The first of their two UPSes was on by then; the second one had its turn ten seconds later."""
    tale = play(out(0, 396.6, "ups4"), fault("enclosures_cut", "linkeddisk", 468.3, 1500.0), until_s=4000.0)
    holds(tale, "enclosures_cut")
    assert tale.at("ups.output_on ups5") < tale.at("ups.output_off ups4") < tale.at("ups.output_on ups6")
    assert tale.at("array.ready linkeddisk") < tale.at("ups.output_on ups6")


def test_s8_l3_n3_a_servers_ups_that_did_not_go_on_waits_anew_until_its_array_has_been_ready_for_long(
    room: HandRoom,
) -> None:
    """That was silent for a moment meanwhile, and nobody noted when it was ready again: for that it was
    refused for ever (two-feeds, crowded seed 66023)."""
    ups5, port = room.site.upses["ups5"], room.upses["ups5"]
    port.show(output_on=False)
    room.run.spawn(start_servers_ups(room.run, ups5, Turns(room.run, [ups5])))
    room.until(room.site.start.switch_on_limit_s + 60)
    asked = port.sent.count("on")
    assert asked
    room.run.ready_since.pop("linkeddisk")
    room.until(room.run.now + 3 * AGAIN_S)
    assert port.sent.count("on") > asked


def test_s8_c12_one_whose_cards_say_that_it_has_no_power_is_not_ready_though_it_was_by_its_last_word(
    room: HandRoom,
) -> None:
    """Another's OFF has fallen, and the ON of its servers' UPS waited for that (seed 193903)."""
    disk, ups4 = LastWord(room.env, room.arrays["linkeddisk"].status), room.upses["ups4"]
    room.arrays["linkeddisk"] = disk
    assert is_held_ready(room.run, "linkeddisk")
    ups4.show(off_armed=True)
    assert not is_held_ready(room.run, "linkeddisk"), "about to go"
    room.until(5)
    disk.fall_silent()
    room.until(6)
    ups4.show(off_armed=False, output_on=False)
    assert not is_held_ready(room.run, "linkeddisk"), "gone, and it cannot say so"
    room.until(7)
    disk.show(service=Service.READY)
    assert is_held_ready(room.run, "linkeddisk"), "its cables are mixed up (U19)"
