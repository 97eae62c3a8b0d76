"""What pages play first: each question once, one after the other, and whoever finds a queue is told so."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest
from starlette.testclient import TestClient

from teiden.files.site_file import SiteFile
from teiden.web import rehearsing
from teiden.web.pages import asking
from teiden.web.rehearsing import MOST_UNDER_WAY, Busy, Rehearsing
from tests.test_web.browsing import site

LIMIT_S = 20.0


class Slow:
    """A question whose answer waits until it may come; it counts what was played, and how many at once."""

    def __init__(self) -> None:
        self.may_end = Event()
        self.played: list[object] = []
        self.at_once = self.most_at_once = 0

    def __call__(self, _: SiteFile, of: object) -> object:
        self.played.append(of)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.may_end.wait(LIMIT_S)
        self.at_once -= 1
        return of


def test_the_same_question_is_played_once_for_all_who_ask() -> None:
    slow = Slow()

    async def run() -> list[object]:
        queue = Rehearsing(site(), 9)
        waiting = [asyncio.create_task(queue.played(slow, "off")) for _ in range(3 * MOST_UNDER_WAY)]
        await asyncio.sleep(0)
        slow.may_end.set()
        return [*await asyncio.gather(*waiting), await queue.played(slow, "off")]

    assert asyncio.run(run()) == ["off"] * (3 * MOST_UNDER_WAY + 1)
    assert slow.played == ["off"]


def test_other_questions_are_played_one_at_a_time_and_only_so_many_wait() -> None:
    slow = Slow()

    async def run() -> list[object]:
        queue = Rehearsing(site(), 9)
        waiting = [asyncio.create_task(queue.played(slow, n)) for n in range(MOST_UNDER_WAY)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await queue.played(slow, "one more")
        slow.may_end.set()
        return [*await asyncio.gather(*waiting), await queue.played(slow, "one more")]

    assert asyncio.run(run()) == [*range(MOST_UNDER_WAY), "one more"]
    assert slow.most_at_once == 1


def test_whoever_goes_away_takes_nobodys_answer_along() -> None:
    slow = Slow()

    async def run() -> object:
        queue = Rehearsing(site(), 9)
        first, second = (asyncio.create_task(queue.played(slow, "off")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        slow.may_end.set()
        return await second

    assert asyncio.run(run()) == "off"


def test_what_breaks_is_told_to_whoever_asked_and_played_anew_for_the_next() -> None:
    played: list[int] = []

    def breaks_once(_: SiteFile) -> int:
        played.append(1)
        if len(played) == 1:
            raise ZeroDivisionError
        return len(played)

    async def run() -> int:
        queue = Rehearsing(site(), 9)
        with pytest.raises(ZeroDivisionError):
            await queue.played(breaks_once)
        return await queue.played(breaks_once)

    assert asyncio.run(run()) == 2


def test_only_so_many_answers_are_kept_and_the_oldest_goes() -> None:
    played: list[object] = []

    async def run() -> None:
        queue = Rehearsing(site(), 2)
        for of in ("a", "b", "c", "b", "a"):
            await queue.played(answer, of)

    def answer(_: SiteFile, of: object) -> object:
        played.append(of)
        return of

    asyncio.run(run())
    assert played == ["a", "b", "c", "a"]


# What pages say to it


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the queue were full already."""
    monkeypatch.setattr(rehearsing, "MOST_UNDER_WAY", 0)


@pytest.mark.usefixtures("nobody_waits")
def test_a_page_that_cannot_be_played_now_says_so(browser: TestClient) -> None:
    found = browser.get("/plan")
    assert (found.status_code, "try again in a minute" in found.text) == (503, True)
    assert "try again in a minute" in browser.get("/what-if/answer?mains=ups6&minutes=1").text


@pytest.mark.usefixtures("nobody_waits")
def test_who_has_to_switch_off_now_can_although_nothing_can_be_rehearsed(operator: TestClient) -> None:
    can_ask_without_a_rehearsal(operator)


def test_who_has_to_switch_off_now_does_not_wait_for_a_long_rehearsal(
    operator: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PATIENCE_S", 0.0)
    can_ask_without_a_rehearsal(operator)


def can_ask_without_a_rehearsal(operator: TestClient) -> None:
    text = operator.get("/ask?wish=power_off&group=0/1").text
    assert "is being played" in text
    assert "Ask for it" in text
    assert "What would happen</h2>" not in text
