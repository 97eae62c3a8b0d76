"""Branch coverage of the sequencer: `./run branches` ends with 1 while one branch is not taken by its tests.

A branch that no test takes is one that nobody has ever seen: it gets a test that a person would want,
or goes. What was measured is written to build/branches.json, for `./run proof --branches`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from teiden.proof.carry_out import source_hash

ROOT = Path(__file__).resolve().parent.parent
TESTS = (
    "tests/test_sequencer",
    "tests/test_requirements",
    "tests/test_judge",
    "tests/test_teiden/test_site_errors.py",
    "tests/test_teiden/test_site_schedules.py",
    "scenarios",
)
"""Those that are about what the sequencer decides; the rest go through it, but look at something else."""
OUT = Path("build/branches.json")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run branches", description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=OUT, help=f"else {OUT}")
    parser.add_argument("--workers", default="auto", help="processes; else one a core")
    parser.add_argument("tests", nargs="*", default=TESTS, help="else all that are about the sequencer")
    options = parser.parse_args(arguments)
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="branches-") as folder:
        code, found = measured(Path(folder), options.workers, options.tests)
    if found is None:
        return code or 3
    told = summary(found)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(shown(told))
    return code or (1 if told["missing"] else 0)


def measured(folder: Path, workers: str, tests: list[str]) -> tuple[int, dict[str, Any] | None]:
    """The tests' exit code, and what coverage says of all their processes; None: it says nothing."""
    settings = folder / "settings"
    settings.write_text(
        f"[run]\nbranch = true\nsource = {ROOT / 'sequencer'}\ndata_file = {folder / 'data'}\n"
        "parallel = true\npatch = subprocess\n",
        encoding="utf-8",
    )
    coverage = [sys.executable, "-m", "coverage"]
    rc = f"--rcfile={settings}"
    pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", workers, *tests]
    code = subprocess.run([*coverage, "run", rc, *pytest]).returncode
    report = folder / "report.json"
    for line in (["combine", rc, "-q"], ["json", rc, "-q", "-o", str(report)]):
        if subprocess.run([*coverage, *line]).returncode:
            return code, None
    return code, json.loads(report.read_text(encoding="utf-8"))


def summary(found: dict[str, Any]) -> dict[str, Any]:
    totals = found["totals"]
    return {
        "branches": totals["num_branches"],
        "taken": totals["covered_branches"],
        "lines": totals["num_statements"],
        "run": totals["covered_lines"],
        "missing": {name: gaps for name, file in sorted(found["files"].items()) if (gaps := missing(file))},
        "code": source_hash(),
    }


def missing(file: dict[str, Any]) -> list[str]:
    """Lines that are never run, and branches that are never taken from lines that are: `12`, `30->35`."""
    never = file["missing_lines"]
    gaps = [(line, str(line)) for line in never]
    gaps += [(a, f"{a}->{'the end' if b < 0 else b}") for a, b in file["missing_branches"] if b not in never]
    return [text for _, text in sorted(gaps)]


def shown(told: dict[str, Any]) -> str:
    gaps = [f"{name}: {', '.join(lines)}" for name, lines in told["missing"].items()]
    pct = 100.0 * told["taken"] / max(1, told["branches"])
    ends = f"{told['taken']:,} of {told['branches']:,} branches of sequencer/ taken ({pct:.1f} %)"
    return "\n".join([*gaps, f"branches: {ends}; {told['run']:,} of {told['lines']:,} lines run"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
