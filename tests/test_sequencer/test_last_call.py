"""Who runs on power that counts down goes down, whatever is wanted meanwhile (S1, S16, H3, T7)."""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_other
from sequencer.journal import Kind, Row
from sequencer.last_call import attended, heed_countdowns
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.site import Array, ArrayRole, Site, Ups
from sequencer.task import Task
from sim.story import Asked
from tests.hands import NO, YES, HandRoom
from tests.nights import control_nights, night_site, tonight
from tests.safety import unsafe
from tests.worlds import LINKED, fault, out, play, with_more, with_settings

FALLS_S = 400.0


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """Everybody runs, nobody wants anybody down, and ups5 has been told to go off in 400 s."""
    told(by_hand, "ups5")
    return by_hand


def told(room: HandRoom, ups: str, life: str = "") -> None:
    details = {"falls_in_s": FALLS_S, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, life or room.run.life, room.run.now, details))
    room.upses[ups].show(off_armed=True)


def sent(room: HandRoom) -> dict[str, list[str]]:
    return {name: room.servers[name].sent for name in LINKED if room.servers[name].sent}


def page(room: HandRoom, server: str) -> Task:
    """One that brings it down, and just now waits for something."""
    return room.run.spawn(attended(room.run, room.site.servers[server], room.run.pause(1e6)))


def test_s1_who_runs_on_a_countdown_is_shut_down_and_nobody_else(room: HandRoom) -> None:
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    assert sent(room) == {"blade1": ["shutdown"], "blade2": ["shutdown"]}


@pytest.mark.parametrize("os", [Os.BOOTING, Os.UP])
def test_s1_h9_another_node_that_hangs_on_a_countdown_is_forced_in_time_and_told_nothing(
    room: HandRoom, os: Os
) -> None:
    """Up it goes by itself."""
    told(room, "ups2")
    told(room, "ups1")
    room.servers["control2"].show(os=os)
    room.run.spawn(heed_countdowns(room.run))
    room.until(FALLS_S - 61)
    assert room.servers["control2"].sent == []
    room.until(FALLS_S - 55)
    assert (room.servers["control2"].sent, room.servers["control1"].sent) == (["force"], [])


def test_s1_h9_so_is_one_whose_outage_is_turned_round_before_its_off_falls() -> None:
    """Nobody stops it any more; it was given up at its boot, and the OFF that was sent is carried out."""
    tale = play(
        fault("server_does_not_boot", "control2", 0.0),
        out(0, 1800),
        out(3600, 4800, "ups2"),
        Asked(4700.0, Wish.POWER_OFF, ("blade1", "blade2"), "me"),
        Asked(4900.0, Wish.POWER_ON, ("blade1", "blade2"), "me"),
        until_s=6000,
    )
    turned_s = tale.at("journal.committed reference kind=turned", -1)
    assert tale.at("ups.off_armed ups2", -1) < turned_s < tale.at("server.forced control2")
    assert tale.at("server.forced control2") < tale.at("ups.output_off ups2", -1)
    tale.never("server.crashed control2")


def test_s1_h9_whoever_stops_another_node_says_when_he_does_so_no_more(by_hand: HandRoom) -> None:
    run, control2 = by_hand.run, by_hand.servers["control2"]
    control2.show(os=Os.BOOTING)
    control2.replies = [NO]
    run.spawn(heed_countdowns(run))
    stops = run.spawn(stop_other(run, by_hand.site.servers["control2"]))
    by_hand.until(10)
    told(by_hand, "ups2")
    stops.close()
    by_hand.until(FALLS_S + 10 - 55)
    assert control2.sent[-1] == "force"


