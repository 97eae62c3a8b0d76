"""The tutorial, typed: every console block in order, in one empty folder, and what it shows is what comes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest
from click.testing import CliRunner

from teiden.cli import main
from teiden.init.folder import CI

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(console|yaml)\n(.*?)```", re.DOTALL)
SAVED_AS = re.compile(r"Save this as `([^`]+)`")
WALL_TIME = re.compile(r"\b(in|takes) [\d.]+ m?s\b|\bin [\d.]+s\b")
ADDRESS = "git+https://git.example.net/teiden.git"

by_hand = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("sed"), reason="the page is typed into a shell"
)


@by_hand
def test_what_the_tutorial_says_of_teiden_is_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here and now, without what has to be installed for it: the long test types that too."""
    monkeypatch.chdir(tmp_path)
    typed = [
        command
        for command, shown in commands(tmp_path)
        if command.startswith(("teiden ", "sed "))
        and "--html" not in command
        and shows(command, shown, said_here(command, tmp_path))
    ]
    assert len(typed) >= 10


@pytest.mark.long
@by_hand
def test_the_tutorial_leads_from_an_empty_folder_to_ci(tmp_path: Path) -> None:
    """In a fresh environment, with the project installed into it, as a stranger would."""
    assert f'"teiden[pytest] @ {ADDRESS}"' in PAGE
    shell = Shell(tmp_path)
    for command, shown in commands(tmp_path):
        shows(command, shown, shell.types(command))

    clone = tmp_path / "ci" / "clone"
    shutil.copytree(tmp_path, clone, ignore=shutil.ignore_patterns(".venv", "ci"))
    ci = Shell(clone, environment=tmp_path / ".venv")
    install, test = re.findall(r"- run: (.+)", (clone / CI["github"]).read_text(encoding="utf-8"))

    ci.types(install)
    assert "10 passed" in ci.types(test)
    ci.types("sed -i 's/confirm: 900s/confirm: 700s/' site.yaml")
    red = ci.types(test, fails=True)

    assert "3 failed, 7 passed" in red
    assert "R6-14" in red
    assert any((clone / "failures").rglob("*.jsonl"))


# The page -------------------------------------------------------------------------------------------------


def commands(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command of the page with the lines that it shows below; files are saved when their turn comes."""
    before = 0
    for block in BLOCK.finditer(PAGE):
        kind, text = block.groups()
        if kind == "yaml":
            (name,) = SAVED_AS.findall(PAGE, before, block.start())
            (folder / name).write_text(text, encoding="utf-8")
        else:
            yield from told(text)
        before = block.end()


def told(block: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def shows(command: str, shown: list[str], printed: str) -> bool:
    missing = not_in_order(shown, printed.splitlines())
    assert missing is None, f"`{command}` does not print: {missing}\n\n{printed}"
    return True


def not_in_order(shown: list[str], printed: list[str]) -> str | None:
    """The first line of the page that is not printed in its turn; `...` stands for anything."""
    rest = iter(printed)
    for line in shown:
        pattern = re.escape(timeless(line)).replace(re.escape("..."), ".*")
        if line != "..." and not any(re.fullmatch(pattern, timeless(printed)) for printed in rest):
            return line
    return None


def timeless(line: str) -> str:
    return WALL_TIME.sub("in N ms", line)


# Those who type -------------------------------------------------------------------------------------------


def said_here(command: str, folder: Path) -> str:
    """The command line in this process, and `sed` in a shell."""
    if command.startswith("sed "):
        subprocess.run(command, shell=True, cwd=folder, check=True)
        return ""
    done = CliRunner().invoke(main, command.split()[1:])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.output


class Shell:
    """A shell in a folder outside of the checkout, with an environment of its own."""

    def __init__(self, folder: Path, environment: Path | None = None) -> None:
        self.folder = folder
        venv = environment or folder / ".venv"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))
        }
        self.variables = kept | {
            "PATH": os.pathsep.join(
                [str(venv / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
            ),
            "PYTHONIOENCODING": "utf-8",
        }

    @cached_property
    def address(self) -> str:
        """A wheel of what is there, in place of the repository, which a test has not."""
        line = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(self.folder / "dist")]
        subprocess.run(line, cwd=ROOT, check=True, capture_output=True)
        (wheel,) = (self.folder / "dist").glob("*.whl")
        return wheel.as_uri()

    def types(self, command: str, *, fails: bool | None = None) -> str:
        """What it prints. Whether it may fail is known of the commands that install."""
        line = command.replace(ADDRESS, self.address)
        done = subprocess.run(
            line, shell=True, cwd=self.folder, env=self.variables, capture_output=True, encoding="utf-8"
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
        if fails is not None or command.startswith(("pip ", "python3 ", "git ")):
            assert (done.returncode != 0) is bool(fails), done.stdout + done.stderr
        return done.stdout + done.stderr
