"""Who lets nobody in is watched until he is down, and his force says that it has come about (H3, L4)."""

from __future__ import annotations

from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.systems import let_in_at_last
from tests.hands import LATENCY_S, HandRoom

FALLS_S = 400.0
AMID_S = LATENCY_S / 2


def test_l4_h3_who_halts_as_he_is_about_to_be_forced_is_left_when_that_force_has_seen_it(
    by_hand: HandRoom,
) -> None:
    """Begun, and closed with the watch over him, it would be told of for ever."""
    room, blade1 = by_hand, by_hand.site.servers["blade1"]
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    details = {"falls_in_s": FALLS_S, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", room.run.now, details))
    room.upses["ups5"].show(off_armed=True)
    watch = room.run.spawn(let_in_at_last(room.run, blade1))
    room.until(FALLS_S - room.site.force_before_s + AMID_S)
    assert "blade1" in room.run.forcing
    assert not watch.over
    room.servers["blade1"].show(os=Os.HALTED)
    room.until(room.run.now + LATENCY_S / 4)
    assert not watch.over, "that force looks once more"
    room.until(room.run.now + 10.0)
    assert watch.over
    assert "blade1" not in room.run.forcing
    assert room.told("command.sent", "blade1") == []
