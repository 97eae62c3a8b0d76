"""The SCHEDULE lines of `plan`: causes, restarts, the control side, nights of a changed clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sequencer.schedules import Cause, Combine, LanWatch, Schedule
from sequencer.site import Site
from teiden.plan.runbook import night
from tests.worlds import LINKED, NODES, with_more

WINTER = date(2026, 11, 20)
NIGHT = Schedule("nightly", LINKED, "daily", "22:00", "06:00")
DISK_OFF = "flush, then ups4 off"
DISK_ON = "05:37 to 05:48 ups4 on"


@pytest.fixture
def office(site: Site) -> Site:
    return replace(site, lan_watch=LanWatch(("192.0.2.101", "192.0.2.102"), 300.0))


def line(site: Site, schedule: Schedule) -> str:
    return " | ".join(f"{at} {what}".strip() for at, what in night(site, schedule, WINTER))


def test_r10_40_r10_47_a_night_has_its_flush_and_its_lead(site: Site) -> None:
    assert line(site, NIGHT) == (
        f"22:00 servers stop | 22:07 ups5, ups6 off | {DISK_OFF} | {DISK_ON} | 06:00 servers start"
    )


def test_a_schedule_that_only_switches_off_says_so(site: Site) -> None:
    said = line(site, replace(NIGHT, on=""))
    assert said.endswith(f"{DISK_OFF} | servers stay off until they are asked for")
    assert line(site, replace(NIGHT, on_by=(Cause.RESTORE,))) == said


def test_a_schedule_that_only_switches_on_has_the_disks_lead(site: Site) -> None:
    assert line(site, replace(NIGHT, off="")) == f"{DISK_ON} | 06:00 servers start"


def test_r8_02_what_no_restored_mains_start_is_told(site: Site) -> None:
    said = line(site, replace(NIGHT, on_by=(Cause.SCHEDULE,)))
    assert said.endswith("06:00 servers start | the end of an outage does not start them")


def test_r8_03_a_schedule_without_causes_stops_nobody(site: Site) -> None:
    assert "stop" not in line(site, replace(NIGHT, off_by=()))


def test_r8_04_an_off_by_a_silent_lan_has_no_hour(office: Site) -> None:
    assert line(office, replace(NIGHT, off="", off_by=(Cause.LAN,))) == (
        "once 192.0.2.101, 192.0.2.102 are silent for 300s: servers stop | ups5, ups6 off after 420 s | "
        f"flush, then ups4 off if the start is 2400 s away or more | {DISK_ON} | 06:00 servers start"
    )


def test_r2_03_r8_04_both_causes_together_wait_for_the_hour_and_the_silence(office: Site) -> None:
    both = replace(NIGHT, off_by=(Cause.SCHEDULE, Cause.LAN), off_when=Combine.ALL)
    assert line(office, both).startswith("from 22:00 on once 192.0.2.101, 192.0.2.102 are silent for 300s: ")


def test_r2_03_r8_04_either_cause_takes_the_hour_or_the_silence(office: Site) -> None:
    either = replace(NIGHT, off_by=(Cause.SCHEDULE, Cause.LAN))
    assert line(office, either).startswith(
        "22:00 servers stop, or before that once 192.0.2.101, 192.0.2.102 are silent for 300s | 22:07 ups5"
    )


@pytest.mark.parametrize("servers", [LINKED, NODES])
def test_r10_41_r10_42_a_restart_touches_no_disk(site: Site, servers: tuple[str, ...]) -> None:
    (step,) = night(site, replace(NIGHT, servers=servers, on="22:01"), WINTER)
    assert step[0] == "22:00"
    assert step[1].endswith("restart, no disk is touched")


@pytest.mark.parametrize(
    ("off", "on", "goes_off"),
    [("22:00", "22:40", True), ("22:00", "22:39", False), ("22:00:01", "22:40", False)],
)
def test_r10_50_22_40_is_late_enough_and_22_39_is_not(site: Site, off: str, on: str, goes_off: bool) -> None:
    assert (DISK_OFF in line(site, replace(NIGHT, off=off, on=on))) is goes_off


def test_t2_the_night_that_the_clocks_make_too_short_is_named(site: Site) -> None:
    berlin = replace(site, time_zone="Europe/Berlin")
    short = replace(NIGHT, off="01:30", on="02:50")
    assert "2027-03-28 linkeddisk stays on: needs 2400 s, has 1800 s" in line(berlin, short)
    assert "stays on" not in line(site, short)


def test_days_of_the_on_are_told_where_they_are_others(site: Site) -> None:
    assert line(site, replace(NIGHT, days="fri", on_days="mon")).endswith("mon 06:00 servers start")


# The control side


def test_r10_51_r10_52_r10_56_the_control_side_sleeps_and_its_disk_wakes_first(site: Site) -> None:
    assert line(site, replace(NIGHT, servers=NODES, off="23:00", on="05:30")) == (
        "23:00 ssccluster stops, then control1, control2 | by 23:12 ups1, ups2, ups3 off | "
        "05:09 to 05:15 ups3 on | 05:27 to 05:33 ups1, ups2 on"
    )


def test_r10_52_controllers_and_enclosures_have_leads_of_their_own(site: Site) -> None:
    own = replace(site.upses["ups3"], name="ups7", number=7, warm_up_time_s=1440.0)
    disk = replace(site.arrays["controldisk"], enclosures=("ups7",))
    said = line(with_more(site, own, disk), replace(NIGHT, servers=NODES))
    assert "05:27 to 05:33 ups7 on | 05:39 to 05:45 ups3 on | 05:57 to 06:03 ups1, ups2 on" in said


def test_a_control_side_without_an_on_stays_off(site: Site) -> None:
    said = line(site, replace(NIGHT, servers=NODES, on=""))
    assert said.endswith("ups1, ups2, ups3 off | control1, control2 stay off until they are asked for")


def test_r8_04_the_control_side_may_wait_for_silence_too(office: Site) -> None:
    said = line(office, replace(NIGHT, servers=NODES, off="", off_by=(Cause.LAN,)))
    assert (
        "silent for 300s: ssccluster stops, then control1, control2 | ups1, ups2, ups3 off after 720 s"
        in said
    )
