"""A release that no journal has kept: what it freed is held yet for who begins anew (L1, S27, C5, A10)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_judge.test_back_again_edges import late, text

FREE = "12000 control1 hold.released ups6"
UP = "12500 room service.begun control2"
WAITS = "13000 control2 step.waiting ups6 step=held rule=S27"
ROW = "12000 control1 journal.committed ups6 kind=held epoch=1"


@pytest.mark.parametrize(
    ("more", "owed"),
    [
        ((FREE,), True),
        ((FREE, UP, WAITS), False),
        ((FREE, WAITS), True),
        ((FREE, UP.replace("12500", "11999"), WAITS), True),
        ((FREE, UP.replace("control2", "control1"), WAITS), True),
        ((FREE, UP, WAITS, ROW), True),
        ((FREE, UP, WAITS, ROW.replace("12000", "11999.999")), True),
        ((FREE, UP, WAITS, ROW.replace("12000", "12000.001")), True),
        ((FREE, UP, WAITS, ROW.replace("12000", "11999")), False),
        ((FREE, UP, WAITS, ROW.replace("12000", "12001")), False),
        ((FREE, UP, WAITS, ROW.replace("control1", "control2")), False),
        ((FREE, UP, WAITS, ROW.replace("ups6", "ups5")), False),
        ((FREE, UP, WAITS, ROW.replace("held", "lease")), False),
        ((FREE, UP, WAITS.replace("13000", "30000")), False),
        ((FREE, UP, WAITS.replace("13000", "11999")), True),
        ((FREE, UP, WAITS.replace("ups6", "ups5")), True),
        ((FREE, UP, WAITS.replace("S27", "S17")), True),
        ((FREE, UP, WAITS, "14000 control1 hold.set ups6", FREE.replace("12", "15")), True),
    ],
)
def test_l1_c5_a_release_that_is_not_kept_and_waited_for_again_is_forgotten(
    outage: Any, more: tuple[str, ...], owed: bool
) -> None:
    telling = late(outage, "server.up rack2").plus("7300 control1 hold.set ups6", *more)
    assert text(telling).startswith("rack2 not up") is owed


LOST = "12500 control1 journal.committed control1 kind=lease epoch=0"
ALONE = "11000 room server.halted control2"


@pytest.mark.parametrize(
    ("more", "owed"),
    [
        ((ALONE, LOST), False),
        ((LOST,), True),
        ((ALONE, "12400 room server.up control2", LOST), True),
        ((ALONE, LOST, "12600 room server.up control2"), False),
        ((ALONE, LOST.replace("epoch=0", "epoch=1")), True),
        ((ALONE, LOST.replace("kind=lease", "kind=watched")), True),
        ((ALONE, LOST.replace("12500 control1", "12500 control2")), True),
        ((ALONE, LOST.replace("12500", "11999")), True),
    ],
)
def test_l1_c5_so_is_one_whose_only_journal_is_lost(outage: Any, more: tuple[str, ...], owed: bool) -> None:
    held, its_own = (
        "7300 control1 hold.set ups6",
        (UP.replace("control2", "control1"), WAITS.replace("control2", "control1")),
    )
    telling = late(outage, "server.up rack2").plus(held, FREE, ROW, *its_own, *more)
    assert ("rack2" in text(telling)) is owed
