"""Whose battery ended, when, and what that took: S18, L2."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer import timing
from sequencer.site import Array, ArrayRole, Ups
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
    no_outage = ends.without(*(f"confirmed ups{n}" for n in (4, 5, 6))).plus("500 room server.up rack1")
    assert no_outage.result("S18").breaches, "nor is the server that runs"
    dead = ("200 room server.halted control1", "200 room server.halted control2")
    assert ends.plus(*dead).result("S18").breaches, "nobody stays for it"


def test_L2_s5_what_a_control_disk_at_rest_still_held_is_no_loss_of_that_outage(outage: Any) -> None:
    ends = at_rest(outage, 600).plus("600 room array.lost_data controldisk cause=exhausted")
    assert ends.result("L2").breaches == ()
    assert ends.without("cluster.stopped").result("L2").breaches, "it is in use"
    node = at_rest(outage, 600).plus("600 room server.crashed control1 cause=exhausted")
    assert node.result("L2").breaches, "that is no disk"
    on_it = replace(node.site.servers["rack1"], upses=("ups3",))
    beside = at_rest(outage, 600).at_site(servers={**node.site.servers, on_it.name: on_it})
    dies = beside.plus("590 room server.up rack1", "600 room server.crashed rack1 cause=exhausted")
    assert dies.result("L2").breaches, "nor is a server that shares its UPS"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("650 room server.booting rack1", "690 room server.up rack1"), True),
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


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("560 room server.booting rack1", "760 room server.up rack1"), True),
        (("650 room server.booting rack1", "700 room server.up rack1", "780 room server.halted rack1"), True),
        (
            ("650 room server.booting rack1", "700 room server.up rack1", "779 room server.halted rack1"),
            False,
        ),
    ],
    ids=["it has run for long", "gone a floor ago", "gone for longer"],
)
def test_S18_s5_for_as_long_as_it_runs_and_320_s_more(
    outage: Any, lines: tuple[str, ...], kept: bool
) -> None:
    on = outage.without("452 room ups.output_off ups6").plus("1050 room server.halted control1", *lines)
    assert timing.disks_floors_s(outage.site)["ups3"] == 320
    assert (at_rest(on, 1100).result("S18").breaches == ()) is kept
    calm = at_rest(on, 1100).without("confirmed ups4", "confirmed ups5", "confirmed ups6")
    assert calm.result("S18").breaches, "nobody brings it down"


def test_S18_nor_had_they_time_to_tell_it_when_the_linked_one_was_off(outage: Any) -> None:
    floor_s, off_s = timing.disks_floors_s(outage.site)["ups3"], 646.0
    assert at_rest(outage, off_s + floor_s - 1).result("S18").breaches == ()
    assert at_rest(outage, off_s + floor_s + 1).result("S18").breaches
    gone = ("700 room server.halted control1", "700 room server.halted control2")
    assert at_rest(outage, off_s + floor_s - 1).plus(*gone).result("S18").breaches == ()


def test_S18_a_nodes_own_battery_is_never_at_rest(outage: Any) -> None:
    ends = outage.plus("1100 room ups.exhausted ups1", "1100 room ups.output_off ups1 cause=exhausted")
    assert ends.result("S18").breaches


def test_S18_s5_one_linked_disk_of_several_is_enough_to_stay_for(outage: Any) -> None:
    site = outage.site
    calm = Array("calmdisk", ArrayRole.LINKED, ("ups7",), ("ups7",))
    upses = {**site.upses, "ups7": Ups("ups7", 7, "utility", 60.0)}
    ends = at_rest(outage, 600).at_site(arrays={**site.arrays, "calmdisk": calm}, upses=upses)
    assert ends.result("S18").breaches == ()


@pytest.mark.parametrize(("over_s", "broken"), [(0.0, False), (1.0, True)])
def test_S18_who_has_just_gone_has_its_floor_to_be_told_in(outage: Any, over_s: float, broken: bool) -> None:
    """Counted from the last of the nodes; or from the disk that they stayed for."""
    floor_s, off_s, gone_s = timing.disks_floors_s(outage.site)["ups3"], 646.0, 700.0
    assert bool(at_rest(outage, off_s + floor_s + over_s).result("S18").breaches) is broken
    gone = (f"{gone_s} room server.halted control1", f"{gone_s} room server.halted control2")
    stayed = at_rest(outage, gone_s + floor_s + over_s).without("646 ").plus(*gone)
    assert bool(stayed.result("S18").breaches) is broken
    on = outage.without("452 room ups.output_off ups6").plus("1050 room server.halted control1")
    booted = at_rest(
        on.plus("650 room server.up rack1", "890 room server.halted rack1"), 890.0 + floor_s + over_s
    )
    assert bool(booted.result("S18").breaches) is broken


# Two feeds


def fed_by(telling: Any, **upses: tuple[str, ...]) -> Any:
    """These servers draw from these UPSes, and run on one of them."""
    fed = {name: replace(telling.site.servers[name], upses=of) for name, of in upses.items()}
    return telling.at_site(servers={**telling.site.servers, **fed})


@pytest.fixture
def both(tell: Any) -> Any:
    """Two UPSes that feed the blades lose their mains, and ups5's battery ends first."""
    telling = tell(CALM).plus(
        "0 room mains.lost ups5",
        "9 room mains.lost ups6",
        "62 control1 outage.confirmed ups5",
        "69 control1 outage.confirmed ups6",
        "1200 room ups.exhausted ups5",
        "1200 room ups.output_off ups5 cause=exhausted",
    )
    two = ("ups5", "ups6")
    return fed_by(telling, blade1=two, blade2=two, bladepool=two)


