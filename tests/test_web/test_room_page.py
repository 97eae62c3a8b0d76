"""The pretend room from the page: only over an emulated room, for operators, in the room's own words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from realtime.contacts import Contacts
from teiden.emulator import book as books
from teiden.emulator.control import SOCKET
from teiden.web.app import application
from teiden.web.settings import Settings
from tests.test_web.browsing import BASE, SITE, log_in, post


@dataclass
class Heard:
    lines: list[str] = field(default_factory=list)
    answer: str = "0\n"


@contextmanager
def listening(path: Path) -> Iterator[Heard]:
    """As a room's control socket does: a line in, an answer out."""
    heard, ready, end = Heard(), threading.Event(), threading.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode().strip()
        heard.lines.append(line)
        states = "0\n    12.0 s\nups1             on line      100.0 %"
        writer.write((states if line == "state" else heard.answer).encode())
        await writer.drain()
        writer.close()

    async def run() -> None:
        async with await asyncio.start_unix_server(serve, path):
            ready.set()
            await asyncio.to_thread(end.wait)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    ready.wait()
    try:
        yield heard
    finally:
        end.set()
        thread.join()


@pytest.fixture
def training(settings: Settings, two_accounts: Path, tmp_path: Path) -> Iterator[TestClient]:
    settings.folder.mkdir(mode=0o700)
    (settings.folder / two_accounts.name).write_bytes(two_accounts.read_bytes())
    book = tmp_path / "book.json"
    books.write(books.Book(str(SITE), Contacts(), str(tmp_path)), book)
    with TestClient(application(replace(settings, book=book)), base_url=BASE) as client:
        log_in(client, "mori")
        yield client


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ({"verb": "lose", "of": "utility"}, "lose utility"),
        ({"verb": "restore", "of": "ups4"}, "restore ups4"),
        (
            {"verb": "fault", "what": "flush_never_ends", "of": "linkeddisk"},
            "fault flush_never_ends linkeddisk",
        ),
        ({"verb": "end", "what": "card_silent", "of": "ups1"}, "fault card_silent ups1 end"),
        ({"verb": "card", "what": "silent", "of": "ups1"}, "card ups1 silent"),
        ({"verb": "end_card", "what": "silent", "of": "ups1"}, "card ups1 silent end"),
        ({"verb": "press", "of": "ups1"}, "press ups1"),
        ({"verb": "boot", "of": "blade1"}, "boot blade1"),
        ({"verb": "manager", "what": "shutdown", "of": ""}, "manager shutdown"),
    ],
)
def test_what_is_chosen_happens_in_the_room(
    training: TestClient, tmp_path: Path, form: dict[str, str], line: str
) -> None:
    with listening(tmp_path / SOCKET) as heard:
        answer = post(training, "/room", **form)
    assert answer.status_code == 200
    assert heard.lines[0] == line
    assert "on line" in answer.text


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "quit", "of": ""},
        {"verb": "lose", "of": "utility\nquit"},
        {"verb": "fault", "what": "x y", "of": "ups1"},
        {"verb": "card", "what": "silent end", "of": "ups1"},
        {"verb": "manager", "what": "quit", "of": ""},
        {"verb": "", "of": ""},
    ],
)
def test_nothing_else_reaches_the_room(training: TestClient, tmp_path: Path, form: dict[str, str]) -> None:
    with listening(tmp_path / SOCKET) as heard:
        assert post(training, "/room", **form).status_code == 400
    assert set(heard.lines) <= {"state"}


def test_what_the_room_answers_is_shown(training: TestClient, tmp_path: Path) -> None:
    with listening(tmp_path / SOCKET) as heard:
        heard.answer = "2\nups9? one of: ups1"
        answer = post(training, "/room", verb="press", of="ups1")
    assert answer.status_code == 409
    assert "one of: ups1" in answer.text


def test_a_room_that_has_gone_is_said_so(training: TestClient) -> None:
    assert "the room does not answer" in training.get("/room").text
    assert post(training, "/room", verb="lose", of="utility").status_code == 503


def test_a_viewer_only_looks(training: TestClient) -> None:
    training.cookies.clear()
    log_in(training, "sato")
    assert "Only an operator" in training.get("/room").text
    assert post(training, "/room", verb="lose", of="utility").status_code == 403


def test_a_real_rooms_console_has_no_such_page(browser: TestClient) -> None:
    assert browser.get("/room").status_code == 404
    assert "/room" not in browser.get("/").text
