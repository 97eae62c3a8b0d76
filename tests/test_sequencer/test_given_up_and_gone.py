"""A UPS that ignored its OFF was given up, and goes all the same: on once more, it goes off (S5, U5)."""

from __future__ import annotations

import pytest

from sequencer.array_off import pressed_on
from sequencer.journal import Kind, Row
from sequencer.on_again import switched_on_by_hand
from sequencer.proof import unsettled
from sequencer.scope import Scope
from tests.hands import HandRoom


@pytest.fixture
def given_up(by_hand: HandRoom) -> HandRoom:
    """An outage of everybody; ups4 and ups5 answered, did not go off, and were left on, loudly."""
    run = by_hand.run
    for ups in by_hand.upses.values():
        ups.lose_mains()
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in by_hand.site.upses))
    run.scope = Scope(server_upses=frozenset({"ups5"}), arrays=frozenset({"linkeddisk"}))
    run.settled.update(("ups4", "linkeddisk", "ups5"))
    run.given_up.update(("ups4", "ups5"))
    run.spawn(pressed_on(run, by_hand.site.arrays["linkeddisk"]))
    run.spawn(switched_on_by_hand(run, by_hand.site.upses["ups5"], []))
    by_hand.until(10)
    return by_hand


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
