"""`teiden init`: what it writes holds as it is, in both languages, and nothing is ever written over."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from teiden.cli import main
from teiden.files.schema import schema_text
from teiden.files.site_file import load_site
from teiden.files.source import InputError
from teiden.files.story_file import load_stories
from teiden.init import folder as writing
from teiden.init.source import reachable
from teiden.language.say import LANGUAGES
from teiden.rehearsal import rehearse
from teiden.rules.finding import Severity
from teiden.rules.report import check

ADDRESS = "git+https://git.example.net/teiden.git"


def init(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", *arguments])


def texts(*, product: str = "ver2.1", lang: str = "en", ci: str | None = None) -> dict[str, str]:
    return writing.files(product=product, lang=lang, ci=ci, requirement="teiden[pytest]==1.2")


@pytest.mark.parametrize(("lang", "product"), [*itertools.product(LANGUAGES, writing.PRODUCTS)])
def test_the_site_that_is_written_breaks_no_rule(tmp_path: Path, lang: str, product: str) -> None:
    writing.fill(tmp_path, texts(product=product, lang=lang))

    report = check(load_site(tmp_path / "site.yaml"))

    assert (report.count(Severity.ERROR), report.count(Severity.WARNING)) == (0, 0)
    assert report.site_file.site.product == product


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_story_that_is_written_holds(tmp_path: Path, lang: str) -> None:
    writing.fill(tmp_path, texts(lang=lang))

    stories = [s for path in sorted((tmp_path / "scenarios").iterdir()) for s in load_stories(path)]

    assert len({story.name.partition("[")[0] for story in stories}) == 3
    assert [story.name for story in stories if not rehearse(story).verdict.holds] == []


def test_both_languages_say_the_same() -> None:
    english, japanese = texts(lang="en"), texts(lang="ja")

    assert english.keys() == japanese.keys()
    for name in english:
        if name.endswith(".yaml"):
            assert english[name] != japanese[name]
            assert for_machines(english[name]) == for_machines(japanese[name])


def for_machines(text: str) -> Any:
    """A file without what only people read: comments, sentences and labels."""
    loaded = yaml.safe_load(text)
    loaded.pop("story", None)
    for ups in loaded.get("upses", {}).values():
        ups.pop("label")
    return loaded


def test_a_confirm_time_that_is_too_short_breaks_the_site_and_its_stories(tmp_path: Path) -> None:
    writing.fill(tmp_path, texts())
    site = tmp_path / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("confirm: 900s", "confirm: 700s"), "utf-8")

    findings = check(load_site(site)).findings
    (story,) = load_stories(tmp_path / "scenarios" / "flush-never-ends.yaml")

    assert [finding.rule for finding in findings if finding.severity is Severity.ERROR] == ["R6-14"]
    assert not rehearse(story).verdict.holds


def test_editors_find_the_schema_that_the_files_name(tmp_path: Path) -> None:
    writing.fill(tmp_path, texts())

    for path in tmp_path.rglob("*.yaml"):
        first, _, _ = path.read_text("utf-8").partition("\n")
        schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert schema.read_text("utf-8") == schema_text(schema.stem)


@pytest.mark.parametrize("ci", writing.CI)
def test_the_file_for_ci_has_ten_lines_and_plays_everything(ci: str) -> None:
    text = texts(ci=ci)[writing.CI[ci]]

    assert len(text.splitlines()) <= 10
    assert "pip install -r requirements.txt" in text
    assert "pytest" in text
    assert isinstance(yaml.load(text, yaml.BaseLoader), dict)


def test_init_says_what_it_wrote_and_what_to_do_next(tmp_path: Path) -> None:
    done = init(str(tmp_path / "new"), "--ci", "gitlab", "--from", ADDRESS)

    assert done.exit_code == 0, done.output
    written = [path.relative_to(tmp_path / "new") for path in (tmp_path / "new").rglob("*") if path.is_file()]
    assert len(written) == 8
    assert all(f"\n  {path.as_posix()}\n" in done.output for path in written)
    assert "teiden check site.yaml" in done.output
    assert (tmp_path / "new" / "requirements.txt").read_text() == f"teiden[pytest] @ {ADDRESS}\n"


def test_nothing_is_written_where_one_of_the_files_is_there(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("mine")
    (tmp_path / "requirements.txt").write_text("mine too")

    done = init(str(tmp_path))

    assert done.exit_code == 2
    assert done.output.count("is there already") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["requirements.txt", "site.yaml"]
    assert (tmp_path / "site.yaml").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    with pytest.raises(InputError):
        writing.fill(tmp_path, texts())

    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_folder_that_cannot_be_filled_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "schema").write_text("a file where a folder should be")

    done = init(str(tmp_path))

    assert done.exit_code == 3
    assert "cannot be written" in done.output
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["schema"]


def test_a_file_is_no_folder_to_write_into(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")

    done = init(str(tmp_path / "mine"))

    assert done.exit_code == 2
    assert "this is a file, not a folder" in done.output


@pytest.mark.parametrize("source", ["teiden", "../teiden.whl", "git+https://host/a b", ""])
def test_a_source_that_is_no_address_is_refused(tmp_path: Path, source: str) -> None:
    done = init(str(tmp_path / "new"), "--from", source)

    assert done.exit_code == 2
    assert "is not an address" in done.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        (
            {"url": "https://git.example.net/t.git", "vcs_info": {"vcs": "git", "commit_id": "0123abc"}},
            "git+https://git.example.net/t.git@0123abc",
        ),
        ({"url": "https://files.example.net/t.whl", "archive_info": {}}, "https://files.example.net/t.whl"),
        ({"url": "file:///home/me/t.whl", "archive_info": {}}, ""),
        ({"url": "file:///home/me/teiden", "dir_info": {"editable": True}}, ""),
        ({"url": "file:///srv/t.git", "vcs_info": {"vcs": "git", "commit_id": "0123abc"}}, ""),
        ({}, ""),
    ],
)
def test_ci_installs_what_is_installed_here_where_it_can_be_reached(
    origin: dict[str, Any], source: str
) -> None:
    assert reachable(origin) == source
