"""Each invariant can fail: a bug planted in the real sequencer breaks it, in a run of the pretend room."""

from __future__ import annotations

from collections import Counter

import pytest

from teiden.judge.invariants.catalogue import INVARIANTS
from teiden.play import play
from tests.planted.catalogue import BEING_BUILT, PLANTS
from tests.planted.plant import Plant, broken, found

RULES = {invariant.id for invariant in INVARIANTS}
PLANTED = {plant.rule for plant in PLANTS}


@pytest.mark.parametrize("plant", PLANTS, ids=str)
def test_a_planted_bug_is_found_by_its_rule(plant: Plant) -> None:
    verdict = found(plant)

    assert verdict.without_it == (), "the sequencer as it is breaks something in this story"
    assert plant.rule in verdict.with_it, f"{plant.says}: and {plant.rule} has nothing against it"


def test_every_invariant_has_a_planted_bug() -> None:
    assert not RULES - PLANTED - BEING_BUILT, "plant a bug for these, in tests/planted/"


def test_no_invariant_waits_for_its_bug_that_has_one() -> None:
    assert not BEING_BUILT & PLANTED, "take these out of BEING_BUILT"


def test_every_planted_bug_is_of_an_invariant_and_has_a_name_of_its_own() -> None:
    assert PLANTED <= RULES
    assert [name for name, n in Counter(plant.name for plant in PLANTS).items() if n > 1] == []


def test_a_patch_is_gone_when_its_run_is_over() -> None:
    """The bugs of one test must not be found in the next."""
    for plant in PLANTS:
        with plant.patch():
            pass
    story = PLANTS[0].story()

    assert broken(story, play(story).stream.events) == ()
