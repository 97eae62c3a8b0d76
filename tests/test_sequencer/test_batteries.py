"""A control side whose cards tell nothing of their batteries goes while these last for that (S5, U18, U2)."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from sequencer import conditions as when
from sequencer.batteries import reckoned_end_s, until_at_floor, ups_at_floor
from sequencer.requests import Wish
from sequencer.watch import watch
from sim.faults.catalogue import named
from sim.story import Asked
from tests.excused import unexcused_by_the_judge
from tests.hands import HandRoom
from tests.worlds import HOUR_S, RUNTIMES_S, fault, out, play

FLOOR_S = 480.0
AT_S = RUNTIMES_S["ups3"] - FLOOR_S


@pytest.mark.parametrize(
    "faults",
    [
        (),
        ("battery_not_told",),
        ("battery_not_told", "low_flag_missing"),
        ("card_silent",),
    ],
)
def test_s5_l2_u18_u2_a_control_side_that_waits_for_who_is_held_stops_while_its_disks_battery_allows_it(
    faults: tuple[str, ...],
) -> None:
    """It waited for the low battery, two minutes before its end: the disk was cut under a running cluster."""
    hold = Asked(-400.0, Wish.HOLD, ("blade1",))
    tale = play(*out(0, 3 * HOUR_S), hold, *(fault(of, "ups3", 100.0) for of in faults), until_s=2 * HOUR_S)
    assert AT_S - 60 < tale.at("cluster.stopping ssccluster") < AT_S + 60
    tale.before("cluster.stopped ssccluster", "array.off controldisk")
    tale.never("array.lost_data controldisk")


@pytest.fixture
def dark(by_hand: HandRoom) -> HandRoom:
    """ups3 has lost its mains in the tenth second, and is watched."""
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups3"]))
    by_hand.until(10)
    by_hand.upses["ups3"].lose_mains()
    by_hand.until(11)
    return by_hand


def floor_is_at(room: HandRoom) -> float | None:
    """When ups3 is at its floor, as far as that is waited for; None: that has no time."""
    floors_s = {"ups3": FLOOR_S}
    ends: list[float] = []

    def steps() -> Any:
        while not ups_at_floor(room.run, floors_s):
            yield from room.run.wait(*until_at_floor(room.run, floors_s))
        ends.append(room.run.now)

    room.run.spawn(steps())
    room.until(room.env.now + 2 * HOUR_S)
    return round(ends[0]) if ends else None


def test_u18_a_battery_that_is_not_told_lasts_as_the_site_file_says_since_its_mains_went(
    dark: HandRoom,
) -> None:
    dark.upses["ups3"].show(runtime_s=None, charge_pct=None)
    dark.until(100)
    assert floor_is_at(dark) == 10 + AT_S


def test_u2_one_that_is_silent_drains_from_what_it_told_last(dark: HandRoom) -> None:
    dark.upses["ups3"].show(runtime_s=1000.0)
    dark.until(100)
    dark.upses["ups3"].fall_silent()
    assert floor_is_at(dark) == 100 + 1000 - FLOOR_S


def test_u16_one_that_fell_silent_as_they_went_drains_from_the_charge_that_it_had(by_hand: HandRoom) -> None:
    """And only once it is declared out with its feed: silence alone is no outage (S12)."""
    ups3, ups = by_hand.upses["ups3"], by_hand.site.upses["ups3"]
    for each in by_hand.site.upses.values():
        by_hand.run.spawn(watch(by_hand.run, each))
    ups3.show(charge_pct=70.0, runtime_s=None)
    by_hand.until(10)
    ups3.fall_silent()
    by_hand.until(20)
    assert reckoned_end_s(by_hand.run, "ups3") == inf
    for name in by_hand.upses.keys() - {"ups3"}:
        by_hand.upses[name].lose_mains()
    by_hand.until(20 + ups.confirm_s - 1)
    assert reckoned_end_s(by_hand.run, "ups3") == inf
    by_hand.until(20 + ups.confirm_s + 10)
    assert reckoned_end_s(by_hand.run, "ups3") == pytest.approx(20 + 0.7 * RUNTIMES_S["ups3"], abs=10)
    assert floor_is_at(by_hand) == pytest.approx(20 + 0.7 * RUNTIMES_S["ups3"] - FLOOR_S, abs=10)


@pytest.mark.parametrize(("back_s", "anew"), [(50, False), (70, True)])
def test_u16_p3_a_silent_one_was_charged_while_its_feed_had_mains_for_long_enough(
    by_hand: HandRoom, back_s: float, anew: bool
) -> None:
    """Its card says nothing of that, and its feed is out once more (seed 186414)."""
    ups3, ups = by_hand.upses["ups3"], by_hand.site.upses["ups3"]
    others = [by_hand.upses[name] for name in by_hand.upses.keys() - {"ups3"}]
    for each in by_hand.site.upses.values():
        by_hand.run.spawn(watch(by_hand.run, each))
    ups3.show(charge_pct=70.0, runtime_s=None)
    by_hand.until(10)
    ups3.fall_silent()
    for other in others:
        other.lose_mains()
    by_hand.until(100)
    for other in others:
        other.regain_mains()
    by_hand.until(100 + back_s)
    for other in others:
        other.lose_mains()
    by_hand.until(100 + back_s + ups.confirm_s + 10)
    since_s = 100 + back_s if anew else 10
    assert reckoned_end_s(by_hand.run, "ups3") == pytest.approx(since_s + 0.7 * RUNTIMES_S["ups3"], abs=10)


def test_u2_p3_so_was_one_that_told_of_its_battery_last(by_hand: HandRoom) -> None:
    by_hand.run.mains["ups3"].drains_since_s = 400.0
    by_hand.until(10)
    by_hand.upses["ups3"].lose_mains()
    by_hand.upses["ups3"].show(runtime_s=1000.0)
    by_hand.until(20)
    by_hand.upses["ups3"].fall_silent()
    by_hand.until(30)
    assert reckoned_end_s(by_hand.run, "ups3") == 400 + 1000


@pytest.mark.parametrize(
    "status", [{"mains": True}, {"output_on": False}, {"runtime_s": 1000.0}], ids=["mains", "off", "it tells"]
)
def test_what_does_not_drain_or_tells_itself_is_not_reckoned(dark: HandRoom, status: dict[str, Any]) -> None:
    dark.upses["ups3"].show(**{"runtime_s": None, "charge_pct": None, **status})
    assert floor_is_at(dark) is None


def test_u18_p3_mains_that_blink_charge_nothing_and_such_as_stay_do(dark: HandRoom) -> None:
    ups3, view = dark.upses["ups3"], dark.run.mains["ups3"]
    for back_s, stays_s, since_s in ((100, 20, 10), (200, 70, 270)):
        dark.until(back_s)
        ups3.regain_mains()
        dark.until(back_s + stays_s)
        ups3.lose_mains()
        dark.until(back_s + stays_s + 1)
        assert view.drains_since_s == pytest.approx(since_s, abs=1.0)


@pytest.mark.parametrize(("stays_s", "left_s"), [(70, 2407), (1000, 2500), (2000, 2600), (4000, 2700)])
def test_u18_p4_what_an_outage_before_has_used_is_charged_in_ten_times_as_long(
    dark: HandRoom, stays_s: int, left_s: int
) -> None:
    """It was out for 300 s."""
    ups3 = dark.upses["ups3"]
    ups3.show(runtime_s=None, charge_pct=None)
    dark.until(310)
    ups3.regain_mains()
    dark.until(310 + stays_s)
    ups3.lose_mains()
    dark.until(310 + stays_s + 1)
    assert reckoned_end_s(dark.run, "ups3") - (310 + stays_s) == pytest.approx(left_s, abs=3.0)


@pytest.mark.parametrize(("seen", "left_s"), [(True, 2600), (False, 2700)])
def test_u18_p4_one_that_went_off_has_used_nothing_since_as_far_as_that_was_seen(
    dark: HandRoom, seen: bool, left_s: int
) -> None:
    ups3 = dark.upses["ups3"]
    ups3.show(runtime_s=None, charge_pct=None)
    dark.until(210)
    ups3.show(output_on=False)
    if seen:
        dark.run.ports.offs_s["ups3"] = 210.0
    dark.until(5000)
    ups3.regain_mains()
    dark.until(5010)
    ups3.show(output_on=True)
    dark.until(6000)
    ups3.lose_mains()
    dark.until(6001)
    assert reckoned_end_s(dark.run, "ups3") - 6000 == pytest.approx(left_s, abs=5.0)


def test_s18_l2_u18_p4_the_nodes_go_for_a_disks_battery_that_an_outage_before_has_used() -> None:
    """It was reckoned to be full, and the disk was lost with it (103870)."""
    untold, hold = fault("battery_not_told", "ups3", -100.0), Asked(1400.0, Wish.HOLD, ("blade1",))
    tale = play(*out(0, 500), *out(1800, 4 * HOUR_S), hold, untold, until_s=2 * HOUR_S)
    assert tale.at("cluster.stopped ssccluster") < tale.at("ups.output_off ups3")
    tale.never("ups.exhausted ups3", "array.lost_data controldisk")
    broken = unexcused_by_the_judge(tale, [named("battery_not_told")])
    assert not any(words.startswith("S5 ") for words in broken)


def test_u18_nor_is_one_forgotten_that_was_out_from_the_first_moment(by_hand: HandRoom) -> None:
    ups3, view = by_hand.upses["ups3"], by_hand.run.mains["ups3"]
    ups3.lose_mains()
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups3"]))
    by_hand.until(20)
    ups3.regain_mains()
    by_hand.until(25)
    ups3.lose_mains()
    by_hand.until(30)
    assert view.drains_since_s == 0.0


@pytest.mark.parametrize(("runtime_s", "is_met"), [(0.0, True), (60.0, True), (61.0, False), (None, False)])
def test_p8_a_battery_that_lasts_for_no_second_more_is_below_every_floor(
    dark: HandRoom, runtime_s: float | None, is_met: bool
) -> None:
    """Zero was taken for untold: with no flag nobody heard of it."""
    dark.upses["ups3"].show(runtime_s=runtime_s)
    assert when.runtime_below(60.0).met(dark.upses["ups3"].status) is is_met
