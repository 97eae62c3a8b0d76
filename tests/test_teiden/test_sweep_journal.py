"""The folder of a sweep: what a kill may leave there, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from teiden.files.source import InputError
from teiden.sweep.carry_out import play
from teiden.sweep.chunk import play_chunk, seal
from teiden.sweep.folder import Folder
from teiden.sweep.journal import Journal, rows
from teiden.sweep.trouble import CannotGoOn
from teiden.sweep.where import Where
from tests.sweep_works import Numbers, about

pytestmark = pytest.mark.usefixtures("left_before_is_frozen")

RUNS = 6


def whole(runs: int = RUNS, *, charges: bool = False) -> tuple[bytes, bytes]:
    chunk = play_chunk(seal(Numbers(charges=charges)), 0, runs)
    return chunk.lines, chunk.charges


def go_on(folder: Path, runs: int = RUNS, *, charges: bool = False) -> int:
    """Play what is missing; how many runs were there."""
    with Journal(folder, charges=charges) as journal:
        kept = journal.kept
        for chunk in Where(workers=1).plays(Numbers(charges=charges), range(kept, runs)):
            journal.add(chunk)
    return kept


# Torn


def test_a_sweep_goes_on_after_a_kill_at_any_byte_of_its_last_line(tmp_path: Path) -> None:
    text, _ = whole()
    file = tmp_path / "runs.jsonl"
    last = text.rindex(b"\n", 0, -1) + 1
    for cut in range(last, len(text) + 1):
        file.write_bytes(text[:cut])
        assert go_on(tmp_path) == (RUNS if cut == len(text) else RUNS - 1)
        assert file.read_bytes() == text


def test_charges_that_are_behind_or_ahead_are_brought_into_line(tmp_path: Path) -> None:
    text, charges = whole(charges=True)
    files = tmp_path / "runs.jsonl", tmp_path / "charges.jsonl"
    for kept in ((RUNS, 2), (2, RUNS), (0, RUNS), (RUNS, 0)):
        for file, content, n in zip(files, (text, charges), kept, strict=True):
            file.write_bytes(b"".join(content.splitlines(keepends=True)[:n]))
        assert go_on(tmp_path, charges=True) == min(kept)
        assert [file.read_bytes() for file in files] == [text, charges]


def test_a_tail_of_zeros_is_what_a_machine_without_power_leaves(tmp_path: Path) -> None:
    text, _ = whole()
    (tmp_path / "runs.jsonl").write_bytes(text + bytes(300))
    assert go_on(tmp_path, RUNS + 1) == RUNS
    assert [row["run"] for row in rows(tmp_path)] == list(range(RUNS + 1))


@pytest.mark.parametrize("hole", [b"", b"{}\n", b"[1]\n", b"nonsense\n", b'{"run": 5}\n'])
def test_a_journal_with_a_hole_is_refused_and_left_alone(tmp_path: Path, hole: bytes) -> None:
    lines = whole()[0].splitlines(keepends=True)
    text = b"".join([*lines[:2], hole, *lines[3:]])
    file = tmp_path / "runs.jsonl"
    file.write_bytes(text)
    with pytest.raises(InputError, match=r"runs\.jsonl:3:1: error: this is not the line of run 2"):
        Journal(tmp_path, charges=False)
    assert file.read_bytes() == text


def test_chunks_out_of_order_are_never_written(tmp_path: Path) -> None:
    with Journal(tmp_path, charges=False) as journal, pytest.raises(AssertionError):
        journal.add(play_chunk(seal(Numbers()), 1, 1))


def test_a_full_disk_is_told_and_what_went_there_whole_is_kept(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(tmp_path, charges=False) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
        try:
            with pytest.raises(CannotGoOn, match="cannot be written: file too large"):
                play(Sweep(), journal, Where(workers=1), lambda chunk: None)  # type: ignore[arg-type]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        kept = journal.kept
    assert kept > 1
    assert go_on(tmp_path, 100) >= kept
    assert (tmp_path / "runs.jsonl").read_bytes() == whole(100)[0]


class Sweep:
    about = about(100)
    work = Numbers()


# Whose folder


@pytest.fixture
def begun(tmp_path: Path) -> Folder:
    """A sweep of ten runs of which six are done."""
    folder = Folder(tmp_path / "out")
    folder.begin(about(), resume=False, overwrite=False)
    go_on(folder.path)
    return folder


def test_a_folder_with_a_sweep_is_not_written_over_by_mistake(begun: Folder) -> None:
    with pytest.raises(InputError, match="holds a sweep already"):
        begun.begin(about(), resume=False, overwrite=False)


def test_the_same_sweep_goes_on_and_may_have_more_runs(begun: Folder) -> None:
    begun.begin(about(runs=20), resume=True, overwrite=False)
    assert json.loads((begun.path / "sweep.json").read_text(encoding="utf-8"))["runs"] == 20
    assert len(list(rows(begun.path))) == RUNS


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 1}, "seed is 1, was 0"),
        ({"story": "other"}, "story is other, was numbers"),
        ({"hash": "beef"}, "hash is beef, was c0ffee"),
        ({"versions": {"teiden": "9"}}, "versions is {'teiden': '9'}, was {'teiden': '0.1.0'}"),
        ({"charges": True}, "charges is True, was False"),
        ({"runs": 9}, "runs is 9, was 10"),
    ],
)
def test_another_sweep_does_not_go_on_there_and_the_difference_is_named(
    begun: Folder, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError) as refused:
        begun.begin(replace(about(), **change), resume=True, overwrite=False)  # type: ignore[arg-type]
    assert told in str(refused.value)


def test_overwriting_takes_away_what_a_sweep_wrote_and_nothing_else(begun: Folder) -> None:
    (begun.path / "broken").mkdir()
    (begun.path / "broken" / "run-000003.yaml").touch()
    mine = [begun.path / "notes.txt", begun.path / "broken" / "mine.yaml"]
    for file in mine:
        file.touch()
    begun.begin(about(seed=3), resume=False, overwrite=True)
    assert all(file.exists() for file in mine)
    assert not (begun.path / "runs.jsonl").exists()
    assert not (begun.path / "broken" / "run-000003.yaml").exists()


def test_a_sweep_that_never_came_to_its_first_run_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.begin(about(), resume=False, overwrite=False)
    folder.begin(about(seed=2), resume=False, overwrite=False)
    assert (folder.about() or {})["seed"] == 2


def test_a_strange_folder_a_file_and_a_broken_sweep_json_are_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").touch()
    (tmp_path / "file").touch()
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "sweep.json").write_text('{"schema": "teiden/sweep/0"}', encoding="utf-8")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "sweep.json").write_text('{"sch', encoding="utf-8")
    for name, told in (
        ("photos", "is not empty"),
        ("file", "is a file"),
        ("old", "is not what a sweep of this version writes"),
        ("torn", "cannot be read"),
    ):
        with pytest.raises(InputError, match=told):
            Folder(tmp_path / name).begin(about(), resume=True, overwrite=True)
