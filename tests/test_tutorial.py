"""The tutorial, typed: every console block in order, in one folder, and what it shows is what comes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"```(console|yaml)\n(.*?)```", re.DOTALL)
WALL_TIME = re.compile(r"\b(in|takes) \d+ m?s\b")


def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    typed = 0
    for kind, text in BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")):
        if kind == "yaml":
            (tmp_path / "flush-never-ends.yaml").write_text(text, encoding="utf-8")
            continue
        for command, shown in commands(text):
            missing = not_in_order(shown, output_of(command, tmp_path))
            assert missing is None, f"`{command}` does not print: {missing}"
            typed += 1
    assert typed >= 8


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Each command of a block, and the lines that the page shows below it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def output_of(command: str, folder: Path) -> list[str]:
    run = command.replace("./run teiden", f"'{sys.executable}' -m teiden")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        run, shell=True, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return WALL_TIME.sub("in N ms", done.stdout + done.stderr).splitlines()


def not_in_order(shown: list[str], printed: list[str]) -> str | None:
    """The first line of the page that is not printed in its turn; `...` stands for any lines."""
    rest = iter(printed)
    for line in shown:
        if line != "..." and WALL_TIME.sub("in N ms", line) not in rest:
            return line
    return None
