"""Who is ended since his power may be about to fall: of an OFF that was told the card is silent (S9)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Array, ArrayRole, Site
from tests.told_well import CALM

TAKEN = "1 room ups.off_armed ups2 falls_at=3"
"""The room tells which were taken: that of ups5 was not."""
OFF = "500 control1 command.sent ups5 command=off how=graceful falls_in_s=420.0"
SILENT = "490 control1 card.silent ups5"
FORCE = "900 control1 command.sent blade1 command=force"


def test_S9_s11_who_may_be_cut_by_an_off_that_may_have_been_taken_is_forced(tell: Any) -> None:
    """Of ups5 nobody knows whether it counts down; blade1 lives on ups5 alone (seed 1297)."""

    def breaks(stream: Any) -> bool:
        return "blade1" in {breach.subject for breach in stream.result("S9").breaches}

    told = tell(CALM).plus(TAKEN, SILENT, OFF, FORCE)
    assert not breaks(told)
    assert breaks(told.without(OFF)), "nobody has told it"
    down = told.without(OFF).plus("899 room ups.output_off ups5")
    assert not breaks(down), "a force of who is down stops nobody"
    assert breaks(told.without(SILENT)), "it is heard, and does not count down"
    assert breaks(told.without(OFF).plus(OFF.replace("control1", "control2"))), "another has told it"
    assert breaks(told.without(OFF).plus(OFF.replace("500 ", "470 "))), "its time is over"
    assert not breaks(told.without(OFF).plus(OFF.replace("500 ", "480 "))), "just so"
    asked = told.without(FORCE).plus(FORCE.replace("force", "shutdown"))
    assert not breaks(asked), "before it is forced"
    assert breaks(asked.plus("899 room ups.output_off ups5 cause=fault")), "no power of it is to fall"
    assert not breaks(told.plus("899 room ups.output_off ups5 cause=fault")), "a force stops nobody then"
    assert breaks(told.without(OFF).plus(OFF.replace("ups5", "ups4"))), "it has other power"


def test_S9_s11_who_has_heard_the_card_since_its_off_knows_that_it_was_not_taken(tell: Any) -> None:
    """It answered for a minute, did not count down, and fell silent; then its server was forced."""

    def breaks(*more: str) -> bool:
        stream = tell(CALM).plus(TAKEN, OFF, FORCE, *more)
        return "blade1" in {breach.subject for breach in stream.result("S9").breaches}

    stale_s = 11
    assert not breaks(SILENT.replace("490", str(500 + stale_s))), "it is told late, when a look is stale"
    late, armed = SILENT.replace("490", str(501 + stale_s)), "501 control1 ups.off_armed ups5 falls_at=921"
    assert breaks(late)
    assert not breaks(late, armed), "by its last word it counts down"
    assert breaks(late, armed.replace("501 ", "499 ")), "that was another OFF"
    assert not breaks(late, armed.replace("501 ", "500 ")), "it took it at once"
    assert not breaks(late, armed.replace("501 ", "900 ")), "he says so as he forces him"
    assert breaks(late, armed.replace("501 ", "901 ")), "later"
    assert breaks(late, armed.replace("control1", "control2"))
    assert breaks(late, armed.replace("ups5", "ups6"))
    assert breaks(SILENT, "505 control1 card.answering ups5", late), "it was heard between the two"


def test_S9_s11_n1_a_card_that_was_never_heard_is_one_of_which_an_alarm_says_that_it_is_silent(
    tell: Any,
) -> None:
    """The network was dead from the beginning: it fell silent at no time (seed 5850)."""
    alarm = '520 control1 alarm.raised ups5 rule=X-09 text="ups5 is silent; nobody knows whether it took it"'

    def breaks(*more: str) -> bool:
        stream = tell(CALM).plus(TAKEN, OFF, FORCE, *more)
        return "blade1" in {breach.subject for breach in stream.result("S9").breaches}

    assert not breaks(alarm)
    assert breaks()
    assert breaks(alarm.replace("520", "499")), "of an OFF before that"
    assert breaks(alarm.replace("control1", "control2"))
    assert breaks(alarm.replace("is silent; nobody knows whether it took it", "did not take its OFF"))
    assert breaks(alarm, "530 control1 card.answering ups5"), "it is heard, and does not count down"


@pytest.mark.parametrize(("cause", "is_cut"), [("return", True), ("command", False)])
def test_S9_s11_that_it_came_on_by_itself_since_nobody_has_heard(tell: Any, cause: str, is_cut: bool) -> None:
    """It was off as it was told, and its card is never heard (seed 150731)."""
    came = "490 room ups.output_off ups5 cause=exhausted", f"700 room ups.output_on ups5 cause={cause}"
    broken = tell(CALM).plus(TAKEN, *came, SILENT, OFF, FORCE).result("S9").breaches
    assert ("blade1" not in {breach.subject for breach in broken}) is is_cut


@pytest.mark.parametrize(
    ("more", "needs", "is_cut"),
    [
        ((OFF,), 1, False),
        ((OFF,), 2, True),
        ((OFF, "499 room ups.output_off ups6 cause=fault"), 1, True),
    ],
)
def test_S9_x_04_of_two_supplies_as_many_must_be_about_to_fall_as_leave_too_few(
    site: Site, tell: Any, more: tuple[str, ...], needs: int, is_cut: bool
) -> None:
    two = replace(site.servers["blade1"], upses=("ups5", "ups6"), minimum_supplies=needs)
    told = replace(tell(CALM), site=replace(site, servers={**site.servers, "blade1": two}))
    broken = told.plus(TAKEN, SILENT, *more, FORCE).result("S9").breaches
    assert ("blade1" not in {breach.subject for breach in broken}) is is_cut


@pytest.mark.parametrize(("at_s", "is_cut"), [(900.0, True), (899.5, False)])
def test_S9_an_off_that_does_not_say_when_it_falls_does_so_at_once(
    tell: Any, at_s: float, is_cut: bool
) -> None:
    off = f"{at_s} control1 command.sent ups5 command=off how=now"
    broken = tell(CALM).plus(TAKEN, SILENT, off, FORCE).result("S9").breaches
    assert ("blade1" not in {breach.subject for breach in broken}) is is_cut


def test_S9_c12_s11_a_disk_is_asked_to_flush_by_who_hears_no_card_say_that_its_power_has_fallen(
    tell: Any,
) -> None:
    """Its card told him that it counts down, and nothing since."""
    armed, silent = "100 control1 ups.off_armed ups4", "150 control1 card.silent ups4"
    fell = ("100 room ups.off_armed ups4 falls_at=520", "520 room ups.output_off ups4 cause=command")
    flush = "530 control1 command.sent linkeddisk command=flush"

    def breaks(*more: str, disk: Any = None) -> bool:
        stream = tell(CALM).plus(*fell, flush, *more)
        arrays = stream.site.arrays | ({} if disk is None else {"linkeddisk": disk})
        stream = stream.at_site(arrays=arrays)
        return "linkeddisk" in {breach.subject for breach in stream.result("S9").breaches}

    assert not breaks(armed, silent)
    assert breaks(armed), "he hears that it is off"
    assert breaks(silent), "nothing counted down by all that he knew"
    assert breaks(armed, silent.replace("150", "521")), "he heard it until then"
    assert breaks(armed.replace("control1", "control2"), silent)
    assert breaks(armed.replace("ups4", "ups5"), silent)
    assert breaks(armed, silent, "90 room ups.output_off ups4", "110 room ups.output_on ups4"), "another OFF"
    assert breaks(armed, silent, "525 room ups.output_on ups4"), "it is on again"
    assert not breaks(armed, silent.replace("150", "520")), "as it fell"
    assert not breaks(armed, silent.replace("150", "100")), "it told that, and nothing more"
    on = "90 room ups.output_off ups4", "100 room ups.output_on ups4"
    assert not breaks(armed, silent, *on), "it was told as it came on"
    parts = Array("linkeddisk", ArrayRole.LINKED, ("ups4",), enclosures=("ups2",))
    more = "400 room ups.output_off ups2", "525 room ups.output_on ups4"
    assert breaks(armed, silent, *more, disk=parts), "what has fallen is on again, and the other was not told"
    two = Array("linkeddisk", ArrayRole.LINKED, ("ups4", "ups2"), enclosures=("ups4", "ups2"))
    assert breaks(armed, silent, disk=two), "another feed carries it (X-04)"
    assert not breaks(armed, silent, "400 room ups.output_off ups2", disk=two)
