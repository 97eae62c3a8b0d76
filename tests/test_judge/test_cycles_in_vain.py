"""L10: nodes that had gone for their disk in vain have a cause to go once more (U2, U5)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM


def broken(telling: Any) -> bool:
    return bool(telling.result("L10").breaches)


IN_VAIN = (
    "0 room ups.on_battery ups3",
    "900 control1 outage.confirmed ups3",
    "1000 control1 command.sent ups3 command=off",
    "1001 control1 command.failed ups3 command=off",
    "1400 room ups.output_off ups1 cause=command",
    "1500 room ups.output_on ups1 cause=return",
    "1849 control1 command.sent ups3 command=off",
)
"""The control side has gone, and its disk's card has not taken the OFF for which it did."""
TAKEN = "1850 room ups.off_armed ups3 falls_at=2030"
ONCE_MORE = ("2300 room ups.output_off ups1 cause=command", "2400 room ups.output_on ups1 cause=return")


@pytest.mark.parametrize(
    ("more", "too_often"),
    [
        (("1433 room card.answering ups3", TAKEN), False),
        (("1433 room card.answering ups3",), True),
        ((TAKEN,), True),
        (("1433 room card.answering ups2", TAKEN), True),
        (("1433 room card.answering ups3", "1434 room ups.off_armed ups2 falls_at=2030"), True),
        (("1433 room card.answering ups3", "1700 control1 incident.closed reference", TAKEN), True),
        (("990 room card.answering ups3", TAKEN), True),
        (("1433 room card.answering ups3", "2300 room ups.off_armed ups3 falls_at=2480"), False),
        (("1433 room card.answering ups3", "2301 room ups.off_armed ups3 falls_at=2480"), True),
        (("1433 room card.answering ups3", TAKEN, "2410 room ups.output_off ups1 cause=command"), True),
    ],
)
def test_L10_u2_a_disk_that_takes_its_off_when_its_card_answers_again_is_a_cause_for_the_nodes(
    tell: Any, more: tuple[str, ...], too_often: bool
) -> None:
    assert broken(tell(CALM).plus(*IN_VAIN, *more, *ONCE_MORE)) is too_often


@pytest.mark.parametrize("told", ["command.failed ups3 command=on", "command.failed ups4 command=off"])
def test_L10_u2_nothing_else_that_was_not_taken_is(tell: Any, told: str) -> None:
    again = tell(CALM).plus(*IN_VAIN[:3], *IN_VAIN[4:], f"1001 control1 {told}")
    cards = [f"1433 room card.answering {ups}" for ups in ("ups3", "ups4")]
    taken = [f"1850 room ups.off_armed {ups} falls_at=2030" for ups in ("ups3", "ups4")]
    assert broken(again.plus(*cards, *taken, *ONCE_MORE))


def test_L10_u2_a_node_may_be_told_once_more_for_it_and_its_disk_or_a_linked_server_may_not(
    tell: Any,
) -> None:
    late = tell(CALM).plus(*IN_VAIN, "1433 room card.answering ups3", TAKEN)

    def stops(name: str, times: int) -> Any:
        told = [f"{3000 + 300 * n} control1 command.sent {name} command=shutdown" for n in range(times)]
        goes = [f"{3001 + 300 * n} room server.shutting_down {name}" for n in range(times)]
        back = [f"{3200 + 300 * n} room server.up {name}" for n in range(times)]
        return late.plus(*told, *goes, *back)

    assert [broken(stops("control1", n)) for n in (3, 4)] == [False, True]
    assert [broken(stops("blade1", n)) for n in (1, 2)] == [False, True]
    falls = [f"{2030 + 100 * n} room ups.output_off ups3 cause=command" for n in range(2)]
    on = [f"{2080 + 100 * n} room ups.output_on ups3 cause=command" for n in range(2)]
    assert broken(late.plus(*falls, *on))


def test_L10_u2_of_several_disks_the_one_counts_that_was_told_in_vain_most_often(tell: Any) -> None:
    telling = tell(CALM)
    ups7 = replace(telling.site.upses["ups3"], name="ups7", number=7)
    mirror = {"name": "mirror", "controllers": ("ups7",), "enclosures": ("ups7",)}
    disk = replace(telling.site.arrays["controldisk"], **mirror)
    both = telling.at_site(
        upses={**telling.site.upses, "ups7": ups7}, arrays={**telling.site.arrays, "mirror": disk}
    ).plus(*IN_VAIN)
    for ups, times_s in (("ups7", (1010,)), ("ups3", (1010, 2500))):
        for at_s in times_s:
            both = both.plus(
                f"{at_s} control1 command.failed {ups} command=off",
                f"{at_s + 100} room card.answering {ups}",
                f"{at_s + 200} room ups.off_armed {ups} falls_at={at_s + 300}",
            )
    twice = both.plus(
        *ONCE_MORE, "3000 room ups.output_off ups1 cause=command", "3100 room ups.output_on ups1 cause=return"
    )
    assert not broken(twice)
    assert broken(twice.plus("3600 room ups.output_off ups1 cause=command"))


IGNORED = (
    "0 room ups.on_battery ups3",
    "900 control1 outage.confirmed ups3",
    "1000 control1 command.sent ups3 command=off falls_in_s=180 epoch=1",
    "1400 room ups.output_off ups1 cause=command",
    "1500 room ups.output_on ups1 cause=return",
)
"""The control side has gone, and its disk's card has answered to the OFF for which it did, and is on."""


@pytest.mark.parametrize(
    ("more", "too_often"),
    [
        ((), False),
        (("1000 room ups.output_off ups3 cause=command",), True),
        (("1210 room ups.output_off ups3 cause=command",), True),
        (("1211 room ups.output_off ups3 cause=exhausted",), False),
        (("999 room ups.output_off ups3 cause=command",), False),
        (("1200 room ups.output_off ups4 cause=command",), False),
        (("1001 control1 command.failed ups3 command=off",), True),
        (("1000 control1 command.failed ups3 command=off",), True),
        (("1002 control1 command.failed ups3 command=off",), False),
        (("999 control1 command.failed ups3 command=off",), False),
        (("1001 control1 command.failed ups4 command=off",), False),
        (("2410 room ups.output_off ups1 cause=command",), True),
        (
            (
                "2000 control1 command.sent ups3 command=off falls_in_s=180 epoch=1",
                "2410 room ups.output_off ups1 cause=command",
            ),
            True,
        ),
        (
            (
                "2000 control1 command.sent ups3 command=off falls_in_s=180 epoch=2",
                "2410 room ups.output_off ups1 cause=command",
            ),
            False,
        ),
    ],
)
def test_L10_u5_a_disk_that_has_ignored_its_off_is_a_cause_for_the_nodes_once(
    tell: Any, more: tuple[str, ...], too_often: bool
) -> None:
    assert broken(tell(CALM).plus(*IGNORED, *more, *ONCE_MORE)) is too_often


@pytest.mark.parametrize(
    ("told", "too_often"),
    [
        ("2089 control1 command.sent ups3 command=off falls_in_s=180 epoch=1", False),
        ("2090 control1 command.sent ups3 command=off falls_in_s=180 epoch=1", True),
        ("1000 control1 command.sent ups3 command=on", True),
        ("1000 control1 command.sent ups4 command=off falls_in_s=0 epoch=1", True),
    ],
)
def test_L10_u5_not_before_its_time_is_over_nor_another_command(
    tell: Any, told: str, too_often: bool
) -> None:
    assert broken(tell(CALM).plus(*IGNORED[:2], *IGNORED[3:], told, *ONCE_MORE)) is too_often
