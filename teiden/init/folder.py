"""Fills a folder with a first site and its stories: all of the files or none, and none is written over."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path, PurePosixPath

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t

TEMPLATES = Path(__file__).parent
SCHEMAS = TEMPLATES.parent / "files" / "schema"
STORIES = ("power-cut", "mains-back-early", "flush-never-ends")
CI = {"github": ".github/workflows/rehearse.yml", "gitlab": ".gitlab-ci.yml"}
"""Where each kind of CI looks for its file."""
PRODUCTS = ("ver1.0", "ver1.02", "ver2.1")


def files(*, product: str, lang: str, ci: str | None, requirement: str) -> dict[str, str]:
    """The text of every file by its path in the folder, in the order in which a person reads them."""
    written = {"site.yaml": of_product(template(lang, "site.yaml"), product)}
    for story in STORIES:
        written[f"scenarios/{story}.yaml"] = template(lang, f"scenarios/{story}.yaml")
    written["requirements.txt"] = f"{requirement}\n"
    for kind in ("site", "story"):
        written[f"schema/{kind}.json"] = (SCHEMAS / f"{kind}.json").read_text(encoding="utf-8")
    if ci is not None:
        written[CI[ci]] = template("ci", f"{ci}.yaml")
    return written


def template(folder: str, name: str) -> str:
    return (TEMPLATES / folder / name).read_text(encoding="utf-8")


def of_product(site: str, product: str) -> str:
    return re.sub(
        r"^product: \S+", f"product: {product}".ljust(len("product: ver2.1")), site, flags=re.MULTILINE
    )


def fill(folder: Path, texts: dict[str, str]) -> None:
    """Write all of them. InputError: some are there already; OSError: the folder cannot be written."""
    refuse_what_is_there(folder, texts)
    done: list[Path] = []
    try:
        for name, text in texts.items():
            path = folder / PurePosixPath(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                done.append(path)
                file.write(text)
    except OSError:
        for path in done:
            with suppress(OSError):
                path.unlink()
        raise


def refuse_what_is_there(folder: Path, texts: dict[str, str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError([Problem(Place(str(folder)), t("this is a file, not a folder"))])
    there = [folder / PurePosixPath(name) for name in texts if _is_there(folder / PurePosixPath(name))]
    if there:
        advice = t("nothing was written; name an empty folder, or move what is there")
        message = t("is there already")
        raise InputError(
            Problem(Place(str(path)), message, advice if path == there[-1] else "") for path in there
        )


def _is_there(path: Path) -> bool:
    """A link that leads nowhere is there too."""
    return path.exists() or path.is_symlink()
