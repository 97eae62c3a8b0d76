"""Whom a word has stopped that found him on his way down: it keeps him there, and his boot ends it."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.journal import Goal
from teiden.judge.history import History
from teiden.judge.ledger.room import Room
from tests.test_judge.test_words_and_hands import fold, made, says_over
from tests.worlds import reference_site, with_more

OUTAGE, WORD, OFF, BOOT = 100.0, 140.0, 150.0, 600.0


def wanted_after_his_boot(
    ups: str = "ups1",
    how: str = "graceful",
    off_s: float = OFF,
    word_s: float = WORD,
    died_s: float | None = None,
    says: Event | None = None,
    boots_s: float = BOOT - 240,
) -> Goal | None:
    """An outage stops control1, which is wanted down with everybody amid that, and booted by a hand."""
    died = Event(died_s or 0.0, "service.died", "control1", "room", Source.FACT, {})
    room = made(*([died] if died_s else []), *([says] if says else []))
    told: list[tuple[float, str, str, str, dict[str, str]]] = [
        (OUTAGE, "server.shutting_down", "control1", "room", {}),
        (word_s, "request.accepted", "reference", "control2", {"wish": "power_off", "id": "r1", "of": ""}),
        (off_s, "command.sent", ups, "control2", {"command": "off", "how": how}),
        (OUTAGE + 60, "server.halted", "control1", "room", {}),
        (boots_s, "server.booting", "control1", "room", {}),
        (BOOT, "server.up", "control1", "room", {}),
    ]
    for t, name, subject, by, details in sorted(told, key=lambda word: word[0]):
        fold(room, t, name, subject, by, **details)
    return room.wants.goal("rack1")


def test_S28_the_boot_of_who_goes_for_an_outage_ends_the_word_that_keeps_him_down() -> None:
    """O1: his power has been told to stay off for that word, as he went (seed 63470)."""
    assert wanted_after_his_boot() is Goal.UP


@pytest.mark.parametrize(
    ("ups", "how", "off_s"),
    [
        ("ups1", "until_mains", OFF),  # he comes back with the mains, and goes by that word then (T7)
        ("ups2", "graceful", OFF),  # it is not his power
        ("ups1", "graceful", OUTAGE + 61),  # it found him down
    ],
)
def test_S28_t7_not_of_who_comes_back_by_himself_or_was_down_by_then(
    ups: str, how: str, off_s: float
) -> None:
    assert wanted_after_his_boot(ups, how, off_s) is Goal.DOWN


def test_S28_nor_of_who_was_told_before_that_word() -> None:
    """His power stays off for something else."""
    assert wanted_after_his_boot(off_s=WORD - 10) is Goal.DOWN


@pytest.mark.parametrize(
    ("says", "more", "ended"),
    [
        (says_over(BOOT + 1, "r1", "control1"), {}, True),
        (says_over(BOOT + 1, "r2", "control1"), {}, False),  # of another word
        (None, {}, False),
        (says_over(BOOT + 1, "r1", "control1"), {"how": "until_mains"}, False),  # he comes back by himself
        (says_over(BOOT + 1, "r1", "control1"), {"word_s": OUTAGE + 61}, False),  # it found him down
        (says_over(BOOT + 1, "r1", "control1"), {"died_s": OUTAGE + 1}, False),  # he has not heard it
        (says_over(BOOT + 1, "r1", "control1"), {"boots_s": OUTAGE + 60}, False),  # he restarts (seed 5588)
    ],
)
def test_S28_who_heard_it_on_his_way_down_and_stays_off_says_himself_whether_it_has_stopped_him(
    says: Event | None, more: dict[str, Any], ended: bool
) -> None:
    """His power is told nothing since then: its card cannot be told (P15, seed 154666), or it has fallen
    by then (169413)."""
    assert (wanted_after_his_boot(off_s=WORD - 10, says=says, **more) is Goal.UP) is ended


@pytest.mark.parametrize(
    ("fell_s", "ended"),
    [
        (50.0, True),
        (150.0, False),  # it had yet to fall when that word was told: he goes with it (T7)
        (None, False),
    ],
)
def test_S28_t7_x_04_an_off_that_had_fallen_by_then_has_not_taken_him_down(
    fell_s: float | None, ended: bool
) -> None:
    """He lived on his other UPS, which stays off for that word: his boot ends it (two-feeds, 331182)."""
    site = reference_site()
    both = replace(site.servers["control1"], upses=("ups1", "ups2"))
    room = Room(with_more(site, both), History(()))
    told: list[tuple[float, str, str, str, dict[str, str]]] = [
        (10.0, "command.sent", "ups2", "control1", {"command": "off", "how": "until_mains"}),
        (100.0, "request.accepted", "reference", "control1", {"wish": "power_off", "id": "r1", "of": ""}),
        (200.0, "server.shutting_down", "control1", "room", {}),
        (200.0, "command.sent", "ups1", "control1", {"command": "off", "how": "graceful"}),
        (260.0, "server.halted", "control1", "room", {}),
        (BOOT - 240, "server.booting", "control1", "room", {}),
        (BOOT, "server.up", "control1", "room", {}),
    ]
    told += [(fell_s, "ups.output_off", "ups2", "room", {"cause": "command"})] if fell_s else []
    for t, name, subject, by, details in sorted(told, key=lambda word: word[0]):
        fold(room, t, name, subject, by, **details)
    assert (room.wants.goal("rack1") is Goal.UP) is ended


@pytest.mark.parametrize(
    ("row", "ended"),
    [
        ({"wakes": True}, False),
        ({}, True),  # for a night that is too short for a sleep: it is carried out
        ({"wakes": True, "by": "control1"}, True),  # of another OFF
        ({"wakes": True, "t": 201.0}, True),  # nor is it of this one
    ],
)
def test_S28_t7_who_is_stopped_by_one_that_has_not_read_that_word_comes_back_and_goes_by_it_yet(
    row: dict[str, Any], ended: bool
) -> None:
    """His power is told so a moment after he has begun to go, and its row says that nobody is wanted down
    (C8, seed 73700)."""
    room = made()
    of_row = {"kind": "off_armed", **{name: value for name, value in row.items() if name == "wakes"}}
    told: list[tuple[float, str, str, str, dict[str, Any]]] = [
        (100.0, "request.accepted", "reference", "control1", {"wish": "power_off", "id": "r1", "of": ""}),
        (200.0, "server.shutting_down", "control1", "room", {}),
        (row.get("t", 200.1), "journal.committed", "ups1", row.get("by", "control2"), of_row),
        (200.2, "command.sent", "ups1", "control2", {"command": "off", "how": "until_mains"}),
        (260.0, "server.halted", "control1", "room", {}),
        (BOOT - 240, "server.booting", "control1", "room", {}),
        (BOOT, "server.up", "control1", "room", {}),
    ]
    for t, name, subject, by, details in sorted(told, key=lambda word: word[0]):
        fold(room, t, name, subject, by, **details)
    assert (room.wants.goal("rack1") is Goal.UP) is ended
