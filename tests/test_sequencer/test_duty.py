"""Who commands: the holder of the group, else the lowest-numbered node that is up; proof, claims, copies."""

from __future__ import annotations

import pytest

from sequencer.claim import loses_command
from sequencer.cluster_start import start_cluster
from sequencer.duty import duty, goes_down
from sequencer.journal import Kind, Row
from sequencer.ports import Os, PeerStatus, ServerStatus
from sequencer.site import Site
from tests.hands import HandRoom
from tests.standing import COMMANDS, IDLE, NOBODY, PEER_LIMIT_S, Node, held_by, never_heard
from tests.worlds import reference_site


def test_the_holder_of_the_cluster_group_commands(control2: Node) -> None:
    control2.room.cluster.show(held_by("control2"))
    control2.wants()
    control2.room.until(1)
    assert control2.since == [0]


def test_a_node_waits_while_the_other_holds_the_group(control1: Node) -> None:
    control1.room.cluster.show(held_by("control2"))
    control1.peer.show(COMMANDS)
    control1.wants()
    control1.room.until(10_000)
    assert control1.since == []
    control1.peer.show(IDLE)
    control1.room.cluster.show(held_by("control1"))
    control1.room.until(10_001)
    assert control1.since == [10_000]


def test_without_a_cluster_the_lowest_numbered_commands_at_once(control1: Node) -> None:
    control1.room.cluster.show(NOBODY)
    control1.wants()
    control1.room.until(5)
    assert control1.since == [pytest.approx(0, abs=0.1)]


