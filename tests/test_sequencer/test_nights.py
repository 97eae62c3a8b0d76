"""Scheduled nights of the linked side: off, flush, on again, at their times (§8, §10.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.schedules import Schedule
from sequencer.site import Array, ArrayRole, ServerRole, Ups
from sim.faults.nodes import NODE_CRASHES
from sim.story import Asked, Booted, ClockStep, FaultChange, Pressed, Wish
from tests.excused import holds
from tests.nights import night_site, nightly, tonight
from tests.safety import stranded, unsafe, well
from tests.thinned import thinned
from tests.worlds import LINKED, fault, out, reference_model, reference_site

LEAD_S = 720 + 360 + 300
"""③ = ③' of the document's example (R10-47, R10-48)."""
NIGHT_S = 48 * 60


def test_r10_40_r10_50_the_documents_night_from_22_00_to_22_48() -> None:
    tale = tonight()
    well(tale)
    for name in LINKED:
        tale.near(f"command.sent {name} command=shutdown", 0)
        tale.before(f"server.halted {name}", "array.flushing linkeddisk", "ups.output_off ups4")
    tale.near("ups.output_off ups5", 420)
    tale.near("ups.output_off ups6", 420)
    tale.before("array.flushed linkeddisk", "ups.output_off ups4")
    tale.near("ups.output_on ups4", NIGHT_S - LEAD_S)
    tale.near("ups.output_on ups5", NIGHT_S)
    tale.before("array.ready linkeddisk", "server.booting blade1")
    tale.never("cluster.stopping *", "ups.output_off ups3", "incident.opened *")


@pytest.mark.parametrize(("on", "sleeps"), [("22:39:59", False), ("22:40:00", True), ("22:40:01", True)])
def test_r10_46_s22_t6_the_disk_goes_off_from_2400_s_on(on: str, sleeps: bool) -> None:
    tale = tonight(site=night_site(nightly(on)))
    well(tale)
    assert bool(tale.times("ups.output_off ups4")) is sleeps
    assert bool(tale.times("array.flushing linkeddisk")) is sleeps
    assert tale.times("ups.output_off ups5"), "the servers' UPSes go off either way"


def two_part_disk() -> tuple[dict[str, Ups], dict[str, Array]]:
    """Its enclosures on a UPS of their own (decision 6)."""
    site = reference_site()
    upses = dict(site.upses)
    upses["ups7"] = replace(upses["ups4"], name="ups7", number=7)
    disk = Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",))
    return upses, site.arrays | {"linkeddisk": disk}


@pytest.mark.parametrize(("on", "sleeps"), [("22:40:00", False), ("22:43:59", False), ("22:44:00", True)])
def test_r10_46_with_enclosures_of_their_own_it_takes_2640_s(on: str, sleeps: bool) -> None:
    upses, arrays = two_part_disk()
    tale = tonight(site=replace(night_site(nightly(on)), upses=upses, arrays=arrays))
    well(tale)
    assert bool(tale.times("ups.output_off ups4")) is sleeps
    if sleeps:
        tale.before("ups.output_off ups4", "ups.output_off ups7")
        tale.before("ups.output_on ups7", "ups.output_on ups4")


def test_r10_41_r10_42_s21_one_minute_is_a_restart_and_nothing_else() -> None:
    tale = tonight(site=night_site(nightly("22:01")))
    well(tale)
    for name in LINKED:
        tale.once(f"server.halted {name}", f"server.up {name}", f"command.sent {name} command=restart")
    tale.never("array.flushing *", "ups.output_off *", "command.sent ups5 *")
    assert len(tale.all("schedule.fired nightly", whole=True)) == 1, "the on is the second half of it"


def test_r10_44_s23_one_server_that_stays_up_keeps_the_disk_on() -> None:
    tale = tonight(site=night_site(nightly(servers=LINKED[:3])))
    assert not unsafe(tale)
    tale.never("array.flushing *", "ups.output_off ups4", "server.halted rack2", "ups.output_off ups6")
    tale.near("ups.output_off ups5", 420)


def test_s23_the_disk_sleeps_from_when_the_last_of_its_users_is_off() -> None:
    early, late = nightly("23:50", "22:00", LINKED[:2]), nightly("23:55", "22:30", LINKED[2:])
    tale = tonight(site=night_site(early, replace(late, name="late")))
    well(tale)
    tale.near("array.flushing linkeddisk", 1800 + 420)
    tale.near("ups.output_on ups4", 110 * 60 - LEAD_S)


def test_s23_windows_that_overlap_too_little_leave_it_on() -> None:
    early, late = nightly("23:00", "22:00", LINKED[:2]), nightly("23:55", "22:30", LINKED[2:])
    tale = tonight(site=night_site(early, replace(late, name="late")))
    well(tale)
    tale.never("array.flushing *", "ups.output_off ups4")


@pytest.mark.parametrize("from_s", [-600, -60, -20, 5, 100, 300, 430, 600, 1000, 1490, 1600, 2860, 2900])
@pytest.mark.parametrize("for_s", thinned([400, 20, 1000, 3000, 7200], 5))
def test_t7_an_outage_over_the_night_wins_and_the_schedule_decides_afterwards(
    from_s: int, for_s: int
) -> None:
    tale = tonight(out(from_s, from_s + for_s), until_s=8 * 3600.0)
    well(tale)
    tale.never("array.lost_data *", "server.crashed *")
    ids = [e.details["id"] for e in tale.all("schedule.fired nightly", whole=True)]
    assert len(ids) == len(set(ids)), "S35: an instant fires once"


def test_t7_an_off_that_fell_into_an_outage_keeps_the_servers_off_afterwards() -> None:
    tale = tonight(out(-300, 1500), until_s=4 * 3600.0)
    well(tale)
    assert tale.at("server.booting blade1") >= NIGHT_S


def test_t7_an_off_that_nobody_was_up_to_hear_counts_after_the_outage_however_late() -> None:
    """Off at 22:40 finds the nodes down; they are up again half an hour later; on is at 00:30."""
    tale = tonight(out(-500, 3900), site=night_site(nightly("00:30", "22:40")), until_s=6 * 3600.0)
    well(tale)
    assert tale.at("server.halted control1") < 2400 < 4100 < tale.at("server.up control1") < 4300
    assert tale.at("server.booting blade1") >= 9000


@pytest.mark.parametrize("by_s", thinned([-900, -300, -2, 2, 300, 500]))
@pytest.mark.parametrize("at_s", [-30, -1, 0, 1, 30, 2870, 2881])
def test_t1_r12_03_s35_a_clock_that_steps_fires_no_instant_twice(at_s: int, by_s: int) -> None:
    tale = tonight(ClockStep(at_s, "control1", by_s), until_s=4 * 3600.0)
    well(tale)
    ids = [e.details["id"] for e in tale.all("schedule.fired nightly", whole=True)]
    assert sorted(ids) == ["nightly/2026-11-19/off", "nightly/2026-11-19/on"]
    tale.once("server.halted blade1", "array.flushing linkeddisk")


def test_l6_an_off_that_a_step_jumps_far_over_is_reported_and_not_made_up_for() -> None:
    tale = tonight(ClockStep(-100, "control1", 1200), until_s=4 * 3600.0)
    well(tale)
    assert [e for e in tale.all("alarm.raised nightly", whole=True) if e.details["rule"] == "L6"]
    tale.never("server.halted blade1")


def test_r12_02_t3_the_clock_of_the_node_that_commands_decides_and_a_skew_is_an_alarm() -> None:
    model = reference_model(control1__clock_skew_s=-90.0, rack1__clock_skew_s=-45.0)
    tale = tonight(model=model)
    well(tale)
    tale.near("command.sent blade1 command=shutdown", 90)
    alarms = {e.subject for e in tale.all("alarm.raised *", whole=True) if e.details.get("rule") == "T3"}
    assert alarms == {"control2", "rack1", "blade1", "blade2", "rack2"}, "all but its own differ from it"


def test_o1_a_server_booted_by_hand_in_the_night_is_not_fought() -> None:
    tale = tonight(Pressed(1550, "ups5"), Booted(1560, "blade1"))
    assert not [w for w in unsafe(tale) if not w.startswith("S8")]
    assert not stranded(tale)
    tale.once("command.sent blade1 command=shutdown")


@pytest.mark.parametrize(("on", "sleeps"), [("22:40:50", False), ("22:41:59", False), ("22:42:00", True)])
def test_r10_46_two_disks_flushed_one_after_the_other_need_2520_s(on: str, sleeps: bool) -> None:
    site = night_site(nightly(on))
    upses = site.upses | {"ups7": replace(site.upses["ups4"], name="ups7", number=7)}
    arrays = site.arrays | {"seconddisk": Array("seconddisk", ArrayRole.LINKED, ("ups7",), ("ups7",))}
    servers = {
        n: replace(s, arrays=(*s.arrays, "seconddisk")) if s.role is ServerRole.LINKED else s
        for n, s in site.servers.items()
    }
    tale = tonight(site=replace(site, upses=upses, arrays=arrays, servers=servers))
    well(tale)
    assert bool(tale.times("ups.output_off ups4")) is sleeps
    assert bool(tale.times("ups.output_off ups7")) is sleeps


def test_o1_nor_does_the_other_node_fight_it_when_it_takes_over() -> None:
    crash = FaultChange(1800, NODE_CRASHES, "control1")
    tale = tonight(Pressed(1550, "ups5"), Booted(1560, "blade1"), crash)
    tale.once("command.sent blade1 command=shutdown")
    assert tale.all("lease.taken *", by="control2")


def test_s16_r10_41_who_is_to_restart_while_his_ups_counts_down_is_on_again_when_that_has_fallen() -> None:
    """He lets nobody in, and was to be off since ten. Told to restart he would boot onto that power."""
    soon = Schedule("soon", ("rack1",), off="22:05", on="22:06")
    site = night_site(nightly(servers=("rack1", "rack2")), soon)
    tale = tonight(fault("shutdown_refused", "rack1", -10), site=site)
    tale.never("command.sent rack1 command=restart")
    tale.before("schedule.fired soon", "server.forced rack1", "ups.output_off ups6", "ups.output_on ups6")
    assert tale.at("server.up rack1") < 1000, "not when the night is over"


def test_l4_n1_a_flush_that_nobody_could_ask_for_is_given_up_when_its_disk_is_to_be_on_again() -> None:
    """No switch carries anything, nobody on a UPS that is held was seen down (two-feeds, 63097)."""
    held, dies = Asked(-590.0, Wish.HOLD, ("ups6",)), fault("switch_dies", "lan1", -300.0)
    tale = tonight(held, dies, until_s=2400.0)
    holds(tale, "switch_dies")
    begun, over = (tale.times(f"step.{how} linkeddisk step=flushed") for how in ("started", "timed_out"))
    assert len(begun) == len(over) == 3
    assert begun[-1] < 1300.0 < 1500.0 <= over[-1] < 1501.0, "at its lead, not at its limit"
    tale.never("command.sent linkeddisk")
