"""The page on connections: its whole example is a site without fault, and its other pieces fit over it."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from realtime.contacts import Contacts
from teiden.files import yaml_marks
from teiden.files.document import Document
from teiden.files.schema import schema
from teiden.files.site_file import SiteFile, SiteText
from teiden.files.text import FileText
from teiden.rules.finding import Severity
from teiden.rules.report import check

PAGE = (Path(__file__).parents[2] / "docs/howto/connections.md").read_text(encoding="utf-8")
WHOLE, *PIECES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
READ = SiteText(FileText(WHOLE, "of the page"), "annex.yaml")


def with_piece(piece: str) -> SiteFile:
    (document,) = yaml_marks.parse(piece, "piece.yaml")
    return READ.with_changes(Document.of({"with": document.value}, "the page"))


@pytest.fixture(scope="module")
def annex() -> SiteFile:
    return READ.with_changes(None)


def test_the_whole_example_breaks_no_rule_of_any_kind(annex: SiteFile) -> None:
    report = check(annex)
    assert [f"{f.rule} {f.message}" for f in report.findings] == []
    assert {j.rule.live for j in report.judged} == {True, False}


def test_the_whole_example_fits_the_schema_of_editors(annex: SiteFile) -> None:
    validator = jsonschema.Draft202012Validator(schema("site"))
    assert [e.message for e in validator.iter_errors(annex.document.value)] == []


def test_the_whole_example_reaches_everything(annex: SiteFile) -> None:
    contacts = annex.contacts
    for kind in ("upses", "servers", "arrays"):
        assert getattr(contacts, kind).keys() == getattr(annex.site, kind).keys()
    assert contacts.live == Contacts().live.__class__(traps_address="0.0.0.0")
    assert contacts.servers["blade1"].ssh is not None
    assert contacts.servers["blade1"].ssh.key == "/etc/teiden/keys/blade1"


@pytest.mark.parametrize("piece", PIECES, ids=range(len(PIECES)))
def test_each_piece_fits_over_it_and_breaks_nothing_but_what_it_says(piece: str) -> None:
    found = check(with_piece(piece)).findings
    expected = {"SEC-1"} if "allow_insecure" in piece else set()
    assert {f.rule for f in found} == expected, [f.message for f in found]
    assert all(f.severity is Severity.WARNING for f in found)


def test_the_page_names_every_rule_of_live_mode() -> None:
    from teiden.rules.registry import all_rules

    assert [rule.id for rule in all_rules() if rule.live and f"| [{rule.id}](" not in PAGE] == []
