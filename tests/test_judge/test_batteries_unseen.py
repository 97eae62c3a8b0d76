"""What a battery lost while no control node was at work is nobody's to answer for: S18, L2 (R10-14, P4)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM


def drained(tell: Any, *lines: str, up_s: int = 200, runtime_s: int = 100, before: bool = True) -> Any:
    """The nodes were down while its mains were away at first; they are up when it loses them anew.

    `before`: they had been away before.
    """
    first = ("0 room mains.lost ups4", "150 room mains.restored ups4") if before else ()
    return tell(CALM).plus(
        "-100 room server.halted control1",
        "-100 room server.halted control2",
        *first,
        f"{up_s} room server.up control1",
        f"150 room ups.charge ups4 charge_pct=5 runtime_s={runtime_s}",
        "300 room mains.lost ups4",
        "400 room ups.exhausted ups4",
        "400 room ups.output_off ups4 cause=exhausted",
        "400 room array.lost_data linkeddisk",
        *lines,
    )


def test_S18_L2_p4_nobody_is_blamed_for_what_an_outage_took_that_nobody_was_there_to_see(tell: Any) -> None:
    told = drained(tell)
    assert [rule for rule in ("S18", "L2") if told.result(rule).breaches] == []
    assert drained(tell, runtime_s=1200).result("S18").breaches, "there was time"
    assert told.without("ups.charge ups4").result("S18").breaches, "nobody knows how much it held"


def test_S18_p4_whoever_was_there_for_any_of_it_could_have_told_it(tell: Any) -> None:
    assert drained(tell, up_s=150).result("S18").breaches, "up before its mains were back"
    assert drained(tell).without("server.up").result("S18").breaches == (), "nobody has come at all"
    assert drained(tell).moved("halted control2", 4).result("S18").breaches == (), "it had not looked yet"
    assert drained(tell).moved("halted control2", 5).result("S18").breaches, "it has seen the mains go"
    went = drained(tell, "350 room server.halted control1")
    assert went.result("S18").breaches, "he was there when they went again, and left"
    assert went.plus("299 control1 command.sent ups4 command=off").result("S18").breaches, "of another outage"
    told = went.plus("301 control1 command.sent ups4 command=off", "301 room ups.off_armed ups4 falls_at=481")
    assert told.result("S18").breaches == (), "he told it at once, and it lasted for less (221732)"
    assert drained(tell, before=False).result("S18").breaches, "they had never been away"


def test_S18_L2_p4_who_comes_after_that_may_be_rebooted_or_see_them_go_twice(tell: Any) -> None:
    """What it held each time they went, and who was there when it had more; not who was there last."""
    rebooted = drained(tell, "220 room server.halted control1", "240 room server.up control1")
    assert [rule for rule in ("S18", "L2") if rebooted.result(rule).breaches] == []
    twice = drained(tell, "250 room mains.lost ups4", "260 room mains.restored ups4")
    assert [rule for rule in ("S18", "L2") if twice.result(rule).breaches] == []
    full = twice.plus("250 room ups.charge ups4 charge_pct=90 runtime_s=1200")
    now = "300 room ups.charge ups4 charge_pct=5 runtime_s=100"
    assert full.plus(now).result("S18").breaches, "it had enough when he saw them go the first time"
    assert full.result("S18").breaches, "nor had it less the second time"
    assert (
        drained(tell, "1 room server.up control2", "2 room server.halted control2").result("S18").breaches
        == ()
    )
    assert (
        drained(tell, "6 room server.up control2", "7 room server.halted control2").result("S18").breaches
    ), "somebody was there for a moment of it"


def test_S18_r10_14_who_was_up_when_its_mains_went_may_have_seen_it(tell: Any) -> None:
    """Also who came in that very moment."""
    assert drained(tell, up_s=300, before=False).result("S18").breaches
    assert drained(tell, up_s=301, before=False).result("S18").breaches == ()


def untold(tell: Any, *lines: str) -> Any:
    """The nodes are up all the while; the card of ups4 is silent, and everybody else on its feed is fed."""
    up = drained(tell, *lines).without("halted control1").without("halted control2").without("up control1")
    return up.plus("0 room card.silent ups4", "299 room mains.lost utility")


def test_S18_L2_u2_nobody_is_blamed_for_what_an_outage_took_that_nobody_told_of(tell: Any) -> None:
    """Others had mains all the while, and by that it had them, too (S12)."""
    told = untold(tell)
    assert [rule for rule in ("S18", "L2") if told.result(rule).breaches] == []
    assert told.without("card.silent").result("S18").breaches
    assert told.moved("card.silent", 1).result("S18").breaches, "its last word was that they are away"
    heard = told.plus("350 room card.answering ups4")
    assert heard.result("S18").breaches, "it has told since what it holds"
    assert told.moved("mains.lost utility", 150).result("S18").breaches == ()
    assert told.moved("mains.lost utility", 149).result("S18").breaches, "all of them were away by then"
    assert told.plus(*blinks(0)).result("S18").breaches == (), "they were back by then"
    assert told.plus(*blinks(1)).result("S18").breaches
    assert told.plus(*blinks(1)[2:]).result("S18").breaches == (), "one of them is enough"


LOSES = {"linkeddisk": "array.lost_data linkeddisk", "rack1": "server.crashed rack1 cause=power"}


def on_both(tell: Any, device: str, *lines: str) -> Any:
    """ups6 feeds it as well, and its battery ends, as all know, 100 s after that of ups4."""
    told = untold(tell, *lines).without("lost_data").without("mains.lost utility")
    feeds, site = ("ups4", "ups6"), told.site
    disk = replace(site.arrays["linkeddisk"], controllers=feeds, enclosures=feeds)
    rack = replace(site.servers["rack1"], upses=feeds)
    told = told.at_site(arrays={**site.arrays, "linkeddisk": disk}, servers={**site.servers, "rack1": rack})
    return told.plus(
        "100 room mains.lost ups6",
        "160 control1 outage.confirmed ups6",
        "500 room ups.exhausted ups6",
        "500 room ups.output_off ups6 cause=exhausted",
        f"500 room {LOSES[device]}",
    )


@pytest.mark.parametrize("device", LOSES)
def test_L2_s12_x04_nor_for_whom_another_carried_until_it_ended_that_nobody_told_of(
    tell: Any, device: str
) -> None:
    """By all that anybody knew ups4 had its mains, and carried it on its own."""
    told = on_both(tell, device)
    assert told.result("L2").breaches == ()
    assert told.without("card.silent").result("L2").breaches, "that was known"
    by_command = told.without("exhausted ups4").changed("output_off ups4", "cause=exhausted", "cause=command")
    assert by_command.result("L2").breaches, "it was told to go"
    assert told.plus("450 room ups.output_on ups4 cause=button").result("L2").breaches, "it is on again"
    assert told.without("output_off ups4").without("exhausted ups4").result("L2").breaches, "it is on"
    dark = told.without("mains.lost ups4", "exhausted ups4", "output_off ups4")
    first = {**dark.events[0].details["initial"], "ups4": {"supply": "on line", "output": "off"}}
    never = replace(dark, initial=first)
    assert never.result("L2").breaches, "it was off from the start"
    apart = replace(told.site.arrays["linkeddisk"], controllers=("ups4",), enclosures=("ups6",))
    alone = replace(told.site.servers["rack1"], upses=("ups6",))
    arrays, servers = {**told.site.arrays, "linkeddisk": apart}, {**told.site.servers, "rack1": alone}
    assert told.at_site(arrays=arrays, servers=servers).result("L2").breaches, "it carried somebody else"


@pytest.mark.parametrize("device", LOSES)
def test_L2_x04_one_that_ended_untold_and_says_since_that_it_is_off_carries_nobody(
    tell: Any, device: str
) -> None:
    """Who lives on both was to be stopped for the other one."""
    back = "405 room mains.restored ups4"
    told = on_both(tell, device, back, "410 room card.answering ups4")
    assert told.result("L2").breaches
    assert told.changed("card.answering", "ups4", "ups5").result("L2").breaches == ()
    late = told.plus("405 room ups.charge ups6 charge_pct=5 runtime_s=95")
    assert late.result("L2").breaches == (), "too late for that"
    assert told.plus("405 room ups.charge ups6 charge_pct=50 runtime_s=900").result("L2").breaches


def test_L2_p12_s12_nor_for_what_a_test_took_of_which_a_silent_card_told_nobody(tell: Any) -> None:
    """Its mains are there all the while (seed 73940)."""
    tests = tell(CALM).plus(
        "-1 room mains.lost ups6",  # the room tells of mains, so that this is a test
        "0 room card.silent ups5",
        "0 room ups.on_battery ups5",
        "0 room ups.charge ups5 charge_pct=100 runtime_s=1200",
        "1200 room ups.exhausted ups5",
        "1200 room ups.output_off ups5 cause=exhausted",
        "1200 room server.crashed blade1 cause=power",
    )
    assert tests.result("L2").breaches == ()
    assert tests.without("card.silent").result("L2").breaches, "it looks like an outage"
    assert tests.moved("card.silent", 9).result("L2").breaches
    assert tests.plus("90 room card.answering ups5").result("L2").breaches


def blinks(until_s: float) -> list[str]:
    """Everybody else has no mains until then."""
    others = ("ups1", "ups2", "ups3", "ups5", "ups6")
    times = ("-10 room mains.lost {}", f"{until_s} room mains.restored {{}}")
    return [line.format(ups) for ups in others for line in times]


LEFT_ON = """
    -600 room run.started reference
    -590 control2 lease.taken reference
       0 room mains.lost {ups}
     950 control2 alarm.raised {ups} rule=S30
    3600 room ups.exhausted {ups}
    3600 room ups.output_off {ups} cause=exhausted
