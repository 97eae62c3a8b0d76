"""In the site of documents: a page for every file of the project that a document links to.

On a Git host a link to `../sequencer/outage.py` opens that file; the site shows the same text, with its
lines numbered, under `source/`. A folder is shown as the list of its files.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from docutils import nodes
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.osutil import relative_uri

FOLDER = "source"
"""Below it every such page lies as its file does in the project."""
Page = tuple[str, dict[str, Any], str]


class LinksToSources(SphinxTransform):
    """Turns links that lead to no document of the site into links to the pages made here."""

    default_priority = 5

    def apply(self, **settings: Any) -> None:
        root = Path(self.env.srcdir).parent
        here = Path(self.env.doc2path(self.env.docname)).parent
        for kind in (addnodes.pending_xref, addnodes.download_reference):
            for link in list(self.document.findall(kind)):
                if link.get("refdomain"):  # a document of the site, found already
                    continue
                path = (here / unquote(str(link.get("reftarget", ""))).partition("#")[0]).resolve()
                if path.exists() and path.is_relative_to(root) and not is_document(self.env, path):
                    self.turn(link, path.relative_to(root), folder=path.is_dir())

    def turn(self, link: Any, path: Path, *, folder: bool) -> None:
        sources_of(self.env).setdefault(self.env.docname, set()).add(path.as_posix())
        uri = relative_uri(f"{self.env.docname}.html", f"{page_of(path, folder=folder)}.html")
        link.replace_self(nodes.reference("", "", *link.children, refuri=uri, internal=True))


def is_document(env: BuildEnvironment, path: Path) -> bool:
    return path.is_relative_to(env.srcdir) and env.path2doc(str(path)) in env.found_docs


def sources_of(env: BuildEnvironment) -> dict[str, set[str]]:
    """By document: the files and folders it links to. Kept with the environment, which processes share."""
    found: dict[str, set[str]] = vars(env).setdefault("teiden_sources", {})
    return found


def page_of(path: Path | PurePosixPath, *, folder: bool) -> str:
    """What the site calls the page of a file or of a folder."""
    return f"{FOLDER}/{path.as_posix()}/index" if folder else f"{FOLDER}/{path.as_posix()}"


def take_over(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """What another process has read."""
    sources_of(env).update({name: found for name, found in sources_of(other).items() if name in docnames})


def pages(app: Sphinx) -> Iterator[Page]:
    """Every page to write: the files linked to, and those of the folders linked to."""
    root = Path(app.srcdir).parent
    linked = {root / path for found in sources_of(app.env).values() for path in found}
    folders = sorted(path for path in linked if path.is_dir())
    files = {path for path in linked if path.is_file()}
    files.update(path for folder in folders for path in shown_in(folder))
    for folder in folders:
        yield folder_page(folder, root)
    for path in sorted(files):
        yield file_page(app, path, root)


def shown_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def folder_page(folder: Path, root: Path) -> Page:
    name = folder.relative_to(root).as_posix()
    entries = "".join(
        f'<li><a href="{escape(path.name)}.html">{escape(path.name)}</a></li>' for path in shown_in(folder)
    )
    body = f"<h1>{escape(name)}/</h1><ul>{entries}</ul>"
    return page_of(folder.relative_to(root), folder=True), {"title": f"{name}/", "body": body}, "page.html"


def file_page(app: Sphinx, path: Path, root: Path) -> Page:
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    name = path.relative_to(root).as_posix()
    text = path.read_text(encoding="utf-8")
    shown = app.builder.highlighter.highlight_block(text, lexer_of(path), force=True, linenos="inline")
    return (
        page_of(path.relative_to(root), folder=False),
        {"title": name, "body": f"<h1>{escape(name)}</h1>{shown}"},
        "page.html",
    )


def lexer_of(path: Path) -> str:
    try:
        lexer = get_lexer_for_filename(path.name)
    except ClassNotFound:
        return "text"
    return str(lexer.aliases[0]) if lexer.aliases else "text"


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_transform(LinksToSources)
    app.connect("env-merge-info", take_over)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}
