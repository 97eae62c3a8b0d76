"""The console in headless Chromium, over a pretend room and the armed service: what an operator does."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from teiden.emulator.rehearsal import free_port
from teiden.web.view import NAVIGATION
from tests.consoled import PASSWORD, TWO_BLADES, Consoled, consoled, until

pytestmark = pytest.mark.long

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
DESK, PHONE = (1200, 900), (390, 844)
PAGES = [path for _, path in NAVIGATION]
PUSH_S = 2.0
FETCH = "form => fetch('/ask', {method: 'POST', body: new URLSearchParams(form)}).then(r => r.status)"
ORDER = (
    ("blade1", "server.halted"),
    ("ups5", "ups.output_off"),
    ("ups4", "ups.output_off"),
    ("control1", "server.halted"),
    ("ups1", "ups.output_off"),
)
REFUSED = "Failed to load resource"
"""What Chromium says of an answer that refuses; any other error is one."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoled]:
    patient = TWO_BLADES.replace("confirm: 95s", "confirm: 895s")  # no outage yet while the page is looked at
    with consoled(tmp_path_factory.mktemp("console"), site=patient) as room:
        yield room


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, room: Consoled) -> Iterator[Callable[..., Any]]:
    """`opened(path)`: a window of its own; breaches of the policy, and other errors, are found at the end."""
    contexts: list[Any] = []
    heard: list[str] = []

    def hear(message: Any) -> None:
        if message.type in ("error", "warning") and REFUSED not in message.text:
            heard.append(f"{message.type}: {message.text}")

    def open_(path: str = "/", size: tuple[int, int] = DESK, locale: str = "en-GB") -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", hear)
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.goto(room.base + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert heard == []


def log_in(page: Any, name: str = "mori", password: str = PASSWORD) -> None:
    """On the login page."""
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", password)
    page.click("form.login button")


def asked(room: Consoled) -> int:
    return len(room.events("request.accepted") + room.events("request.refused"))


def off(page: Any, room: Consoled, what: str, typed: str) -> None:
    page.goto(f"{room.base}/ask?wish=power_off&{what}")
    page.fill("input[name=typed]", typed)
    page.fill("input[name=password]", PASSWORD)
    page.click("form[action='/ask'] button")


def test_sec_11_a_stranger_is_sent_to_the_login_and_back(opened: Any, room: Consoled) -> None:
    page = opened("/journal")
    assert "/login" in page.url
    page.fill("input[name=name]", "mori")
    page.fill("input[name=password]", PASSWORD)
    page.click("form.login button")
    page.wait_for_url(f"{room.base}/journal")
    assert "mori" in page.inner_text("header")


def test_sec_13_a_wrong_password_does_not_let_in(opened: Any, room: Consoled) -> None:
    page = opened("/login")
    log_in(page, "mori", "correct horse batteri")
    assert page.locator(".refused").is_visible()
    page.goto(room.base + "/")
    assert "/login" in page.url


def test_sec_11_who_is_not_logged_in_writes_nothing(opened: Any, room: Consoled) -> None:
    page = opened("/login")
    assert page.evaluate(FETCH, {"wish": "power_off", "everything": "1"}) == 403
    assert asked(room) == 0


def test_sec_11_a_viewer_sees_no_button_and_writes_nothing(opened: Any, room: Consoled) -> None:
    page = opened("/login")
    log_in(page, "sato")
    page.wait_for_selector(".device")
    assert page.locator(".deeds").count() == 0
    page.goto(f"{room.base}/ask?wish=power_off&everything=1")
    assert page.locator("form[action='/ask']").count() == 0


def test_sec_10_a_page_of_ours_without_its_token_writes_nothing(opened: Any, room: Consoled) -> None:
    page = opened("/login")
    log_in(page)
    page.wait_for_selector(".device")
    assert page.evaluate(FETCH, {"wish": "hold", "device": "blade1", "typed": "blade1"}) == 403
    assert asked(room) == 0


FORM = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<form method="post" action="{base}/ask"><input name="wish" value="hold"><input name="device" value="blade1">
<input name="typed" value="blade1"><input name="token" value="{token}"><button>Win a prize</button></form>"""


@contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """Another server of this machine: the same site to a browser's cookies, and another origin."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), partial(Silent, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_sec_10_a_form_of_another_origin_writes_nothing_though_the_cookie_comes_along(
    opened: Any, room: Consoled, tmp_path: Path
) -> None:
    """Even with the token, which it cannot know."""
    page = opened("/login")
    log_in(page)
    token = page.locator("header input[name=token]").get_attribute("value")
    (tmp_path / "prize.html").write_text(FORM.format(base=room.base, token=token), encoding="utf-8")
    with elsewhere(tmp_path) as other:
        page.goto(f"{other}/prize.html")
        with page.expect_navigation() as navigated:
            page.click("button")
    assert navigated.value.status == 403
    assert "session-" in navigated.value.request.all_headers().get("cookie", "")
    assert asked(room) == 0


