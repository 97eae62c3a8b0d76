"""A card is written to no faster than it is polled, whatever is wanted of it in one moment (S33)."""

from __future__ import annotations

import pytest

from sequencer.ports import Off, Os
from sequencer.power_off import arm, cut
from sequencer.power_on import power_on
from tests.hands import HandRoom, no_look

POLL_S = 2.0


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """Everybody on ups5 has halted."""
    for server in by_hand.site.servers_on("ups5"):
        by_hand.servers[server.name].show(os=Os.HALTED)
    assert by_hand.site.polling.on_battery_s == POLL_S
    return by_hand


def test_s33_an_off_that_is_wanted_a_moment_after_an_on_waits_for_a_poll(room: HandRoom) -> None:
    run, ups5 = room.run, room.site.upses["ups5"]
    room.upses["ups5"].show(output_on=False)
    run.mains["ups5"].on_line_since_s = -1000.0
    run.spawn(power_on(run, ups5, [ups5], [ups5]))
    room.until(0.5)
    room.upses["ups5"].show(output_on=True)
    run.spawn(arm(run, ups5, Off.GRACEFUL, list(room.site.servers_on("ups5"))))
    room.until(10)
    on, off = room.told("command.sent", "ups5")
    assert (on["command"], off["command"]) == ("on", "off")
    assert POLL_S <= off["t"] - on["t"] < POLL_S + 0.1


def test_s33_an_on_after_an_off_waits_just_so(room: HandRoom) -> None:
    run, ups5 = room.run, room.site.upses["ups5"]
    run.told_off_s["ups5"] = 0.0
    room.upses["ups5"].show(output_on=False)
    run.mains["ups5"].on_line_since_s = -1000.0
    run.spawn(power_on(run, ups5, [ups5], [ups5]))
    room.until(10)
    (on,) = room.told("command.sent", "ups5")
    assert POLL_S <= on["t"] < POLL_S + 0.1


@pytest.mark.parametrize("how", ["armed", "cut"])
def test_s33_a_second_page_waits_a_poll_before_it_tells_an_off_again_that_has_no_delay_and_was_ignored(
    room: HandRoom, how: str
) -> None:
    """Nothing counts down, and the time of that OFF is over in the moment in which it is told (U8, U9)."""
    run, ups5 = room.run, room.site.upses["ups5"]
    room.upses["ups5"].show(graceful_off_s=0.0, immediate_off_s=0.0)
    loads = list(room.site.servers_on("ups5"))
    for first in (True, False):
        armed = first or how == "armed"
        run.spawn(arm(run, ups5, Off.GRACEFUL, loads) if armed else cut(run, ups5, lambda: None, no_look))
    room.until(10)
    once, again = [off["t"] for off in room.told("command.sent", "ups5")][:2]
    assert again - once == pytest.approx(POLL_S, abs=0.1)


def test_s33_what_was_told_long_ago_or_to_another_holds_up_nothing(room: HandRoom) -> None:
    run, ups5 = room.run, room.site.upses["ups5"]
    run.told_on_s.update(ups5=-POLL_S, ups6=0.0)
    run.spawn(arm(run, ups5, Off.GRACEFUL, list(room.site.servers_on("ups5"))))
    room.until(0.5)
    assert len(room.told("command.sent", "ups5")) == 1


def test_s33_a_page_that_is_begun_anew_in_the_moment_of_its_on_waits_before_it_says_it_again(
    room: HandRoom,
) -> None:
    """Somebody is wanted otherwise just then; the card has not shown yet that it took it."""
    run, ups5 = room.run, room.site.upses["ups5"]
    room.upses["ups5"].show(output_on=False)
    run.mains["ups5"].on_line_since_s = -1000.0
    page = run.spawn(power_on(run, ups5, [ups5], [ups5]))
    room.until(0.5)
    page.close()
    run.spawn(power_on(run, ups5, [ups5], [ups5]))
    room.until(10)
    first, second = [on["t"] for on in room.told("command.sent", "ups5")][:2]
    assert second - first == pytest.approx(POLL_S, abs=0.1)


@pytest.mark.parametrize("stops", [False, True])
def test_s33_two_pages_that_wait_for_the_same_ups_tell_it_once(room: HandRoom, stops: bool) -> None:
    """One keeps a disk on that is ready on its other feed, one still starts it (seed 7003 of two feeds).

    The second asks by itself if the first is called off.
    """
    run, ups5 = room.run, room.site.upses["ups5"]
    room.upses["ups5"].show(output_on=False)
    run.mains["ups5"].on_line_since_s = -1000.0
    first, second = (run.spawn(power_on(run, ups5, [ups5], [ups5])) for _ in range(2))
    room.until(1.5)
    assert len(room.told("command.sent", "ups5")) == 1
    if stops:
        first.close()
        room.until(10)
        assert len(room.told("command.sent", "ups5")) > 1
    room.upses["ups5"].show(output_on=True)
    room.until(20)
    assert second.over
    assert len(room.told("step.started", "ups5")) == 1 + stops
