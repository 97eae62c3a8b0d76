"""Who loses his power outside an incident, and does not boot with it, is woken; nobody else is (L1, S28)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.lost_power import heed_lost_power
from sequencer.ports import Os
from sequencer.timing import CARD_REBOOT_S
from sim.faults import catalogue
from sim.story import Booted
from tests.excused import holds, unexcused_by_the_judge
from tests.hands import HandRoom
from tests.worlds import fault, out, play


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    by_hand.run.spawn(heed_lost_power(by_hand.run))
    by_hand.until(100.0)
    return by_hand


def blinks(room: HandRoom) -> None:
    """ups5 gives nothing for a minute, and blade1 is halted when it gives power again."""
    room.upses["ups5"].show(output_on=False)
    room.servers["blade1"].fall_silent()
    room.until(room.env.now + 60.0)
    room.upses["ups5"].show(output_on=True)
    room.servers["blade1"].show(os=Os.HALTED)


def is_wanted_up(room: HandRoom) -> bool:
    room.until(room.env.now + 2 * room.site.start.wake_after_s)
    want = room.run.facts.wants.get("blade1")
    return want is not None and want.goal is Goal.UP


def test_l3_who_ran_and_does_not_boot_with_his_power_is_wanted_up(room: HandRoom) -> None:
    blinks(room)
    assert is_wanted_up(room)


def test_l3_the_poll_of_the_ups_may_be_later_than_his_own(room: HandRoom) -> None:
    room.servers["blade1"].show(os=Os.HALTED)
    room.until(room.env.now + 1.0)
    blinks(room)
    assert is_wanted_up(room)


def test_s28_who_was_seen_to_shut_down_stays_down(room: HandRoom) -> None:
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.until(room.env.now + 90.0)
    blinks(room)
    assert not is_wanted_up(room)


def test_s28_who_is_halted_with_his_power_on_stays_down(room: HandRoom) -> None:
    """Somebody has pressed his button for long."""
    room.servers["blade1"].show(os=Os.HALTED)
    room.until(room.env.now + 60.0)
    blinks(room)
    assert not is_wanted_up(room)


def test_s28_s11_so_does_he_where_the_card_of_his_ups_has_not_been_heard_yet(by_hand: HandRoom) -> None:
    """That proves no loss of its power: he answers all the while, and that card only when he is down (U1)."""
    card, blade1 = by_hand.upses["ups5"], by_hand.servers["blade1"]
    status, card.status = card.status, None
    card.fall_silent()
    by_hand.until(2 * CARD_REBOOT_S)
    by_hand.run.spawn(heed_lost_power(by_hand.run))
    by_hand.until(by_hand.env.now + 60.0)
    blade1.show(os=Os.HALTED)
    by_hand.until(by_hand.env.now + 60.0)
    card.show(replace(status, card_uptime_s=1e6))
    assert not is_wanted_up(by_hand)


def test_s28_who_is_wanted_down_stays_down(room: HandRoom) -> None:
    down = {"servers": ["blade1"], "goal": Goal.DOWN.value, "wall_s": 1.0}
    room.run.learn(Row(Kind.WANTED, "request-1", 0, "control1/1", 0.0, down))
    blinks(room)
    assert not is_wanted_up(room)


def test_r9_35_who_boots_with_his_power_is_left_to_it(room: HandRoom) -> None:
    blinks(room)
    room.until(room.env.now + 3.0)
    room.servers["blade1"].show(os=Os.BOOTING)
    assert not is_wanted_up(room)


@pytest.mark.parametrize(("card_uptime_s", "wanted"), [(600.0, True), (90000.0, False)])
def test_l3_a_card_that_has_begun_anew_while_nobody_was_heard_tells_of_it_too(
    room: HandRoom, card_uptime_s: float, wanted: bool
) -> None:
    """Its battery had ended; its card lives on what that gives."""
    for hand in (room.upses["ups5"], room.servers["blade1"]):
        hand.fall_silent()
    room.until(4000.0)
    room.upses["ups5"].show(card_uptime_s=card_uptime_s)
    room.servers["blade1"].show(os=Os.HALTED)
    assert is_wanted_up(room) is wanted


def answers_at_last(room: HandRoom, card_uptime_s: float, os: Os) -> None:
    """Neither blade1 nor its card had ever been heard in this life."""
    card, blade1 = room.upses["ups5"], room.servers["blade1"]
    status, card.status, system, blade1.status = card.status, None, blade1.status, None
    for hand in (card, blade1):
        hand.fall_silent()
    room.run.spawn(heed_lost_power(room.run))
    room.until(4000.0)
    card.show(replace(status, card_uptime_s=card_uptime_s))
    blade1.show(replace(system, os=os))


@pytest.mark.parametrize(("card_uptime_s", "wanted"), [(600.0, True), (5000.0, False)])
def test_l3_so_does_one_of_whom_this_life_had_never_heard(
    by_hand: HandRoom, card_uptime_s: float, wanted: bool
) -> None:
    """He is taken to have run from its beginning, for nobody says that people had shut him down."""
    answers_at_last(by_hand, card_uptime_s, Os.HALTED)
    assert is_wanted_up(by_hand) is wanted


def test_l3_s28_who_was_heard_at_last_is_judged_by_what_came_later(by_hand: HandRoom) -> None:
    """His card had begun anew before he was heard, and up; then somebody pressed his button for long."""
    answers_at_last(by_hand, 600.0, Os.UP)
    by_hand.until(4100.0)
    by_hand.servers["blade1"].show(os=Os.HALTED)
    assert not is_wanted_up(by_hand)


def test_l3_one_that_began_anew_before_he_was_heard_again_tells_nothing(room: HandRoom) -> None:
    for hand in (room.upses["ups5"], room.servers["blade1"]):
        hand.fall_silent()
    room.until(4000.0)
    room.servers["blade1"].show()
    room.until(5000.0)
    room.upses["ups5"].show(card_uptime_s=3000.0)
    room.servers["blade1"].show(os=Os.HALTED)
    assert not is_wanted_up(room)


def test_l1_mains_that_blink_under_a_ups_on_bypass_leave_nobody_down() -> None:
    tale = play(
        fault("ups_bypassed", "ups5", 0, 3000),
        fault("ac_link_unset", "blade2", 500),
        out(600, 606.2),
        until_s=7200,
    )
    holds(tale, "ups_bypassed", "ac_link_unset")
    tale.before("server.crashed blade2", "server.up blade2")
    tale.never("incident.opened *")


def test_l1_a_battery_that_ends_while_no_card_is_heard_leaves_nobody_down() -> None:
    tale = play(
        fault("switch_dies", "lan1", 0, 6700),
        out(1230, 2299),
        fault("ac_link_unset", "blade2", 1830),
        out(2430, 3090),
        until_s=4 * 3600,
    )
    holds(tale, "switch_dies", "ac_link_unset")
    tale.before("server.crashed blade2", "server.up blade2")


def test_l1_n1_h7_nor_does_one_of_whom_nobody_had_ever_heard() -> None:
    """The only switch is dead from the beginning; when it is there again rack1 is halted with its power on,
    for it does not boot with that, and the card of ups6 has been up since the mains returned (seed 52542)."""
    deaf, weak = fault("switch_dies", "lan1", -600, 21_000), fault("ups_shared", "ups6", -600, amount=9200)
    tale = play(out(1200, 1610), deaf, weak, fault("ac_link_unset", "rack1"), until_s=10 * 3600)
    holds(tale, "switch_dies", "ups_shared", "ac_link_unset")
    assert tale.at("server.up rack1") > 21_000.0


@pytest.mark.parametrize("comes_on", [False, True])
def test_l1_s28_a_ups_that_goes_off_in_no_incident_is_told_of_when_its_mains_are_there(
    room: HandRoom, comes_on: bool
) -> None:
    """It has tripped, or a hand was at it; one that comes on by itself is nobody's matter."""
    ups5 = room.upses["ups5"]
    ups5.lose_mains()
    room.servers["blade1"].fall_silent()
    room.until(110.0)
    ups5.show(output_on=False)
    room.until(600.0)
    assert room.told("alarm.raised") == []
    ups5.regain_mains()
    room.until(610.0)
    ups5.show(output_on=comes_on)
    room.until(2000.0)
    said = [(e["subject"], e["text"]) for e in room.told("alarm.raised")]
    word = "ups5 have mains and are off, and no journal says why; ask for their start, or hold them"
    assert said == ([] if comes_on else [("ups5", word)])


