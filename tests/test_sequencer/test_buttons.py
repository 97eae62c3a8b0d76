"""Somebody presses a button in mid-outage: what runs again goes down again before its disks do (H6, O1)."""

from __future__ import annotations

import pytest

from sequencer.facts import Facts
from sequencer.journal import Kind, Row
from sequencer.outage import note_what_is_off
from sequencer.ports import Flush, Os
from sequencer.requests import Wish
from sequencer.shortage import say_it_hurries
from sequencer.site import AcLink
from sim.story import Asked, Booted, Happening, Managed, Manager, Pressed
from teiden.judge.verdict import judge
from tests.excused import holds
from tests.hands import HandRoom
from tests.tale import Tale
from tests.worlds import LINKED, fault, out, play, reference_site

SAFETY = frozenset(("S1", "S2", "S3", "S5", "S9", "S15", "S18", "L2", "L10"))


def disk_outage(*more: Happening, until_s: float = 3000.0) -> Tale:
    """Only the linked array has lost its mains: its servers' UPSes can be switched on again at any time."""
    return play(out(0, 3600, "ups4"), more, until_s=until_s)


def broken(tale: Tale) -> set[str]:
    found = judge(tale.room.stream.events, tale.room.site).invariants
    return {result.id for result in found if result.breaches} & SAFETY


def test_the_flush_of_this_story_lasts_from_454_s_to_646_s() -> None:
    tale = disk_outage()
    assert tale.at("array.flushing linkeddisk") == pytest.approx(454, abs=3)
    assert tale.at("array.off linkeddisk") == pytest.approx(646, abs=5)


@pytest.mark.parametrize("at_s", [455, 460, 560, 640, 648.4])
def test_s2_s3_o1_whoever_a_pressed_button_boots_goes_down_again_and_its_array_is_flushed_anew(
    at_s: float,
) -> None:
    tale = disk_outage(Pressed(at_s, "ups5"))
    assert broken(tale) == set()
    assert tale.at("server.booting blade1") == at_s
    assert tale.at("server.booting blade1") < tale.at("server.halted blade1", -1)
    assert tale.at("server.halted blade1", -1) < tale.at("ups.output_off ups5", -1)
    assert tale.at("server.halted blade1", -1) < tale.at("array.flushing linkeddisk", -1)
    assert tale.at("array.flushed linkeddisk", -1) < tale.at("array.off linkeddisk")
    assert ("O1", "ups5") in tale.alarms()
    assert ("H6", "blade1") in tale.alarms()


@pytest.mark.parametrize("at_s", [453.5, 454.5])
def test_s3_a_ups_that_nobody_has_seen_off_before_it_is_on_again_is_given_up_loudly_and_its_servers_stop(
    at_s: float,
) -> None:
    tale = disk_outage(Pressed(at_s, "ups5"))
    assert broken(tale) == set()
    assert tale.at("server.booting blade1") < tale.at("server.halted blade1", -1)
    assert tale.at("server.halted blade1", -1) < tale.at("array.flushing linkeddisk")
    assert ("S3", "ups5") in tale.alarms()


@pytest.mark.parametrize("booted_s", [1050.0, 1250.0])
def test_s2_who_booted_while_both_nodes_were_away_has_his_disk_flushed_anew_once_that_is_on_again(
    booted_s: float,
) -> None:
    """It had been flushed before they went, and was off when they came back: no life has seen him boot."""
    deeds: list[Happening] = [
        Managed(870.0, Manager.REBOOT, "ssccluster"),
        Asked(1020.0, Wish.POWER_OFF, (), "mori"),
        Pressed(booted_s, "ups5"),
        Pressed(1320.0, "ups4"),
    ]
    tale = play(out(0, 960), deeds, until_s=4000.0)
    assert broken(tale) == set()
    tale.never("array.lost_data linkeddisk")
    assert (
        tale.at("server.booting blade1") < tale.at("server.up control1") < tale.at("array.ready linkeddisk")
    )
    assert tale.at("server.halted blade1", -1) < tale.at("array.flushing linkeddisk", -1)
    assert tale.at("array.flushed linkeddisk", -1) < tale.at("array.off linkeddisk", -1)


