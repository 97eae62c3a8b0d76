"""The confirm timer of one UPS (S10): suspected, cleared, confirmed; silence, low battery, flapping."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sequencer.feeds import is_out_with_its_feed
from sequencer.journal import Armed
from sequencer.watch import RETURNS, watch
from tests.hands import LATENCY_S, TIMEOUT_S, HandRoom, HandUps

CONFIRM_S = 60.0


@pytest.fixture
def watched(by_hand: HandRoom) -> HandRoom:
    """ups5 (confirm time 60 s) is watched."""
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups5"]))
    return by_hand


@pytest.fixture
def ups5(watched: HandRoom) -> HandUps:
    return watched.upses["ups5"]


def is_dark(room: HandRoom) -> None:
    """Nobody answers any more whom ups5 feeds: else it is on, whatever its card says (O1)."""
    for server in room.site.servers_on("ups5"):
        room.servers[server.name].fall_silent()


def confirmed(room: HandRoom) -> bool:
    return room.run.mains["ups5"].confirmed


def test_s10_an_outage_is_confirmed_exactly_its_confirm_time_after_it_was_first_seen(
    watched: HandRoom, ups5: HandUps
) -> None:
    watched.until(10)
    ups5.lose_mains()
    watched.until(10 + CONFIRM_S - 0.01)
    assert not confirmed(watched)
    watched.until(10 + CONFIRM_S + 0.1)
    assert confirmed(watched)
    (told,) = watched.told("outage.confirmed", "ups5")
    assert told["t"] == pytest.approx(10 + CONFIRM_S, abs=0.1)
    assert told["first_seen"] == 10
    assert told["because"] == "on battery 60 s"
    assert watched.told("outage.suspected")[0]["confirm_s"] == CONFIRM_S


def test_p1_mains_back_one_second_before_the_confirm_time_clear_it(watched: HandRoom, ups5: HandUps) -> None:
    ups5.lose_mains()
    watched.until(CONFIRM_S - 1)
    ups5.regain_mains()
    watched.until(1000)
    assert not confirmed(watched)
    assert watched.told("outage.confirmed") == []
    (told,) = watched.told("outage.cleared", "ups5")
    assert told["after_s"] == pytest.approx(CONFIRM_S - 1, abs=0.1)


def test_s10_mains_seen_back_by_the_last_look_clear_it(watched: HandRoom, ups5: HandUps) -> None:
    """They came back after the last poll; the look at the confirm time sees it."""
    ups5.lose_mains()
    watched.until(CONFIRM_S - 0.5)
    ups5.status = HandRoom(watched.site).upses["ups5"].status  # no poll told it yet
    watched.until(1000)
    assert not confirmed(watched)


def test_p3_each_blink_of_the_mains_starts_the_confirm_time_anew(watched: HandRoom, ups5: HandUps) -> None:
    for second in range(0, 500, 50):
        watched.until(second + 1)
        ups5.lose_mains()
        watched.until(second + 41)
        ups5.regain_mains()
    watched.until(600)
    assert watched.told("outage.confirmed") == []
    assert len(watched.told("outage.cleared")) == 10


def test_u16_s12_silence_neither_resets_nor_stops_the_confirm_time(watched: HandRoom, ups5: HandUps) -> None:
    ups5.lose_mains()
    watched.until(20)
    ups5.fall_silent()
    watched.until(CONFIRM_S + TIMEOUT_S + 1)
    assert confirmed(watched)
    (told,) = watched.told("outage.confirmed")
    assert told["because"] == "on battery 60 s, then silent"
    assert told["t"] <= CONFIRM_S + TIMEOUT_S + 0.1


def test_u1_a_card_that_comes_back_on_battery_has_not_reset_it(watched: HandRoom, ups5: HandUps) -> None:
    ups5.lose_mains()
    watched.until(10)
    ups5.fall_silent()
    watched.until(50)
    ups5.lose_mains()
    watched.until(CONFIRM_S + 0.1)
    assert confirmed(watched)


def test_u1_a_card_that_comes_back_with_mains_has_cleared_it(watched: HandRoom, ups5: HandUps) -> None:
    ups5.lose_mains()
    watched.until(10)
    ups5.fall_silent()
    watched.until(50)
    ups5.regain_mains()
    watched.until(200)
    assert not confirmed(watched)
    assert watched.told("outage.cleared")


def test_s10_a_card_that_blinks_off_the_network_confirms_nothing_early(
    watched: HandRoom, ups5: HandUps
) -> None:
    ups5.lose_mains()
    for second in range(5, 50, 5):
        watched.until(second)
        ups5.fall_silent()
        watched.until(second + 0.5)
        ups5.lose_mains()
        watched.run.announce()
    assert not confirmed(watched)
    watched.until(CONFIRM_S + 0.1)
    assert confirmed(watched)


def test_s10_news_about_others_while_it_is_silent_confirm_nothing_early(
    watched: HandRoom, ups5: HandUps
) -> None:
    ups5.lose_mains()
    watched.until(5)
    ups5.fall_silent()
    watched.until(20)
    ups5.status, ups5.silent = ups5.status, False  # it answers again, and no poll has told it yet
    watched.run.announce()
    watched.until(CONFIRM_S - 1)
    assert not confirmed(watched)


@pytest.mark.parametrize(("back", "counts"), [((1, 2, 3, 4, 6), False), ((1, 2, 3, 4), True)])
def test_p10_s12_one_that_went_off_by_itself_is_in_no_outage_once_its_whole_feed_is_back(
    watched: HandRoom, ups5: HandUps, back: tuple[int, ...], counts: bool
) -> None:
    """Its output was gone, its card with it; that has just got its mains again, and has still to boot."""
    for ups in watched.upses.values():
        ups.lose_mains()
    watched.until(20)
    ups5.show(output_on=False, on_battery=False)
    watched.until(25)
    ups5.fall_silent()
    watched.until(45)
    for number in back:
        watched.upses[f"ups{number}"].regain_mains()
    watched.until(CONFIRM_S + TIMEOUT_S + 1)
    assert confirmed(watched) is counts
    assert bool(watched.told("outage.cleared", "ups5")) is not counts


@pytest.mark.parametrize(("silent", "back_s"), [(True, 45), (False, 45), (True, CONFIRM_S + 0.5)])
def test_s10_mains_that_its_feed_had_for_a_moment_begin_the_time_of_one_that_went_off_by_itself_anew(
    watched: HandRoom, ups5: HandUps, silent: bool, back_s: float
) -> None:
    """Its own card could not tell, and when its time is over they are away again."""
    run = watched.run
    for ups in watched.upses.values():
        ups.lose_mains()
    watched.until(20)
    ups5.show(output_on=False, on_battery=False)
    is_dark(watched)
    watched.until(25)
    if silent:
        ups5.fall_silent()
    watched.until(back_s)
    for ups in watched.upses.values():
        if ups is not ups5:
            ups.regain_mains()
    run.announce("ups4", RETURNS)
    watched.until(back_s + 1)
    for ups in watched.upses.values():
        ups.lose_mains() if ups is not ups5 else ups.fall_silent()
    watched.until(2 * CONFIRM_S)
    assert not confirmed(watched)
    assert watched.told("outage.cleared", "ups5")


def test_s12_silence_with_mains_as_the_last_word_is_no_outage(watched: HandRoom, ups5: HandUps) -> None:
    ups5.fall_silent()
    watched.until(10_000)
    assert not confirmed(watched)
    assert watched.told("outage.suspected") == []


def test_x_02_a_low_battery_confirms_at_once(watched: HandRoom, ups5: HandUps) -> None:
    ups5.lose_mains()
    watched.until(5)
    ups5.show(low_battery=True)
    watched.until(5.5)
    assert confirmed(watched)
    assert watched.told("outage.confirmed")[0]["because"] == "low battery"


def test_p9_a_low_battery_on_mains_is_no_outage(watched: HandRoom, ups5: HandUps) -> None:
    ups5.show(low_battery=True)
    watched.until(1000)
    assert not confirmed(watched)
    assert watched.told("outage.suspected") == []


def test_r9_20_a_ups_whose_output_is_off_suspects_nothing(watched: HandRoom, ups5: HandUps) -> None:
    ups5.show(output_on=False)
    watched.until(100)
    ups5.show(mains=False)
    watched.until(1000)
    assert not confirmed(watched)


def test_a_confirmed_ups_is_no_longer_confirmed_when_its_mains_are_back(
    watched: HandRoom, ups5: HandUps
) -> None:
    ups5.lose_mains()
    watched.until(100)
    assert confirmed(watched)
    ups5.regain_mains()
    watched.until(101)
    assert not confirmed(watched)


def test_l7_the_next_outage_is_timed_like_the_first(watched: HandRoom, ups5: HandUps) -> None:
    for start in (0, 1000):
        watched.until(start + 1)
        ups5.lose_mains()
        watched.until(start + 100)
        assert confirmed(watched)
        ups5.regain_mains()
        watched.until(start + 500)
    assert len(watched.told("outage.confirmed")) == 2


def test_a_node_that_does_not_command_times_in_silence(watched: HandRoom, ups5: HandUps) -> None:
    """So that it knows how long the mains have been away when it takes the command."""
    watched.run.commands = False
    ups5.lose_mains()
    watched.until(100)
    assert confirmed(watched)
    assert len(watched.stream) == 0


@pytest.mark.parametrize("back_s", [CONFIRM_S - 5, CONFIRM_S + LATENCY_S / 4], ids=["before", "in the look"])
def test_s10_mains_that_a_poll_has_seen_count_however_soon_they_are_gone_again(
    watched: HandRoom, ups5: HandUps, back_s: float
) -> None:
    """Back for a moment just before the confirm time, or before the last look answers: a new outage (P3)."""
    ups5.lose_mains()
    watched.until(back_s)
    ups5.regain_mains()
    watched.until(back_s + LATENCY_S / 2)
    ups5.lose_mains()  # before a look could be answered
    watched.until(back_s + CONFIRM_S - 1)
    assert not confirmed(watched)
    watched.until(back_s + CONFIRM_S + 1)
    assert confirmed(watched)


def off(ups: HandUps) -> None:
    ups.show(output_on=False)


def off_then_silent(ups: HandUps) -> None:
    off(ups)
    ups.fall_silent()


GOES_OFF = pytest.mark.parametrize("goes", [off, off_then_silent])


@GOES_OFF
def test_r9_20_s12_a_ups_that_goes_off_as_it_was_told_to_is_in_no_outage_any_more(
    watched: HandRoom, ups5: HandUps, goes: Callable[[HandUps], None]
) -> None:
    """Its mains may return while its card is still dark: nobody would know."""
    watched.run.facts.armed["ups5"] = Armed(0.0, 20.0)
    ups5.lose_mains()
    watched.until(20)
    goes(ups5)
    is_dark(watched)
    watched.until(1000)
    assert not confirmed(watched)
    ups5.show(output_on=True)
    watched.until(1000 + CONFIRM_S + 1)
    assert confirmed(watched), "on again, on its battery: from then on"


@GOES_OFF
def test_x_04_a_ups_that_drops_its_loads_by_itself_is_still_counted(
    watched: HandRoom, ups5: HandUps, goes: Callable[[HandUps], None]
) -> None:
    """Whoever draws from two may live on the other one, and has lost this one for good."""
    ups5.lose_mains()
    watched.until(20)
    goes(ups5)
    watched.until(CONFIRM_S + TIMEOUT_S + 1)
    assert confirmed(watched)


@pytest.mark.parametrize(
    ("told", "output_on", "out"), [(True, False, False), (True, True, True), (False, True, True)]
)
def test_u16_s12_who_is_off_and_answers_yet_when_all_others_fall_silent_says_nothing_of_their_mains(
    by_hand: HandRoom, told: bool, output_on: bool, out: bool
) -> None:
    """He lost his own input, and went; the network goes, and his card is polled last (N1, seed 199398)."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    by_hand.until(10)
    ups5.lose_mains()
    ups5.show(output_on=output_on)
    if told:
        run.facts.armed["ups5"] = Armed(0.0, 0.0, returns=False, life="control1/1")
    for name, ups in by_hand.upses.items():
        if name != "ups5":
            ups.fall_silent()
    by_hand.until(20)
    assert is_out_with_its_feed(run, by_hand.site.upses["ups4"]) is out
