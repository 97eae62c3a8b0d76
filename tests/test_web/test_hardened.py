"""What an attacker would try at the console's door, each shown to lead nowhere."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from teiden.web.app import application
from teiden.web.guard.accounts import Accounts
from teiden.web.guard.audit import FILE, Audit, verify
from teiden.web.guard.known import Known
from teiden.web.guard.sessions import MOST_OF_A_NAME, Sessions
from teiden.web.guard.throttle import OF_A_SOURCE, WINDOW_S, Throttle
from teiden.web.quiet import MOST, Quiet
from teiden.web.routes import Way, read
from teiden.web.settings import Settings
from tests.test_web.browsing import BASE, PASSWORD

OURS = {"origin": BASE}
OTHER = "another horse staple"


def log_in(client: TestClient, name: str = "mori", password: str = PASSWORD) -> int:
    return client.post("/login", data={"name": name, "password": password}, headers=OURS).status_code


# Who guesses keeps nobody else out


def test_sec_13_a_login_that_succeeds_is_no_guess() -> None:
    throttle = Throttle()
    for _ in range(5 * OF_A_SOURCE):
        assert throttle.wait_s("mori", "127.0.0.1") == 0
        throttle.failed("mori", "127.0.0.1")
        throttle.succeeded("mori", "127.0.0.1")


def test_sec_13_a_success_of_ones_own_forgives_no_guesses_at_others() -> None:
    throttle = Throttle()
    for n in range(OF_A_SOURCE):
        throttle.failed(f"guess{n}", "192.0.2.1")
        throttle.failed("mallory", "192.0.2.1")
        throttle.succeeded("mallory", "192.0.2.1")
    assert throttle.wait_s("guess", "192.0.2.1") > 0


def test_sec_13_all_addresses_of_one_machines_network_are_one() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for n in range(OF_A_SOURCE):
        throttle.failed(f"guess{n}", f"2001:db8:0:1::{n + 1:x}")
    assert throttle.wait_s("mori", "2001:db8:0:1:ffff::7") == WINDOW_S
    assert throttle.wait_s("mori", "2001:db8:0:2::7") == 0
    assert throttle.wait_s("mori", "::ffff:192.0.2.1") == 0


def test_sec_13_a_browser_that_is_known_gets_in_while_its_address_is_full_of_guesses(
    stranger: TestClient, app: Starlette
) -> None:
    assert log_in(stranger) == 303
    throttle = app.state.console.gate.throttle
    for n in range(OF_A_SOURCE):
        throttle.failed(f"guess{n}", "testclient")
    del stranger.cookies["session-7480"]
    assert log_in(stranger, "sato") == 429
    assert log_in(stranger) == 303
    del stranger.cookies["session-7480"]
    for n in range(5):
        assert log_in(stranger, "mori", f"guess number {n}") == 401
    assert log_in(stranger) == 429, "and has no more than five guesses either"


def test_sec_13_no_browser_is_known_for_another_account_or_by_itself(tmp_path: Path) -> None:
    known = Known(tmp_path)
    mark = known.mark("mori")
    assert Known(tmp_path).knows("mori", mark), "the next process knows it too"
    for name, told in (("sato", mark), ("mori", ""), ("mori", mark.partition(".")[0]), ("mori", "x.é")):
        assert not known.knows(name, told)
    assert (tmp_path / "known.key").stat().st_mode & 0o077 == 0


# Sessions


def test_another_password_ends_what_began_with_the_old_one(stranger: TestClient, settings: Settings) -> None:
    log_in(stranger, "sato")
    assert stranger.get("/").status_code == 200
    Accounts(settings.folder).change_password("sato", OTHER)
    assert stranger.get("/").status_code == 303


def test_an_id_that_came_with_the_login_opens_nothing(stranger: TestClient) -> None:
    stranger.cookies.set("session-7480", "chosen-by-somebody-else")
    assert log_in(stranger) == 303
    for id in ("chosen-by-somebody-else",):
        fixed = {"cookie": f"session-7480={id}"}
        assert stranger.get("/", headers=fixed).status_code == 303


def test_who_logs_in_again_and_again_puts_nobody_else_out(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    id, _ = sessions.begin("mori", "")
    for _ in range(300):
        sessions.begin("sato", "")
    assert sessions.find(id) is not None
    kept = json.loads((tmp_path / "sessions.json").read_text())
    assert len(kept) == MOST_OF_A_NAME + 1


def test_two_consoles_of_one_machine_have_cookies_of_their_own(stranger: TestClient) -> None:
    """All ports of a host share them: the second login would be the first one's logout."""
    log_in(stranger)
    assert "session-7480" in stranger.cookies