def test_s1_who_refuses_is_asked_until_he_is_forced_a_minute_before_his_power_falls(room: HandRoom) -> None:
    blade1 = room.servers["blade1"]
    blade1.replies = [NO]
    room.run.spawn(heed_countdowns(room.run))
    room.until(FALLS_S - 61)
    assert set(blade1.sent) == {"shutdown"}
    blade1.replies = [YES]
    room.until(FALLS_S - 55)
    assert blade1.sent[-1] == "force"
    told = len(blade1.sent)
    room.until(FALLS_S + 600)
    assert len(blade1.sent) == told, "whether it is down shows itself"


def test_s1_a_page_sees_to_its_server_until_it_is_closed(room: HandRoom) -> None:
    pages = {name: page(room, name) for name in ("blade1", "blade2")}
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    assert sent(room) == {}
    pages["blade2"].close()
    room.until(20)
    assert sent(room) == {"blade2": ["shutdown"]}


def test_s1_the_last_call_ends_when_a_page_sees_to_him_again(room: HandRoom) -> None:
    room.servers["blade1"].replies = [NO]
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    page(room, "blade1")
    asked = len(room.servers["blade1"].sent)
    room.until(FALLS_S)
    assert len(room.servers["blade1"].sent) == asked


def test_h6_who_is_halted_is_not_asked_and_who_boots_after_that_is(room: HandRoom) -> None:
    for name in ("blade1", "blade2"):
        room.servers[name].show(os=Os.HALTED)
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    assert sent(room) == {}
    room.servers["blade1"].show(os=Os.UP)
    room.until(20)
    assert sent(room) == {"blade1": ["shutdown"]}
    room.servers["blade1"].show(os=Os.HALTED)
    room.until(30)
    room.servers["blade1"].show(os=Os.UP)
    room.until(40)
    assert sent(room) == {"blade1": ["shutdown", "shutdown"]}


def test_s16_an_off_on_its_way_that_its_card_does_not_show_yet_is_waited_for(by_hand: HandRoom) -> None:
    told(by_hand, "ups5")
    by_hand.upses["ups5"].show(off_armed=False)
    by_hand.run.spawn(heed_countdowns(by_hand.run))
    by_hand.until(10)
    assert sent(by_hand) == {}
    by_hand.upses["ups5"].show(off_armed=True)
    by_hand.until(20)
    assert sent(by_hand) == {"blade1": ["shutdown"], "blade2": ["shutdown"]}


def test_an_off_of_another_life_counts_only_if_its_card_shows_it(by_hand: HandRoom) -> None:
    told(by_hand, "ups5", "control2/1")
    by_hand.upses["ups5"].show(off_armed=False)
    by_hand.run.spawn(heed_countdowns(by_hand.run))
    by_hand.until(5)
    by_hand.upses["ups5"].show(off_armed=True)
    by_hand.until(10)
    assert sent(by_hand) == {}


def test_s1_an_off_of_another_life_that_its_card_shows_from_the_start_counts(by_hand: HandRoom) -> None:
    told(by_hand, "ups5", "control2/1")
    by_hand.run.spawn(heed_countdowns(by_hand.run))
    by_hand.until(10)
    assert sent(by_hand) == {"blade1": ["shutdown"], "blade2": ["shutdown"]}


def test_s1_one_of_its_disks_that_is_about_to_fall_is_enough(site: Site) -> None:
    other = Array("otherdisk", ArrayRole.LINKED, ("ups7",), ("ups7",))
    wired = with_more(site, Ups("ups7", 7, "utility", 60.0), other)
    room = HandRoom(with_settings(wired, blade1__arrays=("linkeddisk", "otherdisk")))
    told(room, "ups4")
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    assert sent(room) == {name: ["shutdown"] for name in LINKED}


def test_x_04_who_lives_on_two_is_watched_while_one_of_their_offs_is_on_its_way(site: Site) -> None:
    room = HandRoom(with_settings(site, blade1__upses=("ups5", "ups6"), blade1__minimum_supplies=1))
    told(room, "ups5")
    room.upses["ups5"].show(off_armed=False)
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    for ups in ("ups5", "ups6"):
        room.upses[ups].show(off_armed=True)
    room.until(20)
    assert room.servers["blade1"].sent == ["shutdown"]


