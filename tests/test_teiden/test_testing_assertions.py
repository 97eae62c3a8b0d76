"""Assertions on a played story: they say what `expect:` says, read as sentences, and refuse slips."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from teiden.judge.expectations import At, Before, Count, Finally, Never, Within
from teiden.testing import (
    BadExpression,
    Played,
    assert_at,
    assert_before,
    assert_count,
    assert_finally,
    assert_holds,
    assert_never,
    assert_within,
    play,
)

SCENARIOS = Path(__file__).parents[2] / "scenarios"
Assert = Callable[[Played], None]


@pytest.fixture(scope="module")
def outage() -> Played:
    """The reference outage. Only to be read."""
    return play(SCENARIOS / "site-outage.yaml")


@pytest.fixture(scope="module")
def broken() -> Played:
    """The flush never ends, and the control site confirms 200 s too early."""
    return play(SCENARIOS / "flush-never-ends.yaml", changes={"upses.ups3.confirm": "700s"})


def test_what_the_story_expects_can_be_asserted_word_by_word(outage: Played) -> None:
    """Every line of `expect:` in the file, as a call."""
    said = 0
    for result in outage.verdict.expectations:
        match expectation := result.expectation:
            case At():
                time, about = f"{expectation.at_s:g}s", f"{expectation.tolerance_s:g}s"
                assert_at(outage, str(expectation.what), time, tolerance=about)
            case Before():
                gap = f"{expectation.gap_s:g}s" if expectation.gap_s else None
                assert_before(outage, str(expectation.first), str(expectation.second), gap=gap)
            case Within():
                limit, after = f"{expectation.limit_s:g}s", str(expectation.after)
                assert_within(outage, str(expectation.what), limit, after=after)
            case Never():
                assert_never(outage, str(expectation.what))
            case Count():
                assert_count(outage, str(expectation.what), expectation.n)
            case Finally():
                assert_finally(outage, str(expectation.what))
        said += 1
    assert said > 20
    assert_holds(outage)


def test_a_chain_may_be_given_in_parts_or_in_one(outage: Played) -> None:
    chain = (
        "server.halted every linked",
        "ups.output_off ups5",
        "array.flushed linkeddisk",
        "ups.output_off ups4",
    )
    assert_before(outage, *chain)
    assert_before(outage, " < ".join(chain))
    assert_before(outage, "ups.output_off ups4 < 100s < cluster.stopping")


def test_several_may_never_happen_and_several_are_so_at_the_end(outage: Played) -> None:
    assert_never(outage, "server.crashed", "array.lost_data", "server.booting every pool")
    assert_finally(outage, "server.up every linked", "cluster.running")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (
            lambda run: assert_before(run, "cluster.stopping", "ups.output_off ups4"),
            ["expected cluster.stopping < ups.output_off ups4", "was ups.output_off ups4 came first: 6"],
        ),
        (
            lambda run: assert_before(run, "ups.output_off ups4", "cluster.stopping", gap="10m"),
            ["expected ups.output_off ups4 < 10m < cluster.stopping", " apart, ", " too close"],
        ),
        (
            lambda run: assert_within(run, "ups.output_off ups3", "1s", after="cluster.stopped"),
            ["expected ups.output_off ups3 within 1s after cluster.stopped", " later, ", " too late"],
        ),
        (
            lambda run: assert_at(run, "ups.output_off ups5", "100s"),
            ["ups.output_off ups5 expected at 100 s (10 s either way), was 45"],
        ),
        (
            lambda run: assert_never(run, "array.flushed", "server.crashed"),
            ["expected never array.flushed", "was array.flushed linkeddisk at 6"],
        ),
        (
            lambda run: assert_count(run, "ups.output_off ups4", 2),
            ["expected twice ups.output_off ups4", "was 1 instead of 2"],
        ),
        (
            lambda run: assert_finally(run, "server.halted control1", "server.up control2"),
            ["expected finally server.halted control1", "was control1 is up since "],
        ),
        (
            lambda run: assert_before(run, "server.crashed", "ups.output_off ups4"),
            ["expected server.crashed < ups.output_off ups4", "was server.crashed never happened"],
        ),
    ],
    ids=["before", "gap", "within", "at", "never", "count", "finally", "missing"],
)
def test_what_is_not_so_is_told_in_a_sentence_with_the_events_around(
    outage: Played, check: Assert, said: list[str]
) -> None:
    with pytest.raises(AssertionError) as told:
        check(outage)
    sentence, _, events = str(told.value).partition("\n\n")
    assert [part for part in said if part not in sentence] == []
    assert any(line.startswith("  > ") for line in events.splitlines())


def test_only_what_is_not_so_is_told(outage: Played) -> None:
    with pytest.raises(AssertionError) as told:
        assert_never(outage, "server.crashed", "array.flushed", "cluster.running")
    assert "crashed" not in str(told.value)
    assert str(told.value).count("expected never") == 2


def test_a_story_that_does_not_hold_explains_itself(broken: Played) -> None:
    with pytest.raises(AssertionError) as told:
        assert_holds(broken)
    text = str(told.value)
    assert text.startswith("The linked disk never finishes its flush")
    assert f"broken   {SCENARIOS / 'flush-never-ends.yaml'}:19\n" in text
    assert "cause    R6-14" in text
    assert "as this story changes it" in text
    assert "\n  > 755 s  ssccluster stopping" in text
    assert "replay" not in text, "`teiden run` would play the file without these changes"


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (
            lambda run: assert_never(run, "servr.crashed"),
            "called `servr.crashed`\n  servr.crashed\n  ^^^^^^^^^^^^^\n  did you mean `server.crashed`?",
        ),
        (
            lambda run: assert_before(run, "array.flushed", "ups.output_off ups9"),
            "\n  array.flushed < ups.output_off ups9\n                                 ^^^^\n  ",
        ),
        (lambda run: assert_before(run, "array.flushed"), "nothing to compare"),
        (lambda run: assert_before(run, "array.flushed", "array.off", gap="10"), "`10` has no unit"),
        (lambda run: assert_within(run, "array.off", "10", after="array.flushed"), "give a unit, e.g. 10s"),
        (lambda run: assert_within(run, "array.off", "10s", after="array.flusht"), "no event is called"),
        (lambda run: assert_at(run, "array.off", "450"), "time: `450` has no unit; give a unit, e.g. 450s"),
        (lambda run: assert_at(run, "array.off", "450s", tolerance="-1s"), "tolerance: `-1s` is negative"),
        (lambda run: assert_count(run, "array.off", -1), "times: `-1` is not a number of times"),
        (lambda run: assert_count(run, "array.off", True), "times: `True` is not a number of times"),
        (lambda run: assert_count(run, "array.off", math.pi), "is not a number of times"),
        (lambda run: assert_finally(run, "command.sent ups4"), "command.sent sets no state to end in"),
        (lambda run: assert_never(run, "command.sent command=of"), "did you mean `off`?"),
        (lambda run: assert_never(run), "nothing is named"),
        (lambda run: assert_finally(run), "nothing is named"),
    ],
)
def test_a_slip_of_the_pen_is_refused_and_never_holds(outage: Played, check: Assert, told: str) -> None:
    with pytest.raises(BadExpression) as refused:
        check(outage)
    assert told in str(refused.value)


def test_a_run_shows_its_events_margins_and_verdict(outage: Played) -> None:
    assert outage.holds
    assert outage.seed == 0
    assert outage.events[0].name == "run.started"
    assert outage.events[-1].details["holds"] is True
    assert outage.margins["margin.linked_stop_s"] == pytest.approx(254, abs=10)
    assert outage.verdict.failures() == []
    assert repr(outage).startswith("<site-outage seed 0: HOLDS  22 of 22 expectations, ")
    assert str(outage).splitlines()[0] == outage.story.sentence
    assert str(outage).splitlines()[-1].startswith("HOLDS  22 of 22 expectations")
    assert outage._repr_html_().startswith("<pre>The mains of the whole site")


def test_a_picture_in_html_is_text_and_nothing_else(outage: Played) -> None:
    assert "&lt;" not in str(outage)
    assert outage._repr_html_().count("<") == 2
