"""Schedules that fire while the way up waits: it begins anew with what is wanted now (S28, L3, T7)."""

from __future__ import annotations

from sequencer.requests import Wish
from sim.story import Asked
from tests.nights import night_site, nightly, tonight
from tests.worlds import LINKED, out

BLADES = LINKED[:2]


def test_s28_a_ups_that_waits_for_charge_stays_off_when_the_night_of_its_servers_begins() -> None:
    night = nightly(off="23:58", on="01:58", servers=BLADES)
    story = (*out(0.0, 1800.0), *out(3600.0, 4140.0))  # the second leaves a third in the disk's battery
    tale = tonight(*story, site=night_site(night), until_s=6 * 3600.0)
    assert tale.times("step.waiting ups5 rule=S17")
    night_s, morning_s = 118 * 60, 238 * 60
    assert not [at_s for at_s in tale.times("ups.output_on ups5") if night_s <= at_s < morning_s]
    assert tale.times("server.up blade1")[-1] > morning_s


def test_l3_a_server_whose_night_passed_while_the_way_up_waited_is_woken_in_its_morning() -> None:
    night = nightly(off="22:37", on="23:37", servers=BLADES)
    held = Asked(-300.0, Wish.HOLD, ("blade1",))
    tale = tonight(held, *out(0.0, 1800.0), site=night_site(night), until_s=5 * 3600.0)
    (up_s,) = tale.times("server.up blade2")
    (charged_s,) = tale.times("command.sent ups6 command=on")  # the disk's battery can stop all of them (S17)
    assert 97 * 60 < charged_s < up_s < charged_s + 600
