"""docs/requirements.md is true: every requirement is there, and has what shows it or a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import requirements_matrix
from requirements_evidence import Evidence, evidence, ids_in
from requirements_matrix import COMMAND, DATA, PAGE, ROOT, Row, main, offences, page, rows

REFERENCE = ROOT.parent / "shared" / "requirements.md"
"""The requirements as they were written; not part of the project."""


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    return rows(ROOT)


@pytest.fixture(scope="module")
def found() -> Evidence:
    return evidence(ROOT)


@pytest.mark.long  # `./run check` says the same
def test_every_requirement_has_what_shows_it_or_a_reason(listed: list[Row], found: Evidence) -> None:
    assert list(offences(ROOT, listed, found)) == []


@pytest.mark.long
def test_the_page_is_what_stands_in_the_project(listed: list[Row], found: Evidence) -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(listed, found), f"write it anew: {COMMAND}"


def test_every_row_of_the_requirements_is_listed(listed: list[Row]) -> None:
    if not REFERENCE.is_file():
        pytest.skip("the requirements as they were written are not beside this checkout")
    text = REFERENCE.read_text(encoding="utf-8")
    asked = re.findall(r"^\| (R\d+-\d\d|X-\d\d) \|", text, re.MULTILINE)
    ours = [row.id for row in listed]
    assert len(asked) > 180
    assert [id for id in asked if id not in ours] == []
    assert [id for id in ours if id not in text] == []
    assert [id for id in ours if id in asked] == asked, "in the document's order"


def test_nearly_all_of_it_is_built(listed: list[Row]) -> None:
    assert sum(row.is_built for row in listed) > 160


# It notices what is not true

GOOD = Row("R9-02", "9", "nothing happens", "built", ("sequencer/watch.py",))


def carrying(*ids: str) -> Evidence:
    carried = Evidence()
    for id in ids:
        carried.tests[id].add("tests/test_it.py")
    return carried


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (Row("R9-03", "9", "x", "built", GOOD.made), "neither a rule nor a story nor a test carries its id"),
        (Row("R9-02", "9", "x", "built"), "no module is named"),
        (Row("R9-02", "9", "x", "built", ("sequencer/gone.py",)), "there is no module sequencer/gone.py"),
        (Row("R9-02", "9", "x", "live"), "is live, and no reason is given"),
        (Row("R9-02", "9", "x", "done", GOOD.made, "why"), "'done' is no status; known: built, live"),
        (Row("R9-02", "9", "", "built", GOOD.made), "does not say what is asked"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(row: Row, what: str) -> None:
    assert any(what in line for line in offences(ROOT, [row], carrying("R9-02")))


def test_nothing_is_wrong_with_a_good_row() -> None:
    assert list(offences(ROOT, [GOOD], carrying("R9-02"))) == []


def test_a_row_that_stands_there_twice_is_told() -> None:
    assert list(offences(ROOT, [GOOD, GOOD], carrying("R9-02"))) == [f"{DATA}: R9-02 stands there 2 times"]


def test_an_id_that_no_requirement_has_is_told_with_its_file() -> None:
    carried = carrying("R9-02", "R9-99")
    carried.stories["R9-98"].add("scenarios/it.yaml")
    carried.rules["R9-97"].append(("R9-97", "teiden/rules/it.py"))
    assert list(offences(ROOT, [GOOD], carried)) == [
        "scenarios/it.yaml: covers R9-98, which is no requirement",
        "tests/test_it.py: carries R9-99, which is no requirement",
        "teiden/rules/it.py: a rule is called R9-97, which is no requirement",
    ]


def test_a_module_that_only_says_an_id_is_no_evidence() -> None:
    carried = Evidence()
    carried.modules["R9-02"].add("sequencer/watch.py")
    assert not carried.of("R9-02")
    assert carrying("R9-02").of("R9-02")


def test_an_unknown_key_of_a_row_is_refused(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / DATA).write_text("9 Nine:\n  R9-02: {asks: x, state: built}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="R9-02: unknown: state"):
        rows(tmp_path)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("test_r9_26_r10_06_disks_start_in_turn", "R9-26 R10-06"),
        ("test_x_01_nobody_is_left", "X-01"),
        ("test_r6_15_to_r6_18_each_in_its_place", "R6-15 R6-16 R6-17 R6-18"),
        ("(R8-02..R8-04), R10-51..53", "R8-02 R8-03 R8-04 R10-51 R10-52 R10-53"),
        ("R6-12 and (S19), R30, SEC-01, R99-01, R6-123", "R6-12"),
        ("prints `R6-14  reference.yaml:22` (R9-07)", "R9-07"),
    ],
)
def test_ids_are_found_in_names_and_in_prose(text: str, ids: str) -> None:
    assert ids_in(text) == set(ids.split())


IN_A_TEST = '''
"""All about R1-01."""
CASES = [Case("R1-02", 1), ("R1-03", 2)]

# R1-04 stands directly above it.
@mark
def test_r1_05_it_is_so():
    """It is (R1-06)."""
    assert found("R1-07")  # as R1-08 says
    assert text == "R1-09"

# R1-10 is a heading.

def helper():
    """Helps with R1-11."""
'''


def test_of_a_test_file_only_what_shows_something_counts(tmp_path: Path) -> None:
    from requirements_evidence import tests

    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(IN_A_TEST, encoding="utf-8")
    ids = {id for _, text in tests(tmp_path) for id in ids_in(text)}
    assert ids == {"R1-02", "R1-04", "R1-05", "R1-06", "R1-07", "R1-08"}


def test_the_check_tells_a_page_that_is_not_true_any_more(
    listed: list[Row], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What really is found takes seconds to find, and nothing of it is needed here."""
    all_of_them = carrying(*(row.id for row in listed))
    monkeypatch.setattr(requirements_matrix, "evidence", {ROOT: all_of_them}.__getitem__)
    monkeypatch.setattr(requirements_matrix, "PAGE", Path("README.md"))
    assert main(["--check"]) == 1
    assert capsys.readouterr().out.startswith("README.md: not what stands in the project any more")


def test_the_check_takes_no_other_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chekc"]) == 2
    assert "usage: " in capsys.readouterr().err
