"""Nobody waits for whom a hand has switched on while nobody hears of it (S5, O1)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM
from tests.waited_for import lost, waits_for

PRESSED = (
    "0 room mains.lost ups6",
    "65 control1 outage.confirmed ups6",
    "100 room server.halted rack1",
    "100 room server.halted rack2",
    "200 room ups.output_off ups6 cause=command",
    "250 control1 card.silent ups6",
    "300 room ups.output_on ups6 cause=button",
    "300 room server.booting rack1",
)
"""rack1 boots with a finger on the button of its UPS, whose card is silent for who tells the stop."""


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ((), False),
        (("500 room server.up rack1",), False),
        (("299 control1 server.halted rack1", "911 control1 server.up rack1"), False),
        (("300 control1 server.booting rack1",), True),
        (("910 control1 card.answering ups6",), True),
        (("600 control2 server.up rack1", "600 control1 server.halted blade1"), False),
        (("250 room ups.output_on ups6 cause=command",), False),
    ],
)
def test_S5_o1_nobody_waits_for_whom_a_hand_has_switched_on_unheard(
    tell: Any, more: tuple[str, ...], waits: bool
) -> None:
    assert waits_for(lost(tell(CALM)).plus(*PRESSED, *more)) == ("rack1 was booting" if waits else "")


@pytest.mark.parametrize(
    ("press", "boots_s"),
    [
        ("300 room ups.output_on ups6 cause=command", 300),
        ("300 room ups.output_on ups5 cause=button", 300),
        ("301 room ups.output_on ups6 cause=button", 300),
    ],
)
def test_S5_o1_he_is_waited_for_who_boots_otherwise(tell: Any, press: str, boots_s: int) -> None:
    told = (*PRESSED[:6], "250 control1 card.silent ups5", press, f"{boots_s} room server.booting rack1")
    fed = "299 room ups.output_on ups6 cause=command"
    assert waits_for(lost(tell(CALM)).plus(*told, fed)) == "rack1 was booting"


@pytest.mark.parametrize("heard", [True, False])
def test_S5_o1_r10_45_nor_for_whom_a_word_wanted_down_who_was_so_already(tell: Any, heard: bool) -> None:
    word = "150 control1 request.accepted reference wish=power_off id=r1 of=rack1"
    telling = lost(tell(CALM)).plus(*PRESSED, word, "260 room mains.restored ups6")
    told = telling.plus("500 control1 server.booting rack1") if heard else telling
    assert waits_for(told) == ("rack1 was booting" if heard else "")
