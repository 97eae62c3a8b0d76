"""The verdict on a story as plain values, for scripts. The same run gives the same values: no wall times."""

from __future__ import annotations

from typing import Any

from teiden.judge.verdict import ExpectationResult, InvariantResult
from teiden.rehearsal import Rehearsal


def as_dict(rehearsal: Rehearsal) -> dict[str, Any]:
    story, verdict = rehearsal.story, rehearsal.verdict
    return {
        "story": story.name,
        "sentence": story.sentence,
        "file": story.place.file if story.place is not None else None,
        "line": story.place.line if story.place is not None else None,
        "parameters": story.parameters,
        "covers": list(story.covers),
        "site": story.site_file,
        "site_hash": story.site_hash,
        "seed": rehearsal.seed,
        "until_s": story.until_s,
        "holds": verdict.holds,
        "summary": verdict.summary(),
        "zero_s": verdict.zero_s,
        "expectations": [_expectation(result) for result in verdict.expectations],
        "invariants": [_invariant(result, verdict.zero_s) for result in verdict.invariants],
        "properties": verdict.margins.properties(),
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
