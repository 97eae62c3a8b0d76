"""An array whose battery cannot wait for its servers' UPSes is flushed as soon as they have halted (X-02)."""

from __future__ import annotations

import pytest

from sim.story import Managed, Manager
from tests.excused import unexcused_by_the_judge
from tests.safety import unsafe, well
from tests.worlds import LINKED, fault, out, play, reference_model, reference_site

O2H = out(0, 7200)
LONG = 12 * 3600.0


@pytest.mark.parametrize("health", [0.25, 0.3, 0.35, 0.4])
def test_x_02_p5_an_aged_battery_is_flushed_in_time_and_loses_nothing(health: float) -> None:
    tale = play(O2H, model=reference_model(ups4__health=health), until_s=LONG)
    assert not unsafe(tale)
    tale.never("array.lost_data *")
    for name in LINKED:
        tale.before(f"server.halted {name}", "array.flushing linkeddisk")
    tale.before("array.flushing linkeddisk", "ups.output_off ups5")
    assert tale.all("alarm.raised linkeddisk rule=S18")


def test_l2_u16_p3_so_is_one_whose_card_falls_silent_with_its_mains_by_the_charge_that_it_told_last() -> None:
    """An outage of its own has used most of it. It was taken for one with mains, and its end came first."""
    used, again = out(0, 1100, "ups4"), out(1200, 8400)
    tale = play(fault("card_silent_on_battery", "ups4", -100.0), used, again, until_s=LONG)
    tale.never("array.lost_data *")
    tale.before("alarm.raised linkeddisk rule=S18", "array.flushed linkeddisk", "ups.exhausted ups4")


def test_x_02_a_good_battery_waits_until_the_servers_upses_are_off() -> None:
    tale = play(O2H, until_s=LONG)
    well(tale)
    tale.before("ups.output_off ups5", "array.flushing linkeddisk")
    tale.never("alarm.raised *")


def test_s18_p6_a_battery_that_collapses_while_the_servers_still_stop_is_flushed_when_they_have() -> None:
    tale = play(O2H, fault("battery_collapses", "ups4", 60.0), until_s=LONG)
    assert not [w for w in unsafe(tale) if not w.startswith("S2")]
    assert tale.times("array.lost_data linkeddisk"), "1 % is not enough for anybody"


def test_s3_a_server_that_hangs_is_not_flushed_under() -> None:
    site = reference_site()
    model = reference_model(ups4__health=0.4)
    tale = play(O2H, fault("server_hangs", "rack1"), site=site, model=model, until_s=LONG)
    assert not [w for w in unsafe(tale) if w.startswith("S3")]
    short = tale.times("alarm.raised linkeddisk rule=S18")
    assert all(at_s >= tale.at("server.forced rack1") for at_s in short), "not while one of them is up"


def test_l2_s18_nobody_waits_for_whose_off_was_due_while_the_cluster_rebooted() -> None:
    """Its nodes come back to silent UPSes that were told to go off: the battery is for the flush."""
    reboot = Managed(145.0, Manager.REBOOT, "ssccluster")
    tale = play(out(0, 1300), reboot, model=reference_model(ups4__health=0.6), until_s=1500)
    assert tale.times("alarm.raised linkeddisk rule=S18")
    assert tale.at("array.flushed linkeddisk") < tale.at("ups.output_off ups4")
    tale.never("array.lost_data *")
    tale.never("ups.exhausted *")


@pytest.mark.parametrize("broken", ["server_does_not_boot", "server_hangs"])
def test_l2_s18_who_hangs_in_his_restart_is_waited_for_no_longer_than_the_battery_lasts(broken: str) -> None:
    """All are restarted as the mains go; what his own stop and the flush need is not spent on him."""
    restarts = fault("scheduled_restart", "linkeddisk", -80.0, amount=70000.0)
    model = reference_model(ups4__health=0.7)
    tale = play(restarts, fault(broken, "rack1", -200.0), out(0, 3000), model=model, until_s=3500)
    tale.before("server.forced rack1", "array.flushed linkeddisk", "ups.output_off ups4")
    tale.never("array.lost_data linkeddisk", "ups.exhausted ups4")


def test_l2_s18_nor_are_the_control_disks_by_a_node_that_does_not_come_back_from_its_restart() -> None:
    restarts, model = Managed(-60.0, Manager.REBOOT, "control2"), reference_model(ups3__health=0.6)
    broken = fault("server_does_not_boot", "control2", -200.0)
    tale = play(restarts, broken, out(0, 4000), model=model, until_s=4500)
    tale.never("array.lost_data *", "ups.exhausted ups3")


@pytest.mark.parametrize("heard_s", [560.0, 620.0, 700.0])
def test_s2_n5_who_was_taken_for_lost_and_is_heard_to_run_is_stopped_and_the_array_flushed_anew(
    heard_s: float,
) -> None:
    """It hung where nobody heard it, and its UPS was given up; the flush had begun, and did not count.

    To be flushed anew waits for the UPSes, which can be told to go off now: what it says of the old flush is
    not taken for that.
    """
    tale = play(
        fault("card_silent", "ups5", -5.0, heard_s),
        fault("card_silent", "ups6", -5.0, heard_s),
        fault("server_hangs", "rack2", 0.0, heard_s),
        fault("management_down", "network", 50.0, heard_s),
        out(0, 4000, "ups4"),
        until_s=2500,
    )
    assert not unexcused_by_the_judge(tale, ()), "nobody saw those UPSes off, and that was said aloud (S3)"
    assert tale.at("server.halted rack2") < tale.at("array.flushing linkeddisk", -1)
    assert tale.at("array.flushed linkeddisk", -1) < tale.at("ups.output_off ups4 cause=command")


@pytest.mark.parametrize("charge_pct", [52.8, 53.4, 54.0])
def test_a3_s25_a_disk_that_answers_nobody_is_asked_while_its_battery_lasts_for_the_looks_at_it_too(
    charge_pct: float,
) -> None:
    """Two looks took four seconds, and its limit was over when the battery was (S18, seed 179608)."""
    tale = play(
        fault("battery_aged", "ups4", -100, amount=charge_pct),
        fault("card_silent", "ups6", -50),
        fault("array_unreachable", "linkeddisk", -50),
        out(0, 4000),
        until_s=2000.0,
    )
    assert ("S25", "linkeddisk") in tale.alarms()
    tale.once("ups.output_off ups4 cause=command")
    tale.never("ups.exhausted ups4")
