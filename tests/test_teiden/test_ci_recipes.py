"""The recipes for CI servers: short, well formed, and every command of ours in them runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from click.testing import CliRunner

import house_rules
from teiden.cli import main
from tests.rehearsed import SCENARIOS

HOWTO = house_rules.ROOT / "docs" / "howto"
RECIPES = re.findall(
    r"^```yaml\n(.*?)^```", (HOWTO / "ci.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


def commands(recipe: str) -> list[str]:
    """What its shell is told."""
    document = yaml.load(recipe, Loader=yaml.BaseLoader)  # `on` is a word here
    if "jobs" in document:
        (job,) = document["jobs"].values()
        return [step["run"] for step in job["steps"] if "run" in step]
    (job,) = document.values()
    return list(job["script"])


def test_there_are_recipes_for_both_servers_and_both_ways() -> None:
    told = ["\n".join(commands(recipe)) for recipe in RECIPES]
    assert [("pytest scenarios" in text, "teiden run" in text) for text in told] == [
        (True, False),
        (True, False),
        (False, True),
        (False, True),
    ]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_has_at_most_ten_lines_and_installs_without_cloning(recipe: str) -> None:
    assert len(recipe.strip().splitlines()) <= 10
    told = commands(recipe)
    assert re.match(r'pipx? install "teiden(\[pytest\])? @ git\+https://', told[0])
    assert not any("git clone" in command for command in told)


@pytest.mark.parametrize("recipe", RECIPES[:2])
def test_what_pytest_writes_is_kept(recipe: str) -> None:
    words = shlex.split(commands(recipe)[1])
    kept = recipe.partition(commands(recipe)[1])[2]
    assert words[0] == "pytest"
    for word in words[2:]:
        option, _, value = word.partition("=")
        assert option in ("--junitxml", "--teiden-artifacts")
        assert value in kept


@pytest.mark.parametrize("recipe", RECIPES[2:])
def test_every_command_of_a_recipe_runs(recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios" / "sites").mkdir(parents=True)
    for name in ("sites/reference.yaml", "short-blip.yaml"):
        text = (SCENARIOS / name).read_text(encoding="utf-8")
        (tmp_path / "scenarios" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for command in commands(recipe)[1:]:
        assert CliRunner().invoke(main, globbed(command)).exit_code == 0, command
    assert ET.parse("report.xml").getroot().get("tests") == "1"
    assert Path("page.html").exists()


def globbed(command: str) -> list[str]:
    """As a shell hands it over."""
    words = []
    for word in shlex.split(command)[1:]:
        words += sorted(map(str, Path().glob(word))) if "*" in word else [word]
    return words


def test_the_python_of_the_reports_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(
        r"^```python\n(.*?)^```", (HOWTO / "reports.md").read_text(encoding="utf-8"), re.M | re.S
    )
    monkeypatch.chdir(house_rules.ROOT)
    told: dict[str, object] = {}
    exec(code, told)
    assert str(told["page"]).startswith("<!doctype html>")
    assert 'tests="1"' in str(told["report"])
