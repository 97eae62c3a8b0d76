"""Who is silent on power that is to fall is forced before that, whatever his last word was (S1, S11, H6)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.last_call import heed_countdowns
from sequencer.ports import Os
from sequencer.power_falls import count_down
from sequencer.site import Site
from sequencer.systems import keep_down
from sim.story import Booted
from tests.hands import HandRoom, HandServer
from tests.worlds import fault, out, play

FALLS_S = 400.0


@pytest.fixture
def room(site: Site) -> HandRoom:
    """An outage of ups5 is declared, and blade1 has been shut down by it."""
    room = HandRoom(site)
    room.upses["ups5"].lose_mains()
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )
    for name in ("blade1", "blade2", "bladepool"):
        room.servers[name].show(os=Os.HALTED)
    return room


@pytest.fixture
def blade1(room: HandRoom) -> HandServer:
    return room.servers["blade1"]


def told(room: HandRoom, ups: str = "ups5", life: str = "") -> None:
    """And its card says nothing of it yet."""
    details = {"falls_in_s": FALLS_S, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, life or room.run.life, room.run.now, details))
    room.run.announce(ups)


def keep_it_down(room: HandRoom) -> None:
    room.run.spawn(keep_down(room.run, room.site.servers["blade1"]))


def last_call(room: HandRoom) -> None:
    room.run.spawn(heed_countdowns(room.run))


@pytest.mark.parametrize("told_first", [True, False], ids=["told, then silent", "silent, then told"])
@pytest.mark.parametrize("page", [keep_it_down, last_call])
def test_s1_s11_h6_who_falls_silent_when_it_is_down_is_forced_once_shortly_before_its_power_falls(
    room: HandRoom, blade1: HandServer, page: object, told_first: bool
) -> None:
    if told_first or page is last_call:
        told(room)
    page(room)  # type: ignore[operator]
    room.until(10)
    room.upses["ups5"].fall_silent()
    blade1.fall_silent()
    room.until(20)
    if not (told_first or page is last_call):
        told(room)
        room.until(25)
    off_s = room.run.facts.armed["ups5"].falls_at_s
    room.until(off_s - 61)
    assert blade1.sent == []
    room.until(off_s - 50)
    assert blade1.sent == ["force"]
    room.until(off_s + 600)
    assert blade1.sent == ["force"], "whether it is down shows itself"


@pytest.mark.parametrize("why", ["heard", "off", "held", "another's", "untold"])
def test_s1_s11_nobody_is_forced_who_is_heard_to_be_down_or_whose_power_is_off_or_stays(
    room: HandRoom, blade1: HandServer, why: str
) -> None:
    run = room.run
    keep_it_down(room)
    if why != "untold":
        told(room, life="control2/7" if why == "another's" else "")
    room.until(10)
    room.upses["ups5"].show(output_on=why != "off")
    for hand in (room.upses["ups5"], *(room.servers[name] for name in ("blade1", "blade2", "bladepool"))):
        hand.fall_silent()
    if why == "held":
        run.hear(Row(Kind.HELD, "blade1", 0, "control1/1", 0.0, {"held": True, "cause": "a", "wall_s": 1.0}))
    room.until(300)
    if why == "heard":
        blade1.show(os=Os.HALTED)
    room.until(FALLS_S + 60)
    assert blade1.sent == []


def test_h6_who_is_heard_to_run_after_all_is_told_when_it_is_up(room: HandRoom, blade1: HandServer) -> None:
    keep_it_down(room)
    told(room)
    room.until(10)
    blade1.fall_silent()
    room.until(20)
    blade1.show(os=Os.UP)
    room.until(30)
    assert blade1.sent == ["shutdown"]


@pytest.mark.parametrize("again", [True, False])
def test_h6_who_is_heard_to_be_down_and_falls_silent_once_more_is_forced_all_the_same(
    room: HandRoom, blade1: HandServer, again: bool
) -> None:
    keep_it_down(room)
    told(room)
    room.upses["ups5"].show(off_armed=True)
    for _ in range(2):
        room.until(room.run.now + 10)
        blade1.fall_silent()
        room.until(room.run.now + 10)
        blade1.show(os=Os.HALTED)
    room.until(room.run.now + 10)
    if again:
        blade1.fall_silent()
    room.until(FALLS_S)
    assert blade1.sent == ["force"] * again


def test_s1_h6_an_off_that_its_card_shows_late_takes_who_is_silent_all_the_same(
    room: HandRoom, blade1: HandServer
) -> None:
    """On a slow network it may be on its way longer than `force_before`."""
    keep_it_down(room)
    told(room)
    room.until(10)
    blade1.fall_silent()
    room.until(FALLS_S - 50)
    assert blade1.sent == []
    room.upses["ups5"].show(off_armed=True)
    room.until(FALLS_S - 40)
    assert blade1.sent == ["force"]


@pytest.mark.parametrize(
    ("said", "by", "at_s", "counts"),
    [
        (True, "control2/7", 10, True),
        (True, "control2/7", FALLS_S + 1, False),
        (True, "", 10, False),
        (False, "us", 10, True),
        (False, "us", FALLS_S + 1, False),
        (False, "control2/7", 10, False),
    ],
    ids=[
        "its last word",
        "it is over",
        "nobody knows until when",
        "we told it",
        "that is over",
        "another did",
    ],
)
def test_s16_s11_a_silent_card_counts_down_by_its_last_word_or_as_we_have_told_it_until_that_is_over(
    room: HandRoom, said: bool, by: str, at_s: float, counts: bool
) -> None:
    if by:
        told(room, life="" if by == "us" else by)
    room.upses["ups5"].show(off_armed=said)
    room.until(1)
    assert count_down(room.run, ("ups5",)) == ["ups5"] * said, "what it says now"
    room.upses["ups5"].fall_silent()
    room.until(at_s)
    assert count_down(room.run, ("ups5",)) == ["ups5"] * counts


@pytest.mark.parametrize(("server", "ups"), [("blade1", "ups5"), ("rackpool", "ups6")])
@pytest.mark.parametrize("silent_s", [150.0, 33.2], ids=["it counted down", "told, and not heard since"])
def test_s1_s16_h6_who_is_booted_when_the_mains_are_back_and_its_card_is_silent_is_forced_before_the_off(
    server: str, ups: str, silent_s: float
) -> None:
    tale = play(out(0, 230), fault("card_silent", ups, silent_s), Booted(260.0, server), until_s=600)
    tale.before(f"server.forced {server}", f"ups.output_off {ups}")
    tale.never("server.crashed *")


def test_s3_c12_h6_whose_disk_another_has_told_to_go_off_is_looked_at_before_each_flush_of_it() -> None:
    """Refused, it was asked for every five seconds, and a hand had booted somebody since the last poll."""
    refused, off = fault("flush_refused", "linkeddisk", -10.0), fault("foreign_off", "ups4")
    for booted_s in (150.0, 151.0, 152.0, 153.0, 154.0):
        tale = play(refused, off, Booted(booted_s, "rack1"), until_s=160)
        asked_s = tale.times("command.sent linkeddisk command=flush")
        assert booted_s - 6.0 < asked_s[-1] < booted_s
