"""Mains that come back for a moment, just when something irreversible was to be sent (P2, P3)."""

from __future__ import annotations

import pytest

from sequencer.requests import Wish
from sim.story import Asked, Happening, Pressed
from tests.excused import holds
from tests.safety import well
from tests.thinned import thinned
from tests.worlds import back, fault, lost, out, play

LONG = 8 * 3600.0


def blinking(from_s: float, *, every_s: float, for_s: float, times: int, until_s: float) -> list[Happening]:
    """Lost at 0; from `from_s` on back for `for_s` once in every `every_s`; back for good at `until_s`."""
    happenings = [lost(0.0)]
    for n in range(times):
        happenings += [back(from_s + n * every_s), lost(from_s + n * every_s + for_s)]
    return [*happenings, back(until_s)]


@pytest.mark.parametrize("every_s", thinned([13.0, 11.0, 23.0, 40.0, 58.0], 5))
def test_p3_flapping_all_through_the_stop_cuts_nothing_unflushed_and_strands_nobody(every_s: float) -> None:
    blinks = blinking(40, every_s=every_s, for_s=every_s / 2, times=int(1500 / every_s), until_s=7200)
    well(play(blinks, until_s=LONG))


@pytest.mark.parametrize("at_s", [33.0 + n / 20 for n in range(12)])
def test_p2_a_blink_in_the_second_in_which_the_off_is_armed_only_delays_it(at_s: float) -> None:
    tale = play([lost(0.0), back(at_s), lost(at_s + 8), back(7200)], until_s=LONG)
    well(tale)
    tale.near("ups.output_off ups5", 453, late_s=30)
    tale.never("alarm.raised ups5", "alarm.raised ups6")


@pytest.mark.parametrize("at_s", thinned((1022.7 + n / 40 for n in range(24)), 4))
def test_p2_mains_back_in_the_second_in_which_the_nodes_are_told_to_halt_strand_neither(at_s: float) -> None:
    """The nodes are on their way down: their UPSes go off and come back, or nobody would boot them."""
    well(play(out(0, at_s), until_s=LONG))


def test_h1_s1_a_server_that_hangs_is_forced_before_its_armed_cut_though_the_mains_are_back() -> None:
    """Turning round waits for what is armed: nobody else is left to force it."""
    tale = play(out(0, 200), fault("server_hangs", "blade1", -1, 3000), until_s=LONG)
    well(tale)
    tale.before("server.forced blade1", "ups.output_off ups5", "server.up blade1")


@pytest.mark.parametrize("what", [("server_hangs", "blade1"), ("production_down", "network")])
def test_h1_s1_whoever_hangs_is_forced_in_time_though_his_stop_has_begun_anew_meanwhile(
    what: tuple[str, str],
) -> None:
    """Everything is asked to go off in mid-outage: his limit begins again, his UPS counts down all along."""
    off = Asked(300, Wish.POWER_OFF, (), "an operator")
    tale = play([*out(0, 7200), off], fault(*what, -1, 3000), until_s=1800)
    tale.before("server.forced blade1", "ups.output_off ups5")
    tale.never("server.crashed blade1")


def test_s25_a_second_flush_that_times_out_in_one_life_raises_its_own_alarm() -> None:
    """Only the linked disk is out, twice: the control nodes live on and must not think it was said."""
    tale = play(
        out(0, 3600, "ups4"),
        out(40_000, 43_600, "ups4"),
        fault("flush_never_ends", "linkeddisk"),
        until_s=60_000,
    )
    alarms = [e for e in tale.all("alarm.raised linkeddisk") if e.details.get("rule") == "S25"]
    assert len(alarms) == len(tale.all("array.flush_timed_out linkeddisk")) == 2


def test_s25_o1_so_does_one_of_an_array_that_is_on_again_after_its_first_one_timed_out() -> None:
    """It is flushed anew and cut in the same incident, and the alarm of the first flush stood for both."""
    losses = [out(0, 1400, "ups4"), out(1460, 3600, "ups4"), out(0, 3600, "ups5")]
    refused = fault("flush_refused", "linkeddisk")
    tale = play(*losses, Pressed(1440, "ups4"), refused, until_s=3500)
    holds(tale, "flush_refused")
    assert len(tale.all("array.flush_timed_out linkeddisk")) == 2
    told = tale.times("alarm.raised linkeddisk rule=S25")
    over = tale.times("alarm.cleared linkeddisk rule=S25")
    assert [told[0] < 1440 < over[0] < told[1], len(told), len(over)] == [True, 2, 1]
