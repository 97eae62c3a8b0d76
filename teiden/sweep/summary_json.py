"""What a sweep found as plain values, for scripts: the same for the same runs, whoever played them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teiden.judge.invariants.catalogue import SENTENCES
from teiden.language.say import said, speaking
from teiden.sweep.examples import Examples, never_judged
from teiden.sweep.intervals import Interval
from teiden.sweep.subject import Subject
from teiden.sweep.summary import MOST_REPLAYS, Summary
from teiden.sweep.worst import CHARGE, is_duration

SCHEMA = "teiden/sweep-summary/1"


def as_dict(
    subject: Subject, summary: Summary, replays: Sequence[str], returns: Sequence[Interval] = ()
) -> dict[str, Any]:
    with speaking("en"):
        examples = Examples(subject, summary)
        about = subject.about
        found: dict[str, Any] = {
            "schema": SCHEMA,
            "kind": about.kind,
            "story": about.story,
            "sentence": subject.sentence,
            "seed": about.seed,
            "versions": dict(about.versions),
            "holds": summary.holds,
            "checksum": summary.checksum,
            "runs": summary.share.as_dict(),
            "errors": {
                "n": summary.errors,
                "first": [{"run": run, "error": text} for run, text in summary.first_errors],
            },
            "invariants": _invariants(summary),
            "never_judged": never_judged(summary),
            "expectations": _expectations(examples),
            "worst": _worst(examples),
            "lowest_charge": {
                key.removeprefix(CHARGE): worst.as_dict() for key, worst in summary.worst.of(CHARGE).items()
            },
            "telling": [telling.as_dict() for telling in summary.telling],
            "replays": {"files": list(replays), "most_first": MOST_REPLAYS},
        }
        if returns:
            found["returns"] = [interval.as_dict() for interval in returns]
        return found


def _invariants(summary: Summary) -> dict[str, Any]:
    """Each of the catalogue; `put_to_test`: runs in which it had something to judge."""
    names = [*SENTENCES, *(name for name in summary.invariants if name not in SENTENCES)]
    return {
        name: {
            "sentence": said(SENTENCES.get(name.removeprefix("not-"), "")),
            "put_to_test": summary.judged[name.removeprefix("not-")],
            **summary.of_invariant(name).as_dict(),
        }
        for name in names
    }


def _expectations(examples: Examples) -> list[dict[str, Any]]:
    return [
        {"place": found.name, "expected": found.text, "first_run": found.first_run, **found.share.as_dict()}
        for found in examples.expectations()
    ]


def _worst(examples: Examples) -> dict[str, Any]:
    return {
        found.key.removeprefix("margin."): {
            "label": found.label,
            "worst_is": "longest" if is_duration(found.key) else "smallest",
            **found.worst.as_dict(),
        }
        for found in examples.margins()
    }
