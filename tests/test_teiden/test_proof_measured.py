"""What other tools have measured, in the report of a proof: branches not taken, mutants that survive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from teiden.proof.carry_out import source_hash
from teiden.proof.command import proof
from teiden.proof.report import Report

ALL = {"branches": 1004, "taken": 1004, "lines": 3700, "run": 3700, "missing": {}, "code": source_hash()}
GAPS = {**ALL, "taken": 1002, "missing": {"sequencer/step.py": ["12", "30->35"]}}
MUTANTS = {"counts": {"all": {"killed": 9, "survived": 1, "score_pct": 90.0}}, "mutants": []}


def report(**measured: Any) -> Report:
    return Report(True, 0, 0, "c0de", (), **measured)


def test_a_proof_whose_branches_were_not_measured_says_so() -> None:
    assert "tests take: not measured (`./run branches`)" in report().as_markdown()
    assert report().holds


def test_a_branch_that_no_test_takes_is_named_and_the_proof_does_not_hold() -> None:
    assert "tests take: 1,004 of 1,004\n" in report(branches=ALL).as_markdown()
    assert report(branches=ALL).holds
    gaps = report(branches=GAPS)
    assert "tests take: 1,002 of 1,004; `sequencer/step.py` 12, 30->35\n" in gaps.as_markdown()
    assert not gaps.holds
    assert gaps.as_dict()["branches"] == GAPS


def test_the_mutants_of_each_file_are_counted() -> None:
    assert "| all | 9 | 0 | 1 | 0 | 0 | 90.0 % |" in report(mutation=MUTANTS).as_markdown()
    assert "Mutation" not in report().as_markdown()


def reported(folder: Path, name: str, measured: object) -> Result:
    """A proof of nothing at all, with this file."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps(measured), encoding="utf-8")
    line = [
        "--quick",
        "--part",
        "explored",
        "--seeds",
        "0",
        "-o",
        str(folder / "out"),
        f"--{name}",
        str(file),
    ]
    return CliRunner().invoke(proof, line)


@pytest.mark.parametrize(
    ("name", "measured", "wrong"),
    [
        ("branches", {**ALL, "code": "0"}, "was measured on other sources than these"),
        ("branches", {}, "an object with 'missing' was expected"),
        ("mutation", [], "an object with 'counts' was expected"),
    ],
)
def test_what_was_measured_elsewhere_is_refused_before_anything_is_played(
    tmp_path: Path, name: str, measured: object, wrong: str
) -> None:
    done = reported(tmp_path, name, measured)
    assert done.exit_code == 2
    assert wrong in done.output
    assert not (tmp_path / "out").exists()


def test_what_was_measured_here_is_taken_into_the_report(tmp_path: Path) -> None:
    done = reported(tmp_path, "branches", GAPS)
    assert done.exit_code == 1, done.output
    assert json.loads((tmp_path / "out" / "proof.json").read_text(encoding="utf-8"))["branches"] == GAPS
