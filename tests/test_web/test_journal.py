"""The page of what happened: an operator's words, newest first, whatever the file holds."""

from __future__ import annotations

from starlette.testclient import TestClient

from teiden.web.settings import Settings
from tests.test_web.browsing import event, until


def test_what_the_service_tells_is_on_the_page_soon_after(browser: TestClient, settings: Settings) -> None:
    event(settings.events, "run.started", "reference")
    event(settings.events, "ups.on_battery", "ups5", 30.0)
    event(settings.events, "alarm.raised", "ups4", 60.0, text="ups4 did not take its OFF", rule="X-09")
    until(lambda: "ups4 did not take its OFF" in browser.get("/journal/now").text)
    text = browser.get("/journal/now").text
    assert text.index("ups4 did not take its OFF") < text.index("ups5")
    alarms = browser.get("/journal/now?show=alarms").text
    assert "ups4 did not take its OFF" in alarms
    assert "ups5" not in alarms


def test_lines_that_are_none_of_ours_are_passed_over(browser: TestClient, settings: Settings) -> None:
    event(settings.events, "run.started", "reference")
    with (settings.events / "events-20261126T000000Z.jsonl").open("a") as file:
        file.write('{"event": "ups.on_battery"}\nno json\n[1]\n{"event": "later.version", "t": 1}\n')
    event(settings.events, "ups.on_battery", "ups5", 30.0)
    until(lambda: "ups5" in browser.get("/journal/now?show=all").text)


def test_what_is_told_is_told_in_the_readers_language(browser: TestClient, settings: Settings) -> None:
    event(settings.events, "run.started", "reference")
    event(settings.events, "ups.on_battery", "ups5", 30.0)
    until(lambda: "ups5" in browser.get("/journal/now").text)
    english = browser.get("/journal/now", headers={"accept-language": "en"}).text
    assert english != browser.get("/journal/now", headers={"accept-language": "ja"}).text
