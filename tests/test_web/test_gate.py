"""Who gets in, and what he may: every route of the application, tried by everybody it is not for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teiden.web.app import application
from teiden.web.guard.accounts import Accounts
from teiden.web.guard.audit import FILE, verify
from teiden.web.guard.roles import Role
from teiden.web.guard.throttle import OF_A_SOURCE, Throttle
from teiden.web.routes import Way
from teiden.web.settings import Settings
from tests.pretend_service import PretendService
from tests.test_web.browsing import BASE, PASSWORD

OURS = {"origin": BASE}


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> int:
    form = {"name": name, "password": password, "to": "/"}
    return client.post("/login", data=form, headers=OURS).status_code


def token(client: TestClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


def ways(app: Starlette, method: str) -> list[Way]:
    return [way for way in app.routes if isinstance(way, Way) and way.access.method == method]


def path(way: Way) -> str:
    return re.sub(r"\{[^}]*\}", "ups5", way.path)


# Without accounts


def test_sec_11_without_accounts_everybody_looks_and_nobody_asks(
    browser: TestClient, settings: Settings
) -> None:
    app = browser.app
    assert isinstance(app, Starlette)
    for way in ways(app, "POST"):
        if way.access.role is not None:
            answer = browser.post(path(way), data={"token": ""}, headers=OURS)
            assert answer.status_code == 403, way.path
    assert browser.get("/").status_code == 200


def test_sec_11_accounts_that_cannot_be_read_open_nothing(settings: Settings) -> None:
    settings.folder.mkdir()
    (settings.folder / "accounts.db").write_bytes(b"no database" * 1000)
    with TestClient(application(settings), base_url=BASE, follow_redirects=False) as client:
        assert client.get("/").status_code == 303


# Everybody whom a route is not for


def test_sec_11_every_route_but_the_login_asks_who_it_is(stranger: TestClient, app: Starlette) -> None:
    for way in ways(app, "GET"):
        if way.access.role is not None:
            assert stranger.get(path(way)).status_code in (303, 403), way.path
            part = stranger.get(path(way), headers={"hx-request": "true"})
            assert part.status_code == 401, way.path
            assert part.headers["hx-redirect"] == "/login"


def test_sec_11_no_route_writes_for_a_stranger_or_a_viewer(
    stranger: TestClient, app: Starlette, service: PretendService
) -> None:
    needing = [way for way in ways(app, "POST") if way.access.role is not None]
    assert needing
    for way in needing:
        assert stranger.post(path(way), headers=OURS).status_code == 403, way.path
    assert log_in(stranger, "sato") == 303
    its = token(stranger)
    for way in needing:
        if way.access.role is Role.OPERATOR:
            answer = stranger.post(path(way), data={"token": its}, headers=OURS)
            assert answer.status_code == 403, way.path
    assert service.asked == []


def test_sec_12_nothing_that_is_read_changes_anything(app: Starlette) -> None:
    """By their making: what is no `read` answers no GET."""
    for way in app.routes:
        if isinstance(way, Way):
            assert way.methods == ({"GET", "HEAD"} if way.access.method == "GET" else {"POST"}), way.path


def test_sec_10_a_post_of_another_page_is_refused_with_session_and_token(
    stranger: TestClient, app: Starlette
) -> None:
    log_in(stranger, "mori")
    form = {"token": token(stranger)}
    for way in ways(app, "POST"):
        for origin in ("https://elsewhere.example", "null", "http://127.0.0.1:7481"):
            answer = stranger.post(path(way), data=form, headers={"origin": origin})
            assert answer.status_code == 403, (way.path, origin)
        assert stranger.post(path(way), data=form).status_code == 403, "no browser hides where it comes from"


def test_sec_10_a_post_without_the_sessions_token_is_refused(stranger: TestClient, app: Starlette) -> None:
    log_in(stranger, "mori")
    for way in ways(app, "POST"):
        if way.access.role is not None:
            for form in ({}, {"token": ""}, {"token": "x" * 43}):
                answer = stranger.post(path(way), data=form, headers=OURS)
                assert answer.status_code == 403, way.path


def test_sec_10_a_browser_may_say_where_our_own_forms_come_from(stranger: TestClient) -> None:
    """Under `no-referrer` it says `Origin: null` even to us (Fetch, 3.1), and nobody could log in."""
    assert stranger.get("/login").headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "", "[::2]"])
def test_sec_10_another_name_for_our_address_gets_nothing(stranger: TestClient, host: str) -> None:
    for place in ("/", "/login", "/alive", "/static/console.css"):
        assert stranger.get(place, headers={"host": host}).status_code == 421


# Logging in and out


def test_the_right_password_lets_in_and_the_wrong_one_does_not(stranger: TestClient) -> None:
    assert log_in(stranger, "mori", "correct horse batteri") == 401
    assert stranger.get("/").status_code == 303
    assert log_in(stranger, "mori") == 303
    assert "mori" in stranger.get("/").text


def test_a_session_that_has_ended_opens_nothing(stranger: TestClient) -> None:
    log_in(stranger, "mori")
    id = stranger.cookies["session-7480"]
    stranger.post("/logout", data={"token": token(stranger)}, headers=OURS)
    assert stranger.get("/", headers={"cookie": f"session-7480={id}"}).status_code == 303


def test_sec_10_the_cookie_is_for_this_site_and_no_script(stranger: TestClient) -> None:
    form = {"name": "mori", "password": PASSWORD}
    cookie = stranger.post("/login", data=form, headers=OURS).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_an_account_that_is_taken_away_is_out_at_once(stranger: TestClient, settings: Settings) -> None:
    log_in(stranger, "mori")
    Accounts(settings.folder).remove("mori")
    assert stranger.get("/").status_code == 303


def test_a_role_that_is_taken_away_is_gone_at_once(stranger: TestClient, settings: Settings) -> None:
    log_in(stranger, "mori")
    Accounts(settings.folder).change_role("mori", Role.VIEWER)
    assert "(viewer)" in stranger.get("/").text


def test_a_console_that_was_started_anew_still_knows_who_is_logged_in(
    stranger: TestClient, settings: Settings
) -> None:
    log_in(stranger, "mori")
    with TestClient(application(settings), base_url=BASE, cookies=stranger.cookies) as again:
        assert "mori" in again.get("/").text


def test_nobody_is_sent_elsewhere_after_his_login(stranger: TestClient) -> None:
    for place in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/\n/x"):
        form = {"name": "mori", "password": PASSWORD, "to": place}
        assert stranger.post("/login", data=form, headers=OURS).headers["location"] == "/"


def test_sec_13_of_a_hundred_guesses_ten_are_looked_at(stranger: TestClient, app: Starlette) -> None:
    gate = app.state.console.gate
    looked_at: list[str] = []
    verify_password = gate.accounts.verify
    gate.accounts.verify = lambda name, password: looked_at.append(name) or verify_password(name, password)
    answers = [log_in(stranger, f"guess{n % 7}" if n % 2 else "mori", f"guess {n}") for n in range(100)]
    assert len(looked_at) <= 10
    assert answers.count(429) >= 90
    assert log_in(stranger, "mori") == 429, "the right one, too, has to wait then"


# What is noted


def test_sec_17_logins_and_refused_ones_are_noted_in_a_chain(
    stranger: TestClient, settings: Settings
) -> None:
    log_in(stranger, "mori", "wrong one here")
    log_in(stranger, "mori")
    log = settings.folder / FILE
    assert verify(log)[0] == 2
    assert "login refused" in log.read_text()


def test_an_operator_is_not_let_in_where_nothing_can_be_noted(
    stranger: TestClient, settings: Settings
) -> None:
    (settings.folder / FILE).mkdir()
    assert log_in(stranger, "mori") == 503
    assert log_in(stranger, "sato") == 303


def test_sec_14_what_the_console_keeps_is_its_owners_alone(stranger: TestClient, settings: Settings) -> None:
    log_in(stranger, "mori")
    kept: list[Path] = [settings.folder, *settings.folder.iterdir()]
    assert all(one.stat().st_mode & 0o077 == 0 for one in kept)


# Bodies


def test_a_body_of_ten_megabytes_is_not_read(stranger: TestClient) -> None:
    answer = stranger.post("/login", content=b"a" * 10_000_000, headers=OURS)
    assert answer.status_code == 413


def test_a_body_without_a_length_is_read_to_the_limit_only(stranger: TestClient) -> None:
    sent: list[int] = []

    def endless() -> Iterator[bytes]:
        for n in range(1000):
            sent.append(n)
            yield b"a" * 10_000

    headers = OURS | {"content-type": "application/x-www-form-urlencoded"}
    assert stranger.post("/login", content=endless(), headers=headers).status_code == 413


def test_what_is_no_form_is_none(stranger: TestClient) -> None:
    for kind, body in (("application/json", b"{}"), ("multipart/form-data; boundary=x", b"--x--")):
        headers = OURS | {"content-type": kind}
        assert stranger.post("/login", content=body, headers=headers).status_code == 415
    form = OURS | {"content-type": "application/x-www-form-urlencoded"}
    assert stranger.post("/login", content=b"name=\xff\xfe", headers=form).status_code == 400
    assert stranger.post("/login", content=b"&a=" * 3000, headers=form).status_code == 400


def test_who_logs_in_rightly_again_and_again_is_not_locked_out() -> None:
    throttle = Throttle()
    for _ in range(2 * OF_A_SOURCE):
        assert throttle.wait_s("mori", "127.0.0.1") == 0
        throttle.failed("mori", "127.0.0.1")
        throttle.succeeded("mori", "127.0.0.1")
    for _ in range(OF_A_SOURCE):
        throttle.failed("nobody", "127.0.0.1")
    throttle.succeeded("mori", "192.0.2.1")
    assert throttle.wait_s("mori", "127.0.0.1") > 0
