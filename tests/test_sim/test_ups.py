"""The pretend UPS: what it accepts and refuses, when its output falls and returns, what its battery does."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sequencer.ports import Accepted, Condition, Off, UpsStatus
from sequencer.site import Timing
from tests.thinned import thinned
from tests.worlds import reference_model, reference_site

GRACEFUL_S, DELAYED_S, RETURN_S, REBOOT_S = 420.0, 180.0, 60.0, 8.0


@pytest.mark.parametrize(
    ("how", "falls_s"),
    [(Off.NOW, 0.0), (Off.GRACEFUL, GRACEFUL_S), (Off.DELAYED, DELAYED_S), (Off.UNTIL_MAINS, GRACEFUL_S)],
)
def test_r10_06_r10_07_each_off_falls_after_its_delay(bare_room: Any, how: Off, falls_s: float) -> None:
    receipt = bare_room.upses["ups5"].switch_off(how)
    assert receipt.falls_in_s == falls_s
    bare_room.go(falls_s + 1)
    assert bare_room.told("ups.output_off", "ups5") == [falls_s]
    assert bare_room.details("ups.output_off", "ups5")["cause"] == "command"


def test_x_06_with_outlet_groups_it_falls_after_the_groups_delay(bare: Any) -> None:
    room = bare(reference_site(ups5__timing=Timing.LCD, ups5__power_off_delay_s=200.0))
    room.upses["ups5"].switch_off(Off.GRACEFUL)
    room.go(500)
    assert room.told("ups.output_off", "ups5") == [200]


def test_r10_22_an_old_card_waits_its_grace_even_for_an_immediate_off(bare: Any) -> None:
    room = bare(reference_site(ups4__immediate_off_honours_grace=True))
    room.upses["ups4"].switch_off(Off.NOW)
    room.go(500)
    assert room.told("ups.output_off", "ups4") == [DELAYED_S]


def test_u8_it_falls_after_the_delay_that_its_card_made_of_the_setting(bare: Any) -> None:
    room = bare(reference_site(ups5__shutdown_delay_s=200.0))
    assert room.upses["ups5"].read().graceful_off_s == 300 + 120 + 120
    room.upses["ups5"].switch_off(Off.GRACEFUL)
    room.go(600)
    assert room.told("ups.output_off", "ups5") == [540]


def test_u13_an_off_sent_again_starts_the_countdown_anew(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.switch_off(Off.GRACEFUL)
    bare_room.go(400)
    ups.switch_off(Off.GRACEFUL)
    bare_room.go(2000)
    assert bare_room.told("ups.output_off", "ups5") == [400 + GRACEFUL_S]


def test_u5_an_off_that_is_ignored_is_accepted_all_the_same(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.quirks.ignores_off = True
    assert ups.switch_off(Off.GRACEFUL).ok
    bare_room.go(1000)
    assert ups.output
    assert not ups.read().off_armed


def test_conserve_is_refused_on_line_and_off_when_off(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    assert ups.switch_off(Off.CONSERVE).accepted is Accepted.NO
    ups.switch_off(Off.NOW)
    refused = ups.switch_off(Off.NOW)
    assert refused.accepted is Accepted.NO
    assert "badValue" in refused.reason


def test_u14_it_is_not_switched_on_without_mains(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.switch_off(Off.NOW)
    bare_room.mains(False)
    assert ups.switch_on().accepted is Accepted.NO
    bare_room.mains(True)
    assert ups.switch_on().ok
    assert bare_room.details("ups.output_on", "ups5")["cause"] == "command"


@pytest.mark.parametrize("how", [Off.NOW, Off.GRACEFUL, Off.DELAYED])
def test_it_stays_off_whatever_the_line_does(bare_room: Any, how: Off) -> None:
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(how)
    bare_room.go(1000)
    bare_room.mains(True)
    bare_room.go(50_000)
    assert not bare_room.upses["ups5"].output


@pytest.mark.parametrize("how", [Off.UNTIL_MAINS, Off.CONSERVE])
def test_r10_23_told_to_wait_for_the_mains_it_returns_with_them(bare_room: Any, how: Off) -> None:
    bare_room.mains(False)
    bare_room.upses["ups1"].switch_off(how)
    bare_room.go(1000)
    bare_room.mains(True)
    bare_room.go(5000)
    assert bare_room.told("ups.output_on", "ups1") == [1000 + RETURN_S]
    assert bare_room.details("ups.output_on", "ups1")["cause"] == "return"


def test_u7_falling_while_the_mains_are_back_it_reboots_its_loads(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.upses["ups1"].switch_off(Off.UNTIL_MAINS)
    bare_room.go(100)
    bare_room.mains(True)
    bare_room.go(5000)
    assert bare_room.told("ups.output_off", "ups1") == [GRACEFUL_S]
    assert bare_room.told("ups.output_on", "ups1") == [GRACEFUL_S + REBOOT_S + RETURN_S]


def test_the_return_delay_begins_anew_when_the_mains_blink(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.upses["ups1"].switch_off(Off.UNTIL_MAINS)
    bare_room.go(1000)
    bare_room.mains(True)
    bare_room.go(1050)
    bare_room.mains(False)
    bare_room.go(1055)
    bare_room.mains(True)
    bare_room.go(5000)
    assert bare_room.told("ups.output_on", "ups1") == [1055 + RETURN_S]


def test_it_returns_only_with_its_minimum_charge(bare: Any) -> None:
    room = bare(reference_site(ups1__min_return_charge_pct=50.0), reference_model(ups1__charge_pct=20.0))
    room.mains(False)
    room.upses["ups1"].switch_off(Off.CONSERVE)
    room.mains(True)
    room.go(50_000)
    (on_s,) = room.told("ups.output_on", "ups1")
    assert on_s == pytest.approx((0.5 - 0.2) / 0.8 * 4 * 3600, rel=0.01)


@pytest.mark.parametrize("reboots", [True, False])
def test_r6_19_exhausted_it_comes_back_by_itself_only_if_set_so(bare: Any, reboots: bool) -> None:
    room = bare(reference_site(ups5__reboot_on_restore=reboots))
    room.mains(False)
    room.go(5000)
    assert room.told("ups.exhausted", "ups5")
    room.mains(True)
    room.go(30_000)
    assert room.upses["ups5"].output is reboots


# Its battery


def test_low_and_empty_come_when_the_load_says(bare_room: Any) -> None:
    """ups5: 20 min at full load, both blades up."""
    bare_room.mains(False)
    bare_room.go(5000)
    assert bare_room.told("ups.low_battery", "ups5") == [1200 - 120]
    assert bare_room.told("ups.exhausted", "ups5") == [1200]
    assert bare_room.told("ups.output_off", "ups5") == [1200]


def test_a_load_that_halts_makes_it_last_longer(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.servers["blade1"].shut_down()
    bare_room.go(5000)
    half = (300 + 6 + 6) / 606
    assert bare_room.told("ups.exhausted", "ups5")[0] == pytest.approx(
        90 + (1 - 90 / 1200) * 1200 * half**-1.2, abs=0.5
    )


def test_low_battery_is_over_with_the_mains_back(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.go(1100)
    assert bare_room.upses["ups5"].read().low_battery
    bare_room.mains(True)
    assert not bare_room.upses["ups5"].read().low_battery


def test_p6_a_collapsed_battery_is_low_at_once_and_soon_empty(bare_room: Any) -> None:
    bare_room.mains(False)
    bare_room.go(15)
    bare_room.upses["ups5"].collapse()
    bare_room.go(100)
    assert bare_room.told("ups.low_battery", "ups5") == [15]
    assert bare_room.told("ups.exhausted", "ups5") == [pytest.approx(15 + 12, abs=0.01)]


def test_p6_the_curve_of_a_battery_that_collapses_falls_straight_down_and_bends_anew(bare_room: Any) -> None:
    bare_room.go(15)
    bare_room.upses["ups5"].collapse()
    bare_room.go(200_000)
    told = [
        (e.t, e.details["charge_pct"])
        for e in bare_room.stream
        if (e.name, e.subject) == ("ups.charge", "ups5")
    ]
    assert told[:3] == [(0, 100.0), (15, 100.0), (15, 1.0)]
    assert [pct for _, pct in told[3:]] == [80.0, 90.0, 96.7, 99.26, 100.0], "it charges on the mains"


def test_a_quiet_ups_plans_nothing(bare_room: Any) -> None:
    bare_room.go(100_000)
    assert bare_room.env.peek() == math.inf or bare_room.env.peek() >= 100_000


def test_thresholds_are_told_when_they_will_be_crossed(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    low = Condition[UpsStatus]("low", lambda s: True, runtime_below_s=600.0)
    assert ups.crossing_s(low) is None, "on the mains nothing is running out"
    bare_room.mains(False)
    assert ups.crossing_s(low) == pytest.approx(600)
    full = Condition[UpsStatus]("charged", lambda s: True, charge_above_pct=90.0)
    assert ups.crossing_s(full) is None
    bare_room.go(600)
    bare_room.mains(True)
    assert ups.crossing_s(full) > 600


class Ticks:
    """The same UPS and battery in steps of a second, under the same loads, mains and commands."""

    def __init__(self, runtime_s: float, recharge_s: float, charge: float = 1.0) -> None:
        self.runtime_s, self.recharge_s, self.charge = runtime_s, recharge_s, charge
        self.mains = self.output = True
        self.load = 1.0
        self.falls_at: int | None = None
        self.low_at: int | None = None
        self.empty_at: int | None = None

    def tick(self, second: int) -> None:
        if self.output and not self.mains:
            full_s = self.runtime_s * max(self.load, 0.01) ** -1.2
            self.charge = max(0.0, self.charge - 1.0 / full_s)
            if self.low_at is None and self.charge * full_s <= 120.0:
                self.low_at = second
            if self.charge <= 0.0:
                self.empty_at, self.output = second, False
        elif self.mains:
            rate = 0.8 / self.recharge_s
            self.charge += rate if self.charge < 0.8 else rate * (1.0 - self.charge) / 0.2
        if self.falls_at is not None and second >= self.falls_at:
            self.output, self.falls_at = False, None


@pytest.mark.parametrize("halts_at", thinned([300, 60, None, 700], 4))
@pytest.mark.parametrize("off_at", [None, 200, 900])
@pytest.mark.parametrize("back_at", [400, 1500, 4000])
def test_it_agrees_with_a_tick_every_second(
    bare_room: Any, halts_at: int | None, off_at: int | None, back_at: int
) -> None:
    """Low, empty and charge within a second's worth, under identical commands (issue 2)."""
    ups, ticks = bare_room.upses["ups5"], Ticks(1200.0, 4 * 3600.0)
    servers = [bare_room.servers[name] for name in ("blade1", "blade2")]
    for second in range(6000):
        bare_room.go(second + 1e-6)
        if second == 10:
            bare_room.mains(False)
            ticks.mains = False
        if second == halts_at and ups.output:
            servers[0].force()
        if second == off_at and ups.output:
            ups.switch_off(Off.DELAYED)
            ticks.falls_at = second + 180
        if second == back_at:
            bare_room.mains(True)
            ticks.mains = True
        ticks.load = ups._load_fraction()
        ticks.tick(second + 1)
        assert abs(ups.battery.charge_at(second + 1e-6) - ticks.charge) <= 2.5 / 1200, second
    for told, at in (("ups.low_battery", ticks.low_at), ("ups.exhausted", ticks.empty_at)):
        times = bare_room.told(told, "ups5")
        assert bool(times) == (at is not None), told
        if at is not None:
            assert abs(times[0] - at) <= 1.0, told
