"""The pages on live mode, typed: what they show is what comes."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.faults import catalogue
from teiden import compose
from teiden.cli import main
from teiden.emulator.control import CARD, HELP
from teiden.files.site_file import load_site
from teiden.proved import why_not_armed

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
STORY = """\
schema: teiden/story/1
story: The mains are away for two hours.
site: annex.yaml
events:
  - {at: 10m, mains: utility, lost_for: 2h}
until: 5h
"""
LIMIT_S = 180.0
"""Of wall time, for anything that is waited for here."""


def page(name: str) -> str:
    return (HOWTO / name).read_text(encoding="utf-8")


def typed(name: str) -> list[tuple[str, list[str]]]:
    """Each command of a page, with the lines that it shows."""
    found = []
    for block in CONSOLE.findall(page(name)):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            found.append((command, [line for line in shown if line != "..."]))
    return found


def missing(shown: list[str], printed: str) -> str | None:
    """The first line of the page that was not printed, in its order; `...` stands for anything."""
    rest = (any_numbers(line) for line in printed.splitlines())
    for line in shown:
        pattern = re.escape(any_numbers(line)).replace(r"\.\.\.", ".*")
        if not any(re.fullmatch(pattern, one) for one in rest):
            return line
    return None


def any_numbers(line: str) -> str:
    """Neither numbers, nor durations in their one or two units, nor the width of columns count."""
    line = re.sub(r"(?<!\w)(?:[\d.]+|N) (?:ms|s|min|h)\b(?: \d+ (?:s|min)\b)?", "TIME", line)
    return " ".join(re.sub(r"(?<!\w)\d[\d.:-]*", "N", line).split())


@pytest.fixture
def annex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site of the pages, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (whole, *_) = re.findall(r"^```yaml\n(.*?)^```", page("connections.md"), re.MULTILINE | re.DOTALL)
    Path("annex.yaml").write_text(whole, encoding="utf-8")
    Path("power-cut.yaml").write_text(STORY, encoding="utf-8")
    return tmp_path


def teiden(command: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "teiden"
    return CliRunner().invoke(main, arguments).output


def test_x12_the_page_goes_from_a_checked_site_to_one_that_is_refused_when_it_has_changed(
    annex: Path,
) -> None:
    done = []
    for command, shown in typed("live.md"):
        if not command.startswith(("teiden check", "teiden prove", "teiden live")):
            continue
        if "--arm" in command:
            site = Path("annex.yaml")
            site.write_text(site.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert missing(shown, teiden(command)) is None, command
        done.append(command.split()[1])
    assert done == ["check", "prove", "live"]


# R6-45, R7-06: what is set counts when the service starts anew
def test_r3_03_a_service_goes_by_the_file_as_it_was_at_its_start_and_the_new_one_has_to_be_proved(
    annex: Path,
) -> None:
    teiden("teiden prove annex.yaml power-cut.yaml")
    running = compose.orders(load_site("annex.yaml"), "control1", armed=True)
    assert why_not_armed("annex.yaml", running.site_hash) == ""
    text = Path("annex.yaml").read_text(encoding="utf-8")
    Path("annex.yaml").write_text(text.replace("confirm: 1100s", "confirm: 1110s"), encoding="utf-8")
    started_anew = compose.orders(load_site("annex.yaml"), "control1", armed=True)
    assert [o.site.upses["ups3"].confirm_s for o in (running, started_anew)] == [1100, 1110]
    assert running.site_hash != started_anew.site_hash
    assert "has changed since" in why_not_armed("annex.yaml", started_anew.site_hash)


def test_what_can_be_said_to_a_room_stands_on_its_page() -> None:
    (told,) = re.findall(r"<!-- the help -->\n\n((?:    .*\n)+)", page("emulate.md"))
    lines = HELP.format(faults="", card=", ".join(CARD)).replace("as in stories: ", "as in stories")
    assert [line[4:] for line in told.splitlines()] == lines.splitlines()
    assert all(
        f"`{name}`" in (HOWTO / "../reference/story.md").read_text("utf-8") for name in catalogue.BY_NAME
    )


@pytest.mark.parametrize("words", ["no rehearsal", "1100.5 s ups4 off", "ups1  on line  99 %"])
def test_another_line_than_the_pages_is_seen(words: str) -> None:
    assert missing(["annex: control1 commands: the node you are on"], words)


# An emulated room, and services on its nodes


@pytest.mark.long
def test_the_pages_typed_into_an_emulated_room(annex: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (begin, shown), *tells = typed("emulate.md")
    with background(f"{begin} --rate 2") as room:
        told = room.until(lambda text: "`help` says" in text)
        assert missing(shown, told) is None
        for command, shown in tells:
            assert missing(shown, teiden(command)) is None, command
        monkeypatch.setenv("TEIDEN_SOCKET", "room/control1/requests.sock")
        live = "teiden live annex.yaml --book room/book.json --node"
        with background(f"{live} control1"), background(f"{live} control2"):
            looks = [shown for command, shown in typed("live.md") if command == "teiden status"]
            assert len(looks) == 2
            came(looks[0])
            teiden("teiden emulate --tell room lose ups4")
            came(looks[1])
        (stream,) = Path("room/control1/events").glob("*.jsonl")
        assert re.match(r"outage.svg: \d+ events", teiden(f"teiden plot {stream} -o outage.svg"))
        teiden("teiden emulate --tell room quit")
        assert room.process.wait(LIMIT_S) == 0


def came(shown: list[str]) -> None:
    """`teiden status` shows this soon."""
    until = time.monotonic() + LIMIT_S
    while (lacks := missing(shown, printed := teiden("teiden status"))) is not None:
        assert time.monotonic() < until, f"{lacks!r} is not in\n{printed}"
        time.sleep(0.5)  # a real service at its own pace


class Background:
    def __init__(self, command: str, out: Path) -> None:
        self._out = out
        program = [sys.executable, "-m", "teiden", *shlex.split(command)[1:]]
        with out.open("wb") as file:
            self.process = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=file, stderr=file)

    def until(self, holds: Callable[[str], bool]) -> str:
        """What it has printed, as soon as that holds."""
        until = time.monotonic() + LIMIT_S
        while not holds(text := self._out.read_text(encoding="utf-8")):
            assert self.process.poll() is None, text
            assert time.monotonic() < until, text
            time.sleep(0.1)  # another process is waited for
        return text


@contextmanager
def background(command: str) -> Iterator[Background]:
    running = Background(command, Path(f"{abs(hash(command))}.out"))
    try:
        yield running
    finally:
        if running.process.poll() is None:
            os.kill(running.process.pid, signal.SIGTERM)
        running.process.wait(LIMIT_S)
