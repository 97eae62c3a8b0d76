"""Before the way is reversed: who is left behind is off, and a flush that has begun comes to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sequencer.journal import Kind, Row
from sequencer.planned import too_late
from sequencer.ports import ClusterState, ClusterStatus, Flush, Os
from sequencer.turn import turned
from sequencer.watch import RETURNS
from tests.hands import HandRoom
from tests.worlds import LINKED


@pytest.fixture
def racks_back(by_hand: HandRoom) -> HandRoom:
    """ups6 has its mains again, ups5 has none and has not gone off yet; all its servers are down."""
    by_hand.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)}),
        *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in ("ups5", "ups6")),
    )
    for name in LINKED:
        by_hand.servers[name].show(os=Os.HALTED)
    by_hand.upses["ups5"].lose_mains()
    by_hand.run.mains["ups6"].on_line_since_s = -1000.0
    return by_hand


def test_s18_nobody_turns_round_before_the_ups_that_is_left_behind_has_gone_off(
    racks_back: HandRoom,
) -> None:
    """From then on nobody looks after its battery."""
    task = racks_back.run.spawn(turned(racks_back.run))
    racks_back.until(100)
    assert not task.over
    assert [e["step"] for e in racks_back.told("step.waiting")] == ["ups5 is to go off first"]
    racks_back.upses["ups5"].show(output_on=False)
    racks_back.until(101)
    assert task.over


@pytest.mark.parametrize(("falls_in_s", "waits"), [(420.0, True), (3600.0, False)])
def test_l3_u8_but_nobody_waits_for_one_whose_card_makes_far_more_of_the_delay_that_it_was_told(
    racks_back: HandRoom, falls_in_s: float, waits: bool
) -> None:
    """It goes off without anybody: told it is, and who lives on it waits for that alone (S16, S18)."""
    run = racks_back.run
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": falls_in_s}))
    racks_back.upses["ups5"].show(off_armed=True)
    task = run.spawn(turned(run))
    racks_back.until(100)
    assert task.over is not waits


@pytest.mark.parametrize(
    ("given_up", "silent", "turns"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_l3_one_that_was_given_up_and_is_silent_keeps_nobody_else_down(
    racks_back: HandRoom, given_up: bool, silent: bool, turns: bool
) -> None:
    """Nobody would learn of its battery's end if all stayed down for it for ever."""
    run = racks_back.run
    task = run.spawn(turned(run))
    racks_back.until(100)
    if silent:
        racks_back.upses["ups5"].fall_silent()
    if given_up:
        run.given_up.add("ups5")
        run.announce("ups5")
    racks_back.until(300)
    assert task.over is turns


@pytest.mark.parametrize(
    ("told", "os", "turns"),
    [(True, Os.HALTED, True), (True, Os.UP, False), (False, Os.HALTED, False)],
)
def test_l3_u2_nor_does_a_nodes_that_was_told_while_it_was_silent_and_feeds_a_halted_node_yet(
    racks_back: HandRoom, told: bool, os: Os, turns: bool
) -> None:
    """A hand had switched it on again: it could not be told once more, and all stayed down for it (O1)."""
    run = racks_back.run
    run.hear(Row(Kind.CONFIRMED, "ups2", 1, "control1/1", 0.0))
    racks_back.upses["ups5"].show(output_on=False)
    racks_back.upses["ups2"].lose_mains()
    racks_back.upses["ups2"].fall_silent()
    racks_back.servers["control2"].show(os=os)
    if told:
        run.hear(Row(Kind.OFF_ARMED, "ups2", 1, "control1/1", 0.0, {"falls_in_s": 60.0}))
    task = run.spawn(turned(run))
    racks_back.until(60)
    assert not task.over
    racks_back.until(100)
    assert task.over is turns


@pytest.mark.parametrize("given_up", [True, False])
def test_l3_n3_nor_one_that_took_its_off_unheard_with_a_node_that_was_given_up_and_is_silent(
    racks_back: HandRoom, given_up: bool
) -> None:
    """No network carried the answer, nor that he went; nothing of either would ever be heard (146844)."""
    run = racks_back.run
    run.hear(Row(Kind.CONFIRMED, "ups2", 1, "control1/1", 0.0))
    racks_back.upses["ups5"].show(output_on=False)
    racks_back.upses["ups2"].lose_mains()
    racks_back.upses["ups2"].fall_silent()
    racks_back.servers["control2"].fall_silent()
    run.given_up.update(["control2"] if given_up else [])
    run.hear(Row(Kind.OFF_ARMED, "ups2", 1, "control1/1", 0.0, {"falls_in_s": 60.0}))
    task = run.spawn(turned(run))
    racks_back.until(60)
    assert not task.over
    racks_back.until(100)
    assert task.over is given_up


def test_s7_nor_before_its_mains_are_stable_if_they_come_back_first(racks_back: HandRoom) -> None:
    task = racks_back.run.spawn(turned(racks_back.run))
    racks_back.until(100)
    racks_back.run.mains["ups5"].on_line_since_s = 100.0
    racks_back.upses["ups5"].regain_mains()
    racks_back.run.announce("ups5", RETURNS)
    stable_s = 100.0 + racks_back.site.start.mains_stable_s
    racks_back.until(stable_s - 1)
    assert not task.over
    racks_back.until(stable_s + 1)
    assert task.over