def test_s2_a3_who_runs_as_a_life_begins_has_his_silent_disk_asked_to_flush_anew() -> None:
    """It answers nobody, was asked before the nodes went, and is on again: only who has booted tells it."""
    deeds = (Pressed(1557.0, "ups6"), Pressed(1624.0, "ups4"))
    tale = play(
        out(0, 1062), out(1686, 3400), deeds, fault("array_unreachable", "linkeddisk", 480.0), until_s=3400.0
    )
    assert tale.at("server.booting rack1") == 1557
    assert "S2" not in broken(tale)
    assert tale.at("server.halted rack1", -1) < tale.at("command.sent linkeddisk", -1)
    assert tale.at("command.sent linkeddisk", -1) < tale.at("array.off linkeddisk", -1)


def test_s2_h1_u5_who_was_forced_and_is_booted_again_on_a_ups_that_was_given_up_is_a_user_again() -> None:
    """He had been given up at his limit, and his UPS had not taken its OFF; forced, his disk was flushed."""
    tale = disk_outage(
        *fault("server_hangs", "blade2", 0.0, 700.0),
        *fault("off_ignored", "ups5", 0.0, 700.0),
        Booted(700.0, "blade2"),
    )
    assert ("S3", "ups5") in tale.alarms()
    assert broken(tale) == set()
    assert tale.at("array.flushing linkeddisk") < tale.at("server.booting blade2")
    assert tale.at("server.halted blade2", -1) < tale.at("array.flushing linkeddisk", -1)
    assert tale.at("array.flushed linkeddisk", -1) < tale.at("array.off linkeddisk")


def test_o1_a_ups_whose_servers_stay_halted_goes_off_again_at_once() -> None:
    """Nothing boots there of itself; the array waits only until its power is off."""
    site = reference_site(blade1__ac_link=AcLink.STAY_OFF, blade2__ac_link=AcLink.STAY_OFF)
    tale = play(out(0, 3600, "ups4"), Pressed(560, "ups5"), until_s=3000, site=site)
    assert broken(tale) == set()
    tale.never("server.booting blade1")
    assert tale.at("ups.off_armed ups5", -1) == pytest.approx(560, abs=8)
    assert tale.at("array.off linkeddisk") > tale.at("ups.output_off ups5", -1)


def test_h6_whoever_boots_while_his_ups_counts_down_is_waited_for() -> None:
    tale = disk_outage(Booted(200, "rack1"))
    assert broken(tale) == set()
    tale.once("array.flushing linkeddisk")


def test_o1_nobody_is_fought_when_no_outage_goes_on_and_nothing_is_taken_from_him() -> None:
    """Everybody on the array was switched off by request; somebody presses a button amid its flush."""
    off = Asked(0, Wish.POWER_OFF, LINKED, "somebody")
    flushing_s = play(off, until_s=2000).at("array.flushing linkeddisk")
    tale = play(off, Pressed(flushing_s + 60, "ups5"), until_s=4000)
    assert broken(tale) == set()
    assert tale.at("server.up blade1", -1) > flushing_s
    tale.never("array.off linkeddisk")


def test_s1_o1_power_is_not_taken_from_whoever_was_booted_by_hand_before_the_off_was_told() -> None:
    """rack2 is held: so the UPS of both is not told to go off before it is released."""
    held = Asked(0, Wish.HOLD, ("rack2",), "somebody")
    off = Asked(10, Wish.POWER_OFF, LINKED, "somebody")
    released = Asked(3000, Wish.RELEASE, ("rack2",), "somebody")
    tale = play(held, off, released, Booted(2900, "rack1"), until_s=4500)
    assert broken(tale) == set()
    assert tale.at("server.up rack1", -1) > 2900
    tale.never("ups.output_off ups6")


def test_s1_whoever_is_booted_by_hand_onto_power_that_counts_down_goes_down_again_before_it_falls() -> None:
    off = Asked(0, Wish.POWER_OFF, LINKED, "somebody")
    for booted_s in (150.0, 250.0):
        tale = play(off, Booted(booted_s, "rack1"), until_s=4500)
        assert broken(tale) == set()
        assert tale.at("ups.output_off ups6") < 500
        tale.never("server.crashed rack1")


