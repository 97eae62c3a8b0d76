"""A release that no journal has kept: what it freed is held yet for who begins anew (L1, S27, C5, A10)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_judge.test_back_again_edges import late, text

FREE = "12000 control1 hold.released ups6"
WAITS = "13000 control2 step.waiting ups6 step=held rule=S27"
ROW = "12000 control1 journal.committed ups6 kind=held epoch=1"


@pytest.mark.parametrize(
    ("more", "owed"),
    [
        ((FREE,), True),
        ((FREE, WAITS), False),
        ((FREE, WAITS, ROW), True),
        ((FREE, WAITS, ROW.replace("12000", "11999")), False),
        ((FREE, WAITS, ROW.replace("12000", "12001")), False),
        ((FREE, WAITS, ROW.replace("control1", "control2")), False),
        ((FREE, WAITS, ROW.replace("ups6", "ups5")), False),
        ((FREE, WAITS, ROW.replace("held", "lease")), False),
        ((FREE, WAITS.replace("13000", "30000")), False),
        ((FREE, WAITS.replace("13000", "11999")), True),
        ((FREE, WAITS.replace("ups6", "ups5")), True),
        ((FREE, WAITS.replace("S27", "S17")), True),
        ((FREE, WAITS, "14000 control1 hold.set ups6", FREE.replace("12", "15")), True),
    ],
)
def test_l1_c5_a_release_that_is_not_kept_and_waited_for_again_is_forgotten(
    outage: Any, more: tuple[str, ...], owed: bool
) -> None:
    telling = late(outage, "server.up rack2").plus("7300 control1 hold.set ups6", *more)
    assert text(telling).startswith("rack2 not up") is owed
