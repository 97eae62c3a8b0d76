"""When a node is down as it was wanted: not with a restart, and whatever an older outage has told (R2-08)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.duty import first_look
from sequencer.journal import Goal, Kind, Row
from sequencer.ourselves import WORD_LATE_S, watch_our_end
from sequencer.ports import Os, Receipt
from sequencer.reboots import note_reached
from sequencer.scope import Scope
from tests.hands import NO_ANSWER, YES, HandRoom


def wanted_down(room: HandRoom) -> None:
    words = {"servers": list(room.site.cluster.nodes), "goal": Goal.DOWN.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "request-1", 1, "control1/1", room.run.now, words))


def told_off(room: HandRoom, ups: str, **details: Any) -> None:
    row = {"falls_in_s": 420.0, "returns": True, **details}
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, "control1/1", room.run.now, row))


def declared(room: HandRoom, epoch: int) -> None:
    room.run.hear(Row(Kind.DECLARED, room.site.name, epoch, "control1/1", 0.0, {"was_running": []}))


def reached(room: HandRoom) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is Kind.REACHED]


@pytest.mark.parametrize(
    ("status", "later_s", "down"),
    [
        ({}, 10.0, True),
        ({"off_armed": True}, 10.0, False),
        ({"output_on": False}, 10.0, False),
        ({}, 1.1, True),
        ({}, 0.9, False),
    ],
)
def test_r2_08_what_its_ups_was_told_in_an_outage_counts_until_it_has_come_back(
    by_hand: HandRoom, status: dict[str, Any], later_s: float, down: bool
) -> None:
    """On, and nothing counts down: it has. The next boot by hand is one, and it is not stopped again (S9).

    What its card said before it can have taken that OFF says nothing of it (S28, T7).
    """
    declared(by_hand, 1)
    told_off(by_hand, "ups1")
    by_hand.until(later_s)
    by_hand.upses["ups1"].show(**status)
    wanted_down(by_hand)
    by_hand.run.spawn(note_reached(by_hand.run, "control1"))
    by_hand.until(20)
    assert reached(by_hand) == ["control1"] * down


def test_r2_08_what_it_says_before_its_off_is_sent_is_no_answer_however_long_that_was_noted(
    by_hand: HandRoom,
) -> None:
    declared(by_hand, 1)
    told_off(by_hand, "ups1")
    by_hand.until(10)
    by_hand.run.told_off_s["ups1"] = 9.5
    by_hand.upses["ups1"].show()
    wanted_down(by_hand)
    by_hand.run.spawn(note_reached(by_hand.run, "control1"))
    by_hand.until(11)
    assert reached(by_hand) == []
    by_hand.upses["ups1"].show()
    by_hand.run.spawn(note_reached(by_hand.run, "control1"))
    by_hand.until(12)
    assert reached(by_hand) == ["control1"]


@pytest.mark.parametrize("before", [False, True])
def test_r2_08_one_that_is_silent_may_be_still_to_come_back(by_hand: HandRoom, before: bool) -> None:
    """But not for who was wanted down before it was told."""
    declared(by_hand, 1)
    told_off(by_hand, "ups1", wanted_down=before)
    by_hand.upses["ups1"].fall_silent()
    wanted_down(by_hand)
    by_hand.run.spawn(note_reached(by_hand.run, "control1"))
    by_hand.until(1)
    assert reached(by_hand) == ["control1"] * before


@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize("fell", [True, False])
def test_n6_s28_what_a_silent_ups_was_told_since_it_fell_it_may_not_have_heard(
    by_hand: HandRoom, silent: bool, fell: bool
) -> None:
    """An outage had told it to come back with its mains, and that OFF has fallen; then a word wants its node
    down, whose OFF its card does not answer. The mains may bring that node back yet, and no hand (T7)."""
    declared(by_hand, 1)
    told_off(by_hand, "ups1")
    by_hand.until(450 if fell else 10)
    wanted_down(by_hand)
    told_off(by_hand, "ups1", returns=False, wanted_down=True)
    by_hand.until(500)
    if silent:
        by_hand.upses["ups1"].fall_silent()
    else:
        by_hand.upses["ups1"].show(output_on=False)
    by_hand.servers["control1"].show(os=Os.HALTED)
    by_hand.run.spawn(note_reached(by_hand.run, "control1"))
    by_hand.until(501)
    assert reached(by_hand) == ["control1"] * (not (silent and fell))


@pytest.mark.parametrize("restart", ["none", "amid", "closed"])
def test_r2_08_a_restart_that_another_node_asked_for_outlives_the_incident(
    by_hand: HandRoom, restart: str
) -> None:
    """Who goes down with it comes up again by itself, and goes down once more, as it is wanted (S28)."""
    by_hand.run.commands = False
    by_hand.until(200)
    declared(by_hand, 1)
    if restart == "closed":
        by_hand.run.hear(Row(Kind.CLOSED, by_hand.site.name, 1, "control2/1", 0.0))
    if restart != "none":
        by_hand.run.hear(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 1, "control2/1", 0.0))
    declared(by_hand, 2)
    wanted_down(by_hand)
    by_hand.run.spawn(watch_our_end(by_hand.run))
    by_hand.servers["control1"].show(os=Os.SHUTTING_DOWN)
    by_hand.until(210)
    assert reached(by_hand) == ["control1"] * (restart == "none")


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("silent", True),
        ("heard", False),
        ("halted", False),
        ("follows", False),
        ("outage", False),
        ("outage of its own", True),
        ("restarts", False),
        ("cluster restarts", False),
    ],
)
def test_l5_a_commander_that_is_shut_down_and_leaves_nobody_who_could_follow_says_so(
    by_hand: HandRoom, what: str, told: bool
) -> None:
    """The other one hangs, and the cluster moved without him: nobody has said a word of him yet."""
    run = by_hand.run
    run.commands = what != "follows"
    by_hand.until(200)
    if what != "heard":
        by_hand.peers["control2"].fall_silent()
    if what == "halted":
        by_hand.servers["control2"].show(os=Os.HALTED)
    if "outage" in what:
        declared(by_hand, 1)
        run.scope = Scope(control="own" not in what)
    if what == "restarts":
        run.rebooting.add("control1")
    if what == "cluster restarts":
        run.hear(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 0, "control2/1", 0.0))
    run.spawn(watch_our_end(run))
    by_hand.servers["control1"].show(os=Os.SHUTTING_DOWN)
    by_hand.until(210)
    assert [(e["subject"], e["rule"]) for e in by_hand.told("alarm.raised")] == [("control2", "L5")] * told


@pytest.mark.parametrize(("answers", "is_new"), [(YES, True), (NO_ANSWER, False)])
def test_r2_08_what_comes_after_the_peers_have_told_all_they_know_is_new_however_soon(
    by_hand: HandRoom, answers: Receipt, is_new: bool
) -> None:
    """A commander who waits for the second node restarts the cluster as soon as that is up.

    Where a peer has not answered, what comes within the first look may be why we have booted.
    """
    by_hand.run.commands = False
    by_hand.peers["control2"].replies = [answers]
    by_hand.run.spawn(first_look(by_hand.run))
    by_hand.until(20)
    by_hand.run.hear(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 0, "control2/1", 0.0))
    wanted_down(by_hand)
    by_hand.run.spawn(watch_our_end(by_hand.run))
    by_hand.servers["control1"].show(os=Os.SHUTTING_DOWN)
    by_hand.until(20 + WORD_LATE_S + 1)
    assert reached(by_hand) == ["control1"] * (not is_new)


@pytest.mark.parametrize("commands", [True, False])
@pytest.mark.parametrize(("late_s", "is_heard"), [(WORD_LATE_S - 0.5, True), (WORD_LATE_S + 0.5, False)])
def test_n3_r2_08_a_node_that_sees_itself_go_before_it_hears_that_it_restarts_waits_for_that_word(
    by_hand: HandRoom, late_s: float, is_heard: bool, commands: bool
) -> None:
    """The commander, too, whom the cluster's manager has told while another request was being answered."""
    by_hand.run.commands = commands
    by_hand.until(200)
    wanted_down(by_hand)
    by_hand.run.spawn(watch_our_end(by_hand.run))
    by_hand.servers["control1"].show(os=Os.SHUTTING_DOWN)
    by_hand.until(200 + late_s)
    by_hand.run.hear(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 1, "control2/1", 0.0))
    by_hand.until(220)
    assert reached(by_hand) == ["control1"] * (not is_heard)


@pytest.mark.parametrize("forced", [True, False])
def test_r2_08_l1_unless_it_forces_itself_before_that_could_come(by_hand: HandRoom, forced: bool) -> None:
    """Its power falls in a minute. Who boots it again wants it up; unwritten, it would go down once more."""
    by_hand.run.commands = False
    by_hand.run.spawn(watch_our_end(by_hand.run))
    declared(by_hand, 1)
    wanted_down(by_hand)
    if forced:
        told_off(by_hand, "ups1", returns=False)
        by_hand.upses["ups1"].show(off_armed=True)
    by_hand.until(357)
    by_hand.servers["control1"].show(os=Os.SHUTTING_DOWN)
    by_hand.until(362)
    assert by_hand.servers["control1"].sent == ["force"] * forced
    assert reached(by_hand) == ["control1"] * forced
