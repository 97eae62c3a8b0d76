"""The verdict on a story as plain values, for scripts. The same run gives the same values: no wall times."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from teiden import report
from teiden.cause import causes
from teiden.judge.margin import Margin
from teiden.judge.verdict import ExpectationResult, InvariantResult
from teiden.narrate import main_rows
from teiden.rehearsal import Rehearsal


def as_dict(rehearsal: Rehearsal) -> dict[str, Any]:
    """In English; `causes` and `around` are empty where the story holds."""
    story, verdict = rehearsal.story, rehearsal.verdict
    return {
        "story": story.name,
        "sentence": story.sentence,
        "file": story.place.file if story.place is not None else None,
        "line": story.place.line if story.place is not None else None,
        "parameters": story.parameters,
        "tags": list(story.tags),
        "covers": list(story.covers),
        "site": story.site_file,
        "site_hash": story.site_hash,
        "seed": rehearsal.seed,
        "start": story.start.isoformat(),
        "until_s": story.until_s,
        "holds": verdict.holds,
        "summary": verdict.summary(),
        "zero_s": verdict.zero_s,
        "expectations": [_expectation(result) for result in verdict.expectations],
        "invariants": [_invariant(result, verdict.zero_s) for result in verdict.invariants],
        "margins": [_margin(margin) for margin in verdict.margins.margins],
        "properties": verdict.margins.properties(),
        "causes": [] if verdict.holds else causes(story),
        "around": [] if verdict.holds else _around(rehearsal),
        "replay": report.replay(rehearsal),
    }


def _expectation(result: ExpectationResult) -> dict[str, Any]:
    return {
        "kind": type(result.expectation).__name__.lower(),
        "file": result.place.file,
        "line": result.place.line,
        "expected": result.expected,
        "happened": result.happened,
        "status": result.status.value,
    }


def _invariant(result: InvariantResult, zero_s: float) -> dict[str, Any]:
    """`ok` is not `status`: a story may declare that it breaks an invariant, and then it must."""
    return {
        "id": result.id,
        "sentence": result.sentence,
        "status": result.status.value,
        "declared": result.declared,
        "ok": result.ok,
        "put_to_test": result.put_to_test,
        "happened": result.happened,
        "breaches": [
            {"after_s": round(b.t - zero_s, 3), "subject": b.subject, "text": b.text} for b in result.breaches
        ],
    }


def _margin(margin: Margin) -> dict[str, Any]:
    return {
        "key": margin.key,
        "value_s": round(margin.value_s, 3),
        "plan_s": margin.plan_s,
        "limit_s": margin.limit_s,
    }


def _around(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The rows of the table near what broke; `broken`: it shows it."""
    english = replace(rehearsal, spoken=rehearsal.verdict)  # its own rows, whatever the run speaks
    marked = report.broken_events(english)
    marks = {id(event) for event in marked}
    return [
        {
            "after_s": round(row.t - english.past.zero_s, 3),
            "what": row.what,
            "because": row.because,
            "broken": any(id(event) in marks for event in row.events),
        }
        for row in report.around(main_rows(english.rows, also=marked), marked)
    ]
