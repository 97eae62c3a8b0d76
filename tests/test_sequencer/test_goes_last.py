"""The control side asks once more whether it is the last, when nothing is left but to go itself (S5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.control_stop import stop_cluster, stop_control, stop_node
from sequencer.journal import Kind, Row
from sequencer.ports import Answer, ClusterState, ClusterStatus, Os, Unreachable, UpsStatus
from sequencer.scope import Scope
from sequencer.site import ControlStop
from sequencer.timing import ASKED_S, systems_floors_s
from tests.hands import NO, NO_ANSWER, HandRoom

LINKED_DISK = Scope(arrays=frozenset({"linkeddisk"}), control=True)


@pytest.fixture
def out_of_mains(by_hand: HandRoom) -> HandRoom:
    """The linked side is down and the cluster has stopped; control1 commands, and is about to go."""
    by_hand.all_are_out(ClusterState.STOPPED)
    return by_hand


def widen(room: HandRoom, scope: Scope = LINKED_DISK) -> None:
    room.run.scope |= scope
    room.run.announce()


def settle(room: HandRoom, *names: str) -> None:
    for name in room.upses.keys() & set(names):
        room.upses[name].show(output_on=False)
    room.run.settled.update(names)
    room.run.announce()


def test_s5_an_outage_of_the_linked_side_while_another_node_is_waited_for_is_waited_for_too(
    out_of_mains: HandRoom,
) -> None:
    """It was asked when the cluster had stopped, and then nobody of them was to go down."""
    control2 = out_of_mains.servers["control2"]
    control2.replies = [NO]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(60)
    widen(out_of_mains)
    out_of_mains.until(600)
    assert out_of_mains.servers["control1"].sent == []
    assert [e["rule"] for e in out_of_mains.told("command.refused", "ssccluster")] == ["S5"]
    settle(out_of_mains, "linkeddisk")
    out_of_mains.until(610)
    assert out_of_mains.servers["control1"].sent == ["shutdown"]


def test_s5_and_so_is_one_that_comes_while_the_ups_of_the_other_node_is_told(out_of_mains: HandRoom) -> None:
    ups2 = out_of_mains.upses["ups2"]
    ups2.fall_silent()
    ups2.replies = [NO_ANSWER]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(5)
    widen(out_of_mains)
    out_of_mains.until(600)
    assert out_of_mains.servers["control1"].sent == []
    settle(out_of_mains, "linkeddisk")
    out_of_mains.until(600 + 2 * ASKED_S)
    assert out_of_mains.servers["control1"].sent == ["shutdown"]
    assert out_of_mains.upses["ups3"].sent == ["off delayed"]


def test_s9_l3_mains_that_come_back_meanwhile_keep_us_up(out_of_mains: HandRoom) -> None:
    out_of_mains.servers["control2"].replies = [NO]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(60)
    widen(out_of_mains)
    out_of_mains.until(600)
    for ups in out_of_mains.upses.values():
        ups.regain_mains()
    settle(out_of_mains, "linkeddisk")
    out_of_mains.until(900)
    assert out_of_mains.servers["control1"].sent == []


def test_s5_s11_that_a_battery_holds_no_longer_is_looked_at_afresh(out_of_mains: HandRoom) -> None:
    """Its mains are back since the last poll, and nobody has told us yet."""
    site, ups1 = out_of_mains.site, out_of_mains.upses["ups1"]
    floor_s = systems_floors_s(site, site.node_upses)["ups1"]
    widen(out_of_mains)
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(60)
    look = ups1.look

    def seen_back() -> Answer[UpsStatus | Unreachable]:
        ups1.regain_mains()
        return look()

    ups1.look = seen_back  # type: ignore[method-assign]
    ups1.show(runtime_s=floor_s)
    out_of_mains.until(600)
    assert out_of_mains.servers["control1"].sent == []
    assert [e for e in out_of_mains.told("alarm.raised") if e["rule"] == "S5"] == []


def test_s5_nor_where_the_site_asks_for_the_documents_way(out_of_mains: HandRoom) -> None:
    run = out_of_mains.run
    run.site = replace(run.site, control_stop=ControlStop.DOCUMENT)
    widen(out_of_mains)
    run.spawn(stop_control(run))
    out_of_mains.until(5)
    assert out_of_mains.servers["control1"].sent == ["shutdown"]


def somebody_shuts_them_down(room: HandRoom) -> None:
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    room.servers["control2"].show(os=Os.SHUTTING_DOWN)
    widen(room)


def test_s5_r2_08_a_cluster_whose_nodes_somebody_shuts_down_is_told_nothing_before_its_time(
    out_of_mains: HandRoom,
) -> None:
    """Nobody is left to wait; but nobody needs to tell it, either."""
    out_of_mains.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    somebody_shuts_them_down(out_of_mains)
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(300)
    assert out_of_mains.cluster.sent == []
    assert [e["text"] for e in out_of_mains.told("alarm.raised") if e["rule"] == "S5"] == []


def nodes_go_while_ups5_is_back(room: HandRoom, *others: str) -> None:
    """The nodes are wanted down, and these; the blades' mains are back since the start."""
    run, words = room.run, {"servers": ["control1", "control2", *others], "goal": "down", "wall_s": 1.0}
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0))
    run.hear(Row(Kind.WANTED, "r1", 1, "control1/1", 0.0, words))
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    run.mains["ups5"].on_line_since_s = 0.0
    widen(room, Scope(server_upses=frozenset({"ups5", "ups6"} if others else {"ups5"}), control=True))
    run.spawn(stop_control(run))


