"""The pages of statistics and of one UPS: what is drawn, what is unknown, who hangs on it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from realtime.samples.schema import FILE
from sequencer.site import Array, ArrayRole, Site
from teiden.stats.samples import Step
from teiden.web.drawing import spark, week
from teiden.web.settings import Settings
from teiden.web.supplied import supplied
from tests.pretend_service import PretendService
from tests.sampled import Room, on_battery, seen, silent
from tests.test_web.browsing import BASE, PASSWORD, site, until


@pytest.fixture
def room(settings: Settings) -> Room:
    """Two hours of the whole site, an outage of ups5 among them, ups6 silent at the end."""
    began = datetime.fromtimestamp(datetime.now(UTC).timestamp() // 300 * 300, UTC) - timedelta(hours=2)
    room = Room(settings.events, now=began, names=tuple(site().site.upses))
    room.take(4, every=timedelta(minutes=10))
    room.upses["ups5"] = on_battery("ups5", charge_pct=62.0, load_pct=55.0)
    room.take(6)
    room.upses["ups5"] = seen("ups5", charge_pct=64.0)
    room.upses["ups6"] = silent("ups6")
    room.take(6, every=timedelta(minutes=10))
    room.store.close()
    return room


# All of them


def test_r2_10_every_ups_has_a_row_with_its_outages_and_two_lines(browser: TestClient, room: Room) -> None:
    text = browser.get("/stats").text
    assert all(f'<a href="/ups/ups{n}">' in text for n in range(1, 7))
    assert text.count('<svg class="spark') == 12
    (row,) = re.findall(r"<tr>(?:(?!</tr>).)*/ups/ups5.*?</tr>", text, re.DOTALL)
    assert "62 %" in row
    assert "1 (10 min 50 s)" in row, "an outage, until the mains were seen again"


def test_no_page_brings_a_style_of_its_own(browser: TestClient, room: Room) -> None:
    for path in ("/stats", "/ups/ups5", "/ups/ups5/week.svg"):
        assert not re.search(r"<style|\sstyle=|<script(?! src)|\son\w+=", browser.get(path).text), path


def test_without_samples_the_page_says_why(browser: TestClient, settings: Settings) -> None:
    assert "No readings: " in browser.get("/stats").text
    (settings.events / FILE).write_bytes(b"garbage" * 1000)
    assert "not a database" in browser.get("/stats").text
    assert "not a database" in browser.get("/ups/ups5").text


def test_the_pages_are_japanese_for_a_japanese_browser(browser: TestClient, room: Room) -> None:
    ja = {"accept-language": "ja"}
    assert "統計" in browser.get("/stats", headers=ja).text
    assert "接続機器" in browser.get("/ups/ups5", headers=ja).text
    assert "充電率" in browser.get("/ups/ups5/week.svg", headers=ja).text


def test_samples_are_read_once_a_minute_however_many_look(
    browser: TestClient, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "62 %" in browser.get("/stats").text
    monkeypatch.setattr("teiden.web.statistics.kept", lambda folder: pytest.fail("read again"))
    assert "62 %" in browser.get("/stats", headers={"accept-language": "ja"}).text


# One of them


def test_what_is_known_now_has_its_age_and_what_is_not_says_so(
    browser: TestClient, service: PretendService
) -> None:
    others = [ups for ups in service.status.upses if ups.name != "ups5"]
    (ups5,) = (ups for ups in service.status.upses if ups.name == "ups5")
    service.tell(upses=(*others, replace(ups5, age_s=7.0, charge_pct=None, load_pct=33.0)))
    until(lambda: "33 %" in browser.get("/ups/ups5/now").text)
    text = browser.get("/ups/ups5").text
    assert re.search(r"told [78] s ago", text)
    assert re.search(r"<dt>Charge</dt><dd><span[^>]*>unknown", text)


def test_a_reading_that_is_too_old_to_act_on_is_said_to_be(
    browser: TestClient, service: PretendService
) -> None:
    service.tell(upses=tuple(replace(ups, fresh=False, age_s=900.0) for ups in service.status.upses))
    until(lambda: "Too old to act on" in browser.get("/ups/ups5/now").text)


def test_s1_who_hangs_on_it_and_what_each_would_lose(browser: TestClient, room: Room) -> None:
    text = browser.get("/ups/ups4").text
    assert "linkeddisk" in text
    assert re.search(r"blade1, blade2[^<]* lose their disk", text)
    assert "it is a control node" in browser.get("/ups/ups1").text


def test_its_outages_stand_there_the_newest_first(browser: TestClient, room: Room) -> None:
    text = browser.get("/ups/ups5").text
    assert "Its outages" in text
    assert re.search(r"10 min 50 s.*62 %.*55 %", text, re.DOTALL)
    assert "Its outages" not in browser.get("/ups/ups4").text


def test_a_ups_that_the_site_does_not_have_is_not_found(browser: TestClient, room: Room) -> None:
    for path in ("/ups/ups99", "/ups/ups99/now", "/ups/ups99/week.svg", "/ups/%3Cscript%3E"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "<script>" not in answer.text


def test_an_operator_finds_hold_and_release_there(
    browser: TestClient, two_accounts: Path, settings: Settings, room: Room
) -> None:
    settings.folder.mkdir(mode=0o700)
    (settings.folder / two_accounts.name).write_bytes(two_accounts.read_bytes())
    for name, told in (("mori", True), ("sato", False)):
        browser.post("/login", data={"name": name, "password": PASSWORD}, headers={"origin": BASE})
        text = browser.get("/ups/ups5").text
        for wish in ("hold", "release"):
            assert (f'href="/ask?wish={wish}&amp;device=ups5"' in text) is told


# Who hangs on it


def two_feeds(room: Site) -> Site:
    """blade1 draws from two UPSes, and the disk's controllers hang on another UPS than its enclosures."""
    blade1 = replace(room.servers["blade1"], upses=("ups5", "ups6"))
    disk = Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups3", "ups4"))
    servers, arrays = {**room.servers, "blade1": blade1}, {**room.arrays, "linkeddisk": disk}
    return replace(room, servers=servers, arrays=arrays)


