"""The live view: what it shows of a run at an instant, when it opens, how fast it passes."""

from __future__ import annotations

import io
import time
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from sequencer.events import Stream
from teiden import live_view
from teiden.cli import main
from teiden.commands import console as commands_console
from teiden.files.story_file import load_stories
from teiden.narrate import main_rows
from teiden.rehearsal import Rehearsal, rehearse
from teiden.scene import Scene

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@cache
def outage() -> Rehearsal:
    return rehearse(load_stories(SCENARIOS / "site-outage.yaml")[0])


def terminal(width: int = 120, height: int = 40) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, height=height, color_system=None)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def scene_at(after_s: float) -> Scene:
    scene = Scene()
    for event in outage().events:
        if event.t <= 600 + after_s:
            scene.take(event)
    scene.t = 600 + after_s
    return scene


def drawn_at(after_s: float, width: int = 120) -> str:
    scene, console = scene_at(after_s), terminal(width)
    rows = [row for row in main_rows(outage().rows) if row.t <= scene.t]
    console.print(live_view.picture(scene, outage().story.start, rows))
    return shown(console)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody sleeps; how long they would have."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.mark.parametrize(
    ("after_s", "words"),
    [
        (-1, ["mains on", "ups1 ██████████ 100 % on line", "● blade1    up", "● ssccluster running"]),
        (40, ["utility LOST", "off in 413 s", "◐ blade1    shutting down 7 s"]),
        (500, ["ups5 █████████░  89 % off", "◐ linkeddisk  flushing 45 s", "○ rack2     halted"]),
        (1500, ["ups1 ███████░░░  70 % off", "○ controldisk off", "○ ssccluster stopped"]),
        (7300, ["incident open", "◐ control1   booting 40 s"]),
        (9000, ["mains on", "● rack2     up"]),
    ],
)
def test_a_picture_shows_every_device_as_it_is(after_s: float, words: list[str]) -> None:
    drawn = " ".join(drawn_at(after_s).split())
    for word in words:
        assert " ".join(word.split()) in drawn


@pytest.mark.parametrize("width", [40, 80, 100, 120, 200])
def test_a_picture_fits_its_terminal(width: int) -> None:
    assert all(len(line) <= width for line in drawn_at(700, width).splitlines())


def test_batteries_are_drawn_on_between_two_tellings() -> None:
    early, late = scene_at(700).charge_pct("ups3"), scene_at(850).charge_pct("ups3")
    assert early is not None
    assert late is not None
    assert 60 < late < early < 90


def test_a_short_run_opens_no_live_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short for what this machine has to do beside it."""
    monkeypatch.setattr(live_view, "PATIENCE_S", 60.0)
    story, stream, console = outage().story, Stream(), terminal()
    with live_view.following(stream, story, console):
        rehearse(story, stream=stream)
    assert shown(console) == ""


@pytest.mark.long
def test_a_long_run_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_view, "PATIENCE_S", 0.0)
    monkeypatch.setattr(live_view, "REDRAW_S", 0.0)
    (blip,) = load_stories(SCENARIOS / "short-blip.yaml")
    stream, console = Stream(), terminal()
    with live_view.following(stream, blip, console):
        rehearse(blip, stream=stream)
    assert "utility LOST" in shown(console)
    assert "10 min of 1 h" in shown(console)


def test_watching_ends_with_everything_up(no_waiting: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        live_view, "FRAME_S", 4 * live_view.FRAME_S
    )  # a quarter of the pictures shows as much
    console = terminal()
    assert live_view.watch(outage(), console)
    assert "incident closed" in shown(console).rpartition("CONTROL")[2]
    assert 3 < sum(no_waiting) < 12


def test_quiet_hours_pass_quickly() -> None:
    times = live_view.frames([600.0, 7800.0], 14400.0)
    assert len(times) * live_view.FRAME_S < 2
    assert times[-1] == 7800.0
    assert times == sorted(times)


def test_frames_of_a_run_without_rows() -> None:
    assert live_view.frames([], 3600.0)[-1] == 3600.0


def test_ctrl_c_while_watching_still_tells_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    monkeypatch.setattr(commands_console, "is_terminal", lambda *, plain=False: not plain)
    result = CliRunner().invoke(main, ["run", str(SCENARIOS / "short-blip.yaml"), "--watch"])
    assert result.exit_code == 130
    assert "HOLDS" in result.stdout


@pytest.mark.parametrize("settings", [{"TERM": "dumb"}, {"TERM": "xterm"}], ids=str)
def test_piped_there_is_only_the_plain_table(settings: dict[str, str]) -> None:
    result = CliRunner(env=settings).invoke(main, ["run", str(SCENARIOS / "short-blip.yaml"), "--watch"])
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_colours_only_change_the_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setattr(commands_console, "is_terminal", lambda *, plain=False: not plain)
    story = str(SCENARIOS / "short-blip.yaml")
    coloured = CliRunner().invoke(main, ["run", story], color=True).stdout
    plain = CliRunner().invoke(main, ["run", story, "--plain"], color=True).stdout
    assert "\x1b[32m\x1b[1mHOLDS\x1b[0m" in coloured
    assert "\x1b" not in plain
