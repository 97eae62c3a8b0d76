"""Writes docs/reference/: every key, command, event, rule and invariant, from the code that has them.

    .venv/bin/python .ci/reference.py             # write the pages
    .venv/bin/python .ci/reference.py --check     # only look: 1 if one of them is not true any more

Nobody edits these pages: what is wrong in one of them is wrong in a description, a `--help` or a docstring.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import reference_events
import reference_files
import reference_lists

ROOT = Path(__file__).resolve().parent.parent
PAGES = Path("docs/reference")
COMMAND = ".venv/bin/python .ci/reference.py"

WRITERS: dict[str, tuple[str, Callable[[Path], Iterator[str]]]] = {
    "site.md": ("the models that read site files", reference_files.site_page),
    "story.md": ("the models that read story files", reference_files.story_page),
    "commands.md": ("the `--help` of every command", reference_lists.commands_page),
    "events.md": ("the vocabulary in sequencer/events.py", reference_events.page),
    "rules.md": ("the rules in teiden/rules", reference_lists.rules_page),
    "invariants.md": ("the invariants in teiden/judge/invariants", reference_lists.invariants_page),
}


def page(root: Path, name: str) -> str:
    """A heading, where the page comes from, and the rest as its writer tells it."""
    source, writer = WRITERS[name]
    title, *lines = writer(root)
    return (
        "\n".join([title, "", f"<!-- Written by `{COMMAND}` from {source}: do not edit. -->", *lines]) + "\n"
    )


def stale(root: Path) -> Iterator[str]:
    """Pages that are not what the code says, and pages that nobody writes."""
    for name in WRITERS:
        path = root / PAGES / name
        if not path.is_file() or path.read_text(encoding="utf-8") != page(root, name):
            yield f"{PAGES / name}: not what stands in the code any more; write it anew: {COMMAND}"
    for path in sorted((root / PAGES).glob("*.md")):
        if path.name not in WRITERS:
            yield f"{PAGES / path.name}: nobody writes this page; other pages stand elsewhere"


def write(root: Path) -> None:
    (root / PAGES).mkdir(parents=True, exist_ok=True)
    for name in WRITERS:
        (root / PAGES / name).write_text(page(root, name), encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(f"usage: {COMMAND} [--check]", file=sys.stderr)
        return 2
    if not arguments:
        write(ROOT)
    wrong = list(stale(ROOT))
    print("\n".join(wrong) if wrong else f"{len(WRITERS)} pages of reference say what the code says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
