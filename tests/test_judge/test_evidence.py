"""What a node must have seen: S10, S11, S12."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

CALM = """
-600 room run.started reference
-590 control1 lease.taken reference
9000 room run.ended reference
"""
LOST = "0 room mains.lost ups5"
SEEN = "2 control1 ups.on_battery ups5"
CONFIRMED = '62 control1 outage.confirmed ups5 because="on battery 60 s" first_seen=602'


@pytest.fixture
def calm(tell: Any) -> Any:
    return tell(CALM)


def test_S10_an_outage_after_its_whole_confirm_time_counts(calm: Any) -> None:
    told = calm.plus(LOST, SEEN, CONFIRMED)

    assert told.broken == []
    assert told.result("S10").put_to_test == 1


def test_S10_an_outage_that_counts_too_early_is_reported(calm: Any) -> None:
    told = calm.plus(LOST, SEEN, CONFIRMED.replace("62", "40", 1))

    assert told.broken == ["S10"]
    assert told.breach("S10") == "control1 confirmed the outage of ups5 at 40 s, after 38 s of its 60 s"


def test_S10_mains_in_between_begin_the_time_anew(calm: Any) -> None:
    blink = "30 control1 ups.on_line ups5", "32 control1 ups.on_battery ups5"

    assert calm.plus(LOST, SEEN, *blink, CONFIRMED).broken == ["S10"]
    assert calm.plus(LOST, SEEN, *blink, CONFIRMED.replace("62", "92", 1)).broken == []


def test_S10_what_another_node_saw_does_not_count(calm: Any) -> None:
    other = calm.plus(
        LOST, SEEN, "40 control2 ups.on_battery ups5", CONFIRMED.replace("control1", "control2")
    )

    assert "S10" in other.broken


def test_S10_a_node_that_saw_mains_last_confirms_nothing(calm: Any) -> None:
    told = calm.plus(LOST, SEEN, "30 control1 ups.on_line ups5", CONFIRMED)

    assert told.breach("S10") == "control1 confirmed the outage of ups5 at 62 s, and saw it on mains"


def test_S10_a_low_battery_on_battery_counts_at_once(calm: Any) -> None:
    low = '9 control1 outage.confirmed ups5 because="low battery" first_seen=602'

    assert calm.plus(LOST, SEEN, "9 control1 ups.low_battery ups5", low).broken == []
    assert calm.plus(LOST, SEEN, low).broken == ["S10"]


def test_S10_silence_neither_resets_nor_ends_the_time(calm: Any) -> None:
    silent = "20 control1 card.silent ups5"
    again = "50 control1 card.answering ups5", "50 control1 ups.on_battery ups5"

    assert calm.plus(LOST, SEEN, silent, CONFIRMED).broken == []
    assert calm.plus(LOST, SEEN, silent, *again, CONFIRMED).broken == []


def test_S10_a_silent_ups_counts_from_when_the_others_of_its_feed_were_seen_out(calm: Any) -> None:
    others = [f"40 control1 ups.on_battery {ups}" for ups in ("ups1", "ups2", "ups3", "ups4", "ups6")]
    dark = calm.plus("0 room mains.lost utility", "5 control1 card.silent ups5", *others)

    assert "S10" not in dark.plus(CONFIRMED.replace("62", "101", 1)).broken
    assert "S10" in dark.plus(CONFIRMED).broken


def test_S10_a_node_that_takes_over_is_judged_by_what_it_wrote_down(calm: Any) -> None:
    seen = "40 control2 ups.on_battery ups5"
    row = "control2 journal.committed ups5 kind=confirmed"

    assert "S10" in calm.plus(LOST, seen, f"62 {row}").broken
    assert "S10" not in calm.plus(LOST, seen, f"101 {row}").broken


def test_S10_a_row_of_what_was_said_already_is_not_judged_twice(calm: Any) -> None:
    told = calm.plus(LOST, SEEN, CONFIRMED, "63 control2 journal.committed ups5 kind=confirmed")

    assert told.result("S10").put_to_test == 1


def test_S10_at_its_first_look_a_node_tells_nothing_but_its_own_word_counts_from_its_boot(calm: Any) -> None:
    assert calm.plus(LOST, CONFIRMED).broken == []
    assert calm.plus(LOST, "30 room server.up control1", CONFIRMED).broken == ["S10"]
    assert calm.plus(LOST, CONFIRMED.replace("first_seen=602", "first_seen=630")).broken == ["S10"]


def test_S12_a_ups_that_fell_silent_on_mains_is_in_no_outage(calm: Any) -> None:
    seen = [f"-300 control1 ups.on_line {ups}" for ups in ("ups1", "ups2", "ups3", "ups4", "ups5", "ups6")]
    told = calm.plus(*seen, "0 room card.silent ups5", "10 control1 card.silent ups5", CONFIRMED)

    assert told.broken == ["S12"]
    assert told.breach("S12") == (
        "control1 confirmed the outage of ups5 at 662 s; it had been silent since 610 s, "
        "and nobody on its feed was on battery"
    )


def test_S12_with_somebody_of_its_feed_on_battery_silence_is_believed(calm: Any) -> None:
    dark = calm.plus(
        "0 room mains.lost utility", "1 control1 ups.on_battery ups6", "1 control1 card.silent ups5"
    )
    result = dark.plus(CONFIRMED).result("S12")

    assert result.ok
    assert result.put_to_test == 1


def test_S12_says_nothing_of_cards_that_answer(calm: Any) -> None:
    assert calm.plus(LOST, SEEN, CONFIRMED).result("S12").put_to_test == 0


def test_S11_a_start_on_a_fresh_reading_holds(outage: Any) -> None:
    told = outage.changed("command.sent ups4 command=on", "command=on", "command=on epoch=1 age_s=4.9")

    assert told.broken == []
    assert told.result("S11").put_to_test == 1


def test_S11_a_start_on_a_stale_reading_is_reported(outage: Any) -> None:
    told = outage.changed("command.sent ups4 command=on", "command=on", "command=on epoch=1 age_s=11.5")

    assert told.broken == ["S11"]
    assert told.breach("S11") == (
        "control1 sent on to ups4 at 8076 s, by a reading 12 s old; it is stale after 11 s"
    )


def test_S11_a_ups_that_was_never_heard_is_not_switched_on(outage: Any) -> None:
    told = outage.changed("command.sent ups4 command=on", "command=on", "command=on epoch=1")

    assert told.breach("S11") == "control1 sent on to ups4 at 8076 s, which it had never heard"


def test_S11_a_ups_whose_card_has_fallen_silent_is_not_switched_on(outage: Any) -> None:
    told = outage.changed("command.sent ups4 command=on", "command=on", "command=on epoch=1 age_s=3")

    assert told.plus("8070 control1 card.silent ups4").broken == ["S11"]
    assert told.plus("8070 control2 card.silent ups4").broken == []  # the other node's trouble
    answers = "8060 control1 card.silent ups4", "8070 control1 card.answering ups4"
    assert told.plus(*answers).broken == []


def test_S11_says_nothing_of_a_stream_that_tells_no_ages(outage: Any) -> None:
    assert outage.result("S11").put_to_test == 0


def too_soon(telling: Any) -> bool:
    return bool(telling.result("S10").breaches)


def test_S10_p7_s18_one_that_has_run_empty_by_then_had_lasted_for_less_than_its_own_stop(tell: Any) -> None:
    """Whoever takes the command writes down what its own watch had confirmed before; that it is off now tells
    nothing of its runtime. Once it has its mains again that is over."""
    early = tell(CALM).plus(
        "-300 control1 ups.on_line ups5",
        LOST,
        "1 room ups.on_battery ups5",
        "2 control1 ups.on_battery ups5",
        "10 control1 outage.confirmed ups5",
    )

    def emptied(at_s: float, *later: str, ups: str = "ups5") -> Any:
        names = "exhausted", "output_off"
        return early.plus(*(f"{at_s} room ups.{name} {ups} cause=exhausted" for name in names), *later)

    assert too_soon(early)
    assert not too_soon(emptied(9))
    assert not too_soon(emptied(10)), "in that very moment"
    assert too_soon(emptied(10.1)), "not yet"
    assert too_soon(emptied(9, ups="ups6")), "another one"
    mains = "9.5 room ups.on_line ups5", "9.6 room ups.on_battery ups5"
    assert too_soon(emptied(9, mains[0])), "it has mains again"
    assert too_soon(emptied(9, *mains)), "and lost them anew"
