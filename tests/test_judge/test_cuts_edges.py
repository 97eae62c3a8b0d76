"""What a cut takes, and from whom: crashes and flushes that are not what they seem (S1, S2, S4, S25)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest


def test_S1_a_system_that_crashed_long_before_was_not_taken_by_the_cut(outage: Any) -> None:
    hangs = outage.without("server.halted rack2")
    at_once = hangs.plus("452 room server.crashed rack2 cause=command")
    assert "S1" in hangs.broken
    assert "S1" in at_once.moved("ups.output_off ups6", 452).broken, "told before the fall that it is"
    assert "S1" not in hangs.plus("400 room server.crashed rack2 cause=fault").broken
    assert "S1" not in outage.moved("server.halted rack2", 452).moved("ups.output_off ups6", 452).broken


@pytest.mark.parametrize(
    ("told", "reported"),
    [
        (["447.1 room server.booting rack2"], False),
        (["447 room server.booting rack2"], True),
        (["452 room server.booting rack2"], False),
        (["447.1 room server.booting rack2", "452 room server.crashed rack2 cause=power"], False),
        (["448 room server.booting rack2", "450 room server.up rack2"], True),
        (["446 room server.booting rack1", "448 room server.booting rack2"], True),
    ],
    ids=["shorter", "as-long", "in that instant", "crashed", "up", "another"],
)
def test_S1_who_began_to_boot_after_the_last_poll_nobody_can_have_seen(
    outage: Any, told: list[str], reported: bool
) -> None:
    fall = "452 room ups.output_off ups6 cause=command"
    telling = outage.without("ups.output_off ups6").plus(*told, fall)
    assert (telling.result("S1").breaches != ()) is reported


def test_S1_what_shows_it_is_the_order_and_then_the_fall(outage: Any) -> None:
    (breach,) = outage.without("server.halted rack2").result("S1").breaches
    assert [event.name for event in breach.events] == ["command.sent", "ups.output_off"]
    assert breach.subject == "rack2"


@pytest.mark.parametrize("rule", ["S2", "S25"])
def test_a_fall_that_nobody_commanded_is_not_judged(outage: Any, rule: str) -> None:
    fault = outage.changed("646 room ups.output_off ups4", "cause=command", "cause=fault")
    assert fault.result(rule).put_to_test < outage.result(rule).put_to_test or rule == "S25"
    unflushed = fault.without("array.flushed linkeddisk")
    assert unflushed.result(rule).breaches == ()
    cut = outage.without("array.flushed linkeddisk")
    assert cut.result("S25").breaches
    assert cut.result("S25").put_to_test == 1


def test_S2_what_shows_it_is_the_request_for_the_flush_the_off_and_then_the_cut(outage: Any) -> None:
    dirty = outage.plus("640 room server.booting rack2").moved("array.flushed", 630)
    (breach,) = dirty.result("S2").breaches
    assert [event.name for event in breach.events] == ["command.sent", "command.sent", "ups.output_off"]
    assert [event.details["command"] for event in breach.events[:2]] == ["flush", "off"]


@pytest.mark.parametrize(
    ("told", "reported"),
    [
        (["500 room server.booting rack1", "504.9 room server.crashed rack1 cause=power"], False),
        (["500 room server.booting rack1", "505 room server.crashed rack1 cause=power"], True),
        (
            [
                "500 room server.booting rack1",
                "500 room server.booting blade2",
                "502 room server.crashed rack1 cause=power",
                "502 room server.crashed blade2 cause=power",
            ],
            False,
        ),
        (
            [
                "500 room server.booting rack1",
                "500 room server.booting blade2",
                "502 room server.crashed rack1 cause=power",
                "508 room server.crashed blade2 cause=power",
            ],
            True,
        ),
        (
            [
                "500 room server.booting rack1",
                "502 room server.up rack1",
                "504 room server.crashed rack1 cause=power",
            ],
            True,
        ),
        (
            [
                "500 room server.booting rack1",
                "506 room server.crashed rack1 cause=power",
                "510 room server.booting rack1",
                "511 room server.crashed rack1 cause=power",
            ],
            True,
        ),
        (
            [
                "500 room server.booting rack1",
                "501 room array.dirty linkeddisk",
                "502 room server.crashed rack1 cause=power",
            ],
            True,
        ),
        (
            [
                "500 room server.booting rack1",
                "501 room server.crashed rack2 cause=power",
                "502 room server.crashed rack1 cause=power",
            ],
            False,
        ),
    ],
    ids=["shorter", "as-long", "two", "one-longer", "up", "ran-before", "written", "another"],
)
def test_S2_a_boot_whose_power_goes_again_before_the_next_poll_is_no_use(
    outage: Any, told: list[str], reported: bool
) -> None:
    """It was at its self-test, and nobody can have seen it."""
    assert (outage.plus(*told).result("S2").breaches != ()) is reported


@pytest.mark.parametrize(
    ("told", "reported"),
    [
        (["641.5 room server.booting rack1"], False),
        (["641 room server.booting rack1"], True),
        (["640 room server.booting rack2", "645 room server.booting rack1"], True),
        (["645 room server.booting rack1", "645.5 room server.up rack1"], True),
        (["645 room server.booting rack1", "645.5 room array.dirty linkeddisk"], True),
        (
            ["480 room server.up blade1", "485 room server.forced blade1", "645 room server.booting rack1"],
            True,
        ),
    ],
    ids=["unseen", "a-poll-before", "one-longer", "up", "written", "another-ran-before"],
)
def test_S2_o1_nor_is_a_boot_after_the_last_poll_before_the_cut(
    outage: Any, told: list[str], reported: bool
) -> None:
    assert (outage.plus(*told).result("S2").breaches != ()) is reported


def test_S2_nor_does_it_fill_an_array_that_lost_all_it_held(outage: Any) -> None:
    again = outage.until(8260).plus(
        "8230 room server.booting rack1",
        "8231 room server.crashed rack1 cause=power",
        "8260 control1 command.sent ups4 command=off how=now",
        "8260 room ups.output_off ups4 cause=command",
    )

    assert again.result("S2").breaches == ()


def test_S2_what_a_blink_of_the_mains_takes_back_is_no_use_that_was_before_the_flush(outage: Any) -> None:
    """Who began to boot before it, and went on, is of no account for one who boots after it."""
    blink = ["500 room server.booting rack1", "502 room server.crashed rack1 cause=power"]
    before = ["440 room server.booting rack2", "446 room server.forced rack2"]

    assert outage.plus(*before, *blink).result("S2").breaches == ()
    used = ["480 room server.up blade1", "485 room server.forced blade1"]
    assert "though blade1 had run since its flush began" in outage.plus(*used, *blink).breach("S2")


def two_parts(outage: Any, name: str) -> Any:
    """This disk's enclosures have a UPS of their own."""
    array = outage.site.arrays[name]
    ups7 = replace(outage.site.upses[array.upses[0]], name="ups7", number=7)
    disk = replace(array, enclosures=("ups7",))
    return outage.at_site(
        upses={**outage.site.upses, "ups7": ups7}, arrays={**outage.site.arrays, name: disk}
    )


