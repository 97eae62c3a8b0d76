"""A night with the console: no secret stands in any process's words then, nor in any file but its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from teiden.web.guard.audit import FILE, verify
from tests.consoled import PASSWORD, Client, Consoled, consoled, until

pytestmark = pytest.mark.long

TYPO = "a wrong but telling guess"
"""Mostly the right one, with a letter too many, or that of another system."""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoled]:
    """A login, a wrong one, and everything off from the console."""
    with consoled(tmp_path_factory.mktemp("secrets")) as room:
        client = Client(room.port)
        assert client.log_in(password=TYPO) == 401
        assert client.log_in() == 303
        form = {"token": client.token, "wish": "power_off", "everything": "1", "typed": "everything"}
        assert client.ask("POST", "/ask", form | {"password": TYPO}).status == 403
        assert client.ask("POST", "/ask", form | {"password": PASSWORD}).status == 303
        until(lambda: room.happened("ups1", "ups.output_off"), why=lambda: room.said("room"))
        room.client = client  # type: ignore[attr-defined]
        yield room


def secrets(night: Consoled) -> dict[str, bytes]:
    cookies: dict[str, str] = night.client.cookies  # type: ignore[attr-defined]
    (session,) = (value for name, value in cookies.items() if name.startswith("session"))
    return {
        "the password": PASSWORD.encode(),
        "the wrong one": TYPO.encode(),
        "the cards' pass phrase": (night.folder / "secret").read_bytes().strip(),
        "the session": session.encode(),
    }


def test_sec_14_no_secret_stands_in_an_argument_or_in_an_environment(night: Consoled) -> None:
    looked_at = 0
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            with suppress(OSError):
                told = (process / name).read_bytes()
                looked_at += str(night.folder).encode() in told
                assert [what for what, secret in secrets(night).items() if secret in told] == []
    assert looked_at >= 3


def test_sec_15_no_secret_was_written_anywhere(night: Consoled) -> None:
    looked_at = 0
    for path in night.folder.parent.rglob("*"):
        if path.is_file() and path != night.folder / "secret":
            looked_at += 1
            text = path.read_bytes()
            assert [what for what, secret in secrets(night).items() if secret in text] == [], path
    assert looked_at > 15


def test_sec_17_who_asked_for_it_stands_in_the_audit_log(night: Consoled) -> None:
    assert verify(night.web / FILE)[0] >= 4
    text = (night.web / FILE).read_text()
    assert re.search(r'"who": "mori".*"what": "power_off".*"everything"', text)
    assert "power_off accepted" in text
