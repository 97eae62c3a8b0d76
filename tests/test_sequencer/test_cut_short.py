"""A reboot in an outage is done when the system is seen up again, not when its power went first (R10-41)."""

from __future__ import annotations

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os
from sequencer.systems import stop_system
from sequencer.wants import still_wants
from tests.hands import HandRoom


@pytest.mark.parametrize("comes_up", [True, False], ids=["up again", "its UPS is off first"])
def test_s9_r10_41_a_reboot_counts_as_done_only_if_the_system_has_come_up_again(
    by_hand: HandRoom, comes_up: bool
) -> None:
    run, blade1, ups5 = by_hand.run, by_hand.servers["blade1"], by_hand.upses["ups5"]
    details = {"servers": ("blade1",), "goal": Goal.REBOOT.value, "wall_s": run.wall_s()}
    ups5.lose_mains()
    run.hear(
        Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, details),
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )
    run.rebooting.add("blade1")
    blade1.show(os=Os.SHUTTING_DOWN)
    run.spawn(stop_system(run, by_hand.site.servers["blade1"]))
    by_hand.until(50)
    assert blade1.sent == [], "it would take a shutdown for granted, and then boot"
    if comes_up:
        blade1.show(os=Os.UP)
    else:
        ups5.show(output_on=False)
    by_hand.until(51)
    assert run.rebooting == set()
    assert still_wants(run, "blade1", Goal.REBOOT) is not comes_up
    assert blade1.sent == (["shutdown"] if comes_up else [])
