"""A cluster that stands still though nobody wants it to is brought back, without an outage (L3, L8)."""

from __future__ import annotations

import pytest

from sequencer.asked import hear
from sequencer.cluster_start import start_cluster
from sequencer.control_stop import stop_cluster
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Service
from sequencer.power_on import AGAIN_S
from sequencer.requests import Request, Wish
from sequencer.site import Site
from sequencer.standstill import bring_back
from tests.hands import NO, HandRoom
from tests.worlds import fault, out, play, with_settings

RUNS = ClusterStatus(ClusterState.RUNNING, "control1")
LIMIT_S = 1200.0
"""`start.cluster_limit`: as long as its start may take."""


def stands(site: Site, state: ClusterState = ClusterState.WAITING_FOR_DISK) -> HandRoom:
    room = HandRoom(site, "control1")
    room.cluster.show(ClusterStatus(state, None))
    room.run.spawn(bring_back(room.run))
    return room


def restarted(room: HandRoom) -> HandRoom:
    """We have just told it to restart."""
    room.run.learn(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 0, "control1/1", room.run.now, {}))
    return room


def is_open(room: HandRoom) -> bool:
    return room.run.facts.open


@pytest.mark.parametrize("state", [ClusterState.STOPPED, ClusterState.STOPPING])
def test_l3_one_whose_restart_came_no_further_opens_an_incident_that_goes_up(
    site: Site, state: ClusterState
) -> None:
    room = restarted(stands(site, state))
    room.until(LIMIT_S - 1)
    assert not is_open(room)
    room.until(LIMIT_S + 1)
    assert is_open(room)
    assert not room.run.facts.down
    assert room.run.facts.was_running == {"blade1", "blade2", "rack1", "rack2"}


def test_l3_it_is_said_that_it_is_brought_back_and_a_server_that_is_wanted_down_did_not_run(
    site: Site,
) -> None:
    """What an earlier incident gave up, had ready or said counts no more (S21: who is wanted down stays)."""
    room = stands(site)
    wanted = {"servers": ["blade1"], "goal": "down", "wall_s": 1.0}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, wanted))
    room.run.given_up.add("blade2")
    room.run.ready_since["linkeddisk"] = 0.0
    room.run.alarm("blade2", "hangs", "H1")
    room.until(LIMIT_S + 1)
    assert [e["rule"] for e in room.told("alarm.raised", "ssccluster")] == ["L3"]
    assert room.run.facts.was_running == {"blade2", "rack1", "rack2"}
    assert (room.run.given_up, room.run.ready_since) == (set(), {})
    room.run.alarm("blade2", "hangs", "H1")
    assert len(room.told("alarm.raised", "blade2")) == 2


def test_l3_one_that_waits_for_its_disk_was_stopped_by_nobody(site: Site) -> None:
    room = stands(site)
    room.until(LIMIT_S - 1)
    assert not is_open(room)
    room.until(LIMIT_S + 1)
    assert is_open(room)


@pytest.mark.parametrize("early_s", [None, 6.1, 90.0])
@pytest.mark.parametrize("state", [ClusterState.STOPPED, ClusterState.STOPPING])
def test_o1_one_that_somebody_else_has_stopped_is_told_of_and_left_as_it_is(
    site: Site, state: ClusterState, early_s: float | None
) -> None:
    """He may be at its disks: a start under him would use them. What we restarted before ran meanwhile."""
    room = HandRoom(site, "control1")
    room.cluster.show(RUNS)
    if early_s is not None:
        room.until(100.0 - early_s)
        restarted(room)
    room.run.spawn(bring_back(room.run))
    room.until(100)
    room.cluster.show(ClusterStatus(state, None))
    room.until(100 + LIMIT_S - 1)
    assert room.told("alarm.raised") == []
    room.until(100 + 3 * LIMIT_S)
    assert not is_open(room)
    assert len(room.told("alarm.raised")) == 1
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.until(101 + 3 * LIMIT_S)
    assert not is_open(room), "so a group looks that somebody has stopped"
    room.arrays["controldisk"].fall_silent()
    room.until(102 + 3 * LIMIT_S)
    assert is_open(room), "its disk has gone"


