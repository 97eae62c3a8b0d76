"""Writes docs/requirements.md: each requirement, where it is made, and which rule, story or test shows it.

    .venv/bin/python .ci/requirements_matrix.py             # write the page
    .venv/bin/python .ci/requirements_matrix.py --check     # only look: 1 if it is not true any more

What is asked stands in docs/requirements.yaml; who carries an id is found by requirements_evidence.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from requirements_evidence import Evidence, Id, evidence

ROOT = Path(__file__).resolve().parent.parent
DATA = Path("docs/requirements.yaml")
PAGE = Path("docs/requirements.md")
COMMAND = ".venv/bin/python .ci/requirements_matrix.py"

STATUSES = {
    "built": "made, and carried by at least one rule, story or test",
    "live": "needs live mode: the service, its cards and its nodes",
    "doctor": "a check of what is installed on real machines (`teiden doctor`); no run can show it",
    "console": "a step in the console of a running service",
    "information": "worth knowing, nothing to build",
    "non-goal": "left out on purpose",
}
KEYS = {"asks", "status", "made", "why"}


@dataclass(frozen=True)
class Row:
    id: Id
    section: str
    asks: str
    status: str
    made: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_built(self) -> bool:
        return self.status == "built"


def rows(root: Path) -> list[Row]:
    """What docs/requirements.yaml says, in its order. Unknown keys, and ids that stand twice, are refused."""
    with (root / DATA).open(encoding="utf-8") as file:
        sections: dict[str, dict[Id, dict[str, Any]]] = yaml.load(file, Loader=yaml.BaseLoader)
    found = []
    for section, entries in sections.items():
        for id, entry in entries.items():
            if unknown := set(entry) - KEYS:
                raise ValueError(f"{DATA}: {id}: unknown: {', '.join(sorted(unknown))}")
            found.append(Row(id, section, **{**entry, "made": tuple(entry.get("made", ()))}))
    return found


# What must hold


def offences(root: Path, listed: list[Row], found: Evidence) -> Iterator[str]:
    """One line for everything that is not true."""
    for id, times in Counter(row.id for row in listed).items():
        if times > 1:
            yield f"{DATA}: {id} stands there {times} times"
    for row in listed:
        yield from (f"{DATA}: {row.id}: {what}" for what in wrong_with(root, row, found))
    known = {row.id for row in listed}
    for kind, carriers in (("covers", found.stories), ("carries", found.tests)):
        for id in sorted(carriers.keys() - known):
            yield from (f"{path}: {kind} {id}, which is no requirement" for path in sorted(carriers[id]))
    for id in sorted(found.rules.keys() - known):
        yield from (f"{path}: a rule is called {id}, which is no requirement" for _, path in found.rules[id])


def wrong_with(root: Path, row: Row, found: Evidence) -> Iterator[str]:
    if row.status not in STATUSES:
        yield f"{row.status!r} is no status; known: {', '.join(STATUSES)}"
    if not row.asks:
        yield "does not say what is asked"
    if row.is_built and not found.of(row.id):
        yield "is built, and neither a rule nor a story nor a test carries its id"
    if row.is_built and not row.made:
        yield "is built, and no module is named"
    if not row.is_built and not row.why:
        yield f"is {row.status}, and no reason is given"
    yield from (f"there is no module {path}" for path in row.made if not (root / path).is_file())


# The page

HEAD = """\
# Requirements

<!-- Written by `{command}` from {data}, the rules, stories and tests: do not edit. -->

{rows} requirements of the reference document and of those who use it, where each is made, and what shows
it: a rule of [`teiden check`](check.md), a story in [scenarios](../scenarios), or a test that carries its id.
Every rule has a test of its own for the value that breaks it and the one that just keeps it
([these](../tests/test_teiden/test_rules_boundaries.py)).

Of the {built} that are built, {rules} have a rule, {stories} a story and {tests} a test by their id; many
have all three.

| status | rows | meaning |
|---|---:|---|
{statuses}

What is asked, and why something is not built, stands in [{data}]({data}). After a change of it, or of an id
that a rule, a story, a test or a module carries, write this page anew:

    {command}"""


def page(listed: list[Row], found: Evidence) -> str:
    return "\n".join([*head(listed, found), *tables(listed, found)]) + "\n"


def head(listed: list[Row], found: Evidence) -> Iterator[str]:
    counts = Counter(row.status for row in listed)
    built = [row.id for row in listed if row.is_built]
    yield HEAD.format(
        command=COMMAND,
        data=DATA.name,
        rows=len(listed),
        built=len(built),
        rules=sum(id in found.rules for id in built),
        stories=sum(id in found.stories for id in built),
        tests=sum(id in found.tests for id in built),
        statuses="\n".join(f"| {name} | {counts[name]} | {means} |" for name, means in STATUSES.items()),
    )


def tables(listed: list[Row], found: Evidence) -> Iterator[str]:
    section = ""
    for row in listed:
        if row.section != section:
            section = row.section
            yield from ("", f"## {section}", "")
            yield from ("| id | what is asked | status | made in | shown by |", "|---|---|---|---|---|")
        why = f" <br>*{row.why}*" if row.why else ""
        cells = (row.id, row.asks + why, row.status, made_in(row, found), shown_by(row, found))
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def made_in(row: Row, found: Evidence) -> str:
    """The modules named first, then those that say the id themselves."""
    more = sorted(found.modules.get(row.id, set()) - set(row.made))
    return ", ".join(link(path, path.removesuffix(".py")) for path in (*row.made, *more))


def shown_by(row: Row, found: Evidence) -> str:
    groups = [
        [link(path, f"rule {own}") for own, path in sorted(found.rules.get(row.id, ()))],
        [link(path, Path(path).stem) for path in sorted(found.stories.get(row.id, ()))],
        [
            link(path, path.removeprefix("tests/").removesuffix(".py"))
            for path in sorted(found.tests.get(row.id, ()))
        ],
    ]
    return "; ".join(", ".join(group) for group in groups if group)


def link(path: str, name: str) -> str:
    return f"[{name}](../{path})"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(f"usage: {COMMAND} [--check]", file=sys.stderr)
        return 2
    listed, found = rows(ROOT), evidence(ROOT)
    wrong = list(offences(ROOT, listed, found))
    text = page(listed, found)
    if not arguments:
        (ROOT / PAGE).write_text(text, encoding="utf-8", newline="\n")
    elif not (ROOT / PAGE).is_file() or (ROOT / PAGE).read_text(encoding="utf-8") != text:
        wrong.append(f"{PAGE}: not what stands in the project any more; write it anew: {COMMAND}")
    print("\n".join(wrong) if wrong else f"{len(listed)} requirements, each with what shows it or a reason")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
