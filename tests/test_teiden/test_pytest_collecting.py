"""What pytest makes of the YAML files of a site's repository: items, ids, markers; what it leaves alone."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import house_rules
from tests.repositories import BLIP, Repository

pytest_plugins = ["pytester"]


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    return Repository(pytester)


# Items


def test_each_story_each_combination_and_each_site_is_an_item_of_a_readable_id(
    repository: Repository,
) -> None:
    assert repository.ids() == [
        "scenarios/blip.yaml::blip[length=2s]",
        "scenarios/blip.yaml::blip[length=25s]",
        "scenarios/flush.yaml::flush",
        "scenarios/sites/reference.yaml::check",
    ]


def test_a_site_is_an_item_once_however_it_is_named(repository: Repository) -> None:
    assert (
        repository.ids("scenarios", "scenarios/sites", "scenarios/sites/reference.yaml").count(
            "scenarios/sites/reference.yaml::check"
        )
        == 1
    )


def test_a_repository_that_holds_is_green_and_its_items_are_counted(repository: Repository) -> None:
    result = repository.run()
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["teiden: stories 3 (files 2), sites 1"])


def test_further_documents_of_a_file_are_items_of_their_own(repository: Repository) -> None:
    repository.write("scenarios/two.yaml", f"{FLAT}---\n{FLAT}name: again\n")
    assert repository.ids("scenarios/two.yaml") == [
        "scenarios/two.yaml::two",
        "scenarios/two.yaml::two#again",
    ]


def test_one_item_is_played_alone_by_its_id_or_by_k(repository: Repository) -> None:
    repository.run("scenarios/blip.yaml::blip[length=25s]").assert_outcomes(passed=1)
    repository.run("-k", "blip and 25s").assert_outcomes(passed=1, deselected=3)


def test_verbose_output_and_reports_name_the_line_of_the_story(repository: Repository) -> None:
    """Line 2: the first is a comment. Counted from 0, as editors are told."""
    repository.write(
        "conftest.py",
        "def pytest_runtest_logreport(report):\n    if report.when == 'call': print('AT', report.location)\n",
    )
    repository.run("-s", "scenarios/flush.yaml").stdout.fnmatch_lines(
        ["*AT ('scenarios?flush.yaml', 1, 'flush.yaml :: flush')*"]
    )


# Other people's YAML


def test_yaml_of_somebody_else_is_left_alone_right_or_wrong(repository: Repository) -> None:
    others = (
        "services: {web: {image: nginx}}\n",
        "a: {never closed\n",
        "schema: others/story/1\n",
        "jobs:\n  schema: teiden/story/1\n",
        "",
        "\N{REPLACEMENT CHARACTER}\0",
    )
    for n, text in enumerate(others):
        repository.write(f"others/{n}.yaml", text)
        repository.write(f"others/{n}.yml", text)
    result = repository.run("others")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "teiden:" not in result.stdout.str()


def test_a_project_without_our_files_does_not_pay_for_us(tmp_path: Path) -> None:
    """In a process of its own, as this one has imported everything."""
    (tmp_path / "other.yaml").write_text("services: {}\n", encoding="utf-8")
    (tmp_path / "test_one.py").write_text("def test_one(): pass\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "HEAVY = ('simpy', 'pydantic', 'yaml', 'pandas', 'numpy', 'matplotlib', 'click', 'holidays')\n"
        "def pytest_sessionfinish():\n"
        "    print('LOADED', [name for name in HEAVY if name in sys.modules], 'teiden' in sys.modules)\n",
        encoding="utf-8",
    )
    line = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-s", "-p", "no:hypothesispytest"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert "test_one.py::test_one" in done.stdout
    assert "LOADED [] True" in done.stdout


def test_a_project_keeps_an_option_that_is_called_like_ours(repository: Repository) -> None:
    repository.write(
        "conftest.py",
        "def pytest_addoption(parser): parser.addoption('--seed', default='their own')\n"
        "def pytest_report_header(config): return f'SEED {config.getoption(\"--seed\")}'\n",
    )
    result = repository.run("--seed", "spring", "--teiden-seed", "7", "--room", "sim")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["SEED spring", "teiden: *; seed 7"])


# Markers


def test_tags_are_markers_and_every_item_carries_teiden(repository: Repository) -> None:
    assert repository.ids("-m", "power-quality") == [
        "scenarios/blip.yaml::blip[length=2s]",
        "scenarios/blip.yaml::blip[length=25s]",
    ]
    assert repository.ids("-m", "teiden and not fast") == [
        "scenarios/flush.yaml::flush",
        "scenarios/sites/reference.yaml::check",
    ]
    assert repository.ids("-m", "not teiden") == []


def test_tags_are_known_markers_where_unknown_ones_are_refused(repository: Repository) -> None:
    repository.write(
        "pytest.ini", "[pytest]\naddopts = --strict-markers -W error\nmarkers = fast: ours too\n"
    )
    repository.run().assert_outcomes(passed=4)


def test_a_tag_that_pytest_needs_arguments_for_is_no_marker(repository: Repository) -> None:
    repository.write("scenarios/flat.yaml", FLAT + "tags: [skipif, parametrize, usefixtures, calm]\n")
    repository.run("scenarios/flat.yaml", "-m", "calm").assert_outcomes(passed=1)


def test_a_site_or_story_that_is_known_to_be_wrong_can_be_marked_so(repository: Repository) -> None:
    repository.lower_the_control_confirm_time()
    repository.write(
        "conftest.py",
        "import pytest\n"
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        if item.name in ('check', 'flush'):\n"
        "            item.add_marker(pytest.mark.xfail(strict=True, reason='until the batteries come'))\n",
    )
    repository.run().assert_outcomes(passed=2, xfailed=2)


# Files that cannot be read


FLAT = """\
schema: teiden/story/1
story: Nothing happens.
site: sites/reference.yaml
until: 5m
"""


BAD = {
    "expect: {never: [server.chrashed]}": "5:18: error: no event is called `server.chrashed`",
    "expect: {finally: [server.up blade9]}": "5:30: error: no server is called `blade9`",
    "expect: {within: [{ups.output_off ups4: 10 after mains.lost}]}": "5:41: error: `10` has no unit",
    "vary: {length: 25s}": "5:16: error: length takes a list of values",
    "vary: {length: []}": "5:8: error: length takes a list of values",
    "events: [{at: 1m, mains: utility, lost_for: '{length}'}]": "5:45: error: no parameter is named",
    "events: {": "6:1: error: ",
}
"""The line below FLAT, and what is told of it."""


def test_bad_stories_fail_at_their_lines_and_the_others_are_played(repository: Repository) -> None:
    for n, line in enumerate(BAD):
        repository.write(f"scenarios/bad{n}.yaml", f"{FLAT}{line}\n")
    result = repository.run()
    result.assert_outcomes(passed=4, failed=len(BAD))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = result.stdout.str()
    assert [
        told for n, told in enumerate(BAD.values()) if f"\nscenarios/bad{n}.yaml:{told}" not in text
    ] == []
    assert re.search(r"_+ bad0\.yaml :: bad0 _+\nscenarios", text)
    assert "Traceback" not in text
    assert "def " not in text


def test_a_schema_of_ours_that_we_do_not_know_is_an_error(repository: Repository) -> None:
    unknown = ("teiden/story/9", "teiden/stroy/1", "teiden/site/2")
    for n, schema in enumerate(unknown):
        repository.write(f"new/{n}.yaml", f"schema: {schema}\nstory: One.\n")
    result = repository.run("new")
    result.assert_outcomes(failed=3)
    for n, schema in enumerate(unknown):
        assert f"new/{n}.yaml:1:9: error: schema `{schema}` is not known" in result.stdout.str()


def test_a_story_whose_site_is_wrong_names_the_line_of_the_site(repository: Repository) -> None:
    repository.write("scenarios/sites/bad.yaml", "schema: teiden/site/1\nsite: bad\n")
    repository.write("scenarios/story.yaml", FLAT.replace("reference", "bad"))
    result = repository.run("scenarios/story.yaml", "scenarios/sites/bad.yaml")
    result.assert_outcomes(failed=2)
    assert (
        result.stdout.str().count("scenarios/sites/bad.yaml:1:1: error: the file needs the key `upses`") == 2
    )


def test_a_bad_story_keeps_its_tags_as_far_as_they_can_be_read(repository: Repository) -> None:
    repository.write("scenarios/bad.yaml", BLIP.replace("never", "nevr"))
    assert repository.ids("-m", "fast", "scenarios/bad.yaml") == ["scenarios/bad.yaml::bad"]


def test_an_item_that_is_asked_for_by_id_says_why_it_cannot_be_found(repository: Repository) -> None:
    repository.write("scenarios/blip.yaml", BLIP.replace("never", "nevr"))
    result = repository.run("scenarios/blip.yaml::blip[length=25s]")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*:11:3: error: unknown key `nevr` in expect"])


def test_one_is_told_that_an_item_is_not_there(repository: Repository) -> None:
    result = repository.run("scenarios/blip.yaml::blip[length=26s]")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: not found: *blip.yaml::blip*", "(no match in any of *StoryFile blip.yaml*)"]
    )


# Options that cannot be


def test_a_seed_that_is_none_is_refused(repository: Repository) -> None:
    for seed in ("-1", "1.5"):
        result = repository.run(f"--seed={seed}")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"*`{seed}` is not a seed: a whole number from 0 on"])


def test_a_rate_that_nobody_can_follow_is_refused(repository: Repository) -> None:
    for rate in ("0", "51"):
        result = repository.run("--room", "snmp", "--rate", rate)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: --rate {rate}: from 0.1 to 50 *"])
        assert "Traceback" not in result.stderr.str() + result.stdout.str()


def test_a_language_that_nobody_speaks_is_refused(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEIDEN_LANG", "fr")
    result = repository.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: TEIDEN_LANG=fr: one of en, ja"])


# Our own stories


def test_our_own_stories_are_collected_and_those_of_the_first_release_are_there() -> None:
    project = tomllib.loads((house_rules.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "scenarios" in project["tool"]["pytest"]["ini_options"]["testpaths"]
    assert {path.stem for path in (house_rules.ROOT / "scenarios").glob("*.yaml")} >= {
        "site-outage",
        "short-blip",
        "mains-back-mid-shutdown",
        "weak-battery",
        "ver1-flush-timeout",
        "second-outage",
    }


def test_no_two_of_our_own_items_share_an_id(request: pytest.FixtureRequest) -> None:
    ids = [item.nodeid for item in request.session.items if re.search(r"\.ya?ml::", item.nodeid)]
    assert len(ids) == len(set(ids))