@pytest.mark.parametrize(
    ("then", "sent"),
    [
        (None, ["force"]),
        ("off", ["force"]),
        ("falls", ["force"]),
        ("on", []),
        ("on again, and falls", ["shutdown"]),
    ],
)
def test_x_04_s31_who_is_carried_by_the_other_feed_meanwhile_is_left_as_he_is(
    site: Site, then: str | None, sent: list[str]
) -> None:
    """A hand has booted it on the one that counts down; then all was turned round, and the other one is on
    (two-feeds, hard seed 296)."""
    room = HandRoom(with_settings(site, blade1__upses=("ups5", "ups6"), blade1__minimum_supplies=1))
    blade1, ups6 = room.servers["blade1"], room.upses["ups6"]
    told(room, "ups5")
    ups6.show(output_on=False)
    blade1.show(os=Os.BOOTING)
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    if then is not None:
        ups6.show(output_on=then != "off", off_armed=then == "falls")
        room.run.announce("ups6")
    room.until(FALLS_S - 200)
    if then == "on again, and falls":
        ups6.show(off_armed=True)
        blade1.show(os=Os.UP)
        room.until(FALLS_S - 190)
        blade1.show(os=Os.HALTED)
    room.until(FALLS_S - 55)
    assert blade1.sent == sent


def test_x_04_h1_who_hangs_on_his_way_down_is_forced_though_the_other_feed_carries_him(site: Site) -> None:
    room = HandRoom(with_settings(site, blade1__upses=("ups5", "ups6"), blade1__minimum_supplies=1))
    told(room, "ups5")
    room.upses["ups6"].show(output_on=False)
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.upses["ups6"].show(output_on=True)
    room.run.announce("ups6")
    room.until(FALLS_S - 55)
    assert room.servers["blade1"].sent == ["shutdown", "force"]


def test_x_04_who_lives_on_two_goes_when_both_count_down(site: Site) -> None:
    room = HandRoom(with_settings(site, blade1__upses=("ups5", "ups6"), blade1__minimum_supplies=1))
    told(room, "ups5")
    room.run.spawn(heed_countdowns(room.run))
    room.until(10)
    assert sent(room) == {"blade2": ["shutdown"]}
    room.upses["ups6"].show(off_armed=True)
    room.until(20)
    assert room.servers["blade1"].sent == ["shutdown"]


def test_h3_s1_who_refused_is_not_cut_off_when_he_is_wanted_up_again_while_his_power_counts_down() -> None:
    """The page that would have forced rack1 is closed by the request to start it again."""
    both = ("rack1", "rack2")
    night = play(
        fault("shutdown_refused", "rack1"),
        Asked(100.0, Wish.POWER_OFF, both, "somebody"),
        Asked(400.0, Wish.POWER_ON, both, "somebody"),
        until_s=2000,
    )
    assert unsafe(night) == []
    assert night.at("server.forced rack1") < night.at("ups.output_off ups6")


@pytest.mark.parametrize(
    ("why", "off", "on"), [("shutdown_refused", "22:15", "22:16"), ("server_hangs", "22:14", "22:15")]
)
def test_h1_h3_s1_s2_nor_do_we_stay_on_what_counts_down_when_we_are_to_restart_meanwhile(
    why: str, off: str, on: str
) -> None:
    """We let nobody in, or hang. A schedule fires, and closes the page that would have forced us before our
    disk falls (two-feeds, crowded seeds 7100071, 66221)."""
    tale = tonight(
        fault(why, "control1", 0.0),
        Asked(0.0, Wish.POWER_OFF, (), "me"),
        site=night_site(control_nights(off, on)),
        until_s=2000,
    )
    armed_s, falls_s = tale.at("ups.off_armed ups3"), tale.at("ups.output_off ups3")
    assert armed_s < tale.at("schedule.fired control") < tale.at("server.forced control1") < falls_s
    assert unsafe(tale) == []
