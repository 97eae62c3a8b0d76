"""The page of a run in headless Chromium: it zooms, points and filters, and asks nobody for anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from teiden.language.say import speaking
from teiden.rehearsal import Rehearsal
from teiden.reports import html
from tests.rehearsed import broken, played

pytestmark = pytest.mark.long

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = (1320, 1000), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Window:
    """A page that is open, and everything it complained about or asked for."""

    page: Any
    heard: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.page.locator(selector).all_text_contents()]

    def box(self, selector: str) -> dict[str, float]:
        found: dict[str, float] = self.page.locator(selector).first.bounding_box()
        return found

    @property
    def scale(self) -> float:
        """Screen pixels for one of the unzoomed panel."""
        matrix = self.page.locator(".rows").get_attribute("transform")
        return float(matrix.removeprefix("matrix(").split()[0])


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    windows: list[tuple[Any, Window]] = []

    def open_(run: Rehearsal, size: tuple[int, int] = DESK, lang: str = "en", **settings: Any) -> Window:
        path = tmp_path / f"{len(windows)}.html"
        with speaking(lang):
            path.write_text(html.page(run), encoding="utf-8")
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **settings)
        window = Window(context.new_page())
        window.on("console", lambda message: window.heard.append(f"{message.type}: {message.text}"))
        window.on("pageerror", lambda error: window.heard.append(f"error: {error}"))
        asked: list[str] = []
        window.on("request", lambda request: asked.append(request.url))
        window.goto(path.as_uri())
        windows.append((context, window))
        window.page.asked = asked
        return window

    yield open_
    for context, window in windows:
        assert window.heard == []  # breaches of its own policy are told on the console too
        assert len(window.page.asked) == 1  # the file itself
        context.close()


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    return broken(tmp_path_factory.mktemp("broken"))


def over(window: Window, share: float = 0.5) -> tuple[float, float]:
    """A point in the panel, so far from its left edge, in the row of ups4."""
    window.locator(".row[data-name=ups4]").scroll_into_view_if_needed()
    panel, row = window.box("svg.panel .ground"), window.box(".row[data-name=ups4]")
    return panel["x"] + share * panel["width"], row["y"] + row["height"] / 2


def test_the_wheel_zooms_where_it_points_and_a_double_click_shows_all_again(opened: Any) -> None:
    window = opened(played("site-outage"))
    whole = window.scale
    window.mouse.move(*over(window, 0.2))
    window.mouse.wheel(0, -300)
    window.wait_for_function("() => document.querySelector('.timeline').classList.contains('zoomed')")
    assert window.scale > 1.5 * whole
    assert len(window.texts(".axis text.clock")) > 2
    window.mouse.dblclick(*over(window, 0.2))
    assert window.scale == pytest.approx(whole)


def test_buttons_zoom_and_a_drag_moves(opened: Any) -> None:
    window = opened(played("site-outage"))
    for _ in range(4):
        window.click("[data-do=in]")
    before = window.locator(".rows").get_attribute("transform")
    x, y = over(window)
    window.mouse.move(x, y)
    window.mouse.down()
    window.mouse.move(x - 200, y, steps=4)
    window.mouse.up()
    assert window.locator(".rows").get_attribute("transform") != before
    assert window.locator(".cursor").get_attribute("visibility") == "hidden"  # a drag is no click
    window.click("[data-do=whole]")
    assert window.scale == pytest.approx(opened(played("site-outage")).scale)


def test_pointing_tells_the_bar_the_time_and_the_state_of_every_device(opened: Any) -> None:
    window = opened(played("site-outage"))
    box = window.box(".row[data-name=ups4] [data-s='on battery']")
    window.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "ups4" in window.locator(".tip").inner_text()
    assert "0:00 – 10:49" in window.locator(".tip").inner_text()
    since, clock = window.texts(".now .when")
    assert since.startswith("5:")
    assert clock.startswith("14:15:")
    assert window.texts(".now text:not(.when, .end)")[:6] == ["on battery"] * 6
    assert any(text.startswith("ups4 7") for text in window.texts(".now .end"))  # of 100 %, down to 57 %
    window.mouse.move(2, 2)
    assert window.texts(".now .when")[0] == "at the end"


def test_a_click_holds_the_cursor_and_finds_the_row_and_the_event(opened: Any) -> None:
    window = opened(played("site-outage"))
    window.mouse.click(*over(window, 0.3))
    window.mouse.move(2, 2)
    assert window.locator(".cursor").get_attribute("visibility") == "visible"
    assert window.count(".told tr.here") == 1
    assert window.count(".stream tr.here") == 1
    assert window.evaluate("document.querySelector('.scroll').scrollTop") > 0


def test_an_event_moves_the_cursor(opened: Any) -> None:
    window = opened(played("site-outage"))
    window.locator(".stream tr", has_text="array.flushing").first.locator("a").click()
    assert window.texts(".now .when") == ["7:35", "14:17:35"]
    assert window.texts(".now text:not(.when, .end)")[7] == "flushing"
    window.wait_for_function("() => document.querySelector('#stage').getBoundingClientRect().bottom > 80")


def test_events_are_found_by_text_kind_and_device(opened: Any) -> None:
    window = opened(played("site-outage"))
    run = played("site-outage")
    window.fill("[name=text]", "graceful")
    assert 0 < window.count(".stream tbody tr:visible") < 20
    window.fill("[name=text]", "")
    window.select_option("[name=kind]", "array")
    of_kind = sum(event.name.startswith("array.") for event in run.told)
    assert window.count(".stream tbody tr:visible") == of_kind
    assert window.texts("#counted") == [f"{of_kind} / {len(run.told)}"]
    window.select_option("[name=subject]", "controldisk")
    of_both = sum(e.name.startswith("array.") and e.subject == "controldisk" for e in run.told)
    assert window.count(".stream tbody tr:visible") == of_both
    window.fill("[name=text]", "no such thing")
    assert window.locator("#none").is_visible()


def test_everything_can_be_done_with_the_keyboard(opened: Any) -> None:
    window = opened(played("site-outage"))
    stage = window.locator("#stage")
    stage.focus()
    window.keyboard.press("Shift+ArrowRight")
    assert stage.get_attribute("aria-valuetext") == "0:00 14:10:00"
    window.keyboard.press("Shift+ArrowRight")
    assert stage.get_attribute("aria-valuetext") == "0:33 14:10:33"
    window.keyboard.press("ArrowRight")
    assert stage.get_attribute("aria-valuetext") != "0:33 14:10:33"
    whole = window.scale
    window.keyboard.press("+")
    assert window.scale > whole
    window.keyboard.press("0")
    assert window.scale == pytest.approx(whole)
    window.keyboard.press("Escape")
    assert stage.get_attribute("aria-valuetext") == "at the end"
    link = window.locator(".stream a").first
    link.focus()
    window.keyboard.press("ArrowDown")
    window.keyboard.press("Enter")
    assert window.locator(".cursor").get_attribute("visibility") in ("visible", "hidden")
    assert stage.get_attribute("aria-valuetext") != "at the end"


def test_rows_of_detail_are_shown_on_request(opened: Any) -> None:
    window = opened(played("site-outage"))
    few = window.count(".told tbody tr:visible")
    window.check("#details")
    assert window.count(".told tbody tr:visible") == len(played("site-outage").rows) > few


def test_without_a_script_everything_is_there(opened: Any, wrong: Rehearsal) -> None:
    window = opened(wrong, java_script_enabled=False)
    assert window.count(".rows .row") == 17
    assert "linkeddisk" in " ".join(window.texts(".flag text"))
    assert window.locator(".broke").is_visible()
    assert window.count(".stream tbody tr:visible") == len(wrong.told)
    assert window.locator("#details").is_visible()
    assert not window.locator("#filter").is_visible()  # what would not work is not offered
    assert not window.locator(".tools").is_visible()
    window.check("#details")
    assert window.count(".told tbody tr:visible") == len(wrong.rows)


def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Any, wrong: Rehearsal) -> None:
    window = opened(wrong, PHONE, has_touch=True, is_mobile=True)
    assert window.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert window.box("svg.timeline")["width"] <= PHONE[0]
    window.touchscreen.tap(*over(window, 0.3))
    assert window.locator("#states").is_visible()
    assert "on battery" in window.texts("#states li span")


def test_the_page_follows_the_window(opened: Any) -> None:
    window = opened(played("site-outage"))
    window.set_viewport_size({"width": 800, "height": 900})
    window.wait_for_function("() => document.querySelector('.timeline').viewBox.baseVal.width < 800")
    assert window.evaluate("document.documentElement.scrollWidth") <= 800


def test_in_the_dark_the_paper_is_dark(opened: Any) -> None:
    window = opened(played("site-outage"), color_scheme="dark")
    colour = window.evaluate("getComputedStyle(document.querySelector('#timeline')).backgroundColor")
    assert sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) < 150


def test_a_page_in_japanese_works_the_same(opened: Any, wrong: Rehearsal) -> None:
    window = opened(wrong, lang="ja")
    window.mouse.move(*over(window, 0.2))
    assert "バッテリ運転" in window.texts(".now text:not(.when, .end)")


def test_paper_has_no_controls_and_the_picture_on_it(opened: Any) -> None:
    window = opened(played("site-outage"))
    window.emulate_media(media="print")
    assert not window.locator(".tools").is_visible()
    assert not window.locator(".scroll").is_visible()
    assert window.locator("svg.timeline").is_visible()
    assert window.locator(".on-paper").is_visible()


def test_a_hall_of_hundreds_stays_usable(opened: Any) -> None:
    run = played("hall-outage")
    window = opened(run)
    assert window.count(".rows .row") <= 60
    assert window.count(".stream tbody tr") <= 1000
    assert f"{len(run.told)} events share" in window.texts(".notice")[0]
    panel = window.box("svg.panel .ground")
    window.mouse.move(panel["x"] + 0.3 * panel["width"], panel["y"] + 60)
    assert window.texts(".now .when")[0] != "at the end"
