"""The control side's own nights: it sleeps by its UPSes' timers and comes back by itself (R10-51..53)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.duty import command
from sequencer.journal import Goal, Kind, Row
from sequencer.planned import STALE_REBOOT_S, may_restart, restarts
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.schedules import LanWatch, Schedule
from sequencer.site import Site
from sequencer.wants import wants
from sim.story import Asked, Booted, Managed, Manager, Pressed
from tests.excused import holds
from tests.hands import NO, HandRoom
from tests.nights import control_nights, night_site, nightly, tonight
from tests.safety import unsafe, well
from tests.thinned import thinned
from tests.worlds import LINKED, NODES, fault, out

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


def test_s6_r10_41_the_nodes_restart_when_the_disk_of_their_cluster_answers() -> None:
    """Without it the cluster would not run again."""
    site = night_site(Schedule("control", NODES, off="22:00", on="22:01"))
    tale = tonight(fault("array_unreachable", "controldisk", -100.0, 600.0), site=site)
    well(tale)
    assert 600 < tale.at("command.sent ssccluster command=restart") < 610
    assert not tale.all("command.refused ssccluster command=restart")


def test_s6_r10_41_nodes_whose_disk_does_not_answer_for_too_long_are_not_restarted_any_more() -> None:
    """Nor when it answers: what could not be done for a quarter of an hour is not done any more."""
    site = night_site(Schedule("control", NODES, off="22:00", on="22:01"))
    tale = tonight(fault("array_unreachable", "controldisk", -100.0, 1500.0), site=site)
    assert not unsafe(tale)
    tale.once("command.refused ssccluster command=restart rule=S6")
    assert 899 < tale.at("command.refused ssccluster command=restart") < 905
    tale.never("command.sent ssccluster command=restart", "server.halted control1")
    for node in NODES:
        assert tale.all(f"journal.committed {node} kind=reached")


@pytest.mark.parametrize("late_s", [0, 60, 240])
def test_s1_t7_who_comes_back_with_his_mains_after_the_night_was_to_begin_goes_down_with_the_others(
    late_s: int,
) -> None:
    """No hand has booted him: he is asked when he is up, before his power is told to fall."""
    mains = (*out(0, 1140), *out(1200, 2400), *out(1200, 2400 + late_s, "ups1"))
    tale = tonight(*mains, site=night_site(control_nights("22:41", "23:11")), until_s=6000.0)
    tale.never("server.crashed *", "ups.exhausted *")
    assert tale.at("server.halted control1", 1) < tale.at("ups.output_off ups1", 1)


@pytest.mark.parametrize("for_s", [600, 1200])
def test_s27_r10_41_held_nodes_restart_when_they_are_released_in_time_and_not_at_all_later(
    for_s: int,
) -> None:
    """Nor is it taken for that restart when the cluster's manager shuts them down afterwards (R2-08)."""
    site = night_site(Schedule("control", NODES, off="22:00", on="22:01"))
    hold, release = (
        Asked(at_s, w, ("ssccluster",)) for at_s, w in ((-100, Wish.HOLD), (for_s, Wish.RELEASE))
    )
    manager, hand = Managed(4000.0, Manager.SHUTDOWN, "ssccluster"), Booted(6000.0, "control1")
    tale = tonight(hold, release, manager, hand, site=site)
    assert not unsafe(tale)
    restarted = tale.times("command.sent ssccluster command=restart")
    assert [for_s <= at_s < for_s + 10 for at_s in restarted] == [True] * (for_s < 900)
    tale.never("command.sent ssccluster command=stop")


