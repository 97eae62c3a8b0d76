"""P1 to P14: the pretend room really does what each fault of mains and batteries says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from sequencer.ports import Accepted, Off
from sequencer.site import Array, ArrayRole
from sim.room import Room
from tests.thrown import set_back, throw
from tests.worlds import reference_model, reference_site, with_more


def changes(room: Any, of: str = "utility") -> list[tuple[float, str]]:
    return [(e.t, e.name) for e in room.stream if e.subject == of and e.name.startswith("mains.")]


def test_p1_a_blip_is_one_short_loss(bare_room: Any) -> None:
    bare_room.go(100)
    throw(bare_room, "P1", "utility", 7.0)
    bare_room.go(500)
    assert changes(bare_room) == [(100, "mains.lost"), (107, "mains.restored")]


def test_p1_a_blip_that_is_set_back_is_over_at_once(bare_room: Any) -> None:
    throw(bare_room, "P1", "ups5", 60.0)
    bare_room.go(10)
    set_back(bare_room, "P1", "ups5")
    bare_room.go(500)
    assert changes(bare_room, "ups5") == [(0, "mains.lost"), (10, "mains.restored")]
    assert bare_room.upses["ups4"].mains


def test_p2_the_mains_are_back_when_it_says(bare_room: Any) -> None:
    throw(bare_room, "mains_return", "utility", 444.0)
    bare_room.go(1000)
    assert changes(bare_room) == [(0, "mains.lost"), (444, "mains.restored")]


def test_p3_the_mains_flap_until_it_ends_and_then_stay(bare_room: Any) -> None:
    throw(bare_room, "P3", "utility")
    bare_room.go(600)
    set_back(bare_room, "P3", "utility")
    bare_room.go(2000)
    times = [t for t, _ in changes(bare_room)]
    assert len(times) > 12
    assert all(5.0 <= later - sooner <= 60.0 for sooner, later in pairwise(times[:-1]))
    assert times[-1] <= 600
    assert changes(bare_room)[-1][1] == "mains.restored"


def test_p3_the_same_seed_flaps_the_same_and_another_does_not() -> None:
    def played(seed: int) -> list[tuple[float, str]]:
        room = Room(reference_site(), reference_model(), seed=seed, horizon_s=1e6)
        throw(room, "P3", "utility")
        room.env.run(until=300)
        return changes(room)

    assert played(1) == played(1)
    assert played(1) != played(2)


def test_p3_what_the_story_takes_away_no_flapping_brings_back(bare_room: Any) -> None:
    bare_room.mains(False)
    throw(bare_room, "P3", "utility")
    bare_room.go(900)
    assert changes(bare_room) == [(0, "mains.lost")]
    bare_room.mains(True)
    set_back(bare_room, "P3", "utility")
    bare_room.go(901)
    assert changes(bare_room) == [(0, "mains.lost"), (900, "mains.restored")]


def test_p4_the_second_outage_finds_batteries_that_are_charging(bare_room: Any) -> None:
    throw(bare_room, "P4", "utility", 600.0)
    bare_room.go(1200)
    charge = bare_room.upses["ups4"].battery.charge_at(1200)
    bare_room.go(5000)
    assert [t for t, _ in changes(bare_room)] == [0, 600, 1200, 1800]
    assert charge < 0.7


def test_p5_an_aged_battery_lasts_for_its_part_of_what_it_did(bare_room: Any) -> None:
    ups = bare_room.upses["ups4"]
    new_s = ups.battery.runtime_at(0)
    throw(bare_room, "P5", "ups4", 40.0)
    assert ups.battery.runtime_at(0) == pytest.approx(0.4 * new_s)
    assert ups.battery.charge_at(0) == 1.0
    bare_room.mains(False)
    bare_room.go(2000)
    assert bare_room.told("ups.exhausted", "ups4") == [pytest.approx(600, abs=1)]


def test_p5_in_the_middle_of_a_discharge_its_end_comes_sooner_and_a_new_battery_puts_it_off(
    bare: Any,
) -> None:
    room = bare()
    room.mains(False)
    room.go(300)
    left_s = room.upses["ups4"].battery.runtime_at(300)
    throw(room, "P5", "ups4", 50.0)
    assert room.upses["ups4"].battery.runtime_at(300) == pytest.approx(left_s / 2)
    set_back(room, "P5", "ups4")
    assert room.upses["ups4"].battery.runtime_at(300) == pytest.approx(left_s)
    room.go(3000)
    assert room.told("ups.exhausted", "ups4") == [pytest.approx(300 + left_s, abs=1)]


def test_p5_a_battery_that_is_worse_already_gets_no_better(bare: Any) -> None:
    room = bare(model=reference_model(ups4__health=0.3))
    before_s = room.upses["ups4"].battery.runtime_at(0)
    throw(room, "P5", "ups4", 80.0)
    assert room.upses["ups4"].battery.runtime_at(0) == before_s


def test_p7_more_load_drains_it_faster(bare_room: Any) -> None:
    ups = bare_room.upses["ups4"]
    throw(bare_room, "P7", "ups4", 2.0)
    assert ups.load_pct == 200.0
    bare_room.mains(False)
    bare_room.go(2000)
    (empty_s,) = bare_room.told("ups.exhausted", "ups4")
    assert empty_s == pytest.approx(1500 * 2**-1.2, abs=1)


def test_p8_the_flag_never_comes_and_the_end_all_the_same(bare_room: Any) -> None:
    throw(bare_room, "P8", "ups4")
    bare_room.mains(False)
    bare_room.go(1499)
    assert not bare_room.upses["ups4"].read().low_battery
    bare_room.go(1600)
    assert bare_room.told("ups.low_battery", "ups4") == []
    assert bare_room.told("ups.exhausted", "ups4") == [1500]


def test_p8_set_back_the_flag_comes_at_once_where_it_is_due(bare_room: Any) -> None:
    throw(bare_room, "P8", "ups4")
    bare_room.mains(False)
    bare_room.go(1450)
    set_back(bare_room, "P8", "ups4")
    bare_room.go(1451)
    assert bare_room.told("ups.low_battery", "ups4") == [1450]


def test_p9_low_with_nothing_left_though_the_mains_are_there(bare_room: Any) -> None:
    throw(bare_room, "P9", "ups4")
    status = bare_room.upses["ups4"].read()
    assert (status.mains, status.low_battery, status.runtime_s, status.charge_pct) == (True, True, 0.0, 100.0)
    assert bare_room.told("ups.low_battery", "ups4") == []  # it is not true
    set_back(bare_room, "P9", "ups4")
    assert not bare_room.upses["ups4"].read().low_battery


def test_p10_in_bypass_its_loads_fall_with_the_mains_and_rise_with_them(bare_room: Any) -> None:
    throw(bare_room, "P10", "ups5")
    bare_room.go(100)
    assert bare_room.upses["ups5"].output
    bare_room.mains(False)
    assert bare_room.told("server.crashed", "blade1") == [100]
    bare_room.go(200)
    bare_room.mains(True)
    bare_room.go(1000)
    assert bare_room.told("ups.output_on", "ups5") == [260]


def test_p10_put_into_bypass_without_mains_it_is_off_at_once(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.go(50)
    throw(bare_room, "ups_bypassed", "ups5")
    assert bare_room.told("ups.output_off", "ups5") == [50]


def test_p10_a_sag_that_is_made_up_for_is_no_outage(bare_room: Any) -> None:
    before = bare_room.upses["ups5"].read()
    throw(bare_room, "ups_boosts", "ups5")
    assert bare_room.upses["ups5"].read() == before
    assert bare_room.upses["ups5"].quirks.boosts  # as its card says over the network


def test_p11_of_a_pair_one_is_out_and_what_has_both_goes_on(bare: Any) -> None:
    double = Array("linkeddisk", ArrayRole.LINKED, ("ups4", "ups6"), ("ups4", "ups6"))
    room = bare(with_more(reference_site(), double))
    throw(room, "P11", "ups4")
    room.go(3 * 3600)
    assert room.told("ups.exhausted", "ups4")
    assert room.upses["ups6"].mains
    assert room.arrays["linkeddisk"].ready
    set_back(room, "P11", "ups4")
    assert room.upses["ups4"].mains


def test_p12_a_test_drains_the_battery_and_looks_like_an_outage(bare_room: Any) -> None:
    throw(bare_room, "P12", "ups4", 30.0)
    bare_room.go(20)
    status = bare_room.upses["ups4"].read()
    assert (status.mains, status.on_battery) == (False, True)
    assert status.charge_pct == pytest.approx(100 - 100 * 20 / 1500)
    bare_room.go(31)
    status = bare_room.upses["ups4"].read()
    assert (status.mains, status.on_battery) == (True, False)
    assert changes(bare_room) == []


def test_p12_a_second_test_is_not_ended_by_the_first(bare_room: Any) -> None:
    throw(bare_room, "P12", "ups4", 30.0)
    bare_room.go(10)
    set_back(bare_room, "P12", "ups4")
    throw(bare_room, "P12", "ups4", 100.0)
    bare_room.go(50)
    assert bare_room.upses["ups4"].on_battery
    bare_room.go(111)
    assert not bare_room.upses["ups4"].on_battery


@pytest.mark.parametrize("ends", ["mains", "output"])
def test_p12_a_test_ends_with_the_mains_or_the_output_and_is_not_taken_up_again(
    bare_room: Any, ends: str
) -> None:
    ups = bare_room.upses["ups4"]
    throw(bare_room, "P12", "ups4", 3000.0)
    bare_room.go(20)
    if ends == "mains":
        ups.set_mains(False)
        throw(bare_room, "P12", "ups4", 3000.0)  # without mains none begins
        ups.set_mains(True)
    else:
        ups.switch_off(Off.NOW)
        throw(bare_room, "P12", "ups4", 3000.0)
        ups.switch_on()
    status = ups.read()
    assert (status.mains, status.output_on, status.on_battery) == (True, True, False)


def test_p13_its_output_is_gone_and_neither_hand_nor_card_brings_it_back_until_it_is_repaired(
    bare_room: Any,
) -> None:
    bare_room.go(100)
    ups = bare_room.upses["ups5"]
    throw(bare_room, "P13", "ups5")
    assert bare_room.told("server.crashed", "blade1") == [100]
    assert bare_room.details("ups.output_off", "ups5")["cause"] == "fault"
    assert ups.switch_on().accepted is Accepted.NO
    ups.press()
    assert not ups.output
    set_back(bare_room, "P13", "ups5")
    assert ups.output


def test_p13_what_was_off_before_is_off_after_its_repair(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.switch_off(Off.NOW)
    throw(bare_room, "P13", "ups5")
    set_back(bare_room, "P13", "ups5")
    assert not ups.output
    assert ups.switch_on().ok


def test_p13_whoever_repairs_it_without_mains_leaves_it_so_that_it_comes_back_with_them(
    bare_room: Any,
) -> None:
    ups = bare_room.upses["ups5"]
    throw(bare_room, "P13", "ups5")
    ups.set_mains(False)
    set_back(bare_room, "P13", "ups5")
    bare_room.go(100)
    assert not ups.output
    ups.set_mains(True)
    bare_room.go(300)
    assert ups.output


def test_p14_two_servers_that_boot_at_once_trip_it_and_one_does_not(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    throw(bare_room, "P14", "ups5")
    bare_room.servers["bladepool"].wake()
    bare_room.go(20)
    assert ups.output
    ups.switch_off(Off.NOW)
    bare_room.go(30)
    ups.switch_on()
    bare_room.go(40)
    assert bare_room.told("ups.output_off", "ups5") == [20, 30.5]
    set_back(bare_room, "P14", "ups5")
    ups.switch_on()
    bare_room.go(100)
    assert ups.output


def test_p14_servers_that_start_one_after_the_other_trip_nothing(bare_room: Any) -> None:
    for name in ("blade1", "blade2"):
        bare_room.servers[name].force()
    throw(bare_room, "P14", "ups5")
    bare_room.servers["blade1"].wake()
    bare_room.go(11)
    bare_room.servers["blade2"].wake()
    bare_room.go(100)
    assert bare_room.upses["ups5"].output