def test_S18_x04_the_second_feed_has_to_have_mains_where_an_outage_brings_them_down(both: Any) -> None:
    assert both.result("S18").breaches, "declared of both: somebody had to be told"
    assert both.plus("600 room mains.restored ups6").result("S18").breaches == ()
    assert both.without("confirmed ups5").result("S18").breaches == (), "nothing is to be brought down"


def test_S18_x04_a_third_feed_that_has_mains_and_gives_no_power_carries_nobody(both: Any) -> None:
    third = ("ups5", "ups6", "ups1")
    three = fed_by(both, blade1=third, blade2=third, bladepool=third)
    off = three.plus("-100 room ups.output_off ups1 cause=fault")
    assert three.result("S18").breaches == ()
    assert off.result("S18").breaches


def test_S18_x04_each_of_those_on_it_needs_another_with_mains(both: Any) -> None:
    back = both.plus("600 room mains.restored ups6")
    dark = ("9 room mains.lost ups2", "939 control1 outage.confirmed ups2")
    apart = fed_by(back, blade1=("ups5", "ups6"), blade2=("ups5", "ups2"))
    assert apart.plus(*dark).result("S18").breaches, "blade2 lives on its other battery"
    assert apart.result("S18").breaches == ()


def test_S18_x04_so_do_the_controllers_and_the_enclosures_of_a_disk(both: Any) -> None:
    dark = ("9 room mains.lost ups4", "39 control1 outage.confirmed ups4")
    disk = Array("linkeddisk", ArrayRole.LINKED, ("ups4", "ups5"), ("ups5", "ups6"))
    fed = fed_by(both, blade1=("ups6",), blade2=("ups6",), bladepool=("ups6",)).plus(*dark)
    fed = fed.at_site(arrays={**fed.site.arrays, "linkeddisk": disk})
    back = {u: f"600 room mains.restored {u}" for u in ("ups4", "ups6")}
    assert fed.plus(back["ups4"]).result("S18").breaches, "its enclosures live on a battery"
    assert fed.plus(back["ups6"]).result("S18").breaches, "its controllers do"
    assert fed.plus(*back.values()).result("S18").breaches == ()


