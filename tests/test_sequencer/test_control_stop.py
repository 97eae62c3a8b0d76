"""The control side goes last and ourselves last of it, with nothing left unsaid (L3, N1, S5, S30)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.control_stop import stop_control, stop_node
from sequencer.floors import needs_nobody
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus
from sequencer.requests import Wish
from sequencer.scope import Scope
from sequencer.site import Job
from sequencer.timing import ASKED_S, stop_off_s
from sim.story import Asked
from tests.excused import holds
from tests.hands import NO_ANSWER, YES, HandRoom
from tests.safety import unsafe
from tests.worlds import fault, out, play

CONTROL_UPSES = {"ups1", "ups2", "ups3"}
OURS = {"ups1", "ups3"}
"""What we live on: our own, and the control disk's."""


@pytest.fixture
def out_of_mains(by_hand: HandRoom) -> HandRoom:
    """The linked side is down and the cluster has stopped; control1 commands, and is about to go."""
    names = list(by_hand.site.upses)
    for ups in by_hand.upses.values():
        ups.lose_mains()
    by_hand.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})]
    by_hand.run.hear(*rows, *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in names))
    by_hand.run.scope = Scope(control=True)
    return by_hand


def at(room: HandRoom, device: str, command: str) -> float:
    """When this was sent first; infinity if never."""
    sent = [e["t"] for e in room.told("command.sent", device) if e["command"] == command]
    return min(sent, default=float("inf"))


def written(room: HandRoom) -> set[str]:
    return {row.subject for row in room.journal.kept if row.kind is Kind.OFF_ARMED}


def test_l3_we_go_when_the_others_have_accepted_and_not_before(out_of_mains: HandRoom) -> None:
    out_of_mains.servers["control2"].replies = [NO_ANSWER, NO_ANSWER, YES]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(13)
    assert out_of_mains.servers["control2"].sent == ["shutdown", "shutdown"]
    assert out_of_mains.servers["control1"].sent == []
    out_of_mains.until(30)
    (accepted,) = out_of_mains.told("command.sent", "control2")[2:]
    assert accepted["t"] < at(out_of_mains, "control1", "shutdown")


def test_l3_every_off_is_written_down_before_we_go_and_sent_at_once_when_we_do(
    out_of_mains: HandRoom,
) -> None:
    run = out_of_mains.run
    known: list[set[str]] = []
    go = out_of_mains.servers["control1"].shut_down
    out_of_mains.servers["control1"].shut_down = lambda: known.append(written(out_of_mains)) or go()  # type: ignore[method-assign, func-returns-value]
    run.spawn(stop_control(run))
    out_of_mains.until(5)
    assert known == [CONTROL_UPSES]
    gone_s = at(out_of_mains, "control1", "shutdown")
    for ups in OURS:
        assert gone_s < at(out_of_mains, ups, "off") < gone_s + 0.2
    rows = [row.subject for row in out_of_mains.journal.kept if row.kind is Kind.OFF_ARMED]
    assert sorted(rows) == sorted(CONTROL_UPSES), "each once"


def test_l3_what_feeds_only_others_is_told_before_we_go(out_of_mains: HandRoom) -> None:
    """Should we die while we go, they come back with the mains and wake us."""
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(5)
    accepted, told = at(out_of_mains, "control2", "shutdown"), at(out_of_mains, "ups2", "off")
    assert accepted < told < at(out_of_mains, "control1", "shutdown")


def test_l3_a_silent_card_of_another_node_does_not_keep_us_here(out_of_mains: HandRoom) -> None:
    out_of_mains.upses["ups2"].fall_silent()
    out_of_mains.upses["ups2"].replies = [NO_ANSWER] * 20
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(30)
    assert at(out_of_mains, "ups2", "off") < at(out_of_mains, "control1", "shutdown") < 1 + ASKED_S