def all_stable(room: HandRoom) -> None:
    room.upses["ups5"].regain_mains()
    room.run.mains["ups5"].on_line_since_s = -1000.0


@pytest.mark.parametrize(
    ("hangs", "words"),
    [
        (lambda r: r.servers["control2"].show(os=Os.SHUTTING_DOWN), "control2 is shutting down"),
        (lambda r: r.arrays["linkeddisk"].show(flush=Flush.UNDER_WAY), "linkeddisk is flushing"),
        (
            lambda r: r.cluster.show(ClusterStatus(ClusterState.STOPPING, None)),
            "the cluster is stopping",
        ),
    ],
    ids=["H1", "A2", "C11"],
)
def test_l3_what_hangs_on_its_way_down_at_somebody_elses_word_is_waited_for_as_long_as_it_may_take(
    racks_back: HandRoom, hangs: Callable[[HandRoom], None], words: str
) -> None:
    """Its manager rebooted it, or another life told it: no page gives it up, and all stayed dark for it."""
    site = racks_back.site
    limit_s = {
        "control2 is shutting down": site.servers["control2"].stop_limit_s,
        "linkeddisk is flushing": site.linkage.flush_limit_s,
        "the cluster is stopping": site.cluster.shutdown_limit_s,
    }[words]
    all_stable(racks_back)
    hangs(racks_back)
    task = racks_back.run.spawn(turned(racks_back.run))
    racks_back.until(limit_s - 1)
    assert not task.over
    assert [e["step"] for e in racks_back.told("step.waiting")] == [words]
    racks_back.until(limit_s + 1)
    assert task.over


def test_l3_one_that_comes_up_and_goes_down_again_has_its_whole_time_anew(racks_back: HandRoom) -> None:
    """While the other one goes down, too."""
    all_stable(racks_back)
    for name in ("control2", "rack1"):
        racks_back.servers[name].show(os=Os.SHUTTING_DOWN)
    task = racks_back.run.spawn(turned(racks_back.run))
    racks_back.until(100)
    racks_back.servers["rack1"].show(os=Os.UP)
    racks_back.servers["control2"].show(os=Os.HALTED)
    racks_back.servers["control1"].show(os=Os.SHUTTING_DOWN)
    racks_back.run.announce()
    racks_back.until(101)
    racks_back.servers["rack1"].show(os=Os.SHUTTING_DOWN)
    racks_back.run.announce()
    limit_s = racks_back.site.servers["rack1"].stop_limit_s
    racks_back.until(100 + limit_s - 1)
    assert not task.over
    racks_back.until(101 + limit_s + 1)
    assert task.over


def test_l3_so_has_one_that_is_at_it_after_the_mains_were_away_once_more(racks_back: HandRoom) -> None:
    all_stable(racks_back)
    racks_back.servers["control2"].show(os=Os.SHUTTING_DOWN)
    task = racks_back.run.spawn(turned(racks_back.run))
    limit_s = racks_back.site.servers["control2"].stop_limit_s
    racks_back.until(limit_s - 1)
    for ups in ("ups5", "ups6"):
        racks_back.upses[ups].lose_mains()
    racks_back.run.announce(RETURNS)
    racks_back.until(limit_s + 100)
    assert not task.over
    for ups in ("ups5", "ups6"):
        racks_back.upses[ups].regain_mains()
    racks_back.run.announce(RETURNS)
    racks_back.until(2 * limit_s + 99)
    assert not task.over
    racks_back.until(2 * limit_s + 101)
    assert task.over


@pytest.mark.parametrize("asked", [True, False])
def test_r10_46_a_night_whose_lead_has_come_waits_for_a_flush_that_has_begun_and_for_no_other(
    by_hand: HandRoom, asked: bool
) -> None:
    run, linkeddisk = by_hand.run, by_hand.site.arrays["linkeddisk"]
    run.hear(Row(Kind.PLANNED, "r1", 1, "control1/1", 0.0))
    if asked:
        run.hear(Row(Kind.FLUSH_ASKED, "linkeddisk", 1, "control1/1", 0.0))
    task = run.spawn(too_late(run, linkeddisk, datetime.fromtimestamp(run.wall_s() + 50.0, UTC)))
    by_hand.until(49)
    assert not task.over
    by_hand.until(100)
    assert task.over is not asked
    run.hear(Row(Kind.FLUSH_SETTLED, "linkeddisk", 1, "control1/1", 100.0, {"flushed": True}))
    by_hand.until(101)
    assert task.over


@pytest.mark.parametrize(("goal", "turns"), [("up", True), ("down", False)])
def test_l1_an_incident_for_a_word_that_was_taken_back_meanwhile_ends(
    by_hand: HandRoom, goal: str, turns: bool
) -> None:
    """A node that has just booted told of it, and in the same breath that it is over: nobody is to stop."""
    run = by_hand.run
    run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)}),
        Row(Kind.WANTED, "r1", 1, "control2/1", 0.0, {"servers": ["control2"], "goal": goal, "wall_s": 1.0}),
    )
    task = run.spawn(turned(run))
    by_hand.until(100)
    assert task.over is turns
