"""What became of each mutant: kept line by line while it goes on, counted by file, the survivors as diffs."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mutation.trials import UNNOTICED, Ended, Fate

Row = dict[str, Any]
ROW = re.compile(r"^\| `(?P<place>[^`|]+)` \| `(?P<change>.+?)` \| (?P<why>.+?) \|$", re.MULTILINE)


def row_of(ended: Ended) -> Row:
    mutant = ended.trial.mutant
    return {
        "id": mutant.id,
        "file": mutant.path,
        "line": mutant.line,
        "place": mutant.place,
        "operator": mutant.operator,
        "before": mutant.before,
        "after": mutant.after,
        "fate": ended.fate.value,
        "by": ended.by,
        "tests": len(ended.trial.tests),
        "tried": ended.tried,
        "cpu_s": ended.cpu_s,
    }


def explained(page: Path) -> dict[str, str]:
    """Why a mutant changes nothing, by its id: from the table that people read.

    `| `sequencer/guards.py off` | `before -> after` | why |`; a bar in code is written `\\|`.
    """
    if not page.exists():
        return {}
    rows = ROW.finditer(page.read_text(encoding="utf-8"))
    return {f"{row['place']}: {row['change']}".replace("\\|", "|"): row["why"] for row in rows}


def counts(rows: Iterable[Row], why: dict[str, str]) -> dict[str, Counter[str]]:
    """By file, and all together as ''."""
    told: dict[str, Counter[str]] = {}
    for row in rows:
        survived = Fate(row["fate"]) in UNNOTICED
        fate = "equivalent" if survived and row["id"] in why else row["fate"]
        for name in (row["file"], ""):
            told.setdefault(name, Counter())[fate] += 1
    return told


def score(count: Counter[str]) -> float:
    """Of those that change anything, how many percent were noticed."""
    noticed = count[Fate.KILLED.value] + count[Fate.TIMED_OUT.value]
    real = count.total() - count["equivalent"]
    return 100.0 * noticed / real if real else 100.0


def summary(rows: list[Row], why: dict[str, str]) -> str:
    kinds = (*(fate.value for fate in Fate), "equivalent")
    lines = [f"{'file':44}" + "".join(f"{kind:>11}" for kind in (*kinds, "score"))]
    for name, count in sorted(counts(rows, why).items(), key=lambda pair: (not pair[0], pair[0])):
        shown = "".join(f"{count[kind]:11}" for kind in kinds)
        lines.append(f"{name or 'all':44}{shown}{score(count):10.1f}%")
    return "\n".join(lines)


def survivors(rows: list[Row], why: dict[str, str]) -> str:
    """Each as a small diff with its place; those that are explained are left out."""
    texts = []
    for row in rows:
        if Fate(row["fate"]) in UNNOTICED and row["id"] not in why:
            told = "" if row["fate"] == Fate.SURVIVED.value else ", and no test goes there"
            head = (
                f"{row['file']}:{row['line']} {row['place']} ({row['operator']}{told}; {row['tests']} tests)"
            )
            texts.append(f"{head}\n- {row['before']}\n+ {row['after'] or 'pass'}\n")
    return "\n".join(texts)


def save(rows: list[Row], why: dict[str, str], file: Path, **more: Any) -> None:
    by_file = {
        name or "all": {**count, "score_pct": round(score(count), 1)}
        for name, count in counts(rows, why).items()
    }
    file.write_text(
        json.dumps({**more, "counts": by_file, "mutants": rows}, indent=1) + "\n", encoding="utf-8"
    )