def test_s5_p3_whose_mains_have_been_good_long_enough_is_left_on_and_others_are_waited_for_yet(
    by_hand: HandRoom,
) -> None:
    nodes_go_while_ups5_is_back(by_hand, "rack1", "rack2")
    by_hand.until(600)
    assert by_hand.servers["control2"].sent == []
    settle(by_hand, "ups6")
    by_hand.until(610)
    assert by_hand.servers["control2"].sent == ["shutdown"]


def test_s5_p3_nor_is_who_has_lost_them_again_since_the_last_poll_left_on(by_hand: HandRoom) -> None:
    nodes_go_while_ups5_is_back(by_hand)
    ups5, look = by_hand.upses["ups5"], by_hand.upses["ups5"].look

    def seen_away() -> Answer[UpsStatus | Unreachable]:
        ups5.lose_mains()
        return look()

    ups5.look = seen_away  # type: ignore[method-assign]
    by_hand.until(600)
    assert by_hand.servers["control2"].sent == []


@pytest.mark.parametrize(("reboots", "goes"), [((), True), (("control1", "control2"), False)])
def test_s5_r2_08_where_they_only_restart_the_linked_side_is_waited_for(
    out_of_mains: HandRoom, reboots: tuple[str, ...], goes: bool
) -> None:
    somebody_shuts_them_down(out_of_mains)
    out_of_mains.run.rebooting.update(reboots)
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(300)
    alarms = [e["text"] for e in out_of_mains.told("alarm.raised") if e["rule"] == "S5"]
    left = "somebody else shuts the control nodes down; not waiting for linkeddisk"
    assert (left in alarms) is goes
    assert bool(out_of_mains.upses["ups3"].sent) is goes
    looks = max(ups.looks for ups in out_of_mains.upses.values())
    assert looks < 600, "two a second, for two nodes; they woke each other at each answer (S33)"


def test_s9_mains_that_are_back_keep_a_node_up_that_was_not_let_in(by_hand: HandRoom) -> None:
    """The cluster is left to another node, and nobody of the linked side is waited for."""
    run, control1 = by_hand.run, by_hand.servers["control1"]
    run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0),
    )
    by_hand.upses["ups1"].lose_mains()
    control1.replies = [NO]
    run.scope = Scope(nodes=frozenset({"control1"}))
    run.spawn(stop_node(run, by_hand.site.servers["control1"]))
    by_hand.until(5)
    by_hand.upses["ups1"].regain_mains()
    asked, kept = len(control1.sent), len(by_hand.journal.kept)
    by_hand.until(100)
    assert asked > 0
    assert len(control1.sent) == asked
    assert by_hand.upses["ups1"].sent == []
    assert len(by_hand.journal.kept) == kept, "nor is an OFF noted that nobody means to send"