def left_by_the_other(tell: Any, more_s: float, *, least: int = 1, disk: Array | None = None) -> Any:
    """ups5 is out for long, and as ups6 loses its mains it holds so much more than its own stop needs; the
    blades live on it to its end, for ups6 has failed by then. Or that disk does."""
    telling, two = tell(CALM), ("ups5", "ups6")
    fed = ("ups2",) if disk else two
    telling = fed_by(telling, blade1=fed, blade2=fed, bladepool=fed)
    servers = {name: replace(s, minimum_supplies=least) for name, s in telling.site.servers.items()}
    arrays = telling.site.arrays | ({} if disk is None else {disk.name: disk})
    telling = telling.at_site(servers=servers, arrays=arrays)
    floor_s = timing.last_call_s(telling.site, telling.site.upses["ups5"])
    return telling.plus(
        "0 room mains.lost ups5",
        "62 control1 outage.confirmed ups5",
        f"790 room ups.charge ups5 charge_pct=20 runtime_s={floor_s + more_s:g}",
        "800 room mains.lost ups6",
        "860 control1 outage.confirmed ups6",
        "900 room ups.output_off ups6 cause=fault",
        "1200 room ups.exhausted ups5",
        "1200 room ups.output_off ups5 cause=exhausted",
    )


def test_S18_x04_p4_nobody_told_it_while_the_other_had_its_mains_and_then_it_was_too_late(tell: Any) -> None:
    """It was almost empty, and that one's battery collapsed (two-feeds, hard seed 61000)."""
    assert left_by_the_other(tell, 10).result("S18").breaches == ()
    assert left_by_the_other(tell, 20).result("S18").breaches, "there was time yet"
    assert left_by_the_other(tell, 10, least=2).result("S18").breaches, "they need both"
    before = left_by_the_other(tell, 10).without("mains.lost ups5", "confirmed ups5")
    assert before.plus("801 room mains.lost ups5").result("S18").breaches, "the other had gone before"


def test_S18_x04_what_is_off_left_nobody_when_its_mains_went(tell: Any) -> None:
    """It carried nobody meanwhile, and the outage of the only one that did was confirmed too late."""
    late = left_by_the_other(tell, 10).without("output_off ups6").moved("outage.confirmed ups5", 800)
    assert late.plus("801 room ups.output_off ups6 cause=command").result("S18").breaches == ()
    assert late.plus("-1 room ups.output_off ups6 cause=command").result("S18").breaches
    assert replace(late, initial={"ups6": {"output": "off"}}).result("S18").breaches


def test_S18_x04_p4_so_it_is_of_the_parts_of_a_disk(tell: Any) -> None:
    disk = Array("linkeddisk", ArrayRole.LINKED, ("ups5", "ups6"), ("ups4",))
    assert left_by_the_other(tell, 10, disk=disk).result("S18").breaches == ()
    assert left_by_the_other(tell, 20, disk=disk).result("S18").breaches
    alone = replace(disk, controllers=("ups5",))
    assert left_by_the_other(tell, 10, disk=alone).result("S18").breaches


# A pool server that a hand has booted (H6, O1)


def overdrawn(tell: Any, *lines: str, charge_pct: int = 56, runtime_s: int = 420) -> Any:
    """bladepool was booted; with it ups5 lasts no longer than its own stop takes when its mains go."""
    return tell(CALM).plus(
        "-300 room server.booting bladepool",
        f"0 room ups.charge ups5 charge_pct={charge_pct} runtime_s={runtime_s}",
        "0 room mains.lost ups5",
        "420 room ups.exhausted ups5",
        "420 room ups.output_off ups5 cause=exhausted",
        "420 room server.crashed blade1 cause=power",
        *lines,
    )


def test_S18_L2_h6_nobody_is_blamed_for_what_a_pool_server_draws_that_a_hand_has_booted(tell: Any) -> None:
    """The runtime of a UPS is stated for those that are started; and S17 had been kept."""
    told, site = overdrawn(tell), tell(CALM).site
    assert [rule for rule in ("S18", "L2") if told.result(rule).breaches] == []
    short_pct = timing.return_charge_pct(site, site.upses["ups5"])
    at_least = overdrawn(tell, charge_pct=short_pct)
    assert at_least.result("S18").breaches == ()
    assert overdrawn(tell, charge_pct=short_pct - 1).result("S18").breaches, "started too early (S17)"
    assert overdrawn(tell, runtime_s=1200).result("S18").breaches, "there was time"
    assert told.without("ups.charge").result("S18").breaches, "nobody knows how much it held"
    assert told.without("mains.lost").result("S18").breaches, "its mains never went"


