"""What a compacted journal drops is missed by nobody: `Facts` learn the same from the rest."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import example, given, settings

from realtime.journal.compaction import still_matter
from sequencer.facts import Facts
from sequencer.journal import Goal, Kind, Row

SERVERS = ("blade1", "blade2", "rack1")
UPSES = ("ups4", "ups5")
WALL_S = st.integers(1, 9).map(float)
CAUSES = st.sampled_from([f"q{number}" for number in range(12)])

details = {
    Kind.DECLARED: st.fixed_dictionaries(
        {"was_running": st.lists(st.sampled_from(SERVERS))}, optional={"stop": CAUSES}
    ),
    Kind.OFF_ARMED: st.fixed_dictionaries({"falls_in_s": st.sampled_from((0.0, 60.0, 420.0))}),
    Kind.JOB: st.fixed_dictionaries({"job": st.sampled_from(("dump", "sync"))}),
    Kind.WATCHED: st.fixed_dictionaries({"wall_s": WALL_S}),
    Kind.REACHED: st.fixed_dictionaries({"wall_s": WALL_S}),
    Kind.RESTARTS: st.fixed_dictionaries({"wall_s": WALL_S, "all": st.booleans()}),
    Kind.SHUT_DOWN: st.fixed_dictionaries({"wall_s": WALL_S, "down": st.booleans()}),
    Kind.REFUSED: st.fixed_dictionaries({"wall_s": WALL_S, "reason": st.just("no")}),
    Kind.HELD: st.fixed_dictionaries({"wall_s": WALL_S, "held": st.booleans(), "cause": CAUSES}),
    Kind.WANTED: st.fixed_dictionaries(
        {
            "wall_s": WALL_S,
            "servers": st.lists(st.sampled_from(SERVERS), unique=True),
            "goal": st.sampled_from([goal.value for goal in Goal]),
        },
        optional={"also": st.lists(CAUSES)},
    ),
}
SUBJECTS = {
    Kind.WANTED: CAUSES,
    Kind.REFUSED: CAUSES,
    Kind.HELD: st.sampled_from(SERVERS + UPSES),
    Kind.REACHED: st.sampled_from(SERVERS),
    Kind.RESTARTS: st.sampled_from(SERVERS),
    Kind.SHUT_DOWN: st.sampled_from(SERVERS),
    Kind.JOB: st.sampled_from(SERVERS),
}


@st.composite
def one_row(draw: st.DrawFn) -> Row:
    kind = draw(st.sampled_from(Kind))
    subject = draw(SUBJECTS.get(kind, st.sampled_from(UPSES)))
    told = draw(details.get(kind, st.just({})))
    return Row(kind, subject, draw(st.integers(0, 6)), "control1/1", draw(WALL_S), told)


journals = st.lists(one_row(), max_size=40)


def known(rows: list[Row], heard_s: float = 1000.0) -> dict[str, object]:
    """Everything that the sequencer asks of its facts."""
    facts = Facts()
    facts.learn(rows, heard_s)
    return {
        "epoch": facts.epoch,
        "wants": facts.wants,
        "causes": frozenset(facts.causes.union(facts.refused)),
        "watched_s": facts.watched_s,
        "held": facts.held,
        "reached": {server for server in SERVERS if facts.reached(server)},
        "restarted": {server: facts.restarted_s(server) for server in SERVERS},
        "shut_down": {server for server in SERVERS if facts.shut_down(server)},
        "armed": facts.armed,
        "incident": (facts.declared, facts.turned, facts.closed, facts.open, facts.down),
        "was_running": facts.was_running,
        "confirmed": facts.confirmed,
        "flushes": (facts.flush_asked, facts.flush_settled),
        "planned": (facts.planned, facts.stop, facts.start_asked, facts.jobs),
    }


def compacted(rows: list[Row], incidents: int, causes: int = 1000) -> list[Row]:
    return [rows[place] for place in still_matter(rows, incidents, causes)]


def without_ids(rows: list[Row]) -> dict[str, object]:
    return {about: what for about, what in known(rows).items() if about != "causes"}


def fact(kind: Kind, epoch: int = 1, **details: object) -> Row:
    return Row(kind, "ups4", epoch, "control1/1", 1.0, details)


ARMED, AGAIN = fact(Kind.OFF_ARMED, falls_in_s=60.0), fact(Kind.OFF_ARMED, falls_in_s=420.0)
SET = fact(Kind.HELD, wall_s=5.0, held=True, cause="q1")
FREE = fact(Kind.HELD, wall_s=5.0, held=False, cause="q2")
SET_LATER = fact(Kind.HELD, wall_s=6.0, held=True, cause="q3")
DOWN = fact(Kind.WANTED, wall_s=5.0, servers=["rack1"], goal="down")
UP = fact(Kind.WANTED, wall_s=5.0, servers=["rack1"], goal="up")
AGAIN_DOWN = fact(Kind.WANTED, wall_s=7.0, servers=["rack1"], goal="down")
OTHER_UP = replace(fact(Kind.WANTED, wall_s=6.0, servers=["rack1"], goal="up"), subject="another")
LATER = fact(Kind.DECLARED, 5, was_running=[])
RESTARTS = replace(fact(Kind.RESTARTS, wall_s=7.0), subject="rack1")

some_incidents, some_ids = st.integers(1, 3), st.integers(0, 3)


@settings(max_examples=30, deadline=None)
@given(journals, some_incidents)
@example([ARMED, LATER], 1)
@example([AGAIN_DOWN, RESTARTS, LATER], 1)
@example([ARMED, AGAIN, LATER], 1)
@example([ARMED, fact(Kind.CLOSED), AGAIN, LATER], 1)
def test_facts_learn_the_same_from_what_is_left(rows: list[Row], incidents: int) -> None:
    assert known(compacted(rows, incidents)) == known(rows)


@settings(max_examples=30, deadline=None)
@given(journals, some_incidents, some_ids, journals)
@example([SET, FREE, LATER], 1, 0, [])
@example([DOWN, UP, LATER], 1, 0, [])
@example([UP, DOWN, LATER], 1, 0, [])
@example([AGAIN_DOWN, DOWN, OTHER_UP, LATER], 1, 0, [])
@example([AGAIN_DOWN, DOWN, LATER], 1, 0, [OTHER_UP])
def test_what_is_heard_afterwards_counts_as_it_would_have(
    rows: list[Row], incidents: int, ids: int, later: list[Row]
) -> None:
    assert without_ids(compacted(rows, incidents, ids) + later) == without_ids(rows + later)


@settings(max_examples=30, deadline=None)
@given(journals, some_incidents)
@example([SET, FREE, LATER], 1)
@example([FREE, SET, LATER], 1)
def test_what_was_dropped_changes_nothing_when_a_peer_sends_it_again(rows: list[Row], incidents: int) -> None:
    left = compacted(rows, incidents, causes=0)
    again = [row for row in rows if row not in left]
    assert known(left + again) == known(rows)


@settings(max_examples=30, deadline=None)
@given(journals, some_incidents, some_ids)
@example([fact(Kind.WATCHED, wall_s=5.0), SET, SET_LATER, LATER], 1, 0)
@example([SET, SET_LATER, LATER], 1, 2)
def test_of_the_ids_that_were_heard_the_last_ones_stay_and_all_since_schedules_were_watched(
    rows: list[Row], incidents: int, ids: int
) -> None:
    carry = [row for row in rows if row.kind in (Kind.WANTED, Kind.HELD, Kind.REFUSED)]
    watched_s = known(rows)["watched_s"]
    stay = carry[len(carry) - ids :]
    stay += [row for row in carry if watched_s is not None and row.details.get("wall_s", 0.0) >= watched_s]
    assert known(compacted(rows, incidents, ids))["causes"] >= known(stay)["causes"]


@settings(max_examples=30, deadline=None)
@given(journals, some_incidents)
def test_compacting_twice_drops_nothing_more(rows: list[Row], incidents: int) -> None:
    once = compacted(rows, incidents, causes=2)
    assert compacted(once, incidents, causes=2) == once


def test_the_rows_of_a_hundred_old_incidents_are_really_dropped() -> None:
    rows = [
        Row(kind, "ups4", epoch, "control1/1", 1.0, {"was_running": ["rack1"], "falls_in_s": 420.0})
        for epoch in range(1, 101)
        for kind in (Kind.DECLARED, Kind.CONFIRMED, Kind.OFF_ARMED, Kind.TURNED, Kind.CLOSED)
    ]
    assert len(compacted(rows, 10)) == 50
