"""Runs the notebooks of notebooks/ and renders them where people can see the pictures: docs/notebooks/.

    .venv/bin/python .ci/notebooks.py             # run them all, write the pages anew
    .venv/bin/python .ci/notebooks.py --check     # only look: 1 if what they print is not what stands there
    .venv/bin/python .ci/notebooks.py NAME...     # only these

A notebook is kept as plain Python (jupytext's percent format), without its outputs; the page beside it holds
what it printed and drew. Pictures differ with the fonts of the machine, so only their number is looked at.
"""

import base64
import re
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SOURCES, PAGES = Path("notebooks"), Path("docs/notebooks")
LIMIT_S = 300
WALL_TIME = re.compile(r"\b\d+(\.\d+)? m?s\b(?= of wall time)|\bin \d+ ms\b")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HEAD = "<!-- Written by .ci/notebooks.py from {source}; change that file, not this one. -->\n\n"


class Page(NamedTuple):
    text: str
    pictures: dict[str, bytes]
    """By file name, in the page's own folder."""


def sources(root: Path) -> list[Path]:
    return sorted((root / SOURCES).glob("*.py"))


def run(source: Path) -> Any:
    """The notebook with its outputs. A cell that raises ends it: `CellExecutionError`.

    Over socket files of its own where the system has them: no port, and nobody else can listen.
    """
    import jupytext  # here: tests look at pages without running a notebook, and all this takes a second
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    notebook = jupytext.read(source)
    with TemporaryDirectory(prefix="nb") as folder:
        own = {} if sys.platform == "win32" else {"transport": "ipc", "ip": f"{folder}/k"}
        manager = AsyncKernelManager(kernel_name="python3", **own)
        where = {"metadata": {"path": str(source.parent)}}
        client = NotebookClient(notebook, km=manager, timeout=LIMIT_S, resources=where)
        client.owns_km = True  # so that it ends the kernel, also after a cell that failed
        client.execute()
    return notebook


def page(source: Path, notebook: Any) -> Page:
    """Markdown as a Git host and the document site show it, and the pictures that it names."""
    pictures: dict[str, bytes] = {}
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code" and cell.source.strip():
            shown = [] if "hide" in cell.metadata.get("tags", ()) else [fenced(cell.source, "python")]
            parts += [*shown, *outputs(cell.outputs, source.stem, pictures)]
    head = HEAD.format(source=f"{SOURCES}/{source.name}")
    return Page(head + "\n\n".join(part.strip() for part in parts) + "\n", pictures)


def outputs(found: list[Any], stem: str, pictures: dict[str, bytes]) -> Iterator[str]:
    """What a cell printed, returned and drew, in its order; warnings on stderr are no part of the page."""
    for output in found:
        if output.output_type == "stream":
            if output.name == "stdout":
                yield fenced(output.text.rstrip(), "text")
            continue
        data = output.get("data", {})
        if "image/png" in data:
            name = f"{stem}-{len(pictures) + 1}.png"
            pictures[name] = base64.b64decode(data["image/png"])
            yield f"![Picture {len(pictures)} of this notebook]({name})"
        elif "text/markdown" in data:
            yield data["text/markdown"]
        elif "text/plain" in data:
            yield fenced(data["text/plain"], "text")


def fenced(text: str, language: str) -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


def write(root: Path, source: Path, made: Page) -> None:
    folder = root / PAGES
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{source.stem}-*.png"):
        old.unlink()
    (folder / f"{source.stem}.md").write_text(made.text, encoding="utf-8", newline="\n")
    for name, picture in made.pictures.items():
        (folder / name).write_bytes(picture)


def differences(root: Path, source: Path, made: Page) -> Iterator[str]:
    """Why the page beside the notebook is not what the notebook says today."""
    path = root / PAGES / f"{source.stem}.md"
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    if untimed(there) != untimed(made.text):
        told, said = untimed(there).splitlines(), untimed(made.text).splitlines()
        same = (before == now for before, now in zip(told, said, strict=False))
        line = 1 + sum(1 for _ in takewhile(bool, same))
        yield f"{path.relative_to(root)}:{line}: not what {source.name} prints; write it anew"
    if missing := [name for name in made.pictures if not (root / PAGES / name).exists()]:
        yield f"{path.relative_to(root)}: no picture {', '.join(missing)}"


def untimed(text: str) -> str:
    return WALL_TIME.sub("N", text)


def main(arguments: list[str], root: Path = ROOT) -> int:
    from nbclient.exceptions import CellExecutionError

    names = [argument for argument in arguments if argument != "--check"]
    wrong: list[str] = []
    for source in sources(root):
        if names and source.stem not in names:
            continue
        try:
            made = page(source, run(source))
        except CellExecutionError as error:
            wrong.append(f"{SOURCES / source.name}: {COLOUR.sub('', str(error))}")
            continue
        if "--check" in arguments:
            wrong += differences(root, source, made)
        else:
            write(root, source, made)
            print(f"{PAGES / source.stem}.md: {len(made.pictures)} pictures")
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
