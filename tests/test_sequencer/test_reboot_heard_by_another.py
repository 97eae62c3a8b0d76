"""A reboot of the whole cluster that its manager told another node, and that came no further (L3, C11)."""

from __future__ import annotations

import pytest

from sequencer.asked import hear
from sequencer.facts import Facts
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus
from sequencer.requests import Request, Wish
from sequencer.site import Site
from sequencer.standstill import bring_back
from tests.hands import HandRoom

LIMIT_S = 1200.0
"""`start.cluster_limit`: as long as its start may take."""


@pytest.mark.parametrize(
    ("state", "details", "opens"),
    [
        (ClusterState.STOPPING, {"reboots": True}, True),
        (ClusterState.STOPPING, {}, False),
        (ClusterState.STOPPED, {"reboots": True}, False),
    ],
)
def test_l3_r2_08_a_cluster_that_hangs_in_a_reboot_of_which_a_peer_alone_was_told_is_brought_back(
    site: Site, state: ClusterState, details: dict[str, bool], opens: bool
) -> None:
    """C8, C11: who commands was down as its manager told that. Of one that stands it may be an old word."""
    room = HandRoom(site, "control1")
    room.cluster.show(ClusterStatus(state, None))
    wanted = {"servers": [], "goal": "down", "wall_s": room.run.wall_s(), **details}
    room.run.hear(Row(Kind.WANTED, "request-5", 0, "control2/1", 0.0, wanted))
    room.run.spawn(bring_back(room.run))
    room.until(LIMIT_S - 1)
    assert not room.run.facts.open
    room.until(LIMIT_S + 1)
    assert room.run.facts.open is opens


@pytest.mark.parametrize(
    ("wish", "of", "reboots"),
    [
        (Wish.CLUSTER_REBOOT, (), True),
        (Wish.SERVER_REBOOT, ("control1",), False),
        (Wish.CLUSTER_SHUTDOWN, (), False),
    ],
)
def test_r2_08_who_hears_the_manager_writes_down_that_the_whole_cluster_boots_again(
    site: Site, wish: Wish, of: tuple[str, ...], reboots: bool
) -> None:
    """Who was down as he told that has it from this row alone (C8)."""
    room = HandRoom(site, "control1")
    room.run.spawn(hear(room.run))
    room.mailbox.deliver(Request("r1", wish, of, "cluster manager"))
    room.until(10)
    known = Facts()
    known.learn([row for row in room.journal.kept if row.kind is Kind.WANTED], 7.0)
    assert (known.manager_reboots_s == 7.0) is reboots
