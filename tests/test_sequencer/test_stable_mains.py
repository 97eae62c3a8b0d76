"""Since when the mains of one UPS have been there, as its card tells, and through its silences (S7, N3)."""

from __future__ import annotations

import pytest

from sequencer import timing
from sequencer.feeds import is_back, stable_at_s
from sequencer.watch import ASKED_AGAIN, watch
from tests.hands import HandRoom, HandUps


@pytest.fixture
def watched(by_hand: HandRoom) -> HandRoom:
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups5"]))
    return by_hand


@pytest.fixture
def ups5(watched: HandRoom) -> HandUps:
    return watched.upses["ups5"]


def test_s7_mains_are_stable_when_they_have_been_seen_for_long_enough(
    watched: HandRoom, ups5: HandUps
) -> None:
    ups = watched.site.upses["ups5"]
    watched.until(1)
    ups5.lose_mains()
    watched.until(50)
    assert stable_at_s(watched.run, ups) is None
    ups5.regain_mains()
    watched.until(60)
    assert is_back(watched.run, ups)
    assert stable_at_s(watched.run, ups) == pytest.approx(50 + 60, abs=0.1)
    ups5.fall_silent()
    watched.until(61)
    assert stable_at_s(watched.run, ups) is None, "S11: silent is not stable"
    watched.until(60 + heard_again_s(watched) + 1)
    ups5.regain_mains()
    watched.until(80)
    assert stable_at_s(watched.run, ups) == pytest.approx(60 + heard_again_s(watched) + 1 + 60, abs=0.1)


def heard_again_s(room: HandRoom) -> float:
    """For so long a card may be unheard whose answers alone were lost."""
    polling = room.site.polling
    return polling.stale_after_s(polling.on_line_s) + ASKED_AGAIN * timing.silent_look_s(room.site)


def test_n3_l3_a_card_of_which_a_few_answers_were_lost_is_asked_again_and_its_mains_have_been_there(
    watched: HandRoom, ups5: HandUps
) -> None:
    """Each time anew, however often; a network that loses half of all would else never see them stable."""
    ups = watched.site.upses["ups5"]
    watched.until(10)
    looks = ups5.looks
    for t in (20, 50):
        watched.until(t)
        ups5.fall_silent()
        watched.until(t + heard_again_s(watched) - 0.1)
        assert stable_at_s(watched.run, ups) is None, "S11: silent is not stable"
        ups5.show()
        watched.until(t + heard_again_s(watched))
        assert stable_at_s(watched.run, ups) == pytest.approx(60, abs=0.1)
    assert ups5.looks == looks + 2 * ASKED_AGAIN
    ups5.fall_silent()
    watched.until(80)
    ups5.show()
    looks = ups5.looks
    watched.until(200)
    assert ups5.looks == looks, "it has been heard"


def test_s7_mains_that_went_after_a_silence_count_from_their_return_however_short_both_were(
    watched: HandRoom, ups5: HandUps
) -> None:
    ups = watched.site.upses["ups5"]
    watched.until(20)
    ups5.fall_silent()
    watched.until(24)
    ups5.lose_mains()
    watched.until(26)
    ups5.regain_mains()
    watched.until(27)
    assert stable_at_s(watched.run, ups) == pytest.approx(26 + 60, abs=0.1)


def test_s7_a_card_that_has_been_up_with_its_output_off_tells_how_long_the_mains_have_been_there(
    by_hand: HandRoom,
) -> None:
    """Off, a UPS feeds its card from the mains alone: a node that has just booted need not wait again."""
    by_hand.upses["ups5"].show(output_on=False, card_uptime_s=45.0)
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups5"]))
    by_hand.until(1)
    at_s = stable_at_s(by_hand.run, by_hand.site.upses["ups5"])
    assert at_s is not None
    assert at_s <= 60 - 45 + 1.1


def test_s17_a_card_that_was_up_before_the_outage_does_not_tell_how_long_the_mains_are_back(
    by_hand: HandRoom,
) -> None:
    """Killed as its UPS fell, just after the mains came back, a service begun anew has watched neither."""
    ups5 = by_hand.site.upses["ups5"]
    outage_s = min(u.confirm_s for u in by_hand.site.upses.values()) + timing.graceful_off_s(ups5)
    by_hand.upses["ups5"].show(output_on=False, card_uptime_s=outage_s)
    by_hand.run.spawn(watch(by_hand.run, ups5))
    by_hand.until(1)
    at_s = stable_at_s(by_hand.run, ups5)
    assert at_s is not None
    assert at_s >= 60


def test_s7_mains_that_are_known_to_have_been_there_are_not_waited_for_again_after_a_silence(
    watched: HandRoom, ups5: HandUps
) -> None:
    """Its output is off and its card has been up all the while: whoever missed a poll need not begin anew."""
    ups5.show(output_on=False, card_uptime_s=45.0)
    watched.until(10)
    ups5.fall_silent()
    watched.until(20)
    assert stable_at_s(watched.run, watched.site.upses["ups5"]) is None, "S11: silent is not stable"
    ups5.show(card_uptime_s=65.0)
    watched.until(30)
    at_s = stable_at_s(watched.run, watched.site.upses["ups5"])
    assert at_s is not None
    assert at_s <= 20 - 65 + 60 + 1.1


def test_s7_mains_that_were_seen_away_count_from_their_return_however_long_the_card_is_up(
    watched: HandRoom, ups5: HandUps
) -> None:
    """A card outlives its UPS's output for some seconds; its uptime says nothing then."""
    watched.until(10)
    ups5.lose_mains()
    watched.until(20)
    ups5.show(mains=True, on_battery=False, output_on=False, card_uptime_s=4000.0)
    watched.until(30)
    at_s = stable_at_s(watched.run, watched.site.upses["ups5"])
    assert at_s is not None
    assert at_s >= 20 + 60


def test_s7_n3_mains_that_came_a_moment_ago_have_been_there_no_longer_though_its_card_was_up_before(
    watched: HandRoom, ups5: HandUps
) -> None:
    """Seen to come, then unheard for a moment; cut meanwhile, its card had lived on the battery (202966)."""
    ups5.show(card_uptime_s=100.0)
    watched.until(10)
    ups5.lose_mains()
    watched.until(40)
    ups5.regain_mains()
    watched.until(41)
    ups5.fall_silent()
    watched.until(43)
    ups5.show(output_on=False, card_uptime_s=140.0)
    watched.until(44)
    assert stable_at_s(watched.run, watched.site.upses["ups5"]) == pytest.approx(40 + 60, abs=0.1)
