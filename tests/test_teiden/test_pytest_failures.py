"""How a story that does not hold reads in pytest, what it leaves behind, and what JUnit is told."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from teiden.events_file import read
from teiden.files.story_file import load_stories
from teiden.harness.artifacts import LONGEST, folder_name
from teiden.rehearsal import rehearse
from teiden.reports.properties import properties
from tests.repositories import FLUSH, Repository

pytest_plugins = ["pytester"]


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    return Repository(pytester)


@pytest.fixture
def unsafe(repository: Repository) -> Repository:
    """The control UPSes confirm before the linked disk is cut: a story and the site's check break."""
    repository.lower_the_control_confirm_time()
    return repository


# The text


def test_a_failure_explains_itself_without_a_traceback(unsafe: Repository) -> None:
    result = unsafe.run("scenarios/flush.yaml")
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert re.search(
        r"\n_+ flush\.yaml :: flush _+\n"
        r"scenarios/flush\.yaml:2: The linked disk never finishes its flush; the control .*\.\n"
        r"\n"
        r"broken   scenarios/flush\.yaml:13\n"
        r"         ups\.output_off ups4 < 100s < cluster\.stopping ssccluster\n"
        r"was      \d+ s, then \d+ s: .* apart, .* too close\n"
        r"also     line 12: cluster\.stopping ssccluster expected at 900 s \(10 s either way\), was \d+ s\n"
        r"cause    R6-14  scenarios/sites/reference\.yaml:22: .*\n"
        r"         .*needs 750 s .*has 700 s\n"
        r"\n"
        r"(?:    +\d+ s  .*\n)+"
        r"  > +\d+ s  .*\n"
        r"(?:  . +\d+ s  .*\n)+"
        r"\n"
        r"replay   teiden run scenarios/flush\.yaml --seed 0 --plot failure\.svg\n"
        r"=",
        text,
    )
    assert "Traceback" not in text
    assert "def " not in text
    assert "\nfiles " not in text