def test_s5_t7_the_last_node_waits_for_who_is_wanted_down_since_its_cluster_was_told(
    by_hand: HandRoom,
) -> None:
    """Its own power alone is out: nobody of the linked side was to go down when the cluster was asked."""
    run = by_hand.run
    run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0),
    )
    by_hand.upses["ups1"].lose_mains()
    by_hand.servers["control2"].show(os=Os.HALTED)
    run.scope = Scope(nodes=frozenset({"control1"}))
    run.spawn(stop_node(run, by_hand.site.servers["control1"]))
    by_hand.until(60)
    assert by_hand.cluster.sent == ["stop"]
    widen(by_hand, Scope(server_upses=frozenset({"ups6"})))
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    by_hand.until(600)
    assert by_hand.servers["control1"].sent == []
    settle(by_hand, "ups6")
    by_hand.until(610)
    assert by_hand.servers["control1"].sent == ["shutdown"]


@pytest.fixture
def disk_out(by_hand: HandRoom) -> HandRoom:
    """The control disk alone is out, and the cluster has stopped for it."""
    by_hand.upses["ups3"].lose_mains()
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    by_hand.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups3", 1, "control1/1", 0.0),
    )
    by_hand.run.scope = Scope(control=True)
    return by_hand


@pytest.mark.parametrize("ups", ["ups4", "ups5"])
def test_s18_l2_whose_outage_is_timed_while_the_control_side_goes_is_waited_for(
    disk_out: HandRoom, ups: str
) -> None:
    """Gone before it is confirmed, nobody would tell them: their batteries run empty, unflushed."""
    run, control1 = disk_out.run, disk_out.servers["control1"]
    disk_out.upses[ups].lose_mains()
    run.spawn(stop_control(run))
    disk_out.until(60)
    assert control1.sent == []
    (refused,) = disk_out.told("command.refused", "ssccluster")
    assert refused["reason"] == f"{ups} is on its battery, and its outage is not confirmed yet"
    disk_out.upses[ups].regain_mains()
    run.announce()
    disk_out.until(70)
    assert control1.sent == ["shutdown"]


def test_s5_nobody_waits_to_learn_what_brings_nobody_down_who_is_not_to_go_anyway(disk_out: HandRoom) -> None:
    run, site = disk_out.run, disk_out.site
    run.scope |= Scope(
        servers=frozenset(s.name for s in site.servers_on("ups5")), server_upses=frozenset({"ups5"})
    )
    settle(disk_out, "ups5")
    disk_out.upses["ups5"].lose_mains()
    run.spawn(stop_control(run))
    disk_out.until(5)
    assert disk_out.servers["control1"].sent == ["shutdown"]


def test_s5_a_node_that_leaves_the_cluster_to_another_waits_for_nobody(by_hand: HandRoom) -> None:
    run = by_hand.run
    run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0),
    )
    by_hand.upses["ups1"].lose_mains()
    run.scope = Scope(nodes=frozenset({"control1"}), server_upses=frozenset({"ups6"}))
    run.spawn(stop_node(run, by_hand.site.servers["control1"]))
    by_hand.until(5)
    assert by_hand.servers["control1"].sent == ["shutdown"]


# Whoever does not go is forced before the disks go


def test_s1_h9_a_node_that_is_stuck_at_its_boot_is_forced_before_we_go(out_of_mains: HandRoom) -> None:
    control2 = out_of_mains.servers["control2"]
    control2.show(os=Os.BOOTING)
    control2.replies = [NO]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(out_of_mains.site.start.server_limit_s + 30)
    assert control2.sent[-1] == "force"
    assert out_of_mains.servers["control1"].sent == ["shutdown"]


