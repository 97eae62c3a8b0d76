"""What is lost when a battery ends: L2."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from sequencer import timing


@pytest.fixture
def weak(outage: Any) -> Any:
    """The battery of the servers' UPS ends while they still run."""
    return outage.without("452 room ups.output_off ups6", "server.halted rack").plus(
        "100 room ups.exhausted ups6",
        "100 room ups.output_off ups6 cause=exhausted",
        "100 room server.crashed rack1 cause=power",
        "100 room server.crashed rack2 cause=power",
    )


def test_L2_systems_that_lose_power_to_an_empty_battery_are_reported(weak: Any) -> None:
    assert weak.broken == ["S18", "L2"]  # the battery's end and what it cost
    assert weak.breach("L2") == "rack1 lost power while running at 100 s: the battery of ups6 was empty"
    assert len(weak.result("L2").breaches) == 2


def test_L2_who_was_booted_when_no_node_was_left_has_been_seen_by_nobody(weak: Any) -> None:
    """S18 is that of who left its UPS on; what runs on it nobody could stop (H6)."""
    gone = weak.plus("-9 room server.halted control1", "-9 room server.halted control2")
    booted = "-8 room server.booting rack1", "-8 room server.booting rack2"

    assert len(gone.plus(*booted).result("L2").breaches) == 0
    assert len(gone.plus(booted[0]).result("L2").breaches) == 0, "the mains went when nobody was there"
    seen = weak.plus("9 room server.halted control1", "9 room server.halted control2")
    late = "10 room server.booting rack1", "9 room server.booting rack2"
    assert [b.subject for b in seen.plus("8 room server.booting rack2", late[0]).result("L2").breaches] == [
        "rack2"
    ]
    assert seen.plus(*late).result("L2").breaches == ()
    assert seen.plus("8 room server.booting rack1", *late).result("L2").breaches == (), "the last boot counts"
    at_once = "100 room server.booting rack1", "100 room server.crashed rack1 cause=power"
    dies = seen.without("100 room server.crashed rack1").plus(*at_once, late[1])
    assert dies.result("L2").breaches == (), "that of the same moment, too"
    assert len(seen.plus(*late, "50 room server.up control1").result("L2").breaches) == 2, "it was seen"


def test_L2_nor_by_who_comes_when_that_battery_holds_no_more_than_its_own_stop_needs(weak: Any) -> None:
    """H6: in what is left nobody could be stopped and its UPS be told, whoever comes."""
    gone = weak.plus("70 room server.halted control1", "70 room server.halted control2")
    booted = gone.plus("75 room server.booting rack1", "75 room server.booting rack2")
    came = booted.plus("80 room server.up control1")
    left_s = timing.last_call_s(weak.site, weak.site.upses["ups6"]) + weak.site.polling.on_battery_s + 1

    def lost(telling: Any, left_s: float, ups: str = "ups6") -> int:
        told = f"80 room ups.charge {ups} charge_pct=5 runtime_s={left_s}"
        return len(telling.plus(told).result("L2").breaches)

    assert (lost(came, left_s), lost(came, left_s + 1)) == (0, 2)
    assert lost(came, left_s, "ups5") == 2, "what another one holds says nothing"
    assert lost(came.plus("90 room server.halted control1"), left_s) == 0, "he is down again"
    for at_s, he in ((69, "was there yet"), (80, "was there again")):
        assert lost(came.moved("75 room server.booting rack1", at_s), left_s) == 1, he
    assert lost(came.moved("75 room server.booting rack1", 70), left_s) == 0, "he had just gone"
    assert lost(came.without("70 room server.halted control1"), left_s) == 2, "he was there all the time"


