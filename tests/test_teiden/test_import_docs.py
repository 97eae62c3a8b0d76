"""docs/howto/import.md, typed: what it shows is what comes, and its columns are those that are read."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import house_rules
from teiden.cli import main
from teiden.importing.columns import COLUMNS

PAGE = (house_rules.ROOT / "docs" / "howto" / "import.md").read_text(encoding="utf-8")
TYPED = re.findall(r"```console\n\$ teiden (.*)\n((?:.*\n)*?)```", PAGE)


@pytest.mark.parametrize(("command", "shown"), TYPED)
def test_what_the_page_shows_is_what_comes(
    command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`...` stands for anything, within a line and between lines."""
    for name in ("import", "config.apc"):
        source, target = (
            house_rules.ROOT / "tests" / "fixtures" / name,
            tmp_path / "tests" / "fixtures" / name,
        )
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.exit_code == 0, result.output
    rest = iter(result.output.splitlines())
    for line in (line for line in shown.splitlines() if line != "..."):
        pattern = re.escape(line).replace(r"\.\.\.", ".*")
        assert any(re.fullmatch(pattern, one) for one in rest), line


def test_the_page_types_every_kind_of_file() -> None:
    said = " ".join(command for command, _ in TYPED)
    assert len(TYPED) == 5
    for word in ("web1=", "import nut", "import config-apc", "import csv --template", "inventory.csv"):
        assert word in said


def test_its_table_has_every_column_with_its_heading_and_its_keys() -> None:
    table = re.findall(r"^\| `(\w+)` \| (\S+) \| ([\w, ]+) \| (.*) \|$", PAGE, re.MULTILINE)
    assert [(name, japanese) for name, japanese, *_ in table] == [(one.name, one.japanese) for one in COLUMNS]
    for (_, _, kinds, keys), column in zip(table, COLUMNS, strict=True):
        assert kinds.split(", ") == (list(column.goes) or ["all"])
        assert set(re.findall(r"`([^`]+)`", keys)) == {key for keys in column.goes.values() for key in keys}
