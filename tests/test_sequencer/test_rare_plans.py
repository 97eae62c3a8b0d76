"""Schedules and requests off the beaten track: no on, no cluster, a reboot too late, a file odd but valid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sequencer.asked import refusal_of
from sequencer.calendar import LOOK_AHEAD_DAYS, next_instant
from sequencer.calendar import Goal as Towards
from sequencer.facts import Facts
from sequencer.journal import Goal, Kind, Row
from sequencer.planned import STALE_REBOOT_S, cluster_runs, planned
from sequencer.ports import ClusterState, Off, Os, Service
from sequencer.requests import Request, Wish
from sequencer.schedule import keep_schedules
from sequencer.schedules import Cause, Combine, LanWatch, Schedule
from sequencer.site import Array, ArrayRole, Ups
from sequencer.timing import SLEEP_STEP_S, graceful_off_s, warm_up_lead_s
from sequencer.wants import control_off
from tests.hands import HandRoom
from tests.worlds import NODES, reference_site, with_more

HOST = "192.0.2.101"


def wanted(room: HandRoom, goal: Goal, *servers: str, at_s: float | None = None, cause: str = "r1") -> Row:
    wall_s = room.run.wall_s() if at_s is None else at_s
    details = {"servers": servers, "goal": goal.value, "wall_s": wall_s}
    return Row(Kind.WANTED, cause, 0, "control1/1", room.run.now, details)


def outcome(room: HandRoom, steps: Any) -> Any:
    ended: list[Any] = []

    def all_of_it() -> Any:
        ended.append((yield from steps))

    room.run.spawn(all_of_it())
    room.until(room.run.now + 10)
    return ended[0]


# Requests that are refused


def test_s27_a_hold_of_nothing_is_refused_and_so_is_one_of_a_device_that_nobody_knows(
    by_hand: HandRoom,
) -> None:
    def refusal(*of: str) -> Any:
        return outcome(by_hand, refusal_of(by_hand.run, Request("r1", Wish.HOLD, of)))

    assert refusal() == "hold: of which device?"
    assert refusal("ups1", "ups9", "blade9") == "no device is called ups9, blade9"
    assert refusal("ups1", "blade1", "linkeddisk", "ssccluster") == ""


def test_r1_09_one_control_node_alone_is_not_ours_to_switch_off(by_hand: HandRoom) -> None:
    def refusal(*of: str) -> Any:
        return outcome(by_hand, refusal_of(by_hand.run, Request("r1", Wish.POWER_OFF, of)))

    assert "R1-09" in refusal("control2")
    assert refusal(*NODES) == ""


# The calendar


def test_r8_02_an_on_that_is_put_off_by_more_than_a_year_of_excepted_days_is_none() -> None:
    """Nobody looks back for ever for the off that it belongs to."""
    off = date(2026, 11, 19)
    excepted = f"{date.fromordinal(off.toordinal() - LOOK_AHEAD_DAYS - 5)}..{off}"
    night = Schedule("nightly", ("blade1",), off="22:00", on="06:00", except_dates=(excepted,))
    site = reference_site(time_zone="Asia/Tokyo", schedules={"nightly": night})
    first = next_instant(site, night, datetime(2026, 11, 19, 12, 0, tzinfo=UTC), Towards.ON)
    assert first is not None
    assert first.at == datetime(2026, 11, 20, 21, 0, tzinfo=UTC), "the on of the first night that is kept"


def test_r8_04_without_an_on_the_silence_of_the_lan_is_waited_for_as_long_as_it_takes() -> None:
    by = {"off_by": (Cause.SCHEDULE, Cause.LAN), "off_when": Combine.ALL}
    weekend = Schedule("weekend", ("blade1", "blade2"), off="22:00", **by)
    site = reference_site(time_zone="UTC", schedules={"weekend": weekend}, lan_watch=LanWatch((HOST,), 300.0))
    room = HandRoom(site)
    room.run.spawn(keep_schedules(room.run))
    at_ten = next_instant(site, weekend, room.wall.now())
    assert at_ten is not None
    off_s = at_ten.at.timestamp() - room.run.wall_s()
    gone_s = off_s + 30 * 3600.0
    room.until(gone_s)
    assert room.told("schedule.fired") == [], "somebody still works; and the next evening, too"
    room.hosts[HOST].fall_silent()
    room.until(gone_s + 299)
    assert room.told("schedule.fired") == []
    room.until(gone_s + 301)
    fired = room.told("schedule.fired", "weekend")
    assert [e["goal"] for e in fired] == ["down", "down"], "each evening's off has waited"
    assert [e["t"] for e in fired] == pytest.approx([gone_s + 300] * 2, abs=0.1)


# Without the cluster


def test_l8_a_cluster_that_does_not_come_back_is_reported_and_still_waited_for(by_hand: HandRoom) -> None:
    """While it is away nothing of the linked side is started (S6)."""
    limit_s = by_hand.site.start.cluster_limit_s
    by_hand.cluster.show(state=ClusterState.STARTING)
    task = by_hand.run.spawn(cluster_runs(by_hand.run))
    by_hand.until(limit_s - 1)
    assert by_hand.told("alarm.raised") == []
    by_hand.until(limit_s + 1)
    (alarm,) = by_hand.told("alarm.raised", "ssccluster")
    assert alarm["rule"] == "L8"
    assert not task.over
    by_hand.cluster.show(state=ClusterState.RUNNING)
    by_hand.until(limit_s + 2)
    assert task.over


# Reboots


def test_r10_41_a_reboot_that_is_a_quarter_of_an_hour_late_is_not_done_any_more(by_hand: HandRoom) -> None:
    run = by_hand.run
    late_s = run.wall_s() - STALE_REBOOT_S - 1
    run.hear(wanted(by_hand, Goal.REBOOT, "blade1", at_s=late_s))
    run.hear(wanted(by_hand, Goal.REBOOT, "blade2", at_s=late_s + 2, cause="r2"))
    run.spawn(planned(run))
    by_hand.until(1)
    assert by_hand.servers["blade1"].sent == []
    assert run.facts.reached("blade1"), "and nobody waits for it"
    assert by_hand.servers["blade2"].sent == ["reboot"]


def test_r10_41_so_it_is_with_the_whole_cluster(by_hand: HandRoom) -> None:
    run = by_hand.run
    run.hear(wanted(by_hand, Goal.REBOOT, *NODES, at_s=run.wall_s() - STALE_REBOOT_S - 1))
    run.spawn(planned(run))
    by_hand.until(1)
    assert by_hand.cluster.sent == []
    assert all(run.facts.reached(node) for node in NODES)
    run.hear(wanted(by_hand, Goal.REBOOT, *NODES, cause="r2"))
    by_hand.until(2)
    assert by_hand.cluster.sent == ["restart"]


def test_r10_42_a_server_that_does_not_reboot_is_given_up_at_its_limit(by_hand: HandRoom) -> None:
    run = by_hand.run
    limit_s = by_hand.site.servers["blade1"].stop_limit_s
    run.hear(wanted(by_hand, Goal.REBOOT, "blade1"))
    run.spawn(planned(run))
    by_hand.until(limit_s - 1)
    assert not run.facts.reached("blade1")
    by_hand.until(limit_s + 1)
    assert run.facts.reached("blade1")
    assert run.rebooting == set(), "it never went down"
    assert by_hand.servers["blade1"].status.os is Os.UP


def test_s8_nobody_is_rebooted_without_its_disks(by_hand: HandRoom) -> None:
    run = by_hand.run
    by_hand.arrays["linkeddisk"].show(service=Service.STARTING)
    run.hear(wanted(by_hand, Goal.REBOOT, "blade1"))
    run.spawn(planned(run))
    by_hand.until(30)
    assert by_hand.servers["blade1"].sent == []
    by_hand.arrays["linkeddisk"].show(service=Service.READY)
    by_hand.until(60)
    assert by_hand.servers["blade1"].sent == ["reboot"]


# What the journal keeps of wants and holds


def test_s27_a_hold_that_is_heard_after_its_release_does_not_hold() -> None:
    """The peer that was cut off copies its rows late."""

    def held(wall_s: float, is_held: bool) -> Row:
        details = {"held": is_held, "cause": f"r{wall_s}", "wall_s": wall_s}
        return Row(Kind.HELD, "ups1", 0, "control2/1", 0.0, details)

    facts = Facts()
    facts.learn((held(20.0, False), held(10.0, True)), 0.0)
    assert "ups1" not in facts.held
    facts.learn((held(20.0, True),), 0.0)
    assert "ups1" in facts.held, "of two at once the one that is heard last counts"


def test_a_wall_time_in_any_other_row_wants_and_holds_nothing() -> None:
    facts = Facts()
    facts.learn((Row(Kind.LEASE, "blade1", 1, "control1/1", 0.0, {"wall_s": 20.0}),), 0.0)
    assert (facts.wants, facts.held, facts.watched_s, facts.causes) == ({}, frozenset(), None, set())


# The control disk in two parts


def test_r10_51_each_part_of_a_control_disk_sleeps_until_its_own_lead() -> None:
    """Its enclosures go on before its controllers, so they sleep less long."""
    site = reference_site()
    more = Ups("ups7", 7, "utility", 900.0, runtime_s=2700.0, warm_up_time_s=720.0)
    disk = Array("controldisk", ArrayRole.CONTROL, ("ups3",), ("ups7",))
    night = Schedule("control", NODES, off="22:00", on="06:00")
    site = replace(with_more(site, more, disk), schedules={"control": night}, time_zone="UTC")
    room = HandRoom(site)
    room.run.hear(wanted(room, Goal.DOWN, *NODES))
    on = next_instant(site, night, room.wall.now(), Towards.ON)
    assert on is not None
    for name, enclosures in (("ups3", False), ("ups7", True)):
        ups = site.upses[name]
        lead_s = warm_up_lead_s(site, disk, enclosures=enclosures)
        until_on_s = on.at.timestamp() - room.run.wall_s()
        sleep_s = until_on_s - lead_s - graceful_off_s(ups) - ups.return_delay_s
        assert control_off(room.run, ups) == (Off.SLEEP, pytest.approx(sleep_s))
        assert sleep_s > SLEEP_STEP_S


@pytest.mark.parametrize(
    ("changes", "how"),
    [
        ({"runtime_s": 424.0}, Off.DELAYED),
        ({"runtime_s": 424.1}, Off.SLEEP),
        ({"runtime_s": None}, Off.SLEEP),
        ({"runtime_s": 100.0, "mains": True, "on_battery": False}, Off.SLEEP),
        ({"runtime_s": 100.0, "output_on": False}, Off.SLEEP),
    ],
)
def test_s18_a_control_disk_whose_battery_ends_before_it_sleeps_goes_off_by_its_shorter_delay(
    changes: dict[str, Any], how: Off
) -> None:
    """420 s until it sleeps, 180 s until it is off; a node has no shorter one, and switches it on again."""
    night = Schedule("control", NODES, off="22:00", on="06:00")
    room = HandRoom(replace(reference_site(), schedules={"control": night}, time_zone="UTC"))
    room.run.hear(wanted(room, Goal.DOWN, *NODES))
    for name in ("ups1", "ups3"):
        room.upses[name].lose_mains()
        room.upses[name].show(**changes)
    assert control_off(room.run, room.site.upses["ups3"])[0] is how
    assert control_off(room.run, room.site.upses["ups1"])[0] is Off.SLEEP
    room.upses["ups3"].status = None
    assert control_off(room.run, room.site.upses["ups3"])[0] is Off.SLEEP
