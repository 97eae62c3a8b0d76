"""The command line as a whole: what there is, what each command prints, and the exit codes."""

from __future__ import annotations

import json
import re
import shlex
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from teiden.cli import main

ROOT = Path(__file__).parents[2]
SITE = ROOT / "scenarios" / "sites" / "reference.yaml"
STORY = ROOT / "scenarios" / "short-blip.yaml"
COMMANDS = ("check", "tree", "plan", "run", "plot", "schema")


def teiden(*args: object) -> Result:
    """Run it in this process; an exception that is not an exit code fails the test that asked."""
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def unsafe_site(tmp_path: Path) -> Path:
    text = SITE.read_text(encoding="utf-8").replace("confirm: 900s", "confirm: 700s")
    path = tmp_path / "unsafe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# What there is


def test_help_lists_the_commands_in_the_order_of_use() -> None:
    listed = re.findall(r"^  (\w+) ", teiden("--help").stdout, re.MULTILINE)
    assert tuple(name for name in listed if name in COMMANDS) == COMMANDS


def test_without_a_command_the_help_is_shown() -> None:
    assert "Commands:" in teiden().output


def test_version_names_itself() -> None:
    assert teiden("--version").stdout == f"teiden {version('teiden')}\n"


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=" ".join)
def test_every_help_ends_with_an_example_that_works_from_a_clone(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = teiden(*command, "--help").stdout.rstrip().splitlines()[-1].strip()
    program, name, *args = shlex.split(last.partition(" > ")[0])
    assert (program, name) == ("./run", "teiden")
    monkeypatch.chdir(ROOT)
    written = [str(tmp_path / arg) if arg.endswith(".svg") else arg for arg in args]
    result = teiden(*written)
    assert result.exit_code == 0
    assert result.stdout


# What each prints


def test_check_of_a_safe_site_ends_with_safe() -> None:
    result = teiden("check", SITE)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("safe: 0 errors")
    assert result.stderr == ""


def test_check_of_an_unsafe_site_shows_the_line_and_exits_with_1(unsafe_site: Path) -> None:
    result = teiden("check", unsafe_site)
    assert result.exit_code == 1
    assert f"{unsafe_site}:22:48: error R6-14" in result.stdout
    assert "^^^^" in result.stdout


def test_check_all_lists_every_rule() -> None:
    assert len(teiden("check", SITE, "--all").stdout) > len(teiden("check", SITE).stdout)


def test_check_explains_a_rule_without_a_site() -> None:
    result = teiden("check", "--explain", "r6-14")
    assert result.exit_code == 0
    assert result.stdout.startswith("R6-14")


def test_tree_shows_the_groups_in_any_script() -> None:
    assert "└── " in teiden("tree", SITE).stdout
    assert "Bladeサーバ" in teiden("tree", SITE).stdout


def test_plan_shows_the_margin_and_the_same_numbers_as_json() -> None:
    assert "margin 150 s" in teiden("plan", SITE).stdout
    assert json.loads(teiden("plan", SITE, "--json").stdout)["linked_stop"]["margin_s"] == 150


@pytest.mark.parametrize("kind", ["site", "story"])
def test_schema_is_what_is_shipped(kind: str) -> None:
    shipped = ROOT / "teiden" / "files" / "schema" / f"{kind}.json"
    assert teiden("schema", kind).stdout == shipped.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [("png", b"\x89PNG"), ("svg", b"<?xml"), pytest.param("pdf", b"%PDF", marks=pytest.mark.long)],
)
def test_plot_draws_what_the_name_says(suffix: str, begins: bytes, tmp_path: Path) -> None:
    picture = tmp_path / f"outage.{suffix}"
    result = teiden("plot", ROOT / "tests/fixtures/reference-outage.jsonl", "-o", picture)
    assert result.exit_code == 0
    assert re.fullmatch(rf"{re.escape(str(picture))}: \d+ events\n", result.stdout)
    assert picture.read_bytes().startswith(begins)


def test_plot_reads_standard_input(tmp_path: Path) -> None:
    events = (ROOT / "tests/fixtures/reference-outage.jsonl").read_bytes()
    picture = tmp_path / "outage.svg"
    result = CliRunner().invoke(main, ["plot", "-", "-o", str(picture), "--no-breaks"], input=events)
    assert result.exit_code == 0
    assert picture.exists()


# Wrong input: 2, in words


BINARY = b"schema: \x00\x01\x02"
WRONG_FILES = {
    "a missing file": None,
    "a directory": ...,
    "an empty file": b"",
    "a binary file": BINARY,
    "not UTF-8": "schema: 停電".encode("shift_jis"),
    "a tab": b"schema: teiden/site/1\n\tsite: x\n",
    "another kind of file": b"hello: world\n",
    "a list": b"- 1\n- 2\n",
    "broken YAML": b"schema: [teiden\n",
    "the wrong schema": b"schema: teiden/site/99\n",
}


@pytest.mark.parametrize("what", WRONG_FILES)
@pytest.mark.parametrize("command", ["check", "tree", "plan", "run", "plot"])
def test_a_wrong_file_is_named_and_never_a_traceback(command: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    content = WRONG_FILES[what]
    if content is ...:
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    more = ["-o", tmp_path / "x.svg"] if command == "plot" else []
    result = teiden(command, path, *more)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert str(path) in result.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nix"], "No such command"),
        (["--nix"], "No such option"),
        (["check"], "Missing argument 'SITE'"),
        (["check", "--explain", "R99"], "R99"),
        (["check", SITE, "more"], "more"),
        (["tree"], "Missing argument"),
        (["plan"], "Missing argument"),
        (["run"], "Missing argument"),
        (["run", SITE], "this is a site file, not a story file"),
        (["check", STORY], "this is a story file, not a site file"),
        (["run", STORY, "--item", "nix"], "no story here is called nix; known: short-blip"),
        (["run", STORY, "--item", "short-blib"], "did you mean"),
        (["run", STORY, "--seed", "x"], "--seed"),
        (["run", STORY, "--seed", "-1"], "--seed"),
        (["run", STORY, "--plot", "x.gif"], "x.gif: the name of a picture ends in .png, .svg, .pdf"),
        (["run", STORY, "--plot", "x"], ".png, .svg, .pdf"),
        (["run", STORY, "--json", "--events", "-"], "--json and --events -"),
        (["plot", "events.jsonl"], "--output"),
        (["plot", "events.jsonl", "-o", "x.jpeg"], ".png, .svg, .pdf"),
        (["schema"], "Missing argument"),
        (["schema", "room"], "'site', 'story'"),
    ],
    ids=lambda value: " ".join(Path(str(v)).name for v in value) if isinstance(value, list) else "",
)
def test_a_wrong_command_line_says_what_is_right(args: list[object], words: str) -> None:
    result = teiden(*args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_everything_wrong_with_several_files_is_told_at_once(tmp_path: Path) -> None:
    result = teiden("run", tmp_path / "one.yaml", tmp_path / "two.yaml", STORY)
    assert result.exit_code == 2
    assert "one.yaml: error: no such file" in result.stderr
    assert "two.yaml: error: no such file" in result.stderr


# What cannot be carried out: 3


@pytest.mark.parametrize("where", ["missing/x.svg", "is-a-folder.svg"])
def test_a_picture_that_cannot_be_written_is_exit_code_3(where: str, tmp_path: Path) -> None:
    (tmp_path / "is-a-folder.svg").mkdir()
    result = teiden("plot", ROOT / "tests/fixtures/reference-outage.jsonl", "-o", tmp_path / where)
    assert result.exit_code == 3
    assert f"{tmp_path / where}: cannot be written: " in result.stderr
