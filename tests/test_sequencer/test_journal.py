"""What the durable rows say: epochs, a second outage, late copies, and timers of another life."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer.facts import Facts
from sequencer.journal import Kind, Row
from tests.examples import few


def row(kind: Kind, subject: str = "reference", epoch: int = 1, at_s: float = 0.0, **details: Any) -> Row:
    return Row(kind, subject, epoch, "control1/1", at_s, details)


def declared(epoch: int, *running: str) -> Row:
    return row(Kind.DECLARED, epoch=epoch, was_running=list(running))


@pytest.fixture
def facts() -> Facts:
    return Facts()


def learn(facts: Facts, *rows: Row, heard_s: float = 0.0) -> Facts:
    facts.learn(rows, heard_s)
    return facts


def test_nothing_is_known_at_first(facts: Facts) -> None:
    assert (facts.epoch, facts.open, facts.down) == (0, False, False)
    assert facts.was_running == frozenset()


def test_a_declared_outage_is_open_and_its_goal_is_down(facts: Facts) -> None:
    learn(facts, declared(1, "blade1"), row(Kind.CONFIRMED, "ups4"))
    assert (facts.epoch, facts.open, facts.down) == (1, True, True)
    assert facts.was_running == {"blade1"}
    assert facts.confirmed == {"ups4"}


def test_turned_means_the_goal_is_up_and_the_incident_stays_open(facts: Facts) -> None:
    learn(facts, declared(1, "blade1"), row(Kind.TURNED))
    assert facts.open
    assert not facts.down
    assert facts.was_running == {"blade1"}


def test_closed_forgets_everything_but_the_epoch(facts: Facts) -> None:
    learn(facts, declared(1, "blade1"), row(Kind.FLUSH_SETTLED, "linkeddisk"), row(Kind.CLOSED))
    assert (facts.epoch, facts.open, facts.down) == (1, False, False)
    assert facts.was_running == frozenset()
    assert facts.flush_settled == set()


def test_a_second_outage_counts_with_all_that_its_declaration_says_ran(facts: Facts) -> None:
    """Whoever declares it on the way up adds what the first one had stopped."""
    learn(facts, declared(1, "blade1", "rack1"), row(Kind.TURNED), declared(2, "blade1", "rack1"))
    assert facts.was_running == {"blade1", "rack1"}
    assert (facts.epoch, facts.down) == (2, True)


def test_s16_an_off_that_counts_down_is_remembered_into_the_next_incident(facts: Facts) -> None:
    """A scheduled OFF is armed for 420 s when the mains fail: nobody may take its UPS for forgotten."""
    facts.apply(declared(1), 0.0)
    facts.apply(row(Kind.OFF_ARMED, "ups5", falls_in_s=420.0), 10.0)
    facts.apply(declared(2), 100.0)
    assert facts.armed["ups5"].falls_at_s == 430.0
    facts.apply(declared(3), 431.0)
    assert facts.armed == {}


@pytest.mark.parametrize(
    ("closed_s", "life", "counts"),
    [(430.0, "control1/1", False), (429.9, "control1/1", True), (9000.0, "control2/1", True)],
)
def test_s9_c2_who_reads_it_all_at_its_boot_knows_by_its_writer_s_clock_that_a_countdown_was_over(
    facts: Facts, closed_s: float, life: str, counts: bool
) -> None:
    """Its card never took it, and stayed silent: nobody is stopped for that. No two clocks compare."""
    learn(
        facts,
        declared(1),
        row(Kind.OFF_ARMED, "ups5", at_s=10.0, falls_in_s=420.0),
        Row(Kind.CLOSED, "reference", 1, life, closed_s, {}),
        heard_s=20000.0,
    )
    assert ("ups5" in facts.armed) is counts


def test_a_second_outage_forgets_what_was_flushed_and_armed_in_the_first(facts: Facts) -> None:
    learn(
        facts,
        declared(1),
        row(Kind.CONFIRMED, "ups4"),
        row(Kind.OFF_ARMED, "ups5", falls_in_s=420.0),
        row(Kind.FLUSH_SETTLED, "linkeddisk"),
        row(Kind.CLUSTER_STOP_ASKED),
        row(Kind.CLUSTER_RESTART_ASKED),
        row(Kind.TURNED),
    )
    facts.apply(declared(2), 7200.0)
    assert facts.confirmed == set()
    assert facts.armed == {}
    assert facts.flush_settled == set()
    assert facts.down


def test_c10_an_outage_after_a_closed_one_begins_with_what_runs_then(facts: Facts) -> None:
    learn(facts, declared(1, "blade1", "rack1"), row(Kind.CLOSED), declared(2, "blade1"))
    assert facts.was_running == {"blade1"}


def test_a_late_copy_about_an_incident_that_is_over_changes_nothing(facts: Facts) -> None:
    learn(facts, declared(1), row(Kind.CLOSED), declared(2, "blade1"))
    learn(
        facts, row(Kind.FLUSH_SETTLED, "linkeddisk", epoch=1), row(Kind.CLOSED, epoch=1), declared(1, "old")
    )
    assert facts.open
    assert facts.epoch == 2
    assert facts.flush_settled == set()
    assert facts.was_running == {"blade1"}


def test_an_armed_off_of_this_life_falls_when_it_was_told_to(facts: Facts) -> None:
    learn(facts, declared(1), row(Kind.OFF_ARMED, "ups5", at_s=33.0, falls_in_s=420.0), heard_s=33.0)
    assert facts.armed["ups5"].falls_at_s == 453


def test_an_armed_off_that_another_life_wrote_counts_whole_from_when_we_heard_of_it(facts: Facts) -> None:
    """Its clock is not ours; a late hearing only makes us wait longer."""
    learn(facts, declared(1), row(Kind.OFF_ARMED, "ups5", at_s=1e6, falls_in_s=420.0), heard_s=50.0)
    assert facts.armed["ups5"].falls_at_s == 470


OUTAGE = (
    declared(1, "blade1", "rack1"),
    row(Kind.CONFIRMED, "ups4"),
    row(Kind.OFF_ARMED, "ups5", falls_in_s=420.0),
    row(Kind.FLUSH_SETTLED, "linkeddisk"),
    row(Kind.CLUSTER_STOP_ASKED),
    row(Kind.TURNED),
)


def known(facts: Facts) -> dict[str, Any]:
    return {**vars(facts), "open": facts.open, "down": facts.down}


@few(100)
@given(rows=st.permutations([*OUTAGE, *OUTAGE[:3]]))
def test_x_07_a_node_that_hears_the_rows_late_and_in_any_order_knows_the_same(rows: list[Row]) -> None:
    """It was down when they were written, and got the newest first."""
    assert known(learn(Facts(), *rows)) == known(learn(Facts(), *OUTAGE))


@few(100)
@given(rows=st.permutations([*OUTAGE, row(Kind.CLOSED)]))
def test_x_07_a_closed_incident_stays_closed_whatever_comes_late(rows: list[Row]) -> None:
    facts = learn(Facts(), *rows)
    assert not facts.open
    assert facts.was_running == frozenset()


@few(100)
@given(rows=st.permutations([*OUTAGE, declared(2, "blade1"), row(Kind.CONFIRMED, "ups3", epoch=2)]))
def test_x_07_the_rows_of_the_newest_incident_count_alone(rows: list[Row]) -> None:
    facts = learn(Facts(), *rows)
    assert (facts.epoch, facts.confirmed) == (2, {"ups3"})
    assert facts.armed.keys() <= {"ups5"}, "only what may still be counting down"
    assert facts.down


def test_rows_that_are_only_for_the_record_change_nothing(facts: Facts) -> None:
    learn(facts, declared(1), row(Kind.FLUSH_ASKED, "linkeddisk"), row(Kind.FORCED, "rack1"))
    assert facts.flush_settled == set()
    assert facts.open


def wanted(goal: str, cause: str, wall_s: float) -> Row:
    return row(Kind.WANTED, cause, servers=["control2"], goal=goal, wall_s=wall_s)


@few(100)
@given(rows=st.permutations([wanted("down", "request-1", 101.0), wanted("down", "request-1", 100.0)]))
def test_s35_o1_a_word_that_two_nodes_wrote_down_by_themselves_is_one_word(rows: list[Row]) -> None:
    """Down as the first wanted it, and booted by hand since: the other's row does not want it down anew."""
    facts = learn(Facts(), rows[0], row(Kind.REACHED, "control2", wall_s=100.0), rows[1])
    assert facts.reached("control2")
    assert facts.wants["control2"].at_s == 100.0


