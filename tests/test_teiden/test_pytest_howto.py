"""The page about pytest, typed: its files written, its commands given, and what it shows is what comes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repositories import Repository

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "pytest.md").read_text(encoding="utf-8")
FILE = re.compile(r"`(scenarios/[\w.-]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    repository = Repository(pytester)
    (repository.path / "scenarios" / "blip.yaml").unlink()
    for name, text in FILE.findall(PAGE):
        if name.endswith(".yaml"):
            repository.write(name, text)
    return repository


@pytest.mark.long
def test_the_page_does_what_it_says(repository: Repository) -> None:
    typed = 0
    for command, shown in commands():
        if command.startswith("sed "):
            repository.lower_the_control_confirm_time()
            continue
        program, *arguments = shlex.split(command)
        assert program == "pytest"
        for name, text in FILE.findall(PAGE):
            if name in arguments:
                repository.write(name, text)
        lines = [as_shown(line) for line in repository.run(*arguments).outlines]
        assert first_missing(shown, lines) is None, command
        typed += 1
    assert typed >= 7


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command, and the lines that the page shows below it; `...` stands for any lines."""
    for block in CONSOLE.findall(PAGE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield command, [line for line in shown if line != "..."]


def as_shown(line: str) -> str:
    """Wall times left out, and the rulers that pytest draws around its last line."""
    line = re.sub(r"in \d+\.\d+s", "in N s", line)
    return line.strip("= ") if "in N s" in line else line


def first_missing(shown: list[str], printed: list[str]) -> str | None:
    rest = iter(printed)
    return next((line for line in shown if line not in rest), None)
