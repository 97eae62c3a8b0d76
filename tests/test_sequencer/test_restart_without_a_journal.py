"""A restart that a broken journal forbids is not written ahead: nobody takes it for one that comes (S30)."""

from __future__ import annotations

import pytest

from sequencer.cluster_start import start_cluster
from sequencer.journal import Goal, Kind, Row
from sequencer.planned import reboot_cluster
from sequencer.ports import ClusterState, ClusterStatus
from sim.story import Booted, Managed, Manager, Pressed
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import NODES, fault, out, play


@pytest.mark.parametrize("state", [ClusterState.RUNNING, ClusterState.WAITING_FOR_DISK])
def test_s30_c5_no_row_says_that_the_cluster_restarts_when_no_journal_lets_it(
    by_hand: HandRoom, state: ClusterState
) -> None:
    """By a plan, or on the way up; whoever goes down then would take that for its restart (111217)."""
    room = by_hand
    room.journal.healthy = False
    room.cluster.show(ClusterStatus(state, None))
    room.run.ready_since["controldisk"] = -1000.0
    if state is ClusterState.RUNNING:
        servers = {"servers": list(NODES), "goal": Goal.REBOOT.value, "wall_s": room.run.wall_s()}
        room.run.learn(Row(Kind.WANTED, "request-1", 0, "control1/1", 0.0, servers))
        room.run.spawn(reboot_cluster(room.run, list(NODES)))
    else:
        room.run.spawn(start_cluster(room.run))
    room.until(300)
    assert {told["rule"] for told in room.told("command.refused", "ssccluster")} == {"S30"}
    assert room.cluster.sent == []
    assert Kind.CLUSTER_RESTART_ASKED not in {row.kind for row in room.journal.kept}
    assert room.run.rebooting.isdisjoint(NODES)


def test_s9_a10_a_node_that_its_manager_shuts_down_has_gone_as_wanted_though_a_restart_was_refused() -> None:
    """It went for that restart, as it read, and what was wanted of it was still to come: who booted it was
    fought (seed 111217)."""
    tale = play(
        *(out(0, 1020), out(1500, 1579)),
        *fault("journal_on_array", "controldisk", 1800, 6600),
        Pressed(4110, "ups3"),
        Managed(5100, Manager.SHUTDOWN, "control2"),
        Booted(5400, "control2"),
        until_s=7000,
    )
    holds(tale, "journal_on_array")
    (refused, *_) = tale.all("command.refused ssccluster command=restart rule=S30")
    assert refused.t < 5100
    assert not [stop for stop in tale.all("command.sent ssccluster command=stop") if stop.t > 5400]
