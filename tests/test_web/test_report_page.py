"""The page of the watch-mode report: what `teiden report` says, for a browser."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from teiden.web.settings import Settings
from tests import watched_week
from tests.test_web.browsing import site
from tests.watched_week import TOKYO, keep, small_outage


def test_what_speaks_against_arming_is_on_the_page(
    browser: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched_week, "START", datetime.now(TOKYO) - timedelta(days=2))
    keep(settings.events, small_outage(3600.0), site().hash, days=2)
    text = browser.get("/report/now").text
    assert "One thing speaks against arming." in text
    assert "it watched 2.0 of 7 days" in text
    assert "was it right to act, because of ups4?" in text
    assert "would have been sent" in text
    assert "it watched 2.0" not in browser.get("/report/now?days=1").text
    assert "するはずだった" in browser.get("/report/now", headers={"accept-language": "ja"}).text


def test_the_page_itself_waits_for_nothing_and_fetches_the_rest(browser: TestClient) -> None:
    text = browser.get("/report?days=30").text
    assert 'hx-get="/report/now?days=30" hx-trigger="load"' in text


def test_no_events_are_said_and_days_that_nobody_offers_are_a_week(
    browser: TestClient, settings: Settings
) -> None:
    answer = browser.get("/report/now?days=%3Cscript%3E")
    assert answer.status_code == 200
    assert "there are no events of these days" in answer.text
    assert "script%3E" not in answer.text


def test_a_folder_that_cannot_be_read_is_told(browser: TestClient, settings: Settings) -> None:
    Path(settings.events).rmdir()
    answer = browser.get("/report/now")
    assert answer.status_code == 200
    assert str(settings.events) in answer.text
