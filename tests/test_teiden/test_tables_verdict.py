"""Margins, lowest charges, invariants and expectations as tables: exactly what the verdict says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from teiden import events_file, tables
from teiden.files.site_file import load_site
from teiden.files.source import InputError
from teiden.files.story_file import load_stories
from teiden.language.say import speaking
from teiden.rehearsal import Rehearsal, rehearse
from teiden.tables.schemas import SCHEMAS, names
from tests.streams import OUTAGE

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
SITE = SCENARIOS / "sites" / "reference.yaml"


@pytest.fixture(scope="module")
def rehearsal() -> Rehearsal:
    return rehearse(load_stories(SCENARIOS / "site-outage.yaml")[0])


def test_margins_are_those_of_the_verdict(rehearsal: Rehearsal) -> None:
    frame = tables.margins(rehearsal)
    assert tuple(frame.columns) == tuple(names(SCHEMAS["margins"]))
    for row, margin in zip(frame.itertuples(index=False), rehearsal.verdict.margins.margins, strict=True):
        assert (row.key, row.label, row.value_s) == (margin.key, margin.label, margin.value_s)
    by_key = frame.set_index("key")
    assert by_key.plan_s["linked_stop_s"] == 150
    assert by_key.limit_s["flush.linkeddisk_s"] == 300
    assert by_key.plan_s.isna()["restore_s"]


def test_lowest_charges_are_those_of_the_verdict(rehearsal: Rehearsal) -> None:
    frame = tables.lowest_charge(rehearsal)
    assert dict(zip(frame.ups, frame.charge_pct, strict=True)) == rehearsal.verdict.margins.lowest_charge
    assert frame.charge_pct.between(0, 100).all()


@pytest.mark.parametrize("table", ["margins", "lowest_charge", "invariants"])
def test_an_event_file_is_judged_by_its_site_to_the_same_table(
    rehearsal: Rehearsal, tmp_path: Path, table: str
) -> None:
    path = tmp_path / "run.jsonl"
    events_file.write(rehearsal.events, rehearsal.story.start, str(path))
    make = getattr(tables, table)
    for site in (SITE, str(SITE), load_site(SITE), rehearsal.story.site):
        assert_frame_equal(make(path, site=site), make(rehearsal))


def test_a_table_is_english_whatever_is_spoken(rehearsal: Rehearsal) -> None:
    with speaking("ja"):
        spoken = [tables.margins(OUTAGE, site=SITE), tables.invariants(rehearsal)]
    for frame, plain in zip(
        spoken, [tables.margins(OUTAGE, site=SITE), tables.invariants(rehearsal)], strict=True
    ):
        assert_frame_equal(frame, plain)
        assert frame.to_csv().isascii()


def test_invariants_say_what_held_and_what_was_put_to_the_test(rehearsal: Rehearsal) -> None:
    frame = tables.invariants(rehearsal)
    assert tuple(frame.columns) == tuple(names(SCHEMAS["invariants"]))
    assert list(frame.id) == [result.id for result in rehearsal.verdict.invariants]
    assert frame.ok.all()
    assert frame.ok.dtype == bool
    assert frame.set_index("id").put_to_test["S1"] > 0


def test_expectations_say_where_they_stand_and_what_happened(rehearsal: Rehearsal) -> None:
    frame = tables.expectations(rehearsal)
    assert len(frame) == len(rehearsal.verdict.expectations)
    assert set(frame.status) == {"held"}
    assert set(frame.kind) <= {"before", "within", "at", "never", "count", "finally"}
    lines = (SCENARIOS / "site-outage.yaml").read_text(encoding="utf-8").splitlines()
    for row in frame[frame.kind == "never"].itertuples():
        assert "never" in lines[row.line - 1]


def test_before_and_after_stand_one_below_the_other(rehearsal: Rehearsal) -> None:
    frame = tables.margins({"before": rehearsal, "after": rehearsal})
    wide = frame.pivot(index="key", columns="run", values="value_s")
    assert (wide.before == wide.after).all()


def test_what_a_table_lacks_is_said(rehearsal: Rehearsal, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="give site="):
        tables.margins(OUTAGE)
    with pytest.raises(TypeError, match="it takes a rehearsal"):
        tables.expectations(OUTAGE)
    with pytest.raises(InputError, match=r"nowhere\.yaml"):
        tables.margins(OUTAGE, site=tmp_path / "nowhere.yaml")
    with pytest.raises(AttributeError, match="no attribute 'margin'"):
        tables.margin  # noqa: B018