def test_a_site_fails_with_the_text_of_check_at_the_line_to_mend(unsafe: Repository) -> None:
    result = unsafe.run("scenarios/sites")
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines(
        [
            r"_+ reference\.yaml :: check _+",
            r"scenarios/sites/reference\.yaml:22: reference: 6 UPSes, .*",
            r"scenarios/sites/reference\.yaml:22:48: error R6-14: .*",
            r"   needs 750 s = .*",
            r"unsafe: 1 error, .*",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_a_site_that_passes_shows_its_warnings_to_whoever_asks(repository: Repository) -> None:
    result = repository.run("scenarios/sites", "-rP")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*teiden check*", "safe: 0 errors, *"])


def test_the_seed_of_the_command_line_is_played_and_named_in_the_replay(unsafe: Repository) -> None:
    result = unsafe.run("scenarios/flush.yaml", "--seed", "7")
    result.stdout.fnmatch_lines(["replay   teiden run scenarios/flush.yaml --seed 7 --plot failure.svg"])


def test_paths_count_from_where_pytest_was_called(
    unsafe: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(unsafe.path / "scenarios")
    result = unsafe.run("flush.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["flush.yaml:2: *", "cause*sites/reference.yaml:22:*", "replay   teiden run flush.yaml *"]
    )


def test_a_failure_is_told_in_the_language_that_was_asked_for(
    unsafe: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEIDEN_LANG", "ja")
    unsafe.run("scenarios/flush.yaml").stdout.fnmatch_lines(
        ["違反     scenarios/flush.yaml:13", "再現     teiden run *"]
    )


def test_a_mistake_of_ours_still_shows_its_traceback(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("teiden.rehearsal.play", fall)
    result = repository.run("scenarios/flush.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*rehearsal.py:*", "E *ZeroDivisionError: ours"])


# JUnit


def test_junit_carries_the_seed_the_margins_and_the_text(unsafe: Repository) -> None:
    unsafe.run("--junitxml", "junit.xml", "--seed", "3").assert_outcomes(passed=2, failed=2)
    cases = {case.get("name"): case for case in ET.parse(unsafe.path / "junit.xml").iter("testcase")}
    (story,) = load_stories(unsafe.path / "scenarios" / "flush.yaml")
    wanted = {name: str(value) for name, value in properties(rehearse(story, seed=3)).items()}
    told = {p.get("name"): p.get("value") for p in cases["flush"].iter("property")}
    assert told == wanted
    assert told["seed"] == "3"
    assert float(str(told["margin.linked_stop_s"])) < 100
    assert cases["flush"].get("classname") == "scenarios.flush.yaml"
    assert "broken   scenarios/flush.yaml:13" in str(cases["flush"].findtext("failure"))
    assert "error R6-14" in str(cases["check"].findtext("failure"))
    assert cases["blip[length=25s]"].find("failure") is None
    assert {p.get("name") for p in cases["blip[length=25s]"].iter("property")} >= {"seed", "site_hash"}


# Artifacts


@pytest.mark.long
@pytest.mark.parametrize("asked", ["option", pytest.param("setting", marks=pytest.mark.long)])
def test_a_failure_leaves_its_events_a_picture_and_a_page(unsafe: Repository, asked: str) -> None:
    if asked == "setting":
        unsafe.write("pytest.ini", "[pytest]\nteiden_artifacts = kept\n")
    arguments = ["--teiden-artifacts", "kept"] if asked == "option" else []
    result = unsafe.run(*arguments, "scenarios/flush.yaml", "scenarios/blip.yaml", "-W", "error")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["teiden: *; failures leave files in kept", "files    kept/flush/{events.jsonl,timeline.svg*"]
    )
    folder = unsafe.path / "kept" / "flush"
    assert [path.name for path in (unsafe.path / "kept").iterdir()] == ["flush"]

    (story,) = load_stories(unsafe.path / "scenarios" / "flush.yaml")
    assert [event.name for event in read(str(folder / "events.jsonl")).events] == [
        event.name for event in rehearse(story).told
    ]
    assert "</svg>" in (folder / "timeline.svg").read_text(encoding="utf-8")
    result.stdout.fnmatch_lines(["files    kept/flush/{events.jsonl,timeline.svg,report.html}"])
    assert story.sentence in (folder / "report.html").read_text(encoding="utf-8")


def test_artifacts_that_cannot_be_written_are_told_and_the_verdict_stands(unsafe: Repository) -> None:
    unsafe.write("kept", "a file stands in the way\n")
    result = unsafe.run("scenarios/flush.yaml", "--teiden-artifacts", "kept")
    result.assert_outcomes(failed=1)
    result.stdout.re_match_lines(
        [r"broken   scenarios/flush\.yaml:13", r"files    kept/flush/events\.jsonl: cannot be written: .+"]
    )
    assert "Traceback" not in result.stdout.str()


@pytest.mark.long
def test_stories_of_one_name_leave_their_files_apart(unsafe: Repository) -> None:
    unsafe.write("north/FLUSH.yaml", FLUSH.replace("site: ", "site: ../scenarios/"))
    result = unsafe.run("scenarios/flush.yaml", "north", "--teiden-artifacts", "kept")
    result.assert_outcomes(failed=2)
    folders = sorted(path.name for path in (unsafe.path / "kept").iterdir())
    assert len(folders) == 2
    assert all(re.fullmatch(r"(FLUSH|flush)-[0-9a-f]{8}", folder) for folder in folders)


@pytest.mark.parametrize(
    ("item", "folder"),
    [
        ("flush-never-ends", "flush-never-ends"),
        ("mains-back[back=25s]", "mains-back-back=25s"),
        ("rates[rate=64MiB/s,of=停電]", "rates-rate=64MiB-s-of=停電"),
        ("nul", "_nul"),
        ("Com1.yaml", "_Com1.yaml"),
        ("console", "console"),
        ("..", "_"),
        ("a: <b> ", "a-b"),
        ("x" * 300, "x" * LONGEST),
    ],
)
def test_a_folder_has_a_name_that_every_file_system_takes(item: str, folder: str) -> None:
    assert folder_name(item) == folder


# pytest-xdist


@pytest.mark.long
def test_workers_tell_the_same_as_one_process(unsafe: Repository, pytester: pytest.Pytester) -> None:
    alone = unsafe.run("--junitxml", "alone.xml", "--teiden-artifacts", "alone")
    shared = pytester.runpytest_subprocess(
        "-n", "2", "--junitxml", "shared.xml", "--teiden-artifacts", "shared"
    )
    alone.assert_outcomes(passed=2, failed=2)
    shared.assert_outcomes(passed=2, failed=2)

    def told(file: str) -> dict[str | None, tuple[object, ...]]:
        return {
            case.get("name"): (
                case.get("classname"),
                sorted((p.get("name"), p.get("value")) for p in case.iter("property")),
                str(case.findtext("failure")).replace("alone/", "kept/").replace("shared/", "kept/"),
            )
            for case in ET.parse(unsafe.path / file).iter("testcase")
        }

    assert told("shared.xml") == told("alone.xml")
    for file in ("events.jsonl", "timeline.svg"):
        texts = [(unsafe.path / folder / "flush" / file).read_bytes() for folder in ("alone", "shared")]
        assert texts[0] == texts[1]


@pytest.mark.long
def test_workers_refuse_a_rate_that_nobody_can_follow_in_words(
    repository: Repository, pytester: pytest.Pytester
) -> None:
    result = pytester.runpytest_subprocess("-n", "2", "--room", "snmp", "--rate", "99")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --rate 99: *"])
    assert "INTERNALERROR" not in result.stdout.str()