def test_S4_it_is_about_linked_arrays_whose_controllers_live_elsewhere(outage: Any) -> None:
    early = "640 room ups.output_off ups7 cause=command"
    linked = two_parts(outage, "linkeddisk").plus(early)
    assert "S4" in linked.broken
    assert linked.result("S4").put_to_test == 1
    control = two_parts(outage, "controldisk").plus(early)
    assert control.result("S4").put_to_test == 0, "nothing is flushed to a control disk's enclosures"
    assert outage.result("S4").put_to_test == 0, "one UPS takes both at once"
    late = two_parts(outage, "linkeddisk").plus("650 room ups.output_off ups7 cause=command")
    assert (late.result("S4").breaches, late.result("S4").put_to_test) == ((), 1)
    fault = two_parts(outage, "linkeddisk").plus(early.replace("cause=command", "cause=fault"))
    assert fault.result("S4").put_to_test == 0


@pytest.mark.parametrize(("after_s", "early"), [(299.0, False), (298.9, True)])
def test_S25_the_limit_is_whole_but_for_a_second_of_latency(outage: Any, after_s: float, early: bool) -> None:
    at_s = 454 + after_s
    telling = outage.without("array.flushed linkeddisk", "646 room array.off").plus(
        f"{at_s - 0.2} control1 array.flush_timed_out linkeddisk limit_s=300",
        f"{at_s - 0.1} control1 alarm.raised linkeddisk rule=S25",
    )
    telling = telling.moved("646 room ups.output_off ups4", at_s)
    breaches = telling.result("S25").breaches
    assert bool(breaches) is early
    if early:
        assert "1.1 s before its limit of 300 s" in breaches[0].text
        assert [event.name for event in breaches[0].events] == ["command.sent", "ups.output_off"]