@pytest.mark.parametrize(
    ("wish", "of", "brought_back"),
    [
        (Wish.CLUSTER_REBOOT, (), True),
        (Wish.SERVER_REBOOT, ("control1",), False),
        (Wish.CLUSTER_SHUTDOWN, (), False),
    ],
)
def test_l3_r2_08_one_whose_reboot_by_its_manager_comes_no_further_is_brought_back(
    site: Site, wish: Wish, of: tuple[str, ...], brought_back: bool
) -> None:
    """He who reboots it wants it up; he who shuts it down, or a node, does not say so (C11)."""
    room = HandRoom(site, "control1")
    room.cluster.show(RUNS)
    room.run.spawn(hear(room.run))
    room.run.spawn(bring_back(room.run))
    room.until(100)
    room.mailbox.deliver(Request("r1", wish, of, "cluster manager"))
    room.cluster.show(ClusterStatus(ClusterState.STOPPING, None))
    room.until(100 + LIMIT_S - 1)
    assert not is_open(room)
    room.until(100 + 2 * LIMIT_S)
    assert is_open(room) is brought_back


@pytest.mark.parametrize(
    ("nodes", "goal", "at_s", "asked"),
    [
        (["control1", "control2"], "up", 500.0, True),
        (["control1", "control2"], "up", 3000.0, True),
        (["control1", "control2"], "up", 50.0, False),
        (["control1"], "up", 500.0, False),
        (["control1", "control2"], "reboot", 500.0, False),
    ],
)
def test_l3_r2_05_one_that_somebody_has_stopped_is_brought_back_when_all_its_nodes_are_asked_for(
    site: Site, nodes: list[str], goal: str, at_s: float, asked: bool
) -> None:
    """Since it stands: what was asked for before has come about."""
    room = HandRoom(site, "control1")
    room.cluster.show(RUNS)
    room.run.spawn(bring_back(room.run))
    row = Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, {"servers": nodes, "goal": goal, "wall_s": 1.0})
    room.cluster.after(at_s, lambda: room.run.hear(row))
    room.until(100)
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.until(100 + LIMIT_S - 1)
    assert not is_open(room)
    room.until(4000)
    assert is_open(room) is asked


def stopped_by_us(site: Site) -> HandRoom:
    """It took our stop in an outage; the mains were back, and it had not told us that it stops."""
    room = HandRoom(site, "control1")
    room.cluster.show(RUNS)
    for ups in room.upses.values():
        ups.show(mains=False)
    room.run.settled.update(site.upses)
    room.run.settled.update(site.arrays)
    stop = room.run.spawn(stop_cluster(room.run))
    room.until(10)
    assert room.cluster.sent == ["stop"]
    stop.close()
    for ups in room.upses.values():
        ups.show(mains=True)
    room.run.spawn(bring_back(room.run))
    return room


def test_l3_c4_one_that_took_our_stop_and_told_us_no_word_of_it_is_brought_back_when_it_shows(
    site: Site,
) -> None:
    room = stopped_by_us(site)
    room.until(100)
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.until(100 + LIMIT_S - 1)
    assert not is_open(room)
    room.until(100 + LIMIT_S + 1)
    assert is_open(room)


@pytest.mark.parametrize("seen", ["by the stop", "by the start", "restarted"])
def test_o1_a_stop_of_ours_that_has_been_seen_or_undone_is_no_reason_to_start_what_another_stops(
    site: Site, seen: str
) -> None:
    room = stopped_by_us(site)
    state = ClusterState.WAITING_FOR_DISK if seen == "restarted" else ClusterState.STOPPED
    room.cluster.show(ClusterStatus(state, None))
    page = stop_cluster if seen == "by the stop" else start_cluster
    room.run.spawn(page(room.run))
    room.until(200)
    room.cluster.show(RUNS)
    room.run.facts.restarts_s = None
    room.until(300)
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.until(300 + 2 * LIMIT_S)
    assert not is_open(room)


