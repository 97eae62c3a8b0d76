"""`teiden run`: one story as a table, several in a line each; files, JSON, what broke and why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from teiden import events_file, rehearsal
from teiden.cli import main

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
OUTAGE = SCENARIOS / "site-outage.yaml"
BLIP = SCENARIOS / "short-blip.yaml"
BACK = SCENARIOS / "mains-back-mid-shutdown.yaml"


def run(*args: object) -> Result:
    result = CliRunner().invoke(main, ["run", *map(str, args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines_of(*args: object) -> list[str]:
    return run(*args).stdout.splitlines()


@pytest.fixture
def broken_story(tmp_path: Path) -> Path:
    """The flush never ends, and the control site stops too early for that."""
    text = f"""schema: teiden/story/1
story: The linked disk never finishes its flush.
site: {SCENARIOS / "sites" / "reference.yaml"}
with: {{upses.ups3.confirm: 700s}}
until: 4h
events:
  - {{at: 10m, mains: utility, lost_for: 2h}}
  - {{at: 0s, fault: flush_never_ends, subject: linkeddisk}}
expect:
  tolerance: 10s
  at:
    - cluster.stopping ssccluster: 900s
  before: [ups.output_off ups4 < 100s < cluster.stopping ssccluster]
"""
    path = tmp_path / "flush-never-ends.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# One story


def test_one_story_is_its_sentence_a_table_numbers_and_the_verdict() -> None:
    lines = lines_of(OUTAGE)
    assert (
        lines[0]
        == "The mains of the whole site fail for two hours; everything stops in order and comes back."
    )
    assert lines[1].split() == ["after", "clock", "what", "because"]
    assert lines[2].split()[:3] == ["0", "s", "14:10:00"]
    assert any(line.startswith("  margins   linked disk cut -> control stop ") for line in lines)
    assert any(line.startswith("  lowest    ups1 ") for line in lines)
    assert re.fullmatch(
        r"HOLDS  (\d+) of \1 expectations, 45 of 45 invariants   4 h in \d+ ms   seed 0", lines[-1]
    )


def test_a_quiet_story_is_two_rows() -> None:
    lines = lines_of(BLIP)
    assert lines[2].endswith("  0 s  14:10:00  utility lost; ups1 .. ups6 on battery")
    assert lines[3].endswith(" 25 s  14:10:25  utility restored; ups1 .. ups6 on line")
    assert lines[4] == ""


def test_details_shows_every_row() -> None:
    assert len(lines_of(OUTAGE, "--details")) > 2 * len(lines_of(OUTAGE))


def test_the_seed_is_told_and_counts() -> None:
    assert lines_of(BLIP, "--seed", 7)[-1].endswith("seed 7")


# What broke


def test_a_broken_story_is_explained(broken_story: Path) -> None:
    result = run(broken_story)
    assert result.exit_code == 1
    text = result.stdout
    assert (
        f"broken   {broken_story}:13\n         ups.output_off ups4 < 100s < cluster.stopping ssccluster\n"
        in text
    )
    assert re.search(r"^was      \d+ s, then \d+ s: .* too close$", text, re.MULTILINE)
    assert "also     line 12: cluster.stopping ssccluster expected at 900 s (10 s either way), was 75" in text
    assert "cause    R6-14" in text
    assert "needs 750 s" in text
    assert f"replay   teiden run {broken_story} --seed 0 --plot failure.svg" in text
    assert re.search(r"^  > +\d+ s .*ssccluster stopping", text, re.MULTILINE)
    assert text.splitlines()[-1].startswith("BROKEN  0 of 2 expectations")


def test_a_broken_story_among_others_shows_only_what_is_near(broken_story: Path) -> None:
    result = run(broken_story, BLIP)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert lines[0].startswith("BROKEN  flush-never-ends  ")
    assert lines[1].startswith("HOLDS   short-blip        ")
    assert lines[-1].startswith("BROKEN  1 of 2 stories hold")
    assert "utility restored" not in result.stdout
    assert re.search(r"^  > \d+ s  ssccluster stopping", result.stdout, re.MULTILINE)


def test_a_declared_break_holds_and_is_told() -> None:
    line = lines_of(SCENARIOS / "weak-battery.yaml", "--item", "weak-battery")[-1]
    assert line.startswith("HOLDS")
    assert "S18" in line
    assert "as declared" in line


def test_a_break_that_was_declared_and_did_not_come_is_broken(tmp_path: Path) -> None:
    text = BLIP.read_text(encoding="utf-8").replace("site: sites", f"site: {SCENARIOS}/sites")
    story = tmp_path / "blip.yaml"
    story.write_text(text + "breaks: [S18]\n", encoding="utf-8")
    result = run(story)
    assert result.exit_code == 1
    assert "the story declares that this breaks, and it held" in result.stdout


# Several


def test_each_item_of_a_vary_has_a_line() -> None:
    lines = lines_of(BACK)
    assert len(lines) == 13
    assert all(re.match(r"HOLDS   mains-back-mid-shutdown\[back=\d+s\] +\d+ of", line) for line in lines[:11])
    assert re.fullmatch(r"HOLDS  all 11 stories   2 d 18 h in \d+ ms   seed 0", lines[-1])


@pytest.mark.parametrize("item", ["back=25s", "mains-back-mid-shutdown[back=25s]"])
def test_one_item_is_chosen_by_its_name_or_its_parameters(item: str) -> None:
    lines = lines_of(BACK, "--item", item)
    assert lines[0].startswith("The mains come back after 25s")


def test_several_items_are_chosen_together() -> None:
    assert lines_of(BACK, "--item", "back=25s", "--item", "back=60s")[-1].startswith("HOLDS  all 2 stories")


def test_a_base_name_chooses_all_of_its_items() -> None:
    assert lines_of(BACK, BLIP, "--item", "mains-back-mid-shutdown")[-1].startswith("HOLDS  all 11 stories")


def test_a_file_named_twice_is_played_once() -> None:
    assert lines_of(BLIP, BLIP)[-1].startswith("HOLDS  14 of 14 expectations")


# Files


def test_events_are_written_and_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    result = run(BLIP, "--events", first)
    run(BLIP, "--events", second)
    assert result.stdout.rstrip().endswith(f"events {first}")
    assert first.read_bytes() == second.read_bytes()
    assert events_file.read(str(first)).header["story"] == "short-blip"


def test_the_written_stream_ends_with_the_verdict(tmp_path: Path) -> None:
    run(BLIP, "--events", tmp_path / "e.jsonl")
    last = events_file.read(str(tmp_path / "e.jsonl")).events[-1]
    assert (last.name, last.details["holds"]) == ("run.ended", True)


def test_several_stories_write_a_file_each_and_say_so(tmp_path: Path) -> None:
    result = run(BACK, "--item", "back=25s", "--item", "back=60s", "--events", tmp_path / "e.jsonl")
    assert result.stdout.rstrip().endswith(f"events {tmp_path / 'e.*.jsonl'} (2 files)")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "e.mains-back-mid-shutdown-back=25s.jsonl",
        "e.mains-back-mid-shutdown-back=60s.jsonl",
    ]


def test_events_on_standard_output_leave_the_table_to_standard_error() -> None:
    result = run(BLIP, "--events", "-")
    assert all(json.loads(line)["event"] for line in result.stdout.splitlines())
    assert "HOLDS" in result.stderr


def test_the_picture_of_a_run_is_the_picture_of_its_events(tmp_path: Path) -> None:
    direct, later = tmp_path / "direct.svg", tmp_path / "later.svg"
    assert "picture" in run(BLIP, "--plot", direct, "--events", tmp_path / "e.jsonl").stdout
    assert CliRunner().invoke(main, ["plot", str(tmp_path / "e.jsonl"), "-o", str(later)]).exit_code == 0
    assert direct.read_bytes() == later.read_bytes()


def test_a_verdict_is_told_though_its_files_cannot_be_written(tmp_path: Path) -> None:
    result = run(BLIP, "--events", tmp_path / "no" / "e.jsonl", "--plot", tmp_path / "no" / "x.svg")
    assert result.exit_code == 3
    assert result.stdout.splitlines()[-1].startswith("HOLDS")
    assert "picture" not in result.stdout.splitlines()[-1]
    assert result.stderr.count("cannot be written: no such file or directory") == 2


# For scripts


def test_json_is_the_verdict_and_nothing_else(broken_story: Path) -> None:
    result = run(broken_story, BLIP, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["holds"], [story["holds"] for story in told["stories"]]) == (False, [False, True])
    before = next(e for e in told["stories"][0]["expectations"] if e["kind"] == "before")
    assert (before["status"], before["line"]) == ("broken", 13)
    assert {i["id"] for i in told["stories"][1]["invariants"]} >= {"S1", "S18", "L1"}
    assert "lowest_charge.ups1_pct" in told["stories"][1]["properties"]


def test_json_is_the_same_each_time() -> None:
    assert run(BLIP, "--json").stdout == run(BLIP, "--json").stdout


# Ctrl-C


def test_ctrl_c_is_130_and_keeps_what_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    play: Callable[..., rehearsal.Rehearsal] = rehearsal.rehearse
    played: list[str] = []

    def impatient(story: rehearsal.Story, **settings: int) -> rehearsal.Rehearsal:
        if played:
            raise KeyboardInterrupt
        played.append(story.name)
        return play(story, **settings)

    monkeypatch.setattr(rehearsal, "rehearse", impatient)
    result = run(BACK)
    assert result.exit_code == 130
    assert result.stdout.startswith("HOLDS   mains-back-mid-shutdown[back=25s]")
    assert result.stderr == "interrupted\n"
