"""The reports of `teiden run` on the command line: together, with many stories, onto disks that refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from teiden import rehearsal
from teiden.cli import main
from tests.rehearsed import SCENARIOS, broken_file

BLIP = SCENARIOS / "short-blip.yaml"
BACK = SCENARIOS / "mains-back-mid-shutdown.yaml"


def run(*args: object) -> Result:
    result = CliRunner().invoke(main, ["run", *map(str, args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def cases(path: Path) -> list[ET.Element]:
    return list(ET.parse(path).getroot().iter("testcase"))


def test_one_report_has_all_stories_and_each_story_has_a_page(tmp_path: Path) -> None:
    wrong = broken_file(tmp_path)
    result = run(wrong, BLIP, "--junit", tmp_path / "r.xml", "--html", tmp_path / "p.html")
    assert result.exit_code == 1
    assert [case.get("name") for case in cases(tmp_path / "r.xml")] == ["flush-never-ends", "short-blip"]
    assert sorted(path.name for path in tmp_path.glob("*.html")) == [
        "p.flush-never-ends.html",
        "p.short-blip.html",
    ]
    last = result.stdout.splitlines()[-1]
    assert f"pages {tmp_path / 'p.*.html'} (2 files)" in last
    assert last.endswith(f"report {tmp_path / 'r.xml'}")


def test_a_file_that_is_wrong_does_not_stop_the_others_and_stands_in_the_report(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: teiden/story/1\nstori: Misspelt.\nuntil: 4\n", encoding="utf-8")

    result = run(bad, BLIP, "--junit", tmp_path / "r.xml")

    assert result.exit_code == 2
    assert result.stdout.startswith("The mains are away for 25 seconds")
    assert "HOLDS" in result.stdout
    assert f"{bad}:2:1: error: unknown key `stori`" in result.stderr
    assert f"{bad}:3:8: error: " in result.stderr
    refused, played = cases(tmp_path / "r.xml")
    assert (refused.get("name"), played.get("name")) == ("bad.yaml", "short-blip")
    (error,) = refused.iter("error")
    assert str(error.get("message")).startswith(f"{bad}:")
    assert "unknown key `stori`" in str(error.text)
    (suite,) = (s for s in ET.parse(tmp_path / "r.xml").getroot() if s.get("errors") == "1")
    assert suite.get("file") == str(bad)


def test_with_nothing_to_play_every_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("schema: teiden/story/1\n", encoding="utf-8")

    result = run(tmp_path / "one.yaml", tmp_path / "two.yaml", "--junit", tmp_path / "r.xml")

    assert result.exit_code == 2
    assert "one.yaml:1:1: error" in result.stderr
    assert "two.yaml:1:1: error" in result.stderr


def test_all_outputs_go_together(tmp_path: Path) -> None:
    names = {"--events": "e.jsonl", "--plot": "x.svg", "--html": "p.html", "--junit": "r.xml"}
    args = [part for option, name in names.items() for part in (option, tmp_path / name)]
    result = run(BLIP, *args, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["holds"] is True
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names.values())


def test_a_single_story_names_its_files_beside_its_verdict(tmp_path: Path) -> None:
    last = run(BLIP, "--html", tmp_path / "p.html", "--junit", tmp_path / "r.xml").stdout.splitlines()[-1]
    assert last.endswith(f"page {tmp_path / 'p.html'}   report {tmp_path / 'r.xml'}")


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_the_verdict_is_told_though_no_report_can_be_written(
    tmp_path: Path, as_json: tuple[str, ...]
) -> None:
    result = run(BLIP, "--html", tmp_path / "no" / "p.html", "--junit", tmp_path / "no" / "r.xml", *as_json)
    assert result.exit_code == 3
    assert ('"holds": true' if as_json else "HOLDS") in result.stdout
    assert result.stderr.count("cannot be written: no such file or directory") == 2


@pytest.mark.parametrize(
    ("option", "name", "kinds"),
    [("--html", "p.pdf", ".html, .htm"), ("--junit", "r.json", ".xml"), ("--html", "-", ".html")],
)
def test_a_file_of_another_kind_is_refused_before_anything_is_played(
    tmp_path: Path, option: str, name: str, kinds: str
) -> None:
    result = run(BLIP, option, name)
    assert result.exit_code == 2
    assert f"ends in {kinds}" in result.stderr
    assert "HOLDS" not in result.stdout


def test_ctrl_c_leaves_a_report_of_what_was_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play: Callable[..., rehearsal.Rehearsal] = rehearsal.rehearse
    played: list[str] = []

    def impatient(story: rehearsal.Story, **settings: int) -> rehearsal.Rehearsal:
        if len(played) == 2:
            raise KeyboardInterrupt
        played.append(story.name)
        return play(story, **settings)

    monkeypatch.setattr(rehearsal, "rehearse", impatient)
    assert run(BACK, "--junit", tmp_path / "r.xml").exit_code == 130
    assert [case.get("name") for case in cases(tmp_path / "r.xml")] == played


def test_scripts_are_told_why_what_was_near_and_how_to_see_it_again(tmp_path: Path) -> None:
    wrong = broken_file(tmp_path)
    told = json.loads(run(wrong, BLIP, "--json", "--lang", "ja").stdout)
    bad, good = told["stories"]
    assert bad["causes"][0].startswith("R6-14  ")
    assert [row["what"] for row in bad["around"] if row["broken"]][-1] == "ssccluster stopping"
    assert bad["replay"] == f"teiden run {wrong} --seed 0 --plot failure.svg"
    (flush,) = (margin for margin in bad["margins"] if margin["key"] == "flush.linkeddisk_s")
    assert (flush["plan_s"], flush["limit_s"]) == (None, 300.0)
    assert flush["value_s"] == pytest.approx(300, abs=0.1)
    assert (good["causes"], good["around"]) == ([], [])


@pytest.mark.long
def test_no_stream_of_events_is_kept_once_its_story_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many items, broken ones too: a report keeps a row for each, not the run."""
    import gc
    import weakref

    play: Callable[..., rehearsal.Rehearsal] = rehearsal.rehearse
    alive: list[weakref.ref[rehearsal.Rehearsal]] = []
    most = 0

    def counting(story: rehearsal.Story, **settings: int) -> rehearsal.Rehearsal:
        nonlocal most
        gc.collect()
        most = max(most, sum(ref() is not None for ref in alive))
        found = play(story, **settings)
        alive.append(weakref.ref(found))
        return found

    monkeypatch.setattr(rehearsal, "rehearse", counting)
    broken = broken_file(tmp_path)
    text = broken.read_text(encoding="utf-8").replace("lost_for: 2h", 'lost_for: "{away}"')
    broken.write_text(text + "vary:\n  away: [2h, 121m, 122m, 123m]\n", encoding="utf-8")
    assert run(broken, "--junit", tmp_path / "r.xml").exit_code == 1
    assert len(alive) == 4
    assert most <= 1
