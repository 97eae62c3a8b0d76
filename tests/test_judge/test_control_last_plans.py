"""Whom the control side waits for by schedule and request: as far as who goes can know it (S5, R10-45)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from tests.told_well import CALM
from tests.waited_for import STOP

DATED = CALM.replace("reference", "reference start=2026-11-19T21:50:00+09:00", 1)
"""Nights have a length only where the stream tells the wall time; with no schedule they never end."""
USERS = ("blade1", "blade2", "rack1", "rack2")
NODES = "control1, control2"


def wish(t: int, by: str, of: str) -> str:
    return f'{t} {by} request.accepted reference wish=power_off id=r{t} of="{of}"'


def all_down(at_s: int) -> list[str]:
    """As they were wanted; their disk is still on."""
    going = [f"{at_s} room server.shutting_down {name}" for name in USERS]
    return going + [f"{at_s + 10} room server.halted {name}" for name in USERS]


def test_S5_r10_45_a_disk_is_waited_for_if_who_goes_can_know_all_words_about_its_users(tell: Any) -> None:
    """rack2's was told to control2 while control1 was down; and that is down itself when control1 is back."""
    goes = ("1 room server.shutting_down control1", "2 room server.halted control1")
    comes = ("40 room server.booting control1", "50 room server.up control1")
    follows = ("30 room server.shutting_down control2", "35 room server.halted control2")
    words = (wish(10, "control2", "rack2"), wish(60, "control1", f"{NODES}, blade1, blade2, rack1"))
    off = "900 control1 command.sent ups3 command=off how=delayed falls_in_s=180"
    told = tell(DATED).plus(*words, *goes, *comes, *all_down(100), off)
    assert told.breach("S5").endswith("while linkeddisk was still on"), "control2 has passed it on"
    assert told.plus(*follows).result("S5").put_to_test == 1
    assert "S5" not in told.plus(*follows).broken
    assert "S5" in told.plus(*follows, wish(70, "control1", "rack2")).broken, "told once more, to control1"


def test_S5_r10_45_of_the_words_by_which_a_disk_sleeps_the_last_is_shown(tell: Any) -> None:
    """Before that one its users were not all wanted down."""

    def shown(*words: str) -> list[str]:
        told = tell(DATED).plus(wish(3, "control1", NODES), *words, *all_down(100), f"910 {STOP}")
        (breach,) = told.result("S5").breaches
        assert breach.text.endswith("while linkeddisk was still on")
        return [str(event.details.get("of", event.name)) for event in breach.events]

    first, last = "blade1, blade2, rack1", "rack2"
    assert shown(wish(5, "control1", first), wish(6, "control1", last)) == [last, "command.sent"]
    assert shown(wish(5, "control1", last), wish(6, "control1", first)) == [first, "command.sent"]