def test_l3_a_card_that_loses_its_off_does_not_keep_the_other_upses_waiting(out_of_mains: HandRoom) -> None:
    out_of_mains.upses["ups3"].replies = [NO_ANSWER]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(5)
    gone_s = at(out_of_mains, "control1", "shutdown")
    assert max(at(out_of_mains, ups, "off") for ups in ("ups1", "ups2")) < gone_s + 0.2


def test_l3_cards_that_fall_silent_while_the_others_go_keep_us_up(out_of_mains: HandRoom) -> None:
    """Halted with our power on we would not come back; one of them that answers again is enough (N6)."""
    out_of_mains.servers["control2"].replies = [NO_ANSWER, NO_ANSWER, YES]
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(5)
    for name in ("ups1", "ups2"):
        out_of_mains.upses[name].fall_silent()
    out_of_mains.until(100)
    assert out_of_mains.servers["control1"].sent == []
    assert "L3" in [e["rule"] for e in out_of_mains.told("alarm.raised", "ssccluster")]
    out_of_mains.upses["ups1"].show()
    out_of_mains.until(130)
    assert out_of_mains.servers["control1"].sent == ["shutdown"]


@pytest.fixture
def waits(out_of_mains: HandRoom) -> HandRoom:
    """The same while blade1 is not down yet."""
    out_of_mains.run.scope = Scope(servers=frozenset({"blade1"}), control=True)
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(100)
    return out_of_mains


def go(room: HandRoom, *nodes: str) -> set[str]:
    """These shut down, and nobody of us has told them to; which UPSes are told to go off."""
    for node in nodes:
        room.servers[node].show(ServerStatus(Os.SHUTTING_DOWN))
    room.until(room.run.now + 30)
    return {e["subject"] for e in room.told("command.sent") if e["command"] == "off"}


def test_l3_s5_r2_08_when_somebody_else_shuts_all_nodes_down_nobody_is_waited_for_any_more(
    waits: HandRoom,
) -> None:
    """Halted with their power on they would not come back; and nobody is left to see to the linked side."""
    assert go(waits, "control2") == set()
    assert go(waits, "control1") == CONTROL_UPSES
    assert [waits.servers[node].sent for node in ("control1", "control2")] == [[], []]
    (alarm,) = (e for e in waits.told("alarm.raised", "ssccluster") if e["rule"] == "S5")
    assert alarm["text"] == "somebody else shuts the control nodes down; not waiting for blade1"


def test_s5_a_node_that_has_halted_already_goes_too_and_one_that_is_silent_may_stay(waits: HandRoom) -> None:
    waits.servers["control2"].show(ServerStatus(Os.HALTED))
    waits.servers["control2"].fall_silent()
    assert go(waits, "control1") == set()
    waits.servers["control2"].show(ServerStatus(Os.HALTED))
    assert go(waits) == CONTROL_UPSES


def test_s5_nodes_that_only_restart_go_nowhere(waits: HandRoom) -> None:
    waits.run.rebooting.add("control2")
    assert go(waits, "control1", "control2") == set()
    waits.run.rebooting.clear()
    asked = Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 1, "control2/1", waits.run.now, {})
    waits.run.hear(asked)
    assert go(waits) == set()


@pytest.mark.parametrize("ends", ["he is back", "his battery holds no longer"])
def test_s18_c11_who_commands_and_is_rebooted_tells_nobody_to_go_before_he_is_back(
    out_of_mains: HandRoom, ends: str
) -> None:
    """While he is away nobody would be left to tell the disks' UPSes; the other one follows him meanwhile."""
    room = out_of_mains
    room.run.rebooting.add("control1")
    room.servers["control1"].show(ServerStatus(Os.SHUTTING_DOWN))
    room.run.spawn(stop_control(room.run))
    room.until(60)
    assert room.servers["control2"].sent == []
    if ends == "he is back":
        room.servers["control1"].show(ServerStatus(Os.UP))
    else:
        room.upses["ups1"].show(runtime_s=stop_off_s(room.site, room.site.upses["ups1"]))
    room.until(62)
    assert room.servers["control2"].sent == ["shutdown"]