def test_s35_a_later_word_counts_beside_one_that_was_written_down_twice(facts: Facts) -> None:
    learn(facts, wanted("down", "request-1", 100.0), wanted("up", "request-2", 102.0))
    learn(facts, wanted("down", "request-1", 101.0))
    assert facts.wants["control2"].cause == "request-2"


def test_s35_t4_a_word_that_is_heard_once_more_by_a_clock_that_is_ahead_counts_before_what_was_said_since(
    facts: Facts,
) -> None:
    learn(facts, wanted("down", "request-1", 100.0), wanted("up", "request-2", 102.0))
    learn(facts, wanted("down", "request-1", 7300.0))
    assert facts.wants["control2"].cause == "request-2"


@few(100)
@given(
    rows=st.permutations(
        [
            wanted("down", "request-1", 7300.0),
            wanted("down", "request-1", 100.0),
            row(Kind.REACHED, "control2", wall_s=7300.0),
            wanted("up", "request-2", 102.0),
        ]
    )
)
def test_l3_t4_what_came_about_of_a_word_by_a_clock_that_is_ahead_is_not_what_was_wanted_since(
    rows: list[Row],
) -> None:
    """The node was to be woken, and nobody saw to it any more when it told that it had gone down."""
    facts = learn(Facts(), *rows)
    assert facts.wants["control2"].cause == "request-2"
    assert not facts.reached("control2")
    assert learn(facts, row(Kind.REACHED, "control2", wall_s=102.0)).reached("control2")


