"""A UPS that sleeps: off after ①, on by itself when the sleep is over and the mains are there."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.ports import Off
from tests.worlds import reference_model, reference_site

GRACEFUL_S, RETURN_S, STEP_S = 420.0, 60.0, 360.0


def asleep(room: Any, sleep_s: float, name: str = "ups3") -> Any:
    ups = room.upses[name]
    assert ups.switch_off(Off.SLEEP, sleep_s=sleep_s).falls_in_s == GRACEFUL_S
    return ups


@pytest.mark.parametrize(
    ("asked_s", "sleeps_s"),
    [(0.0, 360.0), (720.0, 720.0), (1260.0, 1440.0), (1200.0, 1080.0), (900.0, 1080.0)],
)
def test_r10_51_r10_56_it_is_off_after_its_delay_and_on_after_its_rounded_sleep(
    bare_room: Any, asked_s: float, sleeps_s: float
) -> None:
    asleep(bare_room, asked_s)
    bare_room.go(10_000)
    assert bare_room.told("ups.output_off", "ups3") == [GRACEFUL_S]
    assert bare_room.told("ups.output_on", "ups3") == [GRACEFUL_S + sleeps_s + RETURN_S]
    assert bare_room.details("ups.output_on", "ups3") == {"cause": "return"}


def test_mains_that_blink_during_the_sleep_do_not_wake_it_early(bare_room: Any) -> None:
    asleep(bare_room, 3600.0)
    bare_room.go(1000)
    bare_room.mains(False)
    bare_room.go(1500)
    bare_room.mains(True)
    bare_room.go(10_000)
    assert bare_room.told("ups.output_on", "ups3") == [GRACEFUL_S + 3600 + RETURN_S]


@pytest.mark.parametrize("blinks", [0, 1, 3])
def test_mains_that_are_away_when_it_wakes_bring_it_back_when_they_return(
    bare_room: Any, blinks: int
) -> None:
    asleep(bare_room, 3600.0)
    bare_room.go(1000)
    bare_room.mains(False)
    for n in range(blinks):
        bare_room.go(5000 + 100 * n)
        bare_room.mains(True)
        bare_room.go(5030 + 100 * n)
        bare_room.mains(False)
    bare_room.go(9000)
    bare_room.mains(True)
    bare_room.go(12_000)
    assert bare_room.told("ups.output_on", "ups3") == [9000 + RETURN_S]


def test_mains_that_fail_while_it_counts_down_do_not_shorten_its_sleep(bare_room: Any) -> None:
    asleep(bare_room, 3600.0)
    bare_room.go(100)
    bare_room.mains(False)
    bare_room.go(600)
    bare_room.mains(True)
    bare_room.go(10_000)
    assert bare_room.told("ups.output_off", "ups3") == [GRACEFUL_S]
    assert bare_room.told("ups.output_on", "ups3") == [GRACEFUL_S + 3600 + RETURN_S]


def test_it_waits_for_its_minimum_charge(bare: Any) -> None:
    site = reference_site(ups3__min_return_charge_pct=90.0)
    room = bare(site, reference_model(ups3__charge_pct=50.0, ups3__recharge_s=14_400.0))
    asleep(room, 360.0)
    room.go(20_000)
    (on_s,) = room.told("ups.output_on", "ups3")
    assert on_s > GRACEFUL_S + STEP_S + RETURN_S
    assert room.upses["ups3"].battery.charge_at(on_s) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("how", ["switch_on", "press"])
def test_it_can_be_woken_and_its_next_off_knows_nothing_of_the_sleep(bare_room: Any, how: str) -> None:
    ups = asleep(bare_room, 7200.0)
    bare_room.go(600)
    getattr(ups, how)()
    assert ups.output
    bare_room.mains(False)
    ups.switch_off(Off.CONSERVE)
    bare_room.go(700)
    bare_room.mains(True)
    bare_room.go(9000)
    assert bare_room.told("ups.output_on", "ups3") == [600, 700 + RETURN_S]


def test_a_battery_that_runs_flat_before_it_falls_asleep_ends_the_sleep(bare: Any) -> None:
    """It comes back with the mains, as after any exhausted battery."""
    room = bare(model=reference_model(ups3__runtime_s=200.0))
    room.mains(False)
    asleep(room, 7200.0)
    room.go(1000)
    assert room.details("ups.output_off", "ups3")["cause"] == "exhausted"
    room.mains(True)
    room.go(9000)
    (on_s,) = room.told("ups.output_on", "ups3")
    assert on_s < 7200


def test_r6_19_a_sleep_ends_by_itself_also_where_nothing_returns_with_the_mains(bare: Any) -> None:
    room = bare(reference_site(ups3__reboot_on_restore=False))
    asleep(room, 720.0)
    room.go(5000)
    assert room.upses["ups3"].output
