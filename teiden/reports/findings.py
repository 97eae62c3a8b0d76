"""The verdict on a page: what broke first, then every expectation, every invariant, every margin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from teiden import report
from teiden.cause import causes
from teiden.judge.margin import Margin
from teiden.judge.verdict import ExpectationResult, InvariantResult, Status
from teiden.judge.words import minutes, seconds
from teiden.language.say import later, said
from teiden.rehearsal import Rehearsal

STATUSES = {
    "held": later("held"),
    "broken": later("broken"),
    "declared": later("broken as declared"),
    "untried": later("not put to the test"),
    "not-applicable": later("not applicable"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`place`: `file:line` of an expectation, the id of an invariant."""

    place: str
    expected: str
    happened: str
    status: str
    """Key of `STATUSES`."""

    @property
    def ok(self) -> bool:
        return self.status != "broken"

    @property
    def said(self) -> str:
        return said(STATUSES[self.status])


@dataclass(frozen=True, slots=True)
class Spare:
    """A margin beside its plan; `share`, `mark`: of the room for its bar, from 0 to 1."""

    label: str
    value: str
    plan: str
    limit: str
    share: float
    mark: float | None
    tight: bool


@dataclass(frozen=True, slots=True)
class Lowest:
    ups: str
    pct: float


def expectations(rehearsal: Rehearsal) -> list[Finding]:
    return [_expectation(result) for result in rehearsal.spoken.expectations]


def _expectation(result: ExpectationResult) -> Finding:
    status = "not-applicable" if result.status is Status.NOT_APPLICABLE else result.status.value
    return Finding(f"{result.place.file}:{result.place.line}", result.expected, result.happened, status)


def invariants(rehearsal: Rehearsal) -> list[Finding]:
    return [Finding(r.id, r.sentence, r.happened, _status(r)) for r in rehearsal.spoken.invariants]


def _status(result: InvariantResult) -> str:
    if not result.ok:
        return "broken"
    if result.status is Status.BROKEN:
        return "declared"
    if result.status is Status.NOT_APPLICABLE:
        return "not-applicable"
    return "held" if result.put_to_test else "untried"


def failures(rehearsal: Rehearsal) -> list[Finding]:
    """What explains most comes first."""
    return [
        Finding(f.id, f.sentence, f.happened, "broken") if isinstance(f, InvariantResult) else _expectation(f)
        for f in report.failures(rehearsal)
    ]


def why(rehearsal: Rehearsal) -> list[str]:
    return [] if rehearsal.verdict.holds else causes(rehearsal.story)


def margins(rehearsal: Rehearsal) -> list[Spare]:
    return list(_margins(rehearsal))


def _margins(rehearsal: Rehearsal) -> Iterator[Spare]:
    for margin in rehearsal.spoken.margins.margins:
        beside = margin.plan_s if margin.plan_s is not None else margin.limit_s
        most = max(margin.value_s, beside or 0.0, 1.0)
        yield Spare(
            margin.label,
            minutes(margin.value_s) if margin.value_s >= 600 else seconds(margin.value_s),
            "" if margin.plan_s is None else seconds(margin.plan_s),
            "" if margin.limit_s is None else seconds(margin.limit_s),
            round(max(0.0, margin.value_s) / most, 4),
            None if beside is None else round(max(0.0, beside) / most, 4),
            _tight(margin),
        )


def _tight(margin: Margin) -> bool:
    """Less is left than planned, or it took longer than it may."""
    below = margin.plan_s is not None and margin.value_s < margin.plan_s
    return below or (margin.limit_s is not None and margin.value_s > margin.limit_s)


def lowest(rehearsal: Rehearsal) -> list[Lowest]:
    """The lowest first."""
    found = rehearsal.verdict.margins.lowest_charge
    return [Lowest(ups, pct) for ups, pct in sorted(found.items(), key=lambda pair: (pair[1], pair[0]))]
