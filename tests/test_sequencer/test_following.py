"""Nobody follows a silent node that may be at work, nor switches others off, without proof (S13)."""

from __future__ import annotations

import pytest

from sequencer.claim import loses_command
from sequencer.ports import ArrayStatus, ClusterState, ClusterStatus, Flush, Os, ServerStatus, Service
from sequencer.site import Site
from sequencer.standing import heed_who_lets_us
from tests.excused import holds
from tests.hands import calm_ups
from tests.standing import IDLE, NOBODY, PEER_LIMIT_S, Node, alarms, held_by, never_heard
from tests.worlds import back, fault, lost, out, play

# Nobody follows a silent one that may be at work (S13, N2)


def test_n2_s13_a_lower_numbered_node_that_is_silent_and_seen_up_is_not_followed(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(10_000)
    assert control2.since == []
    assert alarms(control2) == ["L5"]
    control2.room.servers["control1"].show(ServerStatus(Os.SHUTTING_DOWN))
    control2.room.until(10_100)
    assert control2.since == [], "on its way down it may still command"
    control2.room.servers["control1"].show(ServerStatus(Os.HALTED))
    control2.room.until(10_110)
    assert control2.since, "that is the proof"


def test_n2_s13_nor_when_its_machine_falls_silent_too(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(60)
    control2.room.servers["control1"].fall_silent()
    control2.room.until(10_000)
    assert control2.since == []
    control2.room.upses["ups1"].show(output_on=False)
    control2.room.until(10_010)
    assert control2.since, "its power is seen off"


def cut_off(node: Node) -> None:
    """Nothing has ever answered in this life: neither the others, nor any device."""
    room = node.room
    others = [port for name, port in room.servers.items() if name != node.run.me]
    for port in (node.peer, *others, *room.upses.values(), *room.arrays.values()):
        port.fall_silent()
        port.status = None
    room.cluster.show(NOBODY)


@pytest.mark.parametrize("me", ["control1", "control2"])
def test_n1_c10_s13_who_hears_nobody_at_all_commands_nobody(site: Site, me: str) -> None:
    """Its service has begun anew, perhaps with an old journal: beyond the dead LAN another may be at work."""
    node = Node(site, me)
    cut_off(node)
    node.wants()
    node.room.until(10_000)
    assert node.since == []
    assert alarms(node) == ["L5"]


@pytest.mark.parametrize("heard", ["ups4", "rack1"])
def test_l5_when_somebody_is_heard_it_takes_the_command_that_nobody_has(control2: Node, heard: str) -> None:
    cut_off(control2)
    control2.wants()
    control2.room.until(10_000)
    port = control2.room.upses["ups4"] if heard == "ups4" else control2.room.servers["rack1"]
    port.show(calm_ups(control2.run.site, "ups4") if heard == "ups4" else ServerStatus(Os.UP))
    control2.room.until(10_000 + PEER_LIMIT_S)
    assert control2.since


@pytest.mark.parametrize("heard", ["ups4", "rack1", "linkeddisk"])
def test_l5_who_hears_anybody_takes_it_at_the_limit(control2: Node, heard: str) -> None:
    cut_off(control2)
    room = control2.room
    if heard == "ups4":
        room.upses["ups4"].show(calm_ups(control2.run.site, "ups4"))
    elif heard == "rack1":
        room.servers["rack1"].show(ServerStatus(Os.UP))
    else:
        room.arrays["linkeddisk"].show(ArrayStatus(Service.READY, Flush.NOT_ASKED))
    control2.wants()
    room.until(PEER_LIMIT_S + 20)
    assert control2.since


@pytest.mark.parametrize(("me", "other"), [("control1", "control2"), ("control2", "control1")])
def test_n3_s13_who_held_the_group_last_is_not_followed_when_all_is_silent(
    site: Site, me: str, other: str
) -> None:
    """Also by a lower-numbered one: it goes on with what it was at when the cluster stopped."""
    node = Node(site, me)
    never_heard(node, other)
    node.room.cluster.show(held_by(other))
    node.wants()
    node.room.until(100)
    node.room.cluster.show(NOBODY)
    node.room.until(10_000)
    assert node.since == []
    assert alarms(node) == ["L5"]
    node.room.servers[other].show(ServerStatus(Os.HALTED))
    node.room.until(10_130)
    assert node.since


def test_who_held_the_group_last_and_lets_go_is_followed_by_rank(control1: Node) -> None:
    control1.room.cluster.show(held_by("control2"))
    control1.wants()
    control1.room.until(100)
    control1.room.cluster.show(NOBODY)
    control1.room.until(110)
    assert control1.since == [100]


# Who holds the group of a cluster that hangs on its way down (C11)


@pytest.fixture
def hangs(control2: Node) -> Node:
    """control1 holds the group of a cluster that is stopping, and has fallen silent."""
    control2.room.cluster.show(ClusterStatus(ClusterState.STOPPING, "control1"))
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(1_000)
    assert control2.since == []
    return control2


def goes_down(node: Node) -> None:
    node.room.servers["control1"].show(ServerStatus(Os.HALTED))


def test_c11_l5_a_holder_that_is_proven_to_be_down_is_followed_for_its_cluster_moves_nothing(
    hangs: Node,
) -> None:
    goes_down(hangs)
    hangs.room.until(1_010)
    assert hangs.since


def test_c11_l5_its_power_seen_off_is_a_proof_too(hangs: Node) -> None:
    hangs.room.servers["control1"].fall_silent()
    hangs.room.until(2_000)
    assert hangs.since == []
    hangs.room.upses["ups1"].show(output_on=False)
    hangs.room.until(2_010)
    assert hangs.since


def test_c11_l5_also_when_it_is_down_before_the_cluster_stops(control2: Node) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.fall_silent()
    goes_down(control2)
    control2.wants()
    control2.room.until(PEER_LIMIT_S - 5)
    assert control2.since == [], "while it runs it moves its group itself"
    control2.room.cluster.show(ClusterStatus(ClusterState.STOPPING, "control1"))
    control2.room.until(PEER_LIMIT_S + 5)
    assert control2.since


def test_s11_what_a_cluster_said_before_it_fell_silent_proves_nothing_of_its_group(hangs: Node) -> None:
    hangs.room.cluster.fall_silent()
    goes_down(hangs)
    hangs.room.until(3_000)
    assert hangs.since == []


@pytest.mark.parametrize("back", ["up", "on", "moved"])
def test_c11_s13_who_followed_it_sends_nothing_more_when_its_word_counts_again(
    hangs: Node, back: str
) -> None:
    """It is up again; or it may be, with its power; or the cluster has moved its group."""
    goes_down(hangs)
    if back == "on":
        hangs.room.servers["control1"].fall_silent()
        hangs.room.upses["ups1"].show(output_on=False)
    hangs.room.until(1_010)
    assert hangs.since
    lets_go = hangs.run.spawn(loses_command(hangs.run))
    hangs.room.until(1_500)
    assert not lets_go.over
    if back == "up":
        hangs.room.servers["control1"].show(ServerStatus(Os.UP))
    elif back == "on":
        hangs.room.upses["ups1"].show(output_on=True)
    else:
        hangs.room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    hangs.room.until(1_501)
    assert lets_go.over


# Proof before others are switched off (S13)


@pytest.fixture
def alone(control2: Node) -> Node:
    """control2 commands, no cluster runs, and nothing is known of control1."""
    control2.room.cluster.show(NOBODY)
    never_heard(control2, "control1")
    control2.run.commands = True
    return control2


def off_sent(node: Node, command: str = "off", device: str = "ups5") -> bool:
    ups = node.room.upses["ups5"]
    node.run.spawn(node.run.command(device, command, ups.switch_on, lambda: None))
    node.room.until(node.run.now + 1)
    return bool(ups.sent)


def test_s13_without_proof_it_switches_nobody_off(alone: Node) -> None:
    assert not off_sent(alone)
    assert alone.room.told("command.refused")[0]["rule"] == "S13"


@pytest.mark.parametrize("os", [Os.HALTED, Os.BOOTING])
def test_s13_a_machine_seen_halted_is_proof(alone: Node, os: Os) -> None:
    alone.room.servers["control1"].show(ServerStatus(os))
    assert off_sent(alone)


def test_s13_a_machine_seen_up_is_none(alone: Node) -> None:
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    assert not off_sent(alone)


def test_s13_its_power_seen_off_is_proof(alone: Node) -> None:
    alone.room.upses["ups1"].show(output_on=False)
    alone.room.upses["ups1"].fall_silent()
    assert off_sent(alone)


def test_s13_a_peer_that_answers_and_lets_us_is_proof(alone: Node) -> None:
    alone.peer.show(IDLE)
    assert off_sent(alone)


@pytest.mark.parametrize("command", ["on", "wake", "start", "restart"])
def test_s13_switching_on_needs_no_proof_of_one_that_was_never_seen(alone: Node, command: str) -> None:
    assert off_sent(alone, command)


@pytest.mark.parametrize("command", ["on", "wake", "start", "restart", "off"])
def test_n2_s13_nothing_is_sent_when_a_lower_numbered_node_comes_up_and_is_not_heard(
    alone: Node, command: str
) -> None:
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    assert not off_sent(alone, command)


@pytest.fixture
def let(alone: Node) -> Node:
    """control1 was up and heard to let it, and then nothing more is heard of its service."""
    heed_who_lets_us(alone.run)
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    alone.peer.show(IDLE)
    alone.room.until(5)
    alone.peer.fall_silent()
    return alone


@pytest.mark.parametrize(("command", "sent"), [("on", True), ("restart", True), ("off", False)])
def test_n2_l1_who_has_let_us_command_is_no_reason_to_leave_the_hall_dark(
    let: Node, command: str, sent: bool
) -> None:
    """It follows nobody without proof; both would wait for each other. To switch off, that is not enough."""
    assert off_sent(let, command) is sent


@pytest.mark.parametrize("os", [Os.HALTED, Os.BOOTING])
def test_n2_s13_until_its_machine_has_been_down_for_its_next_life_has_heard_nothing_of_that(
    let: Node, os: Os
) -> None:
    let.room.servers["control1"].show(ServerStatus(os))
    let.room.until(10)
    let.room.servers["control1"].show(ServerStatus(Os.UP))
    let.room.until(20)
    assert not off_sent(let, "on")
    let.peer.show(IDLE)
    let.room.until(30)
    let.peer.fall_silent()
    assert off_sent(let, "on")


def test_n2_s11_nor_while_nobody_hears_whether_its_machine_is_down(let: Node) -> None:
    let.room.servers["control1"].fall_silent()
    assert not off_sent(let, "on")


def test_n2_s13_whoever_takes_the_command_anew_has_to_hear_it_anew(let: Node) -> None:
    heed_who_lets_us(let.run)
    assert not off_sent(let, "on")


@pytest.mark.parametrize(
    ("name", "of"),
    [("nodes_parted", "control1"), ("production_down", "network"), ("peers_apart", "control1")],
)
def test_n2_n5_l1_of_nodes_that_hear_each_other_no_more_before_the_cluster_runs_one_brings_the_hall_up(
    name: str, of: str
) -> None:
    """control2 has its mains sooner, and commands; control1 boots, lets it, and falls silent."""
    late = [lost(1, "ups1"), back(3000, "ups1"), lost(1, "ups3"), back(4000, "ups3")]
    tale = play(out(0, 2000), late, fault(name, of, 3700), until_s=3 * 3600.0)
    holds(tale, name)
    tale.before("server.up control1", "command.sent ups3 command=on", "server.up rack1", "incident.closed *")


def test_c7_s13_who_had_the_clusters_word_needs_no_proof_of_whom_it_had_declared_out(alone: Node) -> None:
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    alone.room.cluster.show(held_by("control2"))
    alone.run.spawn(loses_command(alone.run))
    alone.room.until(10)
    alone.room.cluster.show(NOBODY)
    assert off_sent(alone)
    alone.run.stand(commands=True)
    assert not alone.run.by_word, "until it takes the command anew"


@pytest.fixture
def missed(alone: Node) -> Node:
    """control1 boots while the cluster ceases to run of which control2 has the word, and has just come up."""
    alone.room.servers["control1"].show(ServerStatus(Os.BOOTING))
    alone.room.cluster.show(held_by("control2"))
    alone.run.spawn(loses_command(alone.run))
    alone.room.until(10)
    alone.room.cluster.show(NOBODY)
    alone.room.until(20)
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    return alone


@pytest.mark.parametrize("command", ["on", "off"])
def test_n5_s13_but_sends_nothing_when_one_comes_up_unheard_who_was_down_when_the_cluster_stopped(
    missed: Node, command: str
) -> None:
    """He has not heard that word, and commands by his rank."""
    missed.room.until(25)
    assert not off_sent(missed, command)
    missed.peer.show(IDLE)
    assert off_sent(missed, command), "he lets us"


def test_s1_n5_whose_machine_has_just_come_up_is_not_unheard_before_his_service_could_be_heard(
    missed: Node,
) -> None:
    """Refused now, his force would be missing in the stop of the control side, and his UPS fall under him."""
    assert off_sent(missed)


def test_s18_n5_nor_who_was_down_while_the_cluster_went_on_and_something_was_told_of_him(alone: Node) -> None:
    """He was up when it ceased to run, and was told so as we were (seed 622917)."""
    alone.room.servers["control1"].show(ServerStatus(Os.BOOTING))
    alone.room.cluster.show(held_by("control2"))
    alone.run.spawn(loses_command(alone.run))
    alone.room.until(10)
    alone.run.announce("control1")
    alone.room.until(20)
    alone.room.servers["control1"].show(ServerStatus(Os.UP))
    alone.room.until(30)
    alone.room.cluster.show(NOBODY)
    alone.room.until(40)
    assert off_sent(alone)


def test_s13_a_node_may_always_stop_itself(alone: Node) -> None:
    assert off_sent(alone, "shutdown", device="control2")


def test_s13_the_lowest_numbered_needs_none(control1: Node) -> None:
    control1.room.cluster.show(NOBODY)
    control1.peer.fall_silent()
    control1.run.commands = True
    assert off_sent(control1)


def test_l5_who_was_told_that_nobody_may_follow_a_node_is_told_when_it_is_heard_again() -> None:
    tale = play(
        fault("peers_apart", "control2", 0.0, 300.0),
        fault("peers_apart", "control2", 600.0, 900.0),
        until_s=1200,
    )
    raised, over = tale.times("alarm.raised control1 rule=L5"), tale.times("alarm.cleared control1 rule=L5")
    assert len(raised) == len(over) == 2
    assert raised[0] < over[0] < 310 < raised[1] < over[1] < 910
