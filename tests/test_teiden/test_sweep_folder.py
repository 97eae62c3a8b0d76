"""Reading a sweep's folder: the journal or the table, whole lines only, and what is wrong with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from teiden.files.source import InputError
from teiden.plots.sweep_folder import read
from tests.swept import runs, written

ROWS = list(runs())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "out", ROWS, curves=True)


def test_the_runs_are_a_table_and_the_foot_says_where_it_comes_from(folder: Path) -> None:
    found = read(str(folder))
    assert len(found.runs) == len(ROWS)
    assert found.runs["holds"].dtype == bool
    assert "judged" not in found.runs.columns
    assert (
        found.provenance == "flush-times  ·  ababababababababababab" + "a  ·  seed 7  ·  24 runs  ·  Teiden 9"
    )
    assert len(list(found.charges())) == len(ROWS)


def test_the_table_is_read_where_there_is_no_journal(folder: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(ROWS).assign(holds=lambda f: f["holds"].map({True: "true", False: "false"}))
    frame.to_csv(folder / "runs.csv", index=False)
    of_journal = read(str(folder)).runs
    (folder / "runs.jsonl").unlink()
    of_table = read(str(folder)).runs
    assert list(of_table.columns) == list(of_journal.columns)
    assert list(of_table["holds"]) == list(of_journal["holds"])
    assert list(of_table["margin.linked_stop_s"]) == list(of_journal["margin.linked_stop_s"])
    assert list(of_table["flush"]) == list(of_journal["flush"])


def test_a_torn_last_line_is_left_out_and_a_run_that_failed_is_counted(folder: Path) -> None:
    with (folder / "runs.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"run": 24, "error": "ValueError: x"}\n{"run": 25, "ho')
    found = read(str(folder))
    assert len(found.runs) == len(ROWS)
    assert found.errors == 1
    assert "runs not played: 1" in found.provenance


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"run": 0, "ho\n{"run": 1, "holds": true}\n', r"runs.jsonl:1:1: error: is not JSON"),
        ("[1]\n", r"runs.jsonl:1:1: error: is no run"),
        ('{"run": 0}\n', r"runs.jsonl:1:1: error: a run without holds: true | false"),
        ('{"run": 0, "holds": true, "margin.x_s": "soon"}\n', "margin.x_s: 'soon' is no number"),
    ],
)
def test_a_journal_that_is_none_is_refused_with_its_line(folder: Path, text: str, told: str) -> None:
    (folder / "runs.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read(str(folder))


def test_what_is_no_folder_of_a_sweep_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        read(str(tmp_path / "gone"))
    with pytest.raises(InputError, match="is no folder"):
        read(str(folder / "runs.jsonl"))
    with pytest.raises(InputError, match="holds neither"):
        read(str(tmp_path))


def test_charges_that_were_not_kept_or_are_torn_are_refused(folder: Path) -> None:
    (folder / "charges.jsonl").write_text('{"run": 0, "charges": {"ups1": [[0.0]]}}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"charges.jsonl:1:1: error: is no line of charges"):
        list(read(str(folder)).charges())
    (folder / "charges.jsonl").unlink()
    with pytest.raises(InputError, match="sweep again with --charges"):
        list(read(str(folder)).charges())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("run,holds\n0,yes\n", "runs.csv:2:1: error: holds: 'yes'"),
        ("run\n0\n", "runs.csv:1:1: error: has no column"),
    ],
)
def test_a_table_that_is_none_is_refused(folder: Path, text: str, told: str) -> None:
    (folder / "runs.jsonl").unlink()
    (folder / "runs.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read(str(folder))