def to_restart(site: Site) -> HandRoom:
    room = HandRoom(site, "control1")
    wanted = {"servers": NODES, "goal": "reboot", "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, wanted))
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    return room


@pytest.mark.parametrize("comes", [True, False])
def test_l3_r10_41_a_node_that_is_off_when_the_nodes_are_to_restart_is_only_to_be_on_again(
    site: Site, comes: bool
) -> None:
    """Its manager has shut it down, and no restart of the cluster boots one that is halted."""
    room = to_restart(site)
    room.servers["control2"].show(os=Os.HALTED)
    room.run.spawn(restarts(room.run))
    room.until(site.start.wake_after_s + 10)
    assert room.servers["control2"].sent == ["wake"]
    assert room.cluster.sent == [], "it takes part"
    if comes:
        room.servers["control2"].show(os=Os.UP)
    limit_s = site.start.server_limit_s
    room.until(limit_s - 1)
    assert room.cluster.sent == ["restart"] * comes
    room.until(limit_s + 10)
    assert room.cluster.sent == ["restart"], "and is not waited for for ever"


@pytest.mark.parametrize("falls", [True, False])
def test_s16_r10_41_nodes_restart_when_nothing_counts_down_under_one_of_them_any_more(
    site: Site, falls: bool
) -> None:
    """Somebody else has told its UPS to go off (C12); in vain, it goes on for longer than anybody waits."""
    room = to_restart(site)
    room.upses["ups2"].show(off_armed=True)
    room.run.spawn(restarts(room.run))
    room.until(400)
    assert room.cluster.sent == []
    if falls:
        room.upses["ups2"].show(off_armed=False)
    room.until(STALE_REBOOT_S + 10)
    assert room.cluster.sent == (["restart"] if falls else [])
    assert [e["rule"] for e in room.told("command.refused", "ssccluster")] == ([] if falls else ["S16"])


RACKS = ("rack1", "rack2")


def racks_off_and_nodes_restart() -> Site:
    racks = Schedule("racks", RACKS, off="22:00", on="22:40")
    return night_site(racks, Schedule("control", NODES, off="22:00", on="22:01"))


def test_h1_s1_r10_41_nodes_restart_when_who_goes_down_meanwhile_is_down_and_forced_if_he_hangs() -> None:
    """His OFF fell while both of them booted: nobody was there to force him."""
    tale = tonight(site=racks_off_and_nodes_restart())
    tale.before("server.halted rack2", "command.sent ssccluster command=restart", "ups.output_off ups6")
    tale = tonight(fault("server_hangs", "rack1", -600.0), site=racks_off_and_nodes_restart())
    tale.before("server.forced rack1", "command.sent ssccluster command=restart", "ups.output_off ups6")
    tale.never("server.crashed *")


@pytest.mark.parametrize(
    ("goes", "waits"),
    [("wanted", True), ("falls", True), ("", False), ("halted", False), ("held", False), ("dark", False)],
)
def test_h1_s1_r10_41_it_is_waited_for_who_is_to_go_or_runs_on_power_that_falls(
    by_hand: HandRoom, goes: str, waits: bool
) -> None:
    rack1 = by_hand.servers["rack1"]
    for name in ("rack2", "rackpool"):
        by_hand.servers[name].show(os=Os.HALTED)
    if goes in ("falls", "halted", "held", "dark"):
        by_hand.upses["ups6"].show(off_armed=True)
    if goes in ("wanted", "dark"):
        words = {"servers": ["rack1"], "goal": "down", "wall_s": by_hand.run.wall_s()}
        by_hand.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, words))
    if goes == "halted":
        rack1.show(os=Os.HALTED)
    elif goes == "held":
        by_hand.run.hear(
            Row(Kind.HELD, "rack1", 1, "control1/1", 0.0, {"held": True, "wall_s": 1.0, "cause": "h"})
        )
    elif goes == "dark":
        rack1.fall_silent()
        by_hand.upses["ups6"].show(output_on=False, off_armed=False)
    task = by_hand.run.spawn(may_restart(by_hand.run))
    by_hand.until(10)
    assert task.over is not waits
    rack1.show(os=Os.HALTED)
    by_hand.until(20)
    assert task.over


def test_s16_r10_41_nodes_restart_when_one_that_was_never_looked_at_is_down_with_his_power() -> None:
    """Who commanded was shut down as they were to restart; who takes the command has not seen him go."""
    site = night_site(Schedule("control", NODES, off="22:00", on="22:01"))
    tale = tonight(Managed(-30.0, Manager.SHUTDOWN, "control1"), site=site)
    well(tale)
    tale.before("server.halted control1", "ups.output_off ups1", "command.sent ssccluster command=restart")