def test_L2_h6_but_charged_since_then_it_is_the_next_outages_matter(weak: Any) -> None:
    gone = weak.plus("-500 room server.halted control1", "-500 room server.halted control2")
    booted = gone.plus("-490 room server.booting rack1", "-490 room server.booting rack2")
    low, high = (f"{{}} room ups.charge ups6 charge_pct=5 runtime_s={s}" for s in (100, 1200))
    came = booted.plus("-400 room server.up control1", low.format(-400))
    assert len(came.plus(high.format(0)).result("L2").breaches) == 2
    assert came.plus(low.format(0)).result("L2").breaches == (), "it held no more when they went"
    assert len(came.without("mains.lost").result("L2").breaches) == 2, "they never went"


FEEDS_ONE = (
    "-600 room run.started reference",
    "0 room mains.lost ups6",
    "1200 room ups.exhausted ups6",
    "1200 room ups.output_off ups6 cause=exhausted",
    "1200 room server.crashed rack1 cause=power",
)
"""Its own mains go, and nobody else's."""


@pytest.mark.parametrize(("silent_s", "lost"), [(-100, False), (0, False), (5, False), (6, True)])
def test_S12_L2_u2_whose_card_is_silent_when_its_mains_alone_go_is_in_no_outage(
    tell: Any, silent_s: int, lost: bool
) -> None:
    night = tell("\n".join(FEEDS_ONE))
    silent = f"{silent_s} room card.silent ups6"

    assert night.result("L2").breaches
    assert bool(night.plus(silent).result("L2").breaches) is lost
    assert night.plus(silent, f"{silent_s + 1} room card.answering ups6").result("L2").breaches
    back = "-500 room mains.lost utility", "-400 room mains.restored utility"
    assert bool(night.plus(*back, silent).result("L2").breaches) is lost
    assert bool(night.plus("-9 room mains.lost ups1", silent).result("L2").breaches) is lost, "one has them"
    at_once = "-500 room mains.lost utility", "0 room mains.restored utility", "0 room mains.lost ups6"
    assert bool(night.without("mains.lost ups6").plus(*at_once, silent).result("L2").breaches) is lost
    others = night.plus(silent, "1 room mains.lost utility", "2 room mains.restored utility")
    assert others.result("L2").breaches, "others were on battery: it is taken to be so, too"


ASLEEP = tuple(f"-9 room server.halted control{n}" for n in (1, 2))


@pytest.mark.parametrize(("came_s", "lost"), [(101, False), (100, False), (99, True)])
def test_S12_L2_u16_whose_card_fell_silent_before_anybody_was_there_to_hear_it_is_in_no_outage_either(
    tell: Any, came_s: int, lost: bool
) -> None:
    """Whoever comes hears nothing of it, and the others of its feed have their mains."""
    night = tell("\n".join(FEEDS_ONE)).plus("100 room card.silent ups6", f"{came_s} room server.up control1")

    assert bool(night.plus(*ASLEEP).result("L2").breaches) is lost
    again = "110 room server.halted control1", "300 room server.up control1"
    assert bool(night.plus(*ASLEEP, *again).result("L2").breaches) is lost, "it was there before"
    assert night.plus(ASLEEP[0]).result("L2").breaches, "control2 was there"


@pytest.mark.parametrize(("gone_s", "lost"), [(4, False), (5, False), (6, True)])
def test_S12_L2_u16_nor_who_may_not_have_polled_it_before_they_went(
    tell: Any, gone_s: int, lost: bool
) -> None:
    went = (f"{gone_s} room server.halted control{n}" for n in (1, 2))
    night = tell("\n".join(FEEDS_ONE)).plus("100 room card.silent ups6", *went, "200 room server.up control1")
    assert bool(night.result("L2").breaches) is lost


CHARGED = "0 room ups.charge ups6 charge_pct=100 runtime_s=1200"
"""Its own stop needs 424 s, and 3 s more are a poll and its answer: from 773 s on it holds no more."""


