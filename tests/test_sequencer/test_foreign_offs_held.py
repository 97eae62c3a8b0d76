"""A disk that is held while an OFF that nobody here has told counts down under it (C12, S27)."""

from __future__ import annotations

import pytest

from sequencer.foreign import heed_foreign_offs
from sequencer.journal import Kind, Row
from sequencer.ports import Os
from tests.hands import NO, HandRoom
from tests.worlds import LINKED


def held(is_held: bool) -> Row:
    details = {"held": is_held, "cause": "a test", "wall_s": 0.0}
    return Row(Kind.HELD, "linkeddisk", 1, "control1/1", 0.0, details)


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    for name in LINKED:
        by_hand.servers[name].show(os=Os.HALTED)
    by_hand.run.spawn(heed_foreign_offs(by_hand.run))
    by_hand.until(5)
    by_hand.arrays["linkeddisk"].fall_silent()
    return by_hand


def is_told_of(room: HandRoom) -> bool:
    return ("linkeddisk", "S25") in [(e["subject"], e["rule"]) for e in room.told("alarm.raised")]


@pytest.mark.parametrize(
    ("falls", "silent", "flushes"),
    [(False, False, True), (True, False, False), (True, True, False), (False, True, True)],
)
def test_s9_s3_c12_one_that_is_released_when_its_power_has_fallen_is_told_of_and_not_flushed(
    room: HandRoom, falls: bool, silent: bool, flushes: bool
) -> None:
    """Its users may have come back by then. A card that only fell silent says nothing (seed 883279)."""
    run, ups4, disk = room.run, room.upses["ups4"], room.arrays["linkeddisk"]
    run.hear(held(True))
    ups4.show(off_armed=True)
    room.until(60)
    assert disk.sent == []
    if falls:
        ups4.show(off_armed=False, output_on=False)
    room.until(70)
    if silent:
        ups4.fall_silent()
    room.until(100)
    run.hear(held(False))
    room.until(120)
    assert (bool(disk.sent), is_told_of(room)) == (flushes, not flushes)


def test_s9_c12_one_that_does_not_answer_is_asked_no_more_when_its_power_has_fallen(room: HandRoom) -> None:
    ups4, disk = room.upses["ups4"], room.arrays["linkeddisk"]
    disk.replies = [NO]
    ups4.show(off_armed=True)
    room.until(30)
    asked = list(disk.sent)
    ups4.show(off_armed=False, output_on=False)
    room.until(50)
    assert asked
    assert disk.sent == asked
    assert is_told_of(room)


@pytest.mark.parametrize("silent", [True, False])
def test_s11_c12_one_whose_card_is_silent_when_its_time_is_over_is_flushed_when_its_last_user_is_down(
    room: HandRoom, silent: bool
) -> None:
    """It may be late, or never fall; a card that says that nothing counts down has called it back."""
    ups4, disk = room.upses["ups4"], room.arrays["linkeddisk"]
    disk.show()
    room.servers["rack1"].show(os=Os.SHUTTING_DOWN)
    ups4.show(off_armed=True)
    room.until(30)
    if silent:
        ups4.fall_silent()
    else:
        ups4.show(off_armed=False)
    room.until(30 + 420 + 60)
    room.upses["ups3"].show(off_armed=True)
    room.until(room.env.now + 30)
    assert disk.sent == []
    room.servers["rack1"].show(os=Os.HALTED)
    room.until(room.env.now + 30)
    assert bool(disk.sent) is silent