def test_l3_a_restart_that_was_asked_for_within_a_poll_of_its_stop_is_ours(site: Site) -> None:
    """That it goes down is seen when it is polled next, and answers."""
    seen_in_s = site.polling.on_line_s + site.polling.timeout_s
    assert seen_in_s == 6.0
    room = HandRoom(site, "control1")
    room.until(100.0 - seen_in_s)
    restarted(room)
    room.run.spawn(bring_back(room.run))
    room.until(100)
    room.cluster.show(ClusterStatus(ClusterState.STOPPING, None))
    room.until(100 + LIMIT_S + 1)
    assert is_open(room)


@pytest.mark.parametrize("went", [False, True])
def test_l3_one_that_starts_by_itself_meanwhile_is_left_alone(site: Site, went: bool) -> None:
    """Until its disk goes, or goes once more."""
    room = stands(site)
    if went:
        room.arrays["controldisk"].fall_silent()
    room.until(LIMIT_S - 1)
    room.arrays["controldisk"].show()
    room.cluster.show(RUNS)
    room.until(LIMIT_S)
    room.arrays["controldisk"].fall_silent()
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.until(2 * LIMIT_S - 1)
    assert not is_open(room)
    room.until(2 * LIMIT_S + 1)
    assert is_open(room)


def test_o1_one_that_ran_in_this_life_and_kept_its_disk_since_was_stopped_by_somebody(site: Site) -> None:
    """How it came to stand before we began does not matter any more."""
    room = stands(site)
    room.until(10)
    room.cluster.show(RUNS)
    room.until(20)
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.until(20 + 2 * LIMIT_S)
    assert not is_open(room)


def test_l3_c4_one_that_said_it_ran_while_its_disk_was_away_is_brought_back_when_it_tells_the_truth(
    site: Site,
) -> None:
    room = HandRoom(site, "control1")
    room.cluster.show(RUNS)
    room.run.spawn(bring_back(room.run))
    room.until(10)
    room.arrays["controldisk"].show(service=Service.STARTING)
    room.until(300)
    room.arrays["controldisk"].show(service=Service.READY)
    room.until(4000)
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.until(4000 + LIMIT_S + 1)
    assert is_open(room)


@pytest.mark.parametrize(("wish", "opens"), [(Wish.CLUSTER_REBOOT, True), (Wish.CLUSTER_SHUTDOWN, False)])
def test_l3_c11_one_that_hangs_in_its_managers_reboot_is_brought_back_it_was_to_run_again(
    site: Site, wish: Wish, opens: bool
) -> None:
    room = HandRoom(site, "control1")
    room.cluster.show(RUNS)
    room.run.spawn(hear(room.run))
    room.run.spawn(bring_back(room.run))
    room.until(100)
    room.mailbox.deliver(Request("request-1", wish, (), "cluster manager"))
    room.cluster.show(ClusterStatus(ClusterState.STOPPING, None))
    room.until(100 + LIMIT_S - 1)
    assert not is_open(room)
    room.until(100 + LIMIT_S + 1)
    assert is_open(room) is opens


def asked(room: HandRoom, nodes: list[str], at_s: float = 0.0) -> None:
    wall_s = room.run.wall_s() - room.run.now + at_s
    wanted = {"servers": nodes, "goal": "up", "wall_s": wall_s}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", at_s, wanted))


@pytest.mark.parametrize("auto", [True, False])
def test_c6_l8_one_whose_disk_is_off_for_a_reason_that_is_forgotten_is_started_when_somebody_asks_for_it(
    site: Site, auto: bool
) -> None:
    """Both journals have forgotten the stop: at a site that is started by hand nobody would switch it on."""
    room = HandRoom(with_settings(site, start__auto=auto))
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.upses["ups3"].show(output_on=False)
    room.run.spawn(bring_back(room.run))
    room.until(100)
    asked(room, ["control1"], 100)
    room.until(110)
    assert not is_open(room), "one node is not the cluster"
    asked(room, ["control1", "control2"], 110)
    room.until(111)
    assert is_open(room)
    assert room.run.facts.start_asked


