"""The measurement of branches: what it counts as missing, how it says so, and that it fails then."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import branches
import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_a_branch_is_told_only_where_its_line_is_run_and_its_end_is_not_missing_itself() -> None:
    file = {"missing_lines": [12, 13], "missing_branches": [[11, 12], [20, 25], [30, -28]]}
    assert branches.missing(file) == ["12", "13", "20->25", "30->the end"]
    assert branches.missing({"missing_lines": [], "missing_branches": []}) == []


def test_files_without_a_gap_are_not_told() -> None:
    totals = {"num_branches": 10, "covered_branches": 9, "num_statements": 50, "covered_lines": 50}
    whole = {"missing_lines": [], "missing_branches": []}
    gap = {"missing_lines": [], "missing_branches": [[20, 25]]}
    told = branches.summary({"totals": totals, "files": {"sequencer/b.py": gap, "sequencer/a.py": whole}})
    assert told["missing"] == {"sequencer/b.py": ["20->25"]}
    assert branches.shown(told).splitlines() == [
        "sequencer/b.py: 20->25",
        "branches: 9 of 10 branches of sequencer/ taken (90.0 %); 50 of 50 lines run",
    ]


@pytest.mark.long
def test_a_part_of_the_tests_does_not_take_every_branch(tmp_path: Path) -> None:
    """In processes of their own, as the whole is measured."""
    pytest.importorskip("coverage", reason="measures branches; ./run branches brings it")
    out = tmp_path / "branches.json"
    line = [
        ".ci/branches.py",
        "-o",
        str(out),
        "--workers",
        "2",
        "tests/test_sequencer/test_woken_together.py",
    ]
    done = subprocess.run([sys.executable, *line], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    told = json.loads(out.read_text(encoding="utf-8"))
    assert 0 < told["taken"] < told["branches"]
    assert "sequencer/outage.py" in told["missing"]
