"""C5: a commander whose journal is broken leaves the command to a node whose journal is well."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sequencer.duty import duty
from sequencer.journal import Kind
from sequencer.ports import ClusterState, ClusterStatus, Os, PeerStatus, ServerStatus
from sequencer.site import Site
from tests.excused import holds
from tests.safety import well
from tests.standing import COMMANDS, IDLE, NOBODY, PEER_LIMIT_S, Node, held_by
from tests.tale import Tale
from tests.worlds import fault, out, play

BROKEN = PeerStatus(commands=False, keeps=False)
BROKEN_COMMANDER = PeerStatus(commands=True, keeps=False)
LONG = 3 * 3600.0


@pytest.fixture
def control1(site: Site) -> Node:
    """It holds the group and commands."""
    node = Node(site, "control1")
    node.room.cluster.show(held_by("control1"))
    node.run.spawn(duty(node.run))
    node.room.until(10)
    assert node.run.commands
    return node


@pytest.fixture
def control2(site: Site) -> Node:
    return Node(site, "control2")


def commanding(node: Node) -> bool:
    return node.run.commands


def breaks(node: Node) -> None:
    """Its journal; the next thing that it writes down shows it."""
    node.room.journal.healthy = False
    node.run.spawn(node.run.commit(Kind.WATCHED, "reference"))
    node.room.until(node.run.now + 1)


def said(node: Node, words: str) -> bool:
    return any(words in e["text"] for e in node.room.told("alarm.raised"))


# He who leaves it


def test_c5_s13_it_lets_go_and_sends_nothing_more(control1: Node) -> None:
    breaks(control1)
    assert not commanding(control1)
    assert said(control1, "control2 is to take the command")
    assert control1.room.told("lease.lost")
    control1.peer.show(COMMANDS)
    control1.room.until(10_000)
    assert not commanding(control1), "though it holds the group"
    assert not control1.room.told("command.sent")


def test_c5_alone_it_goes_on(control1: Node) -> None:
    control1.peer.fall_silent()
    breaks(control1)
    assert commanding(control1)
    assert said(control1, "only shutdowns and flushes are safe")


@pytest.mark.parametrize(
    "other", [BROKEN, PeerStatus(commands=False, alike=False)], ids=["broken", "other file"]
)
def test_c5_c9_another_one_that_could_do_no_better_is_not_left_the_command(
    control1: Node, other: PeerStatus
) -> None:
    control1.peer.show(other)
    breaks(control1)
    assert commanding(control1)


@pytest.mark.parametrize("os", [Os.SHUTTING_DOWN, Os.HALTED, Os.BOOTING])
def test_c5_nor_one_that_is_on_its_way_down_or_up_but_then_it_is(control1: Node, os: Os) -> None:
    control1.room.servers["control2"].show(ServerStatus(os))
    breaks(control1)
    assert commanding(control1)
    control1.room.servers["control2"].show(ServerStatus(Os.UP))
    control1.room.until(control1.run.now + 1)
    assert not commanding(control1)


def test_c5_nor_one_that_we_have_told_to_go(control1: Node) -> None:
    control1.run.asked_to_stop.add("control2")
    breaks(control1)
    assert commanding(control1)


def test_c5_one_whose_machine_says_nothing_while_its_service_answers_stays(control1: Node) -> None:
    machine = control1.room.servers["control2"]
    machine.status = ServerStatus(Os.BOOTING)
    machine.fall_silent()
    breaks(control1)
    assert not commanding(control1)


def test_c5_it_lets_go_when_another_one_has_come_up(control1: Node) -> None:
    control1.peer.fall_silent()
    breaks(control1)
    control1.peer.show(IDLE)
    control1.room.until(control1.run.now + 1)
    assert not commanding(control1)


@pytest.mark.parametrize("silent", [True, False])
def test_c5_s13_nobody_leaves_it_to_whose_journal_is_broken_too_and_the_cluster_may_mean_him(
    control1: Node, silent: bool
) -> None:
    """Neither keeps anything; people shut control1 down, and its group goes to control2, of whom control1 has
    heard only that he did not command (N1; crowded seed 931073)."""
    control1.peer.show(PeerStatus(commands=False, keeps=False))
    breaks(control1)
    assert commanding(control1), "to nobody"
    if silent:
        control1.peer.fall_silent()
        control1.room.until(control1.run.now + 60)
    control1.room.cluster.show(held_by("control2"))
    control1.room.until(control1.run.now + 10)
    assert not commanding(control1)


@pytest.mark.parametrize("told_s", [0.5, 60.0, PEER_LIMIT_S - 5])
def test_c5_a10_l2_whom_it_was_left_to_cannot_keep_anything_either_and_the_command_comes_back(
    control1: Node, told_s: float
) -> None:
    """The first row that he writes down shows it. Each would wait for the other until a battery has ended."""
    breaks(control1)
    assert not commanding(control1)
    control1.room.until(control1.run.now + told_s)
    control1.peer.show(BROKEN)
    control1.room.until(control1.run.now + 5)
    assert commanding(control1)


def test_c5_s13_not_while_he_commands_with_a_broken_journal(control1: Node) -> None:
    breaks(control1)
    control1.peer.show(BROKEN_COMMANDER)
    control1.room.until(control1.run.now + 10_000)
    assert not commanding(control1)


def test_c5_on_its_way_down_it_brings_that_to_its_end(control1: Node) -> None:
    control1.run.asked_to_stop.add("control1")
    breaks(control1)
    assert commanding(control1)


def test_c5_one_that_does_not_take_it_in_time_is_not_asked_again(control1: Node) -> None:
    breaks(control1)
    control1.room.until(control1.run.now + PEER_LIMIT_S - 5)
    assert not commanding(control1)
    control1.room.until(control1.run.now + 10)
    assert commanding(control1)
    assert said(control1, "control2 does not take the command")
    control1.room.until(10_000)
    assert len(control1.room.told("lease.lost")) == 1


def test_c5_s13_one_that_takes_it_at_the_last_moment_is_seen_by_the_last_look(control1: Node) -> None:
    """No poll has told it."""
    breaks(control1)
    (left,) = [e["t"] for e in control1.room.told("alarm.raised") if "is to take" in e["text"]]
    control1.room.until(left + PEER_LIMIT_S + 0.005)
    control1.peer.status = COMMANDS
    control1.room.until(10_000)
    assert not commanding(control1)
    assert not said(control1, "does not take the command")


def test_c5_s13_one_that_took_it_and_falls_silent_is_followed_only_with_proof(control1: Node) -> None:
    """Our group is no word: we held it all the while that the other one commanded."""
    breaks(control1)
    control1.peer.show(COMMANDS)
    control1.room.until(300)
    control1.peer.fall_silent()
    control1.room.until(10_000)
    assert not commanding(control1)
    assert said(control1, "control2 is silent, and nothing proves that it is down")
    control1.room.servers["control2"].show(ServerStatus(Os.HALTED))
    control1.room.until(10_010)
    assert commanding(control1)


def test_c5_s13_nor_one_that_falls_silent_before_it_was_heard_to_take_it(control1: Node) -> None:
    breaks(control1)
    control1.peer.fall_silent()
    control1.room.until(10_000)
    assert not commanding(control1)


def test_c5_a_group_that_was_elsewhere_and_comes_back_is_the_clusters_word_again(control1: Node) -> None:
    breaks(control1)
    control1.peer.show(COMMANDS)
    control1.room.until(300)
    control1.room.cluster.show(held_by("control2"))
    control1.room.until(400)
    control1.room.cluster.show(ClusterStatus(ClusterState.RUNNING, None))
    control1.peer.fall_silent()
    control1.room.until(500)
    control1.run.ports.moved_s["control1"] = 500.0
    control1.room.cluster.show(held_by("control1"))
    control1.room.until(510)
    assert commanding(control1)


# He who takes it


def commands(node: Node) -> None:
    node.run.spawn(duty(node.run))


def test_c5_s13_a_holder_whose_journal_is_broken_is_followed_when_it_lets_go_and_not_before(
    control2: Node,
) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(BROKEN_COMMANDER)
    commands(control2)
    control2.room.until(1000)
    assert not commanding(control2)
    control2.peer.show(BROKEN)
    control2.room.until(1010)
    assert commanding(control2)
    assert control2.run.not_commander() is None


def test_c5_without_a_cluster_too_though_it_is_of_lower_number(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.show(IDLE)
    commands(control2)
    control2.room.until(100)
    assert not commanding(control2)
    control2.peer.show(BROKEN)
    control2.room.until(110)
    assert commanding(control2)


def test_c5_not_by_one_whose_own_journal_is_broken(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.room.journal.healthy = False
    control2.peer.show(BROKEN)
    commands(control2)
    control2.room.until(1000)
    assert not commanding(control2)


@pytest.mark.parametrize("silent", ["control1", "nobody"])
def test_c5_s13_it_goes_on_when_the_one_who_left_it_falls_silent_after(control2: Node, silent: str) -> None:
    """He had the cluster's word and has given it away; nothing he knows lets him follow us."""
    control2.room.cluster.show(held_by("control1"))
    control2.peer.show(BROKEN)
    commands(control2)
    control2.room.until(10)
    if silent == "control1":
        control2.peer.fall_silent()
    control2.room.until(1000)
    assert commanding(control2)
    assert control2.run.not_commander() is None
    ups = control2.room.upses["ups5"]
    control2.run.spawn(control2.run.command("ups5", "off", ups.switch_on, lambda: None))
    control2.room.until(1001)
    assert ups.sent


