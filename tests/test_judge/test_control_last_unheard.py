"""Nobody waits for whom a hand has switched on while nobody hears of it (S5, O1)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM
from tests.waited_for import lost, waits_for

PRESSED = (
    "0 room mains.lost ups6",
    "65 control1 outage.confirmed ups6",
    "100 room server.halted rack1",
    "100 room server.halted rack2",
    "200 room ups.output_off ups6 cause=command",
    "250 control1 card.silent ups6",
    "300 room ups.output_on ups6 cause=button",
    "300 room server.booting rack1",
)
"""rack1 boots with a finger on the button of its UPS, whose card is silent for who tells the stop."""


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ((), False),
        (("500 room server.up rack1",), False),
        (("299 control1 server.halted rack1", "911 control1 server.up rack1"), False),
        (("300 control1 server.booting rack1",), True),
        (("910 control1 card.answering ups6",), True),
        (("600 control2 server.up rack1", "600 control1 server.halted blade1"), False),
        (("250 room ups.output_on ups6 cause=command",), False),
    ],
)
def test_S5_o1_nobody_waits_for_whom_a_hand_has_switched_on_unheard(
    tell: Any, more: tuple[str, ...], waits: bool
) -> None:
    assert waits_for(lost(tell(CALM)).plus(*PRESSED, *more)) == ("rack1 was booting" if waits else "")


@pytest.mark.parametrize(
    ("press", "boots_s"),
    [
        ("300 room ups.output_on ups6 cause=command", 300),
        ("300 room ups.output_on ups5 cause=button", 300),
        ("301 room ups.output_on ups6 cause=button", 300),
    ],
)
def test_S5_o1_he_is_waited_for_who_boots_otherwise(tell: Any, press: str, boots_s: int) -> None:
    told = (*PRESSED[:6], "250 control1 card.silent ups5", press, f"{boots_s} room server.booting rack1")
    fed = "299 room ups.output_on ups6 cause=command"
    assert waits_for(lost(tell(CALM)).plus(*told, fed)) == "rack1 was booting"


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ((), False),
        (("290 control2 server.up rack1",), False),
        (("290 control1 server.up rack1",), True),
        (("300 control1 server.booting rack1",), True),
        (("310 control1 server.up rack2",), True),
        (("299 control1 command.sent rack1 command=wake",), True),
        (("101 control1 command.sent ups6 command=on",), True),
        (("100 control1 command.sent ups6 command=on",), False),
        (("299 control2 command.sent rack1 command=wake",), False),
        (("299 control1 command.sent rack2 command=wake",), False),
        (("299 control1 command.sent rack1 command=force",), False),
        (("910 control1 card.answering ups6",), True),
    ],
)
def test_S5_h6_nor_for_whom_it_has_seen_down_who_was_booted_unheard(
    tell: Any, more: tuple[str, ...], waits: bool
) -> None:
    told = (*PRESSED[:4], "101 control1 server.halted rack1", PRESSED[5], "300 room server.booting rack1")
    assert waits_for(lost(tell(CALM)).plus(*told, *more)) == ("rack1 was booting" if waits else "")


@pytest.mark.parametrize("heard", [True, False])
def test_S5_o1_r10_45_nor_for_whom_a_word_wanted_down_who_was_so_already(tell: Any, heard: bool) -> None:
    word = "150 control1 request.accepted reference wish=power_off id=r1 of=rack1"
    telling = lost(tell(CALM)).plus(*PRESSED, word, "260 room mains.restored ups6")
    told = telling.plus("500 control1 server.booting rack1") if heard else telling
    assert waits_for(told) == ("rack1 was booting" if heard else "")


IN_VAIN = (
    *(f"600 room server.halted {name}" for name in ("blade1", "blade2", "rack1", "rack2")),
    "650 room card.silent ups4",
    "700 control1 command.sent ups4 command=off how=now falls_in_s=0",
    "760 control1 alarm.raised ups4 rule=S3",
    "850 room ups.output_off ups4 cause=exhausted",
    "860 room ups.output_on ups4 cause=return",
)
"""The linked disk's UPS is told to go off in vain; its battery ends, and it comes back."""


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ((), False),
        (("870 room card.answering ups4",), True),
        (("770 room card.answering ups4", "780 room card.silent ups4"), True),
        (("765 control1 incident.closed reference", "770 control1 incident.opened reference"), True),
    ],
)
def test_S5_u2_a_disk_that_was_given_up_stays_so_while_its_card_is_silent(
    tell: Any, more: tuple[str, ...], waits: bool
) -> None:
    """Whether its output goes and comes meanwhile or not: nobody can tell it anything."""
    told = lost(tell(CALM), "ups4").plus(*IN_VAIN, "300 control1 outage.confirmed ups4", *more)
    assert waits_for(told) == ("linkeddisk was still on" if waits else "")


DRAINS = (
    "0 room ups.charge ups3 charge_pct=60 runtime_s=1390",
    "1 control1 ups.on_battery ups3",
    *(f"300 control1 card.silent {ups}" for ups in ("ups1", "ups2", "ups3", "ups4", "ups5")),
    "400 room mains.restored ups3",
)
"""The control disk's card falls silent on its battery, as all do, and its mains come back unheard."""