@pytest.mark.parametrize(("at_s", "opens"), [(50.0, True), (-1.0, False)])
def test_r10_03_one_that_has_its_disk_may_start_by_itself_before_it_is_started_for_who_asked(
    site: Site, at_s: float, opens: bool
) -> None:
    """What was asked for before it came to stand is no word about that."""
    room = HandRoom(with_settings(site, start__auto=False))
    if at_s < 0:
        asked(room, ["control1", "control2"])
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.run.spawn(bring_back(room.run))
    room.until(50)
    if at_s >= 0:
        asked(room, ["control1", "control2"], at_s)
    room.until(LIMIT_S - 1)
    assert not is_open(room)
    room.until(LIMIT_S + 1)
    assert is_open(room) is opens


def test_l3_what_nobody_has_asked_for_needs_no_word_of_the_operator_to_go_on(site: Site) -> None:
    room = stands(site)
    room.until(LIMIT_S + 1)
    assert not room.run.facts.start_asked


def test_s11_one_that_says_nothing_is_not_known_to_stand_still(site: Site) -> None:
    room = stands(site)
    room.until(LIMIT_S - 1)
    room.cluster.fall_silent()
    room.until(2 * LIMIT_S)
    assert not is_open(room)


def test_s27_one_that_somebody_holds_is_brought_back_when_it_is_released(site: Site) -> None:
    room = stands(site)
    held = {"held": True, "cause": "r1", "wall_s": 1.0}
    room.run.hear(Row(Kind.HELD, "ssccluster", 0, "control1/1", 0.0, held))
    room.until(2 * LIMIT_S)
    assert not is_open(room)
    room.run.hear(Row(Kind.HELD, "ssccluster", 0, "control1/1", 0.0, held | {"held": False, "wall_s": 2.0}))
    room.until(2 * LIMIT_S + 1)
    assert is_open(room)


def test_r9_01_one_that_is_started_by_hand_stays_as_it_is(site: Site) -> None:
    room = stands(with_settings(site, start__auto=False))
    room.until(2 * LIMIT_S)
    assert not is_open(room)


@pytest.mark.parametrize("nodes", [["control1", "control2"], ["control2"]])
def test_r2_08_one_whose_nodes_are_wanted_down_stays_as_it_is(site: Site, nodes: list[str]) -> None:
    room = stands(site)
    wanted = {"servers": nodes, "goal": "down", "wall_s": 1.0}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, wanted))
    room.until(2 * LIMIT_S)
    assert not is_open(room)


def test_l8_one_that_would_not_start_within_its_limit_is_asked_again_for_as_long_as_it_takes(
    site: Site,
) -> None:
    """What it lacked may come later, and nobody else would tell it."""
    room = HandRoom(site, "control1")
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.cluster.replies = [NO]
    room.run.spawn(start_cluster(room.run))
    room.until(2 * LIMIT_S)
    asked = len(room.cluster.sent)
    room.until(2 * LIMIT_S + AGAIN_S)
    assert room.cluster.sent[asked:] == ["start"]


def test_l8_a_cluster_that_loses_its_disk_while_the_servers_are_brought_up_is_restarted_before_them() -> None:
    """A hand switches the control disk off while the linked disk waits for its mains (A6, A9)."""
    hand = fault("enclosures_cut", "controldisk", 3000, 3300)
    tale = play(out(0, 1700), out(1500, 7000, "ups4"), hand, until_s=6 * 3600)
    assert 4200 < tale.times("cluster.running ssccluster")[-1] < 5000
    assert tale.times("server.up rack1")[-1] > 7000
    assert len(tale.times("incident.closed reference")) == 1


def test_l8_n1_a_cluster_that_lost_its_disks_while_no_card_answered_is_restarted() -> None:
    """Nobody saw the outage, and nothing was declared: the mains emptied the batteries of the disks."""
    tale = play(fault("switch_dies", "lan1", 0, 3500), out(60, 3000), until_s=4 * 3600)
    tale.before("cluster.stopped ssccluster", "server.booting control1", "cluster.running ssccluster")
    tale.before("incident.opened reference", "cluster.running ssccluster", "incident.closed reference")
    assert tale.room.cluster.state is ClusterState.RUNNING
