"""S10: whom a node has seen on his battery at its first look, and has told of only after a silence (N3)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.test_judge.test_evidence_edges import confirmed, s10
from tests.told_well import CALM


@pytest.mark.parametrize(
    ("truth", "early"),
    [
        (["1 room ups.on_battery ups1"], False),
        (["1 room ups.on_battery ups2"], True),
        (["1 room ups.on_battery ups1", "14 room ups.on_line ups1"], True),
        (["1 room ups.on_battery ups1", "-3 control1 ups.on_line ups1"], True),
    ],
)
def test_S10_n3_a_silent_one_counts_from_when_its_node_says_that_such_a_one_of_its_feed_was_seen(
    tell: Any, truth: list[str], early: bool
) -> None:
    """On a network that loses nearly all: only the mains of ups5 were ever heard before (seed 36769)."""
    told = tell(CALM).plus(
        "-20 room server.up control1",
        *(f"-19 control1 ups.on_line ups{n}" for n in (2, 3, 4, 5, 6)),
        *(f"-5 control1 card.silent ups{n}" for n in (2, 3, 4, 5, 6)),
        "15 control1 card.silent ups1",
        "38 control1 card.answering ups1",
        "38 control1 ups.on_battery ups1",
        "38.5 control1 card.silent ups1",
        *truth,
        confirmed(72, first_seen="611"),
    )
    assert bool(s10(told)) is early


@pytest.mark.parametrize(
    ("truth", "early"),
    [
        (["-600 room ups.on_battery ups5"], False),
        (
            ["-600 room ups.on_battery ups5", "-595 room ups.on_line ups5", "-540 room ups.on_battery ups5"],
            True,
        ),
        (["-575 room ups.on_battery ups5"], True),
    ],
)
def test_S10_n3_of_a_row_of_who_was_there_as_the_stream_began_the_rooms_truth_counts_from_then(
    tell: Any, truth: list[str], early: bool
) -> None:
    """A row says of no time when its writer has seen it first (seeds 143046, 172073)."""
    told = tell(CALM).plus(
        *truth,
        "-560 control2 card.silent ups5",
        "-550 control2 card.answering ups5",
        "-550 control2 ups.on_battery ups5",
        "-538 control2 journal.committed ups5 kind=confirmed epoch=1",
    )
    assert bool(s10(told)) is early


@pytest.mark.parametrize(
    ("truth", "early"),
    [
        (["1 room ups.on_battery ups3"], False),
        (["20 room ups.on_battery ups3"], True),
        (["1 room ups.on_battery ups3", "14 room ups.on_line ups3", "40 room ups.on_battery ups3"], True),
        (["1 room ups.on_battery ups3", "-5 control1 ups.on_line ups3"], True),
        ([], True),
    ],
)
def test_S10_n1_one_of_its_feed_that_was_on_battery_at_its_nodes_first_look_is_the_first_of_all(
    tell: Any, truth: list[str], early: bool
) -> None:
    """All cards went dark before the mains did, that of ups3 before it was ever heard (seed 122239)."""
    told = tell(CALM).plus(
        *(f"-19 control1 ups.on_line ups{n}" for n in (1, 2, 4, 5, 6)),
        *(f"-5 control1 card.silent ups{n}" for n in (1, 2, 4, 5, 6)),
        "42 control1 card.answering ups6",
        "42 control1 ups.on_battery ups6",
        "60 control1 card.answering ups5",
        "60 control1 ups.on_battery ups5",
        *truth,
        confirmed(72, first_seen="611"),
    )
    assert bool(s10(told)) is early


def test_S10_p3_a_battery_that_lasted_for_its_own_stop_only_counts_though_a_node_on_it_has_halted_since(
    tell: Any,
) -> None:
    """Whoever takes the command then tells what it timed itself; what is left lasts longer (seed 182530)."""
    told = tell(CALM).plus(
        "-19 control1 ups.on_line ups5",
        "1 room ups.charge ups5 charge_pct=11 runtime_s=399",
        "2 control1 ups.on_battery ups5",
        "30 room ups.charge ups5 charge_pct=10 runtime_s=9445",
        confirmed(40, first_seen="602"),
    )
    assert s10(told) == []
    assert s10(told.changed("runtime_s=399", "399", "3999")), "it never was so short"
    assert s10(told.changed("outage.confirmed", "602", "635")), "nor when its time began"