def held(cause: str, wall_s: float, *, held: bool = True) -> Row:
    return row(Kind.HELD, "ups4", cause=cause, held=held, wall_s=wall_s)


def test_l1_s27_a_release_counts_also_when_the_hold_is_heard_once_more_by_a_clock_that_is_ahead(
    facts: Facts,
) -> None:
    """Both nodes were told of the hold while they did not hear each other; one of them of the release."""
    learn(facts, held("request-3", 100.0), held("request-4", 200.0, held=False), held("request-3", 7300.0))
    assert facts.held == frozenset()


def test_l1_s27_a_release_counts_for_whom_the_hold_was_told_by_a_clock_that_is_ahead(facts: Facts) -> None:
    learn(facts, held("request-3", 7300.0), held("request-3", 100.0), held("request-4", 200.0, held=False))
    assert facts.held == frozenset()
    learn(facts, held("request-5", 300.0))
    assert facts.held == {"ups4"}


def test_r2_08_who_goes_down_to_boot_again_has_done_so_since_its_last_want_only(facts: Facts) -> None:
    def wanted(at_s: float) -> Row:
        return row(Kind.WANTED, f"r{at_s}", servers=["control1"], goal="down", wall_s=at_s)

    assert facts.restarted_s("control1") is None
    learn(facts, row(Kind.RESTARTS, "control1", wall_s=90.0), wanted(100.0))
    assert facts.restarted_s("control1") is None
    learn(facts, row(Kind.RESTARTS, "control1", wall_s=100.0), row(Kind.RESTARTS, "control1", wall_s=50.0))
    assert facts.restarted_s("control1") == 100.0
    assert facts.restarted_s("control2") is None
    learn(facts, row(Kind.CLOSED, wall_s=0.0))
    assert facts.restarted_s("control1") == 100.0, "it outlives its incident"
    learn(facts, wanted(101.0))
    assert facts.restarted_s("control1") is None


def test_x_07_o1_a_ups_that_was_seen_on_again_is_off_no_more(facts: Facts) -> None:
    learn(facts, declared(1), row(Kind.SEEN_OFF, "ups5"), row(Kind.SEEN_OFF, "ups6"))
    assert facts.seen_off == {"ups5", "ups6"}
    learn(facts, row(Kind.SEEN_ON, "ups5"))
    assert facts.seen_off == {"ups6"}


def planned(epoch: int) -> Row:
    return Row(Kind.PLANNED, "nightly/off", epoch, "control2/1", 0.0)


LEFT = (1, frozenset({"control1/1"}), frozenset({"blade1"}))


def of_another(kind: Kind, epoch: int, **details: Any) -> Row:
    return Row(kind, "reference", epoch, "control2/1", 0.0, {"was_running": [], **details})


@pytest.mark.parametrize(
    ("rows", "left_open"),
    [
        ((declared(1, "blade1"), planned(2)), LEFT),
        ((declared(1, "blade1"), row(Kind.TURNED), planned(2), planned(3)), LEFT),
        ((declared(1, "blade1"), planned(1)), None),  # of the same number: it is open yet
        ((declared(1, "blade1"), row(Kind.CLOSED), planned(2)), None),
        ((declared(1, "blade1"), planned(2), row(Kind.CLOSED)), None),  # what is late is known by its number
        ((declared(1, "blade1"), planned(2), row(Kind.CLOSED, epoch=0)), LEFT),
        ((declared(1, "blade1"), planned(2), row(Kind.TURNED)), LEFT),
        ((declared(1, "blade1"), planned(2), declared(3, "blade1")), None),  # it has been opened anew
        ((declared(1, "blade1"), row(Kind.OFF_ARMED, "ups4", 2, falls_in_s=0.0)), None),
        ((planned(1), planned(2)), None),
        # what outlives that stop is told first
        ((declared(1, "blade1"), row(Kind.REACHED, "rack1", 2, wall_s=1.0), planned(3)), LEFT),
        ((row(Kind.REACHED, "rack1", 2, wall_s=1.0), planned(3)), None),
        # another one of that number (C9)
        ((declared(1, "blade1"), planned(2), of_another(Kind.DECLARED, 1)), LEFT),
        ((declared(1, "blade1"), planned(2), of_another(Kind.CLOSED, 1, opened_by=["control2/1"])), LEFT),
        ((declared(1, "blade1"), planned(2), row(Kind.CLOSED, opened_by=["control1/1", "control2/1"])), None),
        ((declared(1, "blade1"), planned(2), of_another(Kind.CLOSED, 3, opened_by=["control2/1"])), None),
        ((declared(1, "blade1"), of_another(Kind.CLOSED, 1, opened_by=["control2/1"])), LEFT),
    ],
)
def test_l1_a_stop_that_is_planned_by_who_knows_of_no_incident_ends_none(
    facts: Facts, rows: tuple[Row, ...], left_open: tuple[int, frozenset[str], frozenset[str]] | None
) -> None:
    """He had been down when it was opened, and has gone on counting from what he knew (seed 565357)."""
    assert learn(facts, *rows).left_open == left_open


