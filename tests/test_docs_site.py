"""The documents as a site: built without a warning, whole in itself, and reached from its first page."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import docs_build
import docs_tree

DOCS = docs_build.ROOT / "docs"


def test_every_document_is_listed_on_a_page_that_makes_the_menu() -> None:
    listed: set[Path] = set()
    for name in docs_tree.LISTS:
        page = DOCS / f"{name}.md"
        for line in docs_tree.menu(page.read_text(encoding="utf-8"), page.parent):
            listed.add((page.parent / f"{line}.md").resolve())

    documents = {path.resolve() for path in DOCS.rglob("*.md")}

    assert documents - listed == {(DOCS / "index.md").resolve()}


def test_the_menu_follows_from_the_links_of_a_page(tmp_path: Path) -> None:
    (tmp_path / "howto").mkdir()
    for name in ("listed", "not-listed"):
        (tmp_path / "howto" / f"{name}.md").touch()
    text = (
        "# Title\n\n[Away](https://example.org/x.md), ![picture](x.png)\n\n"
        "## How-to guides\n- [A](howto/listed.md), again [A](howto/listed.md)\n"
        "## Reference\n- [B](reference/b.md#part), [B](reference/b.md)\n## Nothing\nno link\n"
    )

    menu = "\n".join(docs_tree.menu(text.replace("(https://example.org/x.md)", ""), tmp_path))

    assert menu.count("```{toctree}") == 2
    assert ":caption: How-to guides\n\nhowto/listed\nhowto/not-listed\n```" in menu
    assert ":caption: Reference\n\nreference/b\n```" in menu


def test_no_document_needs_more_than_plain_markdown() -> None:
    """A directive of one renderer is noise to every other reader."""
    directive = re.compile(r"^(?:```|~~~|:::+)\{|\{(?:doc|ref|term|download)\}`", re.MULTILINE)

    assert [path for path in sorted(DOCS.rglob("*.md")) if directive.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.net/x.js"></script>',
        "<link rel='stylesheet' href='//fonts.example.net/css'>",
        '<img alt="" src="http://example.net/x.png">',
        "@font-face { src: url(https://fonts.example.net/x.woff2) }",
    ],
)
def test_what_a_page_would_load_from_elsewhere_is_seen(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.html").write_text(text)

    assert len(list(docs_build.loaded_from_elsewhere(tmp_path))) == 1


def test_a_link_to_elsewhere_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        '<a href="https://example.net">x</a><script src="_static/x.js"></script>'
    )

    assert not list(docs_build.loaded_from_elsewhere(tmp_path))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("docs")
    assert docs_build.build(out) == 0
    return out


@pytest.mark.long
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(site: Path) -> None:
    assert (site / "index.html").is_file()
    assert list(docs_build.loaded_from_elsewhere(site)) == []


@pytest.mark.long
def test_every_link_inside_the_site_leads_to_a_page_and_a_place_on_it(site: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    places = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}

    dead = []
    for path, text in pages.items():
        for link in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', text):
            name, _, place = unquote(link).partition("#")
            target = (path.parent / name).resolve() if name else path
            if re.match(r"[a-z]+:", link) or link == "#":
                continue
            if not target.is_file() or (place and target in places and place not in places[target]):
                dead.append(f"{path.relative_to(site)}: {link}")

    assert len(pages) > 100
    assert dead == []


@pytest.mark.long
def test_a_link_to_the_code_shows_it(site: Path) -> None:
    page = (site / "source" / "sequencer" / "outage.py.html").read_text(encoding="utf-8")

    assert "def</span>" in page
    assert (site / "source" / "scenarios" / "index.html").is_file()
