"""The commander's service is silent: what it cannot see any more another node writes down (S18, ADR 0029)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.site import Site
from tests.standing import COMMANDS, Node, held_by

OUTAGE = (
    Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
    Row(Kind.CONFIRMED, "ups4", 1, "control1/1", 0.0),
)


@pytest.fixture
def watcher(site: Site) -> Node:
    """control1 holds the group of the cluster, has declared an outage, and has fallen silent."""
    node = Node(site, "control2")
    node.run.hear(*OUTAGE)
    node.room.cluster.show(held_by("control1"))
    node.peer.show(COMMANDS)
    node.peer.fall_silent()
    node.wants()
    node.room.until(5)
    return node


def goes_dark(node: Node, ups: str) -> None:
    """Its output, all that lives on it, and then its card."""
    room = node.room
    room.upses[ups].show(output_on=False, mains=False)
    for server in room.site.servers_on(ups):
        room.servers[server.name].fall_silent()
    room.upses[ups].fall_silent()


def written(node: Node, kind: Kind) -> list[str]:
    return [row.subject for row in node.room.journal.kept if row.kind is kind]


def test_s18_a_ups_that_is_seen_to_fall_is_written_down(watcher: Node) -> None:
    goes_dark(watcher, "ups6")
    watcher.room.until(60)
    assert written(watcher, Kind.SEEN_OFF) == ["ups6"]
    watcher.room.until(1000)
    assert written(watcher, Kind.SEEN_OFF) == ["ups6"], "once"


def test_s18_one_that_fell_before_the_commander_was_missed_too(site: Site) -> None:
    node = Node(site, "control2")
    node.run.hear(*OUTAGE)
    node.room.cluster.show(held_by("control1"))
    node.peer.show(COMMANDS)
    node.wants()
    goes_dark(node, "ups6")
    node.room.until(1000)
    assert written(node, Kind.SEEN_OFF) == [], "who commands writes that down himself"
    node.peer.fall_silent()
    node.room.until(1001)
    assert written(node, Kind.SEEN_OFF) == ["ups6"]


def test_s11_not_while_somebody_answers_who_lives_on_it_alone(watcher: Node) -> None:
    watcher.room.upses["ups6"].show(output_on=False)
    watcher.room.upses["ups6"].fall_silent()
    watcher.room.until(100)
    assert written(watcher, Kind.SEEN_OFF) == []
    goes_dark(watcher, "ups6")
    watcher.room.until(130)
    assert written(watcher, Kind.SEEN_OFF) == ["ups6"]


def test_s10_an_outage_that_has_lasted_long_enough_counts_for_the_next_life(watcher: Node) -> None:
    watcher.room.upses["ups3"].lose_mains()
    watcher.run.mains["ups3"].confirmed = True
    watcher.run.announce()
    watcher.room.until(10)
    assert written(watcher, Kind.CONFIRMED) == ["ups3"]
    assert watcher.room.told("outage.confirmed") == [], "it is for the commander to tell"


def test_s14_without_an_incident_there_is_nothing_to_write(site: Site) -> None:
    """To declare one is for whoever commands."""
    node = Node(site, "control2")
    node.room.cluster.show(held_by("control1"))
    node.peer.fall_silent()
    node.wants()
    node.run.mains["ups4"].confirmed = True
    goes_dark(node, "ups6")
    node.room.until(500)
    assert node.room.journal.kept == []


def test_s13_nothing_is_sent_by_it(watcher: Node) -> None:
    watcher.room.servers["rack1"].show(ServerStatus(Os.UP))
    goes_dark(watcher, "ups5")
    watcher.room.until(2000)
    assert watcher.room.told("command.sent") == []
    assert watcher.since == []
