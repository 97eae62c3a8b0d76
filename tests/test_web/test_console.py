"""The console's core: what the service tells is shown, and what it does not tell is said to be unknown."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import replace

from starlette.testclient import TestClient

from teiden.web.settings import Settings
from teiden.web.tail import Tail
from teiden.web.view import STATIC
from tests.pretend_service import PretendService
from tests.test_web.browsing import event, until

VENDORED = {
    "htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "sse.min.js": "98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136",
}


def test_every_ups_of_the_site_is_on_the_first_page(browser: TestClient) -> None:
    text = browser.get("/").text
    assert all(f"ups{number}" in text for number in range(1, 7))


def test_a_charge_that_nobody_knows_is_shown_as_unknown(browser: TestClient, service: PretendService) -> None:
    first, *others = service.status.upses
    service.tell(upses=(replace(first, charge_pct=None, fresh=False), *others))
    until(lambda: "?" in browser.get("/overview/now").text)


def test_a_service_that_ends_is_said_not_to_be_reached(browser: TestClient, stack: ExitStack) -> None:
    stack.close()
    until(lambda: "not reached" in browser.get("/overview/now").text)


def test_a_page_is_japanese_for_a_japanese_browser(browser: TestClient) -> None:
    assert 'lang="ja"' in browser.get("/", headers={"accept-language": "ja,en;q=0.5"}).text


def test_no_page_may_run_a_script_or_style_that_is_not_ours(browser: TestClient) -> None:
    policy = browser.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_what_is_not_ours_is_what_its_authors_published() -> None:
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (STATIC / "vendor").glob("*.js")}
    assert found == VENDORED


def test_new_events_are_read_as_they_are_written(settings: Settings) -> None:
    tail = Tail(settings.events, lambda: None)
    event(settings.events, "run.started", "reference")
    event(settings.events, "ups.on_battery", "ups5")
    assert tail.look()
    event(settings.events, "ups.on_line", "ups5")
    assert tail.look()
    assert not tail.look()
    assert [told["event"] for told in tail.events] == ["ups.on_battery", "ups.on_line"]