"""
LOST = {
    "ups1": "3600 room server.crashed control1 cause=exhausted",
    "ups4": "3600 room array.lost_data linkeddisk cause=exhausted",
}


def of_its_battery(told: Any) -> list[str]:
    return [rule for rule in ("S18", "L2") if told.result(rule).breaches]


@pytest.mark.parametrize("ups", LOST)
def test_S18_L2_c5_s30_what_a_broken_journal_leaves_on_is_nobodys_to_answer_for(tell: Any, ups: str) -> None:
    """Who hangs on it was not seen down, or not flushed; an alarm says so."""
    told = tell(LEFT_ON.format(ups=ups)).plus(LOST[ups])
    assert of_its_battery(told) == []
    assert of_its_battery(told.without("alarm.raised")) == ["S18", "L2"]
    assert of_its_battery(told.changed("alarm.raised", "rule=S30", "rule=S29")) == ["S18", "L2"]
    assert of_its_battery(told.changed("alarm.raised", ups, "ups6")) == ["S18", "L2"]
    assert of_its_battery(told.moved("alarm.raised", -1)) == ["S18", "L2"], "an old story"
    assert of_its_battery(told.without("mains.lost")) == ["S18", "L2"], "it has mains"


def test_S18_c5_until_somebody_commands_whose_journal_may_be_well(tell: Any) -> None:
    told = tell(LEFT_ON.format(ups="ups1")).plus(LOST["ups1"])
    assert of_its_battery(told.plus("949 control1 lease.taken reference")) == []
    assert of_its_battery(told.plus("3599 control1 lease.taken reference")) == ["S18", "L2"]
    assert of_its_battery(told.plus("3600 control1 lease.taken reference")) == ["S18", "L2"]
    assert of_its_battery(told.plus("3601 control1 lease.taken reference")) == []


def test_S18_c5_nor_is_it_left_on_any_more_when_all_on_it_are_down(tell: Any) -> None:
    told = tell(LEFT_ON.format(ups="ups5")).plus("62 control2 outage.confirmed ups5")
    down = [f"{t} room server.halted {name}" for t, name in ((70, "blade1"), (80, "bladepool"))]
    assert told.plus(*down).result("S18").breaches == ()
    assert told.plus(*down, "90 room server.halted blade2").result("S18").breaches


def test_S18_L2_c5_nor_is_the_ups_of_a_control_disk_which_nobody_flushes(tell: Any) -> None:
    told = tell(LEFT_ON.format(ups="ups3")).plus("3600 room array.lost_data controldisk cause=exhausted")
    assert of_its_battery(told) == ["S18", "L2"]


def test_S18_c5_nor_once_who_said_so_has_written_something_down(tell: Any) -> None:
    """His journal is well: the mutant that says so without one that is broken is found."""
    told = tell(LEFT_ON.format(ups="ups4")).plus(LOST["ups4"])
    assert of_its_battery(told.plus("1000 control2 journal.committed ups4 kind=confirmed")) == ["S18", "L2"]
    assert of_its_battery(told.plus("3600 control2 journal.committed ups4 kind=confirmed")) == ["S18", "L2"]
    assert of_its_battery(told.plus("949 control2 journal.committed ups4 kind=confirmed")) == []
    assert of_its_battery(told.plus("3601 control2 journal.committed ups4 kind=confirmed")) == []
    assert of_its_battery(told.plus("1000 control1 journal.committed ups4 kind=confirmed")) == []


def test_S18_c5_nor_a_linked_disk_that_nobody_uses_and_nobody_has_to_flush(tell: Any) -> None:
    """Its users are down: it was to be asked for its flush, which takes no journal, and to go then."""
    halted = [f"{60 + i} room server.halted {name}" for i, name in enumerate(("blade1", "blade2", "rack1"))]
    told = tell(LEFT_ON.format(ups="ups4")).plus(LOST["ups4"], *halted)
    assert of_its_battery(told) == [], "rack2 writes yet"
    down = told.plus("70 room server.halted rack2")
    assert of_its_battery(down) == ["S18", "L2"], "nobody asked for it"
    asked = down.plus("80 control2 command.sent linkeddisk command=flush")
    assert of_its_battery(asked) == [], "it does not end"
    done = asked.without("array.lost_data").plus("90 room array.flushed linkeddisk")
    assert of_its_battery(done) == ["S18"], "it is done: its UPS was to be told"
    assert of_its_battery(done.plus("95 room array.dirty linkeddisk")) == []


def onto_a_falling_disk(tell: Any, *lines: str) -> Any:
    """A node boots with its mains while its disk's OFF counts down; ups4 has lost its own by then."""
    return tell(CALM).plus(
        "-100 room server.halted control1",
        "-100 room server.halted control2",
        "-100 control1 command.sent ups3 command=off falls_in_s=420",
        "-100 room ups.off_armed ups3",
        "0 room mains.lost ups4",
        "200 room server.up control2",
        "320 room ups.output_off ups3 cause=command",
        "1200 room ups.exhausted ups4",
        "1200 room ups.output_off ups4 cause=exhausted",
        *lines,
    )


def test_S18_s2_who_boots_onto_a_disk_that_counts_down_can_tell_nobody(tell: Any) -> None:
    """He goes down again at once, and on his battery he stays down (seed 4716)."""
    goes = onto_a_falling_disk(tell, "202 room server.shutting_down control2")
    assert goes.result("S18").breaches == ()
    assert onto_a_falling_disk(tell).result("S18").breaches, "he has stayed up until it had fallen"
    assert goes.without("armed ups3", "sent ups3").result("S18").breaches, "nothing counted down"
    again = goes.plus("700 room server.up control2")
    assert again.result("S18").breaches, "his disk was down by then, and he was there"
