"""Asking a service: what an application and the command line get back, with and without one (R2-05)."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from teiden import requests
from teiden.cli import main


@contextmanager
def service(path: Path, answer: bytes | Callable[[bytes], bytes]) -> Iterator[list[bytes]]:
    """One that hears a single caller, says this and hangs up; gives what it heard."""
    heard: list[bytes] = []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    listener.settimeout(5)

    def serve() -> None:
        caller, _ = listener.accept()
        with caller, caller.makefile("rb") as lines:
            heard.append(lines.readline())
            with suppress(BrokenPipeError):  # the caller waits no longer
                caller.sendall(answer(heard[0]) if callable(answer) else answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield heard
    finally:
        thread.join(6)
        listener.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.sock"


def yes(line: bytes) -> bytes:
    return json.dumps({"id": json.loads(line)["id"], "accepted": True}).encode() + b"\n"


def teiden(*args: object, typed: str | None = None) -> Result:
    result = CliRunner().invoke(main, [str(arg) for arg in args], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# Applications


def test_r2_05_what_is_asked_is_one_json_line(path: Path) -> None:
    with service(path, yes) as heard:
        reply = requests.power_off("blade1", "rack1", socket=str(path), by="backup job", id="a1")
    assert reply == requests.Reply("a1", True)
    told = {"id": "a1", "wish": "power_off", "of": ["blade1", "rack1"], "by": "backup job"}
    assert json.loads(heard[0]) == told


@pytest.mark.parametrize("ask", [requests.power_off, requests.power_on])
def test_everything_must_be_meant(ask: Callable[..., requests.Reply], path: Path) -> None:
    for names, everything in (((), False), (("blade1",), True)):
        with pytest.raises(ValueError, match="everything=True"):
            ask(*names, everything=everything, socket=str(path))
    with service(path, yes) as heard:
        ask(everything=True, socket=str(path))
    assert json.loads(heard[0])["of"] == "everything"


@pytest.mark.parametrize("ask", [requests.hold, requests.release])
def test_s27_a_hold_names_its_devices(ask: Callable[..., requests.Reply], path: Path) -> None:
    with pytest.raises(ValueError, match="name what it is about"):
        ask(socket=str(path))


def test_without_a_service_nothing_has_been_asked(path: Path) -> None:
    with pytest.raises(requests.NotReached, match=r"requests\.sock does not exist"):
        requests.power_on("blade1", socket=str(path))


def test_a_socket_that_a_killed_service_left_is_told_apart(path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with pytest.raises(requests.NotReached, match=r"no service listens at .* any more"):
        requests.power_on("blade1", socket=str(path))


def test_a_path_too_long_for_a_socket_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(requests.NotReached, match="too long"):
        requests.power_on("blade1", socket=str(tmp_path / ("x" * 200)))


@pytest.mark.parametrize(
    "answer",
    [b"", b'{"id": "a1"', b"yes\n", b"[]\n", b'"accepted"\n', b"{}\n", b'{"accepted": 1}\n', b"\xff\n"],
)
def test_an_answer_that_is_none_is_never_taken_for_yes_or_no(path: Path, answer: bytes) -> None:
    with service(path, answer):
        assert requests.power_off("blade1", socket=str(path)).accepted is None


def test_silence_ends_at_the_time_out_and_means_that_nothing_is_known(path: Path) -> None:
    release = threading.Event()

    def wait(line: bytes) -> bytes:
        release.wait(5)
        return b""

    with service(path, wait):
        reply = requests.power_off("blade1", socket=str(path), timeout_s=0.05)
        release.set()
    assert reply.accepted is None
    assert "no answer in 0.05 s" in reply.reason


def test_the_variable_names_the_socket_where_nobody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEIDEN_SOCKET", raising=False)
    assert requests.socket_path() == "/run/teiden/requests.sock"
    monkeypatch.setenv("TEIDEN_SOCKET", "/srv/other.sock")
    assert requests.socket_path() == "/srv/other.sock"
    assert requests.socket_path("/srv/given.sock") == "/srv/given.sock"


# The command line


@pytest.mark.parametrize(
    "line", [("off", "a"), ("off", "--yes"), ("on",), ("on", "a"), ("hold", "a"), ("release", "a")]
)
def test_without_a_service_every_command_says_so_and_ends_with_3(line: tuple[str, ...], path: Path) -> None:
    result = teiden(*line, "--socket", path)
    assert result.exit_code == 3
    assert result.stderr == f"no service runs on this machine: {path} does not exist\n"


def test_the_socket_may_be_named_by_the_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEIDEN_SOCKET", str(path))
    assert str(path) in teiden("on").stderr


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (b'{"accepted": true}\n', 0, "accepted (request "),
        (b'{"accepted": false, "reason": "ups5 is held"}\n', 1, "refused: ups5 is held"),
        (b'{"accepted": null, "reason": "no answer"}\n', 3, "not known: no answer (request "),
        (b"", 3, "hung up without an answer; it may still be carried out"),
    ],
)
def test_the_exit_code_says_what_came_back(path: Path, answer: bytes, code: int, words: str) -> None:
    with service(path, answer):
        result = teiden("off", "blade1", "--socket", path)
    assert result.exit_code == code
    assert words in result.output


def test_the_answer_as_json(path: Path) -> None:
    with service(path, b'{"accepted": false, "reason": "ups5 is held"}\n'):
        result = teiden("off", "blade1", "--socket", path, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["accepted"], told["reason"]) == (False, "ups5 is held")


def test_a_whole_site_is_not_switched_off_by_a_script_that_forgot_the_names(path: Path) -> None:
    result = teiden("off", "--socket", path)
    assert result.exit_code == 2
    assert "this powers off the whole site; name servers, or say --yes" in result.stderr


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "sent"), [("everything\n", True), ("y\n", False), ("\n", False), ("yes\n", False)]
)
def test_a_person_types_a_word_before_a_whole_site_goes_off(
    typed: str, sent: bool, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    with pytest.raises(SystemExit) as ended:
        main(["off", "--socket", str(path)])
    told = capsys.readouterr()
    assert ended.value.code == 3  # no service here, or not confirmed
    assert ("does not exist" in told.err) is sent
    assert ("not confirmed; nothing was asked" in told.err) is not sent


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("hold",), "Missing argument 'DEVICE...'"),
        (("release",), "Missing argument 'DEVICE...'"),
        (("off", "a", "--timeout", "0"), "--timeout"),
        (("off", "a", "--timeout", "soon"), "--timeout"),
    ],
)
def test_a_wrong_command_line_is_2(line: tuple[str, ...], words: str) -> None:
    result = teiden(*line)
    assert result.exit_code == 2
    assert words in result.stderr


def test_asking_loads_neither_the_room_nor_yaml() -> None:
    import subprocess

    code = (
        "import sys, teiden.requests, teiden.commands.requests; "
        "print(sorted({'simpy', 'pydantic', 'yaml', 'pandas', 'asyncio'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
