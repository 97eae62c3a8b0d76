"""Reads what a sweep wrote, for those who draw it: its runs as a table, its charges run by run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.plots.quantiles import Curves

ABOUT, RUNS, TABLE, CHARGES = "sweep.json", "runs.jsonl", "runs.csv", "charges.jsonl"
LONG_TEXTS = ("judged", "unmet")
"""Of no use in a picture, and longer than all the rest of a run."""
NUMBERS = ("run", "seed", "back_s", "up_again_s")
PREFIXES = ("margin.", "lowest_charge.")
MOST_PROBLEMS = 20


@dataclass(frozen=True)
class SweepFolder:
    path: Path
    about: Mapping[str, Any]
    """`sweep.json`; empty where there is none."""
    runs: pd.DataFrame
    """A row a run; what could not be played is left out."""
    errors: int
    """Runs that could not be played."""

    @property
    def provenance(self) -> str:
        """What is needed to sweep again."""
        versions = self.about.get("versions")
        parts = [
            str(self.about.get("story") or ""),
            str(self.about.get("hash") or "")[:23],
            t("seed {n}", n=self.about["seed"]) if self.about.get("seed") is not None else "",
            t("{n} runs", n=f"{len(self.runs):,}"),
            t("runs not played: {n}", n=f"{self.errors:,}") if self.errors else "",
            f"Teiden {versions['teiden']}"
            if isinstance(versions, Mapping) and versions.get("teiden")
            else "",
        ]
        return "  ·  ".join(part for part in parts if part)

    def charges(self) -> Iterator[Curves]:
        """Every run's curves, one after the other; InputError where they were not kept, or are torn."""
        file = self.path / CHARGES
        if not file.exists():
            what, hint = t("this sweep kept no charges"), t("sweep again with --charges")
            raise InputError([Problem(Place(str(self.path)), what, hint)])
        for number, told in _lines(file):
            curves = told.get("charges")
            if not isinstance(curves, dict) or not all(map(_is_curve, curves.values())):
                what = t("is no line of charges")
                hint = t("e.g. {example}", example='{"run": 0, "charges": {"ups1": [[0.0, 100.0]]}}')
                raise InputError([Problem(Place(str(file), number, 1), what, hint)])
            yield curves


def _is_curve(points: object) -> bool:
    return isinstance(points, list) and all(
        isinstance(p, list) and len(p) == 2 and all(isinstance(v, int | float) for v in p) for p in points
    )


def read(path: str) -> SweepFolder:
    """A sweep's folder; InputError says what is missing or torn."""
    folder = Path(path)
    if not folder.is_dir():
        what = t("is no folder") if folder.exists() else t("there is no such folder")
        raise InputError([Problem(Place(path), what, t("give the folder that `teiden sweep` wrote"))])
    about = _about(folder / ABOUT)
    if (folder / RUNS).exists():
        runs, errors = _of_journal(folder / RUNS)
    elif (folder / TABLE).exists():
        runs, errors = _of_table(folder / TABLE)
    else:
        what = t("holds neither {runs} nor {table}", runs=RUNS, table=TABLE)
        raise InputError([Problem(Place(path), what, t("give the folder that `teiden sweep` wrote"))])
    return SweepFolder(folder, about, runs, errors)


def _about(file: Path) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    try:
        told = json.loads(_text(file))
    except ValueError as error:
        what = t("is not JSON: {reason}", reason=error)
        raise InputError([Problem(Place(str(file)), what)]) from None
    return told if isinstance(told, dict) else {}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or str(error)
    return InputError([Problem(Place(str(file)), t("cannot be read: {reason}", reason=reason))])


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every whole line with its number. The last one may be torn: the sweep still runs, or was ended."""
    wrong: tuple[int, str] | None = None
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if wrong is not None:
                    break
                try:
                    told = json.loads(line)
                except ValueError as error:
                    wrong = number, str(error)
                    continue
                if not isinstance(told, dict):
                    what = t("is no run: a JSON object is expected")
                    raise InputError([Problem(Place(str(file), number, 1, line.rstrip("\n")), what)])
                yield number, told
            else:
                return
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from None
    if wrong is not None:
        what = t("is not JSON: {reason}", reason=wrong[1])
        raise InputError([Problem(Place(str(file), wrong[0], 1), what)])


def _of_journal(file: Path) -> tuple[pd.DataFrame, int]:
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    errors = 0
    for number, told in _lines(file):
        if "error" in told:
            errors += 1
        elif not isinstance(told.get("holds"), bool):
            what = t("a run without {key}", key="holds: true | false")
            problems.append(Problem(Place(str(file), number, 1), what))
        else:
            rows.append({key: value for key, value in told.items() if key not in LONG_TEXTS})
        if len(problems) == MOST_PROBLEMS:
            break
    if problems:
        raise InputError(problems)
    return _numbered(pd.DataFrame.from_records(rows), file), errors


def _of_table(file: Path) -> tuple[pd.DataFrame, int]:
    try:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: no CSV, or no UTF-8
        raise _unreadable(file, error) from None
    if "holds" not in frame.columns:
        what = t("has no column {names}", names="holds")
        raise InputError([Problem(Place(str(file), 1, 1), what)])
    played = frame[frame["holds"] != ""]
    wrong = played.index[~played["holds"].isin(["true", "false"])]
    if len(wrong):
        what = t("holds: {value} is neither true nor false", value=repr(frame["holds"][wrong[0]]))
        raise InputError([Problem(Place(str(file), int(wrong[0]) + 2, 1), what)])
    kept = played.drop(columns=[name for name in LONG_TEXTS if name in played.columns])
    kept = kept.assign(holds=kept["holds"] == "true")
    return _numbered(kept.reset_index(drop=True), file), len(frame) - len(played)


def _numbered(frame: pd.DataFrame, file: Path) -> pd.DataFrame:
    """Columns of numbers as numbers; what a run does not have is NaN."""
    for name in frame.columns:
        if name in NUMBERS or str(name).startswith(PREFIXES):
            numbers = pd.to_numeric(frame[name].replace("", None), errors="coerce")
            bad = numbers.isna() & frame[name].notna() & (frame[name] != "")
            if bad.any():
                place = Place(str(file), int(bad.to_numpy().argmax()) + 1, 1)
                value = repr(frame[name][bad].iloc[0])
                raise InputError([Problem(place, t("{name}: {value} is no number", name=name, value=value))])
            frame[name] = numbers
    return frame
