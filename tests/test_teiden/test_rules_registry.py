"""The list of rules: ids, explanations, and that adding one is a small matter."""

from __future__ import annotations

import re

import pytest

from teiden.files.source import InputError
from teiden.rules.finding import Severity
from teiden.rules.registry import all_rules, called, ids
from teiden.rules.report import explain

ISSUE_2 = {
    "R1-06 R1-07 R1-11 R4-01 R6-11 R6-12 R6-14 R6-15 R6-16 R6-17 R6-18 R6-20 R6-22 R6-24 R6-25 R6-30",
    "R9-06 R9-07 R10-09 R10-28 R10-46 R10-50 R12-05 R12-09 S1 S5 S17 S18 S19 S20 S24 H7 H11 N1 O3",
}


def test_every_rule_of_the_issue_is_there() -> None:
    assert [id for id in sorted(" ".join(ISSUE_2).split()) if not called(id)] == []


def test_every_rule_says_what_must_hold_and_why() -> None:
    for rule in all_rules():
        assert re.fullmatch(r"(R\d+|[A-Z]+)-?\d+", rule.id)
        assert rule.title[0].islower(), rule.id
        assert not rule.title.endswith("."), rule.id
        assert len(rule.why) > 100, rule.id
        assert rule.why.endswith("."), rule.id


def test_the_reference_site_breaks_no_rule_but_keeps_a_factory_value(reference, reference_model) -> None:
    findings = [(rule.id, f.severity) for rule in all_rules() for f in rule.check(reference, reference_model)]
    assert findings == [("R6-24", Severity.NOTE)]


def test_rule_ids_are_unique_and_known_in_order() -> None:
    assert len({r.id for r in all_rules()}) == len(all_rules())
    assert ids().index("R6-12") < ids().index("R6-14") < ids().index("R10-09")


def test_explain_tells_the_reasoning_in_lower_case_too() -> None:
    text = explain("r6-14")
    assert text.startswith("R6-14 (also S20, R10-12, R1-03): the control side outlives the linked stop.")
    assert "750" in text
    assert max(len(line) for line in text.splitlines()) <= 105


def test_explain_by_another_name_tells_every_rule_of_that_name() -> None:
    assert explain("S19").count("Broken, it is an error.") == 2


def test_explain_of_an_unknown_id_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"(?s)no rule is called R99-1.*R6-14"):
        explain("R99-1")
