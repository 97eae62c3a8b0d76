"""The JUnit report of `teiden run`: what CI servers read, in the form in which they read it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from teiden import report
from teiden.language.say import speaking
from teiden.rehearsal import Rehearsal
from teiden.reports import junit
from teiden.reports.properties import properties
from tests.rehearsed import broken, played

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "file"},
    "testcase": {"classname", "name", "file", "line", "time"},
    "properties": set(),
    "property": {"name", "value"},
    "failure": {"type", "message"},
}
INSIDE = {
    "testsuites": ["testsuite"],
    "testsuite": ["testcase"],
    "testcase": ["properties", "failure"],
    "properties": ["property"],
    "property": [],
    "failure": [],
}
"""In this order, as the schemas of Jenkins and of Surefire have it."""


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    return broken(tmp_path_factory.mktemp("broken"))


@pytest.fixture(scope="module")
def tree(wrong: Rehearsal) -> ET.Element:
    return ET.fromstring(junit.document([played("site-outage"), wrong, played("short-blip")]))


def test_every_element_and_attribute_is_one_of_the_schema(tree: ET.Element) -> None:
    for element in tree.iter():
        assert set(element.keys()) <= ATTRIBUTES[element.tag], element.tag
        tags = [child.tag for child in element]
        assert set(tags) <= set(INSIDE[element.tag])
        assert tags == sorted(tags, key=INSIDE[element.tag].index)


def test_counts_and_times_add_up(tree: ET.Element) -> None:
    for counted in (tree, *tree.iter("testsuite")):
        cases = list(counted.iter("testcase"))
        assert counted.get("tests") == str(len(cases))
        assert counted.get("failures") == str(sum(case.find("failure") is not None for case in cases))
        assert counted.get("errors") == "0"
    for timed in tree.iter():
        assert timed.get("time") is None or re.fullmatch(r"\d+\.\d{3}", timed.get("time", ""))


def test_a_suite_is_a_file_and_a_case_says_where_its_story_stands(tree: ET.Element, wrong: Rehearsal) -> None:
    assert [Path(suite.get("name", "")).name for suite in tree] == [
        "site-outage.yaml",
        "flush-never-ends.yaml",
        "short-blip.yaml",
    ]
    case = tree[1][0]
    assert wrong.story.place is not None
    assert (case.get("file"), case.get("line")) == (wrong.story.place.file, str(wrong.story.place.line))
    assert str(case.get("classname")).endswith(".flush-never-ends")
    assert not str(case.get("classname")).startswith((".", "/"))


def test_items_of_one_file_share_its_suite() -> None:
    story = played("short-blip")
    other = replace(story, story=replace(story.story, name="short-blip[x=1]"))
    (suite,) = ET.fromstring(junit.document([story, other]))
    assert [case.get("name") for case in suite] == ["short-blip", "short-blip[x=1]"]


def test_the_failure_reads_as_the_terminal_does(tree: ET.Element, wrong: Rehearsal) -> None:
    failure = tree[1][0].find("failure")
    assert failure is not None
    assert failure.text == "\n".join(report.broken(wrong))
    assert failure.get("type") == "before"
    assert str(failure.get("message")).startswith(
        "ups.output_off ups4 < 100s < cluster.stopping ssccluster: "
    )
    assert "cause    R6-14" in str(failure.text)
    assert "replay   teiden run " in str(failure.text)


def test_every_number_of_a_run_is_a_property(tree: ET.Element, wrong: Rehearsal) -> None:
    told = {p.get("name"): p.get("value") for p in tree[1][0].iter("property")}
    assert told == {name: str(value) for name, value in properties(wrong).items()}
    assert {"seed", "site_hash", "margin.linked_stop_s", "lowest_charge.ups1_pct"} <= told.keys()


def test_only_the_time_differs_from_run_to_run(wrong: Rehearsal) -> None:
    slower = replace(wrong, took_s=wrong.took_s + 1.0)
    once, again = junit.document([wrong]), junit.document([slower])
    assert once != again
    assert re.sub(r' time="[\d.]+"', "", once) == re.sub(r' time="[\d.]+"', "", again)


def test_no_text_can_break_the_document(wrong: Rehearsal) -> None:
    """Control characters have no place in XML at all, `]]>` and `<` only escaped."""
    evil = "a ]]> b & <c> \x00\x07\x1b[31m \ud800 \ufffe \U0001f50c 停電"
    document = junit.document([replace(wrong, story=replace(wrong.story, sentence=evil, name=evil))])
    document.encode("utf-8")
    case = ET.fromstring(document)[0][0]
    assert case.get("name") == "a ]]> b & <c> \\x00\\x07\\x1b[31m \\xd800 \\xfffe \U0001f50c 停電"
    assert "\\x1b[31m" in str(case.findtext("failure"))


def test_a_broken_invariant_is_named_by_its_id() -> None:
    bad = played("weak-battery")
    undeclared = tuple(replace(result, declared=False) for result in bad.verdict.invariants)
    verdict = replace(bad.verdict, invariants=undeclared)
    failure = junit.case(replace(bad, verdict=verdict, spoken=verdict)).broken
    assert failure is not None
    assert (failure.kind, failure.message[:4]) == ("S18", "S18 ")


def test_what_a_person_reads_is_in_the_language_of_the_run_and_numbers_are_not(tmp_path: Path) -> None:
    with speaking("ja"):
        case = ET.fromstring(junit.document([broken(tmp_path)]))[0][0]
    assert "原因" in str(case.findtext("failure"))
    assert case.find("properties/property[@name='margin.linked_stop_s']") is not None


def test_a_story_without_a_file_is_reported_too() -> None:
    blip = played("short-blip")
    root = ET.fromstring(junit.document([replace(blip, story=replace(blip.story, place=None))]))
    assert (root[0].get("name"), root[0][0].get("classname"), root[0][0].get("file")) == (
        "teiden",
        "teiden",
        None,
    )


def test_nothing_played_is_an_empty_report() -> None:
    assert ET.fromstring(junit.document([])).get("tests") == "0"
