"""What if: a story chosen at the console, played on this very site and judged; whatever is asked, bounded."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sim.faults import catalogue
from teiden.files.site_file import load_site
from teiden.web import what_if
from teiden.web.what_if import Answer, Question
from tests.test_web.browsing import SITE, site


def played(question: Question) -> Answer:
    found = what_if.answer(site(), question, "en")
    assert isinstance(found, Answer), found
    return found


def test_mains_that_go_for_good_bring_the_site_down_and_hold() -> None:
    found = played(Question("utility"))
    assert found.holds
    assert any("linkeddisk" in what for _, _, what, _, _ in found.rows)
    assert found.picture.startswith(b"<?xml")


def test_mains_that_are_soon_back_stop_nobody() -> None:
    found = played(Question("utility", minutes=0.2))
    assert found.holds
    assert not any("halted" in what for _, _, what, _, _ in found.rows)


def test_a_fault_strikes_when_it_was_asked_to() -> None:
    found = played(Question("utility", None, "flush_never_ends", "linkeddisk", 1.0))
    assert any(tone == "bad" for *_, tone in found.rows)


def test_what_does_not_come_about_is_named(tmp_path: Path) -> None:
    found = beside(tmp_path, "until: 1h", "expect: {finally: [server.halted blade1]}")
    assert isinstance(found, Answer)
    assert not found.holds
    ((what, happened),) = found.broken
    assert "blade1" in what
    assert happened


def beside(folder: Path, *lines: str) -> Answer | str:
    """What comes of a story that lies beside a copy of the site."""
    own = Path(shutil.copy(SITE, folder))
    head = ("schema: teiden/story/1", "story: The mains blink.", f"site: {own.name}")
    happens = "events: [{at: 60s, mains: utility, lost_for: 5s}]"
    (folder / "blink.yaml").write_text("\n".join((*head, happens, *lines)) + "\n")
    return what_if.answer(load_site(own), Question(file="blink"), "en")


def test_stories_beside_the_site_are_those_about_it() -> None:
    names = what_if.stories(site())
    assert "short-blip" in names
    assert "hall-outage" not in names
    assert what_if.items(site(), "outage-lengths")[0].startswith("outage-lengths")


def test_a_story_that_is_wrong_says_where(tmp_path: Path) -> None:
    found = beside(tmp_path, "until: 1x")
    assert isinstance(found, str)
    assert "blink.yaml:5" in found


def test_a_story_that_is_too_long_is_refused(tmp_path: Path) -> None:
    found = beside(tmp_path, "until: 9d", "expect: {finally: [server.up blade1]}")
    assert isinstance(found, str)
    assert "8 days" in found


def test_a_site_that_has_changed_since_is_said_so() -> None:
    found = what_if.answer(replace(site(), hash="another"), Question(file="short-blip"), "en")
    assert isinstance(found, Answer)
    assert found.other_site


@pytest.mark.parametrize(
    "question",
    [
        Question("nothing"),
        Question("", None, "nothing", "ups1"),
        Question("", None, "flush_never_ends", "ups1"),
        Question(file="../../etc/passwd"),
        Question(file="hall-outage"),
    ],
)
def test_what_is_not_there_cannot_be_played(question: Question) -> None:
    assert isinstance(what_if.answer(site(), question, "en"), str)


def test_only_faults_that_can_strike_in_the_middle_of_a_day_are_offered() -> None:
    offered = {fault.name for fault, _ in what_if.faults(site().site)}
    assert offered <= set(catalogue.BY_NAME)
    assert "flush_never_ends" in offered
    assert all(catalogue.BY_NAME[name].prepare is None for name in offered)


def test_the_page_plays_shows_and_draws(browser: TestClient) -> None:
    chosen = "mains=ups4&minutes=2&fault=&device=&after=0&file=&item="
    assert 'hx-trigger="load"' in browser.get(f"/what-if?{chosen}").text
    answer = browser.get(f"/what-if/answer?{chosen}").text
    assert "HOLDS" in answer
    assert browser.get(f"/what-if/picture.svg?{chosen}").content.startswith(b"<?xml")
    japanese = browser.get(f"/what-if/answer?{chosen}", headers={"accept-language": "ja"}).text
    assert "合格" in japanese


@pytest.mark.parametrize(
    "query",
    [
        "mains=utility&minutes=nan",
        "mains=utility&minutes=-1",
        "mains=utility&minutes=1e9",
        "fault=card_silent",
    ],
)
def test_what_is_wrong_with_a_choice_is_said(browser: TestClient, query: str) -> None:
    assert browser.get(f"/what-if?{query}").status_code == 400
    assert "<img" not in browser.get(f"/what-if/answer?{query}").text
    assert browser.get(f"/what-if/picture.svg?{query}").status_code == 404