@pytest.mark.parametrize(
    ("other", "waits"),
    [
        ((), False),
        (("runtime_s=1390", "runtime_s=1402"), True),
        (("control1 ups.on_battery", "control1 ups.on_line"), True),
        (("control1 ups.on_battery", "control2 ups.on_battery"), True),
        (("1 control1", "911 control1"), True),  # he has not said so by then
        (("300 control1 card.silent ups3", "300 control2 card.silent ups3"), True),
        (("300 control1 card.silent ups3", "911 control1 card.silent ups3"), True),
        (
            ("300 control1 card.silent ups5", "300 control2 card.silent ups5"),
            False,
        ),  # and had them all the time
    ],
)
def test_S5_u2_n3_by_all_that_is_heard_its_battery_holds_no_longer(
    tell: Any, other: tuple[str, str] | tuple[()], waits: bool
) -> None:
    told = lost(tell(CALM), "ups6").plus(*PRESSED[2:4], "905 room server.booting rack1", *DRAINS)
    told = told.changed(*[other[0], *other] if other else ("ups.charge", "", ""))
    assert waits_for(told) == ("rack1 was booting" if waits else "")


@pytest.mark.parametrize(("lost_s", "waits"), [(None, False), (0, True), (2, True)])
def test_S5_u2_p11_who_had_mains_while_it_had_none_tells_nothing_of_its_own(
    tell: Any, lost_s: float | None, waits: bool
) -> None:
    """Whose came back since it was heard on its battery does: its feed has them (seed 128857)."""
    told = lost(tell(CALM), "ups6").plus(*PRESSED[2:4], "905 room server.booting rack1", *DRAINS)
    told = told.changed("300 control1 card.silent ups5", "control1", "control2")
    if lost_s is not None:
        told = told.plus(f"{lost_s} room mains.lost ups5", "400 room mains.restored ups5")
    assert waits_for(told) == ("rack1 was booting" if waits else "")


DISK_ON = (
    *(f"600 room server.halted {name}" for name in ("blade1", "blade2", "rack1", "rack2")),
    "700 control1 command.sent ups4 command=off how=now falls_in_s=0",
    "700 room ups.output_off ups4 cause=command",
    "701 control1 ups.output_off ups4",
    "711 control1 card.silent ups4",
    "800 room ups.output_on ups4 cause=button",
    "801 room array.starting linkeddisk",
)
"""The linked disk's UPS was seen off; a hand switches it on, and its card is silent for who goes."""


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ((), False),
        (("802 control2 array.starting linkeddisk",), False),
        (("802 control1 array.starting linkeddisk",), True),
        (("802 control1 card.answering ups4",), True),
        (("705 control1 ups.output_on ups4",), True),
        (("810 room ups.output_on ups4 cause=command",), True),
    ],
)
def test_S5_o1_n3_nor_for_a_disk_that_was_seen_off_and_a_hand_has_switched_on_unheard(
    tell: Any, more: tuple[str, ...], waits: bool
) -> None:
    """By all that who goes knows it is off, as it was told (seed 105452)."""
    told = lost(tell(CALM), "ups4").plus("300 control1 outage.confirmed ups4", *DISK_ON, *more)
    assert waits_for(told) == ("linkeddisk was still on" if waits else "")


@pytest.mark.parametrize(("silent_s", "waits"), [(405, False), (407, True)])
def test_S5_u2_it_drained_until_its_card_fell_silent(tell: Any, silent_s: float, waits: bool) -> None:
    """What was told 5 s before that counts, the last that was heard: of mains nobody knows a runtime."""
    told = lost(tell(CALM), "ups6").plus("905 room server.booting rack1", *DRAINS)
    told = told.plus("401 room ups.charge ups3 charge_pct=50")
    told = told.changed("card.silent ups3", "300", str(silent_s))
    assert bool(waits_for(told)) is waits


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ((), False),
        (("200 room server.up control1",), False),  # and saw it on its battery at its first look
        (("200 room server.up control1", "150 room mains.restored ups3", "299 room mains.lost ups3"), True),
        (("200 room server.up control1", "229 room mains.restored ups3", "229 room mains.lost ups3"), False),
        (("200 room server.up control1", "231 room mains.restored ups3", "232 room mains.lost ups3"), True),
        (("200 room server.up control2", "150 room mains.restored ups3", "299 room mains.lost ups3"), False),
        (("299 control1 ups.output_off ups3",), True),
    ],
)
def test_S5_u2_what_an_earlier_life_has_told_or_before_it_was_off_says_nothing_of_what_it_holds(
    tell: Any, more: tuple[str, ...], waits: bool
) -> None:
    """Its mains were there when this one looked first, and it would have told if they had gone since."""
    told = lost(tell(CALM), "ups6").plus(*PRESSED[2:4], "905 room server.booting rack1", *DRAINS, *more)
    assert waits_for(told) == ("rack1 was booting" if waits else "")