def test_r10_41_a_restart_that_the_clusters_manager_refuses_makes_no_stop_a_restart(site: Site) -> None:
    room = to_restart(site)
    room.cluster.replies = [NO]
    room.run.spawn(restarts(room.run))
    room.until(60)
    assert room.cluster.sent == ["restart"]
    assert room.run.rebooting == set()


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


def test_s28_t7_a_night_that_fell_due_in_an_outage_is_not_over_for_who_has_gone_by_that() -> None:
    """The other one is asked for when it has come back with its mains; this one stays down for its night."""
    asked = (
        Asked(1000.0, Wish.HOLD, ("ups1",)),
        Asked(2350.0, Wish.RELEASE, ("ups1",)),
        Asked(2350.0, Wish.POWER_ON, ("control2",)),
    )
    tale = tonight(*out(0, 2000), *asked, site=night_site(control_nights("22:35")), until_s=5 * 3600.0)
    holds(tale)
    tale.before("schedule.fired control", "cluster.running ssccluster")
    tale.never("command.sent control1 command=wake")


def test_o1_l3_who_is_booted_in_a_night_of_which_he_learns_late_ends_it_for_the_other_node_too() -> None:
    """The manager had shut it down; the other one slept as wanted, and nobody brought the cluster back."""
    hands = Managed(100.0, Manager.SHUTDOWN, "control1"), Pressed(2130.0, "ups1")
    tale = tonight(*hands, site=night_site(control_nights()), until_s=5 * 3600.0)
    well(tale)
    tale.before("schedule.fired control", "command.sent ups2 command=on", "cluster.running ssccluster")
    assert tale.at("cluster.running ssccluster") < 4000, "not only when the night is over"


def test_c4_l3_a_cluster_that_says_it_stands_and_takes_no_start_is_told_to_stop() -> None:
    """Its service on control1 has said so since the night; it has run again for an hour. Nodes that go down
    one by one under it leave a cluster that nothing but its operator starts."""
    mistaken = fault("cluster_mistaken", "control1", 2100, 12000)
    site = night_site(control_nights(on="23:30"))
    tale = tonight(*mistaken, *out(7200, 9000), site=site, until_s=5 * 3600.0)
    holds(tale, "cluster_mistaken")
    night, stop = tale.all("command.sent ssccluster command=stop")
    down = [e.t for e in tale.all("server.shutting_down control1") if e.t > night.t + 3600]
    assert stop.t <= down[0]
    assert tale.all("cluster.running ssccluster")[-1].t > stop.t, "though late, for it said nothing else"


def test_s1_h3_nothing_is_told_to_go_off_when_we_go_ourselves_and_its_mains_are_there() -> None:
    """Given up in an outage that is over, rack2 would run yet when it falls, and nobody force him (90417)."""
    site = night_site(
        nightly("22:20", servers=("blade1", "blade2")),
        Schedule("racks", ("rack1", "rack2"), off="22:10", on="22:30"),
        control_nights("22:00", "23:59"),
    )
    tale = tonight(fault("shutdown_refused", "rack2"), out(60.0, 120.0), site=site, until_s=1800.0)
    assert unsafe(tale) == []
    assert tale.at("server.shutting_down control2") < 600 < tale.at("server.halted control2"), "as we go"
    tale.never("ups.off_armed ups6")


def test_s5_u5_a_disk_that_comes_on_before_we_go_is_waited_for_until_it_has_fallen_or_is_given_up() -> None:
    """In an outage it took no OFF, and its battery ran empty; nor does it take one now (seed 7700536)."""
    tale = tonight(
        fault("off_ignored", "ups6", -600.0, 3000.0),
        fault("off_ignored", "ups4", -600.0, 5311.0),
        out(300.0, 2036.0),
        site=night_site(nightly("00:02", "23:14"), control_nights("23:16", "01:16")),
        until_s=2 * 3600.0,
    )
    holds(tale, "off_ignored")
    night_s, comes_s = tale.at("schedule.fired control goal=down"), tale.at("ups.output_on ups4")
    alarm_s = tale.at("alarm.raised ups4 rule=S3", -1)
    assert night_s < comes_s < alarm_s <= tale.at("command.sent ssccluster command=stop", -1)
