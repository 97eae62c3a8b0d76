"""`teiden plan SITE --tune`: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from teiden.cli import main

SITE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"


def teiden(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def unsafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    text = SITE.read_text(encoding="utf-8").replace("confirm: 900s", "confirm: 700s")
    path = tmp_path / "unsafe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_r6_14_a_safe_site_says_so_with_its_margins_and_exits_with_0() -> None:
    result = teiden("plan", SITE, "--tune")
    assert result.exit_code == 0
    assert "reference: safe as it is, with a margin of 60 s or more" in result.output
    assert "+150 s   30 + 420 + 300" in result.output
    assert "---" not in result.output


def test_r6_14_a_proposal_shows_values_reasons_and_the_diff_and_exits_with_1(unsafe: Path) -> None:
    result = teiden("plan", unsafe, "--tune")
    assert result.exit_code == 1
    assert "R6-14 needs 30 + 420 + 300 + 60 = 810 s, has 700 s" in result.output
    assert "--- unsafe.yaml\n+++ unsafe.yaml\n@@ " in result.output
    assert "confirm: 810s" in result.output


def test_write_puts_the_diff_into_a_file_and_nothing_but_the_table_on_the_screen(unsafe: Path) -> None:
    result = teiden("plan", unsafe, "--tune", "--write", "site.patch")
    assert "+++" not in result.output
    patch = (unsafe.parent / "site.patch").read_text(encoding="utf-8")
    assert patch.startswith("--- unsafe.yaml\n+++ unsafe.yaml\n@@ ")


def test_write_to_the_standard_output_leaves_it_to_the_diff_alone(unsafe: Path) -> None:
    result = teiden("plan", unsafe, "--tune", "--write", "-")
    assert result.stdout.startswith("--- unsafe.yaml\n")
    assert "R6-14 needs" in result.stderr


def test_a_patch_that_cannot_be_written_is_exit_code_3(unsafe: Path) -> None:
    result = teiden("plan", unsafe, "--tune", "--write", "no/such/folder/site.patch")
    assert result.exit_code == 3
    assert "no/such/folder/site.patch: cannot be written" in result.output


def test_values_found_that_cannot_be_written_are_shown_with_exit_code_3(unsafe: Path) -> None:
    text = unsafe.read_text(encoding="utf-8").replace("confirm: 700s", "confirm: &c 700s")
    unsafe.write_text(text.replace("runtime: 45m", "runtime: 45m, return_delay: *c"), encoding="utf-8")
    result = teiden("plan", unsafe, "--tune")
    assert result.exit_code == 3
    assert "ups3 confirm" in result.output
    assert "other values refer to it (&c)" in result.output


def test_r9_07_an_infeasible_site_names_the_inequality_and_exits_with_1(unsafe: Path) -> None:
    result = teiden("plan", unsafe, "--tune", "--keep", "confirm,shutdown_delay", "--keep", "flush_limit")
    assert result.exit_code == 1
    assert "reference: no values make it safe with a margin of 60 s" in result.output
    assert (
        "needs 810 s = 30 (ups4 confirm) + 420 (ups5, ups6 off) + 300 (flush_limit) + 60 (margin)"
        in result.output
    )
    assert "would help, but is kept: upses.ups" in result.output


def test_n1_what_only_a_person_can_do_is_said(unsafe: Path) -> None:
    text = SITE.read_text(encoding="utf-8").replace("lan1: {upses: [ups1, ups2]}", "lan1: {upses: [ups5]}")
    unsafe.write_text(text, encoding="utf-8")
    assert "by hand: lan1 upses: [ups1, ups2]" in teiden("plan", unsafe, "--tune").output


def test_json_has_the_values_the_reasons_and_the_patch(unsafe: Path) -> None:
    result = teiden("plan", unsafe, "--tune", "--json", "--lang", "ja")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["result"], told["margin_s"]) == (1, "proposed", 60.0)
    (change,) = told["changes"]
    assert (change["key"], change["from"], change["to"]) == ("upses.ups3.confirm", 700.0, 810.0)
    assert change["because"]["rule"] == "R6-14"
    assert (
        change["because"]["needs_in_words"] == "30 (ups4 confirm) + 420 (ups5, ups6 off) + 300 (flush_limit)"
    )
    assert told["patch"].startswith("--- ")
    assert min(m["margin_s"] for m in told["margins"]) >= 60
    assert json.loads(teiden("plan", SITE, "--tune", "--json").stdout)["result"] == "safe"


def test_japanese_is_spoken(unsafe: Path) -> None:
    output = teiden("plan", unsafe, "--tune", "--lang", "ja").output
    assert "R6-14 必要 30 + 420 + 300 + 60 = 810 s、設定 700 s" in output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--tune", "--margin", "60"), "`60` has no unit"),
        (("--tune", "--margin", "-5s"), "is negative"),
        (("--tune", "--margin", "soon"), "is not a duration"),
        (("--tune", "--keep", "ups9"), "ups9 is no value that could be changed"),
        (("--tune", "--json", "--write", "-"), "both want the standard output"),
        (("--margin", "60s"), "--margin goes with --tune"),
        (("--keep", "runtime"), "--keep goes with --tune"),
        (("--write", "x.patch"), "--write goes with --tune"),
    ],
)
def test_wrong_options_are_exit_code_2_and_say_what_is_wrong(args, said) -> None:
    result = teiden("plan", SITE, *args)
    assert result.exit_code == 2
    assert said in result.output


def test_a_file_that_is_no_site_is_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("upses: 3\n", encoding="utf-8")
    assert teiden("plan", tmp_path / "x.yaml", "--tune").exit_code == 2
    assert teiden("plan", tmp_path / "none.yaml", "--tune").exit_code == 2
