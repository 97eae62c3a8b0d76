"""S28: who is wanted up, and was told to stop by a node that could not know it, is started again."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from tests.told_well import CALM


def test_S28_who_is_wanted_up_and_was_told_to_stop_all_the_same_is_started_again(tell: Any) -> None:
    """By a node that could not know it, as S9 judges; whoever knows it makes up for that."""

    def starts(*lines: str, wish: str = "power_on", to: str = "rack2", word: str = "") -> bool:
        wanted = word or f"0 control1 request.accepted reference wish={wish} id=r1 of=rack2"
        told = f"20 control2 command.sent {to} command=shutdown"
        goes = ("10 room server.up rack2", told, "21 room server.shutting_down rack2", *lines)
        wake = "200 control1 command.sent rack2 command=wake"
        return not tell(CALM).plus(wanted, *goes, "90 room server.halted rack2", wake).result("S28").breaches

    assert starts()
    assert not starts(to="rack1"), "it went by a hand of its own"
    assert not starts(wish="power_off"), "it is wanted down"
    assert not starts("22 room server.up rack2"), "it has been up again since, and went by itself"
    restarts = "0 control1 schedule.fired reference id=night/1/off goal=reboot servers=rack2"
    begins = ("5 room server.shutting_down rack2", "8 room server.booting rack2")
    assert not starts(*begins, word=restarts), "it has been restarted, and nobody wants more of it"
