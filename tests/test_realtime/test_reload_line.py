"""`{"ask": "reload"}` at the request socket: answered like a request, and only in these very words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from teiden import requests
from tests.test_realtime.serving import Caller, serving


def saying(refusal: str) -> Callable[[], Awaitable[str]]:
    async def reload() -> str:
        return refusal

    return reload


@pytest.mark.parametrize(
    ("refusal", "accepted"), [("", True), ("not now; incident 3 is open", False)], ids=["yes", "no"]
)
def test_r6_45_a_reload_is_answered(tmp_path: Path, refusal: str, accepted: bool) -> None:
    with serving(tmp_path / "s", reload=saying(refusal)):
        reply = requests.reload(socket=str(tmp_path / "s"), timeout_s=10)
    assert (reply.accepted, reply.reason) == (accepted, refusal)


def test_a_service_that_cannot_says_so_and_lives_on(tmp_path: Path) -> None:
    async def fails() -> str:
        raise ZeroDivisionError

    with serving(tmp_path / "s") as delivered:
        assert requests.reload(socket=str(tmp_path / "s")).reason == "nobody here can reload"
    with serving(tmp_path / "t", reload=fails):
        assert "see its log" in requests.reload(socket=str(tmp_path / "t")).reason
        assert "see its log" in requests.reload(socket=str(tmp_path / "t")).reason
    assert delivered == []


def test_another_line_is_no_reload(tmp_path: Path) -> None:
    begun: list[str] = []

    async def reload() -> str:
        begun.append("again")
        return ""

    with serving(tmp_path / "s", reload=reload), Caller(tmp_path / "s") as caller:
        for told in ({"ask": "reload", "id": "1"}, {"ask": "Reload"}, {"wish": "reload", "of": ["x"]}):
            assert caller.ask(**told)["accepted"] is False
    assert begun == []
