"""Pairs of deeds of people, and of a deed and a fault: which there are, and that each can be played again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from teiden.explore.drawing import FIRST_S
from teiden.explore.trial import Failure, Trial
from teiden.proof import deeds, programme
from teiden.proof.deeds import DEEDS, OF_DEEDS, DeedPair, DeedPairs, ground_of

SITE = "reference"


def pairs(*, every: bool, times: int = 1) -> list[DeedPair]:
    return [case for case in DeedPairs(times, every=every).cases() if isinstance(case, DeedPair)]


def test_every_two_deeds_meet_and_every_deed_meets_every_fault() -> None:
    faults = ground_of(SITE).fault_names
    met = Counter((pair.one, pair.other) for pair in pairs(every=True, times=2))
    assert {one: met.pop((one, one)) for one in DEEDS} == dict.fromkeys(DEEDS, 2 * OF_DEEDS)
    assert {(one, fault): met.pop((one, fault)) for one, fault in product(DEEDS, faults)} == dict.fromkeys(
        product(DEEDS, faults), 2
    )
    assert {frozenset(two) for two in met} == {
        frozenset((one, other)) for one, other in product(DEEDS, DEEDS) if one != other
    }
    assert set(met.values()) == {2 * OF_DEEDS}


def test_the_quick_proof_has_every_fault_once_and_no_deed_is_left_out_there() -> None:
    met = [(pair.one, pair.other) for pair in pairs(every=False) if pair.other not in DEEDS]
    assert [fault for _, fault in met] == list(ground_of(SITE).fault_names)
    assert {deed for deed, _ in met} == set(DEEDS)


def test_the_quick_proof_plays_them_too() -> None:
    sections = programme.programme(quick=True, seeds=0, first_seed=0, seconds=1, times=4)
    assert {s.name: s.runs for s in sections}["deed-pairs"] == len(pairs(every=False))


def test_a_history_has_its_pair_and_a_cut_and_is_drawn_the_same_each_time() -> None:
    for pair in pairs(every=False):
        history = pair.history()
        assert history == pair.history()
        assert [t.fault.name for t in history.troubles] == [pair.other] * (pair.other not in DEEDS)
        assert history.cuts[0].at_s == FIRST_S
        assert len(history.cuts) <= 4


def test_no_two_histories_are_alike_and_each_room_has_a_chance_of_its_own() -> None:
    drawn = [pair.history() for pair in pairs(every=False)]
    assert len({history.seed for history in drawn}) == len(drawn)
    assert len({replace(history, seed=0) for history in drawn}) == len(drawn)


def test_no_input_is_cut_while_it_is_away() -> None:
    for pair in pairs(every=False):
        ends_s: dict[str, float] = {}
        for cut in pair.history().cuts:
            assert cut.at_s > ends_s.get(cut.of, 0.0)
            ends_s[cut.of] = cut.end_s


def test_a_fault_with_no_end_of_its_own_ends_when_all_is_calm_or_is_there_for_good() -> None:
    ways = {
        (trouble.lasts, trouble.at_s < history.cuts[0].at_s)
        for pair in pairs(every=False)
        for history in (pair.history(),)
        for trouble in history.troubles
    }
    assert ways == set(product((True, False), repeat=2))


@pytest.mark.parametrize(
    "words", ["deed-pair reference off", "deed-pair reference swim off 0", "deed-pair reference off swim 0"]
)
def test_a_pair_that_nobody_knows_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no deed-pair is called"):
        programme.case(words)


def test_what_a_history_breaks_is_told_with_the_words_that_play_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = DeedPair(SITE, "hold", "card_silent", 2)
    lost = Failure("L2", "linkeddisk", 1500.0, "linkeddisk lost the data in its cache")
    monkeypatch.setattr(deeds, "tried", lambda *_: Trial((lost,), excused=("S18",)))
    outcome = pair.played()
    assert outcome.wrong == ["deed-pair reference hold card_silent 2: L2 " + lost.text]
    assert (outcome.broken, outcome.excused) == (Counter(L2=1), Counter(S18=1))
    assert (outcome.histories, outcome.lived_s) == (1, pair.history().until_s)


@pytest.mark.parametrize("first", range(len(DEEDS)))
def test_a_deed_with_each_of_the_deeds_after_it_breaks_nothing(first: int) -> None:
    one, *others = list(DEEDS)[first:]
    for other in (one, *others):
        assert DeedPair(SITE, one, other, 0).played().wrong == []
