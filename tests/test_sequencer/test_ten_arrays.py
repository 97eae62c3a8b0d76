"""Ten linked arrays under two servers on one UPS: flushed in series, and not all of them asleep."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.requests import Wish
from sim.story import Asked
from teiden.files.site_file import SiteFile, load_site
from tests.excused import holds
from tests.worlds import fault, out, play

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"


@pytest.fixture(scope="module")
def ten_arrays() -> SiteFile:
    return load_site(SITES / "ten-arrays.yaml")


def test_s27_s18_an_array_that_somebody_holds_has_no_turn_in_the_series_of_flushes(
    ten_arrays: SiteFile,
) -> None:
    """Its nine neighbours would wait until their batteries are empty; released, it waits for its turn."""
    hold, release = Asked(60, Wish.HOLD, ("disk1",), "ops"), Asked(800, Wish.RELEASE, ("disk1",), "ops")
    tale = play(out(0, 4000), hold, release, site=ten_arrays.site, model=ten_arrays.model, until_s=3000)
    holds(tale)
    flushed = [tale.at(f"array.flushed disk{n}") for n in range(1, 11)]
    assert flushed[1] < flushed[2] < flushed[0] < flushed[9]
    begun = sorted(tale.at(f"array.flushing disk{n}") for n in range(1, 11))
    assert all(end <= begin for end, begin in zip(sorted(flushed), begun[1:], strict=False))


def test_s8_l1_who_shares_a_ups_with_one_whose_disks_sleep_comes_up_after_an_outage(
    ten_arrays: SiteFile,
) -> None:
    """That UPS boots both of them, perhaps: so their disks are all woken first."""
    night = fault("scheduled_off", "disk6", -300, amount=40000)
    tale = play(night, out(0, 3000), site=ten_arrays.site, model=ten_arrays.model, until_s=14000)
    tale.before("command.sent ups4 command=on", "server.up rack1")
    tale.before("array.ready disk6", "command.sent ups4 command=on")


def test_h7_s8_l1_disks_that_wake_for_who_boots_along_with_another_are_not_told_to_sleep_meanwhile(
    ten_arrays: SiteFile,
) -> None:
    """Both live on one UPS: told off as soon as they were ready, they kept the other one down for good."""
    wishes = [
        Asked(100.0, Wish.POWER_OFF, ("rack1", "rack2"), "me"),
        Asked(4000.0, Wish.POWER_ON, ("rack2",), "me"),
    ]
    tale = play(*wishes, site=ten_arrays.site, model=ten_arrays.model, until_s=6000)
    holds(tale)
    tale.before("server.halted rack1", "ups.output_off ups11", "ups.output_on ups11", "server.up rack2")


def test_s5_r10_45_a_control_side_that_goes_first_waits_for_the_disks_of_who_stays_down(
    ten_arrays: SiteFile,
) -> None:
    """Nobody is started before it is back: nobody needs them for who boots along with him (5800023)."""
    wishes = [
        Asked(0.0, Wish.POWER_OFF, ("control1", "control2", "rack1", "rack2"), "me"),
        Asked(1140.0, Wish.POWER_ON, ("rack2",), "me"),
    ]
    tale = play(*wishes, site=ten_arrays.site, model=ten_arrays.model, until_s=4000)
    holds(tale)
    tale.before("array.flushing disk4", "request.accepted rack2", "array.flushed disk4")
    tale.before("array.off disk4", "array.off disk5", "command.sent ssccluster command=stop")
    tale.never("array.off disk6")
