"""Every rule speaks Japanese: its title, its reason, and every template of what it finds and proposes."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from sequencer.site import Site
from teiden.language.say import japanese, speaking
from teiden.rules.registry import all_rules
from teiden.rules.report import check, explain
from teiden.rules.text import report_text

RULES = Path(__file__).parents[2] / "teiden" / "rules"
KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SENTENCE = re.compile(r"\b[a-z]+ (?:[a-z]+ ){2,}[a-z]+\b")
"""Four lower-case words in a row: English that was forgotten."""


def templates() -> list[str]:
    found = []
    for path in sorted(RULES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
                template = node.args[0]
                assert isinstance(template, ast.Constant), f"{path.name}:{node.lineno}: not a literal"
                found.append(str(template.value))
    return list(dict.fromkeys(found))


def fields(template: str) -> list[tuple[str, str]]:
    """Each field with its format, in any order: Japanese turns them round."""
    found = {(name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name is not None}
    return sorted(found)


def test_every_template_of_the_rules_has_japanese_with_the_same_fields() -> None:
    found, texts = templates(), japanese()
    assert len(found) > 300
    assert [template for template in found if template not in texts] == []
    assert [template for template in found if fields(texts[template]) != fields(template)] == []


def test_every_rule_has_a_japanese_title_and_reason() -> None:
    for rule in all_rules():
        assert KANA.search(japanese()[rule.title]), rule.id
        assert len(japanese()[f"why {rule.id}"]) > 30, rule.id
        with speaking("ja"):
            told = explain(rule.id)
        assert rule.title not in told, rule.id
        assert not SENTENCE.search(told), rule.id


def test_no_reason_is_left_of_a_rule_that_is_gone() -> None:
    ids = {f"why {rule.id}" for rule in all_rules()}
    assert {key for key in japanese() if re.fullmatch(r"why [A-Z]+[0-9-]*", key)} <= ids


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"product": "ver1.02", "linkage__flush_limit_s": 1200.0},
        {"ups5__runtime_s": 400.0, "lan1__upses": ("ups5",), "rack1__mac": "", "cluster__name": "a-b"},
    ],
    ids=["safe", "ver1", "many"],
)
@pytest.mark.parametrize("every_rule", [False, True])
def test_a_japanese_report_has_no_english_sentence(setting, reference, as_file, change, every_rule) -> None:
    site: Site = setting(reference, **change)
    with speaking("ja"):
        told = report_text(check(as_file(site)), every_rule=every_rule)
    assert KANA.search(told)
    assert not SENTENCE.search(told), SENTENCE.search(told)


def test_the_same_site_is_told_in_english_after_it_was_told_in_japanese(reference, as_file) -> None:
    before = report_text(check(as_file(reference)), every_rule=True)
    with speaking("ja"):
        report_text(check(as_file(reference)), every_rule=True)
    assert report_text(check(as_file(reference)), every_rule=True) == before
    assert not KANA.search(before)
