"""Carries an exploration out: plays, keeps what was played, and shrinks a failure of each kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teiden.explore.scenario import scenario
from teiden.explore.shrink import Shrinker, Shrunk, role_of, same_kind
from teiden.explore.tally import Kind, Tally
from teiden.explore.trial import tried
from teiden.explore.work import Exploring
from teiden.opening import versions
from teiden.sweep.chunk import Chunk
from teiden.sweep.folder import About, Folder, replace
from teiden.sweep.journal import Journal, rows
from teiden.sweep.trouble import told as trouble_told
from teiden.sweep.where import Where
from teiden.sweep.work import row_line

FAILURES, SUMMARY = "failures", "summary.json"
ENDLESS = 10**9
"""Runs, where only the time ends it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of failure, and one of it made short."""

    kind: Kind
    shrunk: Shrunk
    text: str
    """Its story file."""
    file: str = ""
    """Where it was written, from the folder; empty: nowhere."""


class Kept:
    """The folder of an exploration: a journal, from which it can go on."""

    def __init__(self, path: Path, work: Exploring, *, resume: bool, overwrite: bool) -> None:
        """InputError when the folder holds something else."""
        ground = work.ground
        settings = {"faults": " ".join(ground.fault_names), **({"crowded": "yes"} if ground.crowded else {})}
        about = About(
            "explore", ground.site.name, ground.hash, work.first_seed, 0, False, versions(), settings
        )
        Folder(path).begin(about, resume=resume, overwrite=overwrite)
        if not resume:
            for old in (path / FAILURES).glob("*-seed-*.yaml"):
                old.unlink()
        self.path = path
        self.journal = Journal(path, charges=False)

    def again(self, tally: Tally) -> None:
        """What was played before."""
        for row in rows(self.path):
            tally.take(f"{row_line(row)}\n".encode())


def play(
    work: Exploring, where: Where, runs: range, keep: Callable[[Chunk], None], over: Callable[[], bool]
) -> None:
    """All these runs in their order, or until the time is over. CannotGoOn, KeyboardInterrupt."""
    with closing(where.plays(work, runs)) as chunks:
        try:
            for chunk in chunks:
                keep(chunk)
                if over():
                    return
        except Exception as error:
            meaning = trouble_told(error)
            if meaning is None or meaning is error:
                raise
            raise meaning from error


def shrink(
    work: Exploring, kinds: list[Kind], replay: Callable[[int], str], out: Path | None
) -> Iterator[Found]:
    """The first failure of each kind as a story, written to the folder if there is one."""
    ground = work.ground
    for kind in kinds:
        history = work.history(kind.first_run)
        trial = tried(history, ground)
        failure = next(
            f for f in trial.failures if (f.rule, role_of(f.subject, ground)) == (kind.rule, kind.role)
        )
        shrunk = Shrinker(ground, same_kind(failure, ground)).shrunk(history, failure)
        folder = str(out / FAILURES) if out is not None else "."
        text = scenario(shrunk.history, shrunk.failure, ground, folder, replay(kind.seed))
        file = ""
        if out is not None:
            (out / FAILURES).mkdir(parents=True, exist_ok=True)
            file = f"{FAILURES}/{kind.rule}-{kind.role.replace(' ', '-')}-seed-{kind.seed}.yaml"
            (out / file).write_text(text, encoding="utf-8", newline="\n")
        yield Found(kind, shrunk, text, file)


def summary(
    work: Exploring, tally: Tally, found: list[Found], replay: Callable[[int], str]
) -> dict[str, Any]:
    """For scripts, and for the report of a proof."""
    ground = work.ground
    by_kind = {(f.kind.rule, f.kind.role): f for f in found}
    coverage = tally.coverage(ground.site)
    return {
        "schema": "teiden/explore/1",
        "site": ground.site.name,
        "site_hash": ground.hash,
        "versions": dict(versions()),
        "first_seed": work.first_seed,
        "runs": tally.runs,
        "holds": not tally.broken and not tally.errors,
        "broken": tally.broken,
        "errors": tally.errors,
        "simulated_years": round(tally.years, 4),
        "events": tally.events,
        "checksum": tally.checksum,
        "faults": {name: tally.faults[name] for name in ground.fault_names},
        "judged": dict(sorted(tally.judged.items())),
        "excused": dict(sorted(tally.excused.items())),
        "reached": coverage,
        "not_reached": [name for name, n in coverage.items() if not n],
        "failures": [
            _told(kind, by_kind.get((kind.rule, kind.role)), replay) for kind in tally.worst_first()
        ],
    }


def _told(kind: Kind, found: Found | None, replay: Callable[[int], str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rule": kind.rule,
        "role": kind.role,
        "subject": kind.subject,
        "runs": kind.runs,
        "seeds": kind.seeds,
        "replay": replay(kind.seed),
    }
    if found is not None:
        history = found.shrunk.history
        told["shrunk"] = {
            "events": len(history.deeds) + len(history.schedules),
            "text": found.shrunk.failure.text,
            "file": found.file,
            "story": found.text,
        }
    return told


def write_summary(path: Path, told: dict[str, Any]) -> None:
    replace(path / SUMMARY, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
