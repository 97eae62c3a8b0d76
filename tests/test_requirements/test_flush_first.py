"""The document's first aim: what a linked array holds is on its disks before its power is cut (§1)."""

from __future__ import annotations

import pytest

from sequencer.array_off import flush
from sequencer.ports import Os
from tests.hands import NO, HandRoom
from tests.nights import tonight
from tests.safety import unsafe
from tests.tale import Tale
from tests.worlds import LINKED, NODES, fault, lost, out, play, reference_model

LONG = 5 * 3600.0
NODE_UPSES = ("ups1", "ups2", "ups3")


def weak_control_side(health: float) -> Tale:
    """The batteries of the nodes and of their disk hold only this part of what the site file promises."""
    model = reference_model(**{f"{ups}__health": health for ups in NODE_UPSES})
    return play(out(0, 7200), model=model, until_s=LONG)


@pytest.mark.parametrize("for_s", [40, 200, 440, 460, 640, 660, 1000, 7200])
def test_r1_01_however_long_the_outage_the_linked_disk_is_never_cut_unflushed(for_s: int) -> None:
    tale = play(out(0, for_s), until_s=LONG)
    assert not unsafe(tale)
    tale.never("array.lost_data *")
    if tale.times("ups.output_off ups4"):
        tale.before("array.flushed linkeddisk", "ups.output_off ups4")


def test_r1_02_the_flush_is_asked_for_when_nobody_writes_any_more(dark_room: Tale) -> None:
    for name in LINKED:
        dark_room.before(f"server.halted {name}", "command.sent linkeddisk command=flush")
    for ups in ("ups5", "ups6"):
        dark_room.before(f"ups.output_off {ups}", "command.sent linkeddisk command=flush")


@pytest.mark.parametrize("of", ["utility", "ups1", "ups2", "ups3", "ups4"])
def test_r1_06_whatever_fails_the_control_disk_is_never_asked_to_flush(of: str) -> None:
    tale = play(out(0, 7200, of), until_s=LONG)
    tale.never("command.sent controldisk command=flush", "array.flushing controldisk")


@pytest.mark.parametrize("health", [1.0, 0.5, 0.45])
def test_r1_03_control_batteries_that_outlast_the_flush_are_large_enough(health: float) -> None:
    tale = weak_control_side(health)
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "cluster.stopping ssccluster")
    tale.never("alarm.raised *", "array.lost_data *", "ups.exhausted *")


@pytest.mark.parametrize("health", [0.3, 0.35, 0.4])
def test_r1_03_s18_those_that_do_not_outlast_the_clusters_stop_as_well_lose_nothing_and_say_so(
    health: float,
) -> None:
    """The nodes go before the control disk's battery ends: they waited for the cluster, and it was lost."""
    tale = weak_control_side(health)
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "cluster.stopping ssccluster")
    tale.before("alarm.raised ssccluster", "server.halted control2", "ups.exhausted ups3")
    tale.never("array.lost_data *", "server.crashed *")
    assert ("S18", "ssccluster") in tale.alarms()


@pytest.mark.parametrize("health", [0.13, 0.2])
def test_r1_03_control_batteries_that_do_not_are_an_alarm_before_the_nodes_go(health: float) -> None:
    tale = weak_control_side(health)
    assert ("S5", "ssccluster") in tale.alarms()
    tale.before("alarm.raised ssccluster", "cluster.stopping ssccluster", "server.halted control1")
    assert tale.at("server.halted control2") < tale.at("ups.output_off ups4")


def test_r1_04_without_its_control_side_the_linked_disk_loses_what_it_holds() -> None:
    """Both nodes die before anything was asked: the disk runs until its battery is empty."""
    died = [h for node in NODES for h in fault("node_crashes", node, 1)]
    tale = play(lost(), died, until_s=LONG)
    tale.never("command.sent linkeddisk command=flush")
    tale.before("ups.exhausted ups4", "array.lost_data linkeddisk")


def test_r1_04_nothing_is_lost_when_one_node_lives_on() -> None:
    tale = play(lost(), fault("node_crashes", NODES[0], 1), until_s=LONG)
    tale.before("array.flushed linkeddisk", "ups.output_off ups4")
    tale.never("array.lost_data *")


def test_r2_11_outage_and_scheduled_night_both_flush_before_the_cut(dark_room: Tale) -> None:
    for tale in (dark_room, tonight()):
        tale.once("command.sent linkeddisk command=flush", "array.flushed linkeddisk")
        tale.before(
            "server.halted blade1", "ups.output_off ups5", "array.flushed linkeddisk", "ups.output_off ups4"
        )


def test_r4_03_an_array_that_does_not_let_us_flush_is_as_one_that_fails(by_hand: HandRoom) -> None:
    """Asked again and again for the whole limit, then given up with an alarm (S25)."""
    run, site = by_hand.run, by_hand.site
    for name in ("ups4", "ups5", "ups6"):
        by_hand.upses[name].lose_mains()
    for name in LINKED:
        by_hand.servers[name].show(os=Os.HALTED)
    run.settled |= {"ups5", "ups6"}
    array = by_hand.arrays["linkeddisk"]
    array.replies = [NO]
    run.spawn(flush(run, site.arrays["linkeddisk"]))
    by_hand.until(site.linkage.flush_limit_s - 1)
    assert len(array.sent) > 2
    assert not by_hand.told("array.flush_timed_out")
    by_hand.until(site.linkage.flush_limit_s + 10)
    assert [(a["subject"], a["rule"]) for a in by_hand.told("alarm.raised")] == [("linkeddisk", "S25")]
    assert "linkeddisk" in run.facts.flush_settled
