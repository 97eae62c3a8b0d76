"""The report of a proof: `proof.json` for machines, `proof.md` for people."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teiden.opening import versions
from teiden.proof.findings import Findings
from teiden.proof.stories import SCENARIOS

SCHEMA = "teiden/proof/2"
SHOWN = 100
"""Violations of a part that people are shown; machines get all."""


@dataclass(frozen=True, slots=True)
class Report:
    quick: bool
    first_seed: int
    seeds: int
    code: str
    """Hash of the sources that make and judge the histories."""
    parts: Sequence[Findings]
    mutation: Mapping[str, Any] | None = None
    """What the mutation test wrote."""
    branches: Mapping[str, Any] | None = None
    """What the measurement of branches wrote."""

    @property
    def holds(self) -> bool:
        return all(part.holds for part in self.parts) and not self._branches_missing

    @property
    def _branches_missing(self) -> Mapping[str, Any]:
        return {} if self.branches is None else self.branches["missing"]

    @property
    def whole(self) -> bool:
        return all(part.whole or part.skipped for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "commit": commit(),
            "code": self.code,
            "versions": versions(),
            "quick": self.quick,
            "seeds": {"first": self.first_seed, "count": self.seeds},
            "holds": self.holds,
            "whole": self.whole,
            "histories": sum(part.histories for part in self.parts),
            "years": round(sum(part.years for part in self.parts), 3),
            "deaths": sum(part.deaths for part in self.parts),
            "parts": [part.as_dict() for part in self.parts],
            "mutation": self.mutation,
            "branches": self.branches,
        }

    def as_json(self) -> str:
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n"

    def as_markdown(self) -> str:
        return "\n".join([*self._head(), *self._parts(), *self._rest()]) + "\n"

    def _head(self) -> Iterator[str]:
        told = self.as_dict()
        kind = "quick" if self.quick else "full"
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        if any(part.sampled for part in self.parts):
            verdict += ", as far as a sample of its cases tells"
        if any(part.played < part.cases and not part.skipped for part in self.parts):
            verdict += ", and is not whole yet"
        last = self.first_seed + self.seeds - 1
        yield from (
            "# Proof",
            "",
            f"The {kind} proof of commit `{told['commit']}` {verdict}.",
            "",
            f"- histories: {told['histories']:,}, {told['years']:,.1f} simulated years",
            f"- services killed: {told['deaths']:,}",
            f"- random histories: {f'seeds {self.first_seed:,} to {last:,}' if self.seeds else 'none'}",
            f"- violations that nothing excuses: {sum(part.violated for part in self.parts):,} cases",
            f"- branches of the sequencer that its tests take: {self._branches()}",
            f"- rare states never reached: {', '.join(self._untried()) or 'none'}",
            f"- sources: `{self.code[:16]}`, {', '.join(f'{n} {v}' for n, v in told['versions'].items())}",
            "",
        )

    def _branches(self) -> str:
        if self.branches is None:
            return "not measured (`./run branches`)"
        taken, of = self.branches["taken"], self.branches["branches"]
        gaps = [f"`{name}` {', '.join(lines)}" for name, lines in self._branches_missing.items()]
        return f"{taken:,} of {of:,}" + "".join(f"; {gap}" for gap in gaps)

    def _untried(self) -> list[str]:
        return [name for part in self.parts for name in part.untried]

    def _parts(self) -> Iterator[str]:
        yield "| part | what it plays | cases | histories | years | killed | broken | excused |"
        yield "|---|---|---|---|---|---|---|---|"
        for part in self.parts:
            cases = f"{part.played:,}" if part.played == part.cases else f"{part.played:,} of {part.cases:,}"
            if part.sampled:
                cases += f", drawn of {part.drawn_of:,}"
            if part.skipped:
                cases = f"skipped: {part.skipped}"
            yield (
                f"| {part.name} | {part.sentence} | {cases} | {part.histories:,} | {part.years:,.1f} "
                f"| {part.deaths:,} | {_counts(part.broken)} | {_counts(part.excused)} |"
            )
        yield ""

    def _rest(self) -> Iterator[str]:
        faults = sum((part.faults for part in self.parts), Counter[str]())
        reached = Counter[str]()
        for part in self.parts:
            reached.update(part.reached)  # keeps those that are at 0
        yield from _table("Faults played", "fault", faults)
        yield from _table("Rare states reached", "state", reached)
        yield from self._mutation()
        for part in self.parts:
            if part.violations:
                yield from (f"## Violations of {part.name}", "")
                for violation in part.violations[:SHOWN]:
                    yield f"- `{violation.replay}`"
                    yield from (f"  - {text}" for text in violation.breaks)
                if len(part.violations) > SHOWN:
                    yield f"- {len(part.violations):,} in all; every one is in `proof.json`"
                yield ""

    def _mutation(self) -> Iterator[str]:
        """Small mistakes put into the code one by one, and how many of them a test has noticed."""
        if self.mutation is not None:
            yield from ("## Mutation", "", f"| file | {' | '.join(KINDS)} | score |", "|---|" + "---|" * 6)
            for name, counts in sorted(self.mutation["counts"].items()):
                told = " | ".join(f"{counts.get(kind, 0):,}" for kind in KINDS)
                yield f"| {name} | {told} | {counts['score_pct']:.1f} % |"
            yield ""


KINDS = ("killed", "timed out", "survived", "untouched", "equivalent")
"""How a mutant may end, as `.ci/mutate.py` tells it."""


def _table(title: str, of: str, counts: Counter[str]) -> Iterator[str]:
    if counts:
        yield from (f"## {title}", "", f"| {of} | histories |", "|---|---|")
        yield from (f"| {name} | {n:,} |" for name, n in sorted(counts.items()))
        yield ""


def _counts(rules: Counter[str]) -> str:
    return ", ".join(f"{rule} {n:,}" for rule, n in sorted(rules.items())) or "none"


def commit(root: Path = SCENARIOS.parent) -> str:
    """Of the checkout; with a `+` when files differ from it."""
    said = [_git(root, "rev-parse", "--short=12", "HEAD"), _git(root, "status", "--porcelain", "-uno")]
    if said[0] is None:
        return "unknown"
    return said[0] + ("+" if said[1] else "")


def _git(root: Path, *what: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *what], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
