"""Who runs though his disk has been asked to flush, or is on again, and nobody of this life has seen how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.array_off import flush, flush_and_cut, look_at_users
from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.scope import Scope
from sequencer.site import Site
from sequencer.systems import stop_system
from sim.story import Asked, Booted
from tests.excused import unexcused
from tests.hands import NO_ANSWER, HandRoom
from tests.worlds import LINKED, fault, out, play


def test_s2_c2_u19_who_boots_under_the_flush_as_its_commander_crashes_has_his_disk_flushed_anew() -> None:
    """By mixed cables: who follows has never seen him down, and took that flush for good (7701178)."""
    tale = play(out(0, 4200), out(6000, 9600), fault("loads_mixed_up", "ups6", 6600), until_s=6900)
    flushes = tale.times("array.flushing linkeddisk")
    assert flushes[1] < tale.at("server.booting rack2", -1) < tale.at("server.forced rack2") < flushes[2]
    assert unexcused(tale, ()) == []
    assert tale.at("array.flushed linkeddisk", -1) < tale.at("array.off linkeddisk", -1)


@pytest.mark.parametrize("falls_in_s", [30.0, 600.0])
@pytest.mark.parametrize(
    ("asked", "os", "anew"),
    [(True, Os.UP, True), (True, Os.BOOTING, True), (False, Os.BOOTING, False), (True, Os.HALTED, False)],
)
def test_s2_h6_who_is_to_stop_after_his_disk_was_asked_to_flush_has_used_it_since(
    by_hand: HandRoom, falls_in_s: float, asked: bool, os: Os, anew: bool
) -> None:
    """Also who is told nothing, for he is to be forced by now (S1)."""
    run = by_hand.run
    run.hear(Row(Kind.DECLARED, "reference", 1, "control2/0", 0.0, {"was_running": []}))
    told = {"falls_in_s": falls_in_s, "wall_s": run.wall_s()}
    run.hear(Row(Kind.OFF_ARMED, "ups6", 1, "control2/0", 0.0, told))
    if asked:
        run.hear(Row(Kind.FLUSH_ASKED, "linkeddisk", 1, "control2/0", 0.0))
    run.scope = Scope(servers=frozenset(LINKED))
    by_hand.upses["ups6"].show(off_armed=True)
    by_hand.servers["rack1"].show(os=os)
    run.spawn(stop_system(run, run.site.servers["rack1"]))
    by_hand.until(5)
    assert ("force" in by_hand.servers["rack1"].sent) is (os is not Os.HALTED and falls_in_s == 30.0)
    assert ("linkeddisk" in run.used_again) is anew


@pytest.mark.parametrize("slow_s", [70.0, 300.0])
def test_s2_o1_n3_a_disk_that_is_switched_on_in_the_stop_that_found_it_off_is_flushed_before_it_is_cut(
    slow_s: float,
) -> None:
    """Its card was heard to be on, and is silent as its turn comes: it counted as off still (3301059)."""
    tale = play(
        fault("enclosures_cut", "linkeddisk", -600.0, 0.0),
        Asked(-120.0, Wish.POWER_OFF, (), "somebody"),
        Booted(0.0, "rack2"),
        out(0, 3600),
        fault("network_slow", "network", slow_s, amount=60.0),
        until_s=2400.0,
    )
    assert tale.times("array.lost_data linkeddisk") == []
    tale.before("array.flushing linkeddisk", "array.off linkeddisk")


@pytest.mark.parametrize("pressed", [False, True])
def test_s2_o1_n3_so_it_is_where_it_was_heard_on_before_any_outage_brought_it_down(
    by_hand: HandRoom, pressed: bool
) -> None:
    """Its card is silent by then: nothing tells any more that it was switched on (seed 3301059)."""
    run, disk, ups4 = by_hand.run, by_hand.arrays["linkeddisk"], by_hand.upses["ups4"]
    run.settled |= {"linkeddisk", "ups4"}
    disk.fall_silent()
    ups4.show(output_on=False)
    run.spawn(flush_and_cut(run, run.site.arrays["linkeddisk"]))
    by_hand.until(5)
    if pressed:
        ups4.show(output_on=True)
        by_hand.until(10)
    ups4.fall_silent()
    run.scope = Scope(arrays=frozenset({"linkeddisk"}))
    run.announce("linkeddisk")
    by_hand.until(30)
    assert run.settled.isdisjoint({"linkeddisk", "ups4"}) is pressed


def test_s3_o1_who_answers_is_looked_at_last_before_a_flush_for_a_hand_is_quicker_than_who_is_silent(
    by_hand: HandRoom,
) -> None:
    """A look at who is silent takes two seconds, and a button had been pressed meanwhile (seed 7700703)."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    by_hand.servers["rack1"].fall_silent()
    run.spawn(look_at_users(run, run.site.arrays["linkeddisk"]))
    by_hand.until(1)
    assert (ups5.looks, by_hand.servers["blade1"].looks, by_hand.servers["rack1"].looks) == (0, 0, 1)
    by_hand.until(3)
    assert (ups5.looks, by_hand.servers["blade1"].looks, by_hand.servers["rack1"].looks) == (1, 1, 1)


def test_s25_s18_a_limit_that_began_after_a_look_at_who_is_silent_is_waited_for_once_not_twice(
    site: Site,
) -> None:
    """The battery under it may be short, and it answers nobody (A3; seed 7710287, crowded)."""
    limit_s = 296.0  # nothing is asked any more as it ends, two seconds before those of the request are over
    site = replace(site, linkage=replace(site.linkage, flush_limit_s=limit_s))
    room = HandRoom(site, "control1")
    run, disk = room.run, room.arrays["linkeddisk"]
    disk.replies = [NO_ANSWER]
    disk.fall_silent()
    room.servers["rack1"].fall_silent()
    room.upses["ups6"].fall_silent()
    run.settled |= {"ups5", "ups6"}
    run.given_up |= set(LINKED)
    run.spawn(flush(run, site.arrays["linkeddisk"]))
    room.until(limit_s + 5)
    assert "linkeddisk" not in run.facts.flush_settled
    room.until(limit_s + 20)
    assert "linkeddisk" in run.facts.flush_settled
