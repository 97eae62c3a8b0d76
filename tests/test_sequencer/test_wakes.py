"""A server is woken when what it lives on is fit for it, by a fresh look each time (S17, S8, L3)."""

from __future__ import annotations

from sequencer.requests import Wish
from sequencer.site import AcLink
from sim.story import Asked, MainsChange, Pressed
from tests.nights import control_nights, night_site, nightly, tonight
from tests.worlds import HOUR_S, back, lost, out, play, reference_model, reference_site


def held_rack() -> list[Asked]:
    """Somebody holds rack2, so that its UPS stays on and rack1 stands halted with power."""
    return [Asked(35.0, Wish.HOLD, ("rack2",)), Asked(2000.0, Wish.RELEASE, ("rack2",))]


def test_s17_a_server_with_power_is_woken_when_its_battery_holds_a_full_stop() -> None:
    tale = play(out(0, 1609, "ups6"), held_rack(), until_s=2 * HOUR_S)
    (woken_s,) = tale.times("command.sent rack1 command=wake")
    charged = tale.times("step.waiting rack1 rule=S17")
    assert charged
    assert woken_s > 1609 + 60 + 60
    assert tale.times("server.up rack1")[-1] > woken_s


def flapping(first_s: float, times: int) -> list[MainsChange]:
    """Twenty seconds away and thirty there, again and again."""
    edges = [(lost(first_s + 50 * n, "ups5"), back(first_s + 50 * n + 20, "ups5")) for n in range(times)]
    return [change for pair in edges for change in pair]


def test_s17_p3_nobody_is_woken_on_mains_that_flap() -> None:
    site = reference_site(blade1__ac_link=AcLink.STAY_OFF, blade2__ac_link=AcLink.STAY_OFF)
    tale = play(out(0, 1200, "ups5"), flapping(1210, 12), until_s=2 * HOUR_S, site=site)
    last_back_s = 1210 + 50 * 11 + 20
    wakes = tale.times("command.sent blade1 command=wake")
    assert wakes
    assert min(wakes) > last_back_s + 60
    assert tale.times("server.up blade1")[-1] > last_back_s


def test_s17_a_ups_that_would_not_go_on_does_not_have_its_servers_woken() -> None:
    """Its mains flap just when it is told; the page of the UPS gives up, that of the servers waits."""
    tale = play(out(0, 1660, "ups5"), flapping(1700, 12), until_s=2 * HOUR_S)
    on_s = tale.times("ups.output_on ups5")[-1]
    assert all(at_s > on_s for at_s in tale.times("command.sent blade1 command=wake"))
    assert tale.times("server.up blade1")[-1] > on_s


def test_s8_l3_a_server_with_power_waits_for_a_slow_array_longer_than_it_may_take_to_boot() -> None:
    """Somebody presses its UPS's button while the disk charges its cache for half an hour (A8, O1)."""
    site = reference_site(blade1__ac_link=AcLink.STAY_OFF)
    model = reference_model(linkeddisk__start_s=1700.0)
    tale = play(out(0, 1250), Pressed(1275.0, "ups5"), until_s=3 * HOUR_S, site=site, model=model)
    ready_s = tale.times("array.ready linkeddisk")[-1]
    assert ready_s > 1275 + site.start.server_limit_s
    assert tale.times("server.up blade1")[-1] > ready_s


def test_s9_r10_41_who_boots_after_its_reboot_was_due_is_not_restarted_once_more() -> None:
    reboot = nightly(off="22:10", on="22:11")
    tale = tonight(*out(0.0, 330.0), site=night_site(reboot))
    assert tale.times("schedule.fired nightly goal=reboot")
    assert not tale.times("command.sent blade1 command=restart")


def test_s9_r10_41_whose_reboot_an_outage_cuts_short_is_not_restarted_once_more() -> None:
    """It boots still when the outage is declared, and is up when the mains are back."""
    tale = tonight(*out(600.0, 660.0), site=night_site(nightly(off="22:07", on="22:08")))
    assert tale.times("incident.closed reference")
    (restarted_s,) = tale.times("command.sent rack1 command=restart")
    assert restarted_s < 600
    assert tale.times("server.up rack1")[-1] < 720


def test_s9_r10_41_nodes_that_an_outage_restarts_after_their_reboot_was_due_are_restarted_once() -> None:
    tale = tonight(*out(0.0, 1200.0), site=night_site(control_nights(off="22:32", on="22:33")))
    (due_s,) = tale.times("schedule.fired control goal=reboot")
    (restarted_s,) = tale.times("command.sent ssccluster command=restart")
    assert 1200 < due_s < restarted_s < tale.times("incident.closed reference")[-1]
