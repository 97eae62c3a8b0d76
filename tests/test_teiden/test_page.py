"""The page of a run, read as a file: what is in it, and that nothing can get in or out."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from teiden.language.say import speaking
from teiden.plots.palette import LOOKS
from teiden.rehearsal import Rehearsal
from teiden.reports import html, paint
from tests.rehearsed import broken, played

EVIL = """</title></style><script>alert(1)</script><img src=x onerror=alert(2)> "quoted" & {{ 7*7 }}"""


class Parsed(HTMLParser):
    """Elements with their attributes, texts by the element they stand in."""

    VOID = frozenset(("meta", "input", "br", "link"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, *tags: str) -> str:
        """What a person reads, or only what stands in these elements."""
        unseen = ("style", "script")
        return "".join(text for tag, text in self.texts if (tag in tags if tags else tag not in unseen))


@pytest.fixture(scope="module")
def outage() -> str:
    return html.page(played("site-outage"))


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    return broken(tmp_path_factory.mktemp("broken"))


# What it tells


def test_it_says_what_was_played_and_how_it_ended(outage: str) -> None:
    page, run = Parsed(outage), played("site-outage")
    assert page.text("h1") == run.story.sentence
    assert "HOLDS" in page.text("p")
    for told in (run.verdict.summary(), run.story.site_hash, "control site stopped 18:03 after mains lost"):
        assert told in page.text()


def test_every_device_has_a_row_with_every_state_it_was_in(outage: str) -> None:
    page = Parsed(outage)
    rows = [g["data-name"] for g in page.all("g") if g.get("class") == "row"]
    assert rows[:6] == [f"ups{n}" for n in range(1, 7)]
    assert {"linkeddisk", "blade1", "bladepool", "control2", "ssccluster"} <= set(rows)
    says = {e["data-s"] for _, e in page.elements if e.get("data-s")}
    assert says >= {"on mains", "on battery", "running", "shutting down", "flushing", "starting", "off"}


def test_every_row_of_the_table_and_every_event_is_in_it(outage: str) -> None:
    page, run = Parsed(outage), played("site-outage")
    links = [a["data-t"] for a in page.all("a") if a.get("data-t")]
    assert len(links) == len(run.rows) + len(run.told)
    text = page.text()
    for row in run.rows:
        assert row.what in text
        assert row.because in text


def test_every_expectation_and_invariant_is_judged_on_it(outage: str) -> None:
    text, verdict = Parsed(outage).text(), played("site-outage").verdict
    for result in verdict.expectations:
        assert f"site-outage.yaml:{result.place.line}" in text
        assert result.expected in text
        assert result.happened in text
    for invariant in verdict.invariants:
        assert invariant.sentence in text
    for margin in verdict.margins.margins:
        assert margin.label in text


def test_what_broke_comes_first_with_its_cause_and_how_to_see_it_again(wrong: Rehearsal) -> None:
    text = Parsed(html.page(wrong)).text()
    assert text.index("What broke") < text.index("Timeline:")
    assert "R6-14" in text
    assert "too close" in text
    assert f"teiden run {wrong.story.place.file} --seed 0" in text  # type: ignore[union-attr]


def test_a_page_of_what_holds_has_nothing_broken_on_it(outage: str) -> None:
    assert "What broke" not in Parsed(outage).text()


def test_a_quiet_story_is_a_page_too() -> None:
    """Nothing stops, the batteries hardly move."""
    page = Parsed(html.page(played("short-blip")))
    assert "mains away 0:25, nothing is stopped" in page.text()


def test_it_is_in_the_language_of_the_run(tmp_path: Path) -> None:
    with speaking("ja"):
        page = Parsed(html.page(broken(tmp_path)))
    assert page.all("html")[0]["lang"] == "ja"
    for told in ("不合格", "原因", "バッテリ運転", "フラッシュ中"):
        assert told in page.text()
    assert "ups.output_off" in page.text()  # an expectation is what the file says


# Nothing gets in or out


def test_the_policy_allows_this_script_and_this_style_and_nothing_else(outage: str) -> None:
    metas = Parsed(outage).all("meta")
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy).split(";"))
    assert rules.keys() == {"default-src", "script-src", "style-src", "base-uri", "form-action"}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", outage, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"


def test_it_asks_for_nothing_from_anywhere(outage: str) -> None:
    page = Parsed(outage)
    assert not page.all("link")
    assert not page.all("img")
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag  # the policy would forbid it
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("src", "href", "action"):
            assert attributes.get(name) in (None, "#timeline"), tag
    assert not re.search(r"url\((?!#)|@import|https?:(?!//www\.w3\.org/2000/svg)", outage)


def test_no_text_of_a_story_becomes_part_of_the_page(tmp_path: Path) -> None:
    text = html.page(broken(tmp_path, EVIL))
    page = Parsed(text)
    assert page.text("h1") == EVIL
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert "49" not in page.text("h1")


# The file


def test_the_same_run_is_the_same_page(outage: str) -> None:
    from teiden.files.story_file import load_stories
    from teiden.rehearsal import rehearse

    again = rehearse(load_stories(played("site-outage").story.place.file)[0])  # type: ignore[union-attr]
    assert html.page(again) == outage


def test_the_reference_outage_weighs_less_than_300_kb(outage: str) -> None:
    assert len(outage.encode()) < 300_000


def test_its_parts_are_in_the_package() -> None:
    folder = files("teiden.reports") / "page"
    assert {part.name for part in folder.iterdir()} >= {"page.html", "page.css", *html.SCRIPTS}


def test_every_state_has_its_colour_and_every_hatch_its_pattern(outage: str) -> None:
    style = outage[: outage.index("</style>")]
    for state, look in LOOKS.items():
        assert f"--{paint.slug(state)}:{look.fill};" in style
        if look.hatch:
            assert f'<pattern id="h-{paint.slug(state)}"' in outage


@pytest.mark.long
def test_a_page_is_made_without_a_plotting_library(tmp_path: Path) -> None:
    program = (
        "import sys; from tests.rehearsed import played; from teiden.reports import html, junit;"
        "html.page(played('short-blip')); junit.document([played('short-blip')]);"
        "print(sorted({'matplotlib', 'pandas', 'numpy'} & sys.modules.keys()))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
