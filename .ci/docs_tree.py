"""In the site of documents: the menu, from the links of the pages that list others.

A `toctree` directive is a block of code to every other reader of Markdown. So the pages that list documents
do it with plain links under headings, and the menu is made from these: one part for each heading.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LISTS = ("index", "adr/README")
"""Documents whose links are the menu."""
FILLED = {"How-to guides": "howto"}
"""A part that also has what lies in this folder and is not listed."""

HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)\.md\)")


def add_menu(app: "Sphinx", docname: str, source: list[str]) -> None:
    if docname in LISTS:
        folder = Path(app.srcdir) / Path(docname).parent
        source[0] += "\n" + "\n".join(menu(source[0], folder)) + "\n"


def menu(text: str, folder: Path) -> Iterator[str]:
    """A hidden toctree for each part of the text that has links to documents."""
    before, *parts = HEADING.split(text)
    for title, body in (("", before), *zip(parts[::2], parts[1::2], strict=True)):
        entries = list(dict.fromkeys(LINK.findall(body)))
        if title in FILLED:
            found = sorted(path.stem for path in (folder / FILLED[title]).glob("*.md"))
            entries += [name for stem in found if (name := f"{FILLED[title]}/{stem}") not in entries]
        if entries:
            yield from (
                "```{toctree}",
                ":hidden:",
                *([f":caption: {title}"] if title else []),
                "",
                *entries,
                "```",
                "",
            )


def setup(app: "Sphinx") -> dict[str, Any]:
    app.connect("source-read", add_menu)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