def test_without_a_cluster_the_other_waits_while_the_lowest_numbered_answers(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.wants()
    control2.room.until(10_000)
    assert control2.since == []


def test_without_a_cluster_the_other_commands_when_its_peer_was_silent_for_the_limit(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    never_heard(control2, "control1")
    control2.wants()
    control2.room.until(1000)
    assert control2.since
    assert PEER_LIMIT_S <= control2.since[0] <= PEER_LIMIT_S + 5


def test_a_peer_that_comes_up_just_in_time_is_seen_by_the_last_look(control2: Node) -> None:
    """S13: no poll has told it; the look after the claim does."""
    control2.room.cluster.show(NOBODY)
    never_heard(control2, "control1")
    control2.wants()
    control2.room.until(PEER_LIMIT_S - 0.1)
    control2.peer.status, control2.peer.silent = COMMANDS, False
    control2.room.until(1000)
    assert control2.since == []


def test_a_cluster_that_comes_up_in_the_meantime_decides(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.fall_silent()
    control2.wants()
    control2.room.until(100)
    control2.room.cluster.show(held_by("control1"))
    control2.room.until(1000)
    assert control2.since == []


def test_a_lowest_numbered_node_waits_while_the_other_commands(control1: Node) -> None:
    control1.room.cluster.show(NOBODY)
    control1.peer.show(COMMANDS)
    control1.wants()
    control1.room.until(1000)
    assert control1.since == []
    control1.peer.show(IDLE)
    control1.room.until(1001)
    assert control1.since


def test_s13_of_two_claims_the_lower_number_keeps_its_own(control1: Node, control2: Node) -> None:
    for node in (control1, control2):
        node.room.cluster.show(NOBODY)
    never_heard(control2, "control1")
    control2.wants()
    control2.room.until(PEER_LIMIT_S + 2.001)
    assert control2.run.claims, "it says so before it looks"
    control2.peer.status, control2.peer.silent = COMMANDS, False
    control2.room.until(PEER_LIMIT_S + 10)
    assert not control2.run.claims
    assert control2.since == []


def test_a_claim_is_told_to_the_peers_before_the_look(control1: Node) -> None:
    told: list[tuple[bool, bool]] = []
    control1.run.on_standing = lambda: told.append((control1.run.claims, control1.run.commands))
    control1.room.cluster.show(NOBODY)
    control1.wants()
    control1.room.until(1)
    assert told[0] == (True, False)


def lost_at(node: Node) -> list[float]:
    at: list[float] = []

    def steps():  # type: ignore[no-untyped-def]
        yield from loses_command(node.run)
        at.append(node.run.now)

    node.run.spawn(steps())
    return at


def test_the_command_is_lost_when_another_holds_the_group(control2: Node) -> None:
    control2.room.cluster.show(held_by("control2"))
    at = lost_at(control2)
    control2.room.until(10)
    control2.room.cluster.show(NOBODY)
    control2.room.until(20)
    assert at == []
    control2.room.cluster.show(held_by("control1"))
    control2.room.until(30)
    assert at == [20]


def test_n2_the_command_is_lost_to_a_lower_numbered_node_that_is_seen_again(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.fall_silent()
    at = lost_at(control2)
    control2.room.until(50)
    control2.peer.show(COMMANDS)
    control2.room.until(60)
    assert at == [50]


def test_n2_the_holder_does_not_lose_it_to_a_peer_that_only_says_so(control2: Node) -> None:
    control2.room.cluster.show(held_by("control2"))
    control2.peer.show(COMMANDS)
    at = lost_at(control2)
    control2.room.until(100)
    assert at == []


# What a life does first, and what it tells its peer


def test_every_boot_begins_with_the_journal(control1: Node) -> None:
    control1.room.journal.kept.append(
        Row(Kind.DECLARED, "reference", 3, "control2/1", 0.0, {"was_running": ["blade1"]})
    )
    control1.run.spawn(duty(control1.run))
    control1.room.until(1)
    assert control1.run.facts.epoch == 3
    assert control1.run.facts.was_running == {"blade1"}


def test_taking_the_command_is_durable_and_told(control1: Node) -> None:
    control1.run.spawn(duty(control1.run))
    control1.room.until(1)
    assert control1.run.commands
    assert [row.kind for row in control1.room.journal.kept] == [Kind.LEASE]
    assert control1.room.told("lease.taken")


def test_x_07_a_peer_that_comes_up_is_told_what_it_missed(control1: Node) -> None:
    rows = [
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CLOSED, "reference", 1, "control1/1", 0.0),
        Row(Kind.DECLARED, "reference", 2, "control1/1", 0.0, {"was_running": ["rack1"]}),
    ]
    control1.room.journal.kept.extend(rows)
    control1.peer.fall_silent()
    control1.run.spawn(duty(control1.run))
    control1.room.until(100)
    assert rows[2] not in control1.peer.copies
    control1.peer.show(IDLE)
    control1.room.until(101)
    assert rows[2] in control1.peer.copies
    assert rows[0] not in control1.peer.copies, "an incident that is over is nobody's business"


def test_x_07_what_the_peer_tells_is_acted_upon(control1: Node) -> None:
    """It has the command, knows of no incident, and hears of an open one."""
    control1.run.spawn(duty(control1.run))
    control1.room.until(10)
    control1.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control2/1", 0.0, {"was_running": ["blade1"]}),
        Row(Kind.TURNED, "reference", 1, "control2/1", 0.0),
    )
    control1.room.until(600)
    assert any(row.kind is Kind.CLOSED for row in control1.room.journal.kept)


def test_a_card_that_never_answers_does_not_keep_a_node_from_its_duty(control1: Node) -> None:
    control1.room.upses["ups3"].fall_silent()
    control1.run.spawn(duty(control1.run))
    control1.room.until(40)
    assert control1.run.commands


def test_s11_a_cluster_that_has_fallen_silent_does_not_count_as_running() -> None:
    """Else the linked side would be started without a cluster (S6)."""
    room = HandRoom(reference_site())
    room.cluster.fall_silent()
    started = room.run.spawn(start_cluster(room.run))
    room.until(3000)
    assert not started.triggered
    assert [e for e in room.told("alarm.raised") if e["rule"] == "L8"]


# Two site files


OTHER_FILE = PeerStatus(commands=False, alike=False)


def test_c9_a_node_with_another_site_file_than_the_lower_numbered_does_not_command(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.show(OTHER_FILE)
    control2.wants()
    control2.room.until(1000)
    assert control2.since == []
    assert control2.room.told("alarm.raised", "control2")[0]["rule"] == "C9"


def test_c9_the_lower_numbered_nodes_file_counts_without_a_cluster(control1: Node) -> None:
    control1.room.cluster.show(NOBODY)
    control1.peer.show(OTHER_FILE)
    control1.wants()
    control1.room.until(5)
    assert len(control1.since) == 1
    assert control1.room.told("alarm.raised", "control1")[0]["rule"] == "C9"


def test_c9_whoever_holds_the_group_goes_by_its_own_file(control2: Node) -> None:
    control2.peer.show(OTHER_FILE)
    control2.room.cluster.show(held_by("control2"))
    control2.wants()
    control2.room.until(1)
    assert control2.since == [0]


def test_c9_nobody_takes_the_command_from_a_commander_with_another_file(control1: Node) -> None:
    control1.room.cluster.show(NOBODY)
    control1.peer.show(PeerStatus(commands=True, alike=False))
    control1.wants()
    control1.room.until(1000)
    assert control1.since == []


def test_c9_a_file_that_has_been_copied_over_lets_it_command_again(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.show(OTHER_FILE)
    control2.wants()
    control2.room.until(10)
    control2.peer.show(IDLE)
    control2.room.until(20)
    control2.peer.fall_silent()
    control2.room.servers["control1"].show(ServerStatus(Os.HALTED))
    control2.room.until(20 + PEER_LIMIT_S + 10)
    assert len(control2.since) == 1


def test_c9_a_lower_numbered_peer_that_is_gone_no_longer_holds_us_up(control2: Node) -> None:
    control2.room.cluster.show(NOBODY)
    control2.peer.show(OTHER_FILE)
    control2.wants()
    control2.room.until(10)
    control2.peer.fall_silent()
    control2.room.servers["control1"].show(ServerStatus(Os.HALTED))
    control2.room.until(10 + PEER_LIMIT_S + 10)
    assert len(control2.since) == 1


def test_s5_u15_whom_a_life_gave_up_in_an_incident_before_this_one_it_sees_to_anew(site: Site) -> None:
    """The other has opened this one, and we command again: a UPS that came back by itself was left on, for
    its card had been dead once (ten-arrays, hard seed 26)."""
    room = HandRoom(site)
    run = room.run

    def open_one(epoch: int) -> None:
        run.hear(
            Row(Kind.DECLARED, site.name, epoch, "control2/1", 0.0, {"was_running": []}),
            Row(Kind.CONFIRMED, "ups4", epoch, "control2/1", 0.0),
        )

    def remembers() -> set[str]:
        run.spawn(goes_down(run))
        return run.given_up | run.settled | run.used_again | run.asked_to_stop | run.on_their_way

    room.upses["ups4"].lose_mains()
    run.given_up.add("rack1")
    open_one(1)
    assert remembers() == {"rack1"}, "of this life's first incident it knows nothing yet"
    run.settled.add("ups4")
    run.used_again.add("linkeddisk")
    assert remembers() == {"rack1", "ups4", "linkeddisk"}
    open_one(2)
    assert remembers() == set()
    run.settled.add("ups4")
    assert remembers() == {"ups4"}
