"""Asking at the console: what else goes along is rehearsed, typed names count, and a refusal says why."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from sequencer.requests import Wish
from teiden.web.consequences import consequences
from teiden.web.guard.audit import FILE, Audit
from teiden.web.settings import Settings
from tests.pretend_service import PretendService
from tests.test_web.browsing import BASE, PASSWORD, site

OURS = {"origin": BASE}


def ask(client: TestClient, **form: str) -> int:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    data = {"token": found[1], "password": PASSWORD} | form
    return client.post("/ask", data=data, headers=OURS, follow_redirects=False).status_code


def test_what_else_goes_along_is_what_the_sequencer_does() -> None:
    of = ("blade1", "blade2", "rack1", "rack2")
    found = consequences(site(), Wish.POWER_OFF, of)
    assert found.refusal == ""
    assert {effect.device for effect in found.also} == {"ups4", "ups5", "ups6", "linkeddisk"}
    order = [effect.device for effect in found.effects]
    assert max(map(order.index, of)) < order.index("ups4")


def test_what_the_sequencer_would_refuse_is_said_before_it_is_asked() -> None:
    assert "blade2" in consequences(site(), Wish.POWER_OFF, ("blade1",)).refusal


def test_the_whole_site_takes_everything_with_it() -> None:
    found = consequences(site(), Wish.POWER_OFF, ())
    assert {"ups1", "ups2", "ups3", "ups4", "ups5", "ups6"} <= {effect.device for effect in found.effects}


def test_alike_devices_that_follow_each_other_stand_on_one_line_in_their_order() -> None:
    found = consequences(site(), Wish.POWER_OFF, ())
    stages = found.stages(site().site)
    assert [device for stage in stages for device in stage.devices] == [one.device for one in found.effects]
    assert len(stages) < len(found.effects)
    for stage in stages:
        alike = [one for one in found.effects if one.device in stage.devices]
        assert {(one.state, one.named) for one in alike} == {(stage.state, stage.named)}
        assert (alike[0].after_s, alike[-1].after_s) == (stage.from_s, stage.until_s)
        assert len({one.device in site().site.upses for one in alike}) == 1


def test_what_is_switched_on_comes_back_disk_first() -> None:
    found = consequences(site(), Wish.POWER_ON, ())
    order = [effect.device for effect in found.effects]
    assert order.index("linkeddisk") < order.index("blade1")


def test_the_page_names_what_goes_along(operator: TestClient) -> None:
    text = operator.get("/ask?wish=power_off&group=0/1").text
    assert "linkeddisk" in text
    assert "goes along" in text


def test_a_group_is_switched_off_when_its_name_is_typed(
    operator: TestClient, service: PretendService
) -> None:
    form = {"wish": "power_off", "group": "0/1/0"}
    assert ask(operator, **form, typed="100サーバ") == 403
    assert service.asked == []
    assert ask(operator, **form, typed="Bladeサーバ") == 303
    (request,) = service.asked
    assert request.wish is Wish.POWER_OFF
    assert set(request.of) == {"blade1", "blade2"}
    assert request.by.startswith("mori, console")


def test_sec_12_switching_off_needs_the_password_once_more(
    operator: TestClient, service: PretendService
) -> None:
    form = {"wish": "power_off", "everything": "1", "typed": "everything"}
    assert ask(operator, **form, password="another one here") == 403
    assert service.asked == []
    assert ask(operator, **form) == 303
    assert service.asked[0].of == ()


def test_a_refusal_shows_the_guards_own_reason(operator: TestClient, service: PretendService) -> None:
    service.refusal = "ups5 of blade1 also feeds blade2, which may run; ask for both (R12-05)"
    found = re.search(r'name="token" value="([^"]+)"', operator.get("/").text)
    assert found
    data = {"token": found[1], "wish": "power_on", "device": "blade1"}
    answer = operator.post("/ask", data=data, headers=OURS)
    assert answer.status_code == 409
    assert "also feeds blade2" in answer.text


def test_sec_17_a_wish_is_noted_before_it_is_sent_and_so_is_its_answer(
    operator: TestClient, settings: Settings, service: PretendService
) -> None:
    ask(operator, wish="hold", device="ups5", typed="ups5")
    told = [line["what"] for line in Audit(settings.folder).last(2)]
    assert told == ["hold accepted", "hold"]


def test_nothing_is_asked_that_cannot_be_noted(
    operator: TestClient, settings: Settings, service: PretendService
) -> None:
    (settings.folder / FILE).unlink()
    (settings.folder / FILE).mkdir()
    assert ask(operator, wish="power_on", device="blade1") == 503
    assert service.asked == []


def test_a_service_that_is_not_there_is_said_so(operator: TestClient, service: PretendService) -> None:
    service.socket.unlink()
    assert ask(operator, wish="power_on", device="blade1") == 409


@pytest.mark.parametrize(
    "query",
    [
        "",
        "wish=reboot&device=blade1",
        "wish=power_off&device=nothing",
        "wish=power_off&group=0/9",
        "wish=power_off&group=0/x",
        "wish=power_off&group=-1",
        "wish=power_off&device=ups5",
        "wish=hold&everything=1",
    ],
)
def test_there_is_no_page_for_what_cannot_be_asked(browser: TestClient, query: str) -> None:
    assert browser.get(f"/ask?{query}").status_code == 404


def test_a_viewer_sees_what_would_happen_and_no_button(browser: TestClient) -> None:
    text = browser.get("/ask?wish=power_off&everything=1").text
    assert '<button type="submit" class="danger"' not in text
    assert "Only an operator" in text
