"""A node knows that its system has booted since its journal was written, whatever the clocks show (T4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os, ServerStatus, Steps
from sequencer.requests import Wish
from sequencer.slept import NOTHING, Before, have_slept
from sim.story import Asked, Booted, ClockStep, Pressed
from tests.excused import unexcused_by_the_judge
from tests.hands import HandRoom
from tests.worlds import HOUR_S, LINKED, NODES, back, fault, lost, out, play

BACK_S = -7200.0
KNOWN = Before(word="r1")
"""It stood in our journal when this life began."""


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """control1, of a control side wanted down. Its clock has been put back since. control2 is down."""
    wall_s = by_hand.run.wall_s() - BACK_S
    told = {"servers": NODES, "goal": Goal.DOWN.value, "wall_s": wall_s}
    by_hand.run.hear(Row(Kind.WANTED, "r1", 0, "control1/0", 0.0, told))
    by_hand.run.hear(Row(Kind.WATCHED, "control1", 0, "control1/0", 0.0, {"wall_s": wall_s}))
    by_hand.servers["control1"].status = ServerStatus(Os.UP, up_s=300.0)
    by_hand.servers["control2"].status = ServerStatus(Os.HALTED)
    return by_hand


def slept(room: HandRoom, past: Before) -> bool:
    answers: list[bool] = []

    def asked() -> Steps[None]:
        answers.append((yield from have_slept(room.run, past)))

    room.run.spawn(asked())
    room.until(5)
    return answers == [True]


@pytest.mark.parametrize(
    ("booted", "past", "has"), [(True, KNOWN, True), (False, KNOWN, False), (True, NOTHING, False)]
)
def test_t4_c2_who_has_booted_since_his_journal_was_written_has_slept_though_his_clock_was_put_back(
    room: HandRoom, booted: bool, past: Before, has: bool
) -> None:
    """What another tells only now proves nothing; nor does a service that has begun anew (121671, 154353)."""
    room.run.ports = replace(room.run.ports, booted=booted)
    assert slept(room, past) is has


def test_t4_c1_the_system_of_a_node_has_booted_and_its_service_that_begins_anew_has_not() -> None:
    crash = [lost(0, "ups1"), back(1, "ups1")]
    tale = play(fault("node_crashes", "control1", 60.0), Booted(120.0, "control1"), crash, until_s=HOUR_S)
    node = tale.room.nodes["control1"]
    assert node.run is not None
    assert node.run.ports.booted
    node.kill(0.0, "a test")
    node.begin_anew()
    assert not node.run.ports.booted


def test_s9_l3_t4_a_node_whose_battery_ended_in_a_stop_and_whose_clock_was_put_back_brings_all_back() -> None:
    """It went on with a stop of hours before, mains or not, and let nobody up (seed 121671)."""
    tale = play(
        Asked(0, Wish.POWER_OFF),
        Asked(0, Wish.HOLD, ("ups4",)),
        out(0, 1920),
        fault("battery_collapses", "ups1", 1800),
        ClockStep(3600, "control1", BACK_S),
        Pressed(3600, "ups5"),
        Asked(3700, Wish.RELEASE, ("ups4",)),
        until_s=6 * HOUR_S,
    )
    broken = unexcused_by_the_judge(tale, [])
    assert not [words for words in broken if words.startswith(("S9", "L1", "L3"))], broken
    for name in (*NODES, *LINKED):
        assert tale.room.servers[name].state.value == "up", name