def test_whoever_has_a_second_supply_stays_on() -> None:
    found = {one.name: one for one in supplied(two_feeds(site().site), "ups5")}
    assert not found["blade1"].falls
    assert found["blade1"].words == "by ups6"
    assert found["blade2"].falls


def test_an_array_falls_with_its_controllers_though_its_enclosures_have_another_ups() -> None:
    room = two_feeds(site().site)
    (disk,) = (one for one in supplied(room, "ups4") if one.name == "linkeddisk")
    assert disk.falls
    assert "its controllers lose" in disk.words
    (disk,) = (one for one in supplied(room, "ups3") if one.name == "linkeddisk")
    assert not disk.falls


# Drawing


def test_a_gap_parts_the_line_and_a_single_point_is_seen() -> None:
    drawn = spark([(0, 100.0), (3600, 50.0), (7200, None), (10800, 20.0)], 0, 10800, 3600)
    assert drawn.lines == ("0.0,0.0 33.3,50.0", "100.0,80.0 100.0,80.0")
    assert drawn.words == "20–100 %"
    assert spark([], 0, 10, 1).words == "?"


def test_an_overload_does_not_leave_the_picture(browser: TestClient, room: Room) -> None:
    assert spark([(0, 180.0), (1, 180.0)], 0, 1, 1).lines == ("0.0,0.0 100.0,0.0",)


@pytest.mark.parametrize("width", [350, 1100])
def test_the_picture_of_a_week_is_a_drawing_whatever_it_is_made_of(width: int) -> None:
    zone = site_zone()
    since = int(datetime(2026, 10, 29, tzinfo=UTC).timestamp())
    empty = week([], since, since + 7 * 86_400, 1008, zone, width=width)
    full = week(
        [Step(since + 1008 * n, 50.0, None, n == 3) for n in range(600)],
        since,
        since + 604_800,
        1008,
        zone,
        width=width,
    )
    for text in (empty, full):
        root = ElementTree.fromstring(text)
        assert root.get("width") == str(width)
    assert full.count("<polyline") == 1
    assert empty.count("<polyline") == 0


def site_zone() -> object:
    from zoneinfo import ZoneInfo

    return ZoneInfo("Europe/Berlin")
