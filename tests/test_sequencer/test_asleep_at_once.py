"""Nodes that crashed in a stop and are back at once: who claims the command says what he knows (S28)."""

from __future__ import annotations

import pytest

from sequencer.asleep import CLAIM_S, wake_up
from sequencer.duty import first_look
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os, Receipt, ServerStatus
from sequencer.requests import Wish
from sequencer.slept import before
from sequencer.wants import wants
from sim.story import Asked, Happening, Managed, Manager
from tests.hands import NO_ANSWER, YES, HandRoom
from tests.worlds import NODES, fault, out, play


def lease(room: HandRoom, epoch: int) -> None:
    room.run.hear(Row(Kind.LEASE, "control2", epoch, f"control2/{epoch}", 0.0))


@pytest.fixture
def claims(by_hand: HandRoom) -> HandRoom:
    """control1 at its boot: an incident is open in which both are wanted down. So is control2, who has booted
    with it, and claims the command; when he had that last he knew of an earlier one."""
    run = by_hand.run
    wanted = {"servers": [*NODES, "blade1"], "goal": Goal.DOWN.value, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r1", 2, "control1/1", 0.0, wanted))
    run.hear(Row(Kind.DECLARED, "reference", 2, "control1/1", 0.0, {"was_running": []}))
    lease(by_hand, 1)
    by_hand.until(1000)
    by_hand.peers["control2"].show(commands=True)
    by_hand.servers["control2"].show(ServerStatus(Os.UP, up_s=500.0))
    run.cluster.told_all_s = run.now
    return by_hand


@pytest.mark.parametrize(("epoch", "over"), [(2, False), (1, True), (None, True)])
def test_s28_s9_who_knew_of_it_when_he_took_the_command_goes_by_it(
    claims: HandRoom, epoch: int | None, over: bool
) -> None:
    """Whoever was to stay down was started: it was over by the boot of one that goes on with it."""
    wakes = claims.run.spawn(wake_up(claims.run))
    claims.until(1001)
    if epoch is not None:
        lease(claims, epoch)
    claims.until(1000 + CLAIM_S - 0.1)
    assert (wakes.over, wants(claims.run, "blade1", Goal.UP)) == (not over, False)
    claims.until(1010)
    assert (wakes.over, wants(claims.run, "blade1", Goal.UP)) == (True, over)


@pytest.mark.parametrize(("declared", "wanted"), [(True, False), (False, True)])
def test_s28_where_nothing_takes_him_down_now_nobody_waits_for_that(
    by_hand: HandRoom, declared: bool, wanted: bool
) -> None:
    run = by_hand.run
    words = {"servers": ["control2"], "goal": Goal.DOWN.value, "wall_s": run.wall_s() - 100.0}
    if declared:
        run.hear(Row(Kind.DECLARED, "reference", 2, "control1/1", 0.0, {"was_running": []}))
    if wanted:
        run.hear(Row(Kind.WANTED, "r1", 2, "control1/1", 0.0, words))
    lease(by_hand, 1)
    run.cluster.told_all_s = run.now
    by_hand.peers["control2"].show(commands=True)
    wakes = run.spawn(wake_up(run))
    by_hand.until(1)
    assert wakes.over


@pytest.mark.parametrize("accepts", NODES)
def test_s28_both_go_on_with_a_stop_in_which_their_batteries_ended(accepts: str) -> None:
    """The management network was down, so that no UPS could be told; all that is known is that they crashed,
    and are back with their mains (seed 904141)."""
    fails_over: list[Happening] = (
        [Managed(-550.0, Manager.REBOOT, "control1")] if accepts != "control1" else []
    )
    tale = play(
        *fails_over,
        out(0, 8800),
        fault("management_down", "network", 790.0, 4700.0),
        Asked(1630.0, Wish.POWER_OFF),
        until_s=14000,
        seed=1,
    )
    assert tale.all("request.accepted reference")[0].by == accepts
    tale.never("alarm.raised control1 rule=S9", "server.booting blade1")


@pytest.mark.parametrize(
    ("other", "answers", "known", "over"),
    [
        (Os.UP, YES, False, True),
        (Os.UP, YES, True, False),
        (Os.UP, NO_ANSWER, False, False),
        (Os.BOOTING, NO_ANSWER, False, True),
    ],
)
def test_s28_l6_a_word_that_is_said_when_a_node_is_up_again_has_not_woken_it(
    by_hand: HandRoom, other: Os, answers: Receipt, known: bool, over: bool
) -> None:
    """T7: its boot has ended the word by which it slept for everybody, though another node fires a schedule
    of them while it looks round. What whoever was up tells at once had been said before."""
    run, wanted = by_hand.run, {"goal": Goal.DOWN.value, "wall_s": by_hand.run.wall_s()}
    run.learn(Row(Kind.WANTED, "r1", 1, "control2/1", 0.0, {**wanted, "servers": [*NODES, "blade1"]}))
    run.learn(Row(Kind.REACHED, "control1", 1, "control1/1", 0.0, {"wall_s": wanted["wall_s"]}))
    past = before(run)
    by_hand.until(1000)
    by_hand.servers["control2"].show(ServerStatus(other))
    by_hand.peers["control2"].replies = [answers]
    up = {"servers": [*NODES], "goal": Goal.UP.value, "wall_s": run.wall_s()}
    if known:
        run.hear(Row(Kind.WANTED, "nodes/on", 1, "control2/1", 0.0, up))
    run.spawn(first_look(run))
    by_hand.until(1001)
    run.hear(Row(Kind.WANTED, "nodes/on", 1, "control2/1", 0.0, up))
    by_hand.until(1005)
    run.spawn(wake_up(run, past))
    by_hand.until(1015)
    assert wants(run, "blade1", Goal.UP) is over


@pytest.mark.parametrize(("up_s", "over"), [(500.0, True), (5000.0, False), (None, False)])
def test_o1_l3_who_commands_has_been_booted_since_a_word_by_which_he_was_seen_down_and_never_heard(
    claims: HandRoom, up_s: float | None, over: bool
) -> None:
    """His boot has ended it, as far as his uptime tells: else nobody would wake him any more, should he hang
    in a restart of the cluster (H1, seed 173218). Nobody is told to ask anew: that stop has come about."""
    run = claims.run
    wall_s = run.facts.wants["control2"].at_s
    wanted = {"servers": ["control2"], "goal": "down", "wall_s": wall_s + 1}
    run.learn(Row(Kind.WANTED, "r2", 2, "control1/1", 0.0, wanted))
    run.learn(Row(Kind.REACHED, "control2", 2, "control1/1", 0.0, {"wall_s": wall_s + 1}))
    run.learn(Row(Kind.TURNED, "reference", 2, "control1/1", 0.0))
    claims.servers["control2"].show(ServerStatus(Os.SHUTTING_DOWN, up_s=up_s))
    run.spawn(wake_up(run))
    claims.until(1010)
    assert wants(run, "control2", Goal.UP) is over
    assert "control2" not in {told["subject"] for told in claims.told("alarm.raised")}
