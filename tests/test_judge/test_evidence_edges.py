"""What counts as seen, from when, and by whom: S10, S11, S12."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from sequencer.timing import last_call_s
from sequencer.watch import LASTS_NO_LONGER
from teiden.judge.invariants.invariant import LATENCY_S
from tests.told_well import CALM

LOST = "0 room mains.lost utility"
CONFIRM_S = 60.0
OTHER = "2 control1 ups.on_battery ups6"
QUIET = [f"-300 control1 ups.on_line {ups}" for ups in ("ups1", "ups2", "ups3", "ups4", "ups5", "ups6")]


def confirmed(at_s: float, by: str = "control1", **details: str) -> str:
    more = "".join(f' {key}="{value}"' for key, value in details.items())
    return f"{at_s} {by} outage.confirmed ups5{more}"


OFF_AT_25 = "25 room ups.output_off ups5 cause=exhausted", "25.1 control1 ups.output_off ups5"


def s10(telling: Any) -> list[str]:
    return [breach.text for breach in telling.result("S10").breaches]


def known(tell: Any) -> Any:
    """control1 has seen every UPS on its mains since it began."""
    return tell(CALM).plus(*QUIET, LOST)


@pytest.mark.parametrize(("lasted_s", "early"), [(59.0, False), (58.9, True)])
def test_S10_the_confirm_time_is_whole_but_for_a_second(tell: Any, lasted_s: float, early: bool) -> None:
    told = known(tell).plus("2 control1 ups.on_battery ups5", confirmed(2 + lasted_s))
    assert bool(s10(told)) is early


def test_S10_low_when_it_was_first_seen_counts_at_once_only_if_it_was_never_told_of(tell: Any) -> None:
    low = confirmed(5, because="low battery", first_seen="602")
    assert s10(tell(CALM).plus(LOST, low)) == []
    assert s10(known(tell).plus("2 control1 ups.on_battery ups5", low))
    said = known(tell).plus("2 control1 ups.on_battery ups5", "4 control1 ups.low_battery ups5")
    assert s10(said.plus(confirmed(5))) == []


def test_S10_x02_what_counted_for_its_low_battery_does_so_when_that_has_ended_too(tell: Any) -> None:
    """Whoever takes the command then writes down what its own watch had confirmed before (L3)."""
    told = known(tell).plus("2 control1 ups.on_battery ups5", "4 control1 ups.low_battery ups5")
    row = "7 control1 journal.committed ups5 kind=confirmed"
    assert s10(told.plus("5 control1 ups.output_off ups5", row)) == []
    mains = told.plus("5 control1 ups.on_line ups5", "6 control1 ups.on_battery ups5")
    assert s10(mains.plus(row)), "that is another outage"


def test_S10_a_silent_one_counts_from_when_the_first_other_of_its_feed_was_seen(tell: Any) -> None:
    silent = known(tell).plus(
        "-9 control1 card.silent ups5", OTHER, "30 control1 ups.on_battery ups4", confirmed(2 + CONFIRM_S)
    )
    assert s10(silent) == []
    assert s10(silent.moved("on_battery ups6", 20)) == [
        "control1 confirmed the outage of ups5 at 62 s, after 42 s of its 60 s"
    ]
    gone = silent.plus("3 control1 card.silent ups6")
    assert s10(gone) == ["control1 confirmed the outage of ups5 at 62 s, after 32 s of its 60 s"], (
        "ups4's word"
    )


def test_S12_where_nobody_answers_any_more_the_last_word_of_who_fell_silent_later_counts(tell: Any) -> None:
    silent = known(tell).plus("-9 control1 card.silent ups5", OTHER, confirmed(2 + CONFIRM_S))
    dark = silent.plus(*(f"30 control1 card.silent ups{n}" for n in (1, 2, 3, 4, 6)))
    assert dark.result("S12").breaches == ()
    assert s10(dark) == []
    assert s10(dark.moved("on_battery ups6", 20)), "the time counts from that word on"
    assert dark.without("on_battery ups6").result("S12").breaches, "they were on their mains"
    answers = dark.without("card.silent ups4")
    assert answers.result("S12").breaches, "ups4 answers, and has its mains"
    before = dark.moved("card.silent ups6", -10).moved("on_battery ups6", -20)
    assert before.result("S12").breaches, "ups6 was silent already: its outage may have been another"


def test_S12_with_nobody_else_on_battery_silence_is_none(tell: Any) -> None:
    silent = known(tell).plus("-9 control1 card.silent ups5", confirmed(62))
    (breach,) = silent.result("S12").breaches
    assert breach.text == (
        "control1 confirmed the outage of ups5 at 62 s; it had been silent since -9 s, "
        "and nobody on its feed was on battery"
    )
    assert s10(silent) == []
    assert silent.result("S10").put_to_test == 0
    assert silent.plus(OTHER).result("S12").breaches == ()
    last = silent.plus("-10 control1 ups.on_battery ups5")
    assert last.result("S12").breaches == (), "its last word was from the battery"
    assert last.result("S12").put_to_test == 1


def test_S12_one_whose_output_went_while_it_was_on_battery_did_not_just_fall_silent(tell: Any) -> None:
    """Its card goes with it: whoever takes the command writes down what he timed before."""
    silent = known(tell).plus(
        "-10 control1 ups.output_off ups5", "-9 control1 card.silent ups5", confirmed(62)
    )
    assert silent.result("S12").breaches, "it was switched off on its mains"
    fell = silent.plus("-20 control1 ups.on_battery ups5")
    assert fell.result("S12").breaches == ()
    assert fell.plus("-9.5 control1 ups.on_line ups5").result("S12").breaches, "it has been on mains since"


def test_S12_somebody_who_may_have_been_on_battery_at_the_first_look_is_not_nobody(tell: Any) -> None:
    silent = known(tell).plus("-9 control1 card.silent ups5", confirmed(62))
    assert silent.without("on_line ups3").result("S12").breaches == ()


@pytest.mark.parametrize(
    ("more", "broken"),
    [
        ((), True),
        (("1 room ups.on_battery ups5",), False),
        (("50 room ups.on_battery ups5",), False),
        (("50.5 room ups.on_battery ups5",), True),
        (("1 room ups.on_battery ups6",), True),
        (("1 room ups.on_battery ups5", "49 room ups.on_line ups5"), True),
        (("1 room ups.on_battery ups5", "49 room ups.output_off ups5"), True),
        (("1 room ups.on_battery ups5", "50.5 room ups.on_line ups5"), False),
        (("1 room ups.on_battery ups5", "25 control1 ups.on_line ups5"), True),
        (("1 room ups.on_battery ups5", "25 control1 ups.output_off ups5"), True),
        (("25 control1 ups.on_line ups5", "26 control1 ups.on_battery ups5"), False),
        (("1 room ups.on_battery ups5", *OFF_AT_25), False),  # two-feeds, crowded, 68131
        (("1 room ups.on_battery ups5", "24 room ups.on_line ups5", *OFF_AT_25), True),
        (("1 room ups.on_battery ups5", "22 control1 ups.on_line ups5", *OFF_AT_25), True),
        (("1 room ups.on_battery ups5", *OFF_AT_25, "30 control1 ups.on_line ups5"), True),
    ],
)
def test_S12_c1_of_one_that_was_on_battery_at_the_first_look_of_a_new_life_nothing_is_told(
    tell: Any, more: tuple[str, ...], broken: bool
) -> None:
    """All cards fall silent at 50 s, and this life has told of none of them."""
    dark = [f"50 control1 card.silent {ups}" for ups in ("ups1", "ups2", "ups3", "ups4", "ups5", "ups6")]
    born = tell(CALM).plus("20 room server.up control1", *dark, *more, confirmed(80, first_seen="620"))
    assert bool(born.result("S12").breaches) is broken


def dark(at_s: float) -> list[str]:
    """Three of them are seen to go off then, and their cards with them; a fourth falls silent."""
    told = [f"{at_s} control1 ups.output_off {ups}" for ups in ("ups2", "ups3", "ups4")]
    return [*told, *(f"{at_s} control1 card.silent {ups}" for ups in ("ups2", "ups3", "ups4", "ups6"))]


def blink(tell: Any) -> Any:
    """ups5 is silent, and its feed out; ups1 has mains for a moment that no other poll has met."""
    return known(tell).plus(
        *(f"{n} control1 ups.on_battery ups{n}" for n in (1, 2, 3, 4, 6)),
        "4 control1 card.silent ups5",
        "30 control1 ups.on_line ups1",
        "32 control1 ups.on_battery ups1",
        confirmed(64, because="on battery 60 s, as all others on its feed; silent"),
    )


def test_S10_u16_who_of_its_feed_has_gone_off_or_fell_silent_since_was_out_all_the_same(tell: Any) -> None:
    assert s10(blink(tell)) == s10(blink(tell).plus(*dark(40))) == []
    assert s10(blink(tell).plus(*dark(29))) == [
        "control1 confirmed the outage of ups5 at 64 s, after 32 s of its 60 s"
    ], "all who answered had mains: the feed was back"


@pytest.mark.parametrize(
    ("truth", "early"),
    [
        ("1 room ups.on_battery ups5", False),
        ("1 room ups.on_battery ups6", True),
        ("51 room ups.on_battery ups5", True),
    ],
)
def test_S10_one_that_was_on_battery_at_the_first_look_and_fell_silent_counts_by_its_nodes_word(
    tell: Any, truth: str, early: bool
) -> None:
    others = [f"21 control1 ups.on_line ups{n}" for n in (1, 2, 3, 4, 6)]
    born = tell(CALM).plus("20 room server.up control1", *others, truth, "50 control1 card.silent ups5")
    said = born.plus("60 control1 ups.on_battery ups6", confirmed(85, first_seen="622"))
    assert bool(s10(said)) is early


@pytest.mark.parametrize(("truth", "early"), [("ups1", False), ("ups2", True)])
def test_S10_one_that_answers_again_counts_from_when_another_had_told_it_at_the_first_look_alone(
    tell: Any, truth: str, early: bool
) -> None:
    """Nobody knows when ups2 told it for the first time; that ups1 had, its node says."""
    told = tell(CALM).plus(
        "-20 room server.up control1",
        f"1 room ups.on_battery {truth}",
        *(f"-19 control1 ups.on_line ups{n}" for n in (2, 3, 4, 5, 6)),
        *(f"-5 control1 card.silent ups{n}" for n in (2, 3, 4, 5, 6)),
        "15 control1 card.silent ups1",
        *(f"{at_s} control1 {what} ups2" for at_s, what in ((38, "card.answering"), (38, "ups.on_battery"))),
        *(f"{at_s} control1 {what} ups5" for at_s, what in ((40, "card.answering"), (41, "ups.on_battery"))),
        confirmed(72, first_seen="611"),
    )
    assert bool(s10(told)) is early
    answers = told.without("on_line ups3", "card.silent ups3")
    assert bool(s10(answers)) is early, "one that answers, and of which nothing is told, is no word of it"


def test_S12_u16_its_feed_is_out_also_when_all_have_fallen_silent_since(tell: Any) -> None:
    def s12(*more: str) -> bool:
        return bool(blink(tell).plus(*dark(40), *more).result("S12").breaches)

    assert not s12("50 control1 card.silent ups1")
    assert s12("50 control1 ups.on_line ups1"), "who answers has mains"
    assert s12("50 control1 ups.on_line ups1", "51 control1 card.silent ups1")


def test_S10_one_that_was_silent_and_tells_of_its_battery_counts_from_when_its_feed_did(tell: Any) -> None:
    back = known(tell).plus(
        "-9 control1 card.silent ups5",
        OTHER,
        "40 control1 card.answering ups5",
        "41 control1 ups.on_battery ups5",
        confirmed(2 + CONFIRM_S),
    )
    assert s10(back) == [], "as long as ups6"
    assert s10(back.without("on_battery ups6")), "nobody else told of it"
    assert s10(back.plus("50 control1 card.silent ups6")) == [], "it was there when ups5 told it"
    assert s10(back.plus("40 control1 card.silent ups6")) == [], "its silence ends nothing"
    assert s10(back.plus("50 control1 ups.on_line ups6")) == [], "what became of it then is all one"
    assert s10(back.without("on_battery ups6").plus("2 control2 ups.on_battery ups6")), "another node's word"
    late = back.moved("card.silent ups5", 30)
    assert s10(late) == ["control1 confirmed the outage of ups5 at 62 s, after 32 s of its 60 s"], (
        "while it still answered it told of no battery"
    )


@pytest.mark.parametrize(
    ("first", "early"), [({"first_seen": "602"}, False), ({"first_seen": "612"}, True), ({}, False)]
)
def test_S10_one_that_answers_again_counts_by_its_nodes_word_where_nothing_was_told_of_another(
    tell: Any, first: dict[str, str], early: bool
) -> None:
    """ups3 is on battery or not as it was at the first look; a node that says no time is believed."""
    back = (
        known(tell)
        .without("on_line ups3")
        .plus(
            "-9 control1 card.silent ups5",
            "40 control1 card.answering ups5",
            "41 control1 ups.on_battery ups5",
            confirmed(2 + CONFIRM_S, **first),
        )
    )
    assert bool(s10(back)) is early


def test_S10_mains_that_were_seen_last_are_one_breach(tell: Any) -> None:
    told = known(tell).plus(confirmed(62))
    assert s10(told) == ["control1 confirmed the outage of ups5 at 62 s, and saw it on mains"]
    assert told.result("S10").put_to_test == 1


def test_S10_of_what_a_node_saw_at_its_first_look_its_own_word_counts_but_not_from_before_its_boot(
    tell: Any,
) -> None:
    born = tell(CALM).plus(LOST, "20 room server.up control1", "21 control1 lease.taken reference")
    assert s10(born.plus(confirmed(80, first_seen="620"))) == []
    assert s10(born.plus(confirmed(75, first_seen="600"))), "it was not there yet"


def test_S10_who_is_no_node_is_not_its_matter(tell: Any) -> None:
    told = known(tell).plus(confirmed(10, by="ssccluster"))
    assert told.result("S10").put_to_test == told.result("S12").put_to_test == 0


@pytest.mark.parametrize(("age_s", "stale"), [(11.0, False), (11.002, False), (11.01, True)])
def test_S11_two_polls_and_a_time_out_are_fresh(tell: Any, age_s: float, stale: bool) -> None:
    told = tell(CALM).plus(f"0 control1 command.sent rack1 command=wake age_s={age_s}")
    assert bool(told.result("S11").breaches) is stale


def test_S11_only_a_ups_must_have_been_heard_and_only_where_the_stream_tells_of_ages(tell: Any) -> None:
    def broken(what: str, *before: str) -> bool:
        return bool(tell(CALM).plus(*before, f"0 control1 command.sent {what}").result("S11").breaches)

    silent = "-9 control1 card.silent ups5"
    assert broken("ups5 command=on epoch=1")
    assert broken("ups5 command=on", silent)
    assert broken("ups5 command=on age_s=1", silent)
    assert not broken("ups5 command=on age_s=1", silent.replace("ups5", "ups6"))
    assert not broken("ups5 command=on")
    assert not broken("rack1 command=wake epoch=1")
    by_nobody = tell(CALM).plus("0 ssccluster command.sent ups5 command=on age_s=1")
    assert by_nobody.result("S11").breaches == ()


def test_S10_silence_does_not_end_what_its_own_last_word_began(tell: Any) -> None:
    told = known(tell).plus(
        "2 control1 ups.on_battery ups5",
        "20 control1 ups.on_battery ups6",
        "30 control1 card.silent ups5",
        confirmed(62),
    )
    assert s10(told) == []


def test_S10_one_that_answers_again_and_has_told_of_nothing_is_taken_at_its_nodes_word(tell: Any) -> None:
    answers = tell(CALM).plus(
        *(line for line in QUIET if "ups5" not in line),
        LOST,
        "-9 control1 card.silent ups5",
        "-5 control1 card.answering ups5",
        OTHER,
    )
    assert s10(answers.plus(confirmed(62, first_seen="602"))) == []
    assert s10(answers.plus(confirmed(30, first_seen="602")))


def test_S10_a_silent_one_of_whose_feed_nobody_knows_is_taken_at_its_nodes_word(tell: Any) -> None:
    silent = known(tell).without("on_line ups3").plus("-9 control1 card.silent ups5")
    assert s10(silent.plus(confirmed(62, first_seen="602"))) == []
    assert s10(silent.plus(confirmed(30, first_seen="602"))) == [
        "control1 confirmed the outage of ups5 at 30 s, after 28 s of its 60 s"
    ]


def test_S10_one_that_falls_silent_again_and_again_counts_from_its_first_silence(tell: Any) -> None:
    """N3: a network that loses nearly everything."""
    flickers = known(tell).plus(
        "-9 control1 card.silent ups5",
        OTHER,
        "10 control1 card.answering ups5",
        "11 control1 ups.on_battery ups5",
        "20 control1 card.silent ups5",
        "30 control1 card.answering ups5",
        "30 control1 ups.on_battery ups5",
        confirmed(2 + CONFIRM_S),
    )
    assert s10(flickers) == []
    assert s10(flickers.plus("50 control1 card.silent ups6")) == [], "what ups6 told, it told"
    assert s10(flickers.plus("50 control1 ups.output_off ups6")) == [], "it is off by now"
    assert s10(flickers.moved("on_battery ups6", 5)), "after 57 s"


def test_S10_p3_s18_a_battery_that_lasts_for_its_own_stop_only_waits_no_longer(tell: Any) -> None:
    """By what it holds, where the stream tells it; else by the word of the node."""
    early = known(tell).plus("2 control1 ups.on_battery ups5")
    telling = early.plus(confirmed(10))
    floor_s = (
        last_call_s(telling.site, telling.site.upses["ups5"]) + telling.site.polling.on_battery_s + LATENCY_S
    )

    def holds(for_s: float) -> str:
        return f"2 room ups.charge ups5 charge_pct=40 runtime_s={for_s + 8}"

    assert s10(telling)
    assert s10(telling.plus(holds(floor_s))) == []
    assert s10(telling.plus(holds(floor_s + 1)))
    short = early.plus(confirmed(10, because=LASTS_NO_LONGER))
    assert s10(short) == []
    assert s10(short.plus(holds(floor_s + 1))), "it says so, and holds more"
    assert s10(early.plus(confirmed(10, because="on battery")))


def test_S10_n3_one_that_was_on_battery_at_the_first_look_is_told_of_only_when_it_answers_again(
    tell: Any,
) -> None:
    """On a lossy network its card seems to fall silent for a moment."""
    born = tell(CALM).plus("20 room server.up control1", "21 control1 lease.taken reference")
    blinks = "45 control1 card.silent ups5", "46 control1 card.answering ups5"
    known = "46 control1 ups.on_battery ups5", confirmed(82, first_seen="622")
    lost = "1 room ups.on_battery ups5"
    assert s10(born.plus(*blinks, *known, lost)) == []
    assert s10(born.plus(*blinks, *known)), "it was not"
    assert s10(born.plus(*blinks, *known, lost, "10 room ups.on_line ups5")), "nor any more"
    assert s10(born.plus(*blinks, *known, lost, "30 control1 ups.on_line ups5")), "it had told of its mains"
    early = confirmed(75, first_seen="600")
    assert s10(born.plus(*blinks, known[0], early, "-10 room ups.on_battery ups5")), "not before it was there"


def test_S10_h2_a_node_that_another_sees_down_has_not_forgotten_what_it_saw_while_the_room_says_it_runs(
    tell: Any,
) -> None:
    seen = known(tell).plus("2 control1 ups.on_battery ups5", "40 control2 server.halted control1")
    late = confirmed(2 + CONFIRM_S, first_seen="602")
    assert s10(seen.plus(late)), "in a stream without the room's own word another's counts"
    assert s10(seen.plus("-99 room server.up rack1", late)) == []
    assert s10(seen.plus("39 room server.halted control1", late)), "so does the room's"
