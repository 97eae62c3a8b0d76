"""The nodes are to restart while one of them boots: they do so once, when it is up (R10-41, S31)."""

from __future__ import annotations

import pytest

from sequencer.requests import Wish
from sequencer.schedules import Schedule
from sim.story import Asked, Managed, Manager
from tests.excused import holds
from tests.nights import control_nights, night_site, nightly, tonight
from tests.safety import well
from tests.tale import Tale
from tests.worlds import HOUR_S, NODES, fault, out, play

RESTART = "command.sent ssccluster command=restart"
BLADES = ("blade1", "blade2")


def rebooted(*more: Asked, before_s: float) -> Tale:
    """By the cluster's manager, just before 22:02."""
    night = nightly(off="22:02", on="22:07", servers=("blade1", "blade2"))
    site = night_site(night, control_nights(off="22:02", on="22:03"))
    return tonight(Managed(120 - before_s, Manager.REBOOT, "control1"), *more, site=site, until_s=3600)


@pytest.mark.parametrize("before_s", [5, 12, 30])
def test_r10_41_s31_they_restart_once_when_all_are_up(before_s: float) -> None:
    tale = rebooted(before_s=before_s)
    holds(tale)
    (restart_s,) = tale.times(RESTART)
    assert restart_s > tale.times("server.up control1")[0]


@pytest.mark.parametrize("before_s", [5, 12])
def test_s31_a_node_that_comes_up_does_not_restart_those_who_were_restarted_meanwhile(
    before_s: float,
) -> None:
    """What had been done, and that all are wanted up since, only who restarts could tell (seed 5800557)."""
    tale = rebooted(Asked(323, Wish.POWER_ON), before_s=before_s)
    holds(tale)
    tale.never(RESTART)


def test_r10_41_s9_they_wait_for_a_node_whose_ups_is_still_to_fall_and_restart_once() -> None:
    """The manager has just shut it down: its UPS goes off in the midst of its start, comes back by
    itself, and it is up long before its limit. They restarted without it, and again (234296).
    """
    site = night_site(control_nights(off="22:02", on="22:03"))
    tale = tonight(Managed(90, Manager.SHUTDOWN, "control1"), site=site, until_s=3600)
    holds(tale)
    (restart_s,) = tale.times(RESTART)
    tale.before("ups.output_off ups1", "ups.output_on ups1", "server.up control1")
    assert restart_s > tale.times("server.up control1")[0]


def test_h1_l1_nodes_that_both_hang_at_the_clusters_restart_bring_each_other_back() -> None:
    """Their services went on, and asked for it again every twenty minutes (two-feeds, crowded, 6100036)."""
    hang = [fault("server_hangs", node, 1500.0) for node in NODES]
    tale = play(out(0, 1300), *hang, until_s=2 * HOUR_S)
    holds(tale, "server_hangs")
    tale.before(
        "command.sent ssccluster command=restart",
        "alarm.raised ssccluster rule=L8",
        "command.sent control2 command=force",
        "cluster.running ssccluster holder=control2",
        "command.sent control1 command=force",
    )
    assert tale.at("server.up control1", -1) < 4500


def test_h1_l1_a_node_that_hangs_as_the_manager_reboots_it_in_an_incident_is_forced_and_woken() -> None:
    """The incident was closed over it, and it hung for ever (two-feeds, crowded, 66232)."""
    hangs = fault("server_hangs", "control2", 2400.0)
    tale = play(out(0, 1300), hangs, Managed(2500.0, Manager.REBOOT, "control2"), until_s=2 * HOUR_S)
    holds(tale, "server_hangs")
    tale.before("cluster.running ssccluster", "command.sent control2 command=force", "incident.closed *")
    tale.before("command.sent control2 command=force", "command.sent control2 command=wake")
    assert tale.at("server.up control2", -1) < 3500


def test_r10_41_s9_servers_that_are_to_restart_with_the_nodes_do_so_before_them_and_once() -> None:
    site = night_site(nightly("22:01", servers=BLADES), Schedule("control", NODES, off="22:00", on="22:01"))
    tale = tonight(site=site)
    well(tale)
    for name in BLADES:
        tale.before(f"journal.committed {name} kind=reached", "command.sent ssccluster command=restart")
        tale.once(f"command.sent {name} command=restart", f"journal.committed {name} kind=reached")


def test_r10_41_s9_servers_that_were_restarted_by_a_service_that_died_are_not_by_its_next_life() -> None:
    tale = tonight(
        fault("service_dies", "control1", 200, 300, 100), site=night_site(nightly("22:01", servers=BLADES))
    )
    well(tale)
    for name in BLADES:
        tale.once(f"command.sent {name} command=restart", f"journal.committed {name} kind=reached")


def test_h9_r10_41_a_server_that_does_not_come_up_again_puts_off_the_nodes_restart_and_no_more() -> None:
    site = night_site(nightly("22:01", servers=BLADES), Schedule("control", NODES, off="22:00", on="22:01"))
    tale = tonight(fault("server_does_not_boot", "blade1", 30), site=site)
    limit_s = site.start.server_limit_s
    tale.near("command.sent ssccluster command=restart", 90 + limit_s, late_s=20)
