"""An OFF that is written down, and has become another one when it is sent (S29, S30)."""

from __future__ import annotations

from datetime import datetime

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Off
from sequencer.power_off import is_news
from sequencer.requests import Wish
from sim.story import Asked, Managed, Manager
from tests.excused import holds
from tests.hands import HandRoom
from tests.nights import TOKYO, control_nights, night_site, tonight

DELAY_S = 420.0


@pytest.mark.parametrize(
    ("returns", "how", "delay_s", "news"),
    [
        (False, Off.SLEEP, DELAY_S, True),
        (False, Off.GRACEFUL, DELAY_S, True),
        (False, Off.DELAYED, 180.0, False),
        (False, Off.UNTIL_MAINS, DELAY_S, False),
        (True, Off.UNTIL_MAINS, DELAY_S, True),
        (True, Off.SLEEP, DELAY_S, False),
    ],
)
def test_s29_a_row_of_another_delay_or_another_return_is_written_down_anew(
    by_hand: HandRoom, returns: bool, how: Off, delay_s: float, news: bool
) -> None:
    run = by_hand.run
    details = {"falls_in_s": DELAY_S, **({"returns": True} if returns else {})}
    run.hear(Row(Kind.OFF_ARMED, "ups3", 1, "control1/1", 0.0, details))
    assert is_news(run, run.site.upses["ups3"], how, delay_s) is news


def test_s29_a_disks_sleep_that_becomes_too_short_while_a_held_ups_is_waited_for() -> None:
    """It is told to stay off, until a node that has slept switches it on (seed 44955)."""
    tale = tonight(
        Asked(-600, Wish.HOLD, ("ups2",)),
        Managed(110, Manager.SHUTDOWN, "ssccluster"),
        site=night_site(control_nights(off="14:16", on="14:46")),
        zero=datetime(2026, 11, 20, 14, 10, tzinfo=TOKYO),
        until_s=300,
    )
    holds(tale)
    rows = tale.all("journal.committed ups3 kind=off_armed")
    assert [row.details["falls_in_s"] for row in rows] == [420.0, 180.0]
    assert tale.times("command.sent ups3 command=off how=delayed")