def test_l1_p13_a_disk_that_goes_dark_under_servers_that_run_on_is_told_of_each_time(room: HandRoom) -> None:
    """Nobody of these tells anything of it, nor is anybody there who would bring it back (seed 866109)."""
    ups4 = room.upses["ups4"]
    for times in (1, 2):
        ups4.show(output_on=False)
        room.until(room.env.now + 2000.0)
        assert [e["upses"] for e in room.told("alarm.raised")] == ["ups4"] * times
        ups4.show(output_on=True)
        room.until(room.env.now + 100.0)
        assert [e["subject"] for e in room.told("alarm.cleared")] == ["ups4"] * times


def test_l1_p13_a_ups_that_fails_while_its_mains_are_away_and_nobody_hears_is_told_of() -> None:
    """It would have come back with them, as the others do."""
    tale = play(
        fault("network_slow", "network", 0, 6195, amount=20.0),
        out(625, 2700),
        fault("ups_fails", "ups4", 2400, 6000),
        until_s=8 * 3600,
    )
    holds(tale, "network_slow", "ups_fails")
    tale.once("alarm.raised ups4 rule=L1")


def test_l1_p14_a_ups_that_trips_while_the_mains_blink_is_told_of() -> None:
    tale = play(
        fault("inrush_trips", "ups6", -50, 3000, amount=0.0),
        Booted(22, "rackpool"),
        out(0, 31),
        until_s=6 * 3600,
    )
    assert not unexcused_by_the_judge(tale, [catalogue.named("inrush_trips")])
    tale.once("alarm.raised ups6 rule=L1")
