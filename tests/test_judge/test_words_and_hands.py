"""From when a word counts that a clock hears which is behind: after who was wanted or held last (T4, S27)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.journal import Goal
from teiden.judge.history import History
from teiden.judge.ledger.room import Room
from tests.worlds import NODES, reference_site

BEHIND_S = -7200.0


@pytest.fixture
def room() -> Room:
    return made()


def made(*told: Event) -> Room:
    """The clock of control2 is behind. `told`: what the stream tells besides."""
    room = Room(reference_site(), History(told))
    fold(room, 0.0, "clock.stepped", "control2", "room", by_s=BEHIND_S)
    return room


def says_over(t: float, word: str, node: str) -> Event:
    return Event(t, "journal.committed", f"{word}, then {node}/2", node, Source.SEEN, {"kind": "wanted"})


def fold(room: Room, t: float, name: str, subject: str, by: str, **details: Any) -> None:
    event = Event(t, name, subject, by, Source.FACT if by == "room" else Source.SEEN, details)
    for key, does in room.folds():
        if key in (name, f"{name} {details.get('command', details.get('kind'))}"):
            does(event)


def off(room: Room, t: float, by: str) -> float:
    fold(room, t, "request.accepted", "blade1", by, wish="power_off", id=f"r{t}", of="blade1")
    return room.wants.of["blade1"].at_s


def test_S27_a_word_counts_after_the_hold_before_it(room: Room) -> None:
    fold(room, 50.0, "hold.set", "blade1", "control1")
    assert off(room, 100.0, "control2") == pytest.approx(50.001)


def test_S27_and_after_its_release(room: Room) -> None:
    fold(room, 50.0, "hold.set", "blade1", "control1")
    fold(room, 60.0, "hold.released", "blade1", "control1")
    assert off(room, 100.0, "control2") == pytest.approx(60.001)


def test_S27_a_hold_counts_so_too(room: Room) -> None:
    fold(room, 50.0, "hold.set", "blade1", "control1")
    fold(room, 55.0, "hold.released", "blade1", "control2")
    fold(room, 56.0, "hold.set", "blade1", "control2")
    assert off(room, 100.0, "control2") == pytest.approx(50.003)


def test_S27_the_hold_of_another_device_says_nothing(room: Room) -> None:
    fold(room, 50.0, "hold.set", "blade2", "control1")
    assert off(room, 100.0, "control2") == pytest.approx(100.0 + BEHIND_S)


def test_S27_nor_one_that_lies_before_what_the_clock_shows(room: Room) -> None:
    fold(room, 50.0, "hold.set", "blade1", "control2")
    assert off(room, 100.0, "control1") == pytest.approx(100.0)


def accepts(room: Room, t: float, by: str, request: str, of: str = "blade1", wish: str = "release") -> None:
    fold(room, t, "request.accepted", "reference", by, wish=wish, id=request, of=of)


@pytest.mark.parametrize(("name", "wish"), [("hold.released", "release"), ("hold.set", "hold")])
@pytest.mark.parametrize(("nodes", "counts_s"), [(NODES, 8000.001), (NODES[::-1], 8100.0 + BEHIND_S)])
@pytest.mark.parametrize("at_once", [False, True])
def test_S27_s35_n2_one_request_that_two_nodes_are_told_counts_from_when_the_first_of_them_was(
    room: Room, nodes: tuple[str, ...], counts_s: float, at_once: bool, name: str, wish: str
) -> None:
    """They do not hear each other: by the clock of the other one it would be later."""
    for node in NODES[::-1]:
        fold(room, 20.0, "hold.set", "blade1", node)
        accepts(room, 20.0, node, "r0", wish="hold")
    for holds, accepted in [(0, None), (1, 0), (None, 1)] if at_once else [(0, 0), (1, 1)]:
        if holds is not None:
            fold(room, 8000.0 + holds, name, "blade1", nodes[holds])
        if accepted is not None:
            accepts(room, 8000.0 + accepted, nodes[accepted], "r1", wish=wish)
    assert off(room, 8100.0, "control2") == pytest.approx(counts_s)


def test_S27_another_request_or_that_of_another_device_counts_by_itself(room: Room) -> None:
    fold(room, 8000.0, "hold.set", "blade2", "control2")
    accepts(room, 8000.0, "control2", "r1", "blade2")
    for n, request in enumerate(("r2", "r1")):
        fold(room, 8001.0 + n, "hold.set", "blade1", "control1")
        accepts(room, 8001.0 + n, "control1", request)
        assert off(room, 8100.0 + n, "control2") == pytest.approx(8001.001 + n)


def test_S27_s35_so_does_one_that_is_told_anew_by_a_clock_that_is_behind() -> None:
    """To a node that came up when the first had gone; it knows the rest later."""
    changes = [(10.0, "halted", "control2"), (8003.0, "halted", "control1")]
    changes += [(8005.0, "up", "control2"), (8050.0, "up", "control1")]
    room = made(*(Event(t, f"server.{what}", node, "room", Source.FACT, {}) for t, what, node in changes))
    for t, node in ((8000.0, "control1"), (8010.0, "control2")):
        fold(room, t, "hold.set", "blade1", node)
        accepts(room, t, node, "r1")
    assert off(room, 8100.0, "control2") == pytest.approx(8100.0 + BEHIND_S)


@pytest.mark.parametrize(("up_s", "knows"), [(90.0, False), (55.0, True)])
def test_S27_nor_one_that_this_node_cannot_know(up_s: float, knows: bool) -> None:
    """It was down when that was said; and whoever heard it went down before it was up again."""
    changes = [(10.0, "halted", "control2"), (60.0, "halted", "control1"), (up_s, "up", "control2")]
    told = [Event(t, f"server.{what}", node, "room", Source.FACT, {}) for t, what, node in sorted(changes)]
    room = made(*told)
    fold(room, 50.0, "hold.set", "blade1", "control1")
    assert off(room, 100.0, "control2") == pytest.approx(50.001 if knows else 100.0 + BEHIND_S)


@pytest.mark.parametrize(("down_s", "knows"), [(45.0, False), (55.0, True)])
def test_S28_t3_who_says_something_while_he_goes_down_is_heard_by_whoever_is_up(
    down_s: float, knows: bool
) -> None:
    """His service copies what it has heard for as long as it lives, and his clock may be ahead."""
    changes = [(40.0, "shutting_down", "control1"), (60.0, "halted", "control1")]
    changes += [(down_s, "halted", "control2"), (90.0, "up", "control2")]
    told = [Event(t, f"server.{what}", node, "room", Source.FACT, {}) for t, what, node in sorted(changes)]
    room = made(*told)
    fold(room, 50.0, "hold.set", "blade1", "control1")
    assert off(room, 100.0, "control2") == pytest.approx(50.001 if knows else 100.0 + BEHIND_S)


@pytest.mark.parametrize("name", ["service.stalled", "service.died"])
@pytest.mark.parametrize(
    ("still_s", "goes_on_s", "knows"), [(40.0, 70.0, False), (40.0, 55.0, True), (55.0, 70.0, True)]
)
def test_S28_c7_whose_service_stands_still_has_not_heard_what_is_said_until_he_says_something_again(
    still_s: float, goes_on_s: float, knows: bool, name: str
) -> None:
    """And whoever was told of it had gone by then."""
    gone = Event(60.0, "server.halted", "control1", "room", Source.FACT, {})
    gap = Event(goes_on_s, "clock.gap", "control2", "control2", Source.SEEN, {})
    room = made(
        *sorted((Event(still_s, name, "control2", "room", Source.FACT, {}), gone, gap), key=lambda e: e.t)
    )
    fold(room, 50.0, "hold.set", "blade1", "control1")
    assert off(room, 100.0, "control2") == pytest.approx(50.001 if knows else 100.0 + BEHIND_S)


def goes_down(room: Room, t: float, node: str) -> None:
    fold(room, t, "server.shutting_down", node, "room")
    fold(room, t + 60.0, "server.halted", node, "room")


@pytest.mark.parametrize(("by_another", "counts_s"), [(False, 0.001), (True, 1300.0)])
@pytest.mark.parametrize("says", [(), (says_over(1301.0, "r1", "control1"),)])
def test_S9_t4_a_second_boot_does_not_end_anew_what_the_first_has_ended_for_all(
    by_another: bool, counts_s: float, says: tuple[Event, ...]
) -> None:
    """What is wanted from then on counts by the first one's clock, though the second says the same; who slept
    by another word ends that."""
    room = made(*says)
    if by_another:
        fold(room, -99.0, "request.accepted", NODES[0], NODES[0], wish="power_off", id="r0", of=NODES[0])
        goes_down(room, -98.0, "control1")
    both = "control1, control2"
    fold(room, 0.0, "request.accepted", both, "control1", wish="power_off", id="r1", of=both)
    for node in ("control2",) if by_another else ("control1", "control2"):
        goes_down(room, 10.0, node)
    fold(room, 1000.0, "server.up", "control2", "room")
    fold(room, 1300.0, "server.up", "control1", "room")
    assert room.wants.goal("control1") is Goal.UP
    assert room.wants.of["control1"].at_s == pytest.approx(counts_s)


def test_S28_a_boot_that_ends_the_word_before_the_last_is_one_word_more() -> None:
    """It is wanted up by that alone; a linked server that somebody boots is wanted by nobody."""
    room, both = made(says_over(1301.0, "r1", "control1")), "control1, blade1"
    for t in (0.0, 500.0):
        fold(room, t, "request.accepted", both, "control1", wish="power_off", id=f"r{t / 500 + 1:g}", of=both)
        for name in both.split(", ") if not t else ():
            goes_down(room, 10.0, name)
    for name in both.split(", "):
        fold(room, 1300.0, "server.up", name, "room")
    assert room.wants.goal("control1") is Goal.UP
    assert room.wants.told_n["control1"] == 3
    assert room.wants.down("blade1")
