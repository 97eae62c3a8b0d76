"""Who may command, and that somebody does: S14, L5."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest


def test_S14_a_commander_commands_for_the_latest_incident_it_knows(outage: Any) -> None:
    told = outage.changed("command.sent linkeddisk", "command=flush", "command=flush epoch=1")

    assert told.plus("40 control1 journal.committed reference kind=declared epoch=1").broken == []
    assert told.result("S14").put_to_test == 17


def test_S14_a_command_for_an_incident_that_is_over_is_reported(outage: Any) -> None:
    told = outage.changed("command.sent linkeddisk", "command=flush", "command=flush epoch=1")
    heard = told.plus("400 control1 journal.heard reference epoch=2")

    assert heard.broken == ["S14"]
    assert heard.breach("S14") == (
        "control1 sent flush to linkeddisk at 454 s, for incident 1, and knew of incident 2"
    )
    assert told.plus("400 control1 journal.committed reference kind=planned epoch=2").broken == ["S14"]


def test_S14_what_only_the_other_node_knows_binds_nobody(outage: Any) -> None:
    told = outage.changed("command.sent linkeddisk", "command=flush", "command=flush epoch=1")

    assert told.plus("400 control2 journal.heard reference epoch=2").broken == []


def test_S14_a_command_without_the_lease_is_reported(outage: Any) -> None:
    told = outage.plus("450 control1 lease.lost reference")

    assert told.breach("S14") == "control1 sent flush to linkeddisk at 454 s, without the lease"


def test_S14_an_empty_stream_puts_nobody_to_the_test(tell: Any) -> None:
    result = tell("0 room run.started reference").result("S14")

    assert result.ok
    assert result.put_to_test == 0


CHANGE = """
-600 room run.started reference
-590 control1 lease.taken reference
100 room server.crashed control1 cause=fault
"""


def test_L5_the_other_node_takes_the_command_in_time(tell: Any) -> None:
    told = tell(CHANGE).plus("280 control2 lease.taken reference", "900 room run.ended reference")

    assert told.result("L5").ok
    assert told.result("L5").put_to_test == 2  # at the start, too


def test_L5_a_room_that_nobody_commands_is_reported(tell: Any) -> None:
    told = tell(CHANGE).plus("900 room run.ended reference")

    assert told.breach("L5") == (
        "nobody commanded from 700 s to 1500 s, though control2 was up; it may take 191 s"
    )


def test_L5_a_command_that_is_taken_too_late_is_reported_once(tell: Any) -> None:
    told = tell(CHANGE).plus("300 control2 lease.taken reference", "900 room run.ended reference")

    assert len(told.result("L5").breaches) == 1


def test_L5_with_no_node_up_nobody_can(tell: Any) -> None:
    told = tell(CHANGE).plus("110 room server.crashed control2 cause=fault", "900 room run.ended reference")

    assert told.result("L5").ok


def test_L5_a_commander_that_gives_up_the_lease_is_followed_too(tell: Any) -> None:
    told = (
        tell(CHANGE)
        .without("server.crashed")
        .plus("100 control1 lease.lost reference", "900 room run.ended reference")
    )

    assert told.result("L5").breaches


def test_L5_who_let_another_take_it_unheard_and_never_let_go_commands_when_that_one_has(tell: Any) -> None:
    """Parted, control1 has booted and taken it beside control2; they hear each other, and it lets go."""
    beside = ("100 control2 lease.taken reference", "200 control1 lease.taken reference")
    told = (
        tell(CHANGE)
        .without("server.crashed")
        .plus(*beside, "300 control1 lease.lost reference", "900 room run.ended reference")
    )

    assert told.result("L5").ok
    assert told.plus("250 control2 lease.lost reference").result("L5").breaches
    assert told.plus("400 control2 lease.lost reference").result("L5").breaches


def test_L5_N2_or_when_that_one_has_gone_down(tell: Any) -> None:
    """Parted from control2 it commands by its rank, and is shut down or dies (seed 72118)."""
    taken = "-580 control2 lease.taken reference", "-570 control1 lease.taken reference"
    told = tell(CHANGE).plus(*taken, "900 room run.ended reference")
    assert told.result("L5").ok
    assert told.plus("400 control2 lease.lost reference").result("L5").breaches
    assert told.plus("400 room server.halted control2", "500 room server.up control2").result("L5").breaches


def test_L5_nodes_that_go_by_different_files_are_told_apart_by_an_alarm(tell: Any) -> None:
    alarm = '120 control2 alarm.raised control2 rule=C9 text="another site file"'

    assert tell(CHANGE).plus(alarm, "900 room run.ended reference").result("L5").ok


@pytest.mark.parametrize(
    ("at_s", "of", "excused"),
    [
        (150.0, "control1", True),
        (50.0, "control1", True),
        (-590.0, "control1", True),
        (-590.1, "control1", False),
        (50.0, "control2", False),
    ],
)
def test_L5_that_nobody_may_follow_the_last_commander_is_said_once_while_he_commands_or_later(
    tell: Any, at_s: float, of: str, excused: bool
) -> None:
    """Parted from him, the other cannot know when that has ended, and says it no second time."""
    told = tell(CHANGE).plus("900 room run.ended reference")
    alarm = f'{at_s} control2 alarm.raised {of} rule=L5 text="silent, and nothing proves that it is down"'
    assert told.plus(alarm).result("L5").ok is excused


def test_L5_an_alarm_of_an_earlier_lease_does_not_count(tell: Any) -> None:
    alarm = '-500 control2 alarm.raised control1 rule=L5 text="silent, and nothing proves that it is down"'
    told = tell(CHANGE).plus(alarm, "900 room run.ended reference")
    assert told.result("L5").ok
    assert told.plus("-400 control1 lease.taken reference").result("L5").breaches


def test_L5_a_room_that_nobody_has_ever_commanded_is_reported(tell: Any) -> None:
    told = tell("-600 room run.started reference").plus("900 room run.ended reference")
    assert told.breach("L5").startswith("nobody commanded from 0 s to 1500 s, though control1 was up")


@pytest.mark.parametrize(
    ("silent", "more", "excused"),
    [
        (6, (), True),
        (5, (), False),
        (6, ("200 room card.answering ups6",), False),
        (6, ("200 control2 card.answering ups6",), False),
        (6, ("99 room ups.output_on ups1",), True),
    ],
    ids=["cut off", "a card is heard", "one answers", "and says so", "it has power"],
)
def test_L5_n1_of_who_is_without_power_there_is_no_proof_for_who_hears_no_card(
    tell: Any, silent: int, more: tuple[str, ...], excused: bool
) -> None:
    """A hand has booted it in an outage, and what feeds it has a dead card (seed 815075)."""
    cards = [f"-550 room card.silent ups{n}" for n in range(1, silent + 1)]
    lives = "-500 room server.up control2", "90 room ups.output_off ups1 cause=command"
    told = tell(CHANGE).plus(*cards, *lives, *more, "900 room run.ended reference")
    assert told.result("L5").breaches, "nobody has said so"
    alarm = '150 control2 alarm.raised control1 rule=L5 text="silent, and nothing proves that it is down"'
    assert told.plus(alarm).result("L5").ok is excused