@pytest.mark.parametrize(
    ("back_s", "heard_s", "lost"),
    [
        (300, None, False),
        (772, None, False),
        (773, None, True),
        (300, 1200, False),
        (300, 773, False),
        (300, 772, True),
    ],
)
def test_S12_L2_u16_a_silent_one_is_back_with_its_feed_while_there_is_time_to_hear_otherwise(
    tell: Any, back_s: int, heard_s: int | None, lost: bool
) -> None:
    """Its feed was out, too, and came back; its own mains did not, and no card tells."""
    night = tell("\n".join(FEEDS_ONE)).plus(CHARGED, "0 room card.silent ups6", "1 room mains.lost utility")
    night = night.plus(f"{back_s} room mains.restored utility")
    if heard_s is not None:
        night = night.plus(f"{heard_s} room card.answering ups6")
    assert bool(night.result("L2").breaches) is lost


def test_S12_L2_u2_who_is_heard_again_when_its_stop_would_take_longer_is_heard_too_late(tell: Any) -> None:
    """Nobody else lost the mains; with no feed at all that is back nobody is told of them."""
    night = tell("\n".join(FEEDS_ONE)).plus(CHARGED, "0 room card.silent ups6")
    assert not night.plus("773 room card.answering ups6").result("L2").breaches
    assert night.plus("772 room card.answering ups6").result("L2").breaches
    assert night.plus("1 room mains.lost utility").result("L2").breaches
    late = night.plus("1 room mains.lost ups1", "1100 room mains.restored ups1")
    assert not late.result("L2").breaches, "others had them all the while"
    told = "1200 room ups.charge ups6 charge_pct=0", "1200 room card.answering ups6"
    ends = night.without("server.crashed").plus(*told, "1200 room server.crashed rack1 cause=power")
    assert not ends.result("L2").breaches, "its last word is its end"


def test_L2_p12_nor_does_a_silent_card_hide_a_test_that_empties_a_battery_with_its_mains_there(
    tell: Any,
) -> None:
    tested = (
        tell("\n".join(FEEDS_ONE))
        .without("mains.lost ups6")
        .plus("-9 room ups.on_battery ups6", "0 room card.silent ups6")
    )

    assert [breach.subject for breach in tested.result("L2").breaches] == ["rack1"]


def test_L2_alone_when_a_ups_gives_up_in_an_outage(weak: Any) -> None:
    broke = weak.without("ups.exhausted").changed("output_off ups6", "exhausted", "fault")

    assert broke.broken == ["L2"]
    assert broke.breach("L2") == "rack1 lost power while running at 100 s: ups6 failed"


def test_L2_a_ups_that_gives_up_without_an_outage_is_not_its_matter(tell: Any) -> None:
    broke = tell(
        """
        -600 room run.started reference
        -500 room ups.output_off ups6 cause=fault
        -500 room server.crashed rack1 cause=power
        """
    )

    assert broke.broken == []


def test_L2_an_array_that_loses_data_to_an_empty_battery_is_reported(outage: Any) -> None:
    telling = outage.without(
        "array.flushed", "646 control1 command.sent", "off_armed ups4", "output_off ups4"
    )
    telling = telling.without("646 room array.off").plus(
        "700 room ups.output_off ups4 cause=exhausted",
        "700 room array.lost_data linkeddisk",
        "700 room array.off linkeddisk",
    )

    assert telling.broken == ["L2"]
    assert telling.breach("L2") == (
        "linkeddisk lost the data in its cache at 700 s: the battery of ups4 was empty"
    )


def test_L2_a_crash_with_the_power_on_is_not_its_matter(outage: Any) -> None:
    crash = outage.plus(
        "100 room server.crashed control2 cause=fault",
        "101 room server.booting control2",
        "400 room server.up control2",
    )

    assert crash.broken == []


def test_L2_a_crash_told_before_the_fall_is_reported(weak: Any) -> None:
    telling = weak.without("100 room ups.output_off", "100 room ups.exhausted").plus(
        "100 room ups.output_off ups6 cause=exhausted"
    )

    assert telling.broken == ["L2"]
