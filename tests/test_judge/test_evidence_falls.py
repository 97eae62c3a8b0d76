"""S10: of whom the output went while he was on his battery, by an OFF that nobody knows or at its end."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from tests.test_judge.test_evidence_edges import CONFIRM_S, confirmed, known, s10
from tests.told_well import CALM

OTHERS = ("ups1", "ups2", "ups3", "ups4", "ups6")


def goes_off(tell: Any, *, others_s: int) -> Any:
    """ups5, and falls silent; and when the others of its feed tell that they are on battery."""
    others = (f"{others_s} control1 ups.on_battery {ups}" for ups in OTHERS)
    its_own = (
        "2 control1 ups.on_battery ups5",
        "20 control1 ups.output_off ups5",
        "30 control1 card.silent ups5",
    )
    return known(tell).plus(*its_own, *others)


def test_S10_one_that_went_off_and_fell_silent_counts_from_when_it_was_on_its_battery_itself(
    tell: Any,
) -> None:
    """Before the others of its feed told so."""
    went = goes_off(tell, others_s=9)
    assert s10(went.plus(confirmed(2 + CONFIRM_S))) == []
    assert s10(went.plus(confirmed(CONFIRM_S))) == [
        "control1 confirmed the outage of ups5 at 60 s, after 58 s of its 60 s"
    ]


def test_S10_one_that_went_off_on_its_battery_counts_from_that_though_others_of_its_feed_had_mains(
    tell: Any,
) -> None:
    """Nobody has seen its mains since, and an OFF of which a node has not heard proves nothing of them."""
    went = goes_off(tell, others_s=40)
    assert s10(went.plus(confirmed(2 + CONFIRM_S))) == []
    assert s10(went.plus(confirmed(CONFIRM_S)))
    assert s10(went.plus("25 control1 ups.on_line ups5", confirmed(2 + CONFIRM_S)))
    twice = went.plus("21 control1 ups.on_battery ups5", "22 control1 ups.output_off ups5")
    assert s10(twice.plus(confirmed(2 + CONFIRM_S))) == []


def test_S10_c1_one_that_went_off_on_the_battery_of_the_first_look_counts_by_its_nodes_word(
    tell: Any,
) -> None:
    born = tell(CALM).plus("-9 room server.up control1", "-8 control1 lease.taken reference")
    born = born.plus(*(f"-7 control1 ups.on_line {ups}" for ups in OTHERS))
    went = born.plus("20 control1 ups.output_off ups5", "30 control1 card.silent ups5")
    went = went.plus("40 control1 ups.on_battery ups6", "-90 room ups.on_battery ups5")
    assert s10(went.plus(confirmed(62, first_seen="602"))) == []
    assert s10(went.plus(confirmed(62, first_seen="606"))), "it says itself that it is too early"
    assert s10(went.plus(confirmed(62, first_seen="602"), "1 room ups.on_line ups5")), "it was not on it"
    back = "32 control1 card.answering ups5", "32 control1 ups.on_line ups5", "36 control1 card.silent ups5"
    assert s10(went.plus(*back, confirmed(62, first_seen="602"))), "its mains were seen since"


def test_S10_c7_a_row_of_one_that_was_on_battery_at_the_first_look_counts_from_the_boot_of_who_wrote_it(
    tell: Any,
) -> None:
    """Its card seemed to fall silent, for the service stood still; no row tells since when it was timed."""
    born = tell(CALM).plus("-9 room server.up control1", "55 control1 lease.taken reference")
    born = born.plus("40 control1 card.silent ups5", "41 control1 card.answering ups5")
    born = born.plus("41 control1 ups.on_battery ups5")
    row = 'journal.committed ups5 kind="confirmed"'
    lost = "-10 room ups.on_battery ups5"
    assert s10(born.plus(f"{CONFIRM_S - 9} control1 {row}", lost)) == []
    assert s10(born.plus(f"{CONFIRM_S - 11} control1 {row}", lost)), "not before that boot"
    assert s10(born.plus(f"{CONFIRM_S - 9} control1 {row}", lost, "-9.5 room ups.on_line ups5")), "it was not"
    late = f"{CONFIRM_S - 9} control1 {row}"
    back_s = 40 - born.site.polling.stale_after_s(born.site.polling.on_line_s)
    blinks = f"{back_s} room ups.on_line ups5", "40 room ups.on_battery ups5"
    assert s10(born.plus(late, lost, *blinks)) == [], "nobody may have seen that"
    assert s10(born.plus(late, lost, blinks[0].replace(f"{back_s}", f"{back_s - 0.5}"), blinks[1]))
    assert s10(born.plus(late, lost, f"{back_s - 1} room ups.on_line ups6")) == [], "another"
    assert s10(born.plus(late, lost, "42 room ups.on_line ups5")) == [], "it was told by then"


def test_S10_c2_what_a_row_tells_of_who_was_low_at_its_first_look_counts_by_the_rooms_truth(
    tell: Any,
) -> None:
    """Who boots, and takes the command, writes down what he saw then, and no word says why (two-feeds,
    crowded seed 7100423)."""
    row = '5 control1 journal.committed ups5 kind="confirmed"'
    boots = "-300 room server.halted control1", "4 room server.up control1"
    life = tell(CALM).plus(*boots, "0 room mains.lost utility", "0 room ups.on_battery ups5", row)
    low = life.plus("3 room ups.low_battery ups5")
    assert low.result("S10").breaches == ()
    assert life.result("S10").breaches
    assert life.plus("6 room ups.low_battery ups5").result("S10").breaches, "not by then"
    assert low.plus("4.5 room ups.on_line ups5").result("S10").breaches, "nor any more"
    told = low.plus("4.5 control1 ups.on_battery ups5")
    assert told.result("S10").breaches, "he has told what he saw, and nothing of a low battery"