@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_a_phone_in_both_languages(opened: Any, room: Consoled, path: str) -> None:
    """Its errors, those of its policy among them, are looked at when the window closes."""
    for locale, size in (("en-GB", DESK), ("en-GB", PHONE), ("ja-JP", PHONE)):
        page = opened("/login", size, locale)
        log_in(page)
        page.goto(room.base + path)
        page.wait_for_selector("main > *")
        assert page.get_attribute("html", "lang") == locale[:2]
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], (path, locale, size)
        assert page.locator("nav a[aria-current]").count() >= 1, path


def test_the_page_is_japanese_for_who_reads_japanese(opened: Any, room: Consoled) -> None:
    page = opened("/login", locale="ja-JP")
    assert page.locator("h1").inner_text() == "ログイン"
    log_in(page)
    page.wait_for_selector(".device")
    assert "電源制御グループ" in page.inner_text("main")
    page.click("button[name=language][value=en]")
    page.wait_for_selector(".device")
    assert "Power-control groups" in page.inner_text("main")


def test_sec_12_what_would_take_others_along_is_refused_with_its_reason(opened: Any, room: Consoled) -> None:
    page = opened("/login")
    log_in(page)
    page.goto(f"{room.base}/ask?wish=power_off&device=blade1")
    assert "blade2" in page.inner_text(".refused")
    off(page, room, "device=blade1", "blade1")
    page.wait_for_selector("section.refused")
    assert "blade2" in page.inner_text("section.refused")
    assert "up" in room.state("blade1")


def test_a_lost_mains_stands_on_the_page_within_two_seconds_of_its_event(opened: Any, room: Consoled) -> None:
    page = opened("/login")
    log_in(page)
    page.wait_for_selector(".device")
    row = page.locator(".device.ups", has_text="ups1")
    assert "battery" not in row.inner_text().lower()
    began_s = time.monotonic()
    room.tell("lose ups1")
    told_s = time.monotonic()
    seen: dict[str, float] = {}
    while len(seen) < 2:
        if "service" not in seen and any(u.name == "ups1" and u.on_battery for u in room.status().upses):
            seen["service"] = time.monotonic()
        if "page" not in seen and "battery" in row.inner_text().lower():
            seen["page"] = time.monotonic()
        assert time.monotonic() < told_s + 30.0, (seen, row.inner_text())
    pushed_s = seen["page"] - seen["service"]
    print(f"\nthe page shows it {pushed_s:.2f} s after the service, {seen['page'] - began_s:.2f} s after all")
    room.tell("restore ups1")
    assert pushed_s < PUSH_S
    until(lambda: "battery" not in row.inner_text().lower())


def test_sec_12_everything_goes_off_when_its_name_and_the_password_are_typed(
    opened: Any, room: Consoled
) -> None:
    """The last test of this file: servers, arrays and UPSes are really off then."""
    page = opened("/login")
    log_in(page)
    off(page, room, "everything=1", "everythin")
    assert page.locator(".refused").count()
    assert "up" in room.state("blade1")
    off(page, room, "everything=1", "everything")
    page.wait_for_url(room.base + "/")
    for device in ("blade1", "blade2", "ups5", "ups4", "control1", "ups1", "ups3"):
        until(lambda device=device: " off " in f"{room.state(device)} ", why=lambda: room.tell("state"))
    order = [room.at(*event) for event in ORDER]
    assert order == sorted(order)
    (asked,) = room.events("request.accepted")
    assert asked["asked_by"].startswith("mori, console")
