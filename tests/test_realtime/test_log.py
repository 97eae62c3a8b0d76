"""The log: every line is JSON with its node, life and incident; and no secret gets into it."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from realtime.log import About, JsonLine, Log, logging_to
from realtime.redaction import redacted
from realtime.secret import Secret, revealed, secret_at
from tests.test_realtime.serving import until

CANARY = 'Kanárienvogel "7f3a"\\b c+/='
log = logging.getLogger("realtime.test")


@pytest.fixture
def about() -> About:
    return About("control1", "control1/3", 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "teiden.log"


@pytest.fixture
def canary() -> Iterator[Secret]:
    before = set(revealed)
    secret = Secret(CANARY)
    yield secret
    revealed.clear()
    revealed.update(before)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_line_is_json_with_node_life_and_incident(about: About, path: Path) -> None:
    with logging_to(about, str(path)):
        log.info("ups%d 停電", 4, extra={"device": "ups4"})
        about.incident = 8
        log.warning("two\nlines")
    first, second = lines(path)
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "info",
        "node": "control1",
        "life": "control1/3",
        "incident": 7,
        "from": "realtime.test",
        "message": "ups4 停電",
        "device": "ups4",
    }
    assert (second["incident"], second["message"]) == (8, "two\nlines")


def test_an_exception_is_one_line_too(about: About, path: Path) -> None:
    with logging_to(about, str(path)):
        try:
            raise ValueError("no")
        except ValueError:
            log.exception("it failed")
    (line,) = lines(path)
    assert line["exception"].endswith("ValueError: no")


def test_what_is_said_wrongly_is_said_all_the_same(about: About) -> None:
    wrong = logging.makeLogRecord({"msg": "%d things", "args": ("none",)})
    odd = logging.makeLogRecord({"msg": "odd", "what": set})
    form = JsonLine(about)
    assert json.loads(form.format(wrong))["message"] == "%d things (TypeError in its arguments)"
    assert json.loads(form.format(odd))["what"] == "<class 'set'>"


def test_below_its_level_nothing_is_said_and_afterwards_all_is_as_before(about: About, path: Path) -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    with logging_to(about, str(path)):
        log.debug("quiet")
    assert (root.level, root.handlers) == before
    assert lines(path) == []


def test_a_file_that_logrotate_moved_away_is_begun_anew(about: About, path: Path) -> None:
    with logging_to(about, str(path)):
        log.info("one")
        until(lambda: path.stat().st_size)
        path.rename(path.with_suffix(".1"))
        log.info("two")
    assert [line["message"] for line in lines(path)] == ["two"]
    assert [line["message"] for line in lines(path.with_suffix(".1"))] == ["one"]


def test_a_disk_that_hangs_holds_up_nobody_and_what_is_missing_is_counted(about: About) -> None:
    go_on = threading.Event()

    def hanging(line: str) -> None:
        go_on.wait(5)
        raise OSError("full")

    its = Log(about, hanging, most_lines=20)
    record = logging.makeLogRecord({"name": "x", "msg": "x", "levelno": 20, "levelname": "INFO"})
    for _ in range(30):
        its.emit(record)
    assert its.missing in (9, 10)  # one is being written, or not yet
    go_on.set()
    its.close()
    assert its.missing == 30


def test_the_journal_is_told_how_grave_a_line_is(about: About) -> None:
    form = JsonLine(about, priorities=True)
    for level, name, mark in (
        (10, "DEBUG", "<7>"),
        (20, "INFO", "<6>"),
        (30, "WARNING", "<4>"),
        (45, "X", "<3>"),
    ):
        record = logging.makeLogRecord({"msg": "x", "levelno": level, "levelname": name})
        assert form.format(record).startswith(mark + "{")


# Secrets


@pytest.mark.parametrize(
    "shown",
    [
        CANARY,
        repr(CANARY),
        repr({"password": CANARY}),
        repr(CANARY.encode()),
        urllib.parse.quote(CANARY),
        urllib.parse.quote_plus(CANARY),
        f"https://user:{urllib.parse.quote(CANARY, safe='')}@example.org/",
        base64.b64encode(CANARY.encode()).decode(),
        base64.b64encode(b"\0user\0" + CANARY.encode()).decode(),
        base64.b64encode(f"us:{CANARY}!".encode()).decode(),
        base64.b64encode(f"user:{CANARY}...".encode()).decode(),
        CANARY.encode().hex(),
        json.dumps({"token": CANARY}),
        json.dumps({"token": CANARY}, ensure_ascii=False),
    ],
)
def test_a_secret_shows_in_no_guise(canary: Secret, about: About, path: Path, shown: str) -> None:
    secret = canary.reveal()
    with logging_to(about, str(path), level=logging.DEBUG):
        log.debug("said: %s", shown, extra={"header": shown})
        try:
            raise RuntimeError(f"401 for {shown}")
        except RuntimeError:
            log.exception("failed")
    text = path.read_text(encoding="utf-8")
    assert "[secret]" in text
    assert len(lines(path)) == 2  # still JSON
    core = base64.b64encode(secret.encode()).decode()[4:24]
    for part in (secret, "7f3a", core, secret.encode().hex()[2:-2], "Kan"):
        assert part not in text
    assert "7f3a" not in redacted(shown)


def test_a_secret_that_was_never_handed_out_needs_no_hiding(canary: Secret) -> None:
    assert f"{canary} {canary!r}" == "Secret(...) Secret(...)"
    assert CANARY not in revealed


def test_a_secret_is_known_to_the_log_from_the_moment_it_is_handed_out(
    monkeypatch: pytest.MonkeyPatch, canary: Secret
) -> None:
    monkeypatch.setenv("CANARY", "first-canary")
    secret_at("env:CANARY").reveal()
    assert redacted("a first-canary b") == "a [secret] b"
    monkeypatch.setenv("CANARY", "second-canary")  # changed while the service runs
    secret_at("env:CANARY").reveal()
    assert redacted("a second-canary b first-canary") == "a [secret] b [secret]"


def test_a_secret_of_three_letters_would_hide_every_second_word(canary: Secret) -> None:
    Secret("ups").reveal()
    assert redacted("ups4 is on battery") == "ups4 is on battery"


SAYS_A_SECRET = """
import logging, os, sys, threading, warnings
from realtime.log import About, logging_to
from realtime.secret import secret_at
with logging_to(About("control1"), level=logging.DEBUG):
    secret = secret_at("env:CANARY")
    token = secret.reveal()
    logging.error("token %s", token)
    warnings.warn(f"a library warns of {token}")
    try:
        {}[token]
    except KeyError:
        logging.exception("no key")
    logging.error("the secret: %r %s", secret, [secret])
"""


def test_a_whole_process_that_says_its_secret_everywhere_shows_it_nowhere() -> None:
    environment = {**os.environ, "CANARY": "canary-9b1c-canary", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", SAYS_A_SECRET], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == 4
    assert all(json.loads(line)["node"] == "control1" for line in done.stderr.splitlines())
    assert "9b1c" not in done.stderr + done.stdout
