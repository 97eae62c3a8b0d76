"""JUnit XML, as CI servers read it: a suite for every file, a case for every story or item of it.

The numbers of a run are properties of its case, and what a terminal says about a broken story is the text of
its failure. The same run gives the same document but for `time`, the wall seconds that playing took: servers
draw trends of it. No date, no host. `file`, `line` and a case's `properties` are what Jenkins, GitLab and
pytest read and write beyond the oldest schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from teiden.reports.properties import properties

if TYPE_CHECKING:
    from teiden.files.source import InputError
    from teiden.rehearsal import Rehearsal
    from teiden.report import Failure

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML has no way to write these characters, not even escaped."""


@dataclass(frozen=True, slots=True)
class Broken:
    """`kind`: `before`, `at`, ... for an expectation, the id of an invariant."""

    kind: str
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """What the document keeps of a story that was played: its stream of events may be forgotten."""

    file: str
    line: int
    name: str
    took_s: float
    properties: tuple[tuple[str, str], ...]
    broken: Broken | None = None
    wrong: Broken | None = None
    """The file is wrong, and nothing of it was played."""


def document(rehearsals: Iterable[Rehearsal]) -> str:
    """The whole report; each rehearsal is looked at once and not kept."""
    return written([case(rehearsal) for rehearsal in rehearsals])


def case(rehearsal: Rehearsal) -> Case:
    story = rehearsal.story
    file, line = (story.place.file, story.place.line) if story.place is not None else ("", 0)
    found = tuple((name, str(value)) for name, value in properties(rehearsal).items())
    return Case(file, line, story.name, rehearsal.took_s, found, _broken(rehearsal))


def refusal(error: InputError) -> Case:
    """A file that could not be played: all that is wrong with it."""
    first = error.problems[0]
    name = PurePath(first.place.file).name
    wrong = Broken("input", f"{first.place}: {first.message}", str(error))
    return Case(first.place.file, first.place.line, name, 0.0, (), wrong=wrong)


def _broken(rehearsal: Rehearsal) -> Broken | None:
    """In the language of the run."""
    from teiden import report

    failures = report.failures(rehearsal)
    if not failures:
        return None
    return Broken(_kind(failures[0]), _message(failures[0]), "\n".join(report.broken(rehearsal)))


def _kind(failure: Failure) -> str:
    from teiden.judge.verdict import InvariantResult

    return failure.id if isinstance(failure, InvariantResult) else type(failure.expectation).__name__.lower()


def _message(failure: Failure) -> str:
    from teiden.judge.verdict import InvariantResult

    if isinstance(failure, InvariantResult):
        return f"{failure.id} {failure.sentence}: {failure.happened}"
    return failure.sentence


def written(cases: Iterable[Case]) -> str:
    """Suites in the order in which their files first come up."""
    suites: dict[str, list[Case]] = {}
    for each in cases:
        suites.setdefault(each.file, []).append(each)
    every = [each for of_file in suites.values() for each in of_file]
    root = ET.Element("testsuites", {"name": "teiden", **_counts(every)})
    for file, of_file in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": _safe(file or "teiden"), **_counts(of_file)})
        if file:
            suite.set("file", _safe(file))
        for each in of_file:
            suite.append(_element(each))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(cases: list[Case]) -> dict[str, str]:
    broken = sum(each.broken is not None for each in cases)
    wrong = sum(each.wrong is not None for each in cases)
    took = _seconds(sum(each.took_s for each in cases))
    return {"tests": str(len(cases)), "failures": str(broken), "errors": str(wrong), "time": took}


def _element(each: Case) -> ET.Element:
    found = ET.Element("testcase", classname=_safe(_class(each.file)), name=_safe(each.name))
    if each.file:
        found.set("file", _safe(each.file))
        found.set("line", str(each.line))
    found.set("time", _seconds(each.took_s))
    known = ET.SubElement(found, "properties")
    for name, value in each.properties:
        ET.SubElement(known, "property", name=_safe(name), value=_safe(value))
    for kind, told in (("failure", each.broken), ("error", each.wrong)):
        if told is not None:
            about = {"type": _safe(told.kind), "message": _safe(told.message)}
            ET.SubElement(found, kind, about).text = _safe(told.text)
    return found


def _class(file: str) -> str:
    """`scenarios.site-outage`: servers sort cases by what they take for a package and a class."""
    path = PurePath(file)
    parts = [part for part in path.with_suffix("").parts if part not in ("..", path.anchor)] if file else []
    return ".".join(parts) or "teiden"


def _seconds(took_s: float) -> str:
    return f"{took_s:.3f}"


def _safe(text: str) -> str:
    """Characters that XML cannot hold are named: a bell becomes `\\x07`."""
    return NOT_IN_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
