"""An OFF that nobody here has told takes nobody's power while he runs, nor a cache (C12, O1, S1, S2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.foreign import heed_foreign_offs, heed_offs_beside
from sequencer.journal import Kind, Row
from sequencer.last_call import attended, heed_countdowns
from sequencer.ourselves import watch_our_end
from sequencer.ports import Flush, Os
from sequencer.scope import Scope
from sequencer.site import Site
from tests.hands import NO, YES, HandRoom
from tests.safety import unsafe
from tests.worlds import LINKED, fault, out, play, with_settings

BLADES = {"blade1": ["shutdown"], "blade2": ["shutdown"]}
ALL_OF_THEM = {name: ["shutdown"] for name in LINKED}


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    return heeding(by_hand)


def heeding(room: HandRoom) -> HandRoom:
    room.run.spawn(heed_countdowns(room.run))
    room.run.spawn(heed_foreign_offs(room.run))
    room.until(5)
    return room


def sent(room: HandRoom) -> dict[str, list[str]]:
    return {name: room.servers[name].sent for name in LINKED if room.servers[name].sent}


def alarms(room: HandRoom) -> list[tuple[str, str]]:
    return [(e["subject"], e["rule"]) for e in room.told("alarm.raised")]


def halt(room: HandRoom, *names: str) -> None:
    for name in names:
        room.servers[name].show(os=Os.HALTED)


def test_c12_s1_who_lives_on_it_is_shut_down_at_the_next_poll_and_a_person_told(room: HandRoom) -> None:
    assert sent(room) == {}
    room.upses["ups5"].show(off_armed=True)
    room.until(10)
    assert (sent(room), alarms(room)) == (BLADES, [("ups5", "C12")])
    assert [room.upses[ups].sent for ups in room.upses] == [[]] * len(room.upses), "nothing else is switched"


def test_c12_each_countdown_is_told_once_and_the_next_one_anew(room: HandRoom) -> None:
    ups5 = room.upses["ups5"]
    for at_s in (100.0, 1000.0):
        ups5.show(off_armed=True)
        room.until(at_s)
        ups5.fall_silent()
        room.until(at_s + 50)
        ups5.show(off_armed=True)
        room.until(at_s + 100)
        ups5.show(off_armed=False)
        room.until(at_s + 800)
    rows = [row for row in room.journal.kept if row.kind is Kind.OFF_ARMED]
    assert [row.subject for row in rows] == ["ups5", "ups5"]


def test_h1_s1_who_hangs_is_forced_when_his_limit_is_over(room: HandRoom) -> None:
    room.servers["blade1"].replies = [NO]
    room.upses["ups5"].show(off_armed=True)
    limit_s = room.site.servers["blade1"].stop_limit_s
    room.until(limit_s)
    assert set(room.servers["blade1"].sent) == {"shutdown"}
    room.servers["blade1"].replies = [YES]
    room.until(limit_s + 30)
    assert "force" in room.servers["blade1"].sent, "it lets us in just then, and is asked as well"


def test_s15_one_of_ours_is_no_news(room: HandRoom) -> None:
    details = {"falls_in_s": 400.0, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, room.run.life, room.run.now, details))
    room.upses["ups5"].show(off_armed=True)
    room.until(10)
    assert (sent(room), alarms(room)) == ({}, [])


@pytest.mark.parametrize("boots_with_it", [True, False])
def test_s1_c12_one_that_begins_when_ours_was_over_is_somebody_elses(site: Site, boots_with_it: bool) -> None:
    """Its row stands in the journal of an incident that is open yet; at a boot its wall clock tells when."""
    room = HandRoom(site, "control1")
    told_s = room.run.wall_s() - (500.0 if boots_with_it else 0.0)
    rows = (
        Row(Kind.DECLARED, site.name, 1, "control2/1", 0.0, {"was_running": []}),
        Row(Kind.OFF_ARMED, "ups5", 1, "control2/1", 0.0, {"falls_in_s": 400.0, "wall_s": told_s}),
        Row(Kind.TURNED, site.name, 1, "control2/1", 0.0, {}),
    )
    room.run.learn(*rows)
    heeding(room)
    at_s = 20.0 if boots_with_it else 450.0
    room.until(at_s)
    room.run.ports.countdowns_s["ups5"] = at_s
    room.upses["ups5"].show(off_armed=True)
    room.until(at_s + 5)
    assert (sent(room), alarms(room)) == (BLADES, [("ups5", "C12")])


def test_s2_c12_an_array_that_stays_while_others_go_down_is_flushed_too(by_hand: HandRoom) -> None:
    """No page of that outage looks at it; when it is to go down too, its own does."""
    run, disk = by_hand.run, by_hand.arrays["linkeddisk"]
    run.hear(Row(Kind.DECLARED, by_hand.site.name, 1, "control1/1", 0.0, {"was_running": []}))
    halt(by_hand, *LINKED)
    (beside,) = heed_offs_beside(run)
    run.spawn(beside)
    by_hand.until(5)
    by_hand.upses["ups4"].show(off_armed=True)
    by_hand.until(10)
    assert disk.sent == ["flush"]
    run.scope = Scope(arrays=frozenset({"linkeddisk"}))
    run.announce("linkeddisk")
    by_hand.until(400)
    assert "linkeddisk" not in run.pages.attended
    assert "linkeddisk" not in run.facts.flush_settled


def test_s2_c12_the_users_of_an_array_go_down_and_it_is_flushed_then(room: HandRoom) -> None:
    disk = room.arrays["linkeddisk"]
    room.upses["ups4"].show(off_armed=True)
    room.until(10)
    assert (sent(room), disk.sent) == (ALL_OF_THEM, [])
    halt(room, "blade1", "blade2", "rack1")
    room.until(20)
    assert disk.sent == []
    halt(room, "rack2")
    room.until(30)
    assert disk.sent == ["flush"]
    disk.show(flush=Flush.DONE)
    room.until(40)
    assert ("linkeddisk", "S18") in alarms(room)
    assert "linkeddisk" in room.run.facts.flush_settled


def test_s2_what_it_says_of_another_days_flush_does_not_count(room: HandRoom) -> None:
    """It stood in the journal of a stop whose page is open yet."""
    room.arrays["linkeddisk"].show(flush=Flush.DONE)
    room.run.hear(Row(Kind.PLANNED, "a night", 1, "control1/1", 0.0))
    room.run.hear(Row(Kind.FLUSH_ASKED, "linkeddisk", 1, "control1/1", 0.0))
    room.upses["ups4"].show(off_armed=True)
    halt(room, *LINKED)
    room.until(20)
    assert room.arrays["linkeddisk"].sent == ["flush"]
    assert Kind.USED_AGAIN in [row.kind for row in room.journal.kept]


def test_s9_c12_one_whose_incident_is_closed_before_the_flush_has_a_page_of_its_own_and_is_flushed_once(
    by_hand: HandRoom,
) -> None:
    """Rows of a flush would belong to what is over, and not be heard: it was asked again and again."""
    run, disk = by_hand.run, by_hand.arrays["linkeddisk"]
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(Row(Kind.OFF_ARMED, "ups4", 1, "control1/1", 0.0, {"falls_in_s": 420.0}))
    run.hear(Row(Kind.CLOSED, "reference", 1, "control1/1", 0.0))
    by_hand.upses["ups4"].show(off_armed=True)
    room = heeding(by_hand)
    halt(room, *LINKED)
    room.until(10)
    disk.show(flush=Flush.DONE)
    room.until(11)
    assert disk.sent == ["flush"]
    assert next(row.kind for row in room.journal.kept) is Kind.PLANNED


def test_s25_one_that_never_says_it_is_flushed_is_given_up_loudly(room: HandRoom) -> None:
    halt(room, *LINKED)
    room.upses["ups4"].show(off_armed=True)
    room.until(room.site.linkage.flush_limit_s + 60)
    assert ("linkeddisk", "S25") in alarms(room)
    assert room.told("array.flush_timed_out", "linkeddisk")


@pytest.mark.parametrize(("falls", "said"), [(True, True), (False, False)])
def test_s25_l4_one_that_falls_in_mid_flush_is_told_of_and_one_that_was_called_back_is_not(
    room: HandRoom, falls: bool, said: bool
) -> None:
    """What its cache held is lost, and its wait ended without a word."""
    halt(room, *LINKED)
    room.upses["ups4"].show(off_armed=True)
    room.until(20)
    assert room.arrays["linkeddisk"].sent == ["flush"]
    room.arrays["linkeddisk"].show(flush=Flush.UNDER_WAY)
    room.until(30)
    if falls:
        room.arrays["linkeddisk"].fall_silent()
    room.upses["ups4"].show(off_armed=False, output_on=not falls)
    room.until(room.site.linkage.flush_limit_s + 60)
    assert (("linkeddisk", "S25") in alarms(room)) is said


def test_s2_a_page_that_sees_to_the_array_goes_first(room: HandRoom) -> None:
    run, disk = room.run, room.arrays["linkeddisk"]
    page = run.spawn(attended(run, run.site.arrays["linkeddisk"], run.pause(1e6)))
    halt(room, *LINKED)
    room.upses["ups4"].show(off_armed=True)
    room.until(20)
    assert disk.sent == []
    page.close()
    room.until(30)
    assert disk.sent == ["flush"]


def test_x_04_an_array_on_two_upses_falls_with_both(site: Site) -> None:
    disk = replace(site.arrays["linkeddisk"], controllers=("ups3", "ups4"), enclosures=("ups3", "ups4"))
    room = heeding(HandRoom(replace(site, arrays={**site.arrays, "linkeddisk": disk})))
    room.upses["ups4"].show(off_armed=True)
    room.until(10)
    assert sent(room) == {}
    room.upses["ups3"].show(off_armed=True)
    room.until(20)
    assert sent(room) == ALL_OF_THEM


# A control node's own


def ends(room: HandRoom) -> HandRoom:
    room.run.spawn(watch_our_end(room.run))
    room.until(5)
    return room


def test_c12_s13_a_node_whose_ups_counts_down_stops_itself_and_asks_until_it_goes(by_hand: HandRoom) -> None:
    room = ends(by_hand)
    assert room.servers["control1"].sent == []
    room.upses["ups1"].show(off_armed=True)
    room.until(8)
    assert (room.servers["control1"].sent, alarms(room)) == (["shutdown"], [("control1", "C12")])
    room.until(14)
    assert room.servers["control1"].sent == ["shutdown"] * 2
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    room.until(60)
    assert room.servers["control1"].sent == ["shutdown"] * 2


@pytest.mark.parametrize(("falls", "goes"), [(True, False), (False, False), (True, True)])
def test_c12_s1_h3_one_that_lets_nobody_in_is_forced_after_its_limit_while_that_counts_down(
    by_hand: HandRoom, falls: bool, goes: bool
) -> None:
    """Nobody can know how much is left of it. `goes`: down, after all."""
    room, control1 = ends(by_hand), by_hand.servers["control1"]
    control1.replies = [NO]
    room.upses["ups1"].show(off_armed=True)
    room.until(110)
    room.upses["ups1"].show(off_armed=falls)
    if goes:
        control1.show(os=Os.SHUTTING_DOWN)
    room.until(124)
    assert set(control1.sent) == {"shutdown"}
    room.until(140)
    assert ("force" in control1.sent) is (falls and not goes)


@pytest.mark.parametrize("goes", ["alone", "with all", "back", "by us", "not"])
def test_s1_who_commands_goes_by_the_off_of_who_did_before_unless_his_turn_comes(
    by_hand: HandRoom, goes: str
) -> None:
    """Where he is to go alone a node that boots is waited for; where the mains are back no page stops him."""
    room, run = ends(by_hand), by_hand.run
    life = run.life if goes == "by us" else "control2/1"
    run.hear(
        Row(Kind.DECLARED, room.site.name, 1, "control2/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups2" if goes == "back" else "ups1", 1, "control2/1", 0.0),
        Row(Kind.OFF_ARMED, "ups1", 1, life, run.now, {"falls_in_s": 400.0, "wall_s": run.wall_s()}),
    )
    if goes != "back":
        room.upses["ups1"].lose_mains()
    run.scope = Scope(nodes=frozenset({"control1"} if goes != "not" else ()), control=goes == "with all")
    room.upses["ups1"].show(off_armed=True)
    room.until(20)
    assert bool(room.servers["control1"].sent) is (goes in ("alone", "back"))


@pytest.mark.parametrize("why", ["another's", "ours", "in an outage", "on its battery"])
def test_s5_a_node_is_stopped_in_its_turn_by_whom_it_concerns(by_hand: HandRoom, why: str) -> None:
    room, ups = ends(by_hand), "ups2" if why == "another's" else "ups1"
    if why == "ours":
        details = {"falls_in_s": 400.0, "wall_s": room.run.wall_s()}
        room.run.hear(Row(Kind.OFF_ARMED, "ups1", 1, "control2/1", room.run.now, details))
    if why == "in an outage":
        room.run.hear(Row(Kind.DECLARED, room.site.name, 1, "control1/1", 0.0, {"was_running": []}))
    room.run.commands = why != "on its battery"
    if why == "on its battery":
        room.upses["ups1"].lose_mains()
    room.upses[ups].show(off_armed=True)
    room.until(20)
    assert room.servers["control1"].sent == []


@pytest.mark.parametrize("commands", [True, False])
def test_s1_c12_on_its_battery_who_commands_stops_himself_and_another_when_its_mains_are_back(
    by_hand: HandRoom, commands: bool
) -> None:
    room = ends(by_hand)
    room.run.commands = commands
    room.upses["ups1"].lose_mains()
    room.upses["ups1"].show(off_armed=True)
    room.until(10)
    assert bool(room.servers["control1"].sent) is commands
    room.upses["ups1"].regain_mains()
    room.until(20)
    assert room.servers["control1"].sent


@pytest.mark.parametrize("halted", [False, True])
def test_s1_who_is_up_on_power_that_falls_goes_down_when_nobody_is_left_to_tell_him(
    by_hand: HandRoom, halted: bool
) -> None:
    """He was given up, in his boot perhaps; in an outage, too. `halted`: told after all, a moment ago."""
    by_hand.run.commands = False
    room = ends(by_hand)
    room.run.hear(Row(Kind.DECLARED, room.site.name, 1, "control2/1", 0.0, {"was_running": []}))
    details = {"falls_in_s": 400.0, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, "ups1", 1, "control2/1", room.run.now, details))
    room.upses["ups1"].show(off_armed=True)
    room.until(20)
    assert room.servers["control1"].sent == [], "he who commands is heard, and may tell us in our turn"
    if halted:
        room.servers["control1"].status = replace(room.servers["control1"].status, os=Os.HALTED)
    room.peers["control2"].fall_silent()
    room.until(22)
    assert (room.servers["control1"].sent, alarms(room)) == (
        ([], []) if halted else (["shutdown"], [("control1", "S1")])
    )


def test_s1_c12_who_takes_the_command_while_his_ups_counts_down_stops_himself_then(by_hand: HandRoom) -> None:
    """Whoever told it, and was to tell him in his turn, has gone; and no row of that was ever heard."""
    room = ends(by_hand)
    room.run.commands = False
    room.upses["ups1"].lose_mains()
    room.upses["ups1"].show(off_armed=True)
    room.until(10)
    assert room.servers["control1"].sent == []
    room.run.stand(commands=True)
    room.run.announce(room.run.me)
    room.until(11)
    assert (room.servers["control1"].sent, alarms(room)) == (["shutdown"], [("control1", "C12")])


def test_x_04_a_node_that_another_ups_carries_stays_up(site: Site) -> None:
    room = ends(HandRoom(with_settings(site, control1__upses=("ups1", "ups2"), control1__minimum_supplies=1)))
    room.upses["ups1"].show(off_armed=True)
    room.until(10)
    assert room.servers["control1"].sent == []
    room.upses["ups2"].show(off_armed=True)
    room.until(20)
    assert room.servers["control1"].sent[:1] == ["shutdown"]


def test_c12_a_node_whose_stop_was_called_off_is_stopped_for_the_next_countdown_at_once(
    by_hand: HandRoom,
) -> None:
    """It booted onto the first one; somebody has called that OFF back, and then the shutdown."""
    by_hand.upses["ups1"].show(off_armed=True)
    room = ends(by_hand)
    assert (room.servers["control1"].sent, alarms(room)) == (["shutdown"], [("control1", "S1")])
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    room.until(6)
    room.upses["ups1"].show(off_armed=False)
    room.servers["control1"].show(os=Os.UP)
    room.until(7)
    assert room.servers["control1"].sent == ["shutdown"]
    room.upses["ups1"].show(off_armed=True)
    room.until(8)
    assert room.servers["control1"].sent == ["shutdown"] * 2
    assert alarms(room)[-1] == ("control1", "C12")


# Played


def test_c12_a_second_one_after_an_incident_is_closed_is_met_like_the_first() -> None:
    """Its row would belong to an incident that is over, and not be heard."""
    tale = play(out(0, 1800), fault("foreign_off", "ups5", 18_000.0), until_s=20_000)
    assert unsafe(tale) == []
    tale.never("server.crashed *")
    assert ("C12", "ups5") in tale.alarms()
