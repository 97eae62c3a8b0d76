"""The folder of a sweep: `sweep.json` says what is swept, so that no other sweep gets in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t

SCHEMA = "teiden/sweep/1"
ABOUT, RUNS, CHARGES, SUMMARY = "sweep.json", "runs.jsonl", "charges.jsonl", "summary.json"
TABLE, STRIP, BROKEN = "runs.csv", "restore.svg", "broken"
MAY_GROW = "runs"
"""The one thing of a sweep that may differ when it goes on: there may be more of them."""


@dataclass(frozen=True, slots=True)
class About:
    """What is swept. Two sweeps that say the same here have the same runs."""

    kind: str
    """`sweep` or `restore`."""
    story: str
    hash: str
    """Of the texts of scenario and site."""
    seed: int
    runs: int
    charges: bool
    """Whether the batteries' charges are kept too."""
    versions: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)
    """What else makes the runs: of a restore sweep its step."""

    def as_dict(self) -> dict[str, Any]:
        return {"schema": SCHEMA, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def begin(self, about: About, *, resume: bool, overwrite: bool) -> None:
        """Make it ready; InputError when it holds something else."""
        there = self.about()
        if there is None:
            self._refuse_strangers()
        elif not self._has_runs():
            self._empty()  # it never came to its first run
        elif resume:
            self._refuse_another(there, about)
        elif overwrite:
            self._empty()
        else:
            self._wrong(
                t("holds a sweep already"),
                t("--resume goes on with it, --overwrite starts anew, -o names another folder"),
            )
        self.path.mkdir(parents=True, exist_ok=True)
        text = json.dumps(about.as_dict(), indent=2, ensure_ascii=False)
        replace(self.path / ABOUT, text + "\n")

    def about(self) -> dict[str, Any] | None:
        """As it stands in the folder; None where no sweep was begun."""
        file = self.path / ABOUT
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, OSError, RecursionError) as error:
            raise InputError([Problem(Place(str(file)), t("cannot be read: {error}", error=error))]) from None
        if not isinstance(found, dict) or found.get("schema") != SCHEMA:
            raise InputError([Problem(Place(str(file)), t("is not what a sweep of this version writes"))])
        return found

    def _has_runs(self) -> bool:
        file = self.path / RUNS
        return file.exists() and file.stat().st_size > 0

    def _refuse_strangers(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            self._wrong(t("is a file"), t("a sweep writes a folder; -o names it"))
        if self.path.is_dir() and any(self.path.iterdir()):
            self._wrong(t("is not empty, and no sweep wrote it"), t("-o names another folder"))

    def _refuse_another(self, there: Mapping[str, Any], about: About) -> None:
        here = about.as_dict()
        wrong = [
            t("{key} is {here}, was {there}", key=key, here=here.get(key), there=there.get(key))
            for key in here
            if key != MAY_GROW and here[key] != there.get(key)
        ]
        if there.get(MAY_GROW, 0) > about.runs:
            wrong.append(
                t("{key} is {here}, was {there}", key=MAY_GROW, here=about.runs, there=there[MAY_GROW])
            )
        if wrong:
            hint = t("the same story, site, seed and version go on; --overwrite starts anew")
            raise InputError(
                Problem(Place(str(self.path)), t("holds another sweep: {what}", what=what), hint)
                for what in wrong
            )

    def _empty(self) -> None:
        """Of what a sweep writes, and of nothing else."""
        for name in (RUNS, CHARGES, SUMMARY, TABLE, STRIP, ABOUT):
            (self.path / name).unlink(missing_ok=True)
        for file in (self.path / BROKEN).glob("run-*.yaml"):
            file.unlink()

    def _wrong(self, message: str, hint: str) -> None:
        raise InputError([Problem(Place(str(self.path)), message, hint)])


def replace(file: Path, text: str) -> None:
    """Whole or not at all: a sweep may be killed at any moment."""
    new = file.with_name(file.name + ".new")
    new.write_text(text, encoding="utf-8", newline="\n")
    new.replace(file)
