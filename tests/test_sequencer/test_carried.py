"""A UPS whose delay is too short for a system is told to go off while another carries that on (S1, S29)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Off
from sequencer.power_off import arm
from sequencer.site import Site
from tests.hands import HandRoom
from tests.worlds import with_settings

TOO_SHORT_S = 10.0


@pytest.fixture
def room(site: Site) -> HandRoom:
    """blade1 alone, on ups5 and ups6; one supply is enough, and ups5 would fall under it."""
    room = HandRoom(with_settings(site, blade1__upses=("ups5", "ups6"), blade2__upses=("ups6",)))
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}))
    room.run.asked_to_stop.add("blade1")
    room.upses["ups5"].show(graceful_off_s=TOO_SHORT_S)
    return room


def tell(room: HandRoom) -> list[str]:
    """ups5 to go off; what it was sent."""
    ups5, blade1 = room.site.upses["ups5"], room.site.servers["blade1"]
    room.run.spawn(arm(room.run, ups5, Off.GRACEFUL, [blade1]))
    room.until(room.run.now + 1)
    return room.upses["ups5"].sent


def counts_down(room: HandRoom, falls_in_s: float) -> None:
    room.run.hear(Row(Kind.OFF_ARMED, "ups6", 1, "control1/1", 0.0, {"falls_in_s": falls_in_s}))


CARRIES = ["off graceful"]
DOES_NOT: list[str] = []


@pytest.mark.parametrize(
    ("other", "sent"),
    [
        ({}, CARRIES),
        ({"output_on": False}, DOES_NOT),
        ({"graceful_off_s": TOO_SHORT_S}, DOES_NOT),
        ({"off_armed": True}, DOES_NOT),
    ],
    ids=["on", "off", "too short as well", "counts down, nobody knows since when"],
)
def test_s1_the_other_ups_carries_it_on_only_if_it_is_on_for_as_long(
    room: HandRoom, other: dict[str, Any], sent: list[str]
) -> None:
    room.upses["ups6"].show(**other)
    assert tell(room) == sent
    refused = [e["rule"] for e in room.told("command.refused", "ups5")]
    assert refused == ([] if sent else ["S1"])


def test_s1_s11_another_ups_that_is_silent_carries_nobody(room: HandRoom) -> None:
    room.upses["ups6"].fall_silent()
    assert tell(room) == DOES_NOT


@pytest.mark.parametrize(("more_s", "sent"), [(5.0, CARRIES), (-5.0, DOES_NOT)])
def test_s1_another_ups_that_counts_down_carries_it_on_if_it_falls_late_enough(
    room: HandRoom, more_s: float, sent: list[str]
) -> None:
    room.upses["ups6"].show(off_armed=True)
    counts_down(room, room.site.servers["blade1"].stop_limit_s + more_s)
    assert tell(room) == sent
