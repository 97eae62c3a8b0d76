"""The script behind the forced-command key: its few words, and all that it must not be talked into."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "teiden-answer"


def asked(folder: Path, words: str | None, **environment: str) -> tuple[str, int]:
    given = {"PATH": os.environ["PATH"], "SSH_CONNECTION": "192.0.2.1 5000 192.0.2.2 22", **environment}
    if words is not None:
        given["SSH_ORIGINAL_COMMAND"] = words
    ended = subprocess.run(
        [str(SCRIPT), str(folder)], env=given, capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.stderr == ""
    return ended.stdout, ended.returncode


def program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_it_tells_its_state_and_its_clock_in_one_line(tmp_path: Path) -> None:
    assert asked(tmp_path, "state") in (("up\n", 0), ("shutting_down\n", 0))
    told, code = asked(tmp_path, "clock")
    assert (code, told.count("\n")) == (0, 1)
    assert int(told) == pytest.approx(time.time(), abs=5)


@pytest.mark.parametrize(
    "words",
    [
        None,
        "",
        "id",
        "SHUTDOWN",
        "shutdown ",
        " shutdown",
        "shutdown now",
        "shutdown;touch x",
        "shutdown\ntouch x",
        "$(touch x)",
        "`touch x`",
        "state && touch x",
        "*",
        "-h",
        "job",
    ],
)
def test_any_other_word_is_refused_and_nothing_runs(tmp_path: Path, words: str | None) -> None:
    program(tmp_path / "shutdown", f"touch {tmp_path}/went")
    assert asked(tmp_path, words) == ("refused: only shutdown, reboot, state, clock and job NAME\n", 1)
    assert not (tmp_path / "went").exists()


@pytest.mark.parametrize(
    "name",
    ["", "../shutdown", "/bin/sh", ".hidden", "-x", "a b", "a;id", "$(id)", "`id`", "a\nb", "*", "?", "日"],
)
def test_a_job_is_a_plain_name_in_its_folder_and_no_path_or_pattern(tmp_path: Path, name: str) -> None:
    program(tmp_path / "shutdown", f"touch {tmp_path}/went")
    program(tmp_path / "jobs.d" / ".hidden", f"touch {tmp_path}/went")
    program(tmp_path / "jobs.d" / "a", f"touch {tmp_path}/went")
    assert asked(tmp_path, f"job {name}") == ("refused: no job is called that\n", 1)
    assert not (tmp_path / "went").exists()


def test_a_job_runs_without_arguments_and_its_end_is_told(tmp_path: Path) -> None:
    program(tmp_path / "jobs.d" / "export", f'echo noise; echo "$# $SSH_ORIGINAL_COMMAND" > {tmp_path}/ran')
    program(tmp_path / "jobs.d" / "broken", "exit 7")
    (tmp_path / "jobs.d" / "plain").write_text("not executable")
    assert asked(tmp_path, "job export") == ("done\n", 0)
    assert (tmp_path / "ran").read_text() == "0 job export\n"
    assert asked(tmp_path, "job broken") == ("failed: exit code 7\n", 1)
    assert asked(tmp_path, "job plain") == (f"refused: no program plain in {tmp_path}/jobs.d\n", 1)
    assert asked(tmp_path, "job export2") == (f"refused: no program export2 in {tmp_path}/jobs.d\n", 1)


def test_it_answers_first_and_then_the_system_goes(tmp_path: Path) -> None:
    word = "reboot"
    program(tmp_path / word, f"date +%s.%N > {tmp_path}/went")
    process = subprocess.Popen(
        [str(SCRIPT), str(tmp_path)],
        env={"PATH": os.environ["PATH"], "SSH_ORIGINAL_COMMAND": word},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "accepted\n"
        assert not (tmp_path / "went").exists(), "the answer is on its way before the system goes"
        assert process.stdout.read() == ""
    assert process.returncode == 0
    assert (tmp_path / "went").exists()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="cannot become another user")
def test_a_user_whom_sudo_does_not_let_is_refused_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    ended = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", "sh", "-s", "/nowhere"],
        input=SCRIPT.read_text(),
        env={"PATH": os.environ["PATH"], "SSH_ORIGINAL_COMMAND": "shutdown"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (ended.stdout[:13], ended.returncode) == ("refused: sudo", 1)


def test_it_is_plain_posix_shell() -> None:
    shells = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]
    assert shells
    for shell in shells:
        own = [shell, "sh"] if shell == "busybox" else [shell]
        subprocess.run([*own, "-n", str(SCRIPT)], check=True)
