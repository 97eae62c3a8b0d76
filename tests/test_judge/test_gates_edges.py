"""Who may command at all, who must, and what may be started: S14, L5, S16, S17 at their edges."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM

CHANGE = CALM + "100 room server.crashed control1 cause=fault\n"
B5_S = 191.0
"""`peer_limit`, one first look, a reading gone stale, and the claim, at this site."""


def test_S14_a_node_may_tell_its_own_ups_to_go_off_if_it_feeds_nobody_else(outage: Any) -> None:
    lost = outage.until(1100).plus("1022 control1 lease.lost reference")
    told = {breach.text.split(" at ")[0] for breach in lost.result("S14").breaches}
    assert told == {
        f"control1 sent {what}" for what in ("shutdown to control2", "off to ups3", "off to ups2")
    }


def test_S14_a_start_is_no_end_of_its_own(outage: Any) -> None:
    lost = outage.plus("7100 control1 lease.lost reference", "7300 control1 command.sent ups1 command=on")
    assert "control1 sent on to ups1 at 7300 s, without the lease" in [
        b.text for b in lost.result("S14").breaches
    ]


def test_S14_who_is_no_node_is_not_its_matter(outage: Any) -> None:
    other = outage.plus("454 ssccluster command.sent linkeddisk command=flush")
    assert other.result("S14").put_to_test == outage.result("S14").put_to_test


@pytest.mark.parametrize(("after_s", "late"), [(B5_S, False), (B5_S + 0.1, True)])
def test_L5_the_limit_is_the_sum_of_what_the_other_node_waits_for(
    tell: Any, after_s: float, late: bool
) -> None:
    told = tell(CHANGE).plus(
        f"{100 + after_s} control2 lease.taken reference", "900 room run.ended reference"
    )
    assert bool(told.result("L5").breaches) is late


def test_L5_it_is_told_again_when_as_much_time_has_passed_again(tell: Any) -> None:
    told = tell(CHANGE).plus(
        "400 room ups.output_off ups6 cause=fault",
        "500 room ups.output_on ups6 cause=return",
        "700 room ups.output_off ups6 cause=fault",
        "900 room run.ended reference",
    )
    assert [breach.t - 600 for breach in told.result("L5").breaches] == [400, 700, 900]
    assert "from 700 s to 1000 s" in told.breach("L5"), "no mains were lost: seconds of the run"
    assert told.result("L5").put_to_test == 4, "and at the start"


@pytest.mark.parametrize(
    ("fate", "late"),
    [
        ("", False),
        ("150 room server.halted control1", True),
        ("150 room ups.output_off ups1 cause=exhausted", True),
    ],
    ids=["may be at work", "seen halted", "without power"],
)
def test_L5_an_alarm_that_nothing_proves_a_node_down_counts_while_nothing_does(
    tell: Any, fate: str, late: bool
) -> None:
    alarm = "120 control2 alarm.raised control1 rule=L5"
    told = tell(CHANGE).plus(*filter(None, (alarm, fate)), "900 room run.ended reference")
    assert bool(told.result("L5").breaches) is late


def test_L5_a_node_whose_service_died_is_not_at_work_until_it_is_begun_anew(tell: Any) -> None:
    """It has its time from then on."""
    died = tell(CHANGE).plus("150 room service.died control2 cause=killed")
    assert died.plus("900 room run.ended reference").result("L5").breaches == ()
    begun = died.plus("600 room service.begun control2")
    assert begun.plus("700 room run.ended reference").result("L5").breaches == ()
    assert begun.plus("900 room run.ended reference").result("L5").breaches != ()


def test_L5_a_node_whose_service_died_is_at_work_again_when_its_system_has_booted(tell: Any) -> None:
    died = tell(CHANGE).plus("150 room service.died control2 cause=killed")
    booted = died.plus("300 room server.crashed control2 cause=fault", "400 room server.up control2")
    assert booted.plus(f"{400 + B5_S} room run.ended reference").result("L5").breaches == ()
    assert booted.plus("900 room run.ended reference").result("L5").breaches != ()


def test_L5_a_service_that_dies_when_it_was_late_already_excuses_nobody(tell: Any) -> None:
    told = tell(CHANGE).plus("400 room service.died control2 cause=killed", "900 room run.ended reference")
    assert [breach.t - 600 for breach in told.result("L5").breaches] == [400]


def test_L5_a_service_that_dies_gives_no_time_to_whoever_is_left(tell: Any) -> None:
    told = tell(CHANGE).plus("150 room service.died control1 cause=killed")
    assert told.plus("900 room run.ended reference").result("L5").breaches != ()


def test_L5_an_alarm_counts_as_long_as_nobody_commands_though_it_is_raised_only_once(tell: Any) -> None:
    """Of this vacancy: one that was raised in an earlier one does not."""
    told = tell(CHANGE).plus(
        "120 control2 alarm.raised control1 rule=L5",
        "400 room ups.output_off ups6 cause=fault",
        "700 room ups.output_on ups6 cause=return",
    )
    assert told.plus("900 room run.ended reference").result("L5").breaches == ()
    again = told.plus("750 control2 lease.taken reference", "760 control2 lease.lost reference")
    assert [b.t - 600 for b in again.plus("990 room run.ended reference").result("L5").breaches] == [990]
    poll_s = told.site.polling.on_line_s
    for for_s, anew in ((1.0, False), (poll_s - 0.1, False), (poll_s, True)):
        held = "750 control2 lease.taken reference", f"{750 + for_s} control2 lease.lost reference"
        breaches = told.plus(*held, "990 room run.ended reference").result("L5").breaches
        assert bool(breaches) is anew, "over before it was read"


def test_L5_a_node_without_power_is_not_up_whatever_it_was_seen_at_last(tell: Any) -> None:
    """In a live room nobody sees a system die with its power."""
    told = tell(CHANGE).plus("101 room ups.output_off ups2 cause=exhausted", "900 room run.ended reference")
    assert told.result("L5").breaches == ()


def test_S16_what_is_started_is_looked_at_on_all_that_feeds_it_and_told_once(tell: Any) -> None:
    armed = tell(CALM).plus(
        *(f"0 room ups.off_armed {ups} falls_at=9999" for ups in ("ups1", "ups2", "ups4", "ups5"))
    )

    def told(what: str) -> list[str]:
        breaches = armed.plus(f"10 control1 command.sent {what}").result("S16").breaches
        return [breach.text.partition(" at ")[0] for breach in breaches]

    assert told("ups5 command=on") == ["on of ups5"]
    assert told("blade1 command=wake") == ["wake of blade1 on ups5"]
    assert told("linkeddisk command=start") == ["start of linkeddisk on ups4"]
    assert told("ssccluster command=restart") == ["restart of ssccluster on ups1"], "once, for two of them"
    assert told("ups6 command=on") == told("rack1 command=wake") == told("controldisk command=start") == []


@pytest.mark.parametrize(("for_s", "broken"), [(59.0, True), (60.0, False)])
def test_S17_mains_are_stable_after_a_minute(tell: Any, for_s: float, broken: bool) -> None:
    back = tell(CALM).plus("0 room mains.lost ups6", "100 room mains.restored ups6")
    on = back.plus(f"{100 + for_s} control1 command.sent ups6 command=on")
    assert ("S17" in on.broken) is broken
    if broken:
        assert on.breach("S17") == "ups6 was switched on at 159 s, but ups6 had mains for 59 s only, not 60 s"


BLIP = ("0 room mains.lost ups6", "4.9 room mains.restored ups6", "30 control1 command.sent ups6 command=on")


def test_S17_mains_that_went_between_two_polls_were_there_for_all_that_anybody_could_see(tell: Any) -> None:
    blip = tell(CALM).plus(*BLIP)
    assert "S17" not in blip.broken
    assert "S17" in tell(CALM).plus(BLIP[0], "5 room mains.restored ups6", BLIP[2]).broken, "a poll's time"
    for told in (
        "0 control1 ups.on_battery ups6",
        "30 control1 ups.on_battery ups6",
        "3 control1 card.silent ups6",
    ):
        assert "S17" in blip.plus(told).broken, told
    for told in (
        "3 control2 ups.on_battery ups6",
        "3 control1 ups.on_battery ups5",
        "-1 control1 ups.on_battery ups6",
        "31 control1 ups.on_battery ups6",
    ):
        assert "S17" not in blip.plus(told).broken, told
    before = blip.plus("-60 room mains.lost ups6", "-29 room mains.restored ups6")
    assert before.breach("S17") == "ups6 was switched on at 90 s, but ups6 had mains for 59 s only, not 60 s"
    assert "S17" not in blip.plus("-60 room mains.lost ups6", "-30 room mains.restored ups6").broken
    away = tell(CALM).plus("0 room mains.lost ups6", "30 control1 command.sent ups6 command=on")
    assert "ups6 had no mains" in away.breach("S17")


def test_S17_nor_could_anybody_see_them_go_twice_in_a_row(tell: Any) -> None:
    twice = tell(CALM).plus("-6 room mains.lost ups6", "-2 room mains.restored ups6", *BLIP)
    assert "S17" not in twice.broken
    assert "S17" in twice.plus("-4 control1 ups.on_battery ups6").broken, "the first time was seen"
    longer = tell(CALM).plus("-7 room mains.lost ups6", "-2 room mains.restored ups6", *BLIP)
    assert "S17" in longer.broken, "a poll's time"
    thrice = twice.plus("-50 room mains.lost ups6", "-10 room mains.restored ups6")
    assert "S17" in thrice.broken, "they had not been there for a minute before"


@pytest.mark.parametrize(
    ("more", "broken"),
    [
        ("-1 room server.up control1", False),
        ("1 room server.up control1", True),
        ("1 room service.begun control1", True),
        ("1 room server.up control2", False),
        ("2 control1 ups.on_line ups6", True),
        ("-1 control1 ups.on_line ups6", False),
        ("2 control2 ups.on_line ups6", False),
        ("2 control1 ups.on_line ups5", False),
    ],
)
def test_S17_who_looks_first_after_that_or_tells_that_they_are_back_waits_their_minute(
    tell: Any, more: str, broken: bool
) -> None:
    assert ("S17" in tell(CALM).plus(*BLIP, more).broken) is broken


@pytest.mark.parametrize(
    ("back_s", "silent_s", "heard_s", "more", "broken"),
    [
        (13.0, 9.0, 14.0, "", False),
        (16.9, 10.5, 17.4, "", False),
        (17.0, 10.5, 17.4, "", True),  # longer than it may be silent
        (13.0, 6.9, 14.0, "", True),  # so long nobody asks again at once
        (13.0, 9.0, 61.0, "", True),  # it has not told since
        (13.0, 9.0, 14.0, "8 control1 ups.on_battery ups6", True),
        (13.0, 9.0, 14.0, "15 control1 card.silent ups6", True),
        (13.0, 9.0, 14.0, "20 control2 ups.on_battery ups6", False),
        (13.0, 9.0, 14.0, "1 room service.begun control1", True),
    ],
)
def test_S17_u16_n3_nor_while_its_card_was_silent_and_answered_as_it_was_asked_again(
    tell: Any, back_s: float, silent_s: float, heard_s: float, more: str, broken: bool
) -> None:
    """A network that loses answers makes it so all the time, and nobody waits for that (crowded 930505)."""
    lines = (
        "0 room mains.lost ups6",
        f"{back_s} room mains.restored ups6",
        f"{silent_s} control1 card.silent ups6",
        f"{heard_s} control1 card.answering ups6",
        f"{heard_s} control1 ups.on_line ups6",
        "60 control1 command.sent ups6 command=on",
    )
    assert ("S17" in tell(CALM).plus(*lines, *([more] if more else [])).broken) is broken


@pytest.mark.parametrize(("lost_s", "broken"), [(29.0, True), (29.1, False), (30.0, False)])
def test_S17_nor_could_anybody_see_those_go_while_the_command_was_on_its_way(
    tell: Any, lost_s: float, broken: bool
) -> None:
    on = f"{lost_s} room mains.lost ups6", BLIP[2]
    assert ("S17" in tell(CALM).plus(*on).broken) is broken
    assert "S17" in tell(CALM).plus(*on, "30 control1 ups.on_battery ups6").broken, "it was seen"
    young = tell(CALM).plus("-60 room mains.lost ups6", "-29 room mains.restored ups6", *on)
    assert "S17" in young.broken, "they had not been there for a minute before"


def test_S17_what_is_no_ups_and_no_server_needs_neither(tell: Any) -> None:
    telling = tell(CALM).plus("0 room mains.lost utility", "10 control1 command.sent linkeddisk command=on")
    assert "S17" not in telling.broken
    assert (
        telling.plus("10 control1 command.sent ups6 command=on override=yes").result("S17").put_to_test == 1
    )


def test_S17_a_server_that_hangs_on_none_of_our_upses_lacks_nothing(tell: Any) -> None:
    telling = tell(CALM).plus("0 room mains.lost utility", "10 control1 command.sent blade1 command=wake")
    assert "S17" in telling.broken
    elsewhere = replace(telling.site.servers["blade1"], upses=())
    fed = telling.at_site(servers={**telling.site.servers, "blade1": elsewhere})
    assert "S17" not in fed.broken