def test_c5_s13_one_who_fell_silent_before_it_was_taken_is_not_followed(control2: Node) -> None:
    control2.room.cluster.show(held_by("control1"))
    control2.peer.status = BROKEN
    control2.peer.fall_silent()
    commands(control2)
    control2.room.until(10_000)
    assert not commanding(control2)


def test_c5_s13_it_lets_go_when_the_holder_is_well_again_or_commands_again(control2: Node) -> None:
    for again in (IDLE, BROKEN_COMMANDER):
        control2.room.cluster.show(held_by("control1"))
        control2.peer.show(BROKEN)
        if not commanding(control2):
            commands(control2)
        control2.room.until(control2.run.now + 10)
        assert commanding(control2)
        control2.peer.show(again)
        control2.room.until(control2.run.now + 1)
        assert not commanding(control2)


# In the reference outage: at the write in whose midst an OFF is armed, a flush asked for, a node on its way


def one_writer(tale: Tale) -> None:
    """S13: nobody commands between two leases of another."""
    turns = [e for e in tale.events if e.name in ("lease.taken", "lease.lost")]
    for before, after in pairwise(turns):
        assert (before.name, after.name) != ("lease.taken", "lease.taken") or before.by == after.by, tale


@pytest.mark.parametrize("n", [1, 5, 9, 17])
def test_c5_s14_whichever_write_fails_first_everything_goes_down_in_order_and_comes_up(n: int) -> None:
    """And nobody starts a countdown or a flush that is on its way a second time."""
    tale = play(out(0, 600), fault("journal_full", "control1", -100, amount=n), until_s=LONG)
    well(tale)
    holds(tale, "journal_full")
    assert ("C5", "control1") not in tale.alarms()
    one_writer(tale)
    tale.once("ups.off_armed ups5", "ups.off_armed ups6", "command.sent linkeddisk command=flush")


def test_c5_l4_who_leaves_an_incident_to_another_as_he_opens_it_has_said_that_it_is_open() -> None:
    """Its first row does not stand in his journal, but has reached the other one, who does not say so."""
    tale = play(fault("journal_broken", "control1", -60), out(0, 1700), until_s=LONG)
    well(tale)
    tale.once("incident.opened reference", "incident.closed reference")
    assert [e.by for e in tale.events if e.name.startswith("incident.")] == ["control1", "control2"]
