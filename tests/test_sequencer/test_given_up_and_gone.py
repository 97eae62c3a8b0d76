"""A UPS that ignored its OFF was given up, and goes all the same: on once more, it goes off (S5, U5)."""

from __future__ import annotations

import pytest

from sequencer.array_off import pressed_on
from sequencer.journal import Kind, Row
from sequencer.on_again import switched_on_by_hand
from sequencer.proof import unsettled
from sequencer.requests import Wish
from sequencer.scope import Scope
from sim.story import Asked
from tests.hands import HandRoom
from tests.worlds import HOUR_S, fault, out, play


@pytest.fixture
def given_up(by_hand: HandRoom) -> HandRoom:
    """An outage of everybody."""
    for ups in by_hand.upses.values():
        ups.lose_mains()
    leave_on(by_hand)
    by_hand.until(10)
    return by_hand


def leave_on(by_hand: HandRoom) -> None:
    """ups4 and ups5 answered, did not go off, and were left on, loudly."""
    run = by_hand.run
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in by_hand.site.upses))
    run.scope = Scope(server_upses=frozenset({"ups5"}), arrays=frozenset({"linkeddisk"}))
    run.settled.update(("ups4", "linkeddisk", "ups5"))
    run.given_up.update(("ups4", "ups5"))
    run.spawn(pressed_on(run, by_hand.site.arrays["linkeddisk"]))
    run.spawn(switched_on_by_hand(run, by_hand.site.upses["ups5"], []))


@pytest.mark.parametrize(("ups", "awaited"), [("ups4", "linkeddisk"), ("ups5", "ups5")])
def test_s5_one_that_was_given_up_and_has_gone_after_all_is_awaited_when_it_is_on_again(
    given_up: HandRoom, ups: str, awaited: str
) -> None:
    """Its battery has run empty since; it comes on with the mains, as its own setting has it (seed 79548)."""
    card = given_up.upses[ups]
    card.show(output_on=False)
    given_up.until(20)
    assert awaited not in unsettled(given_up.run), "it is off"
    card.show(output_on=True)
    given_up.until(30)
    assert awaited in unsettled(given_up.run)


def test_s5_one_that_never_went_stays_given_up(given_up: HandRoom) -> None:
    given_up.until(1000)
    assert not unsettled(given_up.run)


@pytest.mark.parametrize("ups", ["ups4", "ups5"])
def test_u7_s5_one_that_had_its_mains_when_it_was_told_is_awaited_when_they_go_again(
    by_hand: HandRoom, ups: str
) -> None:
    """Some forget an OFF as long as they have them."""
    run, card = by_hand.run, by_hand.upses[ups]
    leave_on(by_hand)
    by_hand.until(1000)
    assert not unsettled(run)
    card.lose_mains()
    by_hand.until(1010)
    assert set(unsettled(run)) == {"linkeddisk" if ups == "ups4" else "ups5"}
    assert [str(e["rule"]) for e in by_hand.told("alarm.raised", ups)] == ["S5"], "no hand has pressed it"


def test_u7_s18_a_disk_whose_ups_forgot_its_off_in_a_blink_of_the_mains_is_cut_in_the_next_outage() -> None:
    """Everything was to go off anyway, by a word (245195)."""
    drops = fault("off_dropped_on_mains", "ups4", -200)
    tale = play(drops, out(0, 640), Asked(130, Wish.POWER_OFF), out(765, 4000), until_s=HOUR_S)
    told_s = tale.times("command.sent ups4 command=off")
    assert len(told_s) == 2
    assert told_s[0] < 765 < told_s[1] < tale.at("ups.output_off ups4") < tale.at("server.halted control1")
    tale.never("ups.exhausted *", "array.lost_data *")
