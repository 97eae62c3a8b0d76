"""Small sweeps for those who draw them: runs over two parameters, charges, return times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

FLUSHES = ("120s", "5m", "400s", "10m")
CONFIRMS = ("700s", "900s", "20m")


def runs(per_cell: int = 2, missing: tuple[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """The linked stop needs 450 s and the flush; a confirm time that is shorter breaks S5."""
    seconds = {"120s": 120, "5m": 300, "400s": 400, "10m": 600, "700s": 700, "900s": 900, "20m": 1200}
    number = 0
    for confirm in CONFIRMS:
        for flush in FLUSHES:
            for _ in range(0 if (flush, confirm) == missing else per_cell):
                spare = seconds[confirm] - 450 - seconds[flush]
                yield {
                    "run": number,
                    "seed": number + 7,
                    "holds": spare >= 0,
                    "broken": "" if spare >= 0 else "S5",
                    "unmet": "",
                    "flush": flush,
                    "confirm": confirm,
                    "margin.linked_stop_s": float(spare),
                    "lowest_charge.ups3_pct": 55.0 - number,
                    "judged": "S1 S5",
                }
                number += 1


def charges(n: int) -> Iterator[dict[str, list[tuple[float, float]]]]:
    """`ups1` falls to k % in run k of a hundred; `ups2` stays full, `ups3` as well."""
    for number in range(n):
        low = float(number % 101)
        full = [(0.0, 100.0), (1200.0, 100.0)]
        yield {"ups1": [(0.0, 100.0), (600.0, low), (1200.0, low)], "ups2": full, "ups3": full}


def returns(bad: tuple[int, ...] = (), never: tuple[int, ...] = (), last: int = 3600) -> pd.DataFrame:
    """Every second; nothing stops up to 32 s, from 452 s on everything does."""
    rows = [
        {
            "back_s": float(back),
            "holds": back not in bad,
            "outcome": "nothing stopped"
            if back < 33
            else "turned round"
            if back < 452
            else "stopped and started again",
            "broken": "S2 S5" if back in bad else "",
            "up_again_s": float("nan") if back in never else 0.0 if back < 33 else 600.0 + back / 10,
        }
        for back in range(last + 1)
    ]
    return pd.DataFrame(rows)


def written(folder: Path, rows: list[dict[str, Any]], curves: bool = False) -> Path:
    """A folder as a sweep leaves it."""
    folder.mkdir()
    about = {
        "kind": "sweep",
        "story": "flush-times",
        "hash": "ab" * 20,
        "seed": 7,
        "versions": {"teiden": "9"},
    }
    (folder / "sweep.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "runs.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    if curves:
        lines = [json.dumps({"run": k, "charges": c}) for k, c in enumerate(charges(len(rows)))]
        (folder / "charges.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
