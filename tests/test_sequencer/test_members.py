"""A node that is up and no member of the cluster does not carry it on (L3, R9-01)."""

from __future__ import annotations

import pytest

from sequencer.goes_alone import is_last_node
from sequencer.ports import ClusterState, ClusterStatus
from sequencer.site import Site
from sim.faults.nodes import NODE_HANGS
from sim.story import FaultChange
from tests.hands import HandRoom
from tests.safety import unsafe
from tests.worlds import NODES, out, play


def last_node(room: HandRoom, node: str) -> bool:
    found: list[bool] = []

    def steps():  # type: ignore[no-untyped-def]
        found.append((yield from is_last_node(room.run, room.site.servers[node])))

    room.run.spawn(steps())
    room.until(room.env.now + 10.0)
    (answer,) = found
    return answer


@pytest.mark.parametrize(
    ("members", "is_last"),
    [
        (None, False),
        (frozenset(NODES), False),
        (frozenset({"control2"}), False),
        (frozenset({"control1"}), True),
    ],
)
def test_it_is_the_last_if_the_other_one_takes_no_part(
    site: Site, members: frozenset[str] | None, is_last: bool
) -> None:
    room = HandRoom(site)
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1", members))
    assert last_node(room, "control1") is is_last


@pytest.mark.parametrize(("ups", "is_last"), [("ups2", True), ("ups3", False)])
def test_s5_c12_it_is_the_last_if_the_power_of_the_other_one_counts_down(
    site: Site, ups: str, is_last: bool
) -> None:
    room = HandRoom(site)
    room.upses[ups].show(off_armed=True)
    assert last_node(room, "control1") is is_last


def test_s11_of_a_manager_that_has_fallen_silent_nobody_knows_who_takes_part(site: Site) -> None:
    room = HandRoom(site)
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1", frozenset({"control1"})))
    room.cluster.fall_silent()
    room.until(100.0)
    assert not last_node(room, "control1")


@pytest.mark.parametrize(("members", "is_last"), [(NODES, False), (("control1",), True), (None, True)])
def test_n3_s31_whom_its_manager_names_is_there_though_nobody_hears_it(
    site: Site, members: tuple[str, ...] | None, is_last: bool
) -> None:
    """A network that loses every second answer: all from control2 were lost, and those of its UPS."""
    room = HandRoom(site)
    named = None if members is None else frozenset(members)
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1", named))
    for port in (room.servers["control2"], room.peers["control2"], room.upses["ups2"]):
        port.fall_silent()
    assert last_node(room, "control1") is is_last
    room.cluster.fall_silent()
    assert last_node(room, "control1"), "what it said once is no word of now"


def test_l3_the_cluster_is_stopped_in_order_when_its_only_member_loses_its_power() -> None:
    """The other one's system hangs, and its controller says that it is up."""
    hangs = (
        FaultChange(-300, NODE_HANGS, "control2"),
        FaultChange(3600, NODE_HANGS, "control2", present=False),
    )
    tale = play(*hangs, out(0, 1200, "ups1"), until_s=3 * 3600.0)
    assert not unsafe(tale)
    tale.before(
        "command.sent ssccluster command=stop", "cluster.stopped ssccluster", "server.halted control1"
    )
    tale.before("server.up control1", "cluster.running ssccluster")
    assert not tale.room.cluster.needs_operator
    assert tale.all("cluster.runs_without ssccluster nodes=control2", whole=True)
