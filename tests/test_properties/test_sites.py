"""Sites drawn by chance: what is accepted survives; what is refused is explained, and tuning mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from teiden.files.site_file import SiteFile, site_from_text
from teiden.rules.finding import Severity
from teiden.rules.report import Report, check
from teiden.rules.text import report_text
from teiden.tune.proposal import Result, tune
from tests.drawn_sites import sites, text_of
from tests.drawn_stories import played, stories, wrong
from tests.examples import few, many

SITES = sites().map(text_of)


def survives(loaded: SiteFile, data: st.DataObject) -> None:
    name, happenings = data.draw(stories(loaded.site), label="story")
    broken = wrong(loaded, played(loaded, happenings))
    assert not broken, f"{name}:\n" + "\n".join(broken)


def accepted_survives(text: str, data: st.DataObject) -> None:
    loaded = site_from_text(text)
    assume(not check(loaded).exit_code)
    survives(loaded, data)


@few(4)
@given(SITES, st.data())
def test_a_site_that_is_accepted_survives(text: str, data: st.DataObject) -> None:
    accepted_survives(text, data)


@pytest.mark.long
@many(40)
@given(SITES, st.data())
def test_any_site_that_is_accepted_survives(text: str, data: st.DataObject) -> None:
    accepted_survives(text, data)


def is_explained(report: Report) -> None:
    """Rule, place and what to set; else another error of the same device says what to do."""
    shown = report_text(report)
    errors = [f for f in report.findings if f.severity is Severity.ERROR]
    helped = {part for f in errors if f.remedies for part in f.path}
    for finding in errors:
        place = report.place(finding)
        assert place.line, finding.message
        assert f"{place}: error {finding.rule}: {finding.message}" in shown
        assert finding.remedies or helped.intersection(finding.path[1:2]), finding.message


def refused_is_explained_and_tuned(text: str, folder: Path) -> None:
    report = check(site_from_text(text, "drawn.yaml"))
    is_explained(report)
    path = folder / "drawn.yaml"
    path.write_text(text, encoding="utf-8")
    tuned = tune(path, 0.0)
    assert not tuned.not_written
    match tuned.result:
        case Result.SAFE:
            assert not report.exit_code
        case Result.PROPOSED:
            assert tuned.report is not None
            assert not tuned.report.exit_code
        case Result.IMPOSSIBLE:
            assert report.exit_code
            assert tuned.obstacles
            assert not tuned.given_up


@few(4)
@given(SITES)
def test_a_site_that_is_refused_is_explained_and_what_is_proposed_mends_it(tmp_path: Path, text: str) -> None:
    refused_is_explained_and_tuned(text, tmp_path)


@pytest.mark.long
@many(60)
@given(SITES)
def test_any_site_that_is_refused_is_explained_and_mended(tmp_path: Path, text: str) -> None:
    refused_is_explained_and_tuned(text, tmp_path)


@pytest.mark.long
@many(30)
@given(SITES, st.data())
def test_any_site_that_was_tuned_survives(tmp_path: Path, text: str, data: st.DataObject) -> None:
    path = tmp_path / "drawn.yaml"
    path.write_text(text, encoding="utf-8")
    tuned = tune(path, 0.0)
    assume(tuned.result is Result.PROPOSED)
    assert tuned.report is not None
    loaded = tuned.report.site_file
    assert isinstance(loaded, SiteFile)
    survives(loaded, data)
