"""Rows on their way: they arrive as they were written, and nothing that the sequencer would stumble over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from realtime.peers.lines import MAX_LINE, Malformed, line_of
from realtime.peers.rows import MAX_NAMES, MOST_IN_A_LINE, packed, rows_from, told_row
from sequencer.facts import Facts
from sequencer.journal import Kind, Row

WALL_S = 1.8e9
WISH = {"wish": "power_off", "servers": ["blade1"], "asked_by": "backup"}
DETAILS: dict[Kind, dict[str, Any]] = {
    Kind.DECLARED: {"was_running": ["blade1"], "stop": "nightly 2026-11-20", "knew": ["control1/2"]},
    Kind.CLOSED: {"opened_by": ["control1/1"], "knew": []},
    Kind.OFF_ARMED: {"falls_in_s": 420.0, "wall_s": WALL_S},
    Kind.FLUSH_SETTLED: {"flushed": True},
    Kind.WANTED: {
        "servers": ["blade1"],
        "goal": "down",
        "wall_s": WALL_S,
        "also": ["a", "b"],
        "reboots": True,
    },
    Kind.REACHED: {"wall_s": WALL_S},
    Kind.RESTARTS: {"wall_s": WALL_S, "all": True},
    Kind.HELD: {"held": True, "cause": "a1", "wall_s": WALL_S},
    Kind.SHUT_DOWN: {"down": True, "wall_s": WALL_S},
    Kind.WATCHED: {"wall_s": WALL_S},
    Kind.ASKED: WISH,
    Kind.REFUSED: {"reason": "of which device?", "wall_s": WALL_S},
    Kind.JOB: {"job": "before sync", "result": "done"},
}


def row(of: Kind = Kind.LEASE, **changed: Any) -> dict[str, Any]:
    return {**told_row(Row(of, "ups4", 1, "control1/1", 40.0, DETAILS.get(of, {}))), **changed}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_row_arrives_as_it_was_written(kind: Kind) -> None:
    sent = Row(kind, "ups4", 3, "control1/1", 40.25, DETAILS.get(kind, {}))
    (told,) = packed([sent])
    (received,) = rows_from(json.loads(json.dumps(told)))
    assert received == sent
    Facts().learn([received], 0.0)


def test_many_rows_go_in_lines_that_are_short_enough() -> None:
    wide = {"was_running": [f"server{n:04}" for n in range(1500)]}
    rows = [Row(Kind.DECLARED, "hall", n, "control1/1", 1.0, wide) for n in range(40)]
    rows += [Row(Kind.CONFIRMED, "ups4", n, "control1/1", 1.0) for n in range(2 * MOST_IN_A_LINE)]
    lines = list(packed(rows))
    assert [r for line in lines for r in rows_from(line)] == rows
    assert max(len(line_of({"n": 10**9, "rows": line, "more": True})) for line in lines) < MAX_LINE
    assert list(packed([])) == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (None, "rows is a list"),
        ([row()] * (MOST_IN_A_LINE + 1), "rows is a list of 2000 rows at most"),
        (["lease"], "no row of a journal"),
        ([{**row(), "more": 1}], "no row of a journal"),
        ([row(kind="burn")], "unknown kind 'burn'"),
        ([row(kind=["lease"])], "unknown kind"),
        ([row(kind=None)], "unknown kind None"),
        ([row(subject=4)], "a row of kind lease with subject 4"),
        ([row(subject="a\nb")], "with subject"),
        ([row(subject="x" * 301)], "with subject"),
        ([row(epoch=-1)], "with epoch -1"),
        ([row(epoch=10**12)], "with epoch"),
        ([row(epoch=True)], "with epoch True"),
        ([row(epoch=1.5)], "with epoch 1.5"),
        ([row(at_s="now")], "with at_s 'now'"),
        ([row(at_s=float("inf"))], "with at_s inf"),
        ([row(at_s=10**400)], "with at_s"),
        ([row(details=[])], "whose details are"),
        ([row(details={str(n): n for n in range(21)})], "whose details are"),
        ([row(details={"a": {"nested": 1}})], "with 'a' "),
        ([row(details={"a": [[]]})], "with 'a' "),
        ([row(Kind.DECLARED, details={})], "a row of kind declared without was_running"),
        ([row(Kind.DECLARED, details={"was_running": "blade1"})], "with 'was_running'"),
        ([row(Kind.DECLARED, details={"was_running": ["x"] * (MAX_NAMES + 1)})], "with 'was_running'"),
        ([row(Kind.DECLARED, details={"was_running": [], "stop": 1})], "with 'stop' 1"),
        ([row(Kind.DECLARED, details={"was_running": [], "knew": ["control1/x"]})], "with 'knew'"),
        ([row(Kind.DECLARED, details={"was_running": [], "knew": [2]})], "with 'knew'"),
        ([row(Kind.CLOSED, details={"knew": "control1/2"})], "with 'knew' 'control1/2'"),
        ([row(Kind.OFF_ARMED, details={"falls_in_s": "soon"})], "with 'falls_in_s' 'soon'"),
        ([row(Kind.OFF_ARMED, details={"falls_in_s": 1.0, "wall_s": "now"})], "with 'wall_s' 'now'"),
        ([row(Kind.WANTED, details={"servers": [], "goal": "burn", "wall_s": 0})], "with 'goal' 'burn'"),
        ([row(Kind.WANTED, details={"servers": [], "goal": ["up"], "wall_s": 0})], "with 'goal'"),
        ([row(Kind.WANTED, details={"servers": [], "goal": "up", "wall_s": 1e14})], "with 'wall_s'"),
        ([row(Kind.HELD, details={"held": 1, "cause": "a", "wall_s": 0})], "with 'held' 1"),
        ([row(Kind.REACHED, details={})], "without wall_s"),
        ([row(Kind.JOB, details={})], "without job"),
        ([row(Kind.ASKED, details=WISH | {"wish": "burn"})], "with 'wish' 'burn'"),
        ([row(Kind.ASKED, details=WISH | {"wish": "cluster_shutdown"})], "with 'wish'"),
        ([row(Kind.ASKED, details=WISH | {"servers": "blade1"})], "with 'servers' 'blade1'"),
        ([row(Kind.REFUSED, details={"wall_s": 0})], "without reason"),
    ],
)
def test_what_is_no_row_is_refused_with_the_whole_line(told: Any, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        rows_from([row(), *told] if isinstance(told, list) and len(told) == 1 else told)


def test_a_refusal_never_repeats_much_of_what_was_sent() -> None:
    with pytest.raises(Malformed) as refused:
        rows_from([row(subject="x" * 100_000)])
    assert len(str(refused.value)) < 200
