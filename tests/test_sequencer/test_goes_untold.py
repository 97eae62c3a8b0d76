"""The last node whose power fails, while the other one goes down and nobody has told why (S31)."""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_node
from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.scope import Scope
from sequencer.site import Site
from tests.hands import HandRoom


@pytest.fixture
def room(site: Site) -> HandRoom:
    """The outage of ups1 is confirmed; the linked side is of no concern."""
    room = HandRoom(site)
    room.upses["ups1"].lose_mains()
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.run.hear(Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0))
    return room


def soon(room: HandRoom) -> None:
    room.until(room.run.now + 5)


@pytest.mark.parametrize(
    "ends", ["halted", "battery", "limit", "given up", "wanted down", "goes for its power"]
)
def test_s31_who_goes_down_untold_is_waited_for_until_he_has(room: HandRoom, ends: str) -> None:
    """He may only restart; but no longer than he may take, and not if it is known that he does not (separate-
    enclosures and two-arrays, hard seed 61050)."""
    control2, run = room.servers["control2"], room.run
    run.scope = Scope(nodes=frozenset({"control1"}))
    control2.show(os=Os.SHUTTING_DOWN)
    if ends == "given up":
        run.given_up.add("control2")
    elif ends == "goes for its power":
        run.scope = Scope(nodes=frozenset({"control1", "control2"}))
    elif ends == "wanted down":
        details = {"servers": ["control2"], "goal": "down", "wall_s": 1.0}
        run.hear(Row(Kind.WANTED, "a request", 1, "control1/1", 0.0, details))
    run.spawn(stop_node(run, room.site.servers["control1"]))
    soon(room)
    match ends:
        case "halted" | "battery":
            assert room.cluster.sent == []
            if ends == "halted":
                control2.show(os=Os.HALTED)
            else:
                room.upses["ups1"].show(low_battery=True)
            soon(room)
        case "limit":
            room.until(room.site.servers["control2"].stop_limit_s - 1)
            assert room.cluster.sent == []
            room.until(room.run.now + 3)
    assert room.cluster.sent == ["stop"]
