"""The control disk's battery does not run empty under nodes that use it: neither under those that wait for
others with nothing to save, nor under those that come back before its end, for nobody can tell it to go off
(S18, L2)."""

from __future__ import annotations

import pytest

from sequencer import timing
from sequencer.control_stop import needs_nobody
from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.site import OffMode, Site
from sequencer.stays_up import outlast_untold_disks
from sequencer.task import Task
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import HOUR_S, fault, out, play, with_settings

LIMIT_S = 120.0
SHORT_S = LIMIT_S - 1


def test_u19_s18_l2_a_silent_ups_whose_servers_are_halted_is_not_waited_for_to_the_disks_end() -> None:
    """By mixed-up cables they hang on another one; nothing is left to save there (S5)."""
    tale = play(fault("loads_mixed_up", "ups6", -590.0), out(-600, -300), out(0, 5400), until_s=5000.0)
    holds(tale, "loads_mixed_up")
    assert tale.all("command.refused ssccluster rule=S5")
    tale.before("ups.off_armed ups3", "ups.output_off ups3 cause=command")


@pytest.mark.parametrize("os", list(Os))
def test_s5_servers_that_run_are_waited_for(by_hand: HandRoom, os: Os) -> None:
    for name in ("rack1", "rack2", "rackpool"):
        by_hand.servers[name].show(os=Os.HALTED)
    by_hand.upses["ups6"].lose_mains()
    by_hand.servers["rack2"].show(os=os)
    assert needs_nobody(by_hand.run, "ups6") is (os is Os.HALTED)
    by_hand.servers["rack2"].fall_silent()
    assert not needs_nobody(by_hand.run, "ups6"), "it may run (S11)"
    assert not needs_nobody(by_hand.run, "rack2")


def test_u9_l2_l10_nodes_that_have_mains_stay_until_a_disk_that_is_not_told_to_go_off_runs_empty() -> None:
    """They came back each time while its battery lasted, and used it as it ended."""
    tale = play(fault("settings_lost", "ups3", -590.0), out(0, 2750, "ups3"), until_s=3 * HOUR_S)
    holds(tale, "settings_lost")
    assert tale.all("ups.exhausted ups3")
    assert len(tale.all("server.halted control1")) == 1
    tale.before("server.halted control2", "ups.exhausted ups3")
    assert tale.at("ups.exhausted ups3") < tale.at("server.booting control1")


def test_u9_and_the_cluster_is_back_at_once_when_the_disk_has_its_mains_again() -> None:
    tale = play(fault("settings_lost", "ups3", -590.0), out(0, 1500, "ups3"), until_s=HOUR_S)
    holds(tale, "settings_lost")
    assert not tale.all("server.halted *")
    assert tale.at("cluster.running ssccluster") < 2000


def outlasts(room: HandRoom) -> Task:
    room.upses["ups3"].lose_mains()
    room.upses["ups3"].show(delayed_off_s=SHORT_S, runtime_s=2700.0)
    return room.run.spawn(outlast_untold_disks(room.run))


def confirmed(room: HandRoom, *names: str) -> None:
    rows = [Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in names]
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}), *rows)


def is_over(room: HandRoom, task: Task) -> bool:
    room.until(room.run.now + 5)
    return task.over


def told(room: HandRoom) -> list[str]:
    return [e["text"] for e in room.told("alarm.raised") if e["rule"] == "L2"]


def test_l2_they_stay_down_to_what_they_need_to_go(by_hand: HandRoom) -> None:
    task, need_s = outlasts(by_hand), LIMIT_S + timing.ASKED_S + timing.late_looks_s(by_hand.site)
    by_hand.upses["ups3"].show(runtime_s=need_s + 0.1)
    assert not is_over(by_hand, task)
    by_hand.upses["ups3"].show(runtime_s=need_s)
    assert is_over(by_hand, task)
    assert told(by_hand) == ["ups3 can only run empty; the nodes stay up until then"]


