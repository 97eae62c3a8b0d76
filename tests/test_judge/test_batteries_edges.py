"""Whose battery ended, when, and what that took: S18, L2."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer import timing
from tests.told_well import CALM

EMPTY = ("440 room ups.exhausted ups5", "440 room ups.output_off ups5 cause=exhausted")


def test_S18_what_shows_it_is_what_would_have_come_or_what_was_told(outage: Any) -> None:
    (breach,) = outage.without("452 room ups.output_off ups5").plus(*EMPTY).result("S18").breaches
    assert [event.name for event in breach.events] == ["ups.off_armed", "ups.exhausted"]
    ignored = outage.without("452 room ups.output_off ups5", "off_armed ups5").plus(*EMPTY)
    (breach,) = ignored.result("S18").breaches
    assert [event.name for event in breach.events] == ["command.sent", "ups.exhausted"]


def test_S18_an_old_fall_is_not_the_end_of_the_battery(outage: Any) -> None:
    assert outage.plus("460 room ups.exhausted ups5").result("S18").breaches == ()
    fault = outage.without("452 room ups.output_off ups5").plus("430 room ups.output_off ups5 cause=fault")
    assert fault.plus("440 room ups.exhausted ups5").result("S18").breaches == ()
    told = outage.plus("452 room ups.exhausted ups5")
    assert told.result("S18").breaches == (), "it was switched off in this very instant, by command"


def test_S18_a_ups_whose_mains_were_never_lost_is_not_excused_by_nodes_that_sleep(tell: Any) -> None:
    asleep = tell(CALM).plus(
        "-100 room server.halted control1",
        "-100 room server.halted control2",
        "0 room mains.lost ups5",
        "1200 room ups.exhausted ups5",
        "1200 room ups.output_off ups5 cause=exhausted",
    )
    assert asleep.result("S18").breaches == ()
    assert asleep.without("mains.lost").result("S18").breaches, "nobody knows when"
    assert asleep.moved("halted control2", 4.9).result("S18").breaches == (), "it had not looked yet"
    assert asleep.moved("halted control2", 5).result("S18").breaches, "it has seen the mains go"
    assert asleep.plus("500 room server.up control2").result("S18").breaches, "it has been up since"


def test_L2_the_cause_is_the_rooms_word_or_the_last_fall(outage: Any) -> None:
    def said(*lines: str) -> list[str]:
        return [b.text for b in outage.until(800).plus(*lines).result("L2").breaches]

    crash = "441 room server.crashed rack1"
    assert said(crash) == [], "something else brought it down"
    assert said(crash + " cause=exhausted") == [
        "rack1 lost power while running at 441 s: the battery of ups6 was empty"
    ]
    assert said("440 room ups.output_off ups6 cause=exhausted", crash) == [
        "rack1 lost power while running at 441 s: the battery of ups6 was empty"
    ]
    assert said("440 room ups.output_off ups6 cause=fault", crash) == [
        "rack1 lost power while running at 441 s: ups6 failed"
    ]
    assert said("440 room ups.output_off ups6 cause=command", crash) == []
    assert said(crash, "441 room ups.output_off ups6 cause=exhausted") != [], "told after what it did"
    assert said(crash, "441 room ups.output_off ups5 cause=exhausted") == [], "not its own"


def test_L2_a_ups_that_gives_up_in_no_incident_is_nobodys_deadline(tell: Any) -> None:
    fault = tell(CALM).plus(
        "0 room ups.output_off ups6 cause=fault", "0 room server.crashed rack1 cause=fault"
    )
    assert fault.result("L2").breaches == ()
    assert fault.result("L2").put_to_test == 1


def test_L2_of_two_feeds_the_one_that_fell_last_took_it(outage: Any) -> None:
    two = replace(outage.site.servers["rack1"], upses=("ups5", "ups6"))
    telling = outage.at_site(servers={**outage.site.servers, "rack1": two}).until(800)
    telling = telling.plus(
        "430 room ups.output_off ups6 cause=fault",
        "440 room ups.output_off ups5 cause=exhausted",
        "440 room server.crashed rack1",
    )
    assert "the battery of ups5 was empty" in telling.breach("L2")


def at_rest(outage: Any, at_s: float) -> Any:
    """The cluster has stopped early, and the battery of its disk ends then."""
    return outage.without("ups3", "cluster.stopping").plus(
        "300 room cluster.stopped ssccluster",
        f"{at_s} room ups.exhausted ups3",
        f"{at_s} room ups.output_off ups3 cause=exhausted",
    )


def test_S18_s5_the_control_disk_is_at_rest_while_the_nodes_stay_for_a_linked_one(outage: Any) -> None:
    """Their data come before its battery."""
    ends = at_rest(outage, 600)
    assert ends.result("S18").breaches == ()
    assert ends.without("cluster.stopped").result("S18").breaches, "it is in use"
    assert ends.without("confirmed ups4").result("S18").breaches, "no linked disk is to go"
    dead = ("200 room server.halted control1", "200 room server.halted control2")
    assert ends.plus(*dead).result("S18").breaches, "nobody stays for it"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("650 room server.booting rack1", "860 room server.up rack1"), True),
        (("650 room server.booting rack1", "860 room server.up rack1", "890 room server.halted rack1"), True),
        ((), False),
        (("650 room server.booting rackpool", "860 room server.up rackpool"), False),
    ],
    ids=["it runs", "it has just gone", "nobody", "who uses no disk"],
)
def test_S18_s5_h6_so_it_is_while_they_stay_for_a_linked_server_that_was_booted_by_hand(
    outage: Any, lines: tuple[str, ...], kept: bool
) -> None:
    """Its UPS is on for somebody else; the linked disk has been off for longer than a node takes to go."""
    on = outage.without("452 room ups.output_off ups6").plus("1050 room server.halted control1", *lines)
    assert (at_rest(on, 1100).result("S18").breaches == ()) is kept


def test_S18_nor_had_they_time_to_tell_it_when_the_linked_one_was_off(outage: Any) -> None:
    floor_s, off_s = timing.disks_floors_s(outage.site)["ups3"], 646.0
    assert at_rest(outage, off_s + floor_s - 1).result("S18").breaches == ()
    assert at_rest(outage, off_s + floor_s + 1).result("S18").breaches
    gone = ("700 room server.halted control1", "700 room server.halted control2")
    assert at_rest(outage, off_s + floor_s - 1).plus(*gone).result("S18").breaches == ()


def test_S18_a_nodes_own_battery_is_never_at_rest(outage: Any) -> None:
    ends = outage.plus("1100 room ups.exhausted ups1", "1100 room ups.output_off ups1 cause=exhausted")
    assert ends.result("S18").breaches
