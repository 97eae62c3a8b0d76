"""On- and off-causes, combined freely: schedule, LAN, the end of an outage (R2-03, R8-02..R8-04)."""

from __future__ import annotations

import pytest

from sequencer.schedules import Cause, Combine, LanWatch
from sequencer.site import Site
from sim.faults.network import SWITCH_DIES
from sim.story import FaultChange, HostChange
from tests.nights import night_site, nightly, tonight
from tests.safety import unsafe, well
from tests.worlds import LINKED, out

PCS = ("192.0.2.101", "192.0.2.102")
LAN = LanWatch(hosts=PCS, silent_s=300.0)
SCHEDULE_ONLY, LAN_ONLY = (Cause.SCHEDULE,), (Cause.LAN,)
BOTH = (Cause.SCHEDULE, Cause.LAN)


def site_of(off_by: tuple[Cause, ...], off_when: Combine = Combine.ANY, **more: object) -> Site:
    return night_site(nightly(off_by=off_by, off_when=off_when, **more), lan_watch=LAN)


def gone(at_s: float, *addresses: str) -> list[HostChange]:
    return [HostChange(at_s, a, answers=False) for a in addresses or PCS]


SILENT_BEFORE, SILENT_AFTER, NEVER_SILENT = gone(-500), gone(600), []
"""LAN silent from 21:51:40 on, so confirmed before 22:00; from 22:10 on; or never."""


@pytest.mark.parametrize(
    ("off_by", "off_when", "lan", "off_s"),
    [
        (SCHEDULE_ONLY, Combine.ANY, NEVER_SILENT, 0),
        (SCHEDULE_ONLY, Combine.ANY, SILENT_BEFORE, 0),
        (LAN_ONLY, Combine.ANY, NEVER_SILENT, None),
        (LAN_ONLY, Combine.ANY, SILENT_AFTER, 600 + 300),
        (LAN_ONLY, Combine.ALL, SILENT_AFTER, 600 + 300),
        (BOTH, Combine.ANY, NEVER_SILENT, 0),
        (BOTH, Combine.ANY, SILENT_BEFORE, -500 + 300),
        (BOTH, Combine.ANY, SILENT_AFTER, 0),
        (BOTH, Combine.ALL, NEVER_SILENT, None),
        (BOTH, Combine.ALL, SILENT_BEFORE, 0),
        (BOTH, Combine.ALL, SILENT_AFTER, 600 + 300),
        ((), Combine.ANY, SILENT_BEFORE, None),
    ],
)
def test_r2_03_r8_03_off_causes(
    off_by: tuple[Cause, ...], off_when: Combine, lan: list[HostChange], off_s: float | None
) -> None:
    tale = tonight(lan, site=site_of(off_by, off_when))
    well(tale)
    fired = tale.all("schedule.fired nightly goal=down", whole=True)
    assert len(fired) == (off_s is not None)
    if off_s is not None:
        assert off_s - 6 <= fired[0].t - tale.zero_s <= off_s + 20, "counted from when they were heard last"
        assert tale.times("server.booting blade1"), "the scheduled on brings them back"


@pytest.mark.parametrize("on_by", [(Cause.SCHEDULE,), (Cause.RESTORE,), (Cause.SCHEDULE, Cause.RESTORE), ()])
def test_r2_03_r8_02_on_causes(on_by: tuple[Cause, ...]) -> None:
    """Off at 22:00; on at 22:48 only if the schedule may; back after a later outage only if that may."""
    tale = tonight(site=site_of(SCHEDULE_ONLY, on_by=on_by), until_s=4 * 3600.0)
    assert not unsafe(tale)
    assert bool(tale.times("server.booting blade1")) is (Cause.SCHEDULE in on_by)


@pytest.mark.parametrize("restore", [True, False])
def test_r2_03_the_end_of_an_outage_is_an_on_cause_like_another(restore: bool) -> None:
    on_by = (Cause.SCHEDULE, Cause.RESTORE) if restore else (Cause.SCHEDULE,)
    site = site_of(SCHEDULE_ONLY, on_by=on_by, on_days="fri")
    tale = tonight(out(-7200 + 6700, 3600), site=site, until_s=40 * 3600.0)
    assert not unsafe(tale)
    # They were wanted off at 22:00 in the middle of it; the next on is on Friday evening.
    tale.near("server.booting blade1", 86400 + 2880, late_s=30)


def test_without_the_restore_cause_they_wait_for_the_schedule_after_an_outage() -> None:
    site = site_of(SCHEDULE_ONLY, on_by=(Cause.SCHEDULE,), off="23:30", on="23:59")
    tale = tonight(out(0, 1200), site=site, until_s=4 * 3600.0)
    assert not unsafe(tale)
    assert tale.at("server.booting blade1") >= 119 * 60
    assert tale.times("server.booting rack2")


def test_s11_a_dead_lan_switch_is_no_silence_of_the_lan() -> None:
    tale = tonight(FaultChange(10, SWITCH_DIES, "lan1"), site=site_of(LAN_ONLY))
    tale.never("schedule.fired * goal=down", "server.shutting_down *")


def test_r8_04_one_host_that_answers_again_in_time_keeps_everybody_on() -> None:
    back = HostChange(350, PCS[0], answers=True)
    tale = tonight(gone(100), back, site=site_of(LAN_ONLY))
    well(tale)
    tale.never("schedule.fired * goal=down")


def test_by_the_lan_they_go_off_once_and_come_on_by_the_schedule() -> None:
    site = site_of(LAN_ONLY, off="", on="07:00")
    tale = tonight(gone(100), site=site, until_s=11 * 3600.0)
    well(tale)
    tale.once(*(f"server.halted {name}" for name in LINKED), "array.flushing linkeddisk")
    tale.near("server.booting blade1", 9 * 3600, late_s=30)