def test_s18_or_until_their_own_batteries_wait_no_longer(by_hand: HandRoom) -> None:
    floor_s = timing.systems_floors_s(by_hand.site, by_hand.site.node_upses)["ups2"]
    by_hand.upses["ups2"].lose_mains()
    by_hand.upses["ups2"].show(runtime_s=floor_s + 1)
    task = outlasts(by_hand)
    assert not is_over(by_hand, task)
    by_hand.upses["ups2"].show(runtime_s=floor_s)
    assert is_over(by_hand, task)


@pytest.mark.parametrize(
    "changes",
    [
        {"delayed_off_s": LIMIT_S},
        {"mains": True, "on_battery": False},
        {"off_armed": True},
        {"output_on": False},
    ],
)
def test_l2_a_disk_that_is_told_or_gone_or_has_mains_keeps_nobody_up(
    by_hand: HandRoom, changes: dict[str, float | bool]
) -> None:
    by_hand.upses["ups3"].lose_mains()
    by_hand.upses["ups3"].show(**{"delayed_off_s": SHORT_S, "runtime_s": 2700.0} | changes)
    task = by_hand.run.spawn(outlast_untold_disks(by_hand.run))
    assert is_over(by_hand, task)
    assert told(by_hand) == []


def test_l2_nor_one_whose_card_is_silent_or_that_goes_off_when_its_nodes_are_down(
    by_hand: HandRoom, site: Site
) -> None:
    by_hand.upses["ups3"].fall_silent()
    after = HandRoom(with_settings(site, ups3__off=OffMode.AFTER_HALT))
    after.upses["ups3"].lose_mains()
    after.upses["ups3"].show(delayed_off_s=SHORT_S)
    for room in (by_hand, after):
        task = room.run.spawn(outlast_untold_disks(room.run))
        assert is_over(room, task)


def test_s18_nor_longer_than_a_battery_may_last_of_which_nothing_is_heard(by_hand: HandRoom) -> None:
    by_hand.upses["ups2"].lose_mains()
    by_hand.upses["ups2"].show(runtime_s=1000.0)
    by_hand.upses["ups2"].fall_silent()
    task = outlasts(by_hand)
    by_hand.until(1000 - timing.systems_floors_s(by_hand.site, by_hand.site.node_upses)["ups2"] - 8)
    assert not is_over(by_hand, task)
    assert is_over(by_hand, task)


def test_s28_nodes_that_are_wanted_down_sleep_and_go_at_once(by_hand: HandRoom) -> None:
    words = {"servers": ["control1", "control2"], "goal": "down", "wall_s": 1.0}
    by_hand.run.hear(Row(Kind.WANTED, "r1", 1, "control1/1", 0.0, words))
    assert is_over(by_hand, outlasts(by_hand))


def test_l3_they_wait_no_longer_when_the_disk_has_its_mains_and_others_have_none(by_hand: HandRoom) -> None:
    """Else they would stand there without their cluster as long as those."""
    confirmed(by_hand, "ups3", "ups4")
    by_hand.upses["ups4"].lose_mains()
    task = outlasts(by_hand)
    assert not is_over(by_hand, task)
    by_hand.upses["ups3"].regain_mains()
    assert is_over(by_hand, task)


def test_l3_p3_whose_mains_were_there_for_a_moment_only_is_waited_for_again(by_hand: HandRoom) -> None:
    confirmed(by_hand, "ups3")
    task = outlasts(by_hand)
    assert not is_over(by_hand, task)
    by_hand.upses["ups3"].regain_mains()
    assert not is_over(by_hand, task)
    by_hand.upses["ups3"].lose_mains()
    assert not is_over(by_hand, task)


def test_s18_nodes_without_mains_come_back_no_sooner_than_the_disk_and_go_at_once(by_hand: HandRoom) -> None:
    for name in ("ups1", "ups2"):
        by_hand.upses[name].lose_mains()
    task = outlasts(by_hand)
    assert is_over(by_hand, task)
