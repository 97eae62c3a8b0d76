"""The verdict as a whole: what counts, what was declared, what it costs."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

from sequencer.events import NAMES, Event, Source
from sequencer.site import Server, ServerRole, Ups
from teiden.files.source import Place
from teiden.judge.invariants.catalogue import INVARIANTS, SENTENCES
from teiden.judge.language import parse_at, parse_before, parse_finally, parse_never
from teiden.judge.names import Names
from teiden.judge.verdict import Status, judge


def test_a_chain_counts_as_one_expectation_and_is_told_pair_by_pair(outage: Any, names: Names) -> None:
    chain = "server.halted every linked < ups.output_off ups5 < array.flushing linkeddisk"
    place = Place("story.yaml", 12, 7)
    nevers = [
        *parse_never("server.crashed", Place("story.yaml", 20, 11), names),
        *parse_never("array.lost_data", Place("story.yaml", 20, 27), names),
    ]

    verdict = outage.judged(*parse_before(chain, place, names), *nevers)

    assert len(verdict.expectations) == 4
    assert verdict.expected == (3, 3)
    assert verdict.summary() == "3 of 3 expectations, 45 of 45 invariants"


def test_a_chain_with_one_broken_pair_is_one_that_does_not_hold(
    outage: Any, names: Names, place: Place
) -> None:
    chain = "server.halted every linked < ups.output_off ups5 < cluster.stopping ssccluster < mains.lost"
    verdict = outage.judged(*parse_before(chain, place, names))

    assert verdict.expected == (0, 1)
    assert not verdict.holds
    (failure,) = verdict.failures()
    assert failure.place == place
    assert failure.expected == "cluster.stopping ssccluster < mains.lost"


def test_a_run_without_a_story_is_judged_by_the_invariants_alone(outage: Any) -> None:
    verdict = outage.judged()

    assert verdict.holds
    assert verdict.summary() == "45 of 45 invariants"


def test_a_broken_invariant_makes_the_verdict_fail(outage: Any) -> None:
    verdict = outage.moved("command=flush", 440).moved("array.flushing", 440).judged()

    assert not verdict.holds
    assert verdict.upheld == (44, 45)
    (failure,) = verdict.failures()
    assert (failure.id, failure.status) == ("S3", Status.BROKEN)
    assert [event.name for event in failure.breaches[0].events] == ["command.sent"]


def test_a_story_that_breaks_what_it_declares_holds(outage: Any) -> None:
    verdict = outage.moved("command=flush", 440).moved("array.flushing", 440).judged(breaks=["S3"])

    assert verdict.holds
    assert verdict.summary() == "45 of 45 invariants (S3 broken, as declared)"


def test_a_story_that_does_not_break_what_it_declares_fails(outage: Any) -> None:
    verdict = outage.judged(breaks=["S3"])

    assert not verdict.holds
    (failure,) = verdict.failures()
    assert failure.happened == "the story declares that this breaks, and it held"


def test_a_story_that_breaks_more_than_it_declares_fails(outage: Any) -> None:
    telling = outage.moved("command=flush", 440).moved("array.flushing", 440)

    assert [f.id for f in telling.judged(breaks=["S5"]).failures()] == ["S3", "S5"]


def test_an_invariant_that_does_not_exist_cannot_be_declared(outage: Any) -> None:
    (failure,) = outage.judged(breaks=["S99"]).failures()

    assert failure.happened.startswith("no invariant is called S99; known: S1, S2")


def test_every_invariant_has_an_id_a_sentence_and_its_formula() -> None:
    assert [invariant.id for invariant in INVARIANTS] == [
        *(f"S{n}" for n in range(1, 37) if n not in (19, 20)),  # the numbers of a site: rules of `check`
        *(f"L{n}" for n in range(1, 11)),
        "R2-07",
    ]
    assert len(SENTENCES) == len(INVARIANTS)
    for invariant in INVARIANTS:
        assert "`" in (invariant.__doc__ or ""), f"{invariant.id} does not state its formula"


def test_an_invariant_says_how_often_it_was_put_to_the_test(outage: Any) -> None:
    tested = {result.id: result.put_to_test for result in outage.judged().invariants}

    assert tested["S1"] == 8  # every server and node that lost its last feed
    assert tested["S25"] == 0  # no flush timed out: this run proves nothing about it


def test_every_breach_becomes_an_event_for_pictures_and_tables(outage: Any) -> None:
    (event,) = outage.moved("command=flush", 440).moved("array.flushing", 440).judged().rule_events()

    assert (event.name, event.subject, event.by, event.t) == ("rule.broken", "linkeddisk", "judge", 1040.0)
    assert event.details["rule"] == "S3"
    assert "ups5 and ups6" in event.details["text"]


def test_the_same_stream_gives_the_same_verdict(outage: Any) -> None:
    telling = outage.without("server.halted rack2", "array.flushed", "server.up")

    assert telling.judged() == telling.judged()


def test_an_empty_stream_is_no_crash(outage: Any) -> None:
    assert judge([], outage.site).summary() == "45 of 45 invariants"


def test_every_event_of_the_vocabulary_is_judged_without_a_slip(outage: Any, names: Names) -> None:
    """Strange streams come from live rooms and from searches for faults; they must not stop the judge."""
    everything = [
        Event(float(n), name, subject, "control1", source, {})
        for n, (name, source) in enumerate((n, s) for n in NAMES for s in Source)
        for subject in names.subjects(name)
    ]

    judge(everything, outage.site)
    judge(everything[::-1], outage.site)


def test_devices_that_the_site_does_not_know_are_passed_over(outage: Any) -> None:
    strangers = [
        Event(700.0, name, "stranger", "control1", source, {}) for name in NAMES for source in Source
    ]

    assert judge(sorted([*outage.events, *strangers], key=lambda e: e.t), outage.site).holds


# What it costs, counted in calls of Python functions: seconds would say more about the machine


class Calls:
    """Counts the calls made while it is entered."""

    def __init__(self) -> None:
        self.n = 0

    def __enter__(self) -> Calls:
        self._before = sys.getprofile()
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before)

    def _count(self, frame: FrameType, what: str, _: object) -> None:
        self.n += what == "call"


CALLS_PER_EVENT = 14.65 * 1.05
"""Recorded with Python 3.11, which counts comprehensions as calls, for 45 rules (7.1 for the first 32, which
listen to no node's words), and for what each node has heard of cards and wants; with the making of tables."""


def test_judging_costs_a_few_calls_per_event(outage: Any, names: Names, place: Place) -> None:
    expectations = [
        *parse_at("ups.output_off ups5", 450, 10, place, names),
        *parse_before(
            "server.halted every linked < ups.output_off ups5 < array.flushing linkeddisk", place, names
        ),
        *parse_never("server.crashed", place, names),
        *parse_finally("server.up every linked", place, names),
    ]
    events = [*outage.events, *_what_the_nodes_saw(outage.events)]
    events.sort(key=lambda event: event.t)
    assert len(events) > 350

    judge(events, outage.site, expectations)  # what a process makes once is no cost of an event
    with Calls() as calls:
        verdict = judge(events, outage.site, expectations)

    assert verdict.holds
    assert calls.n / len(events) < CALLS_PER_EVENT


@pytest.mark.parametrize("times", [8])
def test_the_cost_grows_with_the_room_and_not_faster(outage: Any, times: int) -> None:
    small, large = _with_more_servers(outage, 1), _with_more_servers(outage, times)
    with Calls() as of_small:
        assert judge(small.events, small.site).holds
    with Calls() as of_large:
        assert judge(large.events, large.site).holds

    growth = len(large.events) / len(small.events)
    assert of_large.n / of_small.n < 1.3 * growth


def _what_the_nodes_saw(events: list[Event]) -> list[Event]:
    """Sightings, steps and rows: what fills a real stream and says nothing to the judge."""
    seen = [
        Event(event.t, event.name, event.subject, node, Source.SEEN, {})
        for event in events
        for node in ("control1", "control2")
        if event.is_fact and event.name.startswith(("ups.", "server.", "array.", "cluster."))
    ]
    words = ("step.started", "step.done", "journal.committed")
    sent = [event for event in events if event.name == "command.sent"]
    return seen + [Event(e.t, word, e.subject, e.by, Source.SEEN, {}) for e in sent for word in words]


def _with_more_servers(outage: Any, n: int) -> Any:
    """Twenty times n more linked servers, two to a UPS, that do as rack1 and rack2 do."""
    servers, upses, lines = dict(outage.site.servers), dict(outage.site.upses), []
    for i in range(10 * n):
        ups, pair = f"upsx{i}", (f"x{i}a", f"x{i}b")
        upses[ups] = Ups(ups, 100 + i, "utility", 60.0, runtime_s=1200.0)
        for name in pair:
            servers[name] = Server(name, ServerRole.LINKED, (ups,), arrays=("linkeddisk",))
        for line in outage.lines:
            if "ups6" in line:
                lines.append(line.replace("ups6", ups))
            elif "rack1" in line or "rack2" in line:
                lines.append(line.replace("rack1", pair[0]).replace("rack2", pair[1]))
    more = outage.at_site(servers=servers, upses=upses).plus(*lines)
    return replace(more, initial={})