def test_s13_h3_u5_whom_we_see_down_is_written_down_also_when_we_were_to_go_and_did_not(
    out_of_mains: HandRoom,
) -> None:
    """We let nobody in, and our UPSes drop the OFF that they took. Our next life may not hear control2."""
    out_of_mains.servers["control1"].replies = [NO]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(5)
    out_of_mains.servers["control2"].show(os=Os.HALTED)
    out_of_mains.upses["ups2"].show(off_armed=True)
    out_of_mains.until(700)  # its OFF may be on its way until its time is over
    assert out_of_mains.upses["ups1"].sent == ["off until_mains"]
    assert out_of_mains.upses["ups3"].sent == ["off delayed"]
    rows = [row.subject for row in out_of_mains.journal.kept if row.kind is Kind.SEEN_DOWN]
    assert rows == ["control2"]


def test_h1_h3_an_off_counts_from_the_newer_row_as_soon_as_it_is_about_to_be_sent(
    out_of_mains: HandRoom,
) -> None:
    """We do not let ourselves in, and what was noted before we were asked is old: we were forced too soon."""
    run, rows = out_of_mains.run, list[tuple[str, bool]]()
    commit = out_of_mains.journal.commit

    def noted(row: Row) -> Answer[None]:
        if row.kind is Kind.OFF_ARMED:
            rows.append((row.subject, row.subject in run.to_be_told))
        return commit(row)

    out_of_mains.journal.commit = noted  # type: ignore[method-assign]
    out_of_mains.servers["control1"].replies = [NO]
    run.spawn(stop_control(run))
    out_of_mains.until(out_of_mains.site.servers["control1"].shutdown_limit_s + 10)
    assert [ups for ups, _ in rows].count("ups3") == 2
    assert all(still_to_be_told for ups, still_to_be_told in rows if ups != "ups2")


@pytest.mark.parametrize(("leaves_another", "forced"), [(False, ["force"]), (True, [])])
def test_s1_who_runs_past_his_limit_on_power_that_counts_down_is_forced_before_the_last_node_goes(
    out_of_mains: HandRoom, leaves_another: bool, forced: list[str]
) -> None:
    """He was to be forced a minute before that falls; another node that stays will do it then."""
    run, rack1 = out_of_mains.run, out_of_mains.servers["rack1"]
    run.given_up.add("rack1")
    out_of_mains.upses["ups6"].show(off_armed=True)
    if leaves_another:
        run.scope = Scope(nodes=frozenset({"control1"}))
        run.spawn(stop_node(run, out_of_mains.site.servers["control1"]))
    else:
        run.spawn(stop_control(run))
    out_of_mains.until(300)
    assert out_of_mains.servers["control1"].sent[0] == "shutdown"
    assert rack1.sent[:1] == forced
    if forced:
        sent = [(e["subject"], e["command"]) for e in out_of_mains.told("command.sent")]
        assert sent.index(("rack1", "force")) < sent.index(("control1", "shutdown"))


def test_s9_s26_one_that_was_not_asked_for_the_mains_were_back_is_not_forced_at_its_limit(
    out_of_mains: HandRoom,
) -> None:
    """They come back between the decision and the command; lost again, it is asked, and has its limit."""
    room = out_of_mains
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    commit = room.journal.commit

    def back_by_then(row: Row) -> Any:
        for ups in room.upses.values():
            ups.regain_mains()
        return commit(row)

    limit_s = room.site.cluster.shutdown_limit_s
    room.journal.commit = back_by_then  # type: ignore[method-assign]
    room.run.spawn(stop_cluster(room.run))
    room.until(limit_s + 60)
    assert room.cluster.sent == []
    room.journal.commit = commit  # type: ignore[method-assign]
    for ups in room.upses.values():
        ups.lose_mains()
    room.until(room.run.now + limit_s - 1)
    assert room.cluster.sent == ["stop"]
    room.until(room.run.now + 10)
    assert room.cluster.sent == ["stop", "force"]