# The audit log


@pytest.mark.parametrize("end", ["\u2028", "\u0085", "\n", "\r\n", "\x0b", "\x1c", "\u2029"])
def test_sec_17_no_name_breaks_a_line_of_the_audit_log(
    stranger: TestClient, settings: Settings, end: str
) -> None:
    for name in (f"x{end}y", f'{end}{{"n": 9, "hash": "0"}}'):
        log_in(stranger, name, "whatever it is")
    assert log_in(stranger) == 303
    path = settings.folder / FILE
    assert verify(path)[0] == 3
    assert len(path.read_text().splitlines()) == 3
    assert list(settings.folder.glob("*.torn-*")) == []


def test_sec_17_a_line_of_any_length_is_followed_by_the_next(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    audit.note("mori", "", "hold", tuple(f"server{n:060}" for n in range(2_000)))
    assert audit.note("mori", "", "release") == 2
    assert verify(tmp_path / FILE)[0] == 2


def test_sec_17_two_processes_write_one_chain(tmp_path: Path) -> None:
    one, other = Audit(tmp_path), Audit(tmp_path)
    for n in range(10):
        (one if n % 2 else other).note("mori", "", f"{n}")
    assert verify(tmp_path / FILE)[0] == 10


# What is answered


async def breaks(request: Request) -> Response:
    raise RuntimeError("the pass phrase is canary-7f3a")


def test_sec_15_a_page_that_breaks_tells_nothing_of_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = application(settings)
    app.router.routes.insert(0, read("/breaks", breaks))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        answer = client.get("/breaks")
    assert answer.status_code == 500
    assert "canary" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_sec_10_a_browsers_own_forms_tell_their_origin(stranger: TestClient) -> None:
    """With `no-referrer` they would come from `null`, and nobody could log in."""
    assert stranger.get("/login").headers["referrer-policy"] == "same-origin"


def test_head_of_every_page_ends(stranger: TestClient, app: Starlette) -> None:
    """Also of the news, whose answer to GET has no end."""
    log_in(stranger)
    for way in app.routes:
        if isinstance(way, Way) and way.access.method == "GET" and "{" not in way.path:
            assert stranger.head(way.path).status_code < 500, way.path
    assert app.state.console.streams.total() == 0


@pytest.mark.parametrize(
    "place",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%2fetc/passwd",
        "/static/",
    ],
)
def test_nothing_but_what_is_static_is_static(stranger: TestClient, place: str) -> None:
    assert stranger.get(place).status_code in (303, 404)


def test_a_body_has_one_length_and_a_page_that_is_read_none(stranger: TestClient) -> None:
    """Whoever stands between might go by another one: two requests out of one."""
    both = OURS | {"transfer-encoding": "chunked", "content-length": "5"}
    assert stranger.post("/login", content=b"name=", headers=both).status_code == 400
    for method in ("GET", "HEAD"):
        answer = stranger.request(method, "/login", content=b"name=")
        assert answer.status_code == 413
        assert answer.headers["connection"] == "close"


def test_a_request_of_ours_has_an_id_of_ours(stranger: TestClient) -> None:
    from teiden.web.pages.asking import ID

    for told in ("x" * 32, "A" * 32, "0" * 31, "0" * 32 + "\n"):
        assert ID.fullmatch(told) is None


# What strangers make us say


def test_strangers_fill_no_log() -> None:
    now = [0.0]
    quiet, said = Quiet(lambda: now[0]), []
    for _ in range(1000):
        record = logging.LogRecord("uvicorn.error", 30, "", 0, "Invalid %s", ("request",), None)
        said.append(quiet.filter(record))
    assert sum(said) == MOST
    now[0] = 61.0
    record = logging.LogRecord("uvicorn.error", 30, "", 0, "Invalid %s", ("request",), None)
    assert quiet.filter(record)
    assert record.getMessage() == "Invalid request (980 more were not told)"
