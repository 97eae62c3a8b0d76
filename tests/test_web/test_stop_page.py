"""The emergency stop at the console, the second person, and a console that only shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sequencer.requests import Wish
from teiden.web.app import application
from teiden.web.guard.audit import FILE, Audit
from teiden.web.guard.roles import Role
from teiden.web.pending import LASTS_S, MOST, Pending, Waiting
from teiden.web.routes import Way
from teiden.web.settings import Settings
from tests.pretend_service import PretendService
from tests.test_web.browsing import BASE, PASSWORD, log_in, post, until


def noted(settings: Settings) -> list[tuple[str, str]]:
    return [(line["who"], line["what"]) for line in reversed(Audit(settings.folder).last(20))]


def test_sec_30_a_typed_word_pulls_it_and_the_note_comes_first(
    operator: TestClient, settings: Settings
) -> None:
    assert "Not pulled on control1" in operator.get("/stop").text
    assert post(operator, "/stop", deed="stop", typed="halt").status_code == 403
    assert not settings.stop_file.exists()
    assert post(operator, "/stop", deed="stop", typed="stop").status_code == 303
    assert settings.stop_file.exists()
    text = operator.get("/stop").text
    assert "PULLED" in text
    assert "control2: <code>sudo rm /etc/teiden/stop" in text
    assert noted(settings)[-1] == ("mori", "emergency stop pulled")


def test_sec_30_releasing_it_needs_the_word_and_the_password(
    operator: TestClient, settings: Settings
) -> None:
    settings.stop_file.touch()
    assert post(operator, "/stop", deed="release", typed="release", password="another one").status_code == 403
    assert post(operator, "/stop", deed="release", typed="stop", password=PASSWORD).status_code == 403
    assert settings.stop_file.exists()
    assert post(operator, "/stop", deed="release", typed="release", password=PASSWORD).status_code == 303
    assert not settings.stop_file.exists()
    assert noted(settings)[-1] == ("mori", "emergency stop released")


def test_it_is_pulled_also_when_it_cannot_be_noted_and_never_released_then(
    operator: TestClient, settings: Settings
) -> None:
    (settings.folder / FILE).unlink()
    (settings.folder / FILE).mkdir()
    assert "not noted" in post(operator, "/stop", deed="stop", typed="stop").text
    assert settings.stop_file.exists()
    assert post(operator, "/stop", deed="release", typed="release", password=PASSWORD).status_code == 503
    assert settings.stop_file.exists()


def test_a_folder_that_is_not_there_is_said_with_what_to_type(settings: Settings) -> None:
    there = replace(settings, stop_file=settings.folder / "nowhere" / "stop")
    text = TestClient(application(there), base_url=BASE).get("/stop").text
    assert "there is no folder" in text
    assert "sudo touch" in text


def test_what_cannot_be_written_is_said(operator: TestClient, settings: Settings) -> None:
    settings.stop_file.mkdir()
    text = post(operator, "/stop", deed="release", typed="release", password=PASSWORD).text
    assert "could NOT be released" in text


# Two persons


@pytest.fixture
def cautious(settings: Settings, two_accounts: Path) -> Iterator[tuple[TestClient, TestClient]]:
    """mori and endo, two operators, each at a browser of his own; off needs both."""
    settings.folder.mkdir(mode=0o700)
    (settings.folder / two_accounts.name).write_bytes(two_accounts.read_bytes())
    app = application(replace(settings, two_persons=True))
    app.state.console.gate.accounts.change_role("sato", Role.OPERATOR)
    with TestClient(app, base_url=BASE) as mori:
        until(lambda: app.state.console.watch.status is not None)
        sato = TestClient(app, base_url=BASE)
        log_in(mori, "mori")
        log_in(sato, "sato")
        yield mori, sato


OFF = {"wish": "power_off", "device": "blade1", "typed": "blade1", "password": PASSWORD}


def waiting(client: TestClient) -> str:
    return client.get("/ask/pending").text.partition('name="id" value="')[2].partition('"')[0]


def test_sec_12_of_two_persons_the_second_lets_it_go_out(
    cautious: tuple[TestClient, TestClient], service: PretendService, settings: Settings
) -> None:
    mori, sato = cautious
    answer = post(mori, "/ask", **OFF)
    assert answer.headers["location"] == "/ask/pending"
    assert service.asked == []
    assert "1 waits for a second person" in sato.get("/").text
    id = waiting(sato)
    yes = {"id": id, "typed": "blade1", "password": PASSWORD}
    assert post(mori, "/ask/pending", **yes).status_code == 403
    assert post(sato, "/ask/pending", **yes | {"password": "another one"}).status_code == 403
    assert post(sato, "/ask/pending", **yes | {"typed": "blade2"}).status_code == 403
    assert service.asked == []
    assert post(sato, "/ask/pending", **yes).status_code == 303
    (request,) = service.asked
    assert (request.wish, request.of) == (Wish.POWER_OFF, ("blade1",))
    assert request.by.startswith("mori and sato, console")
    assert post(sato, "/ask/pending", **yes).status_code == 404
    told = [one for one in noted(settings) if one[1] != "login"]
    assert told == [
        ("mori", "power_off waits for another operator"),
        ("sato", "power_off"),
        ("sato", "power_off accepted"),
    ]


def test_sec_12_what_was_asked_can_be_withdrawn(
    cautious: tuple[TestClient, TestClient], service: PretendService
) -> None:
    mori, sato = cautious
    post(mori, "/ask", **OFF)
    id = waiting(mori)
    assert post(mori, "/ask/pending", id=id, withdraw="1").status_code == 303
    assert "Nothing waits." in sato.get("/ask/pending").text
    assert service.asked == []


def test_switching_on_needs_one_person(
    cautious: tuple[TestClient, TestClient], service: PretendService
) -> None:
    assert post(cautious[0], "/ask", wish="power_on", device="blade1").status_code == 303
    assert len(service.asked) == 1


def test_sec_12_after_ten_minutes_it_is_forgotten() -> None:
    now = [0.0]
    kept = Waiting(lambda: now[0])
    assert kept.add(Pending("a", Wish.POWER_OFF, "everything", (), "mori"))
    now[0] = LASTS_S - 1
    assert kept.find("a")
    now[0] = LASTS_S
    assert kept.all() == []
    assert kept.take("a") is None


def test_no_more_than_a_few_wait_and_none_twice() -> None:
    kept = Waiting()
    added = [kept.add(Pending(str(n), Wish.POWER_OFF, "x", (), "mori")) for n in range(MOST + 1)]
    assert added == [True] * MOST + [False]
    kept.take("0")
    assert not kept.add(Pending("1", Wish.POWER_OFF, "x", (), "mori"))


# A console that only shows


def test_sec_26_with_watch_only_every_write_is_refused_whatever_the_account(
    settings: Settings, two_accounts: Path, service: PretendService
) -> None:
    settings.folder.mkdir(mode=0o700)
    (settings.folder / two_accounts.name).write_bytes(two_accounts.read_bytes())
    app = application(replace(settings, watch_only=True))
    with TestClient(app, base_url=BASE) as client:
        log_in(client, "mori")
        text = client.get("/").text
        assert "only shows" in text
        assert "wish=power_off" not in text
        writes = [way for way in app.routes if isinstance(way, Way) and way.access.role is Role.OPERATOR]
        assert {way.path for way in writes} >= {"/ask", "/ask/pending", "/stop"}
        for way in writes:
            answer = post(client, way.path, **OFF, deed="stop")
            assert answer.status_code == 403, way.path
            assert "--watch-only" in answer.text, way.path
    assert service.asked == []
    assert not settings.stop_file.exists()
