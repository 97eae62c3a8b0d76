"""`teiden check --format json|github`: what scripts and pull requests get."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from teiden.cli import main
from teiden.files.site_file import load_site, site_from_text
from teiden.language.say import speaking
from teiden.rules.formats import github_text, json_text
from teiden.rules.report import check

REFERENCE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"
VER1 = {"product": "ver1.02", "linkage.flush_limit": "1200s"}


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["check", *args])
    return done.exit_code, done.output


def ver1(tmp_path: Path) -> Path:
    text = REFERENCE.read_text(encoding="utf-8").replace("product: ver2.1", "product: ver1.02")
    site = tmp_path / "ver1.yaml"
    site.write_text(text.replace("flush_limit: 300s", "flush_limit: 1200s"), encoding="utf-8")
    return site


def test_json_says_rule_place_numbers_and_what_to_set(tmp_path) -> None:
    site = ver1(tmp_path)
    code, output = run(str(site), "--format", "json")
    told = json.loads(output)
    assert code == 1
    assert (told["schema"], told["site"], told["file"], told["safe"]) == (
        "teiden/check/1",
        "reference",
        str(site),
        False,
    )
    (found,) = [f for f in told["findings"] if f["rule"] == "R6-14"]
    lines = site.read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.startswith("  ups3:"))
    assert (found["severity"], found["file"], found["line"]) == ("error", str(site), line)
    assert lines[line - 1][found["col"] - 1 :].startswith("900s")
    assert (found["needs"], found["has"], found["margin"], found["unit"]) == (1650, 900, -750, "s")
    assert found["key"] == ["upses", "ups3", "confirm"]
    first, second = found["remedies"]
    assert first["set"][0] == {"key": ["upses", "ups3", "confirm"], "value": 1660, "bound": None}
    assert second["set"] == [{"key": ["linkage", "flush_limit"], "value": 440, "bound": "or less"}]
    assert second["text"] == "flush_limit: 440s or less, if the array's manual allows it"


def test_json_of_a_safe_site_has_every_margin_and_exit_code_0() -> None:
    code, output = run(str(REFERENCE), "--format", "json")
    told = json.loads(output)
    assert (code, told["safe"], told["errors"], told["warnings"], told["notes"]) == (0, True, 0, 0, 1)
    assert {"rule": "R6-14", "margin": 150.0}.items() <= told["margins"][6].items() or any(
        m["rule"] == "R6-14" and m["margin"] == 150.0 for m in told["margins"]
    )
    assert all(set(m) == {"rule", "title", "needs", "has", "margin", "unit"} for m in told["margins"])


def test_json_is_english_whatever_the_reader_speaks(monkeypatch) -> None:
    _, english = run(str(REFERENCE), "--format", "json")
    monkeypatch.setenv("TEIDEN_LANG", "ja")
    assert run(str(REFERENCE), "--format", "json")[1] == english


def test_what_is_not_in_the_file_is_null(reference, as_file, setting) -> None:
    told = json.loads(json_text(check(as_file(setting(reference, cluster__linked=False)))))
    (found,) = [f for f in told["findings"] if f["rule"] == "R7-01"]
    assert (found["line"], found["col"], found["needs"], found["margin"]) == (None, None, None, None)


def test_github_annotates_the_line(tmp_path) -> None:
    site = ver1(tmp_path)
    code, output = run(str(site), "--format", "github")
    assert code == 1
    (line,) = [text for text in output.splitlines() if "title=R6-14" in text]
    assert re.match(
        rf"::error file={re.escape(str(site))},line=\d+,col=\d+,endColumn=\d+,title=R6-14 [^:,]*::", line
    )
    assert (
        line.partition("::error ")[2]
        .partition("::")[2]
        .startswith(
            "the control site stops while linkeddisk may still be flushing%0A"
            "1650 s (30 + 420 + 1200) > 900 s%0Aups3 confirm: 1660s and ups1, ups2 confirm: 1690s"
        )
    )
    assert {text.split(" ")[0] for text in output.splitlines()} == {"::error", "::warning", "::notice"}


@pytest.mark.parametrize("name", ["a,b:c%d.yaml", "x\ny.yaml"])
def test_github_escapes_what_would_end_a_property(name) -> None:
    told = github_text(check(site_from_text(REFERENCE.read_text(encoding="utf-8"), name)))
    (line,) = told.splitlines()
    file = line.partition("file=")[2].partition(",line=")[0]
    assert not set(file) & set(",:\n\r")
    unescaped = file
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%25", "%")):
        unescaped = unescaped.replace(code, character)
    assert unescaped == name


def test_github_escapes_per_cent_in_a_message(setting, reference, as_file) -> None:
    told = github_text(check(as_file(setting(reference, ups5__runtime_s=500.0))))
    (line,) = [text for text in told.splitlines() if "title=S17" in text]
    assert "96 %25 of its battery" in line


def test_github_speaks_the_readers_language() -> None:
    with speaking("ja"):
        told = github_text(check(load_site(REFERENCE)))
    assert "出荷時" in told
    assert told.startswith("::notice file=")


def test_a_wrong_file_is_exit_code_2_in_every_format(tmp_path) -> None:
    site = tmp_path / "bad.yaml"
    site.write_text("schema: teiden/site/1\nsite: x\n", encoding="utf-8")
    for form in ("text", "json", "github"):
        assert run(str(site), "--format", form)[0] == 2


def test_an_unknown_format_is_refused() -> None:
    code, output = run(str(REFERENCE), "--format", "xml")
    assert code == 2
    assert "'text', 'json', 'github'" in output


def test_the_examples_of_the_help_work(monkeypatch) -> None:
    monkeypatch.chdir(REFERENCE.parents[2])
    _, told = run("--help")
    examples = re.findall(r"\./run teiden (check .*)", told)
    assert len(examples) >= 3
    for example in examples:
        assert CliRunner().invoke(main, example.split()).exit_code == 0, example


def test_the_shape_is_as_the_page_says(tmp_path) -> None:
    page = (REFERENCE.parents[2] / "docs" / "check.md").read_text(encoding="utf-8")
    shown = json.loads(page.partition("```json\n")[2].partition("```")[0])
    text = REFERENCE.read_text(encoding="utf-8").replace("confirm: 900s", "confirm: 700s")
    (tmp_path / "my-site.yaml").write_text(text, encoding="utf-8")
    told = json.loads(run(str(tmp_path / "my-site.yaml"), "--format", "json")[1])
    (found,) = [f for f in told["findings"] if f["rule"] == "R6-14"]
    assert list(shown) == list(told)
    assert shown["findings"][0] == found | {"file": "my-site.yaml"}
    assert shown["margins"][0] in told["margins"]
    assert shown["rules"] == told["rules"]
