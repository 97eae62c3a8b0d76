"""Who was only to restart, and does not come up again: a UPS may trip over that (R10-41, P14, L1)."""

from __future__ import annotations

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.late import RESTARTS_S, look_for_who_restarted
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.schedules import Schedule
from sim.story import Asked, ClockStep, Managed, Manager
from tests.hands import HandRoom
from tests.nights import night_site, nightly, tonight
from tests.safety import unsafe
from tests.tale import Tale
from tests.worlds import HOUR_S, NODES, fault, out, play

BLADES = ("blade1", "blade2")
CONTROL = Schedule("control", NODES, off="22:00", on="22:01")


def restarted(ups: str, *more: object) -> Tale:
    """Its UPS bears no start for the first ten minutes after that."""
    site = night_site(nightly("22:01", servers=BLADES), CONTROL)
    return tonight(fault("inrush_trips", ups, -1, 600, amount=0.0), *more, site=site, until_s=3 * HOUR_S)


@pytest.mark.parametrize(("ups", "server"), [("ups5", "blade1"), ("ups2", "control2")])
def test_l1_p14_whose_ups_trips_over_his_restart_is_started_again(ups: str, server: str) -> None:
    tale = restarted(ups)
    tale.before(f"server.crashed {server}", f"command.sent {ups} command=on", f"server.up {server}")
    tale.once(f"alarm.raised {server} rule=H9", f"command.sent {ups} command=on")


def test_s28_who_is_wanted_down_by_then_is_not() -> None:
    tale = restarted("ups5", Asked(500.0, Wish.POWER_OFF, BLADES))
    tale.never("command.sent ups5 command=on", "alarm.raised blade1 rule=H9")


@pytest.mark.parametrize(
    ("goal", "ago_s", "os", "asked_for"),
    [
        (Goal.REBOOT, 300.0, Os.HALTED, True),
        (Goal.REBOOT, RESTARTS_S, Os.HALTED, False),
        (Goal.REBOOT, 300.0, Os.UP, False),
        (Goal.UP, 300.0, Os.HALTED, False),
    ],
)
def test_l1_a_node_that_did_not_boot_with_its_cluster_is_asked_for_and_no_other(
    by_hand: HandRoom, goal: Goal, ago_s: float, os: Os, asked_for: bool
) -> None:
    """Who is off long after the word was perhaps switched off by somebody (O1)."""
    run = by_hand.run
    wanted = {"servers": NODES, "goal": goal.value, "wall_s": run.wall_s() - ago_s}
    run.hear(Row(Kind.WANTED, "restart", 0, "control2/0", 0.0, wanted))
    by_hand.servers["control2"].show(os=os)
    look_for_who_restarted(run)
    by_hand.until(run.site.start.server_limit_s + 10)
    assert (run.facts.wants["control2"].cause != "restart") is asked_for


def test_l1_one_that_boots_a_little_later_is_not_asked_for(by_hand: HandRoom) -> None:
    run = by_hand.run
    wanted = {"servers": NODES, "goal": Goal.REBOOT.value, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "restart", 0, "control2/0", 0.0, wanted))
    by_hand.servers["control2"].show(os=Os.BOOTING)
    look_for_who_restarted(run)
    by_hand.until(200)
    by_hand.servers["control2"].show(os=Os.UP)
    by_hand.until(run.site.start.server_limit_s + 10)
    assert run.facts.wants["control2"].cause == "restart"


def test_r10_41_t1_s9_nodes_that_are_rebooted_while_they_wait_for_their_restart_are_not_restarted_again() -> (
    None
):
    """The clock that would tell so was set back meanwhile; each says it itself when it goes to boot again."""
    tale = tonight(
        out(-60, 400),
        ClockStep(20, "control1", -7200),
        Managed(30, Manager.REBOOT, "ssccluster"),
        site=night_site(CONTROL),
        until_s=2 * HOUR_S,
    )
    for node in NODES:
        tale.before("schedule.fired control", f"journal.committed {node} kind=reached", f"server.up {node}")
    assert not tale.all("command.sent ssccluster command=restart")


def test_r10_41_t1_c7_s9_a_node_that_boots_long_after_its_restart_was_asked_for_has_been_restarted() -> None:
    """Its clock was ahead when it fired that; it hung as all were rebooted, and the clock of who saw it boot
    says that its restart is still to come."""
    later = Schedule("control", NODES, off="22:40", on="22:41")
    tale = tonight(
        fault("second_outage", "ups5", 0, 650, amount=7300.0),
        ClockStep(100.0, "control1", 7200.0),
        fault("node_hangs", "control1", 130, 850),
        Managed(300.0, Manager.REBOOT, "ssccluster"),
        site=night_site(later),
        until_s=1500.0,
    )
    tale.before("server.up control1", "journal.committed control1 kind=reached", "incident.closed reference")
    tale.never("command.sent ssccluster command=restart")
    assert unsafe(tale) == []


def test_s28_r2_08_a_node_that_was_booting_when_the_manager_began_to_reboot_all_goes_on_with_the_stop() -> (
    None
):
    """Nobody has told it why it goes down again; the other node says so of itself, and it does not wait for a
    hand to boot it, as one does that is down as wanted."""
    tale = play(
        out(0, 1400, "ups1"),
        Asked(1250.0, Wish.POWER_OFF, by="backup"),
        Managed(1650.0, Manager.REBOOT, "ssccluster"),
        until_s=HOUR_S,
    )
    tale.before(
        "server.booting control1", "request.accepted reference wish=cluster_reboot", "server.up control1"
    )
    tale.before("cluster.stopped ssccluster", "journal.committed control1 kind=restarts")
    tale.never("command.sent ups5 command=on")
    assert unsafe(tale) == []