def test_s5_the_stop_of_the_cluster_waits_whoever_shuts_the_nodes_down(out_of_mains: HandRoom) -> None:
    """Its manager stops it with them, or their last one takes it along: nothing of ours is needed."""
    out_of_mains.run.scope = Scope(servers=frozenset({"blade1"}), control=True)
    out_of_mains.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    assert go(out_of_mains, "control1", "control2") == set()
    assert out_of_mains.cluster.sent == []


def with_job(room: HandRoom, node: str, takes_s: float) -> None:
    servers = {
        **room.site.servers,
        node: replace(room.site.servers[node], stop_jobs=(Job("save", ("save",), 60.0),)),
    }
    room.run.site = room.site = replace(room.site, servers=servers)
    room.servers[node].job_s = takes_s


@pytest.mark.parametrize("node", ["control1", "control2"])
def test_l3_r2_06_stop_jobs_of_either_node_come_before_anybody_goes_for_good(
    out_of_mains: HandRoom, node: str
) -> None:
    """While its jobs run a UPS may be told already; but nobody would be there to tell the node itself."""
    with_job(out_of_mains, node, takes_s=40.0)
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(60)
    gone_s = at(out_of_mains, "control1", "shutdown")
    assert at(out_of_mains, "control2", "shutdown") < gone_s
    assert 40 < gone_s < 45
    for ups in OURS:
        assert gone_s < at(out_of_mains, ups, "off") < gone_s + 0.2
    assert out_of_mains.told("command.refused") == []


def test_l3_an_other_node_that_never_answers_is_given_up_at_its_limit(out_of_mains: HandRoom) -> None:
    out_of_mains.servers["control2"].replies = [NO_ANSWER]
    limit_s = out_of_mains.site.servers["control2"].shutdown_limit_s
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(limit_s + 60)
    assert limit_s <= at(out_of_mains, "control1", "shutdown") < limit_s + 10
    assert {e["subject"] for e in out_of_mains.told("command.sent") if e["command"] == "off"} == CONTROL_UPSES


def test_s5_our_own_battery_waits_for_nobody_who_does_not_answer(out_of_mains: HandRoom) -> None:
    """Its own UPS is told all the same; the disk's, which the other node may still use, is not (S1)."""
    site = out_of_mains.site
    out_of_mains.servers["control2"].replies = [NO_ANSWER]
    out_of_mains.upses["ups1"].show(runtime_s=stop_off_s(site, site.upses["ups1"]))
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(ASKED_S + 10)
    assert ASKED_S <= at(out_of_mains, "control1", "shutdown") < ASKED_S + 5
    (alarm,) = out_of_mains.told("alarm.raised")
    assert "control2" in alarm["text"]
    assert out_of_mains.upses["ups1"].sent == ["off until_mains"]
    assert out_of_mains.upses["ups3"].sent == []


def journals_are_broken(room: HandRoom) -> None:
    room.journal.healthy = False
    room.peers["control2"].show(keeps=False)


def test_s30_l3_without_a_journal_the_ups_of_a_node_that_goes_with_us_is_told_where_its_own_journal_is_well(
    out_of_mains: HandRoom,
) -> None:
    """Its service forces it if it hangs; and nobody is left who could tell its UPS later."""
    out_of_mains.journal.healthy = False
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(5)
    assert out_of_mains.upses["ups2"].sent == ["off until_mains"]


def test_s30_without_a_journal_our_own_ups_is_told_although_nobody_sees_us_halted(
    out_of_mains: HandRoom,
) -> None:
    journals_are_broken(out_of_mains)
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(5)
    assert out_of_mains.upses["ups1"].sent == ["off until_mains"]
    assert out_of_mains.upses["ups2"].sent == [], "control2 is not seen down"
    out_of_mains.servers["control2"].show(os=Os.HALTED)
    out_of_mains.until(6)
    assert out_of_mains.upses["ups2"].sent == ["off until_mains"]