def of_his_own(kind: Kind, epoch: int, *knew: str) -> Row:
    return of_another(kind, epoch, knew=list(knew))


@pytest.mark.parametrize(
    ("later", "left_open"),
    [
        ((of_his_own(Kind.DECLARED, 2),), LEFT),
        ((of_his_own(Kind.DECLARED, 2, "control1/1"),), None),
        ((of_his_own(Kind.DECLARED, 2, "control1/0", "control2/1"),), LEFT),  # only of one before
        ((of_his_own(Kind.DECLARED, 3, "control1/2"),), None),  # and of a later one than this
        ((of_his_own(Kind.DECLARED, 2), of_his_own(Kind.CLOSED, 2, "control2/2")), LEFT),
        ((of_his_own(Kind.CLOSED, 2, "control2/2"), of_his_own(Kind.DECLARED, 2)), LEFT),
        ((of_his_own(Kind.DECLARED, 2), of_his_own(Kind.DECLARED, 3, "control2/2")), LEFT),
        ((of_his_own(Kind.DECLARED, 2), of_his_own(Kind.DECLARED, 3, "control1/1", "control2/2")), None),
        ((row(Kind.TURNED, epoch=2),), None),  # he has not said yet what he knew of
        ((row(Kind.TURNED, epoch=2), of_his_own(Kind.DECLARED, 2)), LEFT),
        ((row(Kind.TURNED, epoch=2), of_his_own(Kind.DECLARED, 2, "control1/1")), None),
        ((of_his_own(Kind.DECLARED, 2), row(Kind.CLOSED)), None),  # it is over all the same
    ],
)
def test_l1_n2_an_incident_of_who_had_not_heard_of_one_that_is_open_ends_none(
    facts: Facts, later: tuple[Row, ...], left_open: tuple[int, frozenset[str], frozenset[str]] | None
) -> None:
    """Each commanded while they did not hear each other, and his number was the later one (seed 861802)."""
    assert learn(facts, declared(1, "blade1"), *later).left_open == left_open


def test_n2_who_opens_or_closes_one_says_of_which_he_has_heard_by_whom(facts: Facts) -> None:
    assert facts.knew == []
    learn(
        facts,
        of_another(Kind.DECLARED, 2),
        declared(1),
        row(Kind.CLOSED, epoch=2),
        of_another(Kind.DECLARED, 1),
    )
    assert facts.knew == ["control1/1", "control2/2"]


def test_n2_what_a_row_tells_of_others_counts_where_theirs_have_been_thinned_out(facts: Facts) -> None:
    learn(facts, of_his_own(Kind.CLOSED, 4, "control1/3"), of_his_own(Kind.DECLARED, 5, "control1/1"))
    assert facts.knew == ["control1/3", "control2/5"]


@pytest.mark.parametrize(
    ("opened_by", "is_open"),
    [
        ({"opened_by": ["control2/1"]}, True),
        ({"opened_by": ["control1/1", "control2/1"]}, False),
        ({}, False),  # as an older version wrote it
    ],
)
def test_l1_c9_of_two_incidents_of_one_number_is_closed_what_who_closes_it_has_heard_of(
    facts: Facts, opened_by: dict[str, Any], is_open: bool
) -> None:
    """Two nodes that did not hear each other have counted alike (seed 447848)."""
    other = Row(Kind.DECLARED, "reference", 1, "control2/1", 0.0, {"was_running": []})
    learn(facts, declared(1, "blade1"), other, row(Kind.CLOSED, **opened_by))
    assert facts.open is is_open
    learn(facts, declared(2, "blade1"), row(Kind.CLOSED, epoch=2, opened_by=["control1/1"]))
    assert not facts.open, "the next one is opened by whoever opens that"