def test_S18_h6_but_only_while_it_runs_on_that_battery(tell: Any) -> None:
    told = overdrawn(tell)
    assert told.without("booting bladepool").result("S18").breaches, "nobody has booted it"
    assert told.moved("booting bladepool", 0).result("S18").breaches == ()
    assert told.moved("booting bladepool", 1).result("S18").breaches, "later: what that draws comes on top"
    assert overdrawn(tell, "-1 room server.halted bladepool").result("S18").breaches, "it was down again"
    assert overdrawn(tell, "1 room server.halted bladepool").result("S18").breaches == ()
    again = overdrawn(tell, "-400 room server.halted bladepool")
    assert again.result("S18").breaches == (), "booted since then"
    twice = overdrawn(tell, "-200 room server.halted bladepool", "-100 room server.booting bladepool")
    assert twice.result("S18").breaches == (), "and once more"
    other = replace(told.site.servers["bladepool"], name="sparepool")
    beside = told.at_site(servers={**told.site.servers, "sparepool": other})
    assert beside.result("S18").breaches == (), "one of them is enough"
    rack = told.without("booting bladepool")
    assert rack.plus("-300 room server.booting rackpool").result("S18").breaches, "on another UPS"
    assert rack.plus("-300 room server.booting blade1").result("S18").breaches, "one that is planned with"


# Nobody was there (R10-14)


def under_test(tell: Any, *lines: str) -> Any:
    """A hand has switched it on, with its mains, and a test of its battery never ends."""
    return tell(CALM).plus(
        "-100 room server.halted control1",
        "-100 room server.halted control2",
        "-50 room mains.lost ups1",
        "200 room ups.on_battery ups4",
        "1200 room ups.exhausted ups4",
        "1200 room ups.output_off ups4 cause=exhausted",
        *lines,
    )


def test_S18_p12_a_battery_that_is_tested_while_nobody_is_there_is_nobodys_to_save(tell: Any) -> None:
    assert under_test(tell).result("S18").breaches == ()
    assert under_test(tell).moved("halted control2", 204).result("S18").breaches == (), (
        "it had not looked yet"
    )
    assert under_test(tell).moved("halted control2", 205).result("S18").breaches, "it has seen the test begin"
    assert under_test(tell, "199 room server.up control1").result("S18").breaches, "somebody was there"
    over = under_test(tell, "300 room ups.on_line ups4")
    assert over.result("S18").breaches, "that test was over, and its mains never went"
    went = under_test(tell, "-50 room mains.lost ups4", "-20 room mains.restored ups4")
    assert went.result("S18").breaches == (), "an outage before it is another matter"


def on_falling_power(tell: Any, *lines: str) -> Any:
    """A hand boots a node whose UPS counts down; ups4 has lost its mains since the nodes went."""
    return tell(CALM).plus(
        "-100 room server.halted control1",
        "-100 room server.halted control2",
        "-100 control1 command.sent ups2 command=off falls_in_s=420",
        "-100 room ups.off_armed ups2",
        "0 room mains.lost ups4",
        "200 room server.up control2",
        "210 room server.shutting_down control2",
        "1200 room ups.exhausted ups4",
        "1200 room ups.output_off ups4 cause=exhausted",
        *lines,
    )


def test_S18_s1_who_boots_onto_power_that_counts_down_can_tell_nobody(tell: Any) -> None:
    """He goes down again at once."""
    assert on_falling_power(tell).result("S18").breaches == ()
    assert on_falling_power(tell).without("armed ups2", "sent ups2").result("S18").breaches
    again = on_falling_power(tell, "320 room ups.output_off ups2", "700 room server.up control2")
    assert again.result("S18").breaches, "his power was on for good by then"