def test_s30_without_a_journal_an_ups_whose_server_hangs_is_left_on_with_an_alarm(
    out_of_mains: HandRoom,
) -> None:
    """Not asked three times and forgotten, but waited for as long as the server may take."""
    journals_are_broken(out_of_mains)
    limit_s = out_of_mains.site.servers["control2"].stop_limit_s
    out_of_mains.run.spawn(stop_control(out_of_mains.run))
    out_of_mains.until(limit_s - 1)
    left_on = "ups2 is left on"
    assert not [e for e in out_of_mains.told("alarm.raised") if left_on in e["text"]]
    out_of_mains.until(limit_s + 10)
    (alarm,) = [e for e in out_of_mains.told("alarm.raised") if left_on in e["text"]]
    assert alarm["rule"] == "S30"
    assert out_of_mains.upses["ups2"].sent == []


def test_l3_n1_a_node_that_stops_alone_stays_up_while_nobody_can_tell_its_ups(by_hand: HandRoom) -> None:
    by_hand.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0),
    )
    by_hand.run.scope = Scope(nodes=frozenset({"control1"}))
    by_hand.upses["ups1"].lose_mains()
    by_hand.upses["ups1"].fall_silent()
    by_hand.run.spawn(stop_node(by_hand.run, by_hand.site.servers["control1"]))
    by_hand.until(600)
    assert by_hand.servers["control1"].sent == []
    (alarm,) = by_hand.told("alarm.raised")
    assert alarm["rule"] == "L3"
    by_hand.upses["ups1"].show()
    by_hand.until(610)
    assert by_hand.servers["control1"].sent == ["shutdown"]
    assert by_hand.upses["ups1"].sent == ["off until_mains"]


def test_s5_s18_l2_a_control_disk_is_not_left_to_run_empty_while_the_nodes_wait_for_what_is_held() -> None:
    """The nodes' batteries last longer than its own, which is at its end before they go."""
    tale = play(out(0, 7200), fault("ups_in_maintenance", "ups5"), until_s=3 * 3600.0)
    assert tale.at("command.sent ssccluster command=stop") > 2000  # as long as its battery allows
    assert tale.at("command.sent ups3 command=off") < tale.at("ups.output_off ups3") < 2700
    tale.never("ups.exhausted ups3", "array.lost_data controldisk")


def test_s27_s18_l2_nor_while_a_ups_counts_down_whose_server_was_let_go_of_too_late() -> None:
    """It falls without us, and what the linked disk held was lost with its battery."""
    holds = [Asked(-590.0, Wish.HOLD, ("blade2",)), Asked(2370.0, Wish.RELEASE, ("blade2",))]
    tale = play(out(0, 7200), holds, until_s=4000.0)
    assert tale.times("array.lost_data linkeddisk")
    tale.before("ups.off_armed ups5", "command.sent ups3 command=off", "ups.output_off ups3")
    tale.never("ups.exhausted ups3", "array.lost_data controldisk")


def test_s18_l2_the_nodes_stay_for_a_linked_disk_though_the_control_disk_is_at_its_end() -> None:
    tale = play(out(0, 3600), fault("low_flag_false", "ups3"), until_s=1500.0)
    tale.before("cluster.stopped ssccluster", "array.flushed linkeddisk", "ups.output_off ups4")
    tale.before("ups.output_off ups4", "command.sent control1 command=shutdown")


def test_c7_a_node_whose_service_ends_with_its_system_is_not_waited_for() -> None:
    """A system that goes down stops its services first; only one that was silent before may hang unseen."""
    told_s = play(out(0, 7200)).at("server.shutting_down control2")
    tale = play(out(0, 7200), fault("service_dies", "control2", told_s + 0.02, amount=3600.0))
    assert not unsafe(tale), tale
    tale.before("server.shutting_down control1", "server.halted control2")


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
