"""Who was down as wanted and has been booted since goes off with the next night like the others (O1, S9)."""

from __future__ import annotations

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os
from sequencer.schedule import want
from sequencer.schedules import Schedule
from tests.hands import HandRoom
from tests.worlds import NODES

NIGHT = Schedule("nodes", NODES, off="22:00", on="06:00")


def wanted_down(room: HandRoom, *, reached: bool) -> None:
    """control2 alone, by the cluster's manager."""
    wall_s = room.run.wall_s()
    details = {"servers": ["control2"], "goal": Goal.DOWN.value, "wall_s": wall_s}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, details))
    if reached:
        room.run.hear(Row(Kind.REACHED, "control2", 0, "control1/1", 0.0, {"wall_s": wall_s}))


def fired(room: HandRoom) -> str:
    room.until(10)
    room.run.spawn(want(room.run, NIGHT, Goal.DOWN, "nodes/1/off", room.run.ports.wall.now()))
    room.until(11)
    (told,) = room.told("schedule.fired", "nodes")
    return str(told["servers"])


@pytest.mark.parametrize("os", [Os.UP, Os.BOOTING])
def test_s9_o1_who_is_up_again_is_wanted_down_anew(by_hand: HandRoom, os: Os) -> None:
    wanted_down(by_hand, reached=True)
    by_hand.servers["control2"].show(os=os)
    assert fired(by_hand) == "control1, control2"


def test_s9_r2_08_and_so_is_who_only_restarts(by_hand: HandRoom) -> None:
    wanted_down(by_hand, reached=True)
    by_hand.servers["control2"].show(os=Os.SHUTTING_DOWN)
    by_hand.run.rebooting.add("control2")
    assert fired(by_hand) == "control1, control2"


@pytest.mark.parametrize("how", ["halts", "is halted", "is silent", "is still to go"])
def test_s9_but_not_who_is_down_or_goes_down_already(by_hand: HandRoom, how: str) -> None:
    wanted_down(by_hand, reached=how != "is still to go")
    control2 = by_hand.servers["control2"]
    match how:
        case "halts":
            control2.show(os=Os.SHUTTING_DOWN)
        case "is halted":
            control2.show(os=Os.HALTED)
        case "is silent":
            control2.fall_silent()
        case _:
            pass
    assert fired(by_hand) == "control1"


@pytest.mark.parametrize("dies", [False, True])
def test_c5_l1_an_instant_has_fired_though_its_writer_lets_go_of_the_command_meanwhile(
    by_hand: HandRoom, dies: bool
) -> None:
    """His peer has heard of it, and goes by it; of a machine that died nobody knows how far it came."""
    by_hand.journal.takes_s = 2.0
    by_hand.until(10)
    task = by_hand.run.spawn(want(by_hand.run, NIGHT, Goal.DOWN, "nodes/1/off", by_hand.run.ports.wall.now()))
    by_hand.until(11)
    assert not by_hand.told("schedule.fired", "nodes")
    task.close()
    if dies:
        by_hand.run.end()
    by_hand.until(20)
    assert bool(by_hand.told("schedule.fired", "nodes")) is not dies