def test_S25_an_array_that_nobody_asked_is_the_other_rules(outage: Any) -> None:
    never = outage.without("command=flush", "array.flushing", "array.flushed")
    assert never.result("S25").put_to_test == 0
    assert "S2" in never.broken
    control = outage.plus("1100 control1 command.sent controldisk command=flush")
    assert control.result("S25").put_to_test == 0, "nor is a control disk its matter"


ASKED_AGAIN = "640 control1 command.sent linkeddisk command=flush"


def test_S25_a_request_that_a_flushed_array_did_not_hear_begins_no_wait(outage: Any) -> None:
    """It says that it is flushed when it is heard again, and that is true (A3)."""
    again = outage.moved("array.flushed", 630).plus(ASKED_AGAIN)
    assert again.broken == []
    assert again.result("S25").put_to_test == 0


@pytest.mark.parametrize(
    "since",
    [
        ("632 room server.booting rack2", "636 room server.halted rack2"),
        ("632 room array.dirty linkeddisk",),
        ("641 room array.flushing linkeddisk",),
    ],
)
def test_S25_one_that_was_used_since_or_has_begun_anew_is_waited_for(
    outage: Any, since: tuple[str, ...]
) -> None:
    telling = outage.moved("array.flushed", 630).plus("631 control1 array.flushed linkeddisk")
    telling = telling.plus(ASKED_AGAIN, *since)
    assert "294 s before its limit of 300 s" in telling.breach("S25"), (
        "which counts from the request at 640 s"
    )


@pytest.mark.parametrize(
    ("since", "late_s"),
    [
        ((), 108),
        (("631 control2 array.flushed linkeddisk",), 108),
        (("631 control1 array.flushed controldisk",), 108),
        (("631 control1 array.flushed linkeddisk",), 294),
        (("641 control1 array.flushed linkeddisk",), 108),
        (("639 control1 step.started linkeddisk step=flushed limit_s=300",), 294),
        (("454 control1 step.started linkeddisk step=flushed limit_s=300",), 108),
        (("638 control1 step.timed_out linkeddisk", "639 control1 step.started linkeddisk"), 108),
        (("636 control1 lease.taken reference",), 294),
        (("454 control1 lease.taken reference",), 108),
        (("640 control1 array.flushed linkeddisk",), 294),
        (("631 room server.booting rack2", "636 room server.halted rack2"), 294),
        (("631 control1 array.flush_timed_out linkeddisk limit_s=300",), 294),
        (("633 room array.off linkeddisk", "641 room array.dirty linkeddisk"), 294),
    ],
    ids=[
        "unheard",
        "another heard it",
        "of another",
        "heard",
        "later",
        "a new step",
        "its own step",
        "what it had left",
        "a new life",
        "that life",
        "heard just then",
        "used",
        "timed out",
        "had no power",
    ],
)
def test_S25_n3_who_has_not_heard_that_it_was_flushed_has_waited_since_he_first_asked(
    outage: Any, since: tuple[str, ...], late_s: int
) -> None:
    """On a network that answers nobody in time; it writes by itself after each flush (A4)."""
    telling = outage.moved("array.flushed", 630).plus("632 room array.dirty linkeddisk", ASKED_AGAIN, *since)
    assert f"{late_s} s before its limit of 300 s" in telling.breach("S25")


def test_S25_nor_is_one_flushed_that_never_said_so(outage: Any) -> None:
    telling = outage.without("array.flushed", "array.flushing").plus(ASKED_AGAIN)
    assert telling.result("S25").breaches


def test_S25_of_a_flush_that_nobody_has_asked_for_the_first_request_counts(outage: Any) -> None:
    telling = outage.without("454 control1 command.sent linkeddisk command=flush").moved("array.flushed", 630)
    telling = telling.plus("632 room array.dirty linkeddisk", ASKED_AGAIN)
    assert "294 s before its limit of 300 s" in telling.breach("S25")
