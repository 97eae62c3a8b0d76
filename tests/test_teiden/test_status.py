"""`teiden status`: what an operator reads in the night, on any terminal, and what comes without a service."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from realtime.status import ClusterView, Status
from realtime.status_json import from_json, to_json
from realtime.status_lines import StatusLines
from teiden.cli import main
from teiden.language.say import speaking
from teiden.requests import NotReached
from teiden.status import asking
from teiden.status.picture import picture
from tests.test_realtime.serving import serving
from tests.test_realtime.statuses import bad_night, calm_day


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.sock"


@contextmanager
def telling(path: Path, *told: Status) -> Iterator[None]:
    """A service that says these, one after the other, and the last one from then on."""
    left = list(told)

    def look() -> dict[str, Any]:
        return to_json(left.pop(0) if len(left) > 1 else left[0])

    with serving(path, status=StatusLines(look, every_s=0.005)):
        yield


@contextmanager
def saying(path: Path, *lines: bytes) -> Iterator[None]:
    """Something that says these lines to one caller and hangs up."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    listener.settimeout(5)

    def serve() -> None:
        caller, _ = listener.accept()
        with caller:
            caller.recv(100)
            for line in lines:
                caller.sendall(line)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        thread.join(6)
        listener.close()


def teiden(*args: object) -> Result:
    result = CliRunner().invoke(main, ["status", *(str(arg) for arg in args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def shown(status: Status, wide: int = 100, **settings: Any) -> list[str]:
    return [line for text in picture(status, wide, **settings) for line in text.plain.split("\n")]


def line_about(name: str, status: Status, wide: int = 100) -> str:
    return next(
        re.sub(r"\s+", " ", line).strip() for line in shown(status, wide) if line.startswith(f"  {name}")
    )


# What is shown


def test_first_comes_who_commands_whether_it_acts_and_what_is_going_on() -> None:
    assert shown(bad_night())[:3] == [
        "reference: control1 commands: the node you are on",
        "Armed: it acts by itself.",
        "Incident 3: going down since 2026-11-25 14:10:02 (ups4)",
    ]
    assert shown(calm_day())[:3] == [
        "reference: control1 commands; you are on control2",
        "NOT ARMED: it only watches: the site does not pass its check",
        "No incident is open.",
    ]


def test_what_nobody_may_overlook_is_said_aloud() -> None:
    told = Status("reference", "control1", "", "", "", armed=True, stopped=True)
    assert shown(told)[:2] == [
        "reference: NOBODY COMMANDS, as far as control1 knows",
        "EMERGENCY STOP: nothing is sent to any device until it is lifted.",
    ]
    assert "ITS SITE FILE DIFFERS: it may not command" in line_about("control2", bad_night())
    assert "SILENT no answer in 1 s" in line_about("control3", bad_night())
    assert line_about("journal", bad_night()).startswith("journal FAILED the disk is full")
    assert line_about("lateness", bad_night()).startswith("lateness 3.2 s at most")


def test_what_it_waits_for_how_long_and_why() -> None:
    assert line_about("ups5", bad_night()) == "ups5 output off 35 s of 3 min 30 s"
    waits = line_about("ssccluster", bad_night())
    assert waits == "ssccluster cluster stop 11 min 40 s, no limit S5: the linked side is not settled"


@pytest.mark.parametrize(
    ("ups", "line"),
    [
        ("ups1", "ups1 on line 100 % 45 min load 40 % 2 s ago"),
        ("ups2", "ups2 ON BATTERY 86 % 12 min 20 s 1 s ago"),
        ("ups3", "ups3 UNREACHABLE 100 % 45 min 4 min ago"),
        ("ups4", "ups4 LOW BATTERY 22 % 95 s 1 s ago"),
        ("ups5", "ups5 LOST ITS UPS never heard"),
        ("ups6", "ups6 WRONG PASS PHRASE never heard"),
        ("ups7", "ups7 off 2 s ago"),
    ],
)
def test_every_ups_says_what_is_worst_about_it(ups: str, line: str) -> None:
    status = bad_night()
    without_waits = Status(status.site, status.node, "", "", "", True, upses=status.upses)
    assert line_about(ups, without_waits) == line


def test_why_a_device_could_not_be_reached_stands_with_it_and_what_it_was_last() -> None:
    lines = [line.strip() for line in shown(bad_night())]
    assert "no answer in 1 s; was: on line" in lines
    assert "has mains; it does not tell: charge, runtime" in lines
    assert line_about("rack1", bad_night()) == "rack1 NOT HEARD never heard connection refused"


def test_a_reading_grows_older_while_nothing_new_is_told() -> None:
    assert "  ups1  on line            100 %       45 min  load 40 %  12 s ago" in shown(
        bad_night(), older_s=10.0
    )


def test_alarms_are_told_with_their_time_and_rule() -> None:
    assert "  2026-11-25 14:12:02  ups5  nobody knows about ups5 (S11)" in shown(bad_night())


@pytest.mark.parametrize("wide", [30, 48, 80, 200])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(wide: int, lang: str) -> None:
    with speaking(lang):
        lines = picture(bad_night(), wide)
        everything = "".join(shown(bad_night(), 1000))
    assert max(line.cell_len for text in lines for line in text.split("\n")) <= wide
    assert squeezed("".join(text.plain for text in lines)) == squeezed(everything)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_an_empty_site_is_shown_too() -> None:
    told = Status("reference", "control1", "", "", "", armed=True, commands=True, commander="control1")
    assert len(shown(told)) == 3
    assert from_json(to_json(told)).cluster == ClusterView()


# Asking


# R7-10: the cluster, its holder and every server
def test_the_service_is_asked_and_shown(path: Path) -> None:
    with telling(path, bad_night()):
        result = teiden("--socket", path)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [line.rstrip() for line in shown(bad_night())]
    assert "\x1b" not in result.stdout


def test_the_whole_status_as_json(path: Path) -> None:
    with telling(path, bad_night()):
        result = teiden("--socket", path, "--json")
    assert from_json(json.loads(result.stdout)) == bad_night()


def test_following_shows_each_change_until_the_service_goes(path: Path) -> None:
    lines = [json.dumps(to_json(s)).encode() + b"\n" for s in (bad_night(), bad_night(), calm_day())]
    with saying(path, *lines):
        result = teiden("--socket", path, "--follow", "--json")
    assert result.exit_code == 3
    assert result.stderr == "the service hung up\n"
    assert [json.loads(line)["node"] for line in result.stdout.splitlines()] == ["control1", "control2"]


def test_following_gives_the_ages_a_tick_while_nothing_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TICK_S", 0.005)
    with telling(path, calm_day()):
        told = asking.watched(str(path))
        assert next(told) == calm_day()
        assert next(told) is None
        monkeypatch.setattr(asking, "SILENT_S", 0.01)
        with pytest.raises(NotReached, match="says nothing any more"):
            for _ in told:
                pass


def test_without_a_service_it_says_so_and_ends_with_3(path: Path) -> None:
    result = teiden("--socket", path)
    assert result.exit_code == 3
    assert result.stderr == f"no service runs on this machine: {path} does not exist\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "the service hung up"),
        (b"hello\n", "its answer is not understood"),
        (b"[]\n", "its answer is not understood: status is no object"),
        (b'{"site": 1}\n', "its answer is not understood: status.site is 1"),
        (
            b'{"id": "", "accepted": false, "reason": "this service tells no status"}\n',
            "refused: this service",
        ),
    ],
)
def test_an_answer_that_is_no_status_is_said_in_words(path: Path, answer: bytes, words: str) -> None:
    with saying(path, *([answer] if answer else [])):
        result = teiden("--socket", path)
    assert result.exit_code == 3
    assert words in result.stderr


def test_a_service_that_does_not_answer_is_waited_for_no_longer_than_was_said(path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    with listener:
        listener.bind(str(path))
        listener.listen()
        result = teiden("--socket", path, "--timeout", "0.1")
    assert (result.exit_code, result.stderr) == (3, "no answer in 0.1 s\n")
