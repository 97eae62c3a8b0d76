"""What docs/howto/vary.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from teiden.files import yaml_marks
from teiden.files.source import InputError
from teiden.files.story_file import load_stories, stories_from_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "howto" / "vary.md").read_text(encoding="utf-8")
HEAD = f"schema: teiden/story/1\nstory: A.\nsite: {ROOT}/scenarios/sites/reference.yaml\nuntil: 4h\n"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
FORMS = re.findall(
    r"^\| `(\{(?:uniform|triangular|normal|lognormal|exponential|choice).*?\})` \|", PAGE, re.MULTILINE
)
SETS = re.findall(r"^\| `([a-z]+\.[a-z.*0-9_]+)`", PAGE, re.MULTILINE)


def block(beginning: str) -> str:
    (found,) = [text for _, text in BLOCKS if text.startswith(beginning)]
    return found


def test_the_example_is_the_shipped_story_without_its_comments() -> None:
    shown = yaml_marks.parse(block("schema:"), "shown")[0].value
    (shipped,) = yaml_marks.parse(
        (ROOT / "scenarios/outage-lengths.yaml").read_text(encoding="utf-8"), "shipped"
    )
    assert shown == shipped.value
    (story,) = load_stories(ROOT / "scenarios/outage-lengths.yaml")
    for name, value in {"length": "1668s", "health.ups3": "84.2%", "boot.blade1": "181s"}.items():
        assert story.parameters[name] == value
        assert value.rstrip("s%") in PAGE


@pytest.mark.parametrize("form", FORMS)
def test_every_distribution_of_the_table_is_one(form: str) -> None:
    (story,) = stories_from_text(f"{HEAD.replace('A.', 'A {x}.')}vary: {{x: {form}}}\n", "page.yaml")
    assert story.parameters["x"]


def test_the_table_has_every_distribution() -> None:
    from teiden.files.distribution_reading import DISTRIBUTIONS

    assert {form.strip("{").partition(":")[0] for form in FORMS} == set(DISTRIBUTIONS)


@pytest.mark.parametrize("path", SETS)
def test_every_path_of_the_table_can_be_set(path: str) -> None:
    value = {"health": "80%", "boot": "60s", "loss": "1%"}[path.rpartition(".")[2]]
    (story,) = stories_from_text(f"{HEAD}vary: {{x: {{choice: [{value}], set: {path}}}}}\n", "page.yaml")
    assert set(story.parameters.values()) == {value}


def test_the_recipes_and_the_chances_are_read() -> None:
    events = (
        block("events:")
        .replace('"{ups}"', "ups5")
        .replace("utility, lost_for: 2h", 'utility, lost_for: "{length}"')
    )
    events = events.replace("at: 10m", 'at: "{start}"')
    conditions = f"expect:\n{block('  when:')}"
    (story,) = stories_from_text(HEAD + block("vary:") + events + conditions, "page.yaml")
    assert len(story.parameters) == 4 + 2 * 6 + 2 * 4 + 2 + 1


def test_the_mistakes_are_told_as_shown() -> None:
    rest = "\nvary:\n  health: {normal: [80%, 10%], set: model.upses.*.health}\n"
    with pytest.raises(InputError) as refused:
        stories_from_text(HEAD.rstrip("\n") + rest, "bad.yaml")
    assert str(refused.value) in PAGE


def test_the_python_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(block("from teiden"), {})
    out = capsys.readouterr().out
    assert out.startswith("('length', 'health.ups1', ")
    assert "# Run 3 of a sweep of outage-lengths (scenarios/outage-lengths.yaml), root seed 7." in out