def test_o1_s3_an_array_that_hurries_once_more_since_its_button_was_pressed_says_so_once_more() -> None:
    """Its users' UPS falls late (U8), and the mains go again as it starts (seed 5800401)."""
    late = fault("delay_rounded", "ups5", -35.0, amount=1800.0)
    tale = play(late, out(0, 823), Pressed(832.0, "ups4"), out(870, 1000), until_s=2000)
    holds(tale, "delay_rounded")
    assert tale.alarms().count(("S18", "linkeddisk")) == 2


def test_s3_l2_so_does_one_whose_battery_was_empty_before_it_could_be_cut(by_hand: HandRoom) -> None:
    """Somebody held ran on it to the end; a hand pressed its button, and it hurried untold (seed 173349)."""
    run, disk, ups4 = by_hand.run, by_hand.site.arrays["linkeddisk"], by_hand.upses["ups4"]
    ups4.lose_mains()
    for told in (1, 2, 3):
        say_it_hurries(run, disk)
        say_it_hurries(run, disk)
        assert len(by_hand.told("alarm.raised", disk.name)) == told
        ups4.show(output_on=False)
        by_hand.until(20 * told - 5)
        ups4.fall_silent()
        by_hand.until(20 * told)
        ups4.show(output_on=True)
        by_hand.until(20 * told + 5)


def test_s2_another_life_flushes_anew_what_was_switched_on_and_used_since(by_hand: HandRoom) -> None:
    """The flush stands in the journal; nobody was there when the array and its users came on again."""
    run = by_hand.run
    run.facts.flush_settled.add("linkeddisk")
    by_hand.arrays["linkeddisk"].show(flush=Flush.DONE)
    run.spawn(note_what_is_off(run))
    by_hand.until(1)
    assert run.used_again == set()
    by_hand.arrays["linkeddisk"].show(flush=Flush.NOT_ASKED)
    run.spawn(note_what_is_off(run))
    by_hand.until(2)
    assert run.used_again == {"linkeddisk"}
    run.used_again.clear()
    by_hand.arrays["linkeddisk"].fall_silent()
    for name in LINKED:
        by_hand.servers[name].show(os=Os.HALTED)
    run.spawn(note_what_is_off(run))
    by_hand.until(10)
    assert run.used_again == set(), "silence says nothing (S11)"
    by_hand.servers["rack1"].show(os=Os.BOOTING)
    run.spawn(note_what_is_off(run))
    by_hand.until(20)
    assert run.used_again == {"linkeddisk"}, "but who runs does"


def test_s2_a_flush_of_which_a_user_has_started_since_does_not_count_in_another_life_either() -> None:
    facts = Facts({"ups4"})
    kinds = (Kind.DECLARED, Kind.FLUSH_ASKED, Kind.FLUSH_SETTLED, Kind.USED_AGAIN)
    for kind in kinds:
        facts.apply(Row(kind, "linkeddisk", 1, "life", 0.0, {"was_running": []}), 0.0)
    assert facts.flush_settled == set()
    assert facts.flush_asked == {}


@pytest.mark.parametrize("pressed_s", [4142.4, 4143.2, 4143.6, 4144.0, 4146.0])
def test_s1_o1_o2_one_that_is_switched_on_as_another_stop_begins_is_not_told_by_what_was_accepted_before(
    pressed_s: float,
) -> None:
    """It was off, and whoever boots there is held, and would run as it falls (seeds 123937, 75097)."""
    tale = play(
        Asked(0.0, Wish.POWER_OFF, ("blade1", "blade2"), "somebody"),
        Asked(600.0, Wish.HOLD, ("blade2",), "somebody"),
        Asked(4142.0, Wish.POWER_OFF, ("rack1", "rack2"), "somebody"),
        Pressed(pressed_s, "ups5"),
        until_s=5600.0,
    )
    assert broken(tale) == set()
    assert tale.all("ups.output_on ups5")[-1].t > tale.all("ups.output_off ups5")[-1].t, "he is held"
