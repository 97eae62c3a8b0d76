"""The control side's own nights: it sleeps by its UPSes' timers and comes back by itself (R10-51..53)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.duty import command
from sequencer.journal import Goal, Kind, Row
from sequencer.schedules import LanWatch, Schedule
from sequencer.wants import wants
from tests.hands import HandRoom
from tests.nights import control_nights, night_site, nightly, tonight
from tests.safety import unsafe, well
from tests.thinned import thinned
from tests.worlds import LINKED, NODES, out

HOST = "192.0.2.101"
SIX_S = 8 * 3600.0
"""06:00, counted from 22:00."""


def site_of(off: str = "22:30", on: str = "06:00", **settings: object):
    return night_site(nightly("07:00"), control_nights(off, on), **settings)


def test_r2_01_r2_02_r10_52_the_control_side_sleeps_after_the_linked_side_and_wakes_in_order() -> None:
    tale = tonight(site=site_of(), until_s=11 * 3600.0)
    well(tale)
    tale.before("ups.output_off ups4", "cluster.stopping ssccluster", "cluster.stopped ssccluster")
    for node in NODES:
        tale.before("cluster.stopped ssccluster", f"server.halted {node}", "ups.output_off ups3")
    tale.near("cluster.stopping ssccluster", 1800)
    assert tale.all("command.sent ups1 command=off how=sleep")
    assert abs(tale.at("ups.output_on ups1") - SIX_S) <= 180, "rounded to 6 min (R10-56)"
    assert abs(tale.at("ups.output_on ups3") - (SIX_S - 1080)) <= 180, "C = warm-up + 6 min (R10-52)"
    tale.before("array.ready controldisk", "server.up control1", "ups.output_on ups4")
    tale.never("command.sent ssccluster command=restart")


def test_r10_45_a_control_off_that_comes_too_early_waits_for_the_flush_and_says_so() -> None:
    tale = tonight(site=site_of("22:05"), until_s=11 * 3600.0)
    well(tale)
    assert tale.all("command.refused ssccluster command=stop rule=S5")
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "cluster.stopping ssccluster")


def test_r10_02_linked_servers_that_stay_up_without_the_control_side_are_an_alarm() -> None:
    site = night_site(control_nights())
    tale = tonight(site=site, until_s=11 * 3600.0)
    well(tale)
    assert tale.all("alarm.raised ssccluster rule=R10-02")
    tale.never("server.shutting_down blade1")


@pytest.mark.parametrize(
    "from_s", [-300, 300, 1700, 1850, 1950, 2100, 2400, 6000, 27000, 28000, 28750, 30000]
)
@pytest.mark.parametrize("for_s", thinned([1000, 100, 7200], 3))
def test_t7_an_outage_over_the_control_sides_night_is_ridden_out(from_s: int, for_s: int) -> None:
    tale = tonight(out(from_s, from_s + for_s), site=site_of(), until_s=20 * 3600.0)
    well(tale)
    tale.never("array.lost_data *", "server.crashed *")


def test_r10_41_one_minute_restarts_the_cluster_and_switches_nothing() -> None:
    site = night_site(Schedule("control", NODES, off="22:00", on="22:01"))
    tale = tonight(site=site)
    well(tale)
    tale.once("command.sent ssccluster command=restart")
    tale.never("ups.output_off *", "server.shutting_down blade1")


def test_r10_56_a_night_too_short_for_a_sleep_is_a_reboot_by_the_ups() -> None:
    """What is left is 100 s, and a card makes at least 6 min of it: on again at once instead."""
    site = night_site(nightly("07:00"), control_nights("22:30:00", "22:41:40"))
    tale = tonight(site=site, until_s=11 * 3600.0)
    well(tale)
    assert tale.all("command.sent ups1 command=off how=until_mains")
    assert not tale.all("command.sent ups1 command=off how=sleep")


def test_a_schedule_without_an_on_leaves_the_control_side_off() -> None:
    site = night_site(nightly("", servers=LINKED), replace(control_nights(), on=""))
    tale = tonight(site=site, until_s=30 * 3600.0)
    assert not unsafe(tale)
    tale.never("ups.output_on *", "server.booting *")
    tale.once("ups.output_off ups1", "ups.output_off ups3", "ups.output_off ups4")


@pytest.mark.parametrize("is_over", [True, False])
def test_s9_l6_a_node_that_boots_after_its_night_makes_up_for_the_morning_before_it_stops_anybody(
    is_over: bool,
) -> None:
    """It crashed in that night, and remembers the off; to look at the LAN takes it its time."""
    nights = control_nights("10:00", "13:59" if is_over else "14:05")
    room = HandRoom(night_site(nights, lan_watch=LanWatch((HOST,), 300.0)))
    room.hosts[HOST].fall_silent()
    run = room.run
    night_s = {"wall_s": run.wall_s() - 3 * 3600.0}
    off = {"servers": NODES, "goal": "down", **night_s}
    run.hear(
        Row(Kind.WANTED, "control/off", 1, "control1/0", 0.0, off),
        Row(Kind.WATCHED, "control1", 1, "control1/0", 0.0, night_s),
        Row(Kind.DECLARED, room.site.name, 1, "control1/0", 0.0, {"was_running": [], "stop": "control/off"}),
    )
    run.spawn(command(run))
    room.until(30)
    assert room.cluster.sent == ["stop"] * (not is_over)
    assert wants(run, "control1", Goal.UP) is is_over
